"""Who people are before anything happens: traits from keyed draws, first ties, staff (docs/odd.md, 5 and 7.0)."""

import math
from typing import Any

import numpy as np
from numpy.typing import NDArray

from supportnet.sim.enums import NATURAL, SERVICE, Role
from supportnet.sim.jit import compiled, compiled_with_memory, verb
from supportnet.sim.kernels.fellows import settle_fellows
from supportnet.sim.kernels.form import MIDDLE, lay, own_capacity, own_ceiling, own_criticism, own_rate, own_trait
from supportnet.sim.kernels.help import PEER, PROFESSIONAL
from supportnet.sim.kernels.math_functions import clip, logistic
from supportnet.sim.kernels.staff import STAFF_TRAITS, holder_traits
from supportnet.sim.kernels.tie_storage import TRAITS_A, TRAITS_B, add_natural
from supportnet.sim.kernels.workspace import Week, lasting
from supportnet.sim.randomness import Draw, Key, normal, philox_words, uniform
from supportnet.sim.rules import PackedRules
from supportnet.sim.state import OUTSIDER, UNMATCHED

PERSON, POOL, ACCESS = int(Draw.PERSON), int(Draw.POOL), int(Draw.ACCESS)
FRIEND, FAMILY = int(Role.FRIEND), int(Role.FAMILY)


@verb
def draw_person(people: Any, rules: PackedRules, key: Key, i: int, share_psychosis: float) -> None:
    """Fixed traits of one person."""
    me, p = people[i], rules.parameters[0]
    numbers, clinic, measure = p.people, p.clinic, p.measure
    skill, wanted, need, size = philox_words(PERSON, 0, 0, me.identity, 0, key)
    anxiety, intercept, vulnerability, withdrawal = philox_words(PERSON, 1, 0, me.identity, 0, key)
    connectedness, relatives, _, _ = philox_words(PERSON, 4, 0, me.identity, 0, key)
    resources, others = philox_words(PERSON, 2, 0, me.identity, 0, key), philox_words(PERSON, 3, 0, me.identity, 0, key)
    me.condition = 0 if uniform(others[1]) < share_psychosis else 1
    me.own_skill = own_trait(numbers.skill, numbers.spread, skill)
    me.wanted = own_trait(MIDDLE, numbers.spread, wanted)
    me.need = own_trait(numbers.need, numbers.spread, need)
    me.wished_size = clip(numbers.size * math.exp(numbers.log_spread * normal(size)), 1.0, 30.0)
    me.relatives = clip(numbers.relatives * math.exp(numbers.log_spread * normal(relatives)), 1.0, 30.0)
    me.anxiety = clip(measure.anxiety + measure.anxiety_spread * normal(anxiety), -0.5, 0.5)
    by_skill = p.recover.own_skill * (me.own_skill - numbers.skill)
    common = numbers.intercept_spread * normal(intercept) + by_skill
    me.intercepts[:] = common
    me.intercepts[0] += numbers.connectedness_spread * normal(connectedness)
    me.time = p.meet.budget
    mean = clinic.vulnerability[me.condition] - clinic.vulnerability_skill * (me.own_skill - numbers.skill)
    me.vulnerability = clip(mean + numbers.spread * normal(vulnerability), 0.02, 0.9)
    me.own_withdrawal = own_trait(clinic.withdrawal_level[me.condition], numbers.spread, withdrawal)
    for k in range(4):
        me.own_resources[k] = own_trait(numbers.resource, numbers.spread, resources[k])
    me.own_resources[4] = own_trait(numbers.resource, numbers.spread, others[0])


@compiled
def draw_people(people: Any, rules: PackedRules, key: Key, share_psychosis: float) -> None:
    """Fixed traits of everybody."""
    for i in range(people.shape[0]):
        draw_person(people, rules, key, i, share_psychosis)


@compiled
def draw_ties(people: Any, ties: Any, rules: PackedRules, key: Key) -> None:
    """Traits of everybody's ties anew, from the ties' own draws, under these numbers."""
    p = rules.parameters[0]
    for i in range(people.shape[0]):
        me = people[i]
        for row in range(me.first, me.first + me.n_ties):
            tie = ties[row]
            rate, ceiling, competence, warmth = philox_words(TRAITS_A, 0, 0, me.identity, tie.key, key)
            criticism, capacity, _, _ = philox_words(TRAITS_B, 0, 0, me.identity, tie.key, key)
            tie.rate = own_rate(p.meet, p.people, tie.role, rate)
            tie.ceiling = own_ceiling(p.bond, p.people, ceiling)
            tie.warmth = own_trait(p.people.warmth, p.people.spread, warmth)
            tie.competence = own_trait(p.people.competence[lay(tie.role)], p.people.spread, competence)
            tie.own_criticism = own_criticism(p.people, tie.role, criticism)
            if tie.role != FAMILY:  # nothing moves it
                tie.criticism = tie.own_criticism
            tie.capacity = own_capacity(p.people, tie.role, capacity)


@compiled
def draw_fellows(people: Any, ties: Any, rules: PackedRules, key: Key) -> None:
    """Which natural peers are to be fellow patients, anew under these numbers; `bind` finds out who they are."""
    share_fellow = rules.parameters[0].people.fellow_patients
    for i in range(people.shape[0]):
        for row in range(people[i].first, people[i].first + people[i].n_ties):
            if ties[row].role == PEER and ties[row].origin == NATURAL:
                is_fellow = philox_words(TRAITS_B, 0, 0, people[i].identity, ties[row].key, key)[2]
                ties[row].supporter = UNMATCHED if uniform(is_fellow) < share_fellow else OUTSIDER


@compiled
def begin_lives(week: Week) -> None:
    """The pool's first people: state at its own level, a handful of ties."""
    base = week.rules.parameters[0].recover.base
    for i in range(week.world.people.shape[0]):
        me = week.world.people[i]
        for k in range(5):
            me.processes[k] = logistic(base[k] + 1.0)
            me.resources[k] = me.own_resources[k]
        me.distress, me.withdrawal, me.skill = me.vulnerability, me.own_withdrawal, me.own_skill
        add_natural(week, i, PROFESSIONAL, SERVICE)
        for role, number in ((PEER, 1), (FRIEND, 3), (FAMILY, 4)):
            for _ in range(number):
                add_natural(week, i, role, NATURAL)
        for row in range(me.first, me.first + me.n_ties):
            week.world.ties[row].strength = 0.6 * week.world.ties[row].ceiling
            week.world.ties[row].trust = 0.6


@compiled_with_memory
def picks(identities: NDArray[np.uint32], size: int, key: Key) -> NDArray[np.int64]:
    """Members of the pool of whom these people are copies."""
    chosen = np.empty(identities.shape[0], np.int64)
    for k in range(identities.shape[0]):
        chosen[k] = int(uniform(philox_words(POOL, 0, 0, identities[k], 0, key)[0]) * size)
    return chosen


@compiled
def hire(week: Week, first: int, stop: int, team: int, strains: NDArray[np.float32]) -> None:
    """Posts open; the strain of a first holder is that of some holder in the pool."""
    numbers = week.rules.parameters[0].people
    for post in range(first, stop):
        at = week.world.several[post]
        at.team, at.availability, at.capacity = team, 1.0, numbers.capacity[lay(PROFESSIONAL)]
        at.competence, at.warmth = holder_traits(numbers, post, at.holder, week.key)
        if strains.shape[0] > 0:
            u = uniform(philox_words(STAFF_TRAITS, 0, at.holder, post, 0, week.key)[2])
            at.strain = strains[int(u * strains.shape[0])]


@compiled
def grant_access(week: Week) -> None:
    """Who may use services: those whose draw is below their team's coverage."""
    for i in range(week.world.people.shape[0]):
        me = week.world.people[i]
        me.access = uniform(lasting(week, ACCESS, 0, me.identity, 0)[0]) < week.rules.services[me.team].coverage


@compiled_with_memory
def bind(week: Week) -> None:
    """Ties of copied people find their supporters here: the professional of the post, fellow patients next door."""
    for i in range(week.world.people.shape[0]):
        me = week.world.people[i]
        for row in range(me.first, me.first + me.n_ties):
            tie = week.world.ties[row]
            if tie.origin == SERVICE:
                post = week.world.several[me.post]
                tie.supporter, tie.competence, tie.warmth = me.post, post.competence, post.warmth
                me.holder = post.holder
            elif tie.supporter != OUTSIDER:
                tie.supporter, me.looking = UNMATCHED, 1
    settle_fellows(week)
