"""Errors that a user sees: one line, what is wrong, where, and the repair."""


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
