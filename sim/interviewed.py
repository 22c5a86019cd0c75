"""People read from data: interviewed ego networks take the place of drawn ties (docs/odd.md, 5; docs/import.md)."""

from typing import Any

import numpy as np
from numpy.typing import NDArray

from sim.importing import Networks
from sim.kernels.draw import draw_ties, picks
from sim.population import Pool, within
from sim.randomness import Draw, Key, uniform, words
from sim.rules import Orders
from sim.state import Tie, zeros
from sim.vocabulary import NATURAL, SERVICE, Role

FOLLOWING = ("strength", "trust", "reciprocity", "expertise", "friction")


def pool_from_networks(networks: Networks, pool: Pool, n: int, rules: Orders, key: Key) -> Pool:
    """A pool of n people, person i with the ties of interview i modulo their number and what data gave about them.

    What the data do not say is taken from the stationary pool by keyed draws: the person's state from one of its
    people, a tie's missing numbers from one of its ties of the same role. The first professional is the service's.
    """
    identity = np.arange(n, dtype=np.uint32)
    chosen = picks(identity, len(pool.people), key)
    people = pool.people[chosen].copy()
    people.identity = identity
    interview = np.arange(n) % len(networks.patients)
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
    take_from_pool(ties, pool, np.repeat(identity, people.n_ties), key)
    tell_ties(networks, sources, ties, rules)
    return pool._replace(people=people, ties=ties, helper_strain=pool.helper_strain[chosen])


def tell_people(networks: Networks, interview: NDArray[np.int64], people: Any) -> None:
    """What interviews say about people goes before what was drawn."""
    for name, column in (("distress", people.distress), ("withdrawal", people.withdrawal)):
        given = getattr(networks, name)[interview]
        column[:] = np.where(np.isnan(given), column, given)
    condition = networks.condition[interview]
    people.condition[:] = np.where(condition < 0, people.condition, condition)
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


def take_from_pool(ties: Any, pool: Pool, owner: NDArray[np.uint32], key: Key) -> None:
    """Strength, trust and the rest of the moving state, from pool ties of the same role."""
    moving = (*FOLLOWING, "trust_lost", "ruptured", "critical", "age", "since", "criticism", "strain")
    for role in Role:
        like, rows = np.flatnonzero(pool.ties.role == role), np.flatnonzero(ties.role == role)
        if len(like) == 0 or len(rows) == 0:
            continue
        luck = [words(int(Draw.IMPORT), 0, 0, owner[row], ties.key[row], key)[0] for row in rows]
        chosen = like[[int(uniform(word) * len(like)) for word in luck]]
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
