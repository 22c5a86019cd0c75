"""Hand tables for the reference model: fellow patients find each other and part (docs/odd.md, 7.0 and 7.8)."""

import math
from typing import Any

import pytest

from supportnet.sim.enums import Role
from supportnet.sim.randomness import Draw
from supportnet.sim.state import OUTSIDER, UNMATCHED, World
from tests.reference import Reference
from tests.test_reference import QUIET, happened
from tests.test_reference_chances import LUCK, who
from tests.worlds import SURELY, WELL, add_fellows, add_tie, empty_world, plain_rules, programme

STILL = {"bond.fading": 0.0, "meet.closing": 0.0}
PEER, MEMBER = 65536 * Role.PEER, 65536 * 900  # keys of first natural peers, and of first peers in programme 900


def lived(world: World, values: dict[str, float], *rows: dict[str, Any], weeks: int = 1, **rules: Any) -> Reference:
    model = Reference.from_world(world, plain_rules(QUIET | STILL | values, programmes=rows, **rules), *LUCK)
    for _ in range(weeks):
        model.step()
    return model


def looking(world: World, person: int, number: int = 1, **columns: Any) -> None:
    """Adds so many ties that are to be with fellow patients, just begun."""
    for _ in range(number):
        add_tie(world, person, Role.PEER, supporter=UNMATCHED, **({"rate": 0.0} | columns))
    world.people["looking"][person] = 1


def pairs(model: Reference) -> set[tuple[int, int, int, int]]:
    """Who has found whom: identity and key of the one, then of the other."""
    return set(happened(model, "fellows"))


def fellows_of(model: Reference) -> list[list[int | None]]:
    return [[tie.fellow and tie.fellow.identity for tie in person.ties] for person in model.persons]


def five_people() -> World:
    """Draws by which they stand: person 0: .515; 1: .186 and .630; 2: .362; 3: .470 and .832; 4: .561; 64: .939."""
    world = empty_world(6)
    world.people["identity"] = [0, 1, 2, 3, 4, 64]
    for person, number in enumerate((1, 2, 1, 2, 1, 1)):
        looking(world, person, number)
    words = [LUCK.uniforms(Draw.TRAITS_B, 0, i, PEER + k)[3] for i, k in ((0, 0), (1, 0), (1, 1), (2, 0), (3, 0))]
    assert [round(u, 3) for u in words] == [0.515, 0.186, 0.63, 0.362, 0.47]
    return world


def test_fellows__each_in_turn_finds_the_first_after_it() -> None:
    model = lived(five_people(), {})
    assert pairs(model) == {(1, PEER, 2, PEER), (3, PEER, 0, PEER), (4, PEER, 1, PEER + 1)}
    assert fellows_of(model) == [[3], [2, 4], [1], [0, None], [1], [None]]  # 64 lives in another neighbourhood
    rows = [[tie.supporter.row for tie in person.ties] for person in model.persons]
    assert rows == [[1 + 3], [1 + 2, 1 + 4], [1 + 1], [1 + 0, UNMATCHED], [1 + 1], [UNMATCHED]]
    assert not any(person.looking for person in model.persons)


def test_fellows__help_everybody_with_traits_of_their_own() -> None:
    """Means: competence of peers .32, warmth .65, criticism of others than relatives .4; all with a spread of .15."""
    world = five_people()
    world.ties["own_criticism"] = world.ties["criticism"] = 0.5  # as outsiders
    for person in lived(world, {"people.criticism.other": 0.4}).persons:
        for tie in person.ties:
            expected = (0.5, 0.6, 0.5, 0.5)
            if tie.fellow is not None:
                helper = tie.fellow.identity
                _, _, competence, warmth = LUCK.normals(Draw.TRAITS_A, 0, helper, 0)
                criticism = 0.4 + 0.15 * LUCK.normals(Draw.TRAITS_B, 0, helper, 0)[0]
                expected = (0.32 + 0.15 * competence, 0.65 + 0.15 * warmth, criticism, criticism)
                assert all(0 < trait < 1 for trait in expected), "nothing to clip"
            traits = (tie.competence, tie.warmth, tie.criticism, tie.own_criticism)
            assert traits == pytest.approx(expected, rel=1e-6)
            assert (tie.strength, tie.trust, tie.age) == (0.5, 0.5, 53)


def test_fellows__nobody_finds_whom_they_have_already() -> None:
    world = five_people()
    add_fellows(world, 1, 2, rate=0.0)
    model = lived(world, {})
    assert pairs(model) == {(1, PEER, 3, PEER), (2, PEER, 0, PEER), (4, PEER, 1, PEER + 1)}


def test_fellows__are_looked_for_where_a_tie_has_begun_only() -> None:
    world = five_people()
    world.people["looking"][:5] = 0
    assert pairs(lived(world, {})) == set()
    world.people["looking"][4] = 1  # then all who wait take part
    assert len(pairs(lived(world, {}))) == 3


def test_fellows__of_a_group_are_members_of_the_same() -> None:
    """Draws: members 0: .196, 1: .703, 2: .846; person 3's natural tie: .470."""
    world = empty_world(5, n_programmes=2)
    for person in range(3):
        looking(world, person, origin=0, key_space=900)
    looking(world, 3)
    looking(world, 4, origin=1, key_space=901)
    world.places["weeks_in"][0] = [1, -1, 1, -1, -1]  # 1 has left
    world.places["weeks_in"][1, 4] = 1
    row = programme(key=900, uses={Role.PEER: 1}, makes={Role.PEER}, coverage=0.0, group=1, sessions_per_week=0.0)
    model = lived(world, {}, row, row | {"key": 901})
    assert pairs(model) == {(0, MEMBER, 2, MEMBER)}
    assert fellows_of(model) == [[2], [None], [0], [None], [None]]


def test_fellows__who_helped_as_an_outsider_is_one_no_more() -> None:
    world = empty_world(2)
    looking(world, 0, strain=0.5, capacity=3.0)
    looking(world, 1)
    world.several["strain"][1 + 1], world.several["capacity"][1 + 1] = 0.2, 0.7
    model = lived(world, {"pace.medium": 0.0})
    (tie,) = model.persons[0].ties
    assert tie.supporter is model.persons[1].helper
    assert (tie.supporter.strain, tie.supporter.capacity) == pytest.approx((0.2, 0.7))
    assert tie.supporter.ties == [tie]


def test_fellows__each_helps_and_is_helped_in_a_tie_of_their_own() -> None:
    world = empty_world(2)
    one, other = add_fellows(world, 0, 1, **SURELY)
    world.ties["trust"][one], world.ties["trust"][other] = 0.2, 0.9
    world.several["capacity"] = 1e6
    model = lived(world, WELL)
    contacts = [len(person.ties[0].contacts) for person in model.persons]
    assert contacts == [7, 7]
    trust = [person.ties[0].trust for person in model.persons]
    assert trust == pytest.approx([1 - 0.8 * 0.88**7, 1 - 0.1 * 0.88**7])
    assert [person.owed_giving for person in model.persons] == pytest.approx([7.0, 7.0])


def test_parting__ends_the_other_side_a_week_later_and_before_anybody_is_found() -> None:
    world = empty_world(2)
    for person in range(2):
        looking(world, person)
    one, _ = add_fellows(world, 0, 1, rate=0.0)
    world.ties["strength"][one] = 0.05
    world.people["looking"] = 0
    model = lived(world, {"fade.floor": 0.08})
    assert fellows_of(model) == [[None], [None, 0]]
    for person in model.persons:
        person.looking = True
    model.step()
    ended = [event[1:] for event in model.events[1] if event[0] == "tie ends"]
    assert ended == [(1, PEER + 1, "the other side ended it")]
    assert fellows_of(model) == [[1], [0]]  # the two have found each other again


def test_parting__of_whom_nobody_parts_from_does_not_come() -> None:
    world = empty_world(3)
    add_fellows(world, 0, 1, rate=0.0)
    add_fellows(world, 1, 2, rate=0.0)
    assert fellows_of(lived(world, {}, weeks=3)) == [[1], [0, 2], [1]]


def test_new_peers__are_to_be_fellow_patients_by_chance_and_live_in_the_same_neighbourhood() -> None:
    world = empty_world(130)
    values = {"form.chance.peer": 1e9, "people.fellow_patients": 0.4}
    model = lived(world, values)
    words = [LUCK.uniforms(Draw.TRAITS_B, 0, i, PEER)[2] for i in range(130)]
    rows = [person.ties[0].supporter.row for person in model.persons]
    assert rows == [UNMATCHED if u < 0.4 else OUTSIDER for u in words]
    model.rules = plain_rules(QUIET)
    model.step()
    for first in (0, 64, 128):
        hoping = [i for i in range(first, min(first + 64, 130)) if words[i] < 0.4]
        found = [i for i in hoping if model.persons[i].ties[0].fellow]
        assert len(found) == len(hoping) // 2 * 2
        assert all(model.persons[i].ties[0].fellow.identity in hoping for i in found)


GROUP = programme(
    key=900, uses={Role.PEER: 2, Role.PROFESSIONAL: 1}, makes={Role.PEER, Role.PROFESSIONAL}, group=1, weeks=30.0,
    deliverer=Role.PROFESSIONAL, keeps_staff=0,
)  # fmt: skip
AT_ONCE = {"enrol.application": 1.0}


def test_group__members_become_each_others_peers() -> None:
    model = lived(empty_world(6, n_programmes=1), AT_ONCE, GROUP)
    assert {tie.supporter.row for person in model.persons for tie in person.ties} == {OUTSIDER, UNMATCHED}
    model.step()
    peers = [[one for one in theirs if one is not None] for theirs in fellows_of(model)]
    assert sum(map(len, peers)) >= 10  # at most two of twelve find nobody
    for person, theirs in enumerate(peers):
        assert len(theirs) == len(set(theirs))
        assert all(person in peers[other] for other in theirs)


@pytest.mark.parametrize("group", [0, 1])
def test_group__all_who_come_with_it_know_each_other_and_nobody_else(group: int) -> None:
    world = empty_world(1, n_programmes=1)
    add_tie(world, 0, Role.FRIEND, rate=0.0)
    values = AT_ONCE | {"net.kin": 0.0, "net.other": 0.0}
    model = lived(world, values, GROUP | {"group": group}, weeks=2, services=[{"turnover": 1e9}])
    friend, *members = model.persons[0].ties
    assert [tie.key for tie in members] == [MEMBER + 3, MEMBER + 1, MEMBER + 2]  # the professional is a successor
    assert friend.acquaintances == []
    for tie in members:
        others = [other for other in members if other is not tie]
        assert {other.key for other in tie.acquaintances} == {other.key for other in others if group}


def test_peers__of_a_programme_that_is_no_group_are_outsiders() -> None:
    model = lived(empty_world(6, n_programmes=1), AT_ONCE, GROUP | {"group": 0}, weeks=2)
    assert {tie.supporter.row for person in model.persons for tie in person.ties} == {OUTSIDER}


def test_group__who_has_left_is_in_no_session() -> None:
    world = empty_world(3, n_programmes=1)
    add_fellows(world, 0, 1, origin=0, key_space=900, rate=0.0)
    add_fellows(world, 0, 2, origin=0, key_space=900, rate=0.0)
    world.places["weeks_in"][0] = [1, 1, -1]
    model = lived(world, WELL, GROUP | {"coverage": 0.0})
    assert [event[:3] for event in happened(model, "contact")] == [(0, MEMBER, 1), (1, MEMBER, 1)]
    assert model.persons[0].ties[0].contacts[0].presence == 1.0  # shared with nobody else


def test_group__professionals_are_the_same_for_all_in_a_neighbourhood() -> None:
    world = empty_world(4, n_programmes=1)
    world.people["identity"] = [3, 40, 64, 100]
    row = GROUP | {"uses": [2, 0, 0, 0], "makes": [1, 0, 0, 0]}
    model = lived(world, AT_ONCE, row)
    for first, members in ((0, model.persons[:2]), (64, model.persons[2:])):
        z = [LUCK.normals(Draw.TRAITS_A, 0, first, MEMBER + k) for k in (0, 1)]
        expected = [min(1, max(0, 0.68 + 0.15 * k[2])) for k in z], [min(1, max(0, 0.65 + 0.15 * k[3])) for k in z]
        for person in members:
            found = [tie.competence for tie in person.ties], [tie.warmth for tie in person.ties]
            assert found == (pytest.approx(expected[0]), pytest.approx(expected[1]))


def test_group__loses_a_professional_all_together_and_has_a_successor_alike() -> None:
    world = empty_world(300, tie_slots_per_person=1, n_programmes=1)
    world.places["weeks_in"][0, :] = 1
    for person in range(300):
        add_tie(world, person, Role.PROFESSIONAL, origin=0, key_space=900, rate=0.0, competence=0.1)
    row = GROUP | {"uses": [1, 0, 0, 0], "makes": [1, 0, 0, 0]}
    model = lived(world, {}, row, services=[{"turnover": 40.0}])
    chance = 1 - math.exp(-40 / 52)
    leaving = {first for first in range(0, 300, 64) if LUCK.uniforms(Draw.STAFF, 0, first, MEMBER)[0] < chance}
    assert 0 < len(leaving) < 5
    assert who(model, "tie ends", MEMBER, "handed over") == {i for i in range(300) if i // 64 * 64 in leaving}
    competence = {person.identity: person.ties[0].competence for person in model.persons}
    for first in leaving:
        z = LUCK.normals(Draw.TRAITS_A, 0, first, MEMBER)[2]
        assert competence[first] == competence[first + 1] == pytest.approx(0.68 + 0.15 * z)
