"""The charts of people over time, one strategy at a time: health states, painful joints, who moves where."""

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import plotly.graph_objects as go

from sim.report.figure_style import GREY, TITLE_ROOM, canvas, figure, text
from sim.report.figures import CURVE_HEIGHTS, MONTHS_TITLE
from sim.report.findings import Findings
from sim.report.numbers import number, share
from sim.report.terms import SITES, STATES
from sim.vocabulary.enums import Site
from sim.vocabulary.events import HealthState

if TYPE_CHECKING:
    import pandas as pd

STATE_COLOURS = dict(
    zip(
        (state.name.lower() for state in HealthState),
        ("#56B4E9", "#E69F00", "#D55E00", "#CC79A7", "#009E73", "#0072B2", "#B3A100", GREY),
        strict=True,
    )
)
SITE_COLOURS = dict(zip(Site, ("#0072B2", "#E69F00", "#009E73", "#CC79A7"), strict=True))
FLOW_HEIGHTS = (440, 330)
NODE_WIDTH = 12  # pixels
FLOW_MARGIN = {"l": NODE_WIDTH, "r": NODE_WIDTH, "t": 64, "b": 12}
ROOM_BETWEEN_NODES = 0.12  # share of the height
WIDE_LABEL_SHARE, NARROW_LABEL_SHARE = 0.02, 0.08  # smaller groups have no words beside them


def occupancy(findings: Findings) -> go.Figure:
    """Share of patients in each health state over the months since entry, stacked; one set of traces a strategy."""
    chart = figure("Health states over time", MONTHS_TITLE, "share of patients", *CURVE_HEIGHTS)
    frame = findings.results.occupancy
    for state in states_of(frame, "health_state", "share"):
        for strategy in findings.strategies:
            looks = (state, state_words(state), state_colour(state), "%{y:.1%}")
            _add_area(chart, findings, strategy, findings.shares[strategy, state], looks)
    chart.update_xaxes(dtick=3, range=[0, float(frame["months_since_entry"].max())])
    chart.update_yaxes(range=[0, 1], tickformat=".0%")
    return chart


def joints(findings: Findings) -> go.Figure:
    """Mean number of joints that hurt at each site over the months since entry, stacked."""
    chart = figure("Painful joints over time", MONTHS_TITLE, "painful joints per person", *CURVE_HEIGHTS)
    frame = findings.results.curves
    for site in sites_with_joints(findings):
        for strategy in findings.strategies:
            points = findings.points[strategy, joint_quantity(site)]
            looks = (site.name.lower(), SITES[site], SITE_COLOURS[site], "%{y:.3f} per person")
            _add_area(chart, findings, strategy, {month: point.mean for month, point in points.items()}, looks)
    chart.update_xaxes(dtick=3, range=[0, float(frame["months_since_entry"].max())])
    chart.update_yaxes(rangemode="tozero")
    return chart


def _add_area(
    chart: go.Figure, findings: Findings, strategy: str, heights: dict[float, float], looks: tuple[str, ...]
) -> None:
    """One band of a stack, its height by month. `looks` are its group, words, colour and how its numbers are shown."""
    group, words, colour, shown = looks
    chart.add_scatter(
        x=list(heights),
        y=list(heights.values()),
        stackgroup=strategy,
        mode="lines",
        line={"color": colour, "width": 0.5},
        fillcolor=colour,
        name=text(words),
        legendgroup=group,
        hovertemplate=f"{text(words)}<br>month %{{x:.1f}}: {shown}<extra></extra>",
        visible=strategy == first_shown(findings),
        meta={"strategy": strategy},
    )


def first_shown(findings: Findings) -> str:
    """The strategy that a chart with a choice shows first."""
    return findings.comparator


def joint_quantity(site: Site) -> str:
    return f"joints_{site.name.lower()}"


def sites_with_joints(findings: Findings) -> list[Site]:
    """The sites of which the run has a curve that is not zero throughout."""
    curves = findings.results.curves
    return [site for site in Site if (curves.loc[curves["quantity"] == joint_quantity(site), "mean"] > 0.0).any()]


def states_of(frame: "pd.DataFrame", column: str, amount: str) -> list[str]:
    """The states in which anybody ever is, from well to dead; a name that is no health state comes last."""
    found = set(frame.loc[frame[amount] > 0.0, column].astype(str))
    known = [state for state in STATE_COLOURS if state in found]
    return [*known, *sorted(found - set(known))]


def state_words(state: str) -> str:
    return STATES.get(state, state.replace("_", " "))


def state_colour(state: str) -> str:
    return STATE_COLOURS.get(state, GREY)


def flows(findings: Findings) -> go.Figure:
    """Who moves from which health state to which between the months of Results.flows; a trace a strategy."""
    frame = findings.frame("flows")
    months = months_of(frame)
    chart = canvas("Who moves where, by months since entry", *FLOW_HEIGHTS)
    for strategy in findings.strategies:
        rows = frame[(frame["strategy"] == strategy) & (frame["patients"] > 0)]
        if len(rows):
            chart.add_trace(_sankey(rows, months, strategy, shown=strategy == first_shown(findings)))
    for place, month in enumerate(months):
        chart.add_annotation(
            x=place / max(len(months) - 1, 1),
            y=1.0,
            xref="paper",
            yref="paper",
            xanchor=("left", "center", "right")[(place > 0) + (place == len(months) - 1)],
            yanchor="bottom",
            yshift=6,
            text="entry" if month == 0 else f"{month:g}",
            showarrow=False,
        )
    chart.update_layout(margin=FLOW_MARGIN)
    return chart


def months_of(frame: "pd.DataFrame") -> list[float]:
    """The months at which the flows look, in order."""
    return sorted({*map(float, frame["from_months"]), *map(float, frame["to_months"])})


def numbers_in_states(rows: "pd.DataFrame", months: Sequence[float]) -> dict[tuple[float, str], int]:
    """How many patients of one strategy are in each state at each month, from the moves between them."""
    found: dict[tuple[float, str], int] = {}
    for side, at in (("from", months[:1]), ("to", months[1:])):
        columns = (rows[name].tolist() for name in (f"{side}_months", f"{side}_state", "patients"))
        for month, state, patients in zip(*columns, strict=True):
            if month in at and patients > 0:
                found[float(month), str(state)] = found.get((float(month), str(state)), 0) + int(patients)
    return dict(sorted(found.items(), key=lambda item: (item[0][0], _rank(item[0][1]))))


def _rank(state: str) -> int:
    """Place from well to dead; what is no health state comes last."""
    return list(STATE_COLOURS).index(state) if state in STATE_COLOURS else len(STATE_COLOURS)


def _sankey(rows: "pd.DataFrame", months: Sequence[float], strategy: str, *, shown: bool) -> go.Sankey:
    found = numbers_in_states(rows, months)
    nodes = list(found)
    totals = {month: sum(count for (at, _), count in found.items() if at == month) for month in months}
    shares = {node: count / totals[node[0]] for node, count in found.items()}
    links = [
        (
            nodes.index((float(row["from_months"]), str(row["from_state"]))),
            nodes.index((float(row["to_months"]), str(row["to_state"]))),
            int(row["patients"]),
        )
        for row in rows.to_dict("records")
    ]
    labels = {
        "wide": [_node_words(node, shares, WIDE_LABEL_SHARE, named=node[0] != months[-1]) for node in nodes],
        "narrow": [_node_words(node, shares, NARROW_LABEL_SHARE, named=False) for node in nodes],
    }
    return go.Sankey(
        arrangement="fixed",
        visible=shown,
        meta={"strategy": strategy, "labels": labels},
        node={
            "label": labels["wide"],
            "color": [state_colour(state) for _, state in nodes],
            "thickness": NODE_WIDTH,
            "line": {"width": 0},
            **_places(shares, months),
            "customdata": [
                f"{'entry' if month == 0 else f'month {month:g}'}<br>{text(state_words(state))}: {number(count)} "
                f"({share(shares[month, state])})"
                for (month, state), count in found.items()
            ],
            "hovertemplate": "%{customdata}<extra></extra>",
        },
        link={
            "source": [source for source, _, _ in links],
            "target": [target for _, target, _ in links],
            "value": [patients for _, _, patients in links],
            "color": [_faint(state_colour(nodes[source][1])) for source, _, _ in links],
            "customdata": [
                f"{text(state_words(nodes[source][1]))} to {text(state_words(nodes[target][1]))}, "
                f"months {nodes[source][0]:g} to {nodes[target][0]:g}: {number(patients)}"
                for source, target, patients in links
            ],
            "hovertemplate": "%{customdata}<extra></extra>",
        },
    )


def _node_words(node: tuple[float, str], shares: dict[tuple[float, str], float], least: float, *, named: bool) -> str:
    """What stands beside a node; nothing where the group is too small. The last column's words would meet others."""
    if shares[node] < least:
        return ""
    percent = share(shares[node], 0)
    return text(f"{state_words(node[1])} {percent}") if named else percent


def _places(shares: dict[tuple[float, str], float], months: Sequence[float]) -> dict[str, Any]:
    """Centres of the nodes as shares of width and height: a column a month, states from the top down.

    `pad` is the room between nodes in pixels, from which the library works out how tall a patient is.
    """
    most = max(sum(1 for at, _ in shares if at == month) for month in months)
    room = ROOM_BETWEEN_NODES if most > 1 else 0.0
    gap = room / max(most - 1, 1)
    nearly_0 = 1e-3  # the library takes a place of 0 for none
    x, y = [], []
    top, before = 0.0, months[0]
    for (month, _), part in shares.items():
        top = top if month == before else 0.0
        before = month
        height = part * (1.0 - room)
        x.append(min(max(months.index(month) / max(len(months) - 1, 1), nearly_0), 1.0 - nearly_0))
        y.append(max(top + height / 2, nearly_0))
        top += height + gap
    drawn = FLOW_HEIGHTS[0] - FLOW_MARGIN["t"] - FLOW_MARGIN["b"] + TITLE_ROOM
    return {"x": x, "y": y, "pad": gap * drawn}


def _faint(colour: str) -> str:
    red, green, blue = (int(colour[place : place + 2], 16) for place in (1, 3, 5))
    return f"rgba({red},{green},{blue},0.35)"


def flow_rows(rows: "pd.DataFrame") -> list[dict[str, Any]]:
    """The moves as records, from the best state and the earliest on."""
    records = ({str(key): value for key, value in record.items()} for record in rows.to_dict("records"))
    return sorted(
        records, key=lambda r: (_rank(str(r["from_state"])), _rank(str(r["to_state"])), float(r["from_months"]))
    )
