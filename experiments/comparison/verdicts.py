"""What a difference shows: better, worse, no difference that matters, or not known; and how large it is."""

import math
from collections.abc import Mapping
from functools import cache
from importlib.resources import files

import pandas as pd

from supportnet.sim.errors import UserInputError, nearest
from supportnet.sim.outcomes import OUTCOMES

SMALLEST = "smallest_differences.csv"
BETTER, WORSE, HIGHER, LOWER = "better", "worse", "higher", "lower"
NONE, UNKNOWN = "no difference that matters", "not known"


def verdict(outcome: str, lower: float, upper: float, smallest: float = math.nan) -> str:
    """What the 95 % interval of a difference shows.

    Where it does not hold 0: better or worse; higher or lower for cost, and for outcomes of which neither is better.
    Where it does: no difference that matters if every difference in it is less than the smallest that matters (NaN:
    not known), or nothing varies; otherwise not known.
    """
    if lower > 0.0 or upper < 0.0:
        better = OUTCOMES[outcome].better
        if outcome == "cost" or not better:
            return HIGHER if lower > 0.0 else LOWER
        return BETTER if (lower > 0.0) == (better == HIGHER) else WORSE
    return NONE if max(-lower, upper) < smallest or lower == upper == 0.0 else UNKNOWN


def how_large(difference: float, smallest: float) -> str:
    """How large a difference is beside the smallest that matters, as an adverb; empty where that is not known."""
    if not smallest > 0.0:
        return ""
    share = abs(difference) / smallest
    return "very slightly" if share < 0.1 else "slightly" if share < 1.0 else "clearly" if share < 2.0 else "much"


@cache
def usual_smallest_differences() -> dict[str, float]:
    """The smallest difference that matters, by outcome; of some outcomes none is known."""
    with files("supportnet.experiments").joinpath("evidence", SMALLEST).open(encoding="utf-8") as file:
        table = pd.read_csv(file)
    return dict(zip(table["outcome"], table["smallest"], strict=True))


def smallest_differences(asked: Mapping[str, float] | None = None) -> dict[str, float]:
    """The same with those that are asked for. Raises UserInputError for a name that is no outcome, and for anything but
    a number above 0."""
    for name, value in (asked or {}).items():
        if name not in OUTCOMES:
            raise UserInputError(
                "must be the name of an outcome", argument="smallest", found=name,
                remedy=nearest(name, OUTCOMES, "`supportnet list outcomes`"),
            )  # fmt: skip
        if not (isinstance(value, int | float) and 0.0 < value < math.inf):
            raise UserInputError(
                f"must be a number above 0: the smallest difference in {name} that matters", argument="smallest",
                found=value, expected=f"{OUTCOMES[name].unit}, for example {usual_smallest_differences().get(name, 1)}",
                remedy="leave it out for the usual one",
            )  # fmt: skip
    return usual_smallest_differences() | dict(asked or {})
