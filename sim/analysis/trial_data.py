"""What a proposed trial would show in each parameter draw: averages over its patients, by number of patients."""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import pandas as pd

from sim.vocabulary.errors import InputError

Floats = npt.NDArray[np.float64]

MEAN, SQUARE, SPREAD = ".mean", ".mean_square", ".standard_deviation"


@dataclass(frozen=True, eq=False)
class TrialData:
    """One simulated trial for each draw of a probabilistic analysis, at several sizes, smaller ones within larger.

    names: of A averages, such as "zoledronate.mean". sizes: patients an arm, rising. averages: shape (sizes, draws, A).
    long_run: shape (draws, A), averages of a trial so large that only the draw's parameters speak; long_run_size: its
    patients an arm, infinity where the expected values themselves are known. covariance: shape (A, A), of one patient
    of each arm, averaged over draws; averages of n patients an arm have 1 / n of it.

    The patients must be others than those by whom costs and effects of the draws were estimated.
    Raises InputError for shapes that do not agree, and sizes that do not rise.
    """

    names: tuple[str, ...]
    sizes: tuple[int, ...]
    averages: Floats
    long_run: Floats
    long_run_size: float
    covariance: Floats

    def __post_init__(self) -> None:
        draws, number = self.long_run.shape
        shapes = (self.averages.shape, self.covariance.shape, len(self.names))
        if shapes != ((len(self.sizes), draws, number), (number, number), number):
            raise InputError("trial", f"its parts have shapes {shapes}, which do not agree", "Give them as documented.")
        if any(second <= first for first, second in zip((0, *self.sizes), self.sizes, strict=False)):
            raise InputError("trial", f"the sizes {self.sizes} do not rise from 1 on", "Sort them.")

    def summaries(self, size: int) -> pd.DataFrame:
        """What the trial reports at this number of patients an arm, a row a draw.

        The averages; a mean square turns into the standard deviation.
        """
        return self._reported(self.averages[self.sizes.index(size)])

    def long_run_summaries(self) -> pd.DataFrame:
        """The same of the long run."""
        return self._reported(self.long_run)

    def _reported(self, averages: Floats) -> pd.DataFrame:
        frame = pd.DataFrame(averages, columns=list(self.names))
        for name in self.names:
            if name.endswith(SQUARE):
                stem = name.removesuffix(SQUARE)
                spread = np.sqrt(np.maximum(frame.pop(name) - frame[stem + MEAN] ** 2, 0.0))
                frame[stem + SPREAD] = spread
        return frame
