PYTHON ?= python3
VENV   := .venv
BIN    := $(VENV)/bin
DEMO   ?= demo
FUZZ   ?= 0

.PHONY: help setup demo test check lint unit kernels lock benchmark cross-kernels clean

help: ## List the targets
	@grep -hE '^[a-z-]+:.*##' $(MAKEFILE_LIST) | sed -E 's/:.*## /\t/' | expand -t 14

setup: $(VENV)/.runtime kernels ## Make .venv/bin/stemwright

demo: setup ## Master a generated 8-stem song on built-in processors
	$(BIN)/stemwright demo $(DEMO)

test: $(VENV)/.dev lint unit ## Set up everything and pass the tests

lint: $(VENV)/.dev ## Format, lint, types, layers
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/mypy
	$(BIN)/lint-imports --no-cache

unit: $(VENV)/.dev kernels ## The test suite alone
	$(BIN)/pytest -n 2 --dist worksteal

kernels: $(VENV)/.runtime ## Compile the kernels in C anew where their sources changed
	@$(BIN)/python scripts/build_kernels.py

lock: $(VENV)/.dev ## Resolve requirements/*.txt anew from pyproject.toml
	$(BIN)/uv pip compile --quiet --universal --python-version 3.11 --generate-hashes --no-header --no-annotate \
	  pyproject.toml -o requirements/runtime.txt
	$(BIN)/uv pip compile --quiet --universal --python-version 3.11 --generate-hashes --no-header --no-annotate \
	  --group dev --extra farm pyproject.toml -c requirements/runtime.txt -o requirements/dev.txt

benchmark: $(VENV)/.benchmark kernels ## Time masters, hosted lanes and meters beside peers doing the same or less
	$(BIN)/python -m benchmarks

cross-kernels: $(VENV)/.benchmark ## Compile the kernels for Windows, macOS and arm64, to show that they do
	$(VENV)/benchmark/bin/python scripts/cross_build_kernels.py build/kernels

clean: ## Remove what the other targets made
	rm -rf $(VENV) $(DEMO) .mypy_cache .pytest_cache .ruff_cache .hypothesis

$(VENV)/bin/python:
	scripts/system-packages python $(PYTHON)
	$(PYTHON) -m venv $(VENV)

$(VENV)/.runtime: pyproject.toml requirements/runtime.txt requirements/build.txt scripts/system-packages | $(VENV)/bin/python
	scripts/system-packages runtime
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements/build.txt
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements/runtime.txt
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --no-deps --no-build-isolation -e .
	@touch $@

$(VENV)/.dev: $(VENV)/.runtime requirements/dev.txt
	scripts/system-packages test
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements/dev.txt
	@touch $@

$(VENV)/.benchmark: $(VENV)/.dev requirements/benchmark.txt
	$(PYTHON) -m venv $(VENV)/benchmark
	$(VENV)/benchmark/bin/python -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements/benchmark.txt
	@touch $@
