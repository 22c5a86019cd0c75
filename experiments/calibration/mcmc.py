"""Markov chains over the unit cube: a prior that is even, a likelihood of ranges that narrows it.

A place u of the cube is z = probit(u), so that the prior of z is a standard normal. Proposals leave a normal as it is
that is like the posterior (generalised preconditioned Crank-Nicolson: Rudolf & Sprungk 2018,
doi:10.1007/s10208-016-9340-x), far along few of its main directions or a little along many, so that hundreds of
dimensions, most of them hardly learned, are no hindrance.
"""

from collections.abc import Callable, Sequence
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray
from scipy.special import ndtr
from scipy.stats import norm

from supportnet.experiments.calibration.targets import log_in_range
from supportnet.experiments.execution.interruption import interruption

Doubles = NDArray[np.float64]
MOVES = ((0.03, 1.0), (0.1, 0.7), (0.3, 0.4), (1.0, 0.15))  # share of directions that move, and how much of them is new
NUDGE = 0.05  # over which slopes are taken, in standard deviations of the prior


class Likelihood(NamedTuple):
    """How probable values in range are, or near a published estimate, from emulated means with an error."""

    means: Callable[[Doubles], Doubles]  # places (n, dims) of the unit cube -> (n, values) on the even scale
    sd: Doubles  # (values,)
    low: Doubles
    high: Doubles
    error: Doubles  # (values,) standard error of an estimate in the middle; NaN where all of a range is equally good

    def log(self, units: Doubles) -> Doubles:
        """(n,) logarithm of the probability that all are in range, times the density of the published estimates."""
        means, estimated = self.means(units), ~np.isnan(self.error)
        ranges = log_in_range(means[:, ~estimated], self.sd[~estimated], self.low[~estimated], self.high[~estimated])
        off = means[:, estimated] - (self.low + self.high)[estimated] / 2
        densities = norm.logpdf(off, scale=np.hypot(self.sd, self.error)[estimated])
        return np.asarray(ranges.sum(axis=1) + densities.sum(axis=1))


class Sampled(NamedTuple):
    """Draws from the posterior."""

    units: Doubles  # (chains, draws, dims) places of the unit cube
    log_likelihood: Doubles  # (chains, draws)
    r_hat: Doubles  # (dims,) rank-normalised split R-hat
    ess: Doubles  # (dims,) bulk effective sample size
    accepted: float  # share of proposals

    def arrays(self) -> list[NDArray[Any]]:
        """The same as arrays."""
        return list(map(np.asarray, self))

    @classmethod
    def of(cls, arrays: Sequence[NDArray[Any]]) -> "Sampled":
        """The same draws. Raises ValueError for arrays of something else."""
        units, log_likelihood, r_hat, ess, accepted = arrays
        return cls(units, log_likelihood, r_hat, ess, float(accepted))


def sample(
    likelihood: Likelihood, dims: int, seed: int, *, chains: int = 32, warm_up: int = 1000, draws: int = 4000,
    thin: int = 20, progress: Callable[[float], None] = lambda share: None,
) -> Sampled:  # fmt: skip
    """Draws from the posterior of the places of a unit cube, by chains that know nothing of each other.

    warm_up, draws: steps before and after the first draw is kept; of the latter every `thin`-th is kept.
    """
    from arviz_stats.base import array_stats
    from emcee import EnsembleSampler
    from emcee.moves import MHMove
    from threadpoolctl import threadpool_limits

    rng = np.random.RandomState(np.random.SeedSequence([seed, dims]).generate_state(1)[0])  # what emcee wants
    with threadpool_limits(1):  # values are asked side by side; threads within them would be in the way
        mean, root = like_posterior(likelihood, dims)
        sampler = EnsembleSampler(
            chains, dims, lambda z: likelihood.log(ndtr(z)) - 0.5 * (z**2).sum(axis=1), vectorize=True,
            moves=MHMove(keeping(mean, root)),
        )  # fmt: skip
        sampler.random_state = rng.get_state()
        start = mean + rng.standard_normal((chains, dims)) @ root.T
        steps = sampler.sample(start, iterations=warm_up + draws, skip_initial_state_check=True)
        for k in range(warm_up + draws):
            with interruption.delayed():  # emcee prints the traceback of whatever interrupts a likelihood
                next(steps)
            progress(k / (warm_up + draws))
    z = sampler.get_chain(discard=warm_up, thin=thin).swapaxes(0, 1)
    log_posterior = sampler.get_log_prob(discard=warm_up, thin=thin).T
    return Sampled(
        ndtr(z), log_posterior + 0.5 * (z**2).sum(axis=2), np.asarray(array_stats.rhat(z, chain_axis=0, draw_axis=1)),
        np.asarray(array_stats.ess(z, chain_axis=0, draw_axis=1)), float(sampler.acceptance_fraction.mean()),
    )  # fmt: skip


def like_posterior(likelihood: Likelihood, dims: int) -> tuple[Doubles, Doubles]:
    """Mean of a normal that is like the posterior, and its main directions (columns, as long as it spreads): where the
    values are nearest to the middle of their ranges, given the prior, by the slopes that they have there (Laplace)."""
    from scipy.optimize import least_squares

    middle, width = (likelihood.low + likelihood.high) / 2, likelihood.high - likelihood.low
    spread = np.hypot(likelihood.sd, np.where(np.isnan(likelihood.error), width / np.sqrt(12.0), likelihood.error))
    nudges = NUDGE * np.concatenate([np.eye(dims), -np.eye(dims)])

    def off(z: Doubles) -> Doubles:
        return np.concatenate([(likelihood.means(ndtr(z[None]))[0] - middle) / spread, z])

    def slopes(z: Doubles) -> Doubles:
        ahead, back = np.split(likelihood.means(ndtr(z + nudges)), 2)
        return np.concatenate([((ahead - back) / (2 * NUDGE)).T / spread[:, None], np.eye(dims)])

    found = least_squares(off, np.zeros(dims), slopes, max_nfev=50)
    narrow, directions = np.linalg.eigh(found.jac.T @ found.jac)
    return found.x, directions / np.sqrt(narrow)


def keeping(mean: Doubles, root: Doubles) -> Callable[[Doubles, Any], tuple[Doubles, Doubles]]:
    """Proposals that leave a normal of this mean and these main directions as it is, with the logarithm of the ratio of
    its densities here and there."""
    back, shares, steps = np.linalg.inv(root).T, *np.array(MOVES).T

    def propose(z: Doubles, rng: Any) -> tuple[Doubles, Doubles]:
        along, kind = (z - mean) @ back, rng.randint(len(MOVES), size=len(z))
        step = steps[kind, None] * (rng.random_sample(z.shape) < shares[kind, None])
        new = np.sqrt(1.0 - step**2) * along + step * rng.standard_normal(z.shape)
        return mean + new @ root.T, 0.5 * ((new**2).sum(axis=1) - (along**2).sum(axis=1))

    return propose
