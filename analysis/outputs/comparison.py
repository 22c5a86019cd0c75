"""The files of a comparison."""

from pathlib import Path
from typing import Any

import pandas as pd

from supportnet.analysis.files.result_folder import PROVENANCE
from supportnet.analysis.files.writing import Parts, write_csv, write_json, write_parquet
from supportnet.analysis.outputs.run import keep_networks
from supportnet.experiments.comparison.comparison import EnsembleComparison
from supportnet.experiments.ensemble.estimates import contains
from supportnet.sim.provenance import provenance


def write_comparison(found: EnsembleComparison, folder: Path) -> list[str]:
    """Writes everything about a comparison; the names of the files."""
    from supportnet.analysis.figures.compare import compare_figure  # slow to load, so not before the first week
    from supportnet.analysis.figures.style import save_figure

    keep_networks([world.scenario for world in found.worlds], folder)  # a report runs with them again
    write_csv(found.differences, folder / "differences.csv")
    write_csv(found.ranking, folder / "ranking.csv")
    if found.for_whom is not None and found.what_harmed is not None:
        write_csv(found.for_whom, folder / "for_whom.csv")
        write_csv(found.what_harmed, folder / "harmed.csv")
    outcomes = outcomes_of(found)
    write_csv(outcomes, folder / "outcomes.csv")
    write_parquet(outcomes, folder / "outcomes.parquet")
    with Parts(folder / "trajectories.parquet") as parts:
        for world in found.worlds:
            parts.add(world.trajectories)
    save_figure(compare_figure(found), folder)
    write_json(provenance_of_comparison(found), folder / PROVENANCE)
    return sorted(path.name for path in folder.iterdir())


def outcomes_of(found: EnsembleComparison) -> pd.DataFrame:
    """Outcomes of all scenarios in the last week, one row a replicate and outcome."""
    return pd.concat([world.outcomes for world in found.worlds], ignore_index=True)


def provenance_of_comparison(found: EnsembleComparison) -> dict[str, Any]:
    """What goes beside a comparison."""
    labels = {
        name: [getattr(world.scenario, part) for world in found.worlds]
        for name, part in (("names", "name"), ("titles", "title"), ("assumptions", "assumes"))
    }
    return provenance(found.plan.request, {**labels, "interval": contains(found.posterior)})
