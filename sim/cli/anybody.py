"""Commands on anybody's analysis: cea compares the strategies of any model, export writes ours for other programs."""

from pathlib import Path
from typing import Annotated

import typer

from sim.cli.options import Json, app
from sim.cli.thresholds import REPAIR, thresholds_of
from sim.vocabulary.errors import InputError


@app.command(epilog='Example: bmes cea costs.csv effects.csv parameters.csv --wtp 20000,30000 --evppi "price,hazard"')
def cea(
    costs: Annotated[Path, typer.Argument(metavar="COSTS.csv", help="A column a strategy, a row a draw.")],
    effects: Annotated[Path, typer.Argument(metavar="EFFECTS.csv", help="The same strategies and draws.")],
    parameters: Annotated[
        Path | None, typer.Argument(metavar="PARAMETERS.csv", help="A column a parameter, the same draws.")
    ] = None,
    wtp: Annotated[
        list[str] | None,
        typer.Option(metavar="NUMBERS", help="Willingness to pay, needed: 20000,30000. May be repeated."),
    ] = None,
    evppi: Annotated[
        list[str] | None, typer.Option(metavar="NAMES", help='Parameters to be known together: "a,b". May be repeated.')
    ] = None,
    json: Json = False,
) -> None:
    """Compare the strategies of any model from the costs and effects of its probabilistic analysis."""
    from sim.analysis.cea import cea as compare
    from sim.analysis.cea import parsed_set
    from sim.analysis.psa_csv import read_psa
    from sim.report import console
    from sim.report.cea_tables import cea_answer, cea_content, cea_tables

    thresholds = thresholds_of(wtp or [])
    if not thresholds:
        raise InputError("--wtp", "no willingness to pay is given", REPAIR)
    if evppi and parameters is None:
        raise InputError("--evppi", "there is no file of parameters", "Give it after COSTS.csv and EFFECTS.csv.")
    table = read_psa(costs, effects, parameters)
    known = [] if table.parameters is None else [str(name) for name in table.parameters.columns]
    found = compare(table, thresholds, {text: parsed_set(text, known) for text in evppi or []})
    if json:
        console.print_json(cea_content(found))
        return
    console.print_text(cea_answer(found))
    for made in cea_tables(found):
        console.print_table(made, heading_width=min(max(len(row.heading) for row in made.rows), 40))


@app.command(epilog="Example: bmes export outputs/base_case_uk/20260101T120000Z-1a2b3c4d --layout bcea --out for_bcea")
def export(
    folder: Annotated[Path, typer.Argument(metavar="RUN", help="A folder that `bmes psa` has written.")],
    layout: Annotated[
        str, typer.Option(metavar="bcea|dampack|voi|savi|csv", help="The program that is to read the tables.")
    ],
    out: Annotated[Path, typer.Option(metavar="FOLDER", help="Where to write; a folder that is new or empty.")],
    json: Json = False,
) -> None:
    """Write the draws of a probabilistic analysis as tables that BCEA, dampack, voi, SAVI or a spreadsheet reads."""
    from sim.experiments.exports import checked_layout
    from sim.experiments.exports import export as write
    from sim.experiments.psa_store import load_psa
    from sim.report import console

    checked_layout(layout)
    results = load_psa(folder)
    setting = results.inputs.setting
    files = write(
        results.table(),
        layout,
        out,
        title=results.scenario.title,
        currency=setting.currency,
        thresholds=setting.thresholds,
    )
    if json:
        console.print_json({"folder": str(out), "layout": layout, "files": [file.name for file in files]})
    else:
        console.print_text("\n".join(["Written:", *(str(file) for file in files)]))
