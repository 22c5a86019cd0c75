"""One tie's week: its contacts, and what they make of the tie and the supporter (docs/odd.md, 7.1, 7.3, 7.6)."""

from numba import float64, uint64

from supportnet.sim.enums import SERVICE
from supportnet.sim.jit import verb
from supportnet.sim.kernels.acquaintance import bit, lowest_slot, present
from supportnet.sim.kernels.bond import TieState, bonds, fades, power, towards
from supportnet.sim.kernels.contact import FAMILY, has_contact
from supportnet.sim.kernels.form import MIDDLE
from supportnet.sim.kernels.help import PROFESSIONAL, Helped, Helper, Mechanisms, Setting
from supportnet.sim.kernels.math_functions import clip01
from supportnet.sim.kernels.meet import asks_natural, asks_service, availability, contacts_met
from supportnet.sim.kernels.sessions import known_present, sharing, support_without_person, takes_part
from supportnet.sim.kernels.strain import strain_of_openness, tires
from supportnet.sim.kernels.workspace import HELP, LANES, UNIT, Week, drawn_words, draws, sums_row
from supportnet.sim.randomness import uniform
from supportnet.sim.state import Person, Sums, Tally, Tie

FURTHER = 1024  # after it the draws of a tie's further natural contacts are numbered


@verb
def asked(week: Week, me: Person, tie: Tie) -> float:
    """Contacts a week that a tie asks for, before people share out their time."""
    meet = week.rules.parameters[0].meet
    if tie.origin == SERVICE:
        services = week.rules.services[me.team]
        ratio = services.crisis_contact if me.crisis > 0 else 1.0
        return asks_service(meet, float64(tie.rate), services.contacts_per_week, ratio)
    return asks_natural(meet, float64(tie.rate), float64(tie.strength), float64(me.withdrawal))


@verb
def openness_of(week: Week, me: Person, tie: Tie) -> float:
    """How far a professional shares of themselves: as their service has it, or the programme they come with."""
    if tie.origin >= 0:
        return float64(week.rules.programmes[tie.origin].reciprocity)
    return float64(week.rules.services[me.team].boundary_openness)


@verb
def remember(week: Week, row: int, now: Mechanisms) -> None:
    """Keep the seven mechanisms of a tie's last contact, where somebody will look at them."""
    if week.world.last.shape[0] > 0:
        week.world.last[row, 0] = now.presence
        week.world.last[row, 1] = now.trust
        week.world.last[row, 2] = now.communication
        week.world.last[row, 3] = now.emotional
        week.world.last[row, 4] = now.problem
        week.world.last[row, 5] = now.influence
        week.world.last[row, 6] = now.transcending


@verb
def contacts_of(week: Week, i: int, slot: int, person: Helped, helper: Helper, met: int) -> None:
    """All contacts of one tie this week: so many natural ones, then those in sessions."""
    me = week.world.people[i]
    row, number = me.first + slot, 0
    tie = week.world.ties[row]
    numbers = week.rules.parameters[0]
    expert = numbers.enrol.expert if helper.role == PROFESSIONAL else numbers.bond.expertise
    if met > 0:
        setting = Setting(
            1.0, helper.availability, helper.reciprocity, helper.expertise, expert, 0, False, False, False, False
        )
        words = drawn_words(week, LANES + 2 * slot + 1)
        for further in range(1, met + 1):
            remember(week, row, has_contact(week, words, person, helper, setting))
            if further < met:
                words = draws(week, HELP, FURTHER + further, me.identity, tie.key)
        if helper.role == PROFESSIONAL:
            me.professional_contacts += met
    for p in range(week.rules.programmes.shape[0]):
        attended = week.world.places[p, i].sessions
        if attended == 0 or not week.room.seats[p, slot]:
            continue
        programme = week.rules.programmes[p]
        delivers = tie.role == programme.deliverer
        stated = delivers and programme.expert_stated
        setting = Setting(
            sharing(week, p),
            1.0 if tie.origin == p else helper.availability,
            programme.reciprocity if delivers else helper.reciprocity,
            programme.expertise if stated else helper.expertise,
            programme.supporter_expertise if stated else expert,
            known_present(week, i, slot, p),
            True,
            delivers,
            programme.facilitated != 0,
            programme.non_verbal != 0,
        )
        for _ in range(attended):
            number += 1
            words = draws(week, HELP, number, me.identity, tie.key)
            remember(week, row, has_contact(week, words, person, helper, setting))


@verb
def aim(week: Week, me: Person) -> None:
    """Where reciprocity and expertise of the person's ties drift: what roles and the two people make of them."""
    p, room = week.rules.parameters[0], week.room
    wish = p.bond.adaptation * (me.wanted - MIDDLE)
    empowered = p.bond.adaptation * (me.processes[4] - p.centre.empowerment)
    for role in range(4):
        left = week.rules.services[me.team].shared_decisions if role == PROFESSIONAL else p.bond.expertise
        room.reciprocity[role] = clip01(p.bond.reciprocity[role] + wish)
        room.expertise[role] = clip01(left + empowered)


@verb
def drift(week: Week, tie: Tie) -> None:
    """Reciprocity and expertise move towards what the role and the two people make of them."""
    part = week.rules.parameters[0].pace.medium
    tie.reciprocity = towards(float64(tie.reciprocity), week.room.reciprocity[tie.role], part)
    tie.expertise = towards(float64(tie.expertise), week.room.expertise[tie.role], part)


@verb
def drift_with_contacts(week: Week, i: int, slot: int, openness: float) -> None:
    """The same in a week with contacts: sharing of oneself and programmes pull too."""
    tie, p = week.world.ties[week.world.people[i].first + slot], week.rules.parameters[0]
    reciprocity = towards(float64(tie.reciprocity), week.room.reciprocity[tie.role], p.pace.medium)
    expertise = towards(float64(tie.expertise), week.room.expertise[tie.role], p.pace.medium)
    tally = week.room.tally[0]
    for _ in range(int(tally.good_opened)):
        reciprocity = towards(reciprocity, openness, p.bond.pull)
    for k in range(week.rules.programmes.shape[0]):
        programme = week.rules.programmes[k]
        if tie.role == programme.deliverer and week.world.places[k, i].sessions > 0 and week.room.seats[k, slot]:
            for _ in range(week.world.places[k, i].sessions):
                reciprocity = towards(reciprocity, programme.reciprocity, p.bond.pull)
                if programme.expert_stated:
                    expertise = towards(expertise, programme.expertise, p.bond.pull)
    tie.reciprocity = reciprocity
    tie.expertise = expertise


@verb
def criticism_after(week: Week, me: Person, tie: Tie, strain: float) -> float:
    """A relative's criticism: towards their own level, higher as they are more strained than relatives usually are."""
    p = week.rules.parameters[0]
    level = tie.own_criticism + strain - p.centre.relatives_strain
    level += p.clinic.criticism_distress * (me.distress - p.centre.distress)
    return towards(float64(tie.criticism), level, p.pace.slow)


@verb
def eased(week: Week, me: Person, criticism: float, facilitated: float) -> float:
    """Criticism after so many facilitated family sessions."""
    part = week.rules.parameters[0].clinic.family_sessions * (0.5 + me.resources[4])
    return criticism * power(1.0 - part, facilitated)


@verb
def climate(week: Week, i: int, slot: int) -> float:
    """How far a relative's criticism is drawn to that of the relatives they know."""
    known = week.world.ties[week.world.people[i].first + slot].knows & week.room.relatives[0]
    return drawn_to(week, slot, known)


@verb
def drawn_to(week: Week, slot: int, known: int) -> float:
    """How far a supporter's criticism is drawn to the mean criticism of these others, bits of a mask."""
    total, number, left = 0.0, 0, uint64(known)
    while left != 0:
        total += week.room.criticism[lowest_slot(left)]
        number += 1
        left &= left - uint64(1)
    if number == 0:
        return 0.0
    return week.rules.parameters[0].net.climate * (total / number - week.room.criticism[slot])


@verb
def climate_in_sessions(week: Week, i: int, slot: int) -> float:
    """The same, once a facilitated session, to all in it whom a relative knows."""
    total = 0.0
    for p in range(week.rules.programmes.shape[0]):
        sessions = week.world.places[p, i].sessions
        if sessions > 0 and week.rules.programmes[p].facilitated and week.room.seats[p, slot]:
            known = week.world.ties[week.world.people[i].first + slot].knows & present(week, i, p)
            total += sessions * drawn_to(week, slot, known)
    return total


@verb
def add_up(sums: Sums, tally: Tally) -> None:
    """Add a tie's week to the sums of a supporter with several ties."""
    sums.contacts += int(tally.contacts * UNIT)
    sums.bad += int((tally.contacts - tally.good) * UNIT)
    sums.imbalance += round(tally.imbalance * UNIT)
    sums.good += int(tally.good * UNIT)
    sums.good_reciprocity += round(tally.good_reciprocity * UNIT)
    sums.given += round(tally.given * UNIT)
    sums.opened += int(tally.opened * UNIT)


@verb
def overload(tie: Tie, load: float) -> float:
    """By how much the load exceeds what the supporter can sustain, as a share of it."""
    return max(0.0, load / tie.capacity - 1.0)


@verb
def relief(week: Week, i: int, slot: int) -> float:
    """What supporters whom this one knows can carry for them, of their spare capacity."""
    me, ties, spare = week.world.people[i], week.world.ties, 0.0
    knows = ties[me.first + slot].knows
    for other in range(me.n_ties):
        tie = ties[me.first + other]
        if knows & bit(other) and tie.supporter < 0:
            spare += max(0.0, float64(tie.capacity) - week.room.demand[other])
    return week.rules.parameters[0].net.shared_load * spare


@verb
def strain_after(week: Week, tie: Tie, strain: float, load: float, openness: float) -> float:
    """Strain of a supporter with this one tie, after a week with contacts."""
    p, tally = week.rules.parameters[0], week.room.tally[0]
    tire = p.tire
    strain = tires(
        tire, p.pace, strain, overload(tie, load), tally.contacts, tally.contacts - tally.good,
        tally.imbalance, tally.good, tally.good_reciprocity,
    )  # fmt: skip
    if tally.relieved > 0.0:
        strain *= power(1.0 - tire.session_relief, tally.relieved)
    if tally.opened > 0.0:
        strain = clip01(strain + strain_of_openness(tire, openness))
    return strain


@verb
def week_of_contacts(
    week: Week, i: int, slot: int, person: Helped, strain: float, available: float, load: float, met: int
) -> None:
    """What contacts make of a tie: they help or harm, bond and tire; leaves the week's tally in `week.room.tally`."""
    me = week.world.people[i]
    tie, p = week.world.ties[me.first + slot], week.rules.parameters[0]
    week.room.tally[0] = week.room.blank[0]
    tally = week.room.tally[0]
    tally.critical = tie.critical
    helper = Helper(
        tie.role, float64(tie.trust), float64(tie.friction), float64(tie.reciprocity), float64(tie.expertise),
        tie.ruptured != 0, float64(tie.warmth), float64(tie.competence), float64(tie.criticism), strain, available,
        openness_of(week, me, tie),
    )  # fmt: skip
    contacts_of(week, i, slot, person, helper, met)
    strand = TieState(float64(tie.strength), helper.trust, helper.friction, float64(tie.trust_lost), helper.ruptured)
    strand = bonds(p.bond, p.pace.medium, strand, float64(tie.ceiling), tally)
    tie.strength, tie.trust, tie.friction = strand.strength, strand.trust, strand.friction
    tie.trust_lost, tie.ruptured = strand.trust_lost, 1 if strand.ruptured else 0
    drift_with_contacts(week, i, slot, helper.openness)
    if tie.role == FAMILY:
        criticism = eased(week, me, criticism_after(week, me, tie, strain), tally.facilitated)
        tie.criticism = clip01(criticism + climate(week, i, slot) + climate_in_sessions(week, i, slot))
    tie.critical = tally.critical
    tie.since = 0
    if tie.supporter < 0:
        tie.strain = strain_after(week, tie, strain, load, helper.openness)
    else:
        add_up(week.desk.sums[sums_row(week, tie.supporter)], tally)


@verb
def week_without_contact(week: Week, i: int, slot: int, strain: float, load: float) -> None:
    """What a week without contact makes of a tie."""
    me = week.world.people[i]
    tie, p = week.world.ties[me.first + slot], week.rules.parameters[0]
    tie.strength = fades(p.bond, p.fade, float64(tie.strength), tie.role == FAMILY)
    drift(week, tie)
    if tie.role == FAMILY:
        tie.criticism = clip01(criticism_after(week, me, tie, strain) + climate(week, i, slot))
    tie.since = min(tie.since + 1, 30_000)
    if tie.supporter < 0 and load > tie.capacity:
        tie.strain = tires(p.tire, p.pace, strain, overload(tie, load), 0.0, 0.0, 0.0, 0.0, 0.0)
    elif tie.supporter < 0:  # nearly always: spares a division
        tie.strain = tires(p.tire, p.pace, strain, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0)


@verb
def live_tie(week: Week, i: int, slot: int, person: Helped) -> bool:
    """The week of one tie, from meeting to tiring; whether there was a contact."""
    me = week.world.people[i]
    tie, word = week.world.ties[me.first + slot], drawn_words(week, LANES + 2 * slot)[0]
    asks, demand = week.room.asks[slot], week.room.demand[slot]
    load = demand
    if tie.supporter < 0 and demand > tie.capacity:
        load -= relief(week, i, slot)
    strain = float64(week.world.several[tie.supporter].strain if tie.supporter >= 0 else tie.strain)
    if tie.supporter < 0:
        strain *= power(1.0 - week.rules.parameters[0].tire.session_relief, support_without_person(week, i, slot))
    contact = takes_part(week, i, slot)
    if contact or uniform(word) < asks:  # nobody has more time than what is asked of them
        if tie.supporter >= 0:
            available = float64(week.world.several[tie.supporter].availability)
        else:
            available = availability(float64(tie.capacity), demand)
        met = contacts_met(asks * available, word)
        contact = contact or met > 0
        if contact:
            week_of_contacts(week, i, slot, person, strain, available, load, met)
    if not contact:
        week_without_contact(week, i, slot, strain, load)
    tie.age += 1
    return contact
