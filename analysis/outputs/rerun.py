"""The scenario of an earlier run, put together again from its provenance."""

import json
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from supportnet.analysis.outputs.run import NETWORKS, other_networks
from supportnet.experiments.comparison.plan import ComparisonPlan
from supportnet.experiments.ensemble.plan import RunPlan
from supportnet.experiments.ensemble.sampling import Sampling
from supportnet.experiments.execution.checked_files import inside
from supportnet.experiments.posterior.posterior import Posterior, read_draws, shipped_draws_path
from supportnet.sim.errors import UserInputError
from supportnet.sim.model_identity import run_hash
from supportnet.sim.network_file.format import ALTER_TIES
from supportnet.sim.parameters import Parameters, value
from supportnet.sim.provenance import changes, machine, versions
from supportnet.sim.scenario.scenario import Scenario


def same_version(provenance: Mapping[str, Any], path: Path, other_allowed: bool) -> None:
    """Raises UserInputError where code or libraries are not those that a run was made with, unless others are allowed;
    what is allowed, and another machine, is said on standard error: numbers may differ in their last digits."""
    of_version = changes(provenance, {**provenance, "code": run_hash(), "versions": versions()})
    if of_version and not other_allowed:
        raise UserInputError(
            "was made by another version, so numbers may differ", where=str(path), found="; ".join(of_version),
            expected="the code and libraries that made it",
            remedy="install those, or add other_version=True to run it with the present ones",
        )  # fmt: skip
    if different := changes(provenance, {"code": run_hash(), "versions": versions(), "machine": machine()}):
        print("Changed since the first run, so numbers may differ:", *different, sep="\n  ", file=sys.stderr)


def posterior_in(provenance: Mapping[str, Any], path: str) -> Posterior | None:
    """The posterior used by a run: the one in this file, or the shipped one. Raises UserInputError for other
    ones."""
    if not (asked := provenance.get("posterior", "")):
        return None
    if not (path or shipped_draws_path()):
        raise UserInputError(
            "the run used a posterior, and none is shipped", where="posterior", found="no file",
            expected=str(asked), remedy="name the posterior.parquet of that run with `posterior`",
        )  # fmt: skip
    draws = read_draws(path or None)
    if draws.identity != asked:
        raise UserInputError(
            "this is not the posterior of that run", where=path or "the shipped posterior", found=draws.identity,
            expected=str(asked), remedy="name the posterior.parquet of that run with `posterior`",
        )  # fmt: skip
    return draws


def run_plan_in(provenance: Mapping[str, Any], folder: Path, posterior: str = "") -> RunPlan:
    """The plan of a run whose provenance this is; `folder` holds the interviews that it read, if it did."""
    scenario = scenario_from(provenance, folder)
    sampling = Sampling(tuple(provenance["replicates"]), provenance["seed"], posterior_in(provenance, posterior))
    return RunPlan(scenario, sampling, tuple(provenance["record"]), provenance["every"])


def comparison_plan_in(provenance: Mapping[str, Any], folder: Path, posterior: str = "") -> ComparisonPlan:
    """The plan of a comparison whose provenance this is; `folder` holds the interviews that it read, if it did."""
    scenarios = scenarios_compared(provenance, folder)
    sampling = Sampling(tuple(provenance["replicates"]), provenance["seed"], posterior_in(provenance, posterior))
    return ComparisonPlan(tuple(scenarios), sampling, provenance["independent"], provenance.get("smallest", {}))


def scenarios_compared(provenance: Mapping[str, Any], folder: Path) -> list[Scenario]:
    """The scenarios of a comparison, the baseline first. Raises UserInputError where its provenance does not tell
    them."""
    names = ("scenarios", "names", "titles", "assumptions")
    try:
        parts = zip(*(provenance[name] for name in names), strict=True)
        fixed = provenance.get("fixed", [[]] * len(provenance["scenarios"]))
        rows = [
            {**one, "name": name, "title": title, "assumes": assumes, "fixed": fixed[k]}
            for k, (one, name, title, assumes) in enumerate(parts)
        ]
    except (KeyError, TypeError, ValueError, IndexError) as error:
        raise UserInputError(
            "the provenance does not describe a comparison", where=str(folder), found=repr(error)[:200],
            expected="a provenance.json as `supportnet compare` wrote it", remedy="repeat the comparison",
        ) from error  # fmt: skip
    return [scenario_from(row, folder) for row in rows]


def is_set(name: str, number: float, provenance: Mapping[str, Any]) -> bool:
    """Whether the scenario set a number: to another value than usual, or to keep draws from moving it."""
    return name in provenance.get("fixed", []) or number != value(Parameters(), name)


def networks_in(folder: Path, digests: Sequence[str]) -> str:
    """Where the interviews with these SHA-256 lie; nothing where there are none to read."""
    others = inside(folder, other_networks(digests))
    return "" if not digests else str(others if others.is_file() else inside(folder, NETWORKS))


def interviews_of(population: Mapping[str, Any]) -> list[str]:
    """SHA-256 of the interviews, and of ties among supporters where there are some."""
    return [population[name] for name in ("networks_sha256", "alter_ties_sha256") if name in population]


def scenario_from(provenance: Mapping[str, Any], folder: Path) -> Scenario:
    """The scenario that a run's provenance describes; `folder` holds the interviews that it read, if it did.

    Raises UserInputError where the provenance does not describe one, or the interviews are not those of the run.
    """
    try:
        own = {name: number for name, number in provenance["parameters"].items() if is_set(name, number, provenance)}
        canonical = {**provenance["scenario"], "parameters": own}
        networks = networks_in(folder, interviews_of(canonical["population"]))
        if networks and not Path(networks).is_file():
            raise UserInputError(
                "the interviews of that run are missing",
                where=str(folder),
                found=f"no {NETWORKS}",
                expected=f"the {NETWORKS} that the run saved beside its provenance.json",
                remedy="put it back there, or run the scenario itself again",
            )
        scenario = Scenario.from_canonical(canonical, provenance["name"], networks)
    except (KeyError, TypeError, AttributeError) as error:
        raise UserInputError(
            "the provenance does not describe a scenario",
            where=str(folder),
            found=f"{type(error).__name__}: {error}",
            expected="a provenance.json as `supportnet run` wrote it",
            remedy="run the scenario itself again",
        ) from error
    now, then = (interviews_of(one["population"]) for one in (scenario.canonical(), canonical))
    if now != then:
        raise UserInputError(
            "these are not the interviews of that run",
            where=str(folder / NETWORKS),
            found=", ".join(now),
            expected=", ".join(then),
            remedy=f"put the {NETWORKS} of that run beside its provenance.json, with its {ALTER_TIES} if it has one",
        )
    labels = {name: json.dumps(provenance[name], ensure_ascii=False) for name in ("title", "assumes")}
    return scenario.with_values(labels)
