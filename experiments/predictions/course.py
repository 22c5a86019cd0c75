"""The course of recovery and illness: after a low point, and after an episode of depression."""

import numpy as np

from supportnet.experiments.patterns.course import after_remission
from supportnet.experiments.patterns.measurement import Values, measured_qpr, measured_symptoms
from supportnet.experiments.patterns.world import YEAR, StudyWorld

LOW = 0.55  # measured distress, share of the range of PHQ-9 (15 of 27: moderately severe), from which people enter
HALF = 26  # weeks


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
    """Of people whose episode ends within a year: relapse within twelve months, how much of it in the first six, and
    the hazard ratio of symptoms above the median at remission."""
    run, rng = world.area(world.cohort, {"weeks": 2 * YEAR}), world.rng("after depression")
    symptoms: Values = np.full(world.cohort, np.nan)

    def ask(out: np.ndarray) -> None:
        symptoms[out] = measured_symptoms(run, rng)[out]

    cohort, relapsed = after_remission(run, YEAR, 2 * YEAR, ask)
    weeks, residual = relapsed[cohort], symptoms[cohort] > np.median(symptoms[cohort])
    within, early = weeks <= YEAR, weeks <= HALF
    rates = [(within & who).sum() / np.minimum(weeks[who], YEAR).sum() for who in (residual, ~residual)]
    return {
        "depression_relapse": float(within.mean()),
        "depression_relapse_early": float(early.sum() / max(within.sum(), 1)),
        "residual_symptoms": float(rates[0] / rates[1]),
    }
