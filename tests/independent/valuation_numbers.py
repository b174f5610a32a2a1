"""Made-up numbers for the tests of valuation; none of them is evidence, and no two prices are alike."""

from collections.abc import Mapping

from sim.vocabulary.units import to_years, unit_promised_by

UNIT_COSTS = {
    "mri": 191.0,
    "radiograph": 45.0,
    "bone_scan": 233.0,
    "blood_panel": 15.6,
    "vitamin_d_assay": 5.0,
    "general_practice_consultation": 40.0,
    "first_consultation": 241.0,
    "follow_up_consultation": 200.0,
    "physiotherapy_contact": 79.0,
    "nsaid_year": 45.2,
    "infusion": 256.0,
    "drug_dose": 244.0,
    "chair_day": 464.0,
    "vitamin_year": 17.0,
    "tablet_year": 33.0,
    "dental_check": 27.0,
    "operation_hip": 3432.0,
    "operation_knee": 2790.0,
    "theatre_kit": 61.0,
    "hip_arthroplasty": 9088.0,
    "knee_arthroplasty": 8692.0,
    "revision": 14434.0,
    "neck_fracture_surgery": 12950.0,
    "vertebral_fracture": 1400.0,
    "fracture_clinic": 201.0,
    "gastrointestinal_event": 3210.0,
    "crutches": 23.0,
    "walker_boot": 71.0,
    "wrong_diagnosis": 390.0,
    "emergency_visit": 182.0,
    "travel_visit": 7.3,
    "informal_care_hour": 18.8,
    "unpaid_work_hour": 16.1,
    "paid_hour": 39.9,
    "out_of_pocket_aids": 41.0,
}
VALUES = {
    "setting.discount_rate_costs_per_year": 0.035,
    "setting.discount_rate_effects_per_year": 0.035,
    "setting.friction_period_weeks": 16.4,
    "scans_per_case_count": 3.0,
    "early_scans_per_case_count": 15.0,
    "incidental_visits_per_scan_count": 0.05,
    "bone_scan_probability": 0.1,
    "physiotherapy_contacts_count": 6.0,
    "wrong_diagnosis_visits_count": 2.5,
    "informal_care_weekly_hours": 4.0,
    "unpaid_work_lost_weekly_hours": 3.0,
    "utility_loss_per_pain_point_utility": 0.07,
    "utility_reference_norm_utility": 0.892,
    "convex_utility_loss.first_knot_nrs": 3.75,
    "convex_utility_loss.second_knot_nrs": 6.25,
    "convex_utility_loss.below_first_knot_utility": 0.06,
    "convex_utility_loss.between_knots_utility": 0.085,
    "convex_utility_loss.above_second_knot_utility": 0.11,
    "unloading_disutility": 0.03,
    "neck_fracture_disutility.acute": 0.53,
    "neck_fracture_disutility.at_one_year": 0.16,
    "neck_fracture_disutility.later": 0.10,
    "neck_fracture_recovery_months": 12.0,
    "vertebral_fracture_disutility": 0.3,
    "vertebral_fracture_weeks": 12.0,
    "gastrointestinal_event_disutility": 0.12,
    "gastrointestinal_event_weeks": 4.0,
    "treatments.infusion.adverse_events.fever.disutility": 0.35,
    "treatments.infusion.adverse_events.low_calcium.disutility": 0.05,
    "treatments.chair.adverse_events.headache.disutility": 0.1,
    "treatments.chair.adverse_events.flush.disutility": 0.2,
    "treatments.operation.procedure_disutility": 0.05,
    "treatments.operation.procedure_disutility_weeks": 6.0,
    "treatments.operation.adverse_events.infection.disutility": 0.15,
} | {f"setting.unit_costs.{name}": cost for name, cost in UNIT_COSTS.items()}


class Numbers:
    """Stands in for a ParameterSet: numbers by dotted name, whose ending gives their unit."""

    def __init__(self, values: Mapping[str, float]) -> None:
        self.numbers = dict(values)
        self.read: set[str] = set()

    def __contains__(self, name: str) -> bool:
        return name in self.numbers

    def value(self, name: str) -> float:
        self.read.add(name)
        return self.numbers[name]

    def years(self, name: str) -> float:
        unit = unit_promised_by(name)
        assert unit is not None
        return to_years(self.value(name), unit)
