"""Results as tables on a terminal."""

from typing import Any

import pandas as pd
from rich.table import Table

from supportnet.analysis.wording.formatting import HEADLINES, coarser, counted, interval, luck_of, number, probability
from supportnet.experiments.comparison.comparison import EnsembleComparison
from supportnet.experiments.comparison.subgroups import NOTABLE, THIRDS
from supportnet.experiments.ensemble.ensemble import Ensemble

LAST_OF_GROUP = ("qpr", "gad7", "share_recovered_both", "admissions", "n_family", "share_harmful", "repairs", "dropout")

GROUPS = {name: f"{name} of recovery" for name in THIRDS}


def run_table(results: Ensemble) -> Table:
    """Every outcome of a scenario."""
    scenario, n = results.scenario, len(results.replicates)
    people, weeks = counted(scenario.population.patients, "person", "people"), counted(scenario.weeks, "week")
    about = f"{people}, {weeks}, {counted(n, 'replicate')}, seed {results.seed}"
    table = blank(f"{scenario.title}\n{about}", "outcome", ("mean", "± mcse", "95 % interval"), "unit")
    for outcome, row in rows_of(results.summary()):
        unit = row["unit"] if row["n"] in (0, n) else f"{row['unit']} (in {row['n']} of {n} replicates)"
        table.add_row(outcome, *estimate(row, "mean"), unit)
        if outcome in LAST_OF_GROUP:
            table.add_row()
    return table


def differences_table(found: EnsembleComparison, name: str, title: str) -> Table:
    """Differences of one scenario from the baseline."""
    n = counted(found.n_replicates, "replicate")
    head = f"\n{title}\n{name} less {found.baseline}\n{n}, {luck_of(found)}, seed {found.seed}"
    table = blank(head, "outcome", ("difference", "± mcse", "95 % interval", "probably\nbetter"), "unit")
    rows = dict(rows_of(found.differences[found.differences["scenario"] == name].set_index("outcome")))
    for outcome in HEADLINES:
        row = rows[outcome]
        table.add_row(outcome, *estimate(row, "difference"), probability(row["probability_better"]), row["unit"])
    return table


def for_whom_table(persons: pd.DataFrame, name: str) -> Table:
    """For whom one scenario works."""
    head = f"\nFor whom {name} works: difference in recovery, QPR points\n(better, worse off: by more than {NOTABLE:g})"
    columns = ("difference", "95 % interval", "better\noff", "worse\noff", "people")
    table = blank(head, "at the start", columns)
    for by, rows in persons[persons["scenario"] == name].groupby("by", sort=False):
        if by:
            table.add_row()
        for row in rows[rows["people"] > 0].to_dict("records"):
            found, _, ends = estimate(row, "difference")
            shares = f"{row['better']:.1%}", f"{row['worse']:.1%}"
            table.add_row(GROUPS.get(row["group"], row["group"]), found, ends, *shares, f"{row['people']:,}")
    return table


def harmed_table(changes: pd.DataFrame, name: str, baseline: str) -> Table:
    """What else changed for those who are worse off."""
    chosen = changes[changes["scenario"] == name].to_dict("records")
    n = f"{chosen[0]['people']:,}"
    head = f"\nWhat changed for those worse off under {name}, {n} in all: difference from {baseline}"
    table = blank(head, "change", ("worse off", "95 % interval", "all others"), "unit")
    for row in chosen:
        difference, _, ends = estimate(row, "worse_off")
        table.add_row(row["change"], difference, ends, number(row["others"], row["mcse"]), row["unit"])
    return table


def ranking_table(found: EnsembleComparison) -> Table:
    """Scenarios from best to worst."""
    table = blank("\nFrom best to worst, with the probability of being best", "outcome", (), "order")
    for outcome, rows in found.ranking.groupby("outcome", sort=False):
        if outcome in HEADLINES:
            order = zip(rows["scenario"], rows["probability_best"], strict=True)
            table.add_row(str(outcome), ", ".join(f"{name} ({probability(best)})" for name, best in order))
    return table


def blank(title: str, name: str, numbers: tuple[str, ...], *words: str) -> Table:
    """A table without rows: a name, numbers to the right, words. How it is laid out: `table_layout.fit`."""
    table = Table(name, title=f"{title}\n" if title else None)
    for column in numbers:
        table.add_column(column, justify="right")
    for column in words:
        table.add_column(column)
    return table


def rows_of(table: pd.DataFrame) -> list[tuple[str, dict[Any, Any]]]:
    """Name and content of each row."""
    return [(str(name), row) for name, row in table.to_dict("index").items()]


def estimate(row: dict[Any, Any], name: str) -> tuple[str, str, str]:
    """An estimate, its Monte Carlo standard error and its interval, as they are written."""
    error, ends = row["mcse"], (row["lower"], row["upper"])
    digits = coarser(error, *ends)
    return number(row[name], digits), number(error, error), interval(*ends, digits)
