"""A metamodel: what some parameters alone say about costs and effects, fitted to the draws of a PSA.

Penalised regression on splines, pairs and a low-rank Gaussian process. It is linear in what it is fitted to, so that
one fit of costs and effects serves every willingness to pay, and the errors of its coefficients are known in closed
form (Wood 2017, Generalized Additive Models, chapter 6).
"""

from dataclasses import dataclass, replace

import numpy as np
import numpy.typing as npt
import pandas as pd

from sim.analysis.metamodel_features import feature_blocks

Floats = npt.NDArray[np.float64]

PENALTIES = np.logspace(-6.0, 5.0, 23)  # against the mean eigenvalue of the features
NOTHING = 1e-11  # spread of a target, against its size, that is rounding only
LEAST_EIGENVALUE = 1e-10  # against the largest
MOST_LEVERAGE = 1.0 - 1e-9  # near it residuals are as small as what is left of 1, so that their ratio still counts
MOST_FREEDOM = 0.9  # of the draws: beyond it the few directions left over may by chance show no error


@dataclass(frozen=True, eq=False)
class Metamodel:
    """Fitted means of several targets given the parameters, and what is unsure about them.

    fitted: shape (draws, targets). basis: shape (draws, q), orthogonal columns of mean 0; eigenvalues: shape (q,),
    their sums of squares. penalties: shape (q, targets). residual_root: shape (targets, targets), symmetric root of
    the covariance of what is left unexplained (other parameters and chance among patients).
    """

    fitted: Floats
    basis: Floats
    eigenvalues: Floats
    penalties: Floats
    residual_root: Floats

    def deviations(self, normals: Floats, rows: slice, *, as_posterior: bool) -> Floats:
        """How far fitted means may be off, from standard normal numbers of shape (q + 1, targets); those of `rows`.

        As posterior: the truth around the fit, with the penalty as a prior, which covers what smoothing takes away.
        Otherwise: the fit around its own mean, in repetitions of the analysis.
        """
        shocks = normals @ self.residual_root
        below = self.eigenvalues[:, None] + self.penalties
        scale = 1.0 / np.sqrt(below) if as_posterior else np.sqrt(self.eigenvalues)[:, None] / below
        intercept = shocks[-1] / np.sqrt(len(self.basis))
        result: Floats = self.basis[rows] @ (scale * shocks[:-1]) + intercept
        return result


def fit(parameters: pd.DataFrame, targets: Floats) -> Metamodel:
    """Fit each column of `targets`, shape (draws, targets), on all columns of `parameters`, a row a draw.

    Few straight lines are fitted freely, for a penalty would take away the weak ones and hide that they are unsure; of
    many those that are surely strong, and the others share the penalty of all else. The scale of the blocks of
    features is chosen for all targets together, the penalty of each target by itself, both by the squared error of
    leaving one draw out (exact for a linear smoother; Golub, Heath and Wahba 1979, Technometrics 21:215-223). Where
    there are about as many columns as draws or more, a fit through all draws is passed over. Raises RunError when
    scikit-learn is missing.
    """
    mean = targets.mean(axis=0)
    centred = targets - mean
    variance = np.mean(centred * centred, axis=0)
    varying = variance > (NOTHING * np.maximum(np.abs(targets).max(axis=0), 1e-300)) ** 2
    centred = np.where(varying, centred, 0.0)
    blocks = feature_blocks(parameters, centred)
    free = _orthogonal(blocks.free)
    fits = (_fitted(free, _orthogonal(_without(free, each)), centred) for each in blocks.scaled())
    best, errors = next(fits)
    for model, other in fits:
        if np.sum(other[varying] / variance[varying]) < np.sum(errors[varying] / variance[varying]):
            best, errors = model, other
    return replace(best, fitted=best.fitted + mean)


def _orthogonal(columns: Floats) -> tuple[Floats, Floats]:
    """An orthogonal basis of the columns with the sums of squares of its own; what is double is left out."""
    eigenvalues, vectors = np.linalg.eigh(columns.T @ columns)
    known = eigenvalues > LEAST_EIGENVALUE * max(eigenvalues.max(initial=0.0), 1e-300)
    return columns @ vectors[:, known], eigenvalues[known]


def _without(basis: tuple[Floats, Floats], columns: Floats) -> Floats:
    """What of `columns` is orthogonal to the basis."""
    vectors, squares = basis
    result: Floats = columns - vectors @ ((vectors.T @ columns) / squares[:, None])
    return result


def _fitted(free: tuple[Floats, Floats], bound: tuple[Floats, Floats], targets: Floats) -> tuple[Metamodel, Floats]:
    """The fit on a basis without and one with a penalty, and the leave-one-out squared error of each target."""
    draws, number = targets.shape
    basis, eigenvalues = np.hstack([free[0], bound[0]]), np.concatenate([free[1], bound[1]])
    held = (np.arange(len(eigenvalues)) >= len(free[1])).astype(np.float64)  # whom the penalty holds
    grid = PENALTIES * bound[1].mean() if len(bound[1]) else np.zeros(1)
    projected, squares = basis.T @ targets, basis * basis
    errors, freedom = np.empty((len(grid), number)), np.empty(len(grid))
    for place, penalty in enumerate(grid):
        shrunk = 1.0 / (eigenvalues + penalty * held)
        leverage = np.minimum(squares @ shrunk + 1.0 / draws, MOST_LEVERAGE)
        left_out = (targets - basis @ (shrunk[:, None] * projected)) / (1.0 - leverage)[:, None]
        errors[place], freedom[place] = np.mean(left_out * left_out, axis=0), leverage.sum()
    errors[:-1][freedom[:-1] > MOST_FREEDOM * draws] = np.inf
    chosen = len(grid) - 1 - np.argmin(errors[::-1], axis=0)  # of equals the strongest penalty
    penalties = held[:, None] * grid[chosen]
    fitted = basis @ (projected / (eigenvalues[:, None] + penalties))
    root = _residual_root(targets - fitted, freedom[chosen])
    model = Metamodel(fitted, basis, eigenvalues, penalties, root)
    return model, errors[chosen, np.arange(number)]


def _residual_root(residuals: Floats, freedom: Floats) -> Floats:
    """Symmetric root of the covariance of residuals, each with its own degrees of freedom spent; it may be singular."""
    scaled = residuals / np.sqrt(np.maximum(len(residuals) - freedom, 1.0))
    values, vectors = np.linalg.eigh(scaled.T @ scaled)
    root: Floats = (vectors * np.sqrt(np.maximum(values, 0.0))) @ vectors.T
    return root
