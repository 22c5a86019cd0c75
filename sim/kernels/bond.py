"""How the contacts of a week change a tie (docs/odd.md, 7.3)."""

import math
from typing import NamedTuple

from supportnet.sim.jit import verb
from supportnet.sim.kernels.math_functions import clip01
from supportnet.sim.parameters import Bond
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
def fades(bond: Bond, strength: float, role: int) -> float:
    """Strength after a week without contact."""
    return strength - bond.fading[role] * strength * (1.0 - bond.fading_protection * strength)


@verb
def bonds(bond: Bond, tie: TieState, ceiling: float, tally: Tally) -> TieState:
    """Strength, trust and friction after a week with contacts."""
    strength, trust, friction, trust_lost, ruptured = tie
    if tally.good > 0.0:
        if not ruptured:
            trust = 1.0 - (1.0 - trust) * power(1.0 - bond.trust_gain, tally.good_shares)
        friction *= power(1.0 - bond.friction_relief, tally.good_shares)
        speed = bond.strength_gain * (bond.above_ceiling if strength > ceiling else 1.0)
        strength = clip01(strength + speed * tally.support * (ceiling - strength))
        if tally.repairs > 0.0:
            trust, trust_lost, ruptured = min(1.0, trust + trust_lost), 0.0, False
    if tally.ruptures > 0.0:
        lost = trust * (1.0 - power(1.0 - bond.rupture_trust, tally.rupture_shares))
        trust, trust_lost, ruptured = trust - lost, min(1.0, trust_lost + lost), True
        friction = 1.0 - (1.0 - friction) * power(1.0 - bond.rupture_friction, tally.rupture_shares)
        strength *= power(1.0 - bond.rupture_strength, tally.rupture_shares)
    if tally.lesser_shares > 0.0:
        trust *= power(1.0 - bond.lesser * bond.rupture_trust, tally.lesser_shares)
        friction = 1.0 - (1.0 - friction) * power(1.0 - bond.lesser * bond.rupture_friction, tally.lesser_shares)
        strength *= power(1.0 - bond.lesser * bond.rupture_strength, tally.lesser_shares)
    return TieState(strength, trust, friction, trust_lost, ruptured)
