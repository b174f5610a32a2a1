"""Golden files: small committed tables that a change may alter only on purpose.

A golden file is no oracle. It says that a number moved, not which number is right; it is rewritten with
`pytest --update-golden`, in a commit whose CHANGELOG entry stands under "Results change".
"""

from dataclasses import dataclass
from io import StringIO
from pathlib import Path

import pandas as pd
import pytest

# Equal on one machine type; between maths libraries the last digits of exp and log differ (docs/decisions/0001).
RELATIVE_TOLERANCE = 1e-9
ABSOLUTE_TOLERANCE = 1e-12


@dataclass(frozen=True)
class Golden:
    """Compares tables with the CSV files in `folder`, or writes them when `update` is set."""

    folder: Path
    update: bool

    def check(self, name: str, table: pd.DataFrame) -> None:
        """Fail unless `table` equals the golden file `name` (columns, order of rows, text exactly, numbers to 1e-9)."""
        path = self.folder / name
        if self.update:
            table.to_csv(path, index=False, lineterminator="\n")
            return
        if not path.exists():
            pytest.fail(f"tests/golden/{name} does not exist. Write it with: pytest --update-golden")
        expected = pd.read_csv(path)
        actual = _as_read_back(table)
        try:
            pd.testing.assert_frame_equal(
                actual, expected, check_exact=False, rtol=RELATIVE_TOLERANCE, atol=ABSOLUTE_TOLERANCE
            )
        except AssertionError as difference:
            pytest.fail(
                f"The table differs from tests/golden/{name}.\n{difference}\n"
                "A speed-up or a refactoring must not move it. If the change of results is meant: "
                "pytest --update-golden, and an entry under 'Results change' in CHANGELOG.md."
            )


def _as_read_back(table: pd.DataFrame) -> pd.DataFrame:
    """`table` after a round trip through CSV text, so that types compare like with like."""
    return pd.read_csv(StringIO(table.to_csv(index=False)))
