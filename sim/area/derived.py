"""Quantities that follow from the arrays of an area; `kernels/observe.py` adds up the same ones week by week."""

from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from supportnet.sim.area.population import tie_rows, within
from supportnet.sim.enums import SERVICE
from supportnet.sim.parameters import Thresholds
from supportnet.sim.state import NEVER, World

Mask = NDArray[np.bool_]


def owners(people: Any) -> NDArray[np.int64]:
    """(ties alive,) Row of the person whose tie each is, in the order of ties."""
    return np.repeat(np.arange(len(people)), people.n_ties)


def acquaintances(world: World) -> NDArray[np.int64]:
    """(pairs, 2) Pairs of ties of one person whose supporters know each other, as places among the ties alive, the
    lower one first."""
    people = world.people
    masks = np.ascontiguousarray(world.ties.knows[tie_rows(people)], "<u8").view(np.uint8).reshape(-1, 8)
    one, slot = np.nonzero(np.unpackbits(masks, axis=1, bitorder="little"))
    other = one - within(people.n_ties)[one] + slot
    return np.column_stack((one, other))[one < other]


def recovery_of(people: Any) -> NDArray[np.float64]:
    """(people,) Recovery: the mean of the five processes, 0 to 1."""
    return np.asarray(people.processes.mean(axis=1, dtype=np.float64))


def phq9_score(distress: Any) -> NDArray[np.int32]:
    """Depression score, 0 to 27, as a questionnaire has it: in whole points, halves upwards."""
    return np.floor(27.0 * np.asarray(distress, np.float64) + 0.5).astype(np.int32)


def gad7_score(distress: Any, anxiety: Any) -> NDArray[np.int32]:
    """Anxiety score, 0 to 21, in whole points. anxiety: how much more anxious somebody is than distressed."""
    return np.floor(21.0 * np.asarray(np.clip(distress + anxiety, 0.0, 1.0), np.float64) + 0.5).astype(np.int32)


def served(world: World) -> Mask:
    """(people,) Who has a tie with the service's professional."""
    service = world.ties.origin[tie_rows(world.people)] == SERVICE
    return np.bincount(owners(world.people)[service], minlength=len(world.people)) > 0


def participants(places: Any) -> Mask:
    """(programmes, people) Who is in each programme: with a place in it, and not about to give it up."""
    return np.asarray((places["weeks_in"] >= 0) & (places["weeks_in"] < NEVER))


def current_programmes(world: World, names: Sequence[str], person: int) -> list[str]:
    """Names of the programmes that a person is in. names: of all programmes, in the order of `places`."""
    inside = participants(world.places[:, person])
    return [name for name, takes_part in zip(names, inside, strict=True) if takes_part]


def engaged(served: Any, since_service: Any, thresholds: Thresholds) -> Any:
    """Whether somebody has a professional of the service, and had contact with one in the last `engaged_weeks` weeks.

    since_service: weeks since that contact, 0 in its own week: the present week is one of the last weeks.
    """
    return served & (since_service < thresholds.engaged_weeks)
