"""Results of a run that was never run: patients drawn here, every frame worked out from them in the plainest way."""

import itertools
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
from report.wider_stand_in import flows, mean_and_error, subgroups
from small_inputs import gathered, write_inputs

from sim.inputs.model_inputs import ModelInputs
from sim.inputs.scenario import Scenario
from sim.valuation.outcomes import CATEGORIES, MAY_BE_MISSING, OUTCOME_NAMES
from sim.vocabulary.events import HealthState

MONTHS = np.arange(49) * 0.5
EXTRA_STRATEGIES = {
    "two_doses": ("Two doses", "at_diagnosis"),
    "later": ("Zoledronate later", "at_review"),
}


@dataclass(frozen=True, repr=False)
class StandIn:
    """The frames of the contract, with the names of Results."""

    scenario: Scenario
    inputs: ModelInputs
    manifest: dict[str, Any]
    outcomes: pd.DataFrame
    increments: pd.DataFrame
    covariance: pd.DataFrame
    curves: pd.DataFrame
    occupancy: pd.DataFrame
    adverse_events: pd.DataFrame
    incremental: pd.DataFrame
    net_benefit: pd.DataFrame
    subgroups: pd.DataFrame
    flows: pd.DataFrame
    scan_threshold: pd.DataFrame
    scan_threshold_curve: pd.DataFrame
    costs: dict[str, np.ndarray] = field(repr=False)  # by patient, for the tests' own arithmetic
    qalys: dict[str, np.ndarray] = field(repr=False)


def small_model_inputs(folder: Path, names: tuple[str, ...]) -> ModelInputs:
    """The small inputs of the loaders' tests with some of the strategies supportive, zoledronate, two_doses, later."""
    write_inputs(folder)
    for name, (title, rule) in EXTRA_STRATEGIES.items():
        line = f'[[lines]]\ntreatments = ["zoledronate"]\nstart = {{rule = "{rule}"}}\nmaximum_cycles = 2\n'
        (folder / "parameters" / "strategies" / f"{name}.toml").write_text(
            f'title = "{title}"\nsummary = "For the report."\n{line}', encoding="utf-8"
        )
    uk = folder / "parameters" / "settings" / "uk.toml"
    rate = 'value = 0.035\nunit = "per year"\ndistribution = "fixed"\nsource = "author2019"\nstatus = "published"\n'
    rates = "".join(f"[discount_rate_{kind}_per_year]\n{rate}" for kind in ("costs", "effects"))
    uk.write_text(uk.read_text("utf-8") + rates, encoding="utf-8")
    base = folder / "scenarios" / "base.toml"
    listed = ", ".join(f'"{name}"' for name in names)
    base.write_text(base.read_text("utf-8").replace('["supportive", "zoledronate"]', f"[{listed}]"), encoding="utf-8")
    return gathered(folder)


def results_for(
    inputs: ModelInputs,
    extra_cost: dict[str, float],
    extra_qalys: dict[str, float],
    patients: int = 400,
    noise: float = 0.01,
) -> StandIn:
    """Results in which each strategy adds its `extra_cost` and `extra_qalys` to a shared course of each patient.

    `noise` is the standard deviation of what differs between strategies within a patient, in QALYs (and in thousands of
    the currency).
    """
    random = np.random.default_rng(5)
    names = list(inputs.strategies)
    shared_cost, shared_qalys = random.gamma(4.0, 300.0, patients), random.normal(17.0, 4.0, patients)
    costs, qalys = {}, {}
    for name in names:
        costs[name] = shared_cost + extra_cost[name] + 1000.0 * noise * random.normal(size=patients)
        qalys[name] = shared_qalys + extra_qalys[name] + noise * random.normal(size=patients)
    scenario = inputs.scenario
    return StandIn(
        scenario=scenario,
        inputs=inputs,
        manifest={
            "version": "0.1.0",
            "seed": scenario.seed,
            "patients": patients,
            "engine": "batch",
            "host": {"cpus": 2},
        },
        outcomes=_outcomes(names, costs, qalys, random),
        increments=_increments(names, costs, qalys),
        covariance=_covariance(names, costs, qalys),
        curves=_curves(names, extra_qalys),
        occupancy=_occupancy(names),
        adverse_events=_adverse_events(inputs, patients),
        incremental=_incremental(names, costs, qalys),
        net_benefit=_net_benefit(inputs, costs, qalys),
        subgroups=subgroups(inputs, costs, qalys, random),
        flows=flows(names, patients, extra_qalys),
        scan_threshold=pd.DataFrame(),
        scan_threshold_curve=pd.DataFrame(),
        costs=costs,
        qalys=qalys,
    )


def _outcomes(names: list[str], costs: dict, qalys: dict, random: np.random.Generator) -> pd.DataFrame:
    rows = []
    for name in names:
        patients = len(costs[name])
        by_name = {outcome: random.gamma(2.0, 0.1, patients) for outcome in OUTCOME_NAMES}
        shares = np.array([0.25, 0.1, 0.15, 0.1, 0.3, 0.04, 0.06])
        for place, category in enumerate(CATEGORIES):
            for suffix, factor in (("", 1.1), ("_discounted", 1.0)):
                by_name[f"cost_{category}{suffix}"] = (
                    factor * costs[name] * (shares[place] if place < len(shares) else 0.0)
                )
        by_name |= {"cost": 1.1 * costs[name], "cost_discounted": costs[name], "qalys_discounted": qalys[name]}
        if name == "supportive":
            by_name["symptom_months_from_treatment"] = np.full(patients, np.nan)
        row: dict[str, Any] = {"strategy": name, "psa_draw": 0, "patients": patients}
        for outcome, values in by_name.items():
            row[outcome], row[f"{outcome}_se"] = mean_and_error(values)
        for outcome in MAY_BE_MISSING:
            row[f"{outcome}_n"] = int(np.isfinite(by_name[outcome]).sum())
            row[f"{outcome}_median"] = float(np.median(by_name[outcome]))
        rows.append(row)
    return pd.DataFrame(rows)


def _increments(names: list[str], costs: dict, qalys: dict) -> pd.DataFrame:
    rows = []
    for one, other in itertools.permutations(names, 2):
        differences = {
            "cost_discounted": costs[one] - costs[other],
            "qalys_discounted": qalys[one] - qalys[other],
            "pain_years": -8.0 * (qalys[one] - qalys[other]),
            "life_years": 0.0 * qalys[one],
        }
        for outcome, values in differences.items():
            mean, error = mean_and_error(values)
            rows.append((one, other, outcome, mean, error))
    return pd.DataFrame(rows, columns=["strategy", "comparator", "outcome", "mean", "standard_error"])


def _covariance(names: list[str], costs: dict, qalys: dict) -> pd.DataFrame:
    rows = [
        (one, other, np.cov(costs[one] - costs[other], qalys[one] - qalys[other])[0, 1] / len(costs[one]))
        for one, other in itertools.permutations(names, 2)
    ]
    return pd.DataFrame(rows, columns=["strategy", "comparator", "covariance"])


def _curves(names: list[str], extra_qalys: dict[str, float]) -> pd.DataFrame:
    frames = []
    for name in names:
        pace = 6.0 - 20.0 * extra_qalys[name]
        decline = np.exp(-((MONTHS / pace) ** 1.6))
        shown = {
            "load_pain": 7.2 * decline,
            "symptom_free": 0.95 * (1.0 - decline),
            "mri_normal": 0.93 * (1.0 - np.exp(-((MONTHS / (1.3 * pace)) ** 1.6))),
            "joints_hip": 0.25 * decline,
            "joints_knee": 0.80 * decline,
            "joints_foot": np.zeros(len(MONTHS)),
            "joints_other": np.zeros(len(MONTHS)),
        }
        for quantity, mean in shown.items():
            error = np.full(len(MONTHS), 0.08 if quantity == "load_pain" else 0.012)
            frame = {"strategy": name, "months_since_entry": MONTHS, "quantity": quantity, "mean": mean}
            frames.append(pd.DataFrame(frame | {"standard_error": error}))
    return pd.concat(frames, ignore_index=True)


def _occupancy(names: list[str]) -> pd.DataFrame:
    rows = []
    for name, month in itertools.product(names, MONTHS):
        well = 0.9 * (1.0 - np.exp(-month / 6.0))
        shares = dict.fromkeys((state.name.lower() for state in HealthState), 0.0)
        shares |= {"well": well, "symptomatic": 0.6 * (1.0 - well), "symptomatic_with_fracture": 0.4 * (1.0 - well)}
        rows += [(name, month, state, share) for state, share in shares.items()]
    return pd.DataFrame(rows, columns=["strategy", "months_since_entry", "health_state", "share"])


def _adverse_events(inputs: ModelInputs, patients: int) -> pd.DataFrame:
    rows = []
    for name, strategy in inputs.strategies.items():
        for treatment in dict.fromkeys(t for line in strategy.lines for t in line.treatments):
            for place, event in enumerate(inputs.treatments[treatment].adverse_events):
                events = patients // (3 + 5 * place)
                rows.append((name, treatment, event.name, events, 100.0 * events / patients))
    columns = ["strategy", "treatment", "adverse_event", "events", "per_100_patients"]
    return pd.DataFrame(rows, columns=columns)


def _incremental(names: list[str], costs: dict, qalys: dict) -> pd.DataFrame:
    """Frontier by trying: a strategy is on it when it has the highest net benefit at some willingness to pay."""
    mean = {name: (float(costs[name].mean()), float(qalys[name].mean())) for name in names}
    by_cost = sorted(names, key=lambda name: mean[name])
    frontier = [by_cost[0]]
    while True:
        cost, effect = mean[frontier[-1]]
        better = [name for name in by_cost if mean[name][1] > effect and mean[name][0] >= cost]
        if not better:
            break
        frontier.append(min(better, key=lambda name: (mean[name][0] - cost) / (mean[name][1] - effect)))
    rows = []
    for name in by_cost:
        cost, effect = mean[name]
        row: dict[str, Any] = {"strategy": name, "cost": cost, "effect": effect, "next_to": None}
        row |= {"incremental_cost": np.nan, "incremental_effect": np.nan, "icer": np.nan}
        beaten_by = [other for other in names if other != name and mean[other][0] <= cost and mean[other][1] >= effect]
        if name in frontier:
            row["status"] = "frontier"
            if name != frontier[0]:
                before = frontier[frontier.index(name) - 1]
                row["next_to"] = before
                row["incremental_cost"], row["incremental_effect"] = cost - mean[before][0], effect - mean[before][1]
                row["icer"] = row["incremental_cost"] / row["incremental_effect"]
        elif beaten_by:
            row |= {"status": "dominated", "next_to": beaten_by[0]}
        else:
            row["status"] = "extended"
        rows.append(row)
    return pd.DataFrame(rows)


def _net_benefit(inputs: ModelInputs, costs: dict, qalys: dict) -> pd.DataFrame:
    rows = []
    comparator, setting = inputs.scenario.comparator, inputs.setting
    for name, threshold in itertools.product(costs, (*setting.thresholds, *setting.former_thresholds)):
        benefit = threshold * qalys[name] - costs[name]
        gain = benefit - (threshold * qalys[comparator] - costs[comparator])
        rows.append((name, threshold, *mean_and_error(benefit), *mean_and_error(gain)))
    columns = ["strategy", "willingness_to_pay", "net_monetary_benefit", "standard_error"]
    return pd.DataFrame(rows, columns=[*columns, "incremental_vs_comparator", "incremental_standard_error"])
