"""The scenario of an earlier run, put together again from its provenance."""

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from analysis.run_files import NETWORKS
from sim.mistakes import Mistake
from sim.scenario import Scenario


def scenario_told(told: Mapping[str, Any], folder: Path) -> Scenario:
    """The scenario that a run's provenance describes; `folder` holds the interviews that it read, if it did.

    Raises Mistake where the provenance does not describe one, or the interviews are not those of the run.
    """
    canonical = {**told["scenario"], "parameters": told["parameters"]}
    try:
        networks = str(folder / NETWORKS) if "networks_sha256" in canonical["population"] else ""
        if networks and not (folder / NETWORKS).is_file():
            raise Mistake(
                "the interviews of that run are gone",
                where=str(folder),
                found=f"no {NETWORKS}",
                expected=f"the {NETWORKS} that the run kept beside its provenance.json",
                remedy="put it back there, or run the scenario itself again",
            )
        scenario = Scenario.from_canonical(canonical, told["name"], networks)
    except (KeyError, TypeError, AttributeError) as error:
        raise Mistake(
            "the provenance does not describe a scenario",
            where=str(folder),
            found=f"{type(error).__name__}: {error}",
            expected="a provenance.json as `supportnet run` wrote it",
            remedy="run the scenario itself again",
        ) from error
    said = scenario.canonical()["population"].get("networks_sha256")
    if said != canonical["population"].get("networks_sha256"):
        raise Mistake(
            "these are not the interviews of that run",
            where=str(folder / NETWORKS),
            found=said,
            expected=str(canonical["population"]["networks_sha256"]),
            remedy=f"put the {NETWORKS} of that run beside its provenance.json",
        )
    labels = {name: json.dumps(told[name], ensure_ascii=False) for name in ("title", "assumes")}
    return scenario.with_values(labels)
