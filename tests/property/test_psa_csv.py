"""Reading anybody's probabilistic analysis: what was written is read, and every fault is named with its place."""

import csv
import io

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from sim.analysis import psa_csv
from sim.analysis.psa_csv import read_psa
from sim.analysis.spreadsheet_names import guarded, unguarded
from sim.vocabulary.errors import InputError

COSTS = "usual,surgery\n100,300\n110.5,290\n90,1e2\n"
EFFECTS = "usual,surgery\n1,1.5\n1.25,1.5\n0.75,-2\n"
FORMULAS = ("=", "+", "-", "@", "\t", "\r")
PRINTABLE = st.characters(exclude_categories=("Cc", "Cf", "Cs", "Co", "Cn", "Zl", "Zp", "Zs"), include_characters=" ")
NAMES = st.text(PRINTABLE | st.sampled_from("=+-@';,|\""), min_size=1, max_size=12).filter(
    lambda name: name.strip() == name
)
NUMBERS = st.floats(-1e100, 1e100)


@pytest.fixture
def files(tmp_path):
    """Writes texts (or bytes) to files of costs, effects and parameters, and gives their paths."""

    def write(*texts):
        paths = [tmp_path / name for name in ("costs.csv", "effects.csv", "parameters.csv")][: len(texts)]
        for path, text in zip(paths, texts, strict=True):
            path.write_bytes(text if isinstance(text, bytes) else text.encode())
        return paths

    return write


def fault(paths):
    """The one line about files that must be refused, without the folder that they lie in."""
    with pytest.raises(InputError) as caught:
        read_psa(*paths)
    line = str(caught.value)
    assert "\n" not in line
    return line.replace(f"{paths[0].parent}/", "")


def test_costs_effects_and_parameters_are_read(files):
    table = read_psa(*files(COSTS, EFFECTS, "price,hazard\n1,2\n3,4\n5,6\n"))
    assert table.strategies == ("usual", "surgery")
    assert table.costs.tolist() == [[100, 300], [110.5, 290], [90, 100]]
    assert table.effects.tolist() == [[1, 1.5], [1.25, 1.5], [0.75, -2]]
    assert table.parameters.to_dict("list") == {"price": [1, 3, 5], "hazard": [2, 4, 6]}
    assert read_psa(*files(COSTS, EFFECTS)).parameters is None


def test_columns_are_matched_by_name_whatever_their_order(files):
    turned = "surgery,usual\n1.5,1\n1.5,1.25\n-2,0.75\n"
    assert np.array_equal(read_psa(*files(COSTS, turned)).effects, read_psa(*files(COSTS, EFFECTS)).effects)


@pytest.mark.parametrize(
    "change",
    [
        lambda text: text.replace("\n", "\r\n"),
        lambda text: text.replace("\n", "\r"),
        lambda text: text.rstrip("\n"),
        lambda text: f"{text}\n\n",
        lambda text: "\ufeff" + text,
        lambda text: "\n\r\n" + text,
        lambda text: text.replace(",", " , "),
        lambda text: text.replace("usual", '"usual"').replace("100,", '"100",'),
        lambda text: text.replace("\n1", "\n+1"),
    ],
    ids=[
        "windows_lines",
        "old_mac_lines",
        "no_last_line_end",
        "blank_lines_after",
        "byte_order_mark",
        "blank_lines_before",
        "spaces",
        "quotes",
        "plus_signs",
    ],
)
def test_other_ways_to_write_the_same_numbers_are_read(files, change):
    table = read_psa(*files(change(COSTS), change(EFFECTS)))
    expected = read_psa(*files(COSTS, EFFECTS))
    assert table.strategies == expected.strategies
    assert np.array_equal(table.costs, expected.costs)
    assert np.array_equal(table.effects, expected.effects)


@given(st.data())
def test_every_number_and_every_printable_name_comes_back_bit_for_bit(tmp_path_factory, data):
    """Written by the csv module of Python and by repr, which gives each double a text of its own."""
    names = data.draw(st.lists(NAMES, min_size=2, max_size=5, unique=True))
    folder = tmp_path_factory.mktemp("psa")
    rows = data.draw(st.lists(st.lists(NUMBERS, min_size=len(names), max_size=len(names)), min_size=2, max_size=5))
    text = io.StringIO()
    csv.writer(text, lineterminator="\n").writerows([[f"n{guarded(name)}" for name in names], *rows])
    for name in ("costs.csv", "effects.csv"):
        (folder / name).write_text(text.getvalue(), encoding="utf-8")
    table = read_psa(folder / "costs.csv", folder / "effects.csv")
    assert table.strategies == tuple(unguarded(f"n{guarded(name)}") for name in names)
    assert np.array_equal(table.costs, np.array(rows))


def test_rows_are_the_same_however_small_the_blocks_that_are_read(files, monkeypatch):
    numbers = pd.DataFrame({"a": np.arange(500) / 7, "b": -np.arange(500) / 3})
    paths = files(numbers.to_csv(index=False), (numbers * 2).to_csv(index=False))
    monkeypatch.setattr(psa_csv, "BLOCK_BYTES", 64)
    table = read_psa(*paths)
    assert np.array_equal(table.costs, numbers.to_numpy())
    assert np.array_equal(table.effects, 2 * numbers.to_numpy())


@pytest.mark.parametrize(
    ("cell", "said"),
    [
        ("abc", "'abc' is not a number"),
        ("", "the value is missing"),
        ("NA", "the value is missing (NA)"),
        ("NaN", "the value is missing (NaN)"),
        ("nan", "the value is missing (nan)"),
        ("inf", "'inf' is not a finite number"),
        ("-Infinity", "'-Infinity' is not a finite number"),
        ("1e999", "'1e999' is too large a number"),
        ("-1e101", "'-1e101' is too large a number"),
        ('"290,5"', "'290,5' has a decimal comma"),
        ('"1,290.5"', "'1,290.5' is not a number"),
        ("1_000", "'1_000' is not a number"),
        ("=A1", "'=A1' is not a number"),
        ("290 EUR", "'290 EUR' is not a number"),
        ("\x1b[31m", "'\\x1b[31m' is not a number"),
        ("x" * 1000, f"'{'x' * 40}...' is not a number"),
    ],
)
@pytest.mark.parametrize("which", [0, 1, 2])
def test_a_cell_that_is_no_number_is_named_with_file_line_and_column(files, cell, said, which):
    texts = [COSTS, EFFECTS, COSTS]
    texts[which] = f"usual,surgery\n1,2\n\n3,{cell}\n5,6\n"
    paths = files(*texts)
    assert fault(paths).startswith(f"{paths[which].name}, line 4, column 'surgery': {said}.")


def test_the_first_of_many_faults_is_told_also_far_down(files):
    good = "1,2\n" * 300_000
    paths = files(COSTS, f"usual,surgery\n{good}3,oops\nnan,{good}")
    assert fault(paths).startswith("effects.csv, line 300002, column 'surgery': 'oops' is not a number.")
    paths = files(COSTS, f"usual,surgery\n{good}nan,3\n{good}")
    assert fault(paths).startswith("effects.csv, line 300002, column 'usual': the value is missing (nan).")


@pytest.mark.parametrize(
    ("costs", "effects", "said"),
    [
        ("usual\n1\n2\n", "usual\n1\n2\n", "costs.csv: there is one strategy only, 'usual'"),
        ("", EFFECTS, "costs.csv: this file is empty"),
        ("\n \n", EFFECTS, "costs.csv: this file is empty"),
        ("usual,surgery\n", EFFECTS, "costs.csv: there are names but no rows"),
        ("usual,surgery", EFFECTS, "costs.csv: there are names but no rows"),
        ("usual,surgery\n\n\n", EFFECTS, "costs.csv: there are names but no rows"),
        ("usual,surgery\n1,2\n", "usual,surgery\n1,2\n", "costs.csv: there is one row only"),
        ("usual,usual\n1,2\n", EFFECTS, "costs.csv, line 1: columns 1 and 2 are both named 'usual'"),
        (COSTS, "surgery,x,surgery\n1,2,3\n", "effects.csv, line 1: columns 1 and 3 are both named 'surgery'"),
        (COSTS, "usual,Surgery\n1,2\n", "effects.csv: there is no column 'surgery', a strategy of costs.csv"),
        (COSTS, "usual,surgery,drug\n1,2,3\n", "effects.csv: the column 'drug' is no strategy of costs.csv"),
        (COSTS, f"{EFFECTS}1,2\n", "effects.csv: there are 4 rows here and 3 in costs.csv"),
        (
            COSTS,
            "usual,surgery\n1,2\n3\n",
            "effects.csv, line 3: the cells of this row number 1, the names of the first 2",
        ),
        (
            COSTS,
            "usual,surgery\n1,2\n3,4,5\n",
            "effects.csv, line 3: the cells of this row number 3, the names of the first 2",
        ),
        (COSTS, "usual,surgery\n1,2\n,\n", "effects.csv, line 3, column 'usual': the value is missing"),
        (COSTS, 'usual,surgery\n1,2\n3,"4\n', "effects.csv, line 3: a quotation mark is not closed"),
        ('usual,"surgery\n1,2\n', EFFECTS, "costs.csv, line 1: a quotation mark is not closed"),
        (",usual,surgery\n1,2,3\n", EFFECTS, "costs.csv, line 1: column 1 has no name"),
        ("usual;surgery\n1,5;2\n", EFFECTS, "costs.csv, line 1: the columns are separated by semicolons"),
        ("usual\tsurgery\n1\t2\n", EFFECTS, "costs.csv, line 1: the columns are separated by tabs"),
        ("1.5,2.5\n3,4\n", EFFECTS, "costs.csv, line 1: the first line holds numbers"),
        ("usual,a\x1bb\n1,2\n", EFFECTS, "costs.csv, line 1: the name of column 2, 'a\\x1bb', holds a character"),
        (COSTS.encode("utf-16"), EFFECTS, "costs.csv, line 1: the names are not UTF-8 text"),
        ("draw,a,b\n1,2,3\n2,2,3\n", "draw,a,b\n1,2,3\n2,2,3\n", "costs.csv: the column 'draw' numbers the rows"),
        ("x" * (1 << 21), EFFECTS, "costs.csv: its first line is longer than a megabyte"),
    ],
)
def test_files_that_are_no_analysis_are_refused_in_one_line(files, costs, effects, said):
    assert fault(files(costs, effects)).startswith(said)


def test_parameters_need_a_row_a_draw_and_names(files):
    assert fault(files(COSTS, EFFECTS, "price\n1\n2\n")).startswith(
        "parameters.csv: there are 2 rows here and 3 in costs.csv"
    )
    assert fault(files(COSTS, EFFECTS, "price,price\n1,2\n")).startswith("parameters.csv, line 1: columns 1 and 2")


def test_missing_files_and_folders_are_named(files, tmp_path):
    (costs,) = files(COSTS)
    assert fault([costs, tmp_path / "none.csv"]).startswith("none.csv: there is no such file.")
    with pytest.raises(InputError, match="this is no file"):
        read_psa(costs, tmp_path)


def test_strategies_with_numbers_for_names_are_read(files):
    """As pandas writes a table without names."""
    text = COSTS.replace("usual,surgery", "0,1")
    assert read_psa(*files(text, text)).strategies == ("0", "1")


@given(st.text(st.sampled_from("=+-@'a ;\t\r\n\uff1d1"), max_size=8))
def test_a_guarded_name_begins_no_formula_and_comes_back(name):
    text = guarded(name)
    assert unguarded(text) == name
    assert not text.startswith((*FORMULAS, "\n", "\uff1d"))
    for part in text.replace("\t", ";").replace("\r", ";").replace("\n", ";").split(";"):
        assert not part.lstrip(" ").startswith(("=", "+", "-", "@"))
    assert (text == name) or "'" in text


def test_ordinary_names_are_not_touched_by_the_guard():
    for name in (
        "usual_care",
        "bisphosphonate-iv",
        "a = b",
        "O'Hara",
        "'tis",
        "treatments.iloprost.price_eur",
        "5 % -",
    ):
        assert guarded(name) == name
    assert guarded("=1+1") == "'=1+1"
