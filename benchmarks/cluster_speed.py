"""Threads against worker processes of this machine, on the same draws: what the way to a worker costs.

python benchmarks/cluster_speed.py [workers] [draws] [patients]

Draws are simulated in tasks of about a second on the cluster. The start of the cluster is shown apart; both have done
a few draws before the clock runs, so that nothing is compiled on it. Memory is that of this process, the driver.
"""

import resource
import sys
from time import perf_counter

import numpy as np

from sim.experiments.executor import executor_of
from sim.experiments.points import evaluate
from sim.experiments.psa import Redrawn, prepared
from sim.inputs.scenario import load_scenario

WORKERS, DRAWS, PATIENTS = 2, 1000, 1000
ROUNDS = 3


def main() -> None:
    """Print seconds, their ratio and the highest memory of the driver so far."""
    given = [int(word) for word in sys.argv[1:]]
    workers, draws, patients = (*given, *(WORKERS, DRAWS, PATIENTS)[len(given) :])
    study = prepared(load_scenario("base_case_uk"), draws, patients)
    best, digests = {}, {}
    for where in (None, f"local:{workers}"):
        name = where or f"{workers} threads"
        started = perf_counter()
        with executor_of(where, workers) as executor:
            starting = perf_counter() - started

            def results(first, end, executor=executor):
                redraw = Redrawn(study.inputs, study.scenario.seed)
                points = study.points(first, end)
                return evaluate(study.inputs, points, patients, study.scenario.seed, redraw=redraw, executor=executor)

            list(results(0, min(8 * workers, draws)))
            seconds = []
            for _ in range(ROUNDS):
                begun = perf_counter()
                means = np.stack([result.means for result in results(0, draws)])
                seconds.append(perf_counter() - begun)
        best[name], digests[name] = min(seconds), means.tobytes()
        memory = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024 / 1e6
        times = ", ".join(f"{one:.2f}" for one in seconds)
        print(f"{name:<12}{times:>24} s   started in {starting:.2f} s   driver {memory:,.0f} MB", flush=True)
    threads, cluster = best.values()
    print(
        f"ratio {cluster / threads:.3f}; results are {'the same' if len(set(digests.values())) == 1 else 'DIFFERENT'}"
    )


if __name__ == "__main__":
    main()
