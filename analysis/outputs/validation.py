"""The files of a validation."""

from collections.abc import Sequence
from pathlib import Path

import pandas as pd

from supportnet.analysis.files.result_folder import PROVENANCE
from supportnet.analysis.files.writing import write_csv, write_json
from supportnet.analysis.validation import ValidationPlan
from supportnet.sim.provenance import commit, machine, versions


def write_validation(
    rows: pd.DataFrame, plan: ValidationPlan, interval: str, cautions: Sequence[str], folder: Path
) -> list[str]:
    """Writes patterns.csv, the figure and where they come from; the names of the files."""
    from supportnet.analysis.figures.style import save_figure
    from supportnet.analysis.figures.validation import validation_figure  # slow to load

    write_csv(rows, folder / "patterns.csv")
    save_figure(validation_figure(rows, interval), folder)
    metadata = {"run_identity": plan.identity, **plan.request, "interval": interval, "cautions": cautions}
    made = {"versions": versions(), "commit": commit(), "machine": machine()}
    write_json({**metadata, **made}, folder / PROVENANCE)
    return sorted(path.name for path in folder.iterdir())
