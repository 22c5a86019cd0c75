"""How people come to and leave programmes and services (docs/odd.md, 7.8)."""

import math

import numpy as np

from supportnet.sim.enums import SERVICE, Target
from supportnet.sim.jit import compiled, compiled_with_memory, verb
from supportnet.sim.kernels.acquaintance import link
from supportnet.sim.kernels.form import lay, own_trait
from supportnet.sim.kernels.math_functions import chance
from supportnet.sim.kernels.tie_storage import (
    NEIGHBOURHOOD,
    PROFESSIONAL,
    TRAITS_A,
    add,
    add_natural,
    end,
    hand_over,
    next_number,
    tie_key,
)
from supportnet.sim.kernels.workspace import Week, draws, lasting
from supportnet.sim.parameters import Enrol
from supportnet.sim.randomness import Draw, uniform
from supportnet.sim.state import Tie

SERVICE_DRAW, ENROL, SESSION, OFFER = int(Draw.SERVICE), int(Draw.ENROL), int(Draw.SESSION), int(Draw.OFFER)
STAFF = int(Draw.STAFF)
MOST_SESSIONS = 7  # a week
ROLES = 4


@compiled
def in_target(week: Week, i: int, target: int) -> bool:
    """Whether person i belongs to this target group this week."""
    me, t = week.world.people[i], week.rules.parameters[0].thresholds
    if target == Target.ALL:
        return True
    if target == Target.FEW_TIES:
        return me.n_ties < t.few_ties
    if target == Target.NO_CONFIDANT:
        for row in range(me.first, me.first + me.n_ties):
            if week.world.ties[row].strength > t.confidant_strength and week.world.ties[row].trust > t.confidant_trust:
                return False
        return True
    if target == Target.LONELY:
        return me.loneliness > t.lonely
    if target == Target.LOW_RECOVERY:
        return 12.0 * me.processes.sum() < t.low_recovery_qpr
    if target == Target.SEVERE_DISTRESS:
        return math.floor(27.0 * me.distress + 0.5) >= t.severe_phq9
    if target == Target.WITHDRAWN:
        return me.withdrawal > t.remission_withdrawal
    return me.condition == target - Target.PSYCHOSIS


@verb
def leaves(enrol: Enrol, base: float, trust: float, word: int) -> bool:
    """Whether somebody drops out or disengages, with this hazard per week without trust; less where there is trust.

    exp(-x) <= 1 / (1 + x) for x >= 0, and a chance is below its hazard: so most calls skip two exponentials.
    """
    u, x = uniform(word), enrol.leaving_trust * trust
    if u * (1.0 + x) > base:
        return False
    return u < chance(base * math.exp(-x))


@verb
def own_ties_come(week: Week, i: int, p: int) -> bool:
    """Whether the person's own ties take part in this week's sessions of programme p."""
    programme = week.rules.programmes[p]
    if programme.network_share >= 1.0:
        return True
    identity = week.world.people[i].identity
    return uniform(draws(week, SESSION, 2, identity, programme.key << 16)[0]) < programme.network_share


@verb
def brings_somebody(week: Week, i: int, p: int) -> bool:
    """Whether a programme that uses ties without making them would meet any of person i's."""
    me, programme, needs = week.world.people[i], week.rules.programmes[p], False
    for role in range(ROLES):
        if programme.makes[role] or programme.uses[role] == 0:
            continue
        needs = True
        for row in range(me.first, me.first + me.n_ties):
            if week.world.ties[row].role == role and week.world.ties[row].origin < 0:
                return True
    return not needs


@verb
def takes_seat(week: Week, p: int, tie: Tie) -> bool:
    """Whether the supporter of a tie that programme p has made is there: a fellow member while they are in it."""
    fellow = tie.supporter - week.desk.n_posts
    return fellow < 0 or week.world.places[p, fellow].weeks_in >= 0


@verb
def assign_session_ties(week: Week, i: int, p: int, own: bool) -> int:
    """Note who of person i's ties takes part in a session of programme p; how many they are.

    own: whether ties that the programme has not made come too.
    """
    me, ties, programme = week.world.people[i], week.world.ties, week.rules.programmes[p]
    seats, seated = week.room.seats[p], 0
    for slot in range(me.n_ties):
        seats[slot] = 1 if ties[me.first + slot].origin == p and takes_seat(week, p, ties[me.first + slot]) else 0
        seated += seats[slot]
    for role in range(ROLES):
        for _ in range(0 if programme.makes[role] or not own else programme.uses[role]):
            best = -1
            for slot in range(me.n_ties):
                tie = ties[me.first + slot]
                free = tie.role == role and tie.origin < 0 and not seats[slot]
                if free and (best < 0 or tie.trust > ties[me.first + best].trust):
                    best = slot
            if best >= 0:
                seats[best] = 1
                seated += 1
    return seated


@verb
def trust_in(week: Week, i: int, p: int) -> float:
    """Mean trust of the ties that programme p made, else of those it uses; that of a new tie where there are none."""
    me = week.world.people[i]
    trust, n = 0.0, 0
    for row in range(me.first, me.first + me.n_ties):
        if week.world.ties[row].origin == p:
            trust += week.world.ties[row].trust
            n += 1
    if n == 0:
        assign_session_ties(week, i, p, True)
        for slot in range(me.n_ties):
            if week.room.seats[p, slot]:
                trust += week.world.ties[me.first + slot].trust
                n += 1
    return trust / n if n > 0 else week.rules.parameters[0].bond.start_trust


@verb
def leave(week: Week, i: int, p: int) -> None:
    """Person i leaves programme p: its professionals go, its other people stay with a part of the contact."""
    me, place = week.world.people[i], week.world.places[p, i]
    place.weeks_in, place.weeks_out = -1, 0
    for row in range(me.first + me.n_ties - 1, me.first - 1, -1):
        tie = week.world.ties[row]
        if tie.origin == p and tie.role == PROFESSIONAL:
            end(week, i, row)
        elif tie.origin == p:
            tie.rate = week.rules.parameters[0].enrol.afterlife * week.rules.programmes[p].sessions_per_week


@verb
def exit_status(week: Week, i: int, p: int, word: int) -> int:
    """Whether person i, who is in programme p, stays (0), has completed it (1) or drops out (2)."""
    enrol, programme = week.rules.parameters[0].enrol, week.rules.programmes[p]
    if week.world.places[p, i].weeks_in >= programme.weeks:
        return 1
    base = enrol.dropout / programme.weeks
    return 2 if leaves(enrol, base, trust_in(week, i, p), word) else 0


@verb
def applies(week: Week, i: int, p: int, word: int) -> bool:
    """Whether person i, who is not in programme p, applies for it."""
    me, enrol, programme = week.world.people[i], week.rules.parameters[0].enrol, week.rules.programmes[p]
    if week.number < programme.start or week.world.places[p, i].weeks_out < enrol.pause:
        return False
    if uniform(word) >= enrol.application:
        return False
    offered, willing, _, _ = lasting(week, OFFER, 0, me.identity, programme.key << 16)
    wants = uniform(offered) < programme.coverage and uniform(willing) < programme.uptake
    return wants and in_target(week, i, programme.target) and brings_somebody(week, i, p)


@verb
def leave_and_apply(week: Week, i: int) -> None:
    """Discharge, drop-out and application of person i; all is decided before anything is done."""
    me, decided = week.world.people[i], week.room.seated
    for p in range(week.rules.programmes.shape[0]):
        place = week.world.places[p, i]
        place.waiting = 0
        decided[p] = 0
        starts, stops, scarce, _ = draws(week, ENROL, 0, me.identity, week.rules.programmes[p].key << 16)
        if place.weeks_in >= 0:
            decided[p] = exit_status(week, i, p, stops)
        elif applies(week, i, p, starts):
            place.waiting = max(scarce, np.uint32(1))
    for p in range(week.rules.programmes.shape[0]):
        if decided[p] > 0:
            leave(week, i, p)
            me.dropouts += decided[p] == 2


@compiled_with_memory
def fill_places(week: Week) -> None:
    """Who gets a place: all who apply, or those with the smallest draw where places are scarce."""
    n = week.world.people.shape[0]
    for p in range(week.rules.programmes.shape[0]):
        taken = 0
        applying = np.zeros(n, np.bool_)
        for i in range(n):
            taken += week.world.places[p, i].weeks_in >= 0
            applying[i] = week.world.places[p, i].waiting > 0
        chosen = np.flatnonzero(applying)
        free = max(0, week.rules.programmes[p].places - taken)
        if len(chosen) > free:
            order = np.empty(len(chosen), np.uint64)
            for k in range(len(chosen)):
                waiting, who = week.world.places[p, chosen[k]].waiting, week.world.people[chosen[k]].identity
                order[k] = (np.uint64(waiting) << np.uint64(32)) | np.uint64(who)
            chosen = chosen[np.argsort(order)[:free]]
        for one in chosen:
            week.world.places[p, one].weeks_in = 0
            week.world.people[one].enrolments += 1


@verb
def join(week: Week, i: int, p: int) -> None:
    """Ties that programme p brings to person i: those missing are made, those alive are met again."""
    me, place, programme = week.world.people[i], week.world.places[p, i], week.rules.programmes[p]
    for role in range(ROLES):
        if not programme.makes[role]:
            continue
        missing = programme.uses[role]
        for row in range(me.first, me.first + me.n_ties):
            if week.world.ties[row].origin == p and week.world.ties[row].role == role:
                week.world.ties[row].rate = 0.0
                missing -= 1
        for _ in range(missing):
            row = add(week, i, role, p, programme.key, place.made)
            place.made += 1
            if row >= 0:
                start(week, p, week.world.ties[row])
    if programme.group:
        form_group(week, i, p)


@verb
def form_group(week: Week, i: int, p: int) -> None:
    """All in a group know each other, and its professionals are the same for all its members in a neighbourhood."""
    me, people, number = week.world.people[i], week.rules.parameters[0].people, 0
    for slot in range(me.n_ties):
        tie = week.world.ties[me.first + slot]
        if tie.origin != p:
            continue
        for older in range(slot):
            if week.world.ties[me.first + older].origin == p:
                link(week.world.ties, me.first, slot, older)
        if tie.role == PROFESSIONAL:
            name = tie_key(week.rules.programmes[p].key, number)
            _, _, competence, warmth = lasting(week, TRAITS_A, 0, me.identity // NEIGHBOURHOOD * NEIGHBOURHOOD, name)
            tie.competence = own_trait(people.competence[lay(PROFESSIONAL)], people.spread, competence)
            tie.warmth = own_trait(people.warmth, people.spread, warmth)
            number += 1


@verb
def start(week: Week, p: int, tie: Tie) -> None:
    """What a new tie of programme p is besides a tie: it meets in sessions only, in the programme's way."""
    programme = week.rules.programmes[p]
    tie.rate = 0.0
    tie.capacity = max(float(tie.capacity), programme.sessions_per_week)
    if tie.role == programme.deliverer:
        tie.reciprocity = programme.reciprocity
        if programme.expert_stated:
            tie.expertise = programme.expertise


@verb
def replace_staff(week: Week, i: int, p: int) -> None:
    """Professionals of programme p leave person i as staff leave services, unless the programme keeps them."""
    me, place, programme = week.world.people[i], week.world.places[p, i], week.rules.programmes[p]
    if programme.keeps_staff or not programme.makes[PROFESSIONAL]:
        return
    whose = me.identity // NEIGHBOURHOOD * NEIGHBOURHOOD if programme.group else me.identity
    word = draws(week, STAFF, 0, whose, programme.key << 16)[0]
    if uniform(word) >= chance(week.rules.services[me.team].turnover / 52.0):
        return
    for row in range(me.first, me.first + me.n_ties):
        tie = week.world.ties[row]
        if tie.origin == p and tie.role == PROFESSIONAL:
            hand_over(week, i, row, p, tie_key(programme.key, place.made))
            place.made += 1
            start(week, p, tie)
    if programme.group:
        form_group(week, i, p)


@verb
def attend(week: Week, identity: int, withdrawal: float, p: int) -> int:
    """Sessions of programme p that somebody in it attends this week; supporters come to all of theirs."""
    programme = week.rules.programmes[p]
    about = programme.key << 16
    words, more = draws(week, SESSION, 0, identity, about), draws(week, SESSION, 1, identity, about)
    sessions = min(MOST_SESSIONS, int(programme.sessions_per_week + uniform(words[0])))
    if programme.without_person:
        return sessions
    comes = 1.0 if programme.non_verbal else 1.0 - week.rules.parameters[0].meet.closing * withdrawal
    attended = 0
    for j in range(sessions):
        attended += uniform(words[j + 1] if j < 3 else more[j - 3]) < comes
    return attended


@verb
def take_part(week: Week, i: int) -> int:
    """Ties and sessions of person i's programmes this week; how many sessions they attend in all."""
    me = week.world.people[i]
    total = 0
    for p in range(week.rules.programmes.shape[0]):
        place = week.world.places[p, i]
        place.sessions, place.meetings = 0, 0
        if place.weeks_in < 0:
            continue
        if place.weeks_in == 0:
            join(week, i, p)
        else:
            replace_staff(week, i, p)
        number = attend(week, me.identity, me.withdrawal, p)
        if week.rules.programmes[p].without_person:
            place.meetings = number
        else:
            place.sessions = number
        place.attended += number
        total += place.sessions
    me.sessions += total
    return total


@verb
def service_row(week: Week, i: int) -> int:
    """Row of the tie with person i's own professional; -1 where there is none."""
    me = week.world.people[i]
    for row in range(me.first, me.first + me.n_ties):
        if week.world.ties[row].origin == SERVICE:
            return row
    return -1


@verb
def use_services(week: Week, i: int) -> None:
    """Handing over, disengaging from and coming back to one's own professional."""
    me, p = week.world.people[i], week.rules.parameters[0]
    enrol = p.enrol
    row = service_row(week, i)
    if not me.access:
        if row >= 0:
            end(week, i, row)
        return
    disengages, returns, _, _ = draws(week, SERVICE_DRAW, 0, me.identity, 0)
    if row < 0:
        if uniform(returns) < (enrol.back_in_crisis if me.crisis > 0 else p.pace.slow):
            add_natural(week, i, PROFESSIONAL, SERVICE)
        return
    tie = week.world.ties[row]
    if me.holder != week.world.several[me.post].holder or tie.supporter != me.post:
        hand_over(week, i, row, SERVICE, tie_key(PROFESSIONAL, next_number(week, i, PROFESSIONAL)))
    if leaves(enrol, enrol.disengage, tie.trust, disengages):
        end(week, i, row)
