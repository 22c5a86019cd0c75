"""From replicates to an estimate with its Monte Carlo error: means, differences, 95 % intervals by Student's t."""

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray
from scipy.special import stdtr, stdtrit

Doubles = NDArray[np.float64]
CONTAINS = "95 % of Monte Carlo uncertainty, for areas drawn from one pool of people; parameters are not varied"


class Estimate(NamedTuple):
    """Estimates of k quantities; NaN where replicates are too few to tell."""

    n: Doubles  # (k,) replicates that have the quantity
    mean: Doubles
    mcse: Doubles  # Monte Carlo standard error
    lower: Doubles  # 95 % interval
    upper: Doubles
    freedom: Doubles  # degrees of freedom


def mean_of(values: Doubles) -> Estimate:
    """Mean over replicates (rows) of each of k quantities (columns); a NaN is a replicate that does not have it."""
    n, mean, square = _moments(values)
    return _estimate(n, mean, np.sqrt(square), n - 1.0)


def difference_of(ones: Doubles, others: Doubles) -> Estimate:
    """Mean of others minus mean of ones, each with its own replicates and spread (Welch)."""
    n, mean, square = _moments(ones)
    other_n, other_mean, other_square = _moments(others)
    with np.errstate(divide="ignore", invalid="ignore"):
        parts = square**2 / (n - 1.0) + other_square**2 / (other_n - 1.0)
        freedom = np.where(parts > 0.0, (square + other_square) ** 2 / parts, n + other_n - 2.0)
    return _estimate(np.minimum(n, other_n), other_mean - mean, np.sqrt(square + other_square), freedom)


def mean_of_clusters(sums: Doubles, counts: Doubles) -> Estimate:
    """Mean over all people, who come in clusters (rows: replicates) of so many with such a sum, k quantities."""
    clusters, total = (counts > 0).sum(axis=0).astype(np.float64), counts.sum(axis=0)
    with np.errstate(divide="ignore", invalid="ignore"):
        mean = sums.sum(axis=0) / total
        spread = ((sums - counts * mean) ** 2).sum(axis=0) * clusters / (clusters - 1.0)
        return _estimate(clusters, mean, np.where(clusters > 1, np.sqrt(spread) / total, np.nan), clusters - 1.0)


def probability_above_zero(estimate: Estimate) -> Doubles:
    """How probable it is that the quantity is above 0, from the t distribution of its mean; .5 where it is 0."""
    with np.errstate(divide="ignore", invalid="ignore"):
        score = np.where(estimate.mean == 0.0, 0.0, estimate.mean / estimate.mcse)
    return np.where(np.isnan(estimate.mcse), np.nan, stdtr(estimate.freedom, score))


def _moments(values: Doubles) -> tuple[Doubles, Doubles, Doubles]:
    """Number, mean and squared Monte Carlo standard error of each column, without its NaN."""
    there = ~np.isnan(values)
    n = there.sum(axis=0).astype(np.float64)
    with np.errstate(divide="ignore", invalid="ignore"):
        mean = np.where(there, values, 0.0).sum(axis=0) / n
        square = np.where(there, (values - mean) ** 2, 0.0).sum(axis=0) / (n - 1.0) / n
    return n, mean, np.where(n > 1, square, np.nan)


def _estimate(n: Doubles, mean: Doubles, mcse: Doubles, freedom: Doubles) -> Estimate:
    half = stdtrit(np.where(freedom > 0, freedom, np.nan), 0.975) * mcse
    return Estimate(n, mean, mcse, mean - half, mean + half, freedom)
