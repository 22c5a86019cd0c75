"""The plan of trials: their designs, and the replicates that they share."""

import os
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from typing import Any

from supportnet.experiments.ensemble.sampling import Sampling
from supportnet.experiments.posterior.posterior import Posterior
from supportnet.experiments.randomised.design import Design, design_values, designed, trials_written_down
from supportnet.sim.model_identity import run_hash
from supportnet.sim.provenance import identity
from supportnet.sim.scenario.scenario import Scenario

ALL = "all"  # trials as written down beforehand
REPLICATES, SEED = 200, 301


@dataclass(frozen=True)
class TrialPlan:
    """One trial or several, each simulated in the same replicates."""

    designs: tuple[Design, ...]
    sampling: Sampling
    asked: Mapping[str, Any] = field(default_factory=dict, compare=False)  # in words, to ask for the same again

    @classmethod
    def of(
        cls,
        programme: str,
        scenario: str | os.PathLike[str] | Scenario | None = None,
        replicates: int | Sequence[int] = REPLICATES,
        seed: int = SEED,
        *,
        values: Mapping[str, object] | None = None,
        uncertainty: str | None = None,
        posterior: Posterior | str | os.PathLike[str] | None = None,
        **design: Any,
    ) -> "TrialPlan":
        """The trial of a programme ("all": of each of the ten) in the area of its preset, or in this one, checked.

        design: entry, control, places, cut where they are not as written down; the rest as `Sampling.of`. Raises
        UserInputError for what does not fit.
        """
        names = list(trials_written_down()) if programme == ALL else [programme]
        designs = tuple(designed(name, scenario or None, dict(values or {}), **design) for name in names)
        areas = [one.scenario for one in designs]
        asked = {
            "programmes": names, "scenario": areas[0].name if scenario else None, "set": as_set(values or {}), **design,
        }  # fmt: skip
        return cls(designs, Sampling.of(areas, replicates, seed, uncertainty, posterior), asked)

    @cached_property
    def request(self) -> dict[str, Any]:
        """All that the trials depend on, as plain values."""
        posterior = self.sampling.posterior
        return {
            "command": "trial",
            "code": run_hash(),
            "seed": self.sampling.seed,
            "replicates": len(self.sampling.replicates),
            "posterior": posterior.identity if posterior else "",
            "designs": [{**design_values(one), "area": one.area.canonical()} for one in self.designs],
            "parameters": {one.scenario.name: one.scenario.every_number for one in self.designs},
        }

    @cached_property
    def identity(self) -> str:
        """SHA-256 of the request, in hexadecimal."""
        return identity(self.request)


def as_set(values: Mapping[str, object]) -> list[str]:
    """Values as --set takes them, but for people in the area, and for where their network file lies."""
    shown = {name: value for name, value in values.items() if name != "population.patients"}
    if networks := shown.get("population.networks"):
        shown["population.networks"] = Path(str(networks).strip("\"'")).name
    return [f"{name}={value}" for name, value in shown.items()]
