"""`supportnet run`: one scenario, replicated."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from supportnet.analysis.commands.completion import complete_scenarios
from supportnet.analysis.commands.options import (
    Full,
    Json,
    Out,
    Outcomes,
    Patients,
    Posterior,
    Quiet,
    Replicates,
    Seed,
    Set,
    Uncertainty,
    Weeks,
    Workers,
)

if TYPE_CHECKING:
    from supportnet.analysis.commands.output import Output
    from supportnet.analysis.results.run import Results
    from supportnet.experiments.ensemble.plan import RunPlan

Record = Annotated[
    list[str] | None,
    typer.Option(metavar="people|ties", help="Table to record; may be repeated.", show_default=False),
]
Every = Annotated[int, typer.Option(help="Weeks between recorded ones; 0: the last week only.")]
Again = Annotated[
    Path | None, typer.Option("--from", help="Repeat a run from its provenance.json.", show_default=False)
]
OtherVersion = Annotated[
    bool,
    typer.Option("--allow-other-version", help="With --from: continue even if code or libraries have changed since."),
]
ALLOWED_AGAIN = (  # options that go together with --from
    "again", "out", "workers", "posterior", "other_version", "outcome", "full", "as_json", "quiet",
)  # fmt: skip


def run(
    context: typer.Context,
    scenario: Annotated[
        str | None,
        typer.Argument(
            help="A scenario of the library, or the path of a TOML file.", autocompletion=complete_scenarios
        ),
    ] = None,
    patients: Patients = None,
    weeks: Weeks = None,
    seed: Seed = 1,
    replicates: Replicates = 20,
    workers: Workers = None,
    out: Out = None,
    values: Set = None,
    record: Record = None,
    every: Every = 0,
    uncertainty: Uncertainty = None,
    posterior: Posterior = "",
    again: Again = None,
    other_version: OtherVersion = False,
    outcome: Outcomes = None,
    full: Full = False,
    as_json: Json = False,
    quiet: Quiet = False,
) -> None:
    """Simulate one scenario in several replicates: a table, a figure, files.

    \b
    Examples:
      supportnet run today
      supportnet run smaller-caseloads --set services.caseload=12 --replicates 50 --record people

    \b
    To reproduce the files byte for byte:
      supportnet run --from results/run-today-1a2b3c4d/provenance.json
    """
    from supportnet.analysis.commands.options import outcomes_shown, overrides
    from supportnet.analysis.commands.output import Output
    from supportnet.experiments.ensemble.plan import RunPlan
    from supportnet.sim.errors import UserInputError

    output, shown = Output(as_json, quiet), outcomes_shown(outcome, full)
    if again is not None:
        given = [name for name in context.params if is_given(context, name) and name not in ALLOWED_AGAIN]
        if given:
            expected, remedy = (
                "only --out, --workers, --posterior, --allow-other-version, --outcome, --full, --json, --quiet",
                "leave them out, or leave --from out",
            )
            raise UserInputError("--from already sets everything", found=given, expected=expected, remedy=remedy)
        plan = plan_of_earlier(again, posterior, other_version)
    elif other_version:
        expected, remedy = "--from beside it", "leave it out"
        raise UserInputError("nothing was run before", where="--allow-other-version", expected=expected, remedy=remedy)
    elif scenario is None:
        remedy = "try `supportnet run today`; `supportnet scenarios` lists the library"
        raise UserInputError(
            "which scenario?", found="nothing", expected="a name or the path of a TOML file", remedy=remedy
        )
    else:
        plan = RunPlan.of(
            scenario, replicates, seed, values=overrides(patients, weeks, values), record=record or (), every=every,
            uncertainty=uncertainty, posterior=posterior,
        )  # fmt: skip
    run_and_report(plan, out, workers, output, shown)


def is_given(context: typer.Context, name: str) -> bool:
    """Whether this option was given, rather than left at its default."""
    source = context.get_parameter_source(name)
    return source is not None and source.name not in ("DEFAULT", "DEFAULT_MAP")


def plan_of_earlier(path: Path, posterior: str, other_version: bool) -> "RunPlan":
    """The plan in a provenance file. Raises UserInputError if it was written by other code, unless that is allowed."""
    from supportnet.analysis.outputs.rerun import run_plan_in, same_version
    from supportnet.sim.provenance import read_provenance

    provenance = read_provenance(path)
    same_version(provenance, path, other_version)
    return run_plan_in(provenance, path if path.is_dir() else path.parent, posterior)


def run_and_report(plan: "RunPlan", out: Path | None, workers: int | None, output: "Output", shown: list[str]) -> None:
    """Run a plan, write its files and show these outcomes."""
    from supportnet.analysis.commands.options import afford
    from supportnet.analysis.files.result_folder import default_folder, written_together
    from supportnet.analysis.outputs.run import RunFiles
    from supportnet.analysis.results.run import Results
    from supportnet.experiments.ensemble.replication import simulate
    from supportnet.experiments.execution.workers import threads
    from supportnet.experiments.resource_needs import of_run

    n = threads(workers)
    afford(of_run(plan, n), "--replicates, --patients, --weeks or --record", output, out or Path("results"))
    folder = out or default_folder([plan.scenario.name], plan.request)
    with written_together(folder, "run") as hidden, RunFiles(hidden, plan.scenario) as files:
        with output.progress(f"Running {plan.scenario.name}") as progress:
            results = Results.of(simulate(plan, n, progress, files.keep))
        files.finish(results)
    show_results(results, output, shown)
    output.note(f"\nFigure and tables: {folder}")
    output.answer({**results.to_dict(), "files": {name: str(folder / name) for name in files.names}})
    output.conclude([(f"replicate {failed.replicate}", failed.error) for failed in results.failed])


def show_results(results: "Results", output: "Output", shown: list[str]) -> None:
    """Personal recovery and cost, a table of outcomes, and cautions."""
    from supportnet.analysis.commands.terminal_tables import run_table
    from supportnet.analysis.wording.verdicts import level_lines
    from supportnet.sim.outcomes import OUTCOMES

    for line in level_lines(results.summary()):
        output.note(line)
    output.show(run_table(results, shown))
    output.note(f"{results.interval}.")
    for caution in results.cautions:
        output.note(f"Caution: {caution}.")
    if len(shown) < len(OUTCOMES):
        output.note(f"With --full: all {len(OUTCOMES)} outcomes. The files contain all of them.")
