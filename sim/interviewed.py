"""People read from data: interviewed ego networks take the place of drawn ties (docs/odd.md, 5; docs/import.md)."""

from typing import Any

import numpy as np
from numpy.typing import NDArray

from sim.importing import Networks
from sim.kernels.draw import PERSON, POOL, draw_ties
from sim.population import Pool, within
from sim.randomness import Draw, Key, uniform, words
from sim.rules import Orders
from sim.state import Tie, zeros
from sim.vocabulary import NATURAL, SERVICE, Condition, Role

FOLLOWING = ("strength", "trust", "reciprocity", "expertise", "friction")
IMPORT = int(Draw.IMPORT)
DONORS = 50  # members of the pool, or ties of theirs, from whom what an interview did not say is taken


def pool_from_networks(networks: Networks, pool: Pool, n: int, rules: Orders, key: Key, share_psychosis: float) -> Pool:
    """A pool of n people, person i with the ties of interview i modulo their number and what data gave about them.

    What the data do not say is taken from the stationary pool by keyed draws, from those most like the interviewed: the
    person's state from one of its people, a tie's missing numbers from one of its ties. Conditions that are not told
    follow the preset. The first professional is the service's.
    """
    identity = np.arange(n, dtype=np.uint32)
    interview = np.arange(n) % len(networks.patients)
    chosen = people_like(networks, interview, pool, share_psychosis, key)
    people = pool.people[chosen].copy()
    people.identity = identity
    tell_people(networks, interview, people)
    order = np.argsort(networks.patient, kind="stable")
    counts = np.bincount(networks.patient, minlength=len(networks.patients))
    first = np.cumsum(counts) - counts
    sources = order[np.repeat(first[interview], counts[interview]) + within(counts[interview].astype(np.int32))]
    people.n_ties = counts[interview]
    people.first = np.cumsum(people.n_ties) - people.n_ties
    people.wished_size = np.maximum(people.wished_size, people.n_ties)
    ties = name_ties(networks.role[sources], people)
    draw_ties(people, ties, rules, key)
    ties.rate[(ties.role == Role.PROFESSIONAL) & (ties.origin == NATURAL)] *= rules.services.contacts_per_week[0]
    take_from_pool(ties, networks, sources, pool, np.repeat(identity, people.n_ties), key)
    tell_ties(networks, sources, ties, rules)
    return pool._replace(people=people, ties=ties, helper_strain=pool.helper_strain[chosen])


def people_like(
    networks: Networks, interview: NDArray[np.int64], pool: Pool, share_psychosis: float, key: Key
) -> NDArray[np.int64]:
    """(n,) a member of the pool for each person: with the same condition, and among the nearest by number of ties of
    each role, distress, withdrawal and recovery."""
    n_ties = np.zeros((len(networks.patients), len(Role)))
    np.add.at(n_ties, (networks.patient, networks.role), 1.0)
    told = np.column_stack((n_ties, networks.distress, networks.withdrawal, networks.recovery))
    people, owner = pool.people, np.repeat(np.arange(len(pool.people)), pool.people.n_ties)
    theirs = np.bincount(len(Role) * owner + pool.ties.role, minlength=len(Role) * len(people)).reshape(-1, len(Role))
    known = np.column_stack((theirs, people.distress, people.withdrawal, people.processes.mean(axis=1)))
    luck = np.array([_luck_of(identity, key) for identity in range(len(interview))])
    drawn = np.where(luck[:, 1] < share_psychosis, Condition.PSYCHOSIS, Condition.AFFECTIVE)
    condition = np.where(networks.condition[interview] < 0, drawn, networks.condition[interview])
    chosen = np.empty(len(interview), np.int64)
    for kind in Condition:
        here = np.flatnonzero(people.condition == kind)
        for which in np.unique(interview[condition == kind]):
            like = here[nearest_rows(told[which], known[here])]
            them = (interview == which) & (condition == kind)
            chosen[them] = like[(luck[them, 0] * len(like)).astype(np.int64)]
    return chosen


def _luck_of(identity: int, key: Key) -> tuple[float, float]:
    """Two uniform draws of a person's: for the member of the pool, and for the condition."""
    return uniform(words(POOL, 0, 0, identity, 0, key)[0]), uniform(words(PERSON, 3, 0, identity, 0, key)[1])


def nearest_rows(told: NDArray[np.float64], known: NDArray[np.float64]) -> NDArray[np.int64]:
    """The rows nearest to what is told, in standard deviations of each column; all where nothing is told (NaN)."""
    there = ~np.isnan(told)
    if not there.any():
        return np.arange(len(known))
    spread = known[:, there].std(axis=0)
    distance = (((known[:, there] - told[there]) / np.where(spread > 0.0, spread, 1.0)) ** 2).sum(axis=1)
    return np.argsort(distance, kind="stable")[:DONORS]


def tell_people(networks: Networks, interview: NDArray[np.int64], people: Any) -> None:
    """What interviews say about people goes before what was drawn."""
    for name, column in (("distress", people.distress), ("withdrawal", people.withdrawal)):
        given = getattr(networks, name)[interview]
        column[:] = np.where(np.isnan(given), column, given)
    recovery = networks.recovery[interview]
    told = ~np.isnan(recovery)
    shift = recovery[told] - people.processes[told].mean(axis=1)
    people.processes[told] = np.clip(people.processes[told] + shift[:, None], 0.0, 1.0)


def name_ties(role: NDArray[np.int8], people: Any) -> Any:
    """Ties with role, origin and key; running numbers count per person and role."""
    ties = zeros(Tie, len(role))
    ties.role = role
    ties.origin = NATURAL
    ties.supporter = -1
    ties.nearness = 1.0
    row = 0
    people.made[:] = 0
    for i in range(len(people)):
        for _ in range(people.n_ties[i]):
            kind = int(role[row])
            number = int(people.made[i, kind])
            ties.key[row] = (kind << 16) | number
            if kind == Role.PROFESSIONAL and number == 0:
                ties.origin[row] = SERVICE
            people.made[i, kind] += 1
            row += 1
    return ties


def take_from_pool(
    ties: Any, networks: Networks, sources: NDArray[np.int64], pool: Pool, owner: NDArray[np.uint32], key: Key
) -> None:
    """Strength, trust and the rest of the moving state, from pool ties of the same role, the nearest by what is told.

    sources: (ties,) row of each tie in the network file.
    """
    moving = (*FOLLOWING, "trust_lost", "ruptured", "critical", "age", "since", "criticism", "strain")
    told = np.column_stack([getattr(networks, name) for name in FOLLOWING])
    luck = np.array([uniform(words(IMPORT, 0, 0, i, at, key)[0]) for i, at in zip(owner, ties.key, strict=True)])
    for role in Role:
        here = np.flatnonzero(pool.ties.role == role)
        known = np.column_stack([pool.ties[name][here] for name in FOLLOWING])
        for source in np.unique(sources[ties.role == role]) if len(here) else ():
            like, rows = here[nearest_rows(told[source], known)], np.flatnonzero(sources == source)
            chosen = like[(luck[rows] * len(like)).astype(np.int64)]
            for name in moving:
                ties[name][rows] = pool.ties[name][chosen]


def tell_ties(networks: Networks, sources: NDArray[np.int64], ties: Any, rules: Orders) -> None:
    """What interviews say about ties goes before what was drawn; contacts a week fix the rate at this strength."""
    for name in FOLLOWING:
        given = getattr(networks, name)[sources]
        ties[name] = np.where(np.isnan(given), ties[name], given)
    ties.ceiling = np.maximum(ties.ceiling, ties.strength)
    floor = rules.parameters[0].meet.floor
    closeness = floor + (1.0 - floor) * ties.strength
    contacts = networks.contacts_per_week[sources]
    told = ~np.isnan(contacts) & (ties.origin != SERVICE)
    ties.rate[told] = contacts[told] / closeness[told]
    planned = rules.services.contacts_per_week[0] * rules.parameters[0].meet.scheduled
    told = ~np.isnan(contacts) & (ties.origin == SERVICE)
    if planned > 0.0:
        ties.rate[told] = contacts[told] / planned
