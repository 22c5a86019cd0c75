"""Sessions of programmes in a person's week: who shares them, and their facilitators (docs/odd.md, 7.1, 7.2, 7.8)."""

import math

from numba import float64

from supportnet.sim.jit import verb
from supportnet.sim.kernels.acquaintance import count_bits, present
from supportnet.sim.kernels.contact import has_contact
from supportnet.sim.kernels.form import lay
from supportnet.sim.kernels.help import PROFESSIONAL, Helped, Helper, Setting
from supportnet.sim.kernels.workspace import HELP, Week, draws

OF_FACILITATOR = 64  # after it the draws of a facilitator's contacts are numbered, before it those of ties


@verb
def sharing(week: Week, p: int) -> float:
    """How many share a session of programme p with the person at hand: ties, and a facilitator who is not one."""
    return float64(week.room.seated[p] + (week.rules.programmes[p].deliverer < 0))


@verb
def in_sessions(week: Week, i: int, slot: int) -> float:
    """Contacts that this week's sessions ask of a tie's supporter: nothing of who comes along to a facilitated one."""
    total, role = 0.0, week.world.ties[week.world.people[i].first + slot].role
    for p in range(week.world.places.shape[0]):
        if week.world.places[p, i].sessions > 0 and week.room.seats[p, slot]:
            programme = week.rules.programmes[p]
            if not programme.facilitated or role == programme.deliverer:
                total += week.world.places[p, i].sessions / sharing(week, p)
    return total


@verb
def takes_part(week: Week, i: int, slot: int) -> bool:
    """Whether a tie's supporter is in any of this week's sessions."""
    for p in range(week.world.places.shape[0]):
        if week.world.places[p, i].sessions > 0 and week.room.seats[p, slot]:
            return True
    return False


@verb
def known_present(week: Week, i: int, slot: int, p: int) -> int:
    """How many of the others in a session of programme p a tie's supporter knows."""
    return count_bits(week.world.ties[week.world.people[i].first + slot].knows & present(week, i, p))


@verb
def support_without_person(week: Week, i: int, slot: int) -> float:
    """Support that a tie's supporter has from this week's meetings without the person: as in sessions."""
    total = 0.0
    for p in range(week.world.places.shape[0]):
        if week.world.places[p, i].meetings > 0 and week.room.seats[p, slot]:
            part = (1.0 + known_present(week, i, slot, p)) / sharing(week, p)
            total += week.world.places[p, i].meetings * part
    return total


@verb
def contacts_with_facilitator(week: Week, i: int, p: int, person: Helped) -> float:
    """This week's sessions of programme p with its facilitator, who treats and leaves no tie; sessions learned from."""
    me, programme, numbers = week.world.people[i], week.rules.programmes[p], week.rules.parameters[0]
    place, bond, people = week.world.places[p, i], numbers.bond, numbers.people
    before = place.weeks_in * programme.sessions_per_week
    helper = Helper(
        PROFESSIONAL, 1.0 - (1.0 - bond.start_trust) * math.pow(1.0 - bond.trust_gain, before), 0.0,
        programme.reciprocity, programme.expertise, False, people.warmth, people.competence[lay(PROFESSIONAL)],
        people.criticism[0], 0.0, 1.0, programme.reciprocity,
    )  # fmt: skip
    setting = Setting(
        sharing(week, p), 1.0, programme.reciprocity, programme.expertise, programme.supporter_expertise, 0,
        True, True, programme.facilitated != 0, programme.non_verbal != 0,
    )  # fmt: skip
    week.room.tally[0] = week.room.blank[0]
    for number in range(1, place.sessions + 1):
        words = draws(week, HELP, OF_FACILITATOR + number, me.identity, programme.key << 16)
        has_contact(week, words, person, helper, setting)
    return float64(week.room.tally[0].learned)
