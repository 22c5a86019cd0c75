"""Fellow patients find each other, and part on both sides (docs/odd.md, 7.0)."""

import numpy as np

from supportnet.sim.jit import compiled_with_memory, verb
from supportnet.sim.kernels.form import lay, own_criticism, own_trait
from supportnet.sim.kernels.tie_storage import NEIGHBOURHOOD, PEER, TRAITS_A, TRAITS_B, end
from supportnet.sim.kernels.workspace import Week, lasting
from supportnet.sim.state import MOST_TIES, UNMATCHED

MOST = NEIGHBOURHOOD * MOST_TIES  # ties in a neighbourhood


@verb
def row_of(week: Week, identity: int) -> int:
    """Row of the person of this identity; -1 where there is nobody."""
    place = identity - week.desk.lowest
    return week.desk.where[place] if 0 <= place < week.desk.where.shape[0] else -1


@verb
def supports(week: Week, i: int, other: int) -> bool:
    """Whether person `other` is the supporter in one of person i's ties."""
    me = week.world.people[i]
    for row in range(me.first, me.first + me.n_ties):
        if week.world.ties[row].supporter == week.desk.n_posts + other:
            return True
    return False


@verb
def end_other_sides(week: Week, i: int) -> None:
    """Ties of neighbours in which person i is the supporter end where person i's own with them has ended."""
    first = week.world.people[i].identity // NEIGHBOURHOOD * NEIGHBOURHOOD
    for identity in range(first, first + NEIGHBOURHOOD):
        j = row_of(week, identity)
        if j < 0 or supports(week, i, j):
            continue
        other = week.world.people[j]
        for row in range(other.first + other.n_ties - 1, other.first - 1, -1):
            if week.world.ties[row].supporter == week.desk.n_posts + i:
                end(week, j, row)


@verb
def looks(week: Week, i: int, row: int) -> bool:
    """Whether the tie in this row of person i's looks for a fellow patient: in a programme, while they are in it."""
    tie = week.world.ties[row]
    return tie.supporter == UNMATCHED and (tie.origin < 0 or week.world.places[tie.origin, i].weeks_in >= 0)


@verb
def helps_as(week: Week, row: int, other: int) -> None:
    """Person `other` is the supporter in this tie, with the traits that they have as a helper of anybody."""
    tie, people, identity = week.world.ties[row], week.rules.parameters[0].people, week.world.people[other].identity
    _, _, competence, warmth = lasting(week, TRAITS_A, 0, identity, 0)
    criticism, _, _, _ = lasting(week, TRAITS_B, 0, identity, 0)
    tie.supporter = week.desk.n_posts + other
    tie.competence = own_trait(people.competence[lay(PEER)], people.spread, competence)
    tie.warmth = own_trait(people.warmth, people.spread, warmth)
    tie.own_criticism = own_criticism(people, PEER, criticism)
    tie.criticism = tie.own_criticism


@compiled_with_memory
def match_neighbours(week: Week, first: int) -> None:
    """Ties of a neighbourhood, from this identity on, that look for a fellow patient find each other."""
    people, ties = week.world.people, week.world.ties
    owners, rows, words = np.empty(MOST, np.int64), np.empty(MOST, np.int64), np.empty(MOST, np.uint32)
    n = 0
    for identity in range(first, first + NEIGHBOURHOOD):
        i = row_of(week, identity)
        if i < 0:
            continue
        people[i].looking = 0
        for row in range(people[i].first, people[i].first + people[i].n_ties):
            if looks(week, i, row):
                owners[n], rows[n] = i, row
                words[n] = lasting(week, TRAITS_B, 0, identity, ties[row].key)[3]
                n += 1
    order = np.argsort(words[:n], kind="mergesort")
    for a in range(n):
        one, mine = owners[order[a]], rows[order[a]]
        for b in range(a + 1, n):
            other, theirs = owners[order[b]], rows[order[b]]
            if ties[mine].supporter != UNMATCHED:
                break
            same = ties[theirs].supporter == UNMATCHED and ties[theirs].origin == ties[mine].origin
            if same and other != one and not supports(week, one, other):
                helps_as(week, mine, other)
                helps_as(week, theirs, one)


@compiled_with_memory
def settle_fellows(week: Week) -> None:
    """What has ended on one side ends on the other; then ties that look for a fellow patient find each other."""
    people = week.world.people
    for i in range(people.shape[0]):
        if people[i].parted:
            end_other_sides(week, i)
            people[i].parted = 0
    for i in range(people.shape[0]):
        if people[i].looking:
            match_neighbours(week, people[i].identity // NEIGHBOURHOOD * NEIGHBOURHOOD)
