"""Effects by group: the same people in two scenarios, by state at the start, and what else changed for those worse
off."""

from collections.abc import Iterator, Mapping

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from supportnet.experiments.ensemble.ensemble import Persons
from supportnet.experiments.ensemble.estimates import (
    Estimate,
    Which,
    difference_within,
    mean_of,
    mean_of_clusters,
    within_limits,
)
from supportnet.sim.enums import Condition, Role
from supportnet.sim.outcomes import AT_LEAST_0, SHARE

Mask = NDArray[np.bool_]
POINTS = 60.0  # of the QPR score in full recovery
NOTABLE = 5.0  # QPR points by which somebody is called better or worse off
FEW = 10  # people worse off, below whom nothing is shown of what else changed for them
CAUTION = (
    "Each person has the same random numbers in both scenarios: these are effects within the model, by group, "
    "not forecasts for a person. Hardly anybody loses in this model: it cannot show harm. That those "
    "who start lowest gain most is a ceiling effect of the scale, not a finding."
)
EVERYBODY = "everybody"
THIRDS = ("lowest third", "middle third", "highest third")
KINDS = ("formal and sparse", "family and stable", "diverse and active", "other")
QUANTILES = {"p5": 0.05, "p50": 0.5, "p95": 0.95}
CHANGES = {
    "relapses": "a person in the run", "admissions": "a person in the run", "ruptures": "a person in the run",
    "friends": "ties", "family": "ties", "peers": "ties", "professionals": "ties", "strongest tie": "strength 0-1",
    "loneliness": "0-1", "distress": "0-1",
}  # fmt: skip


def for_whom(baseline: Persons, others: Mapping[str, Persons], draws: Which | None = None) -> pd.DataFrame:
    """Mean difference in recovery (QPR points) from the baseline, one row a scenario and group.

    Groups are those of the baseline's first day: illness, thirds of recovery, kind of network. Columns: scenario, by,
    group, people (over all replicates), difference, mcse, lower, upper (95 %, people clustered by replicate; with
    draws, where the group's mean lies under a draw), contrast (its difference less that of everybody else, in pairs of
    the same replicate) with contrast_mcse, contrast_lower, contrast_upper, better and worse (share of people with more
    than 5 points difference), p5, p50, p95 (quantiles of one person's difference).
    """
    rows = []
    for name, other in others.items():
        gained = gain(baseline, other)
        for by, group, who in groups(baseline):
            about = row(gained, who, draws) | contrast(gained, who, draws)
            rows.append({"scenario": name, "by": by, "group": group} | about)
    return pd.DataFrame(rows)


def shares_better_and_worse(baseline: Persons, other: Persons, draws: Which | None = None) -> pd.DataFrame:
    """How many of a group are better and worse off by more than 5 QPR points, with 95 % intervals as those of the mean
    difference, one row a group: by, group, better, better_lower, better_upper, worse, worse_lower, worse_upper."""
    gained = gain(baseline, other)
    off = {"better": gained > NOTABLE, "worse": gained < -NOTABLE}
    rows = []
    for by, group, who in groups(baseline):
        row: dict[str, str | float] = {"by": by, "group": group}
        for name, people in off.items():
            found = within_limits(mean_in(people.astype(np.float64), who, draws), SHARE)
            row |= {name: found.mean[0], f"{name}_lower": found.lower[0], f"{name}_upper": found.upper[0]}
        rows.append(row)
    return pd.DataFrame(rows)


def what_harmed(baseline: Persons, others: Mapping[str, Persons], draws: Which | None = None) -> pd.DataFrame:
    """Other changes for those who are worse off by more than 5 QPR points, and for all others, one row a scenario
    and change: scenario, change, unit, people (worse off), worse_off (mean difference from the baseline), mcse, lower,
    upper (95 %), others (the same of all others)."""
    rows = []
    for name, other in others.items():
        worse, now, before = gain(baseline, other) < -NOTABLE, state(other), state(baseline)
        for change, unit in CHANGES.items():
            by_person = now[change] - before[change]
            found = difference_within(mean_in(by_person, worse, draws), SHARE if "0-1" in unit else AT_LEAST_0)
            rest = by_person[~worse]
            rows.append(
                {
                    "scenario": name, "change": change, "unit": unit, "people": int(worse.sum()),
                    "worse_off": float(found.mean[0]), "mcse": float(found.mcse[0]), "lower": float(found.lower[0]),
                    "upper": float(found.upper[0]), "others": float(rest.mean()) if rest.size else np.nan,
                }
            )  # fmt: skip
    return pd.DataFrame(rows)


def gain(baseline: Persons, other: Persons) -> NDArray[np.float64]:
    """(replicates, people) difference in recovery at the end, QPR points."""
    return POINTS * (other.last_recovery.astype(np.float64) - baseline.last_recovery)


def state(persons: Persons) -> dict[str, NDArray[np.float64]]:
    """How people are at the end: the columns of CHANGES."""
    ties = {name: persons.last_ties[..., role] for name, role in (
        ("friends", Role.FRIEND), ("family", Role.FAMILY), ("peers", Role.PEER), ("professionals", Role.PROFESSIONAL)
    )}  # fmt: skip
    counts = {name: getattr(persons, name) for name in ("relapses", "admissions", "ruptures", "loneliness", "distress")}
    found = counts | ties | {"strongest tie": persons.best_tie}
    return {name: column.astype(np.float64) for name, column in found.items()}


def groups(baseline: Persons) -> Iterator[tuple[str, str, Mask]]:
    """The grouping, the group, and who is in it."""
    yield "", EVERYBODY, np.ones(baseline.first_recovery.shape, np.bool_)
    if np.ptp(baseline.condition):
        for condition in Condition:
            yield "illness", condition.word, baseline.condition == condition
    for by, members in (
        ("recovery at the start", thirds(baseline.first_recovery)),
        ("network at the start", kinds(baseline.first_ties)),
    ):
        for group, who in members.items():
            yield by, group, who


def row(gained: NDArray[np.float64], who: Mask, draws: Which | None = None) -> dict[str, float]:
    """What a group gained. gained, who: (replicates, people)."""
    found = difference_within(mean_in(gained, who, draws), (0.0, POINTS))
    of_group, people = gained[who], int(who.sum())
    return {
        "people": people,
        "difference": float(found.mean[0]),
        "mcse": float(found.mcse[0]),
        "lower": float(found.lower[0]),
        "upper": float(found.upper[0]),
        "better": float((of_group > NOTABLE).mean()) if people else np.nan,
        "worse": float((of_group < -NOTABLE).mean()) if people else np.nan,
        **{name: float(np.quantile(of_group, q)) if people else np.nan for name, q in QUANTILES.items()},
    }


def contrast(gained: NDArray[np.float64], who: Mask, draws: Which | None = None) -> dict[str, float]:
    """What a group gained more than everybody else; NaN where it is everybody, or nobody."""
    with np.errstate(invalid="ignore"):
        inside, outside = (np.where(some, gained, 0.0).sum(axis=1) / some.sum(axis=1) for some in (who, ~who))
    found = difference_within(mean_of((inside - outside)[:, None], draws), (-POINTS, POINTS))
    ends = {"mcse": found.mcse, "lower": found.lower, "upper": found.upper}
    return {"contrast": float(found.mean[0]), **{f"contrast_{name}": float(end[0]) for name, end in ends.items()}}


def mean_in(values: NDArray[np.float64], who: Mask, draws: Which | None) -> Estimate:
    """Mean over the people of a group, clustered by replicate; with draws, where the mean lies under a draw."""
    sums, counts = np.where(who, values, 0.0).sum(axis=1)[:, None], who.sum(axis=1).astype(np.float64)[:, None]
    if draws is None:
        return mean_of_clusters(sums, counts)
    with np.errstate(invalid="ignore"):
        return mean_of(sums / counts, draws)


def thirds(recovery: NDArray[np.float32]) -> dict[str, Mask]:
    """Thirds of all people by recovery at the start."""
    low, high = np.quantile(recovery, (1 / 3, 2 / 3))
    third = (recovery > low).astype(int) + (recovery > high)
    return {name: third == k for k, name in enumerate(THIRDS)}


def kinds(ties: NDArray[np.int16]) -> dict[str, Mask]:
    """People by kind of network at the start. ties: (replicates, people, 4) by role.

    Three kinds as found among people with severe mental illness (Sweet et al. 2018, Br J Psychiatry), assigned by rules
    of ours. Diverse and active: not smaller than the median, and friends and peers at least as many as relatives.
    Formal and sparse: smaller than the median, and a share of professionals above the median. Family and stable: of the
    rest, those with more relatives than friends and peers.
    """
    size = ties.sum(axis=-1)
    social = ties[..., Role.FRIEND] + ties[..., Role.PEER]
    formal_share = ties[..., Role.PROFESSIONAL] / np.maximum(size, 1)
    large = size >= np.median(size)
    diverse = large & (social >= ties[..., Role.FAMILY])
    formal = ~large & ((formal_share > np.median(formal_share)) | (size == 0))
    family = ~diverse & ~formal & (ties[..., Role.FAMILY] > social)
    return dict(zip(KINDS, (formal, family, diverse, ~(formal | family | diverse)), strict=True))
