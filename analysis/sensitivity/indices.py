"""Sensitivity indices of outcomes, by the methods of SALib, and the same corrected for the noise of replicates."""

import warnings
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any, NamedTuple

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from supportnet.analysis.sensitivity.noise import varies, without_noise
from supportnet.experiments.study.design import FAST_INTERFERENCE, problem
from supportnet.experiments.study.study import StudyDefinition

Doubles = NDArray[np.float64]
Indices = dict[tuple[str, str], tuple[Doubles, Doubles]]  # (index, other of a pair) -> values, half widths
NESTED = ("sobol_sequence", "latin", "sobol", "morris", "dgsm")  # designs whose first points are a sample of their own
PARTS = (8, 4, 2, 1)  # of a sample: an eighth, a quarter, a half, all of it
ANY = ("sobol_sequence", "latin", "sobol", "factorial", "list", "dgsm")  # with points that are independent
COLUMNS = ["factor", "other", "index", "value", "lower", "upper", "corrected", "corrected_lower", "corrected_upper"]
HARMONICS = 10  # M of RBD-FAST, as SALib has it


class AnalysisInput(NamedTuple):
    """What is analysed."""

    study: StudyDefinition
    places: Doubles  # (points, factors) where the design points are
    resamples: int
    seed: int


class Method(NamedTuple):
    """A method of sensitivity analysis."""

    designs: tuple[str, ...]  # kinds that it can be made from, the usual one first
    main: str  # the index that factors are ordered by
    indices: Callable[[AnalysisInput, Doubles], Indices]  # from the outcome of each design point
    says: str
    least: int  # blocks of its own design (base points, trajectories); of any other sample, independent points
    because: str  # why so many
    variance: Callable[[AnalysisInput, Doubles], Doubles] | None = (
        None  # that indices are shares of; None: no correction
    )


def _sobol(asked: AnalysisInput, outcome: Doubles) -> Indices:
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


def _sobol_variance(asked: AnalysisInput, outcome: Doubles) -> Doubles:
    """Of the two independent samples in Saltelli's design: its first and last point in each block."""
    size = block(asked.study)
    return np.asarray(np.var(np.concatenate([outcome[::size], outcome[size - 1 :: size]])))


def _morris(asked: AnalysisInput, outcome: Doubles) -> Indices:
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


def _fast(asked: AnalysisInput, outcome: Doubles) -> Indices:
    from SALib.analyze import fast

    found = fast.analyze(problem(asked.study), outcome, M=FAST_INTERFERENCE, num_resamples=2, seed=asked.seed)
    unknown = np.full(len(found["names"]), np.nan)  # its own intervals are not to be relied on
    return {(index, ""): (np.array(found[index], np.float64), unknown) for index in ("S1", "ST")}


def _rbd_fast(asked: AnalysisInput, outcome: Doubles) -> Indices:
    from SALib.analyze import rbd_fast

    definition, half = problem(asked.study), len(outcome) // 2
    resamples = asked.resamples if half >= METHODS["rbd-fast"].least else 0  # made of halves of the sample
    found = rbd_fast.analyze(definition, ranks(asked), outcome, M=HARMONICS, num_resamples=resamples, seed=asked.seed)
    width = np.array(found["S1_conf"], np.float64)  # NaN without resamples
    return {("S1", ""): (np.array(found["S1"], np.float64), width)}


def _delta(asked: AnalysisInput, outcome: Doubles) -> Indices:
    from SALib.analyze import delta

    definition = problem(asked.study)
    try:
        found = delta.analyze(
            definition, ranks(asked), outcome, num_resamples=min(asked.resamples, 100), seed=asked.seed, method="delta",
            bins_specs=dict.fromkeys(definition["names"], 2),  # of a variant that is not read, and fails with more
        )  # fmt: skip
    except ValueError:  # a resample in which nothing varies, where nearly all points have the same outcome
        unknown = np.full(len(definition["names"]), np.nan)
        return {("delta", ""): (unknown, unknown)}
    return {("delta", ""): (np.asarray(found["delta_raw"]), np.asarray(found["delta_raw_conf"]))}


def _pawn(asked: AnalysisInput, outcome: Doubles) -> Indices:
    from SALib.analyze import pawn

    found = pawn.analyze(problem(asked.study), ranks(asked), outcome, seed=asked.seed)
    unknown = np.full(len(found["names"]), np.nan)
    return {(index, ""): (np.asarray(found[index]), unknown) for index in ("median", "minimum", "maximum")}


def _dgsm(asked: AnalysisInput, outcome: Doubles) -> Indices:
    from SALib.analyze import dgsm

    found = dgsm.analyze(problem(asked.study), asked.places, outcome, num_resamples=asked.resamples, seed=asked.seed)
    scale = np.pi**2 * _dgsm_variance(asked, outcome)  # SALib's width is that of the mean squared slope
    return {("dgsm", ""): (np.asarray(found["dgsm"]), np.asarray(found["dgsm_conf"]) / scale)}


def _variance(asked: AnalysisInput, outcome: Doubles) -> Doubles:
    return np.asarray(np.var(outcome))


def _fast_variance(asked: AnalysisInput, outcome: Doubles) -> Doubles:
    """Of the search curve of each factor."""
    return np.asarray(outcome.reshape(len(asked.study.factors), -1).var(axis=1))


def _dgsm_variance(asked: AnalysisInput, outcome: Doubles) -> Doubles:
    """Of the points that steps are made from."""
    return np.asarray(np.var(outcome[:: block(asked.study)]))


def ranks(asked: AnalysisInput) -> Doubles:
    """The order of design points by each factor, equal values at random: else the order of the list, which other
    factors have made, would count as this factor's."""
    tie_breaks = np.random.default_rng(asked.seed).random(asked.places.shape)
    order = np.lexsort((tie_breaks, asked.places), axis=0)
    return np.argsort(order, axis=0).astype(np.float64)


ALONE = "shares of variance, alone (S1)"
IN_ALL = "shares of variance, alone (S1) and in all (ST)"
METHODS = {
    "morris": Method(
        ("morris",), "mu_star", _morris, "mean absolute change over the whole range of a factor (μ*)",
        4, "Morris (1991) has 4 trajectories; from 10 on is usual",
    ),
    "sobol": Method(
        ("sobol",), "ST", _sobol, IN_ALL,
        8, "with 8, S1 of Ishigami's function scatters by .3 around the truth", _sobol_variance,
    ),
    "fast": Method(
        ("fast",), "ST", _fast, IN_ALL,
        1, "4 M² (k − 1) + 1 on the curve of each of k factors, M = 4: below, factors share a frequency",
        _fast_variance,
    ),
    "rbd-fast": Method(
        ANY, "S1", _rbd_fast, ALONE,
        4 * HARMONICS, "4 M, M = 10 harmonics: with 2 M points anything fits them; intervals need twice as many",
        _variance,
    ),
    "delta": Method(
        ANY, "delta", _delta, "shift of the whole distribution (δ), 0-1",
        50, "below, a class has fewer than 17 points, and a factor without effect often looks like one with",
    ),
    "pawn": Method(
        ANY, "median", _pawn, "median Kolmogorov–Smirnov distance between distributions, 0-1",
        50, "10 slices of 5 points",
    ),
    "dgsm": Method(
        ("dgsm",), "dgsm", _dgsm, "mean squared slope, an upper bound of ST",
        8, "below, the variance of the points that steps are made from is hardly known", _dgsm_variance,
    ),
}  # fmt: skip


def block(study: StudyDefinition) -> int:
    """How many design points belong together: without one of them the others mean nothing."""
    factors, groups = len(study.factors), len(study.groups)
    sizes = {"morris": groups + 1, "dgsm": factors + 1}
    sizes["sobol"] = 2 * groups + 2 if study.design.second_order else groups + 2
    return sizes.get(study.design.kind, 1)


def own_design(method: Method) -> bool:
    """Whether a method needs a design that is made for it."""
    return len(method.designs) == 1


def used(method: Method, study: StudyDefinition) -> list[int]:
    """Which points of a block a method uses: of a design made for another method, those that share no value."""
    size = block(study)
    if own_design(method):
        return list(range(size))
    return [0, size - 1] if study.design.kind == "sobol" else [0]


def least_points(method: Method, study: StudyDefinition) -> int:
    """How many of the design points that a method uses it needs."""
    if study.design.kind == "fast":  # Saltelli et al. (1999): every other factor has a frequency of its own
        factors = len(study.factors)
        return (4 * FAST_INTERFERENCE**2 * max(1, factors - 1) + 1) * factors
    return method.least * (block(study) if own_design(method) else 1)


def indices(method: Method, asked: AnalysisInput, outcomes: Doubles) -> pd.DataFrame:
    """Indices of the means of replicates, with 95 % intervals, and corrected for noise where replicates allow it.

    outcomes: (points, replicates), finite. Columns: factor, other (of a pair), index, value, lower, upper, corrected,
    corrected_lower, corrected_upper. Where nothing varies, shares of variance are not defined, and all else is 0; of a
    factor that does not vary nothing is known.
    """
    if not np.isfinite(outcomes).all():  # SALib's Sobol' indices would be 0
        raise ValueError("indices of outcomes that are not finite")
    mean = outcomes.mean(axis=1)
    with quiet():
        if varies(mean):
            found = {key: (finite(value), finite(width)) for key, (value, width) in method.indices(asked, mean).items()}
        else:
            value = np.full(len(asked.study.groups), np.nan if method.variance else 0.0)
            found = {key: (value + 0.0 * like, value * np.nan) for key, (like, _) in _nothing(method, asked).items()}
        if not own_design(method):
            fixed = np.ptp(asked.places, axis=0) == 0.0
            found = {key: (np.where(fixed, np.nan, value), width) for key, (value, width) in found.items()}
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


def finite(values: Doubles) -> Doubles:
    """The values, NaN where one is infinite: divided by a variance of 0."""
    return np.where(np.isfinite(values), values, np.nan)


def _nothing(method: Method, asked: AnalysisInput) -> Indices:
    """The indices that a method gives, for an outcome that only has to vary."""
    return method.indices(asked._replace(resamples=2), asked.places.sum(axis=1) + np.arange(len(asked.places)))


def corrected(method: Method, asked: AnalysisInput, outcomes: Doubles, found: Indices) -> Indices:
    """Indices free of noise, and half widths of their intervals; NaN where the method or the replicates allow none.

    Shares of variance: index · variance and variance are quadratic, and made of different replicates only. Of Morris'
    indices σ² is quadratic; μ is free of noise as it is.
    """
    unknown = {key: (value * np.nan, value * np.nan) for key, (value, _) in found.items()}
    if outcomes.shape[1] < 2 or not varies(outcomes.mean(axis=1)):
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
        if not varies(values):
            return np.zeros((len(keys), len(asked.study.groups)))  # shares of no variance
        got = method.indices(plain, values)
        return np.stack([got[key][0] * variance(plain, values) for key in keys])

    whole = variance(plain, outcomes.mean(axis=1))
    for key, numerator in zip(keys, without_noise(shares, outcomes), strict=True):
        right[key] = (numerator / free, found[key][1] * whole / free)
    return right


def morris_noise(asked: AnalysisInput, outcomes: Doubles) -> float:
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
    """SALib's warnings are for programmers; and it uses numpy's global random state, which is restored."""
    state: Any = np.random.get_state()
    try:
        with warnings.catch_warnings(record=True):  # some routines insist on being heard
            yield
    finally:
        np.random.set_state(state)
