"""`claimclf predict`: label the sentences of articles."""

from __future__ import annotations

import argparse
import codecs
import json
import sys
from collections import deque
from collections.abc import Iterator, Sequence
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal

from rich.console import Console

from claimclf.commands.models import load_model
from claimclf.errors import ConfigError, DataError, Problem

if TYPE_CHECKING:
    from claimclf.predict import ClaimClassifier

_PREDICT = """\
Label every sentence of news articles: factual report, unverified claim, official denial or speculation.

  claimclf predict article.txt              a coloured view
  cat article.txt | claimclf predict -      from standard input
  claimclf predict *.txt --jsonl > out.jsonl   one JSON object a file and line
  claimclf predict --jsonl < in.jsonl > out.jsonl   a stream: {"text": …} a line in, the other keys come back

A stream is read, and answered, up to 32 articles or 40,000 characters at a time.
Each file is one article in UTF-8; a line break ends a sentence (--hard-wrapped: only a blank line does).
The words that decided are underlined; in JSON they are `cues`. Offsets are Unicode code points."""

_OWN = ("schema", "model", "sentences", "error", "line", "input")  # what the output of a stream says itself


def add(commands: Any) -> None:
    """Declare the command."""
    predict = commands.add_parser(
        "predict",
        help="label articles",
        description=_PREDICT,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    predict.add_argument("files", nargs="*", metavar="FILE", help="text files; - reads standard input")
    form = predict.add_mutually_exclusive_group()
    form.add_argument("--json", action="store_true", help="one JSON document: an object, of several files a list")
    form.add_argument("--jsonl", action="store_true", help="a JSON object a line")
    predict.add_argument("--model", default="shipped", help="shipped, a folder, or a hub id (default shipped)")
    predict.add_argument("--threads", type=int, metavar="N", help="cores to use (default all)")
    predict.add_argument(
        "--runtime", default="auto", metavar="NAME", help="openvino, onnxruntime or torch (default: the fastest here)"
    )
    predict.add_argument(
        "--precision", default="auto", metavar="NAME", help="fp32 (the same everywhere), bf16 or int8 (default: auto)"
    )
    predict.add_argument(
        "--hard-wrapped", action="store_true", help="lines are wrapped: only a blank line ends a sentence"
    )
    predict.add_argument(
        "--coverage", type=float, metavar="P", help="give each sentence the labels that hold the true one with P (.9)"
    )
    predict.add_argument(
        "--abstain-below", type=float, default=0.0, metavar="P", help="mark sentences with a confidence under P"
    )
    predict.set_defaults(run=run)


def run(arguments: argparse.Namespace) -> int:
    """Predict, print, and give the exit code."""
    if sys.stdin is None and ("-" in arguments.files or not arguments.files):
        raise ConfigError("standard input is closed; give files: claimclf predict FILE")
    if not arguments.files and not arguments.jsonl:
        raise ConfigError("no file to read: claimclf predict FILE, or claimclf predict --jsonl < articles.jsonl")
    from claimclf.terminal import render

    classifier = load_model(
        arguments.model,
        runtime=arguments.runtime,
        precision=arguments.precision,
        threads=arguments.threads,
        coverage=arguments.coverage,
        abstain_below=arguments.abstain_below,
    )
    newlines: Literal["every", "blank"] = "blank" if arguments.hard_wrapped else "every"
    if not arguments.files:
        return _stream(classifier, newlines)
    console = Console(highlight=False)
    failures: list[Problem] = []
    documents = []
    for name, text in _texts(arguments.files, failures):
        article = classifier.article(text, newlines=newlines)
        document = {"file": name, **article.to_dict()}
        if arguments.jsonl:
            sys.stdout.write(json.dumps(document, ensure_ascii=True) + "\n")
        elif arguments.json:
            documents.append(document)
        else:
            console.print(render(article, name if len(arguments.files) > 1 else ""))
    if arguments.json:
        whole = documents[0] if len(arguments.files) == 1 and documents else documents
        sys.stdout.write(json.dumps(whole, indent=1, ensure_ascii=True) + "\n")
    if failures:
        raise DataError(failures)
    return 0


def _stream(classifier: ClaimClassifier, newlines: Literal["every", "blank"]) -> int:
    """JSON lines in, JSON lines out, in order; a line that fails comes back with its number and an `error`."""
    from claimclf.terminal import progress

    waiting: deque[tuple[dict[str, Any], dict[str, Any]]] = deque()
    failed = 0
    for article in progress("articles", classifier.stream(_lines(waiting), newlines=newlines)):
        others, problem = waiting.popleft()
        failed += article.error is not None
        document = {**others, **article.to_dict(), **problem}
        sys.stdout.write(json.dumps(document, ensure_ascii=True) + "\n")
        sys.stdout.flush()
    if failed:
        raise DataError([Problem("standard input", f"{failed:,} lines failed", "their output has `line` and `error`")])
    return 0


def _lines(waiting: deque[tuple[dict[str, Any], dict[str, Any]]]) -> Iterator[Any]:
    """The text of each line of standard input, None where there is none.

    What else the line holds waits for its result, and what is wrong with it.
    """
    from claimclf.readers import raw

    for number, given in enumerate(iter(partial(sys.stdin.buffer.readline, raw.MAX_FILE), b""), 1):
        if len(given) == raw.MAX_FILE and not given.endswith(b"\n"):
            raise DataError([Problem("standard input", f"line {number} has over {raw.MAX_FILE:,} bytes", "split it")])
        line = given.removeprefix(codecs.BOM_UTF8) if number == 1 else given
        if not line.strip():
            continue
        try:
            record = raw.loads(raw.decoded(line))
            if not isinstance(record, dict) or not isinstance(record.get("text"), str):
                raise ValueError('no object with a string `text`: {"text": "…"}')
            waiting.append((_passed_on(record), {}))
            text = record["text"]
        except ValueError as error:
            waiting.append(({}, {"line": number, "error": str(error)}))
            text = None
        yield text


def _passed_on(record: dict[str, Any]) -> dict[str, Any]:
    """What a line holds beside its text; keys that the output has itself are kept under `input`."""
    taken = {key: value for key, value in record.items() if key in _OWN}
    others = {key: value for key, value in record.items() if key not in _OWN and key != "text"}
    return {**others, "input": taken} if taken else others


def _texts(files: Sequence[str], failures: list[Problem]) -> Iterator[tuple[str, str]]:
    """The texts that can be read, as they stand; the others become failures."""
    from claimclf.readers import raw

    for name in files:
        try:
            content = _some(name, raw.MAX_FILE + 1)
            if len(content) > raw.MAX_FILE:
                failures.append(Problem(name, f"over {raw.MAX_FILE:,} bytes", "is it one article? Split it"))
            elif b"\0" in content:
                failures.append(
                    Problem(name, "a zero byte in it", "is it UTF-16? iconv -f utf-16 -t utf-8 converts it")
                )
            else:
                yield name, content.decode("utf-8")
        except OSError as error:
            failures.append(Problem(name, f"cannot be read: {error.strerror}"))
        except UnicodeDecodeError as error:
            failures.append(Problem(name, f"not UTF-8 at byte {error.start}", "convert it: iconv -t utf-8"))


def _some(name: str, most: int) -> bytes:
    if name == "-":
        return sys.stdin.buffer.read(most)
    with Path(name).open("rb") as file:
        return file.read(most)
