"""A therapy that everybody is offered at once: alliance, its course and what follows from it, drop-out; services."""

from collections.abc import Mapping

import numpy as np
from numpy.typing import NDArray
from scipy import stats

from supportnet.experiments.patterns.measurement import (
    Ties,
    Values,
    correlation,
    measured_alliance,
    measured_symptoms,
    service_trust,
)
from supportnet.experiments.patterns.world import NOTHING, StudyWorld
from supportnet.sim.area.simulation import Simulation

THERAPY = "client_centred_therapy"
WEEKS, EARLY = 20, 4  # of the therapy; the week (from 0) in which alliance is asked for
SESSIONS = 30
FALL, BACK, SOON = 1.5, 0.5, 5  # SD of a dyad's own series, and sessions: a rupture, and a repair, in measured alliance


def treated_area(world: StudyWorld, weeks: int, dropout: Mapping[str, object] = NOTHING) -> Simulation:
    """An area in which everybody begins client-centred therapy in the first week."""
    begins = f"programmes.{THERAPY}"
    therapy: dict[str, object] = {f"{begins}.coverage": 1.0, f"{begins}.uptake": 1.0, f"{begins}.weeks": weeks}
    return world.area(values={**therapy, "parameters.enrol.application": 1.0, "weeks": weeks + 20, **dropout})


def therapist(ties: Ties) -> Values:
    """(people,) Trust in one's therapist, NaN where there is none."""
    trust = np.full(ties.people, np.nan)
    theirs = ties.now.origin >= 0
    trust[ties.of[theirs]] = ties.now.trust[theirs]
    return trust


def therapy(world: StudyWorld) -> dict[str, float]:
    """Twenty weeks: alliance in the fifth week with what symptoms gain to the end, and drop-out."""
    run, rng = treated_area(world, WEEKS), world.rng("therapy")
    people = run.area.world.people
    before, after = measured_symptoms(run, rng), np.full(len(people), np.nan)
    early = np.full(len(people), np.nan)
    for week in range(WEEKS + 1):
        run.advance(1, 0)
        if week == EARLY:
            early = measured_alliance(run, therapist(Ties(run)), rng)
        if week == WEEKS - 1:
            after, last = measured_symptoms(run, rng), therapist(Ties(run))
    used = ~np.isnan(last) & ~np.isnan(early)
    before, after, early = before[used], after[used], early[used]
    slope = correlation(before, after) * after.std() / before.std() if used.sum() > 2 else np.nan
    return {
        "alliance_outcome": -correlation(early, after - slope * before),
        "dropout": people.dropouts.sum() / people.enrolments.sum(),
    }


def alliance_course(world: StudyWorld) -> dict[str, float]:
    """Thirty weekly sessions with one therapist, alliance measured each time: trend, and fall with return."""
    run, rng = treated_area(world, SESSIONS, {"parameters.enrol.dropout": 0.127}), world.rng("alliance course")
    course = np.full((SESSIONS, run.n_people), np.nan)
    for week in range(SESSIONS):
        run.advance(1, 0)
        course[week] = therapist(Ties(run))
    felt = measured_alliance(run, course[:, ~np.isnan(course).any(axis=0)], rng)
    trends = stats.linregress(np.arange(SESSIONS)[:, None], felt, axis=0).pvalue < 0.05
    return {"linear_alliance": float(trends.mean()), "rupture_repair": float(fell_and_returned(felt).mean())}


def fell_and_returned(felt: Values) -> NDArray[np.bool_]:
    """(dyads,) Whether measured alliance (sessions, dyads) fell from one session to the next by FALL of the dyad's own
    SD, and within SOON sessions came back to where it was, or less than BACK of them below."""
    before, spread = felt[:-1], felt.std(axis=0)
    ruptured = felt[1:] - before <= -FALL * spread
    repaired = np.zeros_like(ruptured)
    for later in range(2, SOON + 2):
        repaired[: len(felt) - later] |= felt[later:] >= felt[:-later] - BACK * spread
    whole: NDArray[np.bool_] = (ruptured & repaired).any(axis=0)
    return whole


def disengagement(world: StudyWorld) -> dict[str, float]:
    """People in contact with the service: who no longer is 78 weeks later."""
    run = world.area()
    served = ~np.isnan(service_trust(run))
    run.advance(78, 0)
    return {"disengaged": float(np.isnan(service_trust(run))[served].mean())}
