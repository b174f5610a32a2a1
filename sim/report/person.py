"""Who a patient is, in a paragraph: attributes drawn once, the way to the diagnosis, what luck holds for later."""

import math
from typing import Any

from sim.report.terms import AETIOLOGIES, JOINTS
from sim.report.words import moment, place
from sim.vocabulary.enums import Aetiology, BodyMass, BoneDensity, Job, Kidney, Sex, Site

CONDITIONS = {
    "cardiovascular_disease": "cardiovascular disease",
    "anticoagulation": "takes anticoagulants",
    "smoking": "smokes",
    "alcohol": "drinks much alcohol",
    "steroids": "takes steroids",
    "hypothyroidism": "hypothyroidism",
    "lipid_disorder": "lipid disorder",
    "cirrhosis": "cirrhosis",
    "anaemia": "anaemia",
    "previous_cancer_treatment": "earlier cancer treatment",
}
KIDNEYS = {
    Kidney.NORMAL: "normal kidneys",
    Kidney.REDUCED: "reduced kidney function",
    Kidney.POOR: "poor kidney function",
}
WORK = {Job.NONE: "no job", Job.SEDENTARY: "sedentary work", Job.LIGHT: "light work", Job.HEAVY: "heavy work"}


def who(patient: Any) -> str:
    """The person behind a PATIENT record, in a few sentences."""
    first = patient["lesions"][0]
    sex = "woman" if Sex(int(patient["sex"])) == Sex.FEMALE else "man"
    aetiology = AETIOLOGIES[Aetiology(int(patient["aetiology"]))]
    both = ", on both sides" if patient["bilateral"] else ""
    lines = [
        f"Patient {int(patient['patient_id'])}: a {sex} of {patient['age_years']:.1f} years at the first symptom, "
        f"{JOINTS[Site(int(first['site']))]} ({place(first)}{both}), {aetiology}.",
        *_stages(patient),
        _body(patient),
        _life(patient),
        f"Load pain at entry is drawn as {patient['entry_pain']:.1f} of 10, "
        f"{'with' if patient['rest_pain_present'] else 'without'} rest pain. "
        f"Way to the diagnosis: first visit {moment(float(patient['first_contact_years']))}, "
        f"referral {moment(float(patient['referral_years']))}, diagnosis {moment(float(patient['diagnosis_years']))}; "
        f"entry {moment(float(patient['entry_years']))}. Times count from the first symptom.",
        _future(patient),
    ]
    return "\n".join(lines)


def _stages(patient: Any) -> list[str]:
    """Pregnancy, breastfeeding and growth, for those to whom they matter; they decide which drugs may be given."""
    parts = []
    delivery, weaning = float(patient["delivery_years"]), float(patient["breastfeeding_end_years"])
    if math.isfinite(delivery):
        week = float(patient["gestational_week"])
        at = f" in week {week:.0f} at the first symptom" if math.isfinite(week) else ""
        fed = f", then breastfeeds until {moment(weaning)}" if math.isfinite(weaning) else ", does not breastfeed"
        parts.append(f"pregnant{at}, delivery {moment(delivery)}{fed}")
    elif math.isfinite(weaning):
        parts.append(f"breastfeeds until {moment(weaning)}")
    if math.isfinite(closing := float(patient["growth_plates_close_years"])):
        parts.append(f"growth plates close {moment(closing)}")
    if patient["childbearing_wish"]:
        parts.append("wishes to have children")
    text = "; ".join(parts)
    return [f"{text[0].upper()}{text[1:]}."] if text else []


def _body(patient: Any) -> str:
    density = BoneDensity(int(patient["bone_density"])).name.lower()
    mass = BodyMass(int(patient["body_mass"])).name.lower()
    conditions = [words for field, words in CONDITIONS.items() if patient[field]]
    parts = [
        f"25(OH)D {patient['vitamin_d_ng_per_ml']:.1f} ng/mL",
        "normal bone density" if density == "normal" else density,
        "normal weight" if mass == "normal" else mass,
        KIDNEYS[Kidney(int(patient["kidney"]))],
        *conditions,
    ]
    return f"{', '.join(parts)}."


def _life(patient: Any) -> str:
    job = Job(int(patient["job"]))
    hours = float(patient["weekly_hours"])
    expecting = math.isfinite(float(patient["delivery_years"]))  # pregnancy forbids it for a while
    parts = [
        f"{WORK[job]} ({hours:.0f} hours a week)" if job != Job.NONE and hours > 0.0 else WORK[job],
        "does sport" if patient["sport"] else "no sport",
        "takes home treatment as told" if patient["adherent"] else "does not take home treatment as told",
        ("can" if patient["nsaid_possible"] else "cannot") + " take an NSAID" + (" at entry" if expecting else ""),
    ]
    text = ", ".join(parts)
    return f"{text[0].upper()}{text[1:]}."


def _future(patient: Any) -> str:
    """What luck has in store whatever the strategy is."""
    further = [patient["lesions"][k] for k in range(1, 1 + int(patient["further_lesions"]))]
    listed = "; ".join(f"{place(lesion)} at {moment(float(lesion['onset_years']))}" for lesion in further)
    death = float(patient["age_years"]) + float(patient["other_death_years"])
    lesions = f"further lesions: {listed}" if further else "no further lesion"
    return f"In store under every strategy: {lesions}; death from other causes at {death:.1f} years of age."
