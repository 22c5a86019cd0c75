"""From replicates to an estimate with its Monte Carlo error: means, differences, 95 % intervals by Student's t, kept
within what is possible."""

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray
from scipy.special import betaincinv, gammaincinv, ndtri, stdtr, stdtrit

from supportnet.experiments.posterior.posterior import Posterior

Doubles = NDArray[np.float64]
Limits = tuple[float | Doubles, float | Doubles]  # smallest and largest possible value of a quantity, or of each of k
UNLIMITED = (-np.inf, np.inf)
FEWEST = 3  # replicates, or draws, whose equal values give an interval without width; of fewer, none
NORMAL = 1e12  # shape of a distribution from which on it is normal, to all digits that its quantiles are computed to
Which = NDArray[np.int64]
NOISE_ONLY = (
    "95 % interval for the mean, including Monte Carlo uncertainty for areas drawn from one population; "
    "parameters are not varied"
)
ONE_SET_OF_NUMBERS = ", in this one set of numbers"
PARAMETERS_TOO = (
    "95 % interval for the mean, including parameter uncertainty (posterior fitted to {}) and Monte Carlo uncertainty"
)


class Estimate(NamedTuple):
    """Estimates of k quantities; NaN if there are too few replicates."""

    n: Doubles  # (k,) replicates that have the quantity
    mean: Doubles
    mcse: Doubles  # Monte Carlo standard error
    lower: Doubles  # 95 % interval
    upper: Doubles
    freedom: Doubles  # degrees of freedom
    spread: Doubles  # standard deviation that the interval is made of: mcse, and what draws do not agree about


def contains(posterior: Posterior | None) -> str:
    """What an interval contains, in words; posterior: whose draws the replicates use, if any."""
    return NOISE_ONLY if posterior is None else PARAMETERS_TOO.format(posterior.fitted_to)


def in_one_set(with_draws: bool) -> str:
    """What follows the name of a probability: without posterior draws it is one for the parameters as they are set."""
    return "" if with_draws else ONE_SET_OF_NUMBERS


def mean_of(values: Doubles, draws: Which | None = None) -> Estimate:
    """Mean over replicates (rows) of each of k quantities (columns); a NaN is a replicate that does not have it.

    draws: the posterior draw of each replicate; the interval then covers the expectation under a draw, and mcse is the
    error of the mean over draws, which are clusters of replicates.
    """
    n, mean, square = _moments(values)
    if draws is None:
        return _estimate(n, mean, np.sqrt(square), n - 1.0)
    return _over_draws(values, draws, n)


def difference_of(ones: Doubles, others: Doubles) -> Estimate:
    """Mean of others minus mean of ones, each with its own replicates and spread (Welch)."""
    n, mean, square = _moments(ones)
    other_n, other_mean, other_square = _moments(others)
    with np.errstate(divide="ignore", invalid="ignore"):
        parts = square**2 / (n - 1.0) + other_square**2 / (other_n - 1.0)
        freedom = np.where(parts > 0.0, (square + other_square) ** 2 / parts, np.minimum(n, other_n) - 1.0)
    return _estimate(np.minimum(n, other_n), other_mean - mean, np.sqrt(square + other_square), freedom)


def within_limits(estimate: Estimate, limits: Limits) -> Estimate:
    """The same estimate of a mean, its 95 % interval within the limits of what is averaged.

    Ends are the 2.5 % and 97.5 % quantiles of the beta distribution between the limits (without an upper limit: of the
    gamma distribution above the lower one) that has the same mean, and the half width of Student's interval over 1.96
    as standard deviation. Where nothing varies, or there is no lower limit, they stay, and are cut off at the limits.
    For shares it is the interval of Korn & Graubard (1998, Survey Methodology 24: 193-201) without their correction for
    counts.
    """
    low, high = limits
    mean, spread = estimate.mean - low, (estimate.upper - estimate.lower) / 2.0 / ndtri(0.975)
    with np.errstate(all="ignore"):
        share = mean / (np.asarray(high) - low)  # of the way to the upper limit; 0 where there is none
        shape = (mean / spread) ** 2 * (1.0 - share) - share
        other = shape * (1.0 - share) / share

    def end(plain: Doubles, q: float) -> Doubles:
        with np.errstate(all="ignore"):
            beta, gamma = betaincinv(shape, other, q) * mean / share, gammaincinv(shape, q) * mean / shape
        skewed: Doubles = low + np.where(share > 0.0, beta, gamma)
        skewed = np.where(shape > 0.0, skewed, low if q < 0.5 else high)  # wider than any distribution in the limits
        inside = np.isfinite(low) & (mean > 0.0) & (share < 1.0) & (spread > 0.0)
        return np.clip(np.where(inside & ~(np.minimum(shape, other) > NORMAL), skewed, plain), low, high)

    return estimate._replace(lower=end(estimate.lower, 0.025), upper=end(estimate.upper, 0.975))


def difference_within(estimate: Estimate, limits: Limits) -> Estimate:
    """The same estimate of a difference between two levels, its interval cut off where no difference can be.

    Only impossible values are cut off, so the coverage of the interval is unchanged."""
    width = np.asarray(limits[1]) - limits[0]
    return estimate._replace(lower=np.clip(estimate.lower, -width, width), upper=np.clip(estimate.upper, -width, width))


def simultaneous(estimate: Estimate, of: int) -> Estimate:
    """The same with simultaneous 95 % intervals for so many comparisons (Bonferroni)."""
    half = stdtrit(np.where(estimate.freedom > 0, estimate.freedom, np.nan), 1.0 - 0.025 / of) * estimate.spread
    return estimate._replace(lower=estimate.mean - half, upper=estimate.mean + half)


def mean_of_clusters(sums: Doubles, counts: Doubles) -> Estimate:
    """Mean over all people, who come in clusters (rows: replicates) of so many with such a sum, k quantities."""
    clusters, total = (counts > 0).sum(axis=0).astype(np.float64), counts.sum(axis=0)
    with np.errstate(divide="ignore", invalid="ignore"):
        mean = sums.sum(axis=0) / total
        spread = ((sums - counts * mean) ** 2).sum(axis=0) * clusters / (clusters - 1.0)
        return _estimate(clusters, mean, np.where(clusters > 1, np.sqrt(spread) / total, np.nan), clusters - 1.0)


def probability_above_zero(estimate: Estimate) -> Doubles:
    """How probable it is that the quantity is above 0, by Student's t; .5 where its mean is 0."""
    with np.errstate(divide="ignore", invalid="ignore"):
        score = np.where(estimate.mean == 0.0, 0.0, estimate.mean / estimate.spread)
    return np.where(np.isnan(estimate.spread), np.nan, stdtr(estimate.freedom, score))


def _moments(values: Doubles) -> tuple[Doubles, Doubles, Doubles]:
    """Number, mean and squared Monte Carlo standard error of each column, without its NaN."""
    present = ~np.isnan(values)
    n = present.sum(axis=0).astype(np.float64)
    with np.errstate(divide="ignore", invalid="ignore"):
        mean = np.where(present, values, 0.0).sum(axis=0) / n
        square = np.where(present, (values - mean) ** 2, 0.0).sum(axis=0) / (n - 1.0) / n
    return n, mean, np.where(n > 1, square, np.nan)


def _over_draws(values: Doubles, draws: Which, n: Doubles) -> Estimate:
    """Analysis of variance with draws as random effects: the variance of parameters is the variance between draws less
    that of Monte Carlo noise within them. If noise is by far the larger, 95 % intervals from ten draws cover 91 %."""
    each = [values[draws == draw] for draw in np.unique(draws)]
    lives, means, squares = (np.stack(parts) for parts in zip(*map(_moments, each), strict=True))
    present = lives > 0
    n_draws = present.sum(axis=0).astype(np.float64)
    with np.errstate(divide="ignore", invalid="ignore"):
        mean = np.where(present, means, 0.0).sum(axis=0) / n_draws
        between = np.where(present, (means - mean) ** 2, 0.0).sum(axis=0) / (n_draws - 1.0)
        repeated = lives > 1  # draws lived more than once tell the variance of luck
        freedom = np.where(repeated, lives - 1.0, 0.0)
        within = np.where(repeated, squares * lives * freedom, 0.0).sum(axis=0) / freedom.sum(axis=0)
        noise = within * np.where(present, 1.0 / lives, 0.0).sum(axis=0) / n_draws
        parameters = np.maximum(between - np.nan_to_num(noise), 0.0)  # all of it, where luck is not told
        between = np.where(n_draws > 1, between, np.nan)
        return _estimate(n, mean, np.sqrt(between / n_draws), n_draws - 1.0, np.sqrt(parameters + between / n_draws))


def _estimate(n: Doubles, mean: Doubles, mcse: Doubles, freedom: Doubles, spread: Doubles | None = None) -> Estimate:
    spread = mcse if spread is None else spread
    too_few = (spread == 0.0) & (freedom < FEWEST - 1)  # that two are equal does not show that nothing varies
    mcse, spread = np.where(too_few, np.nan, mcse), np.where(too_few, np.nan, spread)
    half = stdtrit(np.where(freedom > 0, freedom, np.nan), 0.975) * spread
    return Estimate(n, mean, mcse, mean - half, mean + half, freedom, spread)
