"""What a worker has at hand while living a week: the world, the rules, the key of the luck, and scratch paper."""

from typing import Any, NamedTuple

import numpy as np
from numba import uint32, uint64
from numpy.typing import NDArray

from supportnet.sim.jit import compiled_with_memory, verb
from supportnet.sim.randomness import Draw, Key, philox_words
from supportnet.sim.rules import PackedRules
from supportnet.sim.state import N_INPUTS, Tally, WorkBuffers, World, record

TALLY = record(Tally)
LOW, HALF = np.uint64(0xFFFFFFFF), np.uint64(32)
SIDE = 8  # draws made side by side
MEET, HELP = int(Draw.MEET), int(Draw.HELP)
PERSONAL = (int(Draw.NOISE), int(Draw.CLINIC), int(Draw.FORM))
UNIT = 1048576.0  # sums over a supporter's ties are kept in units of 2^-20
LANES = len(PERSONAL)  # then two for each tie: MEET and HELP


class Scratch(NamedTuple):
    """A worker's scratch paper."""

    tally: Any  # (1,) Tally of the tie at hand
    blank: Any  # (1,) Tally of zeros
    inputs: NDArray[np.float64]  # (inputs,) of the person at hand
    reciprocity: NDArray[np.float64]  # (4,) where ties of the person at hand drift, by role
    expertise: NDArray[np.float64]  # (4,) the same
    asks: NDArray[np.float64]  # (most ties,) natural contacts asked of each supporter of the person at hand
    demand: NDArray[np.float64]  # (most ties,) the same with sessions
    criticism: NDArray[np.float64]  # (most ties,) as the week began
    relatives: NDArray[np.uint64]  # (1,) bits of the ties with relatives
    embedded: NDArray[np.float64]  # (most ties,) by how much embeddedness lowers the logarithm of the hazard of ending
    seats: NDArray[np.int8]  # (P, most ties) who takes part in a session
    seated: NDArray[np.int64]  # (P,) how many do
    abouts: NDArray[np.uint64]  # (LANES + 2 x most ties,) what each draw dealt to the person at hand is about
    dealt: NDArray[np.uint64]  # (2, the same) words, two by two


class Week(NamedTuple):
    """A week, as one worker has it at hand."""

    world: World
    rules: PackedRules
    desk: WorkBuffers
    key: Key
    number: int  # of the week
    worker: int
    room: Scratch


@verb
def about(purpose: int, name: int) -> np.uint64:
    """Purpose and tie of a draw, in one number."""
    return (uint64(purpose) << HALF) | uint64(name)


@compiled_with_memory
def room_for(world: World) -> Scratch:
    """Scratch paper for one worker."""
    n_programmes, most_ties = world.places.shape[0], 0
    for i in range(world.people.shape[0]):
        most_ties = max(most_ties, world.people[i].rows)
    size = (LANES + 2 * most_ties + SIDE - 1) // SIDE * SIDE
    abouts = np.zeros(size, np.uint64)
    for k in range(LANES):
        abouts[k] = about(PERSONAL[k], 0)
    return Scratch(
        np.zeros(1, TALLY),
        np.zeros(1, TALLY),
        np.zeros(N_INPUTS),
        np.zeros(4),
        np.zeros(4),
        np.zeros(most_ties),
        np.zeros(most_ties),
        np.zeros(most_ties),
        np.zeros(1, np.uint64),
        np.zeros(most_ties),
        np.zeros((n_programmes, most_ties), np.int8),
        np.zeros(n_programmes, np.int64),
        abouts,
        np.zeros((2, size), np.uint64),
    )


@verb
def draws(week: Week, purpose: int, index: int, identity: int, name: int) -> tuple[int, int, int, int]:
    """This week's four words for a purpose, a person (or post) and a tie (0: none)."""
    return philox_words(purpose, index, week.number, identity, name, week.key)


@verb
def lasting(week: Week, purpose: int, index: int, identity: int, name: int) -> tuple[int, int, int, int]:
    """The four words that hold for good, whatever the week."""
    return philox_words(purpose, index, 0, identity, name, week.key)


@verb
def side_by_side(abouts: Any, dealt: Any, n: int, number: int, identity: int, key: Key) -> None:
    """So many draws of one person's week; none depends on another, so that eight go at a time."""
    for k in range(n):
        a, b, c, d = philox_words(abouts[k] >> HALF, 0, number, identity, abouts[k] & LOW, key)
        dealt[0, k] = uint64(a) | (uint64(b) << HALF)
        dealt[1, k] = uint64(c) | (uint64(d) << HALF)


@verb
def draw_week_words(week: Week, identity: int, n_ties: int) -> None:
    """Draw most of a person's luck of the week at once: draws do not depend on one another, so eight go side by side.

    Expects in `room.abouts` what each draw is about; draws for the free lanes up to the next eight are for nothing.
    """
    room, number, key = week.room, week.number, week.key
    side_by_side(room.abouts, room.dealt, (LANES + 2 * n_ties + SIDE - 1) // SIDE * SIDE, number, identity, key)


@verb
def drawn_words(week: Week, lane: int) -> tuple[int, int, int, int]:
    """Four words that were dealt."""
    d = week.room.dealt
    return uint32(d[0, lane] & LOW), uint32(d[0, lane] >> HALF), uint32(d[1, lane] & LOW), uint32(d[1, lane] >> HALF)


@verb
def sums_row(week: Week, supporter: int) -> int:
    """Row of `week.desk.sums` for a supporter with several ties: posts once for each worker, then people."""
    if supporter < week.desk.n_posts:
        return week.worker * week.desk.n_posts + supporter
    return week.desk.sums.shape[0] - week.world.people.shape[0] + supporter - week.desk.n_posts
