"""Tables of `supportnet economics --full`."""

import math
from collections import defaultdict
from typing import TYPE_CHECKING

from supportnet.analysis.commands.table_layout import empty_table
from supportnet.analysis.wording.formatting import coarser, cost_ratio, given, interval, number, with_remark
from supportnet.experiments.economics.years import YEAR

if TYPE_CHECKING:
    from rich.table import Table

    from supportnet.analysis.economics import Economics


def prices_table(found: "Economics") -> "Table":
    """Over each price, which strategy has the highest expected net benefit; where the expected price lies is marked."""
    head = f"\nBest choice by price, all others as expected, at {given(found.threshold)}"
    table = empty_table(head, "price", ("its range", "up to ± mcse"), "highest expected net benefit")
    for row in found.best_by_price.to_dict("records"):
        table.add_row(
            row["item"],
            f"{given(row['low'])} to {given(row['high'])}" if row["from"] == 0.0 else "",
            "no limit" if math.isnan(row["to"]) else cost_ratio(row["to"], row["to_mcse"]),
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


def budget_table(found: "Economics") -> "Table":
    """Spending, and costs of crises and admissions, in each year less the baseline's; for the population if given."""
    people = found.scope.population
    whom = "per person" if people is None else f"for {people:,} people"
    head = f"\nBudget impact: {found.money} {whom} in each year, less that of {found.samples.names[0]}"
    parts = {"posts, contacts,\nsessions": "spending", "crises,\nadmissions": "crises_and_admissions", "all": "total"}
    table = empty_table(head, "strategy", ("year", *(column for part in parts for column in (part, "95 %\ninterval"))))
    of_year = defaultdict[tuple[str, int, int], dict[str, dict[str, float]]](dict)
    for row in found.budget_impact.to_dict("records"):
        numbers = {name: (people or 1) * row[name] for name in ("difference", "mcse", "lower", "upper")}
        of_year[row["scenario"], row["year"], row["weeks"]][row["part"]] = numbers
    for (name, year, weeks), own in of_year.items():
        cells = [str(year) if weeks == YEAR else f"{year} ({weeks} weeks)"]
        for part in parts.values():
            value, mcse, low, high = own[part].values()
            error = coarser(mcse, low, high)
            cells += [number(value, error), interval(low, high, error)]
        table.add_row(with_remark(name, found.remarks[name]), *cells)
    return table
