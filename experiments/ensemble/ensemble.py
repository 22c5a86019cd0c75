"""One scenario lived through many times: replicates side by side, in order, the same for any number of workers."""

from collections.abc import Callable, Iterable, Sequence
from threading import Event, Lock
from typing import Any

import numpy as np
import pandas as pd

from supportnet.experiments.ensemble.recording import TABLES
from supportnet.experiments.ensemble.replicate import Plan, ReplicateResult, live
from supportnet.experiments.ensemble.results import Failed, Persons, Results, run_request
from supportnet.experiments.execution.workers import Interrupted, side_by_side
from supportnet.experiments.posterior.posterior import Posterior
from supportnet.experiments.posterior.propagation import by_draw, draw_of, pool_at
from supportnet.sim.area.pool import pool_for
from supportnet.sim.area.simulation import check_luck
from supportnet.sim.errors import UserInputError, nearest
from supportnet.sim.scenario.scenario import Scenario

Progress = Callable[[float], None]  # told the share of the work that is done, 0-1, by one thread at a time
Keep = Callable[[str, pd.DataFrame], None]  # given the name of a recorded table and its rows of one replicate
LARGE = 100_000  # people: from here on areas are lived one after the other, by all workers together


def run(
    scenario: Scenario | str,
    replicates: int | Sequence[int] = 20,
    seed: int = 1,
    workers: int = 2,
    *,
    weeks: int | None = None,
    patients: int | None = None,
    record: Iterable[str] = (),
    every: int = 0,
    progress: Progress | None = None,
    keep: Keep | None = None,
    follow: bool = False,
    posterior: Posterior | None = None,
) -> Results:
    """A scenario (or the one of this name, or at this path) lived through in several replicates.

    replicates: how many, or their numbers (from 0); results do not depend on workers, nor a replicate on the others.
    record: tables to record, of "people" and "ties", every so many weeks and in the last (0: in the last only). They
    go to `keep`, replicate by replicate, where given, and into the results otherwise. follow: keep each person's
    recovery at start and end. posterior: draws to live by, two replicates each, instead of by numbers as they are set.
    Raises UserInputError for what a user got wrong.
    """
    chosen = as_scenario(scenario, weeks=weeks, patients=patients)
    numbers, tables = replicate_numbers(replicates, seed), tables_asked(record)
    n_people = chosen.population.patients
    groups = by_draw(numbers, posterior) if posterior else [[number] for number in numbers]
    aside, within = share_out(n_people, len(groups), workers)
    every = weeks_between(every, tables, chosen)
    recorded = {*range(every, chosen.weeks, every), chosen.weeks} if every else {chosen.weeks}
    plan = Plan(
        scenario=chosen,
        seed=seed,
        pool=None if posterior else pool_for(chosen, workers),
        workers=within,
        record=tables,
        weeks_recorded=frozenset(recorded if tables else ()),
        follow=follow,
        tell=counter(chosen.weeks * len(numbers), progress),
    )
    collected: dict[str, list[pd.DataFrame]] = {name: [] for name in tables}
    keep = keep or (lambda name, table: collected[name].append(table))
    lived, failed = dict[int, ReplicateResult](), list[Failed]()

    def together(group: list[int], halt: Event) -> list[ReplicateResult | Exception]:
        return [tried(by_numbers(plan, posterior, number), number, halt) for number in group]

    for group, found in side_by_side(together, groups, aside):
        each = [found] * len(group) if isinstance(found, Exception) else found
        for number, done in zip(group, each, strict=True):
            if isinstance(done, Exception):
                failed.append(Failed(number, done))
                continue
            for name, table in done.tables.items():
                keep(name, table)
            lived[number] = done._replace(tables={})
    if not lived:
        raise what_failed(failed[0].error, n_people, aside)
    return Results(
        scenario=chosen,
        seed=seed,
        replicates=tuple(lived),
        values=np.stack([one.values for one in lived.values()]),
        record=tables,
        every=every,
        persons=stacked([one.persons for one in lived.values() if one.persons]),
        failed=tuple(failed),
        posterior=posterior,
        **{name: pd.concat(frames, ignore_index=True) for name, frames in collected.items() if frames},
    )


def by_numbers(plan: Plan, posterior: Posterior | None, replicate: int) -> Plan:
    """The plan of a replicate: under the numbers of its draw, if it has one."""
    if posterior is None:
        return plan
    scenario = posterior.scenario_at(draw_of(replicate), plan.scenario)
    return plan._replace(scenario=scenario, pool=pool_at(scenario))


def tried(plan: Plan, replicate: int, halt: Event) -> ReplicateResult | Exception:
    """A replicate, or why it came to nothing."""
    try:
        return live(plan, replicate, halt)
    except (Interrupted, UserInputError):
        raise
    except Exception as error:
        return error


def planned(
    scenario: Scenario, replicates: int | Sequence[int], seed: int, record: Iterable[str], every: int,
    posterior: Posterior | None = None,
) -> dict[str, Any]:  # fmt: skip
    """The request that the results of `run` will have, before anything is run; the same mistakes are raised."""
    tables = tables_asked(record)
    every = weeks_between(every, tables, scenario)
    return run_request(scenario, seed, replicate_numbers(replicates, seed), tables, every, posterior)


def as_scenario(scenario: Scenario | str, *, weeks: int | None, patients: int | None) -> Scenario:
    """The scenario itself, or the one of this name or at this path, with other weeks or patients where given."""
    asked = {"weeks": weeks, "population.patients": patients}
    given = {name: number for name, number in asked.items() if number is not None}
    if not isinstance(scenario, Scenario):
        return Scenario.load(scenario, given)
    return scenario.with_values(given) if given else scenario


def replicate_numbers(replicates: int | Sequence[int], seed: int) -> list[int]:
    """Numbers of the replicates, checked together with the seed."""
    if isinstance(replicates, int) and replicates > 0:
        check_luck(seed, replicates - 1)
        return list(range(replicates))
    numbers = [] if isinstance(replicates, int) else list(replicates)
    if not numbers or len(set(numbers)) < len(numbers):
        what, expected = "replicates can't be run", "at least one replicate, each once"
        raise UserInputError(
            what, where="--replicates", found=replicates, expected=expected, remedy="give a number from 1 up"
        )
    for number in (min(numbers), max(numbers)):
        check_luck(seed, number)
    return numbers


def tables_asked(record: Iterable[str]) -> tuple[str, ...]:
    """Names of tables to record, in one order, each once."""
    asked = set(record)
    for name in sorted(asked - set(TABLES)):
        what, expected = "this can't be recorded", "people or ties"
        raise UserInputError(what, where="--record", found=name, expected=expected, remedy=nearest(name, TABLES))
    return tuple(name for name in TABLES if name in asked)


def weeks_between(every: int, tables: Sequence[str], scenario: Scenario) -> int:
    """Weeks between recorded ones; 0 where only the last is, or none."""
    if every < 0:
        expected, remedy = "a whole number from 0 up (weeks)", "leave it out to record the last week only"
        raise UserInputError("every is out of range", where="--every", found=every, expected=expected, remedy=remedy)
    if every and not tables:
        expected, remedy = "--record people or --record ties beside it", "add --record, or leave --every out"
        raise UserInputError("nothing is recorded", where="--every", found=every, expected=expected, remedy=remedy)
    return every if tables and every < scenario.weeks else 0


def share_out(n_people: int, n_replicates: int, workers: int) -> tuple[int, int]:
    """How many replicates are lived side by side, and by how many workers each."""
    if n_people >= LARGE or n_replicates == 1:
        return 1, workers
    return min(workers, n_replicates), 1


def counter(total: int, progress: Progress | None) -> Callable[[int], None]:
    """Counts weeks lived by all replicates and tells the share that is done."""
    lock, done = Lock(), 0

    def tell(weeks: int) -> None:
        nonlocal done
        with lock:
            done += weeks
            if progress:
                progress(done / total)

    return tell


def stacked(persons: Sequence[Persons]) -> Persons | None:
    """People of all replicates, one row a replicate."""
    return Persons(*(np.stack(column) for column in zip(*persons, strict=True))) if persons else None


def what_failed(error: Exception, n_people: int, aside: int) -> Exception:
    """The error to show where no replicate came to an end."""
    if not isinstance(error, MemoryError):
        return error
    return UserInputError(
        "there is not enough memory",
        where="--patients",
        found=f"{n_people:,} people, {aside} replicates at a time",
        expected="about 2.5 kB of memory a person and replicate",
        remedy="run fewer people, or fewer --workers",
    )
