"""The list of clinical concepts (docs/clinical_concepts.toml): where in the model each of them stands, or why not."""

from pathlib import Path
from typing import Annotated

from pydantic import Field, model_validator

from sim.inputs.document import Document, Fault, Text, parsed, read_toml
from sim.inputs.root import shown

CONCEPTS_FILE = "clinical_concepts.toml"
Names = tuple[Text, ...]


class Concept(Document):
    """One concept and its places, or the reason why it has none.

    Places are names: of parameters (or the start of several), of rules as `sim.package.module.function`, of files
    without ending (treatments, strategies, scenarios, populations, settings), of switches of `[structure]`, of events,
    of attributes of a patient or lesion (`aetiology.transplant` for one of a list), and of outcomes.
    """

    name: Text
    note: Text = ""
    out_of_scope: Text = ""
    parameters: Names = ()
    rules: Names = ()
    treatments: Names = ()
    strategies: Names = ()
    scenarios: Names = ()
    populations: Names = ()
    settings: Names = ()
    switches: Names = ()
    events: Names = ()
    attributes: Names = ()
    outcomes: Names = ()

    @property
    def places(self) -> dict[str, Names]:
        """The names by kind, kinds without a name left out."""
        return {kind: getattr(self, kind) for kind in KINDS if getattr(self, kind)}

    @model_validator(mode="after")
    def _check_has_a_place(self) -> "Concept":
        if bool(self.places) == bool(self.out_of_scope):
            what = "it needs either a place or a sentence why it is out of scope"
            raise Fault("out_of_scope", what, "Write one of the two.")
        return self


KINDS = tuple(name for name in Concept.model_fields if name not in ("name", "note", "out_of_scope"))


class Group(Document):
    """Concepts under one heading."""

    title: Text
    concepts: Annotated[tuple[Concept, ...], Field(min_length=1, alias="concept")]


class ConceptList(Document):
    """All groups, in the order of the page."""

    introduction: Text
    groups: Annotated[tuple[Group, ...], Field(min_length=1, alias="group")]

    @property
    def concepts(self) -> list[Concept]:
        return [concept for group in self.groups for concept in group.concepts]


def load_concepts(root: Path) -> ConceptList:
    """The list in `root`/docs. Raises InputError."""
    path = root / "docs" / CONCEPTS_FILE
    return parsed(ConceptList, read_toml(path, root), shown(path, root))
