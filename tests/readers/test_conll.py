"""Token-per-line files in the layouts of several tools."""

import time

import pytest

from claimclf.errors import DataError
from claimclf.labels import Label
from claimclf.readers import format_of, read_corpus
from claimclf.readers.tasks import Reading

F, C, D, S = Label
NAMES = {"Denial": "official_denial", "Maybe": "speculation"}
CONLL_2003 = """\
-DOCSTART- -X- O O

Mayor NN B-NP B-Denial
denies VB B-VP I-Denial
it PR B-NP I-Denial
. . O O

# NN B-NP O
It PR B-NP O
may MD B-VP B-Maybe

-DOCSTART- -X- O O

It PR B-NP O
rained VB B-VP O
"""
PLUS = """\
# global.columns = ID FORM CLAIM MISC
# newdoc id = a1
# sent_id = 1
1\tIt\tB-Maybe\tSpacesBefore=\\n
2\tmay\tI-Maybe\tSpaceAfter=No
3\t.\tI-Maybe\tSpacesAfter=\\n\\n
\r
1\t👍\tO\tSpacesAfter=\\s\\s
2\trained\tO\t_
"""


def read(tmp_path, content, reading=None, name="t.conll"):
    path = tmp_path / name
    path.write_bytes(content if isinstance(content, bytes) else content.encode())
    return read_corpus([path], reading or Reading(NAMES))


def found(corpus):
    return [[(s.span.of(a.text), s.label) for s in a.sentences] for a in corpus.articles]


def test_conll_2003(tmp_path):
    corpus = read(tmp_path, CONLL_2003)
    first, second = corpus.articles
    assert (first.text, second.text) == ("Mayor denies it . # It may", "It rained")
    assert [s.label for s in first.sentences] == [D, S]
    assert first.where.endswith("t.conll:1") and second.where.endswith("t.conll:12")


def test_conll_u_plus_with_its_white_space(tmp_path):
    (article,) = read(tmp_path, PLUS, Reading(NAMES, columns={"label": "CLAIM"}), "t.conllup").articles
    assert (article.id, article.text) == ("a1", "\nIt may.\n\n👍  rained")
    assert [(s.span.of(article.text), s.label) for s in article.sentences] == [("It may.", S), ("👍  rained", None)]
    (again,) = read(tmp_path, PLUS, Reading(NAMES, columns={"label": "3", "text": "2"}), "t.conllup").articles
    assert again.sentences == article.sentences


@pytest.mark.parametrize(
    ("tags", "marks"),
    [
        ("B I O B I", 2), ("I I O I I", 2), ("B L O B L", 2), ("B E O S S", 3), ("B I B I I", 2), ("U U U U U", 5),
        ("B I I I I", 1),
    ],
)  # fmt: skip
def test_schemes(tmp_path, tags, marks):
    lines = [f"word{n} {tag if tag == 'O' else f'{tag}-Maybe'}" for n, tag in enumerate(tags.split())]
    corpus = read(tmp_path, "\n".join(lines), name="t.bio")
    counts = sum(int(part.split()[-1]) for part in corpus.notes[1].split(": ")[1].split(", ")[:3])
    assert counts == marks
    assert "it is read as one article" in corpus.notes[-1]


def test_format_by_ending(tmp_path):
    (tmp_path / "a.bio").write_text("a O\n")
    assert format_of(tmp_path / "a.bio") == "conll"


@pytest.mark.parametrize(
    ("content", "wrong"),
    [
        ("", "no tokens"), ("-DOCSTART-\n\n", "no tokens"), ("a\n", "t.conll:1: 1 columns, where 2 are due"),
        ("a O\nb\n", "t.conll:2: 1 columns"), ("a B_X\n", "t.conll:1: 'B_X' is no tag"),
        (b"a O\n\xff O\n", "t.conll:2: not UTF-8 at byte 0"), ("a\tO\n \tO\n", "t.conll:2: a token without"),
        ("a B-X\n", "unknown label 'X', 1 times"), ("a " * 1_000_000, "a line of over 1,000,000 bytes"),
        (b"a O\n\xef\xbb\xbfb O\n", "t.conll:2: a byte order mark in the middle"),
        ("a b c\n" * 100_000, "'c' is no tag"), (b"\xff\xfea\x00", "not UTF-8"),
        ("# global.columns = ID FORM\n1\tx\ty\n", "3 columns, where 2 are due"),
    ],
)  # fmt: skip
def test_damage_is_a_typed_error_with_its_place(tmp_path, content, wrong):
    start = time.process_time()
    with pytest.raises(DataError) as caught:
        read(tmp_path, content)
    assert wrong in str(caught.value) and time.process_time() - start < 2


def test_a_column_that_is_not_there(tmp_path):
    with pytest.raises(DataError, match=r"t.conll:1: there is no column '9'"):
        read(tmp_path, "a O\n", Reading(columns={"label": "9"}))
