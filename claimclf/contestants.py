"""Systems that label the sentences of articles, made for being timed: ours, and what people would run otherwise.

All but the bags of words and SetFit see each sentence with its neighbours, on the same encoder, in float32 unless
they say so, and with the batch size that is best for each.
Weights that are not trained cost what trained ones cost. Each takes articles and gives how many sentences it labelled.
"""

from __future__ import annotations

import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from importlib.util import find_spec
from pathlib import Path
from typing import Any

from claimclf.articles import Article
from claimclf.checkpoint import Checkpoint, load_tokenizer, locate
from claimclf.encoding import Encoder
from claimclf.errors import InputError, MissingExtraError, ModelError, needs_extra
from claimclf.labels import LABELS
from claimclf.peers import sentence_texts, tfidf
from claimclf.predict import ClaimClassifier
from claimclf.runtime.choice import Precision, RuntimeName
from claimclf.runtime.torch import TorchRuntime

Contestant = Callable[[Sequence[Article]], int]
Batched = Callable[[Sequence[Article], int], int]  # with a batch size
_BATCH_SIZES = (1, 4, 8, 32)
_OURS: tuple[tuple[RuntimeName, Precision], ...] = (
    ("openvino", "bf16"),
    ("openvino", "int8"),
    ("openvino", "fp32"),
    ("onnxruntime", "int8"),
    ("onnxruntime", "fp32"),
)


def pairs(articles: Sequence[Article]) -> list[tuple[str, str]]:
    """Every sentence with its neighbours, (sentence, the one before and the one after)."""
    found = []
    for article in articles:
        texts = [s.span.of(article.text) for s in article.sentences]
        for i, text in enumerate(texts):
            found.append((text, " ".join(texts[max(0, i - 1) : i] + texts[i + 1 : i + 2])))
    return found


def classifiers(model: str, threads: int) -> Iterator[ClaimClassifier]:
    """The model as it is loaded by default, and in every other runtime and precision that this machine has."""
    chosen = ClaimClassifier.load(model, threads=threads)
    yield chosen
    for runtime, precision in _OURS:
        try:
            other = ClaimClassifier.load(model, runtime=runtime, precision=precision, threads=threads)
        except (MissingExtraError, InputError, ModelError):
            continue
        if other.runtime.name != chosen.runtime.name:
            yield other


def ours(model: str, threads: int) -> Iterator[tuple[str, Contestant]]:
    """What is timed of `classifiers`, and where there is a GPU of CUDA, the model on it."""
    with needs_extra("train"):
        import torch
    for classifier in classifiers(model, threads):
        yield f"claimclf ({classifier.runtime.name})", _classify(classifier)
    if torch.cuda.is_available():
        classifier = on_device(model, "cuda")
        yield f"claimclf ({classifier.runtime.name})", _classify(classifier)


def on_device(model: str, device: str) -> ClaimClassifier:
    """The model's network on torch, in bfloat16; weights are new, which costs what its own would cost."""
    folder = locate(model)
    checkpoint = Checkpoint.load(folder)
    runtime = TorchRuntime(_untrained(folder, "AutoModelForTokenClassification", "bfloat16").to(device))
    return ClaimClassifier(runtime, Encoder(load_tokenizer(folder), checkpoint.windows), checkpoint)


def _classify(classifier: ClaimClassifier) -> Contestant:
    def run(articles: Sequence[Article]) -> int:
        found = classifier.articles([a.text for a in articles], [a.boundaries for a in articles])
        return sum(len(article.sentences) for article in found)

    return run


def others(model: str, training: Sequence[Article], trial: Sequence[Article]) -> Iterator[tuple[str, Contestant]]:
    """The others that are installed; those of transformers with the batch size that is best for each on `trial`."""
    with tempfile.TemporaryDirectory() as scratch:
        encoder = _encoder(model, Path(scratch))
        yield _at_its_best("transformers.pipeline", _pipeline(encoder), trial)
        yield _at_its_best("torch, sorted by length", _torch(encoder), trial)
        if find_spec("sentence_transformers"):
            yield _at_its_best("sentence-transformers + linear head", _sentence_transformers(encoder), trial)
        if find_spec("setfit"):
            yield _at_its_best("SetFit, sentences alone", _setfit(encoder), trial)
    if find_spec("spacy"):
        yield "spaCy textcat, sentences alone", _spacy(training)
    bag = tfidf(training)
    yield "TF-IDF + logistic regression", lambda articles: sum(map(len, bag(articles)))


def _untrained(folder: Path, kind: str, dtype: str) -> Any:
    """A network of the size that the model in `folder` has, as the class `kind` of transformers makes it."""
    with needs_extra("train"):
        import torch
        import transformers
    config = transformers.AutoConfig.from_pretrained(folder)
    torch.manual_seed(0)
    return getattr(transformers, kind).from_config(config, dtype=getattr(torch, dtype))


def _encoder(model: str, out: Path) -> str:
    """An encoder of the model's size, with its tokenizer, written to `out`: weights are new, which costs the same."""
    folder = locate(model)
    network = _untrained(folder, "AutoModel", "float32")
    network.save_pretrained(out)
    tokenizer = load_tokenizer(folder)
    import transformers

    library: Any = transformers
    library.PreTrainedTokenizerFast(
        tokenizer_object=tokenizer,
        pad_token=tokenizer.id_to_token(Checkpoint.load(folder).pad_id),
        model_max_length=min(512, network.config.max_position_embeddings),
        model_input_names=["input_ids", "attention_mask"],
    ).save_pretrained(out)
    return str(out)


def _network(encoder: str) -> tuple[Any, Any]:
    from transformers import AutoModelForSequenceClassification, AutoTokenizer

    model = AutoModelForSequenceClassification.from_pretrained(encoder, num_labels=len(LABELS)).eval()
    return model, AutoTokenizer.from_pretrained(encoder)


def _at_its_best(name: str, run: Batched, trial: Sequence[Article]) -> tuple[str, Contestant]:
    """A system with the batch size that is best on `trial`, which its name says; the first pass warms up."""
    run(trial, _BATCH_SIZES[-1])
    took = {}
    for size in _BATCH_SIZES:
        start = time.perf_counter()
        run(trial, size)
        took[size] = time.perf_counter() - start
    best = min(took, key=lambda size: took[size])
    return f"{name} (batches of {best})", lambda articles: run(articles, best)


def _pipeline(encoder: str) -> Batched:
    from transformers import pipeline

    model, tokenizer = _network(encoder)
    classify = pipeline("text-classification", model=model, tokenizer=tokenizer, device="cpu")

    def run(articles: Sequence[Article], size: int) -> int:
        given = [{"text": text, "text_pair": around} for text, around in pairs(articles)]
        return len(list(classify(given, batch_size=size, truncation=True)))

    return run


def _torch(encoder: str) -> Batched:
    import torch

    model, tokenizer = _network(encoder)

    def run(articles: Sequence[Article], size: int) -> int:
        given = sorted(pairs(articles), key=lambda pair: len(pair[0]) + len(pair[1]))
        with torch.inference_mode():
            for at in range(0, len(given), size):
                texts, around = zip(*given[at : at + size], strict=True)
                model(**tokenizer(list(texts), list(around), padding=True, truncation=True, return_tensors="pt"))
        return len(given)

    return run


def _sentence_transformers(encoder: str) -> Batched:
    import numpy as np
    from sentence_transformers import SentenceTransformer

    body = SentenceTransformer(encoder, device="cpu")
    head = np.zeros((body.get_embedding_dimension() or 1, len(LABELS)), dtype=np.float32)

    def run(articles: Sequence[Article], size: int) -> int:
        given = [f"{text} {around}" for text, around in pairs(articles)]
        return len((body.encode(given, batch_size=size, show_progress_bar=False) @ head).argmax(axis=1))

    return run


def _setfit(encoder: str) -> Batched:
    from setfit import SetFitModel

    model = SetFitModel.from_pretrained(encoder, device="cpu")
    words = ["report", "claim", "denial", "perhaps"]
    model.model_head.fit(model.model_body.encode(words), range(len(words)))
    return lambda articles, size: len(model.predict(sentence_texts(articles), batch_size=size))


def _spacy(training: Sequence[Article]) -> Contestant:
    import spacy
    from spacy.training import Example

    nlp = spacy.blank("en")
    textcat: Any = nlp.add_pipe("textcat")
    for label in LABELS:
        textcat.add_label(str(label))
    rows = [(s.span.of(a.text), s.label) for a in training for s in a.labelled][:2000]
    examples = [
        Example.from_dict(nlp.make_doc(text), {"cats": {str(name): float(name == label) for name in LABELS}})
        for text, label in rows
    ]
    nlp.initialize(lambda: examples)
    return lambda articles: sum(1 for _ in nlp.pipe(sentence_texts(articles), batch_size=64))
