"""Errors that a user sees: one line, what is wrong, where, and the repair."""

from collections.abc import Iterator
from contextlib import contextmanager

# How Python begins to say that a logarithm of 0 or the like was asked for; the second and third from 3.14 on.
OUTSIDE_A_DOMAIN = ("math domain error", "expected a positive input", "expected a number between")


class BmesError(Exception):
    """Base of every error that the command line reports without a traceback."""

    exit_code = 1


class InputError(BmesError):
    """A user's mistake: `where` (file and key), `what` is wrong, `repair` to make."""

    exit_code = 2

    def __init__(self, where: str, what: str, repair: str = "") -> None:
        self.where, self.what, self.repair = where, what, repair
        message = f"{where}: {what.rstrip('.')}."
        super().__init__(f"{message} {repair}".strip())


class RunError(BmesError):
    """A run that could not be finished although its input was sound."""

    exit_code = 1


class StoppedError(BmesError):
    """The user stopped a run that can be taken up again; the text says how."""

    exit_code = 130


@contextmanager
def numbers_that_can_be_used() -> Iterator[None]:
    """Raise InputError in place of a division by 0, a logarithm of 0 or an overflow.

    A number at the very end of what its unit allows, such as a median of 0, may have no meaning for a law.
    """
    try:
        yield
    except (ArithmeticError, ValueError) as error:
        if isinstance(error, ValueError) and not str(error).startswith(OUTSIDE_A_DOMAIN):
            raise  # a fault of ours
        what = f"a number at the end of what its unit allows leaves nothing to calculate with ({error})"
        raise InputError("parameters", what, "Move it inside its range.") from error
