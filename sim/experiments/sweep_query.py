"""Questions in SQL to the results of a sweep, answered by DuckDB, which may read them and nothing else."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import pyarrow as pa

from sim.experiments.sweep_results import SweepResults
from sim.vocabulary.errors import InputError, RunError

if TYPE_CHECKING:
    import duckdb

MISSING = "Questions in SQL need DuckDB. Install bmes-sim[sweep]."
VIEWS = ("results", "design", "joined")
SETTINGS = {
    "enable_external_access": "false",  # no files, no network, no extensions
    "autoinstall_known_extensions": "false",
    "autoload_known_extensions": "false",
}
BATCH_ROWS = 10_000


@dataclass(frozen=True)
class Answer:
    """The columns of an answer and its rows, as Python values, which are handed over as they are worked out."""

    columns: list[str]
    rows: Iterator[tuple[Any, ...]]

    def records(self) -> Iterator[dict[str, Any]]:
        """The rows by the names of their columns. Raises InputError where two columns have the same name."""
        twice = [name for place, name in enumerate(self.columns) if name in self.columns[:place]]
        if twice:
            raise InputError("SQL", f"two columns are named {twice[0]!r}", "Give one another name with AS.")
        return (dict(zip(self.columns, row, strict=True)) for row in self.rows)


@contextmanager
def asked(results: SweepResults, sql: str) -> Iterator[Answer]:
    """The answer to a question in SQL.

    Views: results (a row a point, draw and strategy), design (a row a point, a column a factor), and joined (both).
    Raises InputError for SQL that DuckDB does not take, and RunError where DuckDB is not installed.
    """
    library = _duckdb()
    connection = library.connect(":memory:", config=SETTINGS)
    try:
        connection.execute("SET python_enable_replacements = false")  # no variables of this program
        connection.register("results", results.dataset())
        connection.register("design", results.design_dataset())
        connection.execute("CREATE VIEW joined AS SELECT * FROM results JOIN design USING (point)")
        connection.execute("SET lock_configuration = true")
        with _one_line(library):
            statements = connection.extract_statements(sql)
            if len(statements) != 1 or statements[0].type != library.StatementType.SELECT:
                raise InputError("SQL", "this is no single question", "Write one SELECT.")
            connection.execute(statements[0])
            columns = [column[0] for column in connection.description or ()]
        yield Answer(columns, _rows(connection, library))
    finally:
        connection.close()


def _rows(connection: "duckdb.DuckDBPyConnection", library: Any) -> Iterator[tuple[Any, ...]]:
    with _one_line(library):
        while rows := connection.fetchmany(BATCH_ROWS):
            yield from rows


@contextmanager
def _one_line(library: Any) -> Iterator[None]:
    """What DuckDB finds wrong, in one line. Raises InputError."""
    try:
        yield
    except (library.Error, pa.ArrowException) as error:
        what = " ".join(str(error).split())
        raise InputError("SQL", what, f"The views are {', '.join(VIEWS)}; `describe results` lists columns.") from None


def _duckdb() -> Any:
    try:
        import duckdb
    except ImportError:
        raise RunError(MISSING) from None
    return duckdb
