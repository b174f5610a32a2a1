"""The figure of a response surface with its words, legend and table of numbers."""

import numpy as np

from sim.analysis.global_sensitivity import NOTHING
from sim.inputs.sweeps import MORRIS, SALTELLI
from sim.report import sweep_figures as figures
from sim.report.answer import joined
from sim.report.chart import Chart, Swatch, as_chart
from sim.report.figure_style import OKABE_ITO, Look
from sim.report.numbers import money, number, share
from sim.report.sweep_charts import AGAINST, unit, what
from sim.report.sweep_findings import SweepFindings
from sim.report.sweep_point_tables import surface_table
from sim.report.sweep_surface import Shown, surface_of, surface_pair


def surface_chart(findings: SweepFindings) -> Chart | None:
    """The response surface over the two strongest factors."""
    pair = surface_pair(findings)
    if pair is None:
        return None
    shown = {name: surface_of(findings, name, pair) for name in findings.first_shown()}
    flat = [name for name, one in shown.items() if _is_flat(one)]
    shown = {name: one for name, one in shown.items() if np.isfinite(one.values).any() and name not in flat}
    if not shown:
        return None
    title = f"Response surface: {what(findings)} over {pair[0].name} and {pair[1].name}"
    chart = figures.surface(findings, title, unit(findings), shown, pair)
    first = next(iter(shown.values()))
    legend = [
        Swatch("gain", "gain", Look(OKABE_ITO[0], "solid", ""), "area"),
        Swatch("loss", "loss", Look(OKABE_ITO[1], "solid", ""), "area"),
    ]
    if first.smooth:
        legend.append(Swatch("zero", "no gain and no loss", Look(figures.ZERO_COLOUR, "solid", "")))
    choices = tuple((name, findings.title(name)) for name in shown)
    said = f"{_surface_words(findings, shown)}{_left_out(findings, flat, shown)}"
    words = (f"{_surface_remark(findings, shown)}{_left_out(findings, flat, shown)}", said)
    tables = (surface_table(findings, shown, pair),)
    return as_chart(
        "surface", chart, words, tuple(legend), tables, choices=choices, choice_words=AGAINST, switches=False
    )


def _is_flat(shown: Shown) -> bool:
    """Whether a surface has one height everywhere, to the last digit of its points."""
    known = shown.values[np.isfinite(shown.values)]
    return len(known) > 0 and float(np.ptp(known)) <= NOTHING * float(np.abs(known).max())


def _left_out(findings: SweepFindings, flat: list[str], shown: dict[str, Shown]) -> str:
    """Which strategies have no surface, and why."""
    text = ""
    if flat:
        text += f" Without a surface, for it is level: {joined([findings.title(name) for name in flat])}."
    untold = [findings.title(name) for name in findings.others if name not in (*flat, *shown)]
    if untold:
        text += f" Without a surface, for no polynomial tells anything of points left out: {joined(untold)}."
    return text


def _surface_remark(findings: SweepFindings, shown: dict[str, Shown]) -> str:
    first = next(iter(shown.values()))
    others = len(findings.points.factors) > 2
    if np.isnan(first.told):
        lines = "; lines of equal gain between" if first.smooth else ""
        return f"Values of the grid{', averaged over the other factors' if others else ''}{lines}."
    left_out = {MORRIS: "trajectories", SALTELLI: "blocks"}.get(findings.sweep.design.kind, "points")
    told = [share(one.told, 0) for one in shown.values()]
    each = f"{joined(told)} (in the order of the list)" if len(told) > 1 else told[0]
    rest = " The rest is other factors and chance." if others else ""
    text = (
        f"A polynomial fitted to all points, averaged over the other factors; it tells {each} of the variance of "
        f"{left_out} left out of the fit.{rest}"
    )
    if any(np.isnan(one.values).any() for one in shown.values()):
        text += " Left blank where it goes beyond what the points support."
    return text


def _surface_words(findings: SweepFindings, shown: dict[str, Shown]) -> str:
    said = []
    for name, one in shown.items():
        low, high = float(np.nanmin(one.values)), float(np.nanmax(one.values))
        above = float(np.mean(one.values[np.isfinite(one.values)] > 0.0))
        said.append(f"{findings.title(name)}: from {_amount(findings, low)} to {_amount(findings, high)}, above 0 on "
                    f"{share(above, 0)} of the area")  # fmt: skip
    return f"{'; '.join(said)}."


def _amount(findings: SweepFindings, value: float) -> str:
    return money(value, findings.currency) if findings.one_money else f"{number(value, 4)} QALYs"
