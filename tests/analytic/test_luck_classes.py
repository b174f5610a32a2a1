"""Luck by its classes (MODEL, section on luck), seen in histories: fixed attributes, budgets, clocks that start anew."""

from dataclasses import replace

import numpy as np
import pytest
from amplified import AMPLIFIED
from scipy import stats
from simulate import changed, courses, simulated

from sim.inputs.model_inputs import gather
from sim.vocabulary.enums import DeathCause, Event, Site, Status

BUSY = changed(parameters=AMPLIFIED)
INERT = {"treatment_effects": "none", "harms": False, "perioperative_death": False, "unloading_after_surgery": False}
STRICT = 1e-5  # a right law fails a test of this level once in 100,000 seeds

# Nearly every knee or hip collapses and is replaced; nobody dies, so that no life of a joint is cut short.
REPLACED = {
    **{f"site_share.{name}": share for name, share in (("hip", 0.5), ("knee", 0.5), ("foot", 0.0), ("other", 0.0))},
    **{f"fracture_at_diagnosis_probability.{band}": 0.9 for band in ("under_55", "from_55_to_64", "from_65")},
    **{f"collapse_after_fracture_probability.{site}": 0.9 for site in ("hip", "knee")},
    **{f"arthroplasty_3_year_probability.{site}": 0.9 for site in ("hip", "knee")},
    "collapse_minimum_age_years.hip": 0.0,
    "osteonecrosis_probability": 0.0,
    "neck_fracture_probability.hip": 0.0,
    "revision_free_10_year_probability": 0.02,
    "further_lesion_5_year_probability": 0.6,
}
OBSERVED_YEARS, LAST_START_YEARS = 60.0, 20.0  # a joint placed by then fails in sight: 40 years are 8 Weibull scales


@pytest.fixture(scope="module")
def busy(seed):
    return simulated(BUSY, seed=seed, patients=500)


@pytest.fixture(scope="module")
def replaced(seed):
    """Supportive care in people who live for ever, followed for 60 years."""
    scenario = changed(
        parameters=REPLACED,
        structure={"perioperative_death": False},
        strategies=("supportive",),
        horizon_years=OBSERVED_YEARS,
    )
    inputs = gather(scenario)
    return simulated(replace(inputs, life_table=np.zeros_like(inputs.life_table)), seed=seed, patients=1_500)


def test_class_a_what_is_fixed_at_the_start_shows_alike_under_every_strategy(busy):
    """Lesions begin, or are void, when and where the patient's record at entry says; death by age comes when it says."""
    people = busy.block.patients
    for strategy in BUSY.strategies:
        begun = busy.events(strategy, Event.LESION_STARTS, Event.LESION_VOID)
        drawn = people["lesions"][begun["patient_id"], begun["lesion"]]
        assert np.array_equal(begun["time_years"], drawn["onset_years"])
        assert np.array_equal(begun["site"], drawn["site"])
        assert np.array_equal(begun["value"], drawn["destination"])
        deaths = busy.events(strategy, Event.DEATH)
        by_age = deaths[deaths["value"] == DeathCause.OTHER]
        assert np.array_equal(by_age["time_years"], people["other_death_years"][by_age["patient_id"]])
        seen = np.bincount(begun["patient_id"], minlength=len(people))
        onsets = people["lesions"]["onset_years"]
        in_store = np.arange(onsets.shape[1]) <= people["further_lesions"][:, None]
        assert np.array_equal(seen, (in_store & (onsets < deaths["time_years"][:, None])).sum(axis=1))


def test_class_a_healing_takes_the_work_that_was_drawn(seed):
    """Without effects work is done at rate 1: symptoms end W, and the MRI is normal W + L, after onset."""
    result = simulated(changed(structure=INERT), seed=seed, patients=500)
    lesions = result.block.patients["lesions"]
    for strategy in result.inputs.strategies:
        for event, work in ((Event.SYMPTOMS_RESOLVE, 0.0), (Event.MRI_NORMAL, 1.0)):
            rows = result.events(strategy, event)
            drawn = lesions[rows["patient_id"], rows["lesion"]]
            expected = drawn["onset_years"] + drawn["work_years"] + work * drawn["lag_years"]
            np.testing.assert_allclose(rows["time_years"], expected, rtol=1e-12)


def test_class_b_budgets_are_spent_at_the_same_instant_under_strategies_that_change_no_hazard(seed):
    """A budget is charged only where its hazard changes; what does not change it moves no event, bit for bit."""
    result = simulated(changed(BUSY, structure=INERT), seed=seed, patients=1_000)
    events = (Event.INSUFFICIENCY_FRACTURE, Event.COLLAPSE, Event.NECK_FRACTURE, Event.GASTROINTESTINAL_EVENT)
    reference = result.events("supportive", *events[:3])
    assert set(reference["event"]) == set(events[:3])
    for strategy in result.inputs.strategies:
        rows = result.events(strategy, *events[:3])
        for field in ("time_years", "patient_id", "lesion", "event"):
            assert np.array_equal(rows[field], reference[field])


def unloaded_and_loaded_years(rows, until_years):
    """Time from onset to `until_years` with and without crutches, from the status that each row carries to the next."""
    times = np.append(rows["time_years"], np.inf).clip(max=until_years)
    lengths = np.diff(times)
    unloaded = (rows["status"] & Status.UNLOADING) != 0
    return lengths[unloaded].sum(), lengths[~unloaded].sum()


def test_class_b_a_budget_is_used_up_through_all_changes_of_its_hazard(seed):
    """With half the hazard on crutches the same person's first lesion breaks when loaded + 0.5 unloaded years reach
    the years after which it breaks without that protection: both integrals are his one budget, over the same hazard.
    """
    by_ratio = {}
    for ratio in (1.0, 0.5):
        values = {"unloading_fracture_hazard_ratio": ratio, "osteonecrosis_probability": 0.0}
        scenario = changed(parameters=values, strategies=("supportive",))
        by_ratio[ratio] = courses(simulated(scenario, seed=seed, patients=1_500).rows("supportive"))
    compared = postponed = 0
    for plain, protected in zip(by_ratio[1.0], by_ratio[0.5], strict=True):
        breaks = [
            rows["time_years"][(rows["event"] == Event.INSUFFICIENCY_FRACTURE) & (rows["lesion"] == 0)]
            for rows in (plain, protected)
        ]
        if all(len(times) for times in breaks):
            unloaded, loaded = unloaded_and_loaded_years(protected, breaks[1][0])
            assert loaded + 0.5 * unloaded == pytest.approx(breaks[0][0], abs=1e-9)
            compared += 1
            postponed += breaks[1][0] > breaks[0][0]
        assert len(breaks[0]) >= len(breaks[1]), "protection may only prevent"
    assert compared > 300
    assert postponed > 30


def lives_of_joints(rows):
    """Years from each placement of a joint to its next revision, one list per joint, placements in order."""
    found = []
    for course in courses(rows):
        operations = course[np.isin(course["event"], (Event.ARTHROPLASTY, Event.REVISION))]
        for joint in set(operations["value"]):
            times = operations["time_years"][operations["value"] == joint]
            started = (times[:-1] < LAST_START_YEARS).sum()
            found.append(np.diff(times)[:started])
    return found


def test_class_c_every_placement_of_a_joint_starts_a_fresh_weibull_life(replaced):
    """By number of the placement lives follow S(t) = exp(-(t/scale)^shape), scale = 10 / (-ln S(10))^(1/shape), and
    the life of one says nothing about the next; a draw used again after a revision would give equal lives.
    """
    shape = replaced.inputs.parameters.value("revision_shape")
    free = REPLACED["revision_free_10_year_probability"]
    law = stats.weibull_min(shape, scale=10.0 / (-np.log(free)) ** (1.0 / shape))
    joints = lives_of_joints(replaced.rows("supportive"))
    for placement in range(3):
        lives = np.array([one[placement] for one in joints if len(one) > placement])
        assert len(lives) > 300
        assert stats.kstest(lives, law.cdf).pvalue > STRICT
        pairs = np.array([one[placement : placement + 2] for one in joints if len(one) > placement + 1])
        assert stats.spearmanr(*pairs.T).pvalue > STRICT


def test_class_b_a_collapsed_joint_is_listed_after_an_exponential_time_whatever_else_is_diagnosed(replaced):
    """Listing has a constant hazard h, 1 - exp(-3 h) = 0.9, from the moment the collapsed joint is known. Many of these
    people have further lesions diagnosed in that joint meanwhile, which may not start the time anew.
    """
    waits, with_others = [], 0
    sides = replaced.block.patients["lesions"]["side"]
    for course in courses(replaced.rows("supportive")):
        lesions = course["site"].astype(int) * 2 + sides[course["patient_id"], course["lesion"]]
        for collapse in course[course["event"] == Event.COLLAPSE]:
            listed = course[(course["event"] == Event.ARTHROPLASTY_LISTED) & (course["value"] == collapse["value"])]
            known = course[(course["event"] == Event.DIAGNOSIS) & (course["lesion"] == collapse["lesion"])]
            others = course[
                (course["event"] == Event.DIAGNOSIS)
                & (lesions == collapse["value"])
                & (course["lesion"] != collapse["lesion"])
            ]
            if len(known) and collapse["time_years"] < LAST_START_YEARS:
                start = max(collapse["time_years"], known["time_years"][0])
                if not ((others["time_years"] > collapse["time_years"]) & (others["time_years"] < start)).any():
                    waits.append(listed["time_years"][0] - start)
                    with_others += (others["time_years"] > start).any()
    hazard = -np.log(0.1) / 3.0
    assert with_others > 30
    assert stats.kstest(waits, stats.expon(scale=1.0 / hazard).cdf).pvalue > STRICT


def test_class_c_every_order_of_an_operation_draws_its_wait_afresh(seed):
    """First and second waits are lognormal with the stated median and sigma, and unrelated to each other."""
    result = simulated(
        changed(
            BUSY,
            {"site_share.hip": 0.5, "site_share.knee": 0.5, "site_share.foot": 0.0, "site_share.other": 0.0},
            strategies=("core_decompression",),
            comparator="core_decompression",
        ),
        seed=seed,
        patients=2_000,
    )
    parameters = result.inputs.parameters
    law = stats.lognorm(parameters.value("surgery_wait_sigma"), scale=parameters.years("surgery_wait_median_weeks"))
    orders = result.events("core_decompression", Event.TREATMENT_ORDERED)
    waits = [one["value"] - one["time_years"] for one in courses(orders)]
    for number in (0, 1):
        assert stats.kstest([one[number] for one in waits if len(one) > number], law.cdf).pvalue > STRICT
    pairs = np.array([one[:2] for one in waits if len(one) > 1])
    assert len(pairs) > 300
    assert stats.spearmanr(*pairs.T).pvalue > STRICT
