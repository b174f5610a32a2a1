"""Packages import one way only, and each library stays in its room (docs/model.md, section 5)."""

import ast
from pathlib import Path

import pytest
from imports import Import, all_imports

ORDER = (
    "vocabulary",
    "inputs",
    "disease",
    "engines",
    "valuation",
    "analysis",
    "experiments",
    "calibration",
    "report",
    "app",
    "cli",
)
NAMES_OF_PACKAGES_WITH_RULES = "sim.compiled.PACKAGES_WITH_RULES"  # a list of names, for whoever compares programs
PUBLIC_FACE = {"compiled"}  # beside the packages; imported by `sim` itself only
RULES_MAY_IMPORT = ("llvmlite", "math", "numba", "numpy", "sim.disease", "sim.vocabulary")
WITHOUT_BEHAVIOUR = ("__future__", "collections.abc", "typing")  # annotations only
CHANCE_BESIDE_LUCK = ("sim.inputs.designs", "sim.analysis")  # parameters, and resampling of draws
ROOM_OF_LIBRARY = {
    "simpy": ("engines",),
    "plotly": ("report", "app"),
    "xlsxwriter": ("report",),
    "sklearn": ("analysis",),
    "dask": ("experiments",),
    "distributed": ("experiments",),
    "duckdb": ("experiments",),
    "SALib": ("analysis", "experiments"),
}


def below(name: str, prefix: str) -> bool:
    return name == prefix or name.startswith(f"{prefix}.")


def package_of(name: str) -> str | None:
    """The part of `sim` that a dotted name lies in; None outside of it and for the public face `sim` itself."""
    parts = name.split(".")
    return parts[1] if parts[0] == "sim" and len(parts) > 1 and parts[1] in ORDER else None


def against_the_order(found: Import) -> bool:
    """A package may import itself and what stands to its left in ORDER; the public face may import everything."""
    importer = package_of(found.importer)
    if importer is None or not below(found.imported, "sim"):
        return False
    if found.imported == NAMES_OF_PACKAGES_WITH_RULES:
        return False
    imported = package_of(found.imported)
    return imported is None or ORDER.index(imported) > ORDER.index(importer)


def not_for_rules(found: Import) -> bool:
    allowed = (*RULES_MAY_IMPORT, *WITHOUT_BEHAVIOUR)
    return below(found.importer, "sim.disease") and not any(below(found.imported, name) for name in allowed)


def outside_its_room(found: Import) -> bool:
    library = found.imported.split(".")[0]
    return library in ROOM_OF_LIBRARY and package_of(found.importer) not in ROOM_OF_LIBRARY[library]


def reaches_the_engines(found: Import) -> bool:
    return package_of(found.importer) in ("valuation", "analysis") and below(found.imported, "sim.engines")


def not_for_analysis(found: Import) -> bool:
    """`analysis` serves anybody's tables: of this project it knows itself and the errors only."""
    allowed = ("sim.analysis", "sim.vocabulary.errors")
    return (
        below(found.importer, "sim.analysis")
        and below(found.imported, "sim")
        and not any(below(found.imported, name) for name in allowed)
    )


def foreign_chance(found: Import) -> bool:
    """What happens to a patient comes from sim/disease/luck.py; draws of parameters, and resampling, elsewhere."""
    if any(below(found.importer, place) for place in CHANCE_BESIDE_LUCK):
        return False
    return any(below(found.imported, name) for name in ("random", "secrets", "numpy.random"))


RULES = {
    "packages_import_only_to_their_left": against_the_order,
    "rules_import_numpy_numba_math_and_the_vocabulary_only": not_for_rules,
    "libraries_stay_in_their_rooms": outside_its_room,
    "valuation_and_analysis_never_import_the_engines": reaches_the_engines,
    "analysis_reads_tables_only": not_for_analysis,
    "nobody_imports_another_random_number_generator": foreign_chance,
}


@pytest.mark.parametrize("rule", RULES.values(), ids=RULES.keys())
def test_import_statements_keep_the_rule(rule, repository):
    offenders = [str(found) for found in all_imports(repository / "sim") if rule(found)]
    assert not offenders, "\n".join(offenders)


def test_every_package_of_sim_has_a_place_in_the_order(repository):
    entries = [path for path in (repository / "sim").iterdir() if path.is_dir() or path.suffix == ".py"]
    names = {path.stem for path in entries if not path.stem.startswith("_")}
    assert names <= {*ORDER, *PUBLIC_FACE}


def test_numpy_random_is_never_reached_as_an_attribute(repository):
    offenders = [
        f"{path}:{node.lineno}"
        for path in sorted((repository / "sim").rglob("*.py"))
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
        if isinstance(node, ast.Attribute)
        and node.attr == "random"
        and isinstance(node.value, ast.Name)
        and node.value.id in ("np", "numpy")
    ]
    assert not offenders


# The rules themselves must be able to fail: one offending line for each of them.
OFFENCES = {
    "packages_import_only_to_their_left": ("inputs/bad.py", "from sim.engines import batch"),
    "rules_import_numpy_numba_math_and_the_vocabulary_only": ("disease/bad.py", "import pandas"),
    "libraries_stay_in_their_rooms": ("disease/bad.py", "def f():\n    import simpy"),
    "valuation_and_analysis_never_import_the_engines": ("valuation/bad.py", "from ..engines.batch import run"),
    "analysis_reads_tables_only": ("analysis/bad.py", "from sim.vocabulary import enums"),
    "nobody_imports_another_random_number_generator": ("engines/bad.py", "from numpy import random"),
}


@pytest.mark.parametrize("name", RULES)
def test_the_rule_notices_an_offence(name: str, tmp_path: Path):
    file, text = OFFENCES[name]
    path = tmp_path / "sim" / file
    path.parent.mkdir(parents=True)
    path.write_text(text, encoding="utf-8")
    assert any(RULES[name](found) for found in all_imports(tmp_path / "sim"))
