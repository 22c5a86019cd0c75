"""Personal recovery and cost in a line each."""

import math

import pandas as pd
import pytest

from supportnet.analysis.wording.verdicts import difference_lines, level_lines, verdict

NONE = math.nan


@pytest.mark.parametrize(
    ("outcome", "lower", "upper", "word"),
    [
        ("qpr", 0.4, 2.1, "better"), ("qpr", -2.1, -0.4, "worse"), ("qpr", -0.4, 2.1, ""), ("qpr", 0.0, 2.1, ""),
        ("qpr", 0.0, 0.0, ""), ("qpr", NONE, NONE, ""), ("loneliness", 0.1, 0.2, "worse"),
        ("loneliness", -0.2, -0.1, "better"), ("cost", 250.0, 380.0, "higher"), ("cost", -380.0, -250.0, "lower"),
        ("network_size", 0.1, 0.2, "higher"),
    ],
)  # fmt: skip
def test_a_verdict__is_that_of_the_interval(outcome: str, lower: float, upper: float, word: str) -> None:
    assert verdict(outcome, lower, upper) == word


def row(outcome: str, difference: float, lower: float, upper: float) -> dict[str, object]:
    return {"outcome": outcome, "difference": difference, "mcse": 0.1, "lower": lower, "upper": upper}


@pytest.mark.parametrize(
    ("recovery", "cost", "said"),
    [
        ((1.2, 0.4, 2.1), (310.0, 250.0, 380.0),
         ["Personal recovery (QPR): better by 1.20 points (0.40 to 2.10).",
          "Cost: higher by 310 a person and year (250 to 380)."]),
        ((-1.2, -2.1, -0.4), (-310.0, -380.0, -250.0),
         ["Personal recovery (QPR): worse by 1.20 points (0.40 to 2.10).",
          "Cost: lower by 310 a person and year (250 to 380)."]),
        ((0.1, -0.4, 0.6), (0.0, 0.0, 0.0),
         ["Personal recovery (QPR): not distinguishable from today: 0.10 points (-0.40 to 0.60).",
          "Cost: not distinguishable from today: 0.00 a person and year (0.00 to 0.00)."]),
        ((0.1, NONE, NONE), (NONE, NONE, NONE),
         ["Personal recovery (QPR): 0.10 points from today, without an interval.",
          "Cost: not known, here or in today."]),
    ],
)  # fmt: skip
def test_two_lines__say_by_how_much(
    recovery: tuple[float, float, float], cost: tuple[float, float, float], said: list[str]
) -> None:
    assert difference_lines([row("cost", *cost), row("qpr", *recovery)], "today") == said


def test_two_lines_of_a_run__are_its_means() -> None:
    columns = ["mean", "mcse", "lower", "upper"]
    rows = [(7420.0, 90.0, 7100.0, 7700.0), (39.8, 0.3, 39.1, 40.5)]
    table = pd.DataFrame(rows, index=["cost", "qpr"], columns=columns)
    assert level_lines(table) == [
        "Personal recovery (QPR): 39.80 of 60 (39.10 to 40.50).",
        "Cost: 7,420 a person and year (7,100 to 7,700).",
    ]
    alone = table.assign(mcse=NONE, lower=NONE, upper=NONE)
    assert level_lines(alone)[0] == "Personal recovery (QPR): 39.80 of 60."
