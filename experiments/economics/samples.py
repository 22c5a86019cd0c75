"""What the replicates of a comparison used and gained, and how surely their means are known."""

from collections.abc import Callable, Collection
from dataclasses import dataclass, replace
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from supportnet.experiments.ensemble.estimates import Estimate, Which, difference_of, mean_of

Doubles = NDArray[np.float64]
GROUPS = 20  # of draws or replicates, left out in turn
FEWEST = 3  # draws or replicates that tell an error


@dataclass(frozen=True)
class StrategySamples:
    """Strategies, the baseline first, in the same replicates."""

    names: tuple[str, ...]
    used: Doubles  # (replicates, strategies, items) per person and year, items as in `costs.USED`
    effect: Doubles  # (replicates, strategies) at the end; more is better: of an outcome that is not, its negative
    draws: Which | None  # (replicates,) ascending: the draw that each was lived by; None under numbers as they are set
    paired: bool = True  # a replicate has the same luck, or at least the same draw, in every strategy

    @cached_property
    def clusters(self) -> Which:
        """(replicates,) what is independent of each other: draws, or else replicates."""
        return np.arange(len(self.effect)) if self.draws is None else self.draws

    def of(self, rows: NDArray[np.bool_]) -> "StrategySamples":
        """These replicates only."""
        draws = None if self.draws is None else self.draws[rows]
        return replace(self, used=self.used[rows], effect=self.effect[rows], draws=draws)

    def without(self, names: Collection[str]) -> "StrategySamples":
        """All strategies but these."""
        kept = [k for k, name in enumerate(self.names) if name not in names]
        others = tuple(self.names[k] for k in kept)
        return replace(self, names=others, used=self.used[:, kept], effect=self.effect[:, kept])

    def cost(self, prices: Doubles) -> Doubles:
        """(…, replicates, strategies) per person and year at these prices, (…, items), and perhaps one more column."""
        return np.asarray(np.einsum("rsi,...i->...rs", self.used, prices[..., : self.used.shape[-1]]))

    def effects(self, prices: Doubles) -> Doubles:
        """(…, replicates, strategies) the effect, times what a column of prices after the items has: how many times its
        expected utility."""
        return prices[..., -1, None, None] * self.effect if prices.shape[-1] > self.used.shape[-1] else self.effect

    def net_benefit(self, prices: Doubles, threshold: float) -> Doubles:
        """(…, replicates, strategies) what the effect is worth less what it costs."""
        return np.asarray(threshold * self.effects(prices) - self.cost(prices))

    def means(self, values: Doubles) -> Estimate:
        """Means of (replicates, strategies)."""
        return mean_of(values, self.draws)

    def differences(self, values: Doubles) -> Estimate:
        """Each strategy less the baseline, from values (replicates, strategies)."""
        ones = np.repeat(values[:, :1], values.shape[1], axis=1)
        if self.paired:
            return mean_of(values - ones, self.draws)
        found = difference_of(ones, values)
        for part in (found.mcse, found.lower, found.upper, found.scale):
            part[0] = 0.0  # the baseline differs from itself by nothing
        return found


def jackknife(samples: StrategySamples, statistic: Callable[[StrategySamples], Doubles]) -> Doubles:
    """Monte Carlo standard error of a statistic: how far it moves where groups of draws (or replicates) are left out in
    turn; NaN where these are too few."""
    whole, clusters = statistic(samples), np.unique(samples.clusters)
    groups = min(GROUPS, len(clusters))
    if groups < FEWEST:
        return np.full(np.shape(whole), np.nan)
    left_out = (clusters[np.arange(len(clusters)) % groups == group] for group in range(groups))
    found = np.stack([statistic(samples.of(~np.isin(samples.clusters, some))) for some in left_out])
    return np.asarray(np.sqrt((groups - 1) / groups * ((found - whole) ** 2).sum(axis=0)))
