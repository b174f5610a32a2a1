"""The command `bmes`: reads arguments, calls, prints. Each command imports what it needs only when it runs."""

from sim.cli import anybody, deterministic, information, plan, shipped, simulate, stored, sweeps, uncertainty
from sim.cli.options import app

__all__ = [
    "anybody",
    "app",
    "deterministic",
    "information",
    "main",
    "plan",
    "shipped",
    "simulate",
    "stored",
    "sweeps",
    "uncertainty",
]


def main() -> None:
    """Entry point of the command."""
    app()
