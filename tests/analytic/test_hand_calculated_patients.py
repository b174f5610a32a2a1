"""Patients worked out by hand: every time, pain, cost and QALY can be checked with a pocket calculator.

All have peak pain 8, their first contact at half and their referral at three quarters of the delay to diagnosis, which
is their entry. Pain rises from 4 to 8 until 0.15 W, stays, falls from 0.5 W on to 0.4 at W, then is 0. The oedema is
largest at 0.4 (W + L), the MRI normal at W + L. Reviews come 6, 13, 26, 39, 52 weeks after the diagnosis, with scans at
13 and 26. Utility is 0.892 - 0.07 x pain, less 0.03 on crutches. The diagnosis costs 3 scans at 200, each with 0.05
visits at 200 for chance findings, 25(OH)D 5 and consultation 240: 875; what the first contact cost lies before entry.
Crutches and physiotherapy are 20 + 6 x 80 = 500. Nothing is discounted.
"""

import pytest
from hand_patients import (
    DAY,
    FULL,
    MONTH,
    THREE_QUARTERS,
    WEEK,
    YEAR,
    assert_outcomes,
    assert_rows,
    at_entry,
    at_first_contact,
    hand_inputs,
    hand_tables,
    live,
    person,
)

from sim.vocabulary.enums import Destination, Site
from sim.vocabulary.events import Event


def test_a_hip_under_supportive_care():
    """W 0.6, L 0.12, delay 0.06, crutches 0.1, horizon 2 years; times in years.

    Stages: peak 0.15 x 0.6 = 0.09; decline 0.30; end 0.60; oedema largest 0.4 x 0.72 = 0.288; MRI normal 0.72.
    Pain at 0.03: 4 + 4 x 0.03 / 0.09 = 5.3333; at 0.045: 6; at entry, 0.06: 6.6667. In the decline it is
    8 - 7.6 (t - 0.3) / 0.3, so 7.7683 and 1.4567 at the reviews at 13 and 26 weeks (0.309144 and 0.558289 since onset).
    Pain-years from entry: 0.03 x (6.6667 + 8) / 2 + 0.21 x 8 + 0.3 x 4.2 = 0.22 + 1.68 + 1.26 = 3.16.
    QALY: 2 x 0.892 - 0.07 x 3.16 - 0.03 x 0.1 = 1.784 - 0.2212 - 0.003 = 1.5598.
    Size at entry, q = 0.06 / 0.72: 0.6 + 0.4 q / 0.4 = 0.683333; at the scans (1 - q) / 0.6 = 0.951056 and 0.374331, so
    the ratios 1.391787 and 0.547802. Follow-up: aids 500, four reviews, two scans: 1700. NSAID 45 x 0.54 = 24.30.
    """
    inputs = hand_inputs("supportive")
    tables = hand_tables(inputs, work_years={Site.HIP: 0.6}, delay_years=0.06, lag_years=0.12, horizon_years=2.0)
    tables["unloading_years"] = 0.1
    life = live(inputs, tables, person())
    first, second, third, fourth = (0.06 + weeks * WEEK for weeks in (6, 13, 26, 39))
    pain_at_second, pain_at_third = (8 - 7.6 * (time - 0.3) / 0.3 for time in (second, third))
    expected = [
        (Event.LESION_STARTS, 0.0, 4.0),
        *at_first_contact(0.03, 16 / 3),
        (Event.REFERRAL, 0.045, 6.0),
        *at_entry(0.06, 20 / 3),
        (Event.PAIN_PEAK_REACHED, 0.09, 8.0),
        (Event.UNLOADING_ENDS, 0.16, 8.0),
        (Event.REVIEW, first, 8.0),
        (Event.OEDEMA_PEAK_REACHED, 0.288, 8.0),
        (Event.PAIN_DECLINE_STARTS, 0.30, 8.0),
        (Event.REVIEW, second, pain_at_second),
        (Event.MRI_SCAN, second, pain_at_second),
        (Event.REVIEW, third, pain_at_third),
        (Event.MRI_SCAN, third, pain_at_third),
        (Event.SYMPTOMS_RESOLVE, 0.60, 0.0),
        (Event.MRI_NORMAL, 0.72, 0.0),
        (Event.REVIEW, fourth, 0.0),
        (Event.DISCHARGE, fourth, 0.0),
        (Event.FOLLOW_UP_ENDED, 2.06, 0.0),
    ]
    assert_rows(life, YEAR, expected)
    assert [pain_at_second, pain_at_third] == pytest.approx([7.7683, 1.4567], abs=5e-5)
    size_at_entry = 0.6 + 0.06 / 0.72
    ratios = [(1 - time / 0.72) / 0.6 / size_at_entry for time in (second, third)]
    assert ratios == pytest.approx([1.391787, 0.547802], abs=5e-7)
    assert life.rows_of(Event.MRI_SCAN)["value"][1:] == pytest.approx(ratios, rel=1e-9)
    assert_outcomes(life, pain_years=3.16, qalys=1.5598, pain_free_days=1.46 / DAY, unloading_days=0.1 / DAY)
    assert_outcomes(life, life_years=2.0, symptom_months_from_onset=7.2, symptom_months_from_entry=0.54 / MONTH)
    assert_outcomes(life, mri_months_from_onset=0.72 / MONTH, mri_months_from_diagnosis=0.66 / MONTH)
    assert_outcomes(life, cost_diagnosis=875, cost_follow_up=1700, cost_drug=24.3, cost=875 + 1700 + 24.3)


def test_b_hip_under_one_window_of_zoledronate():
    """W 30, L 5, delay 4, crutches 2, first review at 9; times in weeks. Factor 1.4641 for 6, 1.331 for 3, 1.1 for 3.

    Work: 4 at entry; + 6 x 1.4641 = 12.7846 at 10; + 3 x 1.331 = 16.7776 at 13; + 3 x 1.1 = 20.0776 at 16; then rate 1.
    Peak, work 4.5: 4 + 0.5 / 1.4641 = 4.341507. Oedema largest, 14: 10 + 1.2154 / 1.331 = 10.913148. Decline, 15:
    10 + 2.2154 / 1.331 = 11.664463. End, 30: 16 + 9.9224 = 25.9224, 4.0776 earlier than untreated. MRI, 35: 30.9224.
    Pain x 0.9 from week 1 to 6 after the infusion. Pain at work w in the decline: 8 - 7.6 (w - 15) / 15, so 7.099349 at
    13, 5.427349 at 16, 4.920683 at 17. Area from entry, pain-weeks:
    0.341507 x (7.555556 + 8) / 2 + 0.658493 x 8 + 5 x 7.2 + 1.664463 x 8 + 1.335537 x (8 + 7.099349) / 2
    + 3 x (7.099349 + 5.427349) / 2 + 9.9224 x (5.427349 + 0.4) / 2
    = 2.656163 + 5.267946 + 36 + 13.315702 + 10.082871 + 18.790048 + 28.910646 = 115.023376.
    Read size at 17: work 21.0776, (1 - 21.0776 / 35) / 0.6 = 0.662970 over 0.6 + 4 / 35 = 0.714286: 0.928158.
    """
    inputs = hand_inputs("zoledronate", {"review_weeks": [5, 13, 26, 39]})
    work = {Site.HIP: 30 * WEEK}
    tables = hand_tables(inputs, work_years=work, delay_years=4 * WEEK, lag_years=5 * WEEK, horizon_years=100 * WEEK)
    tables["unloading_years"] = 2 * WEEK
    life = live(inputs, tables, person())
    at_10, at_13, at_16 = 12.7846, 16.7776, 20.0776
    end, decline = 16 + 30 - at_16, 10 + (15 - at_10) / THREE_QUARTERS
    pain_13, pain_16, pain_17 = (8 - 7.6 * (work - 15) / 15 for work in (at_13, at_16, at_16 + 1))
    peak = 4 + 0.5 / FULL
    expected = [
        (Event.LESION_STARTS, 0, 4.0),
        *at_first_contact(2, 4 + 4 * 2 / 4.5),
        (Event.REFERRAL, 3, 4 + 4 * 3 / 4.5),
        *at_entry(4, 68 / 9),
        (Event.TREATMENT_STARTS, 4, 68 / 9),
        (Event.TREATMENT_STARTS, 4, 68 / 9),
        (Event.PAIN_PEAK_REACHED, peak, 8.0),
        (Event.EFFECT_CHANGES, 5, 7.2),
        (Event.UNLOADING_ENDS, 6, 7.2),
        (Event.REVIEW, 9, 7.2),
        (Event.EFFECT_CHANGES, 10, 8.0),
        (Event.OEDEMA_PEAK_REACHED, 10 + (14 - at_10) / THREE_QUARTERS, 8.0),
        (Event.PAIN_DECLINE_STARTS, decline, 8.0),
        (Event.EFFECT_CHANGES, 13, pain_13),
        (Event.EFFECT_CHANGES, 16, pain_16),
        (Event.REVIEW, 17, pain_17),
        (Event.MRI_SCAN, 17, pain_17),
        (Event.SYMPTOMS_RESOLVE, end, 0.0),
        (Event.TREATMENT_ENDS, end, 0.0),
        (Event.REVIEW, 30, 0.0),
        (Event.MRI_SCAN, 30, 0.0),
        (Event.DISCHARGE, 30, 0.0),
        (Event.MRI_NORMAL, end + 5, 0.0),
        (Event.FOLLOW_UP_ENDED, 104, 0.0),
    ]
    assert_rows(life, WEEK, expected)
    assert end == pytest.approx(25.9224, abs=1e-12)
    pain_weeks = (peak - 4) * (68 / 9 + 8) / 2 + (5 - peak) * 8 + 5 * 7.2 + (decline - 10) * 8
    pain_weeks += (13 - decline) * (8 + pain_13) / 2 + 3 * (pain_13 + pain_16) / 2 + (end - 16) * (pain_16 + 0.4) / 2
    assert pain_weeks == pytest.approx(115.023376, abs=5e-6)
    ratio = (1 - (at_16 + 1) / 35) / 0.6 / (0.6 + 4 / 35)
    assert life.rows_of(Event.MRI_SCAN)["value"][1] == pytest.approx(ratio, rel=1e-9)
    assert_outcomes(life, pain_years=pain_weeks * WEEK)
    assert_outcomes(life, qalys=(0.892 * 100 - 0.07 * pain_weeks - 0.03 * 2) * WEEK)
    assert_outcomes(life, symptom_months_from_onset=end * WEEK / MONTH, mri_months_from_onset=(end + 5) * WEEK / MONTH)
    assert_outcomes(life, symptom_months_from_treatment=(end - 4) * WEEK / MONTH)


def test_c_two_lesions_whose_pain_lines_cross():
    """Hip W 0.8 from 0, knee W 0.6 from 0.45, L 0, delay 0.2, crutches 0.1; times in years. Rest pain is present.

    Hip: decline from 0.4, slope -7.6 / 0.4 = -19 a year, 7.05 at 0.45. Knee: 4 at 0.45, slope 4 / 0.09 = 44.4444.
    Load lines meet 3.05 / 63.4444 = 0.0480736 later, at 0.4980736, at 7.05 - 19 x 0.0480736 = 6.136602.
    Rest pain, peak 0.52 x 8 = 4.16: hip 0.9 x 4.16 (0.8 - t) / 0.4 = 3.276 at 0.45, slope -9.36; knee 2.08, slope
    23.1111; they meet 1.196 / 32.4711 = 0.0368327 later, at 2.931246, before the load lines do. The knee leads to its
    end: peak 0.54, decline 0.75, 8 - 7.6 x 0.05 / 0.3 = 6.733333 when the hip ends at 0.8, end 1.05. It is seen 3 weeks
    after 0.45 and scanned 2 weeks later, at 0.545825. Area from entry at 0.2:
    0.2 x 8 + 0.0980736 x (8 + 6.136602) / 2 + 0.0419264 x (6.136602 + 8) / 2 + 0.21 x 8 + 0.3 x 4.2
    = 1.6 + 0.693213 + 0.296349 + 1.68 + 1.26 = 5.529562. QALY: 1.5 x 0.892 - 0.07 x 5.529562 - 0.03 x 0.2 = 0.944931.
    """
    inputs = hand_inputs("supportive", {"further_lesion_review_median_weeks": 3, "further_lesion_mri_wait_weeks": 2})
    work = {Site.HIP: 0.8, Site.KNEE: 0.6}
    tables = hand_tables(inputs, work_years=work, delay_years=0.2, lag_years=0.0, horizon_years=1.5)
    tables["unloading_years"] = 0.1
    tables["further_probability"] = [1.0, 0.0]
    tables["further_median_years"] = 0.45
    tables["destination_cumulative"][0, Site.HIP] = [0, 1, 1, 1, 1]  # always the ipsilateral other joint
    tables["other_joint_cumulative"][0, Site.HIP] = [0, 1, 1, 1]  # which is the knee
    life = live(inputs, tables, person(rest_pain_present=1))
    load_meets, rest_meets = 0.45 + 3.05 / (19 + 4 / 0.09), 0.45 + 1.196 / (9.36 + 2.08 / 0.09)
    pain_meets = 8 - 19 * (load_meets - 0.4)
    seen, known = 0.45 + 3 * WEEK, 0.45 + 5 * WEEK
    expected = [
        (Event.LESION_STARTS, 0.0, 4.0),
        *at_first_contact(0.1, 4 + 4 * 0.1 / 0.12),
        (Event.PAIN_PEAK_REACHED, 0.12, 8.0),
        (Event.REFERRAL, 0.15, 8.0),
        *at_entry(0.2, 8.0),
        (Event.UNLOADING_ENDS, 0.3, 8.0),
        (Event.REVIEW, 0.2 + 6 * WEEK, 8.0),
        (Event.OEDEMA_PEAK_REACHED, 0.32, 8.0),
        (Event.PAIN_DECLINE_STARTS, 0.4, 8.0),
        (Event.REVIEW, 0.2 + 13 * WEEK, 8 - 19 * (13 * WEEK - 0.2)),
        (Event.MRI_SCAN, 0.2 + 13 * WEEK, 8 - 19 * (13 * WEEK - 0.2)),
        (Event.LESION_STARTS, 0.45, 7.05),
        (Event.PAIN_LEADER_CHANGES, rest_meets, 8 - 19 * (rest_meets - 0.4)),
        (Event.PAIN_LEADER_CHANGES, load_meets, pain_meets),
        (Event.REFERRAL, seen, 4 + (seen - 0.45) * 4 / 0.09),
        (Event.PAIN_PEAK_REACHED, 0.54, 8.0),
        (Event.MRI_SCAN, known, 8.0),
        (Event.DIAGNOSIS, known, 8.0),
        (Event.UNLOADING_STARTS, known, 8.0),
        (Event.UNLOADING_ENDS, known + 0.1, 8.0),
        (Event.OEDEMA_PEAK_REACHED, 0.69, 8.0),
        (Event.REVIEW, 0.2 + 26 * WEEK, 8.0),
        (Event.MRI_SCAN, 0.2 + 26 * WEEK, 8.0),
        (Event.PAIN_DECLINE_STARTS, 0.75, 8.0),
        (Event.SYMPTOMS_RESOLVE, 0.8, 8 - 7.6 * 0.05 / 0.3),
        (Event.MRI_NORMAL, 0.8, 8 - 7.6 * 0.05 / 0.3),
        (Event.REVIEW, 0.2 + 39 * WEEK, 8 - 7.6 * (39 * WEEK - 0.55) / 0.3),
        (Event.SYMPTOMS_RESOLVE, 1.05, 0.0),
        (Event.MRI_NORMAL, 1.05, 0.0),
        (Event.REVIEW, 0.2 + 52 * WEEK, 0.0),
        (Event.DISCHARGE, 0.2 + 52 * WEEK, 0.0),
        (Event.FOLLOW_UP_ENDED, 1.7, 0.0),
    ]
    assert_rows(life, YEAR, expected)
    crossings = life.rows_of(Event.PAIN_LEADER_CHANGES)
    assert list(crossings["lesion"]) == [0, 1]  # of load pain: the hip still leads when the knee takes over rest pain
    assert crossings["rest_pain_after"][0] == pytest.approx(3.276 - 9.36 * (rest_meets - 0.45), rel=1e-9)
    assert life.rows_of(Event.LESION_STARTS)["value"][1] == Destination.IPSILATERAL_OTHER_JOINT
    area = 1.6 + (load_meets - 0.4) * (8 + pain_meets) / 2 + (0.54 - load_meets) * (pain_meets + 8) / 2 + 1.68 + 1.26
    assert area == pytest.approx(5.529562, abs=5e-7)
    assert_outcomes(life, pain_years=area, qalys=1.5 * 0.892 - 0.07 * area - 0.03 * 0.2, lesions=2)
    assert_outcomes(life, symptom_months_from_onset=1.05 / MONTH, mri_months_from_onset=0.8 / MONTH)
