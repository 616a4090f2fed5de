# The front door. `make demo` and `make test` are all a newcomer needs; each makes .venv on first use and reuses it.
.DEFAULT_GOAL := help
.PHONY: help setup demo test lint bench pictures package clean

PYTHON ?= $(shell for p in python3.12 python3.11 python3; do \
	$$p -c 'import sys; sys.exit(not (3,11) <= sys.version_info[:2] < (3,13))' 2>/dev/null && echo $$p && break; done)
BIN := .venv/bin
DEMO ?= demo

help:  ## show what can be made
	@grep -E '^[a-z]+:.*##' Makefile | sed -E 's/:[^#]*## /\t/' | expand -t 12

.venv/run.stamp: pyproject.toml
	@test -n "$(PYTHON)" || { echo "HandAnat Studio needs Python 3.11 or 3.12: install it, or say make PYTHON=/path/to/python3.11"; exit 1; }
	$(PYTHON) -m venv .venv
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --editable .
	@touch $@

.venv/dev.stamp: .venv/run.stamp
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --editable '.[dev]'
	@touch $@

setup: .venv/dev.stamp  ## make .venv with everything for development

demo: .venv/run.stamp  ## build the sample project, detect, score, open the window (without a display: a recorded tour)
	$(BIN)/handanat demo $(DEMO)

test: .venv/dev.stamp  ## run every test
	QT_QPA_PLATFORM=offscreen $(BIN)/python -m pytest

lint: .venv/dev.stamp  ## ruff, mypy, import-linter
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/lint-imports

bench: .venv/dev.stamp  ## measure speed against the targets
	$(BIN)/handanat bench

pictures: .venv/run.stamp  ## make the README's screenshots again
	@# An older project keeps what older networks saw.
	rm -rf build/pictures-project build/tour
	$(BIN)/handanat demo build/pictures-project --tour build/tour
	$(BIN)/python packaging/pictures.py build/tour resources/pictures

package: .venv/dev.stamp  ## build the wheel and try it in a new environment outside the checkout
	rm -rf dist
	$(BIN)/python -m build --wheel --outdir dist .
	$(BIN)/python packaging/try_wheel.py dist

clean:  ## remove what was built (never a project)
	rm -rf .venv build dist .pytest_cache .mypy_cache .ruff_cache .hypothesis .import_linter_cache
