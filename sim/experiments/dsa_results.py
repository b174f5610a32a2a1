"""What a deterministic sensitivity analysis gives back: the question with its inputs, and its answers as frames."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import pandas as pd

from sim.inputs.model_inputs import ModelInputs
from sim.inputs.scenario import Scenario

# Column and type of each frame, in their order. "text" may be missing only where the docstring says so.
STEP = {
    "strategy": "text",
    "comparator": "text",
    "incremental_cost": "number",
    "incremental_effect": "number",
    "net_benefit_gain": "number",
    "net_benefit_gain_se": "number",
    "change": "number",
    "change_se": "number",
    "icer": "number",
    "icer_meaning": "text",
    "best": "text",
}
LEVEL = {
    "cost": "number",
    "cost_se": "number",
    "effect": "number",
    "effect_se": "number",
    "incremental_cost_se": "number",
    "incremental_effect_se": "number",
    "lead_of_best": "number",
    "lead_of_best_se": "number",
}
DECISION = {
    "decision_changes": "flag",
    "gain_over_base_case_best": "number",
    "gain_over_base_case_best_se": "number",
    "gain_over_base_case_best_change": "number",
    "gain_over_base_case_best_change_se": "number",
}
_WITHOUT_CHANGE = {name: kind for name, kind in STEP.items() if name not in ("change", "change_se")}
_PLACE = {"parameter": "text", "unit": "text", "distribution": "text", "status": "text"}

FRAMES: dict[str, dict[str, str]] = {
    "base": {**_WITHOUT_CHANGE, **LEVEL},
    "oneway": {
        **_PLACE,
        "end": "text",
        "value": "number",
        "base_value": "number",
        "range_source": "text",
        **STEP,
        **DECISION,
    },
    "tornado": {
        "strategy": "text",
        "comparator": "text",
        "measure": "text",
        "rank": "whole",
        **_PLACE,
        "low_value": "number",
        "high_value": "number",
        "base": "number",
        "at_low": "number",
        "at_high": "number",
        "width": "number",
        "width_se": "number",
        "is_open": "flag",
        "sign_changes": "flag",
        "is_clear": "flag",
    },
    "refused": {"analysis": "text", "parameter": "text", "end": "text", "value": "number", "reason": "text"},
    "twoway": {
        "parameter_a": "text",
        "parameter_b": "text",
        "unit_a": "text",
        "unit_b": "text",
        "value_a": "number",
        "value_b": "number",
        "is_base": "flag",
        **STEP,
        "second": "text",
        "lead": "number",
        "lead_se": "number",
    },
    "threshold": {
        "parameter": "text",
        "unit": "text",
        "base_value": "number",
        "range_low": "number",
        "range_high": "number",
        "decision": "text",
        "strategy": "text",
        "against": "text",
        "willingness_to_pay": "number",
        "status": "text",
        "threshold_value": "number",
        "threshold_low": "number",
        "threshold_high": "number",
        "below": "text",
        "above": "text",
        "gain_at_base": "number",
        "gain_at_base_se": "number",
        "gain_at_low": "number",
        "gain_at_high": "number",
        "points": "whole",
    },
    "threshold_curve": {
        "parameter": "text",
        "unit": "text",
        "decision": "text",
        "strategy": "text",
        "against": "text",
        "willingness_to_pay": "number",
        "value": "number",
        "gain": "number",
        "gain_se": "number",
        "gain_low": "number",
        "gain_high": "number",
    },
    "switches": {"switch": "text", "value": "text", "is_base": "flag", **STEP, **DECISION},
    "scenarios": {
        "scenario": "text",
        "title": "text",
        "setting": "text",
        "currency": "text",
        "price_year": "text",
        "patients": "whole",
        "willingness_to_pay": "number",
        **_WITHOUT_CHANGE,
        **LEVEL,
    },
    "subgroup_value": {
        "dimension": "text",
        "groups": "whole",
        "patients": "whole",
        "willingness_to_pay": "number",
        "best_for_all": "text",
        "value": "number",
        "value_se": "number",
        "value_other_half": "number",
        "value_other_half_se": "number",
    },
    "subgroup_choice": {
        "dimension": "text",
        "group": "text",
        "share": "number",
        "patients": "whole",
        "willingness_to_pay": "number",
        "best": "text",
        "best_for_all": "text",
        "gain": "number",
        "gain_se": "number",
    },
}
_TYPES = {"text": "str", "number": float, "whole": "int64", "flag": bool}


@dataclass(frozen=True, eq=False)
class DsaResults:
    """The results of one deterministic analysis. All points see the same patients with the same luck.

    Every frame is there with all its columns (FRAMES, in this order), without rows when it was not asked for. Money is
    that of the setting, effects are QALYs, both discounted; `_se` are Monte Carlo standard errors, of chance among the
    simulated patients only. Net benefits are at the setting's first threshold where no `willingness_to_pay` is given.

    Most frames hold a step from the comparator (of the scenario) to each other strategy, one row a strategy: strategy,
    comparator, incremental_cost, incremental_effect, net_benefit_gain with `_se`; `change` of that gain from the base
    case, with the `change_se` of paired differences (nan below 128 patients); icer, with icer_meaning one of
    "cost_per_qaly_gained", "saving_per_qaly_lost" (icer is then what is saved for each QALY given up), "dominant",
    "dominated", "no_difference" (icer nan in the last three); and `best`, of all strategies the one with the highest
    net benefit at this point.

    base: the steps without change, their standard errors, and the level of the strategy itself: cost, effect, and
        `lead_of_best`, the net benefit by which the best strategy leads over it (paired; 0 of the best). The comparator
        has a row too, its step zeros.
    oneway: a row a parameter, end and strategy; parameter, unit, distribution and status (of the evidence), end ("low"
        or "high"), value there, base_value, range_source ("file": low and high of the parameter's file; "law": 2.5 and
        97.5 % of its law; "given": by the user), the step, and the decision, the same in all rows of a point:
        decision_changes (`best` is not that of the base case), the net benefit that `best` gains here over the best of
        the base case (gain_over_base_case_best), and its change from the base case, both with paired `_se` (that of the
        change nan below 128 patients).
    tornado: a row a strategy, measure ("net_benefit_gain" or "icer") and parameter, by `rank` (1 is the widest bar);
        low_value and high_value of the parameter (nan where that end was refused), `base`, `at_low` and `at_high` of
        the measure, their `width` (the range of the three) with width_se (paired, of the difference between the two
        that span it; nan for the ICER), is_open (an end was refused, or the ICER there is no cost per QALY gained:
        at_low or at_high is then nan), sign_changes (the gain has another sign at one end than in the base case),
        is_clear (the bar of the net benefit is wider than 1.96 of its standard errors; false when they are unknown).
        Bars whose ICER ceases to be a cost per QALY gained stand above the others; a strategy without such an ICER in
        the base case has none.
    refused: points that the model refuses because parameters would contradict each other; analysis ("oneway",
        "twoway", "threshold", "switches"), parameter (two with " and "), end ("low", "high", or ""), value (of the
        first), reason.
    twoway: a row a pair of values and strategy; parameter_a, parameter_b, unit_a, unit_b, value_a, value_b, is_base
        (both values are those of the base case), the step, `second` best strategy, and the `lead` in net benefit of the
        best over it with `_se` (paired).
    threshold: a row a crossing, or one that says there is none; parameter, unit, base_value, the range searched,
        decision ("pair": strategy against comparator; "best": the base case's best strategy against the best of all
        others), strategy, against, willingness_to_pay, status ("found", "none_in_range", "no_effect": the gain does
        not depend on it, "refused": an end of the range is refused), threshold_value where the gain is 0 with its 95 %
        interval (values whose gain lies within 1.96 standard errors of 0, for "best" over any of the others that may be
        the strongest; a limit outside the range is nan), who is better `below` and `above` it (missing when none), the
        gain of `strategy` over `against` at the base value (with `_se`) and at the ends, and points, how many were
        simulated.
    threshold_curve: the gain at the values that were simulated in a regular grid, for a figure; gain_low and gain_high,
        its 95 % limits: for "best" the least of the limits of the gains over all others, for a rival that is known less
        well than `against` may be the stronger.
    switches: a row a value of a structural switch and strategy; switch, value (in words), is_base, the step, and
        the decision as in oneway.
    scenarios: a row a scenario and strategy, its own comparator included; scenario, title, setting, currency,
        price_year, patients, willingness_to_pay (the setting's first), the columns of base. `best` is at
        that threshold. Money of different currencies or price years must not be subtracted.
    subgroup_value: what it is worth to choose for each group by itself; dimension ("site", "sex", "age_band", "all
        three"), groups, patients simulated, willingness_to_pay, best_for_all (one strategy for everybody), value a
        person (sum of share x highest net benefit in the group, minus the highest mean net benefit; never negative, and
        mostly too high, because the best is chosen from the numbers that value it) with `_se`, and value_other_half,
        where each half of the patients has what the other half suggests for its groups: on the safe side, it is
        expected not above the true value and may be negative.
    subgroup_choice: a row a dimension, group and threshold; dimension, group, share, patients, willingness_to_pay,
        best in the group, best_for_all, and the gain a person of the group from choosing so, with `_se`.
    manifest: as that of a run, with "kind": "dsa" and the counts of points.
    """

    scenario: Scenario
    inputs: ModelInputs
    manifest: dict[str, Any]
    base: pd.DataFrame
    oneway: pd.DataFrame
    tornado: pd.DataFrame
    refused: pd.DataFrame
    twoway: pd.DataFrame
    threshold: pd.DataFrame
    threshold_curve: pd.DataFrame
    switches: pd.DataFrame
    scenarios: pd.DataFrame
    subgroup_value: pd.DataFrame
    subgroup_choice: pd.DataFrame


def as_frame(name: str, rows: "list[dict[str, Any]] | pd.DataFrame") -> pd.DataFrame:
    """The frame `name` of FRAMES from its rows; the columns and their types are the same when there are none."""
    columns = FRAMES[name]
    frame = pd.DataFrame(rows, columns=list(columns))
    return frame.astype({column: _TYPES[kind] for column, kind in columns.items()}).reset_index(drop=True)


def frames_of(rows: Mapping[str, "list[dict[str, Any]]"]) -> dict[str, pd.DataFrame]:
    """All frames, those without rows empty."""
    return {name: as_frame(name, rows.get(name, [])) for name in FRAMES}
