"""Watching simulated people as a study would: who they are, what their ties become, how questionnaires would read."""

from typing import Any

import numpy as np
from numpy.typing import NDArray

from supportnet.sim.area.population import tie_rows
from supportnet.sim.area.simulation import Simulation
from supportnet.sim.enums import SERVICE, Role
from supportnet.sim.state import Input

Values = NDArray[np.float64]
EVERYBODY = slice(None)
CRITICAL = 0.45  # criticism, as interviewed, from which a relative counts as high in it


class Ties:
    """Ties alive at one moment, of everybody or of those chosen: records, whose they are, and a name that lasts."""

    def __init__(self, run: Simulation, chosen: NDArray[np.bool_] | slice = EVERYBODY) -> None:
        people = run.area.world.people
        self.of = np.repeat(np.arange(len(people))[chosen], people.n_ties[chosen])
        self.now = run.area.world.ties[tie_rows(people[chosen])]
        self.name = (self.of.astype(np.int64) << 32) | self.now.key
        self.people = len(people)

    def count(self, which: NDArray[np.bool_]) -> Values:
        """How many of these ties each person has."""
        return np.bincount(self.of[which], minlength=self.people).astype(np.float64)

    def role(self, role: Role) -> NDArray[np.bool_]:
        found: NDArray[np.bool_] = self.now.role == role
        return found


def measured_qpr(run: Simulation, rng: np.random.Generator) -> Values:
    """QPR as a study would measure it: true score plus error of measurement."""
    people, measure = run.area.world.people, run.scenario.all_parameters.measure
    true = 60.0 * people.processes.mean(axis=1, dtype=np.float64)
    return np.clip(true + rng.normal(0.0, measure.qpr, len(people)), 0.0, 60.0)


def measured_symptoms(run: Simulation, rng: np.random.Generator) -> Values:
    """PHQ-9 as a study would measure it, as a share of its range."""
    people, measure = run.area.world.people, run.scenario.all_parameters.measure
    return np.clip(people.distress + rng.normal(0.0, measure.symptoms, len(people)), 0.0, 1.0)


def measured_alliance(run: Simulation, trust: Values, rng: np.random.Generator) -> Values:
    """Alliance as a study would measure it: trust with an error in terms of its spread over those who have it."""
    return trust + rng.normal(0.0, run.scenario.all_parameters.measure.alliance * np.nanstd(trust), trust.shape)


def measured_criticism(run: Simulation, criticism: Values, rng: np.random.Generator) -> Values:
    """Criticism as an interviewer would rate it."""
    return criticism + rng.normal(0.0, run.scenario.all_parameters.measure.criticism, criticism.shape)


def measured_support(run: Simulation, rng: np.random.Generator) -> Values:
    """Emotional support as a questionnaire would show it."""
    felt = run.area.world.people.inputs[:, Input.EMOTIONAL].astype(np.float64)
    numbers = run.scenario.all_parameters
    return felt / (felt + numbers.recover.half) + rng.normal(0.0, numbers.measure.support, len(felt))


def correlation(a: Any, b: Any) -> float:
    """Pearson correlation; NaN where fewer than three are left, or all are the same."""
    if len(a) < 3 or not (np.ptp(a) and np.ptp(b)):
        return np.nan
    return float(np.corrcoef(a, b)[0, 1])


def odds_ratio(exposed: NDArray[np.bool_], event: NDArray[np.bool_]) -> float:
    """Odds ratio with half a case added to each cell (Haldane-Anscombe)."""
    a, b = (exposed & event).sum() + 0.5, (exposed & ~event).sum() + 0.5
    c, d = (~exposed & event).sum() + 0.5, (~exposed & ~event).sum() + 0.5
    return float(a * d / (b * c))


def service_trust(run: Simulation) -> Values:
    """Trust in one's own professional, NaN where there is none."""
    ties = Ties(run)
    trust = np.full(ties.people, np.nan)
    served = ties.now.origin == SERVICE
    trust[ties.of[served]] = ties.now.trust[served]
    return trust
