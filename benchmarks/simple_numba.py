"""The simple tie update in this project's style: arrays of records, keyed draws, one compiled pass over people."""

from typing import Any

import numpy as np

from benchmarks.simple_update import CHANCE, GAIN, LOSS, PATIENTS, START, TIES_EACH, WEIGHT, report
from supportnet.sim.jit import compiled
from supportnet.sim.randomness import Key, philox_words, rng_key, uniform

PATIENT = np.dtype([("support", np.float32)], align=True)
TIE = np.dtype([("strength", np.float32)], align=True)


@compiled
def live(people: Any, ties: Any, number: int, key: Key) -> None:
    for i in range(people.shape[0]):
        support = 0.0
        for slot in range(TIES_EACH):
            tie = ties[i * TIES_EACH + slot]
            strength = tie.strength
            if uniform(philox_words(1, 0, number, i, slot, key)[0]) < CHANCE:
                strength += GAIN * (1.0 - strength)
            else:
                strength -= LOSS * strength
            tie.strength = strength
            support += WEIGHT * strength
        people[i].support = support


if __name__ == "__main__":
    people, ties, key = np.zeros(PATIENTS, PATIENT), np.zeros(PATIENTS * TIES_EACH, TIE), rng_key(1, 0)
    ties["strength"] = START
    number = 0

    def week() -> None:
        global number
        live(people, ties, number, key)
        number += 1

    report(week, lambda: float(people["support"].mean()), weeks=500)
