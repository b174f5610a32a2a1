"""Commands on runs that were written: report, runs, compare."""

from pathlib import Path
from typing import Annotated

import typer

from sim.cli.options import Json, Out, app

WIDEST_HEADING = 26  # characters of the first column of a comparison


@app.command(epilog="Example: bmes report outputs/base_case_uk/20260101T120000Z-1a2b3c4d")
def report(folder: Annotated[Path, typer.Argument(metavar="RUN", help="A run folder.")]) -> None:
    """Write the report and the workbook of a run, of any kind, anew from its stored tables and inputs."""
    from sim.report import console, workbook
    from sim.report.stored import write_any_report

    for written in write_any_report(folder):
        console.print_text(f"{'Workbook' if written.name == workbook.WORKBOOK else 'Report'}: {written}")
    if not workbook.can_write():
        console.print_text(workbook.NOT_WRITTEN)


@app.command(epilog="Example: bmes runs --out outputs")
def runs(out: Out = Path("outputs"), json: Json = False) -> None:
    """List the runs that were written, the newest first."""
    from sim.experiments.store import list_runs
    from sim.report import console

    columns = ("started", "kind", "patients", "draws", "seed", "seconds", "version")
    usual = {"kind": "run", "seconds": "unfinished"}
    rows = [
        (str(folder), *(str(manifest.get(name, usual.get(name, ""))) for name in columns))
        for folder, manifest in list_runs(out)
    ]
    if json:
        console.print_json([dict(zip(("folder", *columns), row, strict=True)) for row in rows])
    else:  # the folder's name says when it was started
        shown = [(row[0], *row[2:-1]) for row in rows]
        console.print_rows(f"{len(rows)} runs in {out}", ("folder", *columns[1:-1]), shown)


@app.command(epilog="Example: bmes compare outputs/base_case_uk/20260101T120000Z-1a2b3c4d outputs/skeptical/...")
def compare(
    folders: Annotated[list[Path], typer.Argument(metavar="RUN RUN ...", help="Two or more run folders.")],
    json: Json = False,
) -> None:
    """Put runs side by side: what differs between their questions, and between their answers."""
    from sim.experiments.compare import compare as compare_runs
    from sim.experiments.store import load_run
    from sim.report import console

    runs = [load_run(folder) for folder in folders]
    comparison = compare_runs(runs)
    if json:
        tables = ("runs", "questions", "strategies", "differences")
        frames = {name: console.records(getattr(comparison, name)) for name in tables}
        console.print_json({"folders": [str(folder) for folder in folders], "remarks": comparison.remarks, **frames})
        return
    from sim.report.side_by_side import comparison_tables

    for table in comparison_tables(comparison, runs):
        console.print_table(table, heading_width=min(max(len(row.heading) for row in table.rows), WIDEST_HEADING))
    for remark in comparison.remarks:
        console.print_text(f"{remark}\n")
