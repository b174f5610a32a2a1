"""The page docs/evidence.md: what rests on which grade of evidence, read from the parameters and nothing else."""

from collections import Counter
from collections.abc import Sequence
from pathlib import Path

from sim.inputs.document import read_toml
from sim.inputs.quantity import Quantity
from sim.inputs.root import shown
from sim.inputs.sources import Source, load_sources
from sim.inputs.strategies import load_strategies
from sim.report.evidence import STATUS_WORDS
from sim.report.evidence_files import STATUSES, EvidenceFile, read_folder, table_sources
from sim.report.markdown import link, page, plain, table
from sim.report.terms import GRADES
from sim.vocabulary.errors import InputError

WEIGHTY_FILE = "weighty_assumptions.toml"
COUNT_COLUMNS = ("Numbers", *(status.capitalize() for status in STATUSES))
NUMERIC = range(1, 1 + len(COUNT_COLUMNS))
INTRODUCTION = """
What the model rests on, made from the files of `parameters/` (`make docs`; a test refuses a page that is out of date).
Every number has its own entry there, with unit, spread, source and place; `bmes parameters show NAME` prints one, and
each report prints those of its run. References are cited by key, as in [@kotwal2019], and stand at the end.
"""
STRATEGY_RULE = """
Supportive care runs under all of them. A treatment of grade none adds cost and harm and no effect, so a strategy is as
well founded as the weakest of its other treatments.
"""


def evidence_page(root: Path) -> str:
    """The page as Markdown, from the data folder `root` and the list of weighty assumptions in `root`/docs.

    Raises InputError for a file that cannot be read and for a weighty assumption that is none.
    """
    sources = load_sources(root)
    base = read_folder(root, ".", sources)
    treatments = read_folder(root, "treatments", sources)
    populations = read_folder(root, "populations", sources)
    settings = read_folder(root, "settings", sources)
    everything = [*base, *treatments, *populations, *settings]
    cited = sum((file.cited() for file in everything), table_sources(root))
    return page(
        "# Evidence: what rests on what",
        INTRODUCTION,
        "## How good the numbers are",
        _statuses(everything),
        "## Numbers by file",
        _counts(base),
        "## Treatments",
        f"Every use of a drug here is off-label. Grades: {'; '.join(GRADES.values())}.",
        _treatments(treatments),
        "## Strategies",
        STRATEGY_RULE,
        _strategies(root, treatments),
        "## Assumptions that weigh most",
        _weighty(root, everything),
        "## Populations",
        "A population replaces numbers of the base by its own; what it does not replace is that of the adults.",
        _populations(populations),
        "## Settings",
        _settings(settings),
        "## Sources",
        f"{len(cited)} sources are cited by the parameters and tables; `parameters/sources.toml` holds "
        f"{len(sources) - len(cited)} more, of the targets that the model is held against and of the pages here.",
        _sources(sources, cited),
    )


def _count_cells(files: Sequence[EvidenceFile]) -> list[str]:
    counts = sum((file.statuses() for file in files), Counter[str]())
    return [str(counts.total()), *(str(counts[status]) for status in STATUSES)]


def _statuses(files: Sequence[EvidenceFile]) -> str:
    counts = sum((file.statuses() for file in files), Counter[str]())
    rows = [(s, STATUS_WORDS[s], str(counts[s]), f"{100 * counts[s] / counts.total():.0f} %") for s in STATUSES]
    return table(("Status", "Meaning", "Numbers", "Share"), rows, numeric=(2, 3))


def _file_link(file: EvidenceFile, folder: str = "") -> str:
    return link(file.name, f"../parameters/{folder}{file.path.name}")


def _counts(files: Sequence[EvidenceFile]) -> str:
    rows = [[_file_link(file), *_count_cells([file])] for file in files]
    return table(("File", *COUNT_COLUMNS), [*rows, ["all of these", *_count_cells(files)]], NUMERIC)


def _words(name: str) -> str:
    return name.replace("_", " ")


def _treatments(files: Sequence[EvidenceFile]) -> str:
    ordered = sorted(files, key=lambda file: (list(GRADES).index(file.text("evidence_grade")), file.name))
    rows = []
    for file in ordered:
        licence = file.plain.get("licence", {})
        rows.append(
            [
                _file_link(file, "treatments/"),
                _words(file.text("evidence_grade")),
                str(len(file.cited())),
                *_count_cells([file]),
                *(plain(licence.get(setting, "not established")) for setting in ("uk", "nl")),
                plain(file.text("note")),
            ]
        )
    columns = ("Treatment", "Grade", "Sources", *COUNT_COLUMNS, "Licence, UK", "Licence, NL", "What was seen")
    return table(columns, rows, numeric=range(2, 3 + len(COUNT_COLUMNS)))


def _strategies(root: Path, files: Sequence[EvidenceFile]) -> str:
    grade_of = {file.name: file.text("evidence_grade") for file in files}
    rows = []
    for name, strategy in load_strategies(root).items():
        given = list(dict.fromkeys(treatment for line in strategy.lines for treatment in line.treatments))
        grades = [grade_of[treatment] for treatment in given]
        acting = [grade for grade in grades if grade != "none"] or grades
        weakest = max(acting, key=list(GRADES).index, default="")
        told = ", ".join(f"{_words(treatment)} ({_words(grade_of[treatment])})" for treatment in given)
        rows.append([link(name, f"../{strategy.file}"), told or "supportive care alone", _words(weakest)])
    return table(("Strategy", "Treatments (grade)", "Rests on"), rows)


def _weighty(root: Path, files: Sequence[EvidenceFile]) -> str:
    """The hand-kept list with the values and ranges of the files. Raises InputError for what is no assumption."""
    path = root / "docs" / WEIGHTY_FILE
    prefix = {"treatments": "treatments.", "settings": "setting."}
    found: dict[str, Quantity] = {}
    for file in files:
        folder = file.path.parent.name
        before = f"{prefix.get(folder, '')}{file.name + '.' if folder == 'treatments' else ''}"
        if folder != "populations":
            found |= {f"{before}{name}": quantity for name, quantity in file.quantities.items()}
    document = read_toml(path, root)
    rows = []
    for entry in document["assumption"]:
        for number, name in enumerate(entry["parameters"]):
            quantity = found.get(name)
            if quantity is None or quantity.status != "assumption":
                what = "there is no such assumption"
                raise InputError(f"{shown(path, root)}, {name}", what, "Name a parameter of that status.")
            value = ", ".join(f"{value:g}" for value in quantity.numbers)
            span = f"{quantity.low:g} to {quantity.high:g}" if quantity.low is not None is not quantity.high else ""
            why = plain(entry["because"]) if number == 0 else "as above"
            rows.append([f"`{name}`", f"{value} {quantity.unit}", span, why])
    return f"{document['introduction'].strip()}\n\n" + table(("Parameter", "Value", "Range", "Why it weighs"), rows)


def _populations(files: Sequence[EvidenceFile]) -> str:
    parts = []
    for file in files:
        counts = _count_cells([file])
        own = ", ".join(f"{n} {status}" for n, status in zip(counts[1:], STATUSES, strict=True) if n != "0")
        parts.append(
            f"**{_file_link(file, 'populations/')}: {plain(file.text('title', file.name))}.** "
            f"{plain(file.text('evidence'))} Own numbers: {own or 'none'}."
        )
    return "\n\n".join(parts)


def _settings(files: Sequence[EvidenceFile]) -> str:
    parts = []
    for file in files:
        counts = _count_cells([file])
        own = ", ".join(f"{n} {status}" for n, status in zip(counts[1:], STATUSES, strict=True) if n != "0")
        parts.append(
            f"**{_file_link(file, 'settings/')}: {plain(file.text('title'))}.** Prices in {file.text('currency')} of "
            f"{file.text('price_year')}; life table `{file.text('life_table')}`, utility norms "
            f"`{file.text('utility_norms')}`. Numbers: {own}. {plain(file.text('note'))}"
        )
    return "\n\n".join(parts)


def _sources(sources: dict[str, Source], cited: Counter[str]) -> str:
    rows = [
        (f"`{key}`", plain(sources[key].reference), str(cited[key]), plain(sources[key].note or ""))
        for key in sorted(cited)
    ]
    return table(("Key", "Reference", "Cited by", "Note"), rows, numeric=(2,))
