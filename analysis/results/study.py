"""Studies that can be run, and their results."""

import os
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

import pandas as pd

from supportnet.analysis.results.indices import Indices
from supportnet.analysis.sensitivity.study import analyse, check_method, method_of
from supportnet.analysis.sensitivity.study_results import StudyResults, read_results
from supportnet.experiments.ensemble.ensemble import outcomes_asked
from supportnet.experiments.execution.workers import threads
from supportnet.experiments.runs.engines import engine_of
from supportnet.experiments.runs.plan import plan_of
from supportnet.experiments.runs.sweep import Swept, sweep_study
from supportnet.experiments.study.study import StudyDefinition
from supportnet.sim.arguments import with_checked_arguments
from supportnet.sim.cards import card, counted

UNSIZED = ("factorial", "list")  # designs that n says nothing about


@with_checked_arguments
@dataclass(frozen=True, repr=False)
class Study(StudyDefinition):
    """A study: scenarios, factors that vary, and a design that says at which points they are simulated.

    Studies are immutable; `designed`, `with_values` and `uncertain` return new ones. They are usually loaded:
    `Study.load`.

    Parameters
    ----------
    name : str
        The name of its file, without folder and ending.
    file : StudyFile
        Content of the file (docs/studies.md).
    scenarios : tuple of Scenario
        The scenarios that are simulated at every design point.
    factors : tuple of Factor
        The factors that vary, each with its distribution.
    conditions : tuple of Condition
        Constraints: which design points are left out.
    folder : str
        The folder to which its paths are relative.
    text : str
        The text of the file.
    called : str
        The name of the file in messages.

    Examples
    --------
    >>> import supportnet as sn
    >>> study = sn.Study.load("levers")
    >>> study
    <Study levers: Which levers of a service move personal recovery?; sobol, n 64, 5 factors, 4 replicates>
    >>> study.design.kind, study.design.n, study.factor_names[:2]
    ('sobol', 64, ('services.caseload', 'services.turnover'))
    """

    def __repr__(self) -> str:
        factors = counted(len(self.factor_names), "factor")
        replicates = counted(self.file.replicates, "replicate")
        design = self.design.kind if self.design.kind in UNSIZED else f"{self.design.kind}, n {self.design.n}"
        return f"<Study {self.name}: {self.title}; {design}, {factors}, {replicates}>"

    def _repr_html_(self) -> str:
        """A card for notebooks."""
        return card(self.title, repr(self)[1:-1], {factor.name: factor.says() for factor in self.factors})

    def sweep(
        self,
        folder: str | os.PathLike[str],
        workers: int | None = None,
        *,
        engine: str = "threads",
        dask: str = "",
        progress: Callable[[int, int], None] | None = None,
    ) -> "Sweep":
        """Run the study: what `supportnet sweep` does, with the same runs.

        Runs already in the folder are reused, so an interrupted or extended study continues.

        Parameters
        ----------
        folder : str or path-like
            Where the runs are stored.
        workers : int, optional
            Threads or processes; results do not depend on them. All processors if left out.
        engine : {"threads", "processes", "dask"}
            Where runs are simulated.
        dask : str
            The address of a Dask scheduler; a local one if left out.
        progress : callable, optional
            Called with how many runs are done, and of how many.

        Returns
        -------
        Sweep
            The runs.

        Raises
        ------
        UserInputError
            For a folder of another study, too few draws, or lost workers.

        Examples
        --------
        >>> import supportnet as sn, tempfile
        >>> study = sn.Study.load("levers").designed(["services.caseload"], kind="latin", n=2)
        >>> study = study.with_values({"population.patients": 20}).uncertain("none")
        >>> study.sweep(tempfile.mkdtemp()).runs
        8
        """
        return Sweep(sweep_study(self, Path(folder), engine_of(engine, threads(workers), dask), progress))


@with_checked_arguments
@dataclass(frozen=True, repr=False)
class Sweep:
    """The runs of a study.

    Made by `sweep` and `Study.sweep`.

    Parameters
    ----------
    swept : Swept
        The study, the folder, and what was simulated.

    Examples
    --------
    >>> import supportnet as sn, tempfile
    >>> study = sn.Study.load("levers").designed(["services.caseload"], kind="latin", n=2)
    >>> runs = study.with_values({"population.patients": 20}).uncertain("none").sweep(tempfile.mkdtemp())
    >>> runs.runs, runs.computed, runs.failed
    (8, 8, [])
    >>> len(runs.to_dataframe(["qpr"], week=104))
    8
    """

    swept: Swept

    @property
    def study(self) -> StudyDefinition:
        """The study that was run."""
        return self.swept.study

    @property
    def folder(self) -> Path:
        """Where the runs are stored."""
        return self.swept.folder

    @property
    def runs(self) -> int:
        """Runs that the study has."""
        return self.swept.runs

    @property
    def computed(self) -> int:
        """Runs that were simulated now; the others were there."""
        return self.swept.computed

    @property
    def failed(self) -> list[dict[str, Any]]:
        """Runs that failed: run, design_point, error."""
        return self.swept.failed

    @cached_property
    def results(self) -> StudyResults:
        """Results in the folder."""
        return read_results(self.folder, [], [], None)

    def __repr__(self) -> str:
        failed = f", {len(self.failed):,} failed" if self.failed else ""
        return f"<Sweep {self.study.name}: {counted(self.runs, 'run')} in {self.folder}{failed}>"

    def summary(self) -> pd.DataFrame:
        """Outcomes in the last week over design points.

        Returns
        -------
        pandas.DataFrame
            One row a scenario and outcome, in the outcome's unit.
        """
        return self.results.summary()

    def to_dataframe(self, outcomes: Sequence[str] = (), week: int | None = None) -> pd.DataFrame:
        """Every run: scenario, design point, replicate, values of the factors, outcomes.

        Parameters
        ----------
        outcomes : sequence of str
            Only these; all if left out.
        week : int, optional
            Only this week; all that were observed if left out.

        Returns
        -------
        pandas.DataFrame
            One row a run and week.

        Raises
        ------
        UserInputError
            For an unknown outcome, or a week that was not observed.
        """
        found = read_results(self.folder, [], list(outcomes), week)
        return pd.concat(list(found.tables(found.outcomes, found.weeks)), ignore_index=True)

    def sensitivity(
        self, outcome: str | Sequence[str] = "recovery", method: str = "sobol", resamples: int = 1000, seed: int = 1
    ) -> Indices:
        """Sensitivity indices from these runs: what `supportnet sensitivity` does, with the same numbers.

        Parameters
        ----------
        outcome : str or sequence of str
            Outcomes to analyse.
        method : {"sobol", "morris", "fast", "rbd-fast", "delta", "dgsm", "pawn"}
            A method that the design of the study allows.
        resamples : int
            Bootstrap samples for the intervals.
        seed : int
            Of the bootstrap.

        Returns
        -------
        Indices
            Indices with 95 % intervals, corrected for Monte Carlo noise where the method allows it.

        Raises
        ------
        UserInputError
            For an unknown outcome or method, a design that does not allow it, or too few runs.
        """
        asked = [outcome] if isinstance(outcome, str) else list(outcome)
        outcomes_asked(asked, self.study.columns)
        return Indices(
            analyse(
                plan_of(self.study), self.folder, method, asked, weeks=self.study.weeks, resamples=resamples, seed=seed
            )
        )


@with_checked_arguments
def sweep(
    study: Study | str | os.PathLike[str],
    folder: str | os.PathLike[str],
    workers: int | None = None,
    *,
    engine: str = "threads",
    dask: str = "",
    progress: Callable[[int, int], None] | None = None,
) -> Sweep:
    """Run a study: what `supportnet sweep` does, with the same runs.

    Parameters
    ----------
    study : Study, str or path
        A study, the name of a shipped one, or the path of a TOML file.
    folder : str or path-like
        Where the runs are stored; existing ones are reused.
    workers : int, optional
        Threads or processes; results do not depend on them. All processors if left out.
    engine : {"threads", "processes", "dask"}
        Where runs are simulated.
    dask : str
        The address of a Dask scheduler; a local one if left out.
    progress : callable, optional
        Called with how many runs are done, and of how many.

    Returns
    -------
    Sweep
        The runs.

    Raises
    ------
    UserInputError
        For an invalid study, a folder of another study, or lost workers.

    See Also
    --------
    Study.sweep : the same, of a study that is loaded.

    Examples
    --------
    >>> import supportnet as sn, tempfile
    >>> study = sn.Study.load("levers").designed(["services.caseload"], kind="latin", n=2)
    >>> sn.sweep(study.with_values({"population.patients": 20}).uncertain("none"), tempfile.mkdtemp()).runs
    8
    """
    chosen = study if isinstance(study, Study) else Study.load(study)
    return chosen.sweep(folder, workers, engine=engine, dask=dask, progress=progress)


@with_checked_arguments
def sensitivity(
    study: Study | str | os.PathLike[str],
    folder: str | os.PathLike[str],
    outcome: str | Sequence[str] = "recovery",
    method: str = "sobol",
    *,
    workers: int | None = None,
    resamples: int = 1000,
    seed: int = 1,
    **design: Any,
) -> Indices:
    """Run a study and analyse it: what `supportnet sensitivity` does, with the same numbers.

    Parameters
    ----------
    study : Study, str or path
        A study, the name of a shipped one, or the path of a TOML file. If its design does not allow the method, one
        that does is used instead.
    folder : str or path-like
        Where the runs are stored; existing ones are reused.
    outcome : str or sequence of str
        Outcomes to analyse.
    method : {"sobol", "morris", "fast", "rbd-fast", "delta", "dgsm", "pawn"}
        A method of sensitivity analysis.
    workers : int, optional
        Threads; results do not depend on them. All processors if left out.
    resamples : int
        Bootstrap samples for the intervals.
    seed : int
        Of the bootstrap.
    **design
        Other values of the study's design, such as ``n=256`` or ``second_order=True``.

    Returns
    -------
    Indices
        Indices with 95 % intervals.

    Raises
    ------
    UserInputError
        For an invalid study, an unknown outcome or method, or too few design points.

    See Also
    --------
    Sweep.sensitivity : another analysis of the same runs.

    Examples
    --------
    >>> import supportnet as sn, tempfile
    >>> study = sn.Study.load("levers").designed(["services.caseload", "services.turnover"])
    >>> study = study.with_values({"population.patients": 20}).uncertain("none")
    >>> sn.sensitivity(study, tempfile.mkdtemp(), "qpr", n=8).summary().index.name
    'factor'
    """
    chosen, kinds = study if isinstance(study, Study) else Study.load(study), method_of(method).designs
    if chosen.design.kind not in kinds:
        design = {"kind": kinds[0], **design}
    chosen = chosen.designed(**design) if design else chosen
    outcomes_asked([outcome] if isinstance(outcome, str) else outcome, chosen.columns)
    check_method(plan_of(chosen), method)
    return chosen.sweep(folder, workers).sensitivity(outcome, method, resamples, seed)
