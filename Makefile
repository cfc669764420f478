# `make help` lists the targets. PYTHON names the interpreter that the virtual
# environment of development (.venv) is made from; PYTORCH, for `make bench`,
# one that has PyTorch; BASE, for `make lint`, what C++ files are compared with.
# Requirements are the groups of pyproject.toml.
PYTHON ?= python3
PYTORCH ?=
BASE ?= main
VENV ?= .venv
BIN := $(VENV)/bin
CODE := torch tools test examples setup.py $(wildcard benchmarks docs)
export PATH := $(abspath $(BIN)):$(PATH)
# Several test processes share the machine: threads beyond cores only spin.
export OMP_NUM_THREADS ?= 2

.PHONY: help
help:  ## show this list
	@grep -hE '^[a-z-]+:.*##' $(MAKEFILE_LIST) | sed 's/:.*## /\t/' | expand -t 14

$(BIN)/python:
	$(PYTHON) -m venv $(VENV)

$(VENV)/.pip: | $(BIN)/python
	$(BIN)/python -m pip install -q --upgrade pip setuptools wheel
	touch $@

$(VENV)/.ready: pyproject.toml | $(VENV)/.pip
	$(BIN)/python tools/setup_helpers/install_build_requirements.py
	$(BIN)/python -m pip install -q --group test
	touch $@

$(VENV)/.lint $(VENV)/.docs $(VENV)/.coverage: $(VENV)/.%: pyproject.toml | $(VENV)/.pip
	$(BIN)/python -m pip install -q --group $*
	touch $@

# One plain line, before anything is built, where a script is not there.
have/%:
	@test -e $* || { echo "make: $* is missing"; exit 1; }

.PHONY: install
install:  ## build a wheel and install it with the current pip
	$(PYTHON) -m pip install .

.PHONY: develop
develop: $(VENV)/.ready googletest  ## build in place, with the C++ tests, for development
	BUILD_TESTING=1 $(BIN)/python -m pip install -q --no-build-isolation --no-deps -e .

.PHONY: googletest
googletest:
	@bash tools/setup_helpers/install_googletest.sh

.PHONY: test
test: develop  ## set up what tests need, build, run ctest and pytest
	$(BIN)/python tools/run_tests.py

.PHONY: test-slow
test-slow: develop  ## the same with the tests marked slow
	$(BIN)/python tools/run_tests.py --slow

# The type stubs of the compiled half, so that types are checked without a build.
.PHONY: stubs
stubs: $(VENV)/.lint
	@$(BIN)/python -m tools.codegen generate --kind stubs --out torch

.PHONY: lint
lint: stubs  ## layers, sizes, operator entries, formatting, types
	BASE=$(BASE) $(BIN)/pre-commit run --all-files
	$(BIN)/python -m pytest -q test/typing/test_user_programs.py

.PHONY: format
format: $(VENV)/.lint  ## format Python, and the C++ lines that differ from main
	$(BIN)/ruff check --fix $(CODE)
	$(BIN)/ruff format $(CODE)
	$(BIN)/python tools/lint/clang_format.py --fix --base $(BASE)

.PHONY: cuda-check
cuda-check: have/tools/cuda_check.py $(VENV)/.ready  ## compile the CUDA code; on a machine with a GPU, test it
	$(BIN)/python tools/cuda_check.py

.PHONY: need-pytorch
need-pytorch:
	@test -n "$(PYTORCH)" || { echo "make bench: set PYTORCH=python-with-pytorch"; exit 1; }

.PHONY: bench
bench: have/benchmarks/compare_with_pytorch.py need-pytorch develop  ## compare speed with PyTorch: make bench PYTORCH=its/python
	$(BIN)/python benchmarks/compare_with_pytorch.py --pytorch $(PYTORCH)

.PHONY: docs
docs: have/docs/build.py develop $(VENV)/.docs  ## build the pages and the API reference as a site
	$(BIN)/python docs/build.py

.PHONY: coverage
coverage: develop $(VENV)/.coverage  ## lines of torch/ and csrc/ that the tests run
	$(BIN)/python tools/coverage.py
	$(BIN)/python tools/coverage.py --cpp

.PHONY: clean
clean:  ## remove what was built
	rm -rf build build-coverage dist *.egg-info docs/_build docs/api htmlcov .coverage
	rm -rf torch/lib torch/include torch/licenses torch/_C torch/_C.*.so torch/version.py
