"""Numbers as people read them: money, QALYs, shares and times, each with as many digits as its error deserves."""

import math
from dataclasses import dataclass

MINUS = "\u2212"
NOTHING = "\u2013"  # shown where a number does not exist
DAYS_PER_YEAR = 365.25
NEARLY_NOTHING = 0.005  # a probability that whole per cents would show as 0
CLEAR_ERRORS = 2.0  # a difference of fewer standard errors may be chance


@dataclass(frozen=True)
class Estimate:
    """A mean over simulated patients and its Monte Carlo standard error, in the same unit."""

    mean: float
    standard_error: float

    @property
    def clear(self) -> bool:
        """Whether the mean differs from zero by at least two standard errors."""
        return self.mean != 0.0 and abs(self.mean) >= CLEAR_ERRORS * self.standard_error

    @property
    def exact_zero(self) -> bool:
        """No difference in any patient, so that chance has no part in it."""
        return self.mean == 0.0 and self.standard_error == 0.0

    @property
    def missing(self) -> bool:
        return math.isnan(self.mean)

    def times(self, factor: float) -> "Estimate":
        """The same in another unit."""
        return Estimate(self.mean * factor, abs(factor) * self.standard_error)


def number(value: float, decimals: int = 0) -> str:
    """`value` with thousands separators and a real minus sign; a dash for nan."""
    if math.isnan(value):
        return NOTHING
    if math.isinf(value):
        return f"{MINUS if value < 0 else ''}infinite"
    text = f"{abs(value):,.{decimals}f}"
    return f"{MINUS}{text}" if value < 0 and any(digit in text for digit in "123456789") else text


def signed(text: str) -> str:
    """A number's text with a plus sign before it unless it is zero, negative or missing."""
    return f"+{text}" if any(digit in text for digit in "123456789") and not text.startswith(MINUS) else text


def decimals_for(standard_error: float, least: int, most: int = 6) -> int:
    """Decimals that show the leading digit of the error, and no fewer than `least`."""
    if not standard_error > 0.0 or not math.isfinite(standard_error):
        return least
    return max(least, min(most, math.ceil(-math.log10(standard_error))))


def money_decimals(estimate: Estimate) -> int:
    """Whole units, or hundredths for small amounts that are known so well."""
    return 2 if 0.0 < abs(estimate.mean) < 100.0 and estimate.standard_error < 0.5 else 0


def error_text(standard_error: float, decimals: int) -> str:
    """A standard error to as many decimals as its mean; one that would round to zero reads as below the last digit."""
    text = number(standard_error, decimals)
    if standard_error > 0.0 and not any(digit in text for digit in "123456789"):
        return f"<{number(10.0**-decimals, decimals)}"
    return text


def money(value: float, currency: str, decimals: int | None = None) -> str:
    """For instance `GBP 1,234`."""
    if math.isnan(value):
        return NOTHING
    shown = (2 if 0.0 < abs(value) < 10.0 else 0) if decimals is None else decimals
    return f"{currency} {number(value, shown)}"


def share(value: float, decimals: int = 1) -> str:
    """A share as a percentage."""
    return NOTHING if math.isnan(value) else f"{number(100.0 * value, decimals)} %"


def percent(probability: float) -> str:
    """A probability in whole per cent, without the look of certainty that rounding gives to 99.97 %."""
    if 0.0 < probability < NEARLY_NOTHING:
        return "less than 1 %"
    if 1.0 - NEARLY_NOTHING < probability < 1.0:
        return "more than 99 %"
    return share(probability, 0)


def plain(value: float) -> str:
    """A parameter's number: up to six significant digits, thousands separated, no exponent unless tiny."""
    if value != 0.0 and abs(value) < 1e-4:
        return f"{value:.3g}".replace("-", MINUS, 1)
    return f"{value:,.6g}".replace("-", MINUS) if abs(value) < 1e6 else number(value)


def months(value: float) -> str:
    return NOTHING if math.isnan(value) else f"{number(value, 1)} months"
