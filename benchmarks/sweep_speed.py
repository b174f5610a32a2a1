"""Sweeps: courses a core-second, bytes a point, and the memory of the process that hands out the work.

    python benchmarks/sweep_speed.py [patients] [--driver-only] [--ten-million]

The first table simulates a grid of 400 points under two strategies on one thread. The second one writes sweeps of up to
a million points (or ten) whose results are made up, so that the memory and time are those of the handing out and the
writing alone; what it must hold is the design, once, before the first point.
"""

import json
import subprocess
import sys

SWEEP = """
import json, resource, sys, tempfile, time
from pathlib import Path
from sim.experiments.executor import ThreadExecutor
from sim.experiments.sweep import resume
from sim.experiments.sweep_compact import compact
from sim.experiments.sweep_results import load_sweep_results
from sim.experiments.sweep_store import begin
from sim.inputs.sweeps import load_sweep

def sweep(folder, side, patients):
    file = Path(folder) / "bench.toml"
    file.write_text(f'''
title = "Bench"
question = "How long?"
scenario = "base_case_uk"
strategies = ["supportive", "zoledronate"]
patients = {patients}
[design]
kind = "grid"
[[factors]]
name = "price"
parameter = "setting.unit_costs.zoledronate_5mg"
low = 20.0
high = 300.0
steps = {side}
[[factors]]
name = "effect"
parameter = "treatments.zoledronate.healing.hazard_ratio"
low = 1.1
high = 2.0
steps = {side}
''')
    return load_sweep(file)

class MadeUp(ThreadExecutor):
    # Hands back the same bytes for every task.
    def map(self, work, tasks):
        content = None
        for task in tasks:
            if content is None:
                content = work(type(task)(task.first, task.rows[:1]))
            yield content

side, patients, made_up = int(sys.argv[1]), int(sys.argv[2]), sys.argv[3] == "made up"
with tempfile.TemporaryDirectory() as folder:
    begun = sweep(folder, side, patients)
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    clock = time.perf_counter()
    place = begin(begun, Path(folder))
    beginning, designed = time.perf_counter() - clock, resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    clock, processor = time.perf_counter(), time.process_time()
    place = resume(place, MadeUp(1) if made_up else ThreadExecutor(1))
    told = {
        "points": begun.points,
        "parts": len(load_sweep_results(place).files()),
        "beginning_seconds": beginning,
        "seconds": time.perf_counter() - clock,
        "processor_seconds": time.process_time() - processor,
        "courses": begun.points * patients * 2,
        "megabytes_before": before / 1e3,
        "megabytes_with_the_design": designed / 1e3,
        "megabytes": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1e3,
        "bytes": sum(path.stat().st_size for path in load_sweep_results(place).files()),
    }
    if not made_up:
        clock = time.perf_counter()
        compact(place)
        told["compact_seconds"] = time.perf_counter() - clock
        told["bytes_compacted"] = sum(path.stat().st_size for path in load_sweep_results(place).files())
print(json.dumps(told))
"""


def measured(side: int, patients: int, kind: str) -> dict:
    command = [sys.executable, "-c", SWEEP, str(side), str(patients), kind]
    return json.loads(subprocess.run(command, check=True, capture_output=True, text=True).stdout)


def main(words: list[str]) -> None:
    numbers = [int(word) for word in words if word.isdigit()]
    patients = numbers[0] if numbers else 1000
    if "--driver-only" not in words:
        told = measured(20, patients, "simulated")
        per_course = told["courses"] / told["processor_seconds"]
        print(f"{told['points']} points of {patients} patients and 2 strategies, one thread: {told['seconds']:.1f} s,")
        print(f"  {per_course:,.0f} courses a core-second,", end=" ")
        print(f"{1e3 * told['processor_seconds'] / told['points']:.1f} ms a point,")
        print(f"  {told['bytes'] / told['points']:.0f} bytes a point in {told['parts']} parts,", end=" ")
        print(f"{told['bytes_compacted'] / told['points']:.0f} when merged ({told['compact_seconds']:.2f} s)")
    for side in (100, 316, 1000, *((3162,) if "--ten-million" in words else ())):
        told = measured(side, 1, "made up")
        print(f"{told['points']:>10,} points, made up: begun in {told['beginning_seconds']:.1f} s,", end=" ")
        print(
            f"written in {told['seconds']:.1f} s as {told['parts']} parts; memory {told['megabytes_before']:.0f} MB",
            end=" ",
        )
        print(f"before, {told['megabytes_with_the_design']:.0f} with the design, {told['megabytes']:.0f} at the end")


if __name__ == "__main__":
    main(sys.argv[1:])
