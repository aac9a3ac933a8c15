# `make report` makes everything; `make test` proves it; `make docs` explains it. Each sets itself up in .venv.
# ARGS goes to the command: make report ARGS="-c 2008-03 -t method --lang en --format pdf"

PYTHON ?= $(shell for p in python3 python3.13 python3.12 python3.11 python; do \
	$$p -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null && echo $$p && break; done)
BIN := .venv/bin
export PIP_DISABLE_PIP_VERSION_CHECK := 1

# Files of tests run side by side, the long ones of tests/report first.
AT_ONCE := --numprocesses auto --maxprocesses 4 --dist loadfile --no-loadscope-reorder

.PHONY: report test docs lint messages measures lock bundle clean

report: .venv/.run
	$(BIN)/nychance report $(ARGS)

test: .venv/.test
	$(BIN)/python tests/lib/browser.py --install
	$(MAKE) --no-print-directory lint
	$(BIN)/python -m pytest $(AT_ONCE) $(ARGS)

lint: .venv/.test
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/lint-imports

# The documentation as a site, with the references of the command line and of the Python API: _docs/index.html
docs: .venv/.docs
	NO_MKDOCS_2_WARNING=1 $(BIN)/python -m mkdocs build --quiet
	@echo "The documentation is in _docs/index.html"

# Brings the catalogues of messages up to date with the code, and names what has no Danish yet.
messages: .venv/.run
	$(BIN)/python -m evalbook.text.catalogue evalbook nychance

# Writes the reference of measures from the declarations beside the functions.
measures: .venv/.run
	$(BIN)/python -m evalbook.publish.methods docs/reference/measures.md evalbook nychance

# The lock files hold exact versions with hashes; the package itself is linked in, without asking an index.
.venv/.run: requirements/run.txt requirements/quarto.txt pyproject.toml | .venv/bin/python
	$(BIN)/python -m pip install --quiet --require-hashes -r requirements/run.txt
	$(BIN)/python -m pip install --quiet --no-build-isolation --no-deps --editable .
	$(BIN)/python requirements/try_quarto.py
	@touch $@

.venv/.test: requirements/test.txt .venv/.run
	$(BIN)/python -m pip install --quiet --require-hashes -r requirements/test.txt
	@touch $@

.venv/.docs: requirements/docs.txt .venv/.run
	$(BIN)/python -m pip install --quiet --require-hashes -r requirements/docs.txt
	@touch $@

.venv/bin/python:
	@test -n "$(PYTHON)" || { echo "Python 3.11 or later is needed; name it with make PYTHON=/path/to/python"; exit 2; }
	$(PYTHON) -m venv .venv

# After changing the dependencies in pyproject.toml.
lock: .venv/.test
	$(BIN)/python -m pip install --quiet uv
	PATH="$(BIN):$$PATH" requirements/lock

# What a machine without internet needs, for a Python and a platform like these: dist/nychance-<version>-offline.tar
bundle: .venv/.run
	$(BIN)/python requirements/bundle.py

clean:
	rm -rf .venv .evalbook _site _docs _quarto_site dist figures/latest figures/20*
