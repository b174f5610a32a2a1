"""The mean over all draws against a run at the means of the parameters: what is left is the model's curvature."""

import math
from typing import Any

import numpy as np
import pandas as pd

from sim.analysis.draw_moments import contrast, variance_of
from sim.analysis.psa_table import PsaTable
from sim.experiments.psa_results import COST, EFFECT, PsaResults
from sim.experiments.results import Results

COLUMNS = ("strategy", "comparator", "measure", "psa_mean", "at_means", "difference", "standard_error")
COST_WEIGHTS, EFFECT_WEIGHTS = (0.0, 1.0), (1.0, 0.0)  # of QALYs, of cost

Pair = tuple[float, float]


def non_linearity(results: PsaResults) -> pd.DataFrame:
    """Long: strategy, comparator, measure (cost, qalys, incremental_cost, incremental_qalys, net_benefit_gain at the
    first threshold), psa_mean, at_means, difference, standard_error (of the difference, by draws and by chance among
    patients in both). Empty where there is no run at the means.

    Draws of independent luck have the chance of their patients in their spread; to that of draws which share their luck
    it is added, and is not known (nan) of one patient a draw. Patients of draws and run are taken as independent: under
    shared luck those of the draws are among those of the run, so that the error is rather too large if draws are few.

    A model that is linear in independent parameters has differences of 0 (within error).
    """
    central = results.at_means
    if central is None:
        return pd.DataFrame(columns=list(COLUMNS))
    comparator, threshold = results.scenario.comparator, results.inputs.setting.thresholds[0]
    table, has_shared_luck = results.table(), results.manifest["luck"] == "shared"
    rows = []
    for strategy in table.strategies:
        cases: list[tuple[str, str | None, Pair, Pair]] = [
            ("cost", None, COST_WEIGHTS, _level(central, strategy, COST)),
            ("qalys", None, EFFECT_WEIGHTS, _level(central, strategy, EFFECT)),
        ]
        if strategy != comparator:
            cases += [
                ("incremental_cost", comparator, COST_WEIGHTS, _step(central, strategy, comparator, COST)),
                ("incremental_qalys", comparator, EFFECT_WEIGHTS, _step(central, strategy, comparator, EFFECT)),
                ("net_benefit_gain", comparator, (threshold, -1.0), _gain(central, strategy, threshold)),
            ]
        for measure, other, weights, at_means in cases:
            numbers = _against(at_means, table, strategy, other, weights, has_shared_luck=has_shared_luck)
            rows.append({"strategy": strategy, "comparator": comparator, "measure": measure, **numbers})
    return pd.DataFrame(rows, columns=list(COLUMNS))


def _against(
    at_means: Pair,
    table: PsaTable,
    strategy: str,
    comparator: str | None,
    weights: Pair,
    *,
    has_shared_luck: bool,
) -> dict[str, Any]:
    """The mean over draws of what `weights` make of QALYs and cost, against `at_means` with its error."""
    place, base = table.place(strategy), None if comparator is None else table.place(comparator)
    effects, costs = table.effects[:, place], table.costs[:, place]
    if base is not None:
        effects, costs = effects - table.effects[:, base], costs - table.costs[:, base]
    draws = weights[0] * effects + weights[1] * costs
    shared = 0.0
    if has_shared_luck:
        of_numbers = contrast(len(table.strategies), place, base, *weights)
        noise = table.shared_noise
        shared = math.nan if noise is None else math.sqrt(variance_of(of_numbers, noise))
    mean, error = float(np.mean(draws)), float(np.std(draws, ddof=1)) / math.sqrt(len(draws))
    return {
        "psa_mean": mean,
        "at_means": at_means[0],
        "difference": mean - at_means[0],
        "standard_error": math.hypot(error, at_means[1], shared),
    }


def _level(run: Results, strategy: str, outcome: str) -> Pair:
    row = run.outcomes.set_index("strategy").loc[strategy]
    return float(row[outcome]), float(row[f"{outcome}_se"])


def _step(run: Results, strategy: str, comparator: str, outcome: str) -> Pair:
    table = run.increments.set_index(["strategy", "comparator", "outcome"]).sort_index()
    row = table.loc[(strategy, comparator, outcome)]
    return float(row["mean"]), float(row["standard_error"])


def _gain(run: Results, strategy: str, threshold: float) -> Pair:
    table = run.net_benefit[run.net_benefit["strategy"] == strategy]
    row = table[table["willingness_to_pay"] == threshold].iloc[0]
    return float(row["incremental_vs_comparator"]), float(row["incremental_standard_error"])
