# The two commands of the README: `make run` and `make test`. Needs make and Python 3.11 or newer, nothing else.

PYTHON ?= python3
WORKERS ?= 2
BIN := .venv/bin
STAMP := .venv/.installed
INSTALL := $(BIN)/python -m pip install --quiet --disable-pip-version-check --constraint constraints.txt

.DEFAULT_GOAL := help
.PHONY: help setup run test lint warm docs bench clean

help:
	@echo "make run    install if needed, run the UK base case, print where the report is"
	@echo "make test   install if needed, then ruff, mypy and every test"
	@echo "make docs   write the pages of docs/ that are made from data"
	@echo "make setup | lint | bench | clean"

setup: $(STAMP)

# Built without isolation, so that the build tools too are the versions of constraints.txt.
$(STAMP): pyproject.toml constraints.txt
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' \
		|| { echo "bmes-sim needs Python 3.11 or newer: make PYTHON=python3.12 setup"; exit 2; }
	$(PYTHON) -m venv .venv
	$(INSTALL) hatchling editables
	$(INSTALL) --no-build-isolation --editable '.[dev]'
	@touch $(STAMP)

run: setup
	$(BIN)/bmes run base_case_uk

# The rules are compiled once here; parallel test workers would otherwise each compile them.
warm: setup
	@$(BIN)/python -c "import sim; s = sim.load_scenario('base_case_uk'); \
		[sim.run(s, patients=4, engine=engine) for engine in ('batch', 'simpy')]"

lint: setup
	$(BIN)/ruff check .
	$(BIN)/mypy --strict sim

test: lint warm
	$(BIN)/pytest -n $(WORKERS)

docs: setup
	$(BIN)/python -m sim.report.generated_pages

bench: setup
	$(BIN)/bmes bench

clean:
	rm -rf .venv build dist .mypy_cache .pytest_cache .ruff_cache .hypothesis
	find . -name __pycache__ -type d -prune -exec rm -rf {} +
