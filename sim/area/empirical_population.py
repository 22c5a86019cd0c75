"""People read from data: interviewed ego networks take the place of drawn ties (docs/odd.md, 5; docs/import.md)."""

import math
from typing import Any

import numpy as np
from numpy.typing import NDArray

from supportnet.sim.area.population import Pool, count_roles, within
from supportnet.sim.enums import NATURAL, SERVICE, Condition, Role
from supportnet.sim.jit import compiled_with_memory
from supportnet.sim.kernels.acquaintance import draw_acquaintances
from supportnet.sim.kernels.initial_state import PERSON, POOL, draw_ties
from supportnet.sim.network_file.reader import Networks
from supportnet.sim.randomness import Draw, Key, philox_words, uniform
from supportnet.sim.rules import PackedRules
from supportnet.sim.state import Tie, zeros

Doubles = NDArray[np.float64]
Rows = NDArray[np.int64]
FOLLOWING = ("strength", "trust", "reciprocity", "expertise", "friction")
IMPORT = int(Draw.IMPORT)
DONORS = 50  # members of the pool, or ties of theirs, from whom what an interview did not say is taken


def pool_from_networks(
    networks: Networks, pool: Pool, n: int, rules: PackedRules, key: Key, share_psychosis: float
) -> Pool:
    """A pool of n people, each with the ties of an interview and what data gave about the person.

    What the data do not say is taken from the stationary pool by keyed draws, from those most like the interviewed: the
    person's state from one of its people, a tie's missing numbers from one of its ties. Conditions that are not given
    follow the preset. The first professional is the service's.
    """
    identity = np.arange(n, dtype=np.uint32)
    interview = sample_interviews(networks, n, key)
    chosen = people_like(networks, interview, pool, share_psychosis, key)
    people = pool.people[chosen].copy()
    people.identity = identity
    overwrite_people(networks, interview, people)
    order = np.argsort(networks.patient, kind="stable")
    counts = ties_of(networks)
    first = np.cumsum(counts) - counts
    sources = order[np.repeat(first[interview], counts[interview]) + within(counts[interview].astype(np.int32))]
    people.n_ties = counts[interview]
    people.first = np.cumsum(people.n_ties) - people.n_ties
    ties = name_ties(networks.role[sources], people)
    by_role = count_roles(people, ties)
    people.wished_size = np.maximum(people.wished_size, by_role[:, Role.PEER] + by_role[:, Role.FRIEND])
    people.relatives = np.maximum(people.relatives, by_role[:, Role.FAMILY])
    draw_ties(people, ties, rules, key)
    draw_acquaintances(people, ties, rules, rules, key)
    ties.knows = np.where(networks.knows_given[sources], networks.knows[sources], ties.knows)
    ties.rate[(ties.role == Role.PROFESSIONAL) & (ties.origin == NATURAL)] *= rules.services.contacts_per_week[0]
    take_from_pool(ties, networks, sources, pool, np.repeat(identity, people.n_ties), key)
    overwrite_ties(networks, sources, ties, people, rules)
    return pool._replace(people=people, ties=ties, helper_strain=pool.helper_strain[chosen])


def sample_interviews(networks: Networks, n: int, key: Key) -> Rows:
    """(n,) the interview of each person: a systematic sample, by weight, of the interviews in order of network size.

    Of an interview that is expected 2.4 times there are 2 or 3 people. With as many people as interviews of equal
    weight everybody is there once, in the order of the file. Copies of one interview stand far from each other, for
    neighbours share a professional.
    """
    start = uniforms(IMPORT, 1, 0, np.zeros(1, np.uint32), np.zeros(1, np.int64), key)[0]
    by_size = np.argsort(ties_of(networks), kind="stable")
    ends = np.cumsum(expected_people(networks, n)[by_size])
    ends[-1] = n
    counts = np.empty(len(by_size), np.int32)
    counts[by_size] = np.diff(np.ceil(ends - start), prepend=0.0)
    interview = np.repeat(np.arange(len(counts)), counts)
    place = (within(counts) + 0.5) / counts[interview]
    return interview[np.lexsort((interview, place))]


def expected_people(networks: Networks, n: int) -> Doubles:
    """(interviews,) how many of n people each interview stands for."""
    weight = networks.weight / networks.weight.max()  # exactly 1 where all are equal
    return np.asarray(n * weight / weight.sum())


def ties_of(networks: Networks) -> Rows:
    """(interviews,) number of ties."""
    return np.bincount(networks.patient, minlength=len(networks.patients))


def people_like(networks: Networks, interview: Rows, pool: Pool, share_psychosis: float, key: Key) -> Rows:
    """(n,) a member of the pool for each person: with the same condition, and among the nearest by number of ties of
    each role, distress, withdrawal and recovery."""
    n_ties = np.zeros((len(networks.patients), len(Role)))
    np.add.at(n_ties, (networks.patient, networks.role), 1.0)
    reported = np.column_stack((n_ties, networks.distress, networks.withdrawal, networks.recovery))
    people, owner = pool.people, np.repeat(np.arange(len(pool.people)), pool.people.n_ties)
    theirs = np.bincount(len(Role) * owner + pool.ties.role, minlength=len(Role) * len(people)).reshape(-1, len(Role))
    known = np.column_stack((theirs, people.distress, people.withdrawal, people.processes.mean(axis=1)))
    identity, nobody = np.arange(len(interview), dtype=np.uint32), np.zeros(len(interview), np.int64)
    u = uniforms(POOL, 0, 0, identity, nobody, key)
    ill = uniforms(PERSON, 3, 1, identity, nobody, key)
    drawn = np.where(ill < share_psychosis, Condition.PSYCHOSIS, Condition.AFFECTIVE)
    condition = np.where(networks.condition[interview] < 0, drawn, networks.condition[interview])
    chosen = np.empty(len(interview), np.int64)
    for kind in Condition:
        here, them = np.flatnonzero(people.condition == kind), np.flatnonzero(condition == kind)
        chosen[them] = here[one_alike(reported, interview[them], known[here], u[them])]
    return chosen


@compiled_with_memory
def uniforms(
    purpose: int, index: int, word: int, identities: NDArray[np.uint32], names: NDArray[np.int64], key: Key
) -> Doubles:
    """One uniform draw for each person and tie (0: none), for good."""
    u = np.empty(identities.shape[0])
    for k in range(identities.shape[0]):
        u[k] = uniform(philox_words(purpose, index, 0, identities[k], names[k], key)[word])
    return u


def one_alike(reported: Doubles, rows: Rows, known: NDArray[Any], u: Doubles) -> Rows:
    """For each of these rows of data, by its draw, one of the nearest rows of `known`; any of them if nothing is
    known."""
    asked, place = np.unique(rows, return_inverse=True)
    near = nearest_rows(reported[asked], known)
    chosen = near[place, (u * near.shape[1]).astype(np.int64)]
    nothing = np.isnan(reported[rows]).all(axis=1)
    return np.where(nothing, (u * len(known)).astype(np.int64), chosen)


def nearest_rows(reported: Doubles, known: NDArray[Any]) -> Rows:
    """(rows of data, DONORS) the nearest rows of `known`, the nearest first, in standard deviations of each column.

    Columns that are missing (NaN) do not count.
    """
    present = ~np.isnan(reported)
    near = np.empty((len(reported), min(DONORS, len(known))), np.int64)
    for columns in np.unique(present[present.any(axis=1)], axis=0):
        asking, theirs = np.flatnonzero((present == columns).all(axis=1)), known[:, columns]
        answers, place = np.unique(reported[asking][:, columns], axis=0, return_inverse=True)
        spread = theirs.std(axis=0)
        spread = np.where(spread > 0.0, spread, 1.0).astype(np.float64)
        near[asking] = search(answers, theirs.astype(np.float64), spread, *boxes(theirs), near.shape[1])[place]
    return near


def boxes(known: NDArray[Any]) -> tuple[Rows, Rows]:
    """Rows in an order in which neighbours stand together, in boxes of about DONORS, and where each box begins.

    Each column in turn cuts every box into equally many slices of equal size.
    """
    n, width = known.shape
    slices, box = math.ceil((n / DONORS) ** (1 / width)), np.zeros(n, np.int64)
    for column in range(width):
        order, counts = np.lexsort((known[:, column], box)), np.bincount(box).astype(np.int32)
        box[order] = slices * box[order] + within(counts) * slices // counts[box[order]]
    order = np.argsort(box, kind="stable")
    return order, np.append(np.unique(box[order], return_index=True)[1], n)


@compiled_with_memory
def search(reported: Doubles, known: Doubles, spread: Doubles, order: Rows, begins: Rows, most: int) -> Rows:
    """(rows of data, most) nearest rows of `known`, the lower one where two are equally near; looks into boxes from the
    nearest on, until all that are left are too far away."""
    n_boxes, width = begins.shape[0] - 1, known.shape[1]
    low, high = np.empty((n_boxes, width)), np.empty((n_boxes, width))
    for box in range(n_boxes):
        for column in range(width):
            inside = known[order[begins[box] : begins[box + 1]], column]
            low[box, column], high[box, column] = inside.min(), inside.max()
    near, far, least = np.empty((reported.shape[0], most), np.int64), np.empty(most), np.empty(n_boxes)
    for k in range(reported.shape[0]):
        far[:], least[:] = math.inf, 0.0
        for box in range(n_boxes):
            for column in range(width):
                edge = min(max(reported[k, column], low[box, column]), high[box, column])
                least[box] += ((edge - reported[k, column]) / spread[column]) ** 2
        for box in np.argsort(least):
            if least[box] > far[-1]:
                break
            for row in order[begins[box] : begins[box + 1]]:
                distance = 0.0
                for column in range(width):
                    distance += ((known[row, column] - reported[k, column]) / spread[column]) ** 2
                at = most
                while at > 0 and (far[at - 1] > distance or (far[at - 1] == distance and near[k, at - 1] > row)):
                    at -= 1
                for place in range(most - 1, at, -1):
                    far[place], near[k, place] = far[place - 1], near[k, place - 1]
                if at < most:
                    far[at], near[k, at] = distance, row
    return near


def overwrite_people(networks: Networks, interview: Rows, people: Any) -> None:
    """What interviews say about people goes before what was drawn."""
    for name, column in (("distress", people.distress), ("withdrawal", people.withdrawal)):
        given = getattr(networks, name)[interview]
        column[:] = np.where(np.isnan(given), column, given)
    recovery = networks.recovery[interview]
    known = ~np.isnan(recovery)
    shift = recovery[known] - people.processes[known].mean(axis=1)
    people.processes[known] = np.clip(people.processes[known] + shift[:, None], 0.0, 1.0)


def name_ties(role: NDArray[np.int8], people: Any) -> Any:
    """Ties with role, origin and key; running numbers count per person and role."""
    ties = zeros(Tie, len(role))
    group = len(Role) * np.repeat(np.arange(len(people)), people.n_ties) + role
    counts = np.bincount(group, minlength=len(Role) * len(people)).astype(np.int32)
    number = np.empty(len(role), np.int64)
    number[np.argsort(group, kind="stable")] = within(counts)
    ties.role = role
    ties.key = (role.astype(np.int64) << 16) | number
    ties.origin = np.where((role == Role.PROFESSIONAL) & (number == 0), SERVICE, NATURAL)
    ties.supporter = -1
    people.made = counts.reshape(-1, len(Role))
    return ties


def take_from_pool(
    ties: Any, networks: Networks, sources: Rows, pool: Pool, owner: NDArray[np.uint32], key: Key
) -> None:
    """Strength, trust and the rest of the moving state, from pool ties of the same role, the nearest by what is known.

    sources: (ties,) row of each tie in the network file.
    """
    moving = (*FOLLOWING, "trust_lost", "ruptured", "critical", "age", "since", "criticism", "strain")
    reported = np.column_stack([getattr(networks, name) for name in FOLLOWING])
    u = uniforms(IMPORT, 0, 0, owner, ties.key.astype(np.int64), key)
    for role in Role:
        here, rows = np.flatnonzero(pool.ties.role == role), np.flatnonzero(ties.role == role)
        if not len(here):
            continue
        known = np.column_stack([pool.ties[name][here] for name in FOLLOWING])
        chosen = here[one_alike(reported, sources[rows], known, u[rows])]
        for name in moving:
            ties[name][rows] = pool.ties[name][chosen]


def overwrite_ties(networks: Networks, sources: Rows, ties: Any, people: Any, rules: PackedRules) -> None:
    """What interviews say about ties goes before what was drawn.

    Contacts a week set the rate, so that as many are asked of a tie as it is now, outside crises; its supporter can
    sustain them, and the person has time for all that is asked of all their ties.
    """
    for name in FOLLOWING:
        given = getattr(networks, name)[sources]
        ties[name] = np.where(np.isnan(given), ties[name], given)
    ties.ceiling = np.maximum(ties.ceiling, ties.strength)
    meet, owner = rules.parameters[0].meet, np.repeat(np.arange(len(people)), people.n_ties)
    withdrawal = people.withdrawal[owner].astype(np.float64)
    closeness = ties.strength * (1.0 - meet.closing * withdrawal)
    planned = rules.services.contacts_per_week[0] * meet.scheduled
    contacts = networks.contacts_per_week[sources]
    asked_at_rate_1 = np.where(ties.origin == SERVICE, planned, closeness)
    known = ~np.isnan(contacts) & (asked_at_rate_1 > 0.0)
    ties.rate[known] = contacts[known] / asked_at_rate_1[known]
    ties.capacity[known] = np.maximum(ties.capacity[known], contacts[known])
    people.time = np.maximum(people.time, np.bincount(owner, ties.rate * asked_at_rate_1, len(people)))
