"""`supportnet run`: one scenario, replicated."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from supportnet.analysis.commands.options import (
    Json,
    Out,
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
    from supportnet.experiments.ensemble.results import Results
    from supportnet.experiments.execution.capacity import Needs

Record = Annotated[
    list[str] | None,
    typer.Option(metavar="people|ties", help="A table to record; may be repeated.", show_default=False),
]
Every = Annotated[int, typer.Option(help="Weeks between records; 0: the last week only.")]
Again = Annotated[
    Path | None, typer.Option("--from", help="The provenance.json of a run: do the same again.", show_default=False)
]
OtherVersion = Annotated[
    bool, typer.Option("--allow-other-version", help="With --from: go on where code or libraries are not those then.")
]
ALLOWED_AGAIN = (  # options that go together with --from
    "again", "out", "workers", "posterior", "other_version", "as_json", "quiet",
)  # fmt: skip


def run(
    context: typer.Context,
    scenario: Annotated[str | None, typer.Argument(help="A name in the library, or the path of a TOML file.")] = None,
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
    as_json: Json = False,
    quiet: Quiet = False,
) -> None:
    """One scenario, lived through many times: a table, a figure, files.

    \b
    Examples:
      supportnet run today
      supportnet run smaller-caseloads --set services.caseload=12 --replicates 50 --record people

    \b
    The same files again, byte for byte:
      supportnet run --from results/run-today-1a2b3c4d/provenance.json
    """
    from supportnet.analysis.commands.options import afford, overrides, threads
    from supportnet.analysis.commands.output import Output
    from supportnet.sim.errors import UserInputError

    tell = Output(as_json, quiet)
    if again is not None:
        given = [name for name in context.params if is_given(context, name) and name not in ALLOWED_AGAIN]
        if given:
            expected, remedy = (
                "only --out, --workers, --posterior, --allow-other-version, --json, --quiet",
                "leave them out, or leave --from out",
            )
            raise UserInputError("--from says everything already", found=given, expected=expected, remedy=remedy)
        asked = asked_again(again, posterior, other_version)
    elif other_version:
        expected, remedy = "--from beside it", "leave it out"
        raise UserInputError("nothing was run before", where="--allow-other-version", expected=expected, remedy=remedy)
    elif scenario is None:
        remedy = "try `supportnet run today`; `supportnet scenarios` lists the library"
        raise UserInputError(
            "which scenario?", found="nothing", expected="a name or the path of a TOML file", remedy=remedy
        )
    else:
        from supportnet.experiments.posterior.propagation import draws_for
        from supportnet.sim.scenario.scenario import Scenario

        chosen = Scenario.load(scenario, overrides(patients, weeks, values))
        asked = {"scenario": chosen, "seed": seed, "replicates": replicates, "record": record or (), "every": every}
        asked["posterior"] = draws_for(uncertainty, [chosen], posterior)
    n_workers = threads(workers)
    afford(needs_of(asked, n_workers), "--replicates, --patients, --weeks or --record", tell, out or Path("results"))
    answer(asked, out, n_workers, tell)


def needs_of(asked: dict[str, Any], workers: int) -> "Needs":
    """What a run takes."""
    from supportnet.experiments.resource_needs import of_run

    each = asked["replicates"] if isinstance(asked["replicates"], int) else len(asked["replicates"])
    return of_run(asked["scenario"], each, workers, asked["posterior"], asked["record"], asked["every"])


def is_given(context: typer.Context, name: str) -> bool:
    """Whether somebody wrote this option, rather than leaving it at its default."""
    source = context.get_parameter_source(name)
    return source is not None and source.name not in ("DEFAULT", "DEFAULT_MAP")


def asked_again(path: Path, posterior: str, other_version: bool) -> dict[str, Any]:
    """What a provenance file asks for. Raises UserInputError where it was written by other code, unless that is
    allowed."""
    from supportnet.analysis.outputs.rerun import posterior_told, same_version, scenario_told
    from supportnet.sim.provenance import read

    told = read(path)
    same_version(told, path, other_version)
    scenario = scenario_told(told, path if path.is_dir() else path.parent)
    asked = {name: told[name] for name in ("seed", "replicates", "record", "every")}
    return {"scenario": scenario, **asked, "posterior": posterior_told(told, posterior)}


def answer(asked: dict[str, Any], out: Path | None, workers: int, tell: "Output") -> None:
    """Run what is asked, write its files, tell the result."""
    from supportnet.analysis.files.result_folder import default_folder, written_together
    from supportnet.analysis.outputs.run import RunFiles
    from supportnet.experiments.ensemble.ensemble import planned, run
    from supportnet.sim.provenance import identity

    request = planned(**asked)
    folder = out or default_folder([asked["scenario"].name], request)
    with written_together(folder, "run") as hidden, RunFiles(hidden, asked["scenario"]) as files:
        with tell.progress(f"Running {asked['scenario'].name}") as progress:
            results = run(**asked, workers=workers, progress=progress, keep=files.keep)
        files.finish(results)
    paths = {name: str(folder / name) for name in files.names}
    tell_results(results, tell)
    tell.note(f"\nFigure and tables: {folder}")
    tell.answer(as_plain(results, identity(request), paths))
    tell.conclude([(f"replicate {failed.replicate}", failed.error) for failed in results.failed])


def as_plain(results: "Results", run_identity: str, files: dict[str, str]) -> dict[str, Any]:
    """The answer for programs."""
    from supportnet.analysis.wording.caveats import run_cautions
    from supportnet.experiments.ensemble.estimates import contains

    columns = ["mean", "mcse", "lower", "upper", "unit", "n"]
    outcomes = results.summary()[columns].to_dict("index")
    failed = {"failed": [{"replicate": f.replicate, "error": repr(f.error)} for f in results.failed]}
    return {
        "scenario": results.scenario.name,
        "title": results.scenario.title,
        "seed": results.seed,
        "replicates": len(results.replicates),
        "patients": results.scenario.population.patients,
        "weeks": results.scenario.weeks,
        "run_identity": run_identity,
        "interval": contains(results.draws),
        "posterior": results.request.get("posterior", ""),
        "cautions": run_cautions(results),
        "outcomes": outcomes,
        **(failed if results.failed else {}),
        "files": files,
    }


def tell_results(results: "Results", tell: "Output") -> None:
    """A table for people, and what has to be said beside it."""
    from supportnet.analysis.commands.terminal_tables import run_table
    from supportnet.analysis.wording.caveats import run_cautions
    from supportnet.experiments.ensemble.estimates import contains

    tell.show(run_table(results))
    tell.note(f"Interval: {contains(results.draws)}.")
    for caution in run_cautions(results):
        tell.note(f"Caution: {caution}.")
