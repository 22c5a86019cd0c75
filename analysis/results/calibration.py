"""Parameters estimated from published patterns."""

import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field, fields
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from supportnet.analysis.outputs.calibration import (
    LEARNED,
    calibration_cautions,
    draws_cautions,
    numbers_table,
    patterns_table,
    write_calibration,
)
from supportnet.analysis.results.result import Result
from supportnet.analysis.wording.formatting import counted
from supportnet.experiments.calibration.alternative_models import as_rival
from supportnet.experiments.calibration.diagnostics import Covered, coverage
from supportnet.experiments.calibration.iterate import Calibrated, errors_of, even_of, fit_study
from supportnet.experiments.execution.workers import threads
from supportnet.experiments.randomised.evidence import read_evidence
from supportnet.experiments.runs.engines import engine_of
from supportnet.experiments.runs.sweep import sweep_study
from supportnet.experiments.study.study import StudyDefinition
from supportnet.sim.arguments import with_checked_arguments
from supportnet.sim.errors import UserInputError
from supportnet.sim.extras import needed

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

MOST = 15  # numbers in a card
INTERVAL = "central 95 % of runs of the model, each design point run once"


@dataclass(frozen=True, repr=False)
class Calibration(Result, Calibrated):
    """Posterior draws of the model's parameters, and simulated values of each pattern.

    Made by `calibrate`. `save` writes the draws (`posterior.parquet`), which `Posterior.load` reads and `run` and the
    others take as ``posterior``. Equations, priors and diagnostics: docs/calibration.md.

    Parameters
    ----------
    study : StudyDefinition
        Factors (priors), scenarios and the design of the first round.
    targets : list of Target
        Patterns used for fitting.
    rounds : list of Round
        Runs, emulators and chains of each round.
    tried : int
        Draws at which the model was run.
    draws : numpy.ndarray
        (draws, groups of factors), points in the unit cube: those that were kept.
    seen : numpy.ndarray
        (draws, targets), simulated values at each draw.
    evidence : Evidence
        Published trials.
    effects : numpy.ndarray
        (draws, effects), simulated effects of these trials, as they are fitted.
    weights : numpy.ndarray
        (draws,), posterior probabilities given the trials.
    seed : int
        Random seed of chains and draws.
    covered : list of Covered
        Coverage of synthetic truths by intervals, if requested.

    Examples
    --------
    >>> import supportnet as sn
    >>> found = sn.calibrate("mine.toml", "results/mine", rounds=2, draws=100)  # doctest: +SKIP
    >>> found.save("results/mine")  # doctest: +SKIP
    >>> sn.run("today", posterior="results/mine/posterior.parquet")  # doctest: +SKIP
    """

    command = "calibrate"
    seed: int = 1
    covered: list[Covered] = field(default_factory=list)

    @classmethod
    def of(cls, found: Calibrated, seed: int, covered: list[Covered]) -> "Calibration":
        return cls(**{each.name: getattr(found, each.name) for each in fields(found)}, seed=seed, covered=covered)

    @cached_property
    def patterns(self) -> pd.DataFrame:
        """One row per value and preset: target range, values under prior and posterior, emulator error."""
        return patterns_table(self)

    @cached_property
    def numbers(self) -> pd.DataFrame:
        """One row per parameter: prior, mean, 95 % interval, reduction of the prior's variance, diagnostics."""
        return numbers_table(self)

    @property
    def title(self) -> str:
        """Title in plain words."""
        return self.study.title

    @property
    def size(self) -> str:
        """How much was simulated."""
        runs = " + ".join(f"{len(each.units):,}" for each in self.rounds)
        numbers, draws = counted(len(self.numbers), "number"), counted(len(self.draws), "draw")
        return f"{numbers}, {runs} runs, {draws}, seed {self.seed}"

    @property
    def interval(self) -> str:
        """What the intervals contain."""
        return INTERVAL

    @property
    def cautions(self) -> list[str]:
        """Why the draws are unreliable, if they are."""
        return calibration_cautions(self.patterns, self.numbers) + draws_cautions(self)

    def headline(self) -> pd.DataFrame:
        rows = self.numbers.head(MOST).to_dict("records")
        return pd.DataFrame(
            {
                row["number"]: {
                    "mean": f"{row['mean']:.3g}", "95 % interval": f"{row['lower']:.3g} to {row['upper']:.3g}",
                    "prior": row["prior"], "learned": f"{row['learned']:.0%}",
                }
                for row in rows
            }
        ).T  # fmt: skip

    def summary(self) -> pd.DataFrame:
        """Parameters with their 95 % intervals.

        Returns
        -------
        pandas.DataFrame
            Index parameter, the most informed first; columns as in `numbers`, with units as in docs/parameters.md.
        """
        return self.numbers.set_index("number")

    def to_dataframe(self) -> pd.DataFrame:
        """Patterns before and after calibration.

        Returns
        -------
        pandas.DataFrame
            One row a value and preset, as `patterns`.
        """
        return self.patterns

    def to_dict(self) -> dict[str, Any]:
        return {
            "study": self.study.name,
            "patterns": self.patterns.to_dict("records"),
            "numbers": self.numbers.to_dict("records"),
            "cautions": self.cautions,
            "coverage": [one._asdict() for one in self.covered],
        }

    def plot(self, ax: "Axes | None" = None) -> "Figure":
        """Each pattern before and after calibration, in widths of its range.

        Parameters
        ----------
        ax : matplotlib.axes.Axes, optional
            Axes to draw on, instead of a new figure.

        Returns
        -------
        matplotlib.figure.Figure
            The new figure, or that of the axes.
        """
        from supportnet.analysis.figures.calibration import patterns_figure

        return patterns_figure(self.patterns, len(self.draws), ax)

    def write(self, folder: Path) -> list[str]:
        return write_calibration(self, self.covered, self.seed, folder)


@with_checked_arguments
def calibrate(
    study: StudyDefinition | str | os.PathLike[str],
    folder: str | os.PathLike[str],
    *,
    rounds: int = 2,
    draws: int = 200,
    moves: int = 1,
    truths: int = 0,
    rival: str = "",
    evidence: str | os.PathLike[str] | None = None,
    seed: int = 1,
    workers: int | None = None,
    engine: str = "threads",
    dask: str = "",
    progress: Callable[[str, float], None] | None = None,
) -> Calibration:
    """Estimate parameters from published patterns of natural history and trials: what `supportnet calibrate` does.

    Emulators are trained on runs from the prior; Markov chains find parameter values that meet all patterns; emulators
    are retrained with runs from there. Finally, the model is run at each posterior draw; draws far from the patterns
    are dropped, the others weighed by published trials. Existing files in the folder are reused. Needs the extra
    `calibration`; the shipped study, ``"calibration"``, takes hours (docs/calibration.md).

    Parameters
    ----------
    study : Study, str or path
        A study that measures patterns: loaded, the name of a shipped one, or the path of a TOML file.
    folder : str or path-like
        Where runs, emulators and chains are stored; `Calibration.save` may write there too.
    rounds : int
        Rounds of runs, 1 or more: the first from the prior, others from the posterior so far.
    draws : int
        Posterior draws, 20 or more; the model is run at each.
    moves : int
        Times that draws move by what the model shows there, 0 or more; the model is run anew each time.
    truths : int
        Number of runs used as synthetic truths for a coverage check; 0 for none.
    rival : {"", "no_social_effect", "skill_alone", "therapy_only", "illness_makes_homes_critical"}
        A rival model to fit instead.
    evidence : str or path-like, optional
        A TOML file of published trials; the shipped ones if left out.
    seed : int
        Of chains and draws, 1 or more.
    workers : int, optional
        Threads or processes; results do not depend on them. All processors if left out.
    engine : {"threads", "processes", "dask"}
        Where runs are simulated.
    dask : str
        The address of a Dask scheduler; a local one if left out.
    progress : callable, optional
        Called with the name of the present step and its share done, 0–1.

    Returns
    -------
    Calibration
        Posterior draws, patterns before and after calibration, and the reduction of each parameter's variance.

    Raises
    ------
    UserInputError
        For a study that cannot be calibrated, too few runs, or a folder of another study.

    Notes
    -----
    Emulators are fitted in processes of their own: in a script, call this below ``if __name__ == "__main__":``.

    Examples
    --------
    >>> import supportnet as sn
    >>> sn.calibrate("mine.toml", "results/mine", draws=100)  # doctest: +SKIP
    """
    chosen = study if isinstance(study, StudyDefinition) else StudyDefinition.load(study)
    chosen, n = ready(chosen, truths, rival), threads(workers)
    at_work = engine_of(engine, n, dask)

    def run(design: StudyDefinition, where: Path) -> None:
        sweep_study(design, where, at_work, progress and (lambda done, of: progress(where.name, done / of)))

    @contextmanager
    def watch(doing: str) -> Iterator[Callable[[float], None] | None]:
        yield progress and (lambda share: progress(doing, share))

    found = fit_study(
        chosen, Path(folder), run, watch, seed=seed, n_rounds=rounds, n_draws=draws, n_moves=moves, workers=n,
        evidence=read_evidence(evidence) if evidence else None,
    )  # fmt: skip
    with watch("Coverage of synthetic truths") as report:
        return Calibration.of(found, seed, covered_by(found, truths, seed, n, report))


def ready(study: StudyDefinition, truths: int, rival: str) -> StudyDefinition:
    """The study to fit. Raises UserInputError where a round has no more runs than numbers, or so many are to be taken
    for truths, or an extra is missing."""
    needed("calibration", "sklearn", "emcee", "arviz_stats")
    enough_runs(study, truths)
    return as_rival(study, rival) if rival else study


def enough_runs(study: StudyDefinition, truths: int) -> None:
    """Raises UserInputError if a round has no more runs than parameters, or too many of them would be truths."""
    n, numbers = study.design.n, len(study.groups)
    if n <= numbers:
        raise UserInputError(
            "too few runs to train emulators", where=study.called, found=f"n = {n:,}",
            expected=f"more runs in a round than fitted parameters ({numbers:,}), as a linear fit needs",
            remedy=f"use n = {2 * numbers:,} or more in the study, or fit fewer parameters",
        )  # fmt: skip
    if truths > (most := min(n // 2, n - numbers - 1)):
        raise UserInputError(
            f"must be at most {most}: half of the runs of a round, with more runs left than parameters",
            argument="truths", found=truths, remedy="use fewer, or a larger n in the study",
        )  # fmt: skip


def covered_by(
    found: Calibrated, truths: int, seed: int, workers: int, progress: Callable[[float], None] | None
) -> list[Covered]:
    """Coverage of intervals for informed parameters; so many of the first runs are used as truths."""
    if not truths:
        return []
    first, last, targets = found.rounds[0], found.rounds[-1], found.targets
    learned = np.flatnonzero(1.0 - 12.0 * last.posterior.units.var(axis=(0, 1)) > LEARNED)
    even = even_of(first.values, targets)
    return coverage(
        first.units,
        even,
        targets[0].edge,
        errors_of(targets),
        learned,
        truths=truths,
        seed=seed,
        workers=workers,
        progress=progress or (lambda share: None),
    )
