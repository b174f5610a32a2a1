"""Errors of the command line: a user's mistake is one line with its exit code, a fault of ours a traceback."""

import errno
import os
import sys
from collections.abc import Callable, Sequence
from typing import Any

import typer
from typer.core import TyperGroup

from sim.vocabulary.errors import BmesError

INTERRUPTED = 130
FULL = (errno.ENOSPC, errno.EDQUOT)


class OneLineErrors(TyperGroup):
    """Shows a user's mistake as one line with its exit code, and a traceback only for a fault of ours or on --debug."""

    def main(self, *args: Any, **settings: Any) -> Any:
        """As in typer, but it always ends in `sys.exit`."""
        asked: Sequence[str] | None = args[0] if args else settings.pop("args", None)
        given = list(sys.argv[1:] if asked is None else asked)
        words = [word for word in given if word != "--debug"]
        run = super().main
        settings["standalone_mode"] = False
        sys.exit(_exit_code(lambda: run(words, **settings), debug=words != given))


def _exit_code(call: Callable[[], Any], *, debug: bool) -> int:
    """Run a command; its exit code. Prints the one line of an error."""
    try:
        code = call()
        sys.stdout.flush()
    except BmesError as error:
        if debug:
            raise
        return _failed(str(error), error.exit_code)
    except typer.TyperException as error:  # an option or argument that cannot be read
        line = error.format_message()  # empty when the help was printed instead
        return _failed(line, error.exit_code) if line else error.exit_code
    except typer.Abort:
        return _failed("Stopped.", 1)
    except KeyboardInterrupt:
        code = INTERRUPTED
    except BrokenPipeError:  # whoever read the output has had enough
        _drop_output()
        return 1
    except OSError as error:
        if debug or error.errno not in FULL:
            raise
        _drop_output()
        return _failed("The output cannot be written (no space left on device). Make room on the disk.", 1)
    if code == INTERRUPTED:
        return _failed("Interrupted; no half-written run is left.", INTERRUPTED)
    return int(code) if isinstance(code, int) else 0


def _failed(line: str, code: int) -> int:
    sys.stderr.write(" ".join(line.split()) + "\n")
    return code


def _drop_output() -> None:
    """Let what is still to be printed go nowhere, so that the interpreter does not complain about it at its end."""
    try:
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
    except (OSError, ValueError):
        sys.stdout = None  # it has no file of its own
