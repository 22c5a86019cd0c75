"""Which patterns tell the model from rival explanations: what three validations found, side by side.

supportnet validate --replicates 40 --out results/worlds/model
supportnet validate --replicates 40 --posterior …/posterior.parquet --out results/worlds/no_social_effect
python -m supportnet.analysis.rival_evidence results/worlds        (writes experiments/evidence/rivals.csv)
"""

from collections.abc import Mapping
from importlib.resources import files
from pathlib import Path

import pandas as pd
import typer

from supportnet.analysis.files.writing import read_csv, write_csv
from supportnet.experiments.calibration.alternative_models import Rival, rivals

MODEL = "model"
SHIPPED = "rivals.csv"
SAME = ["pattern", "name", "use", "preset", "what", "unit", "accept_lower", "accept_upper"]
SEEN = ["value", "lower", "upper", "in_range"]


def compare_with_rivals(worlds: Mapping[str, pd.DataFrame]) -> pd.DataFrame:
    """One row a pattern: what it is, its range, and for each model value, lower, upper, in_range (`model_value`, …).

    worlds: tables of patterns as `supportnet validate` writes them, by name. Patterns that only check the code, or are
    not computed, are left out.
    """
    columns = []
    for name, table in worlds.items():
        kept = table[(table["use"] != "verify") & table["preset"].notna()].set_index(SAME)[SEEN]
        columns.append(kept.add_prefix(f"{name}_"))
    return pd.concat(columns, axis=1).reset_index()


def telling(table: pd.DataFrame, rival: str) -> pd.DataFrame:
    """Patterns that tell the model from a rival: in range in one of the two and not in the other, and the intervals of
    the two apart."""
    differ = table[f"{MODEL}_in_range"].astype(bool) != table[f"{rival}_in_range"].astype(bool)
    above = table[f"{MODEL}_lower"] > table[f"{rival}_upper"]
    below = table[f"{MODEL}_upper"] < table[f"{rival}_lower"]
    return table[differ & (above | below)]


def rivals_in(table: pd.DataFrame) -> dict[str, Rival]:
    """The rivals that were fitted for this table, by name."""
    return {name: one for name, one in rivals().items() if f"{name}_value" in table}


def shipped_rivals() -> pd.DataFrame:
    """The shipped table."""
    return read_csv(Path(str(files("supportnet.experiments").joinpath("evidence", SHIPPED))))


def write_rivals(folder: Path) -> None:
    """Put the validations of the model and its rivals side by side."""
    worlds = {name: read_csv(folder / name / "patterns.csv") for name in (MODEL, *rivals())}
    write_csv(compare_with_rivals(worlds), Path(str(files("supportnet.experiments").joinpath("evidence", SHIPPED))))


if __name__ == "__main__":
    typer.run(write_rivals)
