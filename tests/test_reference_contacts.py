"""Hand tables for the reference model: how many contacts there are in a week (docs/odd.md, 7.1)."""

import math

import pytest
from scipy import stats

from supportnet.sim.enums import Role
from supportnet.sim.randomness import Draw
from supportnet.sim.state import Input
from tests.reference_contacts import natural_contacts
from tests.test_reference import happened
from tests.test_reference_chances import FRIEND, LUCK, lived, logistic
from tests.worlds import WELL, add_tie, empty_world

RATE = 2 / (0.5 * (1 - 0.6 * 0.3))  # two contacts a week are asked of a friend


@pytest.mark.parametrize(("u", "number"), [(0.7, 0), (0.633, 0), (0.632, 1), (0.265, 1), (0.264, 2), (0.05, 3)])
def test_contacts__are_as_many_as_chances_of_so_many_are_above_the_draw(u: float, number: int) -> None:
    """Mean 1: P(N >= 1) = 1 - 1/e = .6321, P(N >= 2) = 1 - 2/e = .2642, P(N >= 3) = .0803."""
    assert natural_contacts(1.0, u) == number


@pytest.mark.parametrize(
    "mean", [0.0, 3.0, *(pytest.param(mean, marks=pytest.mark.slow) for mean in (0.01, 0.5, 7.0, 200.0))]
)
def test_contacts__are_poisson_and_seven_at_most(mean: float) -> None:
    us = [(i + 0.5) / 2000 for i in range(2000)]
    expected = [sum(u < stats.poisson.sf(k - 1, mean) for k in range(1, 8)) for u in us]
    assert [natural_contacts(mean, u) for u in us] == expected


def test_contacts__of_a_week_are_drawn_once_for_each_tie_and_each_goes_its_own_way() -> None:
    """Mean 2: P(N >= 1 .. 6) = .865, .594, .323, .143, .053, .017."""
    world = empty_world(8)
    for person in range(8):
        add_tie(world, person, Role.FRIEND, rate=RATE, capacity=9.0)
    model = lived(world, {"help.well_base": -1.5})
    words = [LUCK.uniforms(Draw.MEET, 0, i, FRIEND)[0] for i in range(8)]
    assert [round(u, 3) for u in words] == [0.058, 0.006, 0.439, 0.425, 0.37, 0.14, 0.991, 0.328]
    assert [person.contacts for person in model.persons] == [4, 6, 2, 2, 2, 4, 0, 2]
    logit = -1.5 + 1.5 * 0.5 + 0.9 * (1 + 0.5 - 0.1 - 0.1 - 0.2)
    expected = []
    for i, number in enumerate([4, 6, 2, 2, 2, 4, 0, 2]):
        for index in (0, 1025, 1026, 1027, 1028, 1029)[:number]:
            goes, breaks, _, _ = LUCK.uniforms(Draw.HELP, 0, i, FRIEND, index=index)
            kind = "well" if goes < logistic(logit) else "rupture" if breaks < 0.55 else "badly"
            expected.append((i, FRIEND, index, kind))
    assert happened(model, "contact") == expected
    assert len({kind for *_, kind in expected}) == 3


def test_contacts__each_counts() -> None:
    world = empty_world(2)
    add_tie(world, 0, Role.FRIEND, rate=RATE, capacity=9.0)
    for _ in range(5):
        add_tie(world, 1, Role.PROFESSIONAL, rate=RATE, capacity=9.0)
    friend, professional = lived(world, WELL).persons
    (tie,) = friend.ties
    assert tie.trust == pytest.approx(1 - 0.5 * 0.88**4)
    assert friend.inputs[Input.COMPANIONSHIP] == pytest.approx(0.15 * 4 * 0.6, rel=1e-6)
    assert friend.recent[0] == [0, 0, 4, 0]
    numbers = [natural_contacts(2.0, LUCK.uniforms(Draw.MEET, 0, 1, key)[0]) for key in range(5)]
    assert max(numbers) > 1
    assert professional.professional_contacts == professional.contacts == sum(numbers)


def test_contacts__nobody_has_more_time_than_a_persons_own() -> None:
    world = empty_world(2)
    for person in range(2):
        add_tie(world, person, Role.FRIEND, rate=2 * RATE, capacity=9.0)
    world.people["time"] = [1.0, 6.0]
    short, enough = lived(world, {}).persons
    assert [short.ties[0].asked, enough.ties[0].asked] == pytest.approx([1.0, 4.0], rel=1e-6)
    assert (short.share, enough.share) == pytest.approx((1 / 4, 1.0), rel=1e-6)
    assert math.isclose(short.ties[0].supporter.demand, 1.0, rel_tol=1e-6)
