"""Where decisions change along single parameters, in words and as a table, with the interval that chance leaves."""

import math

from sim.report.dsa_findings import DsaFindings, Record
from sim.report.numbers import money, plain
from sim.report.table import Cell, Row, Table, words

ENOUGH_DIGITS = 4
STATUS_WORDS = {
    "none_in_range": "none within the range",
    "no_effect": "the gain does not depend on it",
    "refused": "the model refuses values of the range",
}


def threshold_words(findings: DsaFindings) -> list[str]:
    """A sentence for each change of the decision at the setting's first threshold, or that there is none."""
    return [
        _sentence(row)
        for row in findings.rows("threshold")
        if row["decision"] == "best" and float(row["willingness_to_pay"]) == findings.threshold
    ]


def _sentence(row: Record) -> str:
    if row["status"] == "refused":
        return f"Whether {row['parameter']} changes the decision cannot be told: {STATUS_WORDS['refused']}."
    if row["status"] != "found":
        return f"Within its range {row['parameter']} does not change the decision."
    said = (
        f"The decision changes where {row['parameter']} ({row['unit']}) passes {short(float(row['threshold_value']))} "
        f"(95 % interval {interval(row)}); its base value is {short(float(row['base_value']))}."
    )
    if all(math.isnan(limit) for limit in _limits(row)):
        said += " Chance among the patients hides where in the range that is, and whether it is there at all."
    return said


def interval(row: Record) -> str:
    """Both limits of a threshold; one beyond the range that was searched is told as such."""
    low, high = _limits(row)
    below = "below the range" if math.isnan(low) else short(low)
    above = "above the range" if math.isnan(high) else short(high)
    return f"{below} to {above}"


def _limits(row: Record) -> tuple[float, float]:
    return float(row["threshold_low"]), float(row["threshold_high"])


def short(value: float) -> str:
    """A value of a parameter with enough digits."""
    return plain(float(f"{value:.{ENOUGH_DIGITS}g}"))


def threshold_table(findings: DsaFindings) -> Table | None:
    """Where decisions change along single parameters."""
    rows = []
    found_rows = findings.rows("threshold")
    decided = {_contest(row) for row in found_rows if row["decision"] == "best"}
    for row in found_rows:
        if row["decision"] == "pair" and _contest(row) in decided:
            continue  # the decision itself, told already
        pair = f"{findings.title(str(row['strategy']))} against {findings.title(str(row['against']))}"
        found = str(row["status"]) == "found"
        cells = (
            words(f"{pair}{' (the decision)' if row['decision'] == 'best' else ''}"),
            Cell(money(float(row["willingness_to_pay"]), findings.currency), numeric=True),
            Cell(plain(float(row["base_value"])), numeric=True),
            Cell(short(float(row["threshold_value"]))) if found else words(STATUS_WORDS[str(row["status"])]),
            words(interval(row) if found else ""),
            words(_sides(findings, row)),
        )
        rows.append(Row(f"{row['parameter']} ({row['unit']})", cells))
    columns = ("Parameter", "Decision", "per QALY", "Base value", "Changes at", "95 % interval", "Better")
    note = (
        "The interval holds the values at which the gain is within 1.96 Monte Carlo standard errors of 0: chance among "
        "the simulated patients, with all other parameters at their central values. That of the decision minds every "
        "strategy that may be the best of the others."
    )
    return Table("Thresholds of single parameters", columns, tuple(rows), note) if rows else None


def _contest(row: Record) -> tuple[str, frozenset[str], float]:
    """What a row of thresholds is about, from whichever side it is told."""
    return (
        str(row["parameter"]),
        frozenset((str(row["strategy"]), str(row["against"]))),
        float(row["willingness_to_pay"]),
    )


def _sides(findings: DsaFindings, row: Record) -> str:
    sides = [
        f"{side} it {findings.title(str(row[side]))}"
        for side in ("below", "above")
        if isinstance(row[side], str) and row[side]
    ]
    return "; ".join(sides)
