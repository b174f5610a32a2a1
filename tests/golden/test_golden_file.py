"""The golden comparison itself: silent on equal tables, loud on a moved number, a missing file, another column."""

import pandas as pd
import pytest
from golden.golden_file import Golden

TABLE = pd.DataFrame({"strategy": ["supportive", "iloprost"], "cost": [1.0 / 3.0, 1e-300], "note": [None, "x"]})


@pytest.fixture
def written(tmp_path):
    Golden(tmp_path, update=True).check("table.csv", TABLE)
    return Golden(tmp_path, update=False)


def test_an_equal_table_passes(written):
    written.check("table.csv", TABLE)


@pytest.mark.parametrize(
    "other",
    [TABLE.assign(cost=TABLE.cost * (1 + 1e-7)), TABLE[::-1], TABLE.drop(columns="note"), TABLE.head(1)],
    ids=["a number moved", "another order", "a column is gone", "a row is gone"],
)
def test_any_difference_fails(written, other):
    with pytest.raises(pytest.fail.Exception, match="--update-golden"):
        written.check("table.csv", other)


def test_a_missing_file_fails_and_says_how_to_write_it(tmp_path):
    with pytest.raises(pytest.fail.Exception, match="--update-golden"):
        Golden(tmp_path, update=False).check("absent.csv", TABLE)
