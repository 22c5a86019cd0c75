"""Results read back from the folder that they were saved in."""

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import numpy as np
import pandas as pd

from supportnet.analysis.files.comparison_folder import Finished
from supportnet.analysis.files.result_folder import damaged
from supportnet.analysis.outputs.rerun import comparison_plan_in, run_plan_in, same_version
from supportnet.experiments.comparison.comparison import EnsembleComparison
from supportnet.experiments.ensemble.ensemble import NAMES, Ensemble
from supportnet.experiments.ensemble.plan import RunPlan
from supportnet.experiments.execution.checked_files import UNREADABLE, inside
from supportnet.sim.errors import UserInputError
from supportnet.sim.provenance import read

TRAJECTORIES = "trajectories.parquet"


def read_run(folder: Path, posterior: str = "") -> Ensemble:
    """The ensemble in a folder of `run`. Raises UserInputError where there is none, or where it is damaged."""
    provenance = read(folder)
    same_version(provenance, folder, False)
    plan = run_plan_in(provenance, folder, posterior)
    names = [TRAJECTORIES, *(f"{name}.parquet" for name in plan.record)]
    refuse_damaged(folder, damaged(folder, provenance, names), "run")
    recorded = {name: read_table(folder, f"{name}.parquet", "run") for name in plan.record}
    ensemble = ensemble_in(read_table(folder, TRAJECTORIES, "run"), plan, folder, "run")
    return replace(ensemble, people=recorded.get("people"), ties=recorded.get("ties"))


def read_comparison(folder: Path, posterior: str = "") -> EnsembleComparison:
    """The comparison in a folder of `compare`; effects by group, which need the people themselves, are not kept.

    Raises UserInputError where there is none, or where it is damaged.
    """
    provenance = Finished.read(folder).told
    same_version(provenance, folder, False)
    refuse_damaged(folder, damaged(folder, provenance, [TRAJECTORIES]), "compare")
    plan = comparison_plan_in(provenance, folder, posterior)
    table = read_table(folder, TRAJECTORIES, "compare")
    worlds = [ensemble_in(table[table["scenario"] == run.scenario.name], run, folder, "compare") for run in plan.runs]
    return EnsembleComparison(plan, tuple(worlds))


def ensemble_in(table: pd.DataFrame, plan: RunPlan, folder: Path, command: str) -> Ensemble:
    """The ensemble whose trajectories these are. Raises UserInputError where some are missing."""
    replicates, weeks = table["replicate"].unique(), plan.scenario.weeks
    values = table.set_index(["replicate", "week", "outcome"])["value"]
    expected = pd.MultiIndex.from_product([replicates, range(1, weeks + 1), NAMES])
    if len(values) != len(expected) or not len(values) or not values.index.isin(expected).all():
        raise not_readable(folder, command, f"{len(values):,} of {len(expected):,} values in {TRAJECTORIES}")
    shaped = values.reindex(expected).to_numpy(np.float64).reshape(len(replicates), weeks, len(NAMES))
    return Ensemble(plan, tuple(map(int, replicates)), shaped)


def read_table(folder: Path, name: str, command: str) -> pd.DataFrame:
    """A table of a folder of results."""
    try:
        return pd.read_parquet(inside(folder, name))
    except UNREADABLE as error:
        raise not_readable(folder, command, f"{name}: {str(error)[:200]}") from error


def refuse_damaged(folder: Path, names: Sequence[str], command: str) -> None:
    """Raises UserInputError where files are not as they were written."""
    if names:
        raise not_readable(folder, command, f"{', '.join(names)}: a checksum other than the one it was written with")


def not_readable(folder: Path, command: str, found: str) -> UserInputError:
    return UserInputError(
        "these results can't be read", where=str(folder), found=found,
        expected=f"a folder as `supportnet {command}` wrote it", remedy="compute these results again",
    )  # fmt: skip
