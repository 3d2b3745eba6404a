# Each target sets up .venv by itself on a machine with Python >= 3.11 and make.
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
ARTICLE := eval/data/policy_article.jsonl

.PHONY: run test soak lint eval bench setup clean

run: setup
	$(BIN)/python app.py

test: setup
	@sh tests/browser/install.sh
	$(BIN)/python -m pytest

soak: setup
	$(BIN)/python -m pytest -m soak --override-ini addopts="-q --strict-markers --import-mode=importlib -p no:asyncio"

lint: setup
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy

# The project's own question set, and what its dev half must reach.
eval: setup
	rm -rf runs/article
	$(BIN)/python -m eval run $(ARTICLE) --out runs/article
	$(BIN)/python -m eval report runs/article
	$(BIN)/python -m eval gate runs/article --file eval/data/requirements.txt

bench: setup
	$(BIN)/python -m pip install -qq -e '.[bench]'
	$(BIN)/python -m eval.bench

setup: $(VENV)/installed

# torch first and pinned: an unpinned one may bring several gigabytes of GPU libraries.
$(VENV)/installed: pyproject.toml
	test -x $(BIN)/python || $(PYTHON) -m venv $(VENV)
	$(BIN)/python -m pip install -qq --upgrade pip
	$(BIN)/python -m pip install -qq torch==2.13.0
	$(BIN)/python -m pip install -qq -e '.[dev]'
	touch $@

clean:
	rm -rf $(VENV) var runs .pytest_cache .mypy_cache .ruff_cache
