"""What a real Label Studio server gives: exports that one gave, and a whole round with one where it is installed."""

import json
import re
from pathlib import Path

import pytest

from claimclf.articles import Article, Sentence, Span
from claimclf.cli import main
from claimclf.config import TrainingConfig
from claimclf.errors import DataError
from claimclf.labels import LABELS, Label
from claimclf.predict import ClaimClassifier
from claimclf.readers import format_of, read, read_corpus
from claimclf.writers import SUGGESTIONS
from claimclf.writers.guesses import Guess
from tests.readers import label_studio

F, C, D, S = Label
SAMPLES = Path(__file__).parent / "samples" / "label_studio_server"
DOCS = Path(__file__).parents[2] / "docs"
CONFIG = re.search(r"```xml\n(.*?)```", (DOCS / "formats.md").read_text(encoding="utf-8"), re.DOTALL)[1]
BOTH = pytest.mark.parametrize("end", [".json", "-min.json"])
HARD = [
    "👍 Mayor reacts\r\n\r\nThe mayor said the story was invented. Repairs  may take weeks.\r\nThe bridge closed.",
    "שמועה בעיר\n\nלפי דיירים, הגשר ייסגר ביום שני. העירייה הכחישה את הדיווח.",
    "The 👨‍👩‍👧‍👦 café\tcosts < 5 & more 🇮🇪. A literal \\n stays.\n  It\u00a0e\u0301nds,\u200b he said.",
]


def labels(article):
    return [(s.span.of(article.text), s.label) for s in article.labelled]


@BOTH
def test_what_the_api_was_told_comes_back(end):
    path = SAMPLES / f"api{end}"
    assert format_of(path) == "label-studio"
    corpus = read_corpus([path])
    first, second, third = sorted(corpus.articles, key=lambda article: int(article.id))
    assert [s.label for s in first.sentences] == [F, C, D, S]
    assert first.sentences[1].also == (F,)
    assert first.text.count("\r\n") == 3 and first.fields == {"outlet": "Gazette"}
    assert labels(second) == [
        ("שמועה בעיר", C),
        ("לפי דיירים, הגשר ייסגר ביום שני.", D),
        ("העירייה הכחישה את הדיווח.", S),
    ]
    assert labels(third) == [
        ("The 👨‍👩‍👧‍👦 café\tcosts < 5 & more 🇮🇪.", D), ("A literal \\n stays.", S),
        ('"It\u00a0may rain’,\u200b" he said.', F), ("Indented  line e\u0301nds here.", C), ("Last line.", D),
    ]  # fmt: skip
    assert "3 texts, 2 annotators, offsets in codepoint units" in corpus.notes[0]


@BOTH
def test_what_was_marked_in_the_browser_is_read(end):
    corpus = read_corpus([SAMPLES / f"browser{end}"])
    first, second, third, fourth, fifth = sorted(corpus.articles, key=lambda article: int(article.id))
    assert [s.label for s in first.sentences] == [F, D, S, F]
    assert [s.label for s in second.sentences] == [C, C, C]
    assert [s.label for s in third.sentences] == [D, F, S, C]
    assert [s.label for s in fourth.sentences] == [C, C, D]
    assert [s.label for s in fifth.sentences] == [F, S, C, D, None]
    assert "offsets in codepoint units" in corpus.notes[0]


def test_the_browser_saves_words_as_it_shows_them():
    regions = [
        (task["data"]["text"], region["value"])
        for task in json.loads((SAMPLES / "browser.json").read_bytes())
        for region in task["annotations"][0]["result"]
    ]
    other = {v["text"] for text, v in regions if text[v["start"] : v["end"]] != v["text"]}
    assert "Mayor reacts\\n\\n\\n\\nThe mayor said the story was invented." in other
    assert "Repairs may take" in other and "" in other


def test_a_browser_leaves_out_nul_and_the_shifted_marks_are_refused():
    with pytest.raises(DataError, match="no unit of offsets fits all marks"):
        read_corpus([SAMPLES / "nul.json"])


@pytest.fixture
def server(tmp_path):
    if label_studio.EXECUTABLE is None:
        pytest.skip(label_studio.HOW)
    with label_studio.running(tmp_path) as server:
        yield server


def guess(name, text, classifier):
    """A text with the model's labels."""
    found = classifier.article(text).sentences
    sentences = tuple(Sentence(Span(s.start, s.end), s.label) for s in found)
    return Guess(Article(name, text, sentences, f"story of {name}"), "shipped", tuple(s.confidence for s in found))


def correct(server, number, wanted):
    """Take the pre-annotations that the server has and put the wanted labels on them."""
    (prediction,) = server.call("GET", f"/api/tasks/{number}/")["predictions"]
    regions = prediction["result"]
    assert [(r["value"]["start"], r["value"]["end"]) for r in regions] == [span for span, _ in wanted]
    for region, (_, label) in zip(regions, wanted, strict=True):
        region["value"]["labels"] = [str(label)]
    server.call("POST", f"/api/tasks/{number}/annotations/", {"result": regions, "lead_time": 12.5})
    return regions


@pytest.mark.slow
@pytest.mark.timeout(1200)
@pytest.mark.allow_hosts(["127.0.0.1"])
def test_a_whole_round(server, tmp_path, written, encoders, capsys):
    from claimclf.training import train

    classifier = ClaimClassifier.load()
    texts = [*HARD, *(article.text for article in read(written))]
    guesses = [guess(f"text {n}", text, classifier) for n, text in enumerate(texts)]
    SUGGESTIONS["label-studio"](guesses, tmp_path / "tasks.json")
    tasks = json.loads((tmp_path / "tasks.json").read_bytes())
    wanted = [  # what an annotator makes of them: our labels in turn
        [((s.span.start, s.span.end), LABELS[n % len(LABELS)]) for n, s in enumerate(g.article.sentences)]
        for g in guesses
    ]
    project = server.call("POST", "/api/projects/", {"title": "round", "label_config": CONFIG})["id"]
    numbers = server.call("POST", f"/api/projects/{project}/import?return_task_ids=true", tasks)["task_ids"]
    for number, spans in zip(numbers, wanted, strict=True):
        regions = correct(server, number, spans)
    server.call("POST", f"/api/tasks/{numbers[0]}/annotations/", {"result": regions[:1], "was_cancelled": True})

    expected = {g.article.id: (g.article.text, g.article.story, w) for g, w in zip(guesses, wanted, strict=True)}
    for kind in ("JSON", "JSON_MIN"):
        path = tmp_path / f"{kind}.json"
        path.write_bytes(server.raw("GET", f"/api/projects/{project}/export?exportType={kind}"))
        assert main(["check", str(path)]) == 0
        assert "offsets in codepoint units" in capsys.readouterr().out
        assert content(read_corpus([path])) == expected
        assert main(["convert", str(path), str(tmp_path / f"{kind}.jsonl")]) == 0
        assert content(read_corpus([tmp_path / f"{kind}.jsonl"])) == expected

    config = TrainingConfig(
        data=[str(tmp_path / "JSON.jsonl")], encoder=str(encoders["bert"]), output=str(tmp_path / "run"), epochs=1,
        validation=0.2, test=0.1, max_tokens=64, batch_size=4,
    )  # fmt: skip
    trained = ClaimClassifier.load(train(config).folder)
    assert trained.article(HARD[0]).text == HARD[0]


def content(corpus):
    return {
        a.id: (a.text, a.story, [((s.span.start, s.span.end), s.label) for s in a.sentences if s.label])
        for a in corpus.articles
    }
