"""Where a pattern is looked for: a scenario with the numbers that are tried, the people who live by them, and luck."""

import zlib
from collections.abc import Callable, Mapping
from typing import NamedTuple

import numpy as np

from supportnet.experiments.execution.workers import Interrupted
from supportnet.experiments.patterns import PEOPLE
from supportnet.sim.area.population import Pool
from supportnet.sim.area.simulation import Simulation
from supportnet.sim.scenario.scenario import Scenario

COHORTS = 4  # times as many, among whom some come out of a crisis within a year
YEAR = 52
NOTHING: Mapping[str, object] = {}


class StudyWorld(NamedTuple):
    """People and the luck that they meet."""

    scenario: Scenario
    pool: Pool
    seed: int
    replicate: int = 0
    people: int = PEOPLE  # in each simulated study
    halted: Callable[[], bool] = lambda: False  # nobody waits for this any more

    @property
    def cohort(self) -> int:
        """People in a study that follows those who come out of a crisis."""
        return COHORTS * self.people

    def area(self, patients: int = 0, values: Mapping[str, object] = NOTHING) -> Simulation:
        """So many people (0: as many as a study has), in an area where this holds from now on, by dotted name.

        Raises Interrupted once `halted` says so: a study is given up before its next area, not after its last.
        """
        if self.halted():
            raise Interrupted
        scenario = self.scenario.with_values({"population.patients": patients or self.people, **values})
        return Simulation(scenario, self.seed, self.replicate, pool=self.pool)

    def rng(self, study: str) -> np.random.Generator:
        """The random numbers of a study's own measurements."""
        return np.random.default_rng([self.seed, self.replicate, zlib.crc32(study.encode())])
