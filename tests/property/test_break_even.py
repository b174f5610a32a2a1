"""The amount of an item at which a strategy's net benefit is gone, against patients with known numbers."""

import math

import numpy as np
import pandas as pd
import pytest

from sim.analysis.break_even import SURE, break_even, gain_by_amount
from sim.vocabulary.errors import InputError

NOW, PRICE, PATIENTS = 15.0, 200.0, 400


@pytest.fixture
def people(seed):
    """Gained cost at the amount now, gained QALYs and discounted use of `PATIENTS` people, correlated."""
    random = np.random.default_rng(seed)
    use = np.where(random.random(PATIENTS) < 0.9, 0.97, 0.0)
    return pd.DataFrame(
        {
            "effect": random.normal(0.2, 0.3, PATIENTS),
            "use": use,
            "cost": random.normal(900.0, 400.0, PATIENTS) + PRICE * NOW * use,
        }
    )


def increments(people, **changes):
    """The row of one strategy from its people."""
    covariance = people.cov() / len(people)
    names = ("cost", "effect", "use")
    row = {"strategy": "early", "comparator": "usual", "amount_now": NOW, "price": PRICE}
    row |= {name: people[name].mean() for name in names}
    row |= {f"{name}_variance": covariance.loc[name, name] for name in names}
    pairs = (("cost", "effect"), ("cost", "use"), ("effect", "use"))
    row |= {f"{a}_{b}_covariance": covariance.loc[a, b] for a, b in pairs}
    return pd.DataFrame([row | changes])


def gains(people, threshold, amount):
    """The gain of each person if the amount were another one."""
    return threshold * people.effect - people.cost - PRICE * (amount - NOW) * people.use


@pytest.mark.parametrize("threshold", [20_000.0, 30_000.0])
def test_the_gain_at_an_amount_is_the_mean_of_the_peoples(threshold, people):
    for row in gain_by_amount(increments(people), [threshold], [1, 15, 43]).itertuples():
        each = gains(people, threshold, row.amount)
        assert row.gain == pytest.approx(each.mean(), rel=1e-9)
        assert row.standard_error == pytest.approx(each.std(ddof=1) / math.sqrt(PATIENTS), rel=1e-9)


@pytest.mark.parametrize("threshold", [20_000.0, 30_000.0])
def test_at_the_break_even_the_peoples_mean_gain_is_nothing(threshold, people):
    (row,) = break_even(increments(people), [threshold]).itertuples()
    assert row.gain_now == pytest.approx(gains(people, threshold, NOW).mean(), rel=1e-9)
    assert gains(people, threshold, row.break_even).mean() == pytest.approx(0.0, abs=1e-8)


@pytest.mark.parametrize("threshold", [25_000.0, 30_000.0])
def test_at_the_limits_the_gain_is_as_far_from_nothing_as_its_interval_reaches(threshold, people):
    (row,) = break_even(increments(people), [threshold]).itertuples()
    assert 0.0 < row.low < row.break_even < row.high
    for amount, sign in ((row.low, 1.0), (row.high, -1.0)):
        each = gains(people, threshold, amount)
        assert each.mean() / (each.std(ddof=1) / math.sqrt(PATIENTS)) == pytest.approx(sign * SURE, rel=1e-6)


def test_a_strategy_without_any_hope_has_no_break_even(people):
    (row,) = break_even(increments(people, effect=-1.0), [30_000.0]).itertuples()
    assert row.gain_now < 0.0
    assert np.isnan([row.break_even, row.low, row.high]).all()


@pytest.mark.parametrize("changes", [{"use": 0.0}, {"price": 0.0}])
def test_what_is_not_used_or_costs_nothing_has_no_break_even(changes, people):
    (row,) = break_even(increments(people, **changes), [30_000.0]).itertuples()
    assert math.isnan(row.break_even)


def test_no_increments_give_an_empty_table_with_all_columns(people):
    none = increments(people).iloc[:0]
    assert list(break_even(none, [1.0])) == list(break_even(increments(people), [1.0]))
    assert break_even(none, [1.0]).empty
    assert gain_by_amount(none, [1.0], [1]).empty


def test_a_missing_column_is_named(people):
    with pytest.raises(InputError, match="use_variance"):
        break_even(increments(people).drop(columns="use_variance"), [30_000.0])
