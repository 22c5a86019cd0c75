"""Relapse: of people who come out of a crisis, by what they come home to, and after a first episode."""

from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray

from supportnet.experiments.patterns.measurement import (
    CRITICAL,
    Ties,
    Values,
    key_carers,
    measured_criticism,
    odds_ratio,
)
from supportnet.experiments.patterns.world import YEAR, StudyWorld
from supportnet.sim.area.simulation import Simulation

Mask = NDArray[np.bool_]


def after_remission(
    run: Simulation, enter_by: int, weeks: int, at_remission: Callable[[Mask], None] = lambda out: None
) -> tuple[Mask, Values]:
    """Follow people from the week in which their crisis ends, if that is by `enter_by`, for so many weeks in all.

    Whose crisis ended by then (people,), and weeks from there to the next relapse (infinite where there is none).
    at_remission: told whose crisis has ended this week.
    """
    people = run.area.world.people
    started, relapsed = np.full(len(people), -1), np.full(len(people), np.inf)
    ill, relapses = people.crisis > 0, people.relapses.copy()
    for week in range(weeks):
        run.advance(1, 0)
        again = (started >= 0) & (people.relapses > relapses) & np.isinf(relapsed)
        relapsed[again] = week - started[again]
        out = ill & (people.crisis == 0) & (started < 0) & (week < enter_by)
        if out.any():
            at_remission(out)
            started[out] = week
        ill, relapses = people.crisis > 0, people.relapses.copy()
    return started >= 0, relapsed


def relapse_by_home(world: StudyWorld) -> dict[str, float]:
    """People who come out of a crisis within a year, and whose key carer is interviewed then: relapse within the next
    by the carer's criticism and warmth."""
    run, rng = world.area(world.cohort, {"weeks": 2 * YEAR}), world.rng("relapse by home")
    critical, warm = np.full(world.cohort, np.nan), np.full(world.cohort, np.nan)

    def interview(out: Mask) -> None:
        ties = Ties(run, out)
        carers = key_carers(ties)
        critical[ties.of[carers]] = ties.now.criticism[carers]
        warm[ties.of[carers]] = (ties.now.warmth * ties.now.strength)[carers]

    cohort, relapsed = after_remission(run, YEAR, 2 * YEAR, interview)
    at_home = cohort & ~np.isnan(critical)
    high = (measured_criticism(run, critical, rng) > CRITICAL)[at_home]
    warmer = (warm > np.nanmedian(warm[at_home]))[at_home]
    within = relapsed[at_home] <= YEAR
    calm = within[~high]
    return {
        "criticism_early": odds_ratio(high, within),
        "warmth": odds_ratio(warmer, within),
        "due_to_criticism": 1.0 - calm.mean() / within.mean() if len(calm) and within.any() else np.nan,
    }


def first_episode(world: StudyWorld) -> dict[str, float]:
    """An inception cohort: everybody has a first crisis, as a relapse is, and is followed from its end.

    Nobody is chosen by how readily they relapse, as they would be if those who happen to be in crisis were followed.
    """
    run, rng = world.area(values={"weeks": 4 * YEAR}), world.rng("first episode")
    people, numbers = run.area.world.people, run.scenario.all_parameters
    people.distress[:] = np.minimum(1.0, people.distress + numbers.clinic.relapse_rise)
    shortest, longest = int(0.5 * numbers.clinic.crisis_weeks + 0.5), int(1.5 * numbers.clinic.crisis_weeks + 0.5)
    people.crisis[:] = rng.integers(shortest, longest, len(people), endpoint=True)
    people.relapse_week[:] = 0
    _, relapsed = after_remission(run, longest + 1, longest + 1 + 3 * YEAR)
    return {f"relapse_{years}": (relapsed <= years * YEAR).mean() for years in (1, 2, 3)}
