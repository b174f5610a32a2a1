"""Expected value of sample information: what the data of a proposed trial are worth to the decision, for one person.

Two ways from the same simulated trials. By regression of net benefit on the summaries that the trial reports (Strong,
Oakley, Brennan and Breeze 2015, Medical Decision Making 35:570-583). By moment matching (Heath, Manolopoulou and Baio
2018, Medical Decision Making 38:163-173): net benefit fitted on what an endless trial would show is drawn towards its
mean until it varies as much as the posterior mean of a trial of n patients does.
"""

import math
from collections.abc import Sequence

import numpy as np
import pandas as pd

from sim.analysis.conditional_value import (
    ConditionalMeans,
    ConditionalValue,
    conditional_means,
    mean_gain,
    values_of_knowing,
)
from sim.analysis.psa_table import PsaTable
from sim.analysis.trial_data import TrialData
from sim.analysis.variance_learned import Learned, learned
from sim.vocabulary.errors import InputError

REGRESSION, MOMENT_MATCHING = "regression", "moment_matching"
COLUMNS = ("patients_per_arm", "willingness_to_pay", "value", "se", "method")


def evsi(table: PsaTable, trial: TrialData, sizes: Sequence[int], willingness_to_pay: Sequence[float]) -> pd.DataFrame:
    """EVSI per person of trials with these numbers of patients an arm, by both methods.

    Columns: patients_per_arm, willingness_to_pay, value, se, method ("regression", "moment_matching"). No patients tell
    nothing: 0. More patients of the same trial tell no less, so that regression estimates that fall are pooled with
    those before them. A value by moment matching is nan where too few draws resemble the data of a trial.
    Raises InputError for a size that `trial` does not hold, RunError without scikit-learn.
    """
    missing = [size for size in sizes if size not in (0, *trial.sizes)]
    if missing or len(trial.long_run) != table.draws:
        what = f"there are no data of {missing[0]} patients an arm" if missing else "it has another number of draws"
        raise InputError("trial", what, f"Simulated: {', '.join(map(str, trial.sizes))}, {len(trial.long_run)} draws.")
    asked = sorted(set(sizes))
    frames = [
        _frame(_by_regression(table, trial, asked, willingness_to_pay), asked, REGRESSION),
        _frame(_by_moment_matching(table, trial, asked, willingness_to_pay), asked, MOMENT_MATCHING),
    ]
    return pd.concat(frames, ignore_index=True)


def never_falling(values: Sequence[float], errors: Sequence[float]) -> list[float]:
    """The sequence that never falls and is nearest to `values` by squares over variances (isotonic regression)."""
    blocks: list[tuple[float, float, int]] = []
    for value, error in zip(values, errors, strict=True):
        blocks.append((value, 1.0 / max(error, 1e-12) ** 2, 1))
        while len(blocks) > 1 and blocks[-2][0] > blocks[-1][0]:
            (first, weight, count), (second, other, more) = blocks[-2:]
            pooled = (first * weight + second * other) / (weight + other)
            blocks[-2:] = [(pooled, weight + other, count + more)]
    return [value for value, _, count in blocks for _ in range(count)]


def _by_regression(
    table: PsaTable, trial: TrialData, sizes: Sequence[int], willingness_to_pay: Sequence[float]
) -> list[list[ConditionalValue]]:
    """Of each size and threshold."""
    found = []
    for size in sizes:
        if size == 0:
            found.append(_nothing(willingness_to_pay))
            continue
        means = conditional_means(table, trial.summaries(size), "trial")  # one name: the same chance at every size
        found.append(values_of_knowing(means, willingness_to_pay))
    for place in range(len(willingness_to_pay)):
        column = [row[place] for row in found]
        pooled = never_falling([each.value for each in column], [each.standard_error for each in column])
        for row, value in zip(found, pooled, strict=True):
            row[place] = ConditionalValue(row[place].willingness_to_pay, value, row[place].standard_error)
    return found


def _by_moment_matching(
    table: PsaTable, trial: TrialData, sizes: Sequence[int], willingness_to_pay: Sequence[float]
) -> list[list[ConditionalValue]]:
    """Of each size and threshold."""
    means = conditional_means(table, trial.long_run_summaries(), "trial")
    known = [learned(trial, means.net_benefit(w), means.rows) for w in willingness_to_pay]
    found = []
    for size in sizes:
        if size == 0:
            found.append(_nothing(willingness_to_pay))
            continue
        values = values_of_knowing(means, willingness_to_pay, [one.shrinking(size) for one in known])
        errors = [_error_of_moments(means, one, size, w) for one, w in zip(known, willingness_to_pay, strict=True)]
        found.append(
            [
                ConditionalValue(
                    each.willingness_to_pay,
                    each.value if one.known else math.nan,
                    math.hypot(each.standard_error, error) if one.known else math.nan,
                )
                for each, error, one in zip(values, errors, known, strict=True)
            ]
        )
    return found


def _error_of_moments(means: ConditionalMeans, known: Learned, size: int, willingness_to_pay: float) -> float:
    """Standard deviation of the value over repeats of the data sets from which the variance was learned."""
    benefit = means.net_benefit(willingness_to_pay)
    values = [mean_gain(benefit, known.shrinking(size, half)) for half in known.repeats]
    return float(np.std(values, ddof=1))


def _nothing(willingness_to_pay: Sequence[float]) -> list[ConditionalValue]:
    return [ConditionalValue(float(w), 0.0, 0.0) for w in willingness_to_pay]


def _frame(values: list[list[ConditionalValue]], sizes: Sequence[int], method: str) -> pd.DataFrame:
    rows = [
        (size, each.willingness_to_pay, each.value, each.standard_error, method)
        for size, row in zip(sizes, values, strict=True)
        for each in row
    ]
    return pd.DataFrame(rows, columns=list(COLUMNS))
