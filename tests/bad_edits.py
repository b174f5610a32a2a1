"""Mistakes in the small inputs: which text is replaced by which, and what the message must hold."""

POPULATION = "parameters/population.toml"
CARE = "parameters/care.toml"
UK = "parameters/settings/uk.toml"
TREATMENT = "parameters/treatments/zoledronate.toml"
STRATEGY = "parameters/strategies/zoledronate.toml"
SCENARIO = "scenarios/base.toml"
SECOND_START = 'start = {rule = "at_review", from_weeks = 13, pain_at_least = 4}'

# file, text, what stands there instead, and what the line must hold: file, key, repair
EDITS = {
    "probability_80": (
        POPULATION, "value = 0.3\n", "value = 80\n",
        ["smoking_probability", "80 is not a probability", "write 0.8"],
    ),
    "negative_probability": (POPULATION, "value = 0.3\n", "value = -0.1\n", ["smoking_probability", "between 0 and 1"]),
    "missing_source": (
        POPULATION, 'source = "author2019"\nwhere', "where", ["smoking_probability.source", "Add source = 'KEY'"]
    ),
    "source_that_is_not_listed": (
        POPULATION, 'source = "author2019"\nwhere', 'source = "auhtor2019"\nwhere',
        ["smoking_probability.source", "parameters/sources.toml", "Did you mean 'author2019'?"],
    ),
    "misspelt_key_of_a_quantity": (
        POPULATION, 'status = "published"\n[vit', 'statsu = "published"\n[vit',
        ["smoking_probability.statsu", "Did you mean 'status'?"],
    ),
    "misspelt_value": (POPULATION, "value = 0.3\n", "valeu = 0.3\n", ["smoking_probability", "Rename 'valeu'"]),
    "unknown_distribution": (
        POPULATION, '"beta"', '"betta"', ["smoking_probability.distribution", "Did you mean 'beta'?"]
    ),
    "unknown_unit": (POPULATION, 'unit = "months"', 'unit = "month"', [".unit", "Did you mean 'months'?"]),
    "unit_against_the_name": (
        POPULATION, 'unit = "months"', 'unit = "years"', ["healing_median_months.hip.unit", "unit = 'months'"]
    ),
    "text_for_a_number": (POPULATION, "value = 6.0", 'value = "6"', ["healing_median_months.hip", "without quotes"]),
    "not_a_number": (POPULATION, "value = 6.0", "value = nan", ["healing_median_months.hip", "nan is not a number"]),
    "spread_without_numbers": (POPULATION, "sigma = 0.13\n", "", ["hip.distribution", "Write sigma only"]),
    "spread_of_another_distribution": (
        POPULATION, "sigma = 0.13\n", "sigma = 0.13\nalpha = 1.0\n", ["hip.distribution", "Write sigma only"]
    ),
    "value_against_its_distribution": (
        POPULATION, "alpha = 3.0", "alpha = 30.0", ["smoking_probability", "Correct the value or the distribution"]
    ),
    "value_outside_its_range": (
        POPULATION, "alpha = 3.0", "alpha = 3.0\nlow = 0.4", ["smoking_probability.low", "low <= value <= high"]
    ),
    "shares_that_miss_one": (POPULATION, "value = 0.75", "value = 0.70", ["site_share", "sum to 0.95", "Correct them"]),
    "assumption_without_reason": (POPULATION, 'reason = "For a test."', "", [".obese.reason", "Add reason"]),
    "number_without_its_table": (
        POPULATION, "[site_share.hip]", "alcohol_probability = 0.1\n[site_share.hip]",
        ["alcohol_probability", "Write a table with value = 0.1"],
    ),
    "name_in_two_files": (
        CARE, "[review_weeks]", "[smoking_probability]\nvalue = 0.3\nunit = 'probability'\ndistribution = 'fixed'\n"
        "status = 'assumption'\nreason = 'x'\n[review_weeks]",
        ["smoking_probability", "is also in", "Remove one"],
    ),
    "broken_toml": (CARE, "[review_weeks]", "[review_weeks", ["line 1", "Correct that line"]),
    "scan_without_review": (CARE, "value = [13]", "value = [14]", ["follow_up_scan_weeks", "weeks of review_weeks"]),
    "negative_cost": (UK, "value = 191.0", "value = -191.0", ["setting.unit_costs.mri", "negative cost", "Write 191"]),
    "cost_in_another_currency": (UK, 'unit = "GBP"', 'unit = "EUR"', ["unit_costs.mri.unit", "unit = 'GBP'"]),
    "unknown_category": (
        UK, '"drug"', '"drugs"', ["perspective.2", "Did you mean 'drug'?"]
    ),
    "misspelt_key_of_a_setting": (UK, "price_year", "priceyear", ["priceyear", "Did you mean 'price_year'?"]),
    "misspelt_key_of_a_treatment": (TREATMENT, "route =", "rout =", ["rout", "Did you mean 'route'?"]),
    "misspelt_quantity_of_a_treatment": (
        TREATMENT, "[healing.lag_weeks]", "[healing.leg_weeks]", ["healing.leg_weeks", "Did you mean 'lag_weeks'?"]
    ),
    "missing_quantity_of_a_treatment": (
        TREATMENT, 'disutility = {value = 0.1, unit = "utility", distribution = "fixed", status = "assumption", '
        'reason = "x"}\n', "", ["adverse_events.acute_phase_reaction.disutility", "Add it"],
    ),
    "unknown_class": (TREATMENT, '"bisphosphonate"', '"bisphosphonates"', ["class", "Did you mean 'bisphosphonate'?"]),
    "unknown_site": (TREATMENT, '"knee"]', '"kne"]', ["sites.2", "Did you mean 'knee'?"]),
    "unknown_unit_cost": (TREATMENT, "{infusion = 1}", "{infusions = 1}", ["'infusions'", "Did you mean 'infusion'?"]),
    "interval_with_one_administration": (
        TREATMENT, 'sources =', 'interval_days = 30\nsources =', ["interval_days", "Write 0 for one administration"]
    ),
    "window_that_ends_before_it_begins": (
        TREATMENT, "value = 12.0", "value = 3.0", ["healing.plateau_weeks", "lies above", "Exchange or correct them"]
    ),
    "unknown_treatment_in_a_strategy": (
        STRATEGY, '["zoledronate"]', '["zoledronat"]', ["lines.1.treatments", "Did you mean 'zoledronate'?"]
    ),
    "unknown_rule": (STRATEGY, '"at_review"', '"at_revue"', ["lines.2.start.rule", "Did you mean 'at_review'?"]),
    "diagnosis_after_review": (
        STRATEGY, 'start = {rule = "at_diagnosis"}\nmaximum_cycles = 2\n[[lines]]',
        'start = {rule = "at_review"}\nmaximum_cycles = 2\n[[lines]]\ntreatments = ["zoledronate"]\n'
        'start = {rule = "at_diagnosis"}\nmaximum_cycles = 2\n[[lines]]',
        ["lines.2.start", "starts at diagnosis", "Put it first"],
    ),
    "condition_at_diagnosis": (
        STRATEGY, '"at_diagnosis"}', '"at_diagnosis", pain_at_least = 4}',
        ["lines.1.start.pain_at_least", "rule = 'at_review'"],
    ),
    "weeks_that_fall": (
        STRATEGY, 'start = {rule = "at_diagnosis"}', 'start = {rule = "at_review", from_weeks = 26}',
        ["lines.2.start", "Put the lines in order of weeks"],
    ),
    "two_lines_alike": (
        STRATEGY, SECOND_START, 'start = {rule = "at_diagnosis"}', ["lines.2", "same rule and treatments as line 1"]
    ),
    "waiting_for_ever": (
        STRATEGY, "maximum_cycles = 2\n[[", 'maximum_cycles = 2\non_contraindication = "wait"\n[[',
        ["lines.1.on_contraindication", "never clears (kidney_poor)", "'skip'"],
    ),
    "line_that_fits_no_site": (
        STRATEGY, "maximum_cycles = 2\n[[", 'maximum_cycles = 2\nsites = ["foot"]\n[[', ["lines.1.sites", "Name a site"]
    ),
    "review_after_the_last_one": (
        STRATEGY, "from_weeks = 13", "from_weeks = 60", ["lines.2.start.from_weeks", "earlier week"]
    ),
    "misspelt_key_of_a_scenario": (SCENARIO, "patients", "patiens", ["patiens", "Did you mean 'patients'?"]),
    "misspelt_key_of_the_population": (
        SCENARIO, "age_minimum_years", "age_minimum", ["population.age_minimum", "Did you mean 'age_minimum_years'?"]
    ),
    "unknown_strategy": (
        SCENARIO, '", "zoledronate"', '", "zoledronat"', ["base.toml, strategies", "Did you mean 'zoledronate'?"]
    ),
    "strategy_twice": (SCENARIO, '", "zoledronate"', '", "supportive"', ["strategies", "Remove one of the two"]),
    "comparator_that_is_not_compared": (
        SCENARIO, 'comparator = "supportive"', 'comparator = "suportive"', ["comparator", "Did you mean 'supportive'?"]
    ),
    "unknown_setting": (SCENARIO, '"uk"', '"uq"', ["base.toml, setting", "'uq'", "Write one of: uk"]),
    "unknown_parameter_laid_over": (
        SCENARIO, "[population]", "[parameters]\nsmoking_probabilty = 0.1\n[population]",
        ["parameters, smoking_probabilty", "Did you mean 'smoking_probability'?"],
    ),
    "probability_80_laid_over": (
        SCENARIO, "[population]", "[parameters]\nsmoking_probability = 80\n[population]",
        ["parameters, smoking_probability", "write 0.8"],
    ),
    "shares_laid_over_that_miss_one": (
        SCENARIO, "[population]", '[parameters]\n"site_share.hip" = 0.5\n[population]',
        ["parameters, site_share", "sum to 1.25"],
    ),
    "no_horizon": (SCENARIO, '"lifetime"', "0", ["horizon_years", "above 0"]),
    "extends_itself": (SCENARIO, 'title = "Base"', 'title = "Base"\nextends = "base"', ["base -> base", "`extends`"]),
    "extends_nothing": (SCENARIO, 'title = "Base"', 'title = "Base"\nextends = "bass"', ["extends", "'bass'"]),
}  # fmt: skip
