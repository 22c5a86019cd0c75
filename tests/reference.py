"""The week written a second time, in plain Mesa objects: slow, readable, the specification in code.

It follows docs/odd.md section 7, not the compiled core, and shares no code with it: the two must agree on every
discrete event, and on every number as far as single precision goes. State is kept in double precision here, but for
trust, by which ties are put in order.
People and ties stand in reference_people.py, matching of fellow patients in reference_fellows.py, programmes and
services in reference_enrol.py, time and contacts in reference_contacts.py, ties and supporters in reference_ties.py,
recovery in reference_recover.py, the comparison with a core's world in reference_compare.py.
"""

from collections.abc import Iterator
from typing import Any

import mesa

from supportnet.sim.enums import Condition, Role
from supportnet.sim.rules import Programmes, Rules, Services
from supportnet.sim.state import World
from tests.reference_compare import (
    COUNTED,
    MEASURED,
    PLACE_COUNTED,
    POST_COUNTED,
    POST_NUMBERS,
    SUPPORTER_NUMBERS,
    TIE_NUMBERS,
    differences,
)
from tests.reference_contacts import help, meet, share
from tests.reference_draws import Luck
from tests.reference_enrol import enrol, turn_page
from tests.reference_fellows import settle_fellows
from tests.reference_people import Person, Place, Post, Supporter, Tie
from tests.reference_recover import recover
from tests.reference_ties import bond, fade_and_form, tire


class Reference(mesa.Model):
    """An area, week by week. `events[w]` lists what happened in week w as tuples: what, whose identity, details."""

    def __init__(self, rules: Rules, seed: int, replicate: int, week: int = 0):
        super().__init__()
        self.rules = rules
        self.luck = Luck(seed, replicate)
        self.week = week
        self.persons: list[Person] = []
        self.posts: list[Post] = []
        self.by_identity: dict[int, Person] = {}
        self.events: dict[int, list[tuple[Any, ...]]] = {}
        self.read_rules()

    def read_rules(self) -> None:
        """Services of each team and programmes on offer, one row at a time; `rules` may change between weeks."""
        teams = range(len(self.rules.services.caseload))
        self.levers = [Services(*(column[team].item() for column in self.rules.services)) for team in teams]
        rows = range(len(self.rules.programmes.key))
        self.programmes = [Programmes(*(column[row].tolist() for column in self.rules.programmes)) for row in rows]
        self.held: list[list[float]] = self.rules.mechanisms.tolist()

    def supporters(self) -> Iterator[Supporter]:
        """Everybody who helps: holders of open posts, people as fellow patients, supporters with one tie."""
        yield from (post for post in self.posts if post.team >= 0)
        for person in self.persons:
            yield person.helper
        for person in self.persons:
            yield from (tie.supporter for tie in person.ties if tie.supporter.row < 0)

    def tell(self, what: str, *details: Any) -> None:
        self.events[self.week].append((what, *details))

    def step(self) -> None:
        """One week."""
        self.events[self.week] = []
        self.read_rules()
        settle_fellows(self)
        enrol(self)
        share(self)
        meet(self)
        help(self)
        bond(self)
        recover(self)
        tire(self)
        fade_and_form(self)
        turn_page(self)
        self.week += 1

    def verify_against(self, world: World, tolerance: float = 1e-5) -> list[str]:
        """Differences to a core's world in the same week, in words; none where the two agree."""
        return differences(self, world, tolerance)

    @classmethod
    def from_world(cls, world: World, rules: Rules, seed: int, replicate: int, week: int = 0) -> "Reference":
        """Reads a world of arrays into objects."""
        model = cls(rules, seed, replicate, week)
        people, n_posts = world.people, len(world.several) - len(world.people)
        shared = [(Post if row < n_posts else Supporter)(model, row=row) for row in range(len(world.several))]
        for supporter in shared:
            post = (*POST_NUMBERS, *POST_COUNTED) if isinstance(supporter, Post) else ()
            for name in (*SUPPORTER_NUMBERS, *post):
                setattr(supporter, name, world.several[name][supporter.row].item())
        model.posts = [supporter for supporter in shared if isinstance(supporter, Post)]
        for i in range(len(people)):
            person = read_person(model, world, i)
            person.helper = shared[n_posts + i]
            person.helper.person = person
            person.post = model.posts[people["post"][i]] if people["post"][i] >= 0 else None
            model.persons.append(person)
            model.by_identity[person.identity] = person
        for i, person in enumerate(model.persons):
            for row in range(people["first"][i], people["first"][i] + people["n_ties"][i]):
                read_tie(person, world, row, shared)
            read_acquaintances(person, world, i)
        return model


def read_person(model: Reference, world: World, i: int) -> Person:
    core = world.people[i]
    person = Person(model)
    for name in (*MEASURED, *COUNTED, "identity", "team", "holder"):
        setattr(person, name, core[name].tolist())
    person.condition, person.access = Condition(core["condition"]), bool(core["access"])
    person.looking = bool(core["looking"])
    person.places = [
        Place(**{name: world.places[name][p, i].item() for name in PLACE_COUNTED}) for p in range(len(world.places))
    ]
    return person


def read_acquaintances(person: Person, world: World, i: int) -> None:
    first = world.people["first"][i]
    for slot, tie in enumerate(person.ties):
        knows = int(world.ties["knows"][first + slot])
        tie.acquaintances = [other for k, other in enumerate(person.ties) if knows >> k & 1]


def read_tie(person: Person, world: World, row: int, shared: list[Supporter]) -> Tie:
    core = world.ties[row]
    if core["supporter"] >= 0:
        supporter = shared[core["supporter"]]
    else:
        supporter = Supporter(person.model, row=core["supporter"].item())
        supporter.strain, supporter.capacity = core["strain"].item(), core["capacity"].item()
    return Tie(
        person=person,
        supporter=supporter,
        role=Role(core["role"]),
        ruptured=bool(core["ruptured"]),
        **{name: core[name].item() for name in ("key", "origin", "age", "since", *TIE_NUMBERS)},
    )
