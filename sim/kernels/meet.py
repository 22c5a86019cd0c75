"""How much contact a tie asks for, and how much of it comes about (docs/odd.md, 7.1)."""

import math

from supportnet.sim.jit import verb
from supportnet.sim.parameters import Meet
from supportnet.sim.randomness import uniform

DAYS = 7


@verb
def asks_service(meet: Meet, rate: float, planned: float, withdrawal: float, crisis_ratio: float) -> float:
    """Contacts a week asked of one's own professional: an appointment is kept whatever the strength of the tie.

    rate: the tie's multiple of `planned` contacts a week; crisis_ratio: 1 outside crises.
    """
    return rate * planned * meet.scheduled * (1.0 - meet.closing_scheduled * withdrawal) * crisis_ratio


@verb
def asks_natural(
    meet: Meet, rate: float, nearness: float, strength: float, withdrawal: float, in_crisis: bool
) -> float:
    """Contacts a week asked of any other supporter: less of weak ties, in withdrawal and in crisis."""
    closeness = meet.floor + (1.0 - meet.floor) * strength
    openness = 1.0 - meet.closing_informal * withdrawal
    return rate * nearness * closeness * openness * (meet.crisis_informal if in_crisis else 1.0)


@verb
def time_share(time: float, asked: float, sessions: float) -> float:
    """Share of the asked contacts that fits the time a person has beside this week's sessions."""
    left = max(0.0, time - sessions)
    return 1.0 if asked <= left else left / asked


@verb
def availability(capacity: float, demand: float) -> float:
    """Share of demand that a supporter can meet."""
    return 1.0 if demand <= capacity else capacity / demand


@verb
def contacts_met(mean: float, word: int) -> int:
    """Number of natural contacts this week: Poisson, at most one a day.

    1 - exp(-x) < x: most ties are spared the exponential.
    """
    u = uniform(word)
    if u >= mean:
        return 0
    number, term = 0, math.exp(-mean)
    above = 1.0 - term  # chance of more than `number`
    while u < above and number < DAYS:
        number += 1
        term *= mean / number
        above -= term
    return number
