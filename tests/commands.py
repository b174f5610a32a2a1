"""Runs the command `bmes` in this process, for tests of what it prints and how it ends."""

from typing import Any

from typer.testing import CliRunner

from sim import cli


def bmes(*arguments: Any) -> tuple[int, str, str]:
    """Exit code, standard output and standard error of a command in this process."""
    result = CliRunner().invoke(cli.app, [str(argument) for argument in arguments])
    if result.exception is not None and not isinstance(result.exception, SystemExit):
        raise result.exception
    return result.exit_code, result.stdout, result.stderr


def refused(code: int, *arguments: Any) -> str:
    """The one line on standard error of a command that must fail with this code."""
    exit_code, output, line = bmes(*arguments)
    assert (exit_code, output) == (code, "")
    assert line.endswith("\n")
    assert line.count("\n") == 1
    return line
