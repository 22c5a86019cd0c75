"""Which strategies are worth their cost: strong and extended dominance, and what each further unit of effect costs."""

from collections.abc import Sequence
from itertools import pairwise
from typing import NamedTuple

import numpy as np

DOMINATED, EXTENDEDLY = "dominated", "extendedly dominated"
WITHIN_ERROR = "as effective within error"  # as what would dominate it, if means were exact


class Standing(NamedTuple):
    """Whether a strategy is dominated by the others."""

    status: str  # "", DOMINATED or EXTENDEDLY; of a cut, that it is not ranked
    icer: float  # incremental cost-effectiveness ratio; NaN where dominated, and for the cheapest
    compared_with: int | None  # the next cheaper strategy that is not dominated


def standings(costs: Sequence[float], effects: Sequence[float]) -> list[Standing]:
    """The standing of each strategy; of two with equal costs and effects the first counts.

    Dominated: another costs no more and does no less. Extendedly dominated: a mixture of two others does. What is left
    costs more and more per unit of effect. As in Hunink et al., Decision Making in Health and Medicine, 2nd ed. 2014.
    """
    order = sorted(range(len(costs)), key=lambda k: (costs[k], -effects[k]))
    undominated = list[int]()
    for k in order:
        if not undominated or effects[k] > effects[undominated[-1]]:
            undominated.append(k)

    def ratio(one: int, other: int) -> float:
        return (costs[other] - costs[one]) / (effects[other] - effects[one])

    efficient = list[int]()
    for k in undominated:
        while len(efficient) > 1 and ratio(efficient[-2], efficient[-1]) > ratio(efficient[-1], k):
            efficient.pop()
        efficient.append(k)
    found = {k: Standing(EXTENDEDLY, np.nan, None) for k in undominated}
    found |= {k: Standing("", ratio(below, k), below) for below, k in pairwise(efficient)}
    found[efficient[0]] = Standing("", np.nan, None)
    return [found.get(k, Standing(DOMINATED, np.nan, None)) for k in range(len(costs))]
