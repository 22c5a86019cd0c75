"""`supportnet results`: results of a sweep."""

import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from supportnet.analysis.commands.completion import complete_outcomes, several
from supportnet.analysis.commands.options import MOST_ROWS, Full, Json, Quiet

if TYPE_CHECKING:
    from collections.abc import Sequence

    import pandas as pd
    from rich.table import Table

    from supportnet.analysis.sensitivity.study_results import StudyResults

Folder = Annotated[Path, typer.Argument(metavar="DIR", help="Folder of a sweep.")]
Where = Annotated[
    list[str] | None,
    typer.Option(metavar="CONDITION", help="Only runs that meet this condition; may be repeated.", show_default=False),
]
Chosen = Annotated[
    list[str] | None,
    typer.Option(
        "--outcome",
        metavar="NAME[,NAME…]",
        help="Only these outcomes; may be repeated. [all]",
        show_default=False,
        autocompletion=several(complete_outcomes),
    ),
]
Week = Annotated[
    int | None, typer.Option(help="Only this week. [the last in the table, all in the CSV file]", show_default=False)
]
Csv = Annotated[
    Path | None,
    typer.Option(
        metavar="FILE", help="Write all runs as one table to this file; -: to standard output.", show_default=False
    ),
]
STANDARD_OUTPUT = Path("-")


def results(
    folder: Folder,
    where: Where = None,
    outcome: Chosen = None,
    week: Week = None,
    csv: Csv = None,
    full: Full = False,
    as_json: Json = False,
    quiet: Quiet = False,
) -> None:
    """Show the results of a sweep: completed, missing and failed runs; means and spread; all runs as CSV.

    \b
    Examples:
      supportnet results results/sweep-levers-1a2b3c4d --outcome recovery,qpr
      supportnet results results/mine --where "services.caseload < 20" --csv few.csv
      supportnet results results/mine --outcome qpr --csv - | head
    """
    from supportnet.analysis.commands.options import afford, names_in
    from supportnet.analysis.commands.output import Output
    from supportnet.analysis.sensitivity.study_results import read_results
    from supportnet.experiments.execution.interruption import interruption
    from supportnet.experiments.resource_needs import of_results
    from supportnet.sim.errors import UserInputError

    if as_json and csv == STANDARD_OUTPUT:
        remedy = "leave --json out, or name a file"
        raise UserInputError(
            "two outputs to standard output", where="--csv -", found="--json", expected="one of them", remedy=remedy
        )
    output = Output(as_json, quiet, elsewhere=csv == STANDARD_OUTPUT)
    asked = names_in(outcome)
    found = read_results(folder, where or [], asked, week)
    needs = of_results(found.planned, len(found.outcomes) * len(found.weeks))
    afford(needs, "the number of outcomes: --outcome", output)
    summary = found.summary()
    output.show(summary_table(found, summary, headlines(found.outcomes) if not (asked or full) else found.outcomes))
    output.note(results_sentences(found))
    if csv == STANDARD_OUTPUT:
        for part in found.csv():
            sys.stdout.buffer.write(part)
    elif csv:
        found.write_csv(csv)
        interruption.is_complete(csv)
        output.note(f"Runs: {csv}")
    output.answer(results_answer(found, summary, csv))


def headlines(outcomes: "Sequence[str]") -> list[str]:
    """The outcomes that are shown first: the headlines among them, else the first few."""
    from supportnet.analysis.wording.formatting import HEADLINES

    return [name for name in outcomes if name in HEADLINES] or list(outcomes[:MOST_ROWS])


def summary_table(found: "StudyResults", summary: "pd.DataFrame", shown: "Sequence[str]") -> "Table":
    """These outcomes over the design points of each scenario."""
    from supportnet.analysis.commands.table_layout import empty_table
    from supportnet.analysis.wording.formatting import number, unit_in_words

    columns = ("points", "mean", "lowest", "highest", "SD between\npoints", "SD between\nreplicates")
    table = empty_table(f"{found.study.title}\nweek {found.weeks[-1]}", "outcome", columns, "unit")
    for scenario, rows in summary[summary["outcome"].isin(shown)].groupby("scenario", sort=False):
        table.add_section()
        table.add_row(str(scenario), style="bold")
        for row in rows.to_dict("records"):
            numbers = (number(row[name], row["sd_points"]) for name in ("mean", "lowest", "highest"))
            spreads = (number(row[name], row[name]) for name in ("sd_points", "sd_replicates"))
            table.add_row(row["outcome"], f"{row['points']:,}", *numbers, *spreads, unit_in_words(row["unit"]))
    if more := len(found.outcomes) - len(shown):
        table.add_row(f"{more} more with --full")
    return table


def results_sentences(found: "StudyResults") -> str:
    """Completed, missing and failed runs, in sentences."""
    from supportnet.analysis.wording.formatting import counted

    lines = [f"{found.completed:,} of {counted(found.planned, 'run')} complete, {found.missing:,} missing, of which "
        f"{len(found.failed):,} failed."]  # fmt: skip
    lines += [f"Failed: run {one['run'][:8]} at {one['design_point']}: {one['error']}" for one in found.failed[:10]]
    lines += [f"Skipped: {path} ({why})." for path, why in found.shelf.foreign.items()]
    lines += [
        f"Damaged or missing: {found.folder / name}; `supportnet sweep` writes it again." for name in found.damaged
    ]
    if not found.of_this_version:
        lines.append("Made by another version of the model: `supportnet sweep` would compute all runs again.")
    elif found.missing:
        lines.append("Repeat the same `supportnet sweep`: it computes only what is missing.")
    if found.conditions:
        lines.append(f"Shown: {counted(found.chosen, 'run')} that meet " + "; ".join(found.conditions) + ".")
    return "\n".join(lines)


def results_answer(found: "StudyResults", summary: "pd.DataFrame", csv: Path | None) -> dict[str, Any]:
    """The result as plain values."""
    return {
        "study": found.study.name,
        "runs": found.planned,
        "there": found.completed,
        "missing": found.missing,
        "failed": found.failed,
        "foreign": [str(path) for path in found.shelf.foreign],
        "chosen": found.chosen,
        "week": found.weeks[-1],
        "summary": summary.to_dict("records"),
        "files": {"csv": str(csv)} if csv else {},
    }
