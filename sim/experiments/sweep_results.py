"""What a sweep gives back: its design and its rows, read from the disk as far as they are asked for."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pandas as pd
import pyarrow.dataset as pads
import pyarrow.parquet as pq

from sim.experiments.store import INPUTS
from sim.experiments.sweep_parts import part_files, refuse_damaged, sorted_out
from sim.experiments.sweep_rows import KEYS, columns_of, schema_of
from sim.experiments.sweep_store import DESIGN, POINT, file_hash, is_partial, read_sweep
from sim.inputs.model_inputs import ModelInputs, gather
from sim.inputs.root import shown
from sim.inputs.sweeps import Sweep
from sim.vocabulary.errors import InputError


@dataclass(frozen=True, eq=False)
class SweepResults:
    """The results of a sweep in the folder `folder`, finished or as far as they are there.

    A row a point, draw and strategy: point (from 0), psa_draw (0: the central values, else 1 to K), strategy, patients,
    redrawn (how often the draw was replaced), the recorded outcomes (means), the standard errors by chance among
    patients of cost_discounted and qalys_discounted, the paired steps from the comparator with theirs (inc_cost,
    inc_qalys, inc_covariance; 0 for the comparator), and refused, the reason why the model takes no such point (null
    where it does; then all outcomes are null).
    """

    folder: Path
    sweep: Sweep
    manifest: dict[str, Any]

    @property
    def finished(self) -> bool:
        return not is_partial(self.folder)

    def columns(self) -> tuple[str, ...]:
        return columns_of(self.sweep.record)

    def files(self) -> list[Path]:
        """The files that hold every row once."""
        return part_files(self.folder)

    def missing_points(self) -> int:
        """The number of points whose results are not there, as the names of the files say."""
        points: int = self.design_dataset().count_rows()
        return points - sum(part.points for part in sorted_out(self.folder)[0])

    def dataset(self) -> pads.Dataset:
        """All rows as a pyarrow dataset, which reads what is asked for.

        Before, each file is read once and compared with the digest in its name. Raises RunError for one that differs.
        """
        parts = sorted_out(self.folder)[0]
        refuse_damaged(parts, self.folder, self.manifest["question_hash"])
        names = [str(part.path) for part in parts]
        return pads.dataset(names, schema=schema_of(self.sweep.record), format="parquet")

    def frame(self, columns: Sequence[str] | None = None) -> pd.DataFrame:
        """All rows, or these columns of them, in the order of points, draws and the scenario's strategies."""
        return self.dataset().to_table(columns=None if columns is None else list(columns)).to_pandas()

    def design_dataset(self) -> pads.Dataset:
        """The design as a pyarrow dataset: point, then a column a factor."""
        return pads.dataset(str(self.folder / DESIGN), format="parquet")

    def design(self) -> pd.DataFrame:
        """A row a point, a column a factor; the index is the number of the point."""
        return pq.read_table(self.folder / DESIGN).to_pandas().set_index(POINT)

    def joined(self, columns: Sequence[str] | None = None) -> pd.DataFrame:
        """The rows with the values of the factors beside them."""
        wanted = list(KEYS) if columns is None else list(columns)
        frame = self.frame(columns if columns is None else list(dict.fromkeys([POINT, *wanted])))
        return frame.join(self.design(), on=POINT)

    def inputs(self) -> ModelInputs:
        """The inputs of the sweep's scenario as they were, with no factor laid over them. Raises InputError."""
        return gather(self.sweep.scenario, root=self.folder / INPUTS)


def load_sweep_results(path: str | Path) -> SweepResults:
    """The sweep in a run folder; one that is not finished has some of its points only.

    Raises InputError if it is none, or its design is missing or damaged.
    """
    folder = Path(path)
    sweep, manifest = read_sweep(folder)
    if not (folder / DESIGN).is_file():
        raise InputError(shown(folder), f"this sweep has lost its {DESIGN}", "Run the sweep again.")
    if file_hash(folder / DESIGN) != manifest["design_hash"]:
        raise InputError(shown(folder), f"the {DESIGN} of this sweep is damaged", "Run the sweep again.")
    return SweepResults(folder, sweep, manifest)
