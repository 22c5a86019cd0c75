"""`supportnet calibrate`: parameters estimated from published patterns."""

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
        metavar="STUDY",
        help="A study that measures patterns: a shipped study, or the path of a TOML file.",
        autocompletion=complete_studies,
    ),
]
Rounds = Annotated[
    int,
    typer.Option(min=1, max=9, help="Rounds of runs: the first from the prior, later ones from the posterior so far."),
]
NDraws = Annotated[int, typer.Option("--draws", min=20, max=5000, help="Posterior draws; the model is run at each.")]
RivalName = Annotated[
    str,
    typer.Option(
        "--rival",
        metavar="NAME",
        help="Fit a rival model instead: no_social_effect, skill_alone, therapy_only or illness_makes_homes_critical.",
    ),
]
Moves = Annotated[
    int, typer.Option(min=0, max=9, help="Times that draws move by what the model shows there, run anew each time.")
]
Truths = Annotated[int, typer.Option(min=0, help="Runs used as synthetic truths to check the coverage of intervals.")]
EvidencePath = Annotated[
    str, typer.Option("--evidence", metavar="FILE", help="Published trials, a TOML file. Default: the shipped ones.")
]
CalibrationSeed = Annotated[int, typer.Option("--seed", min=1, help="Random seed of chains and draws.")]


def calibrate(
    name: Name = "calibration",
    rounds: Rounds = 2,
    draws: NDraws = 200,
    moves: Moves = 1,
    truths: Truths = 0,
    rival: RivalName = "",
    evidence: EvidencePath = "",
    seed: CalibrationSeed = 1,
    workers: Workers = None,
    engine: EngineName = "threads",
    dask: Address = "",
    out: Out = None,
    as_json: Json = False,
    quiet: Quiet = False,
) -> None:
    """Estimate parameters from published patterns of natural history, and from published trials.

    Emulators are trained on runs from the prior; Markov chains find parameter values that meet all patterns; emulators
    are retrained with runs from there, round by round. The model itself is then run at each posterior draw, draws at
    which it shows a world that nobody would recognise are dropped, and the others are weighed by what trials found. The
    same command continues after an interruption. Run time: docs/calibration.md.

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
    from supportnet.experiments.randomised.evidence import read_evidence
    from supportnet.experiments.resource_needs import of_emulators
    from supportnet.experiments.runs.engines import engine_of
    from supportnet.experiments.study.study import StudyDefinition

    output, study, n = Output(as_json, quiet), ready(StudyDefinition.load(name), truths, rival), threads(workers)
    trials = read_evidence(evidence) if evidence else None
    folder = out or Path("results", f"calibrate-{study.name}")
    not_of_another(folder, "calibrate")
    at_work = engine_of(engine, n, dask)

    lower = "n of the study, or --rounds"
    afford(of_emulators(rounds * study.design.n, n), lower, output, what="Training the emulators takes")

    def run(design: Any, where: Any) -> None:
        done = run_with_progress(design, where, at_work, output)
        failed = f", {len(done.failed):,} failed" if done.failed else ""
        output.note(f"{where.name}: {done.runs:,} runs, {done.computed:,} computed, {done.reused:,} reused{failed}.")
        for one in done.failed[:5]:
            output.warn(f"run {one['run'][:8]} failed: {one['error']}")

    found = fit_study(
        study, folder, run, output.progress, seed=seed, n_rounds=rounds, n_draws=draws, n_moves=moves, workers=n,
        evidence=trials,
    )  # fmt: skip
    with output.progress("Coverage of synthetic truths") as progress:
        calibration = Calibration.of(found, seed, covered_by(found, truths, seed, n, progress))
    with written_together(folder, "calibrate") as hidden:
        names = calibration.write(hidden)
    show_calibration(calibration, folder, output)
    output.answer({**calibration.to_dict(), "files": {name: str(folder / name) for name in names}})


def show_calibration(calibration: "Calibration", folder: Path, output: "Output") -> None:
    """The result on a terminal."""
    from supportnet.analysis.outputs.calibration import LEARNED
    from supportnet.experiments.calibration.acceptance import effective_number

    patterns, numbers = calibration.patterns, calibration.numbers
    output.show(patterns_shown(patterns))
    met, mean = int(patterns["in_range"].sum()), patterns["posterior_in_range"].mean()
    learned = numbers[numbers["learned"] > LEARNED]
    output.note(
        f"{met} of {len(patterns)} medians in range; a run at a posterior draw has on average {mean:.0%} of the values "
        f"in range.\n"
        f"Informed by the data (variance reduced by more than a tenth): {len(learned)} of {len(numbers)} parameters; "
        f"R-hat at most {numbers['r_hat'].max():.3f}, effective sample size at least {numbers['ess'].min():,.0f}."
    )
    count = f"{effective_number(calibration.weights):.0f}"
    output.note(
        f"{len(calibration.draws)} of {calibration.tried} draws kept; {len(calibration.evidence.effects)} effects of "
        f"trials weigh them, so that they count as {count}."
    )
    for caution in calibration.cautions:
        output.note(f"Caution: {caution}.")
    for row in calibration.covered:
        output.note(
            f"{row.level:.0%} intervals contained {row.share:.1%} ({row.lower:.1%}–{row.upper:.1%}) of the truths."
        )
    output.note(f"\nDraws, tables and figures: {folder}")


def patterns_shown(table: "pd.DataFrame") -> "Table":
    """Each value with its target range, before and after calibration."""
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
