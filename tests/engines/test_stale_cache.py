"""An edited rule is never run in its old form, although the compiler's own cache would do just that.

The compiler caches each function by the stamp of its own file. `begin` (course.py) ends in `find_leader` (pain.py); the
edit below changes only pain.py, so the cached machine code of `begin` is out of date and nothing in course.py says so.
"""

import ast
import os
import subprocess
import sys
from pathlib import Path
from shutil import copytree, ignore_patterns

import pytest
from small_inputs import replace_in

from sim.compiled import PACKAGES_WITH_RULES, sources_digest

EDITED_FILE = "sim/disease/pain.py"
OLD_LINE = "leader, value, slope = code, line_value, line_slope"
NEW_LINE = "leader, value, slope = code, 0.5 * line_value, line_slope"
LEADING_PAIN = 5.0
COMPILING = {"njit", "rule", "door", "generic"}  # decorators

# Pain that `begin` writes for someone with two lesions of pain 3 and 5: by the upper envelope 5, after the edit 2.5.
PAIN_AT_ENTRY = """
import numpy as np
import sim
{before}
from sim.disease.course import begin
from sim.vocabulary.enums import LesionState
from sim.vocabulary.records import HISTORY, PATIENT
from sim.vocabulary.tables import TABLES
patients, tables, history = np.zeros(1, PATIENT), np.zeros(1, TABLES), np.zeros(1, HISTORY)
p = patients[0]
p["alive"], p["dirty"], p["history_end"], p["lesions_begun"] = 1, 1, 1, 2
p["slot_years"], p["group_years"], p["follow_up_ends_years"] = np.inf, np.inf, 1.0
p["lesions"]["state"][:2], p["lesions"]["line_pain"][:2] = LesionState.ACTIVE, (3.0, 5.0)
begin(patients, 0, 0, tables, history, history, 0, 0)
print(history[0]["pain_after"])
"""
# Whether both engines write the same rows of 40 people, and how many of these have several lesions.
ENGINES_AGREE = """
from simulate import same_rows, simulated
from sim.engines.simpy_engine import SimpyEngine
batch, simpy = (simulated(seed={seed}, patients=40, engine=engine) for engine in (None, SimpyEngine()))
print(all(map(same_rows, batch.block.histories, simpy.block.histories)))
print((batch.block.patients["further_lesions"] > 0).sum())
"""
ONE_CACHE_FOR_ALL_SOURCES = "import numba; numba.config.CACHE_DIR = {folder!r}"


class Copy:
    """A copy of the program and its data in a folder of its own."""

    def __init__(self, repository: Path, folder: Path) -> None:
        self.folder = folder
        for name in ("sim", "parameters", "scenarios"):
            copytree(repository / name, folder / name, ignore=ignore_patterns("__pycache__"))
        (folder / "simulate.py").write_bytes((repository / "tests" / "simulate.py").read_bytes())

    def edit(self) -> None:
        replace_in(self.folder, EDITED_FILE, OLD_LINE, NEW_LINE)

    def run(self, script: str, cache: Path) -> list[str]:
        """Lines printed by `script` in a fresh interpreter that runs the copy, with `cache` as the base of caches."""
        environment = os.environ | {"PYTHONPATH": str(self.folder), "BMES_CACHE_DIR": str(cache)}
        command = [sys.executable, "-c", script]
        done = subprocess.run(command, cwd=self.folder, env=environment, capture_output=True, text=True, check=False)
        assert done.returncode == 0, done.stderr
        return done.stdout.split()

    def pain_at_entry(self, cache: Path, before: str = "") -> float:
        return float(self.run(PAIN_AT_ENTRY.format(before=before), cache)[0])


@pytest.mark.slow
def test_an_edited_rule_runs_in_its_new_form_in_both_engines(repository, tmp_path, seed):
    """By hand: the envelope of 3 and 5 is 5; halved by the edit it is 2.5, in the old cache as in an empty one.

    Then both engines run the edited rules: SimPy calls `begin` as it lies in the cache, the batch loop compiles it
    anew into its own, so a stale `begin` would show as a difference between them.
    """
    copy, cache = Copy(repository, tmp_path / "copy"), tmp_path / "cache"
    assert copy.pain_at_entry(cache) == LEADING_PAIN
    copy.edit()
    assert copy.pain_at_entry(cache) == LEADING_PAIN / 2
    assert copy.pain_at_entry(tmp_path / "empty") == LEADING_PAIN / 2
    agree, with_several_lesions = copy.run(ENGINES_AGREE.format(seed=seed), cache)
    assert agree == "True"
    assert int(with_several_lesions) > 0


@pytest.mark.slow
def test_the_compilers_own_cache_would_run_the_old_rule(repository, tmp_path):
    """The trap itself: with one folder for all states of the sources the edit goes unseen. Were this test ever to fail,
    the compiler would have learned to follow calls, and the key of the cache folder could go.
    """
    copy, cache = Copy(repository, tmp_path / "copy"), tmp_path / "cache"
    before = ONE_CACHE_FOR_ALL_SOURCES.format(folder=str(tmp_path / "one"))
    assert copy.pain_at_entry(cache, before) == LEADING_PAIN
    copy.edit()
    assert copy.pain_at_entry(cache, before) == LEADING_PAIN


@pytest.mark.parametrize("package", PACKAGES_WITH_RULES)
def test_an_edit_of_any_file_with_rules_makes_another_cache_folder(package, repository, tmp_path):
    """The folder's key is a digest of these files; every single one must count."""
    sources = tmp_path / "sim"
    copytree(repository / "sim", sources, ignore=ignore_patterns("__pycache__"))
    before = sources_digest(sources)
    assert before == sources_digest(repository / "sim"), "the key must not depend on where the program lies"
    for path in sorted((sources / package).glob("*.py")):
        text = path.read_text(encoding="utf-8")
        path.write_text(text + "\n", encoding="utf-8")
        assert sources_digest(sources) != before, path.name
        path.write_text(text, encoding="utf-8")
    assert sources_digest(sources) == before


def names_from_other_files(path: Path) -> set[str]:
    """Names that the bodies of the compiled functions of a file take from other files of the program."""
    tree = ast.parse(path.read_text(encoding="utf-8"))
    imports = [node for node in ast.walk(tree) if isinstance(node, ast.ImportFrom) and node.module.startswith("sim.")]
    imported = {alias.asname or alias.name for node in imports for alias in node.names}
    used = set()
    for function in ast.walk(tree):
        if isinstance(function, ast.FunctionDef):
            decorators = {ast.unparse(decorator).partition("(")[0] for decorator in function.decorator_list}
            if decorators & COMPILING:
                used |= {node.id for line in function.body for node in ast.walk(line) if isinstance(node, ast.Name)}
    return used & imported


def test_outside_the_packages_of_the_key_compiled_functions_need_no_other_file(repository):
    """There an edit is seen by the compiler only in the function's own file, so it may call and read nothing beyond."""
    sources = repository / "sim"
    covered = [sources / package for package in PACKAGES_WITH_RULES]
    assert names_from_other_files(sources / "disease" / "care.py"), "this test must see what rules call"
    for path in sources.rglob("*.py"):
        if path.parent not in covered:
            assert not names_from_other_files(path), path.relative_to(sources)
