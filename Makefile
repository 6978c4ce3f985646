# Two commands do everything on a fresh machine with Python 3.11 or later: `make run` and `make test`.
# The first interpreter that runs, has venv, and is of a supported version: a name on the PATH alone proves nothing.
SUPPORTED := import ensurepip, sys, venv; sys.exit(not (3, 11) <= sys.version_info[:2] < (3, 14))
PYTHON ?= $(shell for name in python3 python3.13 python3.12 python3.11; do \
	"$$name" -c "$(SUPPORTED)" >/dev/null 2>&1 && { echo "$$name"; break; }; done)
PORT ?= 8000
VENV := .venv
BIN := $(VENV)/bin
PIP := $(BIN)/python -m pip --disable-pip-version-check -q
# Byte-compiling 40,000 files nobody imports is the slowest part of an installation; Python compiles what it uses.
INSTALL := $(PIP) install --no-compile --no-deps --require-hashes
# It needs leave to keep what it compiled, whatever the environment says. Without, every start takes half a minute.
export PYTHONDONTWRITEBYTECODE :=

.DEFAULT_GOAL := help
.PHONY: help install run test coverage lint types contract web demo lock guides mutants bench docs bom limits clean

help: ## Show what can be made
	@grep -hE '^[a-z-]+:.*##' $(MAKEFILE_LIST) | sed 's/:.*## /\t/' | expand -t 12

install: $(VENV)/.installed ## Make .venv with the patchwork command in it

$(VENV)/.installed: requirements/base.txt pyproject.toml
	@"$(PYTHON)" -c "$(SUPPORTED)" || \
	  { echo "Python 3.11, 3.12 or 3.13 with venv is needed. Name one: make PYTHON=python3.12 … (on Debian: apt-get install python3-venv)"; exit 1; }
	test -x $(BIN)/python || $(PYTHON) -m venv $(VENV)
	$(INSTALL) -r requirements/base.txt
	$(PIP) install --no-deps --no-build-isolation --no-compile -e .
	$(BIN)/python -m geo.zoning.solve.warm  # compiles the kernels, so that nobody's first plan waits for it
	@touch $@

$(VENV)/.developed: $(VENV)/.installed requirements/dev.txt
	$(INSTALL) -r requirements/dev.txt
	@touch $@

# Node builds the page. A machine without Node 20 or later gets it from the Python package index, in this project only.
$(VENV)/.node: requirements/node.txt | $(VENV)/.installed
	@node -e 'process.exit(+process.versions.node.split(".")[0] < 20 ? 1 : 0)' 2>/dev/null && npm --version >/dev/null 2>&1 || \
	  $(INSTALL) -r requirements/node.txt
	@touch $@

web: $(VENV)/.node ## Build the page
	$(BIN)/python web/build.py

# Another council to try stands in a folder of its own: make run COUNCIL="Cornwall".
COUNCIL ?=
SHORT := $(shell echo "$(COUNCIL)" | tr '[:upper:]' '[:lower:]' | tr -cs 'a-z0-9' '-' | sed 's/^-*//; s/-*$$//' | cut -c1-38)
TRIED := $(if $(COUNCIL),PATCHWORK_COUNCIL=$(SHORT) PATCHWORK_DATA_DIR=var/$(SHORT),)

run: install web ## Install, migrate, load the demo county and serve it: make run PORT=8000 COUNCIL="Cornwall"
	$(strip $(TRIED) $(BIN)/patchwork demo $(if $(COUNCIL),--council "$(COUNCIL)",))
	$(strip $(TRIED) $(BIN)/patchwork serve --port $(PORT))

demo: install ## Load the demo county and print its figures beside the published report's
	$(BIN)/patchwork demo --report

lint: $(VENV)/.developed
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .

types: $(VENV)/.developed
	$(BIN)/mypy

contract: $(VENV)/.developed
	$(BIN)/lint-imports

# As many at once as there are cores, and no more than four: each may hold a service, a database and a browser.
TESTS := $(BIN)/python -m pytest -n logical --maxprocesses 4 --dist loadfile --durations=25

test: lint types contract web ## Check everything: lint, types, import contract and tests
	$(TESTS)

# Apart from `make test`, which every commit waits for: counting lines makes the run longer and fails nothing.
coverage: $(VENV)/.developed web ## Run the tests and print which lines they do not reach
	$(TESTS) --cov --cov-report=term:skip-covered

guides: $(VENV)/.developed web ## Run every command of every guide, the long ones too
	PATCHWORK_TEST_GUIDES=all $(BIN)/python -m pytest tests/docs/test_readme_commands.py

ROOMS ?=
mutants: $(VENV)/.developed ## Put small faults into the code, room by room, and count those that tests find: ROOMS="zoning"
	$(INSTALL) -r requirements/mutants.txt
	$(BIN)/python scripts/mutants.py $(ROOMS)

bench: $(VENV)/.developed ## Run the benchmarks; each prints a ratio to a plain reference in the same run
	$(BIN)/python bench/run.py

lock: ## Write the locked requirement files anew from pyproject.toml
	sh requirements/lock.sh

docs: $(VENV)/.developed ## Write the reference pages that follow from the code
	$(BIN)/python scripts/make_reference.py
	$(BIN)/python -m scripts.openapi_document
	$(BIN)/python -m scripts.make_reliability

bom: $(VENV)/.developed ## Write the software bill of materials, build/bom.cdx.json, from the locks
	$(BIN)/python -m scripts.bill_of_materials

limits: $(VENV)/.developed ## Print what is larger than the limits of the house, import circles and untyped objects
	$(BIN)/python -m scripts.limits

clean: ## Remove what was built; keeps var/, where data lives
	rm -rf $(VENV) web/node_modules app/web/static .mypy_cache .ruff_cache .pytest_cache .coverage*
