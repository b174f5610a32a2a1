"""EVPPI by nested Monte Carlo: the slow way, which assumes no form and so checks the regression.

For each of some values of the parameters that would be known, the others are drawn anew many times and everything is
simulated. The mean over the inner draws stands for the expected net benefit given what is known. What those means still
have of chance, by the other parameters and by the patients, is taken out as patient noise is (analysis.patient_noise),
for the maximum of unsure means is too high however many outer values there are.
"""

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd

from sim.analysis.evppi import chosen_names
from sim.analysis.information import evpi
from sim.analysis.nested_means import nested_table
from sim.analysis.psa_table import PsaTable
from sim.experiments.drawn_rows import structure_of, values_of
from sim.experiments.executor import Executor, ThreadExecutor
from sim.experiments.points import Point, evaluate
from sim.experiments.psa_results import COST, EFFECT
from sim.experiments.run import Progress
from sim.inputs.draws import SWITCH, ParameterDraws, draw_parameters, redrawn
from sim.inputs.model_inputs import ModelInputs
from sim.inputs.shares import is_part, uncertain_parts
from sim.valuation.outcomes import OUTCOME_NAMES
from sim.vocabulary.errors import InputError

NESTED = "nested"
FIRST_LUCK = 2**31  # the draws of the analysis itself have small ones
FEWEST_OUTER, FEWEST_INNER, FEWEST_PATIENTS = 10, 2, 2
_WHERE = "nested Monte Carlo"
_PLACES = [OUTCOME_NAMES.index(name) for name in (COST, EFFECT)]


@dataclass(frozen=True)
class Nesting:
    """How much is simulated: `outer` values of the set, `inner` draws of the rest for each, `patients` in each."""

    outer: int = 200
    inner: int = 20
    patients: int = 200

    def __post_init__(self) -> None:
        least = {"outer": FEWEST_OUTER, "inner": FEWEST_INNER, "patients": FEWEST_PATIENTS}
        for name, number in least.items():
            if getattr(self, name) < number:
                what = f"{getattr(self, name)} is too few for {name}"
                raise InputError(_WHERE, what, f"Write a number not below {number}.")


def nested_evppi(
    inputs: ModelInputs,
    drawn: pd.DataFrame,
    names: Sequence[str],
    willingness_to_pay: Sequence[float],
    nesting: Nesting,
    *,
    seed: int,
    label: str | None = None,
    threads: int | None = None,
    progress: Progress | None = None,
    executor: Executor | None = None,
) -> pd.DataFrame:
    """EVPPI of the set `names` (* for any letters), with the columns of `analysis.evppi.evppi`; method "nested".

    `drawn`: accepted draws of all sampled parameters and switches, a row a draw, such as those of a probabilistic
    analysis; the set takes its values from the first of them. Raises InputError for fewer rows than outer values, and
    for a set that holds a part of what is drawn together: the rest could not be drawn given that part. Of parameters
    that share one quantile each tells the others, so that the set is completed by them. `executor` simulates instead of
    `threads`.
    """
    columns = [str(name) for name in drawn.columns]
    known = completed(inputs, chosen_names(columns, names), columns)
    if len(drawn) < nesting.outer:
        what = f"{nesting.outer} outer values are asked for, and there are {len(drawn)} draws"
        raise InputError(_WHERE, what, "Ask for fewer, or run more draws.")
    label = ", ".join(names) if label is None else label
    inner_seed = _seed(seed, label)
    rest = draw_parameters(inputs, nesting.outer * nesting.inner, inner_seed)
    outer = _Known(inputs, drawn.iloc[: nesting.outer][known], nesting.inner, inner_seed)
    table = _outer_means(inputs, outer, rest, nesting, seed, executor or ThreadExecutor(threads), progress)
    found = evpi(table, willingness_to_pay)
    frame = pd.DataFrame({"parameters": label, "willingness_to_pay": found["willingness_to_pay"]})
    frame["value"], frame["se"], frame["method"] = found["evpi"], found["se"], NESTED
    return frame


def completed(inputs: ModelInputs, names: Sequence[str], sampled: Sequence[str]) -> list[str]:
    """`names` with those that share a quantile with one of them. Raises InputError for a set cut in two."""
    wanted = set(names)
    for law in inputs.joint_laws:
        members = set(law.members) & set(sampled)
        if wanted & members and law.law == "shared":
            wanted |= members
        _whole(wanted, members, f"group {law.name!r}")
    for name in names:
        if not name.startswith(SWITCH) and is_part(inputs.parameters, name):
            _whole(wanted, set(uncertain_parts(inputs.parameters, name)) & set(sampled), "the shares")
    if inputs.posterior is not None:
        _whole(wanted, set(inputs.posterior.names) & set(sampled), "the posterior file")
    return [name for name in sampled if name in wanted]


def _whole(wanted: set[str], members: set[str], of: str) -> None:
    missing = sorted(members - wanted)
    if wanted & members and missing:
        what = f"{min(wanted & members)} is drawn together with {missing[0]} ({of})"
        raise InputError(_WHERE, what, "Name all that is drawn together, or none.")


@dataclass(frozen=True, eq=False)
class _Known:
    """What is known at the points of all outer values: number of a point = outer value x inner draws + inner draw."""

    inputs: ModelInputs
    known: pd.DataFrame
    inner: int
    seed: int

    def point(self, number: int, rest: ParameterDraws) -> Point:
        values, structure = self._known(number)
        switches = rest.structure_of(number) | structure
        return Point(number, rest.values_of(number) | values, FIRST_LUCK + number, switches)

    def redraw(self, number: int, attempt: int) -> Mapping[str, float]:
        """The rest anew for a point that the model refuses: what is known stays."""
        return redrawn(self.inputs, self.seed, number, attempt) | self._known(number)[0]

    def _known(self, number: int) -> tuple[dict[str, float], dict[str, Any]]:
        row = self.known.iloc[number // self.inner]
        return values_of(row), structure_of(row)


def _outer_means(
    inputs: ModelInputs,
    outer: _Known,
    rest: ParameterDraws,
    nesting: Nesting,
    seed: int,
    executor: Executor,
    progress: Progress | None,
) -> PsaTable:
    """A row an outer value: means over its inner draws, with the covariance of those means as noise."""
    total = nesting.outer * nesting.inner
    means = np.empty((total, len(inputs.strategies), len(_PLACES)))
    points = (outer.point(number, rest) for number in range(total))
    for result in evaluate(inputs, points, nesting.patients, seed, redraw=outer.redraw, executor=executor):
        means[result.number] = result.means[:, _PLACES]
        if progress is not None:
            progress(result.number + 1, total)
    shape = (nesting.outer, nesting.inner, len(inputs.strategies))
    return nested_table(tuple(inputs.strategies), means[..., 0].reshape(shape), means[..., 1].reshape(shape))


def _seed(seed: int, label: str) -> int:
    """A seed for the inner draws that no other draws have."""
    digest = hashlib.blake2b(f"{seed} nested {label}".encode(), digest_size=4).digest()
    return int.from_bytes(digest, "big")
