"""One thing for each process: a network's threads do not survive a fork, so a forked child opens its own."""

from __future__ import annotations

import os
import threading
from collections.abc import Callable
from typing import Generic, TypeVar

from claimclf.errors import ModelError

T = TypeVar("T")


class PerProcess(Generic[T]):
    """What `open_one` gave, opened anew in a forked child, until it is closed.

    >>> opened = PerProcess(lambda: "a session")
    >>> opened.get()
    'a session'
    """

    def __init__(self, open_one: Callable[[], T]) -> None:
        self._open, self._lock = open_one, threading.Lock()
        self._one: T | None = open_one()
        self._inherited: T | None = None
        self._process = os.getpid()

    def get(self) -> T:
        """The thing.

        Raises:
            ModelError: it was closed.
        """
        if self._process != os.getpid():
            with self._lock:
                if self._process != os.getpid():
                    self._inherited = self._one  # kept: to free it would wait for threads that are not here
                    self._one, self._process = self._open(), os.getpid()
        if self._one is None:
            raise ModelError("the classifier was closed; load it again: ClaimClassifier.load()")
        return self._one

    def close(self) -> None:
        """Give it back; what was inherited from another process is kept, and not used."""
        if self._process != os.getpid():
            self._inherited = self._one
        self._one, self._process = None, os.getpid()
