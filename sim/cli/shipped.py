"""Commands on what comes with the program: the scenarios, and the evidence behind every number."""

from typing import Annotated

import typer

from sim.cli.options import Json, OtherScenario, app, parameters_app


@app.command(epilog="Example: bmes scenarios")
def scenarios(json: Json = False) -> None:
    """List the shipped scenarios with their questions."""
    from sim.experiments.catalogue import about, shipped_scenarios
    from sim.report import console

    found = [about(scenario) for scenario in shipped_scenarios().values()]
    if json:
        console.print_json(found)
        return
    columns = ("scenario", "question", "population", "setting", "strategies")
    rows = [
        (
            one["name"],
            f"{one['title']}: {one['question']}",
            one["population"],
            one["setting"],
            str(len(one["strategies"])),
        )
        for one in found
    ]
    console.print_rows(f"{len(rows)} scenarios; `bmes run NAME` answers one", columns, rows)


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
    """Check all shipped data: units, shares, probabilities, sources, and that the model reads every parameter.

    Every scenario is made ready to run, and the base case in every population and setting and under every switch.
    """
    from dataclasses import asdict

    from sim.experiments.check import check_shipped
    from sim.report import console

    found = asdict(check_shipped())
    if json:
        console.print_json(found)
        return
    named = {what: value for what, value in found.items() if isinstance(value, tuple)}
    counts = ", ".join(f"{value} {what}" for what, value in found.items() if what not in named)
    lists = "; ".join(f"{what} {', '.join(names)}" for what, names in named.items())
    console.print_text(f"All is sound: {counts}; {lists}.")
