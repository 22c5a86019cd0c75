"""Watching simulated people as a study would: who they are, what their ties become, how questionnaires would read."""

import math
from typing import Any

import numpy as np
from numpy.typing import NDArray

from supportnet.sim.area.population import tie_rows
from supportnet.sim.area.simulation import Simulation
from supportnet.sim.enums import SERVICE, Role
from supportnet.sim.parameters import Measure
from supportnet.sim.state import Input

Values = NDArray[np.float64]
EVERYBODY = slice(None)
CRITICAL = 0.45  # criticism, as interviewed, from which a relative counts as high in it
FEWEST = 3  # people in a group, below which a standardised difference says nothing


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


def key_carers(ties: Ties) -> NDArray[np.int64]:
    """Which ties are with key carers: of each person with relatives, the one with most contact.

    Contact with a relative goes up with the tie's rate and strength.
    """
    family = np.flatnonzero(ties.role(Role.FAMILY))
    contact = ties.now.rate * ties.now.strength
    most_first = family[np.lexsort((-contact[family], ties.of[family]))]
    _, first = np.unique(ties.of[most_first], return_index=True)
    return most_first[first]


def process_error(measure: Measure) -> float:
    """SD of the error of one measured process (0 to 1) at which the total of the five has that of the QPR."""
    return measure.qpr / 60.0 * math.sqrt(5.0)


def measured_processes(run: Simulation, rng: np.random.Generator) -> Values:
    """(people, 5) The five recovery processes as subscales would show them, each with its own error."""
    processes = run.area.world.people.processes.astype(np.float64)
    error = process_error(run.scenario.all_parameters.measure)
    return np.clip(processes + rng.normal(0.0, error, processes.shape), 0.0, 1.0)


def measured_qpr(run: Simulation, rng: np.random.Generator) -> Values:
    """QPR as a study would measure it: true score plus error of measurement."""
    people, measure = run.area.world.people, run.scenario.all_parameters.measure
    true = 60.0 * people.processes.mean(axis=1, dtype=np.float64)
    return np.clip(true + rng.normal(0.0, measure.qpr, len(people)), 0.0, 60.0)


def measured_symptoms(run: Simulation, rng: np.random.Generator) -> Values:
    """PHQ-9 as a study would measure it, as a share of its range."""
    people, measure = run.area.world.people, run.scenario.all_parameters.measure
    return np.clip(people.distress + rng.normal(0.0, measure.symptoms, len(people)), 0.0, 1.0)


def measured_withdrawal(run: Simulation, rng: np.random.Generator) -> Values:
    """Withdrawal as a scale of negative symptoms would show it, as a share of its range."""
    people, measure = run.area.world.people, run.scenario.all_parameters.measure
    return np.clip(people.withdrawal + rng.normal(0.0, measure.symptoms, len(people)), 0.0, 1.0)


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


def hedges_g(values: Values, treated: NDArray[np.bool_]) -> Values:
    """(measures,) Hedges' g: difference of means in pooled standard deviations, corrected for small samples.

    values: (people, measures), NaN where somebody was not measured. treated: (people,), those whose mean comes first.
    """
    n, mean, square = [], [], []
    for group in (values[treated], values[~treated]):
        present = np.isfinite(group)
        count = present.sum(axis=0)
        with np.errstate(invalid="ignore", divide="ignore"):
            middle = np.where(present, group, 0.0).sum(axis=0) / count
            square.append(np.where(present, (group - middle) ** 2, 0.0).sum(axis=0))
        n.append(count)
        mean.append(middle)
    freedom = n[0] + n[1] - 2
    with np.errstate(invalid="ignore", divide="ignore"):
        spread = np.sqrt((square[0] + square[1]) / freedom)
        g = (mean[0] - mean[1]) / spread * (1.0 - 3.0 / (4.0 * freedom - 1.0))
    return np.where((np.minimum(*n) >= FEWEST) & (spread > 0.0), g, np.nan)


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
