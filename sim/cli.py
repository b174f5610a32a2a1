"""The command `bmes`: reads arguments, calls, prints. Each command imports what it needs only when it runs."""

import errno
import os
import sys
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Annotated, Any

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


@app.callback()
def bmes(
    debug: Annotated[bool, typer.Option("--debug", help="Show tracebacks; may stand anywhere.")] = False,
) -> None:
    """Simulate bone marrow oedema syndrome patient by patient, and what its treatment costs and gains."""


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
    """Simulate a scenario, compare its strategies and write a run folder with a report."""
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
        from sim.report.html import write_report

        place = finish(results, folder, {"report.html": write_report})
    if json:
        from sim.report.console import records

        frames = {name: records(getattr(results, name)) for name in ("outcomes", "incremental", "net_benefit")}
        console.print_json({"folder": str(place), "question": question.question, "manifest": results.manifest} | frames)
        return
    from sim.report.answer import answer_text
    from sim.report.findings import Findings
    from sim.report.tables import incremental_table

    console.print_text(answer_text(results))
    console.print_table(incremental_table(Findings(results)))
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


@parameters_app.command("list", epilog="Example: bmes parameters list healing")
def list_parameters(
    part: Annotated[str, typer.Argument(metavar="[PART]", help="Only names that hold this text.")] = "",
    scenario: OtherScenario = "base_case_uk",
    json: Json = False,
) -> None:
    """List every parameter with value, uncertainty, status and source."""
    from dataclasses import asdict

    from sim.inputs import listing
    from sim.inputs.model_inputs import gather
    from sim.inputs.scenario import load_scenario
    from sim.report import console

    rows = [row for row in listing.list_parameters(gather(load_scenario(scenario))) if part in row.name]
    if json:
        console.print_json([asdict(row) for row in rows])
        return
    columns = ("name", "value", "unit", "distribution", "status", "source")
    caption = f"{len(rows)} parameters of {scenario}"
    console.print_rows(caption, columns, [[str(getattr(row, column)) for column in columns] for row in rows])


@parameters_app.command("show", epilog="Example: bmes parameters show healing_median_months.hip")
def show_parameter(
    name: Annotated[str, typer.Argument(metavar="NAME", help="Dotted name of a parameter.")],
    scenario: OtherScenario = "base_case_uk",
    json: Json = False,
) -> None:
    """Show everything known about one parameter: value, uncertainty, source, place in the source."""
    from sim.inputs import listing
    from sim.inputs.model_inputs import gather
    from sim.inputs.scenario import load_scenario
    from sim.report import console

    inputs = gather(load_scenario(scenario))
    pairs = listing.show_parameter(inputs.parameters, inputs.sources, name)
    if json:
        console.print_json([{"label": label, "text": text} for label, text in pairs])
    else:
        console.print_pairs(pairs)


@parameters_app.command("check", epilog="Example: bmes parameters check")
def check_parameters(json: Json = False) -> None:
    """Check all shipped data: units, shares, probabilities, sources, and that the model reads every parameter."""
    from dataclasses import asdict

    from sim.experiments.check import check_shipped
    from sim.report import console

    found = asdict(check_shipped())
    if json:
        console.print_json(found)
        return
    names = ", ".join(found.pop("scenarios"))
    counts = ", ".join(f"{number} {what}" for what, number in found.items())
    console.print_text(f"All is sound: {counts}; scenarios {names}.")


@app.command(epilog="Example: bmes report outputs/base_case_uk/20260101T120000Z-1a2b3c4d")
def report(folder: Annotated[Path, typer.Argument(metavar="RUN", help="A run folder.")]) -> None:
    """Write the report of a run anew, from its stored tables and inputs."""
    from sim.experiments.store import load_run
    from sim.report import console
    from sim.report.html import write_report

    console.print_text(f"Report: {write_report(load_run(folder), folder / 'report.html')}")


@app.command(epilog="Example: bmes runs --out outputs")
def runs(out: Out = Path("outputs"), json: Json = False) -> None:
    """List the runs that were written, the newest first."""
    from sim.experiments.store import list_runs
    from sim.report import console

    columns = ("started", "patients", "seed", "engine", "seconds", "version")
    rows = [(str(folder), *(str(manifest.get(name, "")) for name in columns)) for folder, manifest in list_runs(out)]
    if json:
        console.print_json([dict(zip(("folder", *columns), row, strict=True)) for row in rows])
    else:
        console.print_rows(f"{len(rows)} runs in {out}", ("folder", *columns), rows)


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


def main() -> None:
    """Entry point of the command."""
    app()


if __name__ == "__main__":
    main()
