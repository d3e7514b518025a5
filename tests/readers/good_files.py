"""One good file of every format that `claimclf check` reads, to be damaged: a format is one entry of `GOOD`."""

import csv
import io
import json
import re
import tempfile
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from claimclf.articles import Article, Sentence, Span
from claimclf.labels import Label
from claimclf.texts import text_sha256
from claimclf.writers import WRITERS
from tests.readers import cas_by_hand as cas

TITLE, DENIAL, MAYBE = "Café owner reacts", "The mayor said the story was invented.", "Repairs may take weeks."
TEXT = f"{TITLE}\n\n{DENIAL} {MAYBE}"
MARKS = ((DENIAL, "official_denial"), (MAYBE, "speculation"))
ARTICLES = [
    Article(
        name,
        TEXT,
        tuple(
            Sentence(Span(TEXT.index(words), TEXT.index(words) + len(words)), Label(label) if label else None)
            for words, label in ((TITLE, None), *MARKS)
        ),
        fields={"outlet": "Gazette"},
    )
    for name in ("a1", "a2")
]


@dataclass(frozen=True)
class Good:
    """A good file: what is damaged is `content` of `file`; `beside` it lies what it needs; `check` is what is read.

    `load` and `dump` turn the content into a tree of lists, dicts and values and back, for formats that have one;
    `kind` says which damages apply. `open_end`: a file cut short is a good shorter one, as in every format of lines.
    """

    file: str
    content: bytes
    kind: str  # lines, json, text, xml, binary
    beside: Mapping[str, bytes] = field(default_factory=dict)
    check: str = ""
    load: Callable[[bytes], Any] | None = None
    dump: Callable[[Any], bytes] | None = None
    open_end: bool = False

    def put(self, folder: Path, content: bytes | None = None) -> Path:
        """Write it, or what became of it, and give the path to check."""
        for name, data in {**self.beside, self.file: self.content if content is None else content}.items():
            (folder / name).parent.mkdir(parents=True, exist_ok=True)
            (folder / name).write_bytes(data)
        return folder / (self.check or self.file)


def dump_lines(rows: list[Any]) -> bytes:
    return "".join(json.dumps(row, ensure_ascii=False) + "\n" for row in rows).encode()


def load_lines(content: bytes) -> list[Any]:
    return [json.loads(line) for line in content.splitlines()]


def lines(file: str, *rows: Any) -> Good:
    return Good(file, dump_lines(list(rows)), "lines", load=load_lines, dump=dump_lines)


def dump_json(tree: Any) -> bytes:
    return json.dumps(tree, ensure_ascii=False).encode()


def document(file: str, content: bytes, **more: Any) -> Good:
    return Good(file, content, "json", load=json.loads, dump=dump_json, **more)


def cells(file: str, content: bytes, delimiter: str, **more: Any) -> Good:
    """A table, as rows of cells; all of them in quotes, so that a cell cut short is seen."""

    def load(content: bytes) -> list[list[str]]:
        return list(csv.reader(io.StringIO(content.decode(), newline=""), delimiter=delimiter))

    def dump(rows: list[list[str]]) -> bytes:
        out = io.StringIO(newline="")
        csv.writer(out, delimiter=delimiter, quoting=csv.QUOTE_ALL).writerows(rows)
        return out.getvalue().encode()

    return Good(file, dump(load(content)), "text", load=load, dump=dump, **more)


def attributes(file: str, content: bytes, **more: Any) -> Good:
    """XML, as the list of the values of its attributes."""
    pieces = re.split(r'(?<=[\w:]=")([^"]*)(?=")', content.decode())

    def load(_: bytes) -> list[str]:
        return pieces[1::2]

    def dump(values: list[str]) -> bytes:
        rest = zip([*values, ""], [*pieces[2::2], ""], strict=True)
        return "".join([pieces[0], *(part for pair in rest for part in pair)]).encode()

    return Good(file, content, "xml", load=load, dump=dump, **more)


def columns(file: str, content: bytes, delimiter: str) -> Good:
    """CoNLL, as lines of cells."""

    def load(content: bytes) -> list[list[str]]:
        return [line.split(delimiter) for line in content.decode().split("\n")]

    def dump(rows: list[list[str]]) -> bytes:
        return "\n".join(delimiter.join(map(str, row)) for row in rows).encode()

    return Good(file, content, "text", load=load, dump=dump, open_end=True)


def by_writer(name: str, file: str) -> bytes:
    with tempfile.TemporaryDirectory() as folder:
        WRITERS[name](ARTICLES, Path(folder) / file)
        return (Path(folder) / file).read_bytes()


def parquet_rows(content: bytes) -> list[Any]:
    import pyarrow.parquet

    return pyarrow.parquet.read_table(io.BytesIO(content)).to_pylist()


def rows_parquet(rows: list[Any]) -> bytes:
    import pyarrow
    import pyarrow.parquet

    out = io.BytesIO()
    pyarrow.parquet.write_table(pyarrow.Table.from_pylist(rows), out)
    return out.getvalue()


def saved_dataset() -> Good:
    with tempfile.TemporaryDirectory() as folder:
        WRITERS["datasets"](ARTICLES, Path(folder) / "saved")
        files = {str(p.relative_to(folder)): p.read_bytes() for p in sorted(Path(folder).rglob("*")) if p.is_file()}
    (arrow,) = (name for name in files if name.endswith(".arrow"))
    return Good(arrow, files.pop(arrow), "binary", files, "saved")


def _written() -> bytes:
    header = (
        "id: orrin\nstory: orrin\noutlet: The Orrin Gazette\ndesk: local\nstyle: regional daily\ncountry: Ireland\n"
    )
    body = f"official_denial: {DENIAL}\n  cue: said\n  source: The mayor\n  also: unverified_claim\n"
    return f"{header}\nnone: {TITLE}\n\n{body}\nspeculation: {MAYBE}\n  cue: may\n".encode()


def _case(name: str) -> dict[str, Any]:
    variant = {"before": ["Café owner reacts"], "sentence": DENIAL, "after": [MAYBE], "label": "official_denial"}
    other = {"before": [], "sentence": MAYBE, "after": [], "label": "speculation", "also": ["unverified_claim"]}
    return {"id": name, "case": "plea", "held_out": False, "variants": [variant, other]}


def _ours(name: str, **more: Any) -> dict[str, Any]:
    at = TEXT.index
    denial = {"start": at(DENIAL), "end": at(DENIAL) + len(DENIAL), "label": "official_denial", "part": "body",
              "also": ["unverified_claim"], "cues": [[at("said"), at("said") + 4]], "source": "The mayor"}  # fmt: skip
    maybe = {"start": at(MAYBE), "end": len(TEXT), "label": "speculation", "cue": "may",
             "votes": {"speculation": 2, "unverified_claim": 1}}  # fmt: skip
    return {"id": name, "story": "s1", "outlet": "Café", **more, "sentences": [denial, maybe]}


def _region(words: str, label: str) -> dict[str, Any]:
    start = TEXT.index(words)
    value = {"start": start, "end": start + len(words), "text": words, "labels": [label]}
    return {"id": "r", "from_name": "label", "to_name": "text", "type": "labels", "value": value}


def _task(number: int) -> dict[str, Any]:
    result = [_region(*mark) for mark in MARKS]
    given = {"id": 1, "completed_by": {"email": "ann@x"}, "was_cancelled": False, "result": result}
    return {"id": number, "data": {"text": TEXT, "outlet": "Gazette"}, "annotations": [given], "predictions": []}


def _minimal(number: int) -> dict[str, Any]:
    regions = [_region(*mark)["value"] for mark in MARKS]
    return {"id": number, "text": TEXT, "label": regions, "annotator": 1, "annotation_id": number, "created_at": "x"}


def _spans(start: str = "start", end: str = "end") -> list[dict[str, Any]]:
    places = [(TEXT.index(words), words, label) for words, label in MARKS]
    return [{start: at, end: at + len(words), "label": label} for at, words, label in places]


_TRIPLES = [[*row.values()] for row in _spans()]
_CHOICE = {"options": [{"id": "d", "text": "official_denial"}, {"id": "s", "text": "speculation"}], "accept": ["d"]}
_NUMBERED = [{**row, "user": 1} for row in _spans("start_offset", "end_offset")]
_CAS = [cas.mark(cas.DENIAL, "official_denial"), cas.mark(cas.MAYBE, "speculation")]
_BIO = "-DOCSTART- -X- O\n\nMayor NN B-official_denial\ndénies VB I-official_denial\n. . I-official_denial\n\nIt X O\n"

GOOD: dict[str, Good] = {
    "written": Good("orrin.article", _written(), "text", open_end=True),
    "cases": lines("plea.cases", _case("a"), _case("b")),
    "jsonl": lines("ours.jsonl", _ours("a1", text=TEXT), _ours("a2", text=TEXT)),
    "stand-off": lines(
        "standoff.jsonl", *(_ours(name, sha256=text_sha256(TEXT), characters=len(TEXT)) for name in ("a1", "a2"))
    ),
    "label-studio": document("project.json", dump_json([_task(1), _task(2)])),
    "label-studio-min": document("minimal.json", dump_json([_minimal(1), _minimal(2)])),
    "prodigy": lines(
        "db.jsonl",
        {"text": TEXT, "_input_hash": 5, "_annotator_id": "a", "answer": "accept", "spans": _spans(), "meta": {}},
        {"text": MAYBE, "_input_hash": 6, "answer": "accept", **_CHOICE},
    ),
    "doccano": lines(
        "export.jsonl",
        {"id": 1, "text": TEXT, "label": _TRIPLES, "Comments": []},
        {"id": 2, "text": TEXT, "entities": _spans("start_offset", "end_offset"), "relations": []},
        {"id": 3, "text": MAYBE, "label": ["speculation"]},
    ),
    "doccano-json": document("export.json", dump_json([{"id": n, "text": TEXT, "label": _TRIPLES} for n in (1, 2)])),
    "inception-xmi": attributes(
        "a.xmi", cas.xmi(*_CAS, title="é.xmi", owner="ann"), beside={"TypeSystem.xml": cas.TYPES}
    ),
    "inception-json": document("cas.json", dump_json(json.loads(cas.cas_json(*_CAS, title="é.json", owner="ann")))),
    "inception-zip": Good("export.zip", cas.exported("admin.xmi", *_CAS), "binary"),
    "csv": cells("table.csv", by_writer("csv", "table.csv"), ","),
    "tsv": cells("table.tsv", by_writer("tsv", "table.tsv"), "\t"),
    "conll": columns("tokens.conll", _BIO.encode(), " "),
    "conllup": columns("tokens.conllup", by_writer("conll", "tokens.conllup"), "\t"),
    "parquet": Good("rows.parquet", by_writer("parquet", "rows.parquet"), "binary",
                    load=parquet_rows, dump=rows_parquet),
    "datasets": saved_dataset(),
}  # fmt: skip
# A numbered doccano export maps its labels: `--label 1=…` would be needed, so its labels are names here.
GOOD["doccano-1"] = lines(
    "version1.jsonl", *({"id": n, "text": TEXT, "annotations": _NUMBERED, "meta": {}} for n in (1, 2))
)
