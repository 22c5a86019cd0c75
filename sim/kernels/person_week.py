"""One person's week: sharing out time, living with one's ties, losing and making ties."""

from numba import float64, uint64

from supportnet.sim.enums import NATURAL, SERVICE
from supportnet.sim.jit import verb
from supportnet.sim.kernels.acquaintance import bit, introduce, meet_each_other, share_known
from supportnet.sim.kernels.bond import power
from supportnet.sim.kernels.contact import FAMILY, FRIEND
from supportnet.sim.kernels.enrol import SESSION, assign_session_ties, own_ties_come, take_part, use_services
from supportnet.sim.kernels.form import MIDDLE, ends_outside, forms, leaves_harm, openness_to_ties
from supportnet.sim.kernels.help import PEER, Helped
from supportnet.sim.kernels.meet import time_share
from supportnet.sim.kernels.recovery_equations import Social
from supportnet.sim.kernels.recovery_step import recover
from supportnet.sim.kernels.sessions import contacts_with_facilitator, in_sessions
from supportnet.sim.kernels.tie_storage import add_natural, end
from supportnet.sim.kernels.tie_week import aim, asked, live_tie
from supportnet.sim.kernels.workspace import (
    HELP,
    LANES,
    LOW,
    MEET,
    UNIT,
    Week,
    about,
    draw_week_words,
    drawn_words,
    draws,
    sums_row,
)
from supportnet.sim.parameters import Fade
from supportnet.sim.randomness import uniform
from supportnet.sim.state import Input, Person, Tally, Tie


@verb
def take_seats(week: Week, i: int) -> None:
    """Who takes part in this week's sessions of person i."""
    for p in range(week.rules.programmes.shape[0]):
        if week.world.places[p, i].sessions + week.world.places[p, i].meetings > 0:
            week.room.seated[p] = assign_session_ties(week, i, p, own_ties_come(week, i, p))


@verb
def share_time(week: Week, i: int) -> None:
    """Enrolment of person i is settled, then their week is shared out among sessions and ties."""
    me = week.world.people[i]
    sessions = take_part(week, i)
    use_services(week, i)
    take_seats(week, i)
    wanted = 0.0
    for row in range(me.first, me.first + me.n_ties):
        wanted += asked(week, me, week.world.ties[row])
    me.share = time_share(float64(me.time), wanted, float64(sessions))
    for slot in range(me.n_ties):
        tie = week.world.ties[me.first + slot]
        supporter = tie.supporter
        if supporter >= 0:
            demand = asked(week, me, tie) * me.share + in_sessions(week, i, slot)
            week.desk.sums[sums_row(week, supporter)].demand += round(demand * UNIT)


@verb
def share_words_of_fellows(week: Week, i: int) -> None:
    """One word decides on the contacts of both ties of two fellow patients, who so mostly meet in the same weeks."""
    me, dealt = week.world.people[i], week.room.dealt
    for slot in range(me.n_ties):
        other = week.world.ties[me.first + slot].supporter - week.desk.n_posts
        if other >= 0:
            mine, theirs = me.identity, week.world.people[other].identity
            word, lane = draws(week, MEET, 1, min(mine, theirs), max(mine, theirs))[0], LANES + 2 * slot
            dealt[0, lane] = (dealt[0, lane] & ~LOW) | uint64(word)


@verb
def prepare(week: Week, i: int) -> None:
    """Who takes part in this week's sessions, the luck of the week, where ties drift, an empty page for inputs."""
    me, room, relatives = week.world.people[i], week.room, uint64(0)
    take_seats(week, i)
    for slot in range(me.n_ties):
        tie = week.world.ties[me.first + slot]
        room.asks[slot] = asked(week, me, tie) * me.share
        room.demand[slot] = room.asks[slot] + in_sessions(week, i, slot)
        room.criticism[slot] = tie.criticism
        if tie.role == FAMILY:
            relatives |= bit(slot)
        key = tie.key
        lane = LANES + 2 * slot
        week.room.abouts[lane], week.room.abouts[lane + 1] = about(MEET, key), about(HELP, key)
    room.relatives[0] = relatives
    draw_week_words(week, me.identity, me.n_ties)
    share_words_of_fellows(week, i)
    aim(week, me)
    week.room.inputs[:] = 0.0
    week.room.inputs[Input.GIVING] = week.rules.parameters[0].help.lay * me.owed_giving
    for role in range(4):
        me.recent[week.number % 4, role] = 0


@verb
def count_contacts(me: Person, tie: Tie, number: int, tally: Tally) -> None:
    """Keep count of the contacts, ruptures and repairs of a tie's week."""
    me.recent[number % 4, tie.role] = min(255, me.recent[number % 4, tie.role] + int(tally.contacts))
    me.ruptures += int(tally.ruptures)
    me.repairs += tally.repairs > 0.0
    if tie.origin == SERVICE:
        me.since_service = 0


@verb
def embeddedness(week: Week, i: int, slot: int) -> float:
    """By how much knowing the person's other supporters lowers the logarithm of a tie's hazard of ending."""
    me = week.world.people[i]
    return week.rules.parameters[0].net.embeddedness * share_known(week.world.ties[me.first + slot].knows, me.n_ties)


@verb
def become_acquainted(week: Week, i: int) -> None:
    """Those who sit in this week's facilitated sessions may come to know each other."""
    me = week.world.people[i]
    for p in range(week.rules.programmes.shape[0]):
        programme, place = week.rules.programmes[p], week.world.places[p, i]
        sessions = place.sessions + place.meetings
        if programme.facilitated and sessions > 0 and week.room.seated[p] > 1:
            missed = power(1.0 - week.rules.parameters[0].net.meeting, sessions)
            if uniform(draws(week, SESSION, 3, me.identity, programme.key << 16)[0]) < 1.0 - missed:
                meet_each_other(week, i, p)


@verb
def may_end(fade: Fade, tie: Tie, words: tuple[int, int, int, int]) -> bool:
    """Whether a tie could end this week, however empowered the person and little embedded the tie: mostly none can."""
    return (
        tie.strength < fade.floor
        or ends_outside(fade, float64(tie.strength), 0.0, tie.role == FAMILY, words[1])
        or (tie.role != FAMILY and leaves_harm(fade, float64(tie.friction), 1.0, words[2]))
    )


@verb
def live_with_ties(week: Week, i: int) -> tuple[Social, float, bool]:
    """Meet, help, bond and tire, tie by tie.

    What the ties then amount to, sessions learned from, and whether a tie may end.
    """
    me, centre = week.world.people[i], week.rules.parameters[0].centre
    wanted = float64(me.wanted) - MIDDLE
    person = Helped(
        float64(me.distress), float64(me.skill), wanted, float64(me.processes[4]),
        0.5 * (float64(me.resources[0]) + float64(me.resources[1])),
    )  # fmt: skip
    prepare(week, i)
    me.since_service = min(me.since_service + 1, 30_000)
    best, friction, warmth, relatives, learned, restless = 0.0, 0.0, 0.0, 0, 0.0, False
    for p in range(week.rules.programmes.shape[0]):
        if week.rules.programmes[p].deliverer < 0 and week.world.places[p, i].sessions > 0:
            learned += contacts_with_facilitator(week, i, p, person)
    for slot in range(me.n_ties):
        tie, tally = week.world.ties[me.first + slot], week.room.tally[0]
        if live_tie(week, i, slot, person):
            count_contacts(me, tie, week.number, tally)
            learned += tally.learned
        best = max(best, float64(tie.strength) * tie.trust)
        friction += tie.friction
        if tie.role == FAMILY:
            warmth += float64(tie.warmth) * tie.strength
            relatives += 1
        restless |= may_end(week.rules.parameters[0].fade, tie, drawn_words(week, LANES + 2 * slot))
    social = Social(
        best,
        friction / me.n_ties if me.n_ties > 0 else centre.friction,
        warmth / relatives if relatives > 0 else centre.family_warmth,
    )
    return social, learned, restless


@verb
def fade(week: Week, i: int) -> None:
    """Ties end below the floor, by outside reasons, or because they harm; family is not left."""
    me, numbers, embedded = week.world.people[i], week.rules.parameters[0].fade, week.room.embedded
    for slot in range(me.n_ties):
        embedded[slot] = embeddedness(week, i, slot)
    for slot in range(me.n_ties - 1, -1, -1):
        row = me.first + slot
        tie = week.world.ties[row]
        if tie.origin == SERVICE:
            continue
        if tie.strength < numbers.floor:
            end(week, i, row)
            continue
        if tie.origin >= 0 and week.world.places[tie.origin, i].weeks_in >= 0:
            continue
        words, family = drawn_words(week, LANES + 2 * slot), tie.role == FAMILY
        if ends_outside(numbers, float64(tie.strength), embedded[slot], family, words[1]) or (
            not family and leaves_harm(numbers, float64(tie.friction), float64(me.processes[4]), words[2])
        ):
            end(week, i, row)


@verb
def form(week: Week, i: int) -> None:
    """New natural ties of person i: a peer and a friend whom they wish for, a relative whom they do not choose."""
    me, numbers, words = week.world.people[i], week.rules.parameters[0].form, drawn_words(week, 2)
    connectedness, recreational = float64(me.processes[0]), float64(me.resources[3])
    openness = openness_to_ties(connectedness, float64(me.skill), recreational, float64(me.withdrawal))
    if (
        uniform(words[0]) >= numbers.chance[PEER - 1] * openness
        and uniform(words[1]) >= numbers.chance[FRIEND - 1] * openness
        and uniform(words[2]) >= numbers.chance[FAMILY - 1]
    ):
        return  # as most weeks, whatever the room that is left
    relatives, chosen = 0, 0
    for row in range(me.first, me.first + me.n_ties):
        relatives += week.world.ties[row].role == FAMILY
        chosen += week.world.ties[row].role == PEER or week.world.ties[row].role == FRIEND
    missing = me.relatives - relatives
    wished = 1.0 - chosen / float64(me.wished_size)
    for role in (PEER, FRIEND):
        found = wished > 0.0 and forms(numbers, role, openness, wished, words[role - 1])
        if found and add_natural(week, i, role, NATURAL) >= 0:
            introduce(week, i, me.n_ties - 1)
    if missing > 0.0 and uniform(words[2]) < numbers.chance[FAMILY - 1] * missing / me.relatives:
        add_natural(week, i, FAMILY, NATURAL)


@verb
def live(week: Week, i: int) -> None:
    """Person i lives through the week, from the first contact to the last new tie."""
    me = week.world.people[i]
    social, learned, restless = live_with_ties(week, i)
    recover(week, i, social, learned, week.room.inputs)
    become_acquainted(week, i)
    if restless:
        fade(week, i)
    form(week, i)
    me.post_weeks += me.access / week.rules.services[me.team].caseload
    for p in range(week.world.places.shape[0]):
        place = week.world.places[p, i]
        if place.weeks_in >= 0:
            place.weeks_in += 1
        else:
            place.weeks_out = min(place.weeks_out + 1, 10_000)
