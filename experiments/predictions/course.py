"""The course of recovery and illness: after a low point, and after an episode of depression."""

import numpy as np

from supportnet.experiments.patterns.course import after_remission
from supportnet.experiments.patterns.measurement import Values, measured_qpr, measured_symptoms
from supportnet.experiments.patterns.world import YEAR, StudyWorld
from supportnet.sim.area.derived import phq9_score

LOW = 0.55  # measured distress, share of the range of PHQ-9 (15 of 27: moderately severe), from which people enter
HALF = 26  # weeks
REMISSION, RESIDUAL = 10, 5  # PHQ-9 below which there is remission, and from which symptoms remain in it


def from_low_point(world: StudyWorld) -> dict[str, float]:
    """People who enter with measured distress at a low point, and live on for a year as people do today: change of
    measured QPR in standard deviations at entry."""
    run, rng = world.area(), world.rng("low point")
    run.advance(YEAR)
    enter = measured_symptoms(run, rng) >= LOW
    before = measured_qpr(run, rng)[enter]
    run.advance(YEAR)
    return {"spontaneous_recovery": float((measured_qpr(run, rng)[enter] - before).mean() / before.std(ddof=1))}


def after_depression(world: StudyWorld) -> dict[str, float]:
    """Of people whose episode ends within a year, with a measured PHQ-9 that is in remission: relapse within twelve
    months, how much of it in the first six, and the hazard ratio of residual symptoms."""
    run, rng = world.area(world.cohort, {"weeks": 2 * YEAR}), world.rng("after depression")
    symptoms: Values = np.full(world.cohort, np.nan)

    def ask(out: np.ndarray) -> None:
        symptoms[out] = measured_symptoms(run, rng)[out]

    cohort, relapsed = after_remission(run, YEAR, 2 * YEAR, ask)
    return relapse_in_remission(phq9_score(symptoms[cohort]), relapsed[cohort])


def relapse_in_remission(phq9: np.ndarray, weeks: Values) -> dict[str, float]:
    """Relapse of those in remission. phq9: (people,) as an episode ends; weeks: (people,) from then to the relapse."""
    remitted = phq9 < REMISSION
    weeks, residual = weeks[remitted], phq9[remitted] >= RESIDUAL
    within, early = weeks <= YEAR, weeks <= HALF
    with np.errstate(invalid="ignore", divide="ignore"):
        relapsed = [(within & who).sum() for who in (residual, ~residual)]
        half = 0.0 if all(relapsed) else 0.5  # a relapse to each, where nobody of one group had any
        times = [np.minimum(weeks[who], YEAR).sum() for who in (residual, ~residual)]
        rates = [(n + half) / time for n, time in zip(relapsed, times, strict=True)]
        return {
            "depression_relapse": float(within.sum() / np.float64(len(weeks))),
            "depression_relapse_early": float(early.sum() / within.sum()),
            "residual_symptoms": float(rates[0] / rates[1]),
        }
