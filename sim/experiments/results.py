"""What a run gives back: the question with its inputs, and the answers as data frames."""

from dataclasses import dataclass
from typing import Any

import pandas as pd

from sim.inputs.model_inputs import ModelInputs
from sim.inputs.scenario import Scenario


@dataclass(frozen=True, eq=False)
class Results:
    """The results of one run. Means have Monte Carlo standard errors; increments are differences within patients.

    outcomes: a row a strategy; strategy, psa_draw, patients, each outcome of docs/glossary.md with `_se`, and `_n` and
        `_median` of those that may be missing.
    increments: long; strategy, comparator, outcome, mean (strategy minus comparator), standard_error.
    covariance: strategy, comparator, covariance of the mean increments of discounted cost and QALYs.
    incremental: a row a strategy in order of cost; cost and effect (QALYs), both discounted, increments, icer, status,
        next_to.
    net_benefit: long; strategy, willingness_to_pay, net_monetary_benefit, standard_error, incremental_vs_comparator,
        incremental_standard_error, at the setting's present and former thresholds.
    curves: long; strategy, months_since_entry, quantity, mean, standard_error.
    occupancy: long; strategy, months_since_entry, health_state, share.
    adverse_events: strategy, treatment, adverse_event, events, per_100_patients.
    patients, history: None unless they were asked for; see kept.py for their columns.
    manifest: what is needed to repeat the run, and how long it took.
    """

    scenario: Scenario
    inputs: ModelInputs
    manifest: dict[str, Any]
    outcomes: pd.DataFrame
    increments: pd.DataFrame
    covariance: pd.DataFrame
    incremental: pd.DataFrame
    net_benefit: pd.DataFrame
    curves: pd.DataFrame
    occupancy: pd.DataFrame
    adverse_events: pd.DataFrame
    patients: pd.DataFrame | None = None
    history: pd.DataFrame | None = None
