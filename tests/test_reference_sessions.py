"""Hand tables for the reference model: sessions, who shares them and what they do (docs/odd.md, 7.1-7.4, 7.6, 7.8)."""

import math
from typing import Any

import pytest

from supportnet.sim.enums import SERVICE, Resource, Role
from supportnet.sim.randomness import Draw
from supportnet.sim.state import Input, World
from tests.reference import Reference
from tests.reference_people import Person
from tests.test_reference import ALONE, BASES, QUIET, SUPPORT, happened
from tests.test_reference_chances import LUCK, N, below, logistic, who
from tests.worlds import BADLY, NOBODY, SURELY, WELL, add_tie, empty_world, plain_rules, programme

pytestmark = pytest.mark.usefixtures("one_contact_at_most")
KEY = 65536 * 900  # about a person and the programme; its ties are counted from here
ALWAYS = {"meet.closing": 0.0}
STILL = {"pace.medium": 0.0, "bond.fading": 0.0}  # no tie drifts or fades


def after_a_week(
    world: World, values: dict[str, float], *rows: dict[str, Any], weeks_in: Any = 1, **rules: Any
) -> Reference:
    """The model after a week in which everybody is in programme 0, with key 900, for so many weeks already."""
    world.places["weeks_in"][0] = weeks_in
    model = Reference.from_world(world, plain_rules(QUIET | ALWAYS | values, programmes=rows, **rules), *LUCK)
    model.step()
    return model


def session(**columns: Any) -> dict[str, Any]:
    return programme(**(dict(key=900, coverage=0.0) | columns))


def one_person(values: dict[str, float], row: dict[str, Any], *roles: Role, **columns: float) -> Person:
    """Somebody after a week in a programme, with ties of these roles who meet in its sessions only."""
    world = empty_world(1, n_programmes=1)
    for role in roles:
        add_tie(world, 0, role, **({"rate": 0.0} | columns))
    return after_a_week(world, values, row).persons[0]


def keys_met(model: Reference) -> list[int]:
    return [key for _, key, *_ in happened(model, "contact")]


def test_facilitator__is_a_professional_who_leaves_no_tie() -> None:
    world = empty_world(1, n_programmes=1)
    row = session(uses={}, facilitated=1, reciprocity=0.6, expertise=0.3, supporter_expertise=0.9, expert_stated=1)
    model = after_a_week(world, WELL, row, weeks_in=2)
    (person,) = model.persons
    trust = 1 - (1 - 0.4) * (1 - 0.12) ** 2  # after two weeks with a session each
    communication = trust * 0.75
    own = 1 - (1 - 0.5) * (1 - 0.68)
    problem = communication * (1 - (1 - 0.3 * own) * (1 - 0.9 * 0.68))
    influence = trust * problem * (1 - (0.6 - 0.3))
    brought = {
        Input.EMOTIONAL: communication * 0.65,
        Input.PROBLEM: problem,
        Input.INFLUENCE: influence,
        Input.TRANSCENDING: 0.6 * trust,
        Input.GIVING: 0.6,
        Input.REACTANCE: 0.6 - 0.3,
        Input.EXPERTISE: 0.3,
        Input.CONTACTS: 1.0,
        Input.TREATMENT: 0.68 * (trust - 0.4),
    }
    assert person.inputs == pytest.approx([0.15 * brought.get(column, 0.0) for column in Input], rel=1e-6)
    assert person.contacts == pytest.approx(1.0)
    assert person.ties == []
    assert (person.professional_contacts, person.recent[0], model.posts[0].strain) == (0, [0, 0, 0, 0], 0.0)


def test_facilitator__is_trusted_by_weeks_since_joining_whatever_was_attended() -> None:
    world = empty_world(4, n_programmes=1)
    world.places["attended"][0] = [0, 0, 30, 9]
    row = session(uses={}, facilitated=1, sessions_per_week=2.5)
    model = after_a_week(world, WELL, row, weeks_in=[0, 1, 1, 6])
    for person, weeks in zip(model.persons, (0, 1, 1, 6), strict=True):
        trust = 1 - 0.6 * 0.88 ** (2.5 * weeks)
        sessions = person.places[0].sessions
        assert sessions in (2, 3)
        treatment = 0.15 * sessions * 0.68 * (trust - 0.4)
        assert person.inputs[Input.TREATMENT] == pytest.approx(treatment, rel=1e-6, abs=1e-12)


def test_facilitator__goes_well_by_the_means_of_professionals() -> None:
    world = empty_world(N, tie_slots_per_person=1, n_programmes=1)
    for person in range(N):
        add_tie(world, person, Role.FRIEND, rate=0.0)
    row = session(uses={Role.FRIEND: 1}, facilitated=1, reciprocity=0.3, sessions_per_week=2.0)
    model = after_a_week(world, {"help.well_base": -1.5}, row)
    trust = 1 - 0.6 * 0.88**2  # after a week of two sessions
    mismatch = abs((0.5 - 0.5) - (0.3 - 0.2))
    logit = -1.5 + 1.5 * trust + 0.9 * (1 / 2 + 0.5 + 1 - 0.08 - 0.2) - 0.8 * mismatch  # no friction
    for j in (1, 2):
        words = [LUCK.uniforms(Draw.HELP, 0, i, KEY, index=64 + j) for i in range(N)]
        well = {i for i in range(N) if words[i][0] < logistic(logit)}
        assert 0 < len(well) < N
        assert who(model, "contact", KEY, 64 + j, "well") == well
        assert who(model, "contact", KEY, 64 + j, "rupture") == {i for i in range(N) if words[i][1] < 0.55} - well


@pytest.mark.parametrize("trust", [0.9, 0.4, 0.2])
def test_treatment__helps_above_the_trust_of_a_new_tie_and_harms_below_it(trust: float) -> None:
    """Competence .7, a new tie's trust .4: a weekly session, gone well or not, moves distress by its smoothed sum."""
    world = empty_world(1, n_programmes=1)
    columns = dict(rate=0.0, trust=trust, competence=0.7)
    add_tie(world, 0, Role.PROFESSIONAL, origin=0, key_space=900, **columns)
    row = session(uses={Role.PROFESSIONAL: 1}, makes={Role.PROFESSIONAL}, deliverer=Role.PROFESSIONAL)
    values = STILL | {"clinic.distress_harm": 0.0, "clinic.distress_hope": 0.0}
    for how in (WELL, BADLY):
        person = after_a_week(world, values | how, row).persons[0]
        treated = 0.15 * 0.7 * (trust - 0.4)
        assert person.inputs[Input.TREATMENT] == pytest.approx(treated, rel=1e-6, abs=1e-9)
        target = logistic(math.log(0.2 / 0.8) - 6 * treated)
        assert person.distress == pytest.approx(0.2 + 0.15 * (target - 0.2), rel=1e-6)
        assert (person.distress < 0.2 - 1e-6) == (trust > 0.4)
        assert (person.distress > 0.2 + 1e-6) == (trust < 0.4)


def test_treatment__comes_from_who_delivers_in_their_part_of_the_session_only() -> None:
    world = empty_world(1, n_programmes=1)
    world.several["capacity"] = 1e6
    add_tie(world, 0, Role.PROFESSIONAL, origin=SERVICE, trust=0.9, competence=0.7, rate=200.0)  # natural contacts too
    add_tie(world, 0, Role.FRIEND, trust=0.9, competence=0.7, rate=0.0)
    both = dict(uses={Role.PROFESSIONAL: 1, Role.FRIEND: 1})
    for deliverer, treated in (
        (Role.PROFESSIONAL, 0.7 * (0.9 - 0.4) / 2),
        (Role.FRIEND, 0.0),  # who is no professional does not treat
        (NOBODY, 0.68 * (1 - 0.6 * 0.88 - 0.4) / 3),  # the facilitator does, after a week, and nobody else
    ):
        person = after_a_week(world, WELL, session(deliverer=deliverer, **both)).persons[0]
        assert person.inputs[Input.TREATMENT] == pytest.approx(0.15 * treated, rel=1e-6)


def test_expertise__has_two_places() -> None:
    """What either knows helps as far as it counts: own .5, a relative's .5; the programme says how far, or the tie."""
    row = session(uses={Role.FAMILY: 1}, deliverer=Role.FAMILY, expertise=0.85)
    for stated, own, theirs in ((1, 0.85, 0.85), (1, 0.85, 0.3), (1, 0.3, 0.85), (0, 0.4, 0.6)):
        columns = row | {"expertise": own, "supporter_expertise": theirs, "expert_stated": stated}
        person = one_person(WELL, columns, Role.FAMILY, expertise=0.4)
        problem = 0.5 * 0.75 * (1 - (1 - own * 0.5) * (1 - theirs * 0.5))
        assert person.inputs[Input.PROBLEM] == pytest.approx(0.15 * problem, rel=1e-6)
        assert person.inputs[Input.EXPERTISE] == pytest.approx(0.15 * own, rel=1e-6)
        reactance = max(0.0, 0.6 - own)  # against a relative as against a professional
        assert person.inputs[Input.INFLUENCE] == pytest.approx(0.15 * 0.5 * problem * (1 - reactance), rel=1e-6)


@pytest.mark.parametrize(("stated", "expertise"), [(1, (0.1 + 0.4) / 2), (0, (0.4 + 0.4) / 2)])
def test_session__only_the_deliverers_tie_has_the_programmes_values(stated: int, expertise: float) -> None:
    row = session(uses={Role.PEER: 1, Role.FAMILY: 1}, deliverer=Role.PEER, reciprocity=0.9, expertise=0.1)
    person = one_person(
        WELL, row | {"expert_stated": stated}, Role.PEER, Role.FAMILY, reciprocity=0.2, expertise=0.4
    )  # fmt: skip
    assert person.inputs[Input.GIVING] == pytest.approx(0.15 * (0.9 + 0.2) / 2, rel=1e-6)
    assert person.inputs[Input.EXPERTISE] == pytest.approx(0.15 * expertise, rel=1e-6)


def test_session__the_mismatch_is_with_how_far_the_ties_own_reciprocity_is_from_the_roles() -> None:
    world = empty_world(N, tie_slots_per_person=1, n_programmes=1)
    for person in range(N):
        add_tie(world, person, Role.FAMILY, rate=0.0, reciprocity=0.2)
    row = session(uses={Role.FAMILY: 1}, facilitated=1, reciprocity=0.9)
    model = after_a_week(world, {"help.well_base": -1.0}, row)
    mismatch = abs((0.5 - 0.5) - (0.2 - 0.6))
    logit = -1 + 1.5 * 0.5 + 0.9 * (1 / 2 + 0.5 + 1 - 0.1 - 0.1 - 0.2) - 0.8 * mismatch
    family = 65536 * Role.FAMILY
    expected = {i for i in range(N) if LUCK.uniforms(Draw.HELP, 0, i, family, index=1)[0] < logistic(logit)}
    assert who(model, "contact", family, 1, "well") == expected


THREE = (Role.FRIEND, Role.FRIEND, Role.FRIEND)
LED_BY_FRIENDS = session(uses={Role.FRIEND: 3}, deliverer=Role.FRIEND, sessions_per_week=2.0)


def test_session__what_three_share_is_a_third_each() -> None:
    person = one_person(WELL, LED_BY_FRIENDS, *THREE)
    for tie in person.ties:
        assert tie.trust == pytest.approx(1 - 0.5 * 0.88 ** (2 / 3))
        assert tie.friction == pytest.approx(0.1 * 0.97 ** (2 / 3), rel=1e-6)
        assert tie.strength == pytest.approx(0.5 + 0.02 * 2 * SUPPORT / 3 * (0.8 - 0.5), rel=1e-6)
    learned = 1 - 0.5 * 0.998**2  # two sessions, led by a facilitator or not
    assert person.skill == pytest.approx(learned - 0.002 * (learned - 0.5))


def test_session__ruptures_are_shared() -> None:
    person = one_person(BADLY | {"bond.rupture_chance": 1.0}, LED_BY_FRIENDS, *THREE)
    for tie in person.ties:
        assert tie.trust == pytest.approx(0.5 * 0.72 ** (2 / 3))
        assert tie.trust_lost == pytest.approx(0.5 * (1 - 0.72 ** (2 / 3)))
        assert tie.friction == pytest.approx(1 - 0.9 * 0.72 ** (2 / 3), rel=1e-6)
        assert tie.strength == 0.5
        assert tie.ruptured
    assert person.inputs[Input.RUPTURES] == pytest.approx(0.15 * 2)
    assert person.skill == 0.5  # nobody learns from what goes badly


def test_session__a_natural_contact_is_shared_with_nobody() -> None:
    (tie,) = one_person(WELL, session(uses={Role.FRIEND: 1}), Role.FRIEND, **SURELY).ties
    assert tie.trust == pytest.approx(1 - 0.5 * 0.88 ** (1 + 1 / 2))  # and one session with the facilitator


def test_transcending__follows_the_programmes_openness_for_those_who_come_with_it() -> None:
    world = empty_world(1, n_programmes=1)
    add_tie(world, 0, Role.PROFESSIONAL, origin=0, key_space=900, rate=0.0, trust=0.8, reciprocity=0.2)
    add_tie(world, 0, Role.PROFESSIONAL, origin=SERVICE, rate=200.0, trust=0.8, reciprocity=0.2)
    world.several.capacity[0] = 1e6
    row = session(uses={Role.PROFESSIONAL: 1}, makes={Role.PROFESSIONAL}, deliverer=Role.PEER, reciprocity=0.7)
    person = after_a_week(world, WELL | STILL, row, services=[{"boundary_openness": 0.4}]).persons[0]
    assert person.inputs[Input.TRANSCENDING] == pytest.approx(0.15 * (0.7 * 0.8 + 0.4 * 0.8), rel=1e-6)
    pulled = [0.2 + 0.05 * (0.7 - 0.2), 0.2 + 0.05 * (0.4 - 0.2)]
    assert [tie.reciprocity for tie in person.ties] == pytest.approx(pulled, rel=1e-6)


@pytest.mark.parametrize(
    ("row", "joining"),
    [
        (dict(uses={Role.FAMILY: 1}), {1, 4}),
        (dict(uses={Role.FAMILY: 1, Role.FRIEND: 1}), {1, 2, 4}),
        (dict(uses={Role.FAMILY: 1, Role.FRIEND: 1}, makes={Role.FRIEND}), {1, 4}),
        (dict(uses={Role.FRIEND: 1}, makes={Role.FRIEND}), {0, 1, 2, 3, 4, 5}),
        (dict(uses={Role.PROFESSIONAL: 1}), {5}),
        (dict(uses={}), {0, 1, 2, 3, 4, 5}),
    ],
)
def test_application__needs_somebody_to_bring(row: dict[str, Any], joining: set[int]) -> None:
    world = empty_world(6, n_programmes=2)  # person 0 has nobody
    add_tie(world, 1, Role.FAMILY)
    add_tie(world, 2, Role.FRIEND)
    add_tie(world, 3, Role.FAMILY, origin=1, key_space=901)  # of another programme
    add_tie(world, 4, Role.FAMILY)
    add_tie(world, 4, Role.FRIEND)
    add_tie(world, 5, Role.PROFESSIONAL, origin=SERVICE)
    rules = plain_rules(
        QUIET | {"enrol.application": 1.0}, programmes=[programme(key=900, **row), session(key=901, uses={})]
    )
    model = Reference.from_world(world, rules, *LUCK)
    model.step()
    assert who(model, "joins") == joining


def therapists(weeks_in: int = 1) -> World:
    """Many people with a programme's therapist and one relative."""
    world = empty_world(N, tie_slots_per_person=2, n_programmes=1)
    for person in range(N):
        add_tie(world, person, Role.PROFESSIONAL, origin=0, key_space=900, rate=0.0, trust=0.8, strength=0.65)
        add_tie(world, person, Role.FAMILY, rate=0.0)
    world.places["weeks_in"] = weeks_in
    return world


THERAPY = session(
    uses={Role.PROFESSIONAL: 1}, makes={Role.PROFESSIONAL}, deliverer=Role.PROFESSIONAL, sessions_per_week=0.0,
    keeps_staff=0, reciprocity=0.15, expertise=0.85, expert_stated=1,
)  # fmt: skip
TURNOVER = [{"turnover": 20.0, "continuity": 0.25}]


def test_staff__of_programmes_leave_and_hand_over() -> None:
    model = after_a_week(therapists(), STILL, THERAPY, services=TURNOVER)
    leaving = below(1 - math.exp(-20 / 52), Draw.STAFF, 0, KEY)
    assert who(model, "tie ends", KEY, "handed over") == leaving
    for person in model.persons:
        tie = person.ties[0]  # the successor takes the place of who left
        left = person.identity in leaving
        assert (tie.key, tie.origin, tie.rate, tie.age) == ((KEY + 1, 0, 0.0, 1) if left else (KEY, 0, 0.0, 53))
        trust, strength = (0.4 + 0.25 * (0.8 - 0.4), 0.25 + 0.25 * (0.65 - 0.25)) if left else (0.8, 0.65)
        assert (tie.trust, tie.strength) == pytest.approx((trust, strength), rel=1e-6)
        assert (tie.reciprocity, tie.expertise) == pytest.approx((0.15, 0.85) if left else (0.5, 0.5))
        assert person.places[0].made == 1 + left


@pytest.mark.parametrize(("row", "weeks_in"), [(THERAPY | {"keeps_staff": 1}, 1), (THERAPY | {"coverage": 1.0}, -1)])
def test_staff__stay_where_the_programme_keeps_them_and_in_the_week_of_joining(
    row: dict[str, Any], weeks_in: int
) -> None:
    rules = plain_rules(QUIET | STILL | {"enrol.application": 1.0}, services=[{"turnover": 1e9}], programmes=[row])
    model = Reference.from_world(therapists(weeks_in), rules, *LUCK)
    model.step()
    assert all(person.places[0].weeks_in > 0 for person in model.persons)
    assert who(model, "tie ends") == set()
    model.step()
    everybody = set(range(N))
    assert {event[1] for event in model.events[1] if event[0] == "tie ends"} == (
        set() if row["keeps_staff"] else everybody
    )


def test_staff__the_successor_holds_the_sessions_of_the_week() -> None:
    row = THERAPY | {"sessions_per_week": 1.0}
    model = after_a_week(therapists(), WELL, row, services=[{"turnover": 1e9}])
    assert set(keys_met(model)) == {KEY + 1}
    assert model.persons[0].ties[0].supporter.capacity >= 1.0


@pytest.mark.parametrize(("had", "pace"), [(0.95, 0.03), (0.05, 0.03 * (1 + 0.3 * 0.8))])
def test_growth__is_speeded_by_a_self_actualising_drive_and_decline_is_not(had: float, pace: float) -> None:
    world = empty_world(1)
    world.people["processes"] = had
    world.people["resources"][0, Resource.SELF_ACTUALISING] = 0.8
    model = Reference.from_world(world, plain_rules(QUIET), *LUCK)
    model.step()
    targets = [logistic(b + w - 0.47 * 0.2) for b, w in zip(BASES, ALONE, strict=True)]
    expected = [had + pace * (target - had) for target in targets]
    assert model.persons[0].processes == pytest.approx(expected, rel=1e-6)


def test_experiential_knowledge__enters_hope_and_identity_only() -> None:
    world = empty_world(1)
    world.people["processes"] = 0.05
    world.people["resources"][0, Resource.EXPERIENTIAL_KNOWLEDGE] = 0.7
    model = Reference.from_world(world, plain_rules(QUIET), *LUCK)
    model.step()
    more = [0.0, 0.8 * 0.2, 0.8 * 0.2, 0.0, 0.0]
    targets = [logistic(b + w + m - 0.47 * 0.2) for b, w, m in zip(BASES, ALONE, more, strict=True)]
    expected = [0.05 + 0.03 * 1.15 * (target - 0.05) for target in targets]
    assert model.persons[0].processes == pytest.approx(expected, rel=1e-6)
