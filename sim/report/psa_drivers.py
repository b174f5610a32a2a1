"""Which sampled parameters move a gain most: a first look by correlation, where no value of information was asked for.

The share of a parameter is its squared Pearson correlation with the gain over the draws, divided by the share of the
gain's variance that is not chance among patients. It sees straight lines only and says nothing on decisions. Of
parameters that are drawn together only the strongest is named: their shares are in large part the same variance, and
would add up to more than all of it.
"""

from collections import Counter
from dataclasses import dataclass

import numpy as np

from sim.inputs.shares import group_of, is_part
from sim.report.psa_findings import PsaFindings

MOST = 15
CLEAR_CORRELATION = 4.0  # standard errors (of 1/sqrt(draws)): of some hundred parameters hardly one by chance


@dataclass(frozen=True)
class Driver:
    """A parameter, the share of the gain's variance that goes with it, and whether the gain rises with it.

    beside: how many other sampled parameters are drawn together with it.
    """

    parameter: str
    share: float
    rises: bool
    beside: int = 0

    @property
    def words(self) -> str:
        """Its name, and that it does not stand alone where it does not."""
        return f"{self.parameter} and {self.beside} drawn together with it" if self.beside else self.parameter


def drivers(findings: PsaFindings, strategy: str, most: int = MOST) -> list[Driver]:
    """The parameters behind the gain of `strategy` over the comparator at the first threshold, the largest first.

    Of those that are drawn together the one with the largest share stands for all.
    """
    gain = findings.draw_gain(strategy, findings.comparator, findings.thresholds[0])
    values = findings.psa.parameters[findings.sampled].to_numpy(np.float64)
    if not gain.std() > 0.0 or not len(findings.sampled):
        return []
    deviations = values - values.mean(axis=0)
    spread = np.sqrt((deviations**2).sum(axis=0))
    with np.errstate(divide="ignore", invalid="ignore"):
        correlation = deviations.T @ (gain - gain.mean()) / (spread * np.sqrt(((gain - gain.mean()) ** 2).sum()))
    budget = findings.budget(strategy, "net_benefit_gain")
    of_parameters = 1.0 if budget is None or not budget.patient_share < 1.0 else 1.0 - budget.patient_share
    clear = np.abs(np.nan_to_num(correlation)) * np.sqrt(findings.draws) > CLEAR_CORRELATION
    joint = [_joint_name(findings, name) for name in findings.sampled]
    sizes = Counter(joint)
    strongest: dict[str, Driver] = {}
    for place in np.argsort(-np.abs(np.nan_to_num(correlation)), kind="stable"):
        if clear[place]:
            r, group = float(correlation[place]), joint[place]
            share = min(r**2 / of_parameters, 1.0)
            strongest.setdefault(group, Driver(findings.sampled[place], share, r > 0.0, sizes[group] - 1))
    return list(strongest.values())[:most]


def _joint_name(findings: PsaFindings, name: str) -> str:
    """What is the same for all that are drawn together with `name`: a posterior, a joint law, a group of shares."""
    inputs = findings.inputs
    if inputs.posterior is not None and name in inputs.posterior.names:
        return "posterior"
    law = next((law.name for law in inputs.joint_laws if name in law.members), None)
    if law is not None:
        return f"law {law}"
    return f"shares {group_of(name)}" if is_part(inputs.parameters, name) else f"alone {name}"
