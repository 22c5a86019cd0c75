"""The plan of research priorities: which policy answers, at which draws, and studies of what size."""

import os
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from supportnet.experiments.comparison.plan import ComparisonPlan
from supportnet.experiments.comparison.service_changes import is_cut
from supportnet.experiments.economics.value_of_information import FEWEST_DRAWS
from supportnet.experiments.economics.value_of_studies import complete_draws
from supportnet.experiments.posterior.posterior import Posterior, read_draws
from supportnet.experiments.posterior.propagation import LIVES, posterior_rows
from supportnet.sim.errors import UserInputError
from supportnet.sim.provenance import identity
from supportnet.sim.scenario.files import library
from supportnet.sim.scenario.scenario import Scenario

BASELINE = "today"
OUTCOMES = ("qpr", "relapses")  # that policy answers are about
PEOPLE = 200  # in a study, if nothing else is said


@dataclass(frozen=True)
class PrioritiesPlan:
    """Scenarios under the same draws, and the number of people in a study."""

    comparison: ComparisonPlan
    people: int

    @classmethod
    def of(
        cls, posterior: Posterior | str | os.PathLike[str] | None = None, people: int = PEOPLE,
        replicates: int | Sequence[int] | None = None, seed: int = 201,
        scenarios: Sequence[Scenario | str | os.PathLike[str]] = (),
    ) -> "PrioritiesPlan":  # fmt: skip
        """Checked. replicates: all draws if left out. scenarios: the baseline first; `policy_scenarios` if empty.

        Raises UserInputError where there is no posterior, or too few draws differ.
        """
        if people < 1:
            raise UserInputError(
                "must be at least 1", argument="people", found=people, remedy="give the number of people in a study"
            )
        draws = posterior if isinstance(posterior, Posterior) else read_draws(posterior)
        comparison = ComparisonPlan.of(
            scenarios or policy_scenarios(), LIVES * len(draws.values) if replicates is None else replicates, seed,
            uncertainty="parameters", posterior=draws,
        )  # fmt: skip
        plan = cls(comparison, people)
        if plan.n_draws < FEWEST_DRAWS:
            raise UserInputError(
                "there are too few different draws to regress on",
                found=f"{plan.n_draws}, with {LIVES} replicates each", expected=f"at least {FEWEST_DRAWS}",
                remedy="give more `replicates`, or calibrate with more draws (docs/calibration.md)",
            )  # fmt: skip
        return plan

    @cached_property
    def n_draws(self) -> int:
        """Number of draws that differ and have all replicates."""
        sampling = self.comparison.sampling
        assert sampling.posterior is not None
        rows = posterior_rows(complete_draws(sampling.replicates), sampling.seed, sampling.posterior)
        return len(sampling.posterior.values.iloc[rows].drop_duplicates())

    @cached_property
    def request(self) -> dict[str, Any]:
        """All that the result depends on, as plain values."""
        return {**self.comparison.request, "command": "what-next", "people": self.people, "outcomes": list(OUTCOMES)}

    @cached_property
    def identity(self) -> str:
        """SHA-256 of the request, in hexadecimal."""
        return identity(self.request)


def policy_scenarios() -> list[str]:
    """The baseline, and every scenario of the library for the same people but cuts, which are never ranked."""
    today = Scenario.load(BASELINE)
    others = (Scenario.load(name) for name in library() if name != BASELINE)
    same_people = (one for one in others if one.population.preset == today.population.preset)
    return [BASELINE, *(one.name for one in same_people if not is_cut(one, today))]
