"""What "scans per case" means, and up to how many early MRI is worth its cost, in words."""

import math
from typing import Any

from sim.report.findings import Findings
from sim.report.numbers import money, number

EARLY = "early_scans_per_case_count"


def scan_records(findings: Findings) -> list[dict[str, Any]]:
    """The rows of Results.scan_threshold; none in a run without early MRI."""
    records = findings.frame("scan_threshold").to_dict("records")
    return [{str(key): value for key, value in record.items()} for record in records]


def meaning(findings: Findings) -> str:
    """What the number is and where it comes from."""
    text = (
        "Scans per case: how many people with joint pain are scanned for each one in whom the oedema is found. Whoever "
        "scans at the first contact scans at a low threshold, and most of those scans find something else or nothing. "
        "All of them are charged to the case that is found, with visits for incidental findings; so the answer depends "
        "on this number as much as on any effect of early diagnosis."
    )
    parameters = findings.inputs.parameters
    if EARLY in parameters:
        quantity = parameters.quantity(EARLY)
        scope = f" (range {quantity.low:g} to {quantity.high:g})" if quantity.low and quantity.high else ""
        basis = quantity.reason or quantity.note or quantity.where
        status = "an assumption" if quantity.status == "assumption" else f"a {quantity.status} value"
        text += f" This run takes {quantity.value:g}{scope}, {status}"
        text += f": {basis.rstrip('.')}." if basis else "."
    return text


def verdict(findings: Findings, record: dict[str, Any]) -> str:
    """One row of the threshold analysis in words."""
    at = money(float(record["willingness_to_pay"]), findings.currency)
    scans, limit = float(record["scans_per_case"]), float(record["threshold_scans"])
    strategy, comparator = (findings.title(str(record[key])) for key in ("strategy", "comparator"))
    if math.isnan(limit):
        return f"At {at} per QALY {strategy} is not worth its cost against {comparator} at any number of scans."
    low, high = float(record["threshold_low"]), float(record["threshold_high"])
    span = f" (95 % Monte Carlo interval {number(low, 1)} to {number(high, 1)})" if not math.isnan(low) else ""
    so = "it is" if scans < limit else "it is not"
    return (
        f"At {at} per QALY {strategy} is worth its cost against {comparator} up to {number(limit, 1)} scans per "
        f"case{span}; with the {number(scans, 0)} of this run {so}."
    )


def in_short(findings: Findings) -> str:
    """What belongs to the answer itself: the verdicts at the first threshold; empty without early MRI."""
    first = findings.thresholds[0]
    verdicts = [verdict(findings, r) for r in scan_records(findings) if float(r["willingness_to_pay"]) == first]
    if not verdicts:
        return ""
    opening = "Early MRI stands or falls with how many people are scanned for each case that is found."
    return " ".join([opening, *verdicts])
