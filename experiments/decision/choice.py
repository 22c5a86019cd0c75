"""What a budget is best spent on: the rule, and where its answer changes."""

from collections.abc import Iterator, Sequence
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from supportnet.experiments.decision.money import SPENT
from supportnet.experiments.economics.costs import CostFile
from supportnet.experiments.economics.samples import Doubles, StrategySamples
from supportnet.experiments.ensemble.estimates import mean_of

GRID, HALVINGS = 41, 30  # prices that are tried over the range of each, and steps to where the answer changes
NOTHING = 0  # the baseline
NEARLY = 0.95  # of the largest gain: what comes so near is as good, if it costs less


class PriceChange(NamedTuple):
    """Another answer from a price on."""

    item: str
    price: float  # expected
    at: float  # from which on, away from the expected price, the answer is another
    choice: int


def best_for(samples: StrategySamples, gross: Doubles, budget: float, may_be: NDArray[np.bool_]) -> int:
    """The strategy to spend a budget on: the cheapest that gains nearly as much as any of `worth_having`; the baseline
    where there is none.

    Nearly as much: `NEARLY` of the largest gain, or it is not known to be less (the 95 % interval of the paired
    difference holds 0).
    """
    front = worth_having(samples, gross, budget, may_be)
    if not front:
        return NOTHING
    gains = samples.effect.mean(axis=0) - samples.effect[:, 0].mean()
    less = mean_of(samples.effect[:, [front[-1]]] - samples.effect[:, front], samples.draws).lower > 0.0
    enough = gains[front] >= NEARLY * gains[front[-1]]
    return next(k for k, short in zip(front, less & ~enough, strict=True) if not short)


def worth_having(samples: StrategySamples, gross: Doubles, budget: float, may_be: NDArray[np.bool_]) -> list[int]:
    """Strategies that may be, that a budget pays for (gross, per person and year, on average), that are known to gain
    something, and that gain more than all cheaper ones; the cheapest first."""
    gains = samples.differences(samples.effect)
    better = [k for k in range(1, len(gross)) if may_be[k] and gross[k] <= budget and gains.lower[k] > 0.0]
    return gaining_more(better, gains.mean, gross)


def gaining_more(strategies: Sequence[int], gains: Doubles, gross: Doubles) -> list[int]:
    """Those of some strategies that gain more than all that are cheaper, the cheapest first."""
    front = list[int]()
    for k in sorted(strategies, key=lambda k: (gross[k], -gains[k])):
        if not front or gains[k] > gains[front[-1]]:
            front.append(k)
    return front


def by_budget(samples: StrategySamples, gross: Doubles, may_be: NDArray[np.bool_]) -> list[tuple[float, int]]:
    """From which budget on, per person and year, which strategy is the answer; the first from 0."""
    steps = [(0.0, best_for(samples, gross, 0.0, may_be))]
    for budget in np.unique(gross[may_be & (gross > 0.0)]):
        choice = best_for(samples, gross, float(budget), may_be)
        if choice != steps[-1][1]:
            steps.append((float(budget), choice))
    return steps


def by_price(
    samples: StrategySamples, prices: CostFile, budget: float, may_be: NDArray[np.bool_]
) -> Iterator[PriceChange]:
    """Where within its range a single price, the others as expected, gives another answer: at most once below what is
    expected and once above."""
    for k, (item, price) in enumerate(prices.prices.items()):
        if not SPENT[k]:
            continue

        def choice(at: float, own: int = k) -> int:
            expected = prices.expected
            expected[own] = at
            return best_for(samples, gross_of(samples, expected), budget, may_be)

        now = choice(price.value)
        for end in (price.low, price.high):
            tried = np.linspace(price.value, end, GRID)[1:]
            other = next((at for at in tried if choice(float(at)) != now), None)
            if other is not None:
                same = other - (end - price.value) / (GRID - 1)
                for _ in range(HALVINGS):
                    middle = (same + other) / 2.0
                    same, other = (middle, other) if choice(middle) == now else (same, middle)
                yield PriceChange(item, price.value, float(other), choice(float(other)))


def gross_of(samples: StrategySamples, expected: Doubles) -> Doubles:
    """(strategies,) what must be found beyond what the baseline spends, per person and year, at these prices."""
    more = (samples.used - samples.used[:, :1]).mean(axis=0)
    return np.asarray((np.maximum(more, 0.0) * SPENT) @ expected)
