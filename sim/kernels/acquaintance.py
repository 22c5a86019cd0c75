"""Ties among a person's supporters: bits of a mask, one for each of the person's ties (docs/odd.md, 7.0, 7.7)."""

from typing import Any

from numba import float64, uint64

from supportnet.sim.enums import Role
from supportnet.sim.jit import compiled, verb
from supportnet.sim.kernels.workspace import Week
from supportnet.sim.parameters import Net
from supportnet.sim.randomness import Draw, Key, philox_words, uniform
from supportnet.sim.rules import PackedRules
from supportnet.sim.state import MOST_TIES

ACQUAINTANCE, FAMILY = int(Draw.ACQUAINTANCE), int(Role.FAMILY)


@verb
def bit(slot: int) -> int:
    return uint64(1) << uint64(slot)


@verb
def count_bits(mask: int) -> int:
    """How many bits are set."""
    m = uint64(mask)
    m -= (m >> uint64(1)) & uint64(0x5555555555555555)
    m = (m & uint64(0x3333333333333333)) + ((m >> uint64(2)) & uint64(0x3333333333333333))
    m = (m + (m >> uint64(4))) & uint64(0x0F0F0F0F0F0F0F0F)
    return (m * uint64(0x0101010101010101)) >> uint64(56)


@verb
def lowest_slot(mask: int) -> int:
    """Slot of the lowest bit that is set."""
    return count_bits((mask & (~mask + uint64(1))) - uint64(1))


@verb
def share_known(knows: int, n_ties: int) -> float:
    """Share of a person's other supporters whom one of them knows; 0 where there are no others."""
    return float64(count_bits(knows)) / (n_ties - 1) if n_ties > 1 else 0.0


@verb
def link(ties: Any, first: int, one: int, other: int) -> None:
    """Two of a person's supporters know each other."""
    ties[first + one].knows |= bit(other)
    ties[first + other].knows |= bit(one)


@verb
def pair_words(key: Key, identity: int, newer: int, older: int) -> tuple[int, int, int, int]:
    """The four words about two of a person's ties, by the keys of the ties."""
    return philox_words(ACQUAINTANCE, 0, older, identity, newer, key)


@verb
def acquaint(week: Week, i: int, slot: int) -> None:
    """Whom of the person's other supporters the one of a new tie knows."""
    me, ties, net = week.world.people[i], week.world.ties, week.rules.parameters[0].net
    forget(week, i, slot)
    new = ties[me.first + slot]
    for other in range(me.n_ties):
        if other != slot:
            old = ties[me.first + other]
            if knows_from_start(net, pair_words(week.key, me.identity, new.key, old.key)[0], new.role, old.role):
                link(ties, me.first, slot, other)


@verb
def knows_from_start(net: Net, word: int, role: int, other: int) -> bool:
    """Whether supporters of these roles know each other from the start."""
    return uniform(word) < (net.kin if role == FAMILY and other == FAMILY else net.other)


@compiled
def draw_acquaintances(people: Any, ties: Any, rules: PackedRules, before: PackedRules, key: Key) -> None:
    """Who knows whom from the start, anew under these rules; who came to know each other since, under those before,
    still does."""
    net, then = rules.parameters[0].net, before.parameters[0].net
    for i in range(people.shape[0]):
        me = people[i]
        for slot in range(me.n_ties):
            for older in range(slot):
                one, other = ties[me.first + slot], ties[me.first + older]
                word = pair_words(key, me.identity, one.key, other.key)[0]
                since = one.knows & bit(older) and not knows_from_start(then, word, one.role, other.role)
                one.knows &= ~bit(older)
                other.knows &= ~bit(slot)
                if since or knows_from_start(net, word, one.role, other.role):
                    link(ties, me.first, slot, older)


@verb
def forget(week: Week, i: int, slot: int) -> None:
    """Nobody knows the supporter of this tie."""
    me, ties = week.world.people[i], week.world.ties
    ties[me.first + slot].knows = uint64(0)
    for other in range(me.n_ties):
        if other != slot:
            ties[me.first + other].knows &= ~bit(slot)


@verb
def close_gap(week: Week, i: int, slot: int) -> None:
    """Masks after the tie of this slot has ended: later ties have moved up by one."""
    me, ties, below = week.world.people[i], week.world.ties, bit(slot) - uint64(1)
    for row in range(me.first, me.first + me.n_ties):
        knows = uint64(ties[row].knows)
        ties[row].knows = (knows & below) | ((knows >> uint64(1)) & ~below)


@verb
def count_components(ties: Any, first: int, n_ties: int) -> int:
    """Groups of a person's supporters who are joined, directly or through others; somebody whom nobody knows is one."""
    left, groups = (bit(n_ties) - uint64(1)) if n_ties < MOST_TIES else ~uint64(0), 0
    while left != 0:
        groups += 1
        ahead = left & (~left + uint64(1))
        left &= ~ahead
        while ahead != 0:
            lowest = ahead & (~ahead + uint64(1))
            reached = ties[first + count_bits(lowest - uint64(1))].knows & left
            ahead = (ahead & ~lowest) | reached
            left &= ~reached
    return groups


@verb
def introduce(week: Week, i: int, slot: int) -> None:
    """A new friend or peer, of the last tie, may come through another supporter, and know whom that one knows."""
    me, ties = week.world.people[i], week.world.ties
    new = ties[me.first + slot]
    whom, comes, _, _ = philox_words(ACQUAINTANCE, 1, 0, me.identity, new.key, week.key)
    if slot == 0:
        return
    through = int(uniform(whom) * slot)
    known = ties[me.first + through].knows & ~bit(slot)
    chance = share_known(known, slot)
    if uniform(comes) >= chance:
        return
    link(ties, me.first, slot, through)
    for other in range(slot):
        if known & bit(other):
            u = uniform(pair_words(week.key, me.identity, new.key, ties[me.first + other].key)[1])
            if u < chance:
                link(ties, me.first, slot, other)


@verb
def present(week: Week, i: int, p: int) -> int:
    """Who of person i's supporters is in a session of programme p, as bits of a mask."""
    mask = uint64(0)
    for slot in range(week.world.people[i].n_ties):
        if week.room.seats[p, slot]:
            mask |= bit(slot)
    return mask


@verb
def meet_each_other(week: Week, i: int, p: int) -> None:
    """All who sit in a session of programme p know each other from now on."""
    me, ties, together = week.world.people[i], week.world.ties, present(week, i, p)
    for slot in range(me.n_ties):
        if week.room.seats[p, slot]:
            ties[me.first + slot].knows |= together & ~bit(slot)
