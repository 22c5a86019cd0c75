"""A batch of runs lived one after the other: what its runs showed in the weeks observed, and which of them failed."""

import threading
import time
from collections.abc import Callable
from typing import Any, NamedTuple

import numpy as np

from experiments.results import NAMES, Doubles, outcome_values
from experiments.runs import Task, moves_people
from experiments.workers import Interrupted
from sim.parameters import Costs
from sim.pool import make_pool, pool_for
from sim.population import Pool
from sim.provenance import whole_hash
from sim.scenario import Scenario
from sim.simulation import Simulation

INEQUALITY = NAMES.index("inequality")


class Batch(NamedTuple):
    """Runs of one scenario."""

    scenario: Scenario
    weeks: tuple[int, ...]  # observed
    tasks: tuple[Task, ...]
    pool: int  # people of a pool that a design point needs for itself
    code: str  # that the runs' identities are made with


class Failure(NamedTuple):
    """A run that came to nothing."""

    run: str
    values: dict[str, Any]
    error: str


class Lived(NamedTuple):
    """What came of a batch."""

    runs: list[str]
    values: Doubles  # (runs, weeks, outcomes) in the order of `sim.observe.OUTCOMES`
    failed: list[Failure]
    seconds: float  # that it took


class OtherCode(Exception):
    """This process has another version of the model than the one that planned the runs."""


def live_batch(batch: Batch, halted: Callable[[], bool] = lambda: False) -> Lived:
    """Live the runs of a batch. Raises Interrupted soon after `halted` says so."""
    if batch.code != whole_hash():
        raise OtherCode(f"planned with the code {batch.code}, to be run with {whole_hash()}")
    began = time.perf_counter()
    runs, shown, costs, unequal, failed = list[str](), list[Doubles](), list[Costs](), list[list[float]](), []
    last, scenario = None, batch.scenario
    for task in batch.tasks:
        if halted():
            raise Interrupted
        try:
            if task.values is not last:
                last, scenario = task.values, batch.scenario.with_values(task.values)
            simulation = Simulation(
                scenario, task.seed, task.replicate, pool=pool_in_passing(scenario, task.values, batch.pool)
            )
            seen, ginis = observed(simulation, batch.weeks)
        except Exception as error:
            failed.append(Failure(task.run, task.values, f"{type(error).__name__}: {error}"))
            continue
        runs.append(task.run)
        shown.append(seen)
        costs.append(scenario.all_parameters.costs)
        unequal.append(ginis)
    return Lived(runs, _values(shown, costs, unequal, batch.weeks), failed, time.perf_counter() - began)


def observed(simulation: Simulation, weeks: tuple[int, ...]) -> tuple[Doubles, list[float]]:
    """What these weeks showed, (weeks, N_SEEN), and how unequal recovery was in them."""
    seen, unequal = [], []
    for week in weeks:
        seen.append(simulation.live(week - simulation.week, every=week))  # one row: the last
        unequal.append(simulation.inequality())
    return np.concatenate(seen), unequal


_passing = threading.local()


def pool_in_passing(scenario: Scenario, values: dict[str, Any], size: int) -> Pool:
    """The pool of a scenario; one that only this design point needs is forgotten when the next one comes."""
    if not any(moves_people(name) for name in values):
        return pool_for(scenario)
    about = {name: value for name, value in values.items() if moves_people(name)}
    key = (scenario.name, scenario.root_services, tuple(about.items()), size)
    if getattr(_passing, "key", None) != key:
        _passing.key, _passing.pool = None, None  # the old one goes before the new one comes
        _passing.pool = make_pool(scenario, size=size)
        _passing.key = key
    pool: Pool = _passing.pool
    return pool


def _values(shown: list[Doubles], costs: list[Costs], unequal: list[list[float]], weeks: tuple[int, ...]) -> Doubles:
    """Outcomes of all runs at once, (runs, weeks, outcomes)."""
    if not shown:
        return np.zeros((0, len(weeks), len(NAMES)))
    prices = Costs(*np.array(costs, np.float64).T[:, :, None])
    values = outcome_values(np.stack(shown), np.array(weeks), prices)
    values[..., INEQUALITY] = unequal
    return values
