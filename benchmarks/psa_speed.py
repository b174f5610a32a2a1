"""Time and memory of a probabilistic analysis of the base case, with one thread and with two, and whether they agree.

    python benchmarks/psa_speed.py [draws] [patients] [--one-thread-too]

Marks on two processors: 1,000 draws of 1,000 patients under eight strategies in one minute, 1,000 of 10,000 in six,
both within 2 GB. Each analysis runs in a process of its own, after the rules have been compiled.
"""

import json
import subprocess
import sys

PROGRAM = """
import hashlib, json, resource, sys, time
from sim.experiments.psa import psa
from sim.inputs.scenario import load_scenario
draws, patients, threads = (int(word) for word in sys.argv[1:])
scenario = load_scenario("base_case_uk")
psa(scenario, 2, 2, threads=1)  # loads the rules
clock, processor = time.perf_counter(), time.process_time()
results = psa(scenario, draws, patients, threads=threads)
digest = hashlib.sha256(results.outcomes.to_csv(index=False, float_format="%a").encode() + results.noise.tobytes())
print(json.dumps({
    "seconds": time.perf_counter() - clock,
    "processor_seconds": time.process_time() - processor,
    "gigabytes": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1e6,
    "courses": draws * patients * len(scenario.strategies),
    "redrawn": results.manifest["redrawn"],
    "digest": digest.hexdigest()[:16],
}))
"""


def measured(draws: int, patients: int, threads: int) -> dict:
    command = [sys.executable, "-c", PROGRAM, str(draws), str(patients), str(threads)]
    done = subprocess.run(command, check=True, capture_output=True, text=True)
    return json.loads(done.stdout)


def main(words: list[str]) -> None:
    numbers = [int(word) for word in words if not word.startswith("-")]
    draws, patients = (*numbers, 1000, 1000)[:2]
    runs = [2, 1] if "--one-thread-too" in words else [2]
    digests = set()
    for threads in runs:
        found = measured(draws, patients, threads)
        digests.add(found["digest"])
        rate = found["courses"] / found["seconds"]
        print(
            f"{draws:,} draws x {patients:,} patients x 8 strategies, {threads} thread(s): {found['seconds']:.1f} s "
            f"({found['processor_seconds']:.1f} s of processors), {rate:,.0f} courses/s, {found['gigabytes']:.2f} GB, "
            f"{found['redrawn']} redrawn, results {found['digest']}"
        )
    if len(runs) > 1:
        print("the same on one thread and on two" if len(digests) == 1 else "DIFFERENT on one thread and on two")


if __name__ == "__main__":
    main(sys.argv[1:])
