"""Structural switches: each changes what it names and nothing else. Every expectation is an identity of the model."""

import math
from dataclasses import replace

import numpy as np
import pytest
from simulate import assert_same_rows, changed, courses, same_rows, simulated

from sim.inputs.model_inputs import gather
from sim.inputs.tables import build_tables
from sim.vocabulary.events import Event

HEALING = (Event.SYMPTOMS_RESOLVE, Event.MRI_NORMAL)
PATIENTS = 1_500
ONE_LESION = {"further_lesion_5_year_probability": 0.0, "further_lesion_repeat_probability": 0.0}
NO_HARM = {"osteonecrosis_probability": 0.0, "neck_fracture_probability.hip": 0.0}


def times(course, event, lesion=0):
    """Years at which an event of one lesion occurs."""
    return course["time_years"][(course["event"] == event) & (course["lesion"] == lesion)]


def lasting(name, **quantities):
    """Parameters that let a treatment's effect last longer than any course, from its first day on."""
    values = {"lag_weeks": 0.0, "plateau_weeks": 900.0, "waned_weeks": 900.0} | quantities
    return {f"treatments.{name}.healing.{key}": value for key, value in values.items()}


def measured_log_rates(run, strategy):
    """Log of the healing rate from the first treatment to the end of symptoms, by patient number.

    Supportive care heals at rate 1, so its end of symptoms tells the work there is. Needs patients with one lesion.
    """
    rates = {}
    for untreated, treated in zip(courses(run.rows("supportive")), courses(run.rows(strategy)), strict=True):
        starts = treated["time_years"][treated["event"] == Event.TREATMENT_STARTS]
        ends = [times(course, Event.SYMPTOMS_RESOLVE) for course in (untreated, treated)]
        if len(starts) and all(len(end) for end in ends) and ends[1][0] > starts[0]:
            rate = (ends[0][0] - starts[0]) / (ends[1][0] - starts[0])
            rates[int(treated["patient_id"][0])] = math.log(rate)
    return rates


def test_gains_that_are_given_back_leave_the_healing_time_unchanged(seed):
    """Without carry-over, a lesion whose window and its repayment lie before its end heals when it would have anyway.

    One that ends within the window heals as with carry-over; one that ends while it gives back lies between both.
    """
    keys = {"parameters": {**ONE_LESION, **NO_HARM}, "strategies": ("supportive", "iloprost")}
    kept = simulated(changed(**keys), seed=seed, patients=PATIENTS)
    back = simulated(changed(**keys, structure={"carry_over": False}), seed=seed, patients=PATIENTS)
    assert_same_rows(kept.rows("supportive"), back.rows("supportive"))
    repaid = 0
    trios = zip(
        courses(kept.rows("supportive")), courses(kept.rows("iloprost")), courses(back.rows("iloprost")), strict=True
    )
    for untreated, treated, returned in trios:
        ends = [times(course, Event.SYMPTOMS_RESOLVE) for course in (untreated, treated, returned)]
        if not all(len(end) for end in ends):
            continue
        without, gained, given_back = (float(end[0]) for end in ends)
        settled = times(returned, Event.GAIN_GIVEN_BACK)
        assert gained - 1e-12 <= given_back <= without + 1e-12
        if len(settled) and settled[0] < given_back:
            repaid += 1
            assert given_back == pytest.approx(without, abs=1e-12)
    assert repaid > PATIENTS // 20


@pytest.mark.parametrize("overlap", ["by_class", "strongest_only"])
def test_effects_of_two_classes_multiply_or_the_stronger_counts(overlap, seed):
    """Zoledronate with factor 1.2 and colecalciferol with 1.1 heal at 1.32, or by the switch at 1.2."""
    parameters = ONE_LESION | NO_HARM | lasting("colecalciferol", factor_ratio=1.1) | {"adherence_probability": 1.0}
    parameters |= lasting("zoledronate", hazard_ratio=1.2 ** (1.0 / 0.42)) | {"acceleration_exponent_mri_ratio": 0.42}
    structure = {"overlap": overlap, "repletion_wait": False, "osteonecrosis": "distinct"}
    scenario = changed(parameters=parameters, strategies=("supportive", "zoledronate"), structure=structure)
    run = simulated(scenario, seed=seed, patients=PATIENTS)
    excluded = run.block.patients["contraindications"] != run.block.patients["contraindications"].min()
    rates = [rate for patient, rate in measured_log_rates(run, "zoledronate").items() if not excluded[patient]]
    expected = math.log(1.2) + (math.log(1.1) if overlap == "by_class" else 0.0)
    assert len(rates) > PATIENTS // 2
    assert np.allclose(rates, expected, atol=1e-9)


def test_decompression_for_pain_only_heals_when_supportive_care_does(seed):
    """Surgery that does not shorten the course moves no end of symptoms and no normal MRI, but it does move pain."""
    keys = {"strategies": ("supportive", "core_decompression"), "structure": {"decompression": "pain_only"}}
    keys["structure"] |= {"perioperative_death": False, "unloading_after_surgery": False}
    run = simulated(changed(**keys), seed=seed, patients=PATIENTS)
    fields = ["time_years", "patient_id", "event", "lesion"]
    ends = [run.events(strategy, *HEALING)[fields] for strategy in ("supportive", "core_decompression")]
    ordered = [np.sort(rows.copy(), order=["patient_id", "lesion", "event"]) for rows in ends]
    assert np.array_equal(ordered[0]["time_years"], ordered[1]["time_years"])
    pain = [run.outcomes(strategy)["pain_years"].mean() for strategy in ("supportive", "core_decompression")]
    assert pain[1] < pain[0]


def test_migratory_nonresponse_touches_further_lesions_only(seed):
    """Bisphosphonates then do nothing for lesions after the first: a course with one lesion is the same row by row."""
    base = changed(strategies=("zoledronate", "iloprost"))
    switched = changed(base, structure={"migratory_nonresponse": True})
    usual, without = (simulated(scenario, seed=seed, patients=PATIENTS) for scenario in (base, switched))
    assert_same_rows(usual.rows("iloprost"), without.rows("iloprost"))
    differ = 0
    for one, other in zip(courses(usual.rows("zoledronate")), courses(without.rows("zoledronate")), strict=True):
        if one["lesion"].max() <= 0:
            assert_same_rows(one, other)
        differ += not same_rows(one, other)
    assert differ > 0


def test_between_patient_spread_is_normal_on_the_log_of_the_factor(seed):
    """log factor = that of the file + tau z with z standard normal over patients: moments within 4 standard errors."""
    tau = 0.1
    parameters = ONE_LESION | NO_HARM | lasting("iloprost") | {"treatments.iloprost.stop_probability": 0.0}
    scenario = changed(
        parameters=parameters, strategies=("supportive", "iloprost"), structure={"response_spread_sigma": tau}
    )
    run = simulated(scenario, seed=seed, patients=PATIENTS)
    tables = build_tables(run.inputs, seed)[0]
    log_factor = tables["treatments"][list(run.inputs.treatments).index("iloprost")]["profile_log_healing"].max()
    scores = (np.array(list(measured_log_rates(run, "iloprost").values())) - log_factor) / tau
    assert len(scores) > PATIENTS // 2
    assert abs(scores.mean()) < 4 / math.sqrt(len(scores))
    assert abs(scores.std() - 1.0) < 4 / math.sqrt(2 * len(scores))


def test_prevention_thins_further_lesions_by_its_ratio(seed):
    """Of the lesions luck has in store while the course runs, the share `ratio` comes; those that come are the same."""
    ratio = 0.6
    parameters = {"treatments.colecalciferol_prevention.further_lesion_ratio": ratio, "adherence_probability": 1.0}
    parameters |= NO_HARM | {"further_lesion_5_year_probability": 0.6, "further_lesion_repeat_probability": 0.0}
    scenario = changed(parameters=parameters, strategies=("supportive", "vitamin_d_prevention"))
    run = simulated(scenario, seed=seed, patients=PATIENTS)
    came, prevented = 0, 0
    for without, under in zip(courses(run.rows("supportive")), courses(run.rows("vitamin_d_prevention")), strict=True):
        begun, spared = times(under, Event.LESION_STARTS, 1), times(under, Event.LESION_PREVENTED, 1)
        stopped = under["time_years"][under["event"] == Event.TREATMENT_ENDS]
        runs_until = stopped[0] if len(stopped) else math.inf
        started = under["time_years"][under["event"] == Event.TREATMENT_STARTS]
        if len(spared):
            prevented += 1
            in_store = [times(without, event, 1) for event in (Event.LESION_STARTS, Event.LESION_VOID)]
            assert np.array_equal(spared, np.concatenate(in_store))
        elif len(begun) and len(started) and started[0] < begun[0] <= runs_until:
            came += 1
            assert np.array_equal(begun, times(without, Event.LESION_STARTS, 1))
    share = came / (came + prevented)
    assert came + prevented > PATIENTS // 10
    assert abs(share - ratio) < 4 * math.sqrt(ratio * (1 - ratio) / (came + prevented))


def test_early_scans_and_the_usual_way_see_the_same_people(seed):
    """Entry at first contact lies before anything that differs: patients and all rows up to it are the same."""
    run = simulated("early_mri", seed=seed, patients=PATIENTS)
    usual, early = run.rows("supportive"), run.rows("early_mri_supportive")
    entry = dict(zip(run.block.patients["patient_id"], run.block.patients["entry_years"], strict=True))
    before = [rows[rows["time_years"] <= [entry[patient] for patient in rows["patient_id"]]] for rows in (usual, early)]
    until_entry = [rows[np.isin(rows["event"], [Event.LESION_STARTS, Event.ENTRY])] for rows in before]
    assert_same_rows(*until_entry, besides=["strategy"])
    diagnosed = [
        {
            row["patient_id"]: row["time_years"]
            for row in rows[(rows["event"] == Event.DIAGNOSIS) & (rows["lesion"] == 0)]
        }
        for rows in (usual, early)
    ]
    for patient, time_years in diagnosed[0].items():
        assert diagnosed[1].get(patient, math.inf) <= time_years
    assert len(diagnosed[1]) > len(diagnosed[0])
    assert not (early["event"] == Event.WRONG_DIAGNOSIS).any()


def test_two_countries_share_one_history_but_for_deaths_from_other_causes(seed):
    """Only the life table of a setting reaches the rules: with the same table the rows are equal bit for bit, and with
    each country's own they are equal up to the first death of either.
    """
    uk, nl = gather(changed("base_case_uk")), gather(changed("base_case_nl"))
    same_table = replace(nl, life_table=uk.life_table)
    british, dutch, dutch_in_britain = (simulated(one, seed=seed, patients=500) for one in (uk, nl, same_table))
    for strategy in uk.strategies:
        assert_same_rows(british.rows(strategy), dutch_in_britain.rows(strategy))
    shared = 0
    for one, other in zip(courses(british.rows("zoledronate")), courses(dutch.rows("zoledronate")), strict=True):
        patient = int(one["patient_id"][0])
        if british.block.patients["attempts"][patient] != dutch.block.patients["attempts"][patient]:
            continue  # under one of the tables the first candidate died before entry
        shared += 1
        end = min(one["time_years"][-1], other["time_years"][-1])
        alive = [course[course["time_years"] < end] for course in (one, other)]
        assert_same_rows(*alive)
    assert shared > 490


@pytest.mark.parametrize("kind", ["pregnancy", "adults"])
def test_whoever_still_hurts_elsewhere_when_the_first_lesion_is_over_is_seen_for_that(kind, seed):
    """Entry at first contact: the first lesion may heal before its scan, and those beside it still get a diagnosis."""
    parameters = {"further_lesion_5_year_probability": 0.9, "further_lesion_interval_median_months": 1.0}
    scenario = changed(
        parameters=parameters, population={"kind": kind}, entry="first_contact", strategies=("supportive",)
    )
    run = simulated(scenario, seed=seed, patients=PATIENTS)
    looked_at = 0
    for patient, course in zip(run.block.patients, courses(run.rows("supportive")), strict=True):
        first_end = times(course, Event.SYMPTOMS_RESOLVE)
        if len(times(course, Event.DIAGNOSIS)) or not len(first_end):
            continue
        begun, ends = times(course, Event.LESION_STARTS, 1), times(course, Event.SYMPTOMS_RESOLVE, 1)
        overlaps = len(begun) and begun[0] < first_end[0] and len(ends)
        if overlaps and ends[0] > patient["first_scan_years"] + 1.0:  # a year is longer than any wait for a scan
            looked_at += 1
            assert len(times(course, Event.DIAGNOSIS, 1)) == 1
    assert looked_at > 0
