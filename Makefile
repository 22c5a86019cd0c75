# The two commands of a newcomer: `make demo` and `make test`. On Windows see the README for the plain lines.
PYTHON ?= python3
VENV = .venv
BIN = $(VENV)/bin

.PHONY: demo explore class test lint warm test-slow docs attack bench results centres same-model new-model audit lock clean

COMPILE = build/lock/bin/uv pip compile pyproject.toml --universal --python-version 3.11 --generate-hashes --no-emit-index-url --no-header
INSTALL = $(BIN)/python -m pip install --quiet --disable-pip-version-check

$(VENV)/ready: pyproject.toml requirements.lock
	$(PYTHON) -m venv $(VENV)
	$(INSTALL) --require-hashes -r requirements.lock
	$(INSTALL) --no-deps --no-build-isolation -e .
	touch $@

$(VENV)/tools: $(VENV)/ready requirements-dev.lock
	$(INSTALL) --require-hashes -r requirements-dev.lock
	touch $@

demo: $(VENV)/ready
	$(BIN)/python -m tools.demo

explore: $(VENV)/ready
	$(BIN)/supportnet explore

class: $(VENV)/ready
	$(BIN)/supportnet explore --host 0.0.0.0

test: $(VENV)/tools
	$(MAKE) --no-print-directory --jobs 2 lint warm
	$(BIN)/python -m pytest -q -n 2 --dist loadfile

lint: $(VENV)/tools
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(INSTALL) --no-deps --no-build-isolation --upgrade --target build/installed .
	MYPYPATH=build/installed:. $(BIN)/mypy
	cd build/installed && $(CURDIR)/$(BIN)/lint-imports ../../pyproject.toml

warm: $(VENV)/tools
	# one process compiles the core and lets people of every preset live: otherwise both that test would, at once
	$(BIN)/python -c "from supportnet.analysis.explorer.serving import made_ready; made_ready()"

test-slow: $(VENV)/tools
	$(BIN)/python -m pytest -q -m slow

docs: $(VENV)/tools
	$(BIN)/python -m sphinx --quiet --fail-on-warning --keep-going -d build/doctrees docs build/site
	@echo "The site is in build/site: open index.html there."

attack: $(VENV)/tools
	# one kind: $(BIN)/python -m tests.attack kills; fewer cases: --scale 0.05
	$(BIN)/python -m tests.attack

bench: $(VENV)/tools
	# mesa-frames and Starsim are compared with where SUPPORTNET_BENCH_PYTHON names a Python that has them
	$(BIN)/python -m benchmarks

results: $(VENV)/tools
	$(BIN)/python -m tools.headline

centres: $(VENV)/tools
	$(BIN)/python -m tools.centres

same-model: $(VENV)/tools
	$(BIN)/python -m tests.same_model

new-model: $(VENV)/tools
	$(BIN)/python -m tests.same_model new

audit:
	$(PYTHON) -m venv build/audit
	build/audit/bin/python -m pip install --quiet --disable-pip-version-check pip-audit
	build/audit/bin/pip-audit --requirement requirements.lock --no-deps --disable-pip

lock:
	$(PYTHON) -m venv build/lock
	build/lock/bin/python -m pip install --quiet --disable-pip-version-check uv
	$(COMPILE) --extra checkout -o requirements.lock
	$(COMPILE) --extra dev -c requirements.lock -o requirements-dev.lock

clean:
	rm -rf $(VENV) build dist .mypy_cache .pytest_cache .ruff_cache .hypothesis
