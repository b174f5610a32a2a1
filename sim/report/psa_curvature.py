"""The mean over the draws of a probabilistic analysis against one run at the means of its parameters, as a table."""

from collections.abc import Mapping
from typing import Any

from sim.experiments.non_linearity import non_linearity
from sim.report.findings import ROUNDING
from sim.report.numbers import Estimate, decimals_for, money, number, signed
from sim.report.psa_findings import PsaFindings, records
from sim.report.table import Cell, Row, Table, figure_cell, words


def curvature_table(findings: PsaFindings) -> Table | None:
    """The mean over the draws against one run at the means of the parameters; None where there was no such run."""
    found = records(non_linearity(findings.psa))
    rows: list[Row] = []
    for measure, heading in (
        ("incremental_cost", f"Incremental cost ({findings.currency})"),
        ("incremental_qalys", "Incremental QALYs"),
        ("net_benefit_gain", f"Net benefit gained at {money(findings.thresholds[0], findings.currency)} per QALY"),
    ):
        rows.append(Row(heading))
        rows += [
            Row(findings.title(str(row["strategy"])), _curvature_cells(row, measure))
            for row in found
            if row["measure"] == measure
        ]
    columns = ("Against the comparator", "Mean over the draws", "Run at the means", "Difference", "")
    held, cause = "", "The difference is its curvature, and what the parameters do together"
    if findings.switches:
        held = " and no switch were sampled"
        cause = (
            "The run at the means has the structural switches of the scenario itself, none of them drawn, so that the "
            "difference holds the effect of sampling them beside its curvature"
        )
    note = (
        f"If the model were a straight line in its parameters{held}, both would be the same. "
        f"{cause}; decisions rest on the mean over the draws. In brackets: standard error of "
        "the difference."
    )
    caption = "Mean over the draws against one run at the means of the parameters"
    return Table(caption, columns, tuple(rows), note) if found else None


def _curvature_cells(row: Mapping[str, Any], measure: str) -> tuple[Cell, ...]:
    difference = Estimate(float(row["difference"]), float(row["standard_error"]))
    if abs(difference.mean) < ROUNDING and difference.standard_error < ROUNDING:
        difference = Estimate(0.0, 0.0)
    least = 4 if measure == "incremental_qalys" else 0
    decimals = decimals_for(difference.standard_error, least)
    means = (Cell(signed(number(float(row[name]), decimals)), numeric=True) for name in ("psa_mean", "at_means"))
    verdict = "none" if difference.exact_zero else "clear" if difference.clear else "within two standard errors"
    return (*means, figure_cell(difference, least, plus=True), words(verdict))
