"""Commands on how many patients and draws a question needs."""

from typing import Annotated

import typer

from sim.cli.cluster import workers
from sim.cli.options import Cluster, Json, ScenarioName, Threads, TlsCa, TlsCert, TlsKey, app

FRAMES = ("splits", "plans", "common_luck")


@app.command(epilog="Example: bmes plan base_case_uk --target-se 50")
def plan(
    scenario: ScenarioName,
    target_se: Annotated[
        float, typer.Option(metavar="X", help="Wanted standard error of the mean, in the unit of the measure.")
    ],
    measure: Annotated[
        str, typer.Option(metavar="net_benefit_gain|incremental_cost|incremental_effect", help="Of what.")
    ] = "net_benefit_gain",
    strategy: Annotated[
        str | None, typer.Option(metavar="NAME", help="Whose increment; that which needs most by default.")
    ] = None,
    wtp: Annotated[
        float | None, typer.Option(metavar="X", help="Willingness to pay per QALY; the setting's first by default.")
    ] = None,
    pilot_draws: Annotated[int, typer.Option(metavar="K", help="Draws of the pilot; more make it surer.")] = 50,
    pilot_patients: Annotated[int, typer.Option(metavar="N", help="Patients in each draw of the pilot.")] = 500,
    seed: Annotated[int | None, typer.Option(metavar="N", help="Seed; the scenario's by default.")] = None,
    threads: Threads = None,
    cluster: Cluster = None,
    tls_ca: TlsCa = None,
    tls_cert: TlsCert = None,
    tls_key: TlsKey = None,
    json: Json = False,
) -> None:
    """Say how many draws and patients a probabilistic analysis needs, and how long it will take here."""
    from sim.experiments.precision import plan as plan_question
    from sim.inputs.scenario import load_scenario
    from sim.report import console

    question = load_scenario(scenario)
    with (
        workers(cluster, threads, tls_ca, tls_cert, tls_key) as executor,
        console.progress_bar(f"pilot of {question.name}") as progress,
    ):
        found = plan_question(
            question,
            target_se,
            measure=measure,
            strategy=strategy,
            willingness_to_pay=wtp,
            draws=pilot_draws,
            patients=pilot_patients,
            seed=seed,
            threads=threads,
            progress=progress,
            executor=executor,
        )
    if json:
        frames = {name: console.records(getattr(found, name)) for name in FRAMES}
        parts = {"speed": found.speed.__dict__, "recommended": found.recommended.__dict__}
        console.print_json({**found.__dict__, "scenario": found.scenario.name, **parts, **frames})
        return
    from sim.report.plan_words import plan_tables, plan_text

    console.print_text(plan_text(found, scenario))
    for table in plan_tables(found):
        console.print_table(table, heading_width=max(len(row.heading) for row in table.rows))
