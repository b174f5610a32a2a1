"""The outcomes of one course: their names, units, labels for people, and which may be missing."""

from dataclasses import dataclass

import numpy as np

from sim.vocabulary.care_terms import CostCategory

CATEGORIES: tuple[str, ...] = tuple(category.name.lower() for category in CostCategory)


@dataclass(frozen=True)
class Outcome:
    """One outcome: field `name`, `unit`, `label` for people; `may_be_missing` if nan stands for "not applicable"."""

    name: str
    unit: str
    label: str
    may_be_missing: bool = False


def _cost_outcomes(suffix: str, remark: str) -> tuple[Outcome, ...]:
    """One outcome a category; `unit` "currency" is the currency of the setting."""
    return tuple(
        Outcome(f"cost_{name}{suffix}", "currency", f"Cost, {name.replace('_', ' ')}{remark}") for name in CATEGORIES
    )


OUTCOMES: tuple[Outcome, ...] = (
    Outcome("life_years", "years", "Life-years"),
    Outcome("life_years_discounted", "years", "Life-years, discounted"),
    Outcome("qalys", "QALYs", "Quality-adjusted life-years"),
    Outcome("qalys_discounted", "QALYs", "Quality-adjusted life-years, discounted"),
    Outcome("pain_years", "NRS-years", "Load pain over time"),
    Outcome("pain_free_days", "days", "Days without load pain"),
    *_cost_outcomes("", ""),
    *_cost_outcomes("_discounted", ", discounted"),
    Outcome("cost", "currency", "Cost, all of the perspective"),
    Outcome("cost_discounted", "currency", "Cost, all of the perspective, discounted"),
    Outcome("symptom_months_from_onset", "months", "Onset to end of symptoms", may_be_missing=True),
    Outcome("symptom_months_from_entry", "months", "Entry to end of symptoms", may_be_missing=True),
    Outcome("symptom_months_from_diagnosis", "months", "Diagnosis to end of symptoms", may_be_missing=True),
    Outcome("symptom_months_from_treatment", "months", "First treatment to end of symptoms", may_be_missing=True),
    Outcome("mri_months_from_onset", "months", "Onset to normal MRI", may_be_missing=True),
    Outcome("mri_months_from_entry", "months", "Entry to normal MRI", may_be_missing=True),
    Outcome("mri_months_from_diagnosis", "months", "Diagnosis to normal MRI", may_be_missing=True),
    Outcome("mri_months_from_treatment", "months", "First treatment to normal MRI", may_be_missing=True),
    Outcome("sport_months_from_diagnosis", "months", "Diagnosis to return to sport", may_be_missing=True),
    Outcome("symptoms_resolved", "share", "Symptoms ended during follow-up"),
    Outcome("treated", "share", "Started a treatment"),
    Outcome("first_scans", "count", "First scan of the first lesion, if made after entry"),
    Outcome("first_scans_discounted", "count", "First scan of the first lesion, discounted"),
    Outcome("wrong_diagnoses", "count", "Wrong diagnoses, those before entry included"),
    Outcome("lesions", "count", "Lesions, the first included"),
    Outcome("insufficiency_fractures", "count", "Insufficiency fractures, those before entry included"),
    Outcome("collapses", "count", "Joint collapses"),
    Outcome("neck_fractures", "count", "Femoral neck fractures"),
    Outcome("vertebral_fractures", "count", "Vertebral fractures"),
    Outcome("arthroplasties", "count", "Joint replacements"),
    Outcome("revisions", "count", "Revisions of a joint replacement"),
    Outcome("osteonecrosis_found", "count", "Osteonecrosis found"),
    Outcome("gastrointestinal_events", "count", "Gastrointestinal events under analgesics"),
    Outcome("adverse_events", "count", "Adverse events of treatment"),
    Outcome("deaths_perioperative", "count", "Deaths at an operation"),
    Outcome("days_off_work", "days", "Days off work"),
    Outcome("unloading_days", "days", "Days of unloading"),
)

OUTCOME_NAMES: tuple[str, ...] = tuple(outcome.name for outcome in OUTCOMES)
MAY_BE_MISSING: tuple[str, ...] = tuple(outcome.name for outcome in OUTCOMES if outcome.may_be_missing)
UNITS: dict[str, str] = {outcome.name: outcome.unit for outcome in OUTCOMES}
LABELS: dict[str, str] = {outcome.name: outcome.label for outcome in OUTCOMES}

# One record a course, every field a float64.
OUTCOME = np.dtype([(name, "f8") for name in OUTCOME_NAMES])


def _grouped() -> np.dtype[np.void]:
    """The bytes of OUTCOME with the costs by category as two vectors, which compiled code can index by category."""
    first, first_discounted = f"cost_{CATEGORIES[0]}", f"cost_{CATEGORIES[0]}_discounted"
    vectors = {first: "costs", first_discounted: "costs_discounted"}
    within = {f"cost_{name}{suffix}" for name in CATEGORIES for suffix in ("", "_discounted")} - set(vectors)
    fields: list[tuple[str, str] | tuple[str, str, tuple[int]]] = []
    for name in OUTCOME_NAMES:
        if name in vectors:
            fields.append((vectors[name], "f8", (len(CATEGORIES),)))
        elif name not in within:
            fields.append((name, "f8"))
    return np.dtype(fields)


OUTCOME_GROUPED = _grouped()
