"""Tables of the points of a sweep: the points themselves, those refused, and the numbers of its surface."""

from collections import Counter

import numpy as np
import pandas as pd

from sim.inputs.factors import Factor
from sim.report.numbers import number, signed
from sim.report.sweep_findings import SweepFindings, cell_words, is_scale
from sim.report.sweep_surface import Shown
from sim.report.table import Cell, Row, Table, words

MOST_POINTS = 40  # of a table of points; beyond it the highest and the lowest
MOST_FACTORS = 7  # beside each other
MOST_REASONS = 20
MOST_COLUMNS = 9  # of a table of a surface


def points_table(findings: SweepFindings) -> Table | None:
    """All points of a small sweep, or those with the highest and the lowest value of the strategy shown first."""
    count = len(findings.accepted)
    if count == 0:
        return None
    values = findings.values(findings.shown_first)
    chosen = np.argsort(-values, kind="stable")
    half = MOST_POINTS // 2
    if count > MOST_POINTS:
        chosen = np.concatenate([chosen[:half], chosen[-half:]])
    factors, decimals = findings.leading[:MOST_FACTORS], findings.decimals
    rows = []
    for place in chosen:
        point = int(findings.accepted[place])
        row = findings.points.design.iloc[point]
        cells = [Cell(cell_words(row[one.name]), numeric=is_scale(one)) for one in factors]
        gain = Cell(signed(number(float(values[place]), decimals)), _error(findings, point), numeric=True)
        rows.append(Row(f"{point}", (*cells, gain, words(findings.title(findings.winners[place])))))
    name = findings.title(findings.shown_first)
    caption = f"All {number(count)} points"
    if count > MOST_POINTS:
        caption = f"The {half} points with the highest and the {half} with the lowest gain of {name}"
    columns = ("Point", *(one.name for one in factors), f"Gain of {name}", "Best strategy")
    return Table(caption, columns, tuple(rows), "By gain. In brackets: Monte Carlo standard error.")


def _error(findings: SweepFindings, point: int) -> str:
    if not findings.one_money:
        return ""
    error = float(findings.points.gain_error(findings.shown_first)[point])
    return number(error) if np.isfinite(error) else ""


def refused_table(findings: SweepFindings) -> Table | None:
    """Why the model refuses points, the most frequent reason first."""
    refused = findings.points.refused
    counts = Counter(str(reason) for reason in refused["reason"])
    if not counts:
        return None
    first = refused.drop_duplicates("reason").set_index("reason")["point"]
    rows = [
        Row(reason, (Cell(number(count), numeric=True), Cell(number(int(first[reason])), numeric=True)))
        for reason, count in counts.most_common(MOST_REASONS)
    ]
    caption = f"{number(len(refused))} points that the model refuses"
    return Table(caption, ("Reason", "Points", "The first of them"), tuple(rows))


def surface_table(findings: SweepFindings, shown: dict[str, Shown], pair: tuple[Factor, Factor]) -> Table:
    """The numbers of the response surfaces, which share their axes, strategy below strategy; of fine ones every few."""
    first = next(iter(shown.values()))
    columns, rows = (_every(len(axis)) for axis in (first.x, first.y))
    names_x = first.x_words or [cell_words(one) for one in first.x]
    names_y = first.y_words or [cell_words(one) for one in first.y]
    made = []
    for strategy, one in shown.items():
        made.append(Row(findings.title(strategy)))
        for y in reversed(rows):
            cells = (number(float(one.values[y, x]), findings.decimals) for x in columns)
            made.append(Row(names_y[y], tuple(Cell(text, numeric=True) for text in cells)))
    heads = (f"{pair[1].name} below, {pair[0].name} beside", *(names_x[x] for x in columns))
    unit = findings.currency if findings.one_money else "QALYs"
    return Table(f"Gain by strategy ({unit} per person)", heads, tuple(made))


def _every(count: int) -> list[int]:
    if count <= MOST_COLUMNS:
        return list(range(count))
    return [int(one) for one in np.unique(np.linspace(0, count - 1, MOST_COLUMNS).round())]


def points_frame(findings: SweepFindings) -> pd.DataFrame:
    """A row a point: its factors, then gain and steps of each strategy, the best one, and why it was refused."""
    points = findings.points
    frame = points.design.copy()
    frame.insert(0, "point", range(len(frame)))
    for strategy in points.others:
        place = points.strategies.index(strategy)
        frame[f"{findings.title(strategy)}: net benefit gain"] = points.gain(strategy)
        frame[f"{findings.title(strategy)}: net benefit gain, standard error"] = points.gain_error(strategy)
        frame[f"{findings.title(strategy)}: incremental cost"] = points.steps[:, place, 0]
        frame[f"{findings.title(strategy)}: incremental QALYs"] = points.steps[:, place, 1]
    best = points.best()
    frame["best"] = ["" if one < 0 else findings.title(points.strategies[one]) for one in best]
    reasons = dict(zip(points.refused["point"], points.refused["reason"], strict=True))
    frame["refused"] = [reasons.get(point, "") for point in range(len(frame))]
    return frame
