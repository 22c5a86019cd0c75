"""Sections that show what a command found as it wrote it: trials, costs, the best use of a budget."""

from typing import Any

from analysis.report.found import Found, Result
from analysis.report.parts import MOST_ROWS, NONE, Section, Table, plain_table, spoken, titled
from analysis.words import number
from sim.parameters import numbers
from sim.scenario import Scenario


def trials(found: Found, command: str) -> Section:
    """Simulated randomised trials."""
    alt = "Effects of simulated trials with 95 % intervals, beside published ones, as in the tables."
    blocks = [
        as_written_there(one, {"effects.csv": "Effects", "published.csv": "Beside published effects"}, alt)
        for one in found.of("trial")
    ]
    missing = "" if blocks else "No trial of a programme was simulated."
    return Section("trials", "Simulated trials", "blocks", {"blocks": blocks}, missing, command)


def budgets(found: Found) -> list[Section]:
    """The best use of a budget, where somebody asked for it."""
    alt = "Portfolios of programmes by cost and effect, as in the table."
    blocks = [as_written_there(one, {"portfolios.csv": "Portfolios"}, alt) for one in found.of("optimise")]
    return [Section("budget", "The best use of a budget", "blocks", {"blocks": blocks})] if blocks else []


def costs(found: Found, baseline: Scenario, command: str) -> Section:
    """Unit costs, and what an economic evaluation made of them."""
    names = {"strategies.csv": "Strategies by cost and effect", "information.csv": "What better information is worth"}
    alt = "Strategies by cost and effect, as in the tables."
    blocks = [as_written_there(one, names, alt) for one in found.of("economics")]
    for block, one in zip(blocks, found.of("economics"), strict=True):
        block["tables"] += [acceptability(one)] if one.has("acceptability.csv") else []
    unit = {name: about for name, about in numbers().items() if name.startswith("costs.")}
    rows = [[spoken(name.partition(".")[2]), f"{baseline.every_number[name]:,g}", about.unit, about.source]
            for name, about in unit.items()]  # fmt: skip
    columns = ("what", "price", "unit", "source")
    prices = Table("Unit costs that were put in (price year 2025, no currency)", columns, rows, frozenset({2, 3}))
    missing = "" if blocks else "No economic evaluation was made: no ratios of cost to effect, no value of information."
    return Section("costs", "Costs", "costs", {"prices": prices, "blocks": blocks}, missing, command)


def acceptability(result: Result) -> Table:
    """Probability of being the best choice, by what is paid for a unit of effect."""
    rows = result.table("acceptability.csv")
    try:
        wide = rows.pivot(index="threshold", columns="scenario", values="probability")
    except (KeyError, ValueError) as error:
        raise result.broken("acceptability.csv", str(error)[:200]) from error
    few = wide.iloc[:: max(1, -(-len(wide) // MOST_ROWS))]
    cells = [
        [number(float(str(paid))), *map("{:.2f}".format, row)]
        for paid, row in zip(few.index, few.to_numpy(), strict=True)
    ]
    caption = "Probability of being the best choice, by what is paid for a unit of effect"
    return Table(caption, ("paid for a unit of effect", *map(str, wide.columns)), cells)


def as_written_there(result: Result, names: dict[str, str], alt: str) -> dict[str, Any]:
    """Tables and figure of a command as it wrote them."""
    tables, notes = [], [f"Intervals: {result.told['interval']}."] if result.told.get("interval") else []
    for name, caption in names.items():
        if result.has(name):
            rows = result.table(name).astype(object).where(lambda table: table.notna(), NONE).to_dict("records")
            tables.append(plain_table(caption, rows[:MOST_ROWS]))
            if len(rows) > MOST_ROWS:
                notes.append(f"{len(rows) - MOST_ROWS} more rows are in {name}.")
    return {
        "title": result.folder.name,
        "tables": tables,
        "figures": titled(result, "figure", alt),
        "note": " ".join(notes),
    }
