# `make build` and `make test` start from a machine with Python 3.11 and make, and install the rest:
# on Debian and Ubuntu also the system's libraries, elsewhere they say which command does.

PYTHON ?= python3
PIN_OPTIONS ?=

VENV := .venv
BIN := $(VENV)/bin
INSTALLED := $(VENV)/.installed
DEBIAN_PACKAGES := libpango-1.0-0 libpangoft2-1.0-0 libharfbuzz-subset0 python3-venv

export PIP_DISABLE_PIP_VERSION_CHECK := 1
export PIP_NO_INPUT := 1

.DEFAULT_GOAL := build

.PHONY: build
build: $(INSTALLED) ## Write every handout to build/ (the default)
	$(BIN)/handout build

.PHONY: test
test: $(INSTALLED) ## Pass every gate: lint, format, types, packages, tests
	$(BIN)/ruff check
	$(BIN)/ruff format --check
	$(BIN)/mypy
	$(BIN)/python -m pip check
	$(BIN)/python -m pytest --cov --cov-report=term-missing:skip-covered

.PHONY: accept
accept: $(INSTALLED) ## Take the pages as they are now for the golden pictures
	HANDOUT_ACCEPT=1 $(BIN)/python -m pytest tests/golden

.PHONY: showcase
showcase: build ## Draw the contact sheet of all formats, docs/showcase.png, from what was built
	$(BIN)/python docs/showcase.py

# What it counts and finds is kept in .soak/, and the next run goes on from there.
SECONDS ?= 0

.PHONY: soak
soak: $(INSTALLED) ## Build generated projects until Ctrl-C, or for SECONDS=…, and say what is wrong with which
	nice $(BIN)/python -m tests.soak --seconds $(SECONDS)

# The peers are installed apart. Chromium is the one of the system; what is not there is named on the page.
BENCH := benchmarks/.venv
ROUNDS ?= 3
NEWER_PYTHON ?= python3.12

.PHONY: bench
bench: $(INSTALLED) $(BENCH)/.installed ## Measure handout beside its peers, to docs/benchmarks.md
	$(BIN)/python -m benchmarks --rounds $(ROUNDS)

$(BENCH)/.installed: benchmarks/requirements.txt benchmarks/requirements-weasymerge.txt
	$(PYTHON) -m venv $(BENCH)
	$(BENCH)/bin/python -m pip install --quiet --requirement benchmarks/requirements.txt
	if $(NEWER_PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 12))' 2>/dev/null; then \
	    $(NEWER_PYTHON) -m venv $(BENCH)-newer && \
	    $(BENCH)-newer/bin/python -m pip install --quiet --requirement benchmarks/requirements-weasymerge.txt; \
	fi
	@touch $@

.PHONY: pin
pin: $(INSTALLED) ## Write constraints.txt anew; PIN_OPTIONS=--upgrade takes newer versions
	$(BIN)/uv pip compile pyproject.toml --group dev --output-file constraints.txt --quiet \
	    --universal --python-version 3.11 --generate-hashes \
	    --no-emit-index-url --no-emit-find-links --custom-compile-command 'make pin' $(PIN_OPTIONS)

.PHONY: clean
clean: ## Remove the installation, the caches and what stands in build/
	rm -rf $(VENV) benchmarks/.venv benchmarks/.venv-newer dist .coverage .hypothesis .mypy_cache .pytest_cache .ruff_cache
	find build -mindepth 1 ! -path build/.gitignore -delete

.PHONY: help
help: ## Show this list
	@awk -F ':.*## ' '/^[a-z]+:.*## / { printf "make %-8s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

$(INSTALLED): constraints.txt pyproject.toml
	@$(MAKE) --no-print-directory system
	$(PYTHON) -m venv $(VENV)
	$(BIN)/python -m pip install --quiet --require-hashes --requirement constraints.txt
	$(BIN)/python -m pip install --quiet --no-deps --no-build-isolation --editable .
	@touch $@

.PHONY: system
system: ## Install or name what Python's packages cannot bring: Pango, HarfBuzz, venv
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || { \
	    echo 'error: "$(PYTHON)" is not Python 3.11 or newer' >&2; \
	    echo '  fix: install it, or name the one to use: make PYTHON=python3.11' >&2; exit 1; }
	@$(PYTHON) -c "$$EXAMINE_SYSTEM" 2>/dev/null || sh -eu -c "$$INSTALL_SYSTEM"
	@$(PYTHON) -c "$$EXAMINE_SYSTEM" || { \
	    echo '  fix: name a Python that has it and looks where it is: make PYTHON=python3.11' >&2; exit 1; }

# Needs nothing but Python. Debian parts ensurepip from python3, and venv does not work without it.
define EXAMINE_SYSTEM
import sys
sys.dont_write_bytecode = True
sys.path.insert(0, "src")
try:
    import ensurepip, venv
except ImportError as error:
    sys.exit(f"error: {sys.executable} cannot make a virtual environment: {error}")
from handout.doctor import check_libraries
faults = [
    f"error: {check.name}: found {check.found or 'nothing'}, needed {check.needed}"
    for check in check_libraries()
    if not check.ok
]
if faults:
    sys.exit("\n".join(faults))
endef
export EXAMINE_SYSTEM

define INSTALL_SYSTEM
stop() {
    $(PYTHON) -c "$$EXAMINE_SYSTEM" || true
    echo "  fix: $$1, then run make again" >&2
    exit 1
}
debian="apt-get update --quiet && apt-get install --yes --quiet --no-install-recommends $(DEBIAN_PACKAGES)"
export DEBIAN_FRONTEND=noninteractive
if command -v apt-get >/dev/null; then
    if [ "$$(id -u)" = 0 ]; then
        sh -c "$$debian" || stop "type: $$debian"
    else
        sudo $${CI:+-n} --preserve-env=DEBIAN_FRONTEND sh -c "$$debian" || stop "as root, type: $$debian"
    fi
elif command -v dnf >/dev/null; then
    stop "type: sudo dnf install pango harfbuzz fontconfig python3"
elif [ "$$(uname)" = Darwin ]; then
    stop "type: brew install pango python@3.11"
else
    stop "install Pango 1.44 or newer, HarfBuzz 4.1 or newer with its subset library, and Python's venv"
fi
endef
export INSTALL_SYSTEM
