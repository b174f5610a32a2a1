"""Amounts of money beside their standard errors: two digits of the error, and the amount to the same place."""

import math

from sim.report.numbers import NOTHING, Estimate, error_text, money, number
from sim.report.table import Cell

ERROR_DIGITS = 2
MOST_DECIMALS = 2  # of an amount of money
SMALL = 100.0  # amounts below it are shown with decimals where no error says how many


def amount_texts(estimate: Estimate) -> tuple[str, str]:
    """The amount and its standard error, such as `1,230,000` and `200,000`; no error where none was found.

    An error of exactly 0 is none: what is the same in all draws at hand may still differ in others.
    """
    mean, error = estimate.mean, estimate.standard_error
    if estimate.missing:
        return NOTHING, ""
    if not (error > 0.0 and math.isfinite(error)):
        return number(mean, MOST_DECIMALS * (0.0 < abs(mean) < SMALL)), ""
    place = max(math.floor(math.log10(error)) + 1 - ERROR_DIGITS, -MOST_DECIMALS)
    if place <= 0:
        return number(mean, -place), error_text(error, -place)
    return number(round(mean, -place)), number(round(error, -place))


def amount_cell(estimate: Estimate, *, best: bool = False) -> Cell:
    """The amount with its error, for a column that names the currency."""
    mean, error = amount_texts(estimate)
    return Cell(mean, error, numeric=True, best=best)


def told(estimate: Estimate, currency: str) -> str:
    """For instance `GBP 207 (standard error 28)`."""
    mean, error = amount_texts(estimate)
    if estimate.missing:
        return NOTHING
    return f"{currency} {mean} (standard error {error})" if error else f"{currency} {mean}"


def shown(estimate: Estimate, currency: str) -> str:
    """The amount alone, to the digits that its error deserves."""
    return money(estimate.mean, currency) if estimate.missing else f"{currency} {amount_texts(estimate)[0]}"
