"""The page docs/clinical_concepts.md: each clinical concept and its place in the model, with links."""

import ast
from collections.abc import Callable, Iterable
from functools import partial
from pathlib import Path

from sim.inputs.document import suggestion
from sim.inputs.scenario import Structure
from sim.inputs.sources import load_sources
from sim.report.concepts import CONCEPTS_FILE, Concept, load_concepts
from sim.report.evidence_files import read_folder
from sim.report.markdown import link, page, plain, table
from sim.valuation.outcomes import OUTCOME_NAMES
from sim.vocabulary import enums
from sim.vocabulary.errors import InputError
from sim.vocabulary.events import Event
from sim.vocabulary.records import LESION, PATIENT

FOLDERS = {
    "treatments": "parameters/treatments",
    "strategies": "parameters/strategies",
    "populations": "parameters/populations",
    "settings": "parameters/settings",
    "scenarios": "scenarios",
}
ONE_PLACE = {  # kinds whose members are all explained in one table
    "switches": "model.md#23-scenario-logic",
    "events": "glossary.md#events",
    "attributes": "glossary.md#people",
    "outcomes": "glossary.md#outcomes",
}
CODED = {  # attributes whose members may be named, as in aetiology.transplant
    "aetiology": enums.Aetiology,
    "site": enums.Site,
    "bone": enums.Bone,
    "bone_density": enums.BoneDensity,
    "destination": enums.Destination,
}
Target = Callable[[str], str]


def concepts_page(root: Path) -> str:
    """The page as Markdown. Raises InputError for a place that does not exist."""
    concepts = load_concepts(root)
    targets = _targets(root)
    parts = []
    for group in concepts.groups:
        rows = [(plain(concept.name), _place(concept, targets), plain(concept.note)) for concept in group.concepts]
        parts += [f"## {group.title}", table(("Concept", "Place", "Remark"), rows)]
    return page("# Clinical concepts and their place in the model", concepts.introduction, *parts)


def _place(concept: Concept, targets: dict[str, Target]) -> str:
    if concept.out_of_scope:
        return f"**Out of scope:** {plain(concept.out_of_scope)}"
    where = f"docs/{CONCEPTS_FILE}, {concept.name}"
    told = []
    for kind, names in concept.places.items():
        try:
            found = {name.removeprefix("sim."): targets[kind](name) for name in names}
        except InputError as error:
            raise InputError(f"{where}, {kind}", error.what, error.repair) from None
        if kind in ONE_PLACE:
            told.append(f"[{kind}]({ONE_PLACE[kind]}): {', '.join(f'`{name}`' for name in found)}")
        else:
            told.append(f"{kind}: {', '.join(link(name, target) for name, target in found.items())}")
    return "; ".join(told)


def _targets(root: Path) -> dict[str, Target]:
    """For each kind of place the function from a name to the target of its link; it raises InputError."""
    attributes = {name for record in (PATIENT, LESION) for name in record.names or ()}
    attributes |= {f"{field}.{member.name.lower()}" for field, members in CODED.items() for member in members}
    listed = {
        "switches": set(Structure.model_fields),
        "events": {event.name.lower() for event in Event},
        "attributes": attributes,
        "outcomes": set(OUTCOME_NAMES),
    }
    return {
        "parameters": partial(_parameter, _parameter_files(root)),
        "rules": partial(_rule, root),
        **{kind: partial(_file, root, folder) for kind, folder in FOLDERS.items()},
        **{kind: partial(_listed, ONE_PLACE[kind], known) for kind, known in listed.items()},
    }


def _listed(target: str, known: Iterable[str], name: str) -> str:
    if name not in known:
        raise InputError("", f"{name!r} does not exist", suggestion(name, known))
    return target


def _file(root: Path, folder: str, name: str) -> str:
    return _listed(f"../{folder}/{name}.toml", [path.stem for path in (root / folder).glob("*.toml")], name)


def _parameter_files(root: Path) -> dict[str, str]:
    """The file of each parameter, by full name; of a setting's the one of the United Kingdom where both have it."""
    sources = load_sources(root)
    files: dict[str, str] = {}
    for folder in ("settings", "treatments", "."):
        for file in read_folder(root, folder, sources):
            before = {"settings": "setting.", "treatments": f"treatments.{file.name}."}.get(folder, "")
            below = "" if folder == "." else f"{folder}/"
            files |= {f"{before}{name}": f"../parameters/{below}{file.path.name}" for name in file.quantities}
    return files


def _parameter(files: dict[str, str], name: str) -> str:
    """The file of a parameter, or of the group of them whose names start with `name`."""
    found = [file for full, file in files.items() if full == name or full.startswith(f"{name}.")]
    return found[0] if found else _listed("", files, name)


def _rule(root: Path, name: str) -> str:
    """The module of a rule, a function or class at its top level."""
    module, _, rule = name.rpartition(".")
    path = root / f"{module.replace('.', '/')}.py"
    if not path.is_file():
        raise InputError("", f"there is no module {module!r}", "Write sim.package.module.function.")
    body = ast.parse(path.read_text("utf-8")).body
    rules = [node.name for node in body if isinstance(node, ast.FunctionDef | ast.ClassDef)]
    return _listed(f"../{module.replace('.', '/')}.py", rules, rule)
