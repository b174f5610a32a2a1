"""What an analysis is about: its scenario, inputs and strategies, whether one run stands behind it or thousands."""

from collections.abc import Mapping, Sequence
from typing import Any

from sim.inputs.model_inputs import ModelInputs
from sim.inputs.parameters import TREATMENT_PREFIX
from sim.inputs.scenario import Scenario


class Subject:
    """The question and its inputs by name. Strategies stand in the scenario's order."""

    def __init__(
        self, scenario: Scenario, inputs: ModelInputs, manifest: Mapping[str, Any], known: Sequence[str], patients: int
    ) -> None:
        """`known`: the strategies that the tables hold; `patients`: simulated for each of them (and each draw)."""
        self.scenario, self.inputs, self.manifest, self.patients = scenario, inputs, manifest, patients
        self.setting = inputs.setting
        self.currency = self.setting.currency
        self.thresholds = list(self.setting.thresholds)
        self.strategies = [name for name in scenario.strategies if name in known]
        self.comparator = scenario.comparator
        self.others = [name for name in self.strategies if name != self.comparator]

    def title(self, strategy: str) -> str:
        return self.inputs.strategies[strategy].title

    def parameter_names(self) -> list[str]:
        """The parameters behind this analysis: all but those of treatments that no strategy here gives, or copies."""
        used = set(self.treatments())
        healing = {name: self.inputs.treatments[name].healing for name in used}
        used |= {effect.as_treatment for effect in healing.values() if effect and effect.as_treatment}
        prefix = f"{TREATMENT_PREFIX}."
        return [
            name
            for name in self.inputs.parameters.names()
            if not name.startswith(prefix) or name.removeprefix(prefix).partition(".")[0] in used
        ]

    def treatments(self) -> list[str]:
        """Names of the treatments that the compared strategies use, in the order of first use."""
        lines = [line for name in self.strategies for line in self.inputs.strategies[name].lines]
        return list(dict.fromkeys(name for line in lines for name in line.treatments))
