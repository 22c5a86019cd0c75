"""Patterns found in simulated people, beside the ranges that evidence gives them."""

from collections.abc import Collection
from typing import NamedTuple

import numpy as np
import pandas as pd

from experiments.estimates import mean_of
from experiments.patterns.studies import VALUES, measured
from experiments.patterns.table import Pattern, patterns
from experiments.patterns.world import World
from sim.pool import pool_for
from sim.scenario import Scenario


class Found(NamedTuple):
    """A pattern, simulated."""

    pattern: Pattern
    value: float
    mcse: float
    lower: float
    upper: float

    @property
    def met(self) -> bool:
        return self.pattern.met(self.value)


def find(
    scenario: Scenario, replicates: Collection[int], seed: int = 1, wanted: Collection[str] = VALUES
) -> list[Found]:
    """Values, each as the mean over replicates with its Monte Carlo standard error and 95 % interval."""
    pool = pool_for(scenario)
    rows = pd.DataFrame([measured(World(scenario, pool, seed, replicate), wanted) for replicate in replicates])
    means = mean_of(np.asarray(rows))
    columns = zip(rows.columns, means.mean, means.mcse, means.lower, means.upper, strict=True)
    return [Found(patterns()[name], *map(float, numbers)) for name, *numbers in columns]
