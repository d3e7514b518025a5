"""A stream of articles is read ahead by a batch, and no further."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

_CHARACTERS, _ARTICLES = 40_000, 32


def batches(texts: Iterable[str]) -> Iterator[list[str]]:
    """What the source gives, in batches; what came before an error of its own is given before the error.

    >>> [len(batch) for batch in batches(["It rained."] * 40)]
    [32, 8]
    """
    batch: list[str] = []
    characters = 0
    try:
        for text in texts:
            batch.append(text)
            characters += len(text) if isinstance(text, str) else 0
            if characters >= _CHARACTERS or len(batch) >= _ARTICLES:
                full, batch, characters = batch, [], 0
                yield full
    except Exception:
        if batch:
            yield batch
        raise
    if batch:
        yield batch
