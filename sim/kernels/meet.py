"""How much contact a tie asks for, and how much of it comes about (docs/odd.md, 7.1)."""

import math

from supportnet.sim.jit import verb
from supportnet.sim.parameters import Meet
from supportnet.sim.randomness import uniform

DAYS = 7


@verb
def asks_service(meet: Meet, rate: float, planned: float, crisis_ratio: float) -> float:
    """Contacts a week asked of one's own professional: an appointment is kept whatever the strength of the tie.

    rate: the tie's multiple of `planned` contacts a week; crisis_ratio: 1 outside crises.
    """
    return rate * planned * meet.scheduled * crisis_ratio


@verb
def asks_natural(meet: Meet, rate: float, strength: float, withdrawal: float) -> float:
    """Contacts a week asked of any other supporter: less of weak ties and in withdrawal."""
    return rate * strength * (1.0 - meet.closing * withdrawal)


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
