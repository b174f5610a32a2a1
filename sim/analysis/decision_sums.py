"""Counts of wins and sums of losses over draws: what acceptability, expected loss and EVPI are made of."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import numpy as np

from sim.analysis.draw_moments import numbers_of
from sim.analysis.psa_table import Floats, PsaTable


@dataclass(frozen=True, eq=False)
class DecisionSums:
    """Of some draws, T thresholds and S strategies.

    wins: (T, S), in how many draws a strategy has the highest net benefit; ties are shared. losses: (T, S), mean of the
    highest net benefit less its own. squares: (T, S), sums of the squared deviations of the losses from their mean.
    """

    draws: int
    wins: Floats
    losses: Floats
    squares: Floats

    @property
    def probability(self) -> Floats:
        """Share of wins, (T, S)."""
        return self.wins / self.draws

    @property
    def evpi(self) -> Floats:
        """The loss of the strategy that loses least, (T,)."""
        least: Floats = self.losses.min(axis=1)
        return least


def sums_of_table(table: PsaTable, thresholds: Floats) -> DecisionSums:
    """The sums of all draws as they are, noise left in, in memory that does not grow with their number."""
    return merged_sums([sums_of(numbers_of(table, rows), thresholds) for rows in table.chunks()])


def sums_of(numbers: Floats, thresholds: Iterable[float]) -> DecisionSums:
    """The sums of a few draws; `numbers`: (2S, draws), costs first, then effects."""
    strategies, draws = len(numbers) // 2, numbers.shape[1]
    costs, effects = numbers[:strategies], numbers[strategies:]
    wins, losses, squares = [], [], []
    for threshold in thresholds:
        benefit = threshold * effects - costs
        highest = benefit.max(axis=0)
        winners = benefit == highest
        count = winners.sum(axis=1).astype(float)
        wins.append(count if count.sum() == draws else (winners / winners.sum(axis=0)).sum(axis=1))
        loss = np.subtract(highest, benefit, out=benefit)
        losses.append(loss.mean(axis=1))
        loss -= losses[-1][:, None]
        squares.append(np.einsum("sd,sd->s", loss, loss))
    return DecisionSums(draws, np.array(wins), np.array(losses), np.array(squares))


def merged_sums(parts: Sequence[DecisionSums]) -> DecisionSums:
    """The sums of all parts in their order, by the update of Chan, Golub and LeVeque (1983)."""
    total = parts[0]
    for part in parts[1:]:
        draws = total.draws + part.draws
        step = part.losses - total.losses
        total = DecisionSums(
            draws,
            total.wins + part.wins,
            total.losses + step * (part.draws / draws),
            total.squares + part.squares + step * step * (total.draws * part.draws / draws),
        )
    return total
