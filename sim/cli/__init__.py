"""The command `bmes`: reads arguments, calls, prints. Each command imports what it needs only when it runs."""

from sim.cli import shipped, simulate, stored
from sim.cli.options import app

__all__ = ["app", "main", "shipped", "simulate", "stored"]


def main() -> None:
    """Entry point of the command."""
    app()
