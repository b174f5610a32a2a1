"""The mean over all draws against a run at the means of the parameters: what is left is the model's curvature."""

import math

import numpy as np
import pandas as pd

from sim.experiments.psa_results import COST, EFFECT, PsaResults
from sim.experiments.results import Results

COLUMNS = ("strategy", "comparator", "measure", "psa_mean", "at_means", "difference", "standard_error")


def non_linearity(results: PsaResults) -> pd.DataFrame:
    """Long: strategy, comparator, measure (cost, qalys, incremental_cost, incremental_qalys, net_benefit_gain at the
    first threshold), psa_mean, at_means, difference, standard_error (of the difference, by draws and by chance among
    patients in both; patients of the two are taken as independent). Empty where there is no run at the means.

    A model that is linear in independent parameters has differences of 0 (within error).
    """
    central = results.at_means
    if central is None:
        return pd.DataFrame(columns=list(COLUMNS))
    comparator, threshold = results.scenario.comparator, results.inputs.setting.thresholds[0]
    by_draw = {
        name: frame[[COST, EFFECT]].to_numpy(float) for name, frame in results.outcomes.groupby("strategy", sort=False)
    }
    rows = []
    for strategy in results.scenario.strategies:
        levels = by_draw[strategy]
        for place, (measure, outcome) in enumerate((("cost", COST), ("qalys", EFFECT))):
            rows.append((strategy, measure, levels[:, place], *_level(central, strategy, outcome)))
        if strategy == comparator:
            continue
        steps = levels - by_draw[comparator]
        for place, (measure, outcome) in enumerate((("incremental_cost", COST), ("incremental_qalys", EFFECT))):
            rows.append((strategy, measure, steps[:, place], *_step(central, strategy, comparator, outcome)))
        gains = threshold * steps[:, 1] - steps[:, 0]
        rows.append((strategy, "net_benefit_gain", gains, *_gain(central, strategy, threshold)))
    return pd.DataFrame(
        [
            {
                "strategy": strategy,
                "comparator": comparator,
                "measure": measure,
                "psa_mean": float(np.mean(draws)),
                "at_means": mean,
                "difference": float(np.mean(draws)) - mean,
                "standard_error": math.hypot(float(np.std(draws, ddof=1)) / math.sqrt(len(draws)), error),
            }
            for strategy, measure, draws, mean, error in rows
        ],
        columns=list(COLUMNS),
    )


def _level(run: Results, strategy: str, outcome: str) -> tuple[float, float]:
    row = run.outcomes.set_index("strategy").loc[strategy]
    return float(row[outcome]), float(row[f"{outcome}_se"])


def _step(run: Results, strategy: str, comparator: str, outcome: str) -> tuple[float, float]:
    table = run.increments.set_index(["strategy", "comparator", "outcome"]).sort_index()
    row = table.loc[(strategy, comparator, outcome)]
    return float(row["mean"]), float(row["standard_error"])


def _gain(run: Results, strategy: str, threshold: float) -> tuple[float, float]:
    table = run.net_benefit[run.net_benefit["strategy"] == strategy]
    row = table[table["willingness_to_pay"] == threshold].iloc[0]
    return float(row["incremental_vs_comparator"]), float(row["incremental_standard_error"])
