"""Who counts where on the grid, by hand: painful joints by site, and the health state at the times of the flow."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from independent.slow_valuation import JOINT_CURVES, slow_curve
from independent.valuation_inputs import Course, Row, StandInInputs, arrays

from sim.valuation.courses import value_block
from sim.valuation.curves import GRID_MONTHS
from sim.valuation.tariff import build_tariff
from sim.vocabulary.enums import Side, Site
from sim.vocabulary.events import Event, HealthState
from sim.vocabulary.slots import LESIONS

LEFT, RIGHT = int(Side.LEFT), int(Side.RIGHT)
END = Row(3.0, Event.FOLLOW_UP_ENDED)


def starts(months, lesion, site):
    return Row(months / 12.0, Event.LESION_STARTS, lesion=lesion, site=site)


def resolves(months, lesion, site):
    return Row(months / 12.0, Event.SYMPTOMS_RESOLVE, lesion=lesion, site=site)


def replaced(months, site, side):
    return Row(months / 12.0, Event.ARTHROPLASTY, value=float(site * 2 + side))


def value_of(*rows, sides=(LEFT,) * LESIONS):
    history, patients = arrays([Course(rows, sides=sides)])
    return value_block(history, patients, build_tariff(StandInInputs()))


def joints(site, *rows, sides=(LEFT,) * LESIONS):
    """The curve of a site at 0, 1, 2 and so on months."""
    return value_of(*rows, sides=sides).curves[f"joints_{site.name.lower()}"][::2].tolist()


def test_two_lesions_of_a_joint_are_one_joint_until_the_last_has_healed():
    """Two in the left knee, from 0 to 4 and from 2 to 6 months: one joint up to 6 months, none from there on."""
    rows = [starts(0, 0, Site.KNEE), Row(0.0, Event.ENTRY), starts(2, 1, Site.KNEE)]
    rows += [resolves(4, 0, Site.KNEE), resolves(6, 1, Site.KNEE), END]
    assert joints(Site.KNEE, *rows) == [1.0] * 6 + [0.0] * 19
    assert joints(Site.HIP, *rows) == [0.0] * 25


def test_two_lesions_of_two_sides_are_two_joints():
    rows = [starts(0, 0, Site.KNEE), Row(0.0, Event.ENTRY), starts(2, 1, Site.KNEE)]
    rows += [resolves(4, 0, Site.KNEE), resolves(6, 1, Site.KNEE), END]
    sides = (LEFT, RIGHT, LEFT, LEFT, LEFT, LEFT)
    assert joints(Site.KNEE, *rows, sides=sides) == [1.0] * 2 + [2.0] * 2 + [1.0] * 2 + [0.0] * 19


def test_a_replacement_ends_all_lesions_of_its_joint_and_no_other():
    """Both lesions of the left hip end at 5 months; that of the right hip and that of the left knee go on."""
    rows = [starts(0, 0, Site.HIP), starts(0, 1, Site.HIP), starts(0, 2, Site.HIP), starts(0, 3, Site.KNEE)]
    rows += [Row(0.0, Event.ENTRY), replaced(5, Site.HIP, LEFT), resolves(8, 2, Site.HIP), END]
    sides = (LEFT, LEFT, RIGHT, LEFT, LEFT, LEFT)
    assert joints(Site.HIP, *rows, sides=sides) == [2.0] * 5 + [1.0] * 3 + [0.0] * 17
    assert joints(Site.KNEE, *rows, sides=sides) == [1.0] * 25


def test_what_began_before_entry_hurts_at_entry_and_what_ended_does_not():
    """The grid starts at entry, here at 6 months: the foot hurts until 9, the shoulder has healed at 3."""
    rows = [starts(0, 0, Site.FOOT), starts(0, 1, Site.OTHER), resolves(3, 1, Site.OTHER), Row(0.5, Event.ENTRY)]
    rows += [resolves(9, 0, Site.FOOT), END]
    assert joints(Site.FOOT, *rows) == [1.0] * 3 + [0.0] * 22
    assert joints(Site.OTHER, *rows) == [0.0] * 25


def test_the_dead_have_no_painful_joints():
    rows = [starts(0, 0, Site.HIP), Row(0.0, Event.ENTRY), Row(7.2 / 12.0, Event.DEATH, value=0.0)]
    assert joints(Site.HIP, *rows) == [1.0] * 8 + [0.0] * 17


@st.composite
def crowded(draw: st.DrawFn) -> Course:
    """Lesions that come and go in few joints within two years, replacements among them."""
    rows = [Row(0.0, Event.LESION_STARTS, lesion=0, site=Site.HIP), Row(0.01, Event.ENTRY)]
    sites = [Site.HIP, *draw(st.lists(st.sampled_from((Site.HIP, Site.KNEE)), min_size=5, max_size=5))]
    time = 0.01
    for _ in range(draw(st.integers(1, 25))):
        time += draw(st.sampled_from((0.0, 0.013, 0.09)))
        lesion = draw(st.integers(0, LESIONS - 1))
        event = draw(st.sampled_from((Event.LESION_STARTS, Event.SYMPTOMS_RESOLVE, Event.ARTHROPLASTY)))
        if event == Event.ARTHROPLASTY:
            rows.append(Row(time, event, value=float(draw(st.integers(0, 3)))))
        else:
            rows.append(Row(time, event, lesion=lesion, site=sites[lesion]))
    sides = tuple(draw(st.lists(st.integers(0, 1), min_size=LESIONS, max_size=LESIONS)))
    return Course((*rows, Row(time + 0.5, Event.FOLLOW_UP_ENDED)), sides=sides)


@settings(max_examples=100)
@given(course=crowded())
def test_painful_joints_are_those_of_the_slow_valuation(course):
    history, patients = arrays([course])
    curves = value_block(history, patients, build_tariff(StandInInputs())).curves
    points = slow_curve(course, StandInInputs(), GRID_MONTHS)
    for name in JOINT_CURVES:
        assert curves[name].tolist() == [point.get(name, 0.0) for point in points], name


@pytest.mark.parametrize("last", [Event.DEATH, Event.FOLLOW_UP_ENDED])
def test_states_are_kept_at_0_3_6_12_and_24_months(last):
    """Symptomatic at entry, a fracture at exactly 3 months, well at 6.5, gone after 20."""
    entry = 0.25
    rows = [
        Row(0.0, Event.LESION_STARTS, health_state=HealthState.SYMPTOMATIC),
        Row(entry, Event.ENTRY, health_state=HealthState.SYMPTOMATIC),
        Row(entry + 0.25, Event.INSUFFICIENCY_FRACTURE, lesion=0, health_state=HealthState.SYMPTOMATIC_WITH_FRACTURE),
        Row(entry + 6.5 / 12.0, Event.SYMPTOMS_RESOLVE, lesion=0, health_state=HealthState.WELL),
        Row(entry + 20.0 / 12.0, last, value=0.0, health_state=HealthState.DEAD if last == Event.DEATH else 0),
    ]
    fracture = HealthState.SYMPTOMATIC_WITH_FRACTURE
    later = HealthState.DEAD if last == Event.DEATH else -1
    expected = [[HealthState.SYMPTOMATIC, fracture, fracture, HealthState.WELL, later]]
    assert np.array_equal(value_of(*rows).states_at, expected)


def test_who_dies_at_entry_is_dead_at_every_time():
    rows = [Row(0.0, Event.ENTRY, health_state=HealthState.SYMPTOMATIC), Row(0.0, Event.DEATH, value=0.0)]
    assert np.array_equal(value_of(*rows).states_at, [[HealthState.DEAD] * 5])


def test_the_end_of_a_horizon_of_two_years_still_has_its_state():
    rows = [Row(1.0 / 3.0, Event.ENTRY, health_state=HealthState.SYMPTOMATIC)]
    rows += [Row(1.0 / 3.0 + 2.0, Event.FOLLOW_UP_ENDED, health_state=HealthState.SYMPTOMATIC)]
    assert np.array_equal(value_of(*rows).states_at, [[HealthState.SYMPTOMATIC] * 5])
