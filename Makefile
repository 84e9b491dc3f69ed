# The project's commands. `make tour` and `make test` are the README's two.
SHELL := bash
.SHELLFLAGS := -euo pipefail -c
.DEFAULT_GOAL := help
MAKEFLAGS += --no-builtin-rules

PYTHON ?= python3
TARGET := $(or $(CARGO_TARGET_DIR),target)
WEFT := $(TARGET)/release/weft
VENV := .venv
BIN := $(VENV)/bin
# The profile that wheels are built with; `release` saves the link-time optimisation.
WHEEL_PROFILE ?= dist
# Jupyter refuses root unless told; in a container there may be no one else.
AS_ROOT = $(if $(filter 0,$(shell id -u)),--allow-root)
PIP := $(BIN)/python -m pip --disable-pip-version-check --quiet

.PHONY: help
help: ## This list
	@sed -nE 's/^([a-z-]+):.*## (.*)/  make \1\t\2/p' Makefile | expand -t 22

.PHONY: tour
tour: build kernel ## Build, install the kernel into .venv, execute the tour into tour.html
	$(BIN)/jupyter nbconvert --log-level WARN --execute --to html \
	  --output-dir . --output tour notebooks/tour.ipynb
	@echo "wrote tour.html; 'make lab' opens the same notebook in JupyterLab"

.PHONY: lab
lab: build kernel ## Open the tour in JupyterLab
	$(BIN)/jupyter lab $(AS_ROOT) notebooks/tour.ipynb

.PHONY: build
build: ## The binary, optimised
	cargo build --release --locked --package weft

# `weft install` is quick and idempotent, so it always runs: the binary may have changed.
.PHONY: kernel
kernel: build $(VENV)/.lab
	$(WEFT) install --prefix $(VENV)

$(VENV)/bin/python:
	$(PYTHON) -m venv $(VENV)

# One stamp for each requirements file, so that a second run installs nothing.
$(VENV)/.%: requirements/%.txt requirements/constraints.txt | $(VENV)/bin/python
	$(PIP) install --requirement $< --constraint requirements/constraints.txt
	touch $@
$(VENV)/.test: requirements/lab.txt
$(VENV)/.browser $(VENV)/.bench: requirements/lab.txt requirements/test.txt
.SECONDARY: $(VENV)/.lab $(VENV)/.test $(VENV)/.browser $(VENV)/.bench

.PHONY: test
test: test-rust test-python ## Every test but the browser's and the wheel's

.PHONY: test-rust
test-rust:
	cargo test --release --locked --workspace

.PHONY: test-python
test-python: kernel $(VENV)/.test
	$(BIN)/python -m pytest --ignore tests/browser --ignore tests/wheel

# The scale of TPC-H's tables: 1 is about 1 GB as text.
SCALE ?= 1

.PHONY: test-tpch
test-tpch: build $(VENV)/.test ## All TPC-H queries against DuckDB, at SCALE=1
	WEFT_TPCH_SCALE=$(SCALE) $(BIN)/python -m pytest tests/oracle/test_tpch.py

.PHONY: bench
bench: $(VENV)/.bench ## Time and memory beside DuckDB, Polars, DataFusion and Daft, at SCALE=1
	cargo build --profile dist --locked --package weft
	WEFT_BIN=$(abspath $(TARGET)/dist/weft) PYTHONPATH=tests $(BIN)/python -m bench --scale $(SCALE) $(BENCH)

.PHONY: test-browser
test-browser: kernel $(VENV)/.browser ## JupyterLab in headless Chromium runs the tour
	$(BIN)/python -m pytest tests/browser

.PHONY: wheel
wheel: $(VENV)/.test ## One wheel in dist/: binary, kernelspec, logos
	rm -rf dist
	$(BIN)/maturin build --quiet --profile $(WHEEL_PROFILE) --out dist
	@ls -sh dist/*.whl

.PHONY: test-wheel
test-wheel: wheel ## The wheel, in an environment of its own
	$(BIN)/python -m pytest --confcutdir tests/wheel tests/wheel

.PHONY: fmt
fmt: ## Format the Rust sources
	cargo fmt --all

# Clippy in the release profile shares build scripts and macros with the tests.
.PHONY: lint
lint: ## Format and clippy, warnings denied
	cargo fmt --all --check
	cargo clippy --release --locked --workspace --all-targets -- -D warnings

.PHONY: data
data: $(VENV)/.test ## Draw the tour's pictures and tables again
	$(BIN)/python notebooks/make_data.py

# What pip resolves today for the names in requirements/, written down.
.PHONY: constraints
constraints:
	rm -rf $(VENV)-constraints && $(PYTHON) -m venv $(VENV)-constraints
	$(VENV)-constraints/bin/python -m pip install --quiet --requirement requirements/browser.txt \
	  --requirement requirements/bench.txt
	{ echo '# Every version, chosen together (Python 3.11). Made by `make constraints`.'; \
	  $(VENV)-constraints/bin/python -m pip freeze; } > requirements/constraints.txt
	rm -rf $(VENV)-constraints

.PHONY: clean
clean: ## Remove what the commands above made
	cargo clean
	rm -rf $(VENV) dist tour.html test-results tests/data
