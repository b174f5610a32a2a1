"""Where the time goes: phases of the batch engine by strategy, and the steps of one whole run.

python benchmarks/where_time_goes.py [patients]
"""

import sys
from pathlib import Path
from tempfile import TemporaryDirectory
from time import perf_counter

STARTED = perf_counter()

from sim.experiments.bench import SCENARIO, best  # noqa: E402 the imports are timed too
from sim.experiments.blocks import prepared  # noqa: E402
from sim.experiments.run import run, thread_count  # noqa: E402
from sim.experiments.store import save  # noqa: E402
from sim.inputs.scenario import load_scenario  # noqa: E402
from sim.report.html import write_report  # noqa: E402

IMPORTED = perf_counter()


def by_strategy(patients: int) -> None:
    """One strategy at a time on one thread; entry is paid once for each of these runs."""
    scenario = load_scenario(SCENARIO)
    print(f"{'strategy':<30}{'events':>8}{'ns/event':>10}{'entry %':>9}{'follow %':>9}{'value %':>9}{'sums %':>8}")
    alone = [load_scenario(SCENARIO, strategies=[name], comparator=name) for name in scenario.strategies]
    for label, one in [*zip(scenario.strategies, alone, strict=True), ("all", scenario)]:
        timing = best(prepared(one), patients, threads=1)
        busy = (timing.busy.entry, timing.busy.following, timing.busy.valuation, timing.busy.sums)
        shares = "".join(f"{100 * part / sum(busy):>9.1f}" for part in busy)
        events = timing.events / timing.courses
        print(f"{label:<30}{events:>8.1f}{1e9 * timing.processor_seconds / timing.events:>10.0f}{shares}")


def by_step(patients: int) -> None:
    """The steps of `bmes run`, the rules being compiled before."""
    scenario = load_scenario(SCENARIO)
    times = {"imports": IMPORTED - STARTED}
    begun = perf_counter()
    prepared(scenario)
    times["inputs and solved laws"] = perf_counter() - begun
    run(scenario, patients=4)
    begun = perf_counter()
    results = run(scenario, patients=patients)
    times[f"run, {patients:,} patients, {thread_count(None)} threads"] = perf_counter() - begun
    with TemporaryDirectory() as folder:
        begun = perf_counter()
        save(results, Path(folder))
        times["run folder"] = perf_counter() - begun
        begun = perf_counter()
        write_report(results, Path(folder) / "report.html")
        times["report"] = perf_counter() - begun
    for step, seconds in times.items():
        print(f"{step:<40}{seconds:>8.2f} s")


if __name__ == "__main__":
    number = int(sys.argv[1]) if len(sys.argv) > 1 else 10_000
    by_step(number)
    print()
    by_strategy(number)
