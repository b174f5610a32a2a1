"""docs/model.md keeps the checklist's order and speaks of switches, events and parameters that exist, all of them."""

import re

import pytest

from sim.inputs.parameters import load_parameters
from sim.inputs.scenario import Structure
from sim.vocabulary.events import Event
from sim.vocabulary.units import unit_promised_by

# Monks et al. 2019, Strengthening the Reporting of Empirical Simulation Studies, discrete event simulation.
STRESS_DES = """
1 Objectives / 1.1 Purpose / 1.2 Outputs / 1.3 Aims of experimentation
2 Logic / 2.1 Overview / 2.2 Base logic / 2.3 Scenario logic / 2.4 Algorithms / 2.5 Components
2.5.1 Entities / 2.5.2 Activities / 2.5.3 Resources / 2.5.4 Queues / 2.5.5 Entry and exit
3 Data / 3.1 Sources / 3.2 Pre-processing / 3.3 Input parameters / 3.4 Assumptions
4 Experimentation / 4.1 Initialisation / 4.2 Run length / 4.3 Estimation
5 Implementation / 5.1 Software / 5.2 Random sampling / 5.3 Execution / 5.4 System
6 Code access / 6.1 Sharing
"""


@pytest.fixture(scope="module")
def page(repository):
    return (repository / "docs" / "model.md").read_text("utf-8")


def rows_below(page, heading):
    """Cells of the first table below a heading, its own two head lines left out."""
    lines = page.partition(f" {heading}\n")[2].splitlines()
    first = next(number for number, line in enumerate(lines) if line.startswith("|"))
    table = []
    for line in lines[first:]:
        if not line.startswith("|"):
            break
        table.append([cell.strip() for cell in line.strip("|").split("|")])
    return table[2:]


def as_written(value):
    """A default as the table writes it."""
    if isinstance(value, bool):
        return str(value).lower()
    return f'"{value}"' if isinstance(value, str) else str(value)


def test_every_item_of_the_checklist_has_its_heading_in_order(page):
    wanted = [item.strip() for line in STRESS_DES.strip().splitlines() for item in line.split("/")]
    headings = re.findall(r"^#{2,4} (.+)$", page, re.MULTILINE)
    assert [heading for heading in headings if heading in wanted] == wanted


def test_the_table_of_switches_has_all_of_them_with_their_default_first(page):
    table = {row[0].strip("`"): row[1] for row in rows_below(page, "2.3 Scenario logic")}
    defaults = {name: field.default for name, field in Structure.model_fields.items()}
    assert {name: re.split(r",| \(", values)[0] for name, values in table.items()} == {
        name: as_written(default) for name, default in defaults.items()
    }


def test_every_allowed_value_of_a_switch_is_named(page):
    table = {row[0].strip("`"): row[1] for row in rows_below(page, "2.3 Scenario logic")}
    for name, definition in Structure.model_json_schema()["properties"].items():
        for value in definition.get("enum", ()):
            assert f'"{value}"' in table[name]


def test_every_module_that_a_switch_acts_in_exists(page, repository):
    for row in rows_below(page, "2.3 Scenario logic"):
        assert (repository / "sim" / row[3].strip("`")).is_file()


def test_every_event_has_its_place_in_the_order(page):
    rows = rows_below(page, "2.4.2 Events in the order in which simultaneous ones are handled")
    named = {name for row in rows for name in re.findall(r"`(\w+)`", row[1])}
    assert named == {event.name.lower() for event in Event} - {"none"}


def test_every_parameter_that_the_page_names_exists(page, repository):
    names = {name for name in re.findall(r"`([a-z0-9_.]+)`", page) if unit_promised_by(name) is not None}
    known = [name for setting in ("uk", "nl") for name in load_parameters(repository, setting).names()]
    switches = set(Structure.model_fields)
    columns = {"time_years", "horizon_years"}
    assert len(names - switches - columns) > 5
    text = " ".join(f".{name}." for name in known)
    assert not [name for name in sorted(names - switches - columns) if f".{name}." not in text]
