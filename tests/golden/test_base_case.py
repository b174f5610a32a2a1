"""The base case stands still: a change detector, not an oracle (its numbers are whatever the model gave)."""

import sim

SEED = 1
OUTCOMES = [
    "cost_discounted",
    "qalys_discounted",
    "life_years",
    "pain_years",
    "symptom_months_from_entry",
    "mri_months_from_entry",
    "lesions",
    "insufficiency_fractures",
    "arthroplasties",
    "adverse_events",
    "days_off_work",
    "unloading_days",
]


def test_the_base_case_of_200_patients_is_unchanged(golden):
    outcomes = sim.run(sim.load_scenario("base_case_uk"), patients=200, seed=SEED).outcomes
    golden.check("base_case_200_patients.csv", outcomes[["strategy", *OUTCOMES]])


def test_the_history_of_three_patients_is_unchanged(golden):
    """Row by row under the strategy with most events: a moved event shows here before it shows in a mean."""
    scenario = sim.load_scenario("base_case_uk", strategies=["supportive", "step_up"])
    history = sim.run(scenario, patients=3, seed=SEED, keep_history=True).history
    columns = ["strategy", "patient_id", "time_years", "event", "lesion", "pain_after", "slope", "treatment"]
    golden.check("history_of_three_patients.csv", history[columns])
