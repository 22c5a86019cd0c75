"""An emulator: what the model would say of a value anywhere in the unit cube of its numbers, learned from runs.

A Gaussian process over the few numbers that move the value most; all others are part of its noise, as is the luck of a
run. The error that its predictions have for runs left out holds both.
"""

import warnings
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

Doubles = NDArray[np.float64]
FOLDS = 4
POINTS_EACH = 30  # runs for each number that an emulator looks at
LEAST, MOST = 4, 24  # numbers
LEARNT_FROM = 400  # runs that length scales are learnt from; all are used thereafter
STEPS = 30  # of that
SLOPE, BEND = (
    np.sqrt(12.0),
    np.sqrt(180.0),
)  # that give a number, and its square, a variance of 1 over the unit interval


class Fit(NamedTuple):
    """How well runs that were left out are predicted, in the latest round of them."""

    sd: float  # of the error, on the even scale
    r2: float
    runs: int


@dataclass(frozen=True)
class Emulator:
    """Predicts one value."""

    active: NDArray[np.int64]  # numbers looked at
    lengths: Doubles
    height: float
    points: Doubles  # (runs, active) in length scales
    weights: Doubles  # (runs,)
    middle: float
    fit: Fit

    def mean(self, units: Doubles) -> Doubles:
        """(n,) at these places of the unit cube (n, dims)."""
        places = units[:, self.active] / self.lengths
        apart = (places**2).sum(axis=1)[:, None] + (self.points**2).sum(axis=1) - 2.0 * places @ self.points.T
        return np.asarray(self.middle + self.height * np.exp(-0.5 * apart) @ self.weights)


def means_of(emulators: Sequence[Emulator]) -> Callable[[Doubles], Doubles]:
    """All of them at once: places (n, dims) -> (n, values)."""
    return lambda units: np.stack([one.mean(units) for one in emulators], axis=1)


def emulators_of(
    units: Doubles, values: Doubles, latest: NDArray[np.bool_], workers: int,
    told: Callable[[float], None] = lambda share: None,
) -> list[Emulator]:  # fmt: skip
    """One for each value (runs, values), NaN where a run has none; latest: runs that errors are told for."""
    from joblib import Parallel, delayed

    jobs = (delayed(emulator_of)(units, column, latest) for column in values.T)
    found = list[Emulator]()
    for one in Parallel(n_jobs=workers, return_as="generator")(jobs):
        found.append(one)
        told(len(found) / values.shape[1])
    return found


def emulator_of(units: Doubles, values: Doubles, latest: NDArray[np.bool_]) -> Emulator:
    """The emulator of one value, with its error in runs that were left out (FOLDS parts)."""
    from sklearn.exceptions import ConvergenceWarning
    from sklearn.model_selection import KFold
    from threadpoolctl import threadpool_limits

    warnings.simplefilter("ignore", ConvergenceWarning)  # a length scale at its bound: a number that hardly bends
    there = np.isfinite(values)
    units, values, latest = units[there], values[there], latest[there]
    with threadpool_limits(1):
        guessed = np.empty_like(values)
        for rest, left_out in KFold(FOLDS, shuffle=True, random_state=1).split(units):
            guessed[left_out] = trained(units[rest], values[rest]).mean(units[left_out])
        whole = trained(units, values)
    errors, spread = (values - guessed)[latest], values[latest].std()
    found = Fit(float(np.sqrt((errors**2).mean())), float(1.0 - (errors**2).mean() / spread**2), len(values))
    return Emulator(whole.active, whole.lengths, whole.height, whole.points, whole.weights, whole.middle, found)


def trained(units: Doubles, values: Doubles) -> Emulator:
    """An emulator whose error is not known yet."""
    from sklearn.gaussian_process import GaussianProcessRegressor
    from sklearn.gaussian_process.kernels import RBF, ConstantKernel, WhiteKernel

    active = most_moving(units, values)
    middle, spread = float(values.mean()), float(values.std()) or 1.0
    scaled = (values - middle) / spread
    kernel = ConstantKernel(1.0, (0.01, 1000.0)) * RBF(np.full(len(active), 4.0), (0.5, 50.0)) + WhiteKernel(
        0.3, (1e-3, 2.0)
    )
    some = slice(None, None, max(1, len(values) // LEARNT_FROM))
    learnt = GaussianProcessRegressor(kernel, optimizer=few_steps).fit(units[some][:, active], scaled[some])
    process = GaussianProcessRegressor(learnt.kernel_, optimizer=None).fit(units[:, active], scaled)
    shape = process.kernel_.k1
    lengths = np.broadcast_to(shape.k2.length_scale, len(active))
    height, weights = spread * float(shape.k1.constant_value), process.alpha_
    return Emulator(active, lengths, height, units[:, active] / lengths, weights, middle, Fit(np.nan, np.nan, 0))


def most_moving(units: Doubles, values: Doubles) -> NDArray[np.int64]:
    """Numbers whose slope or bend says most about a value, one after the other (orthogonal matching pursuit)."""
    from sklearn.linear_model import OrthogonalMatchingPursuit

    off, dims = units - 0.5, units.shape[1]
    features = np.hstack([SLOPE * off, BEND * (off**2 - 1.0 / 12.0)])
    n = int(np.clip(len(values) // POINTS_EACH, LEAST, min(MOST, dims)))
    weight = np.abs(OrthogonalMatchingPursuit(n_nonzero_coefs=n).fit(features, values).coef_)
    return np.flatnonzero(weight.reshape(2, dims).sum(axis=0))


def few_steps(loss: Callable[..., Any], start: Doubles, bounds: Doubles) -> tuple[Doubles, float]:
    """The length scales' optimiser: a rough answer is as good as an exact one here, and much faster."""
    from scipy.optimize import minimize

    found = minimize(loss, start, jac=True, method="L-BFGS-B", bounds=bounds, options={"maxiter": STEPS})
    return found.x, float(found.fun)
