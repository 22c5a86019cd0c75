"""`supportnet decide`: the answer to a question about options and a budget."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from supportnet.analysis.commands.options import (
    AsManyReplicates,
    Full,
    Json,
    Out,
    Patients,
    Posterior,
    PrecisionAsked,
    Quiet,
    Seed,
    Set,
    Uncertainty,
    Weeks,
    Workers,
)

if TYPE_CHECKING:
    from rich.table import Table

    from supportnet.analysis.commands.output import Output
    from supportnet.experiments.decision.result import DecisionResult


def decide(
    question: Annotated[Path, typer.Argument(metavar="FILE", help="A question file.")],
    patients: Patients = None,
    weeks: Weeks = None,
    seed: Seed = 1,
    replicates: AsManyReplicates = None,
    precision: PrecisionAsked = None,
    time_limit: Annotated[
        float | None,
        typer.Option(
            metavar="MINUTES", help="Time after which --precision adds no replicates. [3]", show_default=False
        ),
    ] = None,
    workers: Workers = None,
    out: Out = None,
    values: Set = None,
    uncertainty: Uncertainty = None,
    posterior: Posterior = "",
    full: Full = False,
    as_json: Json = False,
    quiet: Quiet = False,
) -> None:
    """Answer a question: which of some options, or mix of them, makes the most of a budget.

    The file names people, a budget, options and what may not get worse. Every mix of options is tried; the best are
    simulated anew, and the answer comes from these runs. Besides the screen there is a page for a board, answer.html.
    The same command continues after an interruption.

    \b
    Examples:
      supportnet decide question.toml
      supportnet decide question.toml --time-limit 10 --full

    \b
    A question file:
      title = "Peers, family work or smaller caseloads?"
      people = 500
      budget_total = 1_200_000
      options = ["peer-workforce", "family-work", "smaller-caseloads"]
      not_worse = ["admissions", "relapses"]
    """
    from supportnet.analysis.commands.options import afford, overrides
    from supportnet.analysis.commands.output import Output
    from supportnet.analysis.files.result_folder import default_folder, unfinished_store, written_together
    from supportnet.analysis.outputs.decision import PAGE
    from supportnet.analysis.results.decision import Decision
    from supportnet.experiments.decision.decide import answer
    from supportnet.experiments.decision.plan import DecisionPlan
    from supportnet.experiments.decision.question import Question
    from supportnet.experiments.execution.workers import threads
    from supportnet.experiments.resource_needs import of_decide

    output, n = Output(as_json, quiet), threads(workers)
    plan = DecisionPlan.of(
        Question.load(question, overrides(patients, weeks, values)), replicates, seed, precision=precision,
        time_limit=time_limit, uncertainty=uncertainty, posterior=posterior,
    )  # fmt: skip
    afford(of_decide(plan, n), "--replicates, --patients or --weeks, or the number of options", output)
    folder = out or default_folder([question.stem], plan.request)
    store = unfinished_store(folder, "decide")
    with written_together(folder, "decide", store) as hidden:
        found = Decision.of(answer(plan, n, output.progress, store))
        names = found.write(hidden)
    show_decision(found, output, full)
    output.note(f"\nPage for a board: {folder / PAGE}; tables and figure: {folder}")
    output.answer({**found.to_dict(), "files": {name: str(folder / name) for name in names}})


def show_decision(found: "DecisionResult", output: "Output", full: bool) -> None:
    """The answer on one screen; with `full` all that it rests on."""
    from supportnet.analysis.outputs.decision import question_in_words
    from supportnet.analysis.wording.decision import (
        LEFT_OUT,
        basis,
        decision_cautions,
        what_changes_the_answer,
    )
    from supportnet.experiments.ensemble.estimates import contains

    output.note(f"{found.plan.question.file.title}\n{question_in_words(found)}")
    output.show(answer_table(found))
    output.show(options_table(found))
    output.note(f"{contains(found.tried.comparison.posterior)}.")
    output.note("What would change the answer:")
    for change in what_changes_the_answer(found):
        output.note(f"- {change}")
    for caution in decision_cautions(found):
        output.note(f"Caution: {caution}.")
    if full:
        output.show(assumptions_table(found))
        output.note(basis(found))
        for one in LEFT_OUT:
            output.note(one)


def answer_table(found: "DecisionResult") -> "Table":
    """What to do, what it gains and costs, how sure that is, and for whom."""
    from supportnet.analysis.commands.table_layout import empty_table
    from supportnet.analysis.wording.decision import answer_lines

    table, before = empty_table("", "", (), ""), ""
    for line in answer_lines(found):
        table.add_row(line.about if line.about != before else "", line.says)
        before = line.about
    return table


def options_table(found: "DecisionResult") -> "Table":
    """Options and the best mixes: what each gains, how surely, and what must be spent."""
    from supportnet.analysis.commands.table_layout import empty_table
    from supportnet.analysis.outputs.decision import option_rows
    from supportnet.analysis.wording.formatting import with_remark

    table = empty_table("", "option", ("recovery, points", "95 %", "spent a year"), "")
    for row in option_rows(found):
        name = f"{row['letters']}: {row['title']}" if row["parts"] == 1 else row["letters"]
        remark = "the answer" if row["chosen"] else row["remark"]
        table.add_row(name, row["gain"], row["ends"], row["price"], with_remark(row["verdict"], remark))
    return table


def assumptions_table(found: "DecisionResult") -> "Table":
    """The answer under other assumptions."""
    from supportnet.analysis.commands.table_layout import empty_table
    from supportnet.analysis.wording.formatting import difference_digits, interval, number

    table = empty_table("\nThe answer under other assumptions", "assumption", ("recovery, points", "95 %"), "instead")
    for row in found.assumptions.to_dict("records"):
        digits = difference_digits("qpr", row["mcse"], row["lower"], row["upper"])
        ends = interval(row["lower"], row["upper"], digits)
        table.add_row(row["about"], number(row["difference"], digits), ends, row["changed"])
    return table
