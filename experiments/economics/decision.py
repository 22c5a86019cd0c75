"""A choice under uncertainty: how probably each strategy is the best, and what knowing would be worth.

With draws from a posterior, parameters and prices are uncertain (Monte Carlo noise is removed by
`experiments.economics.variance_decomposition`).
Without, only prices are; how probably a strategy is the best then also counts the Monte Carlo error of its mean.
"""

from typing import NamedTuple

import numpy as np

from supportnet.experiments.economics.samples import Doubles, StrategySamples, jackknife
from supportnet.experiments.economics.variance_decomposition import means_without_noise
from supportnet.experiments.ensemble.estimates import ONE_SET_OF_NUMBERS

PRICES = 64  # sets of prices that every draw is met with
RESAMPLES = 2048  # of replicates, each met with prices of its own
SAME = 1e-9  # of the largest difference: what lies nearer together is the same
BY_DRAWS = "parameters (posterior draws, with Monte Carlo noise removed) and prices"
BY_RESAMPLING = f"prices and Monte Carlo error of means (replicates resampled){ONE_SET_OF_NUMBERS}"
WORTH_OF_PRICES = "prices only; parameters are not varied"


class Acceptability(NamedTuple):
    """What to choose, by what a unit of effect is worth."""

    thresholds: Doubles  # (thresholds,) currency per unit of effect
    probability: Doubles  # (thresholds, strategies) of being the best
    probability_mcse: Doubles
    best: list[int]  # (thresholds,) the strategy of the highest expected net benefit: the frontier
    benefit: Doubles  # (thresholds, strategies) expected net benefit less that of the baseline, per person and year
    benefit_mcse: Doubles
    evpi: Doubles  # (thresholds,) expected value of perfect information, per person and year
    evpi_mcse: Doubles
    loss: (
        Doubles  # (thresholds, strategies) expected loss of choosing each, per person and year; its minimum is the EVPI
    )
    loss_mcse: Doubles


def uncertain(samples: StrategySamples) -> tuple[str, str]:
    """In words, what probabilities and what the value of information are about."""
    return (BY_RESAMPLING, WORTH_OF_PRICES) if samples.draws is None else (BY_DRAWS, BY_DRAWS)


def price_sets(samples: StrategySamples) -> int:
    """How many sets of prices to draw."""
    return RESAMPLES if samples.draws is None else PRICES


def acceptability(samples: StrategySamples, prices: Doubles, thresholds: Doubles, seed: int) -> Acceptability:
    """The choice at each threshold under prices (sets, items)."""
    again, expected = resampled(samples, len(prices), seed), prices.mean(axis=0)
    n, rows = len(samples.names), []
    for threshold in map(float, thresholds):

        def statistics(part: StrategySamples, at: float = threshold) -> Doubles:
            known = possible(part, prices, at)
            return np.array([evpi(known), *expected_loss(known), *probability_best(known)])

        benefit = samples.differences(samples.net_benefit(expected, threshold))
        (information, *known), (information_mcse, *errors) = statistics(samples), jackknife(samples, statistics)
        loss, probability, loss_mcse, mcse = known[:n], known[n:], errors[:n], errors[n:]
        if again is not None:
            drawn = np.einsum("krs,krs->ks", again, samples.net_benefit(prices, threshold))
            probability = list(probability_best(drawn))
            mcse = [np.sqrt(p * (1.0 - p) / len(prices)) for p in probability]
        choice = int(benefit.mean.argmax()), benefit.mean, benefit.mcse
        rows.append((probability, mcse, *choice, information, information_mcse, loss, loss_mcse))
    probabilities, deviations, best, *others = zip(*rows, strict=True)
    return Acceptability(
        thresholds, np.array(probabilities), np.array(deviations), list(best), *map(np.array, others)
    )  # fmt: skip


def net_benefits(samples: StrategySamples, prices: Doubles, threshold: float) -> Doubles:
    """(…, replicates, strategies) what the effect is worth less what it costs, less the same of the baseline."""
    benefits = samples.net_benefit(prices, threshold)
    return np.asarray(benefits - benefits[..., :1])


def possible(samples: StrategySamples, prices: Doubles, threshold: float) -> Doubles:
    """(sets of prices, draws, strategies) net benefits as they may truly be; one draw only under numbers as set."""
    benefits = net_benefits(samples, prices, threshold)
    return benefits.mean(axis=-2, keepdims=True) if samples.draws is None else means_without_noise(benefits)


def resampled(samples: StrategySamples, sets: int, seed: int) -> Doubles | None:
    """(sets, replicates, strategies) weights of replicates drawn again, the same in every strategy where they are
    paired; None where there are draws."""
    if samples.draws is not None:
        return None
    n, strategies = samples.effect.shape
    own = 1 if samples.paired else strategies
    weights = np.random.default_rng([seed, 1]).multinomial(n, np.full(n, 1.0 / n), (sets, own)) / n
    return np.broadcast_to(np.swapaxes(weights, 1, 2), (sets, n, strategies))


def evpi(benefits: Doubles) -> float:
    """What it is worth to know which of the rows (…, strategies) is true before choosing."""
    rows = benefits.reshape(-1, benefits.shape[-1])
    return float((rows.max(axis=1) - rows[:, rows.mean(axis=0).argmax()]).mean())


def expected_loss(benefits: Doubles) -> Doubles:
    """(strategies,) what is forgone on average by choosing each, where the best of each of the rows (…, strategies)
    could be chosen: E[max_j B_j − B_k]. Its minimum over strategies is the expected value of perfect information
    (Alarid-Escudero et al. 2019, doi:10.1016/j.jval.2019.02.008)."""
    rows = benefits.reshape(-1, benefits.shape[-1])
    return np.asarray((rows.max(axis=1, keepdims=True) - rows).mean(axis=0))


def probability_best(benefits: Doubles) -> Doubles:
    """(strategies,) in which share of the rows (…, strategies) each is the best; those that tie share it."""
    rows = benefits.reshape(-1, benefits.shape[-1])
    best = rows >= rows.max(axis=1, keepdims=True) - SAME * np.abs(rows).max()
    return np.asarray((best / best.sum(axis=1, keepdims=True)).mean(axis=0))


def plane(samples: StrategySamples, prices: Doubles, most: int, seed: int) -> Doubles:
    """(points, strategies, 2) incremental effect and cost as they may truly be: each draw once, under the next set of
    prices; under numbers as they are set, means of replicates drawn again."""
    effect = np.broadcast_to(samples.effects(prices), (len(prices), *samples.effect.shape))
    values = np.stack([effect, samples.cost(prices)], axis=-1)
    again = resampled(samples, len(prices), seed)
    if again is not None:
        means = np.einsum("krs,krsq->ksq", again[:most], values[:most])
        return np.asarray(means - means[:, :1])
    values = values - values[:, :, :1]
    clouds = np.stack([means_without_noise(values[:, :, s]) for s in range(len(samples.names))], axis=2)
    points = np.arange(min(most, clouds.shape[1]))
    return np.asarray(clouds[points % len(prices), points])
