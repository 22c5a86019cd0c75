"""Whether two scenarios are about the same people, so that each of them can be followed from one into the other."""

from dataclasses import fields
from pathlib import Path
from typing import Any

import numpy as np

from supportnet.experiments.posterior.posterior import Posterior, fixed
from supportnet.sim.network_file.cache import cached_networks, digests_of
from supportnet.sim.network_file.reader import Networks
from supportnet.sim.parameters import IDLE, Parameters
from supportnet.sim.scenario.scenario import Scenario

MOVING = tuple(f"{group}." for group in Parameters._fields if f"{group}." not in IDLE)
NAMED = 3  # of many numbers that differ
NOT_USED = ("patients", "supporters", "source", "age")  # of a network file: names and notes


def people_differ(baseline: Scenario, other: Scenario, posterior: Posterior | None = None) -> str:
    """Why two scenarios are not about the same people, in words; "" where they are.

    posterior: draws that both are run with.
    """
    before, after = baseline.population, other.population
    reasons = [
        f"{name} {getattr(before, name)} → {getattr(after, name)}"
        for name in ("preset", "patients")
        if getattr(before, name) != getattr(after, name)
    ]
    if interviews := interviews_differ(baseline.networks, other.networks):
        reasons.append(interviews)
    if baseline.root_services != other.root_services:
        reasons.append("their services had other roots")
    if numbers := numbers_between(baseline, other, MOVING):
        reasons.append(numbers)
    if posterior and (drawn := drawn_in_one(baseline, other, posterior)):
        reasons.append(f"{drawn}: fixed in one, drawn from the posterior in the other")
    return "; ".join(reasons)


def interviews_differ(one: Path | None, other: Path | None) -> str:
    """How the interviews in two network files differ, in words; another path or other names make no difference."""
    if one is None and other is None:
        return ""
    if one is None or other is None:
        return "networks from data in one, drawn in the other"
    if digests_of(one) == digests_of(other) or same_interviews(cached_networks(one), cached_networks(other)):
        return ""
    return "networks from other data"


def same_interviews(one: Networks, other: Networks) -> bool:
    """Whether two network files say the same, in the same order, of all that the model uses."""
    used = [field.name for field in fields(Networks) if field.name not in NOT_USED]
    return all(same_values(getattr(one, name), getattr(other, name)) for name in used)


def same_values(one: Any, other: Any) -> bool:
    """Whether two columns are equal; None stands for a question that was not asked."""
    if one is None or other is None:
        return one is other
    return bool(np.array_equal(one, other, equal_nan=np.issubdtype(np.asarray(one).dtype, np.floating)))


def drawn_in_one(one: Scenario, other: Scenario, posterior: Posterior) -> str:
    """Numbers that only one of two scenarios sets itself, to their usual values, while draws move them in the other."""
    alone, before, after = {*fixed(one)} ^ {*fixed(other)}, one.every_number, other.every_number
    return _some([name for name in posterior.values.columns if name in alone and before[name] == after[name]])


def numbers_between(one: Scenario, other: Scenario, groups: tuple[str, ...]) -> str:
    """Numbers of these groups that two scenarios do not share, from the one to the other, in words."""
    before, after = one.every_number, other.every_number
    return _some(
        [
            f"{name} {before[name]:g} → {after[name]:g}"
            for name in before
            if name.startswith(groups) and before[name] != after[name]
        ]
    )


def _some(names: list[str]) -> str:
    """The first of many."""
    more = f" and {len(names) - NAMED} more" if len(names) > NAMED else ""
    return ", ".join(names[:NAMED]) + more
