import json

import pytest

from claimclf.errors import DataError
from claimclf.labels import Label
from claimclf.readers import read_corpus
from claimclf.readers.cases import read_cases

CASE = {
    "id": "plea-1",
    "case": "plea in court",
    "held_out": False,
    "variants": [
        {"before": ["Mayor on trial", "He was charged in May."], "sentence": "He pleaded not guilty.", "after": [],
         "label": "official_denial", "also": ["unverified_claim"]},
        {"before": [], "sentence": "He pleaded guilty.", "after": ["The trial goes on."], "label": "factual_report"},
    ],
}  # fmt: skip


def write(path, *records):
    path.write_text("".join(json.dumps(r) + "\n" for r in records), encoding="utf-8")
    return path


def test_a_case_becomes_articles_with_one_label_each(tmp_path):
    (case,) = read_cases(write(tmp_path / "pleas.cases", CASE))
    assert (case.family, case.case, case.held_out) == ("pleas", "plea in court", False)
    first, second = case.variants
    assert first.text == "Mayor on trial\n\nHe was charged in May. He pleaded not guilty."
    assert [s.part for s in first.sentences] == ["title", "body", "body"]
    assert [s.span.of(first.text) for s in first.labelled] == ["He pleaded not guilty."]
    assert first.labelled[0].also == (Label.UNVERIFIED_CLAIM,)
    assert second.text == "He pleaded guilty. The trial goes on."
    assert first.story == second.story and first.id != second.id


def test_training_never_sees_held_out_cases(tmp_path):
    write(tmp_path / "a.cases", CASE, {**CASE, "id": "plea-2", "held_out": True})
    assert [a.id for a in read_corpus([tmp_path]).articles] == ["a/plea-1/1", "a/plea-1/2"]
    assert len(read_cases(tmp_path)) == 2


@pytest.mark.parametrize(
    ("record", "found"),
    [
        ({**CASE, "held_out": "yes"}, "`held_out` is true or false"),
        ({k: v for k, v in CASE.items() if k != "case"}, "its keys are"),
        ({**CASE, "variants": []}, "not empty"),
        ({**CASE, "variants": [{**CASE["variants"][0], "label": "denial"}]}, "did you mean 'official_denial'"),
        ({**CASE, "variants": [{**CASE["variants"][0], "text": "x"}]}, "a variant with"),
        ({**CASE, "variants": [{**CASE["variants"][0], "sentence": " x "}]}, "white space"),
        ([1], "no behavioural case"),
    ],
)
def test_what_is_wrong_is_said_with_its_line(tmp_path, record, found):
    path = write(tmp_path / "a.cases", {**CASE, "id": "fine"}, record)
    with pytest.raises(DataError, match=found) as caught:
        read_cases(path)
    assert f"{path}:2" in str(caught.value)


def test_an_id_twice_and_no_file(tmp_path):
    with pytest.raises(DataError, match="'plea-1' stands twice"):
        read_cases(write(tmp_path / "a.cases", CASE, CASE))
    with pytest.raises(DataError, match="no behavioural cases"):
        read_cases(tmp_path / "none")
