"""Results as tables on a terminal."""

from collections.abc import Iterator, Sequence
from typing import Any

import pandas as pd
from rich.table import Table

from supportnet.analysis.commands.table_layout import empty_table
from supportnet.analysis.wording.formatting import (
    HEADLINES,
    counted,
    difference_digits,
    interval,
    number,
    order_in_words,
    probability,
    share,
    shared_randomness,
    unit_in_words,
    with_remark,
)
from supportnet.analysis.wording.verdicts import FIRST
from supportnet.experiments.comparison.comparison import EnsembleComparison
from supportnet.experiments.comparison.service_changes import NOT_RANKED
from supportnet.experiments.comparison.subgroups import NOTABLE, THIRDS
from supportnet.experiments.ensemble.ensemble import Ensemble
from supportnet.experiments.ensemble.estimates import in_one_set
from supportnet.sim.outcomes import OUTCOMES

LAST_OF_GROUP = ("qpr", "gad7", "remission", "admissions", "n_family", "share_harmful", "repairs", "dropout")

MOST_SCENARIOS = 5  # of which each has two lines of its own
GROUPS = {name: f"{name} of recovery" for name in THIRDS}


def run_table(results: Ensemble, shown: Sequence[str]) -> Table:
    """These outcomes of a scenario."""
    scenario, n = results.scenario, len(results.replicates)
    people, weeks = counted(scenario.population.patients, "person", "people"), counted(scenario.weeks, "week")
    about = f"{people}, {weeks}, {counted(n, 'replicate')}, seed {results.seed}"
    table = empty_table(f"\n{scenario.title}\n{about}", "outcome", ("mean", "± mcse", "95 % interval"), "unit")
    for outcome, row in rows_of(results.summary().loc[list(shown)]):
        name = outcome if row["n"] in (0, n) else f"{outcome} (in {row['n']} of {n} replicates)"
        table.add_row(name, *estimate_columns(row, "mean"), unit_in_words(row["unit"]))
        if outcome in LAST_OF_GROUP and len(shown) > len(HEADLINES):
            table.add_row()
    return table


def comparison_tables(found: EnsembleComparison, shown: Sequence[str], full: bool) -> Iterator[Table]:
    """Differences in these outcomes: of several scenarios in one table, with `full` each in its own."""
    several = len(found.names) > 2
    if several and not full:
        yield first_table(found) if len(found.names) - 1 > MOST_SCENARIOS else several_table(found, shown)
        return
    for world in found.worlds[1:]:
        yield differences_table(found, world.scenario.name, world.scenario.title, shown)


def differences_table(
    found: EnsembleComparison, name: str, title: str, shown: Sequence[str] = HEADLINES
) -> Table:  # fmt: skip
    """Differences of one scenario from the baseline."""
    head = f"\n{with_remark(title, found.remarks[name])}\n{name} less {found.baseline}\n{about(found)}"
    one_set = in_one_set(found.draws is not None)
    if one_set and found.remarks[name] != NOT_RANKED:
        head += f"\nProbably better{one_set}"
    table = empty_table(head, "outcome", ("difference", "± mcse", "95 % interval", "probably\nbetter"), "unit")
    rows = dict(rows_of(found.differences[found.differences["scenario"] == name].set_index("outcome")))
    for outcome in shown:
        row = rows[outcome]
        cells = *estimate_columns(row, "difference", outcome), probability(row["probability_better"])
        table.add_row(outcome, *cells, unit_in_words(row["unit"]))
    return table


def several_table(found: EnsembleComparison, shown: Sequence[str]) -> Table:
    """Differences of several scenarios from the baseline."""
    head = f"\nDifference from {found.baseline}, with its 95 % interval\n{about(found)}"
    table = empty_table(head, "outcome", tuple(found.names[1:]), "unit")
    rows = found.differences.set_index(["outcome", "scenario"]).to_dict("index")
    for outcome in shown:
        chosen = [difference_with_interval(rows[outcome, name], outcome) for name in found.names[1:]]
        table.add_row(outcome, *chosen, unit_in_words(OUTCOMES[outcome].unit))
    return table


def first_table(found: EnsembleComparison) -> Table:
    """Personal recovery and cost of many scenarios."""
    rows = found.differences.set_index(["outcome", "scenario"]).to_dict("index")
    head = f"\nDifference from {found.baseline}, with its 95 % interval\n{about(found)}"
    cuts = [name for name in found.names if found.remarks[name] == NOT_RANKED]
    names = sorted(found.names[1:], key=lambda name: (name in cuts, -rows["qpr", name]["difference"]))
    table = empty_table(head, "scenario", ("recovery, QPR points", "cost, a person and year"), "recovery", "cost")
    for name in names[: len(HEADLINES)]:
        chosen = {outcome: rows[outcome, name] for outcome in FIRST}
        words = [row["verdict"] for row in chosen.values()]
        words = [NOT_RANKED, ""] if name in cuts else words
        table.add_row(name, *(difference_with_interval(row, outcome) for outcome, row in chosen.items()), *words)
    if more := len(names[len(HEADLINES) :]):
        table.add_row(f"{more} more with --full")
    return table


def difference_with_interval(row: dict[Any, Any], outcome: str) -> str:
    """0.15 (-0.33 to 0.58)."""
    difference, _, ends = estimate_columns(row, "difference", outcome)
    return f"{difference} ({ends})"


def about(found: EnsembleComparison) -> str:
    """The number of replicates, and the randomness that scenarios share."""
    return f"{counted(found.n_replicates, 'replicate')}, {shared_randomness(found)}, seed {found.seed}"


def for_whom_table(persons: pd.DataFrame, name: str, remark: str = "") -> Table:
    """Effects of one scenario by group; remark: what has to stand beside its name."""
    verb = "matters" if remark == NOT_RANKED else "works"
    off = f"(better, worse off: by more than {NOTABLE:g})"
    head = f"\nFor whom {name} {verb}: difference in recovery, QPR points\n{off}"
    columns = ("difference", "95 % interval", "than\nothers", "better\noff", "worse\noff", "people")
    table = empty_table(head, "at the start", columns)
    for by, rows in persons[persons["scenario"] == name].groupby("by", sort=False):
        if by:
            table.add_row()
        for row in rows[rows["people"] > 0].to_dict("records"):
            found, _, ends = estimate_columns(row, "difference", "qpr")
            shares = share(row["better"]), share(row["worse"])
            group, than_others = GROUPS.get(row["group"], row["group"]), contrast_in_words(row)
            table.add_row(group, found, ends, than_others, *shares, f"{row['people']:,}")
    return table


def contrast_in_words(row: dict[Any, Any]) -> str:
    """Whether a group gains more or less than everybody else; nothing where that is not known."""
    return "more" if row["contrast_lower"] > 0.0 else "less" if row["contrast_upper"] < 0.0 else ""


def harmed_table(changes: pd.DataFrame, name: str, baseline: str) -> Table:
    """Other changes for those who are worse off."""
    chosen = changes[changes["scenario"] == name].to_dict("records")
    n = f"{chosen[0]['people']:,}"
    head = f"\nWhat changed for those worse off under {name}, {n} in all: difference from {baseline}"
    table = empty_table(head, "change", ("worse off", "95 % interval", "all others"), "unit")
    for row in chosen:
        difference, _, ends = estimate_columns(row, "worse_off")
        table.add_row(row["change"], difference, ends, number(row["others"], row["mcse"]), row["unit"])
    return table


def ranking_table(found: EnsembleComparison, shown: Sequence[str]) -> Table:
    """Scenarios from best to worst in these outcomes, without cuts."""
    head = f"\nFrom best to worst, with the probability of being best{in_one_set(found.draws is not None)}"
    table = empty_table(head, "outcome", (), "order")
    for outcome, rows in found.ranking.groupby("outcome", sort=False):
        if outcome in shown:
            table.add_row(str(outcome), order_in_words(rows))
    return table


def rows_of(table: pd.DataFrame) -> list[tuple[str, dict[Any, Any]]]:
    """Name and content of each row."""
    return [(str(name), row) for name, row in table.to_dict("index").items()]


def estimate_columns(row: dict[Any, Any], name: str, difference_in: str = "") -> tuple[str, str, str]:
    """An estimate, its Monte Carlo standard error and its interval, as they are written.

    difference_in: the outcome, where it is a difference.
    """
    error, ends = row["mcse"], (row["lower"], row["upper"])
    digits = difference_digits(difference_in, error, *ends)
    return number(row[name], digits), number(error, error), interval(*ends, digits)
