"""Whether what is drawn reaches the model: no sampled parameter may be without effect on what rules and valuation read.

A parameter that is read need not matter: a switch may rule it out. So each is moved, and the bytes are compared.
"""

from collections.abc import Iterable, Sequence
from dataclasses import replace
from typing import Any

import numpy as np
import numpy.typing as npt

from sim.inputs.draws import sampled_parameters
from sim.inputs.laws import law_of
from sim.inputs.model_inputs import ModelInputs
from sim.inputs.parameters import TREATMENT_PREFIX
from sim.inputs.sampled import ONLY_UNDER
from sim.inputs.shares import is_part, uncertain_parts
from sim.inputs.tables import build_tables
from sim.inputs.treatment_tables import fill_treatments, vitamin_d_class_shares
from sim.valuation.tariff import build_tariff
from sim.vocabulary.errors import InputError

QUANTILES = (0.6, 0.4, 0.55, 0.45, 0.52, 0.48)  # in turn, until the model takes the value


def unreached(inputs: ModelInputs, names: Sequence[str] | None = None) -> list[str]:
    """Those of `names` (all sampled parameters by default) whose value changes nothing that the model reads.

    Each is moved by itself to another quantile of its law; a share takes from another part of its group. What a switch
    or a price of 0 leaves without effect is found here too. About 10 ms a name.
    """
    names = sampled_parameters(inputs) if names is None else names
    whole = _Records(replace(inputs, parameters=inputs.parameters.with_values({})))
    of_treatments: dict[str, _Records] = {}
    found = []
    for name in names:
        records = whole
        if name.startswith(f"{TREATMENT_PREFIX}."):
            treatment = name.split(".")[1]
            if treatment not in of_treatments:
                of_treatments[treatment] = _Records(_about(inputs, treatment), whole.tables)
            records = of_treatments[treatment]
        if not records.reached_by(name):
            found.append(name)
    return found


class _Records:
    """What rules and valuation read of some inputs, for comparison with what they read when a parameter is moved.

    `tables`: a record whose treatments alone are built anew, for inputs that differ in their treatments only.
    """

    def __init__(self, inputs: ModelInputs, tables: npt.NDArray[Any] | None = None) -> None:
        self.inputs = inputs
        self._base = tables
        self.tables = self._built(inputs)
        self._of_rules = set(inputs.parameters.names()) - set(inputs.parameters.unread())
        self._tariff = build_tariff(inputs).tobytes()

    def reached_by(self, name: str) -> bool:
        """Whether moving `name` changes a byte."""
        for quantile in QUANTILES:
            values = _values(self.inputs, name, quantile)
            moved = replace(self.inputs, parameters=self.inputs.parameters.with_values(values))
            try:
                if name in self._of_rules and self._built(moved).tobytes() != self.tables.tobytes():
                    return True
                return build_tariff(moved).tobytes() != self._tariff
            except InputError:
                continue
        raise InputError(name, "the model refuses every value near the middle of its law", "Correct its law.")

    def _built(self, inputs: ModelInputs) -> npt.NDArray[Any]:
        if self._base is None:
            return build_tables(inputs, 0)
        # A copy of all bytes: `copy` would leave those between the fields as it finds them.
        tables = np.frombuffer(bytearray(self._base.tobytes()), self._base.dtype)
        fill_treatments(tables[0], inputs, vitamin_d_class_shares(tables[0]))
        return tables


def _about(inputs: ModelInputs, name: str) -> ModelInputs:
    """The same inputs with one treatment and those whose effect it copies or that copy its own; nothing is compared."""
    copied = {one.name: one.healing.as_treatment for one in inputs.treatments.values() if one.healing is not None}
    near = {name, copied.get(name)} | {other for other, original in copied.items() if original == name}
    treatments = {other: one for other, one in inputs.treatments.items() if other in near}
    return replace(inputs, parameters=inputs.parameters.with_values({}), treatments=treatments, strategies={})


def unreached_everywhere(everything: Iterable[ModelInputs]) -> list[str]:
    """Names that are sampled under some of these inputs, and without effect under all of them that sample them."""
    found: dict[str, bool] = {}
    for inputs in everything:
        open_names = [name for name in sampled_parameters(inputs) if not found.get(name, False)]
        without = set(unreached(inputs, open_names))
        found |= {name: name not in without for name in open_names}
    return sorted(name for name, reached in found.items() if not reached)


def refuse_unreached(everything: Iterable[ModelInputs]) -> None:
    """Raise InputError when a sampled parameter is without effect on what the model reads under all of these inputs."""
    without = unreached_everywhere(everything)
    if without:
        what = f"these parameters are drawn, but change nothing: {', '.join(without)}"
        raise InputError("parameters", what, "Fix them, or use them.")


def refuse_unread_draws(inputs: ModelInputs, names: Iterable[str]) -> None:
    """Raise InputError when one of the sampled `names` has not been read from `inputs`, which have been made ready.

    What only another value of a weighted switch needs is no fault: some draws have that value.
    """
    elsewhere = {name for name, (switch, _) in ONLY_UNDER.items() if switch in inputs.scenario.structure_weights}
    unread = sorted((set(names) - elsewhere) & set(inputs.parameters.unread()))
    if unread:
        what = f"drawn, but not read by the model: {', '.join(unread)}"
        raise InputError("parameters", what, "Fix them, or use them.")


def _values(inputs: ModelInputs, name: str, quantile: float) -> dict[str, float]:
    parameters = inputs.parameters
    centre = parameters.quantity(name).value
    if not is_part(parameters, name):
        value = float(law_of(name, parameters.quantity(name)).quantile(np.array([quantile]))[0])
        return {name: value if value != centre else centre * 1.01}
    other = next(part for part in uncertain_parts(parameters, name) if part != name)
    step = (quantile - 0.5) * min(centre, parameters.quantity(other).value)
    return {name: centre + step, other: parameters.quantity(other).value - step}
