"""Sensitivity indices of outcomes, by the methods of SALib, and the same corrected for the noise of replicates."""

import warnings
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any, NamedTuple

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from analysis.noise import without_noise
from experiments.design import FAST_INTERFERENCE, problem
from experiments.study import Study

Doubles = NDArray[np.float64]
Indices = dict[tuple[str, str], tuple[Doubles, Doubles]]  # (index, other of a pair) -> values, half widths
NESTED = ("sobol_sequence", "latin", "sobol", "morris", "dgsm")  # designs whose first points are a sample of their own
ANY = ("sobol_sequence", "latin", "sobol", "factorial", "list", "morris", "fast", "dgsm")
COLUMNS = ["factor", "other", "index", "value", "lower", "upper", "corrected", "corrected_lower", "corrected_upper"]
Z = 1.959963984540054  # of a 95 % interval
ROUNDING = 1e-12  # of a variance next to the square of the mean: nothing varies


class Asked(NamedTuple):
    """What is analysed."""

    study: Study
    places: Doubles  # (points, factors) where the design points are
    resamples: int
    seed: int


class Method(NamedTuple):
    """A method of sensitivity analysis."""

    designs: tuple[str, ...]  # kinds that it can be made from, the usual one first
    main: str  # the index that factors are ordered by
    indices: Callable[[Asked, Doubles], Indices]  # from the outcome of each design point
    says: str
    variance: Callable[[Asked, Doubles], Doubles] | None = None  # that indices are shares of; None: no correction


def _sobol(asked: Asked, outcome: Doubles) -> Indices:
    from SALib.analyze import sobol

    pairs = asked.study.design.second_order
    found = sobol.analyze(
        problem(asked.study), outcome, calc_second_order=pairs, num_resamples=asked.resamples, seed=asked.seed
    )
    indices = {(index, ""): (found[index], found[f"{index}_conf"]) for index in ("S1", "ST")}
    if pairs:
        both, width = found["S2"], found["S2_conf"]
        indices |= {("S2", other): (both[:, k], width[:, k]) for k, other in enumerate(asked.study.groups)}
    return indices


def _sobol_variance(asked: Asked, outcome: Doubles) -> Doubles:
    """Of the two independent samples in Saltelli's design: its first and last point in each block."""
    size = block(asked.study)
    return np.asarray(np.var(np.concatenate([outcome[::size], outcome[size - 1 :: size]])))


def _morris(asked: Asked, outcome: Doubles) -> Indices:
    from SALib.analyze import morris

    levels = asked.study.design.levels
    found = morris.analyze(
        problem(asked.study), asked.places, outcome, num_resamples=asked.resamples, num_levels=levels, seed=asked.seed
    )
    unknown = np.full(len(found["names"]), np.nan)
    widths = {"mu_star": np.asarray(found["mu_star_conf"], np.float64)}
    return {
        (index, ""): (np.asarray(np.ma.filled(found[index], np.nan), np.float64), widths.get(index, unknown))
        for index in ("mu_star", "mu", "sigma")
    }


def _fast(asked: Asked, outcome: Doubles) -> Indices:
    from SALib.analyze import fast

    found = fast.analyze(problem(asked.study), outcome, M=FAST_INTERFERENCE, num_resamples=2, seed=asked.seed)
    unknown = np.full(len(found["names"]), np.nan)  # its own intervals are not to be relied on
    return {(index, ""): (np.array(found[index], np.float64), unknown) for index in ("S1", "ST")}


def _rbd_fast(asked: Asked, outcome: Doubles) -> Indices:
    from SALib.analyze import rbd_fast

    told = problem(asked.study)
    found = rbd_fast.analyze(told, asked.places, outcome, num_resamples=asked.resamples, seed=asked.seed)
    return {("S1", ""): (np.array(found["S1"], np.float64), np.array(found["S1_conf"], np.float64))}


def _delta(asked: Asked, outcome: Doubles) -> Indices:
    from SALib.analyze import delta

    found = delta.analyze(
        problem(asked.study), asked.places, outcome, num_resamples=min(asked.resamples, 100), seed=asked.seed,
        method="delta",
    )  # fmt: skip
    return {("delta", ""): (np.asarray(found["delta_raw"]), np.asarray(found["delta_raw_conf"]))}


def _pawn(asked: Asked, outcome: Doubles) -> Indices:
    from SALib.analyze import pawn

    found = pawn.analyze(problem(asked.study), asked.places, outcome, seed=asked.seed)
    unknown = np.full(len(found["names"]), np.nan)
    return {(index, ""): (np.asarray(found[index]), unknown) for index in ("median", "minimum", "maximum")}


def _dgsm(asked: Asked, outcome: Doubles) -> Indices:
    from SALib.analyze import dgsm

    found = dgsm.analyze(problem(asked.study), asked.places, outcome, num_resamples=asked.resamples, seed=asked.seed)
    return {("dgsm", ""): (np.asarray(found["dgsm"]), np.asarray(found["dgsm_conf"]))}


def _variance(asked: Asked, outcome: Doubles) -> Doubles:
    return np.asarray(np.var(outcome))


def _fast_variance(asked: Asked, outcome: Doubles) -> Doubles:
    """Of the search curve of each factor."""
    return np.asarray(outcome.reshape(len(asked.study.factors), -1).var(axis=1))


def _dgsm_variance(asked: Asked, outcome: Doubles) -> Doubles:
    """Of the points that steps are made from."""
    return np.asarray(np.var(outcome[:: block(asked.study)]))


METHODS = {
    "morris": Method(("morris",), "mu_star", _morris, "mean absolute change over the whole range of a factor (μ*)"),
    "sobol": Method(("sobol",), "ST", _sobol, "shares of variance, alone (S1) and in all (ST)", _sobol_variance),
    "fast": Method(("fast",), "ST", _fast, "shares of variance, alone (S1) and in all (ST)", _fast_variance),
    "rbd-fast": Method(ANY, "S1", _rbd_fast, "shares of variance, alone (S1)", _variance),
    "delta": Method(ANY, "delta", _delta, "shift of the whole distribution (δ), 0-1"),
    "pawn": Method(ANY, "median", _pawn, "largest distance between distributions (Kolmogorov), 0-1"),
    "dgsm": Method(("dgsm",), "dgsm", _dgsm, "mean squared slope, an upper bound of ST", _dgsm_variance),
}


def block(study: Study) -> int:
    """How many design points belong together: without one of them the others mean nothing."""
    factors, groups = len(study.factors), len(study.groups)
    sizes = {"morris": groups + 1, "dgsm": factors + 1}
    sizes["sobol"] = 2 * groups + 2 if study.design.second_order else groups + 2
    return sizes.get(study.design.kind, 1)


def indices(method: Method, asked: Asked, outcomes: Doubles) -> pd.DataFrame:
    """Indices of the means of replicates, with 95 % intervals, and corrected for noise where replicates allow it.

    outcomes: (points, replicates), finite. Columns: factor, other (of a pair), index, value, lower, upper, corrected,
    corrected_lower, corrected_upper. All 0 where nothing varies.
    """
    mean = outcomes.mean(axis=1)
    with quiet():
        if np.ptp(mean) <= ROUNDING * max(1.0, float(np.abs(mean).max())):
            found = {key: (0.0 * value, 0.0 * width) for key, (value, width) in _nothing(method, asked).items()}
        else:
            found = method.indices(asked, mean)
        free = corrected(method, asked, outcomes, found)
    rows = []
    for (index, other), (value, width) in found.items():
        right, right_width = free[index, other]
        table = {"factor": asked.study.groups, "other": other, "index": index, "value": value}
        table |= {"lower": value - width, "upper": value + width}
        table |= {"corrected": right, "corrected_lower": right - right_width, "corrected_upper": right + right_width}
        rows.append(pd.DataFrame(table))
    whole = pd.concat(rows, ignore_index=True)[COLUMNS]
    return whole[(whole["index"] != "S2") | whole["value"].notna()].reset_index(drop=True)


def _nothing(method: Method, asked: Asked) -> Indices:
    """The indices that a method gives, for an outcome that only has to vary."""
    return method.indices(asked._replace(resamples=2), asked.places.sum(axis=1) + np.arange(len(asked.places)))


def corrected(method: Method, asked: Asked, outcomes: Doubles, found: Indices) -> Indices:
    """Indices free of noise, and half widths of their intervals; NaN where the method or the replicates allow none.

    Shares of variance: index · variance and variance are quadratic, and made of different replicates only. Of Morris'
    indices σ² is quadratic; μ is free of noise as it is.
    """
    unknown = {key: (value * np.nan, value * np.nan) for key, (value, _) in found.items()}
    if outcomes.shape[1] < 2 or not np.ptp(outcomes.mean(axis=1)):
        return unknown
    plain = asked._replace(resamples=2)
    if method.main == "mu_star":
        square = without_noise(lambda values: method.indices(plain, values)["sigma", ""][0] ** 2, outcomes)
        sigma = np.sqrt(np.maximum(square, 0.0))
        return unknown | {
            ("mu", ""): (found["mu", ""][0], unknown["mu", ""][0]),
            ("sigma", ""): (sigma, sigma * np.nan),
        }
    if method.variance is None:
        return unknown
    variance = method.variance
    free = without_noise(lambda values: variance(plain, values), outcomes)
    if not (free > 0.0).all():
        return unknown
    right: Indices = {}
    keys = list(found)

    def shares(values: Doubles) -> Doubles:
        got = method.indices(plain, values)
        return np.stack([got[key][0] * variance(plain, values) for key in keys])

    whole = variance(plain, outcomes.mean(axis=1))
    for key, numerator in zip(keys, without_noise(shares, outcomes), strict=True):
        right[key] = (numerator / free, found[key][1] * whole / free)
    return right


def morris_noise(asked: Asked, outcomes: Doubles) -> float:
    """μ* that replicate noise alone would show, from what it adds to σ²: √(2/π) times its standard deviation."""
    if outcomes.shape[1] < 2:
        return float("nan")
    plain = asked._replace(resamples=2)

    def square(values: Doubles) -> Doubles:
        return _morris(plain, values)["sigma", ""][0] ** 2

    with quiet():
        added = square(outcomes.mean(axis=1)) - without_noise(square, outcomes)
    return float(np.sqrt(2.0 / np.pi * max(0.0, float(np.nanmean(added)))))


@contextmanager
def quiet() -> Iterator[None]:
    """SALib's warnings are for programmers; and it draws from numpy's global luck, which is put back."""
    state: Any = np.random.get_state()
    try:
        with warnings.catch_warnings(record=True):  # some routines insist on being heard
            yield
    finally:
        np.random.set_state(state)
