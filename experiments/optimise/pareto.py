"""Which points are really on the front, where no other is better in one respect and as good in all; and which hold a
budget."""

import numpy as np
from numpy.typing import NDArray

from supportnet.experiments.ensemble.estimates import mean_of, probability_above
from supportnet.experiments.optimise.evaluator import OBJECTIVES, Budget, Doubles, Which

RESAMPLES = 2000


def on_front(small: Doubles) -> NDArray[np.bool_]:
    """(…, points) which points no other dominates. small: (…, points, objectives), less is better."""
    one, other = small[..., :, None, :], small[..., None, :, :]
    beaten = (other <= one).all(axis=-1) & (other < one).any(axis=-1)
    return np.asarray(~beaten.any(axis=-1))


def probability_on_front(differences: Doubles, draws: Which | None, seed: int) -> Doubles:
    """How often each point is on the front of all these when replicates are drawn again; NaN with one only.

    differences: (points, replicates, quantities), paired. With draws: one draw at a time, for a point is on the front
    under some numbers, not under their mean; a few draws cannot know a probability of 0 or 1, so half a draw more
    counts on either side.
    """
    n = differences.shape[1]
    if draws is not None:
        weights = np.stack([draws == draw for draw in np.unique(draws)]).astype(np.float64)
        weights /= weights.sum(axis=1, keepdims=True)
    elif n > 1:
        weights = np.random.default_rng(seed).multinomial(n, np.full(n, 1.0 / n), RESAMPLES) / n
    else:
        return np.full(len(differences), np.nan)
    small = differences[:, :, : len(OBJECTIVES)] * OBJECTIVES
    won = np.stack([on_front(np.tensordot(small, weight, (1, 0))) for weight in weights]).sum(axis=0)
    few = 0.0 if draws is None else 1.0
    return np.asarray((won + few / 2) / (len(weights) + few))


def probability_within(differences: Doubles, budget: Budget, draws: Which | None) -> Doubles:
    """(portfolios,) how probable it is that each is charged no more than the budget; 1 where it changes nothing."""
    left = mean_of(budget.money - differences[:, :, budget.charged].T, draws)
    return np.where(left.scale == 0.0, (left.mean >= 0.0).astype(np.float64), probability_above(left))
