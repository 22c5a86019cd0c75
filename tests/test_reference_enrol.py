"""Hand tables for the reference model: programmes, sessions and services (docs/odd.md, 7.8)."""

import math
from typing import Any

import pytest

from supportnet.sim.enums import SERVICE, Condition, Resource, Role, Target
from supportnet.sim.randomness import Draw
from supportnet.sim.state import NEVER, Input, World
from tests.reference import Reference
from tests.reference_draws import Luck
from tests.test_reference import COMMUNICATION, QUIET, happened
from tests.worlds import SURELY, WELL, add_tie, empty_world, plain_rules, programme

pytestmark = pytest.mark.usefixtures("one_contact_at_most")
AT_ONCE = {"enrol.application": 1.0, "meet.closing": 0.0}  # who may join joins, who is in attends
SEED, REPLICATE = 5, 2


def lived(world: World, values: dict[str, float], *rows: dict[str, Any], weeks: int = 1, **rules: Any) -> Reference:
    model = Reference.from_world(world, plain_rules(QUIET | values, programmes=rows, **rules), SEED, REPLICATE)
    for _ in range(weeks):
        model.step()
    return model


def test_enrol__a_session_mobilises_what_its_row_says() -> None:
    group = programme(mobilises={Resource.DECISION_MAKING}, sessions_per_week=3.0, uses={})
    values = AT_ONCE | {"pace.medium": 0.0}
    (person,) = lived(empty_world(1, n_programmes=1), values, group).persons
    assert (person.enrolments, person.sessions) == (1, 3)
    assert (person.places[0].weeks_in, person.places[0].attended, person.places[0].sessions) == (1, 3, 3)
    assert person.resources[:2] == pytest.approx([0.5 + (1 - 0.92**3) * 0.5, 0.5])


def test_enrol__the_most_trusted_share_a_facilitated_session_with_the_facilitator() -> None:
    world = empty_world(1, n_programmes=1)
    for trust in (0.3, 0.5, 0.5, 0.5):
        add_tie(world, 0, Role.FRIEND, rate=0.0, trust=trust, expertise=0.3)
    world.places["weeks_in"] = 3
    trust = 1 - 0.6 * 0.88**3  # in the facilitator, after three weeks with a session each
    group = programme(uses={Role.FRIEND: 2}, facilitated=1, reciprocity=0.9)  # the expert is not stated: 1/2
    model = lived(world, AT_ONCE | WELL, group)
    person = model.persons[0]
    assert [event[:3] for event in happened(model, "contact")] == [
        (0, 131073, 1),
        (0, 131074, 1),
        (0, 65536 * 1000, 65),
    ]
    assert person.inputs[Input.GIVING] == pytest.approx(0.15 * (0.5 + 0.5 + 0.9) / 3)  # friends: their own
    assert person.inputs[Input.EXPERTISE] == pytest.approx(0.15 * (0.3 + 0.3 + 0.5) / 3, rel=1e-6)
    assert person.inputs[Input.SOCIAL] == pytest.approx(0.15 * 2 / 3)
    assert person.inputs[Input.TREATMENT] == pytest.approx(0.15 * 0.68 * (trust - 0.4) / 3)  # one of the three treats
    assert person.inputs[Input.CONTACTS] == pytest.approx(0.15)
    assert person.contacts == 1  # one meeting, shared by three
    friends = COMMUNICATION / 3 * (1 - (1 - 0.3 * 0.5) * (1 - 0.6 * 0.5))
    own = 1 - 0.5 * (1 - 0.68)
    knowledge = 1 - (1 - 0.5 * own) * (1 - 0.85 * 0.68)
    facilitator = trust * 0.75 / 3 * knowledge
    assert person.inputs[Input.PROBLEM] == pytest.approx(0.15 * (2 * friends + facilitator), rel=1e-6)
    learned = 1 - 0.5 * 0.998  # a session teaches once
    assert person.skill == pytest.approx(learned - 0.002 * (learned - 0.5))
    assert person.ties[1].supporter.demand == 0  # comes along, and is asked for nothing


def test_enrol__facilitated_family_sessions_lower_criticism() -> None:
    world = empty_world(1, n_programmes=1)
    add_tie(world, 0, Role.FAMILY, rate=0.0, criticism=0.6, own_criticism=0.6, strain=0.1)
    world.people.resources[0, Resource.SELF_ACTUALISING] = 0.3
    meeting = programme(uses={Role.FAMILY: 1}, facilitated=1, sessions_per_week=2.0)
    (tie,) = lived(world, AT_ONCE | WELL, meeting).persons[0].ties
    assert tie.criticism == pytest.approx(0.6 * (1 - 0.1 * (0.5 + 0.3)) ** 2, rel=1e-6)


def test_enrol__a_programme_brings_people_along_and_leaves_friends_behind() -> None:
    row = programme(
        key=777, uses={Role.FRIEND: 1, Role.PROFESSIONAL: 1}, makes={Role.FRIEND, Role.PROFESSIONAL}, weeks=2.0,
        sessions_per_week=3.0, deliverer=Role.FRIEND, reciprocity=0.6, expertise=0.85, expert_stated=1,
    )  # fmt: skip
    world = empty_world(1, n_programmes=1)
    model = lived(world, AT_ONCE | WELL | {"pace.medium": 0.0}, row)
    (person,) = model.persons
    assert [(tie.role, tie.key, tie.origin, tie.rate) for tie in person.ties] == [
        (Role.PROFESSIONAL, 65536 * 777, 0, 0.0),
        (Role.FRIEND, 65536 * 777 + 1, 0, 0.0),
    ]
    therapist, friend = person.ties
    assert (friend.reciprocity, friend.expertise) == pytest.approx((0.6, 0.85))
    opened = 0.6 - (0.6 - 0.2) * 0.95**3  # towards the openness of the programme, once a session
    assert (therapist.reciprocity, therapist.expertise) == pytest.approx((opened, 0.3))
    assert friend.supporter.capacity >= 3.0
    assert person.professional_contacts == 0  # of the service and of life, not sessions
    assert friend.trust == pytest.approx(1 - 0.6 * 0.88 ** (3 / 2))
    model.step()
    model.step()
    assert happened(model, "completes") == [(0, 0)]
    assert person.ties == [friend]
    assert friend.rate == pytest.approx(0.2 * 3.0)
    assert (person.places[0].weeks_in, person.places[0].weeks_out, person.places[0].attended) == (-1, 1, 6)


def test_enrol__the_deliverers_tie_is_pulled_towards_the_programme_and_no_other() -> None:
    world = empty_world(1, n_programmes=1)
    for role in (Role.PEER, Role.FAMILY):
        add_tie(world, 0, role, rate=0.0)
    row = programme(
        uses={Role.PEER: 1, Role.FAMILY: 1}, deliverer=Role.PEER, reciprocity=0.9, expertise=0.1, expert_stated=1
    )
    peer, relative = lived(world, AT_ONCE | {"pace.medium": 0.0}, row).persons[0].ties
    assert (peer.reciprocity, peer.expertise) == pytest.approx((0.5 + 0.05 * 0.4, 0.5 - 0.05 * 0.4))
    assert (relative.reciprocity, relative.expertise) == (0.5, 0.5)


def test_enrol__joining_again_meets_the_same_people() -> None:
    row = programme(key=777, makes={Role.FRIEND}, weeks=1.0)
    model = lived(empty_world(1, n_programmes=1), AT_ONCE | {"enrol.pause": 2.0}, row, weeks=4)
    (person,) = model.persons
    joined = [week for week, events in model.events.items() if ("joins", 0, 0) in events]
    assert joined == [0, 3]  # leaves in week 1, out for two weeks
    assert len(person.ties) == person.places[0].made == 2
    assert all(tie.rate == 0 for tie in person.ties)


def test_enrol__scarce_places_go_by_lot() -> None:
    n = 12
    world = empty_world(n, n_programmes=1)
    world.places.weeks_in[0, 3] = 1  # joined last week
    model = lived(world, AT_ONCE, programme(key=777, uses={}, places=5))
    lots = [Luck(SEED, REPLICATE).uniforms(Draw.ENROL, 0, i, 65536 * 777)[2] for i in range(n)]
    lucky = sorted((i for i in range(n) if i != 3), key=lots.__getitem__)[:4]
    assert {event[0] for event in happened(model, "joins")} == set(lucky)
    assert sum(person.places[0].weeks_in >= 0 for person in model.persons) == 5


def test_enrol__offers_and_willingness_stay_with_the_person() -> None:
    n = 400
    row = programme(key=777, uses={}, coverage=0.5, uptake=0.4)
    model = lived(empty_world(n, n_programmes=1), AT_ONCE, row, weeks=5)
    luck = Luck(SEED, REPLICATE)
    words = [luck.uniforms(Draw.OFFER, 0, i, 65536 * 777) for i in range(n)]
    wanting = {i for i in range(n) if words[i][0] < 0.5 and words[i][1] < 0.4}
    assert {event[0] for event in happened(model, "joins")} == wanting
    assert 50 < len(wanting) < 110


def test_enrol__a_programme_starts_in_its_week() -> None:
    model = lived(empty_world(2, n_programmes=1), AT_ONCE, programme(uses={}, start=3), weeks=5)
    assert [week for week, events in model.events.items() for event in events if event[0] == "joins"] == [3, 3]


def test_enrol__the_withdrawn_miss_sessions_unless_these_need_no_words() -> None:
    world = empty_world(200, n_programmes=2)
    world.people.withdrawal[:] = 1.0
    talking = programme(uses={}, sessions_per_week=7.0, key=777)
    music = programme(uses={}, sessions_per_week=7.0, key=778, non_verbal=1)
    model = lived(world, AT_ONCE | {"meet.closing": 0.3}, talking, music)
    attended = [sum(person.places[p].sessions for person in model.persons) for p in range(2)]
    assert attended[1] == 1400
    assert attended[0] == pytest.approx(1400 * 0.7, abs=4 * (1400 * 0.7 * 0.3) ** 0.5)


def test_enrol__each_session_has_its_own_word() -> None:
    world = empty_world(100, n_programmes=1)
    world.people.withdrawal[:] = 0.8
    row = programme(uses={}, sessions_per_week=5.5, key=777)
    model = lived(world, AT_ONCE | {"meet.closing": 0.5}, row)
    for person in model.persons:
        luck = Luck(SEED, REPLICATE)
        first, second = (luck.uniforms(Draw.SESSION, 0, person.identity, 65536 * 777, index) for index in (0, 1))
        held = 6 if first[0] >= 0.5 else 5
        expected = [u < 1 - 0.5 * 0.8 for u in (first[1], first[2], first[3], *second)][:held]
        assert person.places[0].sessions == sum(expected)


def test_enrol__distrust_makes_people_drop_out_however_withdrawn_they_are() -> None:
    n = 300
    world = empty_world(n, n_programmes=2)
    for person in range(n):
        add_tie(world, person, Role.FRIEND, origin=1, key_space=778, trust=0.9)  # of no concern here
        add_tie(world, person, Role.FRIEND, trust=0.3 if person % 2 else 0.8)
        add_tie(world, person, Role.FRIEND, trust=0.4)
        if person % 3 == 0:
            add_tie(world, person, Role.PEER, origin=0, key_space=777, trust=0.2)
    world.people.withdrawal[:] = 0.5  # of no concern either
    world.places.weeks_in[0] = 3
    row = programme(uses={Role.FRIEND: 2, Role.PEER: 1}, makes={Role.PEER}, key=777, weeks=40.0)
    model = lived(world, {"enrol.dropout": 42.0}, row, programme(uses={}, key=778, coverage=0.0))
    expected = set()
    for i in range(n):
        trust = 0.2 if i % 3 == 0 else (0.3 + 0.4) / 2 if i % 2 else (0.8 + 0.4) / 2
        hazard = 42 / 40 * math.exp(-2 * trust)
        if Luck(SEED, REPLICATE).uniforms(Draw.ENROL, 0, i, 65536 * 777)[1] < 1 - math.exp(-hazard):
            expected.add(i)
    assert {event[0] for event in happened(model, "drops out")} == expected
    assert 50 < len(expected) < 250


def test_enrol__who_drops_out_is_counted() -> None:
    world = empty_world(1, n_programmes=1)
    world.places.weeks_in[0, 0] = 2
    model = lived(world, {"enrol.dropout": 1e9}, programme(uses={}))
    assert happened(model, "drops out") == [(0, 0)]
    assert model.persons[0].dropouts == 1


def test_enrol__sessions_come_out_of_the_week() -> None:
    world = empty_world(1, n_programmes=1)
    add_tie(world, 0, Role.FRIEND, rate=10.0)
    world.people["time"] = 4.0
    model = lived(world, AT_ONCE, programme(uses={}, sessions_per_week=3.0))
    asked = 10 * 0.5
    assert model.persons[0].share == pytest.approx((4 - 3) / asked, rel=1e-6)


@pytest.mark.parametrize(
    ("target", "setting"),
    [
        (Target.FEW_TIES, {"n_ties": 5}),
        (Target.LONELY, {"loneliness": 0.41}),
        (Target.LOW_RECOVERY, {"processes": 0.53}),
        (Target.SEVERE_DISTRESS, {"distress": 19.5 / 27 + 1e-6}),
        (Target.WITHDRAWN, {"withdrawal": 0.36}),
        (Target.AFFECTIVE, {"condition": Condition.AFFECTIVE}),
        (Target.PSYCHOSIS, {"condition": Condition.PSYCHOSIS}),
    ],
)
def test_enrol__programmes_are_for_their_target_group(target: Target, setting: dict[str, float]) -> None:
    world = empty_world(2, n_programmes=1)
    for person in range(2):
        for _ in range(6):
            add_tie(world, person, Role.FRIEND, strength=0.7, trust=0.8, rate=0.0)
    if target == Target.PSYCHOSIS:
        world.people.condition[:] = Condition.AFFECTIVE
    for name, value in setting.items():
        world.people[name][1] = value
    model = lived(world, AT_ONCE, programme(uses={}, target=target))
    assert happened(model, "joins") == [(1, 0)]


def test_enrol__somebody_with_a_confidant_is_not_without_one() -> None:
    world = empty_world(2, n_programmes=1)
    add_tie(world, 0, Role.FRIEND, strength=0.66, trust=0.71)
    add_tie(world, 1, Role.FRIEND, strength=0.66, trust=0.69)
    model = lived(world, AT_ONCE, programme(uses={}, target=Target.NO_CONFIDANT))
    assert happened(model, "joins") == [(1, 0)]


def test_services__a_successor_takes_over_half_of_the_trust() -> None:
    world = empty_world(2)
    add_tie(world, 0, Role.PROFESSIONAL, origin=SERVICE, rate=0.0, trust=0.8, strength=0.65, ceiling=0.77, friction=0.5)
    still = {"bond.fading": 0.0}
    model = lived(world, still, services=[{"turnover": 1e9, "continuity": 0.5}])
    (post,) = model.posts
    z = Luck(SEED, REPLICATE).normals(Draw.STAFF_TRAITS, 1, 0)
    assert (post.holder, post.strain, post.left) == (1, 0.0, 1)
    assert post.competence == pytest.approx(min(1, 0.68 + 0.15 * z[0]))
    assert post.warmth == pytest.approx(min(1, 0.65 + 0.15 * z[1]))
    assert model.persons[0].ties[0].key == 0

    model.rules = plain_rules(QUIET | still, services=[{"continuity": 0.5}])
    model.step()
    (tie,) = model.persons[0].ties
    assert (tie.key, tie.age, tie.origin) == (1, 1, SERVICE)
    assert tie.trust == pytest.approx(0.4 + 0.5 * (0.8 - 0.4))
    assert tie.strength == pytest.approx(0.25 + 0.5 * (0.65 - 0.25))
    assert (tie.rate, tie.ceiling) == pytest.approx((0.0, 0.77))
    assert tie.friction == 0.0
    assert (tie.warmth, tie.competence) == (post.warmth, post.competence)
    assert model.persons[0].holder == 1
    assert post.ties == [tie]


def test_services__people_disengage_and_come_back_in_a_crisis() -> None:
    world = empty_world(2)
    for person in range(2):
        add_tie(world, person, Role.PROFESSIONAL, origin=SERVICE, rate=0.0)
    world.people.crisis[1] = 5
    model = lived(world, {"enrol.disengage": 1e9, "enrol.back_in_crisis": 1.0})
    assert [person.ties for person in model.persons] == [[], []]
    model.rules = plain_rules(QUIET | {"enrol.back_in_crisis": 1.0})
    model.step()
    assert [[tie.key for tie in person.ties] for person in model.persons] == [[], [1]]


def test_services__people_come_back_at_the_slow_pace_outside_crises() -> None:
    n = 200
    model = lived(empty_world(n), {"pace.slow": 0.2, "enrol.back_in_crisis": 1.0})
    back = {i for i in range(n) if Luck(SEED, REPLICATE).uniforms(Draw.SERVICE, 0, i)[1] < 0.2}
    assert 0 < len(back) < n
    assert {person.identity for person in model.persons if person.service_tie} == back


def test_services__trust_keeps_people_engaged() -> None:
    n = 4000
    world = empty_world(n, tie_slots_per_person=1)
    for person in range(n):
        add_tie(world, person, Role.PROFESSIONAL, origin=SERVICE, rate=0.0, trust=0.8 if person % 2 else 0.3)
    model = lived(world, {"enrol.disengage": 0.2})
    gone = [0, 0]
    for identity, *_ in happened(model, "tie ends"):
        gone[identity % 2] += 1
    for count, trust in zip(gone, (0.3, 0.8), strict=True):
        chance = 1 - math.exp(-0.2 * math.exp(-2 * trust))
        assert count == pytest.approx(2000 * chance, abs=4 * (2000 * chance) ** 0.5)


def test_services__nobody_without_access_keeps_a_professional() -> None:
    world = empty_world(1)
    add_tie(world, 0, Role.PROFESSIONAL, origin=SERVICE, **SURELY)
    world.people.access[0] = 0
    world.people.crisis[0] = 5
    model = lived(world, {"enrol.back_in_crisis": 1.0}, weeks=2)
    assert model.persons[0].ties == []
    assert model.persons[0].post_weeks == 0


def test_services__a_post_is_shared_by_all_of_its_caseload() -> None:
    world = empty_world(3)
    for person in range(3):
        add_tie(world, person, Role.PROFESSIONAL, origin=SERVICE, rate=4.0, trust=0.5)
    world.several.capacity[0] = 2.0
    model = lived(world, {})
    demand = 3 * 4 * 0.5 * 0.7
    assert model.posts[0].demand == pytest.approx(demand, rel=1e-5)
    assert model.posts[0].availability == pytest.approx(2 / demand, rel=1e-5)
    assert model.posts[0].strain >= 0.05 * (demand / 2 - 1) * 0.99
    assert [person.post_weeks for person in model.persons] == [1 / 20] * 3
    assert all(place.weeks_out == NEVER for person in model.persons for place in person.places)
