"""Small models and articles made for the tests; nothing is downloaded."""

import os
import subprocess

os.environ["HF_HUB_OFFLINE"] = "1"
os.environ.setdefault("TOKENIZERS_PARALLELISM", "false")
os.environ.setdefault("ORT_DISABLE_TELEMETRY", "1")

import json
from pathlib import Path

import pytest

ARTICLE = """\
id: {id}
story: {story}
outlet: The Orrin Gazette
desk: local
style: regional daily
country: Ireland

unverified_claim: Bridge {id} was known to be unsafe, engineer says
  cue: says
  source: engineer

factual_report: The county closed bridge {id} on Monday after a crack was found in a pier.
official_denial: The council rejected the report about {id} as invented.
  cue: rejected
  source: The council
  also: unverified_claim

speculation: Repairs to {id} may take until spring.
  cue: may
none: Read more
"""


def mislabelled(written: Path, folder: Path) -> Path:
    """The written articles, their denials called speculations: no model that learnt from them is right on all."""
    folder.mkdir()
    for path in written.glob("*.article"):
        text = path.read_text(encoding="utf-8").replace("\nofficial_denial:", "\nspeculation:")
        (folder / path.name).write_text(text, encoding="utf-8")
    return folder


def write_articles(folder: Path, count: int = 12) -> Path:
    """Written articles on as many stories, alike enough to learn from and unlike enough to be no duplicates."""
    folder.mkdir(parents=True, exist_ok=True)
    words = Path(__file__).read_text(encoding="utf-8").split()
    for n in range(count):
        name = f"bridge-{n}"
        filler = " ".join(f"{words[(7 * n + i) % len(words)].strip('{}:')}{n}" for i in range(60))
        body = ARTICLE.format(id=name, story=name) + f"\nfactual_report: The rest was {filler}.\n"
        (folder / f"{name}.article").write_text(body, encoding="utf-8")
    return folder


@pytest.fixture(scope="session")
def written(tmp_path_factory) -> Path:
    return write_articles(tmp_path_factory.mktemp("written"))


def _word_piece(folder: Path) -> None:
    from tokenizers import Tokenizer, models, normalizers, pre_tokenizers, processors
    from transformers import PreTrainedTokenizerFast

    specials = ["[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]"]
    letters = "abcdefghijklmnopqrstuvwxyz0123456789.,\"'-!?:;()"
    words = "the council bridge report may rejected says said monday county crack pier repairs spring".split()
    vocabulary = {t: i for i, t in enumerate(specials + list(letters) + [f"##{c}" for c in letters] + words)}
    tokenizer = Tokenizer(models.WordPiece(vocabulary, unk_token="[UNK]", max_input_chars_per_word=10_000))
    tokenizer.normalizer = normalizers.BertNormalizer()
    tokenizer.pre_tokenizer = pre_tokenizers.BertPreTokenizer()
    tokenizer.post_processor = processors.BertProcessing(("[SEP]", 3), ("[CLS]", 2))
    names = dict(zip(("pad", "unk", "cls", "sep", "mask"), specials, strict=True))
    fast = PreTrainedTokenizerFast(tokenizer_object=tokenizer, **{f"{k}_token": v for k, v in names.items()})
    fast.save_pretrained(folder)


def _byte_level(folder: Path) -> None:
    from tokenizers import Tokenizer, models, pre_tokenizers, processors
    from transformers import PreTrainedTokenizerFast

    specials = ["<pad>", "<s>", "</s>", "<unk>", "<mask>"]
    alphabet = sorted(pre_tokenizers.ByteLevel.alphabet())
    vocabulary = {t: i for i, t in enumerate(specials + alphabet)}
    tokenizer = Tokenizer(models.BPE(vocabulary, merges=[]))
    tokenizer.pre_tokenizer = pre_tokenizers.ByteLevel(add_prefix_space=False)
    tokenizer.post_processor = processors.RobertaProcessing(("</s>", 2), ("<s>", 1), add_prefix_space=False)
    fast = PreTrainedTokenizerFast(
        tokenizer_object=tokenizer, pad_token="<pad>", bos_token="<s>", eos_token="</s>", unk_token="<unk>",
        cls_token="<s>", sep_token="</s>", mask_token="<mask>",
    )  # fmt: skip
    fast.save_pretrained(folder)


FAMILIES = ("bert", "distilbert", "mpnet", "deberta", "roberta", "modernbert")


def make_encoder(family: str, folder: Path) -> Path:
    """A small encoder with random weights of one of the families that training supports."""
    import torch
    import transformers as t

    torch.manual_seed(0)
    size = {"vocab_size": 400, "hidden_size": 32, "num_hidden_layers": 2, "num_attention_heads": 2,
            "intermediate_size": 64, "max_position_embeddings": 520, "pad_token_id": 0}  # fmt: skip
    distil = {"vocab_size": 400, "dim": 32, "n_layers": 2, "n_heads": 2, "hidden_dim": 64, "pad_token_id": 0}
    modern = {**size, "bos_token_id": 1, "eos_token_id": 2, "cls_token_id": 1, "sep_token_id": 2}
    deberta = {**size, "relative_attention": True, "pos_att_type": ["p2c", "c2p"], "position_buckets": 32}
    make = {
        "bert": lambda: t.BertModel(t.BertConfig(**size)),
        "distilbert": lambda: t.DistilBertModel(t.DistilBertConfig(**distil)),
        "mpnet": lambda: t.MPNetModel(t.MPNetConfig(**size)),
        "deberta": lambda: t.DebertaV2Model(t.DebertaV2Config(**deberta)),
        "roberta": lambda: t.RobertaModel(t.RobertaConfig(**size)),
        "modernbert": lambda: t.ModernBertModel(t.ModernBertConfig(**modern)),
    }
    make[family]().save_pretrained(folder)
    (_byte_level if family in ("roberta", "modernbert") else _word_piece)(folder)
    return folder


@pytest.fixture(scope="session")
def encoders(tmp_path_factory) -> dict[str, Path]:
    folder = tmp_path_factory.mktemp("encoders")
    return {family: make_encoder(family, folder / family) for family in FAMILIES}


@pytest.fixture(scope="session")
def checkpoint(tmp_path_factory, written, encoders) -> Path:
    """A model trained for a few steps on a small BERT."""
    from claimclf.config import TrainingConfig
    from claimclf.training import train

    output = tmp_path_factory.mktemp("run")
    config = TrainingConfig(
        data=[str(written)], encoder=str(encoders["bert"]), output=str(output), epochs=2, validation=0.2, test=0.1,
        max_tokens=64, batch_size=4, learning_rate=5e-3,
    )  # fmt: skip
    return train(config).folder


def write_export(path: Path, count: int = 10) -> Path:
    """A Label Studio export of `count` texts of three sentences; one of three annotators calls the denial a rumour."""
    words = [word for word in Path(__file__).read_text(encoding="utf-8").split() if word.isalpha()]

    def annotation(text: str, by: str, marks: dict[str, str]) -> dict:
        result = []
        for sentence, label in marks.items():
            start = text.index(sentence)
            value = {"start": start, "end": start + len(sentence), "text": sentence, "labels": [label]}
            result.append({"from_name": "label", "to_name": "text", "type": "labels", "value": value})
        return {"completed_by": {"email": by}, "was_cancelled": False, "result": result}

    tasks = []
    for n in range(count):
        denial, may = f"The council rejected report {n} as invented.", f"Repairs to bridge {n} may take until spring."
        report = "The rest was " + " ".join(f"{words[(7 * n + i) % len(words)]}{n}" for i in range(30)) + "."
        text = f"{denial}\r\n\r\n{may}\r\n{report}"
        by = {
            "ann@x": {denial: "Denial", may: "speculation", report: "factual_report"},
            "ben@x": {denial: "Denial", report: "Factual report"},
            "cem@x": {denial: "Rumour", may: "Speculation", report: "factual_report"},
        }
        tasks.append({"id": n, "data": {"text": text}, "annotations": [annotation(text, *one) for one in by.items()]})
    path.write_text(json.dumps(tasks), encoding="utf-8")
    return path


def write_jsonl(path: Path, records: list[dict]) -> Path:
    path.write_text("".join(json.dumps(r) + "\n" for r in records), encoding="utf-8")
    return path


def dumped_dom(folder: Path, page: bytes) -> str:
    """What Chromium makes of a page, once its scripts have run."""
    (folder / "r.html").write_bytes(page)
    command = ["chromium", f"--user-data-dir={folder}/profile", "--headless", "--no-sandbox", "--disable-gpu"]
    command += ["--dump-dom", f"file://{folder}/r.html"]
    return subprocess.run(command, capture_output=True, text=True, timeout=120, check=True).stdout
