r"""Label Studio's tasks: annotations, or predictions for people to correct.

Regions are those of `<Labels name="label" toName="text">` on `<Text name="text" value="$text">`. The tool counts code
points (`rangeToGlobalOffset` in its editor; UTF-16 units in old versions), each of `\r` and `\n` as one; the
region's `text` proves it. Browsers leave NUL out. A task's own `id` is the tool's to give, and not written.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from claimclf.articles import Article
from claimclf.files import write_whole
from claimclf.writers.carried import carried, fields, lost, marks
from claimclf.writers.guesses import Guess
from claimclf.writers.outcome import Outcome

_TAKEN = ("text", "id")


def write(articles: Sequence[Article], path: Path) -> Outcome:
    """Write the articles as annotated tasks; one without any label has no annotation."""
    tasks: list[dict[str, Any]] = []
    for article in articles:
        result = regions(article)
        annotations = [{"result": result, "was_cancelled": False}] if result else []
        data = {**fields(article, _TAKEN), **carried(article), "text": article.text}
        tasks.append({"data": data, "annotations": annotations})
    return _dump(tasks, articles, path)


def suggestions(guesses: Sequence[Guess], path: Path) -> Outcome:
    """Write a model's labels as predictions, with its name and confidences; our reader never takes them as labels."""
    tasks = []
    for guess in guesses:
        article = guess.article
        result = [
            {**region, "score": round(confidence, 4)}
            for region, confidence in zip(regions(article), guess.confidences, strict=True)
        ]
        prediction = {"model_version": guess.model, "score": round(guess.confidence, 4), "result": result}
        data = {**fields(article, _TAKEN), **guess.data, **carried(article, guess.model), "text": article.text}
        tasks.append({"data": data, "predictions": [prediction]})
    return _dump(tasks, [guess.article for guess in guesses], path)


def regions(article: Article) -> list[dict[str, Any]]:
    """The region of each labelled sentence.

    >>> from claimclf.articles import Sentence, Span
    >>> from claimclf.labels import Label
    >>> regions(Article("a", "It may.", (Sentence(Span(0, 7), Label.SPECULATION),)))[0]["value"]
    {'start': 0, 'end': 7, 'text': 'It may.', 'labels': ['speculation']}
    """
    return [
        {
            "id": f"s{number}",
            "from_name": "label",
            "to_name": "text",
            "type": "labels",
            "value": {
                "start": span.start,
                "end": span.end,
                "text": span.of(article.text),
                "labels": [str(label) for label in labels],
            },
        }
        for number, (span, labels) in enumerate(marks(article), 1)
    ]


def _dump(tasks: list[dict[str, Any]], articles: Sequence[Article], path: Path) -> Outcome:
    write_whole(path, json.dumps(tasks, ensure_ascii=True, indent=1).encode("ascii"))
    nul = sum("\0" in article.text for article in articles)
    unseen = (
        (f"NUL to its page: of {nul:,} texts with some, marks made behind it are refused as shifted",) if nul else ()
    )
    return Outcome(len(tasks), (*lost(articles, _TAKEN), *unseen))
