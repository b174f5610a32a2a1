"""Standard errors of deterministic analyses, each calculated anew from the patients of plain runs."""

import math

import pytest
from simulate import changed

from sim.experiments.compare import compare
from sim.experiments.dsa import DsaPlan, dsa
from sim.experiments.run import run
from sim.inputs.scenario import load_scenario

PATIENTS = 260
STRATEGIES = ("supportive", "zoledronate", "core_decompression")
PRICE = "setting.unit_costs.zoledronate_5mg"
HEALING = "treatments.zoledronate.healing.hazard_ratio"
PEAK = "pain_peak_share_of_work_ratio"  # its high end is refused
NO_SWITCHES = {"switches": False, "group_patients": 0}


@pytest.fixture(scope="module")
def scenario(seed):
    return load_scenario("base_case_uk", strategies=STRATEGIES, comparator="supportive", seed=seed, patients=PATIENTS)


@pytest.fixture(scope="module")
def results(scenario):
    ranges = {PEAK: (0.1, 0.9), PRICE: (0.0, 20_000.0)}
    plan = DsaPlan(
        patients=PATIENTS, parameters=(PRICE, HEALING, PEAK), thresholds=(PRICE, HEALING), ranges=ranges, **NO_SWITCHES
    )
    return dsa(scenario, plan, threads=2)


@pytest.fixture(scope="module")
def oneway(results):
    return results.oneway.set_index(["parameter", "end", "strategy"])


@pytest.fixture(scope="module")
def plain(scenario):
    return run(scenario, keep_patients=True)


def by_strategy(people, outcome):
    """An outcome of each patient, a column a strategy."""
    return people.pivot_table(index="patient_id", columns="strategy", values=outcome, observed=True)


def test_the_error_of_a_width_is_that_of_the_paired_ends(results, oneway, scenario):
    low, high = (
        run(changed(scenario, {HEALING: oneway.loc[(HEALING, end, "zoledronate"), "value"]})) for end in ("low", "high")
    )
    differences = compare([low, high]).differences
    row = differences[(differences["measure"] == "net_benefit_gain") & (differences["strategy"] == "zoledronate")]
    bar = results.tornado.query("parameter == @HEALING and strategy == 'zoledronate' and measure == 'net_benefit_gain'")
    low_gain, base_gain, high_gain = (bar[name].item() for name in ("at_low", "base", "at_high"))
    if (low_gain - base_gain) * (high_gain - base_gain) < 0.0:
        assert bar["width_se"].item() == pytest.approx(row["standard_error"].item(), abs=1e-6)


def test_the_error_of_a_bar_that_ends_at_the_base_case_is_that_of_the_change_from_it(results, oneway):
    bars = results.tornado[results.tornado["measure"] == "net_benefit_gain"]
    assert bars.loc[bars["parameter"] == PEAK, "is_open"].all()  # so at least these end at the base case
    for bar in bars.itertuples():
        if not min(bar.at_low, bar.at_high) < bar.base < max(bar.at_low, bar.at_high):
            far = (
                "low" if math.isnan(bar.at_high) or abs(bar.at_low - bar.base) > abs(bar.at_high - bar.base) else "high"
            )
            row = oneway.loc[(bar.parameter, far, bar.strategy)]
            assert bar.width == pytest.approx(abs(row["change"]), abs=1e-6)
            assert bar.width_se == pytest.approx(row["change_se"], abs=1e-9)


def test_levels_and_leads_have_the_errors_of_a_mean_over_patients(results, plain):
    cost, qalys = (by_strategy(plain.patients, f"{outcome}_discounted") for outcome in ("cost", "qalys"))
    worth = results.inputs.setting.thresholds[0] * qalys - cost
    best = worth.mean().idxmax()
    for row in results.base.itertuples():
        lead = worth[best] - worth[row.strategy]
        own = {"cost": cost[row.strategy], "effect": qalys[row.strategy], "lead_of_best": lead}
        for name, values in own.items():
            assert getattr(row, name) == pytest.approx(values.mean(), abs=1e-6)
            assert getattr(row, f"{name}_se") == pytest.approx(values.std(ddof=1) / math.sqrt(PATIENTS), abs=1e-6)
        for name, levels in (("cost", cost), ("effect", qalys)):
            error = (levels[row.strategy] - levels["supportive"]).std(ddof=1) / math.sqrt(PATIENTS)
            assert getattr(row, f"incremental_{name}_se") == pytest.approx(error, abs=1e-6)


def test_a_change_of_decision_has_the_error_of_the_two_strategies_that_it_is_between(seed):
    """Prices beyond all reason, so that ibandronate is best in the base case and zoledronate where it costs nothing."""
    prices = {PRICE: 5e6, "setting.unit_costs.ibandronate_6mg": 1e6}
    prices |= {f"setting.unit_costs.core_decompression_{site}": 1e8 for site in ("hip", "knee")}
    names = ("core_decompression", "ibandronate", "zoledronate")
    scenario = load_scenario("base_case_uk", strategies=names, comparator=names[0], seed=seed, patients=PATIENTS)
    plan = DsaPlan(patients=PATIENTS, parameters=(PRICE,), ranges={PRICE: (0.0, 5e6)}, **NO_SWITCHES)
    found = dsa(changed(scenario, prices), plan, threads=1).oneway.query("end == 'low'")
    assert found["decision_changes"].all()
    assert set(found["best"]) == {"zoledronate"}
    gains_of = []
    for price in (0.0, 5e6):
        people = run(changed(scenario, prices | {PRICE: price}), keep_patients=True).patients
        worth = 25_000.0 * by_strategy(people, "qalys_discounted") - by_strategy(people, "cost_discounted")
        gains_of.append(worth["zoledronate"] - worth["ibandronate"])
    there, base = gains_of
    assert base.mean() < 0.0 < there.mean()
    batches = (there - base).groupby(there.index % 64)  # the number of batches that batches.py says
    spread = (batches.size() * (batches.mean() - (there - base).mean()) ** 2).sum() / 63
    for row in found.itertuples():
        assert row.gain_over_base_case_best == pytest.approx(there.mean(), rel=1e-9)
        error = there.std(ddof=1) / math.sqrt(PATIENTS)
        assert row.gain_over_base_case_best_se == pytest.approx(error, rel=1e-6)
        assert row.gain_over_base_case_best_change == pytest.approx((there - base).mean(), rel=1e-9)
        assert row.gain_over_base_case_best_change_se == pytest.approx(math.sqrt(spread / PATIENTS), rel=1e-6)


def test_the_limits_of_the_gain_of_the_best_are_those_over_all_others_that_may_be_the_strongest(results):
    """The gains over single others are known from the curves of the pairs: best - other = (best - c) - (other - c)."""
    curve = results.threshold_curve
    assert (curve["gain_low"] <= curve["gain"]).all()
    assert (curve["gain_high"] >= curve["gain"]).all()
    pairs = curve[curve["decision"] == "pair"]
    for end, sign in (("low", -1.0), ("high", 1.0)):
        limit = pairs["gain"] + sign * 1.959964 * pairs["gain_se"]
        assert pairs[f"gain_{end}"].to_numpy() == pytest.approx(limit.to_numpy(), abs=1e-3)
    key = ["parameter", "willingness_to_pay", "value"]
    of_pairs = pairs.set_index([*key, "strategy"]).sort_index()
    for row in curve[curve["decision"] == "best"].itertuples():
        place = (row.parameter, row.willingness_to_pay, row.value)
        if row.strategy != "supportive":  # the pair against the comparator is one of its rivals
            assert row.gain_low <= of_pairs.loc[(*place, row.strategy), "gain_low"] + 1e-6
            assert row.gain_high <= of_pairs.loc[(*place, row.strategy), "gain_high"] + 1e-6
        else:  # its rivals are those of the pairs, seen from the other side
            others = of_pairs.loc[place]
            assert row.gain_low == pytest.approx(-others["gain_high"].max(), abs=1e-6)
            assert row.gain_high == pytest.approx(-others["gain_low"].max(), abs=1e-6)
