"""`supportnet sweep`: a study, run to completion."""

import time
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from supportnet.analysis.commands.options import Json, Out, Quiet, Workers
from supportnet.analysis.commands.study import Name

if TYPE_CHECKING:
    from supportnet.analysis.commands.output import Output
    from supportnet.experiments.runs.sweep import Swept

StudyUncertainty = Annotated[
    str | None,
    typer.Option(
        metavar="parameters|none",
        help="parameters: draw parameters from the posterior, two replicates per draw. [as in the study]",
        show_default=False,
    ),
]
EngineName = Annotated[str, typer.Option(metavar="threads|processes|dask", help="Where to simulate.")]
Address = Annotated[
    str,
    typer.Option("--dask", metavar="ADDRESS", help="Address of a Dask scheduler. [a local one]", show_default=False),
]


def sweep(
    name: Name,
    workers: Workers = None,
    engine: EngineName = "threads",
    dask: Address = "",
    uncertainty: StudyUncertainty = None,
    out: Out = None,
    as_json: Json = False,
    quiet: Quiet = False,
) -> None:
    """Run a parameter sweep to completion: missing runs are computed, existing ones reused, failures recorded.

    The same command continues after an interruption. Results do not depend on engine, workers or order.

    \b
    Examples:
      supportnet sweep levers
      supportnet sweep mine.toml --engine dask --dask tcp://127.0.0.1:8786 --out results/mine
    """
    from supportnet.analysis.commands.output import Output
    from supportnet.experiments.execution.workers import threads
    from supportnet.experiments.runs.engines import engine_of
    from supportnet.experiments.study.study import StudyDefinition

    output, study = Output(as_json, quiet), StudyDefinition.load(name).uncertain(uncertainty)
    folder = out or folder_of(study.name)
    found = run_with_progress(study, folder, engine_of(engine, threads(workers), dask), output)
    show_sweep(found, output)
    output.answer(sweep_answer(found))
    output.conclude_runs(found.failed)


def folder_of(name: str) -> Path:
    """Where results of a study of this name go, whatever its content: so that an edited study finds existing
    results."""
    from supportnet.analysis.files.result_folder import default_folder

    return default_folder([name], {"command": "sweep", "study": name})


def run_with_progress(study: Any, folder: Path, engine: Any, output: "Output") -> "Swept":
    """Run a study to completion, with progress. Raises UserInputError for one that this machine can't run."""
    from supportnet.analysis.commands.options import afford
    from supportnet.experiments.resource_needs import of_study
    from supportnet.experiments.runs.sweep import sweep_study
    from supportnet.experiments.study.design import n_points

    lower, what = "n or replicates of the study, or --workers", "All runs of the study, if none exists yet, take"
    afford(of_study(study, n_points(study), engine), lower, output, None if folder.exists() else folder, what)
    with output.progress(f"Running {study.name}") as progress:
        began = time.monotonic()

        def report(done: int, of: int) -> None:
            if progress:
                rate = done / max(time.monotonic() - began, 1e-3)
                progress(done / of, f": {done:,} of {of:,} runs, {rate:,.3g} a second")

        return sweep_study(study, folder, engine, report)


def show_sweep(found: "Swept", output: "Output") -> None:
    """Summary in sentences."""
    from supportnet.analysis.wording.formatting import counted

    for path, why in found.foreign.items():
        output.warn(f"{path} is not a complete part of results ({why}): skipped.")
    failed = f", {len(found.failed):,} failed" if found.failed else ""
    nothing = "Nothing is missing. " if not found.computed and found.completed == found.runs else ""
    output.note(
        f"{nothing}{counted(found.runs, 'run')}: {found.computed:,} computed, {found.reused:,} reused{failed}.\n"
        f"Results: {found.folder}\n"
        f"Read on with: supportnet results {found.folder}"
    )


def sweep_answer(found: "Swept") -> dict[str, Any]:
    """The result as plain values."""
    from supportnet.experiments.runs.manifest import MANIFEST, STUDY
    from supportnet.experiments.runs.plan_file import PLAN
    from supportnet.experiments.runs.results_table import RESULTS

    files = {name: str(found.folder / name) for name in (MANIFEST, STUDY, PLAN, RESULTS)}
    return {
        "study": found.study.name,
        "runs": found.runs,
        "computed": found.computed,
        "reused": found.reused,
        "failed": found.failed,
        "foreign": [str(path) for path in found.foreign],
        "files": {name: path for name, path in files.items() if Path(path).exists()},
    }
