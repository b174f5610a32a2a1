"""From the rows of a sweep to its points: sums, errors, money, who is best, and what is missing or refused."""

import numpy as np
import pandas as pd
import pytest
from toy_sweep import STRATEGIES, factors, toy_money, toy_points, toy_rows, toy_sweep

from sim.experiments.sweep_frames import Money, sweep_points
from sim.experiments.sweep_sensitivity import COST, GAIN, QALYS, measures, sweep_sensitivity
from sim.experiments.sweep_summary import measure_summary, winners
from sim.inputs.factors import Factor
from sim.vocabulary.errors import RunError

NAMES = ("supportive", "zoledronate", "iloprost")
GBP, EUR = "GBP, prices of 2024/25", "EUR, prices of 2024"


def random_rows(seed: int, points: int, draws: int) -> pd.DataFrame:
    random = np.random.default_rng(seed)
    rows = pd.DataFrame(
        [(p, d, s) for p in range(points) for d in range(max(draws, 1)) for s in NAMES],
        columns=["point", "psa_draw", "strategy"],
    )
    base = (rows["strategy"] == NAMES[0]).to_numpy()
    for name, scale in (("inc_cost", 500.0), ("inc_qalys", 0.1), ("inc_cost_se", 20.0), ("inc_qalys_se", 0.01)):
        rows[name] = np.where(base, 0.0, random.normal(size=len(rows)) * scale)
    rows["cost_discounted"], rows["qalys_discounted"] = 3000.0 + rows["inc_cost"], 14.0 + rows["inc_qalys"]
    rows["inc_covariance"] = 0.3 * rows["inc_cost_se"] * rows["inc_qalys_se"]
    rows["pain_years"] = random.uniform(size=len(rows))
    rows["refused"] = None
    return rows


def points_of(pieces, count, draws=0, money=None, design=None, varied=None):
    design = pd.DataFrame({"x0": np.arange(float(count))}) if design is None else design
    return sweep_points(
        pieces,
        design,
        varied or factors(1, 0.0, float(count)),
        NAMES,
        NAMES[0],
        toy_money(count) if money is None else money,
        draws,
        ["cost_discounted", "pain_years"],
    )


def test_the_order_and_the_pieces_of_the_rows_do_not_matter(seed):
    rows = random_rows(seed, 20, 0)
    whole = points_of([rows], 20)
    shuffled = rows.sample(frac=1.0, random_state=seed)
    pieces = points_of([shuffled.iloc[:7], shuffled.iloc[7:8], shuffled.iloc[8:]], 20)
    np.testing.assert_array_equal(whole.steps, pieces.steps)
    np.testing.assert_array_equal(whole.errors, pieces.errors)
    np.testing.assert_array_equal(whole.outcomes["pain_years"], pieces.outcomes["pain_years"])


def test_a_gain_is_qalys_at_their_worth_less_cost_and_its_error_that_of_the_difference(seed):
    rows = random_rows(seed, 5, 0)
    points = points_of([rows], 5)
    one = rows[rows["strategy"] == "iloprost"]
    np.testing.assert_allclose(points.gain("iloprost"), 20_000.0 * one["inc_qalys"] - one["inc_cost"])
    variance = 20_000.0**2 * one["inc_qalys_se"] ** 2 + one["inc_cost_se"] ** 2 - 40_000.0 * one["inc_covariance"]
    np.testing.assert_allclose(points.gain_error("iloprost"), np.sqrt(variance))


def test_with_draws_a_point_is_their_mean_with_the_error_of_the_mean(seed):
    rows = random_rows(seed, 4, 30)
    points = points_of([rows], 4, draws=30)
    gains = (20_000.0 * rows["inc_qalys"] - rows["inc_cost"])[rows["strategy"] == "zoledronate"].to_numpy()
    gains = gains.reshape(4, 30)
    np.testing.assert_allclose(points.gain("zoledronate"), gains.mean(axis=1))
    np.testing.assert_allclose(points.gain_error("zoledronate"), gains.std(axis=1, ddof=1) / np.sqrt(30.0))


def test_the_best_strategy_is_that_of_the_highest_net_benefit_the_comparator_included(seed):
    rows = random_rows(seed, 200, 0)
    points = points_of([rows], 200)
    worth = (20_000.0 * rows["inc_qalys"] - rows["inc_cost"]).to_numpy().reshape(200, 3)
    np.testing.assert_array_equal(points.best(), worth.argmax(axis=1))
    frame = winners(points)
    assert frame["points"].tolist() == np.bincount(worth.argmax(axis=1), minlength=3).tolist()
    assert frame["share"].sum() == pytest.approx(1.0)


def test_a_point_without_all_its_rows_is_named(seed):
    rows = random_rows(seed, 6, 0)
    with pytest.raises(RunError, match="lacks results of point 4"):
        points_of([rows[rows["point"] != 4]], 6)


def test_refused_points_have_their_reason_and_no_numbers(seed):
    sweep = toy_sweep(factors(2), seed, kind="latin_hypercube", samples=60)
    points = toy_points(sweep, lambda x: x[:, 0], refused=(3, 9))
    assert points.refused.to_dict("records") == [{"point": 3, "reason": "a reason"}, {"point": 9, "reason": "a reason"}]
    assert np.flatnonzero(~points.accepted).tolist() == [3, 9]
    assert points.best()[3] == -1
    assert np.isnan(points.gain("zoledronate")[[3, 9]]).all()
    assert measure_summary(points)["points"].unique().tolist() == [58]


def test_chance_is_bounded_by_the_errors_and_sure_gains_are_counted(seed):
    """Gains of -1 and 1 with an error of 1/2 are sure by two errors; a tenth of the points have none and are not."""
    gains = np.array([1.0, -1.0] * 45 + [0.0] * 10)
    design = pd.DataFrame({"x0": np.arange(100.0)})
    rows = toy_rows(gains, error=0.5)
    points = sweep_points([rows], design, factors(1), STRATEGIES, STRATEGIES[0], toy_money(100))
    row = measure_summary(points).set_index("measure").loc[GAIN]
    assert (row["above"], row["below"]) == (0.45, 0.45)
    assert row["chance_share"] == pytest.approx(0.25 / 0.9)
    assert (row["lowest"], row["highest"], row["mean"]) == (-1.0, 1.0, 0.0)


def test_cost_and_qalys_are_counted_by_their_own_errors(seed):
    rows = random_rows(seed, 300, 0)
    frame = measure_summary(points_of([rows], 300)).set_index(["strategy", "measure"])
    one = rows[rows["strategy"] == "iloprost"]
    for measure, name in ((COST, "inc_cost"), (QALYS, "inc_qalys")):
        row = frame.loc[("iloprost", measure)]
        value, error = one[name], one[f"{name}_se"].abs()
        assert row["above"] == pytest.approx(np.mean(value > 1.96 * error), abs=1e-4)
        assert row["below"] == pytest.approx(np.mean(value < -1.96 * error), abs=1e-4)
        assert row["chance_share"] == pytest.approx(np.mean(error**2) / np.var(value))
    assert frame.loc[("iloprost", "incremental_pain_years"), ["above", "below", "chance_share"]].isna().all()


def test_few_draws_are_sure_by_students_law(seed):
    """Under no difference at all 5 % of points are sure, half of them above: of 4,000, 100 with a deviation of 9.9."""
    rows = random_rows(seed, 4000, 2)
    row = (
        measure_summary(points_of([rows], 4000, draws=2)).set_index(["strategy", "measure"]).loc[("zoledronate", COST)]
    )
    assert row["above"] * 4000 == pytest.approx(100, abs=40)
    assert row["below"] * 4000 == pytest.approx(100, abs=40)
    alone = measure_summary(points_of([random_rows(seed, 9, 1)], 9, draws=1))
    assert alone[["above", "below"]].isna().all(axis=None), "one draw has no error"


def test_increments_that_are_rounding_are_exactly_zero(seed):
    rows = random_rows(seed, 30, 0)
    noise = np.random.default_rng(seed).normal(size=len(rows)) * 4e-15
    true = rows["inc_qalys"].to_numpy().copy()
    rows["inc_qalys"] = np.where(rows["strategy"] == "iloprost", noise, true)
    points = points_of([rows], 30)
    assert (points.steps[:, 2, 1] == 0.0).all()
    np.testing.assert_array_equal(points.steps[:, 1, 1], true.reshape(30, 3)[:, 1])
    frame = measure_summary(points).set_index(["strategy", "measure"])
    assert frame.loc[("iloprost", QALYS), ["above", "below", "lowest", "highest"]].tolist() == [0.0] * 4


def two_countries(seed):
    """A grid of a number and a country, whose amounts are in the country's money."""
    design = pd.DataFrame([(x, where) for where in ("uk", "nl") for x in range(12)], columns=["x0", "where"])
    varied = (Factor("x0", "parameter", "x0", levels=tuple(range(12)), parameter="x0"),
              Factor("where", "setting", "setting", levels=("uk", "nl")))  # fmt: skip
    words = np.array([GBP] * 12 + [EUR] * 12)
    money = Money(words, np.array([[25_000.0, 35_000.0]] * 12 + [[20_000.0, 50_000.0]] * 12))
    sweep = toy_sweep(varied, seed, kind="grid")
    return sweep, points_of([random_rows(seed, 24, 0)], 24, money=money, design=design, varied=varied)


def test_amounts_of_different_currencies_are_never_put_together(seed):
    sweep, points = two_countries(seed)
    labels, outputs = measures(points)
    assert GAIN not in set(labels["measure"])
    assert len(outputs.columns) == len(labels)
    found = sweep_sensitivity(points, sweep.design, seed).frame
    for words, worths in ((GBP, {25_000.0, 35_000.0}), (EUR, {20_000.0, 50_000.0})):
        gains = found[(found["measure"] == GAIN) & (found["money"] == words)]
        assert set(gains["willingness_to_pay"]) == worths
        assert set(gains["factor"]) == {"x0"}, "within a currency the country does not vary"
    assert set(found.loc[found["measure"] == QALYS, "factor"]) == {"x0", "where"}
    summary = measure_summary(points)
    assert summary.loc[summary["measure"] == QALYS, "points"].unique().tolist() == [24]
    assert summary.loc[summary["measure"] == GAIN, "points"].unique().tolist() == [12]


def test_each_point_is_judged_at_the_thresholds_of_its_own_setting(seed):
    _, points = two_countries(seed)
    cost, qalys = points.steps[..., 0], points.steps[..., 1]
    worth = np.repeat([35_000.0, 50_000.0], 12)[:, None]
    np.testing.assert_array_equal(points.best(1), (worth * qalys - cost).argmax(axis=1))


def test_an_outcome_that_some_points_do_not_have_is_left_out(seed):
    rows = random_rows(seed, 6, 0)
    rows.loc[rows["point"] == 2, "pain_years"] = np.nan
    labels, outputs = measures(points_of([rows], 6))
    assert "incremental_pain_years" not in set(labels["measure"])
    assert np.isfinite(outputs.to_numpy()).all()
