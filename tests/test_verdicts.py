"""Personal recovery and cost in a line each."""

import math
from importlib.resources import files

import numpy as np
import pandas as pd
import pytest
from rich.table import Table

import supportnet as sn
from supportnet.analysis.commands.economics import strategies_table
from supportnet.analysis.commands.terminal_tables import differences_table, several_table
from supportnet.analysis.results.comparison import Comparison
from supportnet.analysis.results.economics import economics
from supportnet.analysis.wording.formatting import coarser, difference_digits, interval, number
from supportnet.analysis.wording.verdicts import difference_lines, level_lines
from supportnet.experiments.comparison.verdicts import (
    BETTER,
    HIGHER,
    LOWER,
    NONE,
    SMALLEST,
    UNKNOWN,
    WORSE,
    how_large,
    verdict,
)
from tests.command_line import Supportnet
from tests.ensembles import compare
from tests.small import small

MISSING = math.nan


@pytest.mark.parametrize(
    ("outcome", "lower", "upper", "word"),
    [
        ("qpr", 0.4, 2.1, BETTER), ("qpr", -2.1, -0.4, WORSE), ("qpr", 4.1, 5.0, BETTER), ("qpr", -0.4, 2.1, NONE),
        ("qpr", -0.4, 4.1, UNKNOWN), ("qpr", -4.0, 1.0, UNKNOWN), ("qpr", 0.0, 2.1, NONE), ("qpr", 0.0, 0.0, NONE),
        ("qpr", MISSING, MISSING, UNKNOWN), ("loneliness", 0.1, 0.2, WORSE), ("loneliness", -0.2, -0.1, BETTER),
        ("cost", 250.0, 380.0, HIGHER), ("cost", -380.0, -250.0, LOWER), ("cost", -1.0, 1.0, UNKNOWN),
        ("cost", 0.0, 0.0, NONE), ("network_size", 0.1, 0.2, HIGHER),
    ],
)  # fmt: skip
def test_a_verdict__is_that_of_the_interval(outcome: str, lower: float, upper: float, word: str) -> None:
    assert verdict(outcome, lower, upper, {"qpr": 4.0}.get(outcome, MISSING)) == word


@pytest.mark.parametrize(
    ("difference", "word"), [(0.3, "very slightly"), (-1.0, "slightly"), (4.0, "clearly"), (-9.0, "much")]
)
def test_a_size__is_beside_the_smallest_difference_that_matters(difference: float, word: str) -> None:
    assert how_large(difference, 4.0) == word
    assert how_large(difference, MISSING) == ""


def test_what_is_asked_for__is_the_smallest_difference_that_matters() -> None:
    few = {"replicates": 6, "patients": 60, "weeks": 10, "uncertainty": "none", "independent": True}
    usual = sn.compare("today", "befriending", **few).summary().loc["befriending"]
    asked = sn.compare("today", "befriending", **few, smallest={"qpr": 0.001}).summary().loc["befriending"]
    assert (usual.loc["qpr", "smallest"], asked.loc["qpr", "smallest"]) == (4.0, 0.001)
    assert (usual.loc["qpr", "verdict"], asked.loc["qpr", "verdict"]) == (NONE, UNKNOWN)
    others = usual.drop(index="qpr")
    pd.testing.assert_frame_equal(others, asked.drop(index="qpr"))
    assert others.loc["cost", "verdict"] in (HIGHER, LOWER, UNKNOWN)


@pytest.mark.parametrize(
    ("words", "said"),
    [
        ("qpr=0", "must be a number above 0"), ("qpr=-1", "must be a number above 0"), ("qpr=nan", "above 0"),
        ("qrp=1", "did you mean 'qpr'"), ("qpr", "must be OUTCOME=VALUE"), ("qpr=much", "must be OUTCOME=VALUE"),
    ],
)  # fmt: skip
def test_a_smallest_difference_that_is_none__is_a_mistake(supportnet: Supportnet, words: str, said: str) -> None:
    found = supportnet("compare", "today", "befriending", "--smallest", words)
    assert found.code == 2
    assert "--smallest" in found.err
    assert said in found.err


def test_smallest_differences__are_those_of_their_sources() -> None:
    with files("supportnet.experiments").joinpath("evidence", SMALLEST).open(encoding="utf-8") as file:
        table = pd.read_csv(file).set_index("outcome")
    assert table.loc[["qpr", "phq9", "gad7"], "smallest"].tolist() == [4.0, 1.7, 1.5]
    assert table["source"].str.contains("doi:|standard deviation between people").all()
    of_sd = table[table["source"].str.startswith("a fifth")]
    spreads = of_sd["source"].str.extract(r"([\d.]+)$")[0].astype(float)
    np.testing.assert_allclose(of_sd["smallest"], spreads / 5.0, rtol=0.02)


def row(outcome: str, difference: float, lower: float, upper: float) -> dict[str, object]:
    smallest = {"qpr": 0.5}.get(outcome, MISSING)
    return {
        "outcome": outcome, "difference": difference, "mcse": 0.1, "lower": lower, "upper": upper,
        "probability_better": 0.987, "verdict": verdict(outcome, lower, upper, smallest), "smallest": smallest,
    }  # fmt: skip


@pytest.mark.parametrize(
    ("recovery", "cost", "said"),
    [
        ((1.2, 0.4, 2.1), (310.0, 250.0, 380.0),
         ["Personal recovery (QPR): much better, by 1.20 points (0.40 to 2.10).",
          "Cost: higher, by 310 a person and year (250 to 380)."]),
        ((-0.4, -0.7, -0.1), (-310.0, -380.0, -250.0),
         ["Personal recovery (QPR): slightly worse, by 0.40 points (0.10 to 0.70).",
          "Cost: lower, by 310 a person and year (250 to 380)."]),
        ((0.1, -0.4, 0.6), (20.0, -10.0, 60.0),
         ["Personal recovery (QPR): not known whether better or worse than today: 0.10 points (-0.40 to 0.60).",
          "Cost: not known whether lower or higher than today: 20 a person and year (-10 to 60)."]),
        ((0.1, -0.2, 0.4), (0.0, 0.0, 0.0),
         ["Personal recovery (QPR): no difference that matters from today: 0.10 points (-0.20 to 0.40), and less than "
          "0.5 in any case.",
          "Cost: no difference that matters from today: 0.00 a person and year (0.00 to 0.00)."]),
        ((0.1, MISSING, MISSING), (MISSING, MISSING, MISSING),
         ["Personal recovery (QPR): 0.10 points from today, without an interval.",
          "Cost: not known, here or in today."]),
    ],
)  # fmt: skip
def test_two_lines__say_by_how_much(
    recovery: tuple[float, float, float], cost: tuple[float, float, float], said: list[str]
) -> None:
    assert difference_lines([row("cost", *cost), row("qpr", *recovery)], "today") == said


def test_over_draws__it_is_said_in_how_many_versions_of_the_model() -> None:
    rows = [row("cost", 310.0, 250.0, 380.0), row("qpr", 1.2, 0.4, 2.1)]
    recovery, cost = difference_lines(rows, "today", versions=True)
    assert recovery.endswith("(0.40 to 2.10; better in 99 of 100 versions of the model).")
    rows[0]["probability_better"], rows[1]["probability_better"] = 0.001, 0.3
    recovery, cost = difference_lines(rows, "today", versions=True)
    assert recovery.endswith("worse in 70 of 100 versions of the model).")
    assert cost.endswith("higher in more than 99 of 100 versions of the model).")


@pytest.mark.parametrize(
    ("value", "lower", "upper", "said"),
    [
        (0.0783, 0.0643, 0.0923, "0.08 (0.06 to 0.09)"), (-0.0038, -0.0137, 0.0061, "0.00 (-0.01 to 0.01)"),
        (12.34, 4.1, 20.7, "12.3 (4.1 to 20.7)"), (0.1124, 0.1124, 0.1124, "0.11 (0.11 to 0.11)"),
        (0.012, 0.002, 0.022, "0.0120 (0.0020 to 0.0220)"), (0.1, 0.0981, 0.1019, "0.1000 (0.0981 to 0.1019)"),
        (0.0312, MISSING, MISSING, "0.03 (–)"),
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
    alone = table.assign(mcse=MISSING, lower=MISSING, upper=MISSING)
    assert level_lines(alone)[0] == "Personal recovery (QPR): 39.80 of 60."
