"""Everything one run needs, gathered from the files and checked together: the last door before the model."""

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt

from sim.inputs.age_tables import load_life_table, load_unrelated_medical_costs, load_utility_norms
from sim.inputs.consistency import check_orders, check_parameters, check_strategies, check_treatments
from sim.inputs.joint_laws import JointLaw, load_joint_laws, without_correlations
from sim.inputs.parameters import ParameterSet, load_parameters
from sim.inputs.population import load_population
from sim.inputs.population_kinds import PopulationKind, load_population_kind
from sim.inputs.posterior import Posterior, load_posterior
from sim.inputs.root import data_root
from sim.inputs.scenario import Scenario
from sim.inputs.setting import Setting, load_setting
from sim.inputs.sources import Source, load_sources
from sim.inputs.strategies import Strategy, load_strategies
from sim.inputs.treatments import Treatment, load_treatments

if TYPE_CHECKING:
    import pandas as pd


@dataclass(frozen=True, eq=False)
class ModelInputs:
    """The inputs of one run.

    parameters: with the scenario's values laid over them. treatments: all there are, by name, in the order of names.
    strategies: those compared, in the scenario's order. life_table: qx, shape (2, ages). utility_norms: shape
    (2, 121), by integer age. unrelated_medical_costs: of a year alive, same shape, or None where they are not counted.
    First index of all three as in enums.Sex. kind: the population that is sampled, or fills what a file leaves open.
    population: the file's rows; None when all is sampled. joint_laws, posterior: what is uncertain together, and joint
    draws of parameters from a file; they matter to probabilistic analyses only.
    """

    scenario: Scenario
    parameters: ParameterSet
    treatments: dict[str, Treatment]
    strategies: dict[str, Strategy]
    setting: Setting
    sources: dict[str, Source]
    life_table: npt.NDArray[np.float64]
    utility_norms: npt.NDArray[np.float64]
    unrelated_medical_costs: npt.NDArray[np.float64] | None
    kind: PopulationKind
    population: "pd.DataFrame | None" = None
    joint_laws: tuple[JointLaw, ...] = ()
    posterior: Posterior | None = None

    @property
    def age_minimum_years(self) -> float:
        """The youngest that enter: the scenario's limit, or the population's."""
        narrowed = self.scenario.population.age_minimum_years
        return self.kind.age_minimum_years if narrowed is None else narrowed

    @property
    def age_maximum_years(self) -> float | None:
        """The oldest that enter; None: no limit."""
        narrowed = self.scenario.population.age_maximum_years
        return self.kind.age_maximum_years if narrowed is None else narrowed


def gather(scenario: Scenario, root: Path | None = None) -> ModelInputs:
    """Load and check what `scenario` needs from the data folder `root` (the shipped one). Raises InputError."""
    root = root if root is not None else data_root()
    setting = load_setting(root, scenario.setting, asked_at=f"{scenario.files[0]}, setting")
    sources = load_sources(root)
    who = scenario.population
    kind = load_population_kind(root, who.sampled_from, asked_at=f"{scenario.files[0]}, population")
    if who.file is None:
        kind.check_narrowed(who.age_minimum_years, who.age_maximum_years, f"{scenario.files[0]}, population")
    parameters = load_parameters(root, scenario.setting, sources, kind.name, scenario.structure.prices)
    parameters = parameters.with_values(scenario.parameters, where=f"{scenario.files[0]}, parameters")
    treatments = load_treatments(root, sources)
    strategies = load_strategies(root)
    check_parameters(parameters, setting)
    check_orders(parameters, treatments)
    check_treatments(treatments, parameters)
    check_strategies(scenario, strategies, treatments, parameters)
    posterior = scenario.uncertainty.posterior
    life_table = load_life_table(root, setting.life_table, sources)
    utility_norms = load_utility_norms(root, setting.utility_norms, sources)
    unrelated = setting.unrelated_medical
    joint_laws = load_joint_laws(root, sources, parameters)
    return ModelInputs(
        scenario=scenario,
        parameters=parameters,
        treatments=treatments,
        strategies={name: strategies[name] for name in scenario.strategies},
        setting=setting,
        sources=sources,
        life_table=life_table,
        utility_norms=utility_norms,
        unrelated_medical_costs=(
            None if unrelated is None else load_unrelated_medical_costs(root, unrelated, setting.currency, sources)
        ),
        kind=kind,
        population=(
            None
            if who.file is None
            else load_population(Path(who.file), who.age_minimum_years or 0.0, who.age_maximum_years)
        ),
        joint_laws=joint_laws if scenario.uncertainty.correlations else without_correlations(joint_laws),
        posterior=(
            None if posterior is None else load_posterior(Path(posterior), parameters, frozenset(scenario.parameters))
        ),
    )
