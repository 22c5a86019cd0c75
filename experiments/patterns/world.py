"""Where a pattern is looked for: a scenario with the numbers that are tried, the people who live by them, and luck."""

import zlib
from collections.abc import Mapping
from typing import NamedTuple

import numpy as np

from sim.population import Pool
from sim.scenario import Scenario
from sim.simulation import Simulation

PEOPLE = 1500
COHORT = 6000  # people among whom some come out of a crisis within a year
YEAR = 52
NOTHING: Mapping[str, object] = {}


class World(NamedTuple):
    """People and the luck that they meet."""

    scenario: Scenario
    pool: Pool
    seed: int
    replicate: int = 0

    def area(self, patients: int = PEOPLE, values: Mapping[str, object] = NOTHING) -> Simulation:
        """So many of the people, in an area where this holds from now on, by dotted name."""
        scenario = self.scenario.with_values({"population.patients": patients, **values})
        return Simulation(scenario, self.seed, self.replicate, pool=self.pool)

    def luck(self, study: str) -> np.random.Generator:
        """The luck of a study's own measurements."""
        return np.random.default_rng([self.seed, self.replicate, zlib.crc32(study.encode())])
