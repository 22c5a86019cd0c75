"""Terminal tables of programmes predicted without any of their trials."""

from collections.abc import Sequence
from typing import TYPE_CHECKING

from supportnet.analysis.commands.table_layout import empty_table
from supportnet.analysis.wording.formatting import yes_or_no

if TYPE_CHECKING:
    import pandas as pd
    from rich.table import Table

    from supportnet.experiments.calibration.left_out import Criterion


def predictions_table(predictions: "pd.DataFrame") -> "Table":
    """One row a published effect."""
    numbers = ("published", "predicted", "90 % interval", "CRPS", "mean of others", "regression")
    shown = empty_table("\nProgrammes predicted without any of their trials", "programme, outcome, week", numbers)
    for row in predictions.to_dict("records"):
        name = f"{row['programme']}, {row['outcome']}, {row['week']}"
        ends = f"{row['lower90']:z.2f} to {row['upper90']:z.2f}"
        scores = (f"{row[name]:.3f}" for name in ("crps", "crps_class_mean", "crps_regression"))
        shown.add_row(name, f"{row['published']:z.2f}", f"{row['predicted']:z.2f}", ends, *scores)
    return shown


def criteria_table(criteria: "Sequence[Criterion]") -> "Table":
    """What counts as success, and what came of it."""
    columns = ("value", "95 % interval", "limit", "met")
    shown = empty_table("\nWhat counts as success (docs/left-out.md)", "criterion", columns)
    for one in criteria:
        ends = f"{one.lower:.2f} to {one.upper:.2f}" if one.lower is not None else "–"
        shown.add_row(one.says, f"{one.value:.3g}", ends, f"{one.limit:.3g}", yes_or_no(one.met))
    return shown
