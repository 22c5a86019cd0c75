"""Whether a posterior can be believed: synthetic truths found again, and another method on the same runs."""

from collections.abc import Callable
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray
from scipy.special import ndtri

from supportnet.experiments.calibration.emulator import emulators_of, means_of
from supportnet.experiments.calibration.mcmc import Likelihood, sample

Doubles = NDArray[np.float64]
LEVELS = (0.5, 0.9)
NEAREST = 0.25  # share of the runs that approximate Bayesian computation keeps


class Covered(NamedTuple):
    """How often intervals hold the truth."""

    truths: int
    level: float
    share: float  # of intervals, over truths and the numbers that are learned at all
    lower: float  # 95 % interval, truths resampled
    upper: float


def coverage(
    units: Doubles, even: Doubles, edge: float, errors: Doubles, learned: NDArray[np.int64], *, truths: int, seed: int,
    workers: int, progress: Callable[[float], None] = lambda share: None, steps: int = 1500,
) -> list[Covered]:  # fmt: skip
    """Runs over the prior (runs, dims) taken for truths, and found again from what they showed (runs, targets).

    Emulators learn from the other runs. Each truth is known as the targets are (targets,): through ranges as wide (2
    `edge`) which contain what its run showed, noise included, at a random place, or by estimates with these errors.
    """
    rng = np.random.default_rng(seed)
    whole = np.flatnonzero(np.isfinite(even).all(axis=1))
    chosen = rng.choice(whole, truths := min(truths, len(whole)), replace=False)
    others = np.setdiff1d(np.arange(len(units)), chosen)
    emulators = emulators_of(units[others], even[others], np.ones(len(others), np.bool_), workers)
    means, sd = means_of(emulators, workers), np.array([one.fit.sd for one in emulators])
    covered = np.zeros((truths, len(LEVELS)))
    for k, truth in enumerate(chosen):
        estimate = even[truth] + np.nan_to_num(errors) * rng.standard_normal(len(sd))
        low = np.where(np.isnan(errors), even[truth] - 2 * edge * rng.random(len(sd)), estimate - edge)
        likelihood = Likelihood(means, sd, low, low + 2 * edge, errors)
        found = sample(likelihood, units.shape[1], seed + k, chains=16, warm_up=steps // 3, draws=steps, thin=10)
        place = (found.units[..., learned] < units[truth, learned]).mean(axis=(0, 1))
        covered[k] = [(np.abs(place - 0.5) <= level / 2).mean() for level in LEVELS]
        progress((k + 1) / truths)
    again = covered[rng.integers(truths, size=(2000, truths))].mean(axis=1)
    ends = np.quantile(again, [0.025, 0.975], axis=0)
    return [
        Covered(truths, level, float(covered[:, j].mean()), float(ends[0, j]), float(ends[1, j]))
        for j, level in enumerate(LEVELS)
    ]


def regression_abc(units: Doubles, even: Doubles, edge: float, errors: Doubles) -> tuple[Doubles, Doubles]:
    """Posterior mean and SD (dims,) of the probits of places, by approximate Bayesian computation with regression
    (Beaumont et al. 2002, doi:10.1093/genetics/162.4.2025) on runs over the prior.

    Runs are weighed by how far their values (runs, targets) are outside their ranges, or from published estimates that
    have these errors (targets,), and moved to where, by a ridge regression, they would be if none were.
    """
    from sklearn.linear_model import RidgeCV

    finite = np.isfinite(even).all(axis=1)
    z, even = ndtri(np.clip(units[finite], 1e-6, 1 - 1e-6)), even[finite]
    as_published = even + np.nan_to_num(errors) * np.random.default_rng(0).standard_normal(even.shape)
    outside = np.where(np.isnan(errors), even - np.clip(even, -edge, edge), as_published)
    far = np.sqrt((outside**2 / np.maximum(outside.var(axis=0), 1e-9)).sum(axis=1))
    kept = far <= np.quantile(far, NEAREST)
    weight = 1.0 - (far[kept] / (far[kept].max() or 1.0)) ** 2 + 1e-9  # all the same where all are in range
    line = RidgeCV(np.logspace(-1, 4, 20)).fit(outside[kept], z[kept], sample_weight=weight)
    moved = z[kept] - outside[kept] @ np.atleast_2d(line.coef_).T
    mean = np.average(moved, axis=0, weights=weight)
    return mean, np.sqrt(np.average((moved - mean) ** 2, axis=0, weights=weight))
