"""The files of simulated trials."""

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pandas as pd

from supportnet.analysis.files.result_folder import PROVENANCE
from supportnet.analysis.files.writing import write_csv, write_json
from supportnet.analysis.wording.caveats import few_replicates
from supportnet.analysis.wording.formatting import in_a_foot
from supportnet.experiments.ensemble.estimates import Which
from supportnet.experiments.trials.design import Design, departures, described, frozen
from supportnet.sim.model_identity import run_hash
from supportnet.sim.provenance import commit, machine, versions

FROZEN = "Designs as they were frozen ({})."


def trial_request(designs: Sequence[Design], seed: int, replicates: int, posterior: str) -> dict[str, Any]:
    """Everything that trials depend on, as plain values; posterior: identity of the draws, if there are some."""
    return {
        "command": "trial", "code": run_hash(), "seed": seed, "replicates": replicates, "posterior": posterior,
        "designs": [{**described(one), "area": one.area.canonical()} for one in designs],
        "parameters": {one.scenario.name: one.scenario.every_number for one in designs},
    }  # fmt: skip


def with_hash(rows: pd.DataFrame, designs: Sequence[Design]) -> pd.DataFrame:
    """The same rows with the hash of designs and doses as they were written down (frozen), and what of a trial is not
    so (changed; nothing where all is)."""
    if rows.empty:
        return rows
    changed = {one.programme: "; ".join(departures(one)) for one in designs}
    return rows.assign(frozen=frozen(), changed=rows["programme"].map(changed))


def as_frozen(designs: Sequence[Design]) -> str:
    """That trials are as they were written down, where all are."""
    return "" if any(map(departures, designs)) else f" {FROZEN.format(frozen())}"


def trial_cautions(rows: pd.DataFrame, designs: Sequence[Design], n: int, draws: Which | None) -> list[str]:
    """All that has to be said beside trials."""
    said = [
        f"{one.programme} was not tried as written down: {'; '.join(changed)}"
        for one in designs
        if (changed := departures(one))
    ]
    entered = rows.groupby("programme")["entered"].first()
    said += [
        f"{one.programme}: {entered[one.programme]:.1f} people entered on average, of {one.places} places, for no more "
        "met the criterion within half a year"
        for one in designs
        if entered[one.programme] < one.places
    ]
    return said + few_replicates(n, draws)


def write_trials(rows: pd.DataFrame, beside: pd.DataFrame, told: dict[str, Any], folder: Path) -> list[str]:
    """Writes effects.csv, published.csv, the figure and where they come from; the names of the files."""
    from supportnet.analysis.figures.forest import forest_figure  # slow to load

    write_csv(rows, folder / "effects.csv")
    write_csv(beside, folder / "published.csv")
    kept = "" if rows["changed"].any() else f" {FROZEN.format(frozen())}"
    foot = f"Lines: {told['interval']}.{kept}{in_a_foot(told['cautions'])}"
    forest_figure(rows, beside, foot, folder / "figure.png", folder / "figure.svg")
    changed = {str(name): one for name, one in rows.groupby("programme")["changed"].first().items() if one}
    made = {"frozen": frozen(), "as_frozen": not changed, "changed": changed}
    write_json({**told, **made, "versions": versions(), "commit": commit(), "machine": machine()}, folder / PROVENANCE)
    return sorted(path.name for path in folder.iterdir())
