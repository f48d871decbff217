# make reproduce   train, and leave records, figure, table and the executed notebook in out/
# make test        everything that can be tested without a GPU
# make lab         build, install the kernel into .venv, open JupyterLab on notebook 01
# `make help` lists the rest.

GO_MINOR := 26
PYTHON_MINOR := 10
GO ?= go
PYTHON ?= python3
DATASET ?= taxa
EXPERIMENT ?= bands
SIZE ?= lesson
OUT ?= out
export CGO_ENABLED = 0

COMMIT := $(shell git rev-parse --short=12 HEAD 2>/dev/null)
DIRTY := $(shell test -z "$$(git status --porcelain 2>/dev/null)" && echo false || echo true)
LDFLAGS := -s -w -X main.commit=$(COMMIT) -X main.dirty=$(DIRTY)
NOTEBOOK := notebooks/01-which-negatives.ipynb

.PHONY: help build reproduce test lab venv peers parity bench soak generate check-go check-python clean

help:
	@echo "make reproduce [DATASET=taxa|cifar10|cifar100] [SEEDS=n] [SIZE=smoke|lesson|full] [OUT=out]"
	@echo "make test        tests and linting, at most 15 minutes on 2 cores"
	@echo "make lab         JupyterLab on notebook 01, with the kernel installed into .venv"
	@echo "make build       bin/hardneg"
	@echo "make venv        .venv with the pinned JupyterLab (peers/jupyter.txt)"
	@echo "make peers       .venv-peers with PyTorch, for every comparison (peers/torch.txt; about 5 GB)"
	@echo "make parity      the pilot in PyTorch and here, paired by seed (an hour)"
	@echo "make bench       our training step, and a run with its views, beside PyTorch's"
	@echo "make soak        the longer checks: fuzzing, races (PART=fuzz1: the kernel's fuzzing, 20 CPU-minutes a target)"
	@echo "make generate    assembly and bindings, written again by their generators"

check-go:
	@v=$$($(GO) env GOVERSION 2>/dev/null | sed -n 's/^go1\.\([0-9]*\).*/\1/p'); \
	if [ -z "$$v" ] || [ "$$v" -lt $(GO_MINOR) ]; then \
	  echo "Go 1.$(GO_MINOR) or newer is needed; found: $$($(GO) version 2>/dev/null || echo none)." >&2; \
	  echo "Debian 12's and Ubuntu 24.04's own packages are too old: take it from go.dev/dl or conda (go=1.$(GO_MINOR))." >&2; exit 1; fi

check-python:
	@$(PYTHON) -c 'import sys, venv, ensurepip; sys.exit(sys.version_info < (3, $(PYTHON_MINOR)))' 2>/dev/null || { \
	  echo "Python 3.$(PYTHON_MINOR) or newer with venv is needed; found: $$($(PYTHON) --version 2>/dev/null || echo none)." >&2; \
	  echo "On Debian and Ubuntu: apt-get install python3 python3-venv" >&2; exit 1; }

build: check-go
	@mkdir -p bin
	$(GO) build -trimpath -buildvcs=false -ldflags '$(LDFLAGS)' -o bin/hardneg .

# A venv that was made half is made again: the stamp is written last.
.venv/stamp: peers/jupyter.txt | check-python
	$(PYTHON) -m venv .venv
	.venv/bin/python -m pip install --quiet --disable-pip-version-check -r peers/jupyter.txt
	@touch $@
venv: .venv/stamp

.venv-peers/stamp: peers/torch.txt | check-python
	$(PYTHON) -m venv .venv-peers
	.venv-peers/bin/python -m pip install --quiet --disable-pip-version-check -r peers/torch.txt
	@touch $@
peers: .venv-peers/stamp

# Records that are there are not trained again, and a notebook that is newer than all of them and was executed for the
# same data set and size (.executed says so) is not executed again.
# Without Python everything is made but the .html.
DONE := $(OUT)/01-which-negatives
reproduce: build
	bin/hardneg reproduce $(EXPERIMENT) --dataset $(DATASET) --size $(SIZE) $(if $(SEEDS),--seeds $(SEEDS)) --out $(OUT)
	@if [ -f $(DONE).ipynb ] && [ "$$(cat $(OUT)/.executed 2>/dev/null)" = "$(DATASET) $(SIZE)" ] && \
	  [ -z "$$(find $(OUT) $(NOTEBOOK) -maxdepth 1 -name '*_*.json' -newer $(DONE).ipynb -o -name '*.ipynb' -newer $(DONE).ipynb)" ]; then \
	  echo "$(DONE).ipynb is newer than the records: not executed again"; \
	else rm -f $(OUT)/.executed; \
	  bin/hardneg run $(NOTEBOOK) --out $(DONE).ipynb -p results=$(abspath $(OUT)) -p dataset=$(DATASET) -p size=$(SIZE) && \
	  echo "$(DATASET) $(SIZE)" >$(OUT)/.executed; fi
	@if $(MAKE) --no-print-directory venv >$(OUT)/venv.log 2>&1; then \
	  .venv/bin/jupyter nbconvert --to html --log-level ERROR --output-dir $(OUT) $(DONE).ipynb && rm -f $(OUT)/venv.log; \
	else echo "No .html: Python with venv is missing or could not install (see $(OUT)/venv.log). All else is there."; fi
	@echo "In $(OUT)/:" && ls $(OUT)

test: build
	@$(MAKE) --no-print-directory venv || echo "Without Python the tests against Jupyter and ruff are skipped."
	$(GO) test ./...

lab: build venv
	bin/hardneg kernel install --prefix .venv
	.venv/bin/jupyter lab $(NOTEBOOK)

parity: build peers
	.venv-peers/bin/python peers/parity.py --hardneg bin/hardneg --out docs/parity

bench: build
	bin/hardneg bench step
	bin/hardneg bench run

# Every fuzz target for FUZZTIME, then the race detector (which needs a C compiler).
# PART=fuzz1: what reaches the kernel from outside, 20 CPU-minutes each; at most 140 minutes.
FUZZTIME ?= 60s
ifeq ($(PART),fuzz1)
soak: check-go
	GO=$(GO) kernel/fuzz.sh
else
soak: check-go
	@grep -rl --include='*_test.go' '^func Fuzz' lib datasets kernel cli | while read f; do \
	  for z in $$(sed -n 's/^func \(Fuzz[A-Za-z0-9_]*\).*/\1/p' $$f); do \
	    echo "$$z in $$(dirname $$f)"; $(GO) test -run '^$$' -fuzz "^$$z$$" -fuzztime $(FUZZTIME) ./$$(dirname $$f) || exit 1; \
	  done; done
	CGO_ENABLED=1 $(GO) test -race -short ./lib/... ./datasets ./cli
endif

generate: check-go
	$(GO) generate ./...

clean:
	rm -rf bin out
