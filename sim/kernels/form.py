"""How ties end and begin (docs/odd.md, 7.0 and 7.7)."""

import math

from supportnet.sim.enums import Role
from supportnet.sim.jit import verb
from supportnet.sim.kernels.math_functions import chance, clip, clip01
from supportnet.sim.parameters import Bond, Fade, Form, Meet, People
from supportnet.sim.randomness import normal, uniform

MIDDLE = 0.5  # reciprocity wanted, on average: of a scale from 0 to 1
PROFESSIONAL, FAMILY = int(Role.PROFESSIONAL), int(Role.FAMILY)


@verb
def ends_outside(fade: Fade, strength: float, embedded: float, family: bool, word: int) -> bool:
    """Whether a tie ends for reasons outside it: weak ties do so far oftener, embedded ones less.

    embedded: by how much embeddedness lowers the logarithm of the hazard.

    A chance is below its hazard, and the hazard below its value at strength 0: most ties are spared two exponentials.
    """
    u = uniform(word)
    highest = fade.outside * (fade.family if family else 1.0)
    if u > highest:
        return False
    hazard = highest * math.exp(-fade.outside_slope * strength - embedded)
    return u < chance(hazard)


@verb
def leaves_harm(fade: Fade, friction: float, empowerment: float, word: int) -> bool:
    """Whether the person leaves a tie that harms."""
    u = uniform(word)
    hazard = fade.leaving * friction * friction * empowerment
    return u < hazard and u < chance(hazard)


@verb
def openness_to_ties(connectedness: float, skill: float, recreational: float, withdrawal: float) -> float:
    """How readily a person makes new ties."""
    return (connectedness + skill + recreational) * (1.0 - withdrawal)


@verb
def forms(form: Form, role: int, openness: float, wished: float, word: int) -> bool:
    """Whether a new tie of this role begins; wished: share of the network wished that is missing."""
    return uniform(word) < form.chance[role - 1] * wished * openness


@verb
def own_rate(meet: Meet, people: People, role: int, word: int) -> float:
    """A tie's contacts a week, log-normal around its role's mean."""
    s, mean = people.log_spread, 1.0 if role == PROFESSIONAL else meet.rate[role - 1]
    return mean * math.exp(s * normal(word) - 0.5 * s * s)


@verb
def own_ceiling(bond: Bond, people: People, word: int) -> float:
    """How close a tie can become: not every tie can become close."""
    return clip(bond.ceiling + people.spread * normal(word), 0.1, 1.0)


@verb
def lay(role: int) -> int:
    """Index of a number that professionals and all others have (`ByProfession`)."""
    return 0 if role == PROFESSIONAL else 1


@verb
def own_capacity(people: People, role: int, word: int) -> float:
    """Contacts a week that a supporter with one tie can sustain."""
    return people.capacity[lay(role)] * max(0.2, 1.0 + people.spread * normal(word))


@verb
def own_trait(mean: float, spread: float, word: int) -> float:
    """A trait in [0, 1]."""
    return clip01(mean + spread * normal(word))


@verb
def own_criticism(people: People, role: int, word: int) -> float:
    """A supporter's own level of criticism."""
    kin = 1 if role == FAMILY else 0
    return own_trait(people.criticism[kin], people.spread, word)
