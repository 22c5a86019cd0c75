"""Networks, recovery and symptoms at one time, and what becomes of ties."""

import numpy as np
from numpy.typing import NDArray

from supportnet.experiments.patterns.associations import associations
from supportnet.experiments.patterns.measurement import (
    CRITICAL,
    Ties,
    correlation,
    key_carers,
    measured_criticism,
    measured_qpr,
    measured_support,
    measured_symptoms,
)
from supportnet.experiments.patterns.world import YEAR, StudyWorld
from supportnet.sim.enums import Role


def snapshot(world: StudyWorld) -> dict[str, float]:
    """People interviewed once, after two years; QPR again two weeks later."""
    run, rng = world.area(), world.rng("snapshot")
    seen = run.advance(2 * YEAR)
    people, ties, t = run.area.world.people, Ties(run), run.scenario.all_parameters.thresholds
    outcomes = run.outcomes(seen[-1], run.week)
    friend, n = ties.role(Role.FRIEND), len(ties.now)
    close = friend & (ties.now.strength > t.close_strength) & (ties.now.trust > t.close_trust)
    confidant = (ties.now.strength > t.confidant_strength) & (ties.now.trust > t.confidant_trust)
    support, qpr, symptoms = measured_support(run, rng), measured_qpr(run, rng), measured_symptoms(run, rng)
    values = {
        "size": n / len(people),
        "friends": ties.count(friend).mean(),
        "share_family": ties.role(Role.FAMILY).mean(),
        "share_friends": friend.mean(),
        "share_professionals": ties.role(Role.PROFESSIONAL).mean(),
        "share_peers": ties.role(Role.PEER).mean(),
        "close_friend": (ties.count(close) > 0).mean(),
        "saw_friend": (people.recent[:, (run.week - 1) % 4, Role.FRIEND] > 0).mean(),
        "no_confidant": (ties.count(confidant) == 0).mean(),
        "turnover": float(outcomes["staff_turnover"]),
        "relapses_a_year": float(outcomes["relapses"]),
        "crisis_weeks_a_year": float(outcomes["crisis_weeks"]),
        "high_criticism": (measured_criticism(run, ties.now.criticism[key_carers(ties)], rng) > CRITICAL).mean(),
        "affective_recovery": correlation(symptoms, qpr),
        "withdrawal_recovery": correlation(people.withdrawal, qpr),
        "qpr_mean": qpr.mean(),
        "qpr_sd": qpr.std(),
        "support_depression": -correlation(support, symptoms),
        **associations(run, world.rng("associations")),
    }
    run.advance(2)
    return {**values, "qpr_retest": correlation(qpr, measured_qpr(run, rng))}


def losses_by_third(strength: NDArray[np.float32], kept: NDArray[np.bool_]) -> list[float]:
    """Share of ties lost of the weakest, the middle and the strongest third."""
    third = np.searchsorted(np.quantile(strength, (1 / 3, 2 / 3)), strength, "right")
    return [1.0 - float(kept[third == k].mean()) for k in range(3)]


def turnover_of_ties(world: StudyWorld) -> dict[str, float]:
    """Ties of a year ago and of seven years ago that are still there; professionals left out."""
    run = world.area(values={"weeks": 7 * YEAR})
    before = Ties(run)
    run.advance(YEAR)
    after = Ties(run)
    natural = before.now.role != Role.PROFESSIONAL
    kept = np.isin(before.name, after.name)
    weak, middle, inner = losses_by_third(before.now.strength[natural], kept[natural])
    run.advance(6 * YEAR)
    return {
        "inner_loss": inner,
        "loss_gradient": min(weak - middle, middle - inner),
        "average_loss": 1 - kept[natural].mean(),
        "kept_seven_years": np.isin(before.name[natural], Ties(run).name).mean(),
        "size_drift": abs(len(after.now) / len(before.now) - 1),
    }
