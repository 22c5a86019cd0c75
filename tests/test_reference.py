"""Hand tables for the reference model on three people: contacts, ties, recovery, supporters (docs/odd.md, 7.0-7.7).

Expected values are written out as arithmetic on the numbers of plain_numbers.toml and worlds.py.
"""

import math
from typing import Any

import pytest

from supportnet.sim.enums import SERVICE, Mechanism, Process, Role
from supportnet.sim.state import Input, World
from tests.reference import Reference
from tests.reference_people import Person, Tie
from tests.worlds import BADLY, CALM, SETTLED, SURELY, WELL, add_fellows, add_tie, empty_world, plain_rules

pytestmark = pytest.mark.usefixtures("one_contact_at_most")
QUIET = CALM | SETTLED


def lived(world: World, values: dict[str, float], *, weeks: int = 1, **rules: Any) -> Reference:
    model = Reference.from_world(world, plain_rules(QUIET | values, **rules), seed=5, replicate=2)
    for _ in range(weeks):
        model.step()
    return model


def one_tie(values: dict[str, float], role: Role = Role.FRIEND, **columns: float) -> tuple[Tie, Person, Reference]:
    """A week of person 0, who has one tie and is sure to have contact with it."""
    world = empty_world(3)
    add_tie(world, 0, role, **(SURELY | columns))
    model = lived(world, values)
    return model.persons[0].ties[0], model.persons[0], model


def happened(model: Reference, what: str) -> list[tuple[Any, ...]]:
    return [event[1:] for week in model.events.values() for event in week if event[0] == what]


# Presence 1; communication trust .5 x (.5 + .5 skill .5); own knowledge .5 counts half, a friend's .5 for .6.
COMMUNICATION = 0.5 * 0.75
EMOTIONAL = COMMUNICATION * 0.6
PROBLEM = COMMUNICATION * (1 - (1 - 0.5 * 0.5) * (1 - 0.6 * 0.5))
SUPPORT = EMOTIONAL + PROBLEM + 1 * 0.6


def test_bond__a_good_contact_with_a_friend_brings_trust_and_strength() -> None:
    tie, _, model = one_tie(WELL, reciprocity=0.3)
    assert happened(model, "contact") == [(0, 131072, 0, "well")]
    assert tie.trust == pytest.approx(1 - 0.5 * 0.88)
    assert tie.friction == pytest.approx(0.1 * 0.97, rel=1e-6)
    assert tie.strength == pytest.approx(0.5 + 0.02 * SUPPORT * (0.8 - 0.5), rel=1e-6)
    assert tie.reciprocity == pytest.approx(0.3 + 0.03 * (0.5 - 0.3), rel=1e-6)
    assert tie.expertise == pytest.approx(0.5 + 0.03 * (0.6 + 0.3 * (0.6 - 0.667) - 0.5), rel=1e-6)
    assert (tie.since, tie.age, tie.ruptured) == (0, 53, False)


def test_bond__leaves_strangers_alone() -> None:
    _, _, model = one_tie(WELL)
    alone = lived(empty_world(3), WELL)
    for with_tie, without in zip(model.persons[1:], alone.persons[1:], strict=True):
        assert vars_of(with_tie) == vars_of(without)


def vars_of(person: Person) -> dict[str, Any]:
    return {name: value for name, value in vars(person).items() if isinstance(value, int | float | list)} | {
        "unique_id": None
    }


@pytest.mark.parametrize(
    ("role", "usual", "wanted", "goal"),
    [
        (Role.FRIEND, 0.5, 0.7, 0.5 + 0.3 * (0.7 - 0.5)),  # .5 is what people want on average
        (Role.FAMILY, 0.6, 0.1, 0.6 + 0.3 * (0.1 - 0.5)),
        (Role.PROFESSIONAL, 0.2, 1.0, 0.2 + 0.3 * (1.0 - 0.5)),
        (Role.PEER, 0.45, 0.5, 0.45),
    ],
)
def test_bond__reciprocity_drifts_to_what_role_and_wish_make_of_it(
    role: Role, usual: float, wanted: float, goal: float
) -> None:
    world = empty_world(1)
    world.people["wanted"] = wanted
    add_tie(world, 0, role, rate=0.0, reciprocity=0.9)
    (tie,) = lived(world, {}).persons[0].ties
    assert tie.reciprocity == pytest.approx(0.9 + 0.03 * (goal - 0.9), rel=1e-6)
    assert (goal > usual) == (wanted > 0.5)


def test_bond__above_its_ceiling_a_tie_sinks_at_the_same_speed() -> None:
    tie, _, _ = one_tie(WELL, ceiling=0.4)
    assert tie.strength == pytest.approx(0.5 + 0.02 * SUPPORT * (0.4 - 0.5), rel=1e-6)


def test_bond__a_rupture_costs_trust_and_is_remembered() -> None:
    tie, person, _ = one_tie(BADLY | {"bond.rupture_chance": 1.0})
    assert tie.ruptured
    assert tie.trust == pytest.approx(0.5 * 0.72)
    assert tie.trust_lost == pytest.approx(0.5 * 0.28)
    assert tie.friction == pytest.approx(1 - 0.9 * 0.72, rel=1e-6)
    assert tie.strength == 0.5
    assert person.ruptures == 1
    assert person.inputs[Input.RUPTURES] == pytest.approx(0.15)
    assert person.inputs[Input.EMOTIONAL] == 0


def test_bond__a_bad_contact_that_is_no_rupture_costs_what_a_good_one_eases() -> None:
    tie, person, _ = one_tie(BADLY | {"bond.rupture_chance": 0.0})
    assert not tie.ruptured
    assert tie.trust == pytest.approx(0.5 * 0.97)
    assert tie.friction == pytest.approx(1 - 0.9 * 0.97, rel=1e-6)
    assert (tie.strength, tie.trust_lost) == (0.5, 0.0)
    assert (tie.since, person.ruptures, person.contacts) == (0, 0, 1)


def test_bond__a_repair_returns_the_lost_trust_and_nothing_grows_before() -> None:
    tie, person, model = one_tie(WELL | {"bond.repair": 1e9}, ruptured=1, trust_lost=0.2)
    assert happened(model, "repair") == [(0, 131072, 0)]
    assert tie.trust == pytest.approx(0.5 + 0.2)
    assert (tie.trust_lost, tie.ruptured) == (0, False)
    assert person.repairs == 1
    assert person.inputs[Input.EMOTIONAL] == pytest.approx(0.15 * EMOTIONAL, rel=1e-6)  # ruptured or not


def test_bond__a_ruptured_tie_that_does_not_repair_stays_ruptured() -> None:
    tie, _, _ = one_tie(WELL | {"bond.repair": 0.0}, ruptured=1, trust_lost=0.2)
    assert tie.ruptured
    assert (tie.trust, tie.trust_lost) == pytest.approx((0.5, 0.2))
    assert tie.friction == pytest.approx(0.1 * 0.97, rel=1e-6)  # a good contact eases friction all the same


def test_bond__a_repair_returns_no_more_than_was_lost_and_trust_is_never_above_one() -> None:
    values = WELL | {"bond.repair": 1e9}
    tie, _, model = one_tie(values, ruptured=1, trust=0.9, trust_lost=0.3)
    assert (tie.trust, tie.trust_lost) == (1.0, 0.0)
    model.step()
    assert len(happened(model, "repair")) == 1


@pytest.mark.parametrize(("role", "fading"), [(Role.FRIEND, 0.01), (Role.FAMILY, 0.004), (Role.PROFESSIONAL, 0.01)])
def test_bond__without_contact_strength_fades(role: Role, fading: float) -> None:
    tie, person, model = one_tie({}, role, rate=0.0, since=3)
    assert happened(model, "contact") == []
    assert tie.strength == pytest.approx(0.5 - fading * 0.5 * (1 - 0.5))
    assert (tie.since, tie.trust) == (4, 0.5)
    assert person.contacts == 0


@pytest.mark.parametrize(("strength", "lost"), [(0.2, 0.01 * 0.2 * 0.8), (0.9, 0.01 * 0.9 * 0.1), (1.0, 0.0)])
def test_bond__strong_ties_hardly_fade(strength: float, lost: float) -> None:
    tie, _, _ = one_tie({}, rate=0.0, strength=strength)
    assert tie.strength == pytest.approx(strength - lost, rel=1e-6)


CRITICAL = {"pace.slow": 0.01}  # relatives' criticism moves


@pytest.mark.parametrize(("strain", "level"), [(0.3, 0.6 + 0.3 - 0.1), (0.0, 0.6 - 0.1)])
def test_bond__relatives_criticism_follows_their_strain_and_is_remembered_as_a_share(
    strain: float, level: float
) -> None:
    columns = dict(criticism=1.0, own_criticism=0.6, strain=strain, critical=0.5)
    tie, person, _ = one_tie(WELL | CRITICAL, Role.FAMILY, **columns)
    assert tie.criticism == pytest.approx(1 + 0.01 * (level - 1), rel=1e-6)
    assert tie.critical == pytest.approx(0.5 + 0.1 * 0.5)
    assert person.inputs[Input.FAMILY] == pytest.approx(0.03)
    assert person.inputs[Input.CRITICAL] == pytest.approx(0.03)
    assert person.inputs[Input.NEGATIVE] == pytest.approx(0.15)


@pytest.mark.parametrize("role", [Role.FRIEND, Role.PEER, Role.PROFESSIONAL])
def test_bond__every_supporter_can_be_critical_but_only_relatives_make_the_climate(role: Role) -> None:
    tie, person, model = one_tie(WELL | CRITICAL, role, criticism=1.0, own_criticism=0.6, critical=0.5)
    assert len(happened(model, "critical")) == 1
    assert (tie.critical, tie.criticism) == pytest.approx((0.5 + 0.1 * 0.5, 1.0))
    assert person.inputs[Input.NEGATIVE] == pytest.approx(0.15)
    assert (person.inputs[Input.FAMILY], person.inputs[Input.CRITICAL]) == (0, 0)


def test_help__what_a_friend_brings_enters_the_week() -> None:
    _, person, _ = one_tie(WELL)
    week = {
        Input.COMPANIONSHIP: 0.6,
        Input.EMOTIONAL: EMOTIONAL,
        Input.PROBLEM: PROBLEM,
        Input.INFLUENCE: 0.5 * PROBLEM,
        Input.GIVING: 0.5,
        Input.EXPERTISE: 0.5,
        Input.CONTACTS: 1.0,
        Input.SOCIAL: 1.0,
    }
    assert person.inputs == pytest.approx([0.15 * week.get(column, 0.0) for column in range(len(Input))], rel=1e-6)
    assert person.contacts == 1
    assert person.recent[0] == [0, 0, 1, 0]


@pytest.mark.parametrize(
    ("role", "companionship"), [(Role.PEER, 0.6), (Role.FRIEND, 0.6), (Role.FAMILY, 0.6), (Role.PROFESSIONAL, 0.0)]
)
def test_help__informal_contact_is_companionship_and_formal_is_not(role: Role, companionship: float) -> None:
    _, person, _ = one_tie(WELL, role)
    assert person.inputs[Input.EMOTIONAL] == pytest.approx(0.15 * EMOTIONAL)
    assert person.inputs[Input.COMPANIONSHIP] == pytest.approx(0.15 * companionship, rel=1e-6)


@pytest.mark.parametrize(
    ("role", "reactance"), [(Role.PEER, 0.0), (Role.FRIEND, 0.0), (Role.FAMILY, 0.4), (Role.PROFESSIONAL, 0.4)]
)
def test_help__reactance_is_against_those_with_power(role: Role, reactance: float) -> None:
    _, person, _ = one_tie(WELL, role, expertise=0.6 - 0.4)
    assert person.inputs[Input.REACTANCE] == pytest.approx(0.15 * reactance, rel=1e-6, abs=1e-12)
    influence = person.inputs[Input.INFLUENCE] / person.inputs[Input.PROBLEM]
    assert influence == pytest.approx(0.5 * (1 - reactance), rel=1e-6)


def test_help__an_open_professional_draws_out_what_the_person_knows() -> None:
    world = empty_world(3)
    add_tie(world, 0, Role.PROFESSIONAL, origin=SERVICE, rate=200.0, expertise=0.4, competence=0.7)
    world.several.capacity[0] = 1e6
    world.people["wanted"] = 0.7
    model = lived(world, WELL, services=[{"boundary_openness": 0.8, "shared_decisions": 0.3}])
    own = 1 - (1 - 0.5) * (1 - 0.7)
    problem = COMMUNICATION * (1 - (1 - 0.4 * own) * (1 - 0.85 * 0.7))
    influence = 0.5 * problem * (1 - (0.6 - 0.4))
    person, tie = model.persons[0], model.persons[0].ties[0]
    assert person.inputs[Input.INFLUENCE] == pytest.approx(0.15 * influence, rel=1e-6)
    assert person.inputs[Input.REACTANCE] == pytest.approx(0.15 * 0.2, rel=1e-6)
    assert person.inputs[Input.TREATMENT] == 0  # only who delivers a programme's sessions treats
    assert person.inputs[Input.TRANSCENDING] == pytest.approx(0.15 * 0.8 * 0.5)
    drifted = 0.5 + 0.03 * (0.2 + 0.3 * (0.7 - 0.5) - 0.5)
    assert tie.reciprocity == pytest.approx(drifted + 0.05 * (0.8 - drifted), rel=1e-6)
    assert tie.expertise == pytest.approx(0.4 + 0.03 * (0.3 + 0.3 * (0.6 - 0.667) - 0.4), rel=1e-6)
    assert person.inputs[Input.COMPANIONSHIP] == 0  # formal help is none
    assert model.posts[0].strain == pytest.approx(0.05 * (0.8 - 0.6))
    assert person.professional_contacts == 1


def test_help__a_mechanism_switched_off_takes_what_hangs_on_it_along() -> None:
    world = empty_world(1)
    add_tie(world, 0, Role.FRIEND, **SURELY)
    person = lived(world, WELL, held={(Mechanism.COMMUNICATION, Role.FRIEND): 0.0}).persons[0]
    assert person.inputs[Input.COMPANIONSHIP] > 0
    assert [person.inputs[i] for i in (Input.EMOTIONAL, Input.PROBLEM, Input.INFLUENCE)] == [0, 0, 0]


def test_help__a_mechanism_is_held_for_its_role_only() -> None:
    world = empty_world(1)
    add_tie(world, 0, Role.FRIEND, **SURELY)
    add_tie(world, 0, Role.FAMILY, **SURELY)
    person = lived(world, WELL, held={(Mechanism.EMOTIONAL_SUPPORT, Role.FRIEND): 0.9}).persons[0]
    assert person.inputs[Input.EMOTIONAL] == pytest.approx(0.15 * (0.9 + EMOTIONAL), rel=1e-6)


def test_share__contacts_asked_fit_the_week() -> None:
    world = empty_world(1)
    for _ in range(2):
        add_tie(world, 0, Role.FRIEND, rate=10.0, capacity=1.5)
    world.people["time"] = 4.0
    model = lived(world, {})
    asked = 10 * 0.5 * (1 - 0.6 * 0.3)
    person = model.persons[0]
    assert person.share == pytest.approx(4 / (2 * asked), rel=1e-6)
    assert [tie.asked for tie in person.ties] == pytest.approx([2, 2], rel=1e-6)
    assert [tie.supporter.availability for tie in person.ties] == pytest.approx([1.5 / 2] * 2, rel=1e-6)


def test_share__a_crisis_brings_professionals_closer_and_friends_no_less_close() -> None:
    world = empty_world(2)
    for person in range(2):
        add_tie(world, person, Role.PROFESSIONAL, origin=SERVICE, rate=1.0)
        add_tie(world, person, Role.FRIEND, rate=1.0)
    world.people.crisis[1] = 3
    model = lived(world, {})
    well, in_crisis = ([tie.asked for tie in person.ties] for person in model.persons)
    assert well == pytest.approx([0.5 * 0.7, 0.5 * (1 - 0.6 * 0.3)], rel=1e-6)  # appointments are kept in withdrawal
    assert in_crisis == pytest.approx([2 * well[0], well[1]], rel=1e-6)
    assert model.persons[1].crisis == 2
    assert model.persons[1].crisis_weeks == 1


# Of somebody all alone: loneliness .2, each resource .5, and as much expertise held as not.
ALONE = [-0.8 * 0.2, 0.8 * 0.5, 0.8 * (0.5 + 0.5), 0.8 * (0.5 + 0.5), 0.9 * 0.5 + 0.8 * 0.5]
BASES = [-1.3055, 0.3045, -0.1555, -0.1655, 0.1445]


def test_recover__somebody_all_alone_moves_towards_what_is_left() -> None:
    person = lived(empty_world(3), {}).persons[1]

    def moved(base: float, weighted: float) -> float:
        target = 1 / (1 + math.exp(-(base + weighted - 0.47 * 0.2)))
        pace = 0.03 * (1 + 0.3 * 0.5) if target > 0.6 else 0.03  # a self-actualising drive speeds growth only
        return 0.6 + pace * (target - 0.6)

    assert person.processes == pytest.approx(list(map(moved, BASES, ALONE)), rel=1e-6)
    assert person.resources == pytest.approx([0.5, 0.5, 0.5, 0.5, 0.5 + 0.03 * 0.6 * 0.5], rel=1e-6)
    target = 1 / (1 + math.exp(-(math.log(0.2 / 0.8) - 0.44 * (0.6 - 0.667))))
    assert person.distress == pytest.approx(0.2 + 0.15 * (target - 0.2), rel=1e-6)
    away = 0.3 + 0.11 * ((0.2 - 0.33) - (0.0 - 0.6))
    assert person.withdrawal == pytest.approx(0.3 + 0.03 * (away - 0.3), rel=1e-6)
    assert person.loneliness == pytest.approx(0.2 + 0.15 * (1 - 0.2), rel=1e-6)


def test_recover__reads_saturated_inputs_and_the_best_tie() -> None:
    world = empty_world(1)
    world.people.inputs[0, Input.COMPANIONSHIP] = 0.4
    add_tie(world, 0, Role.FRIEND, rate=0.0, trust=0.8)
    add_tie(world, 0, Role.FRIEND, rate=0.0, trust=0.4)
    person = lived(world, {"bond.fading": 0.0}).persons[0]
    company = 0.4 * 0.85 / (0.4 * 0.85 + 0.4)  # a week later, at half effect with .4 a week
    weighted = 3.276 * 0.5 * 0.8 + 0.8 * (company - 0.2)
    target = 1 / (1 + math.exp(-(-1.3055 + weighted - 0.47 * 0.2)))
    assert person.processes[Process.CONNECTEDNESS] == pytest.approx(0.6 + 0.03 * (target - 0.6), rel=1e-6)
    lacking = (0.8 - 0.65 * 0.5 * 0.8 - 0.35 * company) / 0.8
    assert person.loneliness == pytest.approx(0.2 + 0.15 * (lacking - 0.2), rel=1e-6)


def test_recover__each_process_has_its_own_intercept() -> None:
    world = empty_world(1)
    world.people["intercepts"][0] = intercepts = [0.4, -0.3, 0.2, 0.0, -0.5]
    logits = [b + i + w - 0.47 * 0.2 for b, i, w in zip(BASES, intercepts, ALONE, strict=True)]
    targets = [1 / (1 + math.exp(-logit)) for logit in logits]
    (person,) = lived(world, {"recover.self_actualising": 0.0}).persons
    assert person.processes == pytest.approx([0.6 + 0.03 * (target - 0.6) for target in targets], rel=1e-6)


def test_recover__a_relapse_starts_a_crisis_and_an_admission_costs_trust() -> None:
    world = empty_world(1)
    add_tie(world, 0, Role.PROFESSIONAL, origin=SERVICE, rate=0.0)
    add_tie(world, 0, Role.FRIEND, rate=0.0)
    sure = {"clinic.relapse_hazard.psychosis": 1e9, "clinic.admission_chance": 1.0}
    without = lived(world, {}).persons[0]
    person = lived(world, sure).persons[0]
    assert person.distress == pytest.approx(without.distress + 0.22)
    assert person.processes == without.processes  # distress weighs on them from next week on
    assert 4 <= person.crisis <= 12
    assert (person.relapse_week, person.relapses, person.admissions) == (0, 1, 1)
    assert [tie.trust for tie in person.ties] == pytest.approx([0.5 * 0.72, 0.5])  # as a rupture does
    assert not any(tie.ruptured for tie in person.ties)

    model = lived(world, sure, weeks=1 + person.crisis)  # nobody relapses in a crisis
    assert [event[0] for event in happened(model, "relapse")] == [0]
    assert model.persons[0].crisis == 0
    assert model.persons[0].crisis_weeks == person.crisis


def test_tire__overload_and_bad_contacts_wear_out_a_friend() -> None:
    tie, _, _ = one_tie(BADLY | {"bond.rupture_chance": 0.0}, strain=0.2, reciprocity=0.3, rate=100.0, capacity=40.0)
    demand = 100 * 0.5 * (1 - 0.6 * 0.3)
    change = 0.05 * ((demand / 40 - 1) + 1 + (0.5 - 0.3)) - 0.03 * 0.2
    assert tie.supporter.strain == pytest.approx(0.2 + change, rel=1e-5)


def test_tire__reciprocity_rewards_the_one_who_helps() -> None:
    tie, _, _ = one_tie(WELL, strain=0.4, reciprocity=0.8)
    assert tie.supporter.strain == pytest.approx(0.4 - 0.03 * 0.4 - 0.05 * 0.8 * 0.4, rel=1e-6)


def test_tire__who_helps_a_fellow_patient_is_owed_giving() -> None:
    world = empty_world(3)
    _, back = add_fellows(world, 0, 2, **SURELY)
    world.ties["rate"][back] = 0.0
    world.several.capacity[:] = 1e6
    model = lived(world, WELL, weeks=1)
    helper = model.persons[2]
    assert helper.owed_giving == pytest.approx(1.0)
    model.step()
    assert helper.inputs[Input.GIVING] == pytest.approx(0.15)
    assert model.persons[0].inputs[Input.LIVED_EXPERIENCE] > 0


def test_fade__weak_ties_end_but_not_the_services() -> None:
    world = empty_world(1)
    add_tie(world, 0, Role.PROFESSIONAL, origin=SERVICE, rate=0.0, strength=0.01)
    add_tie(world, 0, Role.FRIEND, rate=0.0, strength=0.0801)
    model = lived(world, {"fade.floor": 0.08})
    assert [tie.origin for tie in model.persons[0].ties] == [SERVICE]
    assert happened(model, "tie ends") == [(0, 131072, "faded")]


def test_fade__what_harms_is_left_but_family_is_not() -> None:
    world = empty_world(1)
    for role in (Role.FRIEND, Role.FAMILY):
        add_tie(world, 0, role, rate=0.0, friction=1.0)
    model = lived(world, {"fade.leaving": 1e9})
    assert [tie.role for tie in model.persons[0].ties] == [Role.FAMILY]
    assert happened(model, "tie ends") == [(0, 131072, "does harm")]


def test_form__people_who_want_company_find_it() -> None:
    world = empty_world(3)
    world.people["wished_size"] = [10, 0.5, 10]
    add_tie(world, 1, Role.FRIEND, rate=0.0)
    everybody = {"form.chance.peer": 1e9, "form.chance.friend": 1e9, "form.chance.family": 1e9}
    model = lived(world, everybody | {"people.fellow_patients": 0.0})
    first, content, _ = model.persons
    assert [(tie.key, tie.role) for tie in first.ties] == [(65536, 1), (131072, 2), (196608, 3)]
    assert [tie.role for tie in content.ties] == [Role.FRIEND, Role.FAMILY]  # relatives are not wished for
    assert [(tie.strength, tie.friction, tie.age) for tie in first.ties] == [(0.25, 0.0, 0)] * 3
    assert [tie.trust for tie in first.ties] == pytest.approx([0.4] * 3)
