"""The command `claimclf`; each of its commands is a file in `commands/`."""

from __future__ import annotations

import argparse
import io
import sys
from collections.abc import Sequence

from rich.console import Console

import claimclf
from claimclf.commands import audit, check, convert, evaluate, predict, suggest
from claimclf.errors import ClaimclfError, exit_code
from claimclf.terminal import drop_output

_FAILED, _INTERRUPTED = 4, 130


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the command line; returns the exit code."""
    parser = argparse.ArgumentParser(prog="claimclf", description=claimclf.__doc__.partition("\n")[0])
    parser.add_argument("--version", action="version", version=f"claimclf {claimclf.__version__}")
    commands = parser.add_subparsers(required=True, metavar="COMMAND")
    for command in (predict, evaluate, check, convert, suggest, audit):
        command.add(commands)
    parsed = parser.parse_args(arguments)
    if isinstance(sys.stdout, io.TextIOWrapper):  # redirected, it may be no UTF-8
        sys.stdout.reconfigure(errors="replace")
    try:
        code = int(parsed.run(parsed))
        if sys.stdout is not None:
            sys.stdout.flush()  # a full disk is said here, not when nobody listens any more
        return code
    except KeyboardInterrupt:
        return _INTERRUPTED
    except BrokenPipeError:
        drop_output()
        return 0
    except OSError as error:
        drop_output()
        Console(stderr=True, highlight=False, markup=False, soft_wrap=True).print(
            f"{error.filename or 'reading or writing'}: {error.strerror or error}"
        )
        return _FAILED
    except ClaimclfError as error:
        Console(stderr=True, highlight=False, markup=False, soft_wrap=True).print(str(error))
        return exit_code(error)
