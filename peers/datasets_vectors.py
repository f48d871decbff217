"""Writes datasets/testdata/resize.json: images, and PyTorch's interpolate(mode="area") of them.

python peers/datasets_vectors.py [FOLDER]
"""

import json
import pathlib
import sys

import torch
import torch.nn.functional as F


def main() -> None:
    folder = pathlib.Path(sys.argv[1] if len(sys.argv) > 1 else "datasets/testdata")
    generator = torch.Generator().manual_seed(0)
    cases = []
    for side, size in [(8, 4), (8, 6), (7, 4), (9, 3), (5, 5), (4, 10), (6, 1)]:
        pixels = torch.randint(0, 256, (side, side, 3), generator=generator)
        planes = pixels.permute(2, 0, 1)[None].double()
        area = F.interpolate(planes, size=(size, size), mode="area")[0].permute(1, 2, 0)
        cases.append({"Side": side, "Size": size, "Pixels": pixels.flatten().tolist(), "Area": area.flatten().tolist()})
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "resize.json").write_text(json.dumps({"Torch": torch.__version__, "Cases": cases}) + "\n")


if __name__ == "__main__":
    main()
