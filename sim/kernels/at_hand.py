"""What a worker has at hand while living a week: the world, the rules, the key of the luck, and scratch paper."""

from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from sim.compiled import compiled_with_memory, verb
from sim.randomness import Key, words
from sim.rules import Orders
from sim.state import N_INPUTS, Desk, Tally, World, record

TALLY = record(Tally)


class Room(NamedTuple):
    """A worker's scratch paper."""

    tally: Any  # (1,) Tally of the tie at hand
    blank: Any  # (1,) Tally of zeros
    inputs: NDArray[np.float64]  # (inputs,) of the person at hand
    seats: NDArray[np.int8]  # (P, most ties) who takes part in a session
    seated: NDArray[np.int64]  # (P,) how many do
    meeting: NDArray[np.uint32]  # (most ties, 3) words of the draw MEET


class Week(NamedTuple):
    """A week, as one worker has it at hand."""

    world: World
    rules: Orders
    desk: Desk
    key: Key
    number: int  # of the week
    worker: int
    room: Room


@compiled_with_memory
def room_for(world: World) -> Room:
    """Scratch paper for one worker."""
    n_programmes, most_ties = world.places.shape[0], 0
    for i in range(world.people.shape[0]):
        most_ties = max(most_ties, world.people[i].rows)
    return Room(
        np.zeros(1, TALLY),
        np.zeros(1, TALLY),
        np.zeros(N_INPUTS),
        np.zeros((n_programmes, most_ties), np.int8),
        np.zeros(n_programmes, np.int64),
        np.zeros((most_ties, 3), np.uint32),
    )


@verb
def draws(week: Week, purpose: int, index: int, identity: int, name: int) -> tuple[int, int, int, int]:
    """This week's four words for a purpose, a person (or post) and a tie (0: none)."""
    return words(purpose, index, week.number, identity, name, week.key)


@verb
def lasting(week: Week, purpose: int, index: int, identity: int, name: int) -> tuple[int, int, int, int]:
    """The four words that hold for good, whatever the week."""
    return words(purpose, index, 0, identity, name, week.key)
