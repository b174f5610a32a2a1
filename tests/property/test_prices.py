"""Price years and tender prices, on small inputs: amounts against hand figures, and one clear line for a mistake."""

import pytest
from small_inputs import replace_in, write_inputs

from sim.inputs.listing import show_parameter
from sim.inputs.parameters import load_parameters
from sim.inputs.sources import load_sources
from sim.vocabulary.errors import InputError

UK = "parameters/settings/uk.toml"
MRI = "setting.unit_costs.mri"
INDICES = """
[price_index."2022/23"]
value = 119.05
unit = "ratio"
distribution = "fixed"
source = "author2019"
where = "the year before"
status = "published"
[price_index."2024/25"]
value = 129.91
unit = "ratio"
distribution = "fixed"
source = "index2025"
where = "the year of the setting"
status = "published"
"""
TENDER = """
[tender_prices.infusion]
value = 25.6
unit = "GBP"
distribution = "gamma"
standard_error = 10.0
status = "assumption"
reason = "A tenth of the list price."
"""


@pytest.fixture
def folder(tmp_path):
    """Small inputs with a price index of two years and a scan whose price is 120 (108-150) in 2022/23."""
    write_inputs(tmp_path)
    replace_in(
        tmp_path,
        UK,
        'value = 191.0\nunit = "GBP"\ndistribution = "gamma"\nstandard_error = 19.1',
        'value = 120.0\nunit = "GBP"\nprice_year = "2022/23"\ndistribution = "gamma"\nstandard_error = 12.0\n'
        "low = 108.0\nhigh = 150.0",
    )
    add(tmp_path, INDICES)
    sources = tmp_path / "parameters" / "sources.toml"
    sources.write_text(f'{sources.read_text()}\n[index2025]\nauthors = "Statistics"\ntitle = "Prices"\n')
    return tmp_path


def add(folder, text):
    path = folder / UK
    path.write_text(f"{path.read_text()}{text}", encoding="utf-8")


def message_of(folder, **options):
    """The message of the InputError in which loading ends: one line with its repair."""
    with pytest.raises(InputError) as caught:
        load_parameters(folder, "uk", **options)
    assert "\n" not in str(caught.value)
    assert caught.value.repair
    return str(caught.value)


# Price years


def test_a_cost_of_another_year_is_moved_by_the_index_with_its_spread_and_range(folder):
    """By hand: 129.91 / 119.05 = 1.0912222; 120 -> 130.94666, 12 -> 13.094666, 108 -> 117.85199, 150 -> 163.68333."""
    quantity = load_parameters(folder, "uk").quantity(MRI)
    amounts = (quantity.value, quantity.standard_error, quantity.low, quantity.high)
    assert amounts == pytest.approx((130.94666, 13.094666, 117.85199, 163.68333), rel=1e-7)
    assert quantity.source == ("author2019", "index2025")


def test_the_spread_of_a_lognormal_cost_has_no_price_year(folder):
    """A factor moves the median; the standard deviation of the logarithm stays."""
    replace_in(folder, UK, 'distribution = "gamma"\nstandard_error = 12.0', 'distribution = "lognormal"\nsigma = 0.2')
    quantity = load_parameters(folder, "uk").quantity(MRI)
    assert quantity.value == pytest.approx(130.94666, rel=1e-7)
    assert quantity.sigma == 0.2


def test_a_cost_without_another_year_stays_as_printed(folder):
    replace_in(folder, UK, 'price_year = "2022/23"', 'price_year = "2024/25"')
    parameters = load_parameters(folder, "uk")
    assert parameters.value(MRI) == 120.0
    assert parameters.value("setting.unit_costs.infusion") == 256.0
    assert all("as printed" not in dict(show_parameter(parameters, load_sources(folder), name)) for name in costs())


def costs():
    return (MRI, "setting.unit_costs.infusion")


def test_what_is_shown_holds_the_printed_and_the_moved_cost(folder):
    parameters, sources = load_parameters(folder, "uk"), load_sources(folder)
    shown = dict(show_parameter(parameters, sources, MRI))
    assert shown["value"] == "130.947 GBP"
    assert shown["as printed"] == "120 GBP in prices of 2022/23, moved to 2024/25 by 129.91 / 119.05 = 1.0912."
    laid_over = dict(show_parameter(parameters.with_values({MRI: 200.0}), sources, MRI))
    assert laid_over["value"] == "200 GBP"
    assert "as printed" not in laid_over


def test_an_index_does_its_work_at_loading_and_is_no_parameter(folder):
    """Laid over afterwards it would move nothing, so it is refused."""
    parameters = load_parameters(folder, "uk")
    assert not [name for name in parameters.names() if "price_index" in name]
    with pytest.raises(InputError, match=r"setting\.price_index\.2022/23: there is no parameter of this name"):
        parameters.with_values({"setting.price_index.2022/23": 100.0})


@pytest.mark.parametrize(
    ("old", "new", "parts"),
    [
        ('"2022/23"\ndis', '"2021/22"\ndis', ["unit_costs.mri.price_year", "no price index of 2021/22", "2022/23"]),
        ('[price_index."2024/25"]', '[price_index."2025/26"]', ["uk.toml, price_year", "no price index of 2024/25"]),
        ("value = 119.05", "value = 0.0", ["price_index.2022/23", "0 ratio is no price index", "above 0"]),
        ('value = 119.05\nunit = "ratio"', 'value = 119.05\nunit = "count"', ["price_index.2022/23", "unit = 'ratio'"]),
        ("value = 119.05", "value = [119.05, 120.0]", ["price_index.2022/23", "one number"]),
        ('unit = "ratio"', 'unit = "ratio"\nprice_year = "2019"', [".price_year", "ratio has no price year"]),
        ('price_year = "2022/23"', "price_year = 2022", [".price_year", "Write a text in quotes"]),
    ],
)
def test_a_mistake_about_price_years_is_one_line_with_its_place(folder, old, new, parts):
    replace_in(folder, UK, old, new)
    message = message_of(folder)
    for part in parts:
        assert part in message, message


# Tender prices


def test_a_tender_price_takes_the_place_of_the_list_price_only_when_asked_for(folder):
    add(folder, TENDER)
    name = "setting.unit_costs.infusion"
    listed, tendered = (load_parameters(folder, "uk", prices=prices) for prices in ("list", "tender"))
    assert (listed.value(name), tendered.value(name)) == (256.0, 25.6)
    assert tendered.quantity(name).status == "assumption"
    assert tendered.quantity(name).note == "A tender price; the list price is 256 GBP."
    assert listed.value(MRI) == tendered.value(MRI)
    assert listed.names() == tendered.names()
    assert not [other for other in listed.names() if "tender" in other]


def test_a_tender_price_of_another_year_is_moved_too(folder):
    """By hand: 25.6 x 129.91 / 119.05 = 27.935288."""
    add(folder, TENDER.replace('unit = "GBP"', 'unit = "GBP"\nprice_year = "2022/23"'))
    assert load_parameters(folder, "uk", prices="tender").value("setting.unit_costs.infusion") == pytest.approx(
        27.935288
    )


@pytest.mark.parametrize("prices", ["list", "tender"])
@pytest.mark.parametrize(
    ("old", "new", "parts"),
    [
        ("infusion", "infusions", ["tender_prices.infusions", "no unit cost 'infusions'", "Did you mean 'infusion'?"]),
        ('"GBP"', '"EUR"', ["tender_prices.infusion.unit", "unit = 'GBP'"]),
        ("value = 25.6", "value = -1.0", ["tender_prices.infusion", "negative cost"]),
    ],
)
def test_a_mistake_in_a_tender_price_shows_whether_it_is_used_or_not(folder, prices, old, new, parts):
    add(folder, TENDER.replace(old, new))
    message = message_of(folder, prices=prices)
    for part in parts:
        assert part in message, message


def test_tender_prices_that_a_setting_lacks_are_not_silently_list_prices(folder):
    message = message_of(folder, prices="tender")
    assert "structure.prices: parameters/settings/uk.toml has no tender prices. Write prices = 'list'" in message
    assert "Did you mean 'tender'?" in message_of(folder, prices="tenders")
