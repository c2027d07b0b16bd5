# make report  sets everything up and builds the sample report
# make test    sets everything up and runs every check
# make bundle  a wheelhouse for machines without internet (then: pip install --no-index --find-links wheelhouse review-yuqing)
PYTHON ?= python3
VENV := .venv
ifeq ($(OS),Windows_NT)
BIN := $(VENV)/Scripts
else
BIN := $(VENV)/bin
endif
# makes two builds of the same input equal; the report prints it as its date
AT := 2026-09-20T10:00:00+08:00
export PIP_DISABLE_PIP_VERSION_CHECK := 1

.PHONY: report test bundle clean

$(VENV)/.installed: pyproject.toml constraints.txt
	$(PYTHON) -c "import sys; sys.exit(0 if sys.version_info >= (3, 11) else '需要 Python 3.11 或更高版本；可用 make PYTHON=python3.12 指定')"
	$(PYTHON) -m venv $(VENV)
	$(BIN)/python -m pip install --quiet -c constraints.txt hatchling editables setuptools setuptools-scm  # the last two build bagit; Python 3.12+ brings none
	$(BIN)/python -m pip install --quiet -c constraints.txt --no-build-isolation -e ".[dev]"
	$(BIN)/python -m compileall -q review
	touch $@

report: $(VENV)/.installed
	$(BIN)/review build sample_data/incident.csv --labels sample_data/audit.csv --at $(AT) --out out

test: $(VENV)/.installed
	$(BIN)/python -c "import sys; from review.report.pdf import pango_fault; print(pango_fault() or '本机可以生成 PDF', file=sys.stderr)"
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/lint-imports
	$(BIN)/python -m pytest -n auto --maxprocesses 4 --dist loadfile

bundle: $(VENV)/.installed
	$(BIN)/python -m pip wheel --quiet -c constraints.txt --no-build-isolation -w wheelhouse .

clean:
	rm -rf $(VENV) out wheelhouse dist build .mypy_cache .ruff_cache .hypothesis
