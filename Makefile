# Few words: run, test, check, bench, book. `make run` and `make test` set up everything they need in .venv.
PYTHON ?= python3
BIN := .venv/bin
CYCLES := 2023-03 2023-04 2023-05

.PHONY: run test check bench book lab clean

.venv/.ready: requirements.txt pyproject.toml
	@$(PYTHON) -c 'import sys; sys.exit(0 if (3, 11) <= sys.version_info[:2] < (3, 14) else "Python 3.11-3.13 is needed; call: make PYTHON=python3.12 run")'
	$(PYTHON) -m venv .venv
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes --no-deps -r requirements.txt
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --no-deps --no-build-isolation -e .
	@touch $@

run: .venv/.ready
	@for cycle in $(CYCLES); do $(BIN)/carelib run $$cycle || exit 1; done

test: .venv/.ready
	$(BIN)/python -m pytest -n auto --dist loadfile tests
	$(BIN)/python -m pytest notebooks

check: .venv/.ready
	$(BIN)/ruff check .
	$(BIN)/mypy
	$(BIN)/python -m pytest tests/test_floors.py tests/test_catalogue.py tests/test_rules.py

bench: .venv/.ready
	$(BIN)/python bench/read/run.py --count 2
	$(BIN)/python bench/read/typed.py --count 200
	$(BIN)/python bench/read/clerks.py
	$(BIN)/python bench/scan/run.py unseen --count 10
	$(BIN)/python bench/reconcile/compare.py --level usual --seeds 31 --no-splink

book: .venv/.ready
	$(BIN)/carelib book

lab: .venv/.ready
	$(BIN)/carelib lab

clean:
	rm -rf outputs/2* outputs/.cache
