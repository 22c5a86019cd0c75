"""A therapy that everybody is offered at once: alliance, its course and what follows from it, drop-out; services."""

from collections.abc import Mapping

import numpy as np
from numpy.typing import NDArray
from scipy import stats

from experiments.patterns.watching import (
    Ties,
    Values,
    correlation,
    measured_alliance,
    measured_symptoms,
    service_trust,
)
from experiments.patterns.world import NOTHING, World
from sim.simulation import Simulation

WEEKS, EARLY = 20, 4  # of the therapy; the week (from 0) in which alliance is asked for
SESSIONS = 30


def offered(world: World, weeks: int, dropout: Mapping[str, object] = NOTHING) -> Simulation:
    """An area in which everybody begins client-centred therapy in the first week."""
    begins = "programmes.client_centred_therapy"
    therapy: dict[str, object] = {f"{begins}.coverage": 1.0, f"{begins}.uptake": 1.0, f"{begins}.weeks": weeks}
    return world.area(values={**therapy, "parameters.enrol.application": 1.0, "weeks": weeks + 20, **dropout})


def therapist(ties: Ties) -> tuple[Values, NDArray[np.bool_]]:
    """(people,) Trust in one's therapist, NaN where there is none, and whether the tie is ruptured."""
    trust, broken = np.full(ties.people, np.nan), np.zeros(ties.people, bool)
    theirs = ties.now.origin >= 0
    trust[ties.of[theirs]] = ties.now.trust[theirs]
    broken[ties.of[theirs]] = ties.now.ruptured[theirs] != 0
    return trust, broken


def therapy(world: World) -> dict[str, float]:
    """Twenty weeks: alliance in the fifth week with what symptoms gain to the end, and drop-out."""
    run, luck = offered(world, WEEKS), world.luck("therapy")
    people = run.area.world.people
    before, after = measured_symptoms(run, luck), np.full(len(people), np.nan)
    early = np.full(len(people), np.nan)
    for week in range(WEEKS + 1):
        run.live(1, 0)
        if week == EARLY:
            early = measured_alliance(run, therapist(Ties(run))[0], luck)
        if week == WEEKS - 1:
            after, last = measured_symptoms(run, luck), therapist(Ties(run))[0]
    used = ~np.isnan(last) & ~np.isnan(early)
    line = stats.linregress(before[used], after[used])
    return {
        "alliance_outcome": -correlation(early[used], after[used] - line.slope * before[used]),
        "dropout": people.dropouts.sum() / people.enrolments.sum(),
    }


def alliance_course(world: World) -> dict[str, float]:
    """Thirty weekly sessions with one therapist, measured each time: trend, and rupture with repair."""
    run, luck = offered(world, SESSIONS, {"parameters.enrol.dropout": 0.003}), world.luck("alliance course")
    n = run.n_people
    course, broke, mended = np.full((SESSIONS, n), np.nan), np.zeros(n, bool), np.zeros(n, bool)
    for week in range(SESSIONS):
        run.live(1, 0)
        course[week], broken = therapist(Ties(run))
        mended |= broke & ~broken & ~np.isnan(course[week])
        broke |= broken
    whole = ~np.isnan(course).any(axis=0)
    felt = measured_alliance(run, course[:, whole], luck)
    trends = stats.linregress(np.arange(SESSIONS)[:, None], felt, axis=0).pvalue < 0.05
    return {"linear_alliance": float(trends.mean()), "rupture_repair": float(mended[whole].mean())}


def disengagement(world: World) -> dict[str, float]:
    """People in contact with the service: who no longer is 78 weeks later."""
    run = world.area()
    served = ~np.isnan(service_trust(run))
    run.live(78, 0)
    return {"disengaged": float(np.isnan(service_trust(run))[served].mean())}
