"""INCEpTION: a folder with a UIMA CAS an article, and the type system that goes with them.

XMI, in which a project imports annotated documents, with sentences and the layer `webanno.custom.ClaimStatus` whose
string feature `label` has our labels. `TypeSystem.xml` can be imported as the project's layers. XML has no control
characters: articles that hold some are written as UIMA CAS JSON, which the tool imports as well.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import Any

from claimclf.articles import Article, Sentence
from claimclf.errors import DataError, Problem, needs_extra
from claimclf.writers.outcome import Outcome

LAYER = "webanno.custom.ClaimStatus"
_CORE = "de.tudarmstadt.ukp.dkpro.core.api."
_SENTENCE, _METADATA = f"{_CORE}segmentation.type.Sentence", f"{_CORE}metadata.type.DocumentMetaData"
NOT_XML = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
_SURROGATE = re.compile("[\ud800-\udfff]")
_PLAIN_NAME = re.compile(r"[A-Za-z0-9_-][A-Za-z0-9._-]{0,99}")


def write(articles: Sequence[Article], path: Path) -> Outcome:
    """Write an article a file into the new or empty folder `path`.

    Raises:
        DataError: there is something at `path`, or texts hold half a character (a lone surrogate); nothing is written.
    """
    with needs_extra("annotations"):
        import cassis
    problems = [
        Problem(a.where or a.id, "it holds half a character (a lone surrogate), which a CAS cannot", "mend the text")
        for a in articles
        if _SURROGATE.search(a.text + a.id)
    ]
    if path.exists() and (not path.is_dir() or any(path.iterdir())):
        problems.append(Problem(str(path), "there is something already", "name a new folder"))
    if problems:
        raise DataError(problems)
    path.mkdir(parents=True, exist_ok=True)
    system = _type_system(cassis.TypeSystem())
    system.to_xml(path / "TypeSystem.xml")
    json = 0
    for article, name in zip(articles, _names(articles), strict=True):
        cas = _cas(cassis.Cas(system, sofa_string=article.text, sofa_mime="text"), article)
        if NOT_XML.search(article.text + article.id):
            cas.to_json(path / f"{name}.json", ensure_ascii=True)
            json += 1
        else:
            cas.to_xmi(path / f"{name}.xmi")
    return Outcome(len(articles), tuple(_lost(articles, json)))


def _type_system(system: Any) -> Any:
    string = "uima.cas.String"
    for name, supertype, feature in (
        (_METADATA, "uima.tcas.DocumentAnnotation", "documentTitle"),
        (_SENTENCE, "uima.tcas.Annotation", "id"),
        (LAYER, "uima.tcas.Annotation", "label"),
    ):
        system.create_feature(system.create_type(name, supertype), feature, string)
    return system


def _cas(cas: Any, article: Article) -> Any:
    of = cas.typesystem.get_type
    # the tool itself writes the name of the file there, and our reader takes the suffix off again
    cas.add(of(_METADATA)(begin=0, end=len(article.text), documentTitle=f"{article.id}.xmi"))
    for sentence in article.sentences:
        place = {"begin": sentence.span.start, "end": sentence.span.end}
        cas.add(of(_SENTENCE)(**place))
        if sentence.label is not None:
            cas.add(of(LAYER)(**place, label=str(sentence.label)))
    return cas


def _names(articles: Sequence[Article]) -> Iterator[str]:
    """The article's id where it can be a file's name and is no other's, in any case of letters; else its number."""
    taken: set[str] = set()
    for number, article in enumerate(articles, 1):
        plain = _PLAIN_NAME.fullmatch(article.id) and article.id.lower() not in taken
        name = article.id if plain else f"article-{number:05d}"
        while name.lower() in taken:
            name += "_"
        taken.add(name.lower())
        yield name


def _lost(articles: Sequence[Article], json: int) -> Iterator[str]:
    def total(of: Callable[[Sentence], int]) -> int:
        return sum(of(sentence) for article in articles for sentence in article.sentences)

    counts = {
        "other labels that can be defended (`also`)": total(lambda s: len(s.also)),
        "votes of annotators": total(lambda s: sum(s.votes)),
        "cues": total(lambda s: len(s.cues)),
        "sources": total(lambda s: len(s.sources)),
        "which sentences are titles": total(lambda s: s.part == "title"),
        "stories": sum(a.story != a.id for a in articles),
        "fields": sum(len(a.fields) for a in articles),
        "that a text has no sentences (a reader splits it)": sum(not a.sentences for a in articles),
        "control characters in XML (UIMA CAS JSON instead)": json,
    }
    return (f"{what}: {count:,}" for what, count in counts.items() if count)
