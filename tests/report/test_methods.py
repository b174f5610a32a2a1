"""Methods, checklist and licence are written from the scenario and the inputs, and say what is open."""

import re
from dataclasses import replace

import pytest

from sim.inputs.model_inputs import ModelInputs, gather
from sim.inputs.scenario import Structure, load_scenario
from sim.report import facts
from sim.report.cheers import OPEN, Checklist, checklist
from sim.report.cheers_items import of_run
from sim.report.cost_table import cost_tables, perspective_words
from sim.report.findings import Findings
from sim.report.licence import licence_table, statement
from sim.report.methods import methods
from sim.report.terms import AETIOLOGIES, CONTRAINDICATIONS, COSTS, SWITCHES
from sim.valuation.outcomes import CATEGORIES
from sim.vocabulary.care_terms import Contraindication
from sim.vocabulary.enums import Aetiology


def text_of(results) -> dict[str, str]:
    return {passage.heading: " ".join(passage.paragraphs) for passage in methods(Findings(results))}


def checklist_of(results) -> Checklist:
    findings = Findings(results)
    return checklist(findings, of_run(findings))


def with_scenario(results, **changes):
    scenario = results.scenario.model_copy(update=changes)
    return replace(results, scenario=scenario, inputs=replace(results.inputs, scenario=scenario))


def test_the_methods_say_who_where_how_long_and_with_what(four):
    said = text_of(four)
    assert four.inputs.kind.evidence.strip().rstrip(".") in said["People"]
    assert "18 years and older" in said["People"]
    assert "Prices of 2024/25 in GBP" in said["Setting, perspective and prices"]
    assert "GBP 25,000 and GBP 35,000 per QALY" in said["Setting, perspective and prices"]
    assert "3.5 % a year for costs and effects" in said["Start, horizon and discounting"]
    for strategy in four.inputs.strategies.values():
        assert f"{strategy.title}: {strategy.summary}" in said["Strategies"]
    for words in ("400 patients for each of 4 strategies", "seed 7", "batch engine", "bmes-sim 0.1.0"):
        assert words in said["Simulation"]
    assert "Not done yet" in said["Validation"]


def test_what_differs_from_the_base_case_is_named_and_nothing_else(four):
    assert text_of(four)["What differs from the base case"] == (
        "All structural switches stand as in the base case. The scenario sets no parameter by itself."
    )
    structure = Structure(osteonecrosis="early_stage", carry_over=False, age_effect_per_year=0.01)
    changed = with_scenario(four, structure=structure, parameters={"smoking_probability": 0.5}, horizon_years=2.0)
    said = text_of(changed)
    for words in ("early stage of osteonecrosis", "given back", "1 % longer", "smoking_probability = 0.5 probability"):
        assert words in said["What differs from the base case"]
    assert said["What differs from the base case"].count(";") == 2, "three switches"
    assert "Horizon: 2 years" in said["Start, horizon and discounting"]
    assert "may develop from a painful lesion" in said["Model"]


@pytest.mark.parametrize("name", Structure.model_fields)
def test_every_structural_switch_has_words_for_every_value_off_its_default(name):
    field = Structure.model_fields[name]
    if isinstance(field.default, float):
        assert isinstance(SWITCHES[name], str)
        said = facts.switch_words(name, 0.5)
        assert re.search(r"0\.5|50 %", said)
    else:
        literals = getattr(field.annotation, "__args__", (True, False))
        known = SWITCHES[name]
        assert isinstance(known, dict)
        assert set(known) == set(literals) - {field.default}
    assert set(SWITCHES) == set(Structure.model_fields)


def test_costs_moved_from_another_year_are_told_with_their_index():
    inputs = gather(load_scenario("base_case_uk"))
    moved = [inputs.parameters.quantity(name).moved for name in inputs.parameters.names()]
    count = sum(one is not None for one in moved)
    assert count > 0
    ratio = next(one.ratio for one in moved if one is not None)
    words = facts.prices(_only(inputs))
    assert f"{count} costs of other years were moved" in words
    assert f"times {ratio:.4f}".rstrip("0") in words


def _only(inputs: ModelInputs) -> Findings:
    """Findings of a run that has inputs and nothing else."""
    found = Findings.__new__(Findings)
    found.inputs, found.scenario, found.setting = inputs, inputs.scenario, inputs.setting
    found.strategies = list(inputs.strategies)
    return found


@pytest.mark.parametrize("results", ["four", "single", "older", "early"])
def test_the_checklist_has_28_items_each_answered_or_marked_open(results, request):
    found = checklist_of(request.getfixturevalue(results))
    rows = [row for row in found.table.rows if row.cells]
    assert [int(row.heading.split()[0]) for row in rows] == list(range(1, 29))
    for row in rows:
        state, answer = row.cells
        assert answer.text
        assert ("Open: " in answer.text) == (state.text != "answered")
        assert answer.text.startswith("Open: ") == (state.text == OPEN)
        assert state.best == (state.text == OPEN)
    states = [row.cells[0].text for row in rows]
    for state in ("answered", "in part", OPEN):
        assert f"{states.count(state)} {state}" in found.summary


def test_what_no_run_can_know_is_open(four):
    rows = [row for row in checklist_of(four).table.rows if row.cells]
    states = {int(row.heading.split()[0]): row.cells[0].text for row in rows}
    assert [number for number, state in states.items() if state == OPEN] == [4, 19, 21, 25, 27, 28]


def test_heterogeneity_is_answered_only_by_a_run_with_subgroups(four, older):
    def state(results):
        rows = checklist_of(results).table.rows
        return next(row for row in rows if row.heading.startswith("18 ")).cells[0].text

    assert (state(four), state(older)) == ("answered", OPEN)


def test_off_label_use_is_stated_and_what_is_not_established_is_said_so(four, single):
    first, second = statement(Findings(four))
    assert "every use of one against it is off-label" in first
    assert "the United Kingdom" in first
    assert "is not established for Zoledronate" in second
    assert statement(Findings(single)) == [
        "The strategies compared give no treatment beyond supportive care, so no licence is concerned."
    ]
    assert licence_table(Findings(single)) is None


def test_the_licence_is_that_of_the_settings_country(four):
    treatment = four.inputs.treatments["zoledronate"]
    licensed = treatment.model_copy(update={"licence": {"uk": "licensed for other bone diseases", "nl": "elsewhere"}})
    results = replace(four, inputs=replace(four.inputs, treatments={"zoledronate": licensed}))
    (row,) = licence_table(Findings(results)).rows
    assert row.cells[0].text == "licensed for other bone diseases"
    assert row.cells[1].text == "low"
    assert "poor kidney function" in row.cells[4].text
    assert row.cells[5].text == "Zoledronate; Two doses; Zoledronate later"
    assert len(statement(Findings(results))) == 1


def test_members_of_closed_lists_all_have_words():
    assert set(AETIOLOGIES) == set(Aetiology)
    assert set(CONTRAINDICATIONS) == set(Contraindication)
    assert tuple(COSTS) == CATEGORIES


def test_costs_of_the_perspective_come_first_and_add_up_to_the_total_and_others_stand_apart(four):
    (table,) = cost_tables(Findings(four))
    headings = [row.heading for row in table.rows]
    inside = [COSTS[name].capitalize() for name in four.inputs.setting.perspective]
    assert headings[: len(inside) + 2] == [
        *inside,
        "All of the perspective",
        "Outside of the perspective, not in the sum",
    ]
    means = four.outcomes.set_index("strategy")
    apart = {COSTS[name].capitalize() for name in CATEGORIES} - set(inside)
    assert set(headings[len(inside) + 2 :]) == {
        COSTS[name].capitalize()
        for name in CATEGORIES
        if COSTS[name].capitalize() in apart and (means[f"cost_{name}_discounted"] != 0.0).any()
    }
    assert "GBP 2024/25" in table.caption


def test_a_society_counts_all_thirteen_categories_in_its_own_currency(four):
    setting = four.inputs.setting.model_copy(
        update={"name": "nl", "perspective": CATEGORIES, "currency": "EUR", "price_year": "2024"}
    )
    results = replace(four, inputs=replace(four.inputs, setting=setting))
    (table,) = cost_tables(Findings(results))
    assert len(table.rows) == len(CATEGORIES) + 1
    assert "EUR 2024" in table.caption
    words = perspective_words(Findings(results))
    assert words.startswith("Counted beside medical care: travel, informal care")
    assert words.endswith("No category is left out.")
    assert "the Netherlands" in statement(Findings(results))[0]
    assert "EUR" in text_of(results)["Setting, perspective and prices"]


def test_parameters_of_treatments_that_nobody_gets_are_left_out(four, single):
    with_treatment, without = Findings(four).parameter_names(), Findings(single).parameter_names()
    assert any(name.startswith("treatments.zoledronate.") for name in with_treatment)
    assert not any(name.startswith("treatments.") for name in without)
    assert set(with_treatment) - set(without) == {name for name in with_treatment if name.startswith("treatments.")}


def test_costs_taken_from_another_country_are_told_as_such():
    british, dutch = (facts.prices(_only(gather(load_scenario(f"base_case_{name}")))) for name in ("uk", "nl"))
    assert "costs come from another country, converted at purchasing power parity" in dutch
    assert "another country" not in british
