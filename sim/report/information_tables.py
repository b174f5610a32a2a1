"""The value of information as tables and a sentence for a terminal."""

import pandas as pd

from sim.analysis.trial_value import DRAWS
from sim.report.numbers import NOTHING, Estimate, money, number, plain
from sim.report.psa_amounts import amount_cell, told
from sim.report.table import Cell, Row, Table

ERRORS_NOTE = "Standard errors in brackets; amounts are rounded to two digits of their errors."
NEVER_NOTE = (
    "A 0 without an error: what became known changed the choice in none of the cases drawn, which does not show that "
    "it never would."
)
UNKNOWN_NOISE = (
    "One patient a draw does not show how much of the spread between draws is chance among the simulated patients. It "
    "counts as uncertainty here, widens every interval, and makes the value of perfect information too high."
)
METHODS = {
    "regression": "regression",
    "nested": "nested Monte Carlo",
    "moment_matching": "moment matching",
    DRAWS: "mean over the draws",
}


def information_answer(perfect: pd.DataFrame, currency: str, *, has_noise: bool = True) -> str:
    """What perfect information is worth a person, a sentence a threshold, and one where the analysis does not know the
    chance among its patients (not `has_noise`).
    """
    sentences = []
    for row in perfect.to_dict("records"):
        at, value = f"At {money(row['willingness_to_pay'], currency)} a QALY", Estimate(row["evpi"], row["se"])
        if value.exact_zero:
            sentences.append(
                f"{at} another strategy was better in no draw, so that the value of knowing more shows as 0."
            )
        else:
            worth = told(value, currency).replace(" (", " a person (")
            sentences.append(f"{at} perfect information on all parameters would be worth {worth}.")
    return "\n".join(sentences if has_noise else [*sentences, UNKNOWN_NOISE])


def evppi_table(evppi: pd.DataFrame, currency: str) -> Table:
    """A row a set of parameters and method, a column a threshold, in the order of the frame."""
    columns = ("Parameters known", *_thresholds(evppi, currency), "Method")
    rows = [
        Row(str(label), (*_cells(part, evppi), Cell(METHODS[str(method)])))
        for (label, method), part in evppi.groupby(["parameters", "method"], sort=False)
    ]
    note = f"{_note(rows)} Sets overlap, so that their values do not add up."
    return Table(f"EVPPI: what it is worth to know some parameters, {currency} a person", columns, tuple(rows), note)


def evsi_table(evsi: pd.DataFrame, currency: str) -> Table:
    """A row a size and method, a column a threshold."""
    first = evsi.iloc[0]
    caption = (
        f"EVSI: what the data of a trial are worth, {currency} a person; {first['arms']}; "
        f"{str(first['outcome']).replace('_', ' ')} over {plain(float(first['follow_up_months']))} months"
    )
    rows = [
        Row(number(float(str(size))), (*_cells(part, evsi), Cell(METHODS[str(method)])))
        for (size, method), part in evsi.groupby(["patients_per_arm", "method"], sort=False)
    ]
    return Table(caption, ("Patients an arm", *_thresholds(evsi, currency), "Method"), tuple(rows), _note(rows))


def enbs_table(enbs: pd.DataFrame, currency: str) -> Table:
    """A row a size, threshold and method; the best size of each is said."""
    rows = []
    for row in enbs.to_dict("records"):
        error = float(row["se"])
        cells = (
            Cell(METHODS[row["method"]]),
            Cell(number(row["willingness_to_pay"]), numeric=True),
            amount_cell(Estimate(row["evsi_population"], error)),
            Cell(number(row["cost_of_trial"]), numeric=True),
            amount_cell(Estimate(row["enbs"], error), best=bool(row["best"])),
            Cell("best" if row["best"] else ""),
        )
        rows.append(Row("no trial" if row["patients_per_arm"] == 0 else number(row["patients_per_arm"]), cells))
    columns = ("Patients an arm", "Method", "Threshold", "Value of the data", "Cost of the trial", "Net benefit", "")
    return Table(f"ENBS: whether a trial pays, {currency}, all concerned", columns, tuple(rows), ERRORS_NOTE)


def population_table(population: pd.DataFrame, currency: str) -> Table:
    """A row a quantity and method, a column a threshold."""
    first = population.iloc[0]
    caption = (
        f"Value for all concerned, {currency}: {plain(float(first['incidence_per_year']))} a year for "
        f"{plain(float(first['horizon_years']))} years, discounted at {plain(100.0 * first['annual_discount_rate'])} %"
    )
    rows = [
        Row(
            "all parameters (EVPI)" if method == DRAWS else str(label),
            (*_cells(part, population), Cell(METHODS[str(method)])),
        )
        for (label, method), part in population.groupby(["quantity", "method"], sort=False)
    ]
    return Table(caption, ("Known", *_thresholds(population, currency), "Method"), tuple(rows), _note(rows))


def _note(rows: list[Row]) -> str:
    """What the brackets hold, and what a 0 without any means where there is one."""
    never = any(cell.text == "0" and not cell.error for row in rows for cell in row.cells)
    return f"{ERRORS_NOTE} {NEVER_NOTE}" if never else ERRORS_NOTE


def _thresholds(frame: pd.DataFrame, currency: str) -> list[str]:
    return [f"At {money(float(w), currency)}" for w in frame["willingness_to_pay"].unique()]


def _cells(part: pd.DataFrame, frame: pd.DataFrame) -> list[Cell]:
    """The values of `part` at each threshold of `frame`; a dash where there is none."""
    values = part.drop_duplicates("willingness_to_pay").set_index("willingness_to_pay")[["value", "se"]]
    return [
        amount_cell(Estimate(*map(float, values.loc[w]))) if w in values.index else Cell(NOTHING, numeric=True)
        for w in frame["willingness_to_pay"].unique()
    ]
