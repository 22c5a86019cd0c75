"""What we put in: each assumption with the conclusion that is left when it is changed."""

from typing import Any

import pandas as pd

from supportnet.analysis.report.parts import ReportTable, estimate_cells
from supportnet.experiments.comparison.assumptions import AS_SET, OUTCOME
from supportnet.experiments.comparison.verdicts import BETTER, WORSE, usual_smallest_differences, verdict
from supportnet.sim.scenario.scenario import Scenario

STANDS = "stands"
CLEAR = (BETTER, WORSE)  # verdicts that are conclusions


def robustness_verdict(before: str, now: str) -> str:
    """Whether a verdict stands where an assumption is changed."""
    return STANDS if before == now else f"now {now}"


def judged(rows: pd.DataFrame) -> list[dict[Any, Any]]:
    """The rows of `without_each` with found (the verdict of `compare`), conclusion (beside the row in which everything
    is as it is set), and size (of the difference there; empty where that is no conclusion)."""
    smallest, rows_found = usual_smallest_differences()[OUTCOME], rows.to_dict("records")
    for row in rows_found:
        row["found"] = verdict(OUTCOME, row["lower"], row["upper"], smallest)
    as_set = {row["scenario"]: row for row in rows_found if row["about"] == AS_SET}
    for row in rows_found:
        first = as_set[row["scenario"]]
        row["conclusion"] = row["found"] if row is first else robustness_verdict(first["found"], row["found"])
        row["size"] = f"{row['difference'] / first['difference']:.0%}" if first["found"] in CLEAR else "–"
    return rows_found


def assumption_tables(rows: list[dict[Any, Any]], scenarios: list[Scenario], replicates: str) -> list[ReportTable]:
    """One table a scenario: what we put in, what we put in instead, and what is left of the difference."""
    columns = (
        "assumption",
        "changed to",
        "difference, QPR points",
        "± mcse",
        "95 % interval",
        "relative size",
        "conclusion",
    )
    shown = []
    for scenario in scenarios[1:]:
        own = [row for row in rows if row["scenario"] == scenario.name]
        cells = [
            [
                row["about"],
                row["changed"],
                *estimate_cells(row, "difference", difference_in=OUTCOME),
                row["size"],
                row["conclusion"],
            ]
            for row in own
        ]
        caption = f"{scenario.title}: difference in personal recovery under other assumptions ({replicates})"
        shown.append(ReportTable(caption, columns, cells, frozenset({1, 6})))
    return shown


def robustness_sentence(rows: list[dict[Any, Any]], scenario: Scenario) -> str:
    """The number of changes that leave the verdict as it is, and those that do not."""
    (first, *changed) = [row for row in rows if row["scenario"] == scenario.name]
    others = [row for row in changed if row["conclusion"] != STANDS]
    named = "; ".join(f"“{row['about']}” → {row['changed']} ({row['found']})" for row in others)
    rest = f" It is another under: {named}." if others else ""
    same = len(changed) - len(others)
    return f"{scenario.title}: {first['found']}, under {same} of {len(changed)} changes too.{rest}"
