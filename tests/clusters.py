"""Schedulers and workers for tests, each a process of its own."""

import os
import subprocess
import sys
import time
from contextlib import contextmanager
from pathlib import Path


@contextmanager
def outside(folder, *settings, workers=2):
    """A scheduler and workers as processes of their own; gives the scheduler's process and its file."""
    file = Path(folder) / "scheduler.json"
    paths = os.pathsep.join(path for path in sys.path if path)
    environment = os.environ | {"PYTHONPATH": paths, "DASK_LOGGING__DISTRIBUTED": "critical"}
    common = ["--scheduler-file", str(file), "--no-dashboard", *settings]

    def started(module, *arguments):
        command = [sys.executable, "-m", f"distributed.cli.{module}", *arguments, *common]
        return subprocess.Popen(command, env=environment, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)

    processes = [started("dask_scheduler", "--host", "127.0.0.1", "--port", "0")]
    try:
        deadline = time.monotonic() + 60.0
        while not file.exists() and time.monotonic() < deadline:
            time.sleep(0.05)
        processes += [
            started("dask_worker", "--nthreads", "1", "--no-nanny", "--local-directory", str(folder))
            for _ in range(workers)
        ]
        yield processes[0], file
    finally:
        for process in processes:
            process.kill()
        for process in processes:
            process.wait()
