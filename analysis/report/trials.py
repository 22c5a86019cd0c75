"""Simulated randomised trials, as `supportnet trial` tells them."""

from typing import Any

import pandas as pd

from supportnet.analysis.report.parts import NONE, ReportTable, Section, block_of
from supportnet.analysis.report.result_index import ResultFolder, ResultIndex
from supportnet.analysis.wording.formatting import name_in_words, rounded, yes_or_no

ALT = "Effects of simulated trials with 95 % intervals, beside published ones; values in the tables."
FIRST = ("recovery", "distress", "network_size", "relapses")  # asked first of every programme
AT_END = "end of treatment"  # as designs call it
KINDS = {"smd": "standardised mean difference", "ratio": "risk ratio"}


def trials(found: ResultIndex, command: str) -> Section:
    """Simulated randomised trials."""
    blocks = found.each("trial", lambda one: block_of(one, effect_tables(one), ALT))
    missing = "" if blocks else "No trial of a programme was simulated."
    return Section("trials", "Simulated trials", "blocks", {"blocks": blocks}, missing, command)


def effect_tables(result: ResultFolder) -> list[ReportTable]:
    """Effects, of one programme all and of several those that are asked first; and published ones beside them."""
    rows = result.table("effects.csv")
    shown = [one_trial(rows) if rows["programme"].nunique() == 1 else programmes_section(rows)]
    if result.has("published.csv") and len(rows := result.table("published.csv")):
        shown.append(published_section(rows.to_dict("records")))
    return shown


def one_trial(rows: pd.DataFrame) -> ReportTable:
    """Every outcome of a trial, time by time."""
    times = rows[["week", "when"]].drop_duplicates().to_dict("records")
    cells = []
    for (outcome, kind), own in rows.groupby(["outcome", "kind"], sort=False):
        by_week = {row["week"]: effect_cell(row) for row in own.to_dict("records")}
        measure = KINDS.get(str(kind), str(kind))
        cells.append([name_in_words(str(outcome)), measure, *(by_week.get(time["week"], NONE) for time in times)])
    programme, control = (name_in_words(str(rows[name].iloc[0])) for name in ("programme", "control"))
    columns = ("outcome", "effect", *(f"{time['when']} (week {time['week']})" for time in times))
    caption = (
        f"Effects of {programme} against {control}, with 95 % intervals; "
        f"{at_end(rows)['people'].iloc[0]:.0f} people per arm measured at the end of treatment"
    )
    return ReportTable(caption, columns, cells, frozenset({1}))


def programmes_section(rows: pd.DataFrame) -> ReportTable:
    """What is asked first of every programme, at the end of treatment."""
    cells = []
    for (programme, control), own in rows.groupby(["programme", "control"], sort=False):
        end = at_end(own).set_index("outcome").to_dict("index")
        shown = [effect_cell(end[outcome]) if outcome in end else NONE for outcome in FIRST]
        people = f"{at_end(own)['people'].iloc[0]:.0f}"
        cells.append([name_in_words(str(programme)), *shown, people, name_in_words(str(control))])
    caption = "End of treatment: standardised mean differences (relapses: risk ratio), with 95 % intervals"
    return ReportTable(
        caption, ("programme", *map(name_in_words, FIRST), "people per arm", "control"), cells, frozenset({6})
    )


def at_end(rows: pd.DataFrame) -> pd.DataFrame:
    """Effects at the end of treatment, which may come after a year's."""
    return rows[rows["when"] == AT_END]


def published_section(rows: list[dict[Any, Any]]) -> ReportTable:
    """Simulated effects beside published ones."""
    cells = [
        [f"{name_in_words(row['programme'])}: {name_in_words(row['outcome'])}, week {row['week']}",
         effect_cell(row), theirs(row),
         yes_or_no(row["in_range"]),
         f"{row['preset']}, {row['entry']}; {name_in_words(row['control'])}",
         "; ".join(word_cell(row[name]) for name in ("population", "published_control") if word_cell(row[name])),
         word_cell(row["source"])]
        for row in rows
    ]  # fmt: skip
    columns = (
        "effect", "simulated", "published", "in range", "simulated: population; control",
        "published: population; control", "source",
    )  # fmt: skip
    caption = (
        "Comparison with published effects (known while the model was being developed; agreement is not validation)"
    )
    return ReportTable(caption, columns, cells, frozenset({2, 3, 4, 5, 6}))


def theirs(row: dict[Any, Any]) -> str:
    """A published effect with the range that it is held against; a remark where there is no range."""
    low, high = row["published_lower"], row["published_upper"]
    return f"{row['published']:g} [{low:g} to {high:g}]" if low == low else word_cell(row["note"]) or NONE


def word_cell(cell: Any) -> str:
    """A cell of words; nothing where it is empty."""
    return cell if isinstance(cell, str) else ""


def effect_cell(row: dict[Any, Any]) -> str:
    """An effect with its interval, as trials tell it: two decimals."""
    if row["value"] != row["value"]:
        return NONE
    ends = f" [{rounded(row['lower'], 2)}, {rounded(row['upper'], 2)}]" if row["lower"] == row["lower"] else ""
    return f"{rounded(row['value'], 2)}{ends}"
