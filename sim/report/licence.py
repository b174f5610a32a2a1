"""What is licensed and what is off-label: a statement, and a table of the treatments with their evidence."""

from sim.report.answer import joined
from sim.report.subject import Subject
from sim.report.table import Row, Table, words
from sim.report.terms import CONTRAINDICATIONS, COUNTRIES, GRADES, SITES

NOT_ESTABLISHED = "not established"


def country(subject: Subject) -> str:
    """For instance `the United Kingdom`."""
    return COUNTRIES.get(subject.setting.name, subject.setting.title)


def licence_text(subject: Subject, treatment: str) -> str:
    """What the treatment's file says about its licence in the setting's country."""
    return subject.inputs.treatments[treatment].licence.get(subject.setting.name, NOT_ESTABLISHED)


def statement(subject: Subject) -> list[str]:
    """Paragraphs on off-label use and on what the licence entries are worth."""
    names = subject.treatments()
    if not names:
        return ["The strategies compared give no treatment beyond supportive care, so no licence is concerned."]
    unknown = [name for name in names if NOT_ESTABLISHED in licence_text(subject, name).lower()]
    paragraphs = [
        f"No drug compared here is licensed for bone marrow oedema syndrome in {country(subject)}: every use of one "
        "against it is off-label. The report does not recommend such a use; it asks what would follow if the weak "
        "evidence were right. The usual analgesic is part of supportive care under every strategy and is not listed."
    ]
    if unknown:
        titles = joined([subject.inputs.treatments[name].title for name in unknown])
        paragraphs.append(
            f"What else they are licensed for in {country(subject)} is not established for {titles}: the sources that "
            "were read do not say. Look it up in the present product information."
        )
    return paragraphs


def licence_table(subject: Subject) -> Table | None:
    """How each treatment is given, how good the evidence is, what is licensed; None where nothing is given."""
    rows = []
    for name in subject.treatments():
        treatment = subject.inputs.treatments[name]
        given_by = [
            subject.title(strategy)
            for strategy in subject.strategies
            if any(name in line.treatments for line in subject.inputs.strategies[strategy].lines)
        ]
        barred = [CONTRAINDICATIONS[reason] for reason in treatment.contraindications]
        cells = (
            words(licence_text(subject, name)),
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
    used = dict.fromkeys(subject.inputs.treatments[name].evidence_grade for name in subject.treatments())
    columns = (
        "Treatment",
        f"Licence in {country(subject)}",
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
