"""The methods of a sweep as text."""

from sim.report.methods import Passage, validation
from sim.report.numbers import number
from sim.report.sweep_findings import DESIGNS, SweepFindings
from sim.report.sweep_varied import described

INDICES = {
    "saltelli": (
        "First-order and total indices are those of Sobol, with the estimators of Saltelli and others (2010, Computer "
        "Physics Communications 181:259-270) as in SALib, intervals by bootstrap over blocks. The first-order index is "
        "the share of the variance that knowing a factor would take away on average, the total index the share that "
        "would stay if all others were known."
    ),
    "morris": (
        "Elementary effects are those of Morris (1991, Technometrics 33:161-174), with the mean size mu* of Campolongo "
        "and others (2007, Environmental Modelling & Software 22:1509-1518), intervals by bootstrap over trajectories. "
        "An effect is the change along a step over the length of the step, as a share of the factor's range, in which "
        "levels count as evenly spaced."
    ),
    "grid": (
        "On the full grid the shares of variance are exact for the simulated patients: first-order ones are the "
        "variance of the means by level, total ones the mean variance along a factor, each level counting the same."
    ),
    "main_effects": (
        "First-order shares come from a polynomial in each factor, or a mean for each of its levels, and are those of "
        "points left out of the fit, intervals by jackknife. They mean something for factors that vary independently."
    ),
}


def methods(findings: SweepFindings) -> list[Passage]:
    """The passages in the order of a methods section."""
    sweep = findings.sweep
    held = f"{number(sweep.draws)} joint draws, the same at every point" if sweep.draws else "their central values"
    points = (
        f"{number(len(findings.points.factors))} factors were varied over {number(len(findings.points.design))} points "
        f"({DESIGNS[sweep.design.kind]}); all other parameters stood at {held}. At each point the same "
        f"{number(findings.patients)} patients were simulated under every strategy, with the same luck at all points, "
        "so that differences between points are formed within people. Points at which parameters would contradict each "
        "other are refused by the model and listed."
    )
    noise = (
        "The indices are those of the model with these patients. Chance among them adds roughness, which total indices "
        "take for interaction; the table of results bounds its share."
    )
    return [
        *described(findings),
        Passage("Sweep", (points,)),
        Passage("Global sensitivity", (INDICES[findings.method], noise)),
        validation(findings),
    ]
