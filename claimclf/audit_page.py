"""An audit as a page to look at: one HTML file in the style of `report.html`, which runs no script.

Everything that came from data goes through the template's escaping, and the page forbids scripts besides.
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

from claimclf.auditing import Audit, Suspect
from claimclf.duplicates import Pair, Place
from claimclf.errors import needs_extra
from claimclf.labels import LABELS

with needs_extra("report"):
    from jinja2 import Environment, FileSystemLoader


def page(audit: Audit) -> str:
    """The HTML of an audit: what was counted, the suspects with their neighbours, and the pairs a kind.

    >>> "0 labelled sentences" in page(Audit(0, 0, (), 0, 0, "no model"))
    True
    """
    environment = Environment(autoescape=True, trim_blocks=True, loader=FileSystemLoader(Path(__file__).parent))
    kinds = dict.fromkeys(pair.kind for pair in audit.pairs)
    return environment.get_template("audit.html").render(
        lines=audit.describe().splitlines(),
        suspects=[_suspect(suspect) for suspect in audit.suspects],
        pairs={kind: _pairs([pair for pair in audit.pairs if pair.kind == kind]) for kind in kinds},
    )


def _suspect(suspect: Suspect) -> dict[str, Any]:
    before, text, after = suspect.around()
    article = suspect.article
    return {
        "place": _place(Place(article, suspect.sentence)),
        "before": before,
        "text": text,
        "after": after,
        "given": suspect.given.replace("_", " "),
        "suggested": suspect.suggested.replace("_", " "),
        "also": [str(label).replace("_", " ") for label in suspect.sentence.also],
        "confident": suspect.confident,
        "probabilities": [
            (str(label).replace("_", " "), f"{100 * p:.1f}")
            for label, p in zip(LABELS, suspect.probabilities, strict=True)
        ],
    }


def _pairs(pairs: Sequence[Pair]) -> list[dict[str, Any]]:
    return [
        {
            "similarity": f"{pair.similarity:.0%}",
            "places": [(_place(place), place.text, _label(place)) for place in (pair.first, pair.second)],
        }
        for pair in pairs
    ]


def _label(place: Place) -> str:
    return str(place.sentence.label).replace("_", " ") if place.sentence and place.sentence.label else ""


def _place(place: Place) -> str:
    at = f"at {place.sentence.span.start}" if place.sentence else ""
    return " · ".join(filter(None, (place.split, place.article.id, place.article.where, at)))
