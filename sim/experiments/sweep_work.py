"""The work of a sweep: takes a block of points through the model, in any process that has this package.

It carries the inputs of its sweep with it, so that a worker on another machine needs no files of its own.
"""

from collections import OrderedDict
from collections.abc import Hashable, Mapping
from contextlib import suppress
from dataclasses import dataclass, replace
from pathlib import Path
from tempfile import TemporaryDirectory
from threading import Lock, local
from typing import Any

from sim.experiments.points import Point, PointWorker
from sim.experiments.sweep_bundle import bundle_of, unpack, with_files_in
from sim.experiments.sweep_rows import Rows
from sim.inputs.draws import ParameterDraws, draw_parameters, redrawn
from sim.inputs.model_inputs import ModelInputs
from sim.inputs.sweeps import Sweep
from sim.inputs.variants import Variant, parameter_values, variant_inputs, variant_of
from sim.vocabulary.errors import BmesError, InputError, RunError

VARIANTS_KEPT = 8  # some megabytes each
LARGEST_REASON = 300  # characters


@dataclass(frozen=True)
class Task:
    """Consecutive points from the number `first` on; rows: the values of all factors at each, in their order."""

    first: int
    rows: tuple[tuple[Any, ...], ...]


@dataclass(frozen=True, eq=False)
class Ready:
    """Inputs of all points that differ in parameters only, and the draws of what else is uncertain."""

    inputs: ModelInputs
    drawn: ParameterDraws | None


class SweepWork:
    """Called with a task it gives the bytes of a Parquet file. May be called by several threads, and be pickled."""

    def __init__(self, sweep: Sweep, inputs_folder: Path, question_hash: str) -> None:
        """`inputs_folder` holds parameters/ and the user's own files; pickled it becomes part of the work."""
        self.sweep, self.question_hash = replace(sweep, listed=None), question_hash
        self._bundle: bytes | None = None
        self._begin(inputs_folder.resolve())

    def _begin(self, root: Path | None) -> None:
        self._root = root
        self._unpacked: TemporaryDirectory[str] | None = None  # goes when this process ends
        self._lock, self._memory = Lock(), local()
        self._ready: OrderedDict[Variant, Ready | InputError] = OrderedDict()
        self._gathered: dict[Hashable, ModelInputs] = {}

    def __getstate__(self) -> dict[str, Any]:
        bundle = self._bundle if self._root is None else bundle_of(self._root)
        return {"sweep": self.sweep, "question_hash": self.question_hash, "_bundle": bundle}

    def __setstate__(self, state: Mapping[str, Any]) -> None:
        self.__dict__.update(state)
        self._begin(None)

    def __call__(self, task: Task) -> bytes:
        """The rows of the points of `task`."""
        return self.rows(task).parquet(self.question_hash)

    def rows(self, task: Task) -> Rows:
        """As a call, before they are written."""
        scenario = self.sweep.scenario
        comparator = scenario.strategies.index(scenario.comparator)
        rows = Rows(tuple(scenario.strategies), comparator, tuple(self.sweep.record), scenario.patients)
        names = [factor.name for factor in self.sweep.factors]
        for place, values in enumerate(task.rows):
            self._point(task.first + place, dict(zip(names, values, strict=True)), rows)
        return rows

    def _point(self, number: int, row: Mapping[str, Any], rows: Rows) -> None:
        """Add the rows of one point; what the model refuses is kept with its reason."""
        try:
            ready = self._ready_for(variant_of(self.sweep, row))
            values = parameter_values(self.sweep, row, ready.inputs)
        except InputError as error:
            for draw in self._draws():
                rows.refuse(number, draw, reason_of(error))
            return
        worker = self._worker(ready, values)
        for draw in self._draws():
            try:
                rows.add(number, draw, worker(_point_of(ready, values, draw)))
            except (InputError, RunError) as error:
                rows.refuse(number, draw, reason_of(error))

    def _draws(self) -> range:
        """Numbers of the draws of a point: 0 alone at the central values, or 1 to K."""
        return range(1, self.sweep.draws + 1) if self.sweep.draws else range(1)

    def _worker(self, ready: Ready, values: Mapping[str, float]) -> PointWorker:
        """All workers share the memory of their thread."""
        inputs, scenario = ready.inputs, self.sweep.scenario

        def again(number: int, attempt: int) -> dict[str, float]:
            return redrawn(inputs, scenario.seed, number, attempt) | dict(values)

        redraw = None if ready.drawn is None else again
        worker = PointWorker(inputs, scenario.patients, scenario.seed, redraw=redraw)
        worker.memory = self._memory
        return worker

    def _ready_for(self, variant: Variant) -> Ready:
        """From the last few that were made, or made now. Raises InputError where the model refuses the variant."""
        with self._lock:
            if variant not in self._ready:
                while len(self._ready) >= VARIANTS_KEPT:
                    self._ready.popitem(last=False)
                while len(self._gathered) >= VARIANTS_KEPT:
                    self._gathered.pop(next(iter(self._gathered)))
                self._ready[variant] = self._made_ready(variant)
            self._ready.move_to_end(variant)
            found = self._ready[variant]
        if isinstance(found, InputError):
            raise InputError(found.where, found.what, found.repair)
        return found

    def _made_ready(self, variant: Variant) -> Ready | InputError:
        root = self._folder()
        sweep = replace(self.sweep, scenario=with_files_in(self.sweep.scenario, root))
        try:
            inputs = variant_inputs(sweep, variant, root, self._gathered)
            if not sweep.draws:
                return Ready(inputs, None)
            return Ready(inputs, draw_parameters(inputs, sweep.draws, sweep.scenario.seed))
        except InputError as error:  # it may name the folder, which is another one in each process
            return InputError(error.where.replace(f"{root}/", ""), error.what.replace(f"{root}/", ""), error.repair)

    def _folder(self) -> Path:
        """The inputs as files."""
        if self._root is not None:
            return self._root
        if self._unpacked is None:
            self._unpacked = TemporaryDirectory(prefix="bmes-")
            unpack(self._bundle or b"", Path(self._unpacked.name))
        return Path(self._unpacked.name).resolve()

    def warm(self, task: Task) -> None:
        """Load or compile the rules on this thread, where Ctrl-C is heard; with one patient of the first point."""
        names = [factor.name for factor in self.sweep.factors]
        with suppress(InputError):  # which the point itself will tell
            ready = self._ready_for(variant_of(self.sweep, dict(zip(names, task.rows[0], strict=True))))
            PointWorker(ready.inputs, 1, self.sweep.scenario.seed).warm()


def _point_of(ready: Ready, values: Mapping[str, float], draw: int) -> Point:
    """A draw has the luck of its number, the same at every point, so that points differ by their factors alone."""
    if ready.drawn is None:
        return Point(draw, values)
    place = draw - 1  # a probabilistic analysis counts so, too
    structure = ready.drawn.structure_of(place)
    return Point(place, ready.drawn.values_of(place) | dict(values), draw, structure)


def reason_of(error: BmesError) -> str:
    """Why the model refuses a point, in one line that names no folder, for it stands among the results."""
    text = str(error)
    if isinstance(error, InputError):
        text = f"{error.where.rpartition(', ')[2]}: {error.what}"
    return " ".join(text.split())[:LARGEST_REASON]
