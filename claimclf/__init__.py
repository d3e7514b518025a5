"""claimclf: how a news article presents each of its sentences to the reader.

Start at `claimclf.predict.ClaimClassifier`; the floors the modules stand on are listed in CONTRIBUTING.md.
"""

from importlib.metadata import PackageNotFoundError, version

try:
    __version__ = version("claimclf")
except PackageNotFoundError:  # a source tree that was never installed
    __version__ = "0+unknown"
