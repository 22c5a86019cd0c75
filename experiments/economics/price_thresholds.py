"""One-way and threshold analysis of prices: over each of them, which strategy has the highest expected net benefit, and
the prices at which that changes.

All other prices are at their expected values. Costs are sums of prices times use, so expected net benefits are straight
lines over a price, and the best choices are their upper envelope: exact, but for the Monte Carlo error of means.
"""

from collections.abc import Mapping
from itertools import pairwise
from typing import NamedTuple

import numpy as np
import pandas as pd

from supportnet.experiments.economics.costs import Price
from supportnet.experiments.economics.decision import SAME
from supportnet.experiments.economics.samples import Doubles, StrategySamples, jackknife


class PriceSegment(NamedTuple):
    """Prices of one item at which a strategy is the best."""

    start: float
    end: float  # infinite for the last
    best: int
    after: int  # the best above `end`; the same for the last


def upper_envelope(benefits: Doubles, use: Doubles) -> list[PriceSegment]:
    """The best strategies from a price of 0 upwards, where net benefits are benefits − use · price, both (strategies,);
    of equal ones the first."""
    found = [(0.0, max(range(len(use)), key=lambda k: (benefits[k], -use[k])))]
    least = SAME * np.abs(use).max()
    while fewer := [k for k in range(len(use)) if use[found[-1][1]] - use[k] > least]:
        crossings = [(price_of_equals(benefits, use, found[-1][1], k), use[k], k) for k in fewer]
        price, _, best = min(crossings)
        found.append((price, best))
    found.append((np.inf, found[-1][1]))
    return [PriceSegment(start, end, best, after) for (start, best), (end, after) in pairwise(found)]


def price_of_equals(benefits: Doubles, use: Doubles, one: int, other: int) -> float:
    """The price at which two strategies have the same net benefit; NaN where it is the same at every price."""
    with np.errstate(divide="ignore", invalid="ignore"):
        return float((benefits[one] - benefits[other]) / (use[one] - use[other]))


def best_by_price(samples: StrategySamples, prices: Mapping[str, Price], threshold: float) -> pd.DataFrame:
    """One row a price and best strategy: item, low, high (the range of its price), scenario, from, to (prices between
    which it is best; to: NaN at the end) with to_mcse, expected (whether the expected price lies there), within
    (whether prices of the range do)."""
    expected = np.array([price.value for price in prices.values()])

    def lines(part: StrategySamples, item: int) -> tuple[Doubles, Doubles]:
        """Expected net benefits where an item costs nothing, and use of it."""
        use, others = part.used.mean(axis=0), np.where(np.arange(len(expected)) == item, 0.0, expected)
        return threshold * part.effect.mean(axis=0) - use @ others, use[:, item]

    segments = [(item, one) for item in range(len(expected)) for one in upper_envelope(*lines(samples, item))]

    def ends(part: StrategySamples) -> Doubles:
        return np.array([price_of_equals(*lines(part, item), one.best, one.after) for item, one in segments])

    errors = jackknife(samples, ends)
    of_item = [list(prices.values())[item] for item, _ in segments]
    pairs = [(price, one) for price, (_, one) in zip(of_item, segments, strict=True)]
    return pd.DataFrame({
        "item": [list(prices)[item] for item, _ in segments],
        "low": [price.low for price in of_item],
        "high": [price.high for price in of_item],
        "scenario": [samples.names[one.best] for _, one in segments],
        "from": [one.start for _, one in segments],
        "to": ends(samples),
        "to_mcse": np.where(np.isfinite(errors), errors, np.nan),  # two that use the same without some draws
        "expected": [one.start <= price.value < one.end for price, one in pairs],
        "within": [one.start <= price.high and one.end > price.low for price, one in pairs],
    })  # fmt: skip
