"""The inputs at a point of a sweep: what is decided when they are loaded, and the parameters laid over them."""

from collections.abc import Hashable, Mapping, MutableMapping
from dataclasses import replace
from pathlib import Path
from typing import Any

from sim.inputs.age_tables import load_life_table, load_unrelated_medical_costs, load_utility_norms
from sim.inputs.consistency import check_orders, check_strategies, check_treatments
from sim.inputs.document import Fault, parsed
from sim.inputs.factor_targets import document_of, with_field
from sim.inputs.factors import Factor, Level
from sim.inputs.model_inputs import ModelInputs, gather
from sim.inputs.parameters import ParameterSet
from sim.inputs.root import data_root
from sim.inputs.scenario import Scenario
from sim.inputs.setting import Setting, load_setting
from sim.inputs.strategies import Strategy
from sim.inputs.sweeps import Sweep
from sim.inputs.treatments import Treatment, check_between
from sim.vocabulary.errors import InputError

Variant = tuple[tuple[str, Any], ...]
Kept = MutableMapping[Hashable, ModelInputs]


def variant_of(sweep: Sweep, row: Mapping[str, Any]) -> Variant:
    """What a row of the design decides at loading: pairs of factor and level, hashable, in the order of the factors."""
    return tuple((one.name, one.level_of(row[one.name])) for one in sweep.factors if one.parameter is None)


def parameter_values(sweep: Sweep, row: Mapping[str, Any], inputs: ModelInputs | None = None) -> dict[str, float]:
    """The parameters that a row of the design lays over its variant's `inputs`, by name, in the units of the files.

    Where factors are parts of a whole (shares) the other parts keep their proportions to one another; only then
    `inputs` are needed (TypeError without them). Raises InputError when the others cannot fill the whole.
    """
    values = {one.parameter: float(row[one.name]) for one in sweep.factors if one.parameter is not None}
    groups = {name.rpartition(".")[0] for name in values if _is_share(name)}
    if not groups:
        return values
    if inputs is None:
        raise TypeError("a factor is a part of a whole, so the inputs of the variant are needed")
    for group in sorted(groups):
        values |= _filled(group, values, inputs.parameters)
    return values


def variant_inputs(sweep: Sweep, variant: Variant, root: Path | None = None, kept: Kept | None = None) -> ModelInputs:
    """The inputs of a variant from the data folder `root` (the shipped one), checked; parameters have their own values.

    `kept`, of one sweep and root, saves gathering again what differs only in switches, treatments and strategies. With
    draws, factors that are parameters count as held by the scenario, and drawn switches that are factors are not drawn.
    Raises InputError.
    """
    root = data_root() if root is None else root
    factors = {one.name: one for one in sweep.factors}
    chosen = [(factors[name], level) for name, level in variant]
    scenario = _scenario(sweep, chosen)
    asked = (scenario.setting, scenario.population, scenario.structure.prices, scenario.parameters, scenario.entry)
    loaded = repr(asked)
    inputs = None if kept is None else kept.get(loaded)
    if inputs is None:
        inputs = gather(scenario, root)
        if kept is not None:
            kept[loaded] = inputs
    inputs = replace(inputs, scenario=scenario, parameters=inputs.parameters.with_values({}))
    inputs = _with_files(inputs, chosen, sweep, root)
    return _held(inputs, sweep)


def _scenario(sweep: Sweep, chosen: list[tuple[Factor, Level]]) -> Scenario:
    """The scenario with the levels that are keys of it, checked as if they stood in its file."""
    document = sweep.scenario.model_dump(exclude={"name", "files"})
    places = {}
    for factor, level in chosen:
        value = list(level) if isinstance(level, tuple) else level
        if factor.kind == "parameter":
            document["parameters"][factor.target] = value
            places[f"parameters.{factor.target}"] = factor
        elif factor.kind in ("population", "structure"):
            document[factor.kind][factor.target] = value
            document["structure_weights"].pop(factor.target, None)
            places[f"{factor.kind}.{factor.target}"] = factor
        elif factor.kind == "scenario" or factor.target == "setting":
            document[factor.target] = value
            places[factor.target] = factor

    def place(key: str) -> str:
        return sweep.place_of(places[key]) if key in places else f"{sweep.files[0]}, {key}".rstrip(", ")

    return parsed(Scenario, document, place, name=sweep.scenario.name, files=sweep.scenario.files)


def _with_files(inputs: ModelInputs, chosen: list[tuple[Factor, Level]], sweep: Sweep, root: Path) -> ModelInputs:
    """The inputs with the levels that are fields of a treatment, a strategy or the setting."""
    treatments, strategies = dict(inputs.treatments), dict(inputs.strategies)
    documents: dict[tuple[str, str], dict[str, Any]] = {}
    setting: dict[str, Level] = {}
    for factor, level in chosen:
        name, _, path = factor.target.partition(".")
        if factor.kind in ("treatment", "strategy"):
            document = documents.get((factor.kind, name)) or document_of(factor.kind, name, root)
            try:
                documents[factor.kind, name] = with_field(document, path, level)
            except Fault as fault:
                raise InputError(sweep.place_of(factor), fault.what, fault.repair) from None
        elif factor.kind == "setting" and factor.target != "setting":
            setting[factor.target] = level
    for (kind, name), document in documents.items():
        if kind == "treatment":
            old = treatments[name]
            treatments[name] = parsed(
                Treatment, document, old.file, name=name, file=old.file, quantities=old.quantities
            )
        else:
            file = strategies[name].file
            strategies[name] = parsed(Strategy, document, file, name=name, file=file)
    if documents:
        check_between(treatments)
        check_orders(inputs.parameters, treatments)
        check_treatments(treatments, inputs.parameters)
        check_strategies(inputs.scenario, strategies, treatments, inputs.parameters)
        inputs = replace(inputs, treatments=treatments, strategies=strategies)
    return _with_setting(inputs, setting, root) if setting else inputs


def _with_setting(inputs: ModelInputs, fields: Mapping[str, Level], root: Path) -> ModelInputs:
    """The inputs with other tables or another perspective in their setting."""
    document = load_setting(root, inputs.scenario.setting).model_dump(exclude={"name", "file"})
    document |= {key: list(level) if isinstance(level, tuple) else level for key, level in fields.items()}
    file = inputs.setting.file
    setting = parsed(Setting, document, file, name=inputs.setting.name, file=file)
    unrelated = setting.unrelated_medical
    return replace(
        inputs,
        setting=setting,
        life_table=load_life_table(root, setting.life_table, inputs.sources),
        utility_norms=load_utility_norms(root, setting.utility_norms, inputs.sources),
        unrelated_medical_costs=(
            None
            if unrelated is None
            else load_unrelated_medical_costs(root, unrelated, setting.currency, inputs.sources)
        ),
    )


def _held(inputs: ModelInputs, sweep: Sweep) -> ModelInputs:
    """With draws: the factors' parameters among those that the scenario holds."""
    names = [one.parameter for one in sweep.factors if one.parameter is not None]
    if not sweep.draws or not names:
        return inputs
    own = {name: inputs.parameters.quantity(name).value for name in names}
    scenario = inputs.scenario.model_copy(update={"parameters": {**own, **inputs.scenario.parameters}})
    return replace(inputs, scenario=scenario)


def _is_share(name: str) -> bool:
    return any(part.endswith("_share") for part in name.split(".")[:-1])


def _filled(group: str, values: Mapping[str, float], parameters: ParameterSet) -> dict[str, float]:
    """The parts of a group that no factor varies, scaled to what the factors leave of the whole."""
    parts = [name for name in parameters.names() if name.rpartition(".")[0] == group]
    others = {name: parameters.quantity(name).value for name in parts if name not in values}
    left = 1.0 - sum(values[name] for name in parts if name in values)
    whole = sum(others.values())
    if left < 0.0 or (whole <= 0.0 and left > 0.0):
        raise InputError(group, f"the other parts cannot make {1.0 - left:g} up to 1", "Give other ranges.")
    return {name: value * left / whole if whole > 0.0 else value for name, value in others.items()}
