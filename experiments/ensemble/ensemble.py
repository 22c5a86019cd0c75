"""What came out of an ensemble, as tidy tables and means with their Monte Carlo error."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any, NamedTuple

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from supportnet.experiments.ensemble.estimates import Which, mean_of, within_limits
from supportnet.experiments.ensemble.plan import RunPlan
from supportnet.experiments.posterior.posterior import Posterior
from supportnet.experiments.posterior.propagation import draws_of
from supportnet.sim.errors import UserInputError, nearest
from supportnet.sim.outcomes import OUTCOMES, outcomes
from supportnet.sim.scenario.scenario import Scenario

Doubles = NDArray[np.float64]
NAMES = list(OUTCOMES)
LOW, HIGH = np.array([outcome.limits for outcome in OUTCOMES.values()]).T  # between which each is possible
LIMITS = (LOW, HIGH)


class Persons(NamedTuple):
    """The same people at the start and at the end, one row a replicate; (replicates, people) unless said otherwise."""

    condition: NDArray[np.int8]  # enums.Condition
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
class Ensemble:
    """What came out of the replicates of one scenario."""

    plan: RunPlan
    replicates: tuple[int, ...]  # numbers of those that were run to the end
    values: Doubles = field(
        repr=False
    )  # (replicates, weeks, outcomes) in the order of `supportnet.sim.outcomes.OUTCOMES`
    people: pd.DataFrame | None = field(default=None, repr=False)
    ties: pd.DataFrame | None = field(default=None, repr=False)
    supporter_ties: pd.DataFrame | None = field(default=None, repr=False)
    persons: Persons | None = field(default=None, repr=False)
    failed: tuple[Failed, ...] = ()

    @property
    def scenario(self) -> Scenario:
        """What was simulated."""
        return self.plan.scenario

    @property
    def seed(self) -> int:
        """Random seed."""
        return self.plan.sampling.seed

    @property
    def posterior(self) -> Posterior | None:
        """The posterior that the replicates use; None if parameters are fixed."""
        return self.plan.sampling.posterior

    @property
    def draws(self) -> Which | None:
        """The posterior draw of each replicate; None if parameters are fixed."""
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
        (95 % interval, within what is possible; `interval` says what it contains), unit, and n: how many replicates
        have it."""
        found = within_limits(mean_of(self.last, self.draws), LIMITS)
        columns = {"mean": found.mean, "mcse": found.mcse, "lower": found.lower, "upper": found.upper}
        units = [outcome.unit for outcome in OUTCOMES.values()]
        index = pd.Index(NAMES, name="outcome")
        return pd.DataFrame({**columns, "unit": units, "n": found.n.astype(int)}, index=index)

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


def outcomes_asked(asked: Sequence[str], known: Collection[str] = NAMES) -> list[str]:
    """Names of outcomes, checked; all of them where none is asked for."""
    for name in asked:
        if name not in known:
            remedy = nearest(name, known, "`supportnet list outcomes`")
            raise UserInputError("must be the name of an outcome", argument="outcome", found=name, remedy=remedy)
    return list(dict.fromkeys(asked)) or list(known)
