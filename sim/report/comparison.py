"""The charts of costs against effects, with their words: the plane and the costs by category."""

from sim.report import figures
from sim.report.chart import Chart, Swatch, as_chart, bar_swatches, strategy_swatches
from sim.report.figure_style import GREY, THRESHOLD_DASHES, Look
from sim.report.findings import COST, EFFECT, Findings
from sim.report.numbers import decimals_for, money, number, signed

PLANE_REMARK = (
    "Each point is a mean over all patients; its cross spans the 95 % Monte Carlo interval and may be smaller than the "
    "point. It is not a cloud of parameter uncertainty. Below and to the right of a broken line a strategy is worth "
    "its cost at that threshold."
)


def plane_charts(findings: Findings) -> list[Chart]:
    """The cost-effectiveness plane, where anything is compared."""
    if not findings.others:
        return []
    thresholds = tuple(
        Swatch(
            f"threshold {place}",
            f"{money(threshold, findings.currency)} per QALY",
            Look(GREY, THRESHOLD_DASHES[place % len(THRESHOLD_DASHES)], ""),
        )
        for place, threshold in enumerate(findings.thresholds)
    )
    said = []
    for name in findings.others:
        cost, effect = (findings.increment(name, findings.comparator, outcome) for outcome in (COST, EFFECT))
        decimals = decimals_for(effect.standard_error, 4)
        qalys = signed(number(effect.mean, decimals))
        said.append(f"{findings.title(name)} {qalys} QALYs, {findings.currency} {signed(number(cost.mean))}")
    words = f"Against {findings.title(findings.comparator)}, per person: {'; '.join(said)}."
    legend = (*strategy_swatches(findings, "point"), *thresholds)
    return [as_chart("plane", figures.plane(findings), (PLANE_REMARK, words), legend)]


def cost_charts(findings: Findings) -> list[Chart]:
    """Costs by category, one bar a strategy."""
    chart = figures.costs_by_category(findings)
    remark = f"Categories of the perspective only, prices of {findings.setting.price_year}; numbers in the table below."
    if figures.OTHER_DISEASES in figures.left_out_of_bars(findings):
        remark += (
            " The bars leave out the medical costs of other diseases, which are by far the largest part and all but "
            "the same under every strategy; the sums named last hold them."
        )
    totals = [
        f"{findings.title(name)} {money(findings.outcome(name, COST).mean, findings.currency)}"
        for name in findings.strategies
    ]
    words = f"Totals per person: {'; '.join(totals)}."
    return [as_chart("costs", chart, (remark, words), bar_swatches(chart))]
