"""Monte Carlo noise from replicates: its share of the variance between design points, and the remainder.

A sum of products of outcomes, such as a variance or the numerator of a Sobol' index, is a quadratic form Q. With R
replicates of every design point, products of different replicates only are free of noise on average, whether or not
random numbers are the same at all points:  Q_free = (R² Q(mean of replicates) - Σ_r Q(replicate r)) / (R (R - 1)).
"""

from collections.abc import Callable
from typing import Any

import numpy as np
from numpy.typing import NDArray

Doubles = NDArray[np.float64]
ROUNDING = 1e-12  # of what differs next to the largest value: nothing varies


def varies(outcome: Doubles) -> bool:
    """Whether an outcome differs between design points by more than rounding."""
    return bool(np.ptp(outcome) > ROUNDING * max(1.0, float(np.abs(outcome).max())))


def without_noise(quadratic: Callable[[Doubles], Any], outcomes: Doubles) -> Doubles:
    """A quadratic form of the outcomes of design points, (points, replicates), from products of different replicates.

    NaN with a single replicate.
    """
    n = outcomes.shape[1]
    whole = np.asarray(quadratic(outcomes.mean(axis=1)), np.float64)
    if n < 2:
        return np.full(whole.shape, np.nan)
    single = np.sum([quadratic(np.ascontiguousarray(outcomes[:, r])) for r in range(n)], axis=0)
    return np.asarray((n * n * whole - single) / (n * (n - 1)))


def noise_share(outcomes: Doubles) -> float:
    """Share of Monte Carlo noise in the variance between the means of design points, 0-1.

    Luck that all points share cancels out and does not count. NaN with a single replicate, or where nothing varies.
    """
    if not varies(outcomes.mean(axis=1)):
        return float("nan")
    free = float(without_noise(lambda values: np.var(values), outcomes))
    return float(np.clip(1.0 - free / np.var(outcomes.mean(axis=1)), 0.0, 1.0))
