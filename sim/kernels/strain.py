"""What helping does to those who help, and when staff leave (docs/odd.md, 7.6)."""

import math

from supportnet.sim.jit import verb
from supportnet.sim.kernels.math_functions import chance, clip01
from supportnet.sim.parameters import Tire


@verb
def tires(
    tire: Tire,
    strain: float,
    overload: float,
    contacts: float,
    bad: float,
    imbalance: float,
    good: float,
    good_reciprocity: float,
    weight_of_bad: float,
) -> float:
    """Strain after the week; sums are over the supporter's contacts, overload is max(0, demand / capacity - 1)."""
    change = tire.overload * overload - tire.recovery * strain
    if contacts > 0.0:
        change += bad / contacts * weight_of_bad + tire.imbalance * imbalance / contacts
    if good > 0.0:
        change -= tire.reward * good_reciprocity / good * strain
    return clip01(strain + change)


@verb
def strain_of_openness(tire: Tire, openness: float) -> float:
    """Strain that sharing of oneself adds above the level that is safe."""
    return tire.openness * max(0.0, openness - tire.openness_safe)


@verb
def leaving_chance(tire: Tire, turnover: float, strain: float) -> float:
    """Chance that a post's holder leaves this week; turnover: per year at middling strain."""
    ratio = min(tire.leaving_highest, math.exp(tire.leaving_slope * (strain - tire.leaving_centre)))
    return chance(turnover / 52.0 * ratio)
