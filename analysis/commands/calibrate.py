"""`supportnet calibrate`: the numbers of the model fitted to patterns."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from supportnet.analysis.commands.completion import studies
from supportnet.analysis.commands.options import Json, Out, Quiet, Workers
from supportnet.analysis.commands.sweep import Address, EngineName

if TYPE_CHECKING:
    import pandas as pd
    from rich.table import Table

    from supportnet.analysis.commands.output import Output

Name = Annotated[
    str,
    typer.Argument(
        metavar="STUDY", help="A study that measures patterns: a name, or a TOML file.", autocompletion=studies
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
    from supportnet.analysis.commands.sweep import swept
    from supportnet.analysis.files.result_folder import not_of_another, written_together
    from supportnet.analysis.outputs.calibration import write_calibration
    from supportnet.experiments.calibration.alternative_models import as_rival
    from supportnet.experiments.calibration.iterate import calibrate as fit
    from supportnet.experiments.execution.workers import threads
    from supportnet.experiments.resource_needs import of_emulators
    from supportnet.experiments.runs.engines import engine_of
    from supportnet.experiments.study.study import StudyDefinition
    from supportnet.sim.extras import needed

    needed("calibration", "sklearn", "emcee", "arviz_stats")
    tell, study, n = Output(as_json, quiet), StudyDefinition.load(name), threads(workers)
    enough_runs(study, truths)
    study = as_rival(study, rival) if rival else study
    folder = out or Path("results", f"calibrate-{study.name}")
    not_of_another(folder, "calibrate")
    at_work = engine_of(engine, n, dask)

    lower = "n of the study, or --rounds"
    afford(of_emulators(rounds * study.design.n, n), lower, tell, what="Learning from the runs takes")

    def live(there: Any, where: Any) -> None:
        done = swept(there, where, at_work, tell)
        failed = f", {len(done.failed):,} failed" if done.failed else ""
        tell.note(f"{where.name}: {done.runs:,} runs, {done.computed:,} computed, {done.reused:,} reused{failed}.")
        for one in done.failed[:5]:
            tell.warn(f"run {one['run'][:8]} failed: {one['error']}")

    found = fit(study, folder, live, tell.progress, seed, rounds, draws, n)
    covered = covered_by(found, truths, seed, n, tell) if truths else []
    with written_together(folder, "calibrate") as hidden:
        names = write_calibration(found, covered, seed, hidden)
    files = {name: str(folder / name) for name in names}
    tell_calibration(folder, tell)
    tell.answer(as_plain(folder, found.study.name, files))


def enough_runs(study: Any, truths: int) -> None:
    """Raises UserInputError where a round has no more runs than numbers, or so many are to be taken for truths."""
    from supportnet.sim.errors import UserInputError

    n, numbers = study.design.n, len(study.groups)
    if n <= numbers:
        raise UserInputError(
            "too few runs to learn from", where=study.called, found=f"n = {n:,}",
            expected=f"more runs in a round than numbers that are fitted ({numbers:,}): a straight line takes as many",
            remedy=f"take n = {2 * numbers:,} or more in the study, or fit fewer numbers",
        )  # fmt: skip
    if truths > (most := min(n // 2, n - numbers - 1)):
        raise UserInputError(
            "too few runs would be left to learn from", where="--truths", found=truths,
            expected=f"at most {most}: half of the runs of a round, and more runs left than numbers",
            remedy="take fewer, or a larger n in the study",
        )  # fmt: skip


def covered_by(found: Any, truths: int, seed: int, workers: int, tell: "Output") -> list[Any]:
    """How often intervals hold the truth, for the numbers that are learned; runs of the first round are truths."""
    import numpy as np

    from supportnet.analysis.outputs.calibration import LEARNED
    from supportnet.experiments.calibration.diagnostics import coverage
    from supportnet.experiments.calibration.iterate import even_of

    first, last, targets = found.rounds[0], found.rounds[-1], found.targets
    learned = np.flatnonzero(1.0 - 12.0 * last.posterior.units.var(axis=(0, 1)) > LEARNED)
    with tell.progress("Coverage of synthetic truths") as told:
        return coverage(
            first.units, even_of(first.values, targets), targets[0].edge, learned, truths, seed, workers,
            told or (lambda share: None),
        )  # fmt: skip


def tell_calibration(folder: Any, tell: "Output") -> None:
    """Tables for people, read from the files."""
    from supportnet.analysis.files.writing import read_csv
    from supportnet.analysis.outputs.calibration import LEARNED

    patterns, numbers = read_csv(folder / "patterns.csv"), read_csv(folder / "numbers.csv")
    tell.show(patterns_shown(patterns))
    met, mean = int(patterns["in_range"].sum()), patterns["posterior_in_range"].mean()
    learned = numbers[numbers["learned"] > LEARNED]
    tell.note(
        f"{met} of {len(patterns)} medians in range; a run at a draw has {mean:.0%} of the values in range.\n"
        f"Learned (more than a tenth of the variance gone): {len(learned)} of {len(numbers)} numbers; "
        f"R-hat at most {numbers['r_hat'].max():.3f}, effective draws at least {numbers['ess'].min():,.0f}."
    )
    for caution in calibration_cautions(patterns, numbers):
        tell.note(f"Caution: {caution}.")
    if (folder / "coverage.csv").exists():
        for row in read_csv(folder / "coverage.csv").itertuples():
            tell.note(
                f"{row.level:.0%} intervals held {row.share:.1%} ({row.lower:.1%}–{row.upper:.1%}) of the truths."
            )
    tell.note(f"\nDraws, tables and figures: {folder}")


def calibration_cautions(patterns: "pd.DataFrame", numbers: "pd.DataFrame") -> list[str]:
    """Why draws from a posterior are not to be relied on."""
    from supportnet.analysis.outputs.calibration import FEWEST_EFFECTIVE, LARGEST_R_HAT
    from supportnet.analysis.wording.formatting import some_of

    said = []
    if unknown := list(patterns["value"][~(patterns["emulator_r2"] > 0.0)].unique()):
        said.append(f"emulators predict {some_of(unknown)} no better than its mean: take more runs")
    if not ((numbers["r_hat"] <= LARGEST_R_HAT) & (numbers["ess"] >= FEWEST_EFFECTIVE)).all():
        expected = f"R-hat at most {LARGEST_R_HAT}, effective draws at least {FEWEST_EFFECTIVE}"
        said.append(f"chains do not agree yet (expected: {expected}), so draws are not those of the posterior")
    return said


def patterns_shown(table: "pd.DataFrame") -> "Table":
    """Each value with its range, before and after."""
    from supportnet.analysis.commands.terminal_tables import blank

    shown = blank("\nPatterns before and after", "value", ("range", "prior", "posterior", "in range"), "preset")
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


def as_plain(folder: Any, study: str, files: dict[str, str]) -> dict[str, Any]:
    """The answer for programs."""
    from supportnet.analysis.files.writing import read_csv

    coverage = folder / "coverage.csv"
    patterns, numbers = read_csv(folder / "patterns.csv"), read_csv(folder / "numbers.csv")
    return {
        "study": study,
        "patterns": patterns.to_dict("records"),
        "numbers": numbers.to_dict("records"),
        "cautions": calibration_cautions(patterns, numbers),
        "coverage": read_csv(coverage).to_dict("records") if coverage.exists() else [],
        "files": files,
    }
