"""Identities of the analysis of any probabilistic analysis, and the tables that it refuses."""

import dataclasses
import math

import numpy as np
import pandas as pd
import pytest
from gaussian_psa import gaussian_table, random_covariance
from hypothesis import given, settings
from hypothesis import strategies as st

from sim.analysis import psa_table
from sim.analysis.decisions import decide
from sim.analysis.psa_analysis import PsaAnalysis, analyse
from sim.analysis.psa_table import PsaTable
from sim.vocabulary.errors import InputError

FEW_VALUES = st.integers(-3, 3).map(float)  # many ties and duplicates
ANY_VALUES = st.floats(-1e6, 1e6).map(lambda number: round(number, 3))
THRESHOLDS = [0.0, 1.0, 2.5, 20_000.0]
FRAMES = [field.name for field in dataclasses.fields(PsaAnalysis) if field.type is pd.DataFrame]


@st.composite
def tables(draw, values=FEW_VALUES | ANY_VALUES):
    strategies, draws = draw(st.integers(2, 4)), draw(st.integers(2, 12))
    numbers = draw(st.lists(values, min_size=2 * strategies * draws, max_size=2 * strategies * draws))
    both = np.array(numbers).reshape(2, draws, strategies)
    return PsaTable(tuple("abcd"[:strategies]), both[0], both[1])


@given(tables())
def test_decisions_agree_with_their_definitions(table):
    """Recomputed with plain loops over draws."""
    found = decide(table, THRESHOLDS)
    for place, threshold in enumerate(THRESHOLDS):
        benefits = table.net_benefit(threshold)
        wins, losses = np.zeros(len(table.strategies)), np.zeros(len(table.strategies))
        for row in benefits:
            winners = [strategy for strategy, benefit in enumerate(row) if benefit == max(row)]
            for strategy in winners:
                wins[strategy] += 1 / len(winners)
            losses += [max(row) - benefit for benefit in row]
        size = 1.0 + np.abs(benefits).max()
        np.testing.assert_allclose(found.probability[place], wins / table.draws, rtol=1e-12)
        np.testing.assert_allclose(found.loss[place], losses / table.draws, rtol=1e-12, atol=1e-12 * size)
        best = found.best[place]
        assert benefits.mean(axis=0).max() - benefits.mean(axis=0)[best] <= 1e-12 * size
        evpi = benefits.max(axis=1).mean() - benefits.mean(axis=0).max()
        assert found.evpi[place] == pytest.approx(evpi, rel=1e-9, abs=1e-12 * size)


@settings(max_examples=25)  # each one makes every frame
@given(tables())
def test_the_frames_of_an_analysis_fit_together(table):
    analysis = analyse(table, THRESHOLDS, [2.5, 1.0], "b")
    assert analysis.thresholds == (2.5, 1.0)
    assert list(analysis.willingness_to_pay) == THRESHOLDS
    np.testing.assert_allclose(analysis.acceptability.groupby("willingness_to_pay").probability.sum(), 1.0)
    least = analysis.expected_loss.groupby("willingness_to_pay").loss.min()
    assert list(least) == list(analysis.evpi.evpi)
    assert (analysis.expected_loss.loss >= 0.0).all()
    chances = analysis.acceptability.set_index(["willingness_to_pay", "strategy"]).probability
    for row in analysis.acceptability_frontier.itertuples():
        assert row.probability == chances[row.willingness_to_pay, row.strategy]
    summary = analysis.summary.set_index("strategy")
    assert (summary.loc["b"].filter(like="incremental") == 0.0).all()
    assert (summary.cost_low <= summary.cost_high).all()
    gains = analysis.net_benefit.pivot_table(index="strategy", columns="willingness_to_pay", values="gain")
    for threshold in (1.0, 2.5):
        expected = threshold * summary.incremental_effect - summary.incremental_cost
        np.testing.assert_allclose(gains[threshold], expected, rtol=1e-9, atol=1e-6)
    assert set(analysis.ellipses.strategy) == set(table.strategies) - {"b"}
    assert not analysis.corrected


@given(tables(), st.randoms(use_true_random=False))
def test_the_order_of_draws_and_of_strategies_does_not_matter(table, chance):
    """No strategy plays a special part, the first neither; sums may differ in the last digits."""
    rows = chance.sample(range(table.draws), table.draws)
    columns = chance.sample(range(len(table.strategies)), len(table.strategies))
    names = tuple(table.strategies[column] for column in columns)
    shuffled = PsaTable(names, table.costs[rows][:, columns], table.effects[rows][:, columns])
    one, other = decide(table, THRESHOLDS), decide(shuffled, THRESHOLDS)
    scale = 1e-9 * (1.0 + np.abs(table.effects).max() * max(THRESHOLDS) + np.abs(table.costs).max())
    for field in ("probability", "probability_error", "loss", "loss_error"):
        np.testing.assert_allclose(getattr(one, field)[:, columns], getattr(other, field), rtol=1e-7, atol=scale)
    np.testing.assert_allclose(one.evpi, other.evpi, rtol=1e-9, atol=scale)


def test_the_order_does_not_matter_where_noise_is_taken_out_either(seed):
    rng = np.random.default_rng([seed, 40])
    table = gaussian_table(
        rng, 400, np.repeat([5e3, 8.0], 3), random_covariance(rng, 3), random_covariance(rng, 3, 70.0, 0.008)
    )
    columns = [2, 0, 1]
    both = [2, 0, 1, 5, 3, 4]
    noise = table.noise[:, both][:, :, both]
    shuffled = PsaTable(("c", "a", "b"), table.costs[:, columns], table.effects[:, columns], noise=noise)
    one, other = analyse(table, THRESHOLDS, [20_000.0], "a"), analyse(shuffled, THRESHOLDS, [20_000.0], "a")
    for name in ("summary", "net_benefit", "acceptability", "expected_loss", "ellipses", "evpi"):
        key = [key for key in ("strategy", "willingness_to_pay") if key in getattr(one, name).columns]
        frames = [getattr(each, name).sort_values(key, ignore_index=True) for each in (one, other)]
        pd.testing.assert_frame_equal(*frames, rtol=1e-6, atol=1e-9)


def test_chunks_change_nothing_but_the_last_digits(seed, monkeypatch):
    """1,000 draws in one piece and in pieces of 33."""
    rng = np.random.default_rng([seed, 41])
    table = gaussian_table(rng, 1000, np.repeat([5e3, 8.0], 2), random_covariance(rng, 2))
    whole = analyse(table, THRESHOLDS, [20_000.0], "a")
    monkeypatch.setattr(psa_table, "CHUNK_NUMBERS", 66)
    assert len(list(table.chunks())) == 31
    pieces = analyse(table, THRESHOLDS, [20_000.0], "a")
    for name in FRAMES:
        pd.testing.assert_frame_equal(getattr(whole, name), getattr(pieces, name), rtol=1e-9)


def test_an_analysis_repeats_bit_for_bit_and_leaves_its_table_alone(seed):
    rng = np.random.default_rng([seed, 42])
    table = gaussian_table(
        rng, 500, np.repeat([5e3, 8.0], 3), random_covariance(rng, 3), random_covariance(rng, 3, 70.0, 0.008)
    )
    costs, effects, noise = table.costs.copy(), table.effects.copy(), table.noise.copy()
    first, second = (analyse(table, THRESHOLDS, [20_000.0], "a") for _ in range(2))
    assert len(FRAMES) == 11
    for name in FRAMES:
        pd.testing.assert_frame_equal(getattr(first, name), getattr(second, name), check_exact=True)
    assert (table.costs == costs).all()
    assert (table.effects == effects).all()
    assert (table.noise == noise).all()


def test_two_draws_are_enough_to_be_analysed():
    costs = np.array([[1.0, 2.0], [3.0, 1.0]])
    noise = np.broadcast_to(0.1 * np.eye(4), (2, 4, 4))
    for table in (PsaTable(("a", "b"), costs, costs), PsaTable(("a", "b"), costs, costs, noise=noise)):
        analysis = analyse(table, THRESHOLDS, [1.0], "a")
        assert np.isfinite(analysis.evpi.to_numpy()).all()
        assert np.isfinite(analysis.expected_loss.loss).all()


ONES = np.ones((3, 2))
PARAMETERS = pd.DataFrame({"x": [1.0, 2.0, 3.0]})


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"strategies": ("a", "a")}, "'a' is there twice"),
        ({"strategies": ("a", "")}, "no name"),
        ({"strategies": ("a",), "costs": ONES[:, :1], "effects": ONES[:, :1]}, "1 strategies cannot be compared"),
        ({"strategies": ("a", "b", "c")}, "there are 3 strategies"),
        ({"costs": ONES[:2]}, r"costs are \(2, 2\), effects \(3, 2\)"),
        ({"costs": ONES[:1], "effects": ONES[:1]}, "there are 1 draws"),
        ({"costs": ONES * [1.0, math.nan]}, "costs of 'b' in draw 1: nan is not a finite number"),
        ({"effects": np.array([[1.0, 1.0], [1.0, 1.0], [-math.inf, 1.0]])}, "effects of 'a' in draw 3: -inf"),
        ({"costs": [["x", "y"]] * 3}, "costs are not all numbers"),
        ({"costs": np.ones(3)}, "costs have 1 dimensions"),
        ({"parameters": PARAMETERS.iloc[:2]}, "2 rows of parameters and 3 draws"),
        ({"parameters": pd.concat([PARAMETERS, PARAMETERS], axis=1)}, "'x' is there twice"),
        ({"noise": np.ones((3, 2, 2))}, r"noise is \(3, 2, 2\), not \(3, 4, 4\)"),
        ({"noise": np.full((3, 4, 4), math.nan)}, "noise holds a number that is not finite"),
        ({"shared_noise": np.ones((3, 4, 4))}, "shared_noise have 3 dimensions, not 2"),
    ],
)
def test_a_table_that_cannot_be_analysed_is_refused_in_one_line(changes, words):
    with pytest.raises(InputError, match=words) as caught:
        PsaTable(**({"strategies": ("a", "b"), "costs": ONES, "effects": ONES} | changes))
    assert "\n" not in str(caught.value)


@pytest.mark.parametrize(
    ("grid", "thresholds", "comparator", "words"),
    [
        ([-1.0], [1.0], "a", "-1 is not a willingness to pay"),
        ([math.inf], [1.0], "a", "inf is not a willingness to pay"),
        ([1.0], [], "a", "no threshold"),
        ([1.0], [1.0], "c", "there is no strategy 'c'"),
    ],
)
def test_a_question_that_cannot_be_asked_is_refused(grid, thresholds, comparator, words):
    with pytest.raises(InputError, match=words):
        analyse(PsaTable(("a", "b"), ONES, ONES), grid, thresholds, comparator)


def test_numbers_are_not_copied_and_integers_are_taken():
    """A table of 10 million draws must not be there twice."""
    table = PsaTable(("a", "b"), ONES, np.ones((3, 2), int))
    assert table.costs is ONES
    assert table.effects.dtype == np.float64
