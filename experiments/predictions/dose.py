"""What more contacts, and more sessions, do: the same people live with them and without."""

import numpy as np
from numpy.typing import NDArray

from supportnet.experiments.patterns.measurement import (
    Ties,
    Values,
    hedges_g,
    measured_alliance,
    measured_symptoms,
    measured_withdrawal,
)
from supportnet.experiments.patterns.treatment import EARLY, THERAPY, WEEKS, therapist, treated_area
from supportnet.experiments.patterns.world import YEAR, StudyWorld
from supportnet.sim.area.simulation import Simulation

INTENSIVE = 2.4  # times the contacts with one's own professional


def contact_dose(world: StudyWorld) -> dict[str, float]:
    """Two years with 2.4 times the planned contacts with the service's professional, less two years without, among
    people who have had a crisis in the two years before."""
    rng, usual = world.rng("contact dose"), world.scenario.services.contacts_per_week
    seen = list[Values]()
    for times in (INTENSIVE, 1.0):
        run = world.area(values={"services.contacts_per_week": times * usual})
        people = run.area.world.people
        users = people.relapse_week >= -2 * YEAR  # before the first week
        run.advance(2 * YEAR, 0)
        measured = [measured_symptoms(run, rng), measured_withdrawal(run, rng), people.admissions]
        seen.append(np.column_stack(measured)[users])
    names = ("contact_dose_distress", "contact_dose_withdrawal", "contact_dose_admissions")
    effects = hedges_g(np.concatenate(seen), np.repeat([True, False], [len(one) for one in seen]))
    return dict(zip(names, map(float, effects), strict=True))


def sessions_by_alliance(world: StudyWorld) -> dict[str, float]:
    """What a session more does to symptoms, in SDs at the start, where early alliance is above its median and where
    not. Everybody is allotted to therapy in one area and to none in the other: allocation is the instrument."""
    rng = world.rng("sessions by alliance")
    treated, untreated = treated_area(world, WEEKS), world.area(values={"weeks": WEEKS + 20})
    spread = symptoms(treated, rng).std()
    treated.advance(EARLY + 1, 0)
    alliance = measured_alliance(treated, therapist(Ties(treated)), rng)
    treated.advance(WEEKS - EARLY - 1, 0)
    untreated.advance(WEEKS, 0)
    change = (symptoms(treated, rng) - symptoms(untreated, rng)) / spread
    sessions = treated.area.world.places[treated.programme_names.index(THERAPY)].attended
    good, known = alliance > np.nanmedian(alliance), ~np.isnan(alliance)
    return {
        "session_good_alliance": change_per_session(change, sessions, good),
        "session_poor_alliance": change_per_session(change, sessions, known & ~good),
    }


def symptoms(run: Simulation, rng: np.random.Generator) -> Values:
    """Psychopathology as a whole, as measured: the mean of distress and withdrawal."""
    return (measured_symptoms(run, rng) + measured_withdrawal(run, rng)) / 2.0


def change_per_session(change: Values, sessions: NDArray[np.int16], who: NDArray[np.bool_]) -> float:
    """Wald's estimate for these people: mean change by allocation over mean sessions by allocation; NaN for nobody."""
    return float(change[who].mean() / sessions[who].mean()) if who.any() and sessions[who].any() else np.nan
