"""The command on what moves the answer: parameters one or two at a time, thresholds, switches, scenarios, groups."""

from pathlib import Path
from typing import Annotated

import typer

from sim.cli.cluster import workers
from sim.cli.options import Cluster, Json, Out, ScenarioName, Threads, TlsCa, TlsCert, TlsKey, app
from sim.vocabulary.errors import InputError


@app.command(epilog="Example: bmes dsa base_case_uk --parameters 'treatments.zoledronate.*' --scenarios skeptical")
def dsa(
    scenario: ScenarioName,
    parameters: Annotated[
        list[str] | None,
        typer.Option(metavar="PATTERN", help="Parameters of the one-way analysis, * for any text; all by default."),
    ] = None,
    two_way: Annotated[
        tuple[str, str] | None, typer.Option(metavar="NAME NAME", help="Two parameters over a grid.")
    ] = None,
    grid: Annotated[int, typer.Option(metavar="N", help="Values along each side of that grid.")] = 7,
    threshold: Annotated[
        list[str] | None, typer.Option(metavar="NAME", help="Find the value where the decision changes.")
    ] = None,
    scenarios: Annotated[str | None, typer.Option(metavar="A,B,C", help="Put these scenarios beside it.")] = None,
    range_: Annotated[
        list[str] | None,
        typer.Option("--range", metavar="NAME=LOW:HIGH", help="A range instead of that in the parameter's file."),
    ] = None,
    patients: Annotated[int, typer.Option(metavar="N", help="Patients at every point, the same at all.")] = 1000,
    seed: Annotated[int | None, typer.Option(metavar="N", help="Seed; the scenario's by default.")] = None,
    one_way: Annotated[bool, typer.Option(help="Move one parameter at a time.")] = True,
    switches: Annotated[bool, typer.Option(help="Turn the structural switches one at a time.")] = True,
    group_patients: Annotated[
        int, typer.Option(metavar="N", help="Patients for the value of deciding by group; 0 leaves it out.")
    ] = 20_000,
    threads: Threads = None,
    cluster: Cluster = None,
    tls_ca: TlsCa = None,
    tls_cert: TlsCert = None,
    tls_key: TlsKey = None,
    out: Out = Path("outputs"),
    json: Json = False,
) -> None:
    """Move parameters, switches and scenarios one by one and see what that does to the answer.

    All points see the same patients with the same luck. All parameters take minutes;
    name fewer with --parameters, and give more --patients for a publication.
    """
    from sim.experiments.dsa import DsaPlan
    from sim.experiments.dsa import dsa as analyse
    from sim.experiments.dsa_results import FRAMES
    from sim.experiments.dsa_store import finish_dsa
    from sim.experiments.store import unfinished_folder
    from sim.inputs.scenario import load_scenario
    from sim.report import console

    plan = DsaPlan(
        patients=patients,
        one_way=one_way,
        parameters=tuple(parameters or ()),
        two_way=() if two_way is None else (two_way,),
        grid=grid,
        thresholds=tuple(threshold or ()),
        scenarios=tuple(name.strip() for name in (scenarios or "").split(",") if name.strip()),
        ranges=dict(_range(text) for text in range_ or ()),
        switches=switches,
        group_patients=group_patients,
    )
    question = load_scenario(scenario)
    with (
        workers(cluster, threads, tls_ca, tls_cert, tls_key) as executor,
        unfinished_folder(out, question.name) as folder,
    ):
        with console.progress_bar(question.name) as progress:
            results = analyse(question, plan, seed=seed, threads=threads, progress=progress, executor=executor)
        from sim.report import dsa_html

        place = finish_dsa(results, folder, dsa_html.writers())
    if json:
        frames = {name: console.records(getattr(results, name)) for name in FRAMES}
        console.print_json({"folder": str(place), "manifest": results.manifest, **frames})
        return
    from sim.report.dsa_screen import dsa_tables, heading_width
    from sim.report.dsa_words import dsa_answer_text

    console.print_text(dsa_answer_text(results))
    for table in dsa_tables(results):
        console.print_table(table, heading_width=heading_width(table))
    console.print_text(f"Analysed in {results.manifest['seconds']:.0f} s: {place}")
    console.print_text(f"Report: {place / 'report.html'}")


def _range(text: str) -> tuple[str, tuple[float, float]]:
    """NAME=LOW:HIGH in its parts. Raises InputError."""
    name, _, limits = text.partition("=")
    low, _, high = limits.partition(":")
    try:
        ends = float(low), float(high)
    except ValueError:
        raise InputError(f"--range {text}", "this is no range", "Write NAME=LOW:HIGH, such as a.b=1.5:3.") from None
    return name.strip(), ends
