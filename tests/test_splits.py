"""Splits that do not leak: the promises on invented articles, and by property on random stories."""

import random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from claimclf.articles import Article, Sentence, Span
from claimclf.errors import DataError
from claimclf.labels import LABELS
from claimclf.splits import SPLITS, SplitSettings, in_share, near_duplicates, split

SHARES = [0.5, 0.2, 0.1, 0.2]  # of the labels in invented articles


pytestmark = pytest.mark.filterwarnings("ignore:The least populated class")


def article(name, labels, story="", words=None):
    """An article whose sentences have these labels (numbers, or None), of words that no other article has."""
    text, sentences = "", []
    for i, label in enumerate(labels):
        body = f"{words[i] if words else ' '.join(f'{name}w{i}x{j}' for j in range(6))}."
        start = len(text) + bool(text)
        text = f"{text} {body}".strip()
        sentences.append(Sentence(Span(start, len(text)), None if label is None else LABELS[label]))
    return Article(name, text, tuple(sentences), story)


def corpus(count, stories=None, seed=0):
    chance = random.Random(seed)
    return [
        article(
            f"a{i}",
            chance.choices(range(4), SHARES, k=chance.randint(3, 12)),
            f"story{chance.randrange(stories)}" if stories else "",
        )
        for i in range(count)
    ]


BODY = [f"sentence {n} tells of harbour {n * n} and of pilot {7 * n} who went aboard there" for n in range(12)]
EDITED = [BODY[0], "an editor put other words here", *BODY[2:]]
OTHER = [f"quite another piece, part {n}, on orchard {n + 100} with pears of kind {n * 3}" for n in range(12)]


def test_near_duplicates_are_edited_copies_and_not_other_articles():
    one, two, three = (
        article(name, [0] * len(words), words=words) for name, words in (("a", BODY), ("b", EDITED), ("c", OTHER))
    )
    ((first, second, similarity),) = near_duplicates([one, two, three], 0.5)
    assert (first, second) == ("a", "b")
    assert 0.5 < similarity < 1
    assert near_duplicates([one, two, three], 0.95) == []
    assert near_duplicates([one, three], 0.1) == []


def test_the_similarity_is_that_of_five_word_shingles_whatever_the_case_and_punctuation():
    one = article("a", [0], words=["one two three four five six seven"])
    two = article("b", [0], words=["One, two: three FOUR five six eight"])
    assert near_duplicates([one, two], 0.2) == [("a", "b", 0.5)]  # two shingles of four in all are common
    assert near_duplicates([one, article("c", [0], words=["one two three four six five seven"])], 0.05) == []


def test_copies_of_short_texts_are_near_duplicates_too():
    articles = [
        article(name, [0], words=[words]) for name, words in (("a", "It may"), ("b", "it may"), ("c", "It did"))
    ]
    assert near_duplicates(articles, 0.5) == [("a", "b", 1.0)]


def test_a_pair_of_copies_is_on_one_side_whatever_the_seed():
    copies = [article(name, [0, 1] * 6, words=words) for name, words in (("b", EDITED), ("z", OTHER), ("a", BODY))]
    for seed in range(10):
        found = split(corpus(12) + copies, SplitSettings(0.3, 0.3, seed))
        assert [pair[:2] for pair in found.near_duplicates] == [("b", "a")]
        assert found.of["a"] == found.of["b"]
        assert found.groups == 14
    apart = split(corpus(12) + copies, SplitSettings(0.3, 0.3, near_duplicate=0.95))
    assert (apart.groups, apart.near_duplicates) == (15, ())


def test_stories_and_copies_are_joined_transitively():
    articles = [
        article("a", [0] * 12, "one", BODY), article("b", [1] * 12, "two", EDITED), article("c", [2], "two"),
        article("d", [3], "one"), article("e", [0], "three"), article("f", [1], "four"),
    ]  # fmt: skip
    for seed in range(5):
        found = split(articles, SplitSettings(0.2, 0.2, seed))
        assert len({found.of[name] for name in "abcd"}) == 1
        assert found.groups == 3


CORPORA = st.lists(
    st.tuples(st.integers(0, 7), st.lists(st.sampled_from([0, 1, 2, 3, None]), min_size=1, max_size=5)),
    min_size=1,
    max_size=14,
)

SIZES = [(0.1, 0.05), (0.3, 0.0), (0.05, 0.9), (0.9, 0.05), (0.95, 0.0)]


@settings(max_examples=60, deadline=None)
@given(rows=CORPORA, seed=st.integers(0, 2**32 - 1), shares=st.sampled_from(SIZES))
def test_no_story_is_split_and_no_split_is_empty(rows, seed, shares):
    articles = [article(f"a{i}", labels, f"s{story}") for i, (story, labels) in enumerate(rows)]
    labelled = {a.story for a in articles if a.labelled}
    wanted = {"train", "validation"} | ({"test"} if shares[1] else set())
    try:
        found = split(articles, SplitSettings(*shares, seed))
    except DataError:
        assert len(labelled) < len(wanted)
        return
    assert len(labelled) >= len(wanted)
    assert list(found.of) == [a.id for a in articles]
    stories = {(a.story, found.of[a.id]) for a in articles}
    assert len(stories) == len({a.story for a in articles}) == found.groups
    assert {found.of[a.id] for a in articles if a.labelled} == wanted


def test_the_same_seed_gives_the_same_splits_and_another_seed_others():
    articles = corpus(60, 40)
    assert split(articles, SplitSettings(seed=1)) == split(articles, SplitSettings(seed=1))
    assert split(articles, SplitSettings(seed=1)).of != split(articles, SplitSettings(seed=2)).of


@pytest.mark.parametrize(("validation", "test"), [(0.1, 0.05), (0.2, 0.2), (0.15, 0.0)])
def test_shares_are_those_that_were_asked_for_and_labels_are_spread(validation, test):
    found = split(corpus(240, 200), SplitSettings(validation, test))
    total = sum(counts["sentences"] for counts in found.counts.values())
    for name, share in (("validation", validation), ("test", test), ("train", 1 - validation - test)):
        counts = found.counts[name]
        assert abs(counts["sentences"] / total - share) < 0.02
        for label in LABELS if share else ():
            overall = sum(c[label] for c in found.counts.values()) / total
            assert abs(counts[label] / counts["sentences"] - overall) < 0.05


def test_a_test_share_of_nothing_gives_no_test_articles():
    found = split(corpus(30), SplitSettings(0.2, 0.0))
    assert set(found.of.values()) == {"train", "validation"}
    assert not any(found.counts["test"].values())
    assert set(split(corpus(3), SplitSettings(0.0, 0.0)).of.values()) == {"train"}
    assert set(split(corpus(9), SplitSettings(0.0, 0.2)).of.values()) == {"train", "test"}


def test_articles_without_labels_are_in_train_unless_their_story_says_otherwise():
    found = split([*corpus(20), article("bare", [None, None]), article("too", [None], "a0")], SplitSettings(0.4, 0.4))
    assert found.of["bare"] == "train"
    assert found.of["too"] == found.of["a0"]
    assert any(
        split([*corpus(20), article("too", [None], "a0")], SplitSettings(0.4, 0.4, seed)).of["too"] != "train"
        for seed in range(5)
    )


def test_labels_that_each_stand_once_are_split_all_the_same():
    articles = [article(name, [label]) for label, name in enumerate("abc")]
    assert {frozenset(split(articles, SplitSettings(seed=seed)).of.values()) for seed in range(5)} == {
        frozenset(SPLITS)
    }
    assert len({tuple(split(articles, SplitSettings(seed=seed)).of.values()) for seed in range(9)}) > 1


@pytest.mark.parametrize(
    ("articles", "found"),
    [
        ([], "0 articles in 0 groups, 0 labelled sentences; 3 splits need at least as many stories"),
        (corpus(2), "2 articles in 2 groups"),
        (corpus(9, stories=2), "9 articles in 2 groups"),
        ([article(name, [None]) for name in "abcd"], "4 articles in 4 groups, 0 labelled"),
        ([*corpus(2), article("c", [None])], "3 articles in 3 groups"),
    ],
    ids=["nothing", "few articles", "few stories", "no labels", "too few with labels"],
)
def test_too_little_to_split_is_said_with_numbers(articles, found):
    with pytest.raises(DataError, match=found):
        split(articles, SplitSettings())


def test_the_evidence_counts_every_article_group_and_sentence():
    articles = [*corpus(40, 25), article("bare", [None])]
    found = split(articles, SplitSettings(0.2, 0.2))
    for name in SPLITS:
        inside = [a for a in articles if found.of[a.id] == name]
        labels = [s.label for a in inside for s in a.labelled]
        assert found.counts[name] == {
            "articles": len(inside), "groups": len({a.story for a in inside}), "sentences": len(labels),
            **{label: labels.count(label) for label in LABELS},
        }  # fmt: skip
    assert sum(counts["groups"] for counts in found.counts.values()) == found.groups


def test_the_evidence_is_told_and_saved():
    articles = [
        *corpus(12), article("a", [0, 1] * 6, words=BODY), article("b", [0, 1] * 6, words=EDITED)
    ]  # fmt: skip
    found = split(articles, SplitSettings(0.2, 0.2))
    saved = found.to_dict()
    assert saved["groups"] == 13
    assert saved["counts"] == found.counts
    assert [pair[:2] for pair in saved["near_duplicates"]] == [["a", "b"]]
    assert {name: split_name for split_name, names in saved["articles"].items() for name in names} == found.of
    head, *rows, last = found.describe().split("\n")
    assert head.split() == ["split", "articles", "groups", "sentences", *LABELS]
    assert [row.split() for row in rows] == [[name, *map(str, found.counts[name].values())] for name in SPLITS]
    assert last == "13 groups of stories; 1 near-duplicate pairs kept together"


def test_settings_are_saved_as_they_are():
    assert SplitSettings(0.2, 0.1, 5, 0.7).to_dict() == {
        "validation": 0.2, "test": 0.1, "seed": 5, "near_duplicate": 0.7
    }  # fmt: skip


def test_cases_are_always_in_train(tmp_path):
    from claimclf.readers import read_corpus
    from tests.conftest import write_articles
    from tests.readers.test_cases import CASE, write

    folder = write_articles(tmp_path / "a", 12)
    write(folder / "pleas.cases", *({**CASE, "id": f"plea-{n}"} for n in range(20)))
    articles = read_corpus([folder]).articles
    without = split([a for a in articles if "plea" not in a.id], SplitSettings(validation=0.2, test=0.2))
    found = split(articles, SplitSettings(validation=0.2, test=0.2))
    assert {found.of[a.id] for a in articles if "plea" in a.id} == {"train"}
    assert {k: v for k, v in found.of.items() if "plea" not in k} == without.of


def test_shares_of_stories_hold_smaller_ones_and_share_nothing_with_what_begins_after_them():
    stories = [f"story {n}" for n in range(400)]
    some, more = ({s for s in stories if in_share(s, share)} for share in (0.3, 0.7))
    assert 80 < len(some) < len(more) < 320 and some < more
    rest = {s for s in stories if in_share(s, 0.3, 0.7)}
    assert not more & rest and more | rest == set(stories)
    assert all(in_share(s, 1.0) for s in [*stories, "half \ud83d"])
