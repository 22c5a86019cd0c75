"""A batch of runs simulated one after the other: outcomes in the weeks observed, and which runs failed."""

import time
from collections.abc import Callable
from typing import Any, NamedTuple

import numpy as np

from supportnet.experiments.ensemble.ensemble import NAMES, Doubles, outcome_values
from supportnet.experiments.execution.workers import Interrupted
from supportnet.experiments.patterns.studies import measure_study_values
from supportnet.experiments.patterns.table import to_fit
from supportnet.experiments.patterns.world import StudyWorld
from supportnet.experiments.posterior.posterior import under
from supportnet.experiments.posterior.propagation import pool_seed
from supportnet.experiments.randomised.evidence import Evidence, shipped_evidence
from supportnet.experiments.randomised.twins import twin_effects
from supportnet.experiments.runs.plan import RunTask
from supportnet.experiments.study.observables import code, units
from supportnet.experiments.study.tunables import moves_people
from supportnet.sim.area.pool import pool_for, smaller_pool
from supportnet.sim.area.population import Pool
from supportnet.sim.area.simulation import Simulation
from supportnet.sim.errors import UserInputError
from supportnet.sim.parameters import Costs
from supportnet.sim.scenario.scenario import Scenario

INEQUALITY = NAMES.index("inequality")


class Batch(NamedTuple):
    """Runs of one scenario."""

    scenario: Scenario
    weeks: tuple[int, ...]  # observed
    tasks: tuple[RunTask, ...]
    pool: int  # people of a pool that a design point needs for itself
    people: int  # in each simulated study of patterns
    code: str  # that the runs' identities are made with
    measure: str = "outcomes"  # what is kept of each run
    evidence: Evidence | None = None  # of trials, if not the shipped one


class Failure(NamedTuple):
    """A run that came to nothing."""

    run: str
    values: dict[str, Any]
    error: str


class BatchResult(NamedTuple):
    """What came of a batch."""

    runs: list[str]
    values: Doubles  # (runs, weeks, outcomes) as `supportnet.experiments.study.observables.units` has them
    failed: list[Failure]
    seconds: float  # that it took


def run_batch(batch: Batch, halted: Callable[[], bool] = lambda: False) -> BatchResult:
    """Live the runs of a batch. Raises Interrupted soon after `halted` says so, and UserInputError where the runs were
    planned with other code."""
    if batch.code != (here := code(batch.measure)):
        raise UserInputError(
            "a worker runs different code from the process that planned the runs", where="engine",
            found=f"{here}, planned with {batch.code}", expected="one version of supportnet for all runs of a study",
            remedy="if files were changed while it ran, repeat the same command: it computes only what is missing",
        )  # fmt: skip
    began = time.perf_counter()
    keep = Outcomes(batch.weeks) if batch.measure == "outcomes" else Studies(batch, halted)
    runs, failed = list[str](), []
    last: tuple[object, object] = (None, None)
    scenario = batch.scenario
    for task in batch.tasks:
        if halted():
            raise Interrupted
        try:
            if (id(task.values), id(task.numbers)) != last:
                scenario = scenario_of_run(task, batch.scenario)
                pool = pool_of_run(task, scenario, batch.pool)
                last = id(task.values), id(task.numbers)
            keep.of(scenario, pool, task)
        except Interrupted:
            raise
        except Exception as error:
            failed.append(Failure(task.run, task.values, f"{type(error).__name__}: {error}"))
            continue
        runs.append(task.run)
    return BatchResult(runs, keep.values(), failed, time.perf_counter() - began)


def scenario_of_run(task: RunTask, scenario: Scenario) -> Scenario:
    """A scenario with the values of a design point, and under the numbers of a draw where these say nothing."""
    drawn = {name: number for name, number in task.numbers.items() if name not in task.values}
    return under(drawn, scenario).with_values(task.values)


class Outcomes:
    """Outcomes of the weeks observed."""

    def __init__(self, weeks: tuple[int, ...]) -> None:
        self._weeks = weeks
        self._seen, self._costs, self._unequal = list[Doubles](), list[Costs](), list[list[float]]()

    def of(self, scenario: Scenario, pool: Pool, task: RunTask) -> None:
        """Live a run."""
        simulation = Simulation(scenario, task.seed, task.replicate, pool=pool)
        seen, unequal = [], []
        for week in self._weeks:
            seen.append(simulation.advance(week - simulation.week, every=week))  # one row: the last
            unequal.append(simulation.inequality())
        self._seen.append(np.concatenate(seen))
        self._costs.append(scenario.all_parameters.costs)
        self._unequal.append(unequal)

    def values(self) -> Doubles:
        """Of all runs at once, (runs, weeks, outcomes)."""
        if not self._seen:
            return np.zeros((0, len(self._weeks), len(NAMES)))
        prices = Costs(*np.array(self._costs, np.float64).T[:, :, None])
        values = outcome_values(np.stack(self._seen), np.array(self._weeks), prices)
        values[..., INEQUALITY] = self._unequal
        return values


class Studies:
    """Patterns, or effects of trials, in the presets that they are about; others are NaN."""

    def __init__(self, batch: Batch, halted: Callable[[], bool]) -> None:
        self._batch, self._halted, self._found = batch, halted, list[list[float]]()
        self._names = list(units(batch.measure, batch.evidence))

    def of(self, scenario: Scenario, pool: Pool, task: RunTask) -> None:
        """Hold the simulated studies."""
        world = StudyWorld(scenario, pool, task.seed, task.replicate, self._batch.people, self._halted)
        if self._batch.measure == "trials":
            found = twin_effects(self._batch.evidence or shipped_evidence(), world)
        else:
            found = measure_study_values(world, to_fit(scenario.population.preset))
        self._found.append([found.get(name, np.nan) for name in self._names])

    def values(self) -> Doubles:
        """Of all runs at once, (runs, 1, values)."""
        return np.array(self._found, np.float64).reshape(-1, 1, len(self._names))


def pool_of_run(task: RunTask, scenario: Scenario, size: int) -> Pool:
    """The pool of a scenario that has the values of a run already; of so many people where it is the run's own."""
    moved = any(map(moves_people, task.values))
    if task.numbers:
        return smaller_pool(scenario, size, pool_seed(task.draw), kept=not moved)
    return smaller_pool(scenario, size, task.seed) if moved else pool_for(scenario)
