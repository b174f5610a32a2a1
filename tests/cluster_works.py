"""Work for tests of executors: it can be carried to another process, and can go wrong there in every way."""

import os
import signal
import time
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np

from sim.vocabulary.errors import InputError, RunError


@dataclass(frozen=True)
class Sums:
    """Sums of sines: numbers whose last bits would show another order. `seconds`: how long a task takes at least."""

    scale: float
    seconds: float = 0.0

    def __call__(self, task: int) -> np.ndarray:
        time.sleep(self.seconds)
        values = np.sin(np.arange(1.0, 2_000.0) * self.scale * (task + 1))
        return np.array([task, values.sum(), os.getpid()])


@dataclass(frozen=True)
class OnceAt:
    """As Sums, but the first to meet the task `at` sends the signal to itself; `folder` remembers who did."""

    at: int
    signal: signal.Signals
    folder: str
    seconds: float = 0.05
    sums: Sums = field(default=Sums(0.7))

    def __call__(self, task: int) -> np.ndarray:
        if task == self.at and self._first():
            os.kill(os.getpid(), self.signal)
        time.sleep(self.seconds)
        return self.sums(task)

    def _first(self) -> bool:
        try:
            with (Path(self.folder) / "first").open("x") as file:
                file.write(str(os.getpid()))
        except FileExistsError:
            return False
        return True


@dataclass(frozen=True)
class Always:
    """Kills whoever meets the task `at`."""

    at: int

    def __call__(self, task: int) -> int:
        if task == self.at:
            os.kill(os.getpid(), signal.SIGKILL)
        return task


@dataclass(frozen=True)
class Fails:
    """Raises at the task `at`: what a user did wrong, what a run could not do, or a fault of ours."""

    at: int
    how: str

    def __call__(self, task: int) -> int:
        if task == self.at:
            if self.how == "input":
                raise InputError("file.toml, key", "this is wrong", "Correct it.")
            if self.how == "run":
                raise RunError("patient 7 has no room left")
            raise ZeroDivisionError("a fault of ours")
        return task
