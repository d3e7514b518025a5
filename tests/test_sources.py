"""Each recipe on small files made for it: what is taken, what is cleaned, and what a wrong file says."""

import io
import json
import zipfile

import pytest

from claimclf import sources
from claimclf.errors import DataError
from claimclf.sources import RECIPES, rebuild


def wikinews(*records):
    return b"\n".join(json.dumps(record).encode() for record in records) + b"\n"


def record(key, title, *paragraphs):
    body = [{"name": f"body_par_{i:03}", "value": value} for i, value in enumerate(paragraphs)]
    return {"docId": key, "title": title, "document": [{"name": "dateline", "value": "Rain Day"}, *body]}


def voa(text_only, multimedia=()):
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, rows in (("text_only_event", text_only), ("text_multimedia_event", multimedia)):
            records = [{"sentence_id": identity, "sentence": sentence} for identity, sentence in rows]
            archive.writestr(f"m2e2_annotations/{name}.json", json.dumps(records))
    return file.getvalue()


GUM = """# newdoc id = GUM_news_otters
# meta::title = Otters return to the canal
# newpar
# newpar_block = head (1 s)
# text = Otters return to the canal
1\tOtters\totter

# newpar
# text = Two otters were seen.
1\tTwo\ttwo

# text = Nobody knows why = yet.
1\tNobody\tnobody

# newpar
# text = “Welcome,” said the lock-keeper.
"""


def gum(*paragraphs, file=GUM):
    return rebuild({"recipe": "gum-conllu", "paragraphs": list(paragraphs)}, file.encode())


def news(key, *paragraphs, file):
    return rebuild({"recipe": "wikinews-json", "key": key, "paragraphs": list(paragraphs)}, file)


def voice(*sentences, file):
    return rebuild({"recipe": "voa-sentences", "key": "VOA_1", "sentences": list(sentences)}, file)


def plain(start, end, content):
    return rebuild({"recipe": "plain-file", "path": "a.txt", "start": start, "end": end}, content, "tt-1")


class TestWikinews:
    def test_the_record_with_the_key_and_only_the_listed_body_paragraphs(self):
        file = wikinews(record(1, "Other", "Not this."), record(2, "Rain", "It rained.", "Ads.", "It stopped."))
        assert news(2, 0, 2, file=file) == "Rain\n\nIt rained.\n\nIt stopped."

    def test_paragraphs_are_unescaped_and_cleaned(self):
        file = wikinews(record(1, "R", " Rain &mdash; [[heavy]]  , they say ( twice ) !\n"))
        assert news(1, 0, file=file) == "R\n\nRain — heavy, they say ( twice)!"

    def test_a_negative_index_takes_a_paragraph_as_it_stands(self):
        file = wikinews(record(1, "R", "One.", " Rain &amp; [[fog]] , again. "))
        assert news(1, 0, -2, file=file) == "R\n\nOne.\n\n Rain & [[fog]] , again. "

    def test_the_title_is_unescaped_and_on_one_line(self):
        assert news(1, 0, file=wikinews(record(1, " Rain\n &quot;ends&quot; ", "A."))) == 'Rain "ends"\n\nA.'

    def test_an_index_may_be_any_paragraph_once_more(self):
        assert news(1, 1, 0, file=wikinews(record(1, "R", "A.", "B."))) == "R\n\nB.\n\nA."

    def test_a_file_is_parsed_once_for_all_its_articles(self, monkeypatch):
        file = wikinews(*(record(key, f"T{key}", "A.") for key in range(5)))
        loads, calls = json.loads, []
        monkeypatch.setattr(sources.json, "loads", lambda line: calls.append(1) or loads(line))
        assert [news(key, 0, file=file) for key in range(5)] == [f"T{key}\n\nA." for key in range(5)]
        assert len(calls) == 5

    def test_two_files_do_not_mix(self):
        one, two = (wikinews(record(1, title, "A.")) for title in ("One", "Two"))
        assert [news(1, 0, file=file) for file in (one, two, one)] == ["One\n\nA.", "Two\n\nA.", "One\n\nA."]


class TestGum:
    def test_title_paragraphs_and_sentences(self):
        text = "Two otters were seen. Nobody knows why = yet.\n\n“Welcome,” said the lock-keeper."
        assert gum(1, 2) == f"Otters return to the canal\n\n{text}"

    def test_line_ends_of_windows_do_not_matter(self):
        assert gum(1, 2, file=GUM.replace("\n", "\r\n")) == gum(1, 2)


class TestVoa:
    def test_cut_title_and_sentences(self):
        file = voa(
            [("VOA_1_0", "Ferry Runs Again - - The ferry\xa0runs."), ("VOA_1_1", "It is full."), ("VOA_2_0", "No.")]
        )
        assert voice([0, 20], [1, 0], file=file) == "Ferry Runs Again\n\nThe ferry runs. It is full."

    def test_without_a_cut_there_is_no_headline(self):
        assert voice([0, 0], file=voa([("VOA_1_0", "It is full.")])) == "It is full."

    def test_later_sentences_replace_earlier_ones_of_the_same_number(self):
        file = voa([("VOA_1_0", "One."), ("VOA_1_0", "Two."), ("VOA_1_1", "Old.")], [("VOA_1_1", "New.")])
        assert voice([0, 0], [1, 0], file=file) == "Two. New."

    @pytest.mark.parametrize(
        ("stored", "tidy"),
        [
            ("No full  stop", "No full stop."),
            ("- Loose hyphens -", "Loose hyphens."),
            ("A dash — - it goes on.", "A dash — it goes on."),
            ("A dash –\xa0-on.", "A dash – on."),
            ("Is it\xa0open?", "Is it open?"),
            ("“It is.”", "“It is.”"),
            ("(It is!)", "(It is!)"),
            ("“It is”", "“It is”."),
            ("As follows:", "As follows:"),
            ("And so…", "And so…"),
        ],
    )
    def test_sentences_are_tidied(self, stored, tidy):
        assert voice([0, 0], file=voa([("VOA_1_0", stored)])) == tidy


class TestPlainFile:
    def test_characters_not_bytes(self):
        assert plain(2, 12, "é “It rains” now".encode()) == "“It rains”"

    def test_all_line_ends_count_as_one_character(self):
        assert plain(0, 8, b"a\r\nb\rc\nd!") == "a\nb\nc\nd!"

    def test_a_file_too_short_says_so(self):
        with pytest.raises(DataError, match=r"tt-1: a\.txt does not fit .*: it has 5 characters, 8 are needed"):
            plain(0, 8, b"short")


@pytest.mark.parametrize("name", RECIPES)
@pytest.mark.parametrize("content", [b"", b"\xff\xfe\x00", b"{}", b"[1]", b"PK\x03\x04 broken", b"# newpar\n"])
def test_a_wrong_file_is_a_data_error_that_names_the_article(name, content):
    source = {"path": "p", "key": 1, "paragraphs": [3], "sentences": [[0, 0]], "start": 0, "end": 90}
    with pytest.raises(DataError, match=rf"^a-1: p does not fit the recipe '{name}': .*; is it the file at"):
        rebuild({"recipe": name, **source}, content, "a-1")


@pytest.mark.parametrize("name", RECIPES)
def test_a_truncated_file_is_a_data_error(name):
    whole = {
        "wikinews-json": wikinews(record(1, "R", "A. " * 50)),
        "gum-conllu": GUM.encode(),
        "voa-sentences": voa([("VOA_1_0", "A sentence."), ("VOA_1_1", "Another.")]),
        "plain-file": b"x" * 90,
    }[name]
    source = {
        "key": {"wikinews-json": 1}.get(name, "VOA_1"),
        "paragraphs": [0],
        "sentences": [[0, 0]],
        "start": 0,
        "end": 90,
    }
    if name == "gum-conllu":
        source["paragraphs"] = [2]
    assert rebuild({"recipe": name, **source}, whole)
    with pytest.raises(DataError):
        rebuild({"recipe": name, **source}, whole[: len(whole) // 2])


@pytest.mark.parametrize("name", RECIPES)
def test_a_source_without_its_fields_is_a_data_error(name):
    content = {"voa-sentences": voa([]), "wikinews-json": wikinews(record(1, "R", "A."))}.get(name, GUM.encode())
    with pytest.raises(DataError, match="nothing called"):
        rebuild({"recipe": name}, content, "a-1")


def test_an_unknown_recipe_suggests_the_closest():
    with pytest.raises(DataError, match=r"^a-1: unknown recipe 'gum-conlu'; did you mean 'gum-conllu'\?$"):
        rebuild({"recipe": "gum-conlu"}, b"", "a-1")
    with pytest.raises(DataError, match=r"unknown recipe 'None'; one of wikinews-json, "):
        rebuild({}, b"")
