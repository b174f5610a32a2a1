"""All of the analysis of a probabilistic analysis in one call: a table of draws in, a set of frames out."""

from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np
import pandas as pd

from sim.analysis.acceptability import acceptability_frontier_of, acceptability_of
from sim.analysis.convergence import convergence
from sim.analysis.decisions import checked_thresholds, decide
from sim.analysis.draw_moments import draw_moments
from sim.analysis.expected_loss import expected_loss_of
from sim.analysis.icer_error import incremental_with_limits
from sim.analysis.information import evpi_of
from sim.analysis.patient_noise import without_noise
from sim.analysis.plane import ellipses_of, plane_points_of
from sim.analysis.psa_summary import net_benefit_of, summary_of
from sim.analysis.psa_table import PsaTable
from sim.analysis.variance import error_budget_of


@dataclass(frozen=True, eq=False)
class PsaAnalysis:
    """What a probabilistic analysis says. Costs, losses and net benefit are in the unit of the costs, of one person.

    Standard errors are those by finitely many draws and patients; `_low` and `_high` hold 95 % of draws, with patient
    noise taken out, and so say what the parameters leave open.

    strategies, draws: of the table. comparator: what increments are taken to. thresholds: a decision is described at
    them. willingness_to_pay: the grid of the curves, in order, the thresholds among them. corrected: whether the table
    had patient noise, which was taken out.
    summary: a row a strategy; strategy, and cost, effect, incremental_cost, incremental_effect, each with
        _standard_error, _low, _high.
    incremental: a row a strategy in order of cost; the columns of incremental_analysis of the means, and
        icer_fieller_low, ..._high, icer_bootstrap_low, ..._high (error of the simulation), icer_parameters_low,
        ..._high; nan where unbounded.
    net_benefit: long, at the thresholds; strategy, willingness_to_pay, net_benefit, standard_error, gain,
        gain_standard_error, gain_low, gain_high.
    acceptability: long; willingness_to_pay, strategy, probability, standard_error, uncorrected (noise left in).
    acceptability_frontier: willingness_to_pay, strategy, probability.
    expected_loss: long; willingness_to_pay, strategy, loss, standard_error.
    evpi: willingness_to_pay, evpi, se, uncorrected.
    ellipses: strategy, comparator, mean_cost, mean_effect, cost_variance, effect_variance, covariance.
    plane: long; psa_draw, strategy, comparator, incremental_cost, incremental_effect, of at most 1,000 draws.
    error_budget: long; strategy, comparator, measure, mean, total_variance, patient_variance, parameter_variance,
        patient_share, standard_error_of_mean; net benefit at the first threshold.
    convergence: long; draws, strategy, comparator, willingness_to_pay (the first threshold), gain, standard_error, low,
        high.
    """

    strategies: tuple[str, ...]
    draws: int
    comparator: str
    thresholds: tuple[float, ...]
    willingness_to_pay: tuple[float, ...]
    corrected: bool
    summary: pd.DataFrame
    incremental: pd.DataFrame
    net_benefit: pd.DataFrame
    acceptability: pd.DataFrame
    acceptability_frontier: pd.DataFrame
    expected_loss: pd.DataFrame
    evpi: pd.DataFrame
    ellipses: pd.DataFrame
    plane: pd.DataFrame
    error_budget: pd.DataFrame
    convergence: pd.DataFrame


def analyse(
    table: PsaTable, willingness_to_pay: Iterable[float], thresholds: Iterable[float], comparator: str
) -> PsaAnalysis:
    """Every frame of a probabilistic analysis.

    `willingness_to_pay`: grid of the curves; the `thresholds`, at least one, are added to it. Raises InputError for a
    threshold that is negative or not finite and for an unknown comparator. Needs little memory beside a table without
    noise; of one with noise a few copies are made.
    """
    table.place(comparator)
    described = checked_thresholds(thresholds)
    grid = np.unique(np.concatenate([checked_thresholds([*willingness_to_pay, *described])]))
    clean = without_noise(table)
    moments = draw_moments(table)
    clean_moments = moments if clean is table else draw_moments(clean)
    decisions = decide(table, grid)
    return PsaAnalysis(
        strategies=table.strategies,
        draws=table.draws,
        comparator=comparator,
        thresholds=tuple(float(threshold) for threshold in described),
        willingness_to_pay=tuple(float(threshold) for threshold in grid),
        corrected=table.noise is not None,
        summary=summary_of(clean, moments, comparator),
        incremental=incremental_with_limits(table, moments, clean_moments),
        net_benefit=net_benefit_of(clean, moments, described, comparator),
        acceptability=acceptability_of(decisions),
        acceptability_frontier=acceptability_frontier_of(decisions),
        expected_loss=expected_loss_of(decisions),
        evpi=evpi_of(decisions),
        ellipses=ellipses_of(clean, clean_moments, comparator),
        plane=plane_points_of(clean, comparator),
        error_budget=error_budget_of(table, moments, comparator, float(described[0])),
        convergence=convergence(table, comparator, float(described[0])),
    )
