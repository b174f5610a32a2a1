"""The full incremental analysis against its definition, worked out by brute force and by scipy's convex hull."""

import math
from fractions import Fraction

import numpy as np
import pandas as pd
import pytest
from hypothesis import assume, given
from hypothesis import strategies as st
from scipy.spatial import ConvexHull

from sim.analysis.incremental import incremental_analysis
from sim.analysis.net_benefit import net_benefit, net_benefit_standard_error
from sim.vocabulary.errors import InputError

FEW_VALUES = st.integers(-4, 4).map(float)  # many ties, straight edges and duplicates
ANY_VALUES = st.floats(-1e6, 1e6).map(lambda number: round(number, 6))


def points_of(values):
    return st.lists(st.tuples(values, values), min_size=1, max_size=8)


def analysed(points):
    table = pd.DataFrame({"strategy": [f"s{n}" for n in range(len(points))]})
    table[["cost", "effect"]] = points
    return incremental_analysis(table).set_index("strategy")


def best_at_some_willingness_to_pay(points):
    """The numbers of the points that no other beats, at some willingness to pay, by definition.

    The order of net benefits only changes where two of them are equal, so it is enough to look there, between these
    places, beyond them and at 0, where of the cheapest ones the most effective wins. Of equal points the first one
    stands for all.
    """
    exact = [(Fraction(cost), Fraction(effect)) for cost, effect in points]
    ties = {(b[0] - a[0]) / (b[1] - a[1]) for a in exact for b in exact if a[1] != b[1]}
    edges = sorted({Fraction(0), *(tie for tie in ties if tie > 0)})
    weights = [*edges, *((a + b) / 2 for a, b in zip(edges, edges[1:], strict=False)), edges[-1] + 1]
    winners = set()
    for weight in weights:
        benefits = [(weight * effect - cost, effect) for cost, effect in exact]
        best = max(benefit for benefit, _ in benefits)
        level = [n for n, (benefit, _) in enumerate(benefits) if benefit == best]
        if weight == 0:
            most = max(exact[n][1] for n in level)
            level = [n for n in level if exact[n][1] == most]
        winners |= {n for n in level if exact.index(exact[n]) == n}
    return winners


@given(points_of(FEW_VALUES) | points_of(ANY_VALUES))
def test_the_frontier_is_who_wins_at_some_willingness_to_pay(points):
    result = analysed(points)
    frontier = {int(name[1:]) for name in result.index[result.status == "frontier"]}
    assert frontier == best_at_some_willingness_to_pay(points)


@given(st.lists(st.tuples(ANY_VALUES, ANY_VALUES), min_size=3, max_size=30, unique=True))
def test_the_frontier_is_the_lower_right_part_of_the_convex_hull(points):
    """scipy's hull (Qhull): the part of it between the least cost and the greatest effect."""
    array = np.array(points)
    spread = array.max(axis=0) - array.min(axis=0)
    assume((spread > 1.0).all())
    try:
        corners = set(ConvexHull(array / spread, qhull_options="QbB").vertices)
    except Exception:  # noqa: BLE001 points on one line have no hull
        assume(False)
    frontier = [int(name[1:]) for name in analysed(points).query("status == 'frontier'").index]
    # A corner by less than rounding may be missing in either; every frontier point lies on the hull's lower right side.
    for n in frontier:
        if n in corners:
            continue
        cost, effect = array[n] / spread
        lines = ConvexHull(array / spread).equations
        assert (lines @ [cost, effect, 1.0]).max() == pytest.approx(0.0, abs=1e-7)


@given(points_of(FEW_VALUES) | points_of(ANY_VALUES))
def test_icers_rise_along_the_frontier_and_increments_add_up(points):
    frontier = analysed(points).query("status == 'frontier'")
    icers = frontier.icer.to_numpy()[1:]
    assert (np.diff(icers) >= -1e-9 * np.abs(icers[1:])).all()
    assert math.isnan(frontier.icer.iloc[0])
    assert list(frontier.next_to.iloc[1:]) == list(frontier.index[:-1])
    total = frontier.cost.iloc[-1] - frontier.cost.iloc[0]
    assert frontier.incremental_cost.iloc[1:].sum() == pytest.approx(total, rel=1e-9, abs=1e-6)


@given(points_of(FEW_VALUES))
def test_every_other_strategy_names_who_beats_it(points):
    result = analysed(points)
    assert set(result.status) <= {"frontier", "dominated", "extended"}
    assert list(result.cost) == sorted(result.cost)
    for _, row in result[result.status == "dominated"].iterrows():
        other = result.loc[row.next_to]
        assert other.cost <= row.cost
        assert other.effect >= row.effect
        assert math.isnan(row.icer)
    for _, row in result[result.status == "extended"].iterrows():
        successors = result[(result.status == "frontier") & (result.next_to == row.next_to)]
        assert row.icer > successors.icer.iloc[0]


@given(points_of(ANY_VALUES), st.randoms(use_true_random=False))
def test_the_order_of_the_rows_does_not_matter(points, chance):
    unique = list(dict.fromkeys(points))
    table = pd.DataFrame({"strategy": [f"s{n}" for n in range(len(unique))]})
    table[["cost", "effect"]] = unique
    shuffled = table.iloc[chance.sample(range(len(unique)), len(unique))]
    pd.testing.assert_frame_equal(incremental_analysis(table), incremental_analysis(shuffled))


def test_a_textbook_table():
    """By hand. a (0, 0), b (100, 1): 100; c (350, 2) beside b: 250, but d (450, 4) beside b: 350 / 3 = 116.67, so c is
    extendedly dominated; e (500, 3) costs more than d and gives less; f equals b and comes later."""
    table = pd.DataFrame(
        {
            "strategy": ["a", "b", "c", "d", "e", "f"],
            "cost": [0.0, 100.0, 350.0, 450.0, 500.0, 100.0],
            "effect": [0.0, 1.0, 2.0, 4.0, 3.0, 1.0],
        }
    )
    result = incremental_analysis(table).set_index("strategy")
    assert list(result.index) == ["a", "b", "f", "c", "d", "e"]
    assert dict(result.status) == {
        "a": "frontier", "b": "frontier", "c": "extended", "d": "frontier", "e": "dominated", "f": "dominated",
    }  # fmt: skip
    assert dict(result.next_to.dropna()) == {"b": "a", "f": "b", "c": "b", "d": "b", "e": "d"}
    assert result.icer.b == 100.0
    assert result.icer.c == 250.0
    assert result.icer.d == pytest.approx(350 / 3)
    assert result.incremental_cost.e == 50.0
    assert result.incremental_effect.e == -1.0


@pytest.mark.parametrize(
    ("table", "words"),
    [
        ({"strategy": ["a"], "cost": [1.0]}, "effect"),
        ({"strategy": ["a", "a"], "cost": [1.0, 2.0], "effect": [0.0, 1.0]}, "twice"),
        ({"strategy": ["a", "b"], "cost": [1.0, math.nan], "effect": [0.0, 1.0]}, "finite"),
        ({"strategy": ["a", "b"], "cost": [1.0, math.inf], "effect": [0.0, 1.0]}, "finite"),
    ],
)
def test_a_table_that_cannot_be_analysed_is_refused(table, words):
    with pytest.raises(InputError, match=words):
        incremental_analysis(pd.DataFrame(table))


def test_net_benefit_and_its_standard_error():
    """By hand, at 20,000: 40,000 - 1,000 = 39,000; variance (20,000 x 0.01)^2 + 30^2 - 2 x 20,000 x 0.1 = 36,900."""
    numbers = {"cost_standard_error": [30.0], "effect_standard_error": [0.01], "covariance": [0.1]}
    means = pd.DataFrame({"strategy": ["a"], "cost": [1000.0], "effect": [2.0], **numbers})
    increments = means.assign(comparator="b", cost=100.0, effect=0.01)
    both = pd.concat([means, means.assign(strategy="b", cost=900.0, effect=1.99)])
    result = net_benefit(both, increments, [20_000.0], comparator="b").set_index("strategy")
    assert result.net_monetary_benefit.a == 39_000.0
    assert result.standard_error.a == pytest.approx(math.sqrt(36_900.0))
    assert result.incremental_vs_comparator.a == 100.0
    assert result.incremental_standard_error.a == pytest.approx(math.sqrt(36_900.0))
    assert result.incremental_vs_comparator.b == 0.0
    with pytest.raises(InputError, match="'b' to 'a'"):
        net_benefit(both, increments, [20_000.0], comparator="a")


def test_the_standard_error_of_a_certain_net_benefit_is_zero_not_missing():
    """Cost always twice the effect: at 2 the net benefit is always 0; rounding may leave a variance below 0."""
    assert net_benefit_standard_error(2.0, 0.2, 0.1, 0.02 + 1e-15) == 0.0
