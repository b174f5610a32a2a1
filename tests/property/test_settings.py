"""The shipped settings: whose money, complete for both countries, moved and scaled as they say they are."""

import tomllib
from functools import cache

import pytest

from sim.inputs.age_tables import load_life_table, load_unrelated_medical_costs, load_utility_norms
from sim.inputs.parameters import load_parameters
from sim.inputs.root import data_root
from sim.inputs.setting import COST_CATEGORIES, load_setting
from sim.inputs.sources import load_sources
from sim.inputs.treatments import load_treatments
from sim.vocabulary.care_terms import CostCategory
from sim.vocabulary.enums import Sex
from sim.vocabulary.errors import InputError

SETTINGS = ("uk", "nl")
PARITY = 1.17471 / 1.04734  # EUR per GBP of the same purchasing power, 2022 (Eurostat)
UNIT_COSTS = "setting.unit_costs."
# Dutch amounts that are sums of their own, and cite the parity for one part only
COMPOSED = ("thromboembolism", "jaw_osteonecrosis")


@cache
def parameters_of(setting, prices="list"):
    return load_parameters(data_root(), setting, prices=prices)


def unit_costs_of(parameters):
    return {name.removeprefix(UNIT_COSTS) for name in parameters.names() if name.startswith(UNIT_COSTS)}


def written(setting):
    """The setting's file as it stands, before anything is moved."""
    path = data_root() / "parameters" / "settings" / f"{setting}.toml"
    return tomllib.loads(path.read_text(encoding="utf-8"))


def test_both_settings_price_the_same_things_and_all_that_treatments_use():
    priced = {setting: unit_costs_of(parameters_of(setting)) for setting in SETTINGS}
    assert priced["uk"] == priced["nl"]
    used = {name for treatment in load_treatments(data_root()).values() for name in treatment.unit_costs()}
    assert used <= priced["uk"]


@pytest.mark.parametrize("setting", SETTINGS)
def test_every_cost_is_in_the_money_of_its_setting(setting):
    currency = load_setting(data_root(), setting).currency
    for prices in ("list", "tender"):
        parameters = parameters_of(setting, prices)
        assert {parameters.quantity(UNIT_COSTS + name).unit for name in unit_costs_of(parameters)} == {currency}


def test_the_perspectives_are_the_health_service_and_society():
    """By the guidelines: seven categories in the United Kingdom, all thirteen in the Netherlands."""
    assert load_setting(data_root(), "uk").perspective == COST_CATEGORIES[: CostCategory.COMPLICATION + 1]
    assert load_setting(data_root(), "nl").perspective == COST_CATEGORIES
    assert len(COST_CATEGORIES) == 13


def test_discount_rates_and_thresholds_are_those_of_the_guidelines():
    """British manual: 3.5 % both, 25-35 thousand, formerly 20-30; Dutch guideline: 3 % and 1.5 %, 20, 50, 80."""
    expected = {"uk": (0.035, 0.035, (25_000, 35_000), (20_000, 30_000)), "nl": (0.03, 0.015, (20e3, 50e3, 80e3), ())}
    for name, (costs, effects, thresholds, former) in expected.items():
        parameters, setting = parameters_of(name), load_setting(data_root(), name)
        assert parameters.value("setting.discount_rate_costs_per_year") == costs
        assert parameters.value("setting.discount_rate_effects_per_year") == effects
        assert (setting.thresholds, setting.former_thresholds) == (thresholds, former)
    assert "setting.friction_period_weeks" not in parameters_of("uk")
    assert parameters_of("nl").value("setting.friction_period_weeks") == 16.4


# Price years, against the amounts that the evidence states for the setting's year


@pytest.mark.parametrize(
    ("name", "printed", "in_2024", "digits"),
    [
        ("mri", 264, 288, 0),
        ("radiograph", 82.17, 90, 0),
        ("bone_scan", 266, 290, 0),
        ("first_consultation", 120, 131, 0),
        ("general_practice_consultation", 30.87, 34, 0),
        ("physiotherapy_contact", 38.89, 42, 0),
        ("iloprost_day", 335, 366, 0),
        ("iv_bisphosphonate_administration", 171, 187, 0),
        ("emergency_visit", 258, 282, 0),
        ("informal_care_hour", 18.8, 20.5, 1),
        ("unpaid_work_hour", 18.8, 20.5, 1),
        ("paid_hour", 39.88, 43.5, 1),
        ("travel_visit", 7.61, 8.3, 1),  # 2 x 7.1 km x 0.26 + 3.92 = 7.612; in 2024 2 x 7.1 x 0.284 + 4.28
    ],
)
def test_dutch_reference_prices_of_2022_come_to_the_stated_ones_of_2024(name, printed, in_2024, digits):
    """Hand figures of the evidence notes: 2022 prices times 1.0912, rounded as there."""
    assert written("nl")["unit_costs"][name]["value"] == printed
    assert round(parameters_of("nl").value(UNIT_COSTS + name), digits) == in_2024


def test_british_consultations_of_2023_24_are_moved_by_the_index_of_the_health_service():
    """By hand: 232.07 x 1.0402 = 241.399, 192.28 x 1.0402 = 200.010."""
    parameters = parameters_of("uk")
    assert parameters.value(f"{UNIT_COSTS}first_consultation") == pytest.approx(241.399, abs=5e-4)
    assert parameters.value(f"{UNIT_COSTS}follow_up_consultation") == pytest.approx(200.010, abs=5e-4)


@pytest.mark.parametrize("setting", SETTINGS)
def test_every_year_of_a_price_index_moves_something(setting):
    document = written(setting)
    years = {cost["price_year"] for cost in document["unit_costs"].values() if "price_year" in cost}
    assert years | {document["price_year"]} == document["price_index"].keys()


@pytest.mark.parametrize("group", ["unit_costs", "tender_prices"])
def test_what_the_dutch_setting_takes_from_britain_is_the_british_amount_at_purchasing_power_parity(group):
    """Eurostat parities of 2022; amounts are written in cents."""
    british, dutch = written("uk")[group], written("nl")[group]
    taken = {name for name, one in dutch.items() if "eurostatppp" in one.get("source", ()) and name not in COMPOSED}
    assert len(taken) >= {"unit_costs": 15, "tender_prices": 1}[group]
    for name in taken:
        assert dutch[name]["status"] == "assumption"
        assert "purchasing power parity" in dutch[name]["reason"], name
        assert "price_year" not in dutch[name] | british[name]
        assert dutch[name]["value"] == pytest.approx(british[name]["value"] * PARITY, abs=0.006), name


def test_what_has_no_british_figure_outside_health_care_is_nothing_and_says_so():
    for name in ("informal_care_hour", "unpaid_work_hour", "travel_visit", "out_of_pocket_aids"):
        quantity = parameters_of("uk").quantity(UNIT_COSTS + name)
        assert (quantity.value, quantity.status) == (0.0, "assumption")
        assert parameters_of("nl").value(UNIT_COSTS + name) > 0.0


@pytest.mark.parametrize("setting", SETTINGS)
def test_tender_prices_are_lower_and_change_nothing_else(setting):
    listed, tendered = parameters_of(setting), parameters_of(setting, "tender")
    changed = {name for name in listed.names() if listed.quantity(name) != tendered.quantity(name)}
    assert changed == {UNIT_COSTS + name for name in written(setting)["tender_prices"]}
    assert f"{UNIT_COSTS}zoledronate_5mg" in changed
    for name in changed:
        assert 0.0 < tendered.value(name) < listed.value(name)


# Tables


def life_expectancy(qx, age):
    """Years still lived from a birthday: half a year in the year of death, as in official tables."""
    alive, years = 1.0, 0.0
    for q in qx[age:]:
        years += alive * (1.0 - 0.5 * q)
        alive *= 1.0 - q
    return years


@pytest.mark.parametrize(
    ("sex", "age", "official_2023"),
    [(Sex.MALE, 0, 80.31), (Sex.FEMALE, 0, 83.33), (Sex.MALE, 61, 22.52), (Sex.MALE, 81, 7.89)],
)
def test_dutch_life_expectancy_is_that_of_the_statistical_office_and_a_year_of_progress(sex, age, official_2023):
    """Statistics Netherlands for 2023; the table is the actuaries' forecast for 2024.

    The forecast's own 2023 lies 0.35 (men) and 0.02 years (women) above the official figure at birth, and life
    expectancy at birth gained 0.1 to 0.35 years a year in it: between 0 and 0.7 years more are expected, and a quarter
    of a year either way at high ages.
    """
    qx = load_life_table(data_root(), "nl_2024", load_sources(data_root()))[sex]
    gain = life_expectancy(qx, age) - official_2023
    assert (0.0 if age == 0 else -0.25) < gain < (0.7 if age == 0 else 0.5)


def test_dutch_probabilities_of_death_are_those_of_the_forecast_for_2024():
    """Spot values as printed in the evidence, men and women."""
    qx = load_life_table(data_root(), "nl_2024", load_sources(data_root()))
    men = {40: 0.000817, 50: 0.002217, 60: 0.006591, 70: 0.017199, 80: 0.052731, 90: 0.178911}
    women = {40: 0.000654, 50: 0.0019, 60: 0.004694, 70: 0.011723, 80: 0.036712, 90: 0.146876}
    for sex, spots in ((Sex.MALE, men), (Sex.FEMALE, women)):
        assert {age: qx[sex, age] for age in spots} == spots


def test_dutch_norms_are_constant_within_the_printed_bands():
    """Szende, Janssen and Cabases 2014, Netherlands, time trade-off."""
    norms = load_utility_norms(data_root(), "nl_szende2014", load_sources(data_root()))
    bands = ((18, 24), (25, 34), (35, 44), (45, 54), (55, 64), (65, 74), (75, 120))
    men = (0.976, 0.945, 0.953, 0.902, 0.913, 0.878, 0.910)
    women = (0.925, 0.907, 0.917, 0.877, 0.866, 0.894, 0.787)
    for sex, means in ((Sex.MALE, men), (Sex.FEMALE, women)):
        for (first, last), mean in zip(bands, means, strict=True):
            assert set(norms[sex, first : last + 1]) == {mean}


def test_unrelated_medical_costs_go_through_the_printed_ages_in_straight_lines():
    """PAID: men 2,856, 3,553, 4,752, 6,701, 11,537 and women 3,298, 3,837, 4,648, 6,492, 13,269 at 40, 50, ..., 80."""
    root = data_root()
    costs = load_unrelated_medical_costs(root, "nl_paid", "EUR", load_sources(root))
    assert list(costs[Sex.MALE, 40:81:10]) == [2856, 3553, 4752, 6701, 11537]
    assert list(costs[Sex.FEMALE, 40:81:10]) == [3298, 3837, 4648, 6492, 13269]
    assert costs[Sex.MALE, 55] == pytest.approx((3553 + 4752) / 2)
    assert costs[Sex.FEMALE, 78] == pytest.approx(0.2 * 6492 + 0.8 * 13269)
    assert set(costs[Sex.MALE, :40]) == {2856.0}
    assert set(costs[Sex.FEMALE, 80:]) == {13269.0}


def test_a_table_of_costs_in_another_currency_is_refused(tmp_path):
    root, name = tmp_path, "parameters/unrelated_medical_costs/nl_paid.csv"
    (root / name).parent.mkdir(parents=True)
    (root / name).write_bytes((data_root() / name).read_bytes())
    with pytest.raises(InputError, match=r"Write the heading age,gbp_per_year,sex"):
        load_unrelated_medical_costs(root, "nl_paid", "GBP", load_sources(data_root()))
    text = (data_root() / name).read_text(encoding="utf-8")
    (root / name).write_text(text.replace("100,male,11537.0", "100,male,-1"), encoding="utf-8")
    with pytest.raises(InputError, match="eur_per_year = -1 is not a finite number of 0 or more"):
        load_unrelated_medical_costs(root, "nl_paid", "EUR", load_sources(data_root()))
