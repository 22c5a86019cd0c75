"""Replicates of one scenario, side by side and in order, the same for any number of workers."""

from collections.abc import Callable, Sequence
from threading import Event, Lock

import numpy as np
import pandas as pd

from supportnet.experiments.ensemble.ensemble import Ensemble, Failed, Persons
from supportnet.experiments.ensemble.plan import RunPlan
from supportnet.experiments.ensemble.replicate import ReplicateResult, ReplicateTask, read_result, simulate_replicate
from supportnet.experiments.execution.store import Store, key_of
from supportnet.experiments.execution.workers import Interrupted, map_in_threads
from supportnet.sim.errors import UserInputError

Progress = Callable[[float], None]  # told the share of the work that is done, 0-1, by one thread at a time
Keep = Callable[[str, pd.DataFrame], None]  # given the name of a recorded table and its rows of one replicate
LARGE = 100_000  # people: from here on areas are lived one after the other, by all workers together


def simulate(
    plan: RunPlan, workers: int = 2, progress: Progress | None = None, keep: Keep | None = None, follow: bool = False,
    store: Store | None = None,
) -> Ensemble:  # fmt: skip
    """All replicates of a plan.

    Results do not depend on workers, nor a replicate on the others. Recorded tables go to `keep`, replicate by
    replicate, where given, and into the ensemble otherwise. follow: keep each person's recovery at start and end.
    store: keeps finished replicates, but for those of which tables are recorded.
    """
    scenario, sampling = plan.scenario, plan.sampling
    groups, people = sampling.groups, scenario.population.patients
    aside, within = allot_workers(people, len(groups), workers)
    if not sampling.posterior:
        sampling.world(scenario, 0, workers)  # the pool that all replicates share is made by all workers
    report = week_counter(scenario.weeks * len(sampling.replicates), progress)
    collected: dict[str, list[pd.DataFrame]] = {name: [] for name in plan.tables}
    keep = keep or (lambda name, table: collected[name].append(table))
    results, failed = dict[int, ReplicateResult](), list[Failed]()
    store = None if plan.record else store
    identity = sampling.identity_of(scenario) if store else ""

    def simulate_group(group: list[int], halt: Event) -> list[ReplicateResult | Exception]:
        return [resume(number, halt) for number in group]

    def resume(number: int, halt: Event) -> ReplicateResult | Exception:
        key = key_of("replicate", identity, number, follow)
        if stored := store and store.get(key):
            report(scenario.weeks)
            return read_result(stored)
        done = attempt(plan, number, within, follow, report, halt)
        if store and isinstance(done, ReplicateResult):
            store.put(key, done.arrays)
        return done

    for group, outcome in map_in_threads(simulate_group, groups, aside):
        each = [outcome] * len(group) if isinstance(outcome, Exception) else outcome
        for number, done in zip(group, each, strict=True):
            if isinstance(done, Exception):
                failed.append(Failed(number, done))
                continue
            for name, table in done.tables.items():
                keep(name, table)
            results[number] = done._replace(tables={})
    if not results:
        raise what_failed(failed[0].error, people, aside)
    return Ensemble(
        plan=plan,
        replicates=tuple(results),
        values=np.stack([one.values for one in results.values()]),
        persons=stacked([one.persons for one in results.values() if one.persons]),
        failed=tuple(failed),
        **{name: pd.concat(frames, ignore_index=True) for name, frames in collected.items() if frames},
    )


def attempt(
    plan: RunPlan, replicate: int, workers: int, follow: bool, report: Callable[[int], None], halt: Event
) -> ReplicateResult | Exception:
    """The result of one replicate, or the exception that stopped it."""
    try:
        scenario, pool = plan.sampling.world(plan.scenario, replicate)
        task = ReplicateTask(
            scenario, plan.sampling.seed, pool, workers, plan.record, plan.weeks_recorded, follow, report
        )
        return simulate_replicate(task, replicate, halt)
    except (Interrupted, UserInputError):
        raise
    except Exception as error:
        return error


def allot_workers(n_people: int, n_replicates: int, workers: int) -> tuple[int, int]:
    """The number of replicates in parallel, and of workers for each."""
    if n_people >= LARGE or n_replicates == 1:
        return 1, workers
    return min(workers, n_replicates), 1


def week_counter(total: int, progress: Progress | None) -> Callable[[int], None]:
    """Count weeks simulated in all replicates, and report the share done."""
    lock, done = Lock(), 0

    def count(weeks: int) -> None:
        nonlocal done
        with lock:
            done += weeks
            if progress:
                progress(done / total)

    return count


def stacked(persons: Sequence[Persons]) -> Persons | None:
    """People of all replicates, one row a replicate."""
    return Persons(*(np.stack(column) for column in zip(*persons, strict=True))) if persons else None


def what_failed(error: Exception, n_people: int, aside: int) -> Exception:
    """The error to show where no replicate came to an end."""
    if not isinstance(error, MemoryError):
        return error
    return UserInputError(
        "there is not enough memory",
        found=f"{n_people:,} people, {aside} replicates at a time",
        expected="about 2.5 kB of memory a person and replicate",
        remedy="lower `patients` or `workers`",
    )
