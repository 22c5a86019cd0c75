"""What is worth knowing before a choice: expected value of partial perfect information, per person and year."""

from collections.abc import Iterator
from typing import NamedTuple

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from supportnet.experiments.economics.costs import USED
from supportnet.experiments.economics.decision import evpi, net_benefits, possible
from supportnet.experiments.economics.samples import Doubles, StrategySamples, jackknife
from supportnet.experiments.economics.utility import UTILITY
from supportnet.experiments.posterior.propagation import LIVES

FEWEST_DRAWS = 10  # by which a parabola is told
SHUFFLES = 199  # of draws, to see what luck makes of numbers that say nothing
SAME = 1e-9  # what differs by less does not differ
BY_CHANCE = 0.05  # how often the best of them may seem clear


class Known(NamedTuple):
    """Something that could be known, and what knowing it is worth."""

    about: str
    kind: str  # "everything", "prices", "price", "numbers", "number", "group" or "study"
    value: float
    mcse: float
    clear: bool = True  # for numbers of the model: worth more than luck would make the best of so many seem


class DrawnBenefits(NamedTuple):
    """Net benefits and parameters at draws of which no two are equal."""

    benefits: Doubles  # (draws, strategies)
    numbers: pd.DataFrame  # (draws, parameters)
    weights: Doubles  # (draws,) how often each was drawn, over the mean of this


def of_prices(samples: StrategySamples, prices: Doubles, expected: Doubles, threshold: float) -> Iterator[Known]:
    """All prices together, and each singly; exact but for Monte Carlo error of means, as costs are sums of prices
    times use: whatever else is uncertain, it counts by its mean."""
    sets = {("all prices", "prices"): prices[:, : len(USED)]}
    for k, item in enumerate(USED):
        others = np.tile(expected, (len(prices), 1))
        others[:, k] = prices[:, k]
        sets[item, "price"] = others
    if prices.shape[1] > len(USED):
        sets[UTILITY, "price"] = np.column_stack([np.tile(expected, (len(prices), 1)), prices[:, -1]])

    def information(part: StrategySamples) -> Doubles:
        return np.array([evpi(net_benefits(part, some, threshold).mean(axis=-2)) for some in sets.values()])

    for (about, kind), value, mcse in zip(sets, information(samples), jackknife(samples, information), strict=True):
        yield Known(about, kind, float(value), float(mcse))


def of_numbers(
    samples: StrategySamples, expected: Doubles, threshold: float, numbers: pd.DataFrame | None, seed: int
) -> Iterator[Known]:
    """All parameters together, and each singly if values are given (one row per draw, in order)."""
    if samples.draws is None:
        return

    def together(part: StrategySamples) -> Doubles:
        return np.array(evpi(possible(part, expected, threshold)))

    yield Known("all parameters", "numbers", float(together(samples)), float(jackknife(samples, together)))
    drawn = drawn_benefits(samples, expected, threshold, numbers)
    if drawn is not None:
        found = of_each(drawn.benefits, drawn.numbers.to_numpy(np.float64), seed, drawn.weights)
        for name, value, mcse, clear in zip(drawn.numbers, *found, strict=True):
            yield Known(str(name), "number", float(value), float(mcse), bool(clear))


def drawn_benefits(
    samples: StrategySamples, expected: Doubles, threshold: float, numbers: pd.DataFrame | None
) -> DrawnBenefits | None:
    """Net benefits at each draw and its parameters (one row per draw, in order); equal draws, which a posterior has by
    its weights, put together: left apart, they would confirm one another. None where too few differ."""
    if samples.draws is None or numbers is None:
        return None
    lives = net_benefits(samples, expected, threshold)
    each = lives.reshape(-1, LIVES, lives.shape[-1]).mean(axis=1)
    place = numbers.groupby(list(numbers), sort=False).ngroup()
    n = place.value_counts(sort=False).to_numpy(np.float64)
    if len(n) < FEWEST_DRAWS:
        return None
    benefits = pd.DataFrame(each).groupby(place.to_numpy(), sort=False).mean().to_numpy()
    return DrawnBenefits(benefits, numbers[~place.duplicated()].reset_index(drop=True), n / n.mean())


def of_each(
    benefits: Doubles, numbers: Doubles, seed: int, weights: Doubles | float = 1.0
) -> tuple[Doubles, Doubles, NDArray[np.bool_]]:
    """Value of information on each parameter, its standard error, and whether it is more than the best of
    them all comes to where draws are shuffled, so that numbers say nothing (all but one in twenty times; Westfall &
    Young 1993); from (draws, strategies), (draws, numbers) and weights of draws, of which 1 is the mean.

    Net benefits are regressed on the number (Strong et al. 2014, doi:10.1177/0272989X13505910, with a parabola). The
    choice for a draw is made without that draw, and is worth what the draw then says: what comes out is rather too low.
    """
    return of_bases(parabola_bases(numbers, weights), benefits, seed, weights)


def of_bases(
    bases: Doubles, benefits: Doubles, seed: int, weights: Doubles | float = 1.0
) -> tuple[Doubles, Doubles, NDArray[np.bool_]]:
    """The same for regressions on bases (subjects, draws, terms)."""
    rng, each = np.random.default_rng([seed, 2]), np.broadcast_to(weights, len(benefits))
    values, errors = of_regressions(bases, benefits, each)
    shuffled = (rng.permutation(benefits) for _ in range(SHUFFLES))
    largest = np.array([of_regressions(bases, one, each)[0].max(initial=0.0) for one in shuffled])
    as_much = (largest[:, None] >= values).sum(axis=0)
    return values, errors, (as_much + 1.0) / (SHUFFLES + 1.0) <= BY_CHANCE


def of_regressions(bases: Doubles, benefits: Doubles, weights: Doubles) -> tuple[Doubles, Doubles]:
    """(subjects,) Value of the choices that regressions on bases (subjects, draws, terms) tell, and its standard error;
    0 where a base is empty, for its subject does not vary."""
    gains = weights * _gained(bases, benefits, weights) * (bases != 0.0).any(axis=-1)
    means = gains.mean(axis=1)
    away = gains - weights * means[:, None]
    return np.maximum(0.0, means), away.std(axis=1, ddof=1) / np.sqrt(len(weights))


def parabola_bases(numbers: Doubles, weights: Doubles | float = 1.0) -> Doubles:
    """(numbers, draws, 3) Orthonormal base of the parabolas in each parameter, from (draws, numbers); draws with
    weights are scaled by their roots. Nothing for a parameter that does not vary."""
    spread = numbers.std(axis=0)
    varies = (spread > 0.0)[:, None]  # else it tells nothing
    away = ((numbers - numbers.mean(axis=0)) / np.where(spread > 0.0, spread, 1.0)).T
    powers = np.stack([np.ones_like(away), away, away**2], axis=-1)
    base, size = np.linalg.qr(np.sqrt(np.broadcast_to(weights, len(numbers)))[:, None] * powers)
    size = np.abs(np.diagonal(size, axis1=-2, axis2=-1))[:, None]
    # two values have a line, no parabola
    return np.where(varies[..., None] & (size > SAME * size[..., :1]), base, 0.0)


def _gained(base: Doubles, benefits: Doubles, weights: Doubles) -> Doubles:
    """(subjects, draws) by how much the choice that a regression tells is better than that of the best on average;
    base: (subjects, draws, terms) of regressions on draws scaled by the roots of their weights: base @ baseᵀ is the hat
    matrix."""
    root, mean = np.sqrt(weights)[:, None], (weights[:, None] * benefits).mean(axis=0)
    own = (base**2).sum(axis=-1, keepdims=True)
    left = 1.0 - own  # nothing where one draw alone decides its own place: the others tell nothing of it
    others = (base @ (np.swapaxes(base, 1, 2) @ (root * benefits)) - own * root * benefits) / root
    without_itself = np.where(left > SAME, others / np.where(left > SAME, left, 1.0), mean)
    every = np.broadcast_to(benefits, without_itself.shape)
    chosen = np.take_along_axis(every, without_itself.argmax(axis=-1)[..., None], axis=-1)[..., 0]
    return np.asarray(chosen - benefits[:, mean.argmax()])
