"""Functions whose sensitivity indices are known, and studies whose design points they are evaluated at."""

from collections.abc import Callable
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from scipy.stats import norm

from supportnet.analysis.sensitivity.indices import AnalysisInput
from supportnet.experiments.study.design import unit_points
from tests.studies import study

Doubles = NDArray[np.float64]
NAMES = ("bond.trust_gain", "bond.pull", "bond.skill_gain", "bond.adaptation", "bond.strength_gain")


def asked(
    folder: Path, kind: str, n: int, factors: int, more: str = "", resamples: int = 100, seed: int = 1
) -> AnalysisInput:
    """A design of so many factors on the unit cube."""
    body = f'[design]\nkind = "{kind}"\nn = {n}\nseed = {seed}\n{more}'
    read = study(folder, body + "".join(f'[factors."{name}"]\n' for name in NAMES[:factors]))
    return AnalysisInput(read, unit_points(read), resamples, 1)


def ishigami(unit: Doubles) -> Doubles:
    """sin x1 + 7 sin² x2 + .1 x3⁴ sin x1, each x uniform from -π to π (Ishigami & Homma 1990)."""
    x = np.pi * (2.0 * unit - 1.0)
    return np.asarray(np.sin(x[:, 0]) + 7.0 * np.sin(x[:, 1]) ** 2 + 0.1 * x[:, 2] ** 4 * np.sin(x[:, 0]))


def ishigami_indices() -> dict[str, Doubles]:
    """V = a²/8 + bπ⁴/5 + b²π⁸/18 + 1/2, a = 7, b = .1."""
    a, b = 7.0, 0.1
    one = 0.5 * (1 + b * np.pi**4 / 5) ** 2
    two, both = a**2 / 8, b**2 * np.pi**8 * (1 / 18 - 1 / 50)
    whole = one + two + both
    return {"S1": np.array([one, two, 0.0]) / whole, "ST": np.array([one + both, two, both]) / whole}


A = np.array([0.0, 1.0, 4.5, 9.0, 99.0])


def sobol_g(unit: Doubles) -> Doubles:
    """Π (|4x - 2| + a) / (1 + a), x uniform from 0 to 1 (Saltelli & Sobol' 1995)."""
    return np.asarray(np.prod((np.abs(4.0 * unit - 2.0) + A) / (1.0 + A), axis=1))


def sobol_g_indices() -> dict[str, Doubles]:
    """V_i = 1 / (3 (1 + a)²); V = Π (1 + V_i) - 1; V_Ti = V_i Π_{j ≠ i} (1 + V_j)."""
    own = 1.0 / (3.0 * (1.0 + A) ** 2)
    product = np.prod(1.0 + own)
    return {"S1": own / (product - 1.0), "ST": own * product / (1.0 + own) / (product - 1.0)}


def ishigami_slopes() -> Doubles:
    """Mean squared slope over the range of each x, 4 ν / V, with ν the integral of the squared derivative."""
    a, b = 7.0, 0.1
    mean_square = [0.5 * (1 + 2 * b * np.pi**4 / 5 + b**2 * np.pi**8 / 9), a**2 / 2, 8 * b**2 * np.pi**6 / 7]
    return 4.0 * np.array(mean_square) / (a**2 / 8 + b * np.pi**4 / 5 + b**2 * np.pi**8 / 18 + 0.5)


WEIGHTS = np.array([0.8, 0.6, 0.0])  # of a sum that is standard normal


def normal_sum(unit: Doubles) -> Doubles:
    """Σ w z with standard normal z."""
    return np.asarray(norm.ppf(unit) @ WEIGHTS)


def normal_sum_shifts(slices: int) -> tuple[Doubles, Doubles]:
    """δ (half the area between the density of the sum and that with one z known, on average), and Kolmogorov's
    distance to the sum with one z in each of so many slices of equal probability: (factors,), (factors, slices)."""
    z = norm.ppf((np.arange(200 * slices) + 0.5) / (200 * slices))[:, None]
    y = np.linspace(-8.0, 8.0, 2001)
    shift, distance = [], []
    for w in WEIGHTS:
        known = norm(w * z, np.sqrt(1.0 - w**2))
        shift.append(0.5 * np.trapezoid(np.abs(known.pdf(y) - norm.pdf(y)), y).mean())
        in_slices = known.cdf(y).reshape(slices, 200, -1).mean(axis=1)
        distance.append(np.abs(in_slices - norm.cdf(y)).max(axis=1))
    return np.array(shift), np.array(distance)


FUNCTIONS: dict[str, tuple[Callable[[Doubles], Doubles], Callable[[], dict[str, Doubles]], int]] = {
    "Ishigami": (ishigami, ishigami_indices, 3),
    "Sobol' G": (sobol_g, sobol_g_indices, 5),
}
