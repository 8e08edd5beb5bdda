# make demo   install into .venv and run the main job on the bundled sample web
# make test   install what tests need and run every check and test
# make check  only the checks: ruff, mypy, the lock files

PYTHON ?= python3.11
VENV := .venv
BIN := $(VENV)/bin

.PHONY: demo install test check lock clean

demo: install
	$(BIN)/gongkai demo

install: $(VENV)/installed
test-install: $(VENV)/test-installed

# The stamp files make a second run start at once; a changed lock installs again.
$(VENV)/bin/python:
	@command -v $(PYTHON) >/dev/null || { echo "Python 3.11 or newer is needed; name it with: make PYTHON=python3.12" >&2; exit 1; }
	$(PYTHON) -m venv $(VENV)

$(VENV)/installed: requirements.lock pyproject.toml | $(VENV)/bin/python
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements.lock
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --no-deps --editable .
	@touch $@

$(VENV)/test-installed: requirements-test.lock $(VENV)/installed
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements-test.lock
	@touch $@

check: test-install
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy

test: check
	# Much of a test is waiting, for browsers and servers; a file's tests share what they made.
	$(BIN)/python -m pytest -n auto --maxprocesses 4 --dist loadfile

# Needs pip-tools. The options keep the addresses of package indexes out of the files.
LOCK := pip-compile --quiet --generate-hashes --allow-unsafe --strip-extras --no-emit-index-url --no-emit-find-links
lock:
	$(LOCK) --all-extras -o requirements-test.lock pyproject.toml
	$(LOCK) --constraint requirements-test.lock -o requirements.lock pyproject.toml

clean:
	rm -rf $(VENV) build dist *.egg-info .pytest_cache .mypy_cache .ruff_cache .hypothesis
