# The portal's commands. On a machine with only Python 3.11+, make and git:
#   make serve    sets everything up, builds the shipped content, serves it on http://127.0.0.1:8000/
#   make test     sets up what tests need as well, and runs everything
# The others: setup, check, format, figures, docs, screenshots, bench, lock, licences, clean (see docs/developers.md).

# The first of these that is new enough; `make PYTHON=/opt/python3.12/bin/python3 ...` names another.
PYTHON ?= $(firstword $(shell for python in python3 python3.14 python3.13 python3.12 python3.11; do \
	$$python -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null && echo $$python; done))
PORT ?= 8000
VENV := .venv
BIN := $(VENV)/bin
CODE := domain plugins search relay publishing drawings publish.py pelicanconf.py tests bench
PRESENT = $(wildcard $(CODE))

# A stamp is named after the content of its lock file, so that a set-up is repeated when, and
# only when, the lock changes; times of files, which a checkout touches, say nothing.
RUNTIME := $(VENV)/runtime-$(shell git hash-object requirements/runtime.txt).stamp
DEVELOPMENT := $(VENV)/development-$(shell git hash-object requirements/development.txt).stamp
LOCKING := $(VENV)/locking-$(shell git hash-object requirements/locking.txt).stamp
# Wheels only: nothing is compiled, and no code of a package runs while it is installed.
INSTALL := $(BIN)/python -m pip install --quiet --disable-pip-version-check --no-input \
	--require-hashes --only-binary :all:

.DEFAULT_GOAL := help
.DELETE_ON_ERROR:
.PHONY: help serve setup check test static tools test-long format lint types contracts quick docs figures browser \
	checker eleventy postfix nginx drawings looks style screenshots licences bench bench-full bench-search bench-letters relevance lock clean

help: ## say what the commands are
	@grep -hE '^[a-z-]+:.*## ' Makefile | sed -E 's/^([a-z-]+):.*## /  make \1@/' | column -t -s@ 2>/dev/null \
		|| grep -hE '^[a-z-]+:.*## ' Makefile

serve: $(RUNTIME) ## build the shipped content; serve site, search, relay and a mail catcher
	@$(BIN)/python publish.py serve --port $(PORT)

setup: $(RUNTIME) $(DEVELOPMENT) ## prepare everything but the browser

check: static quick docs ## the quick loop

test: $(RUNTIME) $(DEVELOPMENT) ## everything; what CI runs
	@$(MAKE) --no-print-directory -j 2 tools static
	@$(BIN)/python -m pytest -n 2 --durations 25

static: format lint types contracts figures ## what is said of the code without running it

tools: ## the browser and the servers that tests start
	@for each in browser checker eleventy postfix nginx; do \
		$(MAKE) --no-print-directory $$each || exit 1; done  # Debian installs one at a time

test-long: $(DEVELOPMENT) ## the tests that take minutes: 250 killed builds, a checkout of 30,000 files
	@$(BIN)/python -m pytest -n 2 -m long

format: $(DEVELOPMENT) ## the formatter has nothing to change (make format FIX=1 changes it)
	@$(BIN)/ruff format $(if $(FIX),,--check) --quiet $(PRESENT) \
		|| { echo "format: the files above would change  [format]"; echo "  Run: make format FIX=1"; exit 1; }

lint: $(DEVELOPMENT) ## ruff
	@$(BIN)/ruff check --quiet $(PRESENT)

types: $(DEVELOPMENT) ## mypy --strict
	@$(BIN)/mypy --strict --no-error-summary $(PRESENT)

contracts: $(DEVELOPMENT) ## who may import whom, and no cycles
	@PYTHONPATH=. $(BIN)/lint-imports --no-logo

quick: $(DEVELOPMENT) ## tests without the slow ones and without the browser
	@$(BIN)/python -m pytest -q -n 2 -m "not slow and not journey" --ignore=tests/docs

docs: $(DEVELOPMENT) ## the documentation says what the code does
	@$(BIN)/python -m pytest -q tests/docs

figures: $(DEVELOPMENT) ## sizes of functions and files; printed, not gated
	@$(BIN)/python -m tests.figures $(PRESENT)

browser: ## Chromium and fonts for the journeys, from Debian where that may be
	@tests/journeys/install-browser

checker: $(DEVELOPMENT) ## the Nu HTML checker, pinned, and a Java runtime for it
	@tests/checker/install

eleventy: ## Eleventy, pinned, for the bench
	@bench/peers/eleventy/install

postfix: ## Postfix, from Debian where that may be, for the relay's tests
	@tests/relay/install-postfix

nginx: ## nginx, from Debian where that may be, for the relay's tests
	@tests/relay/install-nginx

screenshots: $(DEVELOPMENT) browser ## docs/screenshots/*.png anew
	@$(BIN)/python -m tests.journeys.screenshots

drawings: $(RUNTIME) ## the theme's illustrations anew, from their code
	@$(BIN)/python -m drawings

looks: $(DEVELOPMENT) browser ## every page kind as a picture, into build/looks/ (ONLY=pattern for some)
	@$(BIN)/python -m tests.journeys.looks build/looks $(if $(ONLY),--only '$(ONLY)')

style: $(DEVELOPMENT) ## the style page, all components in all states, into build/style/
	@$(BIN)/python -m tests.theme.style_page

licences: $(DEVELOPMENT) ## the figures of docs/dependencies.md, from the installed packages
	@$(BIN)/python -m tests.docs.dependencies

bench: $(DEVELOPMENT) $(if $(SYSTEMS),,eleventy) ## measure the build against its peers; the figures of docs/performance.md
	@$(BIN)/python -m bench run $(if $(PROSE),--prose $(PROSE)) $(if $(SYSTEMS),--systems $(SYSTEMS))

FULL_SIZES := 10000,100000
FULL_SYSTEMS := ours,hugo
bench-full: $(DEVELOPMENT) ## the same at 10,000 and 100,000 documents, ours and Hugo, once; needs 20 GB of disk
	@$(BIN)/python -m bench run --sizes $(if $(SIZES),$(SIZES),$(FULL_SIZES)) --repeat 1 \
		--systems $(if $(SYSTEMS),$(SYSTEMS),$(FULL_SYSTEMS)) \
		$(if $(KEEP),--keep $(KEEP)) $(if $(PROSE),--prose $(PROSE))

bench-search: $(DEVELOPMENT) ## measure the search beside Whoosh, FTS5 and tantivy; takes an hour, half of it the first time only
	@$(BIN)/python -m bench search $(if $(PROSE),--prose $(PROSE)) --into docs/performance.md

bench-letters: $(DEVELOPMENT) ## measure the relay: letters a second of the store and over HTTP; some minutes; WORK=DIR on the disk that counts
	@$(BIN)/python publish.py build
	@$(BIN)/python -m bench letters --work $(if $(WORK),$(WORK),build) --into docs/performance.md

relevance: $(DEVELOPMENT) ## how well the search ranks: nDCG@10 over judged queries on shipped pages and real regulations
	@$(BIN)/python -m tests.search.relevance $(PROSE)

lock: $(LOCKING) ## requirements/*.txt anew from pyproject.toml (needs a package index)
	@for part in runtime development locking; do \
		case $$part in runtime) from="pyproject.toml";; \
		development) from="pyproject.toml --group dev";; \
		locking) from="--group locking";; esac; \
		$(BIN)/uv pip compile --quiet --universal --python-version 3.11 --generate-hashes \
			--no-emit-index-url --custom-compile-command "make lock" $(UPGRADE) \
			$$from --output-file requirements/$$part.txt || exit 1; done

clean: ## remove what was built and the virtual environment
	rm -rf build $(VENV) .mypy_cache .pytest_cache .ruff_cache .import_linter_cache

$(BIN)/python:
	@test -n "$(PYTHON)" && "$(PYTHON)" -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null || { \
		echo "make: Python 3.11 or newer is needed; '$(or $(PYTHON),python3)' is $$("$(or $(PYTHON),python3)" -V 2>&1 | tail -1)  [python-version]"; \
		echo "  The code uses what came with 3.11. Install it, or name it: make PYTHON=/path/to/python3.12 serve"; exit 1; }
	@echo "Creating $(VENV) with $$("$(PYTHON)" -V)"
	@"$(PYTHON)" -m venv $(VENV) || { rm -rf $(VENV); \
		echo "make: $(PYTHON) cannot create a virtual environment  [python-venv]"; \
		echo "  On Debian and Ubuntu: apt install python3-venv"; exit 1; }

$(RUNTIME): | $(BIN)/python
	@echo "Installing requirements/runtime.txt, every file checked against its hash"
	@$(INSTALL) -r requirements/runtime.txt
	@rm -f $(VENV)/runtime-*.stamp && touch $@

$(DEVELOPMENT): | $(BIN)/python
	@echo "Installing requirements/development.txt, every file checked against its hash"
	@$(INSTALL) -r requirements/development.txt
	@rm -f $(VENV)/development-*.stamp && touch $@

$(LOCKING): | $(BIN)/python
	@$(INSTALL) -r requirements/locking.txt
	@rm -f $(VENV)/locking-*.stamp && touch $@
