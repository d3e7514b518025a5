import pytest

from claimclf.errors import MissingExtraError, needs_extra
from claimclf.labels import LABELS, Label, did_you_mean, parse_label


def test_four_labels_in_guideline_order():
    assert [str(label) for label in LABELS] == [
        "factual_report", "unverified_claim", "official_denial", "speculation"
    ]  # fmt: skip
    assert [label.position for label in Label] == [0, 1, 2, 3]
    assert all(label.definition and label.example for label in Label)
    assert Label.OFFICIAL_DENIAL == "official_denial"


@pytest.mark.parametrize(
    ("name", "meant"), [("denial", "official_denial"), ("speculatoin", "speculation"), ("factual", "factual_report")]
)
def test_a_mistyped_label_is_answered_with_the_closest(name, meant):
    with pytest.raises(ValueError, match=f"did you mean '{meant}'"):
        parse_label(name)


def test_without_a_close_one_all_are_named():
    assert did_you_mean("xyzzy", ["a", "b"]) == "one of a, b"


def test_a_missing_extra_names_its_pip_command():
    with (
        pytest.raises(MissingExtraError, match=r"'no_such_package'.*pip install 'claimclf\[train\]'"),
        needs_extra("train"),
    ):
        import no_such_package  # noqa: F401
