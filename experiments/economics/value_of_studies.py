"""What evidence would be worth: by how much a study that measures one parameter would narrow policy answers.

A policy answer is the difference that a scenario makes to an outcome, at each draw of a posterior. Answers are
regressed on one parameter at a time, with a parabola (Strong et al. 2014, doi:10.1177/0272989X13505910): what it
explains is the variance that exact knowledge of the parameter would remove in expectation. A study of n people removes
this times its reliability. Equations, assumptions and limits: docs/what-next.md.
"""

from collections import defaultdict
from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from scipy.stats import rankdata

from supportnet.experiments.comparison.comparison import EnsembleComparison
from supportnet.experiments.economics.value_of_information import BY_CHANCE, SAME, SHUFFLES, parabola_bases
from supportnet.experiments.ensemble.ensemble import NAMES
from supportnet.experiments.posterior.propagation import LIVES, draws_of, posterior_rows
from supportnet.sim.parameters import Number, numbers

Doubles = NDArray[np.float64]


class PolicyAnswers(NamedTuple):
    """Differences from a baseline at draws of a posterior, and the parameters there."""

    names: list[tuple[str, str]]  # scenario and outcome
    values: Doubles  # (draws, LIVES, answers)
    parameters: pd.DataFrame  # (draws, parameters), those that vary


class DistinctDraws(NamedTuple):
    """The same at draws of which no two are equal."""

    weights: Doubles  # (draws,) share of all draws; they sum to 1
    parameters: pd.DataFrame  # (draws, parameters)
    means: Doubles  # (draws, answers) in standard deviations between these draws
    sd: Doubles  # (answers,) these standard deviations, with Monte Carlo noise
    noise: Doubles  # (draws, answers) parts of the variance of means, which is 1, that are Monte Carlo noise


class StudyValues(NamedTuple):
    """What a study of each parameter would be worth, and the answers that it is about."""

    parameters: pd.DataFrame  # as `expected_reductions`
    answers: pd.DataFrame  # scenario, outcome, sd (between draws, without Monte Carlo noise), noise (its share with it)


def complete_draws(replicates: Sequence[int]) -> NDArray[np.int64]:
    """Draws of which all replicates are there, as `draws_of` counts them, in ascending order."""
    draws, n = np.unique(draws_of(replicates), return_counts=True)
    return np.asarray(draws[n == LIVES])


def policy_answers(comparison: EnsembleComparison, outcomes: Sequence[str]) -> PolicyAnswers:
    """Each scenario less the baseline in the last week, at draws whose replicates all scenarios completed."""
    assert comparison.posterior is not None
    draws, columns = complete_draws(comparison.shared), [NAMES.index(one) for one in outcomes]
    replicates = [LIVES * draw + life for draw in draws for life in range(LIVES)]
    first, *others = (
        world.last[[world.replicates.index(one) for one in replicates]][:, columns] for world in comparison.worlds
    )
    values = np.concatenate([other - first for other in others], axis=1)
    rows = posterior_rows(draws, comparison.seed, comparison.posterior)
    parameters = comparison.posterior.values.iloc[rows].reset_index(drop=True)
    names = [(scenario, outcome) for scenario in comparison.names[1:] for outcome in outcomes]
    return PolicyAnswers(names, values.reshape(len(draws), LIVES, -1), parameters.loc[:, parameters.nunique() > 1])


def value_of_studies(answers: PolicyAnswers, people: int, seed: int) -> StudyValues:
    """What a study of so many people would be worth, parameter by parameter."""
    draws = distinct_draws(answers)
    noise = draws.noise.sum(axis=0)
    about = pd.DataFrame(answers.names, columns=["scenario", "outcome"])
    about = about.assign(sd=draws.sd * np.sqrt(np.maximum(1.0 - noise, 0.0)), noise=np.minimum(noise, 1.0))
    return StudyValues(expected_reductions(draws, answers.names, people, seed), about)


def distinct_draws(answers: PolicyAnswers) -> DistinctDraws:
    """Equal draws, which a posterior has by its weights, put together: left apart, they would confirm one another."""
    _, first, place, n = np.unique(
        answers.parameters.to_numpy(), axis=0, return_index=True, return_inverse=True, return_counts=True
    )

    def by_draw(values: Doubles) -> Doubles:
        """Sums over equal draws."""
        sums = np.zeros((len(n), values.shape[1]))
        np.add.at(sums, place.ravel(), values)
        return sums

    weights, means = n / n.sum(), by_draw(answers.values.mean(axis=1)) / n[:, None]
    noise = len(n) / n.sum() * by_draw(answers.values.var(axis=1, ddof=1)) / LIVES / n.sum()
    sd = np.sqrt(squared_residuals(np.sqrt(weights)[:, None], weights, means).sum(axis=0))
    unit = np.where(sd > 0.0, sd, 1.0)
    return DistinctDraws(weights, answers.parameters.iloc[first], means / unit, sd, noise / unit**2)


def squared_residuals(base: Doubles, weights: Doubles, means: Doubles) -> Doubles:
    """(…, draws, answers) Parts of the variance about a regression on an orthonormal base (…, draws, k).

    Each is a residual times that of the regression without this draw. In expectation they sum to the variance that is
    left, however many terms there are: a parameter that says nothing explains nothing on average.
    """
    scaled = np.sqrt(weights)[:, None] * (means - weights @ means)
    residual = scaled - base @ (np.swapaxes(base, -1, -2) @ scaled)
    left = 1.0 - (base**2).sum(axis=-1, keepdims=True)
    alone = left <= SAME  # a draw that decides its own place says nothing about the regression
    return np.asarray(np.where(alone, scaled**2, residual**2 / np.where(alone, 1.0, left)))


def expected_reductions(
    draws: DistinctDraws, answers: Sequence[tuple[str, str]], people: int, seed: int
) -> pd.DataFrame:
    """One row a parameter, the largest reduction first: parameter, moves_with (others that draws cannot tell from it),
    unit, sd (over draws), reliability (of the study), exact (share of the answers' variance that exact knowledge would
    remove), reduction (that the study would), se, most_scenario and most_outcome (of the answer narrowed most),
    stands_out (exact is more than the best parameter reaches where draws are shuffled, all but one in twenty times;
    Westfall & Young 1993).

    Shares are means over answers, each weighed by the part of its variance that is no Monte Carlo noise.
    """
    together, known = moving_together(draws.parameters), numbers()
    names = [own[0] for own in together]
    values = draws.parameters[names].to_numpy(np.float64)
    variance = draws.weights @ (values - draws.weights @ values) ** 2
    reliable = np.array([reliability(own, known[name], people) for own, name in zip(variance, names, strict=True)])
    bases = parabola_bases(values, draws.weights)
    gains = explained(bases, draws.weights, draws.means)
    share, se = shares_of_signal(gains.sum(axis=-1), draws)
    most = [answers[k] for k in gains.sum(axis=1).argmax(axis=-1)]
    table = pd.DataFrame({
        "parameter": names, "moves_with": [", ".join(own[1:]) for own in together],
        "unit": [known[name].unit for name in names], "sd": np.sqrt(variance), "reliability": reliable,
        "exact": share, "reduction": share * reliable, "se": se * reliable,
        "most_scenario": [scenario for scenario, _ in most], "most_outcome": [outcome for _, outcome in most],
        "stands_out": np.isfinite(share) & more_than_shuffled(gains.sum(axis=(1, 2)), bases, draws, seed),
    })  # fmt: skip
    return table.sort_values("reduction", ascending=False, kind="stable", ignore_index=True)


def moving_together(parameters: pd.DataFrame) -> list[list[str]]:
    """Parameters whose draws are in the same order, or in the reverse one: no regression can tell them apart."""
    groups = defaultdict[tuple[float, ...], list[str]](list)
    for name, column in parameters.items():
        ranks = rankdata(column)
        groups[min(tuple(ranks), tuple(len(ranks) + 1.0 - ranks))].append(str(name))
    return list(groups.values())


def reliability(variance: float, about: Number, people: int) -> float:
    """Of a study of so many people, who differ as an even spread over the range of the table: the share of the variance
    of what it finds that is not its error."""
    between_people = (about.high - about.low) ** 2 / 12.0
    return variance / (variance + between_people / people)


def explained(bases: Doubles, weights: Doubles, means: Doubles) -> Doubles:
    """(parameters, draws, answers) Parts of the variance of means that a regression on each base explains."""
    mean = np.sqrt(weights)[:, None]
    return squared_residuals(mean, weights, means) - squared_residuals(bases, weights, means)


def shares_of_signal(gains: Doubles, draws: DistinctDraws) -> tuple[Doubles, Doubles]:
    """Sums of gains (parameters, draws) as shares of the variance that is no noise, from 0 to 1, with standard errors
    by the infinitesimal jackknife over draws; NaN where noise explains all variance."""
    mean = np.sqrt(draws.weights)[:, None]
    signal = (squared_residuals(mean, draws.weights, draws.means) - draws.noise).sum(axis=-1)
    n, whole = len(signal), signal.sum()
    if whole <= 0.0:
        return np.full(len(gains), np.nan), np.full(len(gains), np.nan)
    share = gains.sum(axis=-1) / whole
    away = gains - share[:, None] * signal
    return np.clip(share, 0.0, 1.0), np.sqrt(n / (n - 1) * (away**2).sum(axis=-1)) / whole


def more_than_shuffled(gains: Doubles, bases: Doubles, draws: DistinctDraws, seed: int) -> NDArray[np.bool_]:
    """Whether each gain (parameters,) is more than the largest of all where answers are shuffled between draws."""
    rng = np.random.default_rng([seed, 2])
    shuffled = (rng.permutation(draws.means) for _ in range(SHUFFLES))
    largest = np.array([explained(bases, draws.weights, one).sum(axis=(1, 2)).max() for one in shuffled])
    as_much = (largest[:, None] >= gains).sum(axis=0)
    return np.asarray((as_much + 1.0) / (SHUFFLES + 1.0) <= BY_CHANCE)
