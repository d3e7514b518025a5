"""Labels of two source files, and a stand-in for the network that has them."""

import io
import json
from pathlib import Path
from urllib.error import HTTPError

from claimclf.texts import text_sha256

ROOT = Path(__file__).resolve().parents[2]
REALNEWS = ROOT.parent / "shared" / "realnews"
COMMIT = "0123456789abcdef0123456789abcdef01234567"
FILES = {
    "news/one.txt": b"The mayor opened the bridge.\r\nShe denied any delay.",
    "news/two & more.txt": "Ferries may stop “soon”.".encode(),
}


def whole(path):
    return FILES[path].decode().replace("\r\n", "\n")


def label(identity, path, text=None, **source):
    text = text if text is not None else whole(path)
    sentences = [{"start": 0, "end": 3, "label": "factual_report"}]
    place = {"recipe": "plain-file", "repo": "owner/name", "commit": COMMIT, "path": path, "start": 0, "end": len(text)}
    source = {**place, **source} if path else None
    fields = {"sha256": text_sha256(text), "characters": len(text), "sentences": sentences}
    return {"id": identity, "outlet": "Canal News", "source": source, **fields}


ONE, TWO = label("a-1", "news/one.txt"), label("a-2", "news/two & more.txt")
HEAD = label("a-3", "news/one.txt", whole("news/one.txt")[:28])
PRIVATE = label("a-4", None, "Rain\n\nIt rained.")


class Web:
    """A stand-in for the network that counts, and fails where it is told to."""

    def __init__(self, **failures):
        self.urls, self.failures = [], {key: list(value) for key, value in failures.items()}

    def __call__(self, url):
        self.urls.append(url)
        name = "two" if "two" in url else "one"
        if self.failures.get(name):
            answer = self.failures[name].pop(0)
            if isinstance(answer, bytes):
                return answer
            raise answer
        return FILES["news/two & more.txt" if name == "two" else "news/one.txt"]


def http_error(code):
    return HTTPError("https://x", code, "Some Reason", {}, io.BytesIO())


def write(path, *records):
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text("".join(json.dumps(record) + "\n" for record in records), "utf-8")
    return path


def kept(tmp_path):
    folder = tmp_path / "sources"
    return sorted(folder.iterdir()) if folder.is_dir() else []
