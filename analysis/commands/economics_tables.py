"""Tables of `supportnet economics --full`."""

import math
from typing import TYPE_CHECKING

from supportnet.analysis.commands.table_layout import empty_table
from supportnet.analysis.wording.formatting import cost_ratio, given, with_remark

if TYPE_CHECKING:
    from rich.table import Table

    from supportnet.analysis.economics import Economics


def prices_table(found: "Economics") -> "Table":
    """Over each price, which strategy has the highest expected net benefit; where the expected price lies is marked."""
    head = f"\nBest choice by price, all others as expected, at {given(found.threshold)}"
    table = empty_table(head, "price", ("its range", "up to ± mcse"), "highest expected net benefit")
    for row in found.best_by_price.to_dict("records"):
        first, last = row["from"] == 0.0, math.isnan(row["to"])
        table.add_row(
            row["item"] if first else "",
            f"{given(row['low'])} to {given(row['high'])}" if first else "",
            ("any" if first else "above") if last else cost_ratio(row["to"], row["to_mcse"]),
            with_remark(row["scenario"], found.remarks[row["scenario"]]) + " *" * row["expected"],
        )
    return table


def prices_note(found: "Economics") -> str:
    """Whether the choice depends on a price within its range."""
    rows = found.best_by_price
    choices = rows[rows["within"]].groupby("item", sort=False).size()
    several = list(choices.index[choices > 1])
    changing = ", ".join(several) or "none"
    return f"* at the expected price. Prices that change the best choice within their range: {changing}."
