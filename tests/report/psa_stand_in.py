"""A probabilistic analysis that was never run: costs and QALYs straight lines in two parameters, plus known noise."""

from dataclasses import dataclass

import numpy as np
import pandas as pd

from sim.analysis.psa_analysis import PsaAnalysis
from sim.experiments.psa_frames import analysis_of
from sim.experiments.psa_results import PsaResults
from sim.inputs.draws import draw_parameters
from sim.inputs.model_inputs import gather
from sim.inputs.scenario import Scenario, load_scenario
from sim.valuation.outcomes import OUTCOME_NAMES

STRATEGIES = ("supportive", "zoledronate", "core_decompression")
# Per standard deviation of the two parameters: QALYs of zoledronate with the first, costs of decompression with both.
FIRST, SECOND = "treatments.zoledronate.healing.hazard_ratio", "setting.unit_costs.iv_bisphosphonate_administration"
MEAN_COST = {"supportive": 4000.0, "zoledronate": 4600.0, "core_decompression": 5300.0}
MEAN_EFFECT = {"supportive": 14.00, "zoledronate": 14.04, "core_decompression": 14.03}
SD_EFFECT, SD_COST = 0.02, 300.0  # of zoledronate's QALYs by FIRST, of its costs by SECOND
NOISE_SD_EFFECT, NOISE_SD_COST = 0.005, 40.0  # of a draw's mean, by chance among patients, each strategy apart


@dataclass(frozen=True, eq=False)
class PsaStandIn:
    """Results with their analysis."""

    psa: PsaResults
    analysis: PsaAnalysis


def psa_stand_in(
    draws: int = 300, *, alike: bool = False, seed: int = 3, scenario: Scenario | None = None
) -> PsaStandIn:
    """`alike`: zoledronate is like supportive care in every draw, and has no noise of its own."""
    random = np.random.default_rng(seed)
    scenario = load_scenario("base_case_uk", strategies=STRATEGIES) if scenario is None else scenario
    inputs = gather(scenario)
    drawn = draw_parameters(inputs, draws, seed)
    parameters = drawn.frame()
    first, second = (_standardised(parameters[name].to_numpy()) for name in (FIRST, SECOND))
    noise_cost, noise_effect = (
        sd * random.normal(size=(draws, len(STRATEGIES))) for sd in (NOISE_SD_COST, NOISE_SD_EFFECT)
    )
    costs = np.array([MEAN_COST[name] for name in STRATEGIES]) + noise_cost
    effects = np.array([MEAN_EFFECT[name] for name in STRATEGIES]) + noise_effect
    costs[:, 1] += SD_COST * second
    effects[:, 1] += SD_EFFECT * first
    variances = np.repeat([NOISE_SD_COST**2, NOISE_SD_EFFECT**2], len(STRATEGIES))
    if alike:
        costs[:, 1], effects[:, 1] = costs[:, 0], effects[:, 0]
    covariance = np.diag(variances)
    if alike:
        for place in (0, len(STRATEGIES)):
            covariance[place, place + 1] = covariance[place + 1, place] = variances[place]
    outcomes = pd.DataFrame(
        random.gamma(2.0, 0.1, (draws * len(STRATEGIES), len(OUTCOME_NAMES))), columns=list(OUTCOME_NAMES)
    )
    outcomes["cost_discounted"], outcomes["qalys_discounted"] = costs.ravel(), effects.ravel()
    numbers = np.arange(1, draws + 1)
    outcomes.insert(0, "psa_draw", np.repeat(numbers, len(STRATEGIES)))
    outcomes.insert(1, "strategy", list(STRATEGIES) * draws)
    outcomes.insert(2, "patients", 500)
    parameters.insert(0, "psa_draw", numbers)
    manifest = {
        "kind": "psa",
        "version": "0.2.0",
        "seed": seed,
        "draws": draws,
        "design": "random",
        "luck": "independent",
    }
    manifest |= {"draws": draws, "draws_redrawn": 2, "started": "2026-01-01T12:00:00+00:00"}
    noise = np.repeat(covariance[None], draws, axis=0)
    psa = PsaResults(scenario, inputs, manifest, outcomes, parameters, noise)
    return PsaStandIn(psa, analysis_of(psa))


def voi_stand_in(wtp: tuple[float, ...]) -> dict[str, pd.DataFrame]:
    """Frames of the value of information with the columns of experiments/value_of_information.py."""
    sets = {"healing": 40.0, FIRST: 35.0, "costs": 2.0}
    evppi = pd.DataFrame(
        [(name, w, value, 1.5, "regression", 50.0) for name, value in sets.items() for w in wtp]
        + [("healing", w, 39.0, 3.0, "nested", 50.0) for w in wtp],
        columns=["parameters", "willingness_to_pay", "value", "se", "method", "evpi"],
    )
    sizes = (50, 100, 200)
    evsi = pd.DataFrame(
        [
            ("zoledronate, supportive", "pain_years", 6.0, n, w, 30.0 * n / (n + 80.0), 1.0, method)
            for method in ("regression", "moment_matching")
            for w in wtp
            for n in sizes
        ],
        columns=[
            *("arms", "outcome", "follow_up_months", "patients_per_arm", "willingness_to_pay"),
            *("value", "se", "method"),
        ],
    )
    enbs = evsi[["patients_per_arm", "willingness_to_pay", "method"]].copy()
    enbs["evsi_population"] = 5000.0 * evsi["value"]
    enbs["cost_of_trial"] = 20_000.0 + 400.0 * enbs["patients_per_arm"]
    enbs["enbs"], enbs["se"] = enbs["evsi_population"] - enbs["cost_of_trial"], 5000.0
    enbs["best"] = enbs["patients_per_arm"] == 100
    known = [
        ("evpi", "draws", 50.0),
        *((name, "regression", v) for name, v in sets.items()),
        ("healing", "nested", 39.0),
    ]
    population = pd.DataFrame(
        [(name, how, w, v, 5000.0 * v, 900.0, 5000.0, 600.0, 10.0, 0.035) for name, how, v in known for w in wtp],
        columns=[
            *("quantity", "method", "willingness_to_pay", "per_person", "value", "se", "people"),
            *("incidence_per_year", "horizon_years", "annual_discount_rate"),
        ],
    )
    return {"evppi": evppi, "evsi": evsi, "enbs": enbs, "population": population}


def _standardised(values: np.ndarray) -> np.ndarray:
    return (values - values.mean()) / values.std()
