"""A lively year of the reference model, and the comparison that the core will be held against."""

import pytest

from supportnet.sim.enums import SERVICE, Role
from supportnet.sim.rules import Rules
from supportnet.sim.state import Person, Place, SharedSupporter, Tie, World, record
from tests.reference import Reference
from tests.worlds import add_fellows, add_tie, empty_world, plain_rules, programme


def lively_world() -> tuple[World, Rules]:
    """Twenty people with everything switched on that can happen in a week."""
    world = empty_world(20, tie_slots_per_person=20, n_posts=2, n_programmes=2)
    world.people.post[10:] = 1
    world.people.team[10:] = 1
    world.several.team[1] = 1
    world.several.capacity[:2] = 3.0
    world.places.weeks_out[0, 0] = 10
    world.people.time = 4.0
    for person in range(20):
        world.people.condition[person] = person % 2
        add_tie(world, person, Role.PROFESSIONAL, origin=SERVICE, rate=1.0)
        if person % 2 == 0:
            add_fellows(world, person, person + 1, rate=0.6)
        for role in (Role.FRIEND, Role.FRIEND, Role.FAMILY, Role.FAMILY):
            add_tie(world, person, role, rate=0.8, criticism=0.4, own_criticism=0.5)
    community = programme(
        key=700, uses={Role.PROFESSIONAL: 2, Role.PEER: 3}, makes={Role.PROFESSIONAL, Role.PEER}, facilitated=1,
        group=1, deliverer=Role.PROFESSIONAL, sessions_per_week=2.0, expert_stated=1, weeks=20.0, places=6,
        mobilises={0, 1},
    )  # fmt: skip
    family = programme(key=701, uses={Role.FAMILY: 3}, facilitated=1, sessions_per_week=0.5, weeks=26.0)
    teams = [{"turnover": 0.4, "continuity": 0.3}, {"boundary_openness": 0.9, "turnover": 2.0, "contacts_per_week": 1}]
    return world, plain_rules({"enrol.pause": 4.0}, services=teams, programmes=[community, family])


def test_year__everything_happens_and_stays_in_range() -> None:
    model = Reference.from_world(*lively_world(), seed=3, replicate=0)
    for _ in range(52):
        model.step()
    kinds = {event[0] for events in model.events.values() for event in events}
    assert kinds >= {"contact", "repair", "critical", "relapse", "tie ends", "tie begins", "joins", "completes",
                     "drops out", "fellows", "sessions", "staff leave", "event of life"}  # fmt: skip
    for person in model.persons:
        shares = [*person.processes, *person.resources, person.distress, person.withdrawal, person.loneliness]
        for tie in person.ties:
            shares += [tie.strength, tie.trust, tie.reciprocity, tie.expertise, tie.friction]
            shares += [tie.trust_lost, tie.critical, tie.criticism, tie.supporter.strain, tie.ceiling]
            assert tie in tie.supporter.ties
        assert all(0 <= share <= 1 for share in shares)
        assert len({tie.key for tie in person.ties}) == len(person.ties)
        assert sum(tie.origin == SERVICE for tie in person.ties) <= 1


def test_year__the_same_luck_gives_the_same_year() -> None:
    years = []
    for seed in (3, 3, 4):
        model = Reference.from_world(*lively_world(), seed=seed, replicate=1)
        for _ in range(8):
            model.step()
        years.append(model.events)
    assert years[0] == years[1] != years[2]


def test_verify__a_world_agrees_with_its_own_reading() -> None:
    world, rules = lively_world()
    assert Reference.from_world(world, rules, seed=1, replicate=0).verify_against(world) == []


NOT_LOOKED_AT = {  # told by keys of ties, or a note
    "people.first", "people.rows", "people.n_ties", "people.parted", "places.waiting",
}  # fmt: skip
RECORDS = {"people": Person, "ties": Tie, "several": SharedSupporter, "places": Place}
COLUMNS = {f"{struct}.{name}" for struct, kind in RECORDS.items() for name in record(kind).names or ()}


@pytest.mark.parametrize("column", sorted(COLUMNS - NOT_LOOKED_AT))
def test_verify__tells_whatever_differs(column: str) -> None:
    world, rules = lively_world()
    model = Reference.from_world(world, rules, seed=1, replicate=0)
    struct, name = column.split(".")
    values = getattr(world, struct)[name]
    row = (2,) if struct == "ties" else (0,)
    values[row] = values[row] + 1 if values.dtype.kind in "iu" else values[row] + 0.001
    found = model.verify_against(world)
    assert found
    assert all("reference" in line and "core" in line for line in found)


def test_verify__lets_single_precision_pass() -> None:
    world, rules = lively_world()
    model = Reference.from_world(world, rules, seed=1, replicate=0)
    world.ties.strength[2] += 1e-6
    assert model.verify_against(world) == []


def test_verify__tells_of_a_tie_too_many_and_one_too_few() -> None:
    world, rules = lively_world()
    model = Reference.from_world(world, rules, seed=1, replicate=0)
    add_tie(world, 0, Role.FRIEND)
    world.people.n_ties[1] -= 1
    found = [line for line in model.verify_against(world) if "keys of ties" in line]
    assert [line.split(" keys")[0] for line in found] == ["person 0", "person 1"]
