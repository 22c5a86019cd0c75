"""The plan of a run: all that its results depend on."""

import os
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from supportnet.experiments.ensemble.recording import TABLES
from supportnet.experiments.ensemble.sampling import Sampling
from supportnet.experiments.posterior.posterior import Posterior
from supportnet.sim.errors import UserInputError, not_one_of
from supportnet.sim.model_identity import run_hash
from supportnet.sim.provenance import identity
from supportnet.sim.scenario.scenario import Scenario


@dataclass(frozen=True)
class RunPlan:
    """One scenario, its replicates, and what of them is recorded."""

    scenario: Scenario
    sampling: Sampling
    record: tuple[str, ...] = ()  # of "people" and "ties"
    every: int = 0  # weeks between recorded ones; 0: the last only

    @classmethod
    def of(
        cls,
        scenario: Scenario | str | os.PathLike[str],
        replicates: int | Sequence[int] = 20,
        seed: int = 1,
        *,
        values: Mapping[str, object] | None = None,
        record: Iterable[str] = (),
        every: int = 0,
        uncertainty: str | None = None,
        posterior: Posterior | str | os.PathLike[str] | None = None,
    ) -> "RunPlan":
        """A scenario (or the one of this name, or at this path) with these values, checked; the rest as `Sampling.of`.

        Raises UserInputError for what does not fit.
        """
        chosen, tables = as_scenario(scenario, values), tables_asked(record)
        sampling = Sampling.of([chosen], replicates, seed, uncertainty, posterior)
        return cls(chosen, sampling, tables, weeks_between(every, tables, chosen))

    @property
    def tables(self) -> list[str]:
        """Names of the tables that are recorded."""
        return [name for recorded in self.record for name in TABLES[recorded]]

    @cached_property
    def weeks_recorded(self) -> frozenset[int]:
        """Weeks at whose end tables are recorded."""
        weeks = self.scenario.weeks
        if not self.record:
            return frozenset()
        return frozenset({*range(self.every, weeks, self.every), weeks} if self.every else {weeks})

    @cached_property
    def request(self) -> dict[str, Any]:
        """All that the results depend on, as plain values."""
        sampling = self.sampling.request(self.scenario)
        if "fixed" in sampling:
            sampling["fixed"] = sampling["fixed"][0]
        return {
            "command": "run",
            "code": run_hash(),
            "scenario": self.scenario.canonical(),
            "parameters": self.scenario.every_number,
            "record": list(self.record),
            "every": self.every,
            **sampling,
        }

    @cached_property
    def identity(self) -> str:
        """SHA-256 of the request, in hexadecimal."""
        return identity(self.request)


def as_scenario(scenario: Scenario | str | os.PathLike[str], values: Mapping[str, object] | None = None) -> Scenario:
    """The scenario itself, or the one of this name or at this path, with these values by dotted name."""
    if not isinstance(scenario, Scenario):
        return Scenario.load(scenario, dict(values or {}))
    return scenario.with_values(dict(values)) if values else scenario


def tables_asked(record: Iterable[str]) -> tuple[str, ...]:
    """What to record, in one order, each once."""
    asked = {record} if isinstance(record, str) else set(record)
    for name in sorted(asked - set(TABLES)):
        raise not_one_of("record", name, TABLES)
    return tuple(name for name in TABLES if name in asked)


def weeks_between(every: int, tables: Sequence[str], scenario: Scenario) -> int:
    """Weeks between recorded ones; 0 where only the last is, or none."""
    if not isinstance(every, int) or every < 0:
        raise UserInputError(
            "must be a whole number from 0 up (weeks)", argument="every", found=every,
            remedy="leave `every` out to record the last week only",
        )  # fmt: skip
    if every and not tables:
        raise UserInputError(
            "is given, but nothing is recorded", argument="every", found=every,
            expected='record="people" or record="ties" beside it', remedy="add `record`, or leave `every` out",
        )  # fmt: skip
    return every if tables and every < scenario.weeks else 0
