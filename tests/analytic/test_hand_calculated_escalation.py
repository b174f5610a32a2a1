"""A patient worked out by hand who steps up: peak pain, phases, reviews, utility and unit costs as in
test_hand_calculated_patients.py.
"""

import pytest
from hand_patients import (
    FULL,
    ONE_QUARTER,
    THREE_QUARTERS,
    WEEK,
    assert_outcomes,
    assert_rows,
    at_entry,
    at_first_contact,
    hand_inputs,
    hand_tables,
    live,
    person,
)

from sim.vocabulary.enums import Site
from sim.vocabulary.events import Event


def test_d_hip_that_steps_up_to_zoledronate_and_to_decompression():
    """W 60, L 6, delay 8, crutches 2 and 4, wait for theatre 8, horizon 104; times in weeks. Both factors 1.4641.

    Review at 14, 6 weeks after the diagnosis: pain 8 is at least 4, so zoledronate. Work 14 there; + 6 x 1.4641 =
    22.7846 at 20; + 3 x 1.331 = 26.7776 at 23; + 3 x 1.1 = 30.0776 at 26; 38.0776 at 34, the review at 26 weeks: not
    over, so decompression, which is done at 42 at work 46.0776. End: 42 + 13.9224 / 1.4641 = 51.509186. MRI: 63.6468 at
    54, + 2.3532 / 1.331 = 55.767994. Oedema largest, 26.4: 20 + 3.6154 / 1.331 = 22.716304. Decline, 30: 23 + 3.2224 /
    1.1 = 25.929455. Pain 8 - 7.6 (w - 30) / 30, x 0.9 in 15-20, x 0.45 in 43-48, x 0.75 from 48 on. Area, pain-weeks:
    1 x 7.777778 + 6 x 8 + 5 x 7.2 + 5.929455 x 8 + 0.070545 x (8 + 7.980341) / 2 + 16 x (7.980341 + 3.927008) / 2
    + 1 x (3.927008 + 3.556103) / 2 + 5 x 0.45 x (3.556103 + 1.701576) / 2 + 3.509186 x 0.75 x (1.701576 + 0.4) / 2
    = 7.777778 + 48 + 36 + 47.435636 + 0.563670 + 95.258795 + 3.741555 + 5.914889 + 2.765558 = 247.457881.
    Costs: diagnosis 875; follow-up 500 + 5 x 200 + 2 x 200 = 1900; zoledronate 240, vitamin D 80 x 37.509186 weeks =
    57.51, NSAID 45 x 43.509186 weeks = 37.52; infusion 250 + blood 10 + teeth 50 = 310; operation 3400; a reaction from
    day 1 to day 6 after the infusion 0.5 + 0.1 x 40 = 4.5. Lost: 0.3 for the 5 days, 0.05 for 6 weeks by the operation.
    """
    effects = {
        "core_decompression.healing.hazard_ratio": 2.14358881,
        "core_decompression.healing.lag_weeks": 0.0,
        "core_decompression.healing.plateau_weeks": 12.0,
        "core_decompression.healing.waned_weeks": 16.0,
        "core_decompression.pain.1.multiplier_ratio": 0.45,
        "core_decompression.pain.1.from_days": 7.0,
        "core_decompression.pain.1.until_days": 42.0,
        "core_decompression.pain.2.multiplier_ratio": 0.75,
        "core_decompression.pain.2.from_days": 42.0,
        "core_decompression.pain.2.until_days": 84.0,
        "core_decompression.unloading_weeks": 4.0,
        "core_decompression.procedure_disutility": 0.05,
        "core_decompression.procedure_disutility_weeks": 6.0,
        "zoledronate.adverse_events.acute_phase_reaction.delay_days": 1.0,
        "zoledronate.adverse_events.acute_phase_reaction.duration_days": 5.0,
        "zoledronate.adverse_events.acute_phase_reaction.disutility": 0.3,
    }
    inputs = hand_inputs("step_up", {f"treatments.{name}": value for name, value in effects.items()})
    work = {Site.HIP: 60 * WEEK}
    tables = hand_tables(inputs, work_years=work, delay_years=8 * WEEK, lag_years=6 * WEEK, horizon_years=104 * WEEK)
    tables["unloading_years"], tables["surgery_wait_median_years"] = 2 * WEEK, 8 * WEEK
    reaction = tables[0]["treatments"][list(inputs.treatments).index("zoledronate")]["adverse_events"][0]
    reaction["first_probability"], reaction["otherwise_ratio"] = 1.0, 1.0
    life = live(inputs, tables, person())
    at_20 = 14 + 6 * FULL
    at_23 = at_20 + 3 * THREE_QUARTERS
    at_26 = at_23 + 3 * ONE_QUARTER
    at_42 = at_26 + 16
    end, decline = 42 + (60 - at_42) / FULL, 23 + (30 - at_23) / ONE_QUARTER
    pain_26, pain_34, pain_42, pain_43, pain_46, pain_47, pain_48 = (
        8 - 7.6 * (done - 30) / 30
        for done in (at_26, at_26 + 8, at_42, *(at_42 + weeks * FULL for weeks in (1, 4, 5, 6)))
    )
    expected = [
        (Event.LESION_STARTS, 0, 4.0),
        *at_first_contact(4, 4 + 4 * 4 / 9),
        (Event.REFERRAL, 6, 4 + 4 * 6 / 9),
        *at_entry(8, 68 / 9),
        (Event.PAIN_PEAK_REACHED, 9, 8.0),
        (Event.UNLOADING_ENDS, 10, 8.0),
        (Event.REVIEW, 14, 8.0),
        (Event.TREATMENT_STARTS, 14, 8.0),
        (Event.TREATMENT_STARTS, 14, 8.0),
        (Event.ADVERSE_EVENT_STARTS, 14 + 1 / 7, 8.0),
        (Event.ADVERSE_EVENT_ENDS, 14 + 6 / 7, 8.0),
        (Event.EFFECT_CHANGES, 15, 7.2),
        (Event.EFFECT_CHANGES, 20, 8.0),
        (Event.REVIEW, 21, 8.0),
        (Event.MRI_SCAN, 21, 8.0),
        (Event.OEDEMA_PEAK_REACHED, 20 + (26.4 - at_20) / THREE_QUARTERS, 8.0),
        (Event.EFFECT_CHANGES, 23, 8.0),
        (Event.PAIN_DECLINE_STARTS, decline, 8.0),
        (Event.EFFECT_CHANGES, 26, pain_26),
        (Event.REVIEW, 34, pain_34),
        (Event.MRI_SCAN, 34, pain_34),
        (Event.TREATMENT_ORDERED, 34, pain_34),
        (Event.TREATMENT_STARTS, 42, pain_42),
        (Event.UNLOADING_STARTS, 42, pain_42),
        (Event.EFFECT_CHANGES, 43, 0.45 * pain_43),
        (Event.UNLOADING_ENDS, 46, 0.45 * pain_46),
        (Event.REVIEW, 47, 0.45 * pain_47),
        (Event.EFFECT_CHANGES, 48, 0.75 * pain_48),
        (Event.SYMPTOMS_RESOLVE, end, 0.0),
        (Event.TREATMENT_ENDS, end, 0.0),
        (Event.EFFECT_CHANGES, 54, 0.0),
        (Event.MRI_NORMAL, 54 + (66 - at_42 - 12 * FULL) / THREE_QUARTERS, 0.0),
        (Event.EFFECT_CHANGES, 56, 0.0),
        (Event.EFFECT_CHANGES, 58, 0.0),
        (Event.REVIEW, 60, 0.0),
        (Event.DISCHARGE, 60, 0.0),
        (Event.FOLLOW_UP_ENDED, 112, 0.0),
    ]
    assert_rows(life, WEEK, expected)
    pain_weeks = (68 / 9 + 8) / 2 + 48 + 36 + (decline - 20) * 8 + (26 - decline) * (8 + pain_26) / 2
    pain_weeks += 16 * (pain_26 + pain_42) / 2 + (pain_42 + pain_43) / 2 + 5 * 0.45 * (pain_43 + pain_48) / 2
    pain_weeks += (end - 48) * 0.75 * (pain_48 + 0.4) / 2
    assert pain_weeks == pytest.approx(247.457881, abs=5e-6)
    utility_weeks = 0.892 * 104 - 0.07 * pain_weeks - 0.03 * (2 + 4) - 0.3 * 5 / 7 - 0.05 * 6
    drugs = 240 + (80 * (end - 14) + 45 * (end - 8)) * WEEK
    assert_outcomes(life, pain_years=pain_weeks * WEEK, qalys=utility_weeks * WEEK, adverse_events=1)
    assert_outcomes(life, cost_diagnosis=875, cost_follow_up=1900, cost_drug=drugs)
    assert_outcomes(life, cost_administration=310, cost_procedure=3400, cost_adverse_event=4.5, cost_complication=0)
    assert_outcomes(life, cost=875 + 1900 + drugs + 310 + 3400 + 4.5)
