"""What is written for annotation tools comes back through their readers: the same texts, sentences and labels."""

import json

import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from claimclf.articles import Article, Sentence, Span
from claimclf.cli import main
from claimclf.errors import DataError
from claimclf.labels import LABELS, Label
from claimclf.projection import QUESTIONS
from claimclf.readers import format_of, read_corpus
from claimclf.writers import SUGGESTIONS, WRITERS
from claimclf.writers.guesses import Guess

TOOLS = {"label-studio": ".json", "prodigy": ".jsonl", "doccano": ".jsonl"}
F, C, D, S = Label
WORDS = st.text(st.sampled_from('aB.é👍👩\u200d\u0301ש"\\'), min_size=1, max_size=6)
GAPS = st.sampled_from([" ", "\r\n", "\n\n", "\0", "", "\t"])


@st.composite
def articles(draw, number=0, second=True):
    text, sentences = draw(st.sampled_from(["", "\r\n", " 🇫🇷 "])), []
    for word in draw(st.lists(WORDS, max_size=8)):
        span = Span(len(text), len(text) + len(word))
        label = draw(st.sampled_from([None, *LABELS]))
        later = QUESTIONS[QUESTIONS.index(label) + 1 :] if label and second else ()
        also = tuple(x for x in LABELS if x in later and draw(st.booleans()))
        sentences.append(Sentence(span, label, also))
        text += word + draw(GAPS)
    fields = draw(st.dictionaries(st.sampled_from(["outlet", "desk", "mood"]), WORDS, max_size=2))
    return Article(f"{number} {draw(WORDS)}", text or "-", tuple(sentences), "s", fields)


def same(one, other):
    rows = [(a.id, a.text, a.sentences, a.story, dict(a.fields)) for a in one]
    assert rows == [(a.id, a.text, a.sentences, a.story, dict(a.fields)) for a in other]


@pytest.mark.parametrize("tool", TOOLS)
@settings(deadline=None, max_examples=60)
@given(data=st.data())
def test_reading_what_was_written_is_the_identity(tmp_path_factory, tool, data):
    made = [data.draw(articles(n)) for n in range(data.draw(st.integers(1, 3)))]
    made = list({a.text: a for a in made}.values())  # Prodigy knows a text once
    path = tmp_path_factory.mktemp("w") / f"a{TOOLS[tool]}"
    outcome = WRITERS[tool](made, path)
    assert outcome.articles == len(made)
    nul = tool == "label-studio" and sum("\0" in a.text for a in made)
    assert [line.split(" texts")[0] for line in outcome.lost] == ([f"NUL to its page: of {nul}"] if nul else [])
    try:
        again = read_corpus([path], form=tool).articles
    except DataError as error:
        doubt = tool == "label-studio" and "nothing tells which" in str(error)
        assume(not doubt)  # one and the same word where both units that this tool counts would place it
        raise
    same(again, made)


@pytest.mark.parametrize("tool", TOOLS)
@settings(deadline=None, max_examples=30)
@given(data=st.data())
def test_corrected_suggestions_come_back_as_what_people_said(tmp_path_factory, tool, data):
    article = data.draw(articles(second=False))
    labels = [data.draw(st.sampled_from(LABELS)) for _ in article.sentences]
    guessed = [Sentence(s.span, label) for s, label in zip(article.sentences, labels, strict=True)]
    guess = Article(article.id, article.text, tuple(guessed), article.story, article.fields)
    path = tmp_path_factory.mktemp("w") / f"a{TOOLS[tool]}"
    SUGGESTIONS[tool]([Guess(guess, "m", (0.5,) * len(labels), {"suggest_rank": 1})], path)
    answered(tool, path, [s.label for s in article.sentences])
    same(read_corpus([path], form=tool).articles, [article])


def answered(tool, path, labels):
    """The file as the tool gives it after one annotator put `labels` on the suggested spans."""
    if tool == "label-studio":
        (task,) = json.loads(path.read_text())
        regions = task["predictions"][0]["result"]
        for region, label in zip(regions, labels, strict=True):
            region["value"]["labels"] = [label]
        kept = [region for region, label in zip(regions, labels, strict=True) if label]
        task |= {"id": 7, "annotations": [{"completed_by": 1, "was_cancelled": False, "result": kept}]}
        path.write_text(json.dumps([task]))
        return
    task = json.loads(path.read_text())
    if tool == "prodigy":
        spans = [{**span, "label": label} for span, label in zip(task["spans"], labels, strict=True) if label]
        task |= {"spans": spans, "answer": "accept", "_input_hash": 5}
    else:
        triples = [[*row[:2], label] for row, label in zip(task["label"], labels, strict=True) if label]
        task = {"id": 3, **task, "label": triples, "Comments": []}
    path.write_text(json.dumps(task) + "\n")


def example(**more):
    text = "👍 It may rain. It rained."
    sentences = (Sentence(Span(0, 14), S), Sentence(Span(15, 25), F))
    return Article("a1", text, sentences, "storm", {"outlet": "Gazette"}, **more)


def test_label_studio_predictions_have_what_the_tool_asks_for(tmp_path):
    path = tmp_path / "tasks.json"
    SUGGESTIONS["label-studio"]([Guess(example(), "shipped 1", (0.5, 0.9), {"suggest_score": 0.25})], path)
    (task,) = json.loads(path.read_text())
    assert task["data"]["text"] == example().text and task["data"]["suggest_score"] == 0.25
    (prediction,) = task["predictions"]
    assert (prediction["model_version"], prediction["score"]) == ("shipped 1", 0.7)
    first, second = prediction["result"]
    assert (first["from_name"], first["to_name"], first["type"], first["score"]) == ("label", "text", "labels", 0.5)
    assert second["value"] == {"start": 15, "end": 25, "text": "It rained.", "labels": ["factual_report"]}
    assert first["id"] != second["id"]


def test_no_models_labels_are_read_as_gold(tmp_path):
    for tool in TOOLS:
        path = tmp_path / f"{tool}{TOOLS[tool]}"
        SUGGESTIONS[tool]([Guess(example(), "shipped", (0.5, 0.9))], path)
        said = "with predictions at most, holds no labels" if tool == "label-studio" else "shipped's labels, which no"
        with pytest.raises(DataError, match=said):
            read_corpus([path])


def test_doccano_counts_utf16_and_the_reader_believes_what_our_file_says(tmp_path):
    path = tmp_path / "a.jsonl"
    outcome = WRITERS["doccano"]([example()], path)
    assert json.loads(path.read_text())["label"] == [[0, 15, "speculation"], [16, 26, "factual_report"]]
    assert outcome.lost == ()
    corpus = read_corpus([path])
    assert corpus.articles[0].sentences == example().sentences and "offsets in utf16 units" in corpus.notes[0]
    path.write_text(path.read_text().replace('"unit": "utf16"', '"unit": "utf17"'))
    with pytest.raises(DataError, match="counts in 'utf17', which is no unit"):
        read_corpus([path])


@pytest.mark.parametrize("tool", TOOLS)
def test_what_cannot_be_carried_is_counted(tmp_path, tool):
    title = Sentence(Span(0, 9), F, (D, C), "title", (Span(3, 9),), (Span(0, 2),))
    article = Article("a", "It rained", (title,), "s", {"text": "x", "mood": "", "claimclf": "y", "desk": "local"})
    path = tmp_path / f"a{TOOLS[tool]}"
    lost = WRITERS[tool]([article], path).lost
    assert lost == (
        "`also` that would be read as the label itself: 2", "cues: 1", "sources: 1",
        "headlines as such (they are read as sentences of the body): 1",
        f"fields whose name the format needs, or without a value: {2 if tool == 'prodigy' else 3}",
    )  # fmt: skip
    (back,) = read_corpus([path]).articles
    assert back.sentences == (Sentence(Span(0, 9), F),)


def test_prodigy_knows_a_text_once(tmp_path):
    one = Article("a", "It rained.", (Sentence(Span(0, 10), F),))
    path = tmp_path / "a.jsonl"
    outcome = WRITERS["prodigy"]([one, Article("b", one.text, one.sentences)], path)
    assert outcome.lost == ("articles with the same text as another apart: 1",)
    assert len(read_corpus([path]).articles) == 1


@pytest.mark.parametrize(
    "kept", [5, {}, {"sentences": [[0, 1, 2]]}, {"sentences": [[0, "1"]]}, {"sentences": [[0, 99]]},
             {"sentences": [[5, 2]]}, {"sentences": [], "id": 5}, {"sentences": [[0, 9], [3, 10]]}],
)  # fmt: skip
def test_a_damaged_object_beside_the_text_is_a_typed_error(tmp_path, capsys, kept):
    path = tmp_path / "a.jsonl"
    path.write_text(json.dumps({"text": "It rained.", "spans": [], "answer": "accept", "claimclf": kept}))
    assert main(["check", str(path)]) == 3
    assert "a.jsonl:1" in capsys.readouterr().err


@pytest.mark.parametrize("tool", TOOLS)
def test_convert_writes_for_a_tool_and_back(tmp_path, tool, capsys):
    first, out, back = tmp_path / "a.jsonl", tmp_path / f"b{TOOLS[tool]}", tmp_path / "c.jsonl"
    article = Article("a", "It may. It rained.", (Sentence(Span(0, 7), S), Sentence(Span(8, 18), F, (C,))))
    WRITERS["jsonl"]([article], first)
    assert main(["convert", str(first), str(out), "--to", tool]) == 0
    assert f"{tool} cannot carry `also`" in capsys.readouterr().out
    assert format_of(out) == tool
    assert main(["convert", str(out), str(back)]) == 0
    (read,) = read_corpus([back]).articles
    assert [s.label for s in read.sentences] == [S, F]


def test_marks_that_are_the_sentences_sent_out_tell_the_unit(tmp_path):
    text = " 🇫🇷 B B "  # 6-7 is a B in code points, and in UTF-16 units
    made = Article("a", text, (Sentence(Span(6, 7), F),), "s")
    WRITERS["label-studio"]([made], tmp_path / "a.json")
    same(read_corpus([tmp_path / "a.json"], form="label-studio").articles, [made])
    both = Article("a", text, (Sentence(Span(4, 5), None), Sentence(Span(6, 7), F)), "s")
    WRITERS["label-studio"]([both], tmp_path / "b.json")
    with pytest.raises(DataError, match="nothing tells which"):
        read_corpus([tmp_path / "b.json"], form="label-studio")
