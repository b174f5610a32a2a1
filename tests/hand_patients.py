"""One person whose whole course is prescribed: no chance is left, so that every time can be worked out by hand.

Numbers of the model are laid over the shipped ones (`VALUES`), probabilities become 0 or 1 and spreads 0 in the tables.
What the model draws as a budget is prescribed by a hazard that uses up this person's budget at the time wanted; the
budget itself comes from the independent Philox in plain Python, not from the model.
"""

import dataclasses
import math
from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
import pytest
from independent import philox_reference
from scipy import special

from sim.engines.batch import BatchEngine
from sim.engines.history import simulate_block
from sim.engines.simpy_engine import SimpyEngine
from sim.inputs.model_inputs import ModelInputs, gather
from sim.inputs.population import population_rows
from sim.inputs.scenario import load_scenario
from sim.inputs.tables import build_tables
from sim.valuation.courses import value_block
from sim.valuation.tariff import build_tariff
from sim.vocabulary.enums import Job, Sex, Site
from sim.vocabulary.events import Decision, Event

SEED, PATIENT = 1, 0
DAY, WEEK, MONTH, YEAR = 1 / 365.25, 7 / 365.25, 1 / 12, 1.0
PEAK_PAIN, ENTRY_PAIN_OVER_PEAK = 8.0, 0.8
FULL, THREE_QUARTERS, ONE_QUARTER = 1.4641, 1.331, 1.1  # steps of the healing factor: 1.1 ** 4, 3 and 1
NORM = 0.892  # utility of everybody without pain; with 0.070 a point, utility is 0.892 - 0.070 x pain

VALUES = {
    "setting.unit_costs.mri": 200.0,
    "setting.unit_costs.radiograph": 50.0,
    "setting.unit_costs.blood_panel": 10.0,
    "setting.unit_costs.vitamin_d_assay": 5.0,
    "setting.unit_costs.first_consultation": 240.0,
    "setting.unit_costs.follow_up_consultation": 200.0,
    "setting.unit_costs.general_practice_consultation": 40.0,
    "setting.unit_costs.physiotherapy_contact": 80.0,
    "setting.unit_costs.crutches": 20.0,
    "setting.unit_costs.nsaid_year": 45.0,
    "setting.unit_costs.fracture_clinic": 250.0,
    "setting.unit_costs.knee_arthroplasty": 8700.0,
    "setting.unit_costs.revision": 14400.0,
    "setting.unit_costs.zoledronate_5mg": 240.0,
    "setting.unit_costs.iv_bisphosphonate_administration": 250.0,
    "setting.unit_costs.dental_check": 50.0,
    "setting.unit_costs.colecalciferol_2000_iu_year": 80.0,
    "setting.unit_costs.core_decompression_hip": 3400.0,
    "setting.unit_costs.paracetamol_course": 0.5,
    "scans_per_case_count": 3.0,
    "incidental_visits_per_scan_count": 0.05,
    "physiotherapy_contacts_count": 6.0,
    "utility_loss_per_pain_point_utility": 0.07,
    "utility_reference_norm_utility": NORM,
    "unloading_disutility": 0.03,
    "review_weeks": [6, 13, 26, 39, 52, 78, 104],
    "follow_up_scan_weeks": [13, 26],
    "pain_peak_share_of_work_ratio": 0.15,
    "pain_decline_share_of_work_ratio": 0.5,
    "pain_start_level": 0.5,
    "pain_end_level": 0.05,
    "rest_pain_start_level": 0.5,
    "rest_pain_decline_level": 0.9,
    "rest_pain_end_level": 0.0,
    "rest_over_load_pain_ratio": 0.52,
    "oedema_start_size": 0.6,
    "oedema_peak_share_of_work_ratio": 0.4,
    "treatments.zoledronate.healing.hazard_ratio": 2.14358881,  # 1.1 ** 8; its root 1.4641 is the factor
    "treatments.zoledronate.healing.lag_weeks": 0.0,
    "treatments.zoledronate.healing.plateau_weeks": 6.0,
    "treatments.zoledronate.healing.waned_weeks": 12.0,
    "treatments.zoledronate.pain.1.multiplier_ratio": 0.9,
    "treatments.zoledronate.pain.1.from_days": 7.0,
    "treatments.zoledronate.pain.1.until_days": 42.0,
    "acceleration_exponent_mri_ratio": 0.5,
    "acceleration_exponent_symptom_ratio": 0.5,
}
NEVER = [
    "relabelled_probability",
    "wrong_diagnosis_probability",
    "radiograph_sensitivity",
    "mri_earliest_years",
    "further_probability",
    "chronic_probability",
    "osteonecrosis_probability",
    "osteonecrosis_collapse_hazard",
    "fracture_onset_probability",
    "fracture_hazard",
    "collapse_hazard",
    "arthroplasty_hazard",
    "arthroplasty_death_probability",
    "neck_fracture_hazard",
    "gastrointestinal_hazard",
    "cumulative_hazard",  # of death
]
WITHOUT_SPREAD = [
    "work_shape",  # sigma of the lognormal
    "delay_sigma",
    "read_noise_sd",
    "further_sigma",
    "further_review_sigma",
    "surgery_wait_sigma",
    "arthroplasty_wait_sigma",
]


def hand_inputs(strategy: str, values: Mapping[str, Any] | None = None) -> ModelInputs:
    """The shipped base case under `strategy`, with VALUES and `values` laid over it and one norm at all ages."""
    scenario = load_scenario("base_case_uk", strategies=[strategy], comparator=strategy)
    inputs = gather(scenario)
    parameters = inputs.parameters.with_values({**VALUES, **(values or {})})
    return dataclasses.replace(inputs, parameters=parameters, utility_norms=np.full((2, 121), NORM))


def hand_tables(
    inputs: ModelInputs, *, work_years: Mapping[Site, float], delay_years: float, lag_years: float, horizon_years: float
) -> Any:
    """Tables, shape (1,) of TABLES, in which nothing is left to chance: no complication, no harm, no death.

    First contact at half of the delay, referral at three quarters; peak pain 8 for an entry pain of 6.4.
    """
    tables = build_tables(inputs, SEED)
    t = tables[0]
    for name in (*NEVER, *WITHOUT_SPREAD):
        t[name] = 0.0
    t["mri_sensitivity"] = 1.0
    for site, years in work_years.items():
        t["work_median_years"][site] = years
    for name in ("work_ratio", "work_ratio_osteoporosis", "work_ratio_vitamin_d_deficient", "work_ratio_aetiology"):
        t[name] = 1.0
    t["further_ratio"] = 1.0
    t["delay_median_years"], t["first_contact_share"], t["referral_share"] = delay_years, 0.5, 0.75
    t["lag_mean_years"] = lag_years * t["lag_shape"] / special.gammaincinv(t["lag_shape"], draw(Decision.MRI_LAG))
    t["entry_pain_over_peak"] = ENTRY_PAIN_OVER_PEAK
    t["horizon_years"] = horizon_years
    for treatment in t["treatments"]:
        treatment["dose_stop_probability"], treatment["death_probability"] = 0.0, 0.0
        treatment["adverse_events"]["first_probability"] = 0.0
        treatment["adverse_events"]["later_probability"] = 0.0
    return tables


def draw(decision: Decision, subject: int = 0, occurrence: int = 0) -> float:
    """The uniform that the person meets, from the independent generator."""
    return philox_reference.uniform(SEED, 0, PATIENT, decision, subject, occurrence, 0)


def budget(decision: Decision, subject: int = 0, occurrence: int = 0) -> float:
    """The unit exponential behind a hazard: a hazard of budget / t ends after t."""
    return -math.log1p(-draw(decision, subject, occurrence))


def person(**attributes: Any) -> Any:
    """A patient file of one row: a healthy man of 45, hip, without job, sport or rest pain, 25(OH)D 35 ng/mL."""
    row = population_rows(None)
    for name in row.dtype.names:
        row[name] = 0
    row["bone"] = -1
    row["age_years"], row["sex"], row["site"], row["job"] = 45.0, Sex.MALE, Site.HIP, Job.NONE
    row["vitamin_d_ng_per_ml"], row["entry_pain"], row["adherent"] = 35.0, PEAK_PAIN * ENTRY_PAIN_OVER_PEAK, 1
    for name, value in attributes.items():
        row[name] = value
    return row


@dataclasses.dataclass(frozen=True)
class Life:
    """The rows and the worth of one course."""

    history: Any
    outcomes: Any

    def rows_of(self, *events: Event) -> Any:
        return self.history[np.isin(self.history["event"], events)]


def live(inputs: ModelInputs, tables: Any, population: Any) -> Life:
    """The course under both engines, which must agree in every bit."""
    blocks = [simulate_block(engine, tables, PATIENT, 1, population) for engine in (BatchEngine(), SimpyEngine())]
    history, other = (block.histories[0] for block in blocks)
    for name in history.dtype.names:
        np.testing.assert_array_equal(history[name], other[name])
    tariff = build_tariff(inputs)
    values = [value_block(block.histories[0], block.patients, tariff).outcomes[0] for block in blocks]
    assert values[0].tobytes() == values[1].tobytes()
    return Life(history, values[0])


def at_first_contact(time: float, pain: float) -> list[tuple[Event, float, float]]:
    """The rows of the first contact, for `assert_rows`."""
    return [(row, time, pain) for row in (Event.FIRST_CONTACT, Event.RADIOGRAPH)]


def at_entry(time: float, pain: float) -> list[tuple[Event, float, float]]:
    """The rows of the diagnosis, which is the entry."""
    return [(row, time, pain) for row in (Event.ENTRY, Event.MRI_SCAN, Event.DIAGNOSIS, Event.UNLOADING_STARTS)]


def assert_rows(life: Life, unit_years: float, expected: Sequence[tuple[Event, float, float]]) -> None:
    """The rows are exactly these (event, time since onset in the unit, load pain after it), and hang together."""
    history = life.history
    names, wanted = [Event(number).name for number in history["event"]], [event.name for event, _, _ in expected]
    assert names == wanted, f"{names}\n{wanted}"
    times = np.array([time for _, time, _ in expected]) * unit_years
    np.testing.assert_allclose(history["time_years"], times, rtol=1e-9, atol=1e-9)
    np.testing.assert_allclose(history["pain_after"], [pain for _, _, pain in expected], rtol=1e-9, atol=1e-9)
    run_on = history["pain_after"][:-1] + history["slope"][:-1] * np.diff(history["time_years"])
    np.testing.assert_allclose(history["pain_before"][1:], run_on, rtol=1e-9, atol=1e-9)


def assert_outcomes(life: Life, **expected: float) -> None:
    """These outcomes, to 1e-9."""
    for name, value in expected.items():
        assert life.outcomes[name] == pytest.approx(value, rel=1e-9, abs=1e-9), name
