# Every target sets up what it needs: python3 with venv is all that has to be there.
PYTHON ?= python3
VENV := .venv
PY := $(VENV)/bin/python
PORT ?= 8000
KHAOSAT_HOME ?= $(CURDIR)/.demo
SERVE ?= 1
PIP_FLAGS := --quiet --disable-pip-version-check --require-hashes

.PHONY: demo test lint bench locks webforms clean

$(VENV)/run.stamp: requirements.lock
	$(PYTHON) -m venv $(VENV)
	$(PY) -m pip install $(PIP_FLAGS) -r requirements.lock
	touch $@

$(VENV)/dev.stamp: requirements-dev.lock
	$(PYTHON) -m venv $(VENV)
	$(PY) -m pip install $(PIP_FLAGS) -r requirements-dev.lock
	touch $@ $(VENV)/run.stamp

demo: $(VENV)/run.stamp ## the whole chain on synthetic data, then the server
	KHAOSAT_HOME="$(KHAOSAT_HOME)" $(PY) manage.py demo --port $(PORT) $(if $(filter 0,$(SERVE)),--no-serve)

test: $(VENV)/dev.stamp ## the fast set
	$(PY) -m pytest -n auto --dist worksteal

lint: $(VENV)/dev.stamp
	$(VENV)/bin/ruff check .
	$(VENV)/bin/ruff format --check .
	$(VENV)/bin/mypy
	$(VENV)/bin/lint-imports
	$(PY) manage.py makemigrations --check --dry-run

bench: $(VENV)/dev.stamp ## figures that docs/ cites; longer than the tests
	$(PY) -m tests.bench

locks: $(VENV)/dev.stamp
	for name in requirements requirements-dev; do \
	  $(VENV)/bin/uv pip compile $$name.in -o $$name.lock --universal --python-version 3.11 \
	    --generate-hashes --no-emit-index-url --no-emit-find-links --exclude-newer 2026-11-15 \
	    --custom-compile-command "make locks" --quiet || exit 1; \
	done

webforms: ## build dashboard/static/webforms anew; needs Node 20, which nothing else here does
	cd dashboard/webforms && npm ci --no-audit --no-fund && npx vite build && node licences.js

clean:
	rm -rf $(VENV) .demo .mypy_cache .ruff_cache .pytest_cache .hypothesis
