"""Run two scenarios from Python and put their answers side by side."""

import pandas as pd

import sim

PATIENTS = 5_000

frames = []
for name in ("base_case_uk", "skeptical"):
    results = sim.run(sim.load_scenario(name), patients=PATIENTS, threads=2)
    frames.append(results.incremental.assign(scenario=name))
    print(f"\n{name}: {results.scenario.question}")
    columns = ["strategy", "cost_discounted", "qalys_discounted", "symptom_months_from_entry_median"]
    print(results.outcomes[columns].round(4).to_string(index=False))

table = pd.concat(frames).pivot_table(index="strategy", columns="scenario", values="effect")
print("\nDiscounted QALYs: what every strategy gains is what its effects were assumed to be")
print(table.round(4).to_string())
