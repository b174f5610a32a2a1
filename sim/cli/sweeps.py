"""Commands on sweeps: simulate the points of a design, ask their results in SQL, merge their files."""

import csv
import sys
from dataclasses import asdict
from itertools import islice
from pathlib import Path
from typing import Annotated, Any

import typer

from sim.cli.cluster import workers
from sim.cli.options import Cluster, Json, Out, Threads, TlsCa, TlsCert, TlsKey, app
from sim.cli.uncertainty import interruptible
from sim.vocabulary.errors import InputError

ROWS_SHOWN = 200  # of an answer, in a table
PLANNED = ("loads", "seconds_per_load", "seconds_per_point", "seconds", "bytes")
UNITS = ("B", "kB", "MB", "GB", "TB", "PB")

SweepRun = Annotated[Path, typer.Argument(metavar="RUN", help="The run folder of a sweep, finished or not.")]


@app.command(epilog="Example: bmes sweep price_and_effect --dry-run")
def sweep(
    file: Annotated[
        str | None, typer.Argument(metavar="FILE", help="A sweep file, or the name of a shipped one.")
    ] = None,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Say what it would take, and stop.")] = False,
    resume: Annotated[Path | None, typer.Option(metavar="RUN", help="Do what a sweep lacks; no FILE then.")] = None,
    patients: Annotated[
        int | None, typer.Option(metavar="N", help="Patients at each point; the file's by default.")
    ] = None,
    threads: Threads = None,
    cluster: Cluster = None,
    tls_ca: TlsCa = None,
    tls_cert: TlsCert = None,
    tls_key: TlsKey = None,
    out: Out = Path("outputs"),
    json: Json = False,
) -> None:
    """Simulate every point of a design: prices, effects, strategies, populations and settings side by side.

    All points see the same patients with the same luck. What is done is kept, however the sweep ends.
    """
    from sim.experiments import sweep as sweeps
    from sim.experiments.sweep_check import check_sweep
    from sim.experiments.sweep_results import load_sweep_results
    from sim.experiments.sweep_store import begin
    from sim.inputs.sweeps import load_sweep
    from sim.report import console

    if (file is None) == (resume is None):
        raise InputError("sweep", "either a FILE or --resume RUN is needed", "Give one of the two.")
    if resume is not None and (dry_run or patients is not None):
        raise InputError("--resume", "an interrupted sweep goes on as it was begun", "Leave the other options out.")
    if dry_run and any(one is not None for one in (cluster, tls_ca, tls_cert, tls_key)):
        raise InputError("--dry-run", "what it would take is tried on this machine", "Leave the cluster out beside it.")
    asked = None if file is None else load_sweep(file, patients=patients)
    if asked is not None and dry_run:
        _print_plan(asked, threads, json=json)
        return
    if asked is not None:
        check_sweep(asked)
    with workers(cluster, threads, tls_ca, tls_cert, tls_key) as executor:
        folder = Path(str(resume)) if asked is None else begin(asked, out)
        with interruptible(f"bmes sweep --resume {folder}"), console.progress_bar(folder.parent.name) as progress:
            place = sweeps.resume(folder, executor, progress)
    manifest = load_sweep_results(place).manifest
    if json:
        names = ("points", "refused_points", "courses", "rows", "taken_from_parts", "seconds")
        console.print_json({"folder": str(place), **{name: manifest[name] for name in names}})
        return
    refused = manifest["refused_points"]
    if refused:
        console.print_text(
            f"The model refuses {refused:,} of {manifest['points']:,} points; column `refused` says why."
        )
    words = f"{manifest['points']:,} points, {manifest['courses']:,} courses, in {manifest['seconds']:.0f} s: {place}"
    console.print_text(words)
    console.print_text(f"Report: bmes report {place}")


@app.command(
    epilog="Example: bmes query outputs/price_and_effect/20260101T120000Z-1a2b3c4d 'select avg(inc_cost) from results'"
)
def query(
    folder: SweepRun,
    sql: Annotated[str, typer.Argument(metavar="SQL", help="A question to the views results, design and joined.")],
    json: Json = False,
    comma: Annotated[bool, typer.Option("--csv", help="Print CSV instead of a table.")] = False,
) -> None:
    """Ask the results of a sweep in SQL. Rows can be read, and nothing can be changed."""
    from sim.experiments.sweep_query import asked
    from sim.experiments.sweep_results import load_sweep_results
    from sim.report import console

    if json and comma:
        raise InputError("--csv", "this contradicts --json", "Leave one of the two out.")
    results = load_sweep_results(folder)
    with asked(results, sql) as answer:
        _tell_what_is_missing(results)
        if json:
            console.print_json([console.record(row, answer.columns) for row in answer.records()])
        elif comma:
            from sim.analysis.spreadsheet_names import guarded

            lines = csv.writer(sys.stdout, lineterminator="\n")
            lines.writerow([guarded(name) for name in answer.columns])
            lines.writerows([guarded(one) if isinstance(one, str) else one for one in row] for row in answer.rows)
        else:
            rows = list(islice(answer.rows, ROWS_SHOWN + 1))
            more = len(rows) > ROWS_SHOWN
            texts = [tuple(_text(one) for one in row) for row in rows[:ROWS_SHOWN]]
            console.print_rows("", answer.columns, texts)
            console.print_text(f"The first {ROWS_SHOWN} rows; --csv prints all." if more else f"{len(rows)} rows.")


@app.command(epilog="Example: bmes compact outputs/price_and_effect/20260101T120000Z-1a2b3c4d")
def compact(folder: SweepRun) -> None:
    """Merge the parts of a sweep into a few files. May be stopped at any moment, and repeated."""
    from sim.experiments.sweep_compact import compact as merge
    from sim.experiments.sweep_results import load_sweep_results
    from sim.report import console

    results = load_sweep_results(folder)
    done = merge(folder)
    console.print_text(f"{done.before:,} files became {done.after:,}: {folder}")
    _tell_what_is_missing(results)


def _tell_what_is_missing(results: Any) -> None:
    """On the channel of errors, so that the answer itself can be read by programs."""
    missing = results.missing_points()
    if missing:
        words = f"{missing:,} of the sweep's points are not there yet. To do them: bmes sweep --resume {results.folder}"
        print(words, file=sys.stderr)


def _print_plan(sweep: Any, threads: int | None, *, json: bool) -> None:
    from sim.experiments.executor import thread_count
    from sim.experiments.sweep_plan import plan_sweep
    from sim.report import console

    processors = thread_count(threads)
    plan = plan_sweep(sweep)
    if json:
        flat = asdict(plan.size) | {name: getattr(plan, name) for name in PLANNED}
        console.print_json({"sweep": sweep.name, "design": sweep.design.kind, **flat, "threads": processors})
        return
    size = plan.size
    strategies = ", ".join(sweep.scenario.strategies)
    console.print_pairs(
        {
            "Sweep": f"{sweep.title} ({sweep.files[0]})",
            "Factors": f"{len(sweep.factors)}, as {sweep.design.kind}",
            "Points": f"{size.points:,}",
            "Strategies": f"{len(sweep.scenario.strategies)} ({strategies})",
            "Patients": f"{sweep.scenario.patients:,} at each point",
            "Draws": f"{sweep.draws:,} at each point" if sweep.draws else "none; central values",
            "Courses": f"{size.courses:,}",
            "Results": f"{size.rows:,} rows in {size.parts:,} files, about {_bytes_in_words(plan.bytes)}",
            "Time": f"about {_time_in_words(plan.seconds / processors)} with {processors} threads of this machine",
            "": f"{_time_in_words(plan.seconds)} of one processor",
        }
    )


def _text(value: Any) -> str:
    if value is None:
        return ""
    return f"{value:.6g}" if isinstance(value, float) else str(value)


def _time_in_words(seconds: float) -> str:
    if seconds < 100:
        return f"{seconds:.0f} s"
    if seconds < 100 * 60:
        return f"{seconds / 60:.0f} minutes"
    return f"{seconds / 3600:,.1f} hours"


def _bytes_in_words(number: float) -> str:
    place = 0
    while number >= 1000 and place < len(UNITS) - 1:
        number, place = number / 1000, place + 1
    return f"{number:.3g} {UNITS[place]}"
