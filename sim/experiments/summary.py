"""The summary: one row a strategy with what a reader asks first, for spreadsheets."""

import pandas as pd

from sim.experiments.results import Results

MAIN = ("cost_discounted", "qalys_discounted", "life_years", "pain_years", "pain_free_days", "adverse_events")
MEDIAN = "symptom_months_from_diagnosis_median"


def summary_frame(results: Results) -> pd.DataFrame:
    """A row a strategy: main outcomes, increments to the comparator, frontier, net monetary benefit."""
    outcomes = results.outcomes
    table = outcomes[["strategy", "patients"]].copy()
    titles = {name: strategy.title for name, strategy in results.inputs.strategies.items()}
    table.insert(1, "title", [titles[name] for name in table["strategy"]])
    for name in MAIN:
        table[name], table[f"{name}_se"] = outcomes[name], outcomes[f"{name}_se"]
    table[MEDIAN] = outcomes[MEDIAN]
    against = results.increments[results.increments["comparator"] == results.scenario.comparator]
    for name in MAIN[:2]:
        one = against[against["outcome"] == name].set_index("strategy")
        table[f"incremental_{name}"] = table["strategy"].map(one["mean"])
        table[f"incremental_{name}_se"] = table["strategy"].map(one["standard_error"])
    incremental = results.incremental.set_index("strategy")
    for name in ("status", "next_to", "icer"):
        table[name] = table["strategy"].map(incremental[name])
    for threshold, rows in results.net_benefit.groupby("willingness_to_pay"):
        one = rows.set_index("strategy")
        table[f"net_monetary_benefit_{threshold:g}"] = table["strategy"].map(one["net_monetary_benefit"])
        table[f"net_monetary_benefit_{threshold:g}_se"] = table["strategy"].map(one["standard_error"])
    return table
