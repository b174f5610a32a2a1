"""Two more patients worked out by hand: a knee that ends in a replacement, and infusions that wait for vitamin D.

Peak pain, phases, reviews, utility and unit costs are those of test_hand_calculated_patients.py. Where the model draws
how long a hazard lasts, the hazard is set such that this person's own draw, from the independent Philox, gives the
time wanted.
"""

import math

import pytest
from hand_patients import (
    DAY,
    MONTH,
    WEEK,
    YEAR,
    assert_outcomes,
    assert_rows,
    at_first_contact,
    budget,
    hand_inputs,
    hand_tables,
    live,
    person,
)

from sim.vocabulary.enums import Side, Site
from sim.vocabulary.events import Decision, Event, HealthState

KNEE = Site.KNEE * 2 + Side.LEFT  # number of the joint
AT_ENTRY = (Event.ENTRY, Event.MRI_SCAN, Event.DIAGNOSIS)


def test_a_knee_that_breaks_collapses_and_is_replaced_and_revised():
    """W 1.0, L 0.2, delay 0.1, crutches 0.08, horizon 12, age 67; times in years.

    Prescribed: fracture 0.2; collapse 0.4 later, at 0.6; listed 1.4 later, at 2.0; wait 0.5; replaced 2.5; revision 8
    later, at 10.5 (the implant after it outlasts the horizon). In the decline 8 - 15.2 (t - 0.5): 6.48 at the collapse,
    whose floor of 4 leads from 0.5 + 4 / 15.2 = 0.763158 on. At the end of symptoms, 1.0, pain stays 4; the new knee
    leaves 1.3.
    Pain-years: 0.05 x (6.666667 + 8) / 2 + 0.35 x 8 + 0.263158 x (8 + 4) / 2 + 1.736842 x 4 + 9.6 x 1.3
    = 0.366667 + 2.8 + 1.578947 + 6.947368 + 12.48 = 24.172982.
    QALY: 12 x 0.892 - 0.07 x 24.172982 - 0.03 x 0.08 = 10.704 - 1.692109 - 0.0024 = 9.009491.
    Costs: fracture clinic 250 + knee 8700 + revision 14400 = 23350; NSAID until the symptoms end, 45 x 0.9 = 40.50.
    """
    values = {"collapse_pain_floor_nrs": 4.0, "arthroplasty_residual_pain_nrs": 1.3}
    inputs = hand_inputs("supportive", values)
    tables = hand_tables(inputs, work_years={Site.KNEE: 1.0}, delay_years=0.1, lag_years=0.2, horizon_years=12.0)
    t = tables[0]
    t["unloading_years"], t["fracture_site_ratio"], t["collapse_minimum_age_years"] = 0.08, 1.0, 0.0
    t["fracture_hazard"] = budget(Decision.FRACTURE_BUDGET) / 0.2
    t["collapse_hazard"] = budget(Decision.COLLAPSE_BUDGET) / 0.4
    t["arthroplasty_hazard"] = budget(Decision.ARTHROPLASTY_BUDGET, KNEE) / 1.4
    t["arthroplasty_wait_median_years"] = 0.5
    t["revision_shape"] = 1.0
    t["revision_scale_years"] = 8.0 / budget(Decision.REVISION, KNEE, occurrence=1)
    assert t["revision_scale_years"] * budget(Decision.REVISION, KNEE, occurrence=2) > 1.6
    life = live(inputs, tables, person(site=Site.KNEE, side=Side.LEFT, age_years=67.0))
    floor_leads = 0.5 + 4 / 15.2
    reviews = [0.1 + weeks * WEEK for weeks in (6, 13, 26, 39, 52)]
    expected = [
        (Event.LESION_STARTS, 0.0, 4.0),
        *at_first_contact(0.05, 16 / 3),
        (Event.REFERRAL, 0.075, 6.0),
        *[(event, 0.1, 20 / 3) for event in (*AT_ENTRY, Event.UNLOADING_STARTS)],
        (Event.PAIN_PEAK_REACHED, 0.15, 8.0),
        (Event.UNLOADING_ENDS, 0.18, 8.0),
        (Event.INSUFFICIENCY_FRACTURE, 0.2, 8.0),
        (Event.REVIEW, reviews[0], 8.0),
        (Event.REVIEW, reviews[1], 8.0),
        (Event.MRI_SCAN, reviews[1], 8.0),
        (Event.OEDEMA_PEAK_REACHED, 0.48, 8.0),
        (Event.PAIN_DECLINE_STARTS, 0.5, 8.0),
        (Event.REVIEW, reviews[2], 8 - 15.2 * (reviews[2] - 0.5)),
        (Event.MRI_SCAN, reviews[2], 8 - 15.2 * (reviews[2] - 0.5)),
        (Event.COLLAPSE, 0.6, 6.48),
        (Event.PAIN_LEADER_CHANGES, floor_leads, 4.0),
        (Event.REVIEW, reviews[3], 4.0),
        (Event.SYMPTOMS_RESOLVE, 1.0, 4.0),
        (Event.REVIEW, reviews[4], 4.0),
        (Event.DISCHARGE, reviews[4], 4.0),
        (Event.MRI_NORMAL, 1.2, 4.0),
        (Event.ARTHROPLASTY_LISTED, 2.0, 4.0),
        (Event.ARTHROPLASTY, 2.5, 1.3),
        (Event.REVISION, 10.5, 1.3),
        (Event.FOLLOW_UP_ENDED, 12.1, 1.3),
    ]
    assert_rows(life, YEAR, expected)
    states = life.rows_of(Event.PAIN_PEAK_REACHED, Event.INSUFFICIENCY_FRACTURE, Event.COLLAPSE, Event.ARTHROPLASTY)
    symptomatic = [HealthState.SYMPTOMATIC, HealthState.SYMPTOMATIC_WITH_FRACTURE]
    assert list(states["health_state"]) == [*symptomatic, HealthState.COLLAPSED_JOINT, HealthState.REPLACED_JOINT]
    pain_years = 0.05 * (20 / 3 + 8) / 2 + 2.8 + (floor_leads - 0.5) * 6 + (2.5 - floor_leads) * 4 + 9.6 * 1.3
    assert pain_years == pytest.approx(24.172982, abs=5e-7)
    assert_outcomes(life, pain_years=pain_years, qalys=10.704 - 0.07 * pain_years - 0.0024, pain_free_days=0)
    assert_outcomes(life, collapses=1, arthroplasties=1, revisions=1, insufficiency_fractures=1)
    assert_outcomes(life, symptom_months_from_onset=1.0 / MONTH, mri_months_from_onset=1.2 / MONTH)
    assert_outcomes(life, cost_diagnosis=875, cost_follow_up=1900, cost_drug=40.5, cost_complication=23350)
    assert_outcomes(life, cost=875 + 1900 + 40.5 + 23350)


def waits(level: float):
    """A foot, W 280, L 20, delay 28, no crutches, horizon 500 days, from the given 25(OH)D on; times in days.

    2000 IU raise deficient people by 2 x 8 ng/mL with a half-time of 20 days; a clinic waits 4 weeks at most.
    """
    values = {
        "vitamin_d_rise_ng_per_ml.deficient": 8.0,
        "vitamin_d_half_time_days": 20.0,
        "vitamin_d_deficient_ng_per_ml": 20.0,
        "vitamin_d_sufficient_ng_per_ml": 30.0,
        "repletion_maximum_wait_weeks": 4.0,
        "treatments.colecalciferol.vitamin_d_dose_iu": 2000.0,
        "setting.unit_costs.walker_boot": 60.0,
    }
    inputs = hand_inputs("zoledronate", values)
    work = {Site.FOOT: 280 * DAY}
    tables = hand_tables(inputs, work_years=work, delay_years=28 * DAY, lag_years=20 * DAY, horizon_years=500 * DAY)
    tables["unloading_years"] = 0.0
    life = live(inputs, tables, person(site=Site.FOOT, vitamin_d_ng_per_ml=level))
    names = list(inputs.treatments)
    zoledronate, colecalciferol = names.index("zoledronate"), names.index("colecalciferol")
    starts = life.rows_of(Event.TREATMENT_STARTS)
    assert list(starts["treatment"]) == [colecalciferol, zoledronate]
    assert life.rows_of(Event.TREATMENT_ORDERED)["value"] == pytest.approx([56 * DAY])  # planned for 4 weeks later
    return life


def test_an_infusion_waits_until_vitamin_d_has_passed_its_threshold():
    """From 12 towards 12 + 16 = 28 ng/mL the level is 20 after one half-time: 28 + 20 = day 48, the infusion.

    Work 48 there; + 42 x 1.4641 = 109.4922 at 90; + 21 x 1.331 = 137.4432 at 111; + 21 x 1.1 = 160.5432 at 132; end:
    132 + 119.4568 = 251.4568. Vitamin D stops: 28 - 16 x 2 ** (-223.4568 / 20) = 27.993070 falls towards 12 and passes
    20 after 20 x log2(15.993070 / 8) = 19.987496 days, at 271.444296. Decline, 140: 111 + 2.5568 / 1.1 = 113.324364.
    Pain 4 + 4 x 28 / 42 = 6.666667 at entry, 7.2 in 55-90, in the decline 8 - 7.6 (w - 140) / 140, so 6.884798 at 132.
    """
    life = waits(12.0)
    at_90 = 48 + 42 * 1.4641
    at_111 = at_90 + 21 * 1.331
    at_132 = at_111 + 21 * 1.1
    end = 132 + 280 - at_132
    level = 28 - 16 * 2 ** (-(end - 28) / 20)
    assert level == pytest.approx(27.993070, abs=5e-7)
    reviews = [28 + 7 * weeks for weeks in (6, 13, 26, 39)]

    def pain(work: float) -> float:
        return 8 - 7.6 * (work - 140) / 140

    expected = [
        (Event.LESION_STARTS, 0, 4.0),
        *at_first_contact(14, 16 / 3),
        (Event.REFERRAL, 21, 6.0),
        *[(event, 28, 20 / 3) for event in (*AT_ENTRY, Event.TREATMENT_ORDERED, Event.TREATMENT_STARTS)],
        (Event.PAIN_PEAK_REACHED, 42, 8.0),
        (Event.VITAMIN_D_CROSSES, 48, 8.0),
        (Event.TREATMENT_STARTS, 48, 8.0),
        (Event.EFFECT_CHANGES, 55, 7.2),
        (Event.REVIEW, reviews[0], 7.2),
        (Event.EFFECT_CHANGES, 90, 8.0),
        (Event.OEDEMA_PEAK_REACHED, 90 + (120 - at_90) / 1.331, 8.0),
        (Event.EFFECT_CHANGES, 111, 8.0),
        (Event.PAIN_DECLINE_STARTS, 111 + (140 - at_111) / 1.1, 8.0),
        (Event.REVIEW, reviews[1], pain(at_111 + 8 * 1.1)),
        (Event.MRI_SCAN, reviews[1], pain(at_111 + 8 * 1.1)),
        (Event.EFFECT_CHANGES, 132, pain(at_132)),
        (Event.REVIEW, reviews[2], pain(at_132 + 78)),
        (Event.MRI_SCAN, reviews[2], pain(at_132 + 78)),
        (Event.SYMPTOMS_RESOLVE, end, 0.0),
        (Event.TREATMENT_ENDS, end, 0.0),
        (Event.VITAMIN_D_CROSSES, end + 20 * math.log2((level - 12) / 8), 0.0),
        (Event.MRI_NORMAL, end + 20, 0.0),
        (Event.REVIEW, reviews[3], 0.0),
        (Event.DISCHARGE, reviews[3], 0.0),
        (Event.FOLLOW_UP_ENDED, 528, 0.0),
    ]
    assert_rows(life, DAY, expected)
    assert pain(at_132) == pytest.approx(6.884798, abs=5e-7)
    assert life.rows_of(Event.VITAMIN_D_CROSSES)["value"] == pytest.approx([20, 20])
    drugs = 240 + (80 + 45) * (end - 28) * DAY
    assert_outcomes(life, cost_drug=drugs, cost_administration=310, cost_follow_up=560 + 4 * 200 + 2 * 200)
    assert_outcomes(life, symptom_months_from_treatment=(end - 28) * DAY / MONTH)  # vitamin D came first


def test_an_infusion_waits_no_longer_than_the_clinic_would():
    """From 5 towards 21 ng/mL the level is 20 after log2(16 / 1) = 4 half-times, day 108; the infusion comes on day 56.

    Its window: 42 days at 1.4641, 21 at 1.331, 21 at 1.1 from day 56 on gain 28.5432 days: the end is 280 - 28.5432.
    """
    life = waits(5.0)
    assert life.rows_of(Event.TREATMENT_STARTS)["time_years"] == pytest.approx([28 * DAY, 56 * DAY], rel=1e-9)
    assert life.rows_of(Event.VITAMIN_D_CROSSES)["time_years"][0] == pytest.approx(108 * DAY, rel=1e-9)
    assert_outcomes(life, symptom_months_from_onset=(280 - 28.5432) * DAY / MONTH)
