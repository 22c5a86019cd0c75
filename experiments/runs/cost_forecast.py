"""What a study will take, from a few of its runs, before anything is started."""

import time
from typing import NamedTuple

import numpy as np

from supportnet.experiments.resource_needs import of_study
from supportnet.experiments.runs.batch import Batch, run_batch
from supportnet.experiments.runs.engines import Engine
from supportnet.experiments.runs.plan import SweepPlan
from supportnet.experiments.study.observables import code
from supportnet.experiments.study.tunables import moves_people
from supportnet.sim.area.pool import make_pool, pool_for
from supportnet.sim.area.simulation import Simulation

POINTS = 4  # that are tried


class Forecast(NamedTuple):
    """What a study will take, about."""

    runs: int
    pools: int  # that must be made for it
    seconds_a_run: float
    seconds_a_pool: float
    seconds: float  # in all, with these workers
    memory: float  # bytes
    disk: float  # bytes


def forecast(plan: SweepPlan, missing: int, workers: int) -> Forecast:
    """Lives a run at a few design points (and makes one pool, where each point needs its own)."""
    study, base, measure = plan.study, plan.study.scenarios[0], plan.study.file.measure
    pool_for(base, workers)
    tried = np.unique(np.linspace(0, plan.n_points * plan.replicates - 1, POINTS).astype(np.int64))
    of_run = []
    for run in tried:
        sizes = study.file.pool, study.file.people
        batch = Batch(base, study.weeks, plan.tasks([run]), *sizes, code(measure), measure, study.evidence)
        run_batch(batch)  # the first time, its pool is made
        of_run.append(run_batch(batch).seconds)
    own = any(moves_people(name) for name in plan.values)
    of_pool = pool_seconds(plan) if own else 0.0  # last: by now the core is compiled, and its founders are there
    seconds_a_run = max(sorted(of_run)[len(of_run) // 2], 1e-4)
    pools = int(plan.pools.max() + 1) * len(study.scenarios) if own else 0
    share = missing / plan.n_runs
    needs = of_study(study, plan.n_points, Engine("threads", workers))
    return Forecast(
        missing,
        round(pools * share),
        seconds_a_run,
        of_pool,
        (missing * seconds_a_run + pools * share * of_pool) / workers,
        needs.memory,
        needs.disk,
    )


def pool_seconds(plan: SweepPlan) -> float:
    """How long it takes to make the pool of a design point."""
    scenario = plan.study.scenarios[0].with_values(plan.point(plan.n_points // 2))
    began = time.perf_counter()
    Simulation(scenario, pool=make_pool(scenario, size=plan.study.file.pool))
    return time.perf_counter() - began
