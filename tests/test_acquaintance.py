"""Masks of acquaintances in the compiled core, against plain sets: one bit for each of a person's ties, at most 64."""

from typing import Any, NamedTuple

import numba
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from supportnet.sim.kernels import acquaintance
from supportnet.sim.state import World
from tests.worlds import empty_world

Circles = list[set[int]]  # for each tie, the other ties whose supporters this one knows
EVERYBODY = 2**64 - 1


class Week(NamedTuple):
    """As much of a week as masks need."""

    world: World


@numba.njit
def bits(mask: int) -> int:
    return acquaintance.count_bits(mask)


@numba.njit
def share(mask: int, n_ties: int) -> float:
    return acquaintance.share_known(mask, n_ties)


@numba.njit
def components(ties: Any, first: int, n_ties: int) -> int:
    return acquaintance.count_components(ties, first, n_ties)


@numba.njit
def close(week: Week, i: int, slot: int) -> None:
    acquaintance.close_gap(week, i, slot)


@numba.njit
def forget(week: Week, i: int, slot: int) -> None:
    acquaintance.forget(week, i, slot)


def mask_of(circle: set[int]) -> int:
    return sum(1 << slot for slot in circle)


def circle_of(mask: int) -> set[int]:
    return {slot for slot in range(64) if int(mask) >> slot & 1}


def circles_of(n_ties: int, density: float, seed: int) -> Circles:
    """Who knows whom among so many supporters, drawn with equal chances for each pair."""
    known = np.triu(np.random.default_rng(seed).random((n_ties, n_ties)) < density, 1)
    known |= known.T
    return [set(np.flatnonzero(row).tolist()) for row in known]


def person_with(circles: Circles) -> World:
    """The second of two people has these ties; the first one's, as many, all know each other."""
    n_ties = len(circles)
    world = empty_world(2, tie_slots_per_person=n_ties)
    world.people["n_ties"] = n_ties
    everybody = [(1 << n_ties) - 1 - (1 << slot) for slot in range(n_ties)]
    world.ties["knows"] = everybody + [mask_of(circle) for circle in circles]
    return world


def groups_in(circles: Circles) -> int:
    """Supporters joined, directly or through others."""
    left, groups = set(range(len(circles))), 0
    while left:
        groups, ahead = groups + 1, [left.pop()]
        while ahead:
            new = circles[ahead.pop()] & left
            left -= new
            ahead += new
    return groups


NETWORKS = dict(
    n_ties=st.integers(1, 64),
    density=st.sampled_from([0.0, 0.01, 0.03, 0.1, 0.5, 1.0]),
    seed=st.integers(0, 2**32 - 1),
)


@settings(deadline=None)
@given(st.integers(0, EVERYBODY))
def test_bits__are_counted(mask: int) -> None:
    assert bits(np.uint64(mask)) == mask.bit_count() == len(circle_of(mask))


@pytest.mark.parametrize("mask", [0, 1, 1 << 31, 1 << 32, 1 << 63, EVERYBODY - 1, EVERYBODY])
def test_bits__are_counted_at_both_ends(mask: int) -> None:
    assert bits(np.uint64(mask)) == mask.bit_count()


@settings(deadline=None)
@given(**NETWORKS)
def test_share__is_of_the_persons_other_supporters(n_ties: int, density: float, seed: int) -> None:
    for circle in circles_of(n_ties, density, seed):
        assert share(np.uint64(mask_of(circle)), n_ties) == (len(circle) / (n_ties - 1) if n_ties > 1 else 0.0)


@settings(deadline=None)
@given(**NETWORKS)
def test_components__are_groups_of_supporters_who_are_joined(n_ties: int, density: float, seed: int) -> None:
    circles = circles_of(n_ties, density, seed)
    world = person_with(circles)
    assert components(world.ties, n_ties, n_ties) == groups_in(circles)
    assert components(world.ties, 0, n_ties) == 1


@pytest.mark.parametrize("n_ties", [1, 2, 40, 63, 64])
def test_components__of_strangers_of_a_chain_and_of_two_halves(n_ties: int) -> None:
    chain = [{slot - 1, slot + 1} & set(range(n_ties)) for slot in range(n_ties)]
    halves = [{other for other in range(n_ties) if other != slot and (other - slot) % 2 == 0} for slot in range(n_ties)]
    for circles, groups in (([set()] * n_ties, n_ties), (chain, 1), (halves, min(2, n_ties))):
        assert components(person_with(circles).ties, n_ties, n_ties) == groups


def test_components__of_nobody_are_none() -> None:
    assert components(empty_world(1).ties, 0, 0) == 0


@settings(deadline=None)
@given(slot=st.integers(0, 63), **NETWORKS)
def test_gap__closes_over_the_tie_that_has_ended(slot: int, n_ties: int, density: float, seed: int) -> None:
    gone, circles = slot % n_ties, circles_of(n_ties, density, seed)
    world = person_with(circles)
    knows = world.ties["knows"]
    others = knows[:n_ties].copy()
    knows[n_ties + gone : -1] = knows[n_ties + gone + 1 :]  # rows move up before masks do
    world.people["n_ties"][1] -= 1
    close(Week(world), 1, gone)

    left = [k for k in range(n_ties) if k != gone]
    place = {k: number for number, k in enumerate(left)}
    expected = [{place[other] for other in circles[k] - {gone}} for k in left]
    assert [circle_of(mask) for mask in knows[n_ties : 2 * n_ties - 1]] == expected
    np.testing.assert_array_equal(knows[:n_ties], others)


@settings(deadline=None)
@given(slot=st.integers(0, 63), **NETWORKS)
def test_forgotten__is_known_by_nobody(slot: int, n_ties: int, density: float, seed: int) -> None:
    forgotten, circles = slot % n_ties, circles_of(n_ties, density, seed)
    world = person_with(circles)
    forget(Week(world), 1, forgotten)
    expected = [set() if k == forgotten else circle - {forgotten} for k, circle in enumerate(circles)]
    assert [circle_of(mask) for mask in world.ties["knows"][n_ties:]] == expected
    assert world.ties["knows"][0] == mask_of(set(range(1, n_ties)))
