# Each target sets up .venv by itself on a machine with Python >= 3.11 and make.
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
HOST ?= 127.0.0.1
PORT ?= 7860
export HOST PORT

.PHONY: run test lint bench eval soak setup clean

run: setup
	$(BIN)/python app.py

test: setup
	@sh tests/browser/install.sh
	$(BIN)/python -m pytest

soak: setup
	POLICY_SOAK=1 $(BIN)/python -m pytest -m soak

lint: setup
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy

eval: setup
	$(BIN)/python -m eval run eval/data/policy_article.jsonl --index var/index --out runs/article

bench: setup
	$(BIN)/python -m eval.bench

setup: $(VENV)/installed

# torch first and pinned: an unpinned one may bring several gigabytes of GPU libraries.
$(VENV)/installed: pyproject.toml
	test -x $(BIN)/python || $(PYTHON) -m venv $(VENV)
	$(BIN)/python -m pip install --quiet --upgrade pip
	$(BIN)/python -m pip install --quiet torch==2.13.0
	$(BIN)/python -m pip install --quiet -e '.[dev]'
	touch $@

clean:
	rm -rf $(VENV) var runs .pytest_cache .mypy_cache .ruff_cache
