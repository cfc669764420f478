# `make help` lists the targets. PYTHON names the interpreter that a virtual
# environment for tests (.venv) is made from.
PYTHON ?= python3
VENV ?= .venv
BIN := $(VENV)/bin
export PATH := $(abspath $(BIN)):$(PATH)
# Several test processes share the machine: threads beyond cores only spin.
export OMP_NUM_THREADS ?= 2

.PHONY: help
help:  ## show this list
	@grep -hE '^[a-z-]+:.*##' $(MAKEFILE_LIST) | sed 's/:.*## /\t/' | expand -t 14

$(BIN)/python:
	$(PYTHON) -m venv $(VENV)

$(VENV)/.ready: pyproject.toml | $(BIN)/python
	$(BIN)/python -m pip install -q --upgrade pip setuptools wheel
	$(BIN)/python tools/setup_helpers/install_build_requirements.py
	$(BIN)/python -m pip install -q pytest tqdm
	touch $@

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

.PHONY: lint
lint: $(VENV)/.ready  ## layers, sizes, formatting, types
	$(BIN)/python tools/lint/check_layers.py
	$(BIN)/python tools/lint/check_sizes.py
	$(BIN)/python -m tools.codegen check

.PHONY: clean
clean:  ## remove what was built
	rm -rf build torch/lib torch/include torch/licenses torch/_C torch/_C.*.so torch/version.py
