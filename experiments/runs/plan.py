"""The runs of a study: scenarios x design points x replicates, each with the SHA-256 of all that affects its result."""

import hashlib
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from supportnet.experiments.posterior.posterior import fixed
from supportnet.experiments.posterior.propagation import LIVES, check_draws, draw_of, first_draw
from supportnet.experiments.randomised.evidence import shipped_evidence
from supportnet.experiments.runs.run_ids import Names, from_digests
from supportnet.experiments.study.design import Columns, list_bytes, points
from supportnet.experiments.study.observables import code
from supportnet.experiments.study.study import StudyDefinition
from supportnet.experiments.study.tunables import moves_people
from supportnet.sim.provenance import canonical_json
from supportnet.sim.scenario.scenario import Scenario, row_of

NOTHING: Mapping[str, float] = {}


class RunTask(NamedTuple):
    """One run: a scenario with other values and these random numbers."""

    run: str  # its identity, 64 hexadecimal digits
    values: dict[str, Any]  # one object for all replicates of a design point
    seed: int
    replicate: int
    numbers: Mapping[str, float] = NOTHING  # of the draw that it lives by; what `values` says goes before them
    draw: int = 0  # the row of that draw


@dataclass(frozen=True)
class SweepPlan:
    """All runs of a study in their order: scenario by scenario, point by point, replicate by replicate."""

    study: StudyDefinition
    values: Columns  # of each factor, one a design point

    @property
    def n_points(self) -> int:
        return len(next(iter(self.values.values())))

    @property
    def replicates(self) -> int:
        return self.study.file.replicates

    @property
    def n_runs(self) -> int:
        return len(self.study.scenarios) * self.n_points * self.replicates

    @cached_property
    def names(self) -> Names:
        """Identity of each run: SHA-256 of the canonical JSON of what its scenario shares with all points ("always":
        code, scenario, weeks observed) and what is its own ("run": replicate, seed, values)."""
        return from_digests(b"".join(name for scenario in self.study.scenarios for name in self._names(scenario)))

    def where(self, run: int) -> tuple[int, int, int]:
        """Scenario, design point and replicate of a run."""
        point, replicate = divmod(run, self.replicates)
        return *divmod(point, self.n_points), replicate

    def point(self, point: int) -> dict[str, Any]:
        """The values of the factors at a design point."""
        return {name: column[point].item() if hasattr(column[point], "item") else column[point]
                for name, column in self.values.items()}  # fmt: skip

    def tasks(self, runs: Iterable[int]) -> tuple[RunTask, ...]:
        """These runs of one scenario, as tasks."""
        found, last, values, seed = list[RunTask](), -1, dict[str, Any](), 0
        posterior = self.study.posterior
        for run in runs:
            scenario, point, replicate = self.where(int(run))
            if point != last:
                last, values = point, self.point(point)
                seed = self._seed(self._shared[scenario], canonical_json(values))
            draw = draw_of(replicate, self.study.file.seed, posterior) if posterior else 0
            drawn = posterior.numbers_at(draw) if posterior else NOTHING
            found.append(RunTask(self.names[run].tobytes().hex(), values, seed, replicate, drawn, draw))
        return tuple(found)

    def in_order(self, runs: NDArray[np.int64]) -> NDArray[np.int64]:
        """The same runs, with those next to each other whose people come from the same pool."""
        ordered: NDArray[np.int64] = runs[np.lexsort((runs, self.homes(runs)))]
        return ordered

    def homes(self, runs: NDArray[np.int64]) -> NDArray[np.int64]:
        """A number for each run: the same where its people come from the same pool of the same scenario."""
        points, replicate = np.divmod(runs, self.replicates)
        scenario, point = np.divmod(points, self.n_points)
        draw = replicate // LIVES if self.study.posterior else np.zeros_like(replicate)
        home: NDArray[np.int64] = (scenario * self.n_points + self.pools[point]) * self.replicates + draw
        return home

    @property
    def own_pools(self) -> bool:
        """Whether design points or draws need separate pools."""
        return bool(self.pools.any()) or self.study.posterior is not None

    @cached_property
    def pools(self) -> NDArray[np.int64]:
        """Number of the pool that the people of each design point come from, in order of first appearance."""
        moving = {name: column for name, column in self.values.items() if moves_people(name)}
        if not moving:
            return np.zeros(self.n_points, np.int64)
        if self.study.file.independent:
            return np.arange(self.n_points)
        import pandas as pd

        return np.asarray(pd.DataFrame(moving).groupby(list(moving), sort=False).ngroup(), np.int64)

    @cached_property
    def _shared(self) -> list[str]:
        return [shared(self.study, scenario) for scenario in self.study.scenarios]

    def _names(self, scenario: Scenario) -> Iterator[bytes]:
        always = self._shared[self.study.scenarios.index(scenario)]
        begun = hashlib.sha256(f'{{"always":{always},"run":{{"replicate":'.encode())
        for point in range(self.n_points):
            values = canonical_json(self.point(point))
            rest = f',"seed":{self._seed(always, values)},"values":{values}}}}}'
            for replicate in range(self.replicates):
                whole = begun.copy()
                whole.update(f"{replicate}{rest}".encode())
                yield whole.digest()

    def _seed(self, always: str, values: str) -> int:
        """The study's seed, or one of the point's own where points are independent."""
        seed = self.study.file.seed
        if not self.study.file.independent:
            return seed
        return int.from_bytes(hashlib.sha256(f"{seed} {values} {always}".encode()).digest()[:4], "big")


def plan_of(study: StudyDefinition) -> SweepPlan:
    """The runs of a study. Raises UserInputError where its design cannot be made, or there are too few draws."""
    check_draws(study.posterior, range(study.file.replicates))
    return SweepPlan(study, points(study))


def shared(study: StudyDefinition, scenario: Scenario) -> str:
    """What the runs of a scenario have in common, as canonical JSON."""
    about: dict[str, Any] = {"code": code(study.file.measure), "observed": study.weeks, "pool": study.file.pool}
    if study.file.measure == "patterns":
        about["people"] = study.file.people
    if study.file.measure == "trials":
        about["trials"] = [study.file.people, (study.evidence or shipped_evidence()).identity]
    if study.posterior:
        usual = set(fixed(scenario)) - set(scenario.parameters)
        about |= {"posterior": study.posterior.identity, "first_draw": first_draw(study.file.seed, study.posterior)}
        about["fixed"] = sorted(usual)
    return canonical_json(about | {"scenario": scenario.canonical(), "programmes": touched(study, scenario)})


def touched(study: StudyDefinition, scenario: Scenario) -> list[dict[str, Any]]:
    """Programmes that factors change, in full: a factor may be what puts them on offer."""
    names = dict.fromkeys(name.split(".")[1] for name in study.factor_names if name.startswith("programmes."))
    return [{"name": name, **row_of(scenario.every_programme[name])} for name in names]


def identity_of_plan(study: StudyDefinition) -> str:
    """SHA-256 of all that decides which runs a study has, and in which order."""
    about = {
        "file": study.file.model_dump(exclude={"title": True, "scenarios": True, "set": True, "design": {"file"}}),
        "scenarios": [[scenario.name, shared(study, scenario)] for scenario in study.scenarios],
        "list": hashlib.sha256(list_bytes(study)).hexdigest(),
    }
    return hashlib.sha256(canonical_json(about).encode()).hexdigest()
