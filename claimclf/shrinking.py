"""A large encoder → a smaller one for fine-tuning: its first layers, narrower, with the words that its texts need.

Of the layers the first ones stay (Sajjad et al., "On the Effect of Dropping Layers of Pre-trained Transformer Models",
2023). In their feed-forward parts the neurons whose output varies most stay; what the others give on average goes into
the bias. Of the vocabulary the pieces that are used most stay; words of other pieces fall into more of them.
"""

from __future__ import annotations

import json
import re
from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from itertools import islice
from pathlib import Path
from typing import Any

from claimclf.encoders import encoder_path
from claimclf.errors import ModelError, needs_extra
from claimclf.files import whole_folder
from claimclf.terminal import progress

with needs_extra("train"):
    import torch
    from tokenizers import Tokenizer
    from transformers import AutoModel, AutoTokenizer

_PIECES = 512  # pieces of text that the neurons are judged by
_TOKENS = 128  # of a piece
_BATCH = 16
_PLACEHOLDER = re.compile(r"\[[A-Za-z]+\d*\]")  # [unused7], or special tokens of another model
_LETTERS = 0x250  # Latin letters, digits and marks below it


@dataclass(frozen=True, slots=True)
class Shrinkage:
    """How much is to stay: layers, neurons of each layer's feed-forward part, pieces of the vocabulary."""

    layers: int
    intermediate: int
    vocabulary: int


@dataclass(frozen=True, slots=True)
class Shrunk:
    """What stayed: the encoder's folder, its parameters before and after, and the share of tokens kept whole."""

    folder: Path
    before: int
    after: int
    whole: float


def shrink(
    encoder: str, texts: Sequence[str], out: Path, to: Shrinkage, say: Callable[[str], None] = lambda line: None
) -> Shrunk:
    """Write a smaller encoder to `out`, with its tokenizer; `scripts/train.py --encoder OUT` trains it.

    `texts` say which words are used, and how neurons vary; labels have no part in it.

    Raises:
        ModelError: the encoder cannot be loaded, is not built like BERT, or is smaller than what is asked for.
    """
    if not texts:
        raise ModelError("no text to judge the encoder by; give files with texts")
    model, tokenizer = _load(encoder)
    _check(encoder, model, tokenizer, to)
    before = sum(weights.numel() for weights in model.parameters())
    backend = tokenizer.backend_tokenizer
    used = Counter(piece for text in texts for piece in backend.encode(text, add_special_tokens=False).ids)
    kept = kept_pieces(backend.get_vocab(with_added_tokens=True), tokenizer.all_special_ids, used, to.vocabulary)
    _shorten(model, kept, to)
    smaller = _with_pieces(backend, kept)
    whole = sum(used[piece] for piece in kept) / max(1, used.total())
    say(f"{len(kept):,} pieces of the vocabulary stay, which are {whole:.1%} of the texts' tokens")
    _narrow(model.eval(), _pieces(smaller, texts, tokenizer), to.intermediate)
    with whole_folder(out) as new:
        model.save_pretrained(new)
        tokenizer.save_pretrained(new)
        smaller.save(str(new / "tokenizer.json"))
        (new / "vocab.txt").unlink(missing_ok=True)
    return Shrunk(out, before, sum(weights.numel() for weights in model.parameters()), whole)


def _load(encoder: str) -> tuple[Any, Any]:
    path = encoder_path(encoder)
    try:
        return AutoModel.from_pretrained(path, dtype=torch.float32), AutoTokenizer.from_pretrained(path)
    except (OSError, ValueError) as error:
        raise ModelError(f"the encoder {encoder!r} cannot be loaded: {error}") from error


def _check(encoder: str, model: Any, tokenizer: Any, to: Shrinkage) -> None:
    layers = getattr(getattr(model, "encoder", None), "layer", None)
    if layers is None or not hasattr(layers[0], "intermediate"):
        raise ModelError(
            f"{encoder!r} ({model.config.model_type}) is not built like BERT; give a BERT, RoBERTa or MPNet"
        )
    if (
        not getattr(tokenizer, "is_fast", False)
        or _content(tokenizer.backend_tokenizer)["model"]["type"] != "WordPiece"
    ):
        raise ModelError(f"{encoder!r} has no WordPiece tokenizer, the kind whose pieces can be left out")
    has = {"layers": len(layers), "intermediate": model.config.intermediate_size, "vocabulary": len(tokenizer)}
    wrong = [
        f"{name} {getattr(to, name):,}: {encoder!r} has {there:,}; give 1 to {there:,}"
        for name, there in has.items()
        if not 1 <= getattr(to, name) <= there
    ]
    if wrong:
        raise ModelError("\n".join(wrong))


def _content(backend: Tokenizer) -> dict[str, Any]:
    content: dict[str, Any] = json.loads(backend.to_str())
    return content


def kept_pieces(vocabulary: dict[str, int], special: Iterable[int], used: Counter[int], most: int) -> list[int]:
    """The ids that stay, in order: special tokens, single Latin characters, then by use and place in the vocabulary.

    A vocabulary that was made by frequency puts pieces that the texts do not hold in the order of their frequency.

    >>> kept_pieces({"[PAD]": 0, "[unused1]": 1, "a": 2, "##a": 3, "the": 4, "new": 5}, [0], Counter({5: 2}), 4)
    [0, 2, 3, 5]
    """
    always = set(special)
    always |= {
        i for piece, i in vocabulary.items() if len(rest := piece.removeprefix("##")) == 1 and ord(rest) < _LETTERS
    }
    ranked = sorted(
        (i for piece, i in vocabulary.items() if i not in always and not _PLACEHOLDER.fullmatch(piece)),
        key=lambda i: (-used[i], i),
    )
    return sorted([*always, *ranked[: max(0, most - len(always))]])


def _shorten(model: Any, kept: list[int], to: Shrinkage) -> None:
    """Leave the first layers and the embeddings of the pieces that stay."""
    del model.encoder.layer[to.layers :]
    embeddings = model.get_input_embeddings()
    embeddings.weight = torch.nn.Parameter(embeddings.weight.detach()[kept].clone())
    embeddings.num_embeddings = len(kept)
    for name in ("bos_token_id", "eos_token_id", "pad_token_id"):
        if getattr(model.config, name, None) is not None:
            setattr(model.config, name, kept.index(getattr(model.config, name)))
    embeddings.padding_idx = getattr(model.config, "pad_token_id", None)
    model.config.num_hidden_layers, model.config.vocab_size = to.layers, len(kept)
    model.config.attention_probs_dropout_prob = 0.0  # torch has no fast attention with it on a CPU


def _with_pieces(backend: Tokenizer, kept: list[int]) -> Tokenizer:
    """The tokenizer with those pieces alone, numbered anew; special tokens keep their meaning."""
    content, new = _content(backend), {old: number for number, old in enumerate(kept)}
    content["model"]["vocab"] = {p: new[i] for p, i in content["model"]["vocab"].items() if i in new}
    for token in content["added_tokens"]:
        token["id"] = new[token["id"]]
    after = content["post_processor"]
    for key in ("sep", "cls"):  # as BERT's and RoBERTa's have it
        if after and key in after:
            after[key] = [after[key][0], new[after[key][1]]]
    for token in ((after or {}).get("special_tokens") or {}).values():
        token["ids"] = [new[i] for i in token["ids"]]
    smaller: Tokenizer = Tokenizer.from_str(json.dumps(content, ensure_ascii=False))
    smaller.no_truncation()
    smaller.no_padding()
    return smaller


def _pieces(backend: Tokenizer, texts: Sequence[str], tokenizer: Any) -> list[list[int]]:
    """Pieces of the texts, evenly chosen, with the special tokens at both ends."""
    inner = _TOKENS - 2
    cut = []
    for text in texts:
        ids = backend.encode(text, add_special_tokens=False).ids
        cut += [ids[at : at + inner] for at in range(0, len(ids) - inner + 1, inner)] or [ids]
    chosen = islice((piece for piece in cut[:: max(1, len(cut) // _PIECES)] if piece), _PIECES)
    first, last = tokenizer.cls_token_id, tokenizer.sep_token_id
    return sorted(([first, *piece, last] for piece in chosen), key=len)


def _narrow(model: Any, pieces: list[list[int]], width: int) -> None:
    """Leave the `width` neurons of each feed-forward part whose output varies most."""
    if width == model.config.intermediate_size:
        return
    sums = [torch.zeros(2, model.config.intermediate_size, dtype=torch.float64) for _ in model.encoder.layer]
    hooks = [
        layer.intermediate.register_forward_hook(lambda _, __, given, sums=sums[number]: _add(sums, given))
        for number, layer in enumerate(model.encoder.layer)
    ]
    tokens = 0
    with torch.inference_mode():
        for length_first in progress(
            "looking at neurons", [pieces[i : i + _BATCH] for i in range(0, len(pieces), _BATCH)]
        ):
            for piece in length_first:  # one at a time: padding would count as well
                model(input_ids=torch.tensor([piece]))
                tokens += len(piece)
    for hook in hooks:
        hook.remove()
    for layer, (total, squares) in zip(model.encoder.layer, sums, strict=True):
        mean = total / tokens
        _drop(layer, mean.float(), (squares / tokens - mean**2).clamp(min=0).sqrt().float(), width)
    model.config.intermediate_size = width


def _add(sums: torch.Tensor, given: torch.Tensor) -> None:
    flat = given.reshape(-1, given.shape[-1]).double()
    sums += torch.stack([flat.sum(dim=0), flat.square().sum(dim=0)])


def _drop(layer: Any, mean: torch.Tensor, spread: torch.Tensor, width: int) -> None:
    into, out = layer.intermediate.dense, layer.output.dense
    with torch.no_grad():
        order = (spread * out.weight.norm(dim=0)).argsort(descending=True)
        stay, go = order[:width].sort().values, order[width:]
        out.bias += out.weight[:, go] @ mean[go]
        into.weight, into.bias = (
            torch.nn.Parameter(into.weight[stay].clone()),
            torch.nn.Parameter(into.bias[stay].clone()),
        )
        out.weight = torch.nn.Parameter(out.weight[:, stay].clone())
    into.out_features = out.in_features = width
