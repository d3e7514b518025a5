"""What an evaluation amounts to: the verdict on each rule, and the signature of all that was found."""

from __future__ import annotations

from claimclf.articles import data_hash
from claimclf.behaviour import Behaviour
from claimclf.changes import Changes
from claimclf.evaluate import Evaluation, model_signature
from claimclf.evaluation.gate import FEWEST_CASES, Mode, Rule, Verdict, enough, judge
from claimclf.gate_config import Gate
from claimclf.labels import LABELS
from claimclf.predict import ClaimClassifier


def verdicts(
    gate: Gate, done: Evaluation | None, changes: Changes | None, behaviour: Behaviour | None
) -> tuple[Verdict, ...]:
    """The verdict on each rule of the gate; a rule's score is one that was found, as `claimclf evaluate` sees to."""
    rates = behaviour.rates() if behaviour else {}
    found = []
    for rule in gate.rules:
        kind, _, family = rule.score.partition("/")
        if kind == "behaviour":
            cases, rate = rates[family]
            found.append(judge(rule, rate, cases >= FEWEST_CASES, gate.mode))
        else:
            assert done is not None  # a rule on scores is refused where no data are given
            scores = changes.differences if changes and rule.kind == "max-drop" else done.scores
            found.append(judge(rule, scores[rule.score], _enough(rule, done, gate.mode), gate.mode))
    return tuple(found)


def _enough(rule: Rule, done: Evaluation, mode: Mode) -> bool:
    """Of a label's score, the stories with such sentences count."""
    label = rule.score.rpartition("/")[2]
    positions = {str(known): known.position for known in LABELS}
    sample = done.sample
    groups = sample.groups[sample.true == positions[label]] if label in positions else sample.groups
    return enough(len(sample.true), len(set(groups.tolist())), mode)


def signature(
    classifier: ClaimClassifier, done: Evaluation | None, baseline: str | None, behaviour: Behaviour | None
) -> dict[str, str]:
    """What reproduces the numbers, setting by setting; `baseline` is the model that `done` was compared with."""
    found = done.signature if done else model_signature(classifier)
    found = found | ({"baseline": baseline} if baseline else {})
    variants = [article for outcome in behaviour.outcomes for article in outcome.case.variants] if behaviour else []
    return found | ({"cases": data_hash(variants)} if behaviour else {})
