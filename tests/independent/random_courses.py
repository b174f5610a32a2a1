"""Random courses for the tests of valuation: any order of events that an engine might write, and some it would not."""

from dataclasses import replace

from hypothesis import strategies as st
from independent.valuation_inputs import (
    ADVERSE_EVENTS,
    ALL_CATEGORIES,
    CHAIR,
    EARLY_STRATEGY,
    INFUSION,
    NO_FRICTION,
    OPERATION,
    SEVEN_CATEGORIES,
    TABLET,
    USUAL_STRATEGY,
    VITAMIN,
    Course,
    Row,
    StandInInputs,
    unrelated_costs_rising_with_age,
)

from sim.vocabulary.enums import Sex, Site
from sim.vocabulary.events import Event, HealthState
from sim.vocabulary.slots import COURSES, LESIONS, OPEN_ADVERSE_EVENTS

HOME = (VITAMIN, TABLET)
STATES = tuple(state for state in HealthState if state != HealthState.DEAD)
OF_A_LESION = (
    Event.LESION_STARTS,
    Event.MRI_SCAN,
    Event.DIAGNOSIS,
    Event.WRONG_DIAGNOSIS,
    Event.FIRST_CONTACT,
    Event.RELABELLED,
    Event.REVIEW,
    Event.MRI_NORMAL,
    Event.SYMPTOMS_RESOLVE,
    Event.INSUFFICIENCY_FRACTURE,
    Event.COLLAPSE,
    Event.OSTEONECROSIS_FOUND,
    Event.RETURN_TO_SPORT,
    Event.EFFECT_CHANGES,
    Event.LESION_VOID,
)
LATER = (Event.GASTROINTESTINAL_EVENT, Event.NECK_FRACTURE, Event.ARTHROPLASTY, Event.REVISION)
LATER += (Event.VERTEBRAL_FRACTURE,)
TREATING = (Event.TREATMENT_STARTS, Event.TREATMENT_ENDS, Event.ADMINISTRATION)
HARMING = (Event.ADVERSE_EVENT_STARTS, Event.ADVERSE_EVENT_ENDS)
PERSPECTIVES = (SEVEN_CATEGORIES, ("drug",), ("diagnosis", "productivity", "complication"), ALL_CATEGORIES)
FORMS = ("proportional", "additive", "convex", "above_one")
PAIN = st.one_of(st.just(0.0), st.just(1.3), st.floats(0.0, 10.0))
GAPS = st.one_of(st.just(0.0), st.floats(1e-6, 0.1), st.floats(1e-6, 1.5), st.just(0.5 / 12.0), st.floats(1.0, 12.0))


@st.composite
def event_row(draw: st.DrawFn, time_years: float) -> Row:
    """A row without its pain."""
    event = draw(st.sampled_from(OF_A_LESION + LATER * 3 + TREATING * 4 + HARMING * 6))
    row = Row(time_years, event, status=draw(st.integers(0, 63)), health_state=draw(st.sampled_from(STATES)))
    row = replace(row, lesion=draw(st.integers(-1, 5)), site=draw(st.sampled_from(Site)))
    if event in HARMING:
        treatment, number = draw(st.sampled_from(ADVERSE_EVENTS))
        return replace(row, treatment=treatment, value=float(number), lesion=-1, site=-1)
    if event in TREATING:
        return replace(row, treatment=draw(st.sampled_from((INFUSION, CHAIR, OPERATION, VITAMIN, TABLET))))
    if event in (Event.ARTHROPLASTY, Event.REVISION):
        return replace(row, value=float(draw(st.integers(0, 7))), lesion=-1, site=-1)
    return replace(row, lesion=max(row.lesion, 0))


def _fits(rows: list[Row]) -> bool:
    """Whether no more is open at one time than records hold; counts starts only, so it refuses a little too much."""
    harms = sum(row.event == Event.ADVERSE_EVENT_STARTS for row in rows)
    homes = sum(row.event == Event.TREATMENT_STARTS and row.treatment in HOME for row in rows)
    return harms <= OPEN_ADVERSE_EVENTS and homes <= COURSES


def _with_neck_stages(draw: st.DrawFn, rows: list[Row]) -> list[Row]:
    """Turn some later rows into the stages of the neck fractures before them."""
    stage, result = -1, []
    for row in rows:
        if row.event == Event.NECK_FRACTURE:
            stage = 0
        elif row.event in (Event.REVIEW, Event.EFFECT_CHANGES, *HARMING) and 0 <= stage < 2 and draw(st.booleans()):
            stage += 1
            row = replace(row, event=Event.NECK_FRACTURE_STAGE, value=float(stage), treatment=-1)
        result.append(row)
    return result


@st.composite
def courses(draw: st.DrawFn, rows_at_most: int = 18) -> Course:
    """A course from onset to its end, up to some 60 years long, with rows before entry and rows at the same instant."""
    times = [0.0]
    count = draw(st.integers(1, rows_at_most))
    for gap in draw(st.lists(GAPS, min_size=count, max_size=count)):
        times.append(times[-1] + gap)
    if draw(st.booleans()):
        times.append(times[-1] + draw(st.floats(10.0, 60.0)))
    rows = [Row(0.0, Event.LESION_STARTS, lesion=0, site=draw(st.sampled_from(Site)))]
    rows += [draw(event_row(time)) for time in times[1:-1]]
    rows = _with_neck_stages(draw, rows)
    entry = draw(st.integers(1, min(4, len(rows))))
    rows.insert(entry, replace(rows[entry - 1], event=Event.ENTRY, treatment=-1, value=float("nan")))
    last = draw(st.sampled_from((Event.DEATH, Event.FOLLOW_UP_ENDED)))
    rows.append(Row(times[-1], last, value=float(draw(st.integers(0, 1)))))
    while not _fits(rows):
        harms_and_starts = (Event.ADVERSE_EVENT_STARTS, Event.TREATMENT_STARTS)
        rows.pop(next(place for place, row in enumerate(rows) if row.event in harms_and_starts))
    rows = [_with_lines(draw, row, later) for row, later in zip(rows, [*rows[1:], rows[-1]], strict=True)]
    age = draw(st.one_of(st.floats(18.0, 95.0), st.integers(18, 90).map(float)))
    sides = tuple(draw(st.lists(st.integers(0, 1), min_size=LESIONS, max_size=LESIONS)))
    hours = draw(st.sampled_from((0.0, 29.0, 36.0)))
    strategy = draw(st.sampled_from((USUAL_STRATEGY, EARLY_STRATEGY)))
    return Course(tuple(rows), age, draw(st.sampled_from(Sex)), hours, sides, strategy)


def _with_lines(draw: st.DrawFn, row: Row, later: Row) -> Row:
    """Give a row its pain lines: constant, or running to another level by the next row."""
    length = later.time_years - row.time_years
    load, rest = draw(PAIN), draw(PAIN)
    slope = rest_slope = 0.0
    if length > 0.0 and draw(st.booleans()):
        slope = (draw(PAIN) - load) / length
        rest_slope = (draw(PAIN) - rest) / length
    return replace(row, pain=load, slope=slope, rest_pain=rest, rest_slope=rest_slope)


@st.composite
def inputs(draw: st.DrawFn) -> StandInInputs:
    """The stand-in inputs with other discount rates, disutilities, forms of the loss, perspective and setting."""
    base = StandInInputs()
    rate = st.one_of(st.just(0.0), st.floats(1e-9, 0.1))
    changes = {
        "setting.discount_rate_costs_per_year": draw(rate),
        "setting.discount_rate_effects_per_year": draw(rate),
        "setting.friction_period_weeks": draw(st.sampled_from((0.0, 16.4, 60.0))),
        "utility_loss_per_pain_point_utility": draw(st.floats(0.0, 0.105)),
    }
    for name in base.parameters.numbers:
        if name.endswith("disutility") or name.startswith("neck_fracture_disutility."):
            changes[name] = draw(st.one_of(st.just(0.0), st.floats(0.0, 0.6)))
    weight = draw(st.one_of(st.sampled_from((1.0, 0.0)), st.floats(0.0, 1.0)))
    return StandInInputs(
        changes,
        draw(st.sampled_from(PERSPECTIVES)),
        structure={"utility_form": draw(st.sampled_from(FORMS)), "experienced_pain_load_weight": weight},
        unrelated_medical_costs=draw(st.sampled_from((None, unrelated_costs_rising_with_age()))),
        without=draw(st.sampled_from(((), (NO_FRICTION,)))),
    )
