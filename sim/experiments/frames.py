"""From sums to data frames: means with standard errors, paired increments, curves, adverse events."""

from typing import Any

import numpy as np
import pandas as pd

from sim.experiments.accumulate import COST, EFFECT, TIMED, Sums
from sim.experiments.moments import Floats
from sim.inputs.model_inputs import ModelInputs
from sim.valuation.curves import CURVE, GRID_MONTHS, HEALTH_STATES
from sim.valuation.outcomes import MAY_BE_MISSING, OUTCOME_NAMES
from sim.vocabulary.enums import Site
from sim.vocabulary.events import HealthState

PAIRED = tuple(name for name in OUTCOME_NAMES if name not in MAY_BE_MISSING)
MEAN_CURVES = ("load_pain", "rest_pain", "utility")
SHARE_CURVES = ("symptom_free", "mri_normal")
JOINT_CURVES = tuple(f"joints_{site.name.lower()}" for site in Site)


def standard_errors(squares: Floats, counts: Floats) -> Floats:
    """Of means, from sums of squared deviations: sqrt(squares / (n - 1) / n); nan below two patients."""
    with np.errstate(divide="ignore", invalid="ignore"):
        return np.where(counts > 1.0, np.sqrt(squares / (counts - 1.0) / counts), np.nan)


def outcome_frame(sums: Sums, strategies: list[str]) -> pd.DataFrame:
    """A row a strategy: strategy, psa_draw, patients, then each outcome and its `_se`.

    Outcomes that may be missing are means over those who have them, whose number is `_n` and whose median is `_median`.
    """
    moments = sums.moments
    means = np.where(moments.counts > 0.0, moments.means, np.nan)
    errors = standard_errors(moments.squares, moments.counts)
    rows = []
    for s, strategy in enumerate(strategies):
        row: dict[str, Any] = {"strategy": strategy, "psa_draw": 0, "patients": sums.patients}
        for f, name in enumerate(OUTCOME_NAMES):
            row |= {name: means[s, f], f"{name}_se": errors[s, f]}
            if name in MAY_BE_MISSING:
                row[f"{name}_n"] = int(moments.counts[s, f])
            if name in TIMED:
                row[f"{name}_median"] = sums.median(s, name)
        rows.append(row)
    return pd.DataFrame(rows)


def increment_frame(sums: Sums, strategies: list[str]) -> pd.DataFrame:
    """Long: strategy, comparator, outcome, mean, standard_error of differences within patients, all ordered pairs."""
    means = sums.moments.means
    errors = standard_errors(sums.moments.pair_squares, np.full(1, float(sums.patients)))
    places = [OUTCOME_NAMES.index(name) for name in PAIRED]
    pairs = [
        pd.DataFrame(
            {
                "strategy": strategies[a],
                "comparator": strategies[b],
                "outcome": PAIRED,
                "mean": means[a, places] - means[b, places],
                "standard_error": errors[a, b, places],
            }
        )
        for a, b in _ordered_pairs(len(strategies))
    ]
    columns = ["strategy", "comparator", "outcome", "mean", "standard_error"]
    return pd.concat(pairs, ignore_index=True) if pairs else pd.DataFrame(columns=columns)


def covariance_frame(sums: Sums, strategies: list[str]) -> pd.DataFrame:
    """strategy, comparator, covariance of the mean increments of discounted cost and QALYs, all ordered pairs."""
    covariances = _covariances(sums)
    rows = [
        {"strategy": strategies[a], "comparator": strategies[b], "covariance": covariances[a, b]}
        for a, b in _ordered_pairs(len(strategies))
    ]
    return pd.DataFrame(rows, columns=["strategy", "comparator", "covariance"])


def cost_effect_frame(sums: Sums, strategies: list[str]) -> pd.DataFrame:
    """strategy, cost, effect (discounted), their standard errors, and the covariance of both means."""
    moments, covariances = sums.moments, _covariances(sums)
    errors = standard_errors(moments.squares, moments.counts)
    return pd.DataFrame(
        {
            "strategy": strategies,
            "cost": moments.means[:, COST],
            "effect": moments.means[:, EFFECT],
            "cost_standard_error": errors[:, COST],
            "effect_standard_error": errors[:, EFFECT],
            "covariance": np.diag(covariances),
        }
    )


def cost_effect_increments(increments: pd.DataFrame, covariance: pd.DataFrame) -> pd.DataFrame:
    """The increments of discounted cost and QALYs as columns, a row an ordered pair, with their covariance."""
    keys = ["strategy", "comparator"]
    table = covariance
    for outcome, name in (("cost_discounted", "cost"), ("qalys_discounted", "effect")):
        one = increments[increments["outcome"] == outcome].drop(columns="outcome")
        table = table.merge(one.rename(columns={"mean": name, "standard_error": f"{name}_standard_error"}), on=keys)
    return table


def curve_frame(sums: Sums, strategies: list[str]) -> pd.DataFrame:
    """Long: strategy, months_since_entry, quantity, mean, standard_error.

    load_pain, rest_pain, utility and the symptomatic joints at each site are means, symptom_free and mri_normal shares,
    of those alive and under observation at the point; alive is the share of those not yet at the end of their
    follow-up. Joints are counted without their spread, so their standard error is missing.
    """
    tables = []
    for s, strategy in enumerate(strategies):
        points = sums.curves[s].view(CURVE)[:, 0]
        alive, observed = points["alive"], points["occupancy"].sum(axis=1)
        for quantity in (*MEAN_CURVES, *SHARE_CURVES, *JOINT_CURVES, "alive"):
            number = observed if quantity == "alive" else alive
            total = points[quantity]
            total_of_squares = points[f"{quantity}_squared"] if quantity in MEAN_CURVES else total
            with np.errstate(divide="ignore", invalid="ignore"):
                mean = total / number
                squares = np.maximum(total_of_squares - total * mean, 0.0)
            error = standard_errors(squares if quantity not in JOINT_CURVES else np.full_like(mean, np.nan), number)
            tables.append(_points(strategy, "quantity", quantity, mean=mean, standard_error=error))
    return pd.concat(tables, ignore_index=True)


def occupancy_frame(sums: Sums, strategies: list[str]) -> pd.DataFrame:
    """Long: strategy, months_since_entry, health_state, share of those whose follow-up has not ended."""
    tables = []
    for s, strategy in enumerate(strategies):
        occupancy = sums.curves[s].view(CURVE)[:, 0]["occupancy"]
        with np.errstate(divide="ignore", invalid="ignore"):
            shares = occupancy / occupancy.sum(axis=1, keepdims=True)
        for state in range(HEALTH_STATES):
            name = HealthState(state).name.lower()
            tables.append(_points(strategy, "health_state", name, share=shares[:, state]))
    return pd.concat(tables, ignore_index=True)


def adverse_event_frame(sums: Sums, inputs: ModelInputs) -> pd.DataFrame:
    """strategy, treatment, adverse_event, events, per_100_patients: of every treatment that a strategy may give."""
    rows = []
    for s, strategy in enumerate(inputs.strategies.values()):
        given = {name for line in strategy.lines for name in line.treatments}
        for t, (name, treatment) in enumerate(inputs.treatments.items()):
            for number, event in enumerate(treatment.adverse_events if name in given else ()):
                events = int(sums.adverse_events[s, t, number])
                rows.append(
                    {
                        "strategy": strategy.name,
                        "treatment": name,
                        "adverse_event": event.name,
                        "events": events,
                        "per_100_patients": 100.0 * events / sums.patients,
                    }
                )
    return pd.DataFrame(rows, columns=["strategy", "treatment", "adverse_event", "events", "per_100_patients"])


def _ordered_pairs(count: int) -> list[tuple[int, int]]:
    return [(a, b) for a in range(count) for b in range(count) if a != b]


def _covariances(sums: Sums) -> Floats:
    """Of mean cost and mean effect (diagonal) and of their increments (elsewhere), shape (strategies, strategies)."""
    number = sums.patients
    return sums.moments.products / (number - 1) / number if number > 1 else np.full_like(sums.moments.products, np.nan)


def _points(strategy: str, key: str, name: str, **columns: Floats) -> pd.DataFrame:
    return pd.DataFrame({"strategy": strategy, "months_since_entry": GRID_MONTHS, key: name, **columns})
