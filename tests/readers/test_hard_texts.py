"""The same spans through every layout of an export, on the texts where units of offsets part."""

import csv
import io
import json
import re

import pytest
import regex

from claimclf.articles import Article, Sentence, Span
from claimclf.errors import DataError
from claimclf.labels import Label
from claimclf.offsets import UNITS
from claimclf.readers import read_corpus
from claimclf.readers.tasks import Reading
from claimclf.sentences import split
from claimclf.writers import WRITERS
from tests.readers import cas_by_hand

TEXTS = {
    "family": "👨‍👩‍👧‍👦 A family moved in. 👩🏽‍🚒 They may leave again. It rained.",
    "flags": "🇩🇪🇫🇷 The two signed it. 🏴󠁧󠁢󠁳󠁣󠁴󠁿 Scotland may follow. It rained.",
    "combining": "Cafe\u0301 Zoe\u0308 opened today. The mayor said it was Å\u030a la\u0301ter. It rained.",
    "rtl": "\u200fהעירייה אמרה שהשמועה אינה נכונה.\u200f שָׁלוֹם לכולם. ירד גשם.",
    "arabic": "قال رئيس البلدية إن القصة مختلقة. قد تستغرق الإصلاحات أسابيع.",
    "crlf": "👍 Mayor reacts\r\n\r\nThe mayor said no.\r\nRepairs may take weeks.\rIt rained.",
    "nul": "A\0B met. 😀 It may\0 rain. It rained.",
    "separators": "It rained.\u2028It may rain. 𝔸 man said so.\u2029It rained\u00a0again.",
}
SUFFIX = {"jsonl": ".jsonl", "label-studio": ".json", "prodigy": ".jsonl", "doccano": ".jsonl", "csv": ".csv",
          "tsv": ".tsv", "parquet": ".parquet", "conll": ".conll",
          "brat": "", "inception": "", "datasets": ""}  # fmt: skip
SIZE = {
    "codepoint": len,
    "utf16": lambda t: len(t.encode("utf-16-le")) // 2,
    "byte": lambda t: len(t.encode()),
    "grapheme": lambda t: len(regex.findall(r"\X", t)),
}


def sentences(text):
    spans = [span for span in split(text) if any(c.isalnum() for c in span.of(text))]
    return [(span, list(Label)[n % 4]) for n, span in enumerate(spans)]


def marks(text, unit, quoted):
    size = SIZE[unit]
    for span, label in sentences(text):
        mark = {"start": size(text[: span.start]), "end": size(text[: span.end]), "label": str(label)}
        yield mark | ({"text": span.of(text)} if quoted else {})


def label_studio(text, found):
    values = [{**{k: v for k, v in m.items() if k != "label"}, "labels": [m["label"]]} for m in found]
    result = [{"from_name": "s", "to_name": "t", "type": "labels", "value": value} for value in values]
    return "a.json", [{"id": 1, "data": {"text": text}, "annotations": [{"completed_by": 1, "result": result}]}]


def label_studio_min(text, found):
    values = [{**{k: v for k, v in m.items() if k != "label"}, "labels": [m["label"]]} for m in found]
    return "a.json", [{"id": 1, "text": text, "s": values, "annotator": 1, "annotation_id": 1}]


def prodigy(text, found):
    return "a.jsonl", {"text": text, "spans": found, "answer": "accept", "_input_hash": 1}


def doccano(text, found):
    return "a.jsonl", {"id": 1, "text": text, "label": [[m["start"], m["end"], m["label"]] for m in found]}


def doccano_relations(text, found):
    rows = [{"label": m["label"], "start_offset": m["start"], "end_offset": m["end"]} for m in found]
    return "a.jsonl", {"id": 1, "text": text, "entities": rows, "relations": []}


def brat(text, found):
    lines = [f"T{n}\t{m['label']} {m['start']} {m['end']}\t{_line(m['text'])}\n" for n, m in enumerate(found, 1)]
    return "a.ann", "".join(lines).encode()


def _line(words):
    return re.sub(r"[\r\n]", " ", words)


def csv_table(text, found):
    out = io.StringIO(newline="")
    table = csv.writer(out)
    table.writerow(["article_id", "start", "end", "sentence", "label", "article_text"])
    table.writerows(["a", m["start"], m["end"], m.get("text", ""), m["label"], text] for m in found)
    return "a.csv", out.getvalue().encode()


def cas(text, found):
    rows = (cas_by_hand.mark((m["start"], m["end"]), m["label"]) for m in found)
    return "a.json", cas_by_hand.cas_json(*rows, text=text, sentences=())


def read(tmp_path, layout, text, unit, quoted, told):
    name, content = layout(text, list(marks(text, unit, quoted)))
    path = tmp_path / name
    path.write_bytes(content if isinstance(content, bytes) else json.dumps(content, ensure_ascii=False).encode())
    if path.suffix == ".ann":
        path.with_suffix(".txt").write_bytes(text.encode())
    (article,) = read_corpus([path], Reading(unit=told)).articles
    assert article.text == text
    return [(s.span, s.label) for s in article.sentences]


@pytest.mark.parametrize("text", TEXTS.values(), ids=TEXTS)
@pytest.mark.parametrize("layout", [label_studio, label_studio_min, prodigy, brat, csv_table])
@pytest.mark.parametrize("unit", UNITS)
def test_marked_words_tell_the_unit(tmp_path, layout, text, unit):
    told = unit if layout is brat and unit == "grapheme" else None  # which brat itself and its kin never count
    assert read(tmp_path, layout, text, unit, quoted=True, told=told) == sentences(text)


@pytest.mark.parametrize("text", TEXTS.values(), ids=TEXTS)
@pytest.mark.parametrize("layout", [label_studio, label_studio_min, prodigy, doccano, doccano_relations, csv_table])
@pytest.mark.parametrize("unit", UNITS)
def test_a_unit_that_is_told_is_used(tmp_path, layout, text, unit):
    assert read(tmp_path, layout, text, unit, quoted=False, told=unit) == sentences(text)


@pytest.mark.parametrize("text", TEXTS.values(), ids=TEXTS)
def test_a_cas_counts_utf16(tmp_path, text):
    assert read(tmp_path, cas, text, "utf16", quoted=False, told=None) == sentences(text)


@pytest.mark.parametrize("text", TEXTS.values(), ids=TEXTS)
@pytest.mark.parametrize("name", WRITERS)
def test_what_is_written_comes_back(tmp_path, name, text):
    article = Article("a", text, tuple(Sentence(span, label) for span, label in sentences(text)))
    path = tmp_path / f"a{SUFFIX[name]}"
    assert WRITERS[name]([article], path).articles == 1
    (found,) = read_corpus([path]).articles
    assert (found.id, found.text, found.labelled) == (article.id, text, article.sentences)


@pytest.mark.parametrize("text", TEXTS.values(), ids=TEXTS)
def test_what_prodigy_counts_is_no_question(tmp_path, text):
    assert read(tmp_path, prodigy, text, "codepoint", quoted=False, told=None) == sentences(text)


@pytest.mark.parametrize("layout", [doccano, doccano_relations])
@pytest.mark.parametrize("name", ["family", "flags", "combining", "crlf", "nul"])
def test_doccano_is_refused_where_units_part(tmp_path, layout, name):
    with pytest.raises(DataError) as caught:
        read(tmp_path, layout, TEXTS[name], "grapheme", quoted=False, told=None)
    (problem,) = caught.value.problems
    assert problem.where == str(tmp_path / "a.jsonl:1")
    assert "nothing tells which" in problem.found and "--offset-unit" in problem.hint


@pytest.mark.parametrize("layout", [label_studio, label_studio_min])
def test_label_studio_without_the_words_is_refused_where_units_part(tmp_path, layout):
    with pytest.raises(DataError, match="nothing tells which"):
        read(tmp_path, layout, TEXTS["nul"], "codepoint", quoted=False, told=None)
    text = TEXTS["combining"]  # a code point each in both units that this tool counts
    assert read(tmp_path, layout, text, "codepoint", quoted=False, told=None) == sentences(text)


@pytest.mark.parametrize("text", ["It rained. It may rain.", "Zoë said “no” – £5.\nIt rained.", TEXTS["arabic"]])
def test_doccano_is_no_question_where_all_units_agree(tmp_path, text):
    assert read(tmp_path, doccano, text, "utf16", quoted=False, told=None) == sentences(text)


def test_a_mark_before_the_first_emoji_is_no_question(tmp_path):
    path = tmp_path / "a.jsonl"
    path.write_text(json.dumps({"id": 1, "text": "It may rain. 👍🏽 Good.", "label": [[0, 12, "speculation"]]}) + "\n")
    (article,) = read_corpus([path]).articles
    assert article.sentences[0].span == Span(0, 12) and article.sentences[0].label is Label.SPECULATION


def test_a_unit_that_would_leave_the_text_is_none(tmp_path):
    text = "👍👍👍 It rained."
    path = tmp_path / "a.jsonl"
    end = SIZE["utf16"](text)  # as code points or graphemes it lies outside the text
    path.write_text(json.dumps({"id": 1, "text": text, "label": [[7, end, "factual_report"]]}) + "\n")
    corpus = read_corpus([path])
    assert "offsets in utf16 units" in corpus.notes[0]
    assert corpus.articles[0].sentences[0].label is Label.FACTUAL_REPORT
