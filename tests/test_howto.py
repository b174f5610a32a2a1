"""The how-to page is followed word for word: its files are written, its commands run, its promises checked."""

import os
import re
import subprocess
import sys
from pathlib import Path
from shutil import copytree, ignore_patterns

import pandas as pd
import pytest

import sim

pytestmark = pytest.mark.slow

PAGE = "docs/howto/add-a-treatment.md"
NOT_COPIED = (".git", ".venv", "outputs", ".*_cache", ".hypothesis", "__pycache__", "build", "dist")
BLOCK = re.compile(r"(?P<lead>[^\n]*)\n\n```(?P<language>\w+)\n(?P<text>.*?)```", re.DOTALL)
FILE = re.compile(r"(Write|Append to) `([^`]+)`:$")
MISTAKE = re.compile(r"Had the file said `(\w+) = ([^`]+)`, it would be:$")


class Reader:
    """Somebody who works through the page in a copy of the clone; `outputs` is what each command printed."""

    def __init__(self, repository: Path, folder: Path) -> None:
        self.folder = copytree(repository, folder / "clone", ignore=ignore_patterns(*NOT_COPIED))
        self.written: list[Path] = []
        self.appended: dict[Path, str] = {}
        self.outputs: dict[str, str] = {}

    def run(self, command: str) -> tuple[int, str]:
        """Exit code and all that was printed by a command of the page, run by the environment's Python."""
        program, *words = command.split()
        assert program == "bmes"
        environment = {name: value for name, value in os.environ.items() if not name.startswith("PYTHON")}
        done = subprocess.run(
            [sys.executable, "-m", "sim.cli", *words],
            cwd=self.folder, env=environment | {"COLUMNS": "200"}, capture_output=True, text=True, check=False,
        )  # fmt: skip
        return done.returncode, " ".join((done.stdout + done.stderr).split())

    def follow(self, page: str) -> None:
        """Write, run and compare, in the order of the page."""
        printed = ""
        for block in BLOCK.finditer(page):
            file, mistake = FILE.search(block["lead"]), MISTAKE.search(block["lead"])
            if file:
                self.write(file[1] == "Append to", self.folder / file[2], block["text"])
            elif block["language"] == "console":
                for command in block["text"].splitlines():
                    code, printed = self.run(command)
                    assert code == 0, f"{command}\n{printed}"
                    self.outputs[command] = printed
            else:
                assert block["language"] == "text", block["lead"]
                shown = self.stumble(mistake[1], mistake[2]) if mistake else printed
                for line in block["text"].splitlines():
                    assert " ".join(line.split()) in shown, shown

    def write(self, append: bool, path: Path, text: str) -> None:
        assert path.exists() == append, f"{path} should {'' if append else 'not '}be there"
        if append:
            self.appended[path] = text
            text = path.read_text("utf-8") + text
        else:
            self.written.append(path)
        path.write_text(text, encoding="utf-8")

    def stumble(self, key: str, value: str) -> str:
        """What the check says when one key of the first file written is something else; the file is mended again."""
        path = self.written[0]
        right = path.read_text("utf-8")
        wrong = re.sub(rf"(?m)^{key} = .*$", f"{key} = {value}", right)
        assert wrong != right
        path.write_text(wrong, encoding="utf-8")
        code, printed = self.run("bmes parameters check")
        path.write_text(right, encoding="utf-8")
        assert code == 2
        return printed

    def throw_away(self) -> None:
        """As the page says at its end."""
        for path in self.written:
            path.unlink()
        for path, text in self.appended.items():
            path.write_text(path.read_text("utf-8").removesuffix(text), encoding="utf-8")


@pytest.fixture(scope="module")
def page(repository):
    return (repository / PAGE).read_text("utf-8")


@pytest.fixture(scope="module")
def reader(repository, page, tmp_path_factory):
    """The reader at the end of the page."""
    reader = Reader(repository, tmp_path_factory.mktemp("howto"))
    reader.follow(page)
    return reader


@pytest.fixture(scope="module")
def answer(reader):
    """The run folder of the reader's question."""
    (folder,) = (reader.folder / "outputs" / "bone_tonic").iterdir()
    return folder


def test_the_page_holds_every_step(page, reader):
    """So that a block that the pattern overlooks cannot hide: all fences are met, and every command of the page is."""
    assert page.count("```") == 2 * len(BLOCK.findall(page))
    assert [path.name for path in reader.written] == ["bone_tonic.toml"] * 3
    assert [path.name for path in reader.appended] == ["uk.toml", "nl.toml"]
    assert [command.split()[1] for command in reader.outputs] == ["parameters", "parameters", "run", "trace"]


def test_the_made_up_treatment_gains_what_was_written_into_it(answer):
    """A factor above 1 and a multiplier below 1 gain QALYs; the drug costs ten pounds a week for six weeks at most."""
    outcomes = pd.read_parquet(answer / "outcomes.parquet").set_index("strategy")
    assert outcomes.loc["bone_tonic", "qalys"] > outcomes.loc["supportive", "qalys"]
    assert outcomes.loc["bone_tonic", "pain_years"] < outcomes.loc["supportive", "pain_years"]
    added = outcomes.loc["bone_tonic", "cost_drug"] - outcomes.loc["supportive", "cost_drug"]
    courses = 1.0 + outcomes.loc["supportive", "lesions"]  # at least one for each lesion
    assert 0.0 < added < 60.0 * courses


def test_the_report_shows_the_harm_and_every_parameter_as_the_assumption_it_is(answer):
    report = (answer / "report.html").read_text("utf-8").replace("<wbr>", "")
    assert "hiccups" in report.lower()
    assert "treatments.bone_tonic.healing.hazard_ratio" in report
    assert "Made up: one drinker in four." in report


def test_no_number_of_another_strategy_changes(answer):
    """Supportive care beside bone tonic is supportive care without it, digit for digit."""
    alone = sim.run(sim.load_scenario("base_case_uk", strategies=["supportive"], patients=2000)).outcomes
    alone = alone.reset_index().set_index("strategy").loc["supportive"]
    beside = pd.read_parquet(answer / "outcomes.parquet").set_index("strategy").loc["supportive"]
    shared = [name for name in alone.index if name in beside.index and not name.startswith("index")]
    assert len(shared) > 20
    pd.testing.assert_series_equal(alone[shared], beside[shared], check_exact=True, check_names=False)


def test_it_goes_without_a_trace(repository, reader, answer):
    reader.throw_away()
    for path in reader.appended:
        assert path.read_bytes() == (repository / path.relative_to(reader.folder)).read_bytes()
    code, printed = reader.run("bmes parameters check")
    assert code == 0, printed
