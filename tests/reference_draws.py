"""Keyed draws, written a second time in plain Python (docs/odd.md, 8)."""

import math
from functools import lru_cache
from typing import NamedTuple

from supportnet.sim.randomness import Draw

WORD = 0xFFFFFFFF


@lru_cache(maxsize=2**17)  # a week asks for most of its words more than once
def philox(counter: tuple[int, int, int, int], key: tuple[int, int]) -> tuple[int, int, int, int]:
    """Philox4x32-10 (Salmon et al. 2011, doi:10.1145/2063384.2063405): four words from a counter and a key."""
    c0, c1, c2, c3 = counter
    k0, k1 = key
    for _ in range(10):
        product0, product1 = 0xD2511F53 * c0, 0xCD9E8D57 * c2
        c0, c1, c2, c3 = product1 >> 32 ^ c1 ^ k0, product1 & WORD, product0 >> 32 ^ c3 ^ k1, product0 & WORD
        k0, k1 = (k0 + 0x9E3779B9) & WORD, (k1 + 0xBB67AE85) & WORD
    return c0, c1, c2, c3


# Wichura 1988, doi:10.2307/2347330: numerators and denominators, highest power first.
MIDDLE = (
    (2.5090809287301226727e3, 3.3430575583588128105e4, 6.7265770927008700853e4, 4.5921953931549871457e4,
     1.3731693765509461125e4, 1.9715909503065514427e3, 1.3314166789178437745e2, 3.3871328727963666080e0),
    (5.2264952788528545610e3, 2.8729085735721942674e4, 3.9307895800092710610e4, 2.1213794301586595867e4,
     5.3941960214247511077e3, 6.8718700749205790830e2, 4.2313330701600911252e1, 1.0),
)  # fmt: skip
TAIL = (
    (7.74545014278341407640e-4, 2.27238449892691845833e-2, 2.41780725177450611770e-1, 1.27045825245236838258e0,
     3.64784832476320460504e0, 5.76949722146069140550e0, 4.63033784615654529590e0, 1.42343711074968357734e0),
    (1.05075007164441684324e-9, 5.47593808499534494600e-4, 1.51986665636164571966e-2, 1.48103976427480074590e-1,
     6.89767334985100004550e-1, 1.67638483018380384940e0, 2.05319162663775882187e0, 1.0),
)  # fmt: skip
FAR_TAIL = (
    (2.01033439929228813265e-7, 2.71155556874348757815e-5, 1.24266094738807843860e-3, 2.65321895265761230930e-2,
     2.96560571828504891230e-1, 1.78482653991729133580e0, 5.46378491116411436990e0, 6.65790464350110377720e0),
    (2.04426310338993978564e-15, 1.42151175831644588870e-7, 1.84631831751005468180e-5, 7.86869131145613259100e-4,
     1.48753612908506148525e-2, 1.36929880922735805310e-1, 5.99832206555887937690e-1, 1.0),
)  # fmt: skip


def _ratio(polynomials: tuple[tuple[float, ...], tuple[float, ...]], x: float) -> float:
    above = below = 0.0
    for a, b in zip(*polynomials, strict=True):
        above, below = above * x + a, below * x + b
    return above / below


def normal(u: float) -> float:
    """The standard normal number below which a share `u` (0-1, exclusive) lies: AS 241, PPND16."""
    q = u - 0.5
    if abs(q) <= 0.425:
        return q * _ratio(MIDDLE, 0.180625 - q * q)
    r = math.sqrt(-math.log(min(u, 1 - u)))
    z = _ratio(TAIL, r - 1.6) if r <= 5 else _ratio(FAR_TAIL, r - 5)
    return math.copysign(z, q)


class Luck(NamedTuple):
    """The luck of one replicate: the same question always has the same answer."""

    seed: int
    replicate: int

    def uniforms(self, draw: Draw, week: int, identity: int, tie_key: int = 0, index: int = 0) -> list[float]:
        """Four numbers between 0 and 1 for this process, week, person and tie."""
        counter = (draw + 256 * index, week & WORD, identity, tie_key)
        return [(word + 0.5) / 2**32 for word in philox(counter, (self.seed, self.replicate))]

    def normals(self, draw: Draw, week: int, identity: int, tie_key: int = 0, index: int = 0) -> list[float]:
        """The same four as standard normal numbers."""
        return [normal(u) for u in self.uniforms(draw, week, identity, tie_key, index)]
