"""The files of a validation."""

from pathlib import Path

import pandas as pd

from analysis.folder import PROVENANCE
from analysis.writing import write_csv, write_json
from sim.compiled import model_hash
from sim.provenance import commit, machine, versions


def write_validation(
    rows: pd.DataFrame, interval: str, seed: int, replicates: int, posterior: str, folder: Path
) -> list[str]:
    """Writes patterns.csv, the figure and where they come from; the names of the files."""
    from analysis.figures.validation_figure import validation_figure  # slow to load

    write_csv(rows, folder / "patterns.csv")
    validation_figure(rows, interval, folder / "figure.png", folder / "figure.svg")
    told = {"command": "validate", "code": model_hash(), "seed": seed, "replicates": replicates, "posterior": posterior}
    made = {"versions": versions(), "commit": commit(), "machine": machine()}
    write_json({**told, "interval": interval, **made}, folder / PROVENANCE)
    return sorted(path.name for path in folder.iterdir())
