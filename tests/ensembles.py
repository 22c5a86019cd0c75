"""Ensembles, comparisons and attributions for tests: numbers as scenarios set them, unless there is a posterior."""

from typing import Any

from supportnet.experiments.comparison.attribution import Attribution, AttributionPlan, attribute
from supportnet.experiments.comparison.compare import compare_ensembles
from supportnet.experiments.comparison.comparison import EnsembleComparison
from supportnet.experiments.comparison.plan import ComparisonPlan
from supportnet.experiments.ensemble.ensemble import Ensemble
from supportnet.experiments.ensemble.plan import RunPlan
from supportnet.experiments.ensemble.replication import simulate
from supportnet.sim.scenario.layers import sizes
from supportnet.sim.scenario.scenario import Scenario

Values = dict[str, Any]


def run(scenario: Scenario | str, replicates: Any = 20, seed: int = 1, workers: int = 2, **how: Any) -> Ensemble:
    """Replicates of a scenario."""
    during = {name: how.pop(name) for name in ("progress", "keep", "follow") if name in how}
    return simulate(RunPlan.of(scenario, replicates, seed, **drawn(how)), workers, **during)


def compare(*scenarios: Scenario | str, replicates: Any = 20, seed: int = 1, **how: Any) -> EnsembleComparison:
    """Scenarios against the first."""
    during = {name: how.pop(name) for name in ("workers", "progress") if name in how}
    return compare_ensembles(ComparisonPlan.of(scenarios, replicates, seed, **drawn(how)), **during)


def explain(*worlds: Scenario | str, replicates: Any = 20, seed: int = 1, **how: Any) -> Attribution:
    """What carries the difference between two scenarios."""
    during = {name: how.pop(name) for name in ("workers", "progress") if name in how}
    return attribute(AttributionPlan.of(*worlds, replicates=replicates, seed=seed, **drawn(how)), **during)


def drawn(how: Values) -> Values:
    values = sizes(how.pop("patients", None), how.pop("weeks", None), how.pop("values", None))
    return {**how, "values": values, "uncertainty": "parameters" if how.get("posterior") else "none"}
