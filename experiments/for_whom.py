"""For whom a policy works: the same people in two worlds, by who they were at the start."""

from collections.abc import Mapping

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from experiments.estimates import Which, mean_of_clusters
from experiments.results import Persons
from sim.vocabulary import Role

POINTS = 60.0  # of the QPR score in full recovery
NOTABLE = 5.0  # QPR points by which somebody is called better or worse off
CAUTION = (
    "One person's two worlds share the luck of the draws: these are effects within the model, by group, "
    "not forecasts for a person."
)
EVERYBODY = "everybody"
THIRDS = ("lowest third", "middle third", "highest third")
MIXES = ("few ties", "mostly family", "mostly friends and peers", "mostly professionals", "mixed")


def for_whom(
    baseline: Persons, others: Mapping[str, Persons], few_ties: float, draws: Which | None = None
) -> pd.DataFrame:
    """Mean difference in recovery (QPR points) from the baseline, one row a scenario and group.

    Groups are those of the baseline's first day: thirds of recovery, and what the network is mostly made of. Columns:
    scenario, by, group, people (over all replicates), difference, mcse, lower, upper (95 %, by Student's t, people
    clustered by replicate, or by draw), better and worse (share of people with more than 5 points difference).
    """
    groups = {
        "": {EVERYBODY: np.ones(baseline.first_recovery.shape, bool)},
        "recovery at the start": thirds(baseline.first_recovery),
        "network at the start": mixes(baseline.first_ties, few_ties),
    }
    rows = []
    for name, other in others.items():
        gained = POINTS * (other.last_recovery.astype(np.float64) - baseline.last_recovery)
        for by, members in groups.items():
            rows += [
                {"scenario": name, "by": by, "group": group} | row(gained, who, draws) for group, who in members.items()
            ]
    return pd.DataFrame(rows)


def row(gained: NDArray[np.float64], who: NDArray[np.bool_], draws: Which | None = None) -> dict[str, float]:
    """What a group gained. gained, who: (replicates, people)."""
    counts = who.sum(axis=1).astype(np.float64)
    cluster = np.unique(np.arange(len(who)) if draws is None else draws, return_inverse=True)[1]
    sums = np.where(who, gained, 0.0).sum(axis=1)
    sums, sizes = (np.bincount(cluster, column).astype(np.float64)[:, None] for column in (sums, counts))
    found = mean_of_clusters(sums, sizes)
    people, of_group = int(counts.sum()), gained[who]
    return {
        "people": people,
        "difference": float(found.mean[0]),
        "mcse": float(found.mcse[0]),
        "lower": float(found.lower[0]),
        "upper": float(found.upper[0]),
        "better": float((of_group > NOTABLE).mean()) if people else np.nan,
        "worse": float((of_group < -NOTABLE).mean()) if people else np.nan,
    }


def thirds(recovery: NDArray[np.float32]) -> dict[str, NDArray[np.bool_]]:
    """Thirds of all people by recovery at the start."""
    low, high = np.quantile(recovery, (1 / 3, 2 / 3))
    third = (recovery > low).astype(int) + (recovery > high)
    return {name: third == k for k, name in enumerate(THIRDS)}


def mixes(ties: NDArray[np.int16], few_ties: float) -> dict[str, NDArray[np.bool_]]:
    """People by what their network is made of at the start. ties: (replicates, people, 4) by role."""
    size = ties.sum(axis=-1)
    few = size < few_ties
    social = ties[..., Role.FRIEND] + ties[..., Role.PEER]
    most = {
        "mostly family": ties[..., Role.FAMILY],
        "mostly friends and peers": social,
        "mostly professionals": ties[..., Role.PROFESSIONAL],
    }
    groups = {"few ties": few} | {name: ~few & (2 * count > size) for name, count in most.items()}
    return groups | {"mixed": ~np.any(list(groups.values()), axis=0)}
