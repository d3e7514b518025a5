"""claimclf: how a news article presents each of its sentences to the reader.

Start at `claimclf.predict.ClaimClassifier`; the floors the modules stand on are listed in CONTRIBUTING.md.
"""

from typing import TYPE_CHECKING

__version__: str

if not TYPE_CHECKING:  # type checkers would take any name for one that is there

    def __getattr__(name: str) -> str:
        """`__version__`, when it is asked for: the search takes a fifth of the time that `claimclf.predict` takes."""
        if name != "__version__":
            raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
        from importlib.metadata import PackageNotFoundError, version

        try:
            return version("claimclf")
        except PackageNotFoundError:  # a source tree that was never installed
            return "0+unknown"
