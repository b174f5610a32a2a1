"""docs/evidence.md says what the parameters rest on: never out of date, every source once, counts that add up."""

import re
import tomllib
from collections import Counter

import pytest

from sim.inputs.parameters import NO_QUANTITIES
from sim.report.evidence_page import WEIGHTY_FILE, evidence_page
from sim.report.generated_pages import PAGES, write_pages
from sim.report.terms import GRADES
from sim.vocabulary.errors import InputError, RunError

STATUSES = ("published", "derived", "elicited", "assumption")


@pytest.fixture(scope="module")
def committed(repository):
    return (repository / "docs" / "evidence.md").read_text("utf-8")


def section(text, heading):
    """What stands below a heading of the second level."""
    return re.split(r"^## ", text.partition(f"## {heading}\n")[2], maxsplit=1, flags=re.MULTILINE)[0]


def rows(text):
    """The rows of a table as lists of cells, heading and rule left out."""
    lines = [line for line in text.splitlines() if line.startswith("|")]
    return [[cell.strip() for cell in re.split(r"(?<!\\)\|", line)[1:-1]] for line in lines[2:]]


def tables_of_quantities(entry):
    """Every table with a key `value`, however deep: an own walk through the file, without the loader."""
    if isinstance(entry, list):
        return [found for element in entry for found in tables_of_quantities(element)]
    if not isinstance(entry, dict):
        return []
    return [entry] if "value" in entry else [found for below in entry.values() for found in tables_of_quantities(below)]


def documents(repository, pattern):
    paths = sorted((repository / "parameters").glob(pattern))
    return {path: tomllib.loads(path.read_text("utf-8")) for path in paths if path.name not in NO_QUANTITIES}


def everything(repository):
    folders = ("*.toml", "treatments/*.toml", "populations/*.toml", "settings/*.toml")
    return {path: found for folder in folders for path, found in documents(repository, folder).items()}


@pytest.mark.parametrize("name", PAGES)
def test_the_committed_page_is_the_one_that_the_data_give(name, repository):
    assert (repository / "docs" / name).read_text("utf-8") == PAGES[name](repository), "run `make docs`"


def test_the_statuses_count_every_number_of_the_files(repository, committed):
    numbers = [table for document in everything(repository).values() for table in tables_of_quantities(document)]
    counted = {row[0]: int(row[2]) for row in rows(section(committed, "How good the numbers are"))}
    assert counted == {status: Counter(table["status"] for table in numbers)[status] for status in STATUSES}


def test_every_treatment_stands_there_with_its_grade_and_its_counts(repository, committed):
    found = {re.search(r"`(\w+)`", row[0]).group(1): row for row in rows(section(committed, "Treatments"))}
    files = documents(repository, "treatments/*.toml")
    assert set(found) == {path.stem for path in files}
    for path, document in files.items():
        row, numbers = found[path.stem], tables_of_quantities(document)
        assert row[1].replace(" ", "_") == document["evidence_grade"]
        assert [int(cell) for cell in row[3:8]] == [
            len(numbers),
            *(sum(table["status"] == status for table in numbers) for status in STATUSES),
        ]


def test_grades_stand_from_the_strongest_to_the_weakest(committed):
    grades = [row[1].replace(" ", "_") for row in rows(section(committed, "Treatments"))]
    assert grades == sorted(grades, key=list(GRADES).index)


def test_a_strategy_rests_on_the_weakest_treatment_that_acts(repository, committed):
    grade_of = {
        path.stem: found["evidence_grade"] for path, found in documents(repository, "treatments/*.toml").items()
    }
    weakest_first = ("very_low", "low", "moderate", "none")
    for row in rows(section(committed, "Strategies")):
        name = re.search(r"`(\w+)`", row[0]).group(1)
        document = tomllib.loads((repository / "parameters" / "strategies" / f"{name}.toml").read_text("utf-8"))
        grades = {grade_of[treatment] for line in document.get("lines", []) for treatment in line["treatments"]}
        expected = next((grade for grade in weakest_first if grade in grades), "")
        assert row[2].replace(" ", "_") == expected, name


def test_every_cited_source_stands_once_with_its_reference(repository, committed):
    cited = set()
    for document in everything(repository).values():
        for table in [document, *tables_of_quantities(document)]:
            source = table.get("source", table.get("sources", []))
            cited |= {source} if isinstance(source, str) else set(source)
    for path in (repository / "parameters").glob("*/*.csv"):
        cited.add(re.match(r"# *(\w+)", path.read_text("utf-8")).group(1))
    listed = rows(section(committed, "Sources"))
    keys = [row[0].strip("`") for row in listed]
    assert len(keys) == len(set(keys))
    assert set(keys) >= cited
    sources = tomllib.loads((repository / "parameters" / "sources.toml").read_text("utf-8"))
    for key, row in zip(keys, listed, strict=True):
        assert " ".join(sources[key]["title"].split()).rstrip(".") in row[1].replace("&lt;", "<").replace("\\|", "|")


def test_every_population_and_setting_stands_there_with_its_evidence(repository, committed):
    populations, settings = section(committed, "Populations"), section(committed, "Settings")
    for path, document in documents(repository, "populations/*.toml").items():
        assert f"[`{path.stem}`]" in populations
        assert " ".join(document["evidence"].split()).replace("<", "&lt;") in populations
    for path in documents(repository, "settings/*.toml"):
        assert f"[`{path.stem}`]" in settings


def test_a_weighty_assumption_that_is_none_is_refused(repository, tmp_path):
    for name in ("parameters", "scenarios"):
        (tmp_path / name).symlink_to(repository / name)
    (tmp_path / "docs").mkdir()
    (tmp_path / "docs" / WEIGHTY_FILE).write_text(
        'introduction = "x"\n[[assumption]]\nparameters = ["healing_median_months.hip"]\nbecause = "x"\n', "utf-8"
    )
    with pytest.raises(InputError, match=r"healing_median_months\.hip: there is no such assumption"):
        evidence_page(tmp_path)


def test_pages_are_written_where_docs_are_and_only_when_they_differ(repository, tmp_path):
    for name in ("parameters", "scenarios", "sim"):
        (tmp_path / name).symlink_to(repository / name)
    with pytest.raises(RunError, match="docs"):
        write_pages(tmp_path)
    (tmp_path / "docs").mkdir()
    for path in (repository / "docs").glob("*.toml"):
        (tmp_path / "docs" / path.name).write_text(path.read_text("utf-8"), "utf-8")
    assert {path.name for path in write_pages(tmp_path)} == set(PAGES)
    assert write_pages(tmp_path) == []
