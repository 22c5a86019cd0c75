"""Three shapes that recur: saturation, the logistic curve, the unit interval."""

import math

from supportnet.sim.jit import verb


@verb
def clip(x: float, low: float, high: float) -> float:
    return min(max(x, low), high)


@verb
def clip01(x: float) -> float:
    """x held to [0, 1]."""
    return min(max(x, 0.0), 1.0)


@verb
def saturate(x: float, half: float) -> float:
    """x / (x + half): rises from 0, half effect at `half`."""
    return x / (x + half)


@verb
def logistic(x: float) -> float:
    return 1.0 / (1.0 + math.exp(-x))


@verb
def chance(hazard: float) -> float:
    """Chance of at least one event in a week at this hazard per week."""
    return 1.0 - math.exp(-hazard)
