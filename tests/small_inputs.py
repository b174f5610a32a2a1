"""A small, complete data folder for tests of the loaders; each test damages its own copy."""

from pathlib import Path

from sim.inputs.model_inputs import ModelInputs, gather
from sim.inputs.scenario import load_scenario

FILES = {
    "parameters/sources.toml": """
[author2019]
authors = "Author A, Writer B"
year = 2019
title = "A course"
journal = "Journal"
doi = "10.1000/1"
""",
    "parameters/population.toml": """
[site_share.hip]
value = 0.25
unit = "probability"
distribution = "dirichlet"
concentration = 10.0
source = "author2019"
status = "published"
[site_share.knee]
value = 0.75
unit = "probability"
distribution = "dirichlet"
concentration = 30.0
source = ["author2019"]
status = "published"
[smoking_probability]
value = 0.3
unit = "probability"
distribution = "beta"
alpha = 3.0
beta = 7.0
source = "author2019"
where = "Table 1"
status = "published"
[vitamin_d_offset_ng_per_ml.obese]
value = -4.0
unit = "ng/mL"
distribution = "normal"
standard_error = 1.0
status = "assumption"
reason = "For a test."
[healing_median_months.hip]
value = 6.0
unit = "months"
distribution = "lognormal"
sigma = 0.13
source = "author2019"
status = "derived"
""",
    "parameters/populations/adults.toml": """
title = "Adults"
summary = "Adults."
evidence = "None; for a test."
age_minimum_years = 18
""",
    "parameters/care.toml": """
[review_weeks]
value = [6, 13, 26]
unit = "weeks"
distribution = "fixed"
status = "assumption"
reason = "Calendar."
[follow_up_scan_weeks]
value = [13]
unit = "weeks"
distribution = "fixed"
status = "assumption"
reason = "Calendar."
""",
    "parameters/settings/uk.toml": """
title = "United Kingdom"
currency = "GBP"
price_year = "2024/25"
life_table = "uk"
utility_norms = "uk"
perspective = ["diagnosis", "drug", "administration"]
thresholds = [25000.0, 35000.0]
[unit_costs.mri]
value = 191.0
unit = "GBP"
distribution = "gamma"
standard_error = 19.1
source = "author2019"
status = "published"
[unit_costs.infusion]
value = 256.0
unit = "GBP"
distribution = "gamma"
standard_error = 100.0
source = "author2019"
status = "published"
""",
    "parameters/treatments/zoledronate.toml": """
title = "Zoledronate"
class = "bisphosphonate"
route = "intravenous"
dose = "5 mg once"
setting = "day_unit"
scope = "systemic"
sites = ["hip", "knee"]
contraindications = ["kidney_poor"]
evidence_grade = "low"
requires_repletion = true
sources = ["author2019"]
[healing]
endpoint = "mri"
[healing.hazard_ratio]
value = 1.5
unit = "ratio"
distribution = "lognormal"
sigma = 0.28
source = "author2019"
status = "derived"
[healing.lag_weeks]
value = 0.0
unit = "weeks"
distribution = "fixed"
status = "assumption"
reason = "Window."
[healing.plateau_weeks]
value = 6.0
unit = "weeks"
distribution = "fixed"
status = "assumption"
reason = "Window."
[healing.waned_weeks]
value = 12.0
unit = "weeks"
distribution = "fixed"
status = "assumption"
reason = "Window."
[[pain]]
multiplier_ratio = {value = 0.9, unit = "ratio", distribution = "fixed", status = "assumption", reason = "x"}
from_days = {value = 7, unit = "days", distribution = "fixed", status = "assumption", reason = "x"}
until_days = {value = 42, unit = "days", distribution = "fixed", status = "assumption", reason = "x"}
[[adverse_events]]
name = "acute_phase_reaction"
stops_treatment = false
replaces_pain = false
resources = {mri = 0.5}
first_probability = {value = 0.3, unit = "probability", distribution = "fixed", status = "assumption", reason = "x"}
later_probability = {value = 0.1, unit = "probability", distribution = "fixed", status = "assumption", reason = "x"}
delay_days = {value = 1, unit = "days", distribution = "fixed", status = "assumption", reason = "x"}
duration_days = {value = 3, unit = "days", distribution = "fixed", status = "assumption", reason = "x"}
disutility = {value = 0.1, unit = "utility", distribution = "fixed", status = "assumption", reason = "x"}
[resources_per_administration]
administration = {infusion = 1}
""",
    "parameters/strategies/supportive.toml": """
title = "Supportive care"
summary = "Unloading and analgesics."
""",
    "parameters/strategies/zoledronate.toml": """
title = "Zoledronate"
summary = "Once at diagnosis, again at a review."
[[lines]]
treatments = ["zoledronate"]
start = {rule = "at_diagnosis"}
maximum_cycles = 2
[[lines]]
treatments = ["zoledronate"]
start = {rule = "at_review", from_weeks = 13, pain_at_least = 4}
maximum_cycles = 2
""",
    "scenarios/base.toml": """
title = "Base"
question = "Does it pay?"
setting = "uk"
horizon_years = "lifetime"
strategies = ["supportive", "zoledronate"]
comparator = "supportive"
patients = 1000
seed = 7
[population]
kind = "adults"
age_minimum_years = 18
""",
}


def write_inputs(folder: Path) -> Path:
    """Write the data folder to `folder` and return it."""
    for name, text in FILES.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text.lstrip(), encoding="utf-8")
    for kind, column, value in (("life_tables", "qx", 0.01), ("utility_norms", "mean", 0.9)):
        rows = [f"{age},{sex},{value}" for age in range(16 if kind == "utility_norms" else 0, 101) for sex in SEXES]
        path = folder / "parameters" / kind / "uk.csv"
        path.parent.mkdir(exist_ok=True)
        path.write_text("\n".join(["# author2019", f"age,sex,{column}", *rows]) + "\n", encoding="utf-8")
    return folder


SEXES = ("male", "female")


def replace_in(folder: Path, name: str, old: str, new: str) -> None:
    """Replace a text that must be there, once."""
    path = folder / name
    text = path.read_text(encoding="utf-8")
    assert old in text, f"{name} does not hold {old!r}"
    path.write_text(text.replace(old, new, 1), encoding="utf-8")


def gathered(folder: Path, scenario: str = "base") -> ModelInputs:
    """Load the scenario of that name and all it needs from the folder."""
    return gather(load_scenario(folder / "scenarios" / f"{scenario}.toml"), root=folder)
