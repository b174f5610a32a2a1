"""Strategies as data: ordered treatment lines whose rules are a closed list of kinds, checked at load."""

from collections.abc import Mapping
from pathlib import Path
from typing import Annotated, Literal

from pydantic import Field, model_validator

from sim.inputs.document import (
    NO_REPEATS,
    Document,
    Fault,
    NotNegative,
    Text,
    Whole,
    member_of,
    parsed,
    read_toml,
    suggestion,
)
from sim.inputs.root import shown
from sim.inputs.treatments import Name, Sites, Treatment
from sim.vocabulary.care_terms import CLEARING_CONTRAINDICATIONS, OnContraindication, StartRule
from sim.vocabulary.enums import Site
from sim.vocabulary.errors import InputError
from sim.vocabulary.slots import LINES, TREATMENTS_PER_LINE


class Start(Document):
    """When a line starts: at diagnosis, or at a review while the episode is open.

    At a review `from_weeks` is the earliest time since the episode's diagnosis and `pain_at_least` the load pain
    (NRS 0-10) that is needed.
    """

    rule: Annotated[StartRule, member_of(StartRule)]
    from_weeks: NotNegative = 0.0
    pain_at_least: Annotated[NotNegative, Field(le=10)] = 0.0

    @model_validator(mode="after")
    def _check_rule(self) -> "Start":
        if self.rule == StartRule.AT_DIAGNOSIS:
            for key in sorted(self.model_fields_set & {"from_weeks", "pain_at_least"}):
                raise Fault(key, "a start at diagnosis has no condition", "Remove it, or write rule = 'at_review'.")
        return self


class Line(Document):
    """Treatments given together, and when they start and stop."""

    treatments: Annotated[tuple[Text, ...], Field(min_length=1, max_length=TREATMENTS_PER_LINE), NO_REPEATS]
    start: Start
    sites: Sites = tuple(Site)
    maximum_cycles: Annotated[Whole, Field(ge=1)]
    on_contraindication: Annotated[OnContraindication, member_of(OnContraindication)] = OnContraindication.SKIP
    stop: Literal["after_course", "at_resolution"] = "after_course"


class Strategy(Document):
    """What is compared. `mri` says when the first scan is asked for; "at_first_contact" acts before diagnosis."""

    name: Name
    file: str
    title: Text
    summary: Text
    mri: Literal["usual", "at_first_contact"] = "usual"
    lines: tuple[Line, ...] = Field(default=(), max_length=LINES)

    injected = frozenset({"name", "file"})

    @property
    def acts_before_diagnosis(self) -> bool:
        return self.mri == "at_first_contact"

    @model_validator(mode="after")
    def _check_order(self) -> "Strategy":
        """Lines that can never have their turn, or have it twice."""
        for number, line in enumerate(self.lines[1:], start=2):
            before = self.lines[number - 2]
            key = f"lines.{number}"
            if line.start.rule < before.start.rule:
                what = f"it starts at diagnosis, but line {number - 1} before it starts at a review"
                raise Fault(f"{key}.start", what, "Put it first, or give it rule = 'at_review'.")
            if line.start.from_weeks < before.start.from_weeks:
                what = f"it starts from week {line.start.from_weeks:g}, line {number - 1} before it from week "
                raise Fault(f"{key}.start", f"{what}{before.start.from_weeks:g}", "Put the lines in order of weeks.")
            for earlier, other in enumerate(self.lines[: number - 1], start=1):
                same_rule = (line.start, line.sites) == (other.start, other.sites)
                if same_rule and set(line.treatments) == set(other.treatments):
                    what = f"it has the same rule and treatments as line {earlier}"
                    raise Fault(key, what, "Remove one of the two, or change its rule.")
        return self


def load_strategies(root: Path) -> dict[str, Strategy]:
    """All strategies below `root`/parameters/strategies, by name and in the order of names. Raises InputError."""
    strategies = {}
    for path in sorted((root / "parameters" / "strategies").glob("*.toml")):
        where = shown(path, root)
        strategies[path.stem] = parsed(Strategy, read_toml(path, root), where, name=path.stem, file=where)
    return strategies


def check_strategy(strategy: Strategy, treatments: Mapping[str, Treatment]) -> None:
    """Raise InputError when a line names no treatment, can be given nowhere, or waits for ever."""
    for number, line in enumerate(strategy.lines, start=1):
        where = f"{strategy.file}, lines.{number}"
        for name in line.treatments:
            if name not in treatments:
                repair = suggestion(name, treatments)
                raise InputError(f"{where}.treatments", f"there is no treatment {name!r}", repair)
            if not set(treatments[name].sites) & set(line.sites):
                what = f"{name} is given at none of the line's sites"
                raise InputError(f"{where}.sites", what, f"Name a site of {treatments[name].file}.")
        reasons = {reason for name in line.treatments for reason in treatments[name].contraindications}
        clears = any(reason & CLEARING_CONTRAINDICATIONS for reason in reasons)
        if line.on_contraindication == OnContraindication.WAIT and reasons and not clears:
            listed = ", ".join(reason.name.lower() for reason in sorted(reasons))
            what = f"it waits for a contraindication that never clears ({listed})"
            raise InputError(f"{where}.on_contraindication", what, "Write on_contraindication = 'skip'.")
