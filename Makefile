# Everything runs from .venv, which each target makes first where it is missing or out of date.
# Needed: Python 3.11 or newer (another one: make PYTHON=python3.12). uv is used where it is there.

PYTHON ?= python3
WORKERS ?= 2
VENV := .venv
BIN := $(VENV)/bin
READY := $(VENV)/.ready
UV := $(shell command -v uv 2>/dev/null)

.DEFAULT_GOAL := help
.PHONY: help demo up test lint audit check format bench crash constraints clean

help:
	@echo "make demo         walk example initiatives through their gates"
	@echo "make up           start the server, the engine and the pages"
	@echo "make test         run the tests, two files at a time (WORKERS=1: one; ARGS=... goes to pytest)"
	@echo "make lint         style, types and dependency directions"
	@echo "make audit        what could be abused in the code, and known holes in pinned packages"
	@echo "make check        lint, audit and test"
	@echo "make format       put the code into its style"
	@echo "make bench        measure the engine's own quality"
	@echo "make crash        kill the engine at every seam, 50 times over, on both databases"
	@echo "make constraints  pin the dependencies again (UPGRADE=1: newer ones)"
	@echo "make clean        remove caches and built packages; keeps .venv and the ledger"

demo: $(READY)
	$(BIN)/provefirst demo $(ARGS)

up: $(READY)
	$(BIN)/provefirst up $(ARGS)

test: $(READY)
	$(BIN)/python -m pytest --numprocesses $(WORKERS) --dist loadfile --no-loadscope-reorder $(ARGS)

lint: $(READY)
	$(BIN)/ruff check
	$(BIN)/ruff format --check
	$(BIN)/mypy
	$(BIN)/lint-imports --no-logo

audit: $(READY)
	$(BIN)/bandit --quiet --recursive --severity-level medium --confidence-level medium src flows
	$(BIN)/python .ci/audit.py $(ARGS)

check: lint audit test

format: $(READY)
	$(BIN)/ruff check --fix
	$(BIN)/ruff format

bench: $(READY)
	$(BIN)/python -m bench.quality $(ARGS)

crash: $(READY)
	$(BIN)/python -W ignore -m tests.engine.crash $(ARGS)

constraints: $(READY)
	$(BIN)/uv pip compile --quiet --universal --generate-hashes --all-extras $(if $(UPGRADE),--upgrade) \
		--no-emit-index-url --no-emit-find-links --custom-compile-command "make constraints" \
		--output-file constraints.txt pyproject.toml
	@! grep -n "://" constraints.txt || { echo "constraints.txt must hold no addresses" >&2; exit 1; }

clean:
	rm -rf build dist .pytest_cache .mypy_cache .ruff_cache .import_linter_cache .hypothesis .coverage htmlcov
	find src flows tests bench examples -name __pycache__ -type d -prune -exec rm -rf {} + 2>/dev/null || true

# The pinned packages are checked against their hashes. The build backend is one of them, so the package itself is
# then installed without a download.
$(READY): pyproject.toml constraints.txt
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null || { \
		echo "provefirst needs Python 3.11 or newer, and '$(PYTHON)' isn't one. Name another: make PYTHON=python3.12" >&2; \
		exit 1; }
ifneq ($(UV),)
	test -x $(BIN)/python || uv venv --quiet --python "$(PYTHON)" $(VENV)
	uv pip install --quiet --python $(BIN)/python --require-hashes -r constraints.txt
	uv pip install --quiet --python $(BIN)/python --no-deps --no-build-isolation --editable .
else
	@$(PYTHON) -c 'import ensurepip, venv' 2>/dev/null || { \
		echo "'$(PYTHON)' can't make a virtual environment: install its venv package (Debian: python3-venv) or uv." >&2; \
		exit 1; }
	test -x $(BIN)/pip || $(PYTHON) -m venv $(VENV)
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes -r constraints.txt
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --no-deps --no-build-isolation --editable .
endif
	@touch $@
