"""Token logits → sentence logits, in torch: a sentence's logits are the mean of its tokens' logits.

The network is a plain `AutoModelForTokenClassification`; what is ours is the mean and the loss on it.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from claimclf.articles import Sentence
from claimclf.encoders import encoder_path
from claimclf.encoding import CONTEXT, Window
from claimclf.errors import ModelError, needs_extra
from claimclf.labels import LABELS
from claimclf.optimization import divergence, label_counts

with needs_extra("train"):
    import torch
    from transformers import AutoModelForTokenClassification, AutoTokenizer, PreTrainedModel

IGNORED = -100  # the Trainer pads labels with it
_VOTES = 4  # of a token's labels, slot, label, also and cue come first, then the votes, one a label
_COLUMNS = _VOTES + len(LABELS)


def positions(model: PreTrainedModel) -> int | None:
    """How many tokens the encoder has places for; None where it has no table of them."""
    for name, module in model.named_modules():
        if name.endswith("position_embeddings") and isinstance(module, torch.nn.Embedding):
            return module.num_embeddings - (0 if module.padding_idx is None else module.padding_idx + 1)
    return None


def load_encoder(name: str) -> tuple[PreTrainedModel, Any]:
    """A token classifier with a new head over the encoder called `name`, in float32, and its tokenizer.

    Raises:
        ModelError: it cannot be loaded, or its tokenizer is not a fast one.
    """
    path = encoder_path(name)
    names = {label.position: str(label) for label in LABELS}
    try:
        tokenizer = AutoTokenizer.from_pretrained(path)
        model = AutoModelForTokenClassification.from_pretrained(
            path, id2label=names, label2id={v: k for k, v in names.items()}, dtype=torch.float32
        )
    except (OSError, ValueError) as error:
        raise ModelError(f"the encoder {name!r} cannot be loaded: {error}") from error
    if not getattr(tokenizer, "is_fast", False):
        raise ModelError(f"the encoder {name!r} has no fast tokenizer, which exact offsets need")
    return model, tokenizer


def average_weights(models: Sequence[PreTrainedModel]) -> PreTrainedModel:
    """The first of the models, with the mean of all their weights: models that were trained from one start.

    Source: Wortsman et al., "Model soups: averaging weights of multiple fine-tuned models improves accuracy without
    increasing inference time", ICML 2022.
    """
    states = [model.state_dict() for model in models]
    mean = {
        name: torch.stack([state[name] for state in states]).mean(dim=0) if value.is_floating_point() else value
        for name, value in states[0].items()
    }
    models[0].load_state_dict(mean)
    return models[0]


def sentence_logits(token_logits: torch.Tensor, slots: torch.Tensor) -> tuple[torch.Tensor, torch.Tensor]:
    """Mean token logits of each sentence slot.

    `token_logits` is (windows, tokens, labels), `slots` (windows, tokens) with a sentence's number in its window,
    or a negative number for tokens of none. Returns logits (windows, slots, labels) and token counts (windows, slots).

    >>> logits, counts = sentence_logits(torch.tensor([[[1.0], [3.0], [9.0]]]), torch.tensor([[0, 0, -1]]))
    >>> logits.tolist(), counts.tolist()
    ([[[2.0]]], [[2.0]])
    """
    numbers = torch.arange(max(1, int(slots.max()) + 1), device=slots.device)
    member = (slots[:, None, :] == numbers[None, :, None]).to(token_logits.dtype)
    counts = member.sum(dim=2)
    return member @ token_logits / counts.clamp(min=1)[..., None], counts


def training_row(window: Window, sentences: Sequence[Sentence], context: bool = False) -> dict[str, Any] | None:
    """A window of an article with these sentences, as the Trainer takes it.

    With `context`, sentences of context are learnt from like targets. Returns input ids, attention mask, and `labels`:
    per token (slot, label, also, cue, votes…), where `also` has a bit set for each other label that can be defended,
    `cue` is 1 in words that annotators marked, and the votes are four numbers, all 0 where none are known. None where
    no sentence has a label.
    """
    slots: dict[int, int] = {}
    rows = []
    owners = zip(window.sentence_ids, window.neighbour_ids, window.offsets, strict=True)
    for target, neighbour, (start, end) in owners:
        owner = neighbour if context and target == CONTEXT else target
        label = None if owner == CONTEXT else sentences[owner].label
        if label is None:
            rows.append([IGNORED] * _COLUMNS)
            continue
        cue = any(mark.start < end and start < mark.end for mark in sentences[owner].cues)
        also, votes = _also_and_votes(sentences[owner])
        rows.append([slots.setdefault(owner, len(slots)), label.position, also, int(cue), *votes])
    if not slots:
        return None
    return {"input_ids": window.input_ids, "attention_mask": [1] * len(rows), "labels": rows}


def _also_and_votes(sentence: Sentence) -> tuple[int, Sequence[int]]:
    return sum(1 << other.position for other in sentence.also), sentence.votes or [0] * len(LABELS)


def collate(pad_id: int, copies: int = 1) -> Callable[[list[dict[str, Any]]], dict[str, torch.Tensor]]:
    """A collator that pads rows of `training_row` to the longest of the batch, and repeats the batch `copies` times."""

    def pad_rows(rows: list[dict[str, Any]]) -> dict[str, torch.Tensor]:
        rows = copies * rows
        longest = max(len(row["input_ids"]) for row in rows)
        blanks: dict[str, Any] = {"input_ids": pad_id, "attention_mask": 0, "labels": [IGNORED] * _COLUMNS}
        return {
            key: torch.tensor([list(row[key]) + [blank] * (longest - len(row[key])) for row in rows])
            for key, blank in blanks.items()
        }

    return pad_rows


def pooled(token_logits: torch.Tensor, labels: torch.Tensor) -> tuple[torch.Tensor, ...]:
    """The sentences of a batch: logits (sentences, labels), true labels and `also` bits (sentences,), votes.

    `labels` is (windows, tokens, 8) as `training_row` makes it; votes are (sentences, labels).
    """
    logits, counts = sentence_logits(token_logits, labels[..., 0])
    numbers = torch.arange(logits.shape[1], device=labels.device)
    member = labels[..., 0][:, None, :] == numbers[None, :, None]
    kinds = [1, 2, *range(_VOTES, _COLUMNS)]
    true, also, *votes = (torch.where(member, labels[..., k][:, None, :], IGNORED).amax(dim=2) for k in kinds)
    there = counts > 0
    return logits[there], true[there], also[there], torch.stack(votes, dim=2)[there]


def class_weights(rows: Sequence[dict[str, Any]], power: float) -> list[float]:
    """A weight a label: (sentences / (labels × sentences of the label)) to the `power`."""
    counts = label_counts(rows)
    return [float(w) for w in (counts.sum() / (len(LABELS) * counts)) ** power]


def soft_targets(true: torch.Tensor, also: torch.Tensor, votes: torch.Tensor, also_weight: float) -> torch.Tensor:
    """Target probabilities (sentences, labels): shares of the votes, where there are any.

    Elsewhere the label's alone, less `also_weight`, which is shared by the labels in `also`, where there are any.
    Source for votes as targets: Uma et al., "Learning from disagreement: a survey", JAIR 72, 2021.

    >>> votes = torch.tensor([[0, 0, 0, 0], [0, 0, 0, 0], [0, 3, 1, 0]])
    >>> soft_targets(torch.tensor([0, 1, 1]), torch.tensor([0b0110, 0, 0b0100]), votes, 0.5).tolist()
    [[0.5, 0.25, 0.25, 0.0], [0.0, 1.0, 0.0, 0.0], [0.0, 0.75, 0.25, 0.0]]
    """
    bits = torch.arange(len(LABELS), device=also.device)
    others = ((also[:, None] >> bits) & 1).float()
    count = others.sum(dim=1, keepdim=True)
    hard = torch.nn.functional.one_hot(true, len(LABELS)).float()
    soft = (1 - also_weight) * hard + also_weight * others / count.clamp(min=1)
    voted = votes.sum(dim=1, keepdim=True)
    return torch.where(voted > 0, votes / voted.clamp(min=1), torch.where(count > 0, soft, hard))


def own_targets(sentences: Sequence[Sentence], also_weight: float) -> NDArray[np.float64]:
    """`soft_targets` of an article's sentences, (sentences, labels); of those without a label they mean nothing.

    >>> from claimclf.articles import Span
    >>> own_targets([Sentence(Span(0, 1), LABELS[1], also=(LABELS[3],))], 0.25).tolist()
    [[0.0, 0.75, 0.0, 0.25]]
    """
    also, votes = zip(*map(_also_and_votes, sentences), strict=True)
    true = torch.tensor([s.label.position if s.label else 0 for s in sentences])
    return soft_targets(true, torch.tensor(also), torch.tensor(votes), also_weight).double().numpy()


def cue_loss(token_logits: torch.Tensor, labels: torch.Tensor) -> torch.Tensor:
    """How little of each sentence's decision falls on the words that annotators marked as its cues.

    Per token, the margin of the sentence's label over the mean of the others; a softmax of it over the sentence's
    tokens; the loss is minus the log of what falls on marked tokens, the mean over sentences that have any (else 0).
    """
    slots, true, marked = labels[..., 0], labels[..., 1].clamp(min=0), labels[..., 3] == 1
    own = token_logits.gather(2, true[..., None])[..., 0]
    margins = own - (token_logits.sum(dim=2) - own) / (token_logits.shape[2] - 1)
    numbers = torch.arange(max(1, int(slots.max()) + 1), device=slots.device)
    member = slots[:, None, :] == numbers[None, :, None]
    lowest = torch.finfo(margins.dtype).min
    shares = margins[:, None, :].masked_fill(~member, lowest).log_softmax(dim=2)
    on_cues = shares.masked_fill(~(member & marked[:, None, :]), lowest).logsumexp(dim=2)
    there = (member & marked[:, None, :]).any(dim=2)
    return -on_cues[there].mean() if bool(there.any()) else token_logits.sum() * 0


def sentence_loss(
    class_weights: Sequence[float],
    also_weight: float,
    cue_weight: float,
    log_prior: torch.Tensor | None = None,
    r_drop: float = 0.0,
) -> Callable[..., torch.Tensor]:
    """The loss for `Trainer(compute_loss_func=…)`: cross-entropy of sentence logits, weighted by class.

    Targets are `soft_targets`; `cue_weight` times `cue_loss` is added, and `r_drop` times the divergence of two passes
    (batches of `collate(…, copies=2)`); `log_prior` (labels,) is added to the logits.
    """
    weights = torch.tensor(class_weights, dtype=torch.float32)
    prior = torch.zeros(len(LABELS)) if log_prior is None else log_prior

    def loss(outputs: Any, labels: torch.Tensor, num_items_in_batch: Any = None) -> torch.Tensor:
        token_logits = outputs.logits.float()
        logits, true, also, votes = pooled(token_logits, labels)
        targets = soft_targets(true, also, votes, also_weight)
        weight = weights.to(logits.device)[true]
        losses = torch.nn.functional.cross_entropy(logits + prior.to(logits.device), targets, reduction="none")
        total = (weight * losses).sum() / weight.sum()
        total = total + cue_weight * cue_loss(token_logits, labels) if cue_weight else total
        return total + r_drop * divergence(logits) if r_drop else total

    return loss
