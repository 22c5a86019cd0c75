"""Keyed draws: the same person, tie and week meet the same random numbers in every scenario, on any number of workers.

Philox4x32-10, a counter-based generator (Salmon et al. 2011, doi:10.1145/2063384.2063405): key = (seed, replicate),
counter = (process + 256 * index, week, identity, tie key). Four 32-bit words a call, no state.
"""

import math
from enum import IntEnum

import numpy as np
from numba import uint32, uint64

from supportnet.sim.jit import compiled, compiled_for

Key = tuple[np.uint32, np.uint32]


class Draw(IntEnum):
    """What a draw is for: the first word of the counter. The use of each word of a call: docs/odd.md."""

    MEET = 1
    HELP = 2
    NOISE = 3
    CLINIC = 5
    CRISIS = 6
    FORM = 7
    TRAITS_A = 8
    TRAITS_B = 9
    SERVICE = 10
    ENROL = 11
    SESSION = 12
    OFFER = 13
    STAFF = 14
    STAFF_TRAITS = 15
    PERSON = 16
    POOL = 17
    ACCESS = 18
    MEASURE = 19
    VIEW = 20
    IMPORT = 21
    ACQUAINTANCE = 22


_LOW = np.uint64(0xFFFFFFFF)
_SHIFT = np.uint64(32)


@compiled_for("UniTuple(uint32, 4)(uint64, uint64, uint64, uint64, uint64, uint64)")
def philox(c0: int, c1: int, c2: int, c3: int, k0: int, k1: int) -> tuple[np.uint32, np.uint32, np.uint32, np.uint32]:
    """Four words from a counter of four words and a key of two (all uint32).

    Words are reckoned in 64 bits, of which only the lower 32 mean anything: what multiplies is cut to them.
    """
    a, b, c, d, key0, key1 = uint64(c0), uint64(c1), uint64(c2), uint64(c3), uint64(k0), uint64(k1)
    for _ in range(10):
        product0 = uint64(0xD2511F53) * (a & _LOW)
        product1 = uint64(0xCD9E8D57) * (c & _LOW)
        a, b, c, d = (product1 >> _SHIFT) ^ b ^ key0, product1, (product0 >> _SHIFT) ^ d ^ key1, product0
        key0 += uint64(0x9E3779B9)
        key1 += uint64(0xBB67AE85)
    return uint32(a), uint32(b), uint32(c), uint32(d)


@compiled_for("UniTuple(uint32, 4)(int64, int64, int64, int64, int64, UniTuple(uint32, 2))")
def philox_words(draw: int, index: int, week: int, identity: int, tie_key: int, key: Key) -> tuple[int, int, int, int]:
    """The four words for this purpose, week, person and tie."""
    four: tuple[int, int, int, int] = philox(draw + (index << 8), week, identity, tie_key, key[0], key[1])
    return four


@compiled
def uniform(word: int) -> float:
    """A number in (0, 1) from a word: (word + 1/2) / 2^32."""
    return (word + 0.5) * 2.3283064365386963e-10


@compiled
def middle(q: float) -> float:
    """A standard normal number with probability 1/2 + q, for |q| <= .425: algorithm AS 241 (Wichura 1988)."""
    r = 0.180625 - q * q
    above = (((((((2509.0809287301226727 * r + 33430.575583588128105) * r + 67265.770927008700853) * r
                 + 45921.953931549871457) * r + 13731.693765509461125) * r + 1971.5909503065514427) * r
              + 133.14166789178437745) * r + 3.387132872796366608)  # fmt: skip
    below = (((((((5226.495278852545925 * r + 28729.085735721942674) * r + 39307.89580009271061) * r
                 + 21213.794301586595867) * r + 5394.1960214247511077) * r + 687.1870074920579083) * r
              + 42.313330701600911252) * r + 1.0)  # fmt: skip
    return q * above / below


@compiled
def normal(word: int) -> float:
    """A standard normal number from a word: algorithm AS 241, PPND16 (Wichura 1988, doi:10.2307/2347330)."""
    q = uniform(word) - 0.5
    if abs(q) <= 0.425:
        return middle(q)
    r = math.sqrt(-math.log(0.5 - abs(q)))
    if r <= 5.0:
        r -= 1.6
        above = (((((((7.7454501427834140764e-4 * r + 0.0227238449892691845833) * r + 0.24178072517745061177) * r
                     + 1.27045825245236838258) * r + 3.64784832476320460504) * r + 5.7694972214606914055) * r
                  + 4.6303378461565452959) * r + 1.42343711074968357734)  # fmt: skip
        below = (((((((1.05075007164441684324e-9 * r + 5.475938084995344946e-4) * r + 0.0151986665636164571966) * r
                     + 0.14810397642748007459) * r + 0.68976733498510000455) * r + 1.6763848301838038494) * r
                  + 2.05319162663775882187) * r + 1.0)  # fmt: skip
    else:
        r -= 5.0
        above = (((((((2.01033439929228813265e-7 * r + 2.71155556874348757815e-5) * r + 0.0012426609473880784386) * r
                     + 0.026532189526576123093) * r + 0.29656057182850489123) * r + 1.7848265399172913358) * r
                  + 5.4637849111641143699) * r + 6.6579046435011037772)  # fmt: skip
        below = (((((((2.04426310338993978564e-15 * r + 1.4215117583164458887e-7) * r + 1.8463183175100546818e-5) * r
                     + 7.868691311456132591e-4) * r + 0.0148753612908506148525) * r + 0.13692988092273580531) * r
                  + 0.59983220655588793769) * r + 1.0)  # fmt: skip
    return math.copysign(above / below, q)


def rng_key(seed: int, replicate: int) -> Key:
    """The key of all draws of one replicate."""
    return np.uint32(seed), np.uint32(replicate)
