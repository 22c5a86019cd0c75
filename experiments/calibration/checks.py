"""Whether a posterior can be believed: synthetic truths found again, and another method on the same runs."""

from collections.abc import Callable
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray
from scipy.special import ndtri

from experiments.calibration.emulator import Emulator, means_of
from experiments.calibration.sampling import Likelihood, sample
from experiments.calibration.targets import Target

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
    emulators: list[Emulator], targets: list[Target], learned: NDArray[np.int64], dims: int, truths: int, seed: int,
    workers: int, told: Callable[[float], None] = lambda share: None, steps: int = 1500,
) -> list[Covered]:  # fmt: skip
    """Posteriors for truths drawn from the prior, known through ranges as wide as those of the targets.

    Each range holds the emulated value, with the error of a run, at a place in it that chance decides.
    """
    from threadpoolctl import threadpool_limits

    luck, means = np.random.default_rng(seed), means_of(emulators, workers)
    sd, width = np.array([one.fit.sd for one in emulators]), 2 * targets[0].edge
    held = np.zeros((truths, len(LEVELS)))
    for k in range(truths):
        truth = luck.random(dims)
        seen = means(truth[None])[0] + sd * luck.standard_normal(len(sd))
        low = seen - width * luck.random(len(sd))
        with threadpool_limits(1):
            found = sample(Likelihood(means, sd, low, low + width), dims, seed + k, 16, steps // 3, steps, 10)
        place = (found.units[..., learned] < truth[learned]).mean(axis=(0, 1))
        held[k] = [(np.abs(place - 0.5) <= level / 2).mean() for level in LEVELS]
        told((k + 1) / truths)
    again = held[luck.integers(truths, size=(2000, truths))].mean(axis=1)
    ends = np.quantile(again, [0.025, 0.975], axis=0)
    return [
        Covered(truths, level, float(held[:, j].mean()), float(ends[0, j]), float(ends[1, j]))
        for j, level in enumerate(LEVELS)
    ]


def regression_abc(units: Doubles, even: Doubles, edge: float) -> tuple[Doubles, Doubles]:
    """Posterior mean and SD (dims,) of the probits of places, by approximate Bayesian computation with regression
    (Beaumont et al. 2002, doi:10.1093/genetics/162.4.2025) on runs over the prior.

    Runs are weighed by how far their values (runs, targets) are outside their ranges, and moved to where, by a ridge
    regression, they would be if none were.
    """
    from sklearn.linear_model import RidgeCV

    there = np.isfinite(even).all(axis=1)
    z, even = ndtri(np.clip(units[there], 1e-6, 1 - 1e-6)), even[there]
    outside = even - np.clip(even, -edge, edge)
    far = np.sqrt((outside**2 / np.maximum(outside.var(axis=0), 1e-9)).sum(axis=1))
    kept = far <= np.quantile(far, NEAREST)
    weight = 1.0 - (far[kept] / far[kept].max()) ** 2 + 1e-9
    line = RidgeCV(np.logspace(-1, 4, 20)).fit(outside[kept], z[kept], sample_weight=weight)
    moved = z[kept] - outside[kept] @ np.atleast_2d(line.coef_).T
    mean = np.average(moved, axis=0, weights=weight)
    return mean, np.sqrt(np.average((moved - mean) ** 2, axis=0, weights=weight))
