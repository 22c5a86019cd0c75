"""Personal recovery and cost in a line each."""

import math

import pandas as pd
import pytest
from rich.table import Table

from supportnet.analysis.commands.economics import strategies_table
from supportnet.analysis.commands.terminal_tables import differences_table, several_table
from supportnet.analysis.results.comparison import Comparison
from supportnet.analysis.results.economics import economics
from supportnet.analysis.wording.formatting import coarser, difference_digits, interval, number
from supportnet.analysis.wording.verdicts import difference_lines, level_lines, verdict
from tests.ensembles import compare
from tests.small import small

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


@pytest.mark.parametrize(
    ("value", "lower", "upper", "said"),
    [
        (0.0783, 0.0643, 0.0923, "0.08 (0.06 to 0.09)"), (-0.0038, -0.0137, 0.0061, "0.00 (-0.01 to 0.01)"),
        (12.34, 4.1, 20.7, "12.3 (4.1 to 20.7)"), (0.1124, 0.1124, 0.1124, "0.11 (0.11 to 0.11)"),
        (0.012, 0.002, 0.022, "0.0120 (0.0020 to 0.0220)"), (0.1, 0.0981, 0.1019, "0.1000 (0.0981 to 0.1019)"),
        (0.0312, NONE, NONE, "0.03 (–)"),
    ],
)  # fmt: skip
def test_differences_in_qpr__have_two_decimals_where_the_interval_allows(
    value: float, lower: float, upper: float, said: str
) -> None:
    digits = difference_digits("qpr", 0.004, lower, upper)
    assert f"{number(value, digits)} ({interval(lower, upper, digits)})" == said
    assert difference_digits("loneliness", 0.004, lower, upper) == coarser(0.004, lower, upper), "of QPR only"


def test_every_table__shows_differences_in_qpr_with_two_decimals() -> None:
    found = Comparison.of(compare(small(), small("open-boundaries"), small("befriending"), replicates=6))
    (row,) = found.differences[found.differences["outcome"] == "qpr"].to_dict("records")[:1]
    digits = difference_digits("qpr", row["mcse"], row["lower"], row["upper"])
    assert digits > coarser(row["mcse"], row["lower"], row["upper"]), "more decimals without the rule"
    shown = number(row["difference"], digits)
    own = found.differences[found.differences["scenario"] == "open-boundaries"]
    two_lines = difference_lines(own.to_dict("records"), "today")
    worth = economics(found)
    assert f" {shown.removeprefix('-')} points" in two_lines[0]
    assert cells(several_table(found, ["qpr"]), 1) == [f"{shown} ({interval(row['lower'], row['upper'], digits)})"]
    assert cells(differences_table(found, "open-boundaries", "Open", ["qpr"]), 1) == [shown]
    assert found.headline().loc["qpr, open-boundaries", "difference"] == shown
    assert worth.headline().loc["open-boundaries", "effect added (95 %)"].startswith(f"{shown} (")
    assert shown in cells(strategies_table(worth), 5)


def cells(table: Table, column: int) -> list[str]:
    return [str(cell) for cell in table.columns[column].cells]


def test_units__are_a_person_and_year_for_people_and_as_they_were_in_files() -> None:
    found = Comparison.of(compare(small(), small("befriending"), replicates=2))
    assert cells(differences_table(found, "befriending", "Befriending", ["relapses"]), 5) == ["per person and year"]
    assert "per person and year" in set(found.headline()["unit"])
    assert set(found.differences.set_index("outcome").loc[["relapses"], "unit"]) == {"per patient-year"}


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
