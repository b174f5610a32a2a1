"""Probabilistic analyses whose truth is known: Gaussian costs and effects, with Gaussian patient noise or without."""

import numpy as np
from scipy import stats

from sim.analysis.psa_table import PsaTable


def gaussian_table(rng, draws, means, covariance, noise=None, names=None):
    """A table of `draws` from N(means, covariance) of costs then effects, (2S,); `noise` (2S, 2S) is added to each."""
    size = len(means) // 2
    numbers = means + rng.standard_normal((draws, 2 * size)) @ root(covariance).T
    known = None
    if noise is not None:
        numbers = numbers + rng.standard_normal((draws, 2 * size)) @ root(noise).T
        known = np.broadcast_to(noise, (draws, *noise.shape)).copy()
    names = names or tuple("abcdefgh"[:size])
    return PsaTable(names, numbers[:, :size], numbers[:, size:], noise=known)


def root(covariance):
    """A matrix whose product with its transpose is `covariance`, which may be singular."""
    values, axes = np.linalg.eigh(covariance)
    return axes * np.sqrt(np.maximum(values, 0.0))


def random_covariance(rng, strategies, cost_sd=100.0, effect_sd=0.01, rank=None):
    """Some covariance of costs and effects of this many strategies."""
    factors = rng.standard_normal((2 * strategies, rank or 4 * strategies))
    factors /= np.sqrt((factors**2).sum(axis=1, keepdims=True))
    factors *= np.repeat([cost_sd, effect_sd], strategies)[:, None]
    return factors @ factors.T


def gain_law(means, covariance, willingness_to_pay):
    """Mean and standard deviation of the net benefit that the second of two strategies gains over the first."""
    weights = np.array([1.0, -1.0, -willingness_to_pay, willingness_to_pay])
    return weights @ means, np.sqrt(weights @ covariance @ weights)


def unit_normal_loss_evpi(mean, sd):
    """EVPI of two strategies whose gain is N(mean, sd): sd (phi(z) - z (1 - Phi(z))), z = |mean| / sd.

    Raiffa and Schlaifer 1961, Applied Statistical Decision Theory: the unit normal loss integral.
    """
    z = abs(mean) / sd
    return sd * (stats.norm.pdf(z) - z * stats.norm.sf(z))
