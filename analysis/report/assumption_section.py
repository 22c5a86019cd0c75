"""What we put in: each assumption with the conclusion that is left when it is changed."""

from typing import Any

import pandas as pd

from supportnet.analysis.report.parts import ReportTable, estimate_cells
from supportnet.analysis.report.summary import direction
from supportnet.experiments.comparison.assumptions import AS_SET, OUTCOME
from supportnet.sim.scenario.scenario import Scenario

STANDS, OPEN_STILL = "stands", "unclear, as before"


def robustness_verdict(before: str, now: str) -> str:
    """Whether a conclusion ("higher", "lower", or empty if uncertain) is unchanged."""
    if before == now:
        return STANDS if now else OPEN_STILL
    if not now:
        return "no longer clear"
    return f"reverses: {now}" if before else f"becomes clear: {now}"


def judged(rows: pd.DataFrame) -> list[dict[Any, Any]]:
    """The rows of `without_each`, each held against the row in which everything is as it is set: verdict, and size (of
    the difference there; empty if uncertain)."""
    found = rows.to_dict("records")
    as_set = {row["scenario"]: row for row in found if row["about"] == AS_SET}
    for row in found:
        first = as_set[row["scenario"]]
        before = direction(first["lower"], first["upper"])
        now = direction(row["lower"], row["upper"])
        row["verdict"] = (now or "unclear") if row is first else robustness_verdict(before, now)
        row["size"] = f"{row['difference'] / first['difference']:.0%}" if before else "–"
    return found


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
                row["verdict"],
            ]
            for row in own
        ]
        caption = f"{scenario.title}: difference in personal recovery under other assumptions ({replicates})"
        shown.append(ReportTable(caption, columns, cells, frozenset({1, 6})))
    return shown


def robustness_sentence(rows: list[dict[Any, Any]], scenario: Scenario) -> str:
    """The number of changes that leave the conclusion as it is; or that there is no clear conclusion."""
    own = [row for row in rows if row["scenario"] == scenario.name]
    changed = [row for row in own if row["about"] != AS_SET]
    others = [row for row in changed if row["verdict"] not in (STANDS, OPEN_STILL)]
    named = "; ".join(f"“{row['about']}” → {row['changed']}" for row in others)
    if not any(row["about"] == AS_SET and direction(row["lower"], row["upper"]) for row in own):
        clear = f" One becomes clear under: {named}." if others else ""
        return (
            f"With this number of replicates there is no clear conclusion about {scenario.title} to test under other "
            f"assumptions.{clear}"
        )
    rest = f" It changes under: {named}." if others else ""
    same = len(changed) - len(others)
    return f"The conclusion about {scenario.title} is the same under {same} of {len(changed)} changes.{rest}"
