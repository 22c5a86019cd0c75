"""What options cost beyond the baseline: what must be found, what would be saved, and what of that is money."""

import numpy as np
import pandas as pd

from supportnet.experiments.comparison.comparison import EnsembleComparison
from supportnet.experiments.economics.costs import USED, CostFile
from supportnet.experiments.economics.decision import price_sets
from supportnet.experiments.economics.samples import Doubles, StrategySamples
from supportnet.experiments.economics.strategies import interval_with_prices
from supportnet.experiments.ensemble.ensemble import NAMES

SPENT = np.isin(list(USED), ["post", "contact", "sessions"])  # of what is used, what a budget pays for
KINDS = ("gross", "net", "cashable")


def costs_of(samples: StrategySamples, prices: CostFile, cashable: list[str], seed: int) -> pd.DataFrame:
    """One row a strategy, less the baseline, per person and year at expected prices: scenario and, each with mcse and
    95 % interval (prices included), gross (more posts, contacts and sessions), net (everything, what is used less of
    taken off) and cashable (gross and what crises cost more, less what saves money that can be spent)."""
    more = samples.used - samples.used[:, :1]
    counted = counted_items(more.mean(axis=0), cashable)
    drawn, columns = prices.drawn(price_sets(samples), seed), dict[str, Doubles]()
    for kind in KINDS:
        items = more * counted[kind]
        found = samples.means(items @ prices.expected)
        lower, upper = interval_with_prices(found, (items.mean(axis=0) @ drawn.T).var(axis=1))
        columns |= {
            kind: found.mean, f"{kind}_mcse": found.mcse, f"{kind}_lower": lower, f"{kind}_upper": upper,
        }  # fmt: skip
    return pd.DataFrame({"scenario": samples.names, **columns})


def counted_items(more: Doubles, cashable: list[str]) -> dict[str, Doubles]:
    """(strategies, items) 1 where an item counts for a kind of cost, else 0; more: (strategies, items) on average."""
    saves = np.isin(list(USED), cashable)
    gross = SPENT & (more > 0.0)
    return {
        "gross": gross.astype(np.float64),
        "net": np.ones_like(more),
        "cashable": (gross | (more > 0.0) | (saves & (more < 0.0))).astype(np.float64),
    }


def samples_of(comparison: EnsembleComparison) -> StrategySamples:
    """What the replicates of a comparison used, and recovery in them; those that all scenarios have."""
    rows = [[world.replicates.index(number) for number in comparison.shared] for world in comparison.worlds]
    values = np.stack([world.last[own] for world, own in zip(comparison.worlds, rows, strict=True)], axis=1)
    used = values[..., [NAMES.index(outcome) for outcome in USED.values()]]
    return StrategySamples(tuple(comparison.names), used, values[..., NAMES.index("qpr")], comparison.draws)
