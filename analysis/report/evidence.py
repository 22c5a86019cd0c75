"""Sections about the evidence behind a comparison: mechanisms, sensitivity, validation and parameters."""

from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pandas as pd

from supportnet.analysis.report.parts import (
    MOST_ROWS,
    ReportTable,
    Section,
    between,
    estimate_cells,
    titled,
)
from supportnet.analysis.report.result_index import ResultFolder, ResultIndex
from supportnet.analysis.sensitivity.indices import METHODS
from supportnet.analysis.wording.attribution import level_labels, ordered_parts, part_labels
from supportnet.analysis.wording.formatting import counted, interval, name_in_words, number, yes_or_no
from supportnet.sim.parameters import Parameters, numbers, value

SHOWN = ("morris", "indices", "tornado")  # figures of a sensitivity analysis


def mechanisms(found: ResultIndex, command: str) -> Section:
    """Attribution of differences to mechanisms."""
    explained = found.each("explain", shares_table)
    missing = "" if explained else "No difference was attributed to mechanisms."
    return Section("mechanisms", "What explains the difference", "blocks", {"blocks": explained}, missing, command)


def shares_table(result: ResultFolder) -> dict[str, Any]:
    """Shares of one explained difference."""
    table, metadata = result.table("shares.csv"), result.metadata
    over, names = metadata["over"], metadata["names"]
    rows = table[table["outcome"] == metadata["outcome"]].set_index(over)
    labels = part_labels(over, metadata["held"] == "off") if len(names) > 1 else level_labels(over)
    order = ordered_parts(rows, list(rows.index.drop(["without", "difference"])), labels)
    cells = [
        [labels.get(name, name_in_words(name)), *estimate_cells(rows.loc[name].to_dict(), "value")] for name in order
    ]
    others = "held at their mean in the baseline" if metadata["held"] == "baseline" else "switched off"
    title = f"{names[1]} minus {names[0]}" if len(names) > 1 else f"{names[0]} minus the same with {over} switched off"
    caption = f"Shares of {over} in the difference in {metadata['outcome']}, {title}"
    alt = f"Bars: the share of each of the {over} in that difference, with 95 % intervals; values in the table."
    note = (
        f"{metadata['sentence']} Exact Shapley values, from every combination of {over} free and the others {others}: "
        f"the parts sum to the total. They describe the model only."
    )
    shown = ReportTable(caption, (over, "share", "± mcse", "95 % interval"), cells)
    return {"title": title, "tables": [shown], "figures": titled(result, "figure", alt),
            "note": note, "cautions": list(metadata.get("cautions", []))}  # fmt: skip


def sensitivity_section(found: ResultIndex, command: str) -> Section:
    """Which factors outcomes depend on."""
    analyses = [
        block for blocks in found.each("sensitivity", lambda one: list(indices_blocks(one))) for block in blocks
    ]
    missing = "" if analyses else "No sensitivity analysis was made."
    return Section("sensitivity", "What the outcomes depend on", "blocks", {"blocks": analyses}, missing, command)


def indices_blocks(result: ResultFolder) -> Iterator[dict[str, Any]]:
    """One block for each scenario and outcome of an analysis, in its last week."""
    rows, method = main_indices(result)
    for (scenario, outcome), own in rows.groupby(["scenario", "outcome"], sort=False):
        top = own.sort_values("value", ascending=False).to_dict("records")[:MOST_ROWS]
        cells = [[row["factor"], number(row["value"], (row["upper"] - row["lower"]) / 4), between(row)] for row in top]
        caption = f"{outcome} in {scenario}, week {own['week'].iloc[0]}: {METHODS[method].says}"
        table = ReportTable(caption, ("factor", METHODS[method].main, "95 % interval"), cells)
        alt = f"Sensitivity of {outcome} to each factor ({method}); the largest values are in the table."
        stems = [
            path.stem for path in result.figures() if path.stem.split("-")[0] in SHOWN and of(path, scenario, outcome)
        ]
        pictures = [picture for stem in stems for picture in titled(result, stem, alt)]
        how = "; intervals by bootstrap over the design" if own["lower"].notna().any() else ", without intervals"
        note = f"{counted(len(own), 'factor, or group', 'factors, or groups')}, varied over their ranges{how}."
        lines = [note, *(f"Caution: {caution}." for caution in result.metadata.get("cautions", []))]
        yield {"title": f"{outcome}, {scenario}", "tables": [table], "figures": pictures, "note": " ".join(lines)}


def of(path: Path, scenario: object, outcome: object) -> bool:
    """Whether a figure is of this scenario and outcome; where there is one of each it does not say."""
    return path.stem in SHOWN or path.stem.endswith(f"-{scenario}-{outcome}")


def main_indices(result: ResultFolder) -> tuple[pd.DataFrame, str]:
    """The main index of each single factor in the last week, and the method."""
    rows, method = result.table("indices.csv"), str(result.metadata["method"])
    if method not in METHODS:
        raise result.broken("provenance.json", f"method {method!r}")
    alone = rows["other"].isna() | (rows["other"] == "")
    return rows[(rows["index"] == METHODS[method].main) & alone & (rows["week"] == rows["week"].max())], method


def validation(found: ResultIndex, command: str) -> Section:
    """Every pattern that was looked for, in range or not."""
    blocks = found.each("validate", patterns_section)
    missing = "" if blocks else "The model was not compared with published patterns in this folder."
    return Section("validation", "Validation against published patterns", "blocks", {"blocks": blocks}, missing,
                   command)  # fmt: skip


def patterns_section(result: ResultFolder) -> dict[str, Any]:
    """The patterns by their use, each use a table."""
    rows, tables = result.table("patterns.csv").dropna(subset="preset"), []
    uses = {
        "calibrate": "Fitted", "validate": "Predicted, never fitted",
        "fit to trials": "Trials, fitted in other forms",
        "informed": "Known while the model was being developed", "verify": "True by construction",
    }  # fmt: skip
    columns = ("pattern", "preset", "range", "value", "95 % interval", "in range")
    for use, says in uses.items():
        own = rows[rows["use"] == use].to_dict("records")
        cells = [
            [f"{row['pattern']} {row['what']} ({row['unit']})", row["preset"],
             f"{row['accept_lower']:g} to {row['accept_upper']:g}", number(row["value"], row["mcse"]),
             interval(row["lower"], row["upper"], row["mcse"]), yes_or_no(row["in_range"])]
            for row in own
        ]  # fmt: skip
        n = sum(yes_or_no(row["in_range"]) == yes_or_no(True) for row in own)
        tables.append(ReportTable(f"{says}: {n} of {len(own)} in range", columns, cells, frozenset({1, 2, 5})))
    alt = "Each pattern’s value with its interval, beside the range from evidence; values in the tables."
    note = f"{result.metadata.get('interval', '')}; for shares within 0 and 1. No pattern is omitted because it fails."
    return {"title": "Patterns", "tables": tables, "figures": titled(result, "figure", alt), "note": note,
            "cautions": list(result.metadata.get("cautions", []))}  # fmt: skip


def assumed(found: ResultIndex) -> Section:
    """The number of assumed parameters, group by group, and the influence of those that were varied."""
    rows = []
    known = numbers()
    for group in Parameters._fields:
        kinds = Counter(source_kind(about.source) for name, about in known.items() if name.startswith(f"{group}."))
        rows.append([group, str(kinds.total()), *(str(kinds[kind]) for kind in ("assumed", "fitted", "other"))])
    total = [str(sum(int(row[k]) for row in rows)) for k in range(1, 5)]
    columns = ("group", "parameters", "assumed", "fitted to patterns", "published, derived or other")
    counts = ReportTable("Sources of the model’s parameters", columns, [*rows, ["all", *total]])
    weights = found.each("sensitivity", weighed)
    about = {
        "counts": counts,
        "weights": [table for table in weights if table.rows],
        "assumed": total[1],
        "all": total[0],
    }
    return Section("assumptions", "Parameters: sources and influence", "assumptions", about)


def weighed(result: ResultFolder) -> ReportTable:
    """Numbers of the model that a sensitivity analysis varied, those that matter most first."""
    rows, method = main_indices(result)
    known = numbers()
    cells = [
        [name, number(value(Parameters(), name)), f"{known[name].low:g} to {known[name].high:g}", known[name].source,
         number(row["value"], (row["upper"] - row["lower"]) / 4)]
        for row in rows.sort_values("value", ascending=False).to_dict("records")
        if (name := row["factor"]) in known
    ]  # fmt: skip
    columns = ("parameter", "set value", "range", "source", METHODS[method].main)
    caption = f"Parameters that were varied, by influence ({METHODS[method].says})"
    return ReportTable(caption, columns, cells[:MOST_ROWS], frozenset({2, 3}))


def source_kind(source: str) -> str:
    """assumed, fitted or other, by how a source begins or, where a finding is fitted, ends."""
    return "assumed" if source.startswith("assumed") else "fitted" if "fitted" in source else "other"
