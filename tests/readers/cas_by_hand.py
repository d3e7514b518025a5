"""CASes as UIMA for Java writes them, UTF-16 units counted here by hand, and the zips that INCEpTION puts them in."""

import io
import json
import zipfile
from html import escape
from pathlib import Path

SAMPLES = Path(__file__).parent / "samples" / "inception"
TYPES = (SAMPLES / "TypeSystem.xml").read_bytes()
TEXT = "👍 Mayor reacts\r\n\r\nThe mayor said the story was false. Repairs may take weeks."
DENIAL, MAYBE = "The mayor said the story was false.", "may take weeks"
SENTENCES = ("👍 Mayor reacts", DENIAL, "Repairs may take weeks.")
KINDS = {"base": "webanno.custom.MyRelationBase", "entity": "de.tudarmstadt.ukp.dkpro.core.api.ner.type.NamedEntity"}


def units(words):
    start = len(TEXT[: TEXT.index(words)].encode("utf-16-le")) // 2
    return start, start + len(words.encode("utf-16-le")) // 2


def structures(marks, title, owner, sentences):
    core = "de.tudarmstadt.ukp.dkpro.core.api."
    if title:
        meta = {"documentTitle": title, "documentId": owner}
        yield f"{core}metadata.type.DocumentMetaData", (0, len(TEXT) + 1), meta
    for words in sentences:
        yield f"{core}segmentation.type.Sentence", units(words), {}
    for place, value, kind in marks:
        yield KINDS[kind], place if isinstance(place, tuple) else units(place), {"value": value} if value else {}


def mark(words, value, kind="base"):
    return words, value, kind


MARKS = (mark(DENIAL, "Denial"), mark(MAYBE, "Maybe"))


def xmi(*marks, title="", owner="", sentences=SENTENCES, head="", text=TEXT):
    """A CAS as UIMA writes it, offsets counted here by hand in UTF-16 units."""
    rows, spaces = [], {}
    for number, (kind, (start, end), more) in enumerate(structures(marks, title, owner, sentences), 2):
        package, _, name = kind.rpartition(".")
        prefix = spaces.setdefault(package, f"n{len(spaces)}")
        values = "".join(f' {key}="{escape(value)}"' for key, value in more.items())
        rows.append(f'<{prefix}:{name} xmi:id="{number}" sofa="1" begin="{start}" end="{end}"{values}/>')
    declared = "".join(f' xmlns:{p}="http:///{name.replace(".", "/")}.ecore"' for name, p in spaces.items())
    sofa = escape(text).replace("\r", "&#13;").replace("\n", "&#10;")
    members = " ".join(str(n) for n in range(2, 2 + len(rows)))
    return (
        f'<?xml version="1.0" encoding="UTF-8"?>{head}<xmi:XMI xmlns:xmi="http://www.omg.org/XMI"'
        f' xmlns:cas="http:///uima/cas.ecore"{declared} xmi:version="2.0"><cas:NULL xmi:id="0"/>{"".join(rows)}'
        f'<cas:Sofa xmi:id="1" sofaNum="1" sofaID="_InitialView" mimeType="text" sofaString="{sofa}"/>'
        f'<cas:View sofa="1" members="{members}"/></xmi:XMI>'
    ).encode()


def cas_json(*marks, title="", owner="", text=TEXT, feature="value", sentences=SENTENCES):
    string = {"%RANGE": "uima.cas.String"}
    metadata = "de.tudarmstadt.ukp.dkpro.core.api.metadata.type.DocumentMetaData"
    types = {KINDS["base"]: {feature: {"%NAME": feature, **string}},
             "de.tudarmstadt.ukp.dkpro.core.api.segmentation.type.Sentence": {},
             metadata: {key: {"%NAME": key, **string} for key in ("documentTitle", "documentId")}}  # fmt: skip
    for name, kind in types.items():
        supertype = "uima.tcas.DocumentAnnotation" if name == metadata else "uima.tcas.Annotation"
        kind |= {"%NAME": name, "%SUPER_TYPE": supertype}
    rows = [{"%ID": 1, "%TYPE": "uima.cas.Sofa", "sofaNum": 1, "sofaID": "_InitialView", "sofaString": text}]
    for number, (kind, (start, end), more) in enumerate(structures(marks, title, owner, sentences), 2):
        rows.append({"%ID": number, "%TYPE": kind, "@sofa": 1, "begin": start, "end": end, **more})
    views = {"_InitialView": {"%SOFA": 1, "%MEMBERS": [row["%ID"] for row in rows[1:]]}}
    return json.dumps({"%TYPES": types, "%FEATURE_STRUCTURES": rows, "%VIEWS": views}).encode()


def zipped(entries):
    content = io.BytesIO()
    with zipfile.ZipFile(content, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, data in entries.items():
            archive.writestr(name, data)
    return content.getvalue()


def exported(name="admin.xmi", *marks, **more):
    return zipped({name: xmi(*marks, **more), "TypeSystem.xml": TYPES})
