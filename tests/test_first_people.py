"""Traits of the pool's first people and their ties, worked out from the draws as specified (docs/odd.md, 5 and 7.0)."""

import math
from itertools import combinations
from typing import Any

import numpy as np
import pytest

from supportnet.sim.area.pool import NO_RUN, moved_in
from supportnet.sim.area.population import first_area, pool_of, tie_rows
from supportnet.sim.enums import SERVICE, Condition, Role
from supportnet.sim.randomness import Draw, rng_key
from supportnet.sim.rules import PackedRules, orders
from supportnet.sim.state import OUTSIDER
from tests.reference_draws import Luck
from tests.worlds import plain_rules

N, LUCK, POOL_LUCK = 40, Luck(7, 3), Luck(1, NO_RUN)
KEY = rng_key(*POOL_LUCK)
VALUES = {
    "people.relatives": 6.0, "recover.own_skill": 0.9, "clinic.vulnerability_skill": 0.3, "meet.budget": 3.5,
    "people.connectedness_spread": 0.5,
}  # fmt: skip


@pytest.fixture(scope="module")
def world() -> Any:
    return first_area(N, orders(plain_rules(VALUES)), rng_key(*LUCK), 0.6).world


def clipped(x: float, low: float = 0.0, high: float = 1.0) -> float:
    return min(high, max(low, x))


def test_first_people__have_the_traits_of_their_draws(world: Any) -> None:
    for person in world.people:
        z = [LUCK.normals(Draw.PERSON, 0, int(person.identity), index=index) for index in range(5)]
        u = LUCK.uniforms(Draw.PERSON, 0, int(person.identity), index=3)
        skill = clipped(0.55 + 0.15 * z[0][0])
        common = 0.15 * z[1][1] + 0.9 * (skill - 0.55)
        level = (0.214 if u[1] < 0.6 else 0.28) - 0.3 * (skill - 0.55)
        expected = {
            "condition": Condition.PSYCHOSIS if u[1] < 0.6 else Condition.AFFECTIVE,
            "own_skill": skill,
            "wanted": clipped(0.5 + 0.15 * z[0][1]),
            "need": clipped(0.8 + 0.15 * z[0][2]),
            "wished_size": clipped(14 * math.exp(0.7 * z[0][3]), 1, 30),
            "relatives": clipped(6 * math.exp(0.7 * z[4][1]), 1, 30),
            "anxiety": clipped(0.05 + 0.1 * z[1][0], -0.5, 0.5),
            "intercepts": [common + 0.5 * z[4][0], common, common, common, common],
            "vulnerability": clipped(level + 0.15 * z[1][2], 0.02, 0.9),
            "own_withdrawal": clipped((0.36 if u[1] < 0.6 else 0.22) + 0.15 * z[1][3]),
            "own_resources": [clipped(0.15 + 0.15 * one) for one in (*z[2], z[3][0])],
            "time": 3.5,
        }
        for name, value in expected.items():
            np.testing.assert_allclose(person[name], value, rtol=1e-6, atol=1e-7, err_msg=name)
    assert set(world.people.condition) == {Condition.PSYCHOSIS, Condition.AFFECTIVE}


def test_first_people__begin_at_their_own_level_with_a_handful_of_ties(world: Any) -> None:
    people, ties = world.people, world.ties[tie_rows(world.people)]
    np.testing.assert_allclose(people.skill, people.own_skill)
    np.testing.assert_allclose(people.resources, people.own_resources)
    np.testing.assert_allclose(people.distress, people.vulnerability)
    np.testing.assert_allclose(people.withdrawal, people.own_withdrawal)
    bases = np.array([-1.3055, 0.3045, -0.1555, -0.1655, 0.1445])
    np.testing.assert_allclose(people.processes, np.tile(1 / (1 + np.exp(-bases - 1)), (N, 1)), rtol=1e-6)
    np.testing.assert_allclose(ties.strength, 0.6 * ties.ceiling, rtol=1e-6)
    np.testing.assert_allclose(ties.trust, 0.6, rtol=1e-6)
    assert not ties.friction.any()
    natural = ties.origin != SERVICE
    assert natural.sum() == N * (1 + 3 + 4)
    owner = np.repeat(people.identity, people.n_ties)
    for identity, tie in zip(owner[natural], ties[natural], strict=True):
        a = LUCK.normals(Draw.TRAITS_A, 0, int(identity), int(tie.key))
        b = LUCK.normals(Draw.TRAITS_B, 0, int(identity), int(tie.key))
        fellow = tie.role == Role.PEER and LUCK.uniforms(Draw.TRAITS_B, 0, int(identity), int(tie.key))[2] < 0.4
        kin = int(tie.role == Role.FAMILY)
        assert tie.rate == pytest.approx((0.6, 0.53, 1.3)[tie.role - 1] * math.exp(0.7 * a[0] - 0.7**2 / 2))
        assert tie.warmth == pytest.approx(clipped(0.65 + 0.15 * a[3]))
        assert tie.criticism == pytest.approx(clipped((0.08, 0.56)[kin] + 0.15 * b[0]))
        assert tie.competence == pytest.approx(clipped(0.32 + 0.15 * a[2])) or fellow
        assert tie.capacity == pytest.approx(0.7 * max(0.2, 1 + 0.15 * b[1]))
        assert tie.ceiling == pytest.approx(clipped(0.83 + 0.15 * a[1], 0.1))
        assert tie.expertise == pytest.approx(0.6)
        assert (tie.supporter != OUTSIDER) == fellow


def rules_by(kin: float, other: float) -> PackedRules:
    """Rules by which two supporters know each other with these chances."""
    return orders(plain_rules({"net.kin": kin, "net.other": other}))


def moved_in_under(kin: float, other: float) -> Any:
    """People whose founders' supporters all know each other, under these chances of it."""
    founders = first_area(N, rules_by(1.0, 1.0), KEY, 0.6)
    assert set(np.bitwise_count(founders.world.ties[tie_rows(founders.world.people)].knows)) == {1 + 1 + 3 + 4 - 1}
    rules = rules_by(kin, other)
    area = first_area(N, rules, KEY, 0.6)
    return moved_in(area, pool_of(founders), np.arange(N), rules_by(1.0, 1.0), rules, 0.6, KEY).world


@pytest.mark.parametrize(("kin", "other"), [(0.6, 0.2), (1.0, 0.0), (0.0, 1.0)])
def test_moved_in__who_knows_whom_is_drawn_under_the_new_numbers(kin: float, other: float) -> None:
    world = moved_in_under(kin, other)
    for person in world.people:
        ties = world.ties[person.first : person.first + person.n_ties]
        for (a, older), (b, newer) in combinations(enumerate(ties), 2):
            chance = kin if older.role == newer.role == Role.FAMILY else other
            draw = POOL_LUCK.uniforms(Draw.ACQUAINTANCE, int(older.key), int(person.identity), int(newer.key))[0]
            assert (int(older.knows) >> b & 1, int(newer.knows) >> a & 1) == (draw < chance,) * 2


def test_moved_in__who_came_to_know_each_other_since_still_does() -> None:
    founders = first_area(N, rules_by(0.0, 0.0), KEY, 0.6)
    for person in founders.world.people:
        founders.world.ties.knows[person.first + 3], founders.world.ties.knows[person.first + 7] = 1 << 7, 1 << 3
    area = first_area(N, rules_by(0.0, 0.0), KEY, 0.6)
    rules = rules_by(0.0, 0.0)
    world = moved_in(area, pool_of(founders), np.arange(N), rules, rules, 0.6, KEY).world
    for person in world.people:
        knows = world.ties.knows[person.first : person.first + person.n_ties]
        assert list(knows) == [1 << 7 if slot == 3 else 1 << 3 if slot == 7 else 0 for slot in range(person.n_ties)]


def test_moved_in__nobody_knows_anybody_where_the_new_numbers_give_no_chance_of_it() -> None:
    world = moved_in_under(0.0, 0.0)
    ties = world.ties[tie_rows(world.people)]
    assert len(ties) == N * (1 + 1 + 3 + 4)
    assert not ties.knows.any()
