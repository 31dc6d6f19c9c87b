# Two commands do everything on a machine that has Python 3.11 and nothing else:
#   make run    real plans, on the simulator and on a real three-node etcd, to a table of verdicts
#   make test   the whole test suite, with branch coverage
PYTHON ?= python3
VENV   ?= .venv
BIN    := $(VENV)/bin

.PHONY: run test check docs clean

run: $(VENV)/.for-run
	$(BIN)/planc compile plans
	$(BIN)/planc run plans/quickstart --on sim --coverage
	$(BIN)/planc run plans/etcd --on local

# Three workers also on two cores: most of what takes long waits for real servers and real time.
test: $(VENV)/.for-test
	# Once, and not by each of the thousand processes that tests start.
	$(BIN)/python -m compileall -q compiler grammar runtime
	$(BIN)/coverage erase
	$(BIN)/coverage run -m pytest -n 3 --dist worksteal --durations 10
	$(BIN)/coverage combine --quiet
	$(BIN)/coverage report --skip-covered --show-missing --sort=cover

# What continuous integration asks beside the tests.
check: $(VENV)/.for-test
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/lint-imports --no-cache
	$(BIN)/planc compile plans --check
	$(BIN)/planc lint plans

# The site of docs/, from its index.html; what is linked must be there, warnings are errors.
docs: $(VENV)/.for-test
	$(BIN)/sphinx-build -q -E -W --keep-going -d build/doctrees docs build/docs
	@echo build/docs/index.html

$(VENV)/.for-run: pyproject.toml
	test -x $(BIN)/python || $(PYTHON) -m venv $(VENV)
	$(BIN)/python -m pip install --quiet --disable-pip-version-check -e '.[quickstart]'
	touch $@

$(VENV)/.for-test: pyproject.toml
	test -x $(BIN)/python || $(PYTHON) -m venv $(VENV)
	$(BIN)/python -m pip install --quiet --disable-pip-version-check -e '.[test]'
	touch $@ $(VENV)/.for-run

clean:
	rm -rf $(VENV) .planc build reports .coverage .coverage.* htmlcov
