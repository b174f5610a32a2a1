"""Writing the history: one row per event, exact by itself (pain before, pain after, slope until the next row)."""

from sim.disease.pain import settle_health_state, settle_pain
from sim.disease.rule import History, Patients, Tables, rule
from sim.vocabulary.events import ErrorCode


@rule
def record_with_leader(
    patients: Patients,
    i: int,
    tables: Tables,
    history: History,
    event: int,
    lesion: int,
    treatment: int,
    value: float,
    forced: int,
    forced_rest: int,
) -> None:
    """As `record`; `forced` and `forced_rest` name the lines that have just overtaken (-1: by value)."""
    p = patients[i]
    elapsed = p.now_years - p.row_years
    before = p.load_pain + p.load_slope * elapsed
    if p.dirty:
        settle_pain(patients, i, tables, forced, forced_rest)
        settle_health_state(patients, i)
        p.dirty = 0
    else:
        p.load_pain = before
        p.rest_pain += p.rest_slope * elapsed
    p.row_years = p.now_years
    if p.history_row >= p.history_end:
        p.error = ErrorCode.HISTORY_FULL
        return
    row = history[p.history_row]
    p.history_row += 1
    row.time_years = p.now_years
    row.pain_before = before
    row.pain_after = p.load_pain
    row.slope = p.load_slope
    row.rest_pain_after = p.rest_pain
    row.rest_slope = p.rest_slope
    row.value = value
    row.patient_id = p.patient_id
    row.strategy = p.strategy
    row.treatment = treatment
    row.status = p.status
    row.event = event
    row.health_state = p.health_state
    row.lesion = lesion
    if lesion >= 0:
        row.site = p.lesions[lesion].site
    else:
        row.site = -1


@rule
def record(
    patients: Patients, i: int, tables: Tables, history: History, event: int, lesion: int, treatment: int, value: float
) -> None:
    """Append a row for `event` of patient `i` at his present time, after settling his pain if it changed."""
    # one set of argument types, so that the long function below is compiled once
    record_with_leader(patients, i, tables, history, event, int(lesion), int(treatment), float(value), -1, -1)


@rule
def set_status(patients: Patients, i: int, bit: int, on: bool) -> None:
    """Switch one bit of the status that the next rows carry."""
    p = patients[i]
    if on:
        p.status = p.status | bit
    else:
        p.status = p.status & ~bit
