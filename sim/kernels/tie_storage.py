"""Tie rows of a person: beginning, handing over, ending. Rows stay side by side, oldest first."""

from supportnet.sim.enums import NATURAL, SERVICE, Role
from supportnet.sim.jit import verb
from supportnet.sim.kernels.acquaintance import acquaint, close_gap
from supportnet.sim.kernels.form import lay, own_capacity, own_ceiling, own_criticism, own_rate, own_trait
from supportnet.sim.kernels.workspace import Week, lasting
from supportnet.sim.randomness import Draw, uniform
from supportnet.sim.state import OUTSIDER, UNMATCHED

PROFESSIONAL, PEER = int(Role.PROFESSIONAL), int(Role.PEER)
TRAITS_A, TRAITS_B = int(Draw.TRAITS_A), int(Draw.TRAITS_B)
NEIGHBOURHOOD = 64  # consecutive identities who may meet as fellow patients


@verb
def tie_key(space: int, number: int) -> int:
    return (space << 16) | number


@verb
def to_be_fellow(week: Week, origin: int, word: int) -> bool:
    """Whether a new peer is to be a fellow patient: some natural ones, and all whom a group programme makes."""
    if origin == NATURAL:
        return uniform(word) < week.rules.parameters[0].people.fellow_patients
    return week.rules.programmes[origin].group != 0


@verb
def begin(week: Week, i: int, row: int, role: int, origin: int, name: int) -> None:
    """Fill a row with a new tie of person i; `name` is its key (docs/odd.md, 7.0)."""
    me, tie, p = week.world.people[i], week.world.ties[row], week.rules.parameters[0]
    rate, ceiling, competence, warmth = lasting(week, TRAITS_A, 0, me.identity, name)
    criticism, capacity, is_fellow, _ = lasting(week, TRAITS_B, 0, me.identity, name)
    tie.key, tie.role, tie.origin, tie.supporter = name, role, origin, OUTSIDER
    if role == PEER and to_be_fellow(week, origin, is_fellow):
        tie.supporter, me.looking = UNMATCHED, 1
    tie.strength, tie.trust, tie.friction = p.bond.start_strength, p.bond.start_trust, 0.0
    tie.reciprocity = p.bond.reciprocity[role]
    left = float(week.rules.services[me.team].shared_decisions)
    tie.expertise = left if role == PROFESSIONAL else p.bond.expertise
    tie.rate = own_rate(p.meet, p.people, role, rate)
    tie.ceiling = own_ceiling(p.bond, p.people, ceiling)
    tie.warmth = own_trait(p.people.warmth, p.people.spread, warmth)
    tie.competence = own_trait(p.people.competence[lay(role)], p.people.spread, competence)
    tie.own_criticism = own_criticism(p.people, role, criticism)
    tie.criticism = tie.own_criticism
    tie.capacity = own_capacity(p.people, role, capacity)
    tie.trust_lost, tie.critical, tie.strain = 0.0, 0.0, 0.0
    tie.ruptured, tie.age, tie.since = 0, 0, 0
    if origin == SERVICE:
        post = week.world.several[me.post]
        tie.supporter, tie.warmth, tie.competence = me.post, post.warmth, post.competence
        me.holder = post.holder
    for mechanism in range(7 if week.world.last.shape[0] > 0 else 0):
        week.world.last[row, mechanism] = 0.0


@verb
def add(week: Week, i: int, role: int, origin: int, space: int, number: int) -> int:
    """A new tie after the person's others; its row, or -1 where there is no free row left."""
    me = week.world.people[i]
    if me.n_ties >= me.rows:
        return -1
    row = me.first + me.n_ties
    begin(week, i, row, role, origin, tie_key(space, number))
    me.n_ties += 1
    acquaint(week, i, me.n_ties - 1)
    return row


@verb
def next_number(week: Week, i: int, space: int) -> int:
    """The next running number in a natural key space."""
    number = week.world.people[i].made[space]
    week.world.people[i].made[space] += 1
    return number


@verb
def add_natural(week: Week, i: int, role: int, origin: int) -> int:
    """A new tie in the key space of its role."""
    return add(week, i, role, origin, role, next_number(week, i, role))


@verb
def hand_over(week: Week, i: int, row: int, origin: int, name: int) -> None:
    """A successor takes over a professional's tie, with a share of trust and strength; `name` is the new tie's key."""
    tie, bond = week.world.ties[row], week.rules.parameters[0].bond
    kept = week.rules.services[week.world.people[i].team].continuity
    trust, strength, rate, ceiling = tie.trust, tie.strength, tie.rate, tie.ceiling
    begin(week, i, row, PROFESSIONAL, origin, name)
    tie.trust = bond.start_trust + kept * (trust - bond.start_trust)
    tie.strength = bond.start_strength + kept * (strength - bond.start_strength)
    tie.rate, tie.ceiling = rate, ceiling
    acquaint(week, i, row - week.world.people[i].first)


@verb
def end(week: Week, i: int, row: int) -> None:
    """The tie in this row ends; later rows of the person move up."""
    me = week.world.people[i]
    me.n_ties -= 1
    if week.world.ties[row].supporter >= week.desk.n_posts:
        me.parted = 1
    for later in range(row, me.first + me.n_ties):
        week.world.ties[later] = week.world.ties[later + 1]
        for mechanism in range(7 if week.world.last.shape[0] > 0 else 0):
            week.world.last[later, mechanism] = week.world.last[later + 1, mechanism]
    close_gap(week, i, row - me.first)
