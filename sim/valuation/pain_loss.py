"""What pain takes from utility: the forms of a scenario, all of them straight lines between knots.

With `felt` the pain that counts and `norm` the utility without pain, and s the loss per point at the reference norm:
    proportional  norm * s * felt / reference norm
    additive      s * felt
    convex        norm * d(felt) / reference norm, d a line that grows steeper at two knots
    above_one     norm * s * max(felt - 1, 0) / reference norm
A tariff holds them as one first slope, shared (a share of the norm) or plain, and a further slope above each knot.
"""

from typing import Any

from sim.disease.rule import generic
from sim.valuation.protocols import Parameters

KNOTS = 2
_SLOPES = ("below_first_knot", "between_knots", "above_second_knot")


def fill_pain_loss(record: Any, parameters: Parameters, form: str) -> None:
    """Write the form of the loss into a tariff record. Every number is read, whatever the form needs."""
    reference = parameters.value("utility_reference_norm_utility")
    per_point = parameters.value("utility_loss_per_pain_point_utility")
    knots = [parameters.value(f"convex_utility_loss.{number}_knot_nrs") for number in ("first", "second")]
    slopes = [parameters.value(f"convex_utility_loss.{part}_utility") for part in _SLOPES]
    if form == "additive":
        record["loss_per_point"] = per_point
    elif form == "proportional":
        record["loss_share_per_point"] = per_point / reference
    elif form == "above_one":
        record["pain_knots"] = (1.0, 10.0)
        record["knot_shares"] = (per_point / reference, 0.0)
    elif form == "convex":
        record["loss_share_per_point"] = slopes[0] / reference
        record["pain_knots"] = knots
        record["knot_shares"] = ((slopes[1] - slopes[0]) / reference, (slopes[2] - slopes[1]) / reference)
    else:
        raise ValueError(f"there is no form of utility {form!r}")
    record["kinked"] = bool(record["knot_shares"].any())


@generic
def loss_per_point(tariff: Any, norm: float) -> float:
    """Loss per point of pain below all knots; one of the two parts is 0."""
    return float(tariff.loss_per_point + norm * tariff.loss_share_per_point)


@generic
def share_above_knots(tariff: Any, felt: float) -> float:
    """Share of the norm that is lost over and above the first slope."""
    share = 0.0
    if tariff.kinked:
        for k in range(KNOTS):
            share += tariff.knot_shares[k] * max(felt - tariff.pain_knots[k], 0.0)
    return share


@generic
def pain_loss(tariff: Any, norm: float, felt: float) -> float:
    """Loss by pain at one instant."""
    return loss_per_point(tariff, norm) * felt + norm * share_above_knots(tariff, felt)


@generic
def loss_line(tariff: Any, norm: float, felt: float) -> tuple[float, float]:
    """The loss as a line of pain, intercept and slope, between the knots that `felt` lies between."""
    intercept, slope = 0.0, loss_per_point(tariff, norm)
    if tariff.kinked:
        for k in range(KNOTS):
            if felt > tariff.pain_knots[k]:
                slope += norm * tariff.knot_shares[k]
                intercept -= norm * tariff.knot_shares[k] * tariff.pain_knots[k]
    return intercept, slope


@generic
def next_knot_years(s: Any, tariff: Any, time_years: float, until: float) -> float:
    """When pain next passes a knot after `time_years`; `until` if not before that.

    Each crossing is worked out from the last row, whatever the piece, so that it is the same number for all pieces and
    is passed once.
    """
    if tariff.kinked and s.felt_slope != 0.0:
        for k in range(KNOTS):
            crossing = s.time_years + (tariff.pain_knots[k] - s.felt) / s.felt_slope
            if time_years < crossing < until:
                until = crossing
    return until
