"""What is used and spent in each year of a run, and the budget impact of a strategy.

Outcomes that count since the run began are averages per person and year, a_w in week w; so what is used in year y, that
ends in week w_y, is (w_y a_{w_y} − w_{y−1} a_{w_{y−1}}) / 52 per person. The last year may be a part of one.
"""

from collections.abc import Sequence
from dataclasses import replace

import numpy as np
import pandas as pd

from supportnet.experiments.economics.costs import USED
from supportnet.experiments.economics.discounting import discount_factors
from supportnet.experiments.economics.samples import Doubles, StrategySamples
from supportnet.experiments.economics.strategies import interval_with_prices

YEAR = 52  # weeks
SPENDING = ("post", "contact", "sessions")
CRISES = ("crisis_week", "admission")
PARTS = {item: (item,) for item in USED} | {
    "spending": SPENDING, "crises_and_admissions": CRISES, "total": (*SPENDING, *CRISES),
}  # fmt: skip

COLUMNS = ["year", "weeks", "scenario", "part", "difference", "mcse", "lower", "upper", "total", "total_mcse"]


def year_ends(weeks: int) -> list[int]:
    """The last week of each year of a run."""
    return [*range(YEAR, weeks, YEAR), weeks]


def amounts_by_year(averages: Doubles, ends: Sequence[int]) -> Doubles:
    """(years, …) amounts per person in each year, from averages (years, …) per person and year since the run began."""
    weeks = np.reshape(np.array(ends, np.float64), (-1, *(1,) * (averages.ndim - 1)))
    return np.diff(averages * weeks / YEAR, axis=0, prepend=0.0)


def discounted(
    samples: StrategySamples, averages: Doubles, ends: Sequence[int], rate: float, counts: bool
) -> StrategySamples:
    """The same at its present value: what is used in a year discounted by the time of its middle, and so is an effect
    that counts since the run began; another is a state in the last week, discounted by the time of that. Still per
    person and year of the run. averages: (years, replicates, strategies, items and the effect)."""
    end = ends[-1] / YEAR
    middles = (np.array(ends) - np.diff(ends, prepend=0) / 2.0) / YEAR
    present = np.tensordot(discount_factors(rate, middles), amounts_by_year(averages, ends), axes=1) / end
    effect = present[..., -1] if counts else discount_factors(rate, end) * samples.effect
    return replace(samples, used=present[..., :-1], effect=effect)


def budget_impact(
    samples: StrategySamples,
    by_year: Doubles,
    ends: Sequence[int],
    expected: Doubles,
    prices: Doubles,
    people: int | None = None,
) -> pd.DataFrame:
    """One row a year, scenario and part of the budget: year, weeks (its length), scenario, part, difference (money per
    person in this year less the baseline's, not discounted) with mcse and 95 % interval, which is also about prices
    (sets, items); total: the same for so many people. by_year: (years, replicates, strategies, items)."""
    rows, everybody = [], np.nan if people is None else float(people)
    for year, (used, weeks) in enumerate(zip(by_year, np.diff(ends, prepend=0), strict=True), 1):
        of_year = replace(samples, used=used)
        more = used.mean(axis=0) - used.mean(axis=0)[0]
        for part, items in PARTS.items():
            own = np.isin(list(USED), items)
            found = of_year.differences(of_year.cost(expected * own))
            lower, upper = interval_with_prices(found, (more @ (prices[:, : len(own)] * own).T).var(axis=1))
            for k, name in enumerate(samples.names[1:], 1):
                row = year, int(weeks), name, part, found.mean[k], found.mcse[k], lower[k], upper[k]
                rows.append((*row, everybody * found.mean[k], everybody * found.mcse[k]))
    return pd.DataFrame(rows, columns=COLUMNS)
