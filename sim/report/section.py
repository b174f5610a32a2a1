"""A section of a page as data: words, points, figures and tables in the order of reading."""

from dataclasses import dataclass

from sim.report.chart import Chart
from sim.report.table import Table


@dataclass(frozen=True)
class Section:
    """One section of a page.

    anchor: its place on the page. short: its entry in the contents, none if empty. first_tables stand before the
    figures, tables behind them, closed tables open when somebody asks. late: it stands behind methods and checklist.
    """

    anchor: str
    title: str
    short: str = ""
    paragraphs: tuple[str, ...] = ()
    points: tuple[str, ...] = ()
    first_tables: tuple[Table, ...] = ()
    charts: tuple[Chart, ...] = ()
    tables: tuple[Table, ...] = ()
    closed: tuple[Table, ...] = ()
    late: bool = False
