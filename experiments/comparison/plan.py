"""The plan of a comparison: scenarios against a baseline, in replicates that they share."""

import hashlib
import os
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property
from typing import Any

from supportnet.experiments.comparison.verdicts import smallest_differences
from supportnet.experiments.ensemble.plan import RunPlan, as_scenario
from supportnet.experiments.ensemble.sampling import Sampling
from supportnet.experiments.posterior.posterior import Posterior
from supportnet.sim.errors import UserInputError
from supportnet.sim.model_identity import run_hash
from supportnet.sim.provenance import identity
from supportnet.sim.scenario.scenario import Scenario


@dataclass(frozen=True)
class ComparisonPlan:
    """Scenarios, the baseline first, and their replicates: the same random streams in each, or independent ones."""

    scenarios: tuple[Scenario, ...]
    sampling: Sampling
    independent: bool = False  # each scenario has random streams of its own
    smallest: Mapping[str, float] = field(
        default_factory=dict
    )  # differences that matter, by outcome, that are asked for

    @classmethod
    def of(
        cls,
        scenarios: Sequence[Scenario | str | os.PathLike[str]],
        replicates: int | Sequence[int] = 20,
        seed: int = 1,
        *,
        values: Mapping[str, object] | None = None,
        independent: bool = False,
        uncertainty: str | None = None,
        posterior: Posterior | str | os.PathLike[str] | None = None,
        smallest: Mapping[str, float] | None = None,
    ) -> "ComparisonPlan":
        """Scenarios (or those of these names, or at these paths) with these values, checked; the rest as
        `Sampling.of`.

        smallest: the smallest difference that matters, by outcome, where it is not the usual one.

        Raises UserInputError for what does not fit.
        """
        chosen = comparable([as_scenario(one, values) for one in scenarios])
        smallest_differences(smallest)  # refuses what is none
        sampling = Sampling.of(chosen, replicates, seed, uncertainty, posterior)
        return cls(tuple(chosen), sampling, independent, dict(smallest or {}))

    @cached_property
    def runs(self) -> list[RunPlan]:
        """The plan of each scenario's run."""
        seeds = [seed_of(self.sampling.seed, k) if self.independent else self.sampling.seed
                 for k in range(len(self.scenarios))]  # fmt: skip
        return [RunPlan(one, self.sampling.with_seed(own)) for one, own in zip(self.scenarios, seeds, strict=True)]

    @cached_property
    def request(self) -> dict[str, Any]:
        """All that the comparison depends on, as plain values."""
        scenarios = [{"scenario": one.canonical(), "parameters": one.every_number} for one in self.scenarios]
        return {
            "command": "compare",
            "code": run_hash(),
            "scenarios": scenarios,
            "independent": self.independent,
            **({"smallest": dict(self.smallest)} if self.smallest else {}),
            **self.sampling.request(*self.scenarios),
        }

    @cached_property
    def identity(self) -> str:
        """SHA-256 of the request, in hexadecimal."""
        return identity(self.request)


def comparable(scenarios: Sequence[Scenario]) -> list[Scenario]:
    """The scenarios, the baseline first, under names of which no two are the same.

    Raises UserInputError where there is nothing to compare, or runs differ in length.
    """
    if len(scenarios) < 2:
        raise UserInputError(
            "there is nothing to compare with",
            found=[scenario.name for scenario in scenarios],
            expected="a baseline and at least one other scenario",
            remedy="name another one; `supportnet scenarios` lists the library",
        )
    if len({scenario.weeks for scenario in scenarios}) > 1:
        raise UserInputError(
            "the scenarios differ in length",
            found=", ".join(f"{scenario.name}: {scenario.weeks} weeks" for scenario in scenarios),
            expected="the same number of weeks",
            remedy="give `weeks`",
        )
    named: list[Scenario] = []
    for scenario in scenarios:
        name, again = scenario.name, 1
        while name in [other.name for other in named]:
            again += 1
            name = f"{scenario.name} ({again})"
        named.append(scenario if again == 1 else replace(scenario, name=name))
    return named


def seed_of(seed: int, position: int) -> int:
    """The seed of a scenario with independent random streams; the baseline (position 0) keeps the given seed."""
    if position == 0:
        return seed
    return int.from_bytes(hashlib.sha256(f"{seed} {position}".encode()).digest()[:4], "big")
