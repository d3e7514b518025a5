# make check = lint, types, import floors, tests. Set BIN= to use tools that are on the PATH.
BIN ?= .venv/bin/

.PHONY: setup check lint types floors test texts model

setup:
	python3 -m venv .venv
	.venv/bin/pip install -q -c constraints.txt -e '.[train,report,offline,dev]'

check: lint types floors test

lint:
	$(BIN)ruff check .
	$(BIN)ruff format --check .

types:
	$(BIN)mypy

floors:
	$(BIN)lint-imports

test:
	HF_HUB_OFFLINE=1 $(BIN)python -m pytest

# Fetch the texts of seeds/realnews from their public sources.
texts:
	$(BIN)python scripts/fetch_texts.py seeds/realnews/train.jsonl seeds/realnews/tehran.jsonl

# The shipped model, from start to end: about an hour on two CPU cores.
model: texts
	$(BIN)python scripts/train.py --config configs/default.yaml
	$(BIN)python scripts/export.py runs/default/model claimclf/shipped
