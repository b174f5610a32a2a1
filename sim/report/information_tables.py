"""The value of information as tables and a sentence for a terminal."""

import pandas as pd

from sim.report.numbers import NOTHING, Estimate, money, number, plain
from sim.report.table import Cell, Row, Table, figure_cell

ERRORS_NOTE = "Standard errors in brackets."
METHODS = {"regression": "regression", "nested": "nested Monte Carlo", "moment_matching": "moment matching"}


def information_answer(perfect: pd.DataFrame, currency: str) -> str:
    """What perfect information is worth a person, a sentence a threshold."""
    return "\n".join(
        f"At {money(row['willingness_to_pay'], currency)} a QALY perfect information on all parameters would be worth "
        f"{money(row['evpi'], currency)} a person (standard error {number(row['se'], 2 if row['se'] < 10 else 0)})."
        for row in perfect.to_dict("records")
    )


def evppi_table(evppi: pd.DataFrame, currency: str) -> Table:
    """A row a set of parameters and method, a column a threshold, in the order of the frame."""
    columns = ("Parameters known", *_thresholds(evppi, currency), "Method")
    rows = [
        Row(str(label), (*_cells(part, evppi), Cell(METHODS[str(method)])))
        for (label, method), part in evppi.groupby(["parameters", "method"], sort=False)
    ]
    note = f"{ERRORS_NOTE} Sets overlap, so that their values do not add up."
    return Table(f"EVPPI: what it is worth to know some parameters, {currency} a person", columns, tuple(rows), note)


def evsi_table(evsi: pd.DataFrame, currency: str) -> Table:
    """A row a size and method, a column a threshold."""
    first = evsi.iloc[0]
    caption = (
        f"EVSI: what the data of a trial are worth, {currency} a person; {first['arms']}; {first['outcome']} "
        f"over {plain(float(first['follow_up_months']))} months"
    )
    rows = [
        Row(number(float(str(size))), (*_cells(part, evsi), Cell(METHODS[str(method)])))
        for (size, method), part in evsi.groupby(["patients_per_arm", "method"], sort=False)
    ]
    return Table(caption, ("Patients an arm", *_thresholds(evsi, currency), "Method"), tuple(rows), ERRORS_NOTE)


def enbs_table(enbs: pd.DataFrame, currency: str) -> Table:
    """A row a size, threshold and method; the best size of each is said."""
    rows = []
    for row in enbs.to_dict("records"):
        error = float(row["se"])
        cells = (
            Cell(METHODS[row["method"]]),
            Cell(number(row["willingness_to_pay"]), numeric=True),
            figure_cell(Estimate(row["evsi_population"], error), 0),
            Cell(number(row["cost_of_trial"]), numeric=True),
            figure_cell(Estimate(row["enbs"], error), 0, best=bool(row["best"])),
            Cell("best" if row["best"] else ""),
        )
        rows.append(Row("no trial" if row["patients_per_arm"] == 0 else number(row["patients_per_arm"]), cells))
    columns = ("Patients an arm", "Method", "Threshold", "Value of the data", "Cost of the trial", "Net benefit", "")
    return Table(f"ENBS: whether a trial pays, {currency}, all concerned", columns, tuple(rows), ERRORS_NOTE)


def population_table(population: pd.DataFrame, currency: str) -> Table:
    """A row a quantity, a column a threshold."""
    first = population.iloc[0]
    caption = (
        f"Value for all concerned, {currency}: {plain(float(first['incidence_per_year']))} a year for "
        f"{plain(float(first['horizon_years']))} years, discounted at {plain(100.0 * first['annual_discount_rate'])} %"
    )
    rows = [
        Row("all parameters (EVPI)" if label == "evpi" else str(label), tuple(_cells(part, population)))
        for label, part in population.groupby("quantity", sort=False)
    ]
    return Table(caption, ("Known", *_thresholds(population, currency)), tuple(rows), ERRORS_NOTE)


def _thresholds(frame: pd.DataFrame, currency: str) -> list[str]:
    return [f"At {money(float(w), currency)}" for w in frame["willingness_to_pay"].unique()]


def _cells(part: pd.DataFrame, frame: pd.DataFrame) -> list[Cell]:
    """The values of `part` at each threshold of `frame`; a dash where there is none."""
    values = part.drop_duplicates("willingness_to_pay").set_index("willingness_to_pay")
    cells = []
    for w in frame["willingness_to_pay"].unique():
        known = w in values.index
        value, error = (float(values.loc[w, name]) if known else float("nan") for name in ("value", "se"))
        cells.append(figure_cell(Estimate(value, error), _decimals(value)) if known else Cell(NOTHING, numeric=True))
    return cells


def _decimals(value: float) -> int:
    return 1 if abs(value) < 100.0 else 0
