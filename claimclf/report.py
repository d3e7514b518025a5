"""An evaluation as a page to look at: one HTML file that needs no network and runs no script.

Everything that came from data goes through the template's escaping, and the page forbids scripts besides.
"""

from __future__ import annotations

import base64
from collections.abc import Sequence
from functools import lru_cache
from pathlib import Path
from typing import Any

import numpy as np

from claimclf.behaviour import Behaviour, Outcome, wilson
from claimclf.changes import Changed, Changes
from claimclf.errors import needs_extra
from claimclf.evaluate import Evaluation, Row
from claimclf.evaluation.bootstrap import Interval
from claimclf.evaluation.gate import Verdict
from claimclf.evaluation.measures import LABEL_SCORES
from claimclf.labels import LABELS
from claimclf.pictures import draw, svg

with needs_extra("report"):
    from jinja2 import Environment, Template

_ERRORS = 50


def page(
    done: Evaluation | None,
    changes: Changes | None = None,
    behaviour: Behaviour | None = None,
    verdicts: Sequence[Verdict] = (),
    signature: str = "",
) -> str:
    """The HTML of everything that was found; parts that are None are left out."""
    content: dict[str, Any] = {
        "summary": "",
        "signature": signature or (done.sign() if done else ""),
        "verdicts": [{"word": v.word, "rule": str(v.rule), "found": str(v.found)} for v in verdicts],
    }
    if done:
        content |= _scores(done, changes)
    if behaviour:
        held, none = behaviour.rates(), (0, wilson(0, 0))
        content["behaviour"] = [
            {"name": name, "count": f"{n:,}", **_score(rate), "held": f"{held.get(name, none)[0]:,}"}
            | {"held_out": _score(held.get(name, none)[1])}
            for name, (n, rate) in behaviour.rates(held_out=False).items()
        ]
        content["failures"] = [_outcome(outcome) for outcome in behaviour.failures()]
        content["summary"] = content["summary"] or f"{len(behaviour.outcomes):,} behavioural cases"
    if changes:
        order = {"lost": 0, "gained": 1, "moved": 2}
        cases = [_changed(c) for c in sorted(changes.changed, key=lambda c: order[c.side])]
        content["changes"] = {"baseline": changes.baseline, "mcnemar": str(changes.mcnemar), "cases": cases}
    return _template().render(content)


@lru_cache(maxsize=1)
def _template() -> Template:
    source = (Path(__file__).parent / "report.html").read_text(encoding="utf-8")
    return Environment(autoescape=True, trim_blocks=True).from_string(source)


def _scores(done: Evaluation, changes: Changes | None) -> dict[str, Any]:
    sentences = sum(done.supports.values())
    plain = [name for name in done.scores if name.rpartition("/")[2] not in LABELS]
    light, dark = draw(done), draw(done, dark=True)
    return {
        "summary": f"{done.articles:,} articles, {sentences:,} labelled sentences; 95% intervals over stories.",
        "coverage": done.signature["coverage"],
        "scores": [
            {"name": n, **_score(done.scores[n]), "gained": str(changes.differences[n]) if changes else ""}
            for n in plain
        ],
        "label_scores": LABEL_SCORES,
        "labels": [
            {
                "name": _name(label),
                "support": f"{done.supports[label]:,}",
                "scores": [str(done.scores[f"{kind}/{label}"]) for kind in LABEL_SCORES],
            }
            for label in LABELS
        ],
        "sets": [{"name": name, "text": str(score)} for name, score in done.sets.items()],
        "slices": [
            {"name": name, "count": f"{n:,}"}
            | ({key: _score(scores[key]) for key in ("macro_f1", "accuracy")} if scores else {"macro_f1": None})
            for name, (n, scores) in done.slices.items()
        ],
        "pictures": [{"name": n, "light": _data(svg(light[n])), "dark": _data(svg(dark[n]))} for n in light],
        "errors": _errors(done),
    }


def _score(score: Interval) -> dict[str, Any]:
    """An interval as text, and as a bar in per cent: place of the value, start, width; None where it leaves 0 to 1."""
    low, value, high = (float(x) for x in (score.low, score.value, score.high))
    drawn = np.isfinite([low, value, high]).all() and 0 <= low <= high <= 1 and 0 <= value <= 1
    bar = [f"{100 * x:.2f}" for x in (value, low, high - low)] if drawn else None
    return {"text": str(score), "bar": bar}


def _data(picture: bytes) -> str:
    return "data:image/svg+xml;base64," + base64.b64encode(picture).decode("ascii")


def _errors(done: Evaluation) -> list[dict[str, Any]]:
    sample = done.sample
    wrong = np.flatnonzero(sample.predicted != sample.true)
    confidence = sample.probabilities.max(axis=1)
    surest = sorted(wrong.tolist(), key=lambda i: -confidence[i])[:_ERRORS]
    found = []
    for i in surest:
        said, gold = LABELS[sample.predicted[i]], LABELS[sample.true[i]]
        also = " (can be defended)" if sample.also[i, sample.predicted[i]] else ""
        lines = [("now", f"predicted {_name(said)}, {confidence[i]:.0%}{also}"), ("gold", f"gold {_name(gold)}")]
        found.append(_case(done.rows[i], lines))
    return found


def _changed(changed: Changed) -> dict[str, Any]:
    then, now, gold = (_name(label) for label in (changed.then, changed.now, changed.gold))
    lines = [("", changed.side), ("", f"then {then}"), ("now" if now != gold else "", f"now {now}")]
    return _case(changed.row, [*lines, ("gold", f"gold {gold}")])


def _case(row: Row, lines: list[tuple[str, str]]) -> dict[str, Any]:
    article, place, sentence = row
    around = [
        article.sentences[i].span.of(article.text) if 0 <= i < len(article.sentences) else ""
        for i in (place - 1, place + 1)
    ]
    where = " · ".join(filter(None, (article.id, article.fields.get("outlet", ""), f"at {sentence.span.start}")))
    text = sentence.span.of(article.text)
    return {"place": where, "before": around[0], "text": text, "after": around[1], "lines": lines}


def _outcome(outcome: Outcome) -> dict[str, Any]:
    expected = [str(v.labelled[0].label) for v in outcome.case.variants]
    lines = []
    for wanted, said in zip(expected, outcome.predicted, strict=True):
        right = wanted == said.label
        lines.append(("" if right else "now", f"“{said.text}” {_name(said.label)}, {said.confidence:.0%}"))
        lines += [] if right else [("gold", f"expected {wanted.replace('_', ' ')}")]
    where = f"{outcome.case.family}/{outcome.case.id} · {outcome.case.case}"
    return {"place": where, "before": "", "text": "", "after": "", "lines": lines}


def _name(label: str) -> str:
    return str(label).replace("_", " ")
