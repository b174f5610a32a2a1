"""What a metamodel is fitted on: columns made from parameters, in blocks from straight lines to any joint surface."""

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import pandas as pd

from sim.vocabulary.errors import RunError

Floats = npt.NDArray[np.float64]

FEW_VALUES = 8  # a column with no more different values is a choice among them, not a scale
MOST_KNOTS, LEAST_KNOTS = 6, 3
DRAWS_PER_CURVE = 20  # for a knot of every parameter
MOST_PAIRS = 200
MOST_LANDMARKS = 80  # of the low-rank Gaussian process
MOST_FREE = 10  # parameters whose straight lines are free, and that have curves and a joint surface
DRAWS_PER_FREE = 20
SURELY_STRONG = 0.001  # chance that a parameter that tells nothing is taken for a strong one, over all of them
NOT_INSTALLED = "This analysis needs scikit-learn. Install bmes-sim[voi]."

# Prior standard deviation of the coefficients of curves, of products of pairs, and of the joint surface, against that
# of straight lines. A block of scale 0 is left out.
SCALES = ((0.0, 0.0, 0.0), (0.3, 0.0, 0.0), (1.0, 0.0, 0.0), (0.3, 0.3, 0.0), (1.0, 1.0, 0.0), (0.3, 0.3, 1.0))


@dataclass(frozen=True, eq=False)
class FeatureBlocks:
    """Columns without an intercept, of mean 0: lines, curves, pairs and surface, each of shape (draws, its columns).

    Every block but the surface has columns of variance 1. `free` are the lines that no penalty should hold.
    """

    free: Floats
    lines: Floats
    curves: Floats
    pairs: Floats
    surface: Floats

    def scaled(self) -> Iterator[Floats]:
        """All columns but the free ones side by side, for each of SCALES that differs from those before."""
        seen = set()
        for scales in SCALES:
            blocks = [self.lines]
            pairs = zip(scales, (self.curves, self.pairs, self.surface), strict=True)
            used = [(scale, block) for scale, block in pairs if scale > 0.0 and block.shape[1] > 0]
            key = tuple((scale, id(block)) for scale, block in used)
            if key not in seen:
                seen.add(key)
                yield np.hstack(blocks + [scale * block for scale, block in used])


def feature_blocks(parameters: pd.DataFrame, targets: Floats) -> FeatureBlocks:
    """The blocks for the columns of `parameters`, a row a draw; columns that never vary are passed over.

    Lines: each number, standardised; of a column of few values, or of texts, a column for each value but one. Curves:
    cubic splines in the normal scores of each number, what is straight taken out. Pairs: products of two lines.
    Surface: features of a Gaussian process with a radial kernel, of low rank (Williams and Seeger 2001, Advances in
    Neural Information Processing Systems 13). Which of them are used is for the fit to choose.

    Up to MOST_FREE parameters (fewer if there are few draws) have all of this, and their lines are free. Of more, only
    those have that surely tell something of a column of `targets`, shape (draws, targets); the others have lines.
    Raises RunError when scikit-learn is missing.
    """
    columns = [parameters[name] for name in parameters.columns if parameters[name].nunique() >= 2]
    lines = [_lines(column) for column in columns]
    draws = len(parameters)
    most = min(MOST_FREE, draws // DRAWS_PER_FREE)
    strong = list(range(len(columns))) if len(columns) <= most else _strongest(lines, targets, most)
    scores = [_scores(columns[place]) for place in strong]
    free = _side_by_side(draws, [lines[place] for place in strong])
    weak = _side_by_side(draws, [lines[place] for place in range(len(columns)) if place not in strong])
    curves = _curves(_side_by_side(draws, [one for one in scores if one is not None]))
    surface = [lines[place] if one is None else one for place, one in zip(strong, scores, strict=True)]
    return FeatureBlocks(free, weak, curves, _pairs(free), _surface(_side_by_side(draws, surface)))


def _is_choice(column: pd.Series) -> bool:
    return bool(column.nunique() <= FEW_VALUES or not pd.api.types.is_numeric_dtype(column))


def _lines(column: pd.Series) -> Floats:
    return _choice(column) if _is_choice(column) else _standardised(column.to_numpy(np.float64)[:, None])


def _scores(column: pd.Series) -> Floats | None:
    """None of a choice."""
    return None if _is_choice(column) else _normal_scores(column.to_numpy(np.float64))[:, None]


def _strongest(lines: list[Floats], targets: Floats, most: int) -> list[int]:
    """The places of those, at most `most`, whose line explains more of a target than chance would, rising."""
    centred = targets - targets.mean(axis=0)
    total = np.sum(centred * centred, axis=0)
    centred = centred[:, total > 0.0] / np.sqrt(total[total > 0.0])
    shares = np.zeros(len(lines))
    for place, columns in enumerate(lines):
        if columns.shape[1] and centred.shape[1]:
            basis, _ = np.linalg.qr(columns)
            shares[place] = np.max(np.sum((basis.T @ centred) ** 2, axis=0))
    # Tail of chi-squared with two degrees of freedom, wide enough for one line and several targets.
    least = 2.0 * np.log(len(lines) / SURELY_STRONG) / len(targets)
    ranked = [int(place) for place in np.argsort(-shares, kind="stable")[:most] if shares[place] > least]
    return sorted(ranked)


def _choice(column: pd.Series) -> Floats:
    """Columns that tell the values of a choice apart."""
    return _standardised(pd.get_dummies(column, dtype=np.float64, drop_first=True).to_numpy())


def _standardised(columns: Floats) -> Floats:
    centred = columns - columns.mean(axis=0)
    spread = centred.std(axis=0)
    known = spread > 1e-10 * np.maximum(np.abs(columns).max(axis=0), 1e-300)
    result: Floats = centred[:, known] / spread[known]
    return result


def _normal_scores(column: Floats) -> Floats:
    """Ranks as quantiles of the standard normal law: no long tail, whatever the law of the parameter."""
    from scipy.special import ndtri
    from scipy.stats import rankdata

    scores: Floats = ndtri((rankdata(column) - 0.5) / len(column))
    return scores


def _curves(scores: Floats) -> Floats:
    """Splines of each column without their straight parts."""
    draws, number = scores.shape
    knots = min(MOST_KNOTS, draws // (DRAWS_PER_CURVE * max(number, 1)))
    if number == 0 or knots < LEAST_KNOTS:
        return np.empty((draws, 0))
    try:
        from sklearn.preprocessing import SplineTransformer
    except ImportError:
        raise RunError(NOT_INSTALLED) from None
    blocks = []
    for column in scores.T:
        splines = SplineTransformer(knots, degree=3, knots="quantile", include_bias=False)
        basis = splines.fit_transform(column[:, None])
        straight = np.column_stack([np.ones(draws), column])
        blocks.append(_standardised(basis - straight @ np.linalg.lstsq(straight, basis)[0]))
    return _side_by_side(draws, blocks)


def _pairs(lines: Floats) -> Floats:
    draws, number = lines.shape
    if number < 2 or number * (number - 1) // 2 > min(MOST_PAIRS, draws // 4):
        return np.empty((draws, 0))
    first, second = np.triu_indices(number, k=1)
    return _standardised(lines[:, first] * lines[:, second])


def _surface(scores: Floats) -> Floats:
    draws, number = scores.shape
    landmarks = min(MOST_LANDMARKS, draws // 8)
    if number < 2 or landmarks < 10:
        return np.empty((draws, 0))
    try:
        from sklearn.kernel_approximation import Nystroem
    except ImportError:
        raise RunError(NOT_INSTALLED) from None
    # Length of the kernel: twice the mean distance's scale, sqrt(2 x number), for surfaces of models are smooth.
    kernel = Nystroem(kernel="rbf", gamma=1.0 / (4.0 * number), n_components=landmarks, random_state=0)
    features: Floats = kernel.fit_transform(scores)
    return np.asarray(features - features.mean(axis=0), dtype=np.float64)


def _side_by_side(draws: int, blocks: list[Floats]) -> Floats:
    return np.hstack(blocks) if blocks else np.empty((draws, 0))
