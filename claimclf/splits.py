"""Splits that do not leak: by story, near-duplicates on one side, and the evidence that it is so."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from hashlib import sha256
from typing import Any, Literal

import numpy as np

from claimclf.articles import Article
from claimclf.errors import DataError, Problem, needs_extra
from claimclf.labels import LABELS
from claimclf.readers.cases import STYLE

Split = Literal["train", "validation", "test"]
SPLITS: tuple[Split, ...] = ("train", "validation", "test")
_SHINGLE = 5  # words
_FOLDS = 20  # shares are met to one fold


@dataclass(frozen=True, slots=True)
class SplitSettings:
    """Shares of the sentences, the seed, and the similarity from which articles are near-duplicates.

    >>> SplitSettings(validation=0.2, test=0.0).seed
    13
    """

    validation: float = 0.1
    test: float = 0.05
    seed: int = 13
    near_duplicate: float = 0.5

    def to_dict(self) -> dict[str, float]:
        """The settings as they are saved."""
        return asdict(self)


@dataclass(frozen=True, slots=True)
class Splits:
    """The split of each article id, and the evidence: groups, near-duplicate pairs, counts."""

    of: dict[str, Split]
    near_duplicates: tuple[tuple[str, str, float], ...]
    groups: int
    counts: dict[str, dict[str, int]]

    def to_dict(self) -> dict[str, Any]:
        """The evidence as it is saved beside a dataset or a model."""
        return {
            "groups": self.groups,
            "near_duplicates": [list(pair) for pair in self.near_duplicates],
            "counts": self.counts,
            "articles": {split: [a for a, s in self.of.items() if s == split] for split in SPLITS},
        }

    def describe(self) -> str:
        """The evidence as a table of text lines."""
        columns = ["articles", "groups", "sentences", *LABELS]
        lines = [f"{'split':<12}" + "".join(f"{column:>18}" for column in columns)]
        for split in SPLITS:
            lines.append(f"{split:<12}" + "".join(f"{self.counts[split][c]:>18,}" for c in columns))
        lines.append(f"{self.groups} groups of stories; {len(self.near_duplicates)} near-duplicate pairs kept together")
        return "\n".join(lines)


def split(articles: Sequence[Article], settings: SplitSettings) -> Splits:
    """Assign every article to train, validation or test.

    Articles of one story, and near-duplicates, stay on one side; labels are spread as evenly as that allows. Cases
    (`readers/cases.py`) are no articles to choose or calibrate a model by: all of them are in train.

    Raises:
        DataError: there are fewer groups than splits, or no labelled sentence.
    """
    cases = {a.id for a in articles if a.fields.get("style") == STYLE}
    whole = [a for a in articles if a.id not in cases]
    pairs = near_duplicates(whole, settings.near_duplicate)
    groups = _groups(articles, pairs)
    rows = [
        (i, s.label.position)
        for i, a in enumerate(articles)
        if a.id not in cases
        for s in a.sentences
        if s.label is not None
    ]
    wanted = 1 + (settings.validation > 0) + (settings.test > 0)
    if not rows or len({groups[i] for i, _ in rows}) < wanted:
        found = f"{len(articles)} articles in {len(set(groups))} groups, {len(rows)} labelled sentences"
        raise DataError([Problem("splits", found, f"{wanted} splits need at least as many stories")])
    folds = _folds(rows, groups, settings.seed, wanted)
    n = max(folds.values()) + 1
    tests = min(_share(settings.test, n), n - wanted + 1)
    validations = min(_share(settings.validation, n), n - tests - 1)
    names: list[Split] = ["test" for _ in range(tests)]
    names += ["validation" for _ in range(validations)]
    train: Split = "train"
    of = {
        a.id: dict(enumerate(names)).get(folds.get(group, n), train) for a, group in zip(articles, groups, strict=True)
    }
    return Splits(of, tuple(pairs), len(set(groups)), _counts(articles, groups, of))


def _share(share: float, folds: int) -> int:
    return max(1, round(share * folds)) if share else 0


def _folds(
    rows: list[tuple[int, int]], groups: list[int], seed: int, wanted: int, most: int = _FOLDS
) -> dict[int, int]:
    """The fold of each group, `wanted` at least, stratified by label (scikit-learn's StratifiedGroupKFold)."""
    with needs_extra("train"):
        from sklearn.model_selection import StratifiedGroupKFold
    owners = np.array([groups[i] for i, _ in rows])
    labels = np.array([label for _, label in rows])
    n = min(most, len(set(owners.tolist())), int(np.bincount(labels).max()))
    folds: dict[int, int] = {}
    if n >= max(2, wanted):
        cutter = StratifiedGroupKFold(n_splits=n, shuffle=True, random_state=seed)
        for fold, (_, held) in enumerate(cutter.split(np.zeros(len(rows)), labels, owners)):
            folds.update(dict.fromkeys(owners[held].tolist(), fold))
    used = sorted(set(folds.values()))  # a fold can stay empty where groups are few
    if len(used) < wanted:  # too few sentences to stratify: each group is a fold
        folds = {group: group for group in set(owners.tolist())}
        used = sorted(folds)
    # the cutter puts the largest groups into its first folds, and its own seed breaks ties only
    order = dict(zip(used, np.random.default_rng(seed).permutation(len(used)).tolist(), strict=True))
    return {group: order[fold] for group, fold in folds.items()}


def folds(articles: Sequence[Article], count: int, seed: int = 13, near_duplicate: float = 0.5) -> list[int]:
    """The fold, 0 to `count` - 1, of each article, for cross-validation; the articles have ids of their own.

    Articles of one story, and near-duplicates, are in one fold; labels are spread as evenly as that allows.

    >>> from claimclf.articles import Sentence, Span
    >>> from claimclf.labels import Label
    >>> rain = (Sentence(Span(0, 10), Label.FACTUAL_REPORT),)
    >>> sorted(folds([Article("a", "It rained.", rain), Article("b", "It snowed.", rain)], 2))
    [0, 1]

    Raises:
        DataError: there are fewer groups with a labelled sentence than folds.
    """
    groups = _groups(articles, near_duplicates(articles, near_duplicate))
    rows = [(i, s.label.position) for i, a in enumerate(articles) for s in a.sentences if s.label is not None]
    owners = {groups[i] for i, _ in rows}
    if len(owners) < count:
        found = f"{len(articles):,} articles, {len(owners):,} stories with a label"
        raise DataError([Problem("cross-validation", found, f"{count} folds need as many stories: --folds takes less")])
    of = _folds(rows, groups, seed, count, count)
    return [of.get(group, 0) % count for group in groups]


def in_share(story: str, share: float, start: float = 0.0) -> bool:
    """Whether a story is of a `share` of all stories, drawn by their names: shares of one start hold smaller ones.

    >>> in_share("orrin-bridge", 0.5), in_share("orrin-bridge", 0.5, start=0.5), in_share("orrin-bridge", 1.0)
    (False, True, True)
    """
    place = int(sha256(story.encode("utf-8", "surrogatepass")).hexdigest()[:16], 16) / 2**64
    return start <= place < start + share


def near_duplicates(articles: Sequence[Article], threshold: float) -> list[tuple[str, str, float]]:
    """Pairs of article ids whose texts share word runs, with their Jaccard similarity; see `similar`."""
    pairs = similar([article.text for article in articles], threshold)
    return sorted((articles[i].id, articles[j].id, similarity) for i, j, similarity in pairs)


def similar(
    texts: Sequence[str], threshold: float, words: int = _SHINGLE, compared: int | None = None
) -> list[tuple[int, int, float]]:
    """Pairs (i < j) of texts that share runs of `words` words, with their Jaccard similarity, by MinHash and LSH.

    With `compared`, a text is compared with so many earlier ones at most, those nearest to it in order.

    Source: Broder, "On the resemblance and containment of documents", 1997 (`datasketch`). Similarity is computed
    exactly on the pairs that LSH proposes; it proposes below the threshold, so that few are missed.

    >>> similar(["The council shut the old bridge.", "The council shut the old bridge!", "It rained."], 0.5)
    [(0, 1, 1.0)]
    """
    with needs_extra("train"):
        from datasketch import MinHash, MinHashLSH
    index = MinHashLSH(threshold=max(0.05, threshold - 0.2), num_perm=128)
    shingles = [_shingles(text, words) for text in texts]
    pairs = []
    for j, own in enumerate(shingles):
        sketch = MinHash(num_perm=128, seed=1)
        sketch.update_batch([shingle.encode("utf-8", "replace") for shingle in own])
        for i in sorted(index.query(sketch))[-compared if compared else None :]:
            similarity = len(own & shingles[i]) / max(1, len(own | shingles[i]))
            if similarity >= threshold:
                pairs.append((int(i), j, round(similarity, 3)))
        index.insert(j, sketch)
    return sorted(pairs)


def _shingles(text: str, size: int) -> set[str]:
    words = re.findall(r"\w+", text.lower())
    return {" ".join(words[i : i + size]) for i in range(max(1, len(words) - size + 1))}


def _groups(articles: Sequence[Article], pairs: Sequence[tuple[str, str, float]]) -> list[int]:
    """A group number for each article: those joined by a story or a near-duplicate share it."""
    with needs_extra("train"):
        from scipy.sparse import coo_array
        from scipy.sparse.csgraph import connected_components
    place = {article.id: i for i, article in enumerate(articles)}
    first = {article.story: i for i, article in reversed(list(enumerate(articles)))}
    edges = [(i, first[article.story]) for i, article in enumerate(articles)]
    edges += [(place[a], place[b]) for a, b, _ in pairs]
    if not edges:
        return []
    rows, columns = zip(*edges, strict=True)
    n = len(articles)
    graph = coo_array((np.ones(len(edges)), (rows, columns)), shape=(n, n))
    return [int(group) for group in connected_components(graph, directed=False)[1]]


def _counts(articles: Sequence[Article], groups: list[int], of: dict[str, Split]) -> dict[str, dict[str, int]]:
    counts: dict[str, dict[str, int]] = {}
    for split_name in SPLITS:
        inside = [(a, g) for a, g in zip(articles, groups, strict=True) if of[a.id] == split_name]
        labels = Counter(str(s.label) for a, _ in inside for s in a.labelled)
        counts[split_name] = {
            "articles": len(inside),
            "groups": len({g for _, g in inside}),
            "sentences": sum(labels.values()),
            **{str(label): labels[label] for label in LABELS},
        }
    return counts
