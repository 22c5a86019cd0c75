"""The files of an analysis of costs and effects."""

import os
from pathlib import Path
from typing import Any

from supportnet.analysis.economics import Economics
from supportnet.analysis.files.result_folder import PROVENANCE, default_folder
from supportnet.analysis.files.writing import write_csv, write_json
from supportnet.sim.errors import UserInputError
from supportnet.sim.provenance import commit, machine, versions

COMPARED = ("names", "scenarios", "seed", "replicates", "independent", "posterior", "versions", "commit")


def request(found: Economics) -> dict[str, Any]:
    """Everything that the results depend on, as plain values."""
    return {
        "command": "economics",
        "comparison": found.finished.metadata["run_identity"],
        "effect": found.effect,
        "costs": found.costs.model_dump(),
        "threshold": found.threshold,
        "seed": found.seed,
        "numbers": [] if found.numbers is None else list(found.numbers),
        **found.scope.asked,
    }


def folder_for(found: Economics, asked: Path | None) -> Path:
    """Where the files go. Raises UserInputError for the folder of the comparison itself, whose files they would
    replace."""
    if asked is None:
        return default_folder(found.samples.names, request(found))
    if os.path.realpath(asked) == os.path.realpath(found.finished.folder):
        raise UserInputError(
            "it contains the comparison, which would be replaced", where="out", found=str(asked),
            expected="another folder", remedy=f"choose for example {asked / 'economics'}",
        )  # fmt: skip
    return asked


def write_economics(found: Economics, folder: Path) -> list[str]:
    """Writes everything about costs and effects; the names of the files."""
    from supportnet.analysis.figures.economics import economics_figure  # slow to load
    from supportnet.analysis.figures.style import save_figure

    write_csv(found.strategies, folder / "strategies.csv")
    write_csv(found.acceptability, folder / "acceptability.csv")
    write_csv(found.information, folder / "information.csv")
    write_csv(found.best_by_price, folder / "prices.csv")
    write_csv(found.budget_impact, folder / "budget_impact.csv")
    save_figure(economics_figure(found), folder)
    metadata = {**request(found), "cautions": found.cautions, "interval": found.interval}
    compared = {name: found.finished.metadata.get(name) for name in COMPARED}
    made = {"versions": versions(), "commit": commit(), "machine": machine()}
    write_json({**metadata, "compared": compared, **made}, folder / PROVENANCE)
    return sorted(path.name for path in folder.iterdir())
