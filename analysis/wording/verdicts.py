"""Personal recovery and cost, one line each: what a reader sees first."""

import math
from collections.abc import Mapping, Sequence
from typing import Any

import pandas as pd

from supportnet.analysis.wording.formatting import coarser, difference_digits, given, interval, number
from supportnet.experiments.comparison.verdicts import BETTER, HIGHER, LOWER, NONE, UNKNOWN, WORSE, how_large

FIRST = {  # outcomes, how they are called, and of what a number of them is
    "qpr": ("Personal recovery (QPR)", "of 60", "points"),
    "cost": ("Cost", "a person and year", "a person and year"),
}
Row = Mapping[Any, Any]


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


def difference_lines(rows: Sequence[Row], baseline: str, versions: bool = False) -> list[str]:
    """Differences from the baseline in both, with their intervals; versions: whether intervals are over draws."""
    of = {row["outcome"]: row for row in rows}
    return [
        f"{label}: {in_words(of[outcome], unit, baseline, versions)}." for outcome, (label, _, unit) in FIRST.items()
    ]


def in_words(row: Row, unit: str, baseline: str, versions: bool = False) -> str:
    """A difference: slightly better, by 1.2 points (0.4 to 2.1; better in 99 of 100 versions of the model)."""
    value, lower, upper = row["difference"], row["lower"], row["upper"]
    digits = difference_digits(row["outcome"], row["mcse"], lower, upper)
    if not math.isfinite(value):
        return f"not known, here or in {baseline}"
    if not math.isfinite(lower):
        return f"{number(value, digits)} {unit} from {baseline}, without an interval"
    shown, ends = f"{number(value, digits)} {unit}", interval(lower, upper, digits)
    sure = f"; {in_versions(row)}" if versions and in_versions(row) else ""
    found = row["verdict"]
    if found == NONE:
        less = f", and less than {given(row['smallest'])} in any case" if row["smallest"] > 0.0 else ""
        return f"{NONE} from {baseline}: {shown} ({ends}{sure}){less}"
    if found == UNKNOWN:
        return f"{UNKNOWN} whether {' or '.join(directions(row))} than {baseline}: {shown} ({ends}{sure})"
    near, far = sorted((abs(lower), abs(upper)))
    how = f"{how_large(value, row['smallest'])} {found}".strip()
    return f"{how}, by {number(abs(value), digits)} {unit} ({interval(near, far, digits)}{sure})"


def in_versions(row: Row) -> str:
    """In how many of 100 versions of the model a difference goes the way that it goes in most; empty where neither is
    better."""
    better = row["probability_better"]
    if not math.isfinite(better):
        return ""
    first, other = directions(row)
    word, share = (first, better) if better >= 0.5 else (other, 1.0 - better)
    count = round(100.0 * share)
    return f"{word} in {'more than 99' if count > 99 else count} of 100 versions of the model"


def directions(row: Row) -> tuple[str, str]:
    """The better direction and the other one, as they are called."""
    if row["outcome"] == "cost":
        return LOWER, HIGHER
    return (BETTER, WORSE) if math.isfinite(row["probability_better"]) else (HIGHER, LOWER)
