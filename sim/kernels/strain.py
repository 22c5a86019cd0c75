"""What helping does to those who help, and when staff leave (docs/odd.md, 7.6)."""

import math

from supportnet.sim.jit import verb
from supportnet.sim.kernels.math_functions import chance, clip01
from supportnet.sim.parameters import Pace, Tire


@verb
def tires(
    tire: Tire,
    pace: Pace,
    strain: float,
    overload: float,
    contacts: float,
    bad: float,
    imbalance: float,
    good: float,
    good_reciprocity: float,
) -> float:
    """Strain after the week; sums are over the supporter's contacts, overload is max(0, demand / capacity - 1)."""
    burden = overload
    if contacts > 0.0:
        burden += (bad + imbalance) / contacts
    if good > 0.0:
        burden -= good_reciprocity / good * strain
    return clip01(strain + tire.gain * burden - pace.medium * strain)


@verb
def strain_of_openness(tire: Tire, openness: float) -> float:
    """Strain that sharing of oneself adds above the level that is safe."""
    return tire.gain * max(0.0, openness - tire.openness_safe)


@verb
def leaving_chance(tire: Tire, turnover: float, strain: float, usual: float) -> float:
    """Chance that a post's holder leaves this week; turnover: per year at the usual strain."""
    return chance(turnover / 52.0 * math.exp(tire.leaving_slope * (strain - usual)))
