"""`supportnet report`: one page of everything in a folder of results."""

from pathlib import Path
from typing import Annotated

import typer

from supportnet.analysis.commands.options import Json, Posterior, Quiet, Workers

Folder = Annotated[Path, typer.Argument(metavar="DIR", help="A folder of results, which may have subfolders.")]
Question = Annotated[str, typer.Option(help="The question that the report answers. [from the titles of the scenarios]")]
RunWriter = Annotated[int, typer.Option(help="Replicates for each changed assumption; 0: leave this section out.")]
Seed = Annotated[int, typer.Option(help="Random seed that selects the people whose lives are described.")]
Out = Annotated[
    Path | None, typer.Option(metavar="FILE", help="File to write. [report.html in DIR]", show_default=False)
]


def report(
    folder: Folder,
    question: Question = "",
    ledger: RunWriter = 10,
    seed: Seed = 1,
    workers: Workers = None,
    out: Out = None,
    posterior: Posterior = "",
    as_json: Json = False,
    quiet: Quiet = False,
) -> None:
    """Write one self-contained page on everything in a folder: results, sensitivity to assumptions, limits, checklists.

    Needs at least one comparison, which is re-simulated with one assumption changed at a time. Missing parts are listed
    with the command that makes them.

    \b
    Examples:
      supportnet report results/q
      supportnet report results/q --question "Should we employ peers?" --ledger 20 --out for-the-board.html
    """
    from supportnet.analysis.commands.options import afford
    from supportnet.analysis.commands.output import Output
    from supportnet.analysis.report.page import report as make
    from supportnet.analysis.report.report import NAME, appendix_beside, files_of_report
    from supportnet.analysis.report.result_index import index_results
    from supportnet.analysis.report.scenarios import scenarios_of
    from supportnet.experiments.execution.interruption import interruption
    from supportnet.experiments.execution.workers import threads
    from supportnet.experiments.resource_needs import of_report
    from supportnet.sim.errors import UserInputError
    from supportnet.sim.storage.atomic import write_whole

    output, goal = Output(as_json, quiet), out or folder / NAME
    found, n = index_results(folder), threads(workers)  # what is no folder of results is no place to write to
    metadata, worlds = found.comparison.metadata, scenarios_of(found.comparison)
    each = max(0, min(ledger, len(metadata.get("replicates", []))))
    afford(of_report(worlds, each, n, bool(metadata.get("posterior"))), "--ledger", output)
    if goal.is_dir():
        expected, remedy = "the name of a file", f"use for example {goal / NAME}"
        raise UserInputError("is a folder", where="--out", found=str(goal), expected=expected, remedy=remedy)
    beside = appendix_beside(goal)
    with write_whole(goal) as file, write_whole(beside) as other:  # fails before anything is simulated if it can't be
        with output.progress("Comparing under other assumptions") as progress:
            made = make(folder, question, ledger, seed, n, posterior=posterior, progress=progress)
        (_, appendix), (_, page) = files_of_report(made, goal)
        file.write(page)
        other.write(appendix)
    interruption.is_complete(goal)
    for sentence in made.summary:
        output.note(sentence)
    for one in made.left_out:
        output.warn(f"Left out: {folder / one.folder}: {one.why}.")
    for part, command in made.missing.items():
        output.note(what_is_missing(part, command))
    output.note(f"\nReport: {goal}; its appendix: {beside}")
    output.answer({**made.to_dict(), "files": {one.name: str(one) for one in (goal, beside)}})


def what_is_missing(part: str, command: str) -> str:
    """A missing part, with the command that makes it, if there is one."""
    return f"Missing: {part}. Made by: {command}" if command else f"Missing: {part}."
