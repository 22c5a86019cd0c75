"""Unit costs, and what an economic evaluation made of them, as `supportnet economics` tells it."""

from typing import Any

from supportnet.analysis.report.parts import (
    MOST_ROWS,
    NONE,
    Block,
    ReportTable,
    Section,
    block_of,
)
from supportnet.analysis.report.provenance_section import evaluated_comparison
from supportnet.analysis.report.result_index import ResultFolder, ResultIndex
from supportnet.analysis.wording.formatting import difference_digits, interval, name_in_words, number, standing_in_words
from supportnet.experiments.economics.costs import USED
from supportnet.experiments.economics.strategies import by_cost, is_choice
from supportnet.experiments.ensemble.estimates import in_one_set
from supportnet.sim.parameters import Parameters, numbers, value
from supportnet.sim.scenario.scenario import Scenario
from supportnet.sim.storage.toml_files import toml_text

ALT = "Strategies by cost and effect; values in the tables."
MOST_NUMBERS = 5  # numbers of the model told by themselves


def costs(found: ResultIndex, baseline: Scenario, command: str) -> Section:
    """Unit costs, and what an economic evaluation made of them."""
    blocks = found.each("economics", lambda one: evaluation(one, found))
    missing = "" if blocks else "No economic evaluation was made: no ratios of cost to effect, no value of information."
    about = {"blocks": blocks, "prices": None if blocks else unit_costs(baseline)}
    return Section("costs", "Costs", "costs", about, missing, command)


def uncertain_choice(found: ResultIndex) -> Section:
    """How probably each strategy is the best, what is worth knowing, and prices as a file."""
    return Section("choice", "Choice under uncertainty", "choice", {"blocks": found.each("economics", choice_block)})


def choice_block(result: ResultFolder) -> Block:
    """The same of one evaluation."""
    chosen = [acceptability_section(result), information(result)] if is_choice(result.table("strategies.csv")) else []
    return {"title": result.folder.name, "tables": chosen, "figures": [], "note": "",
            "file": toml_text(result.metadata["costs"])}  # fmt: skip


def evaluation(result: ResultFolder, found: ResultIndex) -> Block:
    """One economic evaluation, with the prices behind it."""
    block = block_of(result, [strategies_section(result), prices(result.metadata["costs"])], ALT)
    if evaluated_comparison(result, found) != found.comparison:
        block["cautions"].append("it evaluates a different comparison from the one in this report")
    return block


def strategies_section(result: ResultFolder) -> ReportTable:
    """Costs, effects and ratios, the cheapest first, and cuts last."""
    costs_file, rows = result.metadata["costs"], result.table("strategies.csv")
    cells = []
    for row in by_cost(rows).to_dict("records"):
        added = [NONE] * 4
        if row["incremental_cost"] or row["incremental_effect"] or isinstance(row["compared_with"], str):
            added = [cell for what in ("cost", "effect") for cell in added_of(row, what, result.metadata["effect"])]
        than = f", against {row['compared_with']}" if isinstance(row["compared_with"], str) else ""
        against = standing_in_words(row) + than
        means = [number(row[name], row[f"{name}_mcse"]) for name in ("cost", "effect")]
        cells.append([row["scenario"], *means, *added, against])
    caption = (
        f"Strategies by cost ({costs_file['currency']} of {costs_file['price_year']} per person and year) and effect "
        f"({result.metadata['effect']}); incremental to the baseline; ICER ± mcse"
    )
    columns = (
        "strategy", "cost", "effect", "incremental cost", "95 % interval",
        "incremental effect", "95 % interval", "ICER",
    )  # fmt: skip
    return ReportTable(caption, columns, cells, frozenset({7}))


def added_of(row: dict[Any, Any], what: str, effect: str) -> list[str]:
    """What is added to the baseline, and its interval; effect: the outcome that is the effect."""
    value, error, lower, upper = (row[f"incremental_{what}{part}"] for part in ("", "_mcse", "_lower", "_upper"))
    digits = difference_digits(effect if what == "effect" else "cost", error, lower, upper)
    return [number(value, digits), interval(lower, upper, digits)]


def acceptability_section(result: ResultFolder) -> ReportTable:
    """Probability of being the best choice, by what is paid for a unit of effect."""
    rows = result.table("acceptability.csv")
    wide = rows.pivot(index="threshold", columns="scenario", values="probability")
    few = wide.iloc[:: max(1, -(-len(wide) // MOST_ROWS))]
    cells = [
        [number(float(str(paid))), *map("{:.2f}".format, row)]
        for paid, row in zip(few.index, few.to_numpy(), strict=True)
    ]
    one_set = in_one_set(bool(result.metadata["compared"]["posterior"]))
    caption = f"Probability of being the best choice{one_set}, by willingness to pay for a unit of effect"
    return ReportTable(caption, ("willingness to pay", *map(str, wide.columns)), cells)


def information(result: ResultFolder) -> ReportTable:
    """What knowing would be worth, where a unit of effect is worth so much."""
    at, rows = float(result.metadata["threshold"]), result.table("information.csv")
    clear = rows[(rows["threshold"] == at) & rows["clear"]]
    for kind in ("number", "study"):
        clear = clear.drop(clear.index[clear["kind"] == kind][MOST_NUMBERS:])
    cells = [
        [name_in_words(row["about"]), number(row["value"], row["mcse"]), number(row["mcse"], row["mcse"])]
        for row in clear.to_dict("records")
    ]
    caption = f"Expected value of perfect information per person and year, if a unit of effect is worth {number(at)}"
    return ReportTable(caption, ("information on", "value", "± mcse"), cells)


def prices(file: dict[str, Any]) -> ReportTable:
    """Prices of the evaluation, with ranges and sources."""
    rows = [
        [name_in_words(name), *(f"{one[end]:,g}" for end in ("value", "low", "high")), one["unit"], one["source"]]
        for name, one in file.items()
        if name in USED
    ]
    caption = f"Prices of this evaluation ({file['currency']}, price year {file['price_year']})"
    return ReportTable(caption, ("item", "price", "lowest", "highest", "unit", "source"), rows, frozenset({4, 5}))


def unit_costs(baseline: Scenario) -> ReportTable:
    """Unit costs of the comparison itself, which its outcome `cost` is made of."""
    now, rows = baseline.every_number, []
    for name, about in numbers().items():
        if name.startswith("costs."):
            source = about.source if now[name] == value(Parameters(), name) else "set by the scenario"
            rows.append([name_in_words(name.partition(".")[2]), f"{now[name]:,g}", about.unit, source])
    caption = "Unit costs of the outcome “cost” in the comparison (price year 2025, no currency)"
    return ReportTable(caption, ("item", "price", "unit", "source"), rows, frozenset({2, 3}))
