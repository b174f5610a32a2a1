"""Strategy lines: which line is due at this contact, on which lesion, and who may not have it."""

from sim.disease.recording import record
from sim.disease.rule import History, Patients, Tables, rule
from sim.disease.treatment import order_treatment
from sim.vocabulary.care_terms import CLEARING_CONTRAINDICATIONS, OnContraindication, SkipReason, StartRule
from sim.vocabulary.enums import LesionState
from sim.vocabulary.events import Event
from sim.vocabulary.slots import TREATMENTS_PER_LINE

STARTED = 0
WAITS = 1
SKIPPED = 2

# `value` of a history row, as plain integers
CONTRAINDICATED = int(SkipReason.CONTRAINDICATED)
NOT_AT_THIS_SITE = int(SkipReason.SITE_NOT_PERMITTED)
CYCLES_USED_UP = int(SkipReason.MAXIMUM_CYCLES)


@rule
def target_lesion(patients: Patients, i: int, sites: int) -> int:
    """The most painful diagnosed symptomatic lesion at one of `sites` (bits); -1 if there is none."""
    p = patients[i]
    target, worst = -1, -1.0
    for k in range(p.lesions_begun):
        lesion = p.lesions[k]
        if lesion.state != LesionState.ACTIVE or not lesion.known or lesion.osteonecrosis_found:
            continue
        pain = lesion.line_pain + lesion.line_slope * (p.now_years - lesion.line_years)
        if (sites >> lesion.site) & 1 and pain > worst:
            target, worst = k, pain
    return target


@rule
def line_is_due(patients: Patients, i: int, tables: Tables, line_number: int, at_diagnosis: bool) -> bool:
    """Whether the start rule of a line holds at this contact."""
    p = patients[i]
    line = tables[0].strategies[p.strategy].lines[line_number]
    if line.start_rule == StartRule.AT_DIAGNOSIS:
        return True
    if at_diagnosis or p.now_years - p.review_origin_years < line.earliest_years - 1e-9:
        return False
    pain = p.load_pain + p.load_slope * (p.now_years - p.row_years)
    return pain >= line.pain_at_least


@rule
def try_treatment(patients: Patients, i: int, tables: Tables, history: History, line_number: int, number: int) -> int:
    """Order treatment `number` of a line for its target, or say why not."""
    p = patients[i]
    line = tables[0].strategies[p.strategy].lines[line_number]
    treatment = tables[0].treatments[number]
    lesion = target_lesion(patients, i, line.sites & treatment.sites)
    if lesion < 0:
        record(patients, i, tables, history, Event.TREATMENT_SKIPPED, -1, number, NOT_AT_THIS_SITE)
        return SKIPPED
    if p.treatment_orders[number] >= line.maximum_cycles:
        record(patients, i, tables, history, Event.TREATMENT_SKIPPED, lesion, number, CYCLES_USED_UP)
        return SKIPPED
    reasons = p.contraindications & treatment.contraindications
    if reasons:
        if line.on_contraindication == OnContraindication.WAIT and not reasons & ~CLEARING_CONTRAINDICATIONS:
            return WAITS
        record(patients, i, tables, history, Event.TREATMENT_SKIPPED, lesion, number, CONTRAINDICATED)
        return SKIPPED
    order_treatment(patients, i, tables, history, number, lesion, line_number)
    return STARTED


@rule
def consider_lines(patients: Patients, i: int, tables: Tables, history: History, at_diagnosis: bool) -> None:
    """Start the next line if it is due; a line of which nothing can be given makes way for the one after it."""
    p = patients[i]
    strategy = tables[0].strategies[p.strategy]
    p.line_waits = 0
    while p.line < strategy.line_count:
        line = strategy.lines[p.line]
        if not line_is_due(patients, i, tables, p.line, at_diagnosis):
            return
        started = False
        for n in range(min(line.treatment_count, TREATMENTS_PER_LINE)):
            outcome = try_treatment(patients, i, tables, history, p.line, line.treatments[n])
            if outcome == WAITS:
                p.line_waits = 1
                return
            if outcome == STARTED:
                started = True
        p.line += 1
        if started:
            return


@rule
def consider_waiting_line(patients: Patients, i: int, tables: Tables, history: History) -> None:
    """A contraindication has cleared: a line that waited for it is looked at again."""
    p = patients[i]
    if p.alive and p.episode_open and p.line_waits:
        consider_lines(patients, i, tables, history, False)
