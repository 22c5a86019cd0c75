"""The files of a validation."""

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pandas as pd

from supportnet.analysis.files.result_folder import PROVENANCE, identity_of
from supportnet.analysis.files.writing import write_csv, write_json
from supportnet.sim.model_identity import run_hash
from supportnet.sim.provenance import commit, machine, versions


def validation_request(seed: int, replicates: int, posterior: str) -> dict[str, Any]:
    """Everything that a validation depends on, as plain values; posterior: identity of the draws, if there are some."""
    return {"command": "validate", "code": run_hash(), "seed": seed, "replicates": replicates, "posterior": posterior}


def write_validation(
    rows: pd.DataFrame, request: dict[str, Any], interval: str, cautions: Sequence[str], folder: Path
) -> list[str]:
    """Writes patterns.csv, the figure and where they come from; the names of the files."""
    from supportnet.analysis.figures.validation import validation_figure  # slow to load

    write_csv(rows, folder / "patterns.csv")
    validation_figure(rows, interval, folder / "figure.png", folder / "figure.svg")
    told = {"run_identity": identity_of(request), **request, "interval": interval, "cautions": cautions}
    made = {"versions": versions(), "commit": commit(), "machine": machine()}
    write_json({**told, **made}, folder / PROVENANCE)
    return sorted(path.name for path in folder.iterdir())
