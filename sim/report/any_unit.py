"""Numbers of anybody's model as people read them: their unit, and with it their size, is not known here."""

import math

from sim.report.numbers import MINUS, decimals_for, error_text, number
from sim.report.table import Cell

SIGNIFICANT_DIGITS = 5  # of a number whose error says nothing
MOST_DECIMALS = 12
SMALLEST_WRITTEN_OUT, LARGEST_WRITTEN_OUT = 1e-6, 1e15  # others get an exponent


def any_figure(value: float, standard_error: float) -> Cell:
    """A mean in a unit that is not known here, with its standard error, as many digits as the error deserves."""
    size = max(abs(value), standard_error)
    if not standard_error > 0.0 or not SMALLEST_WRITTEN_OUT <= size < LARGEST_WRITTEN_OUT:
        return Cell(significant(value), significant(standard_error), numeric=True)
    decimals = decimals_for(standard_error, 0, MOST_DECIMALS)
    return Cell(number(value, decimals), error_text(standard_error, decimals), numeric=True)


def significant(value: float) -> str:
    """Five significant digits, without an exponent unless the number is very small or very large."""
    size = abs(value)
    if size and not SMALLEST_WRITTEN_OUT <= size < LARGEST_WRITTEN_OUT:
        return f"{MINUS if value < 0.0 else ''}{size:.{SIGNIFICANT_DIGITS}g}"
    digits = SIGNIFICANT_DIGITS - 1 - math.floor(math.log10(size)) if size else 0
    text = number(value, max(digits, 0))
    return text.rstrip("0").rstrip(".") if "." in text else text
