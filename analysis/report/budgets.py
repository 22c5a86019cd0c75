"""The best use of a budget, as `supportnet optimise` tells it."""

from typing import Any

import pandas as pd

from supportnet.analysis.report.parts import NONE, Block, ReportTable, Section, block_of, interval_of
from supportnet.analysis.report.result_index import ResultFolder, ResultIndex
from supportnet.analysis.wording.formatting import name_in_words, number, probability
from supportnet.experiments.ensemble.estimates import in_one_set

ALT = "Portfolios of programmes by cost and effect; values in the table."


def budgets(found: ResultIndex) -> list[Section]:
    """The best use of a budget, if there is such a result."""
    blocks = found.each("optimise", search_section)
    return [Section("budget", "The best use of a budget", "blocks", {"blocks": blocks})] if blocks else []


def search_section(result: ResultFolder) -> Block:
    """One search: portfolios, what they are, and by how much simpler ones fall short."""
    rows, simpler = result.table("portfolios.csv"), result.table("simpler.csv")
    levers = {name: float(values[0]) for name, values in result.metadata["levers"].items()}
    one_set = in_one_set(bool(result.metadata.get("posterior")))
    tables = [portfolio_table(result, rows, one_set), contents(rows, levers), regret(simpler, levers, one_set)]
    return block_of(result, tables, ALT)


def portfolio_table(result: ResultFolder, rows: pd.DataFrame, one_set: str) -> ReportTable:
    """Portfolios that are worth their money, against the scenario that the search starts from."""
    cells = [
        [f"{row['portfolio']}{' *' * bool(row['recommended'])}",
         *(cell for what in ("qpr", "cost", "inequality") for cell in difference(row, what)),
         difference(row, "spending")[0],
         probability(row["probability_on_front"]), probability(row["probability_within_budget"])]
        for row in rows.to_dict("records")
    ]  # fmt: skip
    ends = "95 % interval"
    columns = ("", "recovery, QPR", ends, "cost", ends, "inequality", ends, "spent", "on the front", "within budget")
    caption = (
        f"For up to {result.metadata['budget']:g} more per person and year than {result.metadata['name']}: differences "
        f"from it (* recommended); probabilities of being on the front and within budget{one_set}"
    )
    return ReportTable(caption, columns, cells)


def contents(rows: pd.DataFrame, levers: dict[str, float]) -> ReportTable:
    """Contents of the portfolios."""
    cells = [[row["portfolio"], settings_in_words(row, levers)] for row in rows.to_dict("records")]
    caption = "Contents of the portfolios: share of people offered a programme, people per post, contacts a week"
    return ReportTable(caption, ("portfolio", "changed from the start"), cells, frozenset({1}))


def regret(rows: pd.DataFrame, levers: dict[str, float], one_set: str) -> ReportTable:
    """By how much simpler portfolios of the same budget fall short of the recommended one."""
    cells = []
    for row in rows.to_dict("records"):
        short = number(row["regret"], row["regret_mcse"]), interval_of(row["regret_lower"], row["regret_upper"])
        within = probability(row["probability_within_budget"])
        cells.append(
            [name_in_words(row["portfolio"]), settings_in_words(row, levers), *difference(row, "qpr"), *short, within]
        )
    ends = "95 % interval"
    columns = ("", "contents", "recovery, QPR", ends, "short of A, QPR", ends, "within budget")
    caption = f"Simpler portfolios for the same budget; probability of being within budget{one_set}"
    return ReportTable(caption, columns, cells, frozenset({1}))


def difference(row: dict[Any, Any], what: str) -> list[str]:
    """A difference from the start, and its interval."""
    found = number(row[f"{what}_difference"], row[f"{what}_mcse"])
    return [found, interval_of(row[f"{what}_lower"], row[f"{what}_upper"])]


def settings_in_words(row: dict[Any, Any], levers: dict[str, float]) -> str:
    """What a portfolio sets otherwise than it was: befriending 0.2, caseload 22.7."""
    moved = [
        f"{name_in_words(name.removesuffix('.coverage').partition('.')[2])} {row[name]:.4g}"
        for name, before in levers.items()
        if row[name] != before
    ]
    return ", ".join(moved) or NONE
