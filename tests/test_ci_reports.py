from xml.etree import ElementTree

import numpy as np

from claimclf.ci_reports import junit, markdown
from claimclf.evaluate import Evaluation
from claimclf.evaluation.bootstrap import Interval
from claimclf.evaluation.gate import Rule, Verdict
from claimclf.evaluation.measures import measure
from claimclf.evaluation.sample import Sample
from claimclf.labels import LABELS

VERDICTS = (
    Verdict(Rule("min", "macro_f1", 0.7), Interval(0.8, 0.7, 0.9), True),
    Verdict(Rule("min", "f1/speculation", 0.9), Interval(0.8, 0.7, 0.85), False),
    Verdict(Rule("max-drop", "accuracy", 0.02), Interval(np.nan, np.nan, np.nan), None),
)


def evaluation(slices=()):
    sample = Sample(np.arange(4), np.zeros((4, 4), bool), np.eye(4), np.arange(4))
    scores = measure(sample, repeats=5)
    return Evaluation(
        scores, dict.fromkeys(map(str, LABELS), 1), dict.fromkeys(slices, (4, None)), {}, 4,
        {"data": "0f", "model": "a|b"}, sample, (),
    )  # fmt: skip


def test_junit_has_one_test_a_rule():
    suite = ElementTree.fromstring(junit(VERDICTS, 'sign\x00ed <&"'))
    assert [suite.get(key) for key in ("tests", "failures", "skipped")] == ["3", "1", "1"]
    assert [test.get("name") for test in suite.iter("testcase")][1] == "min f1/speculation=0.9"
    assert suite.find("testcase/failure").get("message") == "min f1/speculation=0.9: found .800 [.700, .850]"
    assert suite.findtext("system-out") == 'sign\ufffded <&"'


def test_markdown_shows_names_from_the_data_as_they_are():
    evil = ["outlet: <img src=x onerror=alert(1)>", "outlet: a|b `c` [d](http://e) **f**\n# g"]
    text = markdown(evaluation(evil), VERDICTS, None, None, "data:0f|model:a")
    assert "<img" not in text
    assert "&lt;img" in text
    (row,) = [line for line in text.splitlines() if "http" in line]
    assert row.replace("\\|", "").count("|") == 4  # three cells
    assert "\\[d\\]\\(http" in row
    assert "\\*\\*f\\*\\* \\# g" in row
    assert text.rstrip().endswith("<sub>data:0f|model:a</sub>".replace(":", "\\:").replace("|", "\\|"))
    assert "| FAILED | min f1/speculation=0.9 |" in text.replace("\\", "")


def test_rules_with_control_characters_are_still_xml():
    odd = Verdict(Rule("min", "behaviour/a\x01b", 0.5), Interval(0.1, 0, 0.2), False)
    suite = ElementTree.fromstring(junit([odd], ""))
    assert suite.find("testcase").get("name") == "min behaviour/a\ufffdb=0.5"
