"""From replicates to an estimate with its Monte Carlo error: means, differences, and 95 % intervals within what is
possible: by Student's t, or over posterior draws by quantiles."""

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray
from scipy.special import betaincinv, gammaincinv, ndtri, stdtr, stdtrit, xlogy

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
    "95 % interval: the mean lies here in 95 of 100 plausible versions of the model (draws of the posterior fitted to "
    "{}), Monte Carlo uncertainty included"
)
ANGLES = np.pi / 2.0 * (np.arange(256)[:, None] + 0.5) / 256.0  # at which the reliability of a draw's mean is summed up
HALVINGS = 45  # of the bracket of a quantile, until nothing is left of it


class Estimate(NamedTuple):
    """Estimates of k quantities; NaN if there are too few replicates.

    A quantity is distributed as an equal mixture of Student's t distributions of one scale around m points.
    """

    n: Doubles  # (k,) replicates that have the quantity
    mean: Doubles
    mcse: Doubles  # Monte Carlo standard error
    lower: Doubles  # 95 % interval
    upper: Doubles
    points: Doubles  # (m, k) expectations under each draw, luck taken off; without draws the mean alone
    scale: Doubles  # (k,)
    freedom: Doubles  # (k,) degrees of freedom


def contains(posterior: Posterior | None) -> str:
    """What an interval contains, in words; posterior: whose draws the replicates use, if any."""
    return NOISE_ONLY if posterior is None else PARAMETERS_TOO.format(posterior.fitted_to)


def in_one_set(with_draws: bool) -> str:
    """What follows the name of a probability: without posterior draws it is one for the parameters as they are set."""
    return "" if with_draws else ONE_SET_OF_NUMBERS


def mean_of(values: Doubles, draws: Which | None = None) -> Estimate:
    """Mean over replicates (rows) of each of k quantities (columns); a NaN is a replicate that does not have it.

    draws: the posterior draw of each replicate; the interval is then of the expectation under a draw, and mcse is the
    error of the mean over draws, which are clusters of replicates.
    """
    n, mean, square = _moments(values)
    if draws is None:
        return _by_luck(n, mean, np.sqrt(square), n - 1.0)
    return _over_draws(values, draws, n)


def difference_of(ones: Doubles, others: Doubles) -> Estimate:
    """Mean of others minus mean of ones, each with its own replicates and spread (Welch)."""
    n, mean, square = _moments(ones)
    other_n, other_mean, other_square = _moments(others)
    with np.errstate(divide="ignore", invalid="ignore"):
        parts = square**2 / (n - 1.0) + other_square**2 / (other_n - 1.0)
        freedom = np.where(parts > 0.0, (square + other_square) ** 2 / parts, np.minimum(n, other_n) - 1.0)
    return _by_luck(np.minimum(n, other_n), other_mean - mean, np.sqrt(square + other_square), freedom)


def within_limits(estimate: Estimate, limits: Limits) -> Estimate:
    """The same estimate of a mean, its 95 % interval within the limits of what is averaged.

    Over draws, ends are cut off at the limits. Otherwise they are the 2.5 % and 97.5 % quantiles of the beta
    distribution between the limits (without an upper limit: of the gamma distribution above the lower one) that has
    the same mean, and the half width of Student's interval over 1.96 as standard deviation. Where nothing varies, or
    there is no lower limit, they stay, and are cut off at the limits. For shares it is the interval of Korn & Graubard
    (1998, Survey Methodology 24: 193-201) without their correction for counts.
    """
    low, high = limits
    if len(estimate.points) > 1:
        return estimate._replace(lower=np.clip(estimate.lower, low, high), upper=np.clip(estimate.upper, low, high))
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
    return estimate._replace(lower=quantile(estimate, 0.025 / of), upper=quantile(estimate, 1.0 - 0.025 / of))


def mean_of_clusters(sums: Doubles, counts: Doubles) -> Estimate:
    """Mean over all people, who come in clusters (rows: replicates) of so many with such a sum, k quantities."""
    clusters, total = (counts > 0).sum(axis=0).astype(np.float64), counts.sum(axis=0)
    with np.errstate(divide="ignore", invalid="ignore"):
        mean = sums.sum(axis=0) / total
        spread = ((sums - counts * mean) ** 2).sum(axis=0) * clusters / (clusters - 1.0)
        return _by_luck(clusters, mean, np.where(clusters > 1, np.sqrt(spread) / total, np.nan), clusters - 1.0)


def quantile(estimate: Estimate, p: float) -> Doubles:
    """(k,) the quantile of each quantity: between those of the lowest and of the highest point, by bisection."""
    reach = stdtrit(np.where(estimate.freedom > 0, estimate.freedom, np.nan), p) * estimate.scale
    low, high = (end(estimate.points, axis=0, initial=far, where=~np.isnan(estimate.points)) + reach
                 for end, far in ((np.min, np.inf), (np.max, -np.inf)))  # fmt: skip
    if len(estimate.points) > 1:
        for _ in range(HALVINGS):
            middle = (low + high) / 2.0
            beyond = 1.0 - probability_above(estimate, middle) < p
            low, high = np.where(beyond, middle, low), np.where(beyond, high, middle)
    return np.asarray((low + high) / 2.0)


def probability_above(estimate: Estimate, threshold: float | Doubles = 0.0) -> Doubles:
    """(k,) how probable it is that each quantity is above a threshold; where it cannot vary and is there, .5."""
    away = estimate.points - threshold
    with np.errstate(divide="ignore", invalid="ignore"):
        score = np.where(away == 0.0, 0.0, away / estimate.scale)
    above = stdtr(estimate.freedom, score)
    known = ~np.isnan(away)
    with np.errstate(invalid="ignore"):
        share = np.where(known, above, 0.0).sum(axis=0) / known.sum(axis=0)
    return np.where(np.isnan(estimate.scale), np.nan, share)


def _moments(values: Doubles) -> tuple[Doubles, Doubles, Doubles]:
    """Number, mean and squared Monte Carlo standard error of each column, without its NaN."""
    present = ~np.isnan(values)
    n = present.sum(axis=0).astype(np.float64)
    with np.errstate(divide="ignore", invalid="ignore"):
        mean = np.where(present, values, 0.0).sum(axis=0) / n
        square = np.where(present, (values - mean) ** 2, 0.0).sum(axis=0) / (n - 1.0) / n
    return n, mean, np.where(n > 1, square, np.nan)


def _over_draws(values: Doubles, draws: Which, n: Doubles) -> Estimate:
    """Where the expectation under a draw lies: an analysis of variance with draws as random effects.

    Means of draws spread more than expectations do, by luck; they are drawn together until they do not (Louis 1984,
    J Am Stat Assoc 79: 393-398). Around each is the error of a mean over so few draws: that of luck, and three times
    the variance of expectations, so that ten draws already hold what 95 % should (docs/calibration.md).
    """
    each = [values[draws == draw] for draw in np.unique(draws)]
    lives, means, squares = (np.stack(parts) for parts in zip(*map(_moments, each), strict=True))
    present = lives > 0
    n_draws = present.sum(axis=0).astype(np.float64)
    with np.errstate(divide="ignore", invalid="ignore"):
        mean = np.where(present, means, 0.0).sum(axis=0) / n_draws
        between = np.where(present, (means - mean) ** 2, 0.0).sum(axis=0) / (n_draws - 1.0)
        freedom = np.where(lives > 1, lives - 1.0, 0.0)  # draws lived more than once tell the variance of luck
        within = np.where(lives > 1, squares * lives * freedom, 0.0).sum(axis=0) / freedom.sum(axis=0)
        noise = within * np.where(present, 1.0 / lives, 0.0).sum(axis=0) / n_draws
        signal = share_of_expectations(between / noise, n_draws - 1.0, freedom.sum(axis=0))
        between = np.where(n_draws > 1, between, np.nan)
        points, scale = mean + np.sqrt(signal) * (means - mean), np.sqrt(between * (1.0 + 2.0 * signal) / n_draws)
    return _estimate(n, mean, np.sqrt(between / n_draws), points, scale, n_draws - 1.0)


def share_of_expectations(ratio: Doubles, between: Doubles, within: Doubles) -> Doubles:
    """(k,) share of the variance of draws' means that is of their expectations: its expectation, given the ratio of
    variances (mean squares) and their degrees of freedom; 1 where luck is not told.

    The standard deviation of expectations is uniform beforehand (Gelman 2006, doi:10.1214/06-BA117A), so that the
    share never jumps to 0 as that of moments does. The share is the squared sine of an angle, over which the density
    is smooth.
    """
    rest = np.cos(ANGLES) ** 2  # share that is luck
    with np.errstate(divide="ignore", invalid="ignore"):
        log = xlogy((between - 2.0) / 2.0, rest) - (between + within) / 2.0 * np.log1p(between / within * ratio * rest)
        weight = np.exp(log - log.max(axis=0))
        share = (weight * (1.0 - rest)).sum(axis=0) / weight.sum(axis=0)
    return np.where(np.isnan(share), 1.0, share)


def _by_luck(n: Doubles, mean: Doubles, mcse: Doubles, freedom: Doubles) -> Estimate:
    return _estimate(n, mean, mcse, mean[None], mcse, freedom)


def _estimate(n: Doubles, mean: Doubles, mcse: Doubles, points: Doubles, scale: Doubles, freedom: Doubles) -> Estimate:
    too_few = (scale == 0.0) & (freedom < FEWEST - 1)  # that two are equal does not show that nothing varies
    mcse, scale = np.where(too_few, np.nan, mcse), np.where(too_few, np.nan, scale)
    found = Estimate(n, mean, mcse, mean, mean, points, scale, freedom)
    return found._replace(lower=quantile(found, 0.025), upper=quantile(found, 0.975))
