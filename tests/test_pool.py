import json

from claimclf.articles import Article, Sentence, Span
from claimclf.pool import read_pool
from claimclf.writers import WRITERS
from tests.conftest import ARTICLE
from tests.readers.cas_by_hand import DENIAL, SENTENCES, TEXT, exported, mark


def test_texts_folders_lines_and_annotated_data(tmp_path):
    folder = tmp_path / "archive"
    (folder / "deep").mkdir(parents=True)
    (folder / "deep" / "b.txt").write_bytes("It rained.\r\n👍".encode())
    (folder / "notes.md").write_text("no article")
    lines = tmp_path / "a.jsonl"
    rows = [
        {"text": "One.", "id": 5, "label": "sports"},
        {"text": "Two.", "outlet": "Gazette"},
        {"text": "Three.", "id": 5},
    ]
    lines.write_text("".join(json.dumps(r) + "\n" for r in rows), encoding="utf-8")
    ours = tmp_path / "ours.jsonl"
    sentence = {"start": 0, "end": 5, "label": "speculation", "part": "title"}
    ours.write_text(json.dumps({"id": "x", "story": "s", "text": "Four. Five.", "sentences": [sentence]}))
    studio = tmp_path / "studio.json"
    studio.write_text(json.dumps([{"id": 7, "data": {"text": "Six."}, "annotations": [{"result": "ignored"}]}]))
    other = tmp_path / "readme"
    other.write_text("Seven.")
    pool = read_pool([folder, lines, ours, studio, other])
    assert pool.problems == ()
    assert [a.text for a in pool.articles] == [
        "It rained.\r\n👍", "One.", "Two.", "Three.", "Four. Five.", "Six.", "Seven.",
    ]  # fmt: skip
    ids = [a.id for a in pool.articles]
    assert ids[1:3] == ["5", f"{lines}:2"] and ids[3] == f"5 ({lines}:3)" and ids[4:6] == ["x", "7"]
    assert len(set(ids)) == len(ids)
    (kept,) = pool.articles[4].sentences
    assert (kept.label, kept.part, kept.span.end) == (None, "title", 5)
    assert pool.articles[2].fields == {"outlet": "Gazette"}


def test_what_annotators_settled_is_no_article(tmp_path):
    (tmp_path / "a.article").write_text(ARTICLE.format(id="a", story="a"), encoding="utf-8")
    (tmp_path / "settled.tsv").write_text("article\tsentence\tfirst\tsecond\tsettled\n", encoding="utf-8")
    pool = read_pool([tmp_path])
    assert [article.id for article in pool.articles] == ["a"] and pool.problems == ()


def test_endings_may_be_in_capitals(tmp_path):
    for name, content in {"a.TXT": "One.", "b.JSONL": '{"text": "Two."}', "c.Json": '[{"text": "Three."}]'}.items():
        (tmp_path / name).write_text(content, encoding="utf-8")
    pool = read_pool([tmp_path])
    assert pool.problems == () and [a.text for a in pool.articles] == ["One.", "Two.", "Three."]


def test_a_cas_with_labels_on_several_layers_is_text_as_well(tmp_path):
    layers = (mark(DENIAL, "official_denial"), mark("Mayor", "PER", "entity"))
    (tmp_path / "x.zip").write_bytes(exported("x.xmi", *layers))
    pool = read_pool([tmp_path])
    assert pool.problems == () and [a.text for a in pool.articles] == [TEXT]
    (article,) = pool.articles
    assert [(s.span.of(TEXT), s.label) for s in article.sentences] == [(words, None) for words in SENTENCES]


def test_one_bad_input_does_not_fail_the_others(tmp_path):
    good, bad, empty = tmp_path / "good.txt", tmp_path / "bad.txt", tmp_path / "empty"
    good.write_text("It rained.")
    bad.write_bytes(b"It \xff rained.")
    empty.mkdir()
    lines = tmp_path / "a.jsonl"
    lines.write_bytes(b'{"text": "One."}\n{"text": 1}\n' + b"[" * 100_000 + b'\n\xff\n[1]\n{"text": "Two."}\n')
    broken = tmp_path / "b.json"
    broken.write_text("[")
    damaged = tmp_path / "c.jsonl"
    damaged.write_text(json.dumps({"text": "x", "claimclf": {"sentences": [[0, 9]]}}))
    pool = read_pool([good, bad, empty, tmp_path / "none.txt", lines, broken, damaged])
    assert [a.text for a in pool.articles] == ["It rained.", "One.", "Two."]
    found = "\n".join(map(str, pool.problems))
    for words in (
        "bad.txt: not UTF-8 at byte 3",
        "empty: nothing to read",
        "none.txt: no such file",
        "b.json: no JSON",
    ):
        assert words in found
    for place in ("2: no object", "3: no JSON", "4: no JSON", "5: no object"):
        assert f"a.jsonl:{place}" in found
    assert "c.jsonl:1" in found


def test_a_folder_of_brats_and_a_saved_dataset_are_articles_once(tmp_path):
    article = Article("a", "It rained. It may.", (Sentence(Span(0, 10), None), Sentence(Span(11, 18), None)))
    for name in ("brat", "datasets"):
        WRITERS[name]([article], tmp_path / name)
    pool = read_pool([tmp_path])
    assert pool.problems == () and [a.text for a in pool.articles] == [article.text] * 2
    assert all(a.sentences == article.sentences for a in pool.articles)


def test_a_line_without_end_is_not_taken_into_memory(tmp_path):
    lines = tmp_path / "a.jsonl"
    lines.write_bytes(b'{"text": "One."}\n' + b'{"text": "' + b"x" * 10_000_000 + b'"}\n')
    pool = read_pool([lines])
    assert [a.text for a in pool.articles] == ["One."]
    assert f"{lines}:2: a line of over 10,000,000 bytes" in str(pool.problems[0])
