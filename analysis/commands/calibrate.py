"""`supportnet calibrate`: the numbers of the model fitted to patterns."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from supportnet.analysis.commands.completion import complete_studies
from supportnet.analysis.commands.options import Json, Out, Quiet, Workers
from supportnet.analysis.commands.sweep import Address, EngineName

if TYPE_CHECKING:
    import pandas as pd
    from rich.table import Table

    from supportnet.analysis.commands.output import Output
    from supportnet.analysis.results.calibration import Calibration

Name = Annotated[
    str,
    typer.Argument(
        metavar="STUDY", help="A study that measures patterns: a name, or a TOML file.", autocompletion=complete_studies
    ),
]
Rounds = Annotated[int, typer.Option(min=1, max=9, help="Of runs: the first over the prior, others where it led.")]
NDraws = Annotated[int, typer.Option("--draws", min=20, max=5000, help="From the posterior; the model is run at each.")]
RivalName = Annotated[
    str, typer.Option("--rival", metavar="NAME", help="Fit a simpler world instead: no_social_effect, skill_alone.")
]
Truths = Annotated[int, typer.Option(min=0, help="Runs that are taken for truths, to try intervals on.")]
CalibrationSeed = Annotated[int, typer.Option("--seed", min=1, help="Luck of chains and draws.")]


def calibrate(
    name: Name = "calibration",
    rounds: Rounds = 2,
    draws: NDraws = 200,
    truths: Truths = 0,
    rival: RivalName = "",
    seed: CalibrationSeed = 1,
    workers: Workers = None,
    engine: EngineName = "threads",
    dask: Address = "",
    out: Out = None,
    as_json: Json = False,
    quiet: Quiet = False,
) -> None:
    """The numbers of the model fitted to patterns of natural history and observed association.

    Runs over the prior teach emulators what the model shows; Markov chains find where all patterns are met; runs there
    teach the emulators more, and so on. At the end the model itself is run at each draw. The same command goes on
    where it was interrupted. How long the study that ships takes: docs/calibration.md.

    \b
    Examples:
      supportnet calibrate
      supportnet calibrate mine.toml --rounds 3 --draws 100 --truths 100 --out results/calibrate-mine
      supportnet calibrate --rival no_social_effect
    """
    from supportnet.analysis.commands.options import afford
    from supportnet.analysis.commands.output import Output
    from supportnet.analysis.commands.sweep import run_with_progress
    from supportnet.analysis.files.result_folder import not_of_another, written_together
    from supportnet.analysis.results.calibration import Calibration, covered_by, ready
    from supportnet.experiments.calibration.iterate import fit_study
    from supportnet.experiments.execution.workers import threads
    from supportnet.experiments.resource_needs import of_emulators
    from supportnet.experiments.runs.engines import engine_of
    from supportnet.experiments.study.study import StudyDefinition

    output, study, n = Output(as_json, quiet), ready(StudyDefinition.load(name), truths, rival), threads(workers)
    folder = out or Path("results", f"calibrate-{study.name}")
    not_of_another(folder, "calibrate")
    at_work = engine_of(engine, n, dask)

    lower = "n of the study, or --rounds"
    afford(of_emulators(rounds * study.design.n, n), lower, output, what="Learning from the runs takes")

    def run(design: Any, where: Any) -> None:
        done = run_with_progress(design, where, at_work, output)
        failed = f", {len(done.failed):,} failed" if done.failed else ""
        output.note(f"{where.name}: {done.runs:,} runs, {done.computed:,} computed, {done.reused:,} reused{failed}.")
        for one in done.failed[:5]:
            output.warn(f"run {one['run'][:8]} failed: {one['error']}")

    found = fit_study(study, folder, run, output.progress, seed=seed, n_rounds=rounds, n_draws=draws, workers=n)
    with output.progress("Coverage of synthetic truths") as progress:
        calibration = Calibration.of(found, seed, covered_by(found, truths, seed, n, progress))
    with written_together(folder, "calibrate") as hidden:
        names = calibration.write(hidden)
    show_calibration(calibration, folder, output)
    output.answer({**calibration.to_dict(), "files": {name: str(folder / name) for name in names}})


def show_calibration(calibration: "Calibration", folder: Path, output: "Output") -> None:
    """Tables for people."""
    from supportnet.analysis.outputs.calibration import LEARNED

    patterns, numbers = calibration.patterns, calibration.numbers
    output.show(patterns_shown(patterns))
    met, mean = int(patterns["in_range"].sum()), patterns["posterior_in_range"].mean()
    learned = numbers[numbers["learned"] > LEARNED]
    output.note(
        f"{met} of {len(patterns)} medians in range; a run at a draw has {mean:.0%} of the values in range.\n"
        f"Learned (more than a tenth of the variance gone): {len(learned)} of {len(numbers)} numbers; "
        f"R-hat at most {numbers['r_hat'].max():.3f}, effective draws at least {numbers['ess'].min():,.0f}."
    )
    for caution in calibration.cautions:
        output.note(f"Caution: {caution}.")
    for row in calibration.covered:
        output.note(f"{row.level:.0%} intervals held {row.share:.1%} ({row.lower:.1%}–{row.upper:.1%}) of the truths.")
    output.note(f"\nDraws, tables and figures: {folder}")


def patterns_shown(table: "pd.DataFrame") -> "Table":
    """Each value with its range, before and after."""
    from supportnet.analysis.commands.table_layout import empty_table

    shown = empty_table("\nPatterns before and after", "value", ("range", "prior", "posterior", "in range"), "preset")
    for row in table.itertuples():
        after = f"{row.posterior:.3g} ({row.posterior_lower:.3g}–{row.posterior_upper:.3g})"
        met = f"{'yes' if row.in_range else 'NO'}, {row.posterior_in_range:.0%} of runs"
        shown.add_row(
            str(row.value),
            f"{row.accept_lower:g}–{row.accept_upper:g}",
            f"{row.prior:.3g}",
            after,
            met,
            str(row.preset),
        )
    return shown
