"""Lives of a few simulated people in several scenarios with the same random numbers: what happened to each, and
when."""

from collections import Counter
from collections.abc import Iterator, Sequence
from typing import Any, NamedTuple

import numpy as np

from supportnet.experiments.comparison.subgroups import POINTS
from supportnet.experiments.ensemble.sampling import Sampling
from supportnet.sim.area.derived import current_programmes
from supportnet.sim.area.simulation import Simulation
from supportnet.sim.enums import Role
from supportnet.sim.scenario.scenario import Scenario

NATURAL, SERVICE = "natural", "service"  # where ties come from that no programme brought
DRAWN = 771  # a stream of luck that nothing else uses: who is drawn


class Event(NamedTuple):
    """Something that happened to a person."""

    week: int  # from 1
    what: str  # a word of `happened`
    whom: str = ""  # role of the supporter, or name of the programme
    through: str = ""  # the programme that brought a tie


class LifeHistory(NamedTuple):
    """One person in one scenario."""

    person: int  # row of the area
    scenario: str
    ties: dict[str, int]  # by role, at the start
    qpr: tuple[float, float]  # at the start and at the end
    events: list[Event]


class Now(NamedTuple):
    """What can be seen of a person in a week."""

    ties: dict[int, tuple[str, str, bool]]  # by key: role, where it comes from, ruptured
    holder: int  # running number of the holder of the professional's post
    inside: frozenset[str]  # programmes
    crisis: bool
    admissions: int
    dropouts: int


def drawn_people(n_people: int, how_many: int, seed: int) -> list[int]:
    """A few people at random, as the seed says."""
    chosen = np.random.default_rng((DRAWN, seed)).choice(n_people, min(how_many, n_people), replace=False)
    return sorted(int(person) for person in chosen)


def life_histories(scenario: Scenario, persons: Sequence[int], sampling: Sampling) -> list[LifeHistory]:
    """The lives of these people (rows of the area) in the first replicate of a scenario, week by week."""
    replicate = sampling.replicates[0]
    scenario, pool = sampling.world(scenario, replicate)
    simulation = Simulation(scenario, sampling.seed, replicate, pool=pool)
    before = [seen_now(simulation, person) for person in persons]
    ties = [dict(Counter(role for role, _, _ in now.ties.values())) for now in before]
    first, lives = [qpr_now(simulation, person) for person in persons], [list[Event]() for _ in persons]
    for week in range(1, scenario.weeks + 1):
        simulation.advance(1, every=0)
        now = [seen_now(simulation, person) for person in persons]
        for events, then, after in zip(lives, before, now, strict=True):
            events += [Event(week, *what) for what in happened(then, after)]
        before = now
    last = [qpr_now(simulation, person) for person in persons]
    return [
        LifeHistory(person, scenario.name, ties[k], (first[k], last[k]), lives[k]) for k, person in enumerate(persons)
    ]


def qpr_now(simulation: Simulation, person: int) -> float:
    """Score 0-60 as it is, not as a questionnaire with its errors would read it."""
    return POINTS * float(simulation.area.world.people.processes[person].mean(dtype=np.float64))


def seen_now(simulation: Simulation, person: int) -> Now:
    """A person as the week has left them."""
    world, names = simulation.area.world, simulation.programme_names
    me: Any = world.people[person]
    rows = world.ties[me.first : me.first + me.n_ties]
    roles, origins = Role.words(), (*names, SERVICE, NATURAL)
    ties = {int(tie.key): (roles[tie.role], origins[tie.origin], bool(tie.ruptured)) for tie in rows}
    inside = frozenset(current_programmes(world, names, person))
    return Now(ties, int(me.holder), inside, bool(me.crisis > 0), int(me.admissions), int(me.dropouts))


def happened(before: Now, now: Now) -> Iterator[tuple[str, ...]]:
    """What is different from the week before: what, whom, through."""
    yield from (("joined", name) for name in sorted(now.inside - before.inside))
    ended = "left early" if now.dropouts > before.dropouts else "completed"
    yield from ((ended, name) for name in sorted(before.inside - now.inside))
    yield from with_the_service(before, now)
    for key, (role, origin, _) in now.ties.items():
        if key not in before.ties and origin != SERVICE:
            yield "new tie", role, "" if origin == NATURAL else origin
    for key, (role, origin, ruptured) in before.ties.items():
        if key not in now.ties and origin != SERVICE:
            yield "tie ended", role
        elif key in now.ties and ruptured != now.ties[key][2]:
            yield "repair" if ruptured else "rupture", role
    if now.crisis and not before.crisis:
        yield ("admission" if now.admissions > before.admissions else "crisis",)


def with_the_service(before: Now, now: Now) -> Iterator[tuple[str, ...]]:
    """What became of the tie with one's own professional of the service."""
    then, after = ([key for key, (_, origin, _) in one.ties.items() if origin == SERVICE] for one in (before, now))
    if then and after:
        if then != after or before.holder != now.holder:
            yield ("professional changed",)
    elif then:
        yield ("left the service",)
    elif after:
        yield ("came to the service",)
