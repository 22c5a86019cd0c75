"""Chances of the reference model: in a crowd, exactly those are struck whose draw lies below the chance as worked out.

The draws come from tests/reference_draws.py, which published answers hold; the chances are written out as arithmetic.
"""

import math
from typing import Any

import pytest

from supportnet.sim.enums import SERVICE, Mechanism, Resource, Role
from supportnet.sim.randomness import Draw
from supportnet.sim.state import LONG_AGO, Input, World
from tests.reference import Reference
from tests.reference_draws import Luck
from tests.test_reference import BASES, QUIET, happened
from tests.worlds import BADLY, SURELY, WELL, add_tie, empty_world, plain_rules, programme

pytestmark = pytest.mark.usefixtures("one_contact_at_most")
N = 300
LUCK = Luck(seed=5, replicate=2)


def lived(world: World, values: dict[str, float], **rules: Any) -> Reference:
    model = Reference.from_world(world, plain_rules(QUIET | values, **rules), *LUCK)
    model.step()
    return model


def crowd(role: Role, **columns: float) -> World:
    """Many people with one tie each."""
    world = empty_world(N, tie_slots_per_person=4)
    for person in range(N):
        add_tie(world, person, role, **columns)
    return world


def below(chance: float, draw: Draw, word: int, key: int = 0) -> set[int]:
    struck = {i for i in range(N) if LUCK.uniforms(draw, 0, i, key)[word] < chance}
    assert 0 < len(struck) < N, "such a chance cannot tell right from wrong"
    return struck


def who(model: Reference, *event: Any) -> set[int]:
    """Identities in events that begin with a name and, after identity, key and the like, end with these words."""
    what, *rest = event
    return {found[0] for found in happened(model, what) if not rest or list(found[-len(rest) :]) == rest}


def logistic(x: float) -> float:
    return 1 / (1 + math.exp(-x))


FRIEND, FAMILY = 131072, 196608  # keys of first ties


@pytest.mark.parametrize(("capacity", "availability"), [(0.2, 0.2 / 0.984), (9.0, 1.0)])
def test_meet__time_and_closeness_decide(capacity: float, availability: float) -> None:
    world = crowd(Role.FAMILY, rate=2.0, strength=0.6, capacity=capacity)
    asked = 2 * 0.6 * (1 - 0.6 * 0.3)
    model = lived(world, {})
    assert who(model, "contact") == below(1 - math.exp(-asked * availability), Draw.MEET, 0, FAMILY)


FEATURES = dict(trust=0.7, friction=0.3, criticism=0.2, strain=0.4, reciprocity=0.2, capacity=50.0)
DEMAND = 200 * 0.5 * (1 - 0.6 * 0.3)
PRESENCE = 50 / DEMAND * (1 - 0.4)


def test_help__the_tired_and_overrun_are_less_present() -> None:
    model = lived(crowd(Role.FRIEND, **(SURELY | FEATURES)), WELL)
    assert model.persons[7].inputs[Input.COMPANIONSHIP] == pytest.approx(0.15 * PRESENCE * 0.6, rel=1e-5)


def test_help__a_contact_goes_well_by_all_that_bears_on_it() -> None:
    model = lived(crowd(Role.FRIEND, **(SURELY | FEATURES)), {"help.well_base": 0.1})
    logit = (
        0.1 + 1.5 * 0.7 + 0.9 * PRESENCE + 0.9 * 0.5 - 0.9 * 0.3 - 0.9 * 0.2 - 0.9 * 0.2
        - 0.8 * abs((0.5 - 0.5) - (0.2 - 0.5))
    )  # fmt: skip
    well = below(logistic(logit), Draw.HELP, 0, FRIEND)
    assert who(model, "contact", "well") == well
    assert who(model, "contact", "rupture") == below(0.55, Draw.HELP, 1, FRIEND) - well


@pytest.mark.parametrize(
    ("role", "key", "wanted", "reciprocity", "mismatch"),
    [
        (Role.FRIEND, FRIEND, 0.7, 0.5 + 0.2, 0.0),  # .2 more than is usual is wanted and given, or .3 less
        (Role.FRIEND, FRIEND, 0.2, 0.5 - 0.3, 0.0),
        (Role.FAMILY, FAMILY, 0.7, 0.6 + 0.2, 0.0),
        (Role.FAMILY, FAMILY, 0.7, 0.7, 0.1),  # as much as is wanted, but for a relative not .2 more than usual
        (Role.FRIEND, FRIEND, 0.7, 0.5 - 0.1, 0.3),
    ],
)
def test_help__what_mismatches_is_what_differs_from_the_usual(
    role: Role, key: int, wanted: float, reciprocity: float, mismatch: float
) -> None:
    world = crowd(role, reciprocity=reciprocity, **SURELY)
    world.people["wanted"] = wanted
    model = lived(world, {"help.well_base": -1.0, "help.well_mismatch": 6.0})
    logit = -1.0 + 1.5 * 0.5 + 0.9 * (1 + 0.5 - 0.1 - 0.1 - 0.2) - 6 * mismatch
    assert who(model, "contact", "well") == below(logistic(logit), Draw.HELP, 0, key)


@pytest.mark.parametrize("trust", [0.0, 0.7])
def test_help__a_good_contact_repairs_with_the_same_chance_whatever_the_trust(trust: float) -> None:
    model = lived(crowd(Role.FRIEND, ruptured=1, **(SURELY | FEATURES | {"trust": trust})), WELL)
    assert who(model, "repair") == below(0.35, Draw.HELP, 2, FRIEND)


@pytest.mark.parametrize(("role", "key"), [(Role.FAMILY, FAMILY), (Role.FRIEND, FRIEND)])
def test_help__everybody_can_be_critical(role: Role, key: int) -> None:
    model = lived(crowd(role, criticism=0.4, **SURELY), WELL)
    assert who(model, "critical") == below(0.4, Draw.HELP, 3, key)


def test_help__peers_bring_lived_experience() -> None:
    world = empty_world(2)
    add_tie(world, 0, Role.PEER, competence=0.4, **SURELY)
    add_tie(world, 1, Role.PEER, competence=0.9, **SURELY)
    model = lived(world, WELL)
    for person, k in zip(model.persons, (0.6, 1.0), strict=True):
        knowledge = 1 - (1 - 0.5 * 0.5) * (1 - 0.6 * k)
        assert person.inputs[Input.PROBLEM] == pytest.approx(0.15 * 0.5 * 0.75 * knowledge, rel=1e-6)
        assert person.inputs[Input.COMPANIONSHIP] == pytest.approx(0.15 * 0.6, rel=1e-6)
        assert person.inputs[Input.LIVED_EXPERIENCE] == pytest.approx(0.15 * 0.5 * 0.75, rel=1e-6)


def test_help__what_goes_badly_brings_nothing_but_counts_as_contact() -> None:
    world = crowd(Role.PROFESSIONAL, **(SURELY | {"expertise": 0.2, "criticism": 0.0}))
    (person, *_) = lived(world, BADLY, services=[{"boundary_openness": 0.5}]).persons
    brought = {
        Input.CONTACTS: 1.0,
        Input.EXPERTISE: 0.2,
        Input.REACTANCE: 0.6 - 0.2,
        Input.RUPTURES: float(person.ruptures),
    }
    expected = [0.15 * brought.get(column, 0.0) for column in Input]
    assert person.inputs == pytest.approx(expected, rel=1e-6)
    assert person.ties[0].supporter.strain == pytest.approx(0.05)


def test_help__a_programmes_own_people_always_have_time_and_sessions_may_be_led() -> None:
    world = empty_world(N, tie_slots_per_person=2, n_programmes=1)
    for person in range(N):
        add_tie(world, person, Role.FRIEND, origin=0, key_space=900, rate=2.0, capacity=0.1)
    world.places["weeks_in"] = 1
    group = programme(key=900, uses={Role.FRIEND: 1}, makes={Role.FRIEND}, facilitated=1, non_verbal=1, weeks=9.0)
    model = lived(world, {"help.well_base": -2.0}, programmes=[group])
    well = []
    key = group["key"] << 16
    friend, facilitator = (1, 0.5, 0.1, 0.1, 0.5), (65, 1 - 0.6 * 0.88, 0.0, 0.08, 0.2)
    for number, trust, friction, criticism, usual in (friend, facilitator):
        mismatch = abs((0.5 - 0.5) - (0.5 - usual))
        others = 1 / 2 + 1 + 1 - friction - criticism - 0.2  # half of a presence; without words; facilitated; ...
        logit = -2 + 1.5 * trust + 0.9 * others - 0.8 * mismatch
        well.append({i for i in range(N) if LUCK.uniforms(Draw.HELP, 0, i, key, index=number)[0] < logistic(logit)})
        assert who(model, "contact", key, number, "well") == well[-1]
    learned = [1 - 0.5 * 0.998 ** (sum(i in one for one in well) / 2) for i in range(N)]
    assert [p.skill for p in model.persons] == pytest.approx([s - 0.002 * (s - 0.5) for s in learned], rel=1e-9)
    asked = 2 * 0.5 * (1 - 0.6 * 0.3)
    assert model.persons[0].ties[0].supporter.availability == pytest.approx(0.1 / asked, rel=1e-6)


def test_staff__leave_by_how_much_more_strained_they_are_than_usual() -> None:
    for strain in (0.2, 0.5, 0.9):
        pressure = math.exp(4 * (0.97 * strain - 0.4))
        world = empty_world(1, n_posts=N)
        world.several["strain"][:N] = strain
        model = lived(world, {}, services=[{"turnover": 20.0}])
        leaving = below(1 - math.exp(-20 / 52 * pressure), Draw.STAFF, 0)
        assert who(model, "staff leave") == leaving
        assert [post.open_weeks for post in model.posts] == [1] * N
        assert {post.row for post in model.posts if post.strain == 0} == leaving


@pytest.mark.parametrize(("role", "key", "ratio"), [(Role.FRIEND, FRIEND, 1.0), (Role.FAMILY, FAMILY, 0.4)])
def test_fade__weak_ties_end_by_outside_reasons(role: Role, key: int, ratio: float) -> None:
    model = lived(crowd(role, rate=0.0, strength=0.35), {"fade.outside": 10.0, "bond.fading": 0.0})
    hazard = 10 * math.exp(-8.7 * 0.35) * ratio
    assert who(model, "tie ends", "outside reasons") == below(1 - math.exp(-hazard), Draw.MEET, 1, key)


def test_fade__people_leave_friction_if_they_have_the_power() -> None:
    model = lived(crowd(Role.FRIEND, rate=0.0, friction=0.5), {"fade.leaving": 3.0})
    power = model.persons[0].empowerment
    assert all(person.empowerment == power for person in model.persons)
    expected = below(1 - math.exp(-3 * 0.5**2 * power), Draw.MEET, 2, FRIEND)
    assert who(model, "tie ends", "does harm") == expected


def test_fade__nothing_but_weakness_ends_the_ties_of_a_programme_one_is_in() -> None:
    world = empty_world(1, n_programmes=1)
    add_tie(world, 0, Role.FRIEND, origin=0, key_space=900, rate=0.0, friction=1.0)
    world.places["weeks_in"] = 1
    harm = {"fade.leaving": 1e9, "fade.outside": 1e9}
    row = programme(key=900, makes={Role.FRIEND}, uses={Role.FRIEND: 1}, sessions_per_week=0.0)
    assert len(lived(world, harm, programmes=[row]).persons[0].ties) == 1
    world.places["weeks_in"] = -1  # joins this week, and meets somebody from an earlier time
    assert len(lived(world, harm | {"enrol.application": 1.0}, programmes=[row]).persons[0].ties) == 1
    world.places["weeks_in"] = 1
    world.ties["strength"][0] = 0.01
    assert lived(world, harm | {"fade.floor": 0.08}, programmes=[row]).persons[0].ties == []
    assert lived(world, harm, programmes=[row | {"weeks": 1.0}]).persons[0].ties == []


def test_form__new_ties_come_to_the_open() -> None:
    world = crowd(Role.FRIEND, rate=0.0)
    world.people["resources"][:, Resource.RECREATIONAL_ACTIVITIES] = 0.9
    model = lived(world, {"form.chance.friend": 0.4})
    person = model.persons[0]
    openness = (person.processes[0] + person.skill + person.resources[3]) * (1 - person.withdrawal)
    expected = below(0.4 * openness * (1 - 1 / 10), Draw.FORM, 1)
    assert who(model, "tie begins") == expected


def test_new_tie__is_drawn_with_the_ties_own_luck() -> None:
    model = lived(empty_world(N), {"form.chance.family": 1e9})
    for person in model.persons:
        (tie,) = person.ties
        a = LUCK.normals(Draw.TRAITS_A, 0, person.identity, FAMILY)
        b = LUCK.normals(Draw.TRAITS_B, 0, person.identity, FAMILY)
        assert tie.rate == pytest.approx(1.3 * math.exp(0.7 * a[0] - 0.7**2 / 2))
        assert tie.ceiling == pytest.approx(min(1, max(0.1, 0.83 + 0.15 * a[1])), rel=1e-6)
        assert tie.competence == pytest.approx(min(1, max(0, 0.32 + 0.15 * a[2])))
        assert tie.warmth == pytest.approx(min(1, max(0, 0.65 + 0.15 * a[3])))
        assert tie.criticism == tie.own_criticism == pytest.approx(min(1, max(0, 0.56 + 0.15 * b[0])))
        assert tie.supporter.capacity == pytest.approx(0.7 * max(0.2, 1 + 0.15 * b[1]))
        assert (tie.reciprocity, tie.expertise, tie.friction, tie.since) == (0.6, 0.6, 0.0, 0)


def test_relapse__comes_with_distress_criticism_and_loneliness() -> None:
    world = crowd(Role.FAMILY, rate=0.0, warmth=0.8, strength=0.5)
    for person in range(N):
        add_tie(world, person, Role.FAMILY, rate=0.0, warmth=0.4, strength=0.5)
    world.people["distress"], world.people["loneliness"] = 0.5, 0.6
    world.people["inputs"][:, [Input.FAMILY, Input.CRITICAL]] = 1.0, 0.6
    world.people["processes"][:, 4] = 0.4
    model = lived(world, {"clinic.relapse_hazard.psychosis": 0.1, "bond.fading": 0.0})
    fading = 1 - 0.03  # a week without any contact with relatives
    critical = (0.6 * fading + 0.05 * 0.47) / (1.0 * fading + 0.05)
    log_ratio = 2 * (0.5 - 0.33) + 7 * (critical - 0.47) + 1.2 * ((0.6 - 0.2) - (0.6 * 0.5 - 0.35) - (0.4 - 0.667))
    relapsing = below(1 - math.exp(-0.1 * math.exp(log_ratio)), Draw.CLINIC, 2)
    assert who(model, "relapse") == relapsing
    assert {p.identity for p in model.persons if p.relapse_week != LONG_AGO} == relapsing
    for identity, weeks in happened(model, "relapse"):
        assert weeks == 4 + math.floor(9 * LUCK.uniforms(Draw.CRISIS, 0, identity)[0])
    assert who(model, "admission") == relapsing & below(0.4, Draw.CLINIC, 3)


@pytest.mark.parametrize(("mean", "shortest", "longest"), [(2.0, 1, 3), (3.0, 2, 5), (8.0, 4, 12), (13.0, 7, 20)])
def test_crisis__lasts_from_half_to_one_and_a_half_times_the_mean(mean: float, shortest: int, longest: int) -> None:
    sure = {"clinic.relapse_hazard.psychosis": 1e9, "clinic.crisis_weeks": mean}
    weeks = dict(happened(lived(empty_world(N), sure), "relapse"))
    assert len(weeks) == N
    for identity, number in weeks.items():
        u = LUCK.uniforms(Draw.CRISIS, 0, identity)[0]
        assert number == shortest + math.floor(u * (longest - shortest + 1))
    assert set(weeks.values()) == set(range(shortest, longest + 1))


def test_relapse__company_averts_admissions() -> None:
    world = crowd(Role.FRIEND, **SURELY)
    world.people["contacts"] = 2.0
    sure = {"clinic.relapse_hazard.psychosis": 1e9}
    assert who(lived(world, sure), "admission") == below(0.4 * (1 - 3 / (3 + 3)), Draw.CLINIC, 3)


def test_distress__events_are_the_persons_own_and_emotional_support_buffers_them() -> None:
    world = empty_world(N)
    values = {"clinic.event_chance": 0.3, "pace.fast": 0.0}
    world.people["inputs"][:, Input.EMOTIONAL] = 0.4
    for person in lived(world, values).persons:
        happens, large, _, _ = LUCK.uniforms(Draw.CLINIC, 0, person.identity)
        event = -0.225 * 0.8 * math.log(1 - large) if happens < 0.3 else 0.0
        assert person.distress == pytest.approx(min(1, 0.2 + event * (1 - 0.5 * 0.5)))


def test_distress__friction_weighs_as_a_mean_over_ties() -> None:
    world = empty_world(2)
    for friction in (0.6, 0.2):
        add_tie(world, 0, Role.FRIEND, rate=0.0, friction=friction)
    rubbed, alone = (person.distress for person in lived(world, {}).persons)
    hopeless = -0.44 * (0.6 - 0.667)
    targets = [logistic(math.log(0.25) + hopeless + 0.88 * friction) for friction in (0.4 - 0.19, 0.0)]
    assert [rubbed, alone] == pytest.approx([0.2 + 0.15 * (target - 0.2) for target in targets], rel=1e-6)


def test_inputs__fade_without_contact() -> None:
    world = empty_world(1)
    world.people["inputs"] = 0.5
    (person,) = lived(world, {}).persons
    slow = (Input.FAMILY, Input.CRITICAL)
    assert person.inputs == pytest.approx([0.5 * (0.97 if column in slow else 0.85) for column in Input])


def test_recovery__noise_is_the_same_for_the_five_processes_and_moves_nothing_else() -> None:
    world = empty_world(3)
    for quiet, person in zip(lived(world, {}).persons, lived(world, {"recover.noise": 0.02}).persons, strict=True):
        z = LUCK.normals(Draw.NOISE, 0, person.identity)[0]
        moved = [after - before for after, before in zip(person.processes, quiet.processes, strict=True)]
        assert moved == pytest.approx([0.02 * z] * 5)
        assert (person.distress, person.withdrawal) == (quiet.distress, quiet.withdrawal)
        assert person.resources == quiet.resources


def test_recover__every_input_finds_its_place() -> None:
    """All inputs remembered, none new: sat(x) = x / (x + .4) of what is left of each after a week."""
    world = empty_world(1)
    remembered = {
        Input.COMPANIONSHIP: 0.1, Input.EMOTIONAL: 0.2, Input.PROBLEM: 0.3, Input.INFLUENCE: 0.6,
        Input.LIVED_EXPERIENCE: 0.7, Input.TRANSCENDING: 0.05, Input.GIVING: 0.9, Input.RUPTURES: 0.15,
        Input.REACTANCE: 0.25,
        Input.EXPERTISE: 0.3, Input.CONTACTS: 0.5, Input.TREATMENT: -0.1, Input.SOCIAL: 1.6, Input.NEGATIVE: 0.2,
        Input.FAMILY: 0.4, Input.CRITICAL: 0.1,
    }  # fmt: skip
    for column, value in remembered.items():
        world.people["inputs"][0, column] = value
    world.people["resources"][0] = [0.2, 0.3, 0.4, 0.6, 0.7]
    world.people["own_resources"][0] = [0.1, 0.2, 0.3, 0.4, 0.5]
    world.people["processes"][0] = [0.5, 0.55, 0.6, 0.65, 0.7]
    world.people["intercepts"], world.people["distress"] = 0.1, 0.4
    (person,) = lived(world, {"recover.expertise_weight": 1.4, "recover.reciprocity_weight": 0.63}).persons

    sat = {column: 0.85 * value / (0.85 * value + 0.4) for column, value in remembered.items()}
    held, critical = 0.3 / 0.5, (0.97 * 0.1 + 0.05 * 0.47) / (0.97 * 0.4 + 0.05)
    giving = sat[Input.GIVING]
    sources = [held * sat[Input.PROBLEM], sat[Input.LIVED_EXPERIENCE], (sat[Input.INFLUENCE] + giving) / 2,
               sat[Input.COMPANIONSHIP], 0.55]  # fmt: skip
    before = zip([0.2, 0.3, 0.4, 0.6, 0.7], [0.1, 0.2, 0.3, 0.4, 0.5], sources, strict=True)
    resources = [r + 0.03 * source * (1 - r) - 0.03 * (r - own) for r, own, source in before]
    assert person.resources == pytest.approx(resources, rel=1e-6)

    weighted = [
        0.8 * sat[Input.COMPANIONSHIP] - 0.8 * 0.2,
        0.8 * sat[Input.EMOTIONAL] + 0.8 * sat[Input.LIVED_EXPERIENCE] + 0.8 * 0.3 - 0.8 * sat[Input.RUPTURES],
        0.63 * giving + 0.8 * sat[Input.TRANSCENDING] + 0.8 * 0.4 + 0.8 * 0.3,
        0.63 * giving + 0.8 * 0.6 + 0.8 * 0.4,
        0.63 * giving + 1.4 * held + 0.8 * 0.2 + 0.8 * sat[Input.INFLUENCE] - 0.8 * (0.2 / 0.5)
        - 0.468 * sat[Input.REACTANCE],
    ]  # fmt: skip
    targets = [logistic(b + 0.1 + w - 0.47 * 0.4) for b, w in zip(BASES, weighted, strict=True)]
    assert min(targets) < 0.5 < 0.7 < max(targets), "some processes have to grow, and some to decline"
    processes = [
        had + 0.03 * (1 + 0.3 * 0.7 * (target > had)) * (target - had)
        for had, target in zip([0.5, 0.55, 0.6, 0.65, 0.7], targets, strict=True)
    ]
    assert person.processes == pytest.approx(processes, rel=1e-6)

    pressure = 0.88 * (critical - 0.47) - 6 * (0.85 * -0.1) - 0.44 * (0.55 - 0.667)
    target = logistic(math.log(0.2 / 0.8) + pressure)
    assert person.distress == pytest.approx(0.4 + 0.15 * (target - 0.4), rel=1e-6)
    away = 0.3 + 0.11 * (0.4 - 0.33) - 0.11 * (sat[Input.SOCIAL] - 0.6)
    assert person.withdrawal == pytest.approx(0.3 + 0.03 * (away - 0.3), rel=1e-6)


def test_tire__strain_is_a_mean_over_contacts_and_openness_wears_only_the_open() -> None:
    world = empty_world(4, n_posts=2)
    for person, reciprocity in enumerate((0.1, 0.3, 0.7, 0.9)):
        world.people["post"][person] = person // 2
        add_tie(world, person, Role.PROFESSIONAL, origin=SERVICE, rate=200.0, reciprocity=reciprocity)
    world.several["capacity"][:2], world.several["strain"][:2] = 1e6, 0.5
    held = {(Mechanism.TRANSCENDING_ROLE, Role.PROFESSIONAL): 0.0}
    services = [{"boundary_openness": 0.9}]
    well = lived(world, WELL, services=services, held=held).posts
    reward = [0.5 - 0.03 * 0.5 - 0.05 * mean * 0.5 for mean in (0.2, 0.8)]
    assert [post.strain for post in well] == pytest.approx([reward[0] + 0.05 * 0.3, reward[1]], rel=1e-5)
    opened = lived(world, WELL, services=services).posts
    assert [post.strain for post in opened] == pytest.approx([post.strain + 0.05 * 0.3 for post in well])
    badly = lived(world, BADLY, services=services, held=held).posts
    assert badly[1].strain == pytest.approx(0.5 + 0.05 - 0.03 * 0.5)


def test_weeks_recovered__are_counted_in_a_row() -> None:
    world = empty_world(3)
    world.people["processes"][0] = 0.8
    world.people["distress"] = [0.5, 0.2, 0.2]
    world.people["withdrawal"] = [0.2, 0.2, 0.6]
    world.people["weeks_personal"], world.people["weeks_clinical"] = 7, 9
    world.people["since_service"] = 3
    add_tie(world, 2, Role.PROFESSIONAL, origin=SERVICE, rate=200.0)
    world.several["capacity"][0] = 1e6
    people = lived(world, {}).persons
    assert [person.weeks_personal for person in people] == [8, 0, 0]
    assert [person.weeks_clinical for person in people] == [0, 10, 0]
    assert [person.since_service for person in people] == [4, 4, 0]


def test_resources__belong_to_who_was_in_the_session() -> None:
    world = empty_world(2, n_programmes=1)
    world.places["weeks_in"][0, 0] = 1
    row = programme(uses={}, weeks=9.0, mobilises={Resource.INDIVIDUAL_STRENGTHS}, coverage=0.0)
    first, second = lived(world, {"meet.closing": 0.0, "pace.medium": 0.0}, programmes=[row]).persons
    assert first.resources[2] == pytest.approx(0.5 + 0.08 * 0.5)
    assert second.resources[2] == 0.5
