"""Errors of acceptability, expected loss and EVPI that counting draws does not see: of a correction, of shared luck."""

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np

from sim.analysis.decision_sums import DecisionSums, merged_sums, sums_of
from sim.analysis.draw_moments import merged, moments_of, numbers_of
from sim.analysis.patient_noise import increments_of, shrinking
from sim.analysis.psa_table import Floats, PsaTable

BLOCKS = 32  # the standard error made from them is itself sure to some 13 %


class Variances(NamedTuple):
    """Squared standard errors of T thresholds and S strategies: probability (T, S), loss (T, S), evpi (T,)."""

    probability: Floats
    loss: Floats
    evpi: Floats


def variances_of_correction(table: PsaTable, noise: Floats, thresholds: Floats) -> Variances:
    """By finitely many draws, what the correction for `noise` costs included: a jackknife over 32 blocks of draws.

    Each time a block is left out, and covariance and mean noise are estimated anew from those that remain (Efron and
    Tibshirani 1993, An Introduction to the Bootstrap, chapter 11).
    """
    increments, twins = increments_of(table)
    edges = np.linspace(0, table.draws, min(BLOCKS, table.draws) + 1).astype(int)
    blocks = [slice(int(start), int(stop)) for start, stop in zip(edges[:-1], edges[1:], strict=True)]
    moments = [moments_of(increments[:, rows]) for rows in blocks]
    noises = np.stack([noise[rows].sum(axis=0) for rows in blocks])
    found = []
    for left_out, rows in enumerate(blocks):
        remaining = merged(part for place, part in enumerate(moments) if place != left_out)
        mean_noise = np.delete(noises, left_out, axis=0).sum(axis=0) / remaining.draws
        move = shrinking(remaining, mean_noise, twins)
        sides = (slice(0, rows.start), slice(rows.stop, table.draws))
        parts = [sums_of(move.numbers(increments[:, side]), thresholds) for side in sides if side.start < side.stop]
        found.append(merged_sums(parts))
    weight = (len(blocks) - 1) / len(blocks)
    return Variances(
        weight * _squares([sums.probability for sums in found]),
        weight * _squares([sums.losses for sums in found]),
        weight * _squares([sums.evpi for sums in found]),
    )


def variances_of_shared_luck(clean: PsaTable, shared_noise: Floats, thresholds: Floats) -> Variances:
    """By chance that moves all draws together: each axis of its covariance is tried one standard error up and down."""
    values, axes = np.linalg.eigh(shared_noise)
    found = []
    for axis in np.flatnonzero(values > 0.0):
        step = np.sqrt(values[axis]) * axes[:, axis]
        found.append([_moved(clean, sign * step, thresholds) for sign in (-0.5, 0.5)])
    shape = (len(thresholds), len(clean.strategies))
    zero = Variances(np.zeros(shape), np.zeros(shape), np.zeros(len(thresholds)))
    return Variances(
        sum(((up.probability - down.probability) ** 2 for down, up in found), start=zero.probability),
        sum(((up.losses - down.losses) ** 2 for down, up in found), start=zero.loss),
        sum(((up.evpi - down.evpi) ** 2 for down, up in found), start=zero.evpi),
    )


def _moved(table: PsaTable, step: Floats, thresholds: Floats) -> DecisionSums:
    """The sums of a table all of whose draws are moved by `step`, (2S,)."""
    return merged_sums([sums_of(numbers_of(table, rows) + step[:, None], thresholds) for rows in table.chunks()])


def _squares(estimates: Sequence[Floats]) -> Floats:
    """Sum of the squared deviations of estimates from their mean."""
    values = np.stack(estimates)
    deviations = values - values.mean(axis=0)
    total: Floats = (deviations * deviations).sum(axis=0)
    return total
