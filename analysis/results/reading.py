"""Results read back from the folder that they were saved in."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from supportnet.analysis.files.comparison_folder import TRAJECTORIES, Finished
from supportnet.analysis.files.result_folder import PROVENANCE, damaged_files, has_checksums
from supportnet.analysis.files.writing import read_csv
from supportnet.analysis.outputs.rerun import comparison_plan_in, posterior_in, run_plan_in, same_version
from supportnet.experiments.comparison.attribution import Attribution, AttributionPlan
from supportnet.experiments.comparison.comparison import EnsembleComparison
from supportnet.experiments.ensemble.ensemble import NAMES, Ensemble
from supportnet.experiments.ensemble.plan import RunPlan
from supportnet.experiments.ensemble.sampling import Sampling
from supportnet.experiments.execution.checked_files import UNREADABLE, inside, read_json
from supportnet.experiments.trials.plan import ALL, TrialPlan
from supportnet.sim.errors import UserInputError
from supportnet.sim.parameters import Parameters, value
from supportnet.sim.provenance import is_intact, read_provenance
from supportnet.sim.scenario.scenario import Scenario

COALITIONS, EFFECTS = "coalitions.parquet", "effects.csv"
DESIGN = ("entry", "control", "cut", "places")  # of a trial


def read_run(folder: Path, posterior: str = "") -> Ensemble:
    """The ensemble in a folder of `run`. Raises UserInputError where there is none, or where it is damaged."""
    provenance = read_provenance(folder)
    same_version(provenance, folder, False)
    plan = run_plan_in(provenance, folder, posterior)
    names = [TRAJECTORIES, *(f"{name}.parquet" for name in plan.tables)]
    refuse_damaged(folder, damaged_files(folder, provenance, names), "run")
    recorded = {name: read_table(folder, f"{name}.parquet", "run") for name in plan.tables}
    ensemble = ensemble_in(read_table(folder, TRAJECTORIES, "run"), plan, folder, "run")
    people, ties, supporter_ties = map(recorded.get, ("people", "ties", "supporter_ties"))
    return replace(ensemble, people=people, ties=ties, supporter_ties=supporter_ties)


def read_comparison(folder: Path, posterior: str = "") -> EnsembleComparison:
    """The comparison in a folder of `compare`; effects by group, which need the people themselves, are not saved.

    Raises UserInputError where there is none, or where it is damaged.
    """
    provenance = Finished.read(folder).metadata
    same_version(provenance, folder, False)
    refuse_damaged(folder, damaged_files(folder, provenance, [TRAJECTORIES]), "compare")
    plan = comparison_plan_in(provenance, folder, posterior)
    table = read_table(folder, TRAJECTORIES, "compare")
    worlds = [ensemble_in(table[table["scenario"] == run.scenario.name], run, folder, "compare") for run in plan.runs]
    return EnsembleComparison(plan, tuple(worlds))


def read_attribution(folder: Path, posterior: str = "") -> tuple[Attribution, str]:
    """The attribution in a folder of `explain`, and the outcome that was asked for.

    Raises UserInputError where there is none, or it is damaged, or of interviews, which are not kept.
    """
    metadata = provenance_of(folder, "explain", [COALITIONS])
    table = read_table(folder, COALITIONS, "explain")
    try:
        names, titles = metadata["names"], metadata.get("titles", metadata["names"])
        about = zip(names, titles, metadata["scenarios"], metadata.get("fixed", [[]] * len(names)), strict=True)
        worlds = [scenario_in(*each) for each in about]
        replicates = tuple(map(int, table["replicate"].unique()))
        sampling = Sampling(replicates, metadata["seed"], posterior_in(metadata, posterior))
        plan = AttributionPlan(tuple(worlds), sampling, metadata["over"], metadata["held"])
        values = table[NAMES].to_numpy(np.float64).reshape(-1, len(worlds), len(replicates), len(NAMES))
        outcome = str(metadata["outcome"])
    except UNREADABLE as error:
        raise error if isinstance(error, UserInputError) else not_readable(folder, "explain", str(error)) from error
    refuse_other(folder, metadata, plan.identity)
    return Attribution(plan, values), outcome


def read_trials(folder: Path, posterior: str = "") -> tuple[TrialPlan, pd.DataFrame]:
    """The plan and the effects in a folder of `trial`. Raises UserInputError where there are none, or they are damaged,
    or of a scenario that is not in the library."""
    metadata = provenance_of(folder, "trial", [EFFECTS])
    try:
        programmes, drawn = metadata["programmes"], "parameters" if metadata["posterior"] else "none"
        values = dict(one.split("=", 1) for one in metadata["set"]) | {"population.patients": metadata["patients"]}
        plan = TrialPlan.of(
            programmes[0] if len(programmes) == 1 else ALL, metadata["scenario"], metadata["replicates"],
            metadata["seed"], values=values, uncertainty=drawn, posterior=posterior_in(metadata, posterior),
            **{name: metadata[name] for name in DESIGN if name in metadata},
        )  # fmt: skip
        effects = read_csv(inside(folder, EFFECTS)).astype({"changed": object}).fillna({"changed": ""})
    except UNREADABLE as error:
        raise error if isinstance(error, UserInputError) else not_readable(folder, "trial", str(error)) from error
    plan = replace(plan, asked={**plan.asked, "set": metadata["set"]})
    refuse_other(folder, metadata, plan.identity)
    return plan, effects


def scenario_in(name: str, title: str, canonical: Mapping[str, Any], fixed: Sequence[str]) -> Scenario:
    """A scenario from plain values; fixed: numbers that it sets itself, be it to their usual values."""
    usual = {number: value(Parameters(), number) for number in fixed}
    scenario = Scenario.from_canonical({**canonical, "parameters": {**usual, **canonical["parameters"]}}, name)
    return scenario.with_values({"title": json.dumps(title, ensure_ascii=False)})


def provenance_of(folder: Path, command: str, names: Sequence[str]) -> dict[str, Any]:
    """The provenance of results of a command. Raises UserInputError where there are none, where they were made by
    another version, and where these files of theirs are damaged."""
    metadata = intact_provenance(folder, command, names)
    same_version(metadata, folder, False)
    return metadata


def intact_provenance(folder: Path, command: str, names: Sequence[str]) -> dict[str, Any]:
    """The same, whichever version made them."""
    try:
        metadata: dict[str, Any] = read_json(inside(folder, PROVENANCE))
        if (other := metadata["command"]) != command and isinstance(other, str):
            raise UserInputError(
                f"these are not the results of `supportnet {command}`", where=str(folder), found=f"those of {other}",
                expected=f"a folder as `supportnet {command}` wrote it", remedy="name another folder",
            )  # fmt: skip
        if not has_checksums(metadata) or not is_intact(metadata):
            raise ValueError(f"{PROVENANCE} of something else, or changed")
    except UNREADABLE as error:
        raise error if isinstance(error, UserInputError) else not_readable(folder, command, str(error)) from error
    refuse_damaged(folder, damaged_files(folder, metadata, names), command)
    return metadata


def refuse_other(folder: Path, metadata: Mapping[str, Any], identity: str) -> None:
    """Raises UserInputError where the plan that was read is not the one that was carried out."""
    if metadata["run_identity"] != identity:
        found = "a plan of something that is not kept with them, such as interviews, or a scenario of one's own"
        raise not_readable(folder, metadata["command"], found)


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
