"""Hand tables for the reference model: a person's own ties in sessions, and meetings without the person.

What is decided, asked of and done to those who come along (docs/odd.md, 7.1, 7.5, 7.6, 7.8).
"""

import pytest

from supportnet.sim.enums import Resource, Role
from supportnet.sim.randomness import Draw
from supportnet.sim.state import World
from tests.test_reference import happened
from tests.test_reference_chances import LUCK, N, who
from tests.test_reference_sessions import KEY, after_a_week, one_person, session
from tests.worlds import NOBODY, WELL, add_fellows, add_tie, empty_world

pytestmark = pytest.mark.usefixtures("one_contact_at_most")


def test_network_share__decides_once_a_week_whether_own_ties_come() -> None:
    world = empty_world(N, tie_slots_per_person=2, n_programmes=1)
    for person in range(N):
        add_tie(world, person, Role.FRIEND, rate=0.0)
        add_tie(world, person, Role.PEER, origin=0, key_space=900, rate=0.0)
    row = session(
        uses={Role.FRIEND: 1, Role.PEER: 1}, makes={Role.PEER}, deliverer=Role.PEER, network_share=0.3,
        sessions_per_week=2.0,
    )  # fmt: skip
    model = after_a_week(world, WELL, row)
    coming = {i for i in range(N) if LUCK.uniforms(Draw.SESSION, 0, i, KEY, index=2)[0] < 0.3}
    assert 0 < len(coming) < N
    friend = 65536 * Role.FRIEND
    for number in (1, 2):
        assert who(model, "contact", friend, number, "well") == coming
        assert who(model, "contact", KEY, number, "well") == set(range(N))
    for person in model.persons:
        shared_by = 2 if person.identity in coming else 1
        assert person.ties[1].trust == pytest.approx(1 - 0.5 * 0.88 ** (2 / shared_by))


@pytest.mark.parametrize(
    ("deliverer", "facilitated", "friend", "relative"),
    [
        (NOBODY, 1, 0.0, 0.0),  # both come along
        (NOBODY, 0, 1 / 3, 1 / 3),
        (Role.FRIEND, 1, 1 / 2, 0.0),  # the relative comes along
        (Role.FRIEND, 0, 1 / 2, 1 / 2),
    ],
)
def test_demand__nothing_is_asked_of_who_comes_along(
    deliverer: int, facilitated: int, friend: float, relative: float
) -> None:
    row = session(
        uses={Role.FRIEND: 1, Role.FAMILY: 1}, deliverer=deliverer, facilitated=facilitated, sessions_per_week=3.0
    )
    person = one_person({}, row, Role.FRIEND, Role.FAMILY, rate=0.4)
    asked = 0.4 * 0.5
    demands = [tie.supporter.demand for tie in person.ties]
    assert demands == pytest.approx([asked + 3 * friend, asked + 3 * relative], rel=1e-6)


@pytest.mark.parametrize(
    ("deliverer", "facilitated", "relief"),
    [(NOBODY, 1, 3 / 3), (NOBODY, 0, 0), (Role.FAMILY, 1, 3 / 2), (Role.FRIEND, 1, 0)],
)
def test_session_relief__is_for_who_comes_along(deliverer: int, facilitated: int, relief: float) -> None:
    row = session(
        uses={Role.FRIEND: 1, Role.FAMILY: 1}, deliverer=deliverer, facilitated=facilitated, sessions_per_week=3.0,
        reciprocity=0.5,
    )  # fmt: skip
    friend, _ = one_person(
        WELL | {"tire.session_relief": 0.2}, row, Role.FRIEND, Role.FAMILY, strain=0.4, capacity=9.0
    ).ties
    strain = 0.4 - 0.03 * 0.4 - 0.05 * 0.5 * 0.4
    assert friend.supporter.strain == pytest.approx(strain * 0.8**relief, rel=1e-6)


def test_session_relief__is_more_for_who_knows_others_in_the_session() -> None:
    """Relatives 0 and 1 know each other, 1 also a friend who stays at home; 2 knows nobody. A facilitator leads."""
    world = empty_world(1, n_programmes=1)
    for role in (Role.FAMILY, Role.FAMILY, Role.FAMILY, Role.FRIEND):
        add_tie(world, 0, role, rate=0.0, strain=0.4, capacity=9.0, reciprocity=0.5)
    world.ties["knows"][:4] = [0b0010, 0b1001, 0, 0b0010]
    row = session(uses={Role.FAMILY: 3}, facilitated=1, sessions_per_week=2.0)
    ties = after_a_week(world, WELL | {"tire.session_relief": 0.2}, row).persons[0].ties
    strain = 0.4 - 0.03 * 0.4 - 0.05 * 0.5 * 0.4
    expected = [strain * 0.8**relief for relief in (2 * 2 / 4, 2 * 2 / 4, 2 * 1 / 4)]
    assert [tie.supporter.strain for tie in ties[:3]] == pytest.approx(expected, rel=1e-6)
    assert ties[3].supporter.strain == pytest.approx(0.4 - 0.03 * 0.4, rel=1e-6)


WITHOUT_PERSON = session(
    uses={Role.FAMILY: 2}, facilitated=1, without_person=1, sessions_per_week=2.0, mobilises={Resource.DECISION_MAKING}
)


def two_relatives(**columns: float) -> World:
    """Two relatives who do not know each other, and a friend."""
    world = empty_world(1, n_programmes=1)
    for role in (Role.FAMILY, Role.FAMILY, Role.FRIEND):
        add_tie(world, 0, role, **({"rate": 0.0, "strain": 0.4} | columns))
    return world


def test_meeting_without_the_person__brings_the_person_nothing_and_takes_no_time() -> None:
    columns = dict(uses={}, facilitated=1)
    world = two_relatives()
    world.people["withdrawal"] = 1.0
    alone = after_a_week(world, {}, session(sessions_per_week=0.0, **columns)).persons[0]
    model = after_a_week(world, {"meet.closing": 1.0}, WITHOUT_PERSON)
    (person,) = model.persons
    assert happened(model, "contact") == []
    assert (person.inputs, person.resources, person.skill) == (alone.inputs, alone.resources, alone.skill)
    assert (person.sessions, person.contacts, person.share) == (0, 0, 1.0)
    place = person.places[0]
    assert (place.sessions, place.meetings, place.attended) == (0, 2, 2)  # whatever the withdrawal
    assert [tie.supporter.demand for tie in person.ties] == [0, 0, 0]


def test_meeting_without_the_person__relieves_who_is_there_before_the_week() -> None:
    world = two_relatives(rate=200.0, capacity=1e6, reciprocity=0.5)
    world.ties["knows"][:2] = [0b10, 0b01]
    person = after_a_week(world, WELL | {"tire.session_relief": 0.2}, WITHOUT_PERSON).persons[0]
    rested = 0.4 * 0.8 ** (2 * (1 + 1) / 3)
    strain = [s - 0.03 * s - 0.05 * 0.5 * s for s in (rested, rested, 0.4)]
    assert [tie.supporter.strain for tie in person.ties] == pytest.approx(strain, rel=1e-6)
    presence = [tie.contacts[0].presence for tie in person.ties]
    assert presence == pytest.approx([1 - rested, 1 - rested, 1 - 0.4], rel=1e-6)


def test_meeting_without_the_person__makes_acquainted_and_leaves_criticism() -> None:
    world = two_relatives(strain=0.1)
    world.ties["criticism"] = world.ties["own_criticism"] = 0.6
    person = after_a_week(world, {"net.meeting": 1.0, "tire.session_relief": 0.0}, WITHOUT_PERSON).persons[0]
    first, second, friend = person.ties
    assert (first.acquaintances, second.acquaintances, friend.acquaintances) == ([second], [first], [])
    assert [tie.criticism for tie in person.ties] == pytest.approx([0.6] * 3)


def test_session_relief__is_not_for_fellow_patients() -> None:
    world = empty_world(3, n_programmes=1)
    add_fellows(world, 0, 2, rate=0.0)
    world.several["strain"][1 + 2] = 0.4
    model = after_a_week(world, WELL | {"tire.session_relief": 0.2}, session(uses={Role.PEER: 1}, facilitated=1))
    assert model.persons[2].helper.strain == pytest.approx(0.4 - 0.03 * 0.4 - 0.05 * 0.5 * 0.4, rel=1e-6)


def test_session_relief__comes_before_the_strain_of_openness() -> None:
    world = empty_world(1, n_programmes=1)
    columns = dict(rate=0.0, strain=0.4, reciprocity=0.5, capacity=9.0)
    add_tie(world, 0, Role.PROFESSIONAL, origin=0, key_space=900, **columns)
    row = session(
        uses={Role.PROFESSIONAL: 1}, makes={Role.PROFESSIONAL}, deliverer=NOBODY, facilitated=1, reciprocity=0.9
    )
    values = WELL | {"tire.session_relief": 0.2}
    (tie,) = after_a_week(world, values, row, services=[{"boundary_openness": 0.9}]).persons[0].ties
    rested = (0.4 - 0.03 * 0.4 - 0.05 * 0.5 * 0.4) * 0.8 ** (1 / 2)
    assert tie.supporter.strain == pytest.approx(rested + 0.05 * (0.9 - 0.6), rel=1e-6)


def test_family_sessions__each_lowers_criticism_however_many_share_it() -> None:
    def criticism(*roles: Role) -> float:
        row = session(uses={Role.FAMILY: 1, Role.FRIEND: 2}, facilitated=1)
        ties = one_person(WELL, row, *roles, criticism=0.6, own_criticism=0.6, strain=0.1).ties
        return next(tie.criticism for tie in ties if tie.role == Role.FAMILY)

    expected = 0.6 - 0.1 * 0.6 * (0.5 + 0.5)
    assert criticism(Role.FAMILY) == pytest.approx(expected, rel=1e-6)
    assert criticism(Role.FAMILY, Role.FRIEND, Role.FRIEND) == pytest.approx(expected, rel=1e-6)
