"""Sums over blocks against pandas and numpy on every single patient."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays
from small_runs import STRATEGIES, small_run

from sim.experiments.accumulate import BINS_PER_MONTH, TIMED, Sums, sums_of
from sim.experiments.moments import merged, moments_of, no_moments
from sim.valuation.courses import BlockValue
from sim.valuation.curves import FLOW_MONTHS, empty_curves
from sim.valuation.outcomes import MAY_BE_MISSING, OUTCOME, OUTCOME_NAMES
from sim.vocabulary.records import PATIENT
from sim.vocabulary.slots import ADVERSE_EVENTS_PER_TREATMENT, TREATMENTS

PAIRED = [name for name in OUTCOME_NAMES if name not in MAY_BE_MISSING]


@pytest.fixture(scope="module")
def results(seed):
    return small_run(seed, patients=700, block_size=128)


@pytest.fixture(scope="module")
def patients(results):
    """Outcomes of every patient: one frame a strategy, patients in the same order."""
    return {name: rows.reset_index(drop=True) for name, rows in results.patients.groupby("strategy", sort=False)}


def of(results, strategy):
    return results.outcomes.set_index("strategy").loc[strategy]


@pytest.mark.parametrize("strategy", STRATEGIES)
def test_means_and_standard_errors_are_those_of_the_patients(strategy, results, patients):
    row, everyone = of(results, strategy), patients[strategy]
    for name in OUTCOME_NAMES:
        assert row[name] == pytest.approx(everyone[name].mean(), rel=1e-12, abs=1e-12, nan_ok=True)
        error = everyone[name].std(ddof=1) / np.sqrt(everyone[name].count())
        assert row[f"{name}_se"] == pytest.approx(error, rel=1e-9, abs=1e-12, nan_ok=True)
    assert [row[f"{name}_n"] for name in MAY_BE_MISSING] == [everyone[name].count() for name in MAY_BE_MISSING]


@pytest.mark.parametrize("strategy", STRATEGIES)
def test_medians_are_right_to_half_a_bin(strategy, results, patients):
    for name in TIMED:
        median = patients[strategy][name].median()
        expected = pytest.approx(median, abs=0.5 / BINS_PER_MONTH + 1e-9, nan_ok=True)
        assert of(results, strategy)[f"{name}_median"] == expected


def test_increments_are_paired_within_patients(results, patients):
    increments = results.increments.set_index(["strategy", "comparator", "outcome"])
    assert len(increments) == len(STRATEGIES) * (len(STRATEGIES) - 1) * len(PAIRED)
    for (strategy, comparator, outcome), row in increments.iterrows():
        difference = patients[strategy][outcome] - patients[comparator][outcome]
        assert row["mean"] == pytest.approx(difference.mean(), rel=1e-9, abs=1e-9)
        error = difference.std(ddof=1) / np.sqrt(len(difference))
        assert row.standard_error == pytest.approx(error, rel=1e-9, abs=1e-12)


def test_covariances_are_those_of_the_means_of_paired_differences(results, patients):
    for _, row in results.covariance.iterrows():
        difference = patients[row.strategy][PAIRED] - patients[row.comparator][PAIRED]
        covariance = np.cov(difference.cost_discounted, difference.qalys_discounted)[0, 1] / len(difference)
        assert row.covariance == pytest.approx(covariance, rel=1e-9, abs=1e-15)


def test_net_benefit_is_that_of_the_patients(results, patients):
    for _, row in results.net_benefit.iterrows():

        def benefit(strategy, threshold=row.willingness_to_pay):
            return threshold * patients[strategy].qalys_discounted - patients[strategy].cost_discounted

        own, gain = benefit(row.strategy), benefit(row.strategy) - benefit("supportive")
        root = np.sqrt(len(own))
        assert row.net_monetary_benefit == pytest.approx(own.mean(), rel=1e-9)
        assert row.standard_error == pytest.approx(own.std(ddof=1) / root, rel=1e-9)
        assert row.incremental_vs_comparator == pytest.approx(gain.mean(), rel=1e-9, abs=1e-6)
        assert row.incremental_standard_error == pytest.approx(gain.std(ddof=1) / root, rel=1e-6, abs=1e-6)


def test_shares_of_states_add_up_to_one(results):
    sums = results.occupancy.groupby(["strategy", "months_since_entry"])["share"].sum()
    assert sums.to_numpy() == pytest.approx(1.0)


def test_adverse_events_add_up_to_the_outcome_of_that_name(results):
    events = results.adverse_events.groupby("strategy").events.sum().reindex(STRATEGIES, fill_value=0)
    assert list(events) == [round(of(results, name)["adverse_events"] * 700) for name in STRATEGIES]


VALUES = st.floats(-1e5, 1e5) | st.sampled_from([0.0, 1.0, 1e9])


@given(st.data(), st.integers(1, 3), st.integers(1, 12), st.integers(0, 12))
def test_moments_of_parts_merge_to_the_moments_of_the_whole(data, strategies, first, second):
    """Reference: numpy on all patients at once. The third outcome may be missing."""
    courses = data.draw(arrays(float, (strategies, first + second, 3), elements=VALUES))
    missing = data.draw(arrays(bool, (strategies, first + second)))
    courses[:, :, 2] = np.where(missing, np.nan, courses[:, :, 2])
    result = no_moments(strategies, 3)
    for part in (courses[:, :first], courses[:, first:]):
        result = merged(result, moments_of(np.ascontiguousarray(part), 0, 1), 0, 1)
    scale = max(1.0, np.nanmax(np.abs(courses)))
    assert (result.counts == np.sum(~np.isnan(courses), axis=1)).all()
    known = courses[:, :, :2]
    means = known.mean(axis=1)
    assert result.means[:, :2] == pytest.approx(means, abs=1e-12 * scale)
    squares = ((known - means[:, None]) ** 2).sum(axis=1)
    assert result.squares[:, :2] == pytest.approx(squares, rel=1e-9, abs=1e-12 * scale**2)
    for a in range(strategies):
        for b in range(strategies):
            difference = known[a] - known[b] if a != b else known[a]
            deviation = difference - difference.mean(axis=0)
            assert result.products[a, b] == pytest.approx(
                (deviation[:, 0] * deviation[:, 1]).sum(), rel=1e-9, abs=1e-12 * scale**2
            )
            if a != b:
                assert result.pair_squares[a, b, :2] == pytest.approx(
                    (deviation**2).sum(axis=0), rel=1e-9, abs=1e-12 * scale**2
                )


def test_equal_courses_differ_by_exactly_nothing():
    """Large equal numbers with a large spread of their own, of which a plain sum of squares would leave some."""
    values = np.sin(np.arange(3000.0)).reshape(1000, 3) * 1e6 + 1e9
    moments = moments_of(np.stack([values, values]), 0, 1)
    assert (moments.pair_squares[0, 1] == 0.0).all()
    assert moments.products[0, 1] == 0.0


def value_of(months):
    outcomes = np.zeros(len(months), OUTCOME)
    for name in TIMED:
        outcomes[name] = months
    events = np.zeros((TREATMENTS, ADVERSE_EVENTS_PER_TREATMENT), np.int64)
    states = np.zeros((len(months), len(FLOW_MONTHS)), np.int8)
    return BlockValue(outcomes, empty_curves(), events, states)


@pytest.mark.parametrize(
    ("months", "median"),
    [
        ([np.nan, np.nan], np.nan),
        ([3.0], 3.0),
        ([3.0, 9.0], 6.0),
        ([1.0, 2.0, 50.0, np.nan], 2.0),
        ([1.0, 1.0, 9999.0], 1.0),  # most lie within the bins
        ([1.0, 9999.0, 9999.0], np.nan),  # the median lies beyond them
    ],
)
def test_medians_of_few_values(months, median):
    sums = Sums(1)
    people = np.zeros(len(months), PATIENT)
    sums.add(sums_of([value_of(np.array(months))], people, comparator=0, events=1, attempts=1))
    assert sums.median(0, TIMED[0]) == pytest.approx(median, abs=0.5 / BINS_PER_MONTH + 1e-9, nan_ok=True)
