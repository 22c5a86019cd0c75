"""Every pattern that the project's table names, found in simulated people, beside the range that evidence gives it."""

import os
from collections.abc import Collection, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from threading import Event
from typing import Any, NamedTuple

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from scipy import stats

from supportnet.experiments.ensemble.estimates import mean_of, within_limits
from supportnet.experiments.ensemble.replication import Progress
from supportnet.experiments.ensemble.sampling import Sampling
from supportnet.experiments.execution.store import Store, key_of
from supportnet.experiments.execution.workers import map_in_threads
from supportnet.experiments.patterns.studies import STUDIES as FITTED
from supportnet.experiments.patterns.studies import VALUES, measure_study_values
from supportnet.experiments.patterns.table import Pattern, patterns
from supportnet.experiments.patterns.world import StudyWorld
from supportnet.experiments.posterior.posterior import Posterior
from supportnet.experiments.predictions.studies import STUDIES as PREDICTED
from supportnet.experiments.randomised.design import SCENARIOS
from supportnet.sim.model_identity import run_hash
from supportnet.sim.provenance import identity
from supportnet.sim.scenario.scenario import Scenario

Doubles = NDArray[np.float64]
USES = ("calibrate", "validate", "fit to trials", "informed", "verify", "context")
PRESET_OF_ANY = "psychosis"  # in which a pattern about any preset is shown first


class PatternResult(NamedTuple):
    """A pattern, simulated."""

    pattern: Pattern
    preset: str
    value: float
    mcse: float
    lower: float
    upper: float

    @property
    def met(self) -> bool:
        return self.pattern.met(self.value)


def measure_values(
    scenario: Scenario,
    sampling: Sampling,
    wanted: Collection[str] = VALUES,
    workers: int = 1,
    progress: Progress | None = None,
    store: Store | None = None,
) -> list[PatternResult]:
    """Values, each as the mean over replicates with its Monte Carlo standard error and 95 % interval.

    store: keeps the values of finished replicates.
    """
    names, store, identity = list(wanted), store or Store(), sampling.identity_of(scenario)

    def one(replicate: int, halt: Event) -> Doubles:
        def measure() -> list[Doubles]:
            world = StudyWorld(*sampling.world(scenario, replicate), sampling.seed, replicate, halted=halt.is_set)
            values = measure_study_values(world, names, {**FITTED, **PREDICTED})
            return [np.array([values[name] for name in names])]

        return store.result(key_of("patterns", identity, names, replicate), measure)[0]

    rows = []
    for _, found in map_in_threads(one, sampling.replicates, workers):
        if isinstance(found, Exception):
            raise found
        rows.append(dict(zip(names, found, strict=True)))
        if progress:
            progress(len(rows) / len(sampling.replicates))
    table = pd.DataFrame(rows)
    low, high = np.array([patterns()[name].limits for name in table.columns]).T
    means = within_limits(mean_of(np.asarray(table), sampling.draws), (low, high))
    preset, shown = scenario.population.preset, list[PatternResult]()
    for k, name in enumerate(table.columns):
        about, mean, n = patterns()[name], float(means.mean[k]), int(means.n[k])
        ends = of_runs(mean, n) if about.unit == "share of runs" else (float(means.lower[k]), float(means.upper[k]))
        shown.append(PatternResult(about, preset, mean, float(means.mcse[k]), *ends))
    return shown


def of_runs(share: float, n: int) -> tuple[float, float]:
    """Wilson's interval of the share of n runs in which something is so; NaN where there are none."""
    if not n:
        return np.nan, np.nan
    found = stats.binomtest(round(share * n), n).proportion_ci(method="wilson")
    return float(found.low), float(found.high)


def score(rows: pd.DataFrame) -> str:
    """How many values of these are in range, and how many rows of the project's table with all that they ask for."""
    inside = rows["in_range"] == True  # noqa: E712 - nothing, where there is no value, is not in range
    whole = inside.groupby(rows["pattern"]).all()
    unknown = f", {n} without a value" if (n := int(rows["in_range"].isna().sum())) else ""
    return f"{inside.sum()} of {len(rows)} in range{unknown}; {whole.sum()} of {len(whole)} rows with all their values"


@dataclass(frozen=True)
class ValidationPlan:
    """The replicates in which all patterns are measured."""

    sampling: Sampling

    @classmethod
    def of(
        cls, replicates: int | Sequence[int] = 20, seed: int = 201, uncertainty: str | None = None,
        posterior: Posterior | str | os.PathLike[str] | None = None,
    ) -> "ValidationPlan":  # fmt: skip
        """Replicates in the areas of all presets, checked as `Sampling.of` does."""
        areas = [Scenario.load(name) for name in SCENARIOS.values()]
        return cls(Sampling.of(areas, replicates, seed, uncertainty, posterior))

    @cached_property
    def request(self) -> dict[str, Any]:
        """All that the values depend on, as plain values."""
        posterior = self.sampling.posterior
        return {
            "command": "validate",
            "code": run_hash(),
            "seed": self.sampling.seed,
            "replicates": len(self.sampling.replicates),
            "posterior": posterior.identity if posterior else "",
        }

    @cached_property
    def identity(self) -> str:
        """SHA-256 of the request, in hexadecimal."""
        return identity(self.request)


def measure_patterns(
    plan: ValidationPlan, workers: int = 1, progress: Progress | None = None, store: Store | None = None
) -> list[PatternResult]:
    """All patterns of the table, each in the presets that it is about, in the order of the table. What checks the code
    is found under numbers as they are set, whatever the posterior. store: keeps what was measured."""
    found = list[PatternResult]()
    for k, (preset, name) in enumerate(SCENARIOS.items()):
        here = [one for one in patterns().values() if preset in one.presets]
        wanted = [one.name for one in here if one.use != "verify"]
        inputs = [one.name for one in here if one.use == "verify"]  # hold for the numbers as they are set, not for all

        def report(share: float, before: int = k) -> None:
            if progress:
                progress((before + share) / len(SCENARIOS))

        scenario = Scenario.load(name)
        found += measure_values(scenario, plan.sampling, wanted, workers, report, store)
        found += measure_values(scenario, replace(plan.sampling, posterior=None), inputs, workers, store=store)
    nan = float("nan")
    found += [PatternResult(one, "", nan, nan, nan, nan) for one in patterns().values() if not one.presets]
    places = [*SCENARIOS, ""]
    return sorted(found, key=lambda one: (USES.index(one.pattern.use), one.pattern.number, places.index(one.preset)))


def pattern_table(found: Sequence[PatternResult]) -> pd.DataFrame:
    """One row a pattern and preset: pattern, name, use, preset, what, unit, statistic, value, mcse, lower, upper,
    accept_lower, accept_upper, assumed (the range), in_range, source, measured_as (what the source measured).

    What is not computed is in no preset. There, and where no replicate has such a thing, there is no value, and no
    telling whether it is in range.
    """
    return pd.DataFrame(
        {
            "pattern": one.pattern.number, "name": one.pattern.name, "use": one.pattern.use, "preset": one.preset,
            "what": one.pattern.what, "unit": one.pattern.unit, "statistic": one.pattern.statistic,
            "value": one.value, "mcse": one.mcse, "lower": one.lower, "upper": one.upper,
            "accept_lower": one.pattern.low, "accept_upper": one.pattern.high, "assumed": one.pattern.assumed,
            "in_range": one.met if np.isfinite(one.value) else None, "source": one.pattern.source,
            "measured_as": one.pattern.measured_as,
        }
        for one in found
    )  # fmt: skip
