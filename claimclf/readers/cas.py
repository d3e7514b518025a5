"""One UIMA CAS, XMI or JSON → its text, its sentences and the values of its span layers.

dkpro-cassis does the reading. What it would take on trust is proved before it sees the bytes: their size, that they are
well formed, that no document type declares entities, and that names of features are plain names, since cassis makes
Python classes of them. CASes count UTF-16 units; cassis gives code points, and only warns where an offset is none: here
that is an error.
"""

from __future__ import annotations

import warnings
from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import lru_cache
from io import BytesIO
from typing import Any
from xml.parsers import expat

from claimclf.articles import Span
from claimclf.errors import DataError, MissingExtraError, Problem, needs_extra
from claimclf.readers import raw

MAX_BYTES = 10 << 20  # of one CAS: a text of 60,000 words with tokens; libxml2 takes no longer text either
_MOST_TYPES, _MOST_FEATURES, _MOST_OF_ONE = 2000, 1000, 200  # INCEpTION has 200 and 120; cassis is cubic in the last
SENTENCE = "de.tudarmstadt.ukp.dkpro.core.api.segmentation.type.Sentence"
METADATA = "de.tudarmstadt.ukp.dkpro.core.api.metadata.type.DocumentMetaData"
_CORE = "de.tudarmstadt.ukp.dkpro.core.api."
_NO_LAYERS = ("uima.", f"{_CORE}metadata.", f"{_CORE}segmentation.")  # what tools write, not annotators
_STRINGS = ("uima.cas.String", "uima.cas.StringArray")
_EXPORT = "export it again, as UIMA CAS XMI (XML 1.0) or UIMA CAS JSON"

Value = tuple[tuple[int, int] | None, str]  # start and end in code points, None for the whole text; a label's name


@dataclass(frozen=True)
class Document:
    """What one annotator's CAS holds.

    `values` has every string feature of every layer that its type system declares, as `LAYER.feature`, with the
    values there are; `unset` counts the spans of a layer that have no value; `owner` is whose annotations they are,
    where the CAS says it; `outside` counts the annotations that its index does not hold, as those that were deleted.
    """

    text: str
    title: str
    owner: str
    sentences: tuple[Span, ...]
    values: Mapping[str, tuple[Value, ...]]
    unset: Mapping[str, int]
    outside: int = 0


def document(where: str, data: bytes, types: bytes | None) -> Document:
    """The document of a CAS in XMI with its type system, or, where `types` is None, in JSON, which brings its own.

    Raises:
        DataError: it is damaged, too large, or has no text.
    """
    if len(data) > MAX_BYTES:
        raise DataError([Problem(where, f"over {MAX_BYTES >> 20} MB for one text", "split the text")])
    try:
        return _document(*_cas(data, types))
    except MissingExtraError:
        raise
    except Exception as error:  # cassis raises whatever damaged data lead to
        what = str(error).partition("\n")[0][:200]
        raise DataError([Problem(where, f"no UIMA CAS ({type(error).__name__}: {what})", _EXPORT)]) from error


def _cas(data: bytes, types: bytes | None) -> tuple[Any, int]:
    """The CAS, and how many annotations it has, be they in its index or not."""
    with needs_extra("annotations"):
        import cassis
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        warnings.filterwarnings("error", message="Not mapping")  # an offset that is outside, or inside a character
        if types is None:
            text = data.decode("utf-8-sig")
            there = _prove_json(text)
            return cassis.load_cas_from_json(text), there
        system = _type_system(types)
        there = _prove_xml(data)
        return cassis.load_cas_from_xmi(BytesIO(data), typesystem=system), there


@lru_cache(maxsize=4)  # files of one export share theirs
def _type_system(types: bytes) -> Any:
    import cassis

    if len(types) > MAX_BYTES:
        raise ValueError("the type system is too large")
    _prove_xml(types)
    system = cassis.load_typesystem(BytesIO(types))
    for kind in system.get_types():
        _prove_names(feature.name for feature in kind.features)
    return system


def _prove_xml(data: bytes) -> int:
    """Raise where it is not well formed, declares entities, or types and features beyond all measure.

    Gives the number of its annotations.
    """
    features: list[int] = []
    there = 0

    def refuse(*_: object) -> None:
        raise ValueError("it declares a document type, which a CAS has not")

    def count(tag: str, attributes: dict[str, str]) -> None:
        nonlocal there
        there += _has_offsets(attributes)
        name = tag.rpartition(":")[2]
        if name == "typeDescription":
            features.append(0)
        elif name == "featureDescription" and features:
            features[-1] += 1

    parser = expat.ParserCreate()
    parser.StartDoctypeDeclHandler = refuse
    parser.StartElementHandler = count
    parser.Parse(data, True)
    _prove_size(features)
    return there


def _prove_json(text: str) -> int:
    content = raw.loads(text)
    if not isinstance(content, dict) or not isinstance(content.get("%TYPES"), dict):
        raise ValueError("no object with %TYPES")
    types = content["%TYPES"].values()
    _prove_size([sum(not name.startswith("%") for name in kind) for kind in types])
    _prove_names(name for kind in types for name in kind if not name.startswith("%"))
    _prove_views(content.get("%VIEWS"))
    if not isinstance(content.get("%FEATURE_STRUCTURES"), list):
        raise ValueError("its %FEATURE_STRUCTURES are no list")
    return sum(_has_offsets(row) for row in content["%FEATURE_STRUCTURES"])


def _has_offsets(row: Mapping[str, object]) -> bool:
    """Whether it is an annotation; where an offset is missing, cassis would take the beginning of the text for it."""
    if ("begin" in row) != ("end" in row):
        raise ValueError(f"a structure with one offset alone: {str(row)[:80]}")
    return "begin" in row


def _prove_views(views: object) -> None:
    if not isinstance(views, dict) or not views:
        raise ValueError("no object with %VIEWS, which say what of it is in the text")
    for name, view in views.items():
        if not isinstance(view["%MEMBERS"], list) or {type(one) for one in view["%MEMBERS"]} - {int}:
            raise ValueError(f"the %MEMBERS of the view {name[:40]!r} are no numbers")


def _prove_size(features: list[int]) -> None:
    beyond = len(features) > _MOST_TYPES or sum(features) > _MOST_FEATURES
    if beyond or max(features, default=0) > _MOST_OF_ONE:
        raise ValueError(f"its type system is too large: {len(features):,} types, {sum(features):,} features")


def _prove_names(names: Iterator[str]) -> None:
    for name in names:
        if not name.isidentifier() or name.startswith("__"):
            raise ValueError(f"{name[:40]!r} is no name of a feature")


def _document(cas: Any, there: int) -> Document:
    text = cas.sofa_string
    if text is None:
        raise ValueError("no text in its initial view")
    layers = _layers(cas.typesystem)
    values: dict[str, list[Value]] = {f"{layer}.{feature}": [] for layer in layers for feature in layers[layer]}
    unset: Counter[str] = Counter()
    sentences: list[Span] = []
    title = owner = ""
    structures = _structures(cas)
    outside = there - sum(hasattr(fs, "begin") for fs in structures)
    if there and outside >= there:
        raise ValueError(f"none of its {there:,} annotations is in its index")
    for fs in structures:
        kind = fs.type.name
        if kind == SENTENCE:
            sentences += _trimmed(text, fs)
        elif kind == METADATA:
            title, owner = (_word(fs, name) for name in ("documentTitle", "documentId"))
        place = _place(text, fs) if hasattr(fs, "begin") else None
        for feature in layers.get(kind, ()):
            given = list(_strings(fs[feature]))
            values[f"{kind}.{feature}"] += [(place, name) for name in given]
            unset[f"{kind}.{feature}"] += not given
    owner = "" if not title or owner == title else owner  # old releases name the document here, not the annotator
    found = {name: tuple(given) for name, given in values.items()}
    return Document(text, title, owner, tuple(sorted(sentences)), found, unset, outside)


def _layers(system: Any) -> dict[str, list[str]]:
    """The string features of every type whose instances lie on the text, or on all of it."""
    return {
        kind.name: [f.name for f in kind.all_features if f.rangeType.name in _STRINGS]
        for kind in system.get_types()
        if system.is_instance_of(kind, "uima.cas.AnnotationBase") and not kind.name.startswith(_NO_LAYERS)
    }


def _structures(cas: Any) -> list[Any]:
    found = cas.select_all_fs()
    if len({fs.xmiID for fs in found}) < len(found):
        raise ValueError("its index lists an annotation twice")  # cassis would convert its offsets twice
    return list(found)


def _word(fs: Any, name: str) -> str:
    value = getattr(fs, name, None) or ""
    if not isinstance(value, str):
        raise TypeError(f"its {name} {str(value)[:40]!r} is no string")
    return value


def _place(text: str, fs: Any) -> tuple[int, int]:
    begin, end = fs.begin, fs.end
    if type(begin) is not int or type(end) is not int or not 0 <= begin <= end <= len(text):
        raise ValueError(f"{fs.type.name} lies at {str(begin)[:40]}, {str(end)[:40]}, which is no place in the text")
    return begin, end


def _trimmed(text: str, fs: Any) -> Iterator[Span]:
    begin, end = _place(text, fs)
    words = text[begin:end]
    start = begin + len(words) - len(words.lstrip())
    if words.strip():
        yield Span(start, start + len(words.strip()))


def _strings(value: Any) -> Iterator[str]:
    if isinstance(value, str):
        yield value
    elif value is not None:
        yield from (str(name) for name in value.elements or ())
