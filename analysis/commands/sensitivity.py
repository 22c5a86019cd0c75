"""`supportnet sensitivity`: which factors an outcome depends on."""

from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from supportnet.analysis.commands.completion import complete_factors, complete_outcomes, complete_studies, several
from supportnet.analysis.commands.options import MOST_ROWS, Full, Json, Out, Quiet, Workers, names_in
from supportnet.analysis.commands.sweep import Address, EngineName

if TYPE_CHECKING:
    from rich.table import Table

    from supportnet.analysis.commands.output import Output
    from supportnet.analysis.sensitivity.study import Sensitivity
    from supportnet.experiments.runs.plan import SweepPlan
    from supportnet.experiments.study.study import StudyDefinition

Target = Annotated[
    str,
    typer.Argument(
        metavar="STUDY|DIR",
        help="A study (its missing runs are made), or the folder of a sweep.",
        autocompletion=complete_studies,
    ),
]
MethodName = Annotated[
    str, typer.Option("--method", metavar="NAME", help="morris, sobol, fast, rbd-fast, delta, pawn or dgsm.")
]
Outcomes = Annotated[
    list[str] | None,
    typer.Option(
        "--outcome",
        metavar="NAME[,NAME…]",
        help="Outcomes to analyse; may be repeated. [recovery]",
        show_default=False,
        autocompletion=several(complete_outcomes),
    ),
]
Size = Annotated[int | None, typer.Option("--n", help="Size of the design. [as in the study]", show_default=False)]
Pairs = Annotated[bool, typer.Option("--second-order", help="Second-order indices too (sobol); nearly twice the runs.")]
Screen = Annotated[
    int | None,
    typer.Option(
        metavar="K",
        help="Screen all factors by Morris' method first, and keep the K most important.",
        show_default=False,
    ),
]
Keep = Annotated[
    list[str] | None,
    typer.Option(
        metavar="NAME[,NAME…]",
        help="Factors that screening never drops; may be repeated.",
        show_default=False,
        autocompletion=complete_factors,
    ),
]
Resamples = Annotated[int, typer.Option(min=20, help="Bootstrap resamples for the intervals.")]
AnalysisSeed = Annotated[int, typer.Option("--seed", min=1, help="Random seed of the bootstrap.")]
SCREENING = 20  # trajectories, where the study does not say otherwise


def sensitivity(
    target: Target,
    method: MethodName = "sobol",
    outcome: Outcomes = None,
    n: Size = None,
    second_order: Pairs = False,
    screen: Screen = None,
    keep: Keep = None,
    resamples: Resamples = 1000,
    seed: AnalysisSeed = 1,
    workers: Workers = None,
    engine: EngineName = "threads",
    dask: Address = "",
    out: Out = None,
    full: Full = False,
    as_json: Json = False,
    quiet: Quiet = False,
) -> None:
    """Find which factors an outcome depends on: indices with intervals, the share of Monte Carlo noise, figures.

    Missing runs of a study are made first; a larger n adds to existing ones.

    \b
    Examples:
      supportnet sensitivity levers --method sobol --outcome recovery,qpr
      supportnet sensitivity mine.toml --method sobol --n 256 --screen 8 --second-order
    """
    from supportnet.analysis.commands.options import afford
    from supportnet.analysis.commands.output import Output
    from supportnet.analysis.files.result_folder import written_together
    from supportnet.analysis.outputs.sensitivity import earlier_files, write_sensitivity
    from supportnet.analysis.results.indices import Indices
    from supportnet.analysis.sensitivity.study import analyse, method_of
    from supportnet.experiments.execution.workers import threads
    from supportnet.experiments.resource_needs import of_resamples
    from supportnet.experiments.runs.engines import engine_of

    output = Output(as_json, quiet)
    method_of(method)
    changes: dict[str, Any] = {"n": n} if n else {}
    changes |= {"second_order": True} if second_order else {}
    at_work = engine_of(engine, threads(workers), dask)
    asked = names_in(outcome) or ["recovery"]
    study, folder = prepared(
        target, method, changes, screen=screen, keep=names_in(keep), asked=asked, out=out, engine=at_work, output=output
    )
    plan, failed = plan_with_results(study, method, folder, target, at_work, output)
    afford(of_resamples(plan.n_points, resamples), "--resamples", output)
    with output.progress("Analysing") as progress:
        found = analyse(
            plan, folder, method, asked, weeks=study.weeks, resamples=resamples, seed=seed, progress=progress
        )
    earlier = earlier_files(folder / method)
    with written_together(folder / method, "sensitivity") as hidden:
        names = write_sensitivity(found, hidden)
    for name in earlier.difference(names):
        (folder / method / name).unlink(missing_ok=True)
    show_sensitivity(found, output, None if full else MOST_ROWS)
    output.note(f"\nFigures and tables: {folder / method}")
    output.answer({**Indices(found).to_dict(), "files": {name: str(folder / method / name) for name in names}})
    output.conclude_runs(failed)


def prepared(
    target: str, method: str, changes: dict[str, Any], *, screen: int | None, keep: list[str], asked: list[str],
    out: Path | None, engine: Any, output: "Output",
) -> tuple["StudyDefinition", Path]:  # fmt: skip
    """The study with a design for the method, screened where asked for, and the folder of its results."""
    from supportnet.analysis.commands.sweep import folder_of
    from supportnet.analysis.sensitivity.study import check_method, method_of
    from supportnet.experiments.ensemble.ensemble import outcomes_asked
    from supportnet.experiments.runs.manifest import MANIFEST, study_kept
    from supportnet.experiments.runs.plan import plan_of
    from supportnet.experiments.study.study import StudyDefinition
    from supportnet.sim.errors import UserInputError

    if (Path(target) / MANIFEST).is_file():
        if changes or screen or out:
            expected, remedy = "only --method, --outcome, --resamples, --seed beside a folder", "name the study instead"
            raise UserInputError("the runs of a folder are fixed", where=target, expected=expected, remedy=remedy)
        kept = study_kept(Path(target))
        outcomes_asked(asked, kept.columns)
        return kept, Path(target)
    study, kinds = StudyDefinition.load(target), method_of(method).designs
    outcomes_asked(asked, study.columns)
    own = study.design.kind in kinds
    name = study.name if own and not screen else f"{study.name}-{method}"
    folder = out or folder_of(name)
    if not own:
        changes = {"kind": kinds[0], **changes}
    if screen:
        check_names(keep, study)
        if method != "fast":  # which needs fewer points for fewer factors
            check_method(plan_of(study.designed(**changes)), method)
        morris = study.design.kind == "morris"  # then the study is its own screening
        aside = folder_of(study.name) if morris and not out else folder / "screening"
        chosen = screened(study, screen, keep, asked[0], aside, engine, output)
        redesigned = few_of(study.designed(chosen, **changes), len(study.factor_names))
    else:
        redesigned = study.designed(**changes) if changes else study
    if not own:
        design, runs = redesigned.design, plan_of(redesigned).n_runs
        output.note(f"Design replaced: {design.kind}, n = {design.n:,}, for {study.design.kind}; {runs:,} runs.")
    return redesigned, folder


def check_names(keep: list[str], study: "StudyDefinition") -> None:
    """Raises UserInputError for names that are not factors."""
    from supportnet.sim.errors import UserInputError, nearest

    for name in keep:
        if name not in study.factor_names:
            remedy = nearest(name, study.factor_names)
            raise UserInputError(
                "not a factor of the study", where="--keep", found=name, expected="factors", remedy=remedy
            )


def few_of(study: "StudyDefinition", n_factors: int) -> "StudyDefinition":
    """The study, with a title that says how many of its factors were kept by screening."""
    title = f"{study.title}: {len(study.factor_names)} of {n_factors} factors"
    return replace(study, file=study.file.model_copy(update={"title": title}))


def screened(
    study: "StudyDefinition", most: int, keep: list[str], outcome: str, folder: Path, engine: Any, output: "Output"
) -> list[str]:
    """The most important factors for an outcome by Morris' method, and those that are always kept."""
    from supportnet.analysis.sensitivity.study import analyse

    design = study if study.design.kind == "morris" else study.designed(kind="morris", n=SCREENING, levels=4)
    plan, _ = plan_with_results(design, "morris", folder, study.name, engine, output)
    found = analyse(plan, folder, "morris", [outcome], weeks=study.weeks[-1:], resamples=100, seed=1)
    output.show(indices_table(found, found.cells[0]))
    stars = found.indices[found.indices["index"] == "mu_star"].groupby("factor")["value"].max()
    best = [str(name) for name in stars.sort_values(ascending=False).index[:most]]
    chosen = [name for name in study.factor_names if name in best or name in keep]
    output.note(f"Screened by Morris: {', '.join(chosen)} of {len(study.factor_names)} factors.\n")
    return chosen


def plan_with_results(
    study: "StudyDefinition", method: str, folder: Path, target: str, engine: Any, output: "Output"
) -> tuple["SweepPlan", list[dict[str, Any]]]:  # fmt: skip
    """The runs of a study, with missing ones simulated, and those that failed; a folder must be complete.

    Raises UserInputError before anything is simulated if the study does not fit the method.
    """
    from supportnet.analysis.commands.sweep import run_with_progress
    from supportnet.analysis.sensitivity.study import check_method
    from supportnet.analysis.sensitivity.study_results import read_results
    from supportnet.experiments.runs.plan import plan_of
    from supportnet.sim.errors import UserInputError

    plan = plan_of(study)
    if Path(target) == folder:
        results = read_results(folder, [], [], None)
        if not results.of_this_version:
            raise UserInputError(
                "these runs were made by another version of the model", where=str(folder),
                expected="runs made by the present version", remedy="name the study here: its runs are made again",
            )  # fmt: skip
        if results.missing > len(results.failed):
            passed_over = "".join(f"; skipped: {path} ({why})" for path, why in results.shelf.foreign.items())
            raise UserInputError(
                "runs are missing", where=str(folder), found=f"{results.missing:,} of {results.planned:,}{passed_over}",
                expected="all of them", remedy="repeat `supportnet sweep` with its study, or name the study here",
            )  # fmt: skip
        return plan, results.failed
    check_method(plan, method)
    return plan, run_with_progress(study, folder, engine, output).failed


def show_sensitivity(found: "Sensitivity", output: "Output", most: int | None) -> None:
    """A table for each scenario and outcome in the last week, and cautions; most: rows of a table."""
    for cell in found.last:
        output.show(indices_table(found, cell, most))
    if line := about_columns(found):
        output.note(line)
    for remark in found.remarks:
        output.note(f"Note: {remark}.")
    for caution in found.cautions_of(found.last):
        output.note(f"Caution: {caution}.")


def about_columns(found: "Sensitivity") -> str:
    """What intervals and corrected indices are, if there are any."""
    intervals, corrected = found.indices["lower"].notna().any(), found.indices["corrected"].notna().any()
    lines = ["Intervals: 95 %, bootstrap over the design."] if intervals else []
    return " ".join([*lines, "Corrected: for Monte Carlo noise."] if corrected else lines)


def indices_table(found: "Sensitivity", cell: Any, most: int | None = MOST_ROWS) -> "Table":
    """Indices of one scenario, outcome and week, the largest first; most: the number of rows."""
    from supportnet.analysis.commands.table_layout import empty_table
    from supportnet.analysis.outputs.sensitivity import of_cell
    from supportnet.analysis.wording.formatting import interval, number, share

    rows, noise = of_cell(found.indices, cell), of_cell(found.noise, cell).iloc[0]
    rows = rows[rows["other"] == ""]
    order = rows[rows["index"] == found.method.main].sort_values("value", ascending=False)["factor"]
    least = 0.005 if found.method_name != "morris" else 0.0  # of shares no more than three decimals
    columns, cells = list[str](), list[list[str]]()
    for index in dict.fromkeys(rows["index"]):
        table = rows[rows["index"] == index].set_index("factor").loc[order].to_dict("records")
        widths = [max((row["upper"] - row["lower"]) / 4, least) for row in table]
        columns.append(str(index))
        cells.append([number(row["value"], width) for row, width in zip(table, widths, strict=True)])
        if any(row["lower"] == row["lower"] for row in table):
            columns.append("95 % interval")
            cells.append(
                [interval(row["lower"], row["upper"], width) for row, width in zip(table, widths, strict=True)]
            )
        if any(row["corrected"] == row["corrected"] and row["corrected"] != row["value"] for row in table):
            columns.append("corrected")
            cells.append([number(row["corrected"], width) for row, width in zip(table, widths, strict=True)])
    noise_share = noise["noise_share"]
    of_noise = "" if noise_share != noise_share else f", of whose variance {share(noise_share)} is Monte Carlo noise"
    head = f"\n{cell.outcome}, {cell.scenario}, week {cell.week}: {found.method.says}\nSD between points "
    shown = empty_table(f"{head}{number(noise['sd'])}{of_noise}", "factor", tuple(columns))
    for factor, *row in list(zip(order, *cells, strict=True))[:most]:
        shown.add_row(str(factor), *row)
    if most and len(order) > most:
        shown.add_row(f"{len(order) - most} more with --full")
    return shown
