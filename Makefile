# Two commands do everything on a fresh machine with Python 3.11 or later: `make run` and `make test`.
PYTHON ?= $(shell command -v python3.13 || command -v python3.12 || command -v python3.11 || command -v python3)
PORT ?= 8000
VENV := .venv
BIN := $(VENV)/bin
PIP := $(BIN)/python -m pip --disable-pip-version-check -q
# Byte-compiling 40,000 files nobody imports is the slowest part of an installation; Python compiles what it uses.
INSTALL := $(PIP) install --no-compile --require-hashes

.DEFAULT_GOAL := help
.PHONY: help install run test lint types contract web demo lock bench docs clean

help: ## Show what can be made
	@grep -hE '^[a-z-]+:.*##' $(MAKEFILE_LIST) | sed 's/:.*## /\t/' | expand -t 12

install: $(VENV)/.installed ## Make .venv with the patchwork command in it

$(VENV)/.installed: requirements/base.txt pyproject.toml
	@test -n "$(PYTHON)" || { echo "Python 3.11, 3.12 or 3.13 is needed and none was found."; exit 1; }
	@$(PYTHON) -c 'import sys; v = sys.version_info; sys.exit(not (3, 11) <= v < (3, 14))' || \
	  { echo "Python 3.11, 3.12 or 3.13 is needed; $(PYTHON) is another. Name one: make PYTHON=python3.12 …"; exit 1; }
	test -x $(BIN)/python || $(PYTHON) -m venv $(VENV)
	$(INSTALL) -r requirements/base.txt
	$(PIP) install --no-deps --no-build-isolation --no-compile -e .
	@touch $@

$(VENV)/.developed: $(VENV)/.installed requirements/dev.txt
	$(INSTALL) -r requirements/dev.txt
	@touch $@

# Node builds the page. A machine without Node 20 or later gets it from the Python package index, in this project only.
$(VENV)/.node: requirements/node.txt | $(VENV)/.installed
	@node -e 'process.exit(+process.versions.node.split(".")[0] < 20)' 2>/dev/null && npm --version >/dev/null 2>&1 || \
	  $(INSTALL) -r requirements/node.txt
	@touch $@

web: $(VENV)/.node ## Build the page
	$(BIN)/python web/build.py

run: install web ## Install, migrate, load the demo county and serve it: make run PORT=8000
	$(BIN)/patchwork demo
	$(BIN)/patchwork serve --port $(PORT)

demo: install ## Load the demo county and print its figures beside the published report's
	$(BIN)/patchwork demo --report

lint: $(VENV)/.developed
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .

types: $(VENV)/.developed
	$(BIN)/mypy

contract: $(VENV)/.developed
	$(BIN)/lint-imports

test: lint types contract web ## Check everything: lint, types, import contract and tests, with coverage
	$(BIN)/python -m pytest -n 2 --dist loadgroup --cov --cov-report=term:skip-covered

bench: $(VENV)/.developed ## Run the benchmarks; each prints a ratio to a plain reference in the same run
	$(BIN)/python bench/run.py

lock: ## Write the locked requirement files anew from pyproject.toml
	sh requirements/lock.sh

clean: ## Remove what was built; keeps var/, where data lives
	rm -rf $(VENV) web/node_modules app/web/static .mypy_cache .ruff_cache .pytest_cache .coverage*
