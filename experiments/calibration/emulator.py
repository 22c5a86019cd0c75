"""An emulator: what the model would say of a value anywhere in the unit cube of its numbers, learned from runs.

A Gaussian process over all numbers that matter at all, each stretched by how much it moves the value: hundreds of
numbers, most of them with small effects, add up to half of what a value varies by. Its error is that for runs left out,
and includes Monte Carlo noise as well as emulator error.
"""

import warnings
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace
from functools import partial
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray
from scipy.special import ndtri

from supportnet.experiments.execution.workers import map_in_processes

Doubles = NDArray[np.float64]
Singles = NDArray[np.float32]
FOLDS = 4
MATTERS = 1e-3  # of the number that moves a value most, in variance
LEARNT_FROM = 800  # runs that the kernel is learnt from; all are used thereafter
STEPS = 30  # of that
NEARLY = 1e-6  # of the unit interval, at its ends
STILL = 1e-3  # error told for a value that no run moves, on the even scale: a chance needs some


class Fit(NamedTuple):
    """How well runs that were left out are predicted, in the latest round of them."""

    sd: float  # of the error, on the even scale
    r2: float
    runs: int


@dataclass(frozen=True)
class Emulator:
    """Predicts one value: mean = middle + slopes @ x + height * sum_k weights_k exp(-|x - points_k|^2 / 2),
    where x are the probits of the active numbers, stretched."""

    active: NDArray[np.int64]  # numbers that matter
    stretch: Singles  # of their probits
    points: Singles  # (runs, active) stretched
    far: Singles  # (runs,) their squared distance from the origin
    weights: Singles  # (runs,) times the height
    slopes: Singles  # (active,)
    middle: float
    fit: Fit

    def mean(self, z: Singles) -> Doubles:
        """(n,) at places (n, dims), as probits."""
        x = z[:, self.active] * self.stretch
        apart = (x**2).sum(axis=1)[:, None] + self.far - 2.0 * x @ self.points.T
        return np.asarray(self.middle + x @ self.slopes + np.exp(-0.5 * apart) @ self.weights, np.float64)


def arrays_of(emulators: Sequence[Emulator]) -> list[NDArray[Any]]:
    """All that emulators are, as arrays."""
    parts = [
        (one.active, one.stretch, one.points, one.far, one.weights, one.slopes, np.array([one.middle, *one.fit]))
        for one in emulators
    ]
    return [array for each in parts for array in each]


def emulators_from(arrays: Sequence[NDArray[Any]]) -> list[Emulator]:
    """The same emulators. Raises ValueError for arrays of something else."""
    found = []
    for start in range(0, len(arrays), 7):
        active, stretch, points, far, weights, slopes, (middle, sd, r2, runs) = arrays[start : start + 7]
        fit = Fit(float(sd), float(r2), int(runs))
        found.append(Emulator(active, stretch, points, far, weights, slopes, float(middle), fit))
    if not found:
        raise ValueError("no emulators")
    return found


def probits(units: Doubles) -> Doubles:
    """Places of the unit cube as places under a standard normal."""
    return np.asarray(ndtri(np.clip(units, NEARLY, 1.0 - NEARLY)))


def means_of(emulators: Sequence[Emulator], workers: int = 1) -> Callable[[Doubles], Doubles]:
    """All of them at once: places (n, dims) of the unit cube -> (n, values). The same values whatever the workers."""
    pool = ThreadPoolExecutor(workers)

    def means(units: Doubles) -> Doubles:
        z = single(probits(units))
        return np.stack(list(pool.map(lambda one: one.mean(z), emulators)), axis=1)

    return means


def emulators_of(
    units: Doubles, values: Doubles, latest: NDArray[np.bool_], workers: int,
    progress: Callable[[float], None] = lambda share: None,
) -> list[Emulator]:  # fmt: skip
    """One for each value (runs, values), NaN where a run has none; latest: runs for which errors are reported."""
    job, found = partial(emulator_of, probits(units), latest=latest), list[Emulator]()
    for _, one in map_in_processes(job, values.T, workers):
        if isinstance(one, Exception):
            raise one
        found.append(one)
        progress(len(found) / values.shape[1])
    return found


def emulator_of(z: Doubles, values: Doubles, latest: NDArray[np.bool_]) -> Emulator:
    """The emulator of one value, with its error in runs that were left out (FOLDS parts)."""
    from sklearn.exceptions import ConvergenceWarning
    from sklearn.model_selection import KFold
    from threadpoolctl import threadpool_limits

    warnings.simplefilter("ignore", ConvergenceWarning)  # a part of the kernel at its bound is not there
    finite = np.isfinite(values)
    z, values, latest = z[finite], values[finite], latest[finite]
    if np.ptp(values) == 0.0:
        return constant(float(values[0]), len(values))
    with threadpool_limits(1):
        kernel, guessed = kernel_for(z, values), np.empty_like(values)
        for rest, left_out in KFold(FOLDS, shuffle=True, random_state=1).split(z):
            guessed[left_out] = trained(z[rest], values[rest], kernel).mean(single(z[left_out]))
        whole = trained(z, values, kernel)
    errors, spread = (values - guessed)[latest], values[latest].std()
    fit = Fit(float(np.sqrt((errors**2).mean())), float(1.0 - (errors**2).mean() / spread**2), len(values))
    return replace(whole, fit=fit)


def constant(value: float, runs: int) -> Emulator:
    """The emulator of a value that is the same in every run: there is nothing to learn."""
    no_numbers, nowhere = np.zeros(0, np.int64), np.zeros((1, 0), np.float32)
    zero, none = np.zeros(1, np.float32), np.zeros(0, np.float32)
    return Emulator(no_numbers, none, nowhere, zero, zero, none, value, Fit(STILL, np.nan, runs))


def kernel_for(z: Doubles, values: Doubles) -> Any:
    """Height and length of the curve, steepness of the line, and noise: the most likely ones, by some of the runs."""
    from sklearn.gaussian_process import GaussianProcessRegressor
    from sklearn.gaussian_process.kernels import RBF, ConstantKernel, DotProduct, WhiteKernel

    curve, line = ConstantKernel(1.0, (1e-2, 1e3)) * RBF(1.0), ConstantKernel(1.0, (1e-4, 1e3)) * DotProduct(0, "fixed")
    learnt = GaussianProcessRegressor(curve + line + WhiteKernel(0.3, (1e-3, 2.0)), optimizer=few_steps)
    scaled, some = standardise(values), np.random.default_rng(0).permutation(len(z))[:LEARNT_FROM]
    active, stretch = stretched(z, scaled)
    return learnt.fit(z[some][:, active] * stretch, scaled[some]).kernel_


def trained(z: Doubles, values: Doubles, kernel: Any) -> Emulator:
    """An emulator whose error is not known yet."""
    from sklearn.gaussian_process import GaussianProcessRegressor

    middle, spread, scaled = float(values.mean()), float(values.std()) or 1.0, standardise(values)
    active, stretch = stretched(z, scaled)
    points = z[:, active] * stretch
    alpha = spread * GaussianProcessRegressor(kernel, optimizer=None).fit(points, scaled).alpha_
    curve, line = kernel.k1.k1, kernel.k1.k2
    length = curve.k2.length_scale
    slopes = line.k1.constant_value * length * (alpha @ points)  # of points in lengths
    places = single(points / length)
    return Emulator(
        active, single(stretch / length), places, (places**2).sum(axis=1), single(curve.k1.constant_value * alpha),
        single(slopes), middle, Fit(np.nan, np.nan, 0),
    )  # fmt: skip


def stretched(z: Doubles, values: Doubles) -> tuple[NDArray[np.int64], Doubles]:
    """Numbers that matter, and by how much each is stretched."""
    moves = how_much_moves(z, values)
    active = np.flatnonzero(moves > MATTERS)
    return active, np.sqrt(moves[active]) / 2


def how_much_moves(z: Doubles, values: Doubles) -> Doubles:
    """(dims,) variance that slope and bend in each number give a value, of the largest such (Bayesian ridge)."""
    from sklearn.linear_model import BayesianRidge

    bends = (z**2 - 1.0) / np.sqrt(2.0)  # as much variance as z, under a standard normal
    squares = BayesianRidge().fit(np.hstack([z, bends]), values).coef_ ** 2
    both = squares.reshape(2, -1).sum(axis=0)
    return np.asarray(both / (both.max() or 1.0))


def standardise(values: Doubles) -> Doubles:
    """With mean 0 and variance 1."""
    return np.asarray((values - values.mean()) / (values.std() or 1.0))


def single(values: Doubles) -> Singles:
    """In single precision: chains ask an emulator a million times."""
    return values.astype(np.float32)


def few_steps(loss: Callable[..., Any], start: Doubles, bounds: Doubles) -> tuple[Doubles, float]:
    """The kernel's optimiser: a rough answer is as good as an exact one here, and much faster."""
    from scipy.optimize import minimize

    found = minimize(loss, start, jac=True, method="L-BFGS-B", bounds=bounds, options={"maxiter": STEPS})
    return found.x, float(found.fun)
