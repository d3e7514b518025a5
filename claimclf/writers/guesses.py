"""A model's labels on an article, on their way to people who correct them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from claimclf.articles import Article

WHY = "suggest_why"  # beside a text: why it was suggested


@dataclass(frozen=True, slots=True)
class Guess:
    """An article with a model's labels, all its sentences labelled.

    `confidences` are the model's, 0 to 1, a sentence each. `data` stands beside the text under its own names, numbers
    and strings, so that annotators can sort by it.
    """

    article: Article
    model: str
    confidences: tuple[float, ...]
    data: Mapping[str, float | str] = field(default_factory=dict)

    @property
    def confidence(self) -> float:
        """The mean of the confidences; 1 where there is no sentence."""
        return sum(self.confidences) / len(self.confidences) if self.confidences else 1.0
