"""Facts about the repository itself: no addresses, short files, links that lead somewhere, pinned libraries."""

import re
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest
from imports import all_imports

import sim

LONGEST_FILE_LINES = 300
SKIPPED_FOLDERS = {".git", ".venv", "outputs", "build", "dist", "__pycache__"}
# Written so that this file does not match itself.
PACKAGE_ADDRESS = re.compile(
    r"""index[-_]url|find[-_]links|trusted[-]host|file:[/]{2}|https?:[/]{2}[^\s"']*[/](simple|packages)[/]|"resolved":\s"""
)
MACHINE_PATH = re.compile(r"""(?<![\w.~/-])[/](home|Users|root|tmp|opt|var[/]folders)[/]\w""")
NAME_OF_PACKAGE = {"SALib": "salib", "sklearn": "scikit-learn"}  # where it is not that of the module
LINK = re.compile(r"!?\[[^\]]*\]\(([^)\s]+)\)")
HEADING = re.compile(r"^#+\s+(.*)$", re.MULTILINE)


def committed_files(repository: Path) -> list[Path]:
    """Files that git tracks or would add; without git every file outside of generated folders."""
    if (repository / ".git").exists():
        listing = subprocess.run(
            ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"],
            cwd=repository, capture_output=True, text=True, check=False,
        )  # fmt: skip
        if listing.returncode == 0:
            return sorted(repository / name for name in listing.stdout.split("\0") if (repository / name).is_file())
    everything = (path for path in repository.rglob("*") if path.is_file())
    return sorted(path for path in everything if not SKIPPED_FOLDERS & set(path.relative_to(repository).parts))


def text_of(path: Path) -> str | None:
    """Contents of a text file, None of a binary one."""
    raw = path.read_bytes()
    return None if b"\0" in raw else raw.decode("utf-8")


def lines_matching(pattern: re.Pattern[str], repository: Path) -> list[str]:
    return [
        f"{path.relative_to(repository)}:{number} {line.strip()[:100]}"
        for path in committed_files(repository)
        for number, line in enumerate((text_of(path) or "").splitlines(), start=1)
        if pattern.search(line)
    ]


def test_no_committed_text_names_a_package_address(repository):
    assert not lines_matching(PACKAGE_ADDRESS, repository)


def test_no_committed_text_names_a_path_of_a_machine(repository):
    assert not lines_matching(MACHINE_PATH, repository)
    if repository.parent != Path("/"):
        this_place = re.compile(rf"(?<![\w.]){re.escape(str(repository.parent))}/")
        assert not lines_matching(this_place, repository)


@pytest.mark.parametrize(
    ("pattern", "line"),
    [
        (PACKAGE_ADDRESS, "--extra-index" + "-url=x"),
        (PACKAGE_ADDRESS, "https:" + "//host/simple" + "/numpy"),
        (MACHINE_PATH, "read " + "/home" + "/somebody/file"),
    ],
)
def test_the_patterns_notice_what_they_look_for(pattern, line):
    assert pattern.search(line)


def test_no_python_file_is_longer_than_one_idea(repository):
    python_files = [path for path in committed_files(repository) if path.suffix == ".py"]
    lines_of = {str(path.relative_to(repository)): len(path.read_text("utf-8").splitlines()) for path in python_files}
    assert not {name: lines for name, lines in lines_of.items() if lines > LONGEST_FILE_LINES}


def test_the_first_line_of_every_module_says_what_it_is_for(repository):
    modules = [path for path in (repository / "sim").rglob("*.py") if path.name != "__init__.py"]
    assert not [str(path) for path in modules if not path.read_text("utf-8").startswith('"""')]


def anchors_of(page: Path) -> set[str]:
    """Anchors of a page's headings, as code hosts make them: lower case, punctuation dropped, spaces to hyphens."""
    headings = HEADING.findall(page.read_text("utf-8"))
    return {re.sub(r"\s", "-", re.sub(r"[^\w\s-]", "", heading.strip().lower())) for heading in headings}


def broken_links(page: Path) -> list[str]:
    """Links of `page` to files or headings that do not exist. Addresses on the web are not opened."""
    broken = []
    for target in LINK.findall(page.read_text("utf-8")):
        if re.match(r"[a-z]+:", target):
            continue
        file_name, _, anchor = target.partition("#")
        file = (page.parent / file_name).resolve() if file_name else page
        if not file.exists() or (anchor and file.suffix == ".md" and anchor not in anchors_of(file)):
            broken.append(target)
    return broken


def test_every_link_in_the_docs_leads_somewhere(repository):
    pages = [path for path in committed_files(repository) if path.suffix == ".md"]
    found = {str(page.relative_to(repository)): broken_links(page) for page in pages}
    assert len(pages) > 5
    assert not {page: targets for page, targets in found.items() if targets}


def test_constraints_pin_exact_versions_of_every_direct_dependency(repository):
    lines = (repository / "constraints.txt").read_text("utf-8").splitlines()
    pins = [line for line in lines if line and not line.startswith("#")]
    assert all(re.fullmatch(r"[a-z0-9-]+==[0-9][0-9a-z.]*", pin) for pin in pins)
    assert pins == sorted(pins)
    project = tomllib.loads((repository / "pyproject.toml").read_text("utf-8"))["project"]
    asked = [*project["dependencies"], *(name for names in project["optional-dependencies"].values() for name in names)]
    names = {re.match(r"[A-Za-z0-9-]+", requirement).group().lower() for requirement in asked}
    assert names <= {pin.split("==")[0] for pin in pins}


def test_sim_imports_declared_libraries_only_and_all_of_them(repository):
    project = tomllib.loads((repository / "pyproject.toml").read_text("utf-8"))["project"]
    declared = {re.match(r"[A-Za-z0-9-]+", requirement).group().lower() for requirement in project["dependencies"]}
    extras = [name for extra, names in project["optional-dependencies"].items() if extra != "dev" for name in names]
    optional = {re.match(r"[A-Za-z0-9-]+", requirement).group().lower() for requirement in extras}
    imported = {found.imported.split(".")[0] for found in all_imports(repository / "sim")}
    imported -= {"sim", *sys.stdlib_module_names}
    imported = {NAME_OF_PACKAGE.get(name, name) for name in imported}
    assert imported <= declared | optional
    assert declared <= imported


def test_the_changelog_has_a_place_for_changes_of_results(repository):
    assert "### Results change" in (repository / "CHANGELOG.md").read_text("utf-8")


def test_the_version_is_the_same_everywhere(repository):
    project = tomllib.loads((repository / "pyproject.toml").read_text("utf-8"))["project"]
    assert sim.__version__ == project["version"]
    assert f"version: {project['version']}\n" in (repository / "CITATION.cff").read_text("utf-8")
    assert project["version"] in (repository / "CHANGELOG.md").read_text("utf-8")
