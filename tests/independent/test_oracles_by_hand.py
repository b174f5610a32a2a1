"""The envelope and treatment-window oracles against patients worked out by hand."""

import math
from fractions import Fraction
from itertools import chain

import numpy as np
import pytest
from independent.envelope import (
    NO_LESION,
    EnvelopePiece,
    Piece,
    area,
    envelope,
    floor_after,
    lesion_pieces,
    scaled,
)
from independent.treatment_windows import Window, healing_rate, pain_multiplier, rate_steps, time_of_work

RANDOM_ENDS = [(0, 41), (2, 41), (2, 21), (21, 51), (6, 21)]  # onset, work, peak, end of a pain effect, multiplier


def line(*numbers: int) -> Piece:
    """Piece of exact fractions: start, end, pain at start, slope."""
    return Piece(*map(Fraction, numbers))


def lesion(onset: Fraction | int, work: Fraction | int, peak: Fraction | int) -> list[Piece]:
    return lesion_pieces(Fraction(onset), Fraction(work), Fraction(peak))


def test_two_crossing_lines_change_the_leader_where_they_are_equal():
    """8 - 4t and 2 + 2t meet at t = 1 with pain 4; areas (8 + 4) / 2 + (4 + 6) / 2 = 11."""
    pieces = envelope([[line(0, 2, 8, -4)], [line(0, 2, 2, 2)]], 0, 2)
    assert pieces == [EnvelopePiece(0, 1, 8, -4, 0), EnvelopePiece(1, 2, 4, 2, 1)]
    assert area(pieces) == 11


def test_three_lines_through_one_point_hand_over_to_the_steepest():
    """4 - t, 3 and 2 + t all are 3 at t = 1: the level line leads at no interval."""
    pieces = envelope([[line(0, 2, 4, -1)], [line(0, 2, 3, 0)], [line(0, 2, 2, 1)]], 0, 2)
    assert pieces == [EnvelopePiece(0, 1, 4, -1, 0), EnvelopePiece(1, 2, 3, 1, 2)]


def test_a_second_lesion_takes_over_while_the_first_one_falls():
    """W = 1, peak 8 from 0: falls 8 - 15.2 (t - 1/2). W = 1, peak 8 from 1/2: rises 4 + (80/3)(t - 1/2) to t = 0.65.

    They meet where 4 = (15.2 + 80/3)(t - 1/2): t - 1/2 = 60/628. Afterwards the second lesion leads to its end at 1.5.
    """
    pieces = envelope([lesion(0, 1, 8), lesion(Fraction(1, 2), 1, 8)], 0, 2)
    half, meeting = Fraction(1, 2), Fraction(1, 2) + Fraction(60, 628)
    assert [piece.leader for piece in pieces] == [0, 0, 0, 1, 1, 1, NO_LESION]
    assert [piece.end for piece in pieces] == [Fraction(3, 20), half, meeting, Fraction(13, 20), 1, 1 + half, 2]
    assert pieces[3].pain_at_start == 8 - Fraction(152, 10) * Fraction(60, 628)


def test_the_envelope_of_one_lesion_is_the_lesion():
    """Area of the three phases by hand: 0.725 x peak x work; no pain outside."""
    pieces = envelope([lesion(1, 2, 6)], 0, 5)
    assert [piece.leader for piece in pieces] == [NO_LESION, 0, 0, 0, NO_LESION]
    assert area(pieces) == Fraction(725, 1000) * 6 * 2


def test_the_envelope_is_at_every_instant_the_highest_open_line(seed):
    """Brute force: the largest line on a grid of exact fractions, for random sets of up to four lesions."""
    chance = np.random.default_rng(seed)
    for _ in range(60):
        lesions = []
        for _ in range(chance.integers(1, 5)):
            onset, work, peak, until, multiplier = (int(chance.integers(*ends)) for ends in RANDOM_ENDS)
            pieces = lesion(Fraction(onset, 20), Fraction(work, 20), Fraction(peak, 2))
            lesions.append(scaled(pieces, 1, Fraction(until, 20), Fraction(multiplier, 20)))
        pieces = envelope(lesions, 0, 5)
        assert [piece.end for piece in pieces[:-1]] == [piece.start for piece in pieces[1:]]
        for number in range(500):
            time = Fraction(number, 100)
            open_pain = [piece.pain(time) for piece in chain(*lesions) if piece.start <= time < piece.end]
            (here,) = [piece for piece in pieces if piece.start <= time < piece.end]
            assert here.pain(time) == max(open_pain, default=0)


def test_a_chronic_floor_begins_where_the_falling_line_meets_it():
    """Peak 8, W = 1: 8 - 15.2 (t - 1/2) = 2 at t = 1/2 + 6 / 15.2."""
    pieces = lesion(0, 1, 8)
    floor = floor_after(pieces[-1], 2, 3)
    assert floor.start == Fraction(1, 2) + Fraction(60, 152)
    assert envelope([pieces, [floor]], 0, 3)[-1] == EnvelopePiece(floor.start, 3, 2, 0, 1)


ZOLEDRONATE = Window("bisphosphonate", 0.0, 1.44, 0.1, 0.3, 0.5, ((0.0, 0.1, 0.9),))
IBANDRONATE = Window("bisphosphonate", 0.0, 1.21, 0.1, 0.5, 0.7, ((0.0, 0.1, 0.8),))
ILOPROST = Window("prostacyclin", 0.2, 1.25, 0.0, 0.4, 0.4, ((0.0, 0.1, 0.5),))


def test_within_a_class_the_strongest_open_effect_counts():
    """Full 1.44 beats 1.21 at 0.2; at 0.45 the waning 1.44 ** 0.25 = 1.095 is beaten by the full 1.21."""
    assert healing_rate([ZOLEDRONATE, IBANDRONATE], 0.2) == pytest.approx(1.44)
    assert healing_rate([ZOLEDRONATE, IBANDRONATE], 0.45) == pytest.approx(1.21)
    assert pain_multiplier([ZOLEDRONATE, IBANDRONATE], 0.05) == pytest.approx(0.8)
    assert pain_multiplier([ZOLEDRONATE, IBANDRONATE], 0.1) == 1.0  # an effect is over at its end


def test_a_repeat_cycle_never_stacks():
    """Two windows of one treatment give no more than one."""
    repeat = Window("bisphosphonate", 0.15, 1.44, 0.1, 0.3, 0.5)
    assert healing_rate([ZOLEDRONATE, repeat], 0.29) == pytest.approx(1.44)


def test_between_classes_effects_multiply_and_the_rate_is_clipped():
    """1.44 x 1.25 = 1.8; 1.8 x 1.3 would be above 2; a factor of 0.05 is raised to 0.1."""
    assert healing_rate([ZOLEDRONATE, ILOPROST], 0.25) == pytest.approx(1.8)
    assert healing_rate([ZOLEDRONATE, ILOPROST, Window("shock_wave", 0.0, 1.3, 0.0, 1.0, 1.0)], 0.25) == 2.0
    assert healing_rate([Window("shock_wave", 0.0, 0.05, 0.0, 1.0, 1.0)], 0.25) == 0.1


def test_the_total_pain_multiplier_is_at_least_three_tenths():
    """0.5 x 0.5 = 0.25 is raised to 0.3; a patient without NSAID has 0.5 / 0.85."""
    other = Window("decompression", 0.2, pain_periods=((0.0, 0.1, 0.5),))
    assert pain_multiplier([ILOPROST], 0.25) == pytest.approx(0.5)
    assert pain_multiplier([ILOPROST, other], 0.25) == 0.3
    assert pain_multiplier([ILOPROST], 0.25, reference=1 / 0.85) == pytest.approx(0.5 / 0.85)


def test_an_edge_belongs_to_the_step_that_it_begins():
    """Rates of one window at its edges: 1, full, 3/4, 1/4 of the log effect, 1."""
    steps = rate_steps([ZOLEDRONATE], 0.0)
    assert [time for time, _ in steps] == pytest.approx([0.0, 0.1, 0.3, 0.4, 0.5])
    assert [rate for _, rate in steps] == pytest.approx([1.0, 1.44, 1.2**1.5, math.sqrt(1.2), 1.0])


def test_work_under_two_windows_ends_when_the_hand_sum_says():
    """0.1 x 1 + 0.1 x 1.44 + 0.1 x 1.8 = 0.424 by 0.3; the next step runs at 1.2 ** 1.5 x 1.25."""
    expected = 0.3 + 0.05 / (1.2**1.5 * 1.25)
    assert time_of_work([ZOLEDRONATE, ILOPROST], 0.0, 0.474) == pytest.approx(expected, rel=1e-12)
