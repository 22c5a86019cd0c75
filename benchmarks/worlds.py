"""Areas to be timed: people of the scenario `today`, drawn from its stationary pool, nobody looking on."""

from itertools import count
from typing import Any

import numpy as np

from benchmarks.measure import Side
from supportnet.sim.area.population import Area
from supportnet.sim.area.simulation import Simulation
from supportnet.sim.area.week import live_weeks_together
from supportnet.sim.randomness import rng_key
from supportnet.sim.rules import PackedRules
from supportnet.sim.scenario.scenario import Scenario
from supportnet.sim.state import N_SEEN

KEY = rng_key(1, 0)
UNSEEN = np.zeros((0, N_SEEN))


def run_of(patients: int, workers: int = 1) -> Simulation:
    """So many people under `today`, before their first week."""
    values: dict[str, Any] = {"population.patients": patients}
    return Simulation(Scenario.load("today", values), 1, 0, workers=workers)


def live(area: Area, rules: PackedRules, first_week: int, weeks: int, workers: int = 1) -> None:
    """Live some weeks in place."""
    live_weeks_together(area.world, rules, area.desk, KEY, first_week, weeks, every=0, seen=UNSEEN, workers=workers)


def n_ties(area: Area) -> int:
    return int(area.world.people.n_ties.sum())


def living(area: Area, rules: PackedRules, weeks: int, lives: Any = live, **how: Any) -> Side:
    """A side of a comparison: the area lives on for so many weeks each time; returns tie-weeks."""
    starts = count(0, weeks)

    def side() -> int:
        lives(area, rules, next(starts), weeks, **how)
        return n_ties(area) * weeks

    return side
