"""Time and memory of `bmes cea`: three strategies of 10,000 draws, and with --large eight of ten million.

python benchmarks/cea_speed.py [--large] [rows]

The commands run in processes of their own; memory is their highest resident size. The large files take 3 GB of disk.
"""

import os
import subprocess
import sys
from pathlib import Path
from tempfile import TemporaryDirectory
from time import perf_counter

import numpy as np
import pyarrow as pa
import pyarrow.csv as arrow_csv

SMALL_ROWS, LARGE_ROWS, ROWS_AT_ONCE = 10_000, 10_000_000, 500_000
SMALL_STRATEGIES, LARGE_STRATEGIES, PARAMETERS = 3, 8, 4


def write(path: Path, names: list[str], rows: int, mean: float, spread: float) -> None:
    """Normal numbers in a CSV file, some rows at a time."""
    chance = np.random.Generator(np.random.Philox(key=len(names)))
    schema = pa.schema([(name, pa.float64()) for name in names])
    with arrow_csv.CSVWriter(path, schema) as file:
        for start in range(0, rows, ROWS_AT_ONCE):
            count = min(ROWS_AT_ONCE, rows - start)
            columns = [mean + spread * chance.standard_normal(count) for _ in names]
            file.write_table(pa.table(columns, schema=schema))


def measured(title: str, files: list[Path], *options: str) -> None:
    """Run one command and print its seconds and its highest resident size."""
    command = [str(Path(sys.executable).with_name("bmes")), "cea", *map(str, files), "--wtp", "20000,30000", *options]
    begun = perf_counter()
    process = subprocess.Popen([*command, "--json"], stdout=subprocess.DEVNULL)
    _, status, usage = os.wait4(process.pid, 0)
    process.returncode = os.waitstatus_to_exitcode(status)
    seconds, gigabytes = perf_counter() - begun, usage.ru_maxrss * 1024 / 1e9
    size = sum(file.stat().st_size for file in files) / 1e9
    end = "" if process.returncode == 0 else f"  exit code {process.returncode}"
    print(f"{title:<44}{size:>8.3f} GB of files{seconds:>9.1f} s{gigabytes:>8.2f} GB of memory{end}", flush=True)


def main() -> None:
    """Write the files, run, and remove them."""
    large = "--large" in sys.argv
    given = [int(word) for word in sys.argv[1:] if word.isdecimal()]
    rows = given[0] if given else LARGE_ROWS if large else SMALL_ROWS
    strategies = [f"strategy_{number}" for number in range(LARGE_STRATEGIES if large else SMALL_STRATEGIES)]
    parameters = [f"parameter_{number}" for number in range(PARAMETERS)]
    with TemporaryDirectory(dir=os.environ.get("BMES_BENCHMARK_FOLDER")) as folder:
        costs, effects, given_parameters = (Path(folder) / f"{name}.csv" for name in ("costs", "effects", "parameters"))
        write(costs, strategies, rows, 5000.0, 1500.0)
        write(effects, strategies, rows, 10.0, 0.4)
        title = f"{rows:,} draws of {len(strategies)} strategies"
        measured(title, [costs, effects])
        if not large:
            write(given_parameters, parameters, rows, 0.0, 1.0)
            pair = ",".join(parameters[:2])
            measured(f"{title}, EVPPI of two", [costs, effects, given_parameters], "--evppi", pair)


if __name__ == "__main__":
    main()
