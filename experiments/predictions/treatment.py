"""Within a therapy: alliance and symptoms from session to session, and what comes after a rupture."""

import numpy as np

from supportnet.experiments.patterns.measurement import Ties, Values, correlation, measured_alliance, measured_symptoms
from supportnet.experiments.patterns.treatment import WEEKS, therapist, treated_area
from supportnet.experiments.patterns.world import StudyWorld

SESSIONS = 7  # of which session-to-session effects were published


def within_therapy(world: StudyWorld) -> dict[str, float]:
    """Twenty weeks of a therapy: lagged effects within people over the first seven sessions (standardised slopes), and
    the correlation of having a rupture repaired, among those who had one, with the gain in symptoms."""
    run, rng = treated_area(world, WEEKS), world.rng("within therapy")
    people = run.area.world.people
    alliance, symptoms = np.full((2, SESSIONS, len(people)), np.nan)
    before = measured_symptoms(run, rng)
    broke, mended, served = np.zeros(len(people), bool), np.zeros(len(people), bool), np.ones(len(people), bool)
    for week in range(WEEKS):
        run.advance(1, 0)
        ties = Ties(run)
        trust = therapist(ties)
        served &= ~np.isnan(trust)
        broken = np.zeros(len(people), bool)
        broken[ties.of[(ties.now.origin >= 0) & (ties.now.ruptured != 0)]] = True
        mended |= broke & ~broken & served
        broke |= broken
        if week < SESSIONS:
            alliance[week], symptoms[week] = measured_alliance(run, trust, rng), measured_symptoms(run, rng)
    whole = ~np.isnan(alliance).any(axis=0)
    gain, had = before - measured_symptoms(run, rng), broke & served
    return {
        "alliance_to_symptoms": lagged(alliance[:, whole], symptoms[:, whole]),
        "symptoms_to_alliance": lagged(symptoms[:, whole], alliance[:, whole]),
        "repair_outcome": correlation(mended[had].astype(float), gain[had]),
    }


def lagged(cause: Values, effect: Values) -> float:
    """Standardised slope of an effect on a cause one session earlier, given the effect then: (sessions, people), each
    person's own means taken off."""
    cause, effect = (each - each.mean(axis=0) for each in (cause, effect))
    cause, effect = cause / cause.std(), effect / effect.std()
    given = np.column_stack([cause[:-1].ravel(), effect[:-1].ravel()])
    return float(np.linalg.lstsq(given, effect[1:].ravel(), rcond=None)[0][0])
