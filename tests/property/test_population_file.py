"""Patient files: the reader, which takes columns of many rows at once, against a slow one that takes cell by cell."""

import csv
import math
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from simulate import changed, simulated

import sim.inputs.population as reader
from sim.inputs.model_inputs import gather
from sim.inputs.population import COLUMNS, load_population
from sim.inputs.population_cells import CODES, RANGES, REQUIRED, YES_OR_NO
from sim.inputs.root import data_root
from sim.vocabulary.errors import InputError

PATIENTS = 1_000_000


def message(path, *limits):
    with pytest.raises(InputError) as caught:
        load_population(path, *limits)
    text = str(caught.value)
    assert "\n" not in text
    return text


def written(folder, text):
    path = folder / "patients.csv"
    path.write_text(text, encoding="utf-8")
    return path


# Against a slow reader


def slow_cell(column, text):
    """The number or code of a cell; ValueError where it has none."""
    if not text and column not in REQUIRED:
        return math.nan if column in RANGES else -1
    if column in CODES:
        if text not in CODES[column]:
            raise ValueError
        return CODES[column][text]
    low, high = RANGES[column]
    if not low <= float(text) <= high:
        raise ValueError
    return float(text)


def slow_read(path):
    """Values by row, and the faults as (line, column), "" for a row of another length; row rules are left out."""
    with path.open(encoding="utf-8-sig", newline="") as file:
        lines = csv.reader(file, strict=True)
        heading = [cell.strip() for cell in next(lines)]
        values, faults = [], []
        for cells in lines:
            if not "".join(cells).strip():
                continue
            if len(cells) != len(heading):
                faults.append((lines.line_num, ""))
                continue
            row = []
            for column, cell in zip(heading, cells, strict=True):
                try:
                    row.append(slow_cell(column, cell.strip()))
                except ValueError:
                    faults.append((lines.line_num, column))
            values.append(row)
    return heading, values, faults


texts = {
    "age_years": st.sampled_from(["50", " 44.5 ", "1e1", "", "nan", "-3", "121", "old", "5_0", "inf"]),
    "sex": st.sampled_from(["male", "female", " male", "", "mal", "FEMALE"]),
    "site": st.sampled_from(["hip", "knee", "foot ", "", "hipp", "other"]),
    "smoking": st.sampled_from(["yes", "no", "1", "0", "", " ", "true", "perhaps"]),
    "entry_pain": st.sampled_from(["7", "", " ", "10.5", "x,y", 'a "b"', "line\nbreak", "8.25"]),
}
rows_of_text = st.lists(
    st.tuples(*texts.values(), st.sampled_from(["", "", "", "", "\n", ",,,,\n", " \n", "1,2\n"])), max_size=40
)


@given(rows=rows_of_text, chunk=st.integers(1, 7), mark=st.sampled_from(["", "\ufeff"]))
def test_cells_and_faults_are_those_of_a_reader_that_looks_at_each_cell(rows, chunk, mark, tmp_path_factory):
    path = tmp_path_factory.mktemp("file") / "patients.csv"
    with path.open("w", encoding="utf-8", newline="") as file:
        file.write(mark + ",".join(texts) + "\n")
        for *cells, after in rows:
            csv.writer(file).writerow(cells)
            file.write(after)
    heading, values, faults = slow_read(path)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(reader, "ROWS_AT_ONCE", chunk)
        patch.setattr(reader, "FAULTS_SHOWN", 10_000)
        if faults or not values:
            text = message(path)
            assert text.count("line ") == len(faults)
            places = [text.find(f"line {line}, {column}:" if column else f"line {line} has") for line, column in faults]
            assert -1 not in places
            assert places == sorted(places)
        else:
            table = load_population(path)
            assert list(table.columns) == heading
            assert np.array_equal(table.to_numpy(float), np.array(values, float), equal_nan=True)


def test_a_number_in_quotes_and_a_text_over_two_lines_keep_the_count_of_lines(tmp_path):
    path = written(
        tmp_path, 'age_years,sex,site,smoking\n"50",male,hip,"yes\n"\n\n"51",male,hip,perhaps\n,,,\n52,male,hip\n'
    )
    text = message(path)
    assert "line 5, smoking: 'perhaps' is not known, write one of yes, no, 1, 0, true, false" in text
    assert "line 7 has 3 cells instead of 4" in text
    assert text.count("line ") == 2


# A large file


@pytest.fixture(scope="module")
def large(tmp_path_factory):
    """A file of a million patients, and the numbers that were written to it."""
    draw = np.random.default_rng(20)
    people = {"age_years": draw.integers(1800, 9000, PATIENTS) / 100.0}
    people |= {column: draw.integers(0, 2, PATIENTS) for column in ("sex", "smoking", "sport", "anaemia")}
    people |= {column: draw.integers(0, 4, PATIENTS) for column in ("site", "job")}
    people |= {column: draw.integers(-1, 3, PATIENTS) for column in ("kidney", "bone_density")}
    people["entry_pain"] = draw.integers(0, 101, PATIENTS) / 10.0
    cells = [
        [str(number) for number in people[column].tolist()] if column in RANGES else names(column)[people[column]]
        for column in people
    ]
    path = tmp_path_factory.mktemp("large") / "patients.csv"
    with path.open("w", encoding="utf-8") as file:
        file.write(",".join(people) + "\n")
        file.writelines(",".join(row) + "\n" for row in zip(*cells, strict=True))
    return path, people


def names(column):
    """The text of every code of a column, the empty one (-1) last."""
    texts = {code: name for name, code in reversed(CODES[column].items())}
    return np.array([*(texts[code] for code in sorted(texts)), ""])


@pytest.mark.slow
def test_a_million_patients_are_read_as_they_were_written(large):
    path, people = large
    table = load_population(path, 18.0)
    assert len(table) == PATIENTS
    for column, values in people.items():
        assert np.array_equal(table[column].to_numpy(), values), column
        assert table[column].dtype == (np.float64 if column in RANGES else np.int8)


@pytest.mark.slow
def test_bad_rows_among_a_million_are_counted_and_the_first_twenty_shown(large, tmp_path):
    path, _ = large
    lines = path.read_text(encoding="utf-8").splitlines()
    bad = [2, 3, *range(500_000, 500_030), PATIENTS + 1]
    for line in bad:
        lines[line - 1] = "x" + lines[line - 1][lines[line - 1].index(",") :]
    text = message(written(tmp_path, "\n".join(lines)))
    shown = [int(part.split(",")[0]) for part in text.split("line ")[1:]]
    assert shown == bad[:20]
    assert f"; and {len(bad) - 20} more" in text


@pytest.mark.slow
def test_a_file_of_a_million_patients_runs_from_its_first_to_its_last(large, seed):
    path, people = large
    inputs = gather(changed(population={"kind": "csv", "file": str(path)}))
    for first in (0, PATIENTS - 50):
        patients = simulated(inputs, seed=seed, patients=50, first_patient=first).block.patients
        assert np.array_equal(patients["age_years"], people["age_years"][first : first + 50])
        assert np.array_equal(patients["lesions"]["site"][:, 0], people["site"][first : first + 50])


# The page about it


def test_the_page_lists_exactly_the_columns_that_may_be_given():
    page = (Path(data_root()) / "docs" / "populations.md").read_text(encoding="utf-8")
    table = page.split("| Column |")[1].split("\n\n")[0]
    listed = [line.split("`")[1] for line in table.splitlines() if line.startswith("| `")]
    assert sorted(listed) == sorted(COLUMNS)
    for line in table.splitlines():
        if line.startswith("| `"):
            column = line.split("`")[1]
            words = {"yes", "no"} if CODES.get(column) == YES_OR_NO else set(CODES.get(column, {}))
            assert all(f"`{word}`" in line for word in words), column
            if column in RANGES:
                low, high = RANGES[column]
                assert f"{low:g} to {high:g}" in line, column
