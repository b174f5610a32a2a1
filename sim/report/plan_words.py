"""What `bmes plan` says in a terminal: the recommendation, where the spread comes from, other plans, common luck."""

import math

import pandas as pd

from sim.analysis.plans import LEAST_DRAWS
from sim.experiments.precision import Precision
from sim.report.numbers import MINUS, money, number, plain, share
from sim.report.table import Cell, Row, Table

WORDS = {
    "net_benefit_gain": "gain in net benefit",
    "incremental_cost": "incremental cost",
    "incremental_effect": "incremental QALYs",
}
MINUTE, HOUR = 60.0, 3600.0


def plan_text(found: Precision, asked: str) -> str:
    """The answer in words; `asked` is the scenario as the user wrote it."""
    plan = found.recommended
    at = f" at {money(found.willingness_to_pay, found.currency)} per QALY" * (found.measure == "net_benefit_gain")
    amount = plain(found.target)
    target = f"{amount} QALYs" if found.measure == "incremental_effect" else f"{found.currency} {amount}"
    command = f"bmes psa {asked} --draws {plan.draws} --patients {plan.patients}"
    return "\n\n".join(
        (
            f"Wanted: a standard error of {target} or less of the mean {WORDS[found.measure]} to {found.comparator}"
            f"{at}.",
            f"Recommended: {number(plan.draws)} draws of {number(plan.patients)} patients, "
            f"{duration(plan.seconds)} on this machine: {command}\n"
            f"{_how_sure(found)}",
            f"With the parameters held, one run of {number(found.patients_alone)} patients has that error in "
            f"{duration(found.seconds_alone)}: chance only, nothing of what the evidence leaves open.",
        )
    )


def _how_sure(found: Precision) -> str:
    """Whom the plan is made for, what it rests on, and what may be needed in truth."""
    plan = found.recommended
    unit = " QALYs" * (found.measure == "incremental_effect")
    pilot = (
        f"A pilot of {number(found.pilot_draws)} draws of {number(found.pilot_patients)} patients says so (seed "
        f"{found.seed}, {duration(found.pilot_seconds)})"
    )
    if plan.draws_high == LEAST_DRAWS:
        error = f"{figures(plan.standard_error)}{unit}"
        return f"{pilot}: fewer draws would do for the mean (its error will be {error}), but say little of the spread."
    settled = " `--until-precise` of bmes psa settles it on the way." * found.until_precise
    return (
        f"Most is needed for {plan.strategy}. {pilot}; from its error, {number(plan.draws_low)} to "
        f"{number(plan.draws_high)} draws may be needed in truth.{settled}"
    )


def plan_tables(found: Precision) -> list[Table]:
    """The tables below the answer."""
    return [_split_table(found), _plan_table(found.plans), _luck_table(found)]


def duration(seconds: float) -> str:
    """About two leading digits: the machine keeps no better time."""
    if seconds < 1.0:
        return "less than a second"
    for unit, word in ((1.0, "s"), (MINUTE, "min"), (HOUR, "h")):
        if seconds / unit < 2 * MINUTE or word == "h":
            amount = seconds / unit
            return f"about {number(amount, 1 if amount < 10.0 and word != 's' else 0)} {word}"
    raise AssertionError  # the last unit has no end


def figures(value: float, digits: int = 3) -> str:
    """A number to so many leading digits, without an exponent unless it is tiny."""
    if value == 0.0 or not math.isfinite(value):
        return "0" if value == 0.0 else number(value)
    if abs(value) < 1e-4:
        return f"{value:.{digits}g}".replace("-", MINUS, 1)
    return number(value, max(digits - 1 - math.floor(math.log10(abs(value))), 0))


def _split_table(found: Precision) -> Table:
    unit = "QALYs" if found.measure == "incremental_effect" else found.currency
    rows = []
    for row in found.splits.to_dict("records"):
        deviation = math.sqrt(row["parameter_variance"])
        error = row["parameter_variance_standard_error"] / (2.0 * deviation) if deviation > 0.0 else math.nan
        cells = (
            _figure(row["mean"]),
            Cell(figures(deviation), figures(error, 2), numeric=True),
            _figure(math.sqrt(row["patient_variance"])),
            Cell(share(row["patient_share"]), numeric=True),
        )
        rows.append(Row(row["strategy"], cells))
    columns = (
        "strategy",
        f"mean, {unit}",
        "sd by parameters (error)",
        "sd of one patient",
        "share of chance",
    )
    caption = f"Where the spread of the {WORDS[found.measure]} between the draws of the pilot comes from"
    note = "sd: standard deviation. Share of chance: of the variance between draws with the patients of the pilot."
    return Table(caption, columns, tuple(rows), note)


def _plan_table(plans: pd.DataFrame) -> Table:
    rows = [
        Row(
            f"{number(row['patients'])}{' (recommended)' if row['best'] else ''}",
            (
                Cell(number(row["draws"]), numeric=True),
                Cell(f"{number(row['draws_low'])}–{number(row['draws_high'])}", numeric=True),
                Cell(share(row["patient_share"]), numeric=True),
                Cell(figures(row["acceptability_standard_error"], 2), numeric=True),
                Cell(duration(row["seconds"]).removeprefix("about "), numeric=True),
            ),
        )
        for row in plans.to_dict("records")
    ]
    columns = ("patients in a draw", "draws", "95 %", "share of chance", "error of a probability at most", "time")
    return Table("Plans that reach the same standard error", columns, tuple(rows))


def _luck_table(found: Precision) -> Table:
    frame = found.common_luck
    measures = list(WORDS)
    rows = []
    for strategy in frame["strategy"].unique():
        of_strategy = frame[frame["strategy"] == strategy].set_index("measure")
        cells = tuple(_saving(of_strategy.loc[measure]) for measure in measures)
        rows.append(Row(str(strategy), cells))
    note = "How many times as many patients would be needed, for the same error, if each strategy met other patients."
    return Table("What common luck saves", ("strategy", *(WORDS[name] for name in measures)), tuple(rows), note)


def _saving(row: "pd.Series[float]") -> Cell:
    if math.isnan(row["ratio"]):
        return Cell("no chance in it")
    if row["ratio"] == 0.0:
        return Cell("all: no chance is left")
    relative = row["ratio_standard_error"] / row["ratio"]
    return Cell(figures(row["times_fewer_patients"]), figures(row["times_fewer_patients"] * relative, 2), numeric=True)


def _figure(value: float) -> Cell:
    return Cell(figures(value), numeric=True)
