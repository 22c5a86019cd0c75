"""One replicate: a scenario simulated from the first week to the last."""

from collections.abc import Callable
from itertools import chain
from threading import Event
from typing import Any, NamedTuple

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from supportnet.experiments.ensemble.ensemble import NAMES, Doubles, Persons, outcome_values
from supportnet.experiments.ensemble.recording import TABLES, ties_by_role
from supportnet.experiments.execution.store import Arrays
from supportnet.experiments.execution.workers import Interrupted
from supportnet.sim.area.derived import owners, recovery_of
from supportnet.sim.area.population import Pool, tie_rows
from supportnet.sim.area.simulation import Simulation
from supportnet.sim.scenario.scenario import Scenario

AT_A_STRETCH = 2_000_000  # weeks of one person lived in one call: so often progress is told and a halt heeded


class ReplicateTask(NamedTuple):
    """How a replicate is run."""

    scenario: Scenario
    seed: int
    pool: Pool  # that its people are drawn from
    workers: int  # within one replicate
    record: tuple[str, ...]  # of TABLES
    weeks_recorded: frozenset[int]
    follow: bool  # keep each person's recovery at start and end
    report: Callable[[int], None]  # told of weeks lived


class ReplicateResult(NamedTuple):
    """What came of a replicate."""

    values: Doubles  # (weeks, outcomes)
    tables: dict[str, pd.DataFrame]
    persons: Persons | None

    @property
    def arrays(self) -> list[NDArray[Any]]:
        """All but the tables, as `read_result` takes them."""
        return [self.values, *(self.persons or ())]


def simulate_replicate(task: ReplicateTask, replicate: int, halt: Event) -> ReplicateResult:
    """One replicate; raises Interrupted soon after `halt` is set."""
    simulation = Simulation(
        task.scenario, task.seed, replicate, workers=task.workers, record="ties" in task.record, pool=task.pool
    )
    first_recovery = recovery_of(simulation.area.world.people).astype(np.float32)
    first_ties = ties_by_role(simulation).astype(np.int16)
    seen, tables = [], dict[str, list[pd.DataFrame]]()
    for stop in stops(task.scenario.weeks, simulation.n_people, task.weeks_recorded):
        if halt.is_set():
            raise Interrupted
        weeks = stop - simulation.week
        seen.append(simulation.advance(weeks))
        if stop in task.weeks_recorded:
            for name, table_of in chain.from_iterable(TABLES[recorded].items() for recorded in task.record):
                tables.setdefault(name, []).append(table_of(simulation))
        task.report(weeks)
    return ReplicateResult(
        values_of(simulation, np.concatenate(seen)),
        {name: labelled(pd.concat(parts, ignore_index=True), task, replicate) for name, parts in tables.items()},
        followed_persons(simulation, first_recovery, first_ties) if task.follow else None,
    )


def read_result(arrays: Arrays) -> ReplicateResult:
    """What came of a replicate, from its arrays."""
    values, *persons = arrays
    return ReplicateResult(values, {}, Persons(*persons) if persons else None)


def stops(weeks: int, n_people: int, recorded: frozenset[int]) -> list[int]:
    """Weeks up to which a replicate runs without interruption."""
    stretch = max(1, AT_A_STRETCH // n_people)
    return sorted({*range(stretch, weeks, stretch), *recorded, weeks})


def values_of(simulation: Simulation, seen: Doubles, first_week: int = 1) -> Doubles:
    """(weeks, outcomes) from this week on; inequality in the last week only."""
    values = outcome_values(
        seen, np.arange(first_week, first_week + len(seen)), simulation.scenario.all_parameters.costs
    )
    values[-1, NAMES.index("inequality")] = simulation.inequality()
    return values


def followed_persons(
    simulation: Simulation, first_recovery: NDArray[np.float32], first_ties: NDArray[np.int16]
) -> Persons:
    """Who people were at the start, and how they are now."""
    people, ties = simulation.area.world.people, simulation.area.world.ties
    best = np.zeros(len(people), np.float32)
    np.maximum.at(best, owners(people), ties.strength[tie_rows(people)])
    last_ties = ties_by_role(simulation).astype(np.int16)
    now = (people.loneliness, people.distress, people.relapses, people.admissions, people.ruptures)
    copies = (column.copy() for column in now)
    last_recovery = recovery_of(people).astype(np.float32)
    return Persons(people.condition.copy(), first_recovery, last_recovery, first_ties, last_ties, best, *copies)


def labelled(table: pd.DataFrame, task: ReplicateTask, replicate: int) -> pd.DataFrame:
    """The table with scenario and replicate as its first columns."""
    table.insert(0, "scenario", task.scenario.name)
    table.insert(1, "replicate", replicate)
    return table
