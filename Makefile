# make demo   catalog two real datasets on this machine and look at one
# make example-digits, make example-videos   pack, upload, load and use two small datasets
# make test   the tests
# make faults every point at which a command can fail, as a table (many minutes; see tests/README.md)
# make attacks what hostile colleagues, pushes and texts try, as a table (a minute)
# make fuzz   10,000 inputs for each test of tests/fuzz; FUZZ=1000000 for days
# make mutants whether the tests notice small changes of the code (minutes; see tests/README.md)
# make check  what CI runs: format, lint, types, import rules, tests
# make fix    format and fix what can be fixed
# make docs   docs/architecture.svg from the imports; docs/cli.md and docs/tour.md from the commands
# make bench  the benchmarks (minutes; see benchmarks/README.md)

PYTHON ?= python3
# Optional parts to test beside the default ones; CI adds all of them.
EXTRAS ?= test
PY := .venv/bin/python
# Most of what is installed is never imported; what is, Python compiles when it first is.
PIP_INSTALL := $(PY) -m pip install --quiet --disable-pip-version-check --no-compile \
  --constraint constraints.txt
# Containers often set it; then pip and every other program compile themselves at each start.
unexport PYTHONDONTWRITEBYTECODE
# The demo's datasets are in your catalog of the site local, where every other command finds them.
DEMO := $(PY) main.py

.PHONY: demo example-digits example-videos test faults attacks fuzz mutants check lint bytecode fix docs bench clean
.DEFAULT_GOAL := demo

.venv/.made:
	@$(PYTHON) -c 'import sys; sys.exit("HuggingNERSC needs Python 3.11 or later, this is " + sys.version.split()[0]) if sys.version_info < (3, 11) else None'
	$(PYTHON) -m venv .venv
	@# The pip of Python 3.11 takes twice as long; where there is no newer one, it installs the same.
	$(PIP_INSTALL) --upgrade pip || true
	@touch $@

.venv/.run: .venv/.made pyproject.toml constraints.txt
	$(PIP_INSTALL) --editable .
	@touch $@

.venv/.test-$(EXTRAS): .venv/.made pyproject.toml constraints.txt
	$(PIP_INSTALL) --editable ".[$(EXTRAS)]"
	@touch .venv/.run $@

.venv/.examples: .venv/.made pyproject.toml constraints.txt
	$(PIP_INSTALL) --editable ".[test,data,examples]"
	@touch .venv/.run $@

.venv/.dev: .venv/.run
	$(PIP_INSTALL) --editable ".[dev]"
	@touch $@

# All that `make check` needs, in one resolution and one build instead of three.
.venv/.check-$(EXTRAS): .venv/.made pyproject.toml constraints.txt
	$(PIP_INSTALL) --editable ".[$(EXTRAS),dev]"
	@touch .venv/.run .venv/.test-$(EXTRAS) .venv/.dev $@

demo: .venv/.run
	$(DEMO) catalog-new-dataset "Fisher's Iris Data" iris \
	  examples/iris/iris_loader.py https://portal.nersc.gov/cfs/dasrepo/iris \
	  examples/iris/iris_metadata.json --data-path examples/iris/data --site local
	$(DEMO) catalog-new-dataset "JetClass" jetclass \
	  examples/jetclass/jetclass_loader.py https://portal.nersc.gov/cfs/dasrepo/omnilearned/jetclass \
	  examples/jetclass/jetclass_metadata.json examples/jetclass/jetclass_batch.sh True \
	  --include examples/jetclass/jetclass_environment.yml --site local
	$(DEMO) inspect-dataset iris --site local
	@echo
	@echo 'Look at both in a browser, or with any Hub client:'
	@echo '  "$(CURDIR)/$(PY)" "$(CURDIR)/main.py" serve-hub --site local'
	@echo 'Take them out again: remove-dataset iris --site local, remove-dataset jetclass --site local'

# They use a catalog and a Hub of their own, in a temporary folder.
example-digits example-videos: example-%: .venv/.examples
	$(PY) examples/$*/run_$*.py

test: .venv/.test-$(EXTRAS)
	$(PY) -m pytest -n 3 --dist worksteal

faults: .venv/.test-$(EXTRAS)
	unshare $(if $(filter 0,$(shell id -u)),,--map-root-user) --mount $(PY) -m tests.faults

attacks: .venv/.test-$(EXTRAS)
	$(PY) -m pytest -n 2 --dist worksteal -q -m attack

fuzz: .venv/.test-$(EXTRAS)
	FUZZ=$${FUZZ:-10000} $(PY) -m pytest -n 2 --dist worksteal -q tests/fuzz

mutants: .venv/.test-$(EXTRAS)
	$(PY) -m tests.mutants

check: .venv/.check-$(EXTRAS)
	$(MAKE) --jobs 2 --output-sync lint bytecode
	$(MAKE) test

lint: .venv/.check-$(EXTRAS)
	$(PY) -m ruff format --check .
	$(PY) -m ruff check .
	$(PY) -m mypy
	$(PY) -c 'from importlinter.cli import lint_imports_command; lint_imports_command()'

# While mypy keeps the first core busy, the second one compiles what the tests import: the tests
# themselves, as pytest rewrites them, and the largest packages. Each worker would do it otherwise.
bytecode: .venv/.check-$(EXTRAS)
	@$(PY) -m pytest --collect-only -qq -p no:cacheprovider >/dev/null 2>&1 || true
	@$(PY) -c 'import datasets, duckdb, matplotlib.figure, torch' 2>/dev/null || true

fix: .venv/.dev
	$(PY) -m ruff format .
	$(PY) -m ruff check --fix .

docs: .venv/.run .venv/.dev
	$(PY) docs/draw_architecture.py
	$(PY) docs/write_cli_reference.py
	$(PY) docs/write_tour.py

bench: .venv/.test-$(EXTRAS)
	$(PY) -m benchmarks.startup
	$(PY) -m benchmarks.cataloging
	$(PY) -m benchmarks.updating
	$(PY) -m benchmarks.validating
	$(PY) -m benchmarks.listing
	$(PY) -m benchmarks.commit_page
	$(PY) -m benchmarks.compare

clean:
	rm -rf .venv .mypy_cache .ruff_cache .pytest_cache .import_linter_cache .hypothesis
