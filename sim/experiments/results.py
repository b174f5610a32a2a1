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
    subgroups: long; dimension (site of the first lesion, sex, or age_band at entry), group, strategy, patients, cost
        and qalys (discounted) with `_se`, symptom_months (onset to end of symptoms, among those who have it),
        pain_years, incremental_cost and incremental_qalys to the comparator with `_se`, net_benefit_gain with `_se` at
        the setting's first threshold.
    batches: long; strategy, batch (the patient's number modulo 64), patients, cost and qalys (means, discounted); what
        `compare` pairs runs by.
    flows: long; strategy, from_months, to_months (since entry), from_state, to_state, patients. Every patient is in one
        row of each strategy and interval.
    scan_threshold: a row an early strategy and threshold, empty when there is none; strategy, comparator,
        willingness_to_pay, scans_per_case, cost_per_scan, increment_now (of net monetary benefit), threshold_scans (a
        case, where that increment is 0; nan if at none above 0), threshold_low and threshold_high (95 % interval of
        chance; parameters are held).
    scan_threshold_curve: long; strategy, comparator, willingness_to_pay, scans_per_case, increment, standard_error.
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
    subgroups: pd.DataFrame
    batches: pd.DataFrame
    flows: pd.DataFrame
    scan_threshold: pd.DataFrame
    scan_threshold_curve: pd.DataFrame
    patients: pd.DataFrame | None = None
    history: pd.DataFrame | None = None
