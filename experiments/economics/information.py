"""What is worth knowing before a choice: expected value of partial perfect information, per person and year."""

from collections.abc import Iterator
from typing import NamedTuple

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from scipy import stats

from experiments.economics.costs import USED
from experiments.economics.decision import net_benefits, possible, worth
from experiments.economics.lived import Doubles, Lived, jackknife
from experiments.uncertainty import LIVES

FEWEST_DRAWS = 10  # by which a parabola is told


class Known(NamedTuple):
    """Something that could be known, and what knowing it is worth."""

    about: str
    kind: str  # "everything", "prices", "price", "numbers" or "number"
    value: float
    mcse: float


def of_prices(lived: Lived, prices: Doubles, expected: Doubles, threshold: float) -> Iterator[Known]:
    """All prices together, and each by itself; exact but for Monte Carlo error of means, for costs are sums of prices
    times use: whatever else is uncertain, it counts by its mean."""
    sets = {("all prices", "prices"): prices}
    for k, item in enumerate(USED):
        others = np.tile(expected, (len(prices), 1))
        others[:, k] = prices[:, k]
        sets[item, "price"] = others

    def told(part: Lived) -> Doubles:
        return np.array([worth(net_benefits(part, some, threshold).mean(axis=-2)) for some in sets.values()])

    for (about, kind), value, mcse in zip(sets, told(lived), jackknife(lived, told), strict=True):
        yield Known(about, kind, float(value), float(mcse))


def of_numbers(lived: Lived, expected: Doubles, threshold: float, numbers: pd.DataFrame | None) -> Iterator[Known]:
    """All numbers of the model together, and each by itself where they are given (one row a draw, in order)."""
    if lived.draws is None:
        return

    def together(part: Lived) -> Doubles:
        return np.array(worth(possible(part, expected, threshold)))

    yield Known("all numbers of the model", "numbers", float(together(lived)), float(jackknife(lived, together)))
    lives = net_benefits(lived, expected, threshold)
    each = lives.reshape(-1, LIVES, lives.shape[-1]).mean(axis=1)
    if numbers is not None and len(each) >= FEWEST_DRAWS:
        for name in numbers:
            yield Known(str(name), "number", *of_number(each, numbers[name].to_numpy(np.float64)))


def clear(rows: pd.DataFrame) -> NDArray[np.bool_]:
    """Which numbers of the model are worth more than luck would make the best of so many seem (Bonferroni); all else
    is clear."""
    single = (rows["kind"] == "number").to_numpy()
    beyond = stats.norm.isf(0.025 / max(1, single.sum())) * rows["mcse"]
    return np.asarray(~single | (rows["value"] > beyond))


def of_number(benefits: Doubles, number: Doubles) -> tuple[float, float]:
    """What it is worth to know one number of the model, and its standard error; from (draws, strategies) and (draws,).

    Net benefits are regressed on the number (Strong et al. 2014, doi:10.1177/0272989X13505910, with a parabola). The
    choice for a draw is made without that draw, and is worth what the draw then says: luck cannot make it look
    worthwhile, and what comes out is rather too low.
    """
    spread = number.std()
    if spread == 0.0:
        return 0.0, 0.0
    base, _ = np.linalg.qr(np.vander((number - number.mean()) / spread, 3))
    fitted, own = base @ (base.T @ benefits), (base**2).sum(axis=1, keepdims=True)
    without_itself = (fitted - own * benefits) / (1.0 - own)
    chosen = np.take_along_axis(benefits, without_itself.argmax(axis=1)[:, None], axis=1)[:, 0]
    gain = chosen - benefits[:, benefits.mean(axis=0).argmax()]
    return max(0.0, float(gain.mean())), float(gain.std(ddof=1) / np.sqrt(len(gain)))
