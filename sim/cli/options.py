"""The command itself, and the arguments and options that several of its parts share."""

from pathlib import Path
from typing import Annotated

import typer

from sim.cli.one_line_errors import OneLineErrors

app = typer.Typer(
    name="bmes",
    cls=OneLineErrors,
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    epilog="Start with: bmes run base_case_uk",
)
parameters_app = typer.Typer(no_args_is_help=True, help="Look at the evidence: every number with its source.")
app.add_typer(parameters_app, name="parameters", epilog="Example: bmes parameters show healing_median_months.hip")

ScenarioName = Annotated[str, typer.Argument(metavar="SCENARIO", help="A scenario file, or the name of a shipped one.")]
OtherScenario = Annotated[str, typer.Option("--scenario", metavar="SCENARIO", help="Whose values to show.")]
Out = Annotated[Path, typer.Option("--out", metavar="FOLDER", help="Where run folders lie.")]
Json = Annotated[bool, typer.Option("--json", help="Print JSON instead of tables.")]
EngineName = Annotated[
    str, typer.Option("--engine", metavar="batch|simpy", help="The clock; both give the same results.")
]
Threads = Annotated[int | None, typer.Option("--threads", metavar="N", help="Threads; all processors by default.")]
Cluster = Annotated[
    str | None,
    typer.Option(
        "--cluster",
        metavar="WHERE",
        help="Simulate on workers: local:N, tcp://HOST:PORT, tls://HOST:PORT or scheduler-file:PATH.",
    ),
]
TlsCa = Annotated[str | None, typer.Option("--tls-ca", metavar="FILE", help="Encrypted cluster: its authority.")]
TlsCert = Annotated[str | None, typer.Option("--tls-cert", metavar="FILE", help="Encrypted cluster: own certificate.")]
TlsKey = Annotated[str | None, typer.Option("--tls-key", metavar="FILE", help="Encrypted cluster: own key.")]


@app.callback()
def bmes(
    debug: Annotated[bool, typer.Option("--debug", help="Show tracebacks; may stand anywhere.")] = False,
) -> None:
    """Simulate bone marrow oedema syndrome patient by patient, and what its treatment costs and gains."""
