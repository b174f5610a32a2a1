"""Commands that simulate: run, trace, bench."""

import sys
from pathlib import Path
from typing import Annotated

import typer

from sim.cli.options import EngineName, Json, Out, ScenarioName, Threads, app


@app.command(epilog="Example: bmes run base_case_uk --patients 10000 --threads 2")
def run(
    scenario: ScenarioName,
    patients: Annotated[int | None, typer.Option(metavar="N", help="Patients; the scenario's by default.")] = None,
    seed: Annotated[int | None, typer.Option(metavar="N", help="Seed; the scenario's by default.")] = None,
    engine: EngineName = "batch",
    threads: Threads = None,
    history: Annotated[bool, typer.Option("--history", help="Keep every event (history.parquet).")] = False,
    keep_patients: Annotated[
        bool, typer.Option("--keep-patients", help="Keep the outcomes of every patient (patients.parquet).")
    ] = False,
    out: Out = Path("outputs"),
    json: Json = False,
) -> None:
    """Simulate a scenario, compare its strategies and write a run folder with a report and a workbook."""
    from sim.experiments.run import run as run_scenario
    from sim.experiments.store import finish, unfinished_folder
    from sim.inputs.scenario import load_scenario
    from sim.report import console

    question = load_scenario(scenario, patients=patients, seed=seed)
    with unfinished_folder(out, question.name) as folder:
        with console.progress_bar(question.name) as progress:
            results = run_scenario(
                question,
                engine=engine,
                threads=threads,
                keep_history=history,
                keep_patients=keep_patients,
                progress=progress,
            )
        from sim.report import html, workbook

        place = finish(results, folder, html.writers())
    written = place / workbook.WORKBOOK if workbook.can_write() else None
    if json:
        from sim.report.console import records

        frames = {name: records(getattr(results, name)) for name in ("outcomes", "incremental", "net_benefit")}
        about = {"folder": str(place), "question": question.question, "manifest": results.manifest}
        console.print_json({**about, "workbook": None if written is None else str(written), **frames})
        return
    from sim.report.answer import answer_text
    from sim.report.findings import Findings
    from sim.report.tables import incremental_table

    console.print_text(answer_text(results))
    console.print_table(incremental_table(Findings(results)))
    console.print_text(workbook.NOT_WRITTEN if written is None else f"Workbook: {written}")
    console.print_text(f"Report: {place / 'report.html'}")


@app.command(epilog="Example: bmes trace base_case_uk --patient 17 --strategy supportive --strategy zoledronate")
def trace(
    scenario: ScenarioName,
    patient: Annotated[int, typer.Option(metavar="N", help="Number of the patient, from 0.")] = 0,
    strategy: Annotated[
        list[str] | None, typer.Option(metavar="NAME", help="Once or several times; the comparator by default.")
    ] = None,
    seed: Annotated[int | None, typer.Option(metavar="N", help="Seed; the scenario's by default.")] = None,
    engine: EngineName = "simpy",
    json: Json = False,
) -> None:
    """Tell the story of one patient under one strategy, or several side by side."""
    from sim.experiments.trace import trace as trace_patient
    from sim.inputs.scenario import load_scenario
    from sim.report import console

    study, courses = trace_patient(load_scenario(scenario, seed=seed), patient, strategy or [], engine)
    if json:
        console.print_json(
            [{"strategy": course.strategy, "rows": console.records(course.frame(study))} for course in courses]
        )
        return
    from sim.report.story import Trace, tell

    traces = [Trace(course.strategy, course.patient, course.history, course.outcomes) for course in courses]
    sys.stdout.write(tell(traces, study.inputs, console.console().width).rstrip("\n") + "\n")


@app.command(epilog="Example: bmes bench --json")
def bench(
    patients: Annotated[int, typer.Option(metavar="N", help="Patients in the timed runs.")] = 20_000,
    large: Annotated[bool, typer.Option("--large", help="Measure the memory of a million patients too.")] = False,
    json: Json = False,
) -> None:
    """Measure speed and memory on this machine; takes some minutes."""
    from sim.experiments.bench import measure
    from sim.experiments.manifest import host
    from sim.report import console

    with console.progress_bar("bench") as progress:
        figures = measure(patients, large=large, progress=progress)
    if json:
        console.print_json({"host": host(), "figures": [figure.__dict__ for figure in figures]})
        return
    rows = [(figure.name, f"{figure.value:,.4g}", figure.unit, figure.mark, figure.note) for figure in figures]
    console.print_rows("Speed and memory", ("measure", "value", "unit", "mark", "remark"), rows)
