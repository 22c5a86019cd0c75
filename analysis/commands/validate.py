"""`supportnet validate`: the model compared with every published pattern."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from supportnet.analysis.commands.options import (
    Full,
    Json,
    Out,
    Posterior,
    Quiet,
    Seed,
    Uncertainty,
    Workers,
)

if TYPE_CHECKING:
    import pandas as pd
    from rich.table import Table

    from supportnet.analysis.commands.output import Output
    from supportnet.analysis.results.validation import Validation


LeftOutOnly = Annotated[
    bool, typer.Option("--left-out", help="Predict each programme by a fit without its trials; nothing is simulated.")
]

WhatNextOnly = Annotated[bool, typer.Option("--what-next", help="Tell which studies would narrow policy answers most.")]
People = Annotated[
    int | None, typer.Option(help="With --what-next: people in a study. [200]", show_default=False, metavar="NUMBER")
]
Replicates = Annotated[
    int | None,
    typer.Option(
        help="Number of replicates (independent random streams). [20; with --what-next, two for each draw]",
        show_default=False,
    ),
]


def validate(
    left_out: LeftOutOnly = False,
    what_next: WhatNextOnly = False,
    people: People = None,
    seed: Seed = 201,
    replicates: Replicates = None,
    workers: Workers = None,
    uncertainty: Uncertainty = None,
    posterior: Posterior = "",
    out: Out = None,
    full: Full = False,
    as_json: Json = False,
    quiet: Quiet = False,
) -> None:
    """Compare the model with published patterns: every pattern with a range from evidence, by its use.

    Simulated studies measure as the published ones did, with their measurement error. No pattern is omitted because it
    fails. The same command continues after an interruption.

    \b
    Examples:
      supportnet validate
      supportnet validate --left-out
      supportnet validate --what-next --people 500
      supportnet validate --replicates 40 --posterior results/mine/posterior.parquet --json
    """
    from supportnet.analysis.commands.options import afford
    from supportnet.analysis.commands.output import Output
    from supportnet.analysis.commands.what_next import show_what_next
    from supportnet.analysis.files.result_folder import default_folder, unfinished_store, written_together
    from supportnet.analysis.results.validation import Validation
    from supportnet.analysis.validation import ValidationPlan, measure_patterns, pattern_table
    from supportnet.experiments.economics.priorities_plan import PEOPLE, PrioritiesPlan
    from supportnet.experiments.execution.workers import threads
    from supportnet.experiments.randomised.design import SCENARIOS
    from supportnet.experiments.resource_needs import of_validate

    output, n = Output(as_json, quiet), threads(workers)
    check_options(left_out, what_next, people, uncertainty)
    if left_out:
        return show_left_out(posterior, seed, out, output)
    if what_next:
        plan_of_studies = PrioritiesPlan.of(posterior or None, PEOPLE if people is None else people, replicates, seed)
        return show_what_next(plan_of_studies, n, out, output)
    plan = ValidationPlan.of(20 if replicates is None else replicates, seed, uncertainty, posterior)
    sampling = plan.sampling
    afford(of_validate(len(sampling.replicates), n, sampling.posterior), "--replicates", output)
    folder = out or default_folder(list(SCENARIOS.values()), plan.request)
    store = unfinished_store(folder, "validate")
    with written_together(folder, "validate", store) as hidden:
        with output.progress("Simulating the published studies") as progress:
            validation = Validation(plan, pattern_table(measure_patterns(plan, n, progress, store)))
        names = validation.write(hidden)
    show_validation(validation, full, output)
    output.note(f"\nTable and figure: {folder}")
    output.answer({**validation.to_dict(), "files": {name: str(folder / name) for name in names}})


def check_options(left_out: bool, what_next: bool, people: int | None, uncertainty: str | None) -> None:
    """Raises UserInputError for options that do not go together."""
    from supportnet.sim.errors import UserInputError

    if left_out and what_next:
        raise UserInputError("is not used with --left-out", argument="what_next", remedy="give one of them")
    if people is not None and not what_next:
        raise UserInputError("is used with --what-next only", argument="people", remedy="leave it out")
    if what_next and uncertainty not in (None, "parameters"):
        raise UserInputError(
            "must be parameters with --what-next", argument="uncertainty", found=uncertainty, remedy="leave it out"
        )


def show_left_out(posterior: str, seed: int, out: Path | None, output: "Output") -> None:
    """Programmes predicted without any of their trials."""
    from supportnet.analysis.commands.left_out import criteria_table, predictions_table
    from supportnet.analysis.files.result_folder import default_folder, written_together
    from supportnet.analysis.results.left_out import left_out

    found = left_out(posterior or None, seed)
    folder = out or default_folder(["programmes"], found.request)
    with written_together(folder, found.command) as hidden:
        names = found.write(hidden)
    output.show(predictions_table(found.predictions))
    output.show(criteria_table(found.criteria))
    output.note(f"{found.size}. {found.interval}; benefits in standard deviations, better to the right of 0.")
    for caution in found.cautions:
        output.note(f"Caution: {caution}.")
    output.note(f"\nTables and figure: {folder}")
    output.answer({**found.to_dict(), "files": {name: str(folder / name) for name in names}})


def show_validation(validation: "Validation", full: bool, output: "Output") -> None:
    """The result on a terminal, use by use; full: every pattern, in tables."""
    from supportnet.analysis.results.validation import SAYS

    for use, says in SAYS.items():
        if full:
            output.show(ranges_table(validation.of_use(use), says))
        else:
            output.note(score_in_words(validation.of_use(use), says))
    if not full:
        output.note(
            "With --full: every pattern with its range, its value and its interval. The files contain them too.\n"
        )
    for row in validation.patterns[validation.patterns["preset"] == ""].itertuples():
        output.note(f"No value: row {row.pattern}, {row.what} ({row.statistic}).")
    output.note(f"{validation.interval}; for shares within 0 and 1.")
    for caution in validation.cautions:
        output.note(f"Caution: {caution}.")


def score_in_words(rows: "pd.DataFrame", says: str) -> str:
    """The number of patterns of one use in range, and the others by name."""
    from supportnet.analysis.validation import score

    missed = dict[str, list[str]]()
    for row in rows[rows["in_range"].eq(False)].to_dict("records"):
        missed.setdefault(f"{row['pattern']} {row['name']}", []).append(row["preset"])
    names = "; ".join(f"{name} ({', '.join(presets)})" for name, presets in missed.items())
    return f"{says}:\n{score(rows)}\n" + (f"Out of range: {names}.\n" if names else "")


def ranges_table(rows: "pd.DataFrame", says: str) -> "Table":
    """Patterns of one use."""
    from supportnet.analysis.commands.table_layout import empty_table
    from supportnet.analysis.validation import score
    from supportnet.analysis.wording.formatting import interval, number, yes_or_no

    found = empty_table(
        f"\n{says}:\n{score(rows)}", "pattern", ("range", "value", "95 % interval", "in range"), "preset"
    )
    for row in rows.to_dict("records"):
        error = row["mcse"]
        ends = f"{row['accept_lower']:g} to {row['accept_upper']:g}"
        cells = number(row["value"], error), interval(row["lower"], row["upper"], error)
        found.add_row(f"{row['pattern']} {row['name']}", ends, *cells, yes_or_no(row["in_range"]), row["preset"])
    return found
