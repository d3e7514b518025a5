"""Choices on invented articles, with the shipped model."""

import json
from itertools import pairwise

import pytest

from claimclf.articles import Article, Sentence, Span
from claimclf.cli import main
from claimclf.labels import LABELS, Label
from claimclf.predict import ClaimClassifier
from claimclf.readers import read_corpus
from claimclf.suggesting import STRATEGIES, entropy, suggest

F, C, D, S = Label
PLAIN = "{0} opened its library on Monday. The {0} council met for two hours. The road to {0} was closed on Friday. \
Workers in {0} paved the square. The mayor of {0} signed the contract."
DOUBTFUL = (
    "Whether {0} had known is said to be open. {0} was thought to have acted, if the note is right. It was, some in \
{0} felt, not nothing. The talk in {0} of a deal was called early. A sale of {0} was never quite ruled out."
)
DENIAL = (
    'The {0} ministry denied the report. A spokesman for {0} rejected the claims as invented. "That is false," the \
{0} minister said. The {0} bank dismissed the allegations. It said it had never met {0}.'
)


def article(name, form, word=None):
    return Article(name, form.format(word or name), ())


@pytest.fixture(scope="module")
def classifier():
    return ClaimClassifier.load(threads=1)


@pytest.fixture(scope="module")
def pool():
    plain = [article(f"plain {w}", PLAIN, w) for w in ("Orrin", "Selby")]
    doubtful = [article(f"doubtful {w}", DOUBTFUL, w) for w in ("Tarn", "Brack")]
    return [*plain, *doubtful, article("denial", DENIAL, "Vessa"), Article("empty", "…", ())]


def ids(made):
    return [s.article.id for s in made.chosen]


def test_each_strategy_does_what_it_says(classifier, pool):
    denials = suggest(classifier, pool, "denials", 1)
    assert ids(denials) == ["denial"] and denials.rarest is D
    (first,) = denials.chosen
    assert first.score == first.expected[D] > 3
    assert "likeliest denial" in first.why
    (doubted,) = suggest(classifier, pool, "uncertain", 1).chosen
    assert doubted.article.id.startswith("doubtful") and doubted.score == doubted.uncertainty
    assert denials.empty == ("empty",) and denials.pool == 5


def test_uncertainty_is_what_the_predictions_say(classifier, pool):
    made = suggest(classifier, pool, "uncertain", 5)
    for s in made.chosen:
        doubts = sorted((entropy(p.probabilities.values()) for p in s.prediction.sentences), reverse=True)
        assert s.uncertainty == pytest.approx(sum(doubts[:5]) / 5)
        assert sum(s.expected.values()) == pytest.approx(len(s.prediction.sentences))
        assert [x.label for x in s.article.sentences] == [p.label for p in s.prediction.sentences]


def test_the_file_has_most_of_the_rarest_first(classifier, pool):
    made = suggest(classifier, pool, "uncertain", 5)
    totals = {label: sum(s.expected[label] for s in made.chosen) for label in LABELS}
    assert made.rarest is min(totals, key=totals.get)
    assert all(a.expected[made.rarest] >= b.expected[made.rarest] for a, b in pairwise(made.chosen))


def test_near_duplicates_are_suggested_once(classifier):
    one = article("one", DOUBTFUL, "Tarn")
    twin = Article("twin", one.text + " It rained in the end.", ())
    made = suggest(classifier, [one, twin, article("other", PLAIN, "Orrin")], "uncertain", 2)
    assert len({"one", "twin"} & set(ids(made))) == 1 and "other" in ids(made)
    assert made.near_duplicates in ((("twin", "one"),), (("one", "twin"),))
    again = suggest(classifier, [one, twin], "uncertain", 2, labelled=[Article("done", one.text, ())])
    assert ids(again) == [] and {other for _, other in again.near_duplicates} == {"done"}


def test_diverse_takes_what_is_unlike(classifier):
    lines = DOUBTFUL.format("Tarn").split(". ")
    other = ". ".join([*reversed(lines), "Snow lay on the moor by the old inn that day, a clerk noted."])
    alike = [article("alike 0", DOUBTFUL, "Tarn"), Article("alike 1", other, ())]
    unlike = Article(
        "unlike",
        "Exports might be halted, traders fear. Ships were, on paper, late. No grain had come, or so buyers were told. "
        "The port opened on Monday. Workers paved the quay.",
        (),
    )
    two = suggest(classifier, [*alike, unlike], "diverse", 2)
    assert "unlike" in ids(two)
    assert "unlike" not in ids(suggest(classifier, [*alike, unlike], "uncertain", 2))
    first, second = sorted(two.chosen, key=lambda s: s.distance is not None)
    assert (first.distance, first.score) == (None, first.uncertainty)
    assert second.score == pytest.approx(second.uncertainty * second.distance) and 0.8 < second.distance < 1


@pytest.mark.parametrize("strategy", STRATEGIES)
def test_the_same_articles_give_the_same_choice(classifier, pool, strategy):
    one, two = (suggest(classifier, pool, strategy, 3) for _ in range(2))
    assert [(s.article.id, s.score, s.why) for s in one.chosen] == [(s.article.id, s.score, s.why) for s in two.chosen]


def test_sentences_that_the_data_give_are_kept(classifier):
    text = "It rained; the ministry denied it."
    whole = Article("a", text, (Sentence(Span(0, 10), S, part="title"), Sentence(Span(11, len(text)), None)))
    (made,) = suggest(classifier, [whole]).chosen
    assert [(s.span.start, s.span.end, s.part) for s in made.article.sentences] == [(0, 10, "title"), (11, 34, "body")]


def test_wrong_settings_are_refused(classifier):
    with pytest.raises(ValueError, match="count 0"):
        suggest(classifier, [], count=0)
    with pytest.raises(ValueError, match="'random'"):
        suggest(classifier, [], "random")


@pytest.mark.parametrize(("tool", "name"), [("label-studio", "t.json"), ("prodigy", "t.jsonl"), ("doccano", "t.jsonl")])
def test_the_command_writes_what_a_tool_loads(tmp_path, capsys, pool, tool, name):
    folder = tmp_path / "archive"
    folder.mkdir()
    for a in pool:
        (folder / f"{a.id}.txt").write_text(a.text, encoding="utf-8")
    (folder / "bad.txt").write_bytes(b"\xff")
    out = tmp_path / name
    arguments = ["suggest", str(folder), "--strategy", "denials", "--count", "2", "--to", tool, "--out", str(out)]
    assert main(arguments) == 3  # one input is bad; the rest is written
    captured = capsys.readouterr()
    assert "bad.txt: not UTF-8 at byte 0" in captured.err
    assert "2 articles written to" in captured.out and "left out" not in captured.out
    text = out.read_text(encoding="utf-8")
    rows = json.loads(text) if name.endswith(".json") else [json.loads(line) for line in text.splitlines()]
    data = [row.get("data") or {**row, **row.get("meta", {})} for row in rows]
    assert [d["suggest_rank"] for d in data] == [1, 2]
    assert data[0]["claimclf"]["id"].endswith("denial.txt") and data[0]["expected_official_denial"] > 3
    assert data[0]["suggest_why"].startswith("likeliest denial")
    out2 = tmp_path / f"2{name}"
    main([*arguments[:-1], str(out2)])
    assert out2.read_bytes() == out.read_bytes()


def test_the_loop_closes(tmp_path, capsys):
    """suggest → Label Studio (its annotator accepts the predictions) → convert → read; the next round leaves it out."""
    folder = tmp_path / "archive"
    folder.mkdir()
    (folder / "a.txt").write_text(DENIAL.format("Vessa"), encoding="utf-8")
    (folder / "b.txt").write_text(PLAIN.format("Orrin"), encoding="utf-8")
    tasks, mine = tmp_path / "tasks.json", tmp_path / "mine.jsonl"
    assert main(["suggest", str(folder), "--strategy", "denials", "--count", "1", "--out", str(tasks)]) == 0
    (task,) = json.loads(tasks.read_text())
    task["annotations"] = [{"completed_by": 1, "result": task["predictions"][0]["result"]}]
    tasks.write_text(json.dumps([{"id": 1, **task}]))
    assert main(["convert", str(tasks), str(mine)]) == 0
    (read,) = read_corpus([mine]).articles
    expected = ClaimClassifier.load().article(DENIAL.format("Vessa")).sentences
    assert [(s.span.start, s.span.end, s.label) for s in read.sentences] == [
        (s.start, s.end, s.label) for s in expected
    ]
    capsys.readouterr()
    again = [
        "suggest",
        str(folder),
        "--strategy",
        "denials",
        "--count",
        "1",
        "--out",
        str(tasks),
        "--labelled",
        str(mine),
    ]
    assert main(again) == 0
    assert "left out" in capsys.readouterr().out
    assert json.loads(tasks.read_text())[0]["data"]["claimclf"]["id"].endswith("b.txt")


def test_usage_errors(tmp_path, capsys):
    text = tmp_path / "a.txt"
    text.write_text("…", encoding="utf-8")
    out = str(tmp_path / "o.json")
    assert main(["suggest", str(text), "--out", out, "--count", "0"]) == 2
    assert main(["suggest", str(text), "--out", str(tmp_path / "no" / "o.json")]) == 2
    assert main(["suggest", str(text), "--out", out]) == 3
    assert "no article to suggest" in capsys.readouterr().err
    assert not (tmp_path / "o.json").exists()
