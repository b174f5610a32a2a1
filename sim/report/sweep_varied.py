"""What tables and passages about the scenario say where a factor of the sweep takes its place."""

from dataclasses import replace

from sim.experiments.sweep_analysis import SETTING
from sim.inputs.factors import Factor
from sim.report.answer import joined
from sim.report.methods import Passage, framing
from sim.report.numbers import money
from sim.report.sweep_findings import SweepFindings, cell_words
from sim.report.table import Row, Table, words
from sim.report.tables import glance_table

PEOPLE, PRICES, TIME = "People", "Setting, perspective and prices", "Start, horizon and discounting"
STRATEGIES, UNLIKE, MODEL = "Strategies", "What differs from the base case", "Model"
EFFECTS, VALUES = "Effects of treatment and licence", "Outcomes and costs"
THRESHOLDS = "Thresholds"
# By kind of a factor and its target ("" for all others of the kind): rows of the run at a glance, passages of methods.
TOUCHED: dict[tuple[str, str], tuple[tuple[str, ...], tuple[str, ...]]] = {
    ("population", ""): (("Population",), (PEOPLE, UNLIKE)),
    ("scenario", "horizon_years"): (("Horizon",), (TIME, UNLIKE)),
    ("scenario", "entry"): (("Starts at",), (TIME, UNLIKE)),
    (SETTING, SETTING): (("Setting", "Costs counted", "Discounting", THRESHOLDS), (PRICES, TIME, VALUES)),
    (SETTING, "perspective"): (("Costs counted",), (PRICES,)),
    ("structure", ""): ((), (UNLIKE,)),
    ("structure", "osteonecrosis"): ((), (UNLIKE, MODEL)),
    ("structure", "treatment_effects"): ((), (UNLIKE, EFFECTS)),
    ("structure", "prices"): ((), (UNLIKE, PRICES)),
    ("strategy", ""): ((), (STRATEGIES,)),
    ("treatment", ""): ((), (STRATEGIES, EFFECTS)),
}
RATES = tuple(f"{SETTING}.discount_rate_{of}_per_year" for of in ("costs", "effects"))


def glance(findings: SweepFindings, patients: str) -> Table:
    """The run at a glance, with the values of factors in the rows that they vary."""
    table = glance_table(findings, patients)
    rows = []
    for row in table.rows:
        varied = [one for one in findings.points.factors if row.heading in _touched(one)[0]]
        said = _thresholds(findings) if row.heading == THRESHOLDS else _values(varied)
        if varied:
            row = Row(row.heading, (words(f"Varied: {said}. In the scenario itself: {row.cells[0].text}"),))
        rows.append(row)
    switches = [one for one in findings.points.factors if one.kind == "structure"]
    if switches:
        rows.append(Row("Switches of the model", (words(f"Varied: {_values(switches)}."),)))
    return replace(table, rows=tuple(rows))


def described(findings: SweepFindings) -> list[Passage]:
    """The passages on the scenario; each that a factor touches says so first."""
    passages = []
    for passage in framing(findings):
        varied = [one for one in findings.points.factors if passage.heading in _touched(one)[1]]
        if varied:
            first = f"This sweep varies {_values(varied)}. What follows is the scenario without these factors."
            passage = replace(passage, paragraphs=(first, *passage.paragraphs))
        passages.append(passage)
    return passages


def _touched(factor: Factor) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """The rows and the passages that a factor makes untrue by itself."""
    if factor.parameter in RATES:
        return ("Discounting",), (TIME,)
    return TOUCHED.get((factor.kind, factor.target)) or TOUCHED.get((factor.kind, ""), ((), ()))


def _values(factors: list[Factor]) -> str:
    """For instance `country (uk, nl) and harms (true, false)`."""
    said = []
    for one in factors:
        ends = " to ".join(cell_words(end) for end in one.range or ())
        values = ", ".join(cell_words(cell) for cell in one.cells) or ends
        said.append(f"{one.name} ({values})" if values else one.name)
    return joined(said)


def _thresholds(findings: SweepFindings) -> str:
    """The thresholds of each currency."""
    given = findings.points.money
    said = []
    for currency in findings.points.moneys:
        worths = given.thresholds[int((given.words == currency).argmax())]
        said.append(joined([money(float(worth), currency.partition(",")[0]) for worth in worths]))
    return f"{'; '.join(said)} per QALY"
