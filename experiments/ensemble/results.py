"""What came out of an ensemble, as tidy tables and means with their Monte Carlo error."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any, NamedTuple

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from supportnet.experiments.ensemble.estimates import Which, mean_of
from supportnet.experiments.posterior.posterior import Posterior, fixed
from supportnet.experiments.posterior.propagation import draws_of
from supportnet.sim.model_identity import run_hash
from supportnet.sim.outcomes import OUTCOMES, outcomes
from supportnet.sim.provenance import identity
from supportnet.sim.scenario.scenario import Scenario

Doubles = NDArray[np.float64]
NAMES = list(OUTCOMES)


class Persons(NamedTuple):
    """The same people at the start and at the end, one row a replicate; (replicates, people) unless said otherwise."""

    condition: NDArray[np.int8]  # vocabulary.Condition
    first_recovery: NDArray[np.float32]
    last_recovery: NDArray[np.float32]
    first_ties: NDArray[np.int16]  # (replicates, people, 4) ties by role at the start
    last_ties: NDArray[np.int16]
    best_tie: NDArray[np.float32]  # largest strength of a tie, from here on at the end
    loneliness: NDArray[np.float32]
    distress: NDArray[np.float32]
    relapses: NDArray[np.int16]  # since the run began, from here on
    admissions: NDArray[np.int16]
    ruptures: NDArray[np.int32]


class Failed(NamedTuple):
    """A replicate that came to nothing."""

    replicate: int
    error: Exception


@dataclass(frozen=True)
class Results:
    """What came out of an ensemble."""

    scenario: Scenario
    seed: int
    replicates: tuple[int, ...]  # numbers of those that were lived to the end
    values: Doubles = field(
        repr=False
    )  # (replicates, weeks, outcomes) in the order of `supportnet.sim.outcomes.OUTCOMES`
    record: tuple[str, ...] = ()  # tables recorded
    every: int = 0  # weeks between recorded ones; 0: the last only
    people: pd.DataFrame | None = field(default=None, repr=False)
    ties: pd.DataFrame | None = field(default=None, repr=False)
    persons: Persons | None = field(default=None, repr=False)
    failed: tuple[Failed, ...] = ()
    posterior: Posterior | None = field(default=None, repr=False)  # by whose draws the replicates were lived, if any

    @property
    def draws(self) -> Which | None:
        """The draw by which each replicate was lived; None under numbers as they are set."""
        return draws_of(self.replicates) if self.posterior else None

    @property
    def last(self) -> Doubles:
        """(replicates, outcomes) in the last week; NaN where a replicate does not have the outcome."""
        last: Doubles = self.values[:, -1]
        return last

    @cached_property
    def outcomes(self) -> pd.DataFrame:
        """Outcomes at the end of each replicate: scenario, replicate, outcome, value."""
        return self._tidy(self.last[:, None]).drop(columns="week")

    @cached_property
    def trajectories(self) -> pd.DataFrame:
        """Outcomes week by week, numbered from 1: scenario, replicate, week, outcome, value.

        `inequality` is worked out in the last week only.
        """
        return self._tidy(self.values)

    def summary(self) -> pd.DataFrame:
        """Mean of each outcome at the end, one row an outcome: mean, mcse (Monte Carlo standard error), lower, upper
        (95 % interval by Student's t, as `estimates.contains` says), unit, and n: how many replicates have
        it."""
        found = mean_of(self.last, self.draws)
        columns = {"mean": found.mean, "mcse": found.mcse, "lower": found.lower, "upper": found.upper}
        units = [outcome.unit for outcome in OUTCOMES.values()]
        index = pd.Index(NAMES, name="outcome")
        return pd.DataFrame({**columns, "unit": units, "n": found.n.astype(int)}, index=index)

    @cached_property
    def request(self) -> dict[str, Any]:
        """Everything that the results depend on, as plain values."""
        numbers_of = [*self.replicates, *(failed.replicate for failed in self.failed)]
        return run_request(self.scenario, self.seed, numbers_of, self.record, self.every, self.posterior)

    @property
    def run_identity(self) -> str:
        """SHA-256 of the request, in hexadecimal."""
        return identity(self.request)

    def _tidy(self, values: Doubles) -> pd.DataFrame:
        n, weeks, width = values.shape
        return pd.DataFrame(
            {
                "scenario": pd.Categorical([self.scenario.name]).repeat(values.size),
                "replicate": np.repeat(np.array(self.replicates, np.int64), weeks * width),
                "week": np.tile(np.repeat(np.arange(1, weeks + 1), width), n),
                "outcome": pd.Categorical.from_codes(np.tile(np.arange(width), n * weeks), categories=pd.Index(NAMES)),
                "value": values.ravel(),
            }
        )


def outcome_values(seen: Doubles, weeks: Any, costs: Any) -> Doubles:
    """(…, outcomes) from what was seen, (…, N_SEEN); inequality, which needs people, is left NaN."""
    found = outcomes(seen, weeks, costs)
    values = np.empty((*seen.shape[:-1], len(NAMES)))
    for column, name in enumerate(NAMES):
        values[..., column] = found[name]
    return values


def run_request(
    scenario: Scenario,
    seed: int,
    replicates: Sequence[int],
    record: Sequence[str],
    every: int,
    posterior: Posterior | None = None,
) -> dict[str, Any]:
    """Everything that the results of an ensemble depend on, as plain values."""
    return {
        "command": "run",
        "code": run_hash(),
        "scenario": scenario.canonical(),
        "parameters": scenario.every_number,
        "seed": seed,
        "replicates": sorted(replicates),
        "record": list(record),
        "every": every,
        **({"posterior": posterior.identity, "fixed": fixed(scenario)} if posterior else {}),
    }
