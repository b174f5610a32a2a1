"""Global sensitivity: whose variance it is (Sobol indices), and who matters at all (Morris). Needs SALib.

A table of outputs goes in as it came from a design of Saltelli or Morris, a row a point in the design's order, and a
frame comes out. A block of Saltelli with a missing output is left out as a whole, for its estimators need every point;
of a trajectory of Morris only the steps that lead to or from such a point are. Both are counted.
"""

from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd
from numpy.random import Generator, Philox, SeedSequence

from sim.vocabulary.errors import InputError, RunError

Floats = npt.NDArray[np.float64]

WIDTH_95 = 1.959963984540054
RESAMPLES = 200  # of the bootstrap
MOST_RESAMPLED = 1_000_000  # blocks times resamples, which bounds the memory of large designs
LEAST_RESAMPLES = 40
LEAST_BLOCKS = 2
NOTHING = 1e-9  # spread of an output, against its size, that is rounding only
NOT_INSTALLED = "This analysis needs SALib. Install bmes-sim[sweep]."
SOBOL_COLUMNS = ("output", "factor", "first_order", "first_order_low", "first_order_high", "total", "total_low",
                 "total_high")  # fmt: skip
SECOND_COLUMNS = ("output", "factor", "other", "second_order", "second_order_low", "second_order_high")
MORRIS_COLUMNS = ("output", "factor", "steps", "mu", "mu_low", "mu_high", "mu_star", "mu_star_low", "mu_star_high",
                  "sigma", "sigma_low", "sigma_high")  # fmt: skip


@dataclass(frozen=True, eq=False)
class Sensitivity:
    """What a design says about its factors.

    frame: a row an output (label of its column) and factor. second_order: a row an output and pair of factors, empty
    unless asked for. blocks: those of the design (trajectories of Morris); lost: those with a missing output. Where
    fewer than two are left the frames are empty; Sobol indices of an output that never varies are nan.
    """

    frame: pd.DataFrame
    second_order: pd.DataFrame
    blocks: int
    lost: int


def sobol_indices(
    outputs: pd.DataFrame, factors: list[str], seed: int, *, second_order: bool = False, resamples: int = RESAMPLES
) -> Sensitivity:
    """Sobol first and total indices from the points of a Saltelli design, with 95 % bootstrap intervals.

    outputs: a row a point in the order of SALib.sample.sobol, a column an output. second_order: whether the design has
    the points for it (2 factors + 2 a block, instead of factors + 2); S2 is then given too.

    Frame: output, factor, first_order (share of the variance that knowing the factor alone would take away on average),
    total (share that would stay if all others were known), each with low and high: 1.96 bootstrap standard deviations
    over blocks on both sides; estimates may leave 0 to 1 by chance. The bootstrap takes blocks for independent, which
    points of Sobol's sequence are not: mostly they scatter less, but of an index near 0 the interval may be too narrow.
    Estimators: Saltelli et al. 2010, Computer Physics Communications 181:259-270, doi:10.1016/j.cpc.2009.09.018. Raises
    RunError when SALib is missing, InputError when the number of rows is no multiple of a block.
    """
    size = 2 * len(factors) + 2 if second_order else len(factors) + 2
    kept, blocks = whole_blocks(outputs, size)
    left = len(kept) // size
    if left < LEAST_BLOCKS:
        return Sensitivity(_empty(SOBOL_COLUMNS), _empty(SECOND_COLUMNS), blocks, blocks - left)
    analyze = _salib_sobol()
    problem = {"num_vars": len(factors), "names": factors, "bounds": [[0.0, 1.0]] * len(factors)}
    count = int(np.clip(MOST_RESAMPLED // left, LEAST_RESAMPLES, resamples))
    rows: list[tuple[Any, ...]] = []
    pairs: list[tuple[Any, ...]] = []
    for place, label in enumerate(outputs.columns):
        values = kept[:, place]
        if not varies(values):
            rows += [(label, factor, *[np.nan] * 6) for factor in factors]
            continue
        found = analyze(problem, values, second_order, num_resamples=count, seed=_word(seed, place))
        for which, factor in enumerate(factors):
            first = _interval(found["S1"][which], found["S1_conf"][which])
            rows.append((label, factor, *first, *_interval(found["ST"][which], found["ST_conf"][which])))
            if second_order:
                pairs += [
                    (label, factor, factors[k], *_interval(found["S2"][which, k], found["S2_conf"][which, k]))
                    for k in range(which + 1, len(factors))
                ]
    frame = pd.DataFrame(rows, columns=list(SOBOL_COLUMNS))
    return Sensitivity(frame, pd.DataFrame(pairs, columns=list(SECOND_COLUMNS)), blocks, blocks - left)


def morris_effects(
    points: Floats, outputs: pd.DataFrame, factors: list[str], seed: int, *, levels: int = 4, resamples: int = 1000
) -> Sensitivity:
    """Elementary effects of Morris: mean, mean size and spread, with 95 % bootstrap intervals over trajectories.

    points: shape (rows, factors), from 0 at the low to 1 at the high end of each factor, levels evenly spaced, in the
    order of SALib.sample.morris with `levels`. outputs: a row a point, a column an output.

    Frame: output, factor, steps (how many were taken without a missing output), mu (mean effect), mu_star (mean of its
    absolute value), sigma (standard deviation of the effects, which is 0 where the factor acts as a straight line and
    by itself), each with low and high; a factor of fewer than two steps has nan. Effects are in the output's unit for
    the whole range of a factor; those of an output that varies by no more than rounding are 0. Morris 1991,
    Technometrics 33:161-174, doi:10.1080/00401706.1991.10484804; mu_star: Campolongo et al. 2007, Environmental
    Modelling & Software 22:1509-1518, doi:10.1016/j.envsoft.2006.10.004. SALib, which
    needs every point and takes all steps for equally long, analyses whole designs of ranges; the same formulas serve
    for designs with holes and for factors of levels, some of whose steps are longer. Raises RunError when SALib is
    missing, InputError when the number of rows is no multiple of a trajectory.
    """
    size = len(factors) + 1
    kept, blocks = whole_blocks(outputs, size)
    lost = blocks - len(kept) // size
    analyze = _salib_morris()
    problem = {"num_vars": len(factors), "names": factors, "bounds": [[0.0, 1.0]] * len(factors), "groups": None}
    points = np.ascontiguousarray(points, dtype=np.float64)
    even = [bool(np.allclose(steps[steps > 0.0], levels / (2.0 * (levels - 1.0)))) for steps in _steps_of(points)]
    rows: list[tuple[Any, ...]] = []
    for place, label in enumerate(outputs.columns):
        values = outputs[label].to_numpy(dtype=np.float64)
        word = _word(seed, place)
        chance = Generator(Philox(word))
        known = values[np.isfinite(values)]
        flat = len(known) > 0 and not varies(known)
        effects = elementary_effects(points, np.where(np.isfinite(values), 0.0, np.nan) if flat else values)
        told: Any = None
        if not lost and not flat and blocks >= LEAST_BLOCKS:
            told = analyze(problem, points, values, num_levels=levels, num_resamples=2, seed=word)
        for which, factor in enumerate(factors):
            taken = effects[which][np.isfinite(effects[which])]
            found, half = _statistics(taken, resamples, chance)
            if told is not None and even[which]:
                found = np.array([told[key][which] for key in ("mu", "mu_star", "sigma")], dtype=np.float64)
            low = np.maximum(found - half, [-np.inf, 0.0, 0.0])
            row = np.column_stack([found, low, found + half]).ravel()
            rows.append((label, factor, len(taken), *row.tolist()))
    return Sensitivity(pd.DataFrame(rows, columns=list(MORRIS_COLUMNS)), _empty(SECOND_COLUMNS), blocks, lost)


def elementary_effects(points: Floats, values: Floats) -> Floats:
    """Shape (factors, trajectories): the change of `values` along the step of each factor, for its whole range.

    points: shape (rows, factors), each factor from 0 to 1. A step of a choice may lead to the same value; it has no
    effect then. A step to or from a missing value is nan.
    """
    size = points.shape[1] + 1
    steps = np.diff(points.reshape(-1, size, size - 1), axis=1)  # (trajectories, steps, factors)
    changes = np.diff(values.reshape(-1, size), axis=1)[:, :, None]
    slopes = np.divide(changes, steps, out=np.zeros(steps.shape), where=steps != 0.0)
    effects: Floats = slopes.sum(axis=1).T
    return effects


def _steps_of(points: Floats) -> Floats:
    """Lengths of the steps of each factor, shape (factors, trajectories)."""
    size = points.shape[1] + 1
    lengths: Floats = np.abs(np.diff(points.reshape(-1, size, size - 1), axis=1)).sum(axis=1).T
    return lengths


def whole_blocks(outputs: pd.DataFrame, size: int) -> tuple[Floats, int]:
    """The rows of those blocks of `size` consecutive rows that have every output, and how many blocks there were.

    Raises InputError when the number of rows is no multiple of `size`.
    """
    if len(outputs) % size:
        what = f"{len(outputs)} rows are no whole number of blocks of {size}"
        raise InputError("sensitivity", what, "Give every point of the design, in its order.")
    values = outputs.to_numpy(dtype=np.float64).reshape(-1, size, outputs.shape[1])
    whole = np.isfinite(values).all(axis=(1, 2))
    return values[whole].reshape(-1, outputs.shape[1]), len(values)


def varies(values: Floats) -> bool:
    """Whether an output differs between points by more than rounding."""
    return bool(np.ptp(values) > NOTHING * np.abs(values).max())


def _statistics(effects: Floats, resamples: int, chance: Generator) -> tuple[Floats, Floats]:
    """mu, mu_star and sigma of one factor from its effects, and 1.96 bootstrap standard deviations of each."""
    count = len(effects)
    if count < LEAST_BLOCKS:
        return np.full(3, np.nan), np.full(3, np.nan)
    resamples = int(np.clip(MOST_RESAMPLED // count, LEAST_RESAMPLES, resamples))
    drawn = effects[chance.integers(count, size=(resamples, count))]
    return _means(effects), WIDTH_95 * _means(drawn).std(axis=-1, ddof=1)


def _means(effects: Floats) -> Floats:
    """mu, mu_star and sigma over the last axis."""
    return np.stack([effects.mean(axis=-1), np.abs(effects).mean(axis=-1), effects.std(axis=-1, ddof=1)])


def _interval(value: float, half: float) -> tuple[float, float, float]:
    return float(value), float(value - half), float(value + half)


def _word(seed: int, place: int) -> int:
    """A seed for each output; never 0, which SALib takes for none."""
    return int(SeedSequence((seed, place)).generate_state(1)[0]) | 1


def _empty(columns: tuple[str, ...]) -> pd.DataFrame:
    return pd.DataFrame(columns=list(columns))


def _salib_sobol() -> Any:
    try:
        from SALib.analyze import sobol
    except ImportError:
        raise RunError(NOT_INSTALLED) from None
    return sobol.analyze


def _salib_morris() -> Any:
    try:
        from SALib.analyze import morris
    except ImportError:
        raise RunError(NOT_INSTALLED) from None
    return morris.analyze
