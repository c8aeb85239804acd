# `make build` and `make test` start from a machine with Python 3.11 and make, and install the rest:
# on Debian and Ubuntu also the system's libraries, elsewhere they say which command does.

PYTHON ?= python3
PIN_OPTIONS ?=

# For pytest, behind its own: `make test PYTEST_OPTIONS='-x tests/project/test_plan.py'`.
PYTEST_OPTIONS ?=

VENV := .venv
BIN := $(VENV)/bin
# Two locks, and a stamp for each: what runs the program, and what a change of it must pass besides.
INSTALLED := $(VENV)/.installed
DEVELOPING := $(VENV)/.developing
DEBIAN_PACKAGES := libpango-1.0-0 libpangoft2-1.0-0 python3-venv

export PIP_DISABLE_PIP_VERSION_CHECK := 1
export PIP_NO_INPUT := 1
# Python keeps what it compiled, whatever is set outside: the tests start hundreds of processes of a thousand modules.
export PYTHONDONTWRITEBYTECODE :=

.DEFAULT_GOAL := build

.PHONY: build
build: $(INSTALLED) ## Write every handout to build/ (the default)
	$(BIN)/handout build

# The tests run it as a program, and never import it: what it reads with has another licence than ours.
OUTLOUD := $(VENV)/outloud

.PHONY: test
test: $(DEVELOPING) $(OUTLOUD)/.installed ## Pass every gate: lint, format, complexity, types, packages, tests
	$(BIN)/ruff check
	$(BIN)/ruff format --check
	$(BIN)/complexipy --plain
	$(BIN)/mypy
	$(BIN)/python -m pip check
	$(BIN)/python -m pytest -n auto --maxprocesses=4 --dist=loadgroup --cov --cov-report=term-missing:skip-covered $(PYTEST_OPTIONS)

# Not a gate: it takes root and, with `test`, an hour.
COMMANDS ?= build test wheel

.PHONY: test-install
test-install: $(INSTALLED) ## Do README's commands on a bare Debian 12 and 13; COMMANDS='build wheel' leaves out the tests
	PYTEST_OPTIONS='$(PYTEST_OPTIONS)' tests/bare_debian.sh $(COMMANDS)

.PHONY: wheel
wheel: $(INSTALLED) ## Write the program as one file, to install elsewhere, to dist/
	$(BIN)/python -m pip wheel --quiet --no-index --no-deps --no-build-isolation --wheel-dir dist .

.PHONY: accept
accept: $(DEVELOPING) ## Take the pages as they are now for the golden pictures
	HANDOUT_ACCEPT=1 $(BIN)/python -m pytest tests/golden

.PHONY: showcase
showcase: build $(DEVELOPING) ## Draw the contact sheet of all formats, docs/showcase.png, from what was built
	$(BIN)/python docs/showcase.py

# Not a gate: it takes root, and Debian's cups, cups-client, cups-filters and ghostscript, with cupsd running and
# FileDevice Yes in /etc/cups/cups-files.conf.
.PHONY: print-path
print-path: build $(DEVELOPING) ## Send a file of each kind through queues of CUPS, and hold the raster against it: docs/printing.md
	$(BIN)/python -m tests.print_path

# Not a gate: two hundred photos take a quarter of an hour.
.PHONY: photo-trial
photo-trial: $(DEVELOPING) ## Check 200 photos of which it is known what was done to them: docs/printing.md
	nice $(BIN)/python -m tests.photo.trial

# What of the handbook is translated, for students, in the formats that have room for it.
TRANSLATED := mfa-instellen smartphone-vergeten toegangspas het-lukt-niet mijn-pas

.PHONY: languages
languages: $(INSTALLED) ## Write the sheets of the handbook that are translated to build/, in each language and beside Dutch
	$(BIN)/handout build $(TRANSLATED) --audience students $(foreach tag,ar en fr tr uk,--language $(tag)) \
	    $(foreach format,leaflet-a4 trifold poster-a3 tent-a4 card,--format $(format))
	$(BIN)/handout build $(TRANSLATED) --audience students $(foreach tag,nl+ar nl+fr nl+tr nl+uk,--language $(tag)) \
	    $(foreach format,leaflet-a4 poster-a3 card,--format $(format))

.PHONY: readings
readings: $(INSTALLED) ## Write the leaflets of the handbook in large print to build/, and what of it is easy to read
	$(BIN)/handout build --reading large
	$(BIN)/handout build je-pas smartphone-vergeten mfa-in-3-stappen --reading easy

.PHONY: rooms
rooms: $(INSTALLED) ## Draw which room of the program imports which, docs/rooms.svg
	$(BIN)/python docs/rooms.py

# MEASURE=1 also tries how many steps each format holds, which takes minutes.
MEASURE ?=

.PHONY: reference
reference: $(INSTALLED) ## Write docs/reference/ from the code; MEASURE=1 tries anew how much each format holds
	$(BIN)/python docs/describe.py $(if $(MEASURE),--measure)

.PHONY: lesson
lesson: $(INSTALLED) ## Do what docs/tutorial.md says, and draw its pictures so
	$(BIN)/python docs/lesson.py

# Strict: a link or an anchor that leads nowhere stops it. The site asks nothing of other machines. Sphinx is installed apart.
DOCUMENTING := .docs/.venv

.PHONY: docs
docs: $(DOCUMENTING)/.installed ## Write the docs as a site to .docs/site/, and check their links
	$(DOCUMENTING)/bin/python -m sphinx --builder html --fail-on-warning --keep-going --nitpicky --quiet \
	    --doctree-dir .docs/doctrees docs .docs/site

$(DOCUMENTING)/.installed: locks/docs.txt
	$(PYTHON) -m venv $(DOCUMENTING)
	$(DOCUMENTING)/bin/python -m pip install --quiet --require-hashes --no-deps --requirement locks/docs.txt
	@touch $@

.PHONY: messages
messages: $(DEVELOPING) ## Take the sentences of the program into src/handout/messages/*.po, and write the .mo files
	$(BIN)/python docs/messages.py

# What it counts and finds is kept in .soak/, and the next run goes on from there.
SECONDS ?= 0

.PHONY: soak
soak: $(INSTALLED) ## Build generated projects until Ctrl-C, or for SECONDS=…, and say what is wrong with which
	nice $(BIN)/python -m tests.soak --seconds $(SECONDS)

# What came of each mutant is kept in .mutants/, and the next run goes on from there. The tool is installed apart.
MUTATING := .mutants/.venv
ROOMS ?=

.PHONY: mutants
mutants: $(DEVELOPING) $(MUTATING)/.installed ## Change one thing in the program at a time, and say which no test notices; ROOMS='links proof'
	nice $(BIN)/python -m tests.mutants --tool $(MUTATING)/bin/python $(ROOMS)

$(MUTATING)/.installed: locks/mutants.txt
	$(PYTHON) -m venv $(MUTATING)
	$(MUTATING)/bin/python -m pip install --quiet --require-hashes --no-deps --requirement locks/mutants.txt
	@touch $@

# The peers are installed apart. Chromium is the one of the system; what is not there is named on the page.
BENCH := benchmarks/.venv
ROUNDS ?= 3
NEWER_PYTHON ?= python3.12

# AGAINST=REV measures it beside the program of that commit, and no peers; BENCH_OPTIONS=--tests the tests of both too.
AGAINST ?=
BENCH_OPTIONS ?=

.PHONY: bench
bench: $(DEVELOPING) $(if $(AGAINST),,$(BENCH)/.installed) ## Measure handout beside its peers, or AGAINST=REV, to docs/benchmarks.md
	$(BIN)/python -m benchmarks --rounds $(ROUNDS) $(if $(AGAINST),--against $(AGAINST)) $(BENCH_OPTIONS)

$(BENCH)/.installed: benchmarks/requirements.txt benchmarks/requirements-weasymerge.txt
	$(PYTHON) -m venv $(BENCH)
	$(BENCH)/bin/python -m pip install --quiet --requirement benchmarks/requirements.txt
	if $(NEWER_PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 12))' 2>/dev/null; then \
	    $(NEWER_PYTHON) -m venv $(BENCH)-newer && \
	    $(BENCH)-newer/bin/python -m pip install --quiet --requirement benchmarks/requirements-weasymerge.txt; \
	fi
	@touch $@

.PHONY: pin
pin: $(INSTALLED) ## Write the locks anew; PIN_OPTIONS=--upgrade takes newer versions
	$(LOCK) pyproject.toml --group build --output-file locks/run.txt
	$(LOCK) --group dev --constraints locks/run.txt --output-file locks/develop.txt
	$(LOCK) --group install --output-file locks/install.txt
	$(LOCK) --group oldest-pip --output-file locks/oldest-pip.txt
	$(LOCK) --group newest-pip --output-file locks/newest-pip.txt
	$(LOCK) --group mutants --output-file locks/mutants.txt
	$(LOCK) --group docs --output-file locks/docs.txt
	$(LOCK) --group outloud --output-file locks/outloud.txt

# One lock for every system and Python that the program runs on, without the address of an index. Each package
# has one version on all of them: the types of another numpy are other types, and then a gate fails there alone.
LOCK = $(BIN)/uv pip compile --quiet --universal --python-version 3.11 --fork-strategy fewest --generate-hashes \
    --no-emit-index-url --no-emit-find-links --custom-compile-command 'make pin' $(PIN_OPTIONS)

.PHONY: clean
clean: ## Remove the installation, the caches and what stands in build/
	rm -rf $(VENV) benchmarks/.venv benchmarks/.venv-newer dist .coverage .complexipy_cache .docs .hypothesis .mutants .mypy_cache .pytest_cache .ruff_cache
	find build -mindepth 1 ! -path build/.gitignore -delete

.PHONY: help
help: ## Show this list
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "make %-12s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

# Neither stamp takes away what the other brought: `make build` after `make test` leaves all there.
$(INSTALLED): locks/install.py locks/install.txt locks/run.txt pyproject.toml | $(VENV)/.made
	$(BIN)/python locks/install.py locks/run.txt
	$(BIN)/python -m pip install --quiet --no-index --no-deps --no-build-isolation --editable .
	@touch $@

# The tests install with the oldest pip and with the newest: their files are laid down, and not installed.
$(DEVELOPING): $(INSTALLED) locks/develop.txt locks/oldest-pip.txt locks/newest-pip.txt
	@$(MAKE) --no-print-directory test-tools
	$(BIN)/python locks/install.py locks/develop.txt
	for age in oldest newest; do \
	    $(BIN)/python -m pip download --quiet --no-deps --require-hashes --only-binary :all: \
	        --dest $(VENV)/pips/$$age --requirement locks/$$age-pip.txt || exit; \
	done
	@touch $@

$(OUTLOUD)/.installed: locks/outloud.txt | $(INSTALLED)
	$(BIN)/python -m venv --without-pip $(OUTLOUD)
	$(BIN)/python -m pip --python $(OUTLOUD)/bin/python install --quiet --no-deps --require-hashes --requirement locks/outloud.txt
	@touch $@

$(VENV)/.made:
	@$(MAKE) --no-print-directory system
	$(PYTHON) -m venv $(VENV)
	@touch $@

.PHONY: system
system: ## Install or name what Python's packages cannot bring: Pango, venv
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || { \
	    echo 'error: "$(PYTHON)" is not Python 3.11 or newer' >&2; \
	    echo '  fix: install it, or name the one to use: make PYTHON=python3.11' >&2; exit 1; }
	@$(PYTHON) -c "$$EXAMINE_SYSTEM" 2>/dev/null || sh -eu -c "$$INSTALL_SYSTEM"
	@$(PYTHON) -c "$$EXAMINE_SYSTEM" || { \
	    echo '  fix: name a Python that has it and looks where it is: make PYTHON=python3.11' >&2; exit 1; }

# The tests of pages on a screen open them in Chromium, those of braille translate it back by liblouis. Where nothing can
# install one they are skipped, but never in CI.
.PHONY: test-tools
test-tools:
	@command -v chromium chromium-browser google-chrome >/dev/null || \
	    WHAT=Chromium PACKAGES=chromium sh -eu -c "$$INSTALL_TEST_TOOL"
	@command -v lou_translate >/dev/null || \
	    WHAT=liblouis PACKAGES='liblouis-bin liblouis-data' sh -eu -c "$$INSTALL_TEST_TOOL"

define INSTALL_TEST_TOOL
debian="apt-get update --quiet && apt-get install --yes --quiet --no-install-recommends $$PACKAGES"
export DEBIAN_FRONTEND=noninteractive
if ! command -v apt-get >/dev/null; then
    echo "no $$WHAT: the tests that need it are skipped"
elif [ "$$(id -u)" = 0 ]; then
    sh -c "$$debian"
else
    sudo $${CI:+-n} --preserve-env=DEBIAN_FRONTEND sh -c "$$debian" || echo "no $$WHAT: as root, type: $$debian"
fi
endef
export INSTALL_TEST_TOOL

# Needs nothing but Python. Debian parts ensurepip from python3, and venv does not work without it.
define EXAMINE_SYSTEM
import sys
sys.dont_write_bytecode = True
sys.path.insert(0, "src")
try:
    import ensurepip, venv
except ImportError as error:
    sys.exit(f"error: {sys.executable} cannot make a virtual environment: {error}")
from handout.machine.doctor import check_libraries
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
    stop "type: sudo dnf install pango fontconfig python3"
elif [ "$$(uname)" = Darwin ]; then
    stop "type: brew install pango python@3.11"
else
    stop "install Pango 1.44 or newer and Python's venv"
fi
endef
export INSTALL_SYSTEM
