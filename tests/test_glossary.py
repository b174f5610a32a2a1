"""A term that is not in docs/glossary.md does not enter the code; a source that the docs cite is a known one."""

import enum
import re
import tomllib

import pytest

from sim.valuation.curves import CURVE
from sim.valuation.outcomes import CATEGORIES, OUTCOME_NAMES
from sim.vocabulary import care_terms, enums, events
from sim.vocabulary.records import HISTORY

CLOSED_LISTS = [
    member
    for module in (enums, care_terms, events)
    for member in vars(module).values()
    if isinstance(member, type) and issubclass(member, enum.IntEnum)
]


@pytest.fixture(scope="module")
def terms(repository):
    """Everything in code marks on the page."""
    return set(re.findall(r"`([^`]+)`", (repository / "docs" / "glossary.md").read_text("utf-8")))


@pytest.mark.parametrize(
    "closed_list", [kind for kind in CLOSED_LISTS if kind is not enum.IntEnum], ids=lambda kind: kind.__name__
)
def test_every_member_of_a_closed_list_is_explained(closed_list, terms):
    assert not [member.name for member in closed_list if member.name.lower() not in terms]


def test_every_column_of_the_history_is_explained(terms):
    assert not set(HISTORY.names) - terms


def test_every_outcome_is_explained(terms):
    by_category = {f"cost_{category}" for category in CATEGORIES}
    names = {name.removesuffix("_discounted") for name in OUTCOME_NAMES} - by_category - {"cost"}
    assert not (names | set(CATEGORIES)) - terms


def test_every_curve_is_explained(terms):
    assert not {name.removesuffix("_squared") for name in CURVE.names} - terms


def test_every_source_that_the_docs_cite_is_known(repository):
    """Docs cite evidence as [@key]."""
    sources = tomllib.loads((repository / "parameters" / "sources.toml").read_text("utf-8"))
    pages = [repository / "README.md", *(repository / "docs").rglob("*.md")]
    cited = {key for page in pages for key in re.findall(r"\[@(\w+)\]", page.read_text("utf-8"))}
    assert cited
    assert not cited - set(sources)
