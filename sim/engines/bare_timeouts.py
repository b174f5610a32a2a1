"""SimPy without a model: what its own clock costs, to hold the SimPy engine's speed against."""

from collections.abc import Generator
from time import process_time
from typing import Any

import simpy


def seconds_per_timeout(processes: int, timeouts: int) -> float:
    """Processor time of one event of `processes` processes that do nothing but wait `timeouts` times, in seconds."""

    def waiting(env: simpy.Environment) -> Generator[Any, None, None]:
        for number in range(timeouts):
            yield env.timeout(1.0 + 0.001 * number)

    env = simpy.Environment()
    for _ in range(processes):
        env.process(waiting(env))
    started = process_time()
    env.run()
    return (process_time() - started) / (processes * timeouts)
