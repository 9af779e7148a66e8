# The Hub's commands. `make demo` and `make test` do all their own set-up; a second run skips what is done.

PYTHON ?= $(shell for p in python3.13 python3.12 python3.11 python3; do \
	$$p -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null && echo $$p && break; done)
VENV := .venv
RUN := $(VENV)/bin
STAMP := $(VENV)/.installed
ARGS ?=

.DEFAULT_GOAL := help
.PHONY: help setup demo serve test pages coverage check fix schema lock bench faults planted

help: ## List the commands
	@grep -hE '^[a-z]+:.*##' $(MAKEFILE_LIST) | awk -F ':.*## ' '{printf "  make %-8s %s\n", $$1, $$2}'

setup: $(STAMP) ## Make the virtual environment and install everything, by hash

$(STAMP): requirements.lock pyproject.toml
	@test -n "$(PYTHON)" || { echo "Python 3.11 or later is needed."; exit 1; }
	@test -x $(RUN)/python || $(PYTHON) -m venv $(VENV) || { rm -rf $(VENV); echo "On Debian or Ubuntu: apt-get install python3-venv"; exit 1; }
	@echo "Installing what the hub needs into $(VENV): about half a minute, once." >&2
	@$(RUN)/python -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements.lock
	@$(RUN)/python -m pip install --quiet --disable-pip-version-check --no-deps --no-build-isolation --editable .
	@touch $(STAMP)

demo: setup ## Run the demo place and the hub; print one child's answer, then serve (ARGS="--once")
	@$(RUN)/hub demo $(ARGS)

serve: setup ## Run the gateway with the settings in HUB_* variables
	@$(RUN)/hub serve $(ARGS)

TESTS = $(RUN)/python -m pytest -n 3 --dist loadfile --no-loadscope-reorder --tb=native

test: setup ## Run every test
	@$(TESTS) $(ARGS)

pages: setup ## Walk every page in a browser: pictures and prints into .screenshots, snapshots written anew
	@PAGES_BROWSER=required PAGES_SCREENSHOTS=.screenshots PAGES_SNAPSHOTS=write $(RUN)/python -m pytest -q --tb=short \
		tests/pages/test_every_page.py -k sound $(ARGS)
	@git --no-pager diff --stat -- tests/pages/snapshots

coverage: setup ## Run every test with its lines measured, three times as long, and hold branch coverage to its gates
	@rm -f .coverage .coverage.*
	@$(TESTS) --cov --cov-report= $(ARGS)
	@$(RUN)/python -m tests.coverage_gates

check: setup ## Lint, type-check, hold the imports and the committed schema
	@$(RUN)/ruff check .
	@$(RUN)/ruff format --check .
	@$(RUN)/mypy
	@$(RUN)/lint-imports
	@$(RUN)/hub schema export | diff -u schema/hub.graphql - || { echo "schema/hub.graphql is not current: make schema"; exit 1; }

fix: setup ## Mend what can be mended by machine
	@$(RUN)/ruff check --fix .
	@$(RUN)/ruff format .

schema: setup ## Write schema/hub.graphql
	@$(RUN)/hub schema export --output schema/hub.graphql

COMPILE = $(RUN)/uv pip compile --quiet --universal --python-version 3.11 --generate-hashes --no-emit-index-url \
	--no-header --no-annotate

lock: setup ## Resolve the dependencies anew: to work here, to run the gateway, to build its wheel
	@$(COMPILE) --upgrade --extra dev pyproject.toml -o requirements.lock
	@$(COMPILE) --constraint requirements.lock pyproject.toml -o requirements.runtime.lock
	@echo 'hatchling' | $(COMPILE) --constraint requirements.lock - -o requirements.build.lock

bench: setup ## Run the benchmarks and print their tables
	@$(RUN)/python -m tests.benchmarks $(ARGS)

faults: setup ## Run every fault at every transport and print what became of it (ARGS=load: many at once)
	@$(RUN)/python -m tests.faults $(ARGS)

planted: setup ## Break a copy of the tree in every way planned and see that the tests see it (ARGS="F2 L9")
	@$(RUN)/python -m tests.planted $(ARGS)
