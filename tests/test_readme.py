"""What the README tells a reader to type works."""

import re
import subprocess
import sys
from pathlib import Path

import pytest


@pytest.fixture(scope="module")
def readme(repository):
    return (repository / "README.md").read_text("utf-8")


def block(text: str, language: str) -> str:
    """The only code block of that language."""
    (found,) = re.findall(rf"```{language}\n(.*?)```", text, re.DOTALL)
    return found


def test_the_example_scenario_runs_from_python(readme, tmp_path, monkeypatch, capsys):
    monkeypatch.chdir(tmp_path)
    Path("my_question.toml").write_text(block(readme, "toml"), encoding="utf-8")
    exec(compile(block(readme, "python"), "README.md", "exec"), {})  # noqa: S102 the reader's own code
    assert "zoledronate" in capsys.readouterr().out


def test_every_command_in_the_readme_exists(readme):
    commands = set(re.findall(r"^bmes (\w+)", readme, re.MULTILINE))
    assert commands >= {"run", "parameters", "trace"}
    for command in commands:
        bmes = Path(sys.executable).with_name("bmes")
        done = subprocess.run([bmes, command, "--help"], capture_output=True, text=True, check=False)
        assert done.returncode == 0, done.stderr


def test_every_make_target_in_the_docs_exists(repository):
    targets = set(re.findall(r"^([a-z]+):", (repository / "Makefile").read_text("utf-8"), re.MULTILINE))
    pages = [repository / "README.md", *(repository / "docs").rglob("*.md")]
    named = {target for page in pages for target in re.findall(r"(?:`|^)make ([a-z]+)", page.read_text("utf-8"), re.M)}
    assert named >= {"run", "test"}
    assert named <= targets
