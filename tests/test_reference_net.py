"""Hand tables for the reference model: ties among a person's supporters (docs/odd.md, 7.0, 7.3, 7.6, 7.7)."""

import math
from itertools import combinations
from typing import Any

import pytest

from supportnet.sim.enums import SERVICE, Role
from supportnet.sim.randomness import Draw
from supportnet.sim.state import World
from tests.reference import Reference
from tests.reference_people import Person, Tie
from tests.test_reference import QUIET
from tests.test_reference_chances import LUCK, N, below, who
from tests.worlds import WELL, add_fellows, add_tie, empty_world, plain_rules, programme

pytestmark = pytest.mark.usefixtures("one_contact_at_most")
FRIEND, FAMILY = 65536 * Role.FRIEND, 65536 * Role.FAMILY  # keys of first ties
STRONG = {"bond.fading": 0.0}
KNOWN = {"net.kin": 1.0, "net.other": 1.0}  # everybody new knows everybody


def after_a_week(world: World, values: dict[str, float], *rows: dict[str, Any], **rules: Any) -> Reference:
    model = Reference.from_world(world, plain_rules(QUIET | STRONG | values, programmes=rows, **rules), *LUCK)
    model.step()
    return model


def group(*roles: Role, n: int = N, slots: int = 8, **columns: float) -> World:
    """Many people with ties of these roles, without contact."""
    world = empty_world(n, tie_slots_per_person=slots)
    for person in range(n):
        for role in roles:
            add_tie(world, person, role, **({"rate": 0.0} | columns))
    return world


def make_known(world: World, *pairs: tuple[int, int]) -> World:
    """Everybody's supporters in these places know each other."""
    for person in range(len(world.people)):
        first = int(world.people["first"][person])
        for one, other in pairs:
            world.ties["knows"][first + one] |= 1 << other
            world.ties["knows"][first + other] |= 1 << one
    return world


def all_pairs(n: int) -> list[tuple[int, int]]:
    return list(combinations(range(n), 2))


def known_pairs(person: Person) -> set[tuple[int, int]]:
    """Keys of ties with supporters who know each other, each pair from both of its ends."""
    return {(tie.key, other.key) for tie in person.ties for other in tie.acquaintances}


def both_ways(*pairs: tuple[int, int]) -> set[tuple[int, int]]:
    return {*pairs, *((b, a) for a, b in pairs)}


def words_of_pair(i: int, newer: int, older: int) -> list[float]:
    """The key of the older tie stands in the place of the week."""
    return LUCK.uniforms(Draw.ACQUAINTANCE, older, i, newer)


# 7.0 acquaintance


def test_acquaintance__is_drawn_for_each_pair_of_the_new_tie() -> None:
    model = after_a_week(group(Role.FAMILY, Role.FRIEND), {"form.chance.family": 1e9, "net.kin": 0.6, "net.other": 0.3})
    numbers = [0, 0]
    for person in model.persons:
        new = FAMILY + 1
        pairs = [
            (new, older)
            for older, chance in ((FAMILY, 0.6), (FRIEND, 0.3))
            if words_of_pair(person.identity, new, older)[0] < chance
        ]
        assert known_pairs(person) == both_ways(*pairs)
        numbers = [numbers[0] + ((new, FAMILY) in pairs), numbers[1] + ((new, FRIEND) in pairs)]
    assert 0 < numbers[1] < N / 2 < numbers[0] < N


@pytest.mark.parametrize(
    ("kin", "other", "known"),
    [
        (1.0, 1.0, both_ways((FAMILY + 1, FAMILY), (FAMILY + 1, FRIEND))),
        (1.0, 0.0, both_ways((FAMILY + 1, FAMILY))),
        (0.0, 1.0, both_ways((FAMILY + 1, FRIEND))),
        (0.0, 0.0, set()),
    ],
)
def test_acquaintance__relatives_and_others_at_the_extremes(
    kin: float, other: float, known: set[tuple[int, int]]
) -> None:
    values = {"form.chance.family": 1e9, "net.kin": kin, "net.other": other}
    model = after_a_week(group(Role.FAMILY, Role.FRIEND), values)
    assert all(known_pairs(person) == known for person in model.persons)


def test_acquaintance__a_programmes_new_ties_know_each_other_too() -> None:
    world = empty_world(1, n_programmes=1)
    row = programme(key=900, uses={Role.PEER: 3}, makes={Role.PEER}, deliverer=Role.PEER)
    (person,) = after_a_week(world, KNOWN | {"enrol.application": 1.0}, row).persons
    assert known_pairs(person) == both_ways(*combinations((65536 * 900, 65536 * 900 + 1, 65536 * 900 + 2), 2))


def test_acquaintance__a_tie_handed_over_is_drawn_anew() -> None:
    world = empty_world(N, tie_slots_per_person=3)
    for person in range(N):
        add_tie(world, person, Role.FAMILY, rate=0.0)
        add_tie(world, person, Role.PROFESSIONAL, origin=SERVICE, rate=0.0)
        add_tie(world, person, Role.FRIEND, rate=0.0)
    make_known(world, (0, 1), (0, 2))
    world.several["holder"][0] = 1  # the holder has changed
    successor, numbers = 1, []
    for person in after_a_week(world, {"net.other": 0.4}).persons:
        assert [tie.key for tie in person.ties] == [FAMILY, successor, FRIEND]
        new = [older for older in (FAMILY, FRIEND) if words_of_pair(person.identity, successor, older)[0] < 0.4]
        assert known_pairs(person) == both_ways((FAMILY, FRIEND), *((successor, older) for older in new))
        numbers.append(len(new))
    assert set(numbers) == {0, 1, 2}


def test_acquaintance__ends_with_the_tie() -> None:
    world = make_known(
        group(*[Role.FRIEND] * 5, n=1), (0, 1), (1, 2), (2, 3), (3, 4), (4, 0)
    )  # fmt: skip
    world.ties["strength"][2] = 0.01  # in the middle
    (person,) = after_a_week(world, {"fade.floor": 0.08}).persons
    zero, one, _, three, four = range(FRIEND, FRIEND + 5)
    assert [tie.key for tie in person.ties] == [zero, one, three, four]
    assert known_pairs(person) == both_ways((zero, one), (three, four), (four, zero))


# 7.3 climate

CLIMATE_ALONE = {"pace.slow": 0.0, "clinic.family_sessions": 0.0}


def test_climate__draws_relatives_and_nobody_else_to_the_criticism_of_the_relatives_they_know() -> None:
    world = make_known(group(*[Role.FAMILY] * 4, Role.FRIEND, n=1), (0, 1), (0, 2), (0, 4), (3, 4))
    had = [0.8, 0.2, 0.4, 0.6, 0.9]
    world.ties["criticism"][:5] = had
    (person,) = after_a_week(world, CLIMATE_ALONE | {"net.climate": 0.25}).persons
    expected = [
        0.8 + 0.25 * ((0.2 + 0.4) / 2 - 0.8),  # all read criticism as the week began
        0.2 + 0.25 * (0.8 - 0.2),
        0.4 + 0.25 * (0.8 - 0.4),
        0.6,  # knows a friend only
        0.9,
    ]
    assert [tie.criticism for tie in person.ties] == pytest.approx(expected, rel=1e-6)


@pytest.mark.parametrize(
    ("columns", "sessions"),
    [
        ({}, 2),
        (dict(sessions_per_week=3.0), 3),
        (dict(facilitated=0), 0),
        (dict(without_person=1), 0),
        (dict(sessions_per_week=0.0), 0),
    ],
)
def test_climate__draws_relatives_in_a_facilitated_session_to_all_in_it_whom_they_know(
    columns: dict[str, Any], sessions: int
) -> None:
    """In sessions: relatives 0, 1, 2 and friend 4; at home: relative 3 and friend 5."""
    world = empty_world(1, n_programmes=1)
    had = [0.8, 0.2, 0.4, 0.5, 0.9, 0.7]
    for role, trust, criticism in zip([Role.FAMILY] * 4 + [Role.FRIEND] * 2, (5, 5, 5, 1, 5, 1), had, strict=True):
        add_tie(world, 0, role, rate=0.0, trust=trust / 10, criticism=criticism)
    make_known(world, (0, 1), (0, 3), (0, 4), (2, 4), (2, 5))
    row = seated(world, **({"uses": {Role.FAMILY: 3, Role.FRIEND: 1}} | columns))
    (person,) = after_a_week(world, CLIMATE_ALONE | {"net.climate": 0.1}, row).persons
    expected = [
        0.8 + 0.1 * ((0.2 + 0.5) / 2 - 0.8) + sessions * 0.1 * ((0.2 + 0.9) / 2 - 0.8),
        0.2 + 0.1 * (0.8 - 0.2) + sessions * 0.1 * (0.8 - 0.2),
        0.4 + sessions * 0.1 * (0.9 - 0.4),
        0.5 + 0.1 * (0.8 - 0.5),
        0.9,
        0.7,
    ]
    assert [tie.criticism for tie in person.ties] == pytest.approx(expected, rel=1e-6)


def test_climate__is_added_to_what_else_moves_criticism() -> None:
    world = make_known(group(Role.FAMILY, Role.FAMILY, n=1, strain=0.3), (0, 1))
    world.ties["criticism"][:2] = world.ties["own_criticism"][:2] = [0.5, 0.7]
    world.ties["own_criticism"][0] = 0.9
    (first, _) = after_a_week(world, {"net.climate": 0.25, "pace.slow": 0.01}).persons[0].ties
    expected = 0.5 + 0.01 * (0.9 + 0.3 - 0.1 - 0.5) + 0.25 * (0.7 - 0.5)
    assert first.criticism == pytest.approx(expected, rel=1e-6)


# 7.6 shared load

ASKED = 0.5 * (1 - 0.6 * 0.3)  # at a rate of 1


def loaded(*pairs: tuple[int, int], shared: float = 0.5) -> list[Tie]:
    """A week of: overloaded; two with time to spare; a fellow patient; a professional; somebody overloaded too."""
    world = empty_world(2)
    world.several["capacity"][:] = [3.0, 100.0, 100.0]
    add_tie(world, 0, Role.FRIEND, rate=10.0, capacity=1.0)
    add_tie(world, 0, Role.FRIEND, rate=0.0, capacity=1.5)
    add_tie(world, 0, Role.FAMILY, rate=1.0, capacity=2.0)
    add_fellows(world, 0, 1, rate=0.0)
    add_tie(world, 0, Role.PROFESSIONAL, origin=SERVICE, rate=20.0)
    add_tie(world, 0, Role.FRIEND, rate=4.0, capacity=0.5)
    return after_a_week(make_known(world, *pairs), WELL | {"net.shared_load": shared}).persons[0].ties


def strain_of(load: float, capacity: float) -> float:
    return pytest.approx(0.05 * max(0.0, load / capacity - 1), rel=1e-5)


def test_shared_load__those_whom_one_knows_carry_what_they_can_spare() -> None:
    ties = loaded((0, 1), (0, 2), (0, 5))
    relief = 0.5 * (1.5 + (2.0 - ASKED))  # nothing from whoever is overloaded too
    assert ties[0].supporter.strain == strain_of(10 * ASKED - relief, 1.0)
    assert ties[5].supporter.strain == strain_of(4 * ASKED, 0.5)  # who knows nobody with time to spare
    assert [ties[k].supporter.strain for k in (1, 2)] == [0.0, 0.0]


def test_shared_load__nobody_carries_for_strangers() -> None:
    ties = loaded((1, 2), (1, 5), (2, 5))
    assert ties[0].supporter.strain == strain_of(10 * ASKED, 1.0)
    assert ties[5].supporter.strain == strain_of(4 * ASKED - 0.5 * (1.5 + 2.0 - ASKED), 0.5)


def test_shared_load__is_among_supporters_of_one_person_only() -> None:
    ties = loaded(*all_pairs(6))
    relief = 0.5 * (1.5 + 2.0 - ASKED)  # fellow patient and professional have time to spare, for others
    assert ties[0].supporter.strain == strain_of(10 * ASKED - relief, 1.0)
    demand = 20 * 0.5 * 0.7
    assert ties[4].supporter.strain == strain_of(demand, 3.0)


def test_shared_load__never_rests_more_than_there_is() -> None:
    ties = loaded((5, 1), (5, 2), shared=1.0)
    assert 4 * ASKED - (1.5 + 2.0 - ASKED) < 0.5
    assert ties[5].supporter.strain == 0.0


# 7.7 meetings


def seated(world: World, **columns: Any) -> dict[str, Any]:
    """A programme with two friends of everybody in its two sessions, and everybody in it."""
    world.places["weeks_in"] = 1
    row = dict(key=900, uses={Role.FRIEND: 2}, facilitated=1, sessions_per_week=2.0, coverage=0.0, non_verbal=1)
    return programme(**(row | columns))


def friends_and_relative(n: int = N) -> World:
    world = empty_world(n, tie_slots_per_person=5, n_programmes=1)
    for person in range(n):
        for role in (Role.FRIEND, Role.FAMILY, Role.FRIEND):
            add_tie(world, person, role, rate=0.0)
        add_tie(world, person, Role.FRIEND, rate=0.0, trust=0.1)  # is not in the sessions
    return world


def test_meeting__makes_all_in_a_facilitated_session_acquainted() -> None:
    world = friends_and_relative()
    model = after_a_week(world, {"net.meeting": 0.2}, seated(world))
    words = [LUCK.uniforms(Draw.SESSION, 0, i, 65536 * 900, index=3)[0] for i in range(N)]
    meeting = {i for i in range(N) if words[i] < 1 - (1 - 0.2) ** 2}
    assert 0 < len(meeting) < N
    for person in model.persons:
        assert known_pairs(person) == (both_ways((FRIEND, FRIEND + 1)) if person.identity in meeting else set())


@pytest.mark.parametrize(
    ("columns", "meeting"), [(dict(facilitated=0), 1.0), (dict(sessions_per_week=0.0), 1.0), ({}, 0.0)]
)
def test_meeting__needs_a_facilitated_session(columns: dict[str, Any], meeting: float) -> None:
    world = friends_and_relative()
    model = after_a_week(world, {"net.meeting": meeting}, seated(world, **columns))
    assert all(known_pairs(person) == set() for person in model.persons)


def test_meeting__includes_those_who_come_with_the_programme() -> None:
    world = friends_and_relative(n=1)
    add_tie(world, 0, Role.PROFESSIONAL, origin=0, key_space=900, rate=0.0)
    row = seated(
        world, uses={Role.FRIEND: 2, Role.PROFESSIONAL: 1}, makes={Role.PROFESSIONAL}, deliverer=Role.PROFESSIONAL
    )
    (person,) = after_a_week(world, {"net.meeting": 1.0}, row).persons
    assert known_pairs(person) == both_ways(*combinations((FRIEND, FRIEND + 1, 65536 * 900), 2))


# 7.7 embeddedness

HAZARD = {"fade.outside": 10.0, "net.embeddedness": 1.2}


def hazard(share: float, family: bool = False) -> float:
    return 10 * math.exp(-8.7 * 0.35 - 1.2 * share) * (0.4 if family else 1.0)


def test_embeddedness__keeps_ties_by_the_share_of_others_known() -> None:
    world = make_known(group(Role.FRIEND, Role.FRIEND, Role.FRIEND, Role.FAMILY, strength=0.35), (0, 1), (0, 2), (0, 3))
    model = after_a_week(world, HAZARD)
    shares = {FRIEND: 3 / 3, FRIEND + 1: 1 / 3, FRIEND + 2: 1 / 3, FAMILY: 1 / 3}  # whoever else leaves this week
    for key, share in shares.items():
        ends = below(1 - math.exp(-hazard(share, key == FAMILY)), Draw.MEET, 1, key)
        assert who(model, "tie ends", key, "outside reasons") == ends


@pytest.mark.parametrize(("pairs", "share"), [([], 0.0), (all_pairs(3), 1.0)])
def test_embeddedness__nobody_and_everybody_known(pairs: list[tuple[int, int]], share: float) -> None:
    model = after_a_week(make_known(group(*[Role.FRIEND] * 3, strength=0.35), *pairs), HAZARD)
    for key in range(FRIEND, FRIEND + 3):
        expected = below(1 - math.exp(-hazard(share)), Draw.MEET, 1, key)
        assert who(model, "tie ends", key, "outside reasons") == expected


def test_embeddedness__of_an_only_tie_is_nothing() -> None:
    model = after_a_week(group(Role.FRIEND, strength=0.35), HAZARD)
    assert who(model, "tie ends", "outside reasons") == below(1 - math.exp(-hazard(0.0)), Draw.MEET, 1, FRIEND)


def test_embeddedness__counts_those_met_this_week() -> None:
    world = empty_world(2, n_programmes=1)
    for person in range(2):
        for _ in range(2):
            add_tie(world, person, Role.FRIEND, rate=0.0)
    row = seated(world)
    world.places["weeks_in"][0, 1] = -1
    values = {"fade.outside": 1e9, "net.embeddedness": 1e3, "net.meeting": 1.0}
    met, not_met = after_a_week(world, values, row).persons
    assert (len(met.ties), len(not_met.ties)) == (2, 0)


@pytest.mark.parametrize("role", [Role.FRIEND, Role.FAMILY])
def test_embeddedness__among_forty_supporters(role: Role) -> None:
    """Twenty know each other, and so do the twenty others: everybody knows 19 of 39."""
    pairs = [(a, b) for a, b in all_pairs(40) if a % 2 == b % 2]
    world = make_known(group(*[role] * 40, n=20, slots=40, strength=0.35), *pairs)
    model = after_a_week(world, HAZARD)
    chance = 1 - math.exp(-hazard(19 / 39, role == Role.FAMILY))
    staying = 0
    for person in model.persons:
        keys = range(65536 * role, 65536 * role + 40)
        stays = [key for key in keys if LUCK.uniforms(Draw.MEET, 0, person.identity, key)[1] >= chance]
        assert [tie.key for tie in person.ties] == stays
        assert known_pairs(person) == {(a, b) for a in stays for b in stays if a != b and a % 2 == b % 2}
        staying += len(stays)
    assert 0 < staying < 20 * 40


# 7.7 new friends, introductions, relatives


def test_introduction__comes_through_a_supporter_who_knows_others() -> None:
    model = after_a_week(make_known(group(*[Role.FRIEND] * 4), (0, 1), (0, 2)), {"form.chance.friend": 1e9})
    friends, new, through_whom = [FRIEND + k for k in range(4)], FRIEND + 4, set()
    shares, circles = [2 / 3, 1 / 3, 1 / 3, 0.0], [(1, 2), (0,), (0,), ()]
    for person in model.persons:
        whom, comes, _, _ = LUCK.uniforms(Draw.ACQUAINTANCE, 0, person.identity, new, index=1)
        k = math.floor(whom * 4)
        known = set()
        if comes < shares[k]:
            through_whom.add(k)
            circle = [friends[c] for c in circles[k]]
            known = {friends[k], *(c for c in circle if words_of_pair(person.identity, new, c)[1] < shares[k])}
        expected = both_ways(*((new, one) for one in known))
        assert known_pairs(person) == both_ways((FRIEND, FRIEND + 1), (FRIEND, FRIEND + 2)) | expected
    assert through_whom == {0, 1, 2}


@pytest.mark.parametrize(("pairs", "known"), [(all_pairs(4), 4), ([], 0)])
def test_introduction__where_everybody_or_nobody_knows_the_others(pairs: list[tuple[int, int]], known: int) -> None:
    model = after_a_week(make_known(group(*[Role.FRIEND] * 4), *pairs), {"form.chance.friend": 1e9})
    for person in model.persons:
        assert person.ties[-1].key == FRIEND + 4
        assert len(person.ties[-1].acquaintances) == known


def test_introduction__needs_somebody_to_come_through() -> None:
    model = after_a_week(empty_world(N), {"form.chance.friend": 1e9, "people.fellow_patients": 0.0})
    assert all([tie.key for tie in person.ties] == [FRIEND] for person in model.persons)
    assert all(known_pairs(person) == set() for person in model.persons)


def test_introduction__is_for_peers_too_but_not_for_relatives() -> None:
    world = make_known(group(*[Role.FRIEND] * 3), *all_pairs(3))
    values = {"form.chance.peer": 1e9, "form.chance.family": 1e9, "people.fellow_patients": 0.0}
    for person in after_a_week(world, values).persons:
        peer, relative = person.ties[3:]
        assert (peer.role, len(peer.acquaintances)) == (Role.PEER, 3)
        assert (relative.role, len(relative.acquaintances)) == (Role.FAMILY, 0)


def test_friends__are_wished_for_whatever_the_number_of_relatives() -> None:
    world = group(Role.FRIEND, Role.FAMILY, Role.FAMILY, Role.FAMILY)
    world.people["wished_size"] = 2.0
    model = after_a_week(world, {"form.chance.friend": 0.8})
    person = model.persons[0]
    openness = (person.processes[0] + person.skill + person.resources[3]) * (1 - person.withdrawal)
    assert who(model, "tie begins") == below(0.8 * openness * (1 - 1 / 2), Draw.FORM, 1)


@pytest.mark.parametrize("withdrawal", [0.0, 1.0])
def test_relatives__are_gained_up_to_those_there_are_whoever_the_person_is(withdrawal: float) -> None:
    world = group(Role.FAMILY, Role.FRIEND, Role.FRIEND)
    world.people["relatives"], world.people["wished_size"], world.people["withdrawal"] = 4.0, 1.0, withdrawal
    model = after_a_week(world, {"form.chance.family": 0.6})
    assert who(model, "tie begins") == below(0.6 * (1 - 1 / 4), Draw.FORM, 2)


@pytest.mark.parametrize(("there_are", "roles"), [(0.0, ()), (1.0, (Role.FAMILY,)), (1.5, (Role.FAMILY,) * 2)])
def test_relatives__nobody_gains_more_than_there_are(there_are: float, roles: tuple[Role, ...]) -> None:
    world = group(*roles)
    world.people["relatives"] = there_are
    model = after_a_week(world, KNOWN | {"form.chance.family": 1e9})
    assert who(model, "tie begins") == set()
