"""Which sampled parameters move a gain most: a first look by correlation, where no value of information was asked for.

The share of a parameter is its squared Pearson correlation with the gain over the draws, divided by the share of the
gain's variance that is not chance among patients. It sees straight lines only and says nothing on decisions.
"""

from dataclasses import dataclass

import numpy as np

from sim.report.psa_findings import PsaFindings

MOST = 15
CLEAR_CORRELATION = 4.0  # standard errors (of 1/sqrt(draws)): of some hundred parameters hardly one by chance


@dataclass(frozen=True)
class Driver:
    """A parameter, the share of the gain's variance that goes with it, and whether the gain rises with it."""

    parameter: str
    share: float
    rises: bool


def drivers(findings: PsaFindings, strategy: str, most: int = MOST) -> list[Driver]:
    """The parameters behind the gain of `strategy` over the comparator at the first threshold, the largest first."""
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
    found = [
        Driver(name, min(float(r) ** 2 / of_parameters, 1.0), bool(r > 0.0))
        for name, r, shown in zip(findings.sampled, correlation, clear, strict=True)
        if shown
    ]
    return sorted(found, key=lambda one: -one.share)[:most]
