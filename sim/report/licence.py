"""What is licensed and what is off-label: a statement, and a table of the treatments with their evidence."""

from sim.report.answer import joined
from sim.report.findings import Findings
from sim.report.table import Row, Table, words
from sim.report.terms import CONTRAINDICATIONS, COUNTRIES, GRADES, SITES

NOT_ESTABLISHED = "not established"


def country(findings: Findings) -> str:
    """For instance `the United Kingdom`."""
    return COUNTRIES.get(findings.setting.name, findings.setting.title)


def licence_text(findings: Findings, treatment: str) -> str:
    """What the treatment's file says about its licence in the setting's country."""
    return findings.inputs.treatments[treatment].licence.get(findings.setting.name, NOT_ESTABLISHED)


def statement(findings: Findings) -> list[str]:
    """Paragraphs on off-label use and on what the licence entries are worth."""
    names = findings.treatments()
    if not names:
        return ["The strategies compared give no treatment beyond supportive care, so no licence is concerned."]
    unknown = [name for name in names if NOT_ESTABLISHED in licence_text(findings, name).lower()]
    paragraphs = [
        f"No drug compared here is licensed for bone marrow oedema syndrome in {country(findings)}: every use of one "
        "against it is off-label. The report does not recommend such a use; it asks what would follow if the weak "
        "evidence were right. The usual analgesic is part of supportive care under every strategy and is not listed."
    ]
    if unknown:
        titles = joined([findings.inputs.treatments[name].title for name in unknown])
        paragraphs.append(
            f"What else they are licensed for in {country(findings)} is not established for {titles}: the sources that "
            "were read do not say. Look it up in the present product information."
        )
    return paragraphs


def licence_table(findings: Findings) -> Table | None:
    """How each treatment is given, how good the evidence is, what is licensed; None where nothing is given."""
    rows = []
    for name in findings.treatments():
        treatment = findings.inputs.treatments[name]
        given_by = [
            findings.title(strategy)
            for strategy in findings.strategies
            if any(name in line.treatments for line in findings.inputs.strategies[strategy].lines)
        ]
        barred = [CONTRAINDICATIONS[reason] for reason in treatment.contraindications]
        cells = (
            words(licence_text(findings, name)),
            words(treatment.evidence_grade.replace("_", " ")),
            words(f"{treatment.route}; {treatment.dose}"),
            words(", ".join(SITES[site] for site in treatment.sites)),
            words(", ".join(barred) or "nobody"),
            words("; ".join(given_by)),
            words(treatment.note or ""),
        )
        rows.append(Row(treatment.title, cells))
    if not rows:
        return None
    used = dict.fromkeys(findings.inputs.treatments[name].evidence_grade for name in findings.treatments())
    columns = (
        "Treatment",
        f"Licence in {country(findings)}",
        "Evidence",
        "Given",
        "Sites",
        "Not given in",
        "Strategies",
        "Note",
    )
    note = f"Evidence grades of the effect on this condition. {'. '.join(_capital(GRADES[grade]) for grade in used)}."
    return Table("Treatments compared: licence and evidence", columns, tuple(rows), note)


def _capital(text: str) -> str:
    return text[0].upper() + text[1:]
