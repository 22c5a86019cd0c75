"""Personal recovery and cost, one line each: what a reader sees first."""

import math
from collections.abc import Mapping, Sequence
from typing import Any

import pandas as pd

from supportnet.analysis.wording.formatting import coarser, difference_digits, interval, number
from supportnet.sim.outcomes import OUTCOMES

FIRST = {  # outcomes, how they are called, and of what a number of them is
    "qpr": ("Personal recovery (QPR)", "of 60", "points"),
    "cost": ("Cost", "a person and year", "a person and year"),
}
Row = Mapping[Any, Any]


def verdict(outcome: str, lower: float, upper: float) -> str:
    """What the 95 % interval of a difference shows: better or worse; for cost, and if neither direction is better,
    higher or lower; empty if it contains 0, or there is none."""
    if not (lower > 0.0 or upper < 0.0):
        return ""
    higher, better = lower > 0.0, OUTCOMES[outcome].better
    if outcome == "cost" or not better:
        return "higher" if higher else "lower"
    return "better" if higher == (better == "higher") else "worse"


def level_lines(summary: pd.DataFrame) -> list[str]:
    """Means of both, with their intervals."""
    lines = []
    for outcome, (label, unit, _) in FIRST.items():
        (row,) = summary.loc[[outcome]].to_dict("records")
        ends = row["lower"], row["upper"]
        digits = coarser(row["mcse"], *ends)
        sure = f" ({interval(*ends, digits)})" if math.isfinite(ends[0]) else ""
        lines.append(f"{label}: {number(row['mean'], digits)} {unit}{sure}.")
    return lines


def difference_lines(rows: Sequence[Row], baseline: str) -> list[str]:
    """Differences from the baseline in both, with their intervals."""
    of = {row["outcome"]: row for row in rows}
    return [f"{label}: {in_words(of[outcome], unit, baseline)}." for outcome, (label, _, unit) in FIRST.items()]


def in_words(row: Row, unit: str, baseline: str) -> str:
    """A difference: better by 1.2 points (0.4 to 2.1)."""
    value, lower, upper = row["difference"], row["lower"], row["upper"]
    digits = difference_digits(row["outcome"], row["mcse"], lower, upper)
    if not math.isfinite(value):
        return f"not known, here or in {baseline}"
    if not math.isfinite(lower):
        return f"{number(value, digits)} {unit} from {baseline}, without an interval"
    if not (word := verdict(row["outcome"], lower, upper)):
        return f"not distinguishable from {baseline}: {number(value, digits)} {unit} ({interval(lower, upper, digits)})"
    near, far = sorted((abs(lower), abs(upper)))
    return f"{word} by {number(abs(value), digits)} {unit} ({interval(near, far, digits)})"
