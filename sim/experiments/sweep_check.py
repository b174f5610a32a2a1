"""Whether the model takes what a sweep varies: every level and both ends of every range, before anything runs."""

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from sim.experiments.points import Point, at_point
from sim.experiments.sweep_design import design_points
from sim.inputs.document import Fault, suggestion
from sim.inputs.factor_targets import check_value
from sim.inputs.factors import Factor, Level, text_of
from sim.inputs.model_inputs import ModelInputs
from sim.inputs.sweeps import Sweep
from sim.inputs.tables import build_tables
from sim.inputs.variants import Kept, Variant, parameter_values, variant_inputs, variant_of
from sim.valuation.outcomes import OUTCOME_NAMES
from sim.valuation.tariff import build_tariff
from sim.vocabulary.errors import InputError

TRIED_NUMBERS = 20  # levels of a parameter; of more, the model tries the smallest and the largest
TRIED_POINTS = 5  # next to the end of a range
TRIED_LEVELS = 200  # of what is decided at loading; of more, as many that are spread over them


def check_sweep(sweep: Sweep, root: Path | None = None) -> None:
    """Raise InputError for what would fail at every point: outcomes that do not exist, and levels or ends of
    ranges that the model refuses.

    Each is tried by itself, the rest as in the scenario; what is possible only beside values of other factors also at
    points of the design. Combinations that the model refuses are left to the run, which lists them. About 20 ms each.
    """
    _check_record(sweep)
    kept: Kept = {}
    base = variant_inputs(sweep, (), root, kept)
    _check_posterior(sweep, base)
    build_tariff(base)
    build_tables(base, sweep.scenario.seed)
    refused = []
    for factor in sweep.factors:
        for key, level in _tried(sweep, factor, base):
            try:
                _try(sweep, factor, level, base, root, kept)
            except InputError as error:
                refused.append((factor, key, level, error))
    refused.sort(key=lambda one: one[0].parameter is not None)  # a wrong word spoils the points of every number
    for factor, key, level, why_not in refused:
        if _possible_in_the_design(sweep, factor, level, root, kept):
            continue
        place = f"{sweep.place_of(factor)}.{key}".rstrip(".")
        why = why_not.what if why_not.where.startswith(sweep.files[0]) else reason(why_not)
        raise InputError(place, f"the model refuses {text_of(level)}: {why}", why_not.repair)


def reason(error: InputError) -> str:
    """Why the model refuses a point, in one line."""
    place = error.where.rpartition(", ")[2] if error.where.startswith("draw ") else error.where
    return f"{place}: {error.what}"


def _check_record(sweep: Sweep) -> None:
    for name in sweep.record:
        if name not in OUTCOME_NAMES:
            where = f"{sweep.files[0]}, record"
            raise InputError(where, f"there is no outcome {name!r}", suggestion(name, OUTCOME_NAMES))


def _check_posterior(sweep: Sweep, base: ModelInputs) -> None:
    """What comes from a file of joint draws cannot be held at a point."""
    drawn = set() if base.posterior is None or not sweep.draws else set(base.posterior.names)
    for factor in sweep.factors:
        if factor.parameter in drawn:
            what = f"{factor.parameter} comes from the scenario's posterior"
            raise InputError(sweep.place_of(factor), what, "Write draws = 0, or remove the factor.")


def _tried(sweep: Sweep, factor: Factor, base: ModelInputs) -> Iterator[tuple[str, Level]]:
    """The key in the file and the value of everything that is tried of a factor. Raises InputError."""
    if factor.range is not None:
        yield from zip(("low", "high"), factor.range, strict=True)
    elif factor.parameter is None or 0 < len(factor.levels) <= TRIED_NUMBERS:
        places = np.unique(np.linspace(0, len(factor.levels) - 1, TRIED_LEVELS).round().astype(int))
        yield from (("levels", factor.levels[place]) for place in places)
    else:
        numbers = design_points(sweep)[factor.name]
        for number in (float(numbers.min()), float(numbers.max())):
            try:
                check_value(factor.parameter, base.parameters.quantity(factor.parameter), number)
            except Fault as fault:
                raise InputError(f"{sweep.files[-1]}, {factor.name}", fault.what, fault.repair) from None
            yield "levels" if factor.levels else "", number


def _try(sweep: Sweep, factor: Factor, level: Level, base: ModelInputs, root: Path | None, kept: Kept) -> None:
    """Build everything with one factor at a level. Raises InputError."""
    if factor.parameter is not None:
        own = {one.name: base.parameters.quantity(one.parameter).value for one in sweep.factors if one.parameter}
        _build(sweep, base, parameter_values(sweep, own | {factor.name: level}, base))
    else:
        _build(sweep, variant_inputs(sweep, ((factor.name, level),), root, kept), {})


def _possible_in_the_design(sweep: Sweep, factor: Factor, level: Level, root: Path | None, kept: Kept) -> bool:
    """Whether the model takes some point that holds the level, or the end of a range at a point next to it."""
    points = design_points(sweep)
    column = points[factor.name]
    if factor.levels:
        cell = dict(zip(factor.levels, factor.cells, strict=True))[level]
        holding = points.index[column == cell]
        tried = [holding[place] for place in sorted({0, len(holding) // 2, len(holding) - 1}) if len(holding)]
    else:
        tried = (column - level).abs().sort_values(kind="stable").index[:TRIED_POINTS].tolist()
    for number in tried:
        row = row_of(points, number) | ({} if factor.levels else {factor.name: level})
        try:
            variant: Variant = variant_of(sweep, row)
            inputs = variant_inputs(sweep, variant, root, kept)
            _build(sweep, inputs, parameter_values(sweep, row, inputs))
        except InputError:
            continue
        return True
    return False


def _build(sweep: Sweep, inputs: ModelInputs, values: Mapping[str, float]) -> None:
    at = at_point(inputs, Point(0, values))
    build_tables(at, sweep.scenario.seed)
    build_tariff(at)


def row_of(points: pd.DataFrame, number: int) -> dict[str, Any]:
    """A point of a design by the names of its factors, each value in its own type."""
    return {name: points[name].loc[number] for name in points}
