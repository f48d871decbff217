"""Writes lib/augment/testdata/vectors.{json,bin}: views that torchvision makes of given images and parameters.

Every case is a chain of torchvision.transforms.v2.functional on a float32 tensor in [0, 1] with antialias=True: crop and
resize, colour jitter in a given order, grayscale, Gaussian blur, flip, normalise. Most have one transform alone. Images are
made by integer formulas, which the Go test repeats, so none is stored; of large views every stride-th value is stored.

    python peers/augment_vectors.py [FOLDER]
"""

import json
import math
import pathlib
import random
import sys

import numpy as np
import torch
import torchvision
import torchvision.transforms.v2.functional as F

FOLDER = pathlib.Path(__file__).resolve().parent.parent / "lib/augment/testdata"
ADJUST = [F.adjust_brightness, F.adjust_contrast, F.adjust_saturation, F.adjust_hue]
NAMES = ["Brightness", "Contrast", "Saturation", "Hue"]
IDENTITY = [1, 1, 1, 0]


def image(kind: str, height: int, width: int) -> np.ndarray:
    """(height, width, 3) uint8. detail: ramps that wrap round, under a chequered pattern; palette: all colours of four
    levels, gray, black, white and the pure ones among them."""
    y, x, c = np.meshgrid(np.arange(height), np.arange(width), np.arange(3), indexing="ij")
    if kind == "palette":
        level = np.array([0, 85, 128, 255])
        n = y * width + x
        return level[(n >> (2 * c)) & 3].astype(np.uint8)
    v = x * (5 + c) + y * (3 + 2 * c) + ((x * y * (c + 1)) >> 2) + 61 * (((x >> 2) ^ ((y >> 2) + c)) & 1)
    return (v & 255).astype(np.uint8)


def view(case: dict, dtype: torch.dtype = torch.float32) -> torch.Tensor:
    """(3, Size, Size)"""
    p, c = case["Params"], case["Config"]
    x = torch.from_numpy(image(case["Image"], case["Height"], case["Width"])).permute(2, 0, 1)
    x = F.to_dtype(x, dtype, scale=True)
    x = F.resized_crop(x, p["Top"], p["Left"], p["Height"], p["Width"], [c["Size"]] * 2, antialias=True)
    if p["Jitter"]:
        for k in p["Order"]:
            if p[NAMES[k]] != IDENTITY[k]:
                x = ADJUST[k](x, p[NAMES[k]])
    if p["Gray"]:
        x = F.rgb_to_grayscale(x, num_output_channels=3)
    if p["Sigma"] > 0:
        x = F.gaussian_blur(x, [c["BlurKernel"]] * 2, [p["Sigma"]] * 2)
    if p["Flip"]:
        x = F.horizontal_flip(x)
    return F.normalize(x, c["Mean"], c["Std"])


def cases():
    def case(
        name,
        kind,
        height,
        width,
        size,
        box=None,
        kernel=3,
        mean=(0, 0, 0),
        std=(1, 1, 1),
        **params,
    ):
        top, left, h, w = box or (0, 0, height, width)
        p = {
            "Top": top,
            "Left": left,
            "Height": h,
            "Width": w,
            "Jitter": False,
            "Order": [0, 1, 2, 3],
            "Gray": False,
            "Sigma": 0,
            "Flip": False,
        }
        p |= dict(zip(NAMES, IDENTITY)) | params
        c = {"Size": size, "BlurKernel": kernel, "Mean": list(mean), "Std": list(std)}
        return {
            "Name": name,
            "Image": kind,
            "Height": height,
            "Width": width,
            "Config": c,
            "Params": p,
        }

    for h, w, size, box in [
        (16, 16, 16, None),
        (32, 32, 16, None),
        (16, 16, 32, None),
        (32, 32, 24, None),
        (24, 20, 16, (3, 2, 7, 16)),
        (32, 32, 16, (1, 5, 29, 13)),
        (1, 1, 4, None),
        (5, 3, 7, None),
        (9, 2, 5, (0, 1, 9, 1)),
        (64, 48, 5, (1, 0, 63, 48)),
        (100, 80, 17, (11, 7, 61, 73)),
        (40, 40, 1, None),
        (375, 500, 224, (10, 20, 333, 401)),
        (150, 150, 224, (3, 4, 100, 131)),
    ]:
        where = "" if box is None else f" at {box}"
        yield case(f"resize {h}x{w}{where} to {size}", "detail", h, w, size, box)
    for kind in ["palette", "detail"]:
        side = 8 if kind == "palette" else 16
        for k, values in enumerate(
            [
                [0, 0.6, 1.4],
                [0, 0.6, 1.4],
                [0, 0.6, 1.4, 3],
                [-0.5, -0.1, 0.033, 0.1, 1 / 3, 0.5],
            ]
        ):
            for v in values:
                yield case(
                    f"{NAMES[k]} {v:.3g} of {kind}",
                    kind,
                    side,
                    side,
                    side,
                    Jitter=True,
                    **{NAMES[k]: v},
                )
        yield case(f"grayscale of {kind}", kind, side, side, side, Gray=True)
    for side, kernel, sigma in [
        (8, 3, 0.1),
        (8, 3, 2),
        (16, 5, 1.1),
        (16, 15, 2),
        (24, 23, 0.7),
        (24, 23, 2),
        (224, 23, 1.3),
    ]:
        yield case(
            f"blur {side}, kernel {kernel}, sigma {sigma}",
            "detail",
            side,
            side,
            side,
            kernel=kernel,
            Sigma=sigma,
        )
    yield case("flip", "detail", 9, 9, 9, Flip=True)
    yield case(
        "normalise",
        "detail",
        9,
        9,
        9,
        mean=(0.485, 0.456, 0.406),
        std=(0.229, 0.224, 0.225),
    )

    draw = random.Random(1)  # whole chains, drawn as MoCo v2's are
    for n in range(24):
        height, width, size = [(32, 32, 16), (16, 16, 16), (48, 64, 24), (32, 32, 32)][n % 4]
        if n >= 22:
            height, width, size = 260, 200, 224
        h, w = (round(side * math.sqrt(draw.uniform(0.2, 1))) for side in (height, width))
        box = (draw.randint(0, height - h), draw.randint(0, width - w), h, w)
        order = [0, 1, 2, 3]
        draw.shuffle(order)
        yield case(
            f"chain {n}",
            "detail",
            height,
            width,
            size,
            box,
            kernel=23 if size == 224 else 3,
            mean=(0.485, 0.456, 0.406),
            std=(0.229, 0.224, 0.225),
            Jitter=draw.random() < 0.8,
            Order=order,
            Brightness=draw.uniform(0.6, 1.4),
            Contrast=draw.uniform(0.6, 1.4),
            Saturation=draw.uniform(0.6, 1.4),
            Hue=draw.uniform(-0.1, 0.1),
            Gray=draw.random() < 0.2,
            Sigma=draw.uniform(0.1, 2) if draw.random() < 0.5 else 0,
            Flip=draw.random() < 0.5,
        )


def main():
    folder = pathlib.Path(sys.argv[1]) if len(sys.argv) > 1 else FOLDER
    out, values, offset = [], [], 0
    for case in cases():
        v, exact = view(case).flatten(), view(case, torch.float64).flatten()
        stride = 1 if len(v) <= 3000 else 7 if len(v) <= 10000 else 151
        std = torch.tensor(case["Config"]["Std"]).repeat_interleave(len(v) // 3)  # differences are told in [0, 1]
        rounding = float(((v - exact).abs() * std).max())
        v = v[::stride].numpy()
        out.append(
            case
            | {
                "Stride": stride,
                "Offset": offset,
                "Count": len(v),
                "Rounding": rounding,
            }
        )
        values.append(v)
        offset += len(v)
    folder.mkdir(parents=True, exist_ok=True)
    np.concatenate(values).astype("<f4").tofile(folder / "vectors.bin")
    head = {"Written": f"peers/augment_vectors.py, torch {torch.__version__}, torchvision {torchvision.__version__}"}
    lines = ",\n".join(json.dumps(case) for case in out)
    (folder / "vectors.json").write_text(json.dumps(head)[:-1] + f', "Cases": [\n{lines}\n]}}\n')
    print(f"{len(out)} cases, {offset} values, torchvision's own rounding at most {max(c['Rounding'] for c in out):.1e}")


if __name__ == "__main__":
    main()
