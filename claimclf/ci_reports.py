"""An evaluation for the places CI shows it: JUnit XML, and Markdown for a job's summary."""

from __future__ import annotations

import re
from collections.abc import Sequence
from xml.etree import ElementTree

from claimclf.behaviour import Behaviour
from claimclf.changes import Changes
from claimclf.evaluate import Evaluation
from claimclf.evaluation.gate import Verdict
from claimclf.evaluation.measures import LABEL_SCORES
from claimclf.labels import LABELS
from claimclf.writers.inception import NOT_XML

_MAIN = ("macro_f1", "accuracy", "lenient_accuracy", "mcc", "log_loss", "ece", "aurc")


def junit(verdicts: Sequence[Verdict], signature: str) -> str:
    """The rules as a JUnit test suite: one test a rule; what is undecided is skipped, with its reason."""
    failed = sum(v.passed is False for v in verdicts)
    skipped = sum(v.passed is None for v in verdicts)
    counts = {"tests": str(len(verdicts)), "failures": str(failed), "skipped": str(skipped)}
    suite = ElementTree.Element("testsuite", {"name": "claimclf evaluate", **counts})
    for verdict in verdicts:
        test = ElementTree.SubElement(suite, "testcase", {"classname": "claimclf.gate", "name": _xml(verdict.rule)})
        if verdict.passed is False:
            ElementTree.SubElement(test, "failure", {"message": _xml(f"{verdict.rule}: found {verdict.found}")})
        elif verdict.passed is None:
            ElementTree.SubElement(test, "skipped", {"message": f"too little data to decide: {verdict.found}"})
    ElementTree.SubElement(suite, "system-out").text = _xml(signature)
    ElementTree.indent(suite)
    return ElementTree.tostring(suite, encoding="unicode", xml_declaration=True) + "\n"


def _xml(text: object) -> str:
    return NOT_XML.sub("\ufffd", str(text))


def markdown(
    done: Evaluation | None,
    verdicts: Sequence[Verdict],
    changes: Changes | None,
    behaviour: Behaviour | None,
    signature: str,
) -> str:
    """The evaluation in GitHub's Markdown: verdicts, scores, labels, what changed, the signature; all escaped."""
    lines = ["### claimclf evaluate", ""]
    if verdicts:
        lines += _table(["verdict", "rule", "found"], [[v.word, str(v.rule), str(v.found)] for v in verdicts])
    if done:
        gained = changes.differences if changes else {}
        head = ["score", "value [95% interval]", *(["less the baseline"] if changes else [])]
        rows = [[n, str(done.scores[n]), *([str(gained[n])] if changes else [])] for n in _MAIN]
        lines += _table(head, rows)
        labels = [
            [label, f"{done.supports[label]:,}", *(str(done.scores[f"{k}/{label}"]) for k in LABEL_SCORES)]
            for label in LABELS
        ]
        lines += _table(["label", "sentences", *LABEL_SCORES], labels)
        slices = [
            [name, f"{n:,}", str(scores["macro_f1"]) if scores else "too few for a verdict"]
            for name, (n, scores) in done.slices.items()
        ]
        lines += _table(["slice", "sentences", "macro_f1"], slices) if slices else []
    if changes:
        lines += [_escape(f"Against {changes.baseline}: {changes.mcnemar}"), ""]
    if behaviour:
        rates = [[family, f"{n:,}", str(rate)] for family, (n, rate) in behaviour.rates().items()]
        lines += _table(["behaviour (held out)", "cases", "passed"], rates)
    return "\n".join([*lines, f"<sub>{_escape(signature)}</sub>", ""])


def _table(head: Sequence[str], rows: Sequence[Sequence[str]]) -> list[str]:
    lines = [head, ["---"] * len(head), *rows]
    return ["| " + " | ".join(_escape(cell) for cell in row) + " |" for row in lines] + [""]


def _escape(text: str) -> str:
    """Text that Markdown and HTML show as it is."""
    plain = " ".join(text.split())
    if plain == "---":
        return plain
    escaped = re.sub(r"([\\`*_{}\[\]()#+!|~@$:-])", r"\\\1", plain)
    return escaped.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")
