"""The files of simulated trials."""

from pathlib import Path
from typing import Any

import pandas as pd

from analysis.folder import PROVENANCE
from analysis.writing import write_csv, write_json
from experiments.trials.design import Design, described, frozen, hash_now
from sim.compiled import model_hash
from sim.provenance import commit, machine, versions


def write_trials(
    designs: list[Design], rows: pd.DataFrame, beside: pd.DataFrame, about: dict[str, Any], folder: Path
) -> list[str]:
    """Writes effects.csv, published.csv, the figure and where they come from; the names of the files."""
    from analysis.figures.forest_figure import forest_figure  # slow to load

    write_csv(rows, folder / "effects.csv")
    write_csv(beside, folder / "published.csv")
    forest_figure(rows, beside, about["interval"], folder / "figure.png", folder / "figure.svg")
    told = {"command": "trial", "code": model_hash(), **about, "designs": [described(one) for one in designs]}
    made = {"frozen": frozen(), "as_frozen": frozen() == hash_now()}
    write_json({**told, **made, "versions": versions(), "commit": commit(), "machine": machine()}, folder / PROVENANCE)
    return sorted(path.name for path in folder.iterdir())
