"""Draws of all uncertain parameters of a scenario: from their laws, joined where the evidence joins them."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd

from sim.inputs.designs import keyed_uniforms, uniforms
from sim.inputs.laws import law_of
from sim.inputs.model_inputs import ModelInputs
from sim.inputs.parameters import ParameterSet
from sim.inputs.sampled import held_parameters, sampled_parameters
from sim.inputs.shares import concentration, group_of, is_part, uncertain_share

__all__ = ["ParameterDraws", "draw_parameters", "held_parameters", "law_moments", "redrawn", "sampled_parameters"]

Floats = npt.NDArray[np.float64]
SWITCH = "structure."


@dataclass(frozen=True, eq=False)
class ParameterDraws:
    """Values of the sampled parameters. values: (draws, names), in the units of the files, a column a name.

    switches: structural switches drawn by the scenario's weights, a column "structure.NAME" each, or None.
    """

    names: tuple[str, ...]
    values: Floats
    switches: pd.DataFrame | None = None

    def __len__(self) -> int:
        return len(self.values)

    def values_of(self, index: int) -> dict[str, float]:
        """The parameters of draw `index` (from 0), by name."""
        return dict(zip(self.names, self.values[index].tolist(), strict=True))

    def structure_of(self, index: int) -> dict[str, Any]:
        """The drawn switches of draw `index`, by their name in `scenario.structure`; empty when none is drawn."""
        if self.switches is None:
            return {}
        values = {column.removeprefix(SWITCH): self.switches[column].iloc[index] for column in self.switches}
        return {name: value.item() if isinstance(value, np.generic) else value for name, value in values.items()}

    def frame(self) -> pd.DataFrame:
        """A row a draw, a column a parameter, then the switches."""
        frame = pd.DataFrame(self.values, columns=list(self.names))
        return frame if self.switches is None else pd.concat([frame, self.switches], axis=1)


def draw_parameters(inputs: ModelInputs, draws: int, seed: int, design: str = "random") -> ParameterDraws:
    """`draws` draws of everything uncertain in `inputs`, which holds the central values.

    design: see sim.inputs.designs. Values are those of the laws (sim.inputs.laws) at the design's probabilities, after
    the groups of parameters/joint.toml (sim.inputs.joint_laws) have joined them; a group of shares is a Dirichlet draw
    by normalised gammas. Names of a posterior file come from its rows instead, each used as evenly as possible. Some
    draws are impossible for the model, which says so when it is built; see `redrawn`. Raises InputError.
    """
    names = sampled_parameters(inputs)
    switches = [f"{SWITCH}{switch}" for switch in inputs.scenario.structure_weights]
    needed = [*_columns_of(inputs, names), *switches]
    columns = dict(zip(needed, uniforms(needed, draws, seed, design).T, strict=True))
    rows = None if inputs.posterior is None else inputs.posterior.rows(draws, seed)
    return ParameterDraws(tuple(names), _values(inputs, names, columns, draws, rows), _switches(inputs, columns))


def redrawn(inputs: ModelInputs, seed: int, draw_number: int, attempt: int) -> dict[str, float]:
    """Values in place of those of draw `draw_number`, which the model refuses; others for each `attempt`.

    They are drawn by chance, all of them and whatever the design, so that the accepted draws follow the joint law on
    condition that the model accepts them.
    """
    names = sampled_parameters(inputs)
    words = ("redrawn", str(draw_number), str(attempt))
    columns = {name: keyed_uniforms(1, seed, *words, name) for name in _columns_of(inputs, names)}
    rows = None
    if inputs.posterior is not None:
        chosen = keyed_uniforms(1, seed, *words, "posterior") * len(inputs.posterior.values)
        rows = chosen.astype(np.int64)
    return dict(zip(names, _values(inputs, names, columns, 1, rows)[0].tolist(), strict=True))


def law_moments(inputs: ModelInputs, names: Sequence[str]) -> pd.DataFrame:
    """A row a name: name, unit, distribution ("posterior" for a column of the file), value (the central one), mean,
    standard_deviation, low, high (2.5 and 97.5 % points), group (of parameters/joint.toml, or empty).

    Moments are exact; of a posterior those of its rows. Raises InputError for a law that does not exist.
    """
    joint = {member: law.name for law in inputs.joint_laws for member in law.members}
    posterior = _of_posterior(inputs)
    rows = []
    for name in names:
        quantity = inputs.parameters.quantity(name)
        if name in posterior and inputs.posterior is not None:
            column = inputs.posterior.columns([name])[:, 0]
            low, high = np.quantile(column, [0.025, 0.975])
            kind, mean, deviation = "posterior", float(column.mean()), float(column.std())
        else:
            law = law_of(name, quantity)
            kind, mean, deviation = quantity.distribution, law.mean, law.standard_deviation
            if is_part(inputs.parameters, name):
                law = law.part_of(concentration(inputs.parameters, name))
                share = uncertain_share(inputs.parameters, name)
                mean, deviation = law.mean * share, law.standard_deviation * share
                low, high = law.quantile(np.array([0.025, 0.975])) * share
            else:
                low, high = law.quantile(np.array([0.025, 0.975]))
        rows.append((name, quantity.unit, kind, quantity.value, mean, deviation, low, high, joint.get(name, "")))
    columns = ["name", "unit", "distribution", "value", "mean", "standard_deviation", "low", "high", "group"]
    return pd.DataFrame(rows, columns=columns)


def _columns_of(inputs: ModelInputs, names: Sequence[str]) -> list[str]:
    """The columns of probabilities that `names` are made from.

    Those of a group are of all its members, sampled or not, so that leaving one out moves no other.
    """
    drawn = set(names) - _of_posterior(inputs)
    groups = [law for law in inputs.joint_laws if drawn & set(law.members)]
    joined = {member for law in groups for member in law.members}
    return [*sorted(drawn - joined), *(column for law in groups for column in law.columns)]


def _values(
    inputs: ModelInputs,
    names: Sequence[str],
    columns: dict[str, Floats],
    draws: int,
    rows: npt.NDArray[np.int64] | None,
) -> Floats:
    """Shape (draws, names). `rows`: of the posterior, one a draw."""
    posterior, parameters = _of_posterior(inputs), inputs.parameters
    place = {name: number for number, name in enumerate(names)}
    values = np.empty((draws, len(names)))
    drawn = [name for name in names if name not in posterior]
    joined: dict[str, Floats] = {}
    for law in inputs.joint_laws:
        if not set(law.members).isdisjoint(drawn):
            joined |= zip(law.members, law.joined(columns).T, strict=True)
    for name in drawn:
        column = joined[name] if name in joined else columns[name]
        values[:, place[name]] = law_of(name, parameters.quantity(name)).quantile(column)
    for parts in _groups_of_shares(parameters, drawn):
        places = [place[part] for part in parts]
        whole = uncertain_share(parameters, parts[0])
        values[:, places] *= whole / values[:, places].sum(axis=1, keepdims=True)
    taken = [name for name in names if name in posterior]
    if taken and inputs.posterior is not None and rows is not None:
        values[:, [place[name] for name in taken]] = inputs.posterior.columns(taken)[rows]
    return values


def _switches(inputs: ModelInputs, columns: dict[str, Floats]) -> pd.DataFrame | None:
    """The switches that the scenario weighs, a column "structure.NAME" each, drawn with their weights."""
    weights = inputs.scenario.structure_weights
    if not weights:
        return None
    frame = {}
    for switch, alternatives in weights.items():
        name = f"{SWITCH}{switch}"
        edges = np.cumsum([alternative.weight for alternative in alternatives])
        chosen = np.searchsorted(edges / edges[-1], columns[name], side="right")
        frame[name] = pd.Series([alternatives[place].value for place in chosen])
    return pd.DataFrame(frame)


def _of_posterior(inputs: ModelInputs) -> frozenset[str]:
    return frozenset() if inputs.posterior is None else frozenset(inputs.posterior.names)


def _groups_of_shares(parameters: ParameterSet, names: Sequence[str]) -> list[list[str]]:
    """The parts among `names` that are drawn together, group by group."""
    groups: dict[str, list[str]] = {}
    for name in names:
        if is_part(parameters, name):
            groups.setdefault(group_of(name), []).append(name)
    return list(groups.values())
