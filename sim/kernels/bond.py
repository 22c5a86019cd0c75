"""How the contacts of a week change a tie (docs/odd.md, 7.3)."""

import math
from typing import NamedTuple

from supportnet.sim.jit import verb
from supportnet.sim.kernels.math_functions import clip01
from supportnet.sim.parameters import Bond, Fade
from supportnet.sim.state import Tally


class TieState(NamedTuple):
    """What a contact moves in a tie."""

    strength: float
    trust: float
    friction: float
    trust_lost: float
    ruptured: bool


@verb
def power(base: float, times: float) -> float:
    """base to the power of times: whole numbers by multiplication, as most are."""
    result, whole = 1.0, int(times)
    for _ in range(whole):
        result *= base
    return result if times == whole else result * math.pow(base, times - whole)


@verb
def towards(value: float, goal: float, part: float) -> float:
    """The value moved this part of the way to the goal."""
    return value + part * (goal - value)


@verb
def fades(bond: Bond, fade: Fade, strength: float, family: bool) -> float:
    """Strength after a week without contact: strong ties and relatives' fade less."""
    return strength - bond.fading * (fade.family if family else 1.0) * strength * (1.0 - strength)


@verb
def bonds(bond: Bond, pace: float, tie: TieState, ceiling: float, tally: Tally) -> TieState:
    """Strength, trust and friction after a week with contacts.

    pace: share of friction that goes with a good contact, and of trust with a bad one that is no rupture.
    """
    strength, trust, friction, trust_lost, ruptured = tie
    if tally.good > 0.0:
        if not ruptured:
            trust = 1.0 - (1.0 - trust) * power(1.0 - bond.trust_gain, tally.good_shares)
        friction *= power(1.0 - pace, tally.good_shares)
        strength = clip01(strength + bond.strength_gain * tally.support * (ceiling - strength))
        if tally.repairs > 0.0:
            trust, trust_lost, ruptured = min(1.0, trust + trust_lost), 0.0, False
    if tally.ruptures > 0.0:
        kept = power(1.0 - bond.rupture, tally.rupture_shares)
        lost = trust * (1.0 - kept)
        trust, trust_lost, ruptured = trust - lost, min(1.0, trust_lost + lost), True
        friction = 1.0 - (1.0 - friction) * kept
    if tally.lesser_shares > 0.0:
        kept = power(1.0 - pace, tally.lesser_shares)
        trust, friction = trust * kept, 1.0 - (1.0 - friction) * kept
    return TieState(strength, trust, friction, trust_lost, ruptured)
