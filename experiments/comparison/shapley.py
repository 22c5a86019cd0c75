"""Fair shares of a whole among players: Shapley values of a game given for every coalition, and what goes with them.

A coalition is a number whose binary digits say who takes part: player i is in coalition C where C >> i & 1.
"""

from itertools import combinations
from math import factorial

import numpy as np
from numpy.typing import NDArray

Doubles = NDArray[np.float64]


def shapley(game: Doubles) -> Doubles:
    """Mean of what each player adds over all orders in which players can join (Shapley 1953).

    game: (2^k, …) worth of each coalition; result: (k, …), which add up to game[-1] - game[0].
    """
    k = players(game)
    shares = np.zeros((k, *game.shape[1:]))
    for i in range(k):
        for coalition in without(k, i):
            size = coalition.bit_count()
            weight = factorial(size) * factorial(k - size - 1) / factorial(k)
            shares[i] += weight * (game[coalition | 1 << i] - game[coalition])
    return shares


def interactions(game: Doubles) -> dict[tuple[int, int], Doubles]:
    """What two players add together beyond what each adds alone, averaged over all others (Grabisch & Roubens 1999,
    doi:10.1007/s001820050125); positive: synergy, negative: redundancy."""
    k, found = players(game), {}
    for i, j in combinations(range(k), 2):
        total = np.zeros(game.shape[1:])
        for coalition in without(k, i, j):
            size = coalition.bit_count()
            weight = factorial(size) * factorial(k - size - 2) / factorial(k - 1)
            both, one, other = coalition | 1 << i | 1 << j, coalition | 1 << i, coalition | 1 << j
            total += weight * (game[both] - game[one] - game[other] + game[coalition])
        found[i, j] = total
    return found


def knockouts(game: Doubles) -> Doubles:
    """(k, …) what is lost when a player alone is taken out of the whole."""
    k = players(game)
    return np.stack([game[-1] - game[(2**k - 1) ^ (1 << i)] for i in range(k)])


def players(game: Doubles) -> int:
    """Number of players of a game."""
    return (len(game) - 1).bit_length()


def without(k: int, *absent: int) -> list[int]:
    """All coalitions of k players in which these are absent."""
    return [coalition for coalition in range(2**k) if not any(coalition >> i & 1 for i in absent)]
