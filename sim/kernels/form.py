"""How ties end and begin (docs/odd.md, 7.0 and 7.7)."""

import math

from supportnet.sim.jit import verb
from supportnet.sim.kernels.math_functions import chance, clip, clip01
from supportnet.sim.parameters import Bond, Fade, Form, Meet, People
from supportnet.sim.randomness import normal, uniform


@verb
def ends_outside(fade: Fade, strength: float, embedded: float, family: bool, word: int) -> bool:
    """Whether a tie ends for reasons outside it: weak ties do so far oftener, embedded ones less.

    embedded: by how much embeddedness lowers the logarithm of the hazard.

    exp(-x) < 20.1 for x > -3, and a chance is below its hazard: most ties are spared two exponentials.
    """
    u = uniform(word)
    x = fade.outside_slope * (strength - fade.outside_centre) + embedded
    if x > -3.0 and u > fade.anyhow + 20.1 * fade.outside:
        return False
    hazard = fade.outside * math.exp(-x) * (fade.outside_family if family else 1.0)
    return u < chance(hazard + fade.anyhow)


@verb
def leaves_harm(fade: Fade, friction: float, empowerment: float, word: int) -> bool:
    """Whether the person leaves, or keeps at a distance, a tie that harms."""
    u = uniform(word)
    hazard = fade.leaving * friction * friction * empowerment
    return u < hazard and u < chance(hazard)


@verb
def openness_to_ties(form: Form, connectedness: float, skill: float, recreational: float, withdrawal: float) -> float:
    """How readily a person makes new ties, relative to a middling person, before its exponent."""
    openness = (form.connectedness + connectedness) * (form.skill + skill) * (form.recreational + recreational)
    return openness * (1.0 - withdrawal) / form.scale


@verb
def forms(form: Form, role: int, openness: float, wished: float, word: int) -> bool:
    """Whether a new tie of this role begins; wished: share of the network wished that is missing.

    x^e <= max(1, x) for an exponent from 0 to 1: nearly everybody is spared the power.
    """
    u, at_most = uniform(word), form.chance[role] * wished
    return u < at_most * max(1.0, openness) and u < at_most * math.pow(openness, form.exponent)


@verb
def own_rate(meet: Meet, role: int, word: int) -> float:
    """A tie's contacts a week, log-normal around its role's mean."""
    s = meet.rate_spread
    return meet.rate[role] * math.exp(s * normal(word) - 0.5 * s * s)


@verb
def own_ceiling(bond: Bond, people: People, role: int, skill: float, word: int) -> float:
    """How close a tie can become: not every tie can become close."""
    mean = bond.ceiling_mean + bond.ceiling_shift[role] + bond.ceiling_skill * (skill - people.skill)
    return clip(mean + bond.ceiling_spread * normal(word), 0.1, 1.0)


@verb
def own_capacity(people: People, role: int, word: int) -> float:
    """Contacts a week that a supporter with one tie can sustain."""
    return people.capacity[role] * max(0.2, 1.0 + people.capacity_spread * normal(word))


@verb
def own_trait(mean: float, spread: float, word: int) -> float:
    """A trait in [0, 1]."""
    return clip01(mean + spread * normal(word))
