"""The value of a parameter at which the decision changes, with the interval that chance among the patients leaves."""

from dataclasses import dataclass, field
from typing import Any

from sim.analysis.crossing import Crossing, Gain, crossings, interval
from sim.analysis.steps import net_benefits
from sim.experiments.dsa_points import COST, EFFECT, Simulator, gain_of
from sim.experiments.points import PointResult
from sim.experiments.ranges import Range, moved
from sim.experiments.twoway import grid_of
from sim.vocabulary.errors import InputError

Rows = list[dict[str, Any]]

GRID = 9  # values simulated at first, at equal distances; a crossing is then looked for between two of them
PAIR, BEST = "pair", "best"
FOUND, NONE_IN_RANGE, NO_EFFECT, REFUSED = "found", "none_in_range", "no_effect", "refused"
LEAST_CHANGE = 1e-6  # of money: a gain that moves less over the whole range does not depend on the parameter


@dataclass(frozen=True)
class Decision:
    """A question of two sides: `strategy` against one other ("pair"), or against the best of all others ("best")."""

    kind: str
    strategy: int
    against: int | None
    willingness_to_pay: float


@dataclass
class Search:
    """What is known along one parameter; every value is simulated once, whichever decision asks for it."""

    simulator: Simulator
    one: Range
    known: dict[float, PointResult] = field(default_factory=dict)

    def at(self, value: float) -> PointResult:
        """The result at a value. Raises InputError when the model refuses it."""
        if value not in self.known:
            self.known[value] = self.simulator.one(moved(self.simulator.inputs.parameters, self.one.name, value))
        return self.known[value]

    def gain(self, decision: Decision, value: float) -> tuple[float, float]:
        """Net benefit that the decision's strategy gains at a value, and its standard error."""
        result = self.at(value)
        against = self.rival(decision, result)
        return gain_of(result, decision.strategy, against, decision.willingness_to_pay)

    def gains(self, decision: Decision, value: float) -> list[Gain]:
        """The same over every strategy that it is held against."""
        result, strategies = self.at(value), range(len(self.simulator.strategies))
        rivals = [place for place in strategies if place != decision.strategy]
        against = rivals if decision.against is None else [decision.against]
        return [gain_of(result, decision.strategy, place, decision.willingness_to_pay) for place in against]

    def rival(self, decision: Decision, result: PointResult) -> int:
        """Whom the strategy is held against: the best of all others where the decision names none."""
        if decision.against is not None:
            return decision.against
        benefits = net_benefits(result.means[:, COST], result.means[:, EFFECT], decision.willingness_to_pay)
        return max((place for place in range(len(benefits)) if place != decision.strategy), key=lambda s: benefits[s])


def decisions_of(simulator: Simulator) -> list[Decision]:
    """At each threshold of the setting: every strategy against the comparator, and the best one against the others."""
    found = []
    for threshold in simulator.inputs.setting.thresholds:
        found.append(Decision(BEST, simulator.best(simulator.base, threshold)[0], None, threshold))
        found += [
            Decision(PAIR, place, simulator.comparator, threshold)
            for place in range(len(simulator.strategies))
            if place != simulator.comparator
        ]
    return found


def threshold(simulator: Simulator, one: Range) -> tuple[Rows, Rows, Rows]:
    """Rows of `threshold`, `threshold_curve` and `refused` of dsa_results.py for one parameter."""
    search = Search(simulator, one)
    grid, refused = _simulated_grid(search)
    rows: Rows = []
    curve: Rows = []
    for decision in decisions_of(simulator):
        found = _rows(search, decision, grid)
        rows += found
        for value in grid:
            gain, error = search.gain(decision, value)
            low, high = interval(search.gains(decision, value))
            about = {**_who(search, decision, value), "value": value, "gain": gain, "gain_se": error}
            curve.append({**about, "gain_low": low, "gain_high": high})
    points = len(search.known)
    return [row | {"points": points} for row in rows], curve, refused


def _simulated_grid(search: Search) -> tuple[list[float], Rows]:
    """The values of the grid that the model takes, simulated, and the refusals of the others."""
    parameters = search.simulator.inputs.parameters
    planned: list[tuple[float, dict[str, float]]] = []
    refused: Rows = []

    def refuse(value: float, reason: str) -> None:
        end = {search.one.low.value: "low", search.one.high.value: "high"}.get(value, "")
        name = search.one.name
        refused.append({"analysis": "threshold", "parameter": name, "end": end, "value": value, "reason": reason})

    for value in grid_of(search.one, GRID):
        try:
            planned.append((value, moved(parameters, search.one.name, value)))
        except InputError as error:
            refuse(value, error.what)
    for (value, _), result in zip(planned, search.simulator.all([values for _, values in planned]), strict=True):
        if isinstance(result, str):
            refuse(value, result)
        else:
            search.known[value] = result
    return sorted(search.known), refused


def _rows(search: Search, decision: Decision, grid: list[float]) -> Rows:
    """A row a crossing, or one row that says why there is none."""
    base = search.simulator.base
    rival = search.rival(decision, base)
    gain, error = gain_of(base, decision.strategy, rival, decision.willingness_to_pay)
    gains = [search.gain(decision, value)[0] for value in grid]
    common: dict[str, Any] = {
        **_who(search, decision, None),
        "base_value": search.one.base,
        "range_low": search.one.low.value,
        "range_high": search.one.high.value,
        "gain_at_base": gain,
        "gain_at_base_se": error,
        "gain_at_low": gains[0] if search.one.low.value in grid else None,
        "gain_at_high": gains[-1] if search.one.high.value in grid else None,
    }
    if len(grid) < 2:
        return [common | {"status": REFUSED}]
    if max(gains) - min(gains) < LEAST_CHANGE:
        return [common | {"status": NO_EFFECT}]
    try:
        found = crossings(lambda value: search.gains(decision, value), grid)
    except InputError:  # the model takes both neighbours, but not what lies between
        return [common | {"status": REFUSED}]
    return [common | _crossing(search, decision, one) for one in found] or [common | {"status": NONE_IN_RANGE}]


def _crossing(search: Search, decision: Decision, found: Crossing) -> dict[str, Any]:
    names = search.simulator.strategies
    against = names[search.rival(decision, search.at(found.value))]
    sides = (against, names[decision.strategy]) if found.rises else (names[decision.strategy], against)
    return {
        "status": FOUND,
        "against": against,
        "threshold_value": found.value,
        "threshold_low": found.low,
        "threshold_high": found.high,
        "below": sides[0],
        "above": sides[1],
    }


def _who(search: Search, decision: Decision, value: float | None) -> dict[str, Any]:
    """The parameter and the two sides; of the best against all others, the rival at `value` (None: the base case)."""
    simulator = search.simulator
    rival = search.rival(decision, simulator.base if value is None else search.known[value])
    return {
        "parameter": search.one.name,
        "unit": simulator.inputs.parameters.quantity(search.one.name).unit,
        "decision": decision.kind,
        "strategy": simulator.strategies[decision.strategy],
        "against": simulator.strategies[rival],
        "willingness_to_pay": decision.willingness_to_pay,
    }
