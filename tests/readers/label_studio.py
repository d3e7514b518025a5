"""A Label Studio server for a test: started on a free port of this machine, spoken to, and ended whatever happens."""

import json
import os
import shutil
import signal
import socket
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from urllib.error import URLError
from urllib.request import ProxyHandler, Request, build_opener

EXECUTABLE = os.environ.get("LABEL_STUDIO") or shutil.which("label-studio")
HOW = "no Label Studio: pip install it into an environment of its own, and set LABEL_STUDIO=…/bin/label-studio"
TOKEN = "0123456789abcdef0123456789abcdef01234567"
START_SECONDS, CALL_SECONDS = 500, 60
OPTIONS = [
    "start", "--no-browser", "--internal-host", "127.0.0.1", "--enable-legacy-api-token", "--user-token", TOKEN,
    "--username", "first@example.com", "--password", "only-for-this-test",
]  # fmt: skip


class Server:
    """What speaks to a server; a refused call is an `HTTPError`."""

    def __init__(self, address: str) -> None:
        self.address, self._opener = address, build_opener(ProxyHandler({}))

    def raw(self, method: str, path: str, body: object = None) -> bytes:
        headers = {"Authorization": f"Token {TOKEN}", "Content-Type": "application/json"}
        data = None if body is None else json.dumps(body).encode("ascii")
        request = Request(self.address + path, data, headers, method=method)
        with self._opener.open(request, timeout=CALL_SECONDS) as answer:
            return answer.read()

    def call(self, method: str, path: str, body: object = None):
        return json.loads(self.raw(method, path, body))


@contextmanager
def running(folder: Path) -> Iterator[Server]:
    """A new server whose database, settings and log lie in `folder`."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    quiet = {"COLLECT_ANALYTICS": "0", "LATEST_VERSION_CHECK": "0", "SENTRY_DSN": "", "FRONTEND_SENTRY_DSN": ""}
    data = folder / "data"
    data.mkdir()
    with (folder / "server.log").open("wb") as log:
        process = subprocess.Popen(
            [EXECUTABLE, *OPTIONS, "--port", str(port), "--data-dir", str(data)],
            cwd=folder, env={**os.environ, **quiet, "HOME": str(folder)}, stdin=subprocess.DEVNULL, stdout=log,
            stderr=log, start_new_session=True,
        )  # fmt: skip
        try:
            server = Server(f"http://127.0.0.1:{port}")
            _wait(server, process, folder / "server.log")
            yield server
        finally:
            _end(process)


def _wait(server: Server, process: subprocess.Popen, log: Path) -> None:
    until = time.monotonic() + START_SECONDS
    while time.monotonic() < until and process.poll() is None:
        try:
            server.raw("GET", "/health")
            return
        except (URLError, OSError):
            time.sleep(0.5)
    raise TimeoutError("Label Studio did not start: " + log.read_text(encoding="utf-8", errors="replace")[-2000:])


def _end(process: subprocess.Popen) -> None:
    for sign in (signal.SIGTERM, signal.SIGKILL):
        if process.poll() is None:
            os.killpg(process.pid, sign)
            try:
                process.wait(20)
            except subprocess.TimeoutExpired:
                continue
