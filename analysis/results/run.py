"""The outcomes of one scenario."""

import os
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, fields
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

import pandas as pd

from supportnet.analysis.outputs.run import RunFiles
from supportnet.analysis.results.result import ResultByName, estimate_in_words
from supportnet.analysis.wording.caveats import run_cautions
from supportnet.analysis.wording.formatting import HEADLINES, counted, unit_in_words
from supportnet.experiments.ensemble.ensemble import Ensemble, outcomes_asked
from supportnet.experiments.ensemble.estimates import contains
from supportnet.experiments.ensemble.plan import RunPlan
from supportnet.experiments.ensemble.replication import simulate
from supportnet.experiments.execution.workers import threads
from supportnet.experiments.posterior.posterior import Posterior
from supportnet.sim.arguments import with_checked_arguments
from supportnet.sim.outcomes import OUTCOMES
from supportnet.sim.scenario.layers import sizes
from supportnet.sim.scenario.scenario import Scenario

if TYPE_CHECKING:
    import xarray
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure


class OutcomeEstimate(NamedTuple):
    """The mean of an outcome over replicates, in the last week."""

    mean: float
    mcse: float  # Monte Carlo standard error
    lower: float  # 95 % interval
    upper: float
    unit: str
    n: int  # replicates that have the outcome


@dataclass(frozen=True, repr=False)
class Results(ResultByName, Ensemble):
    """Outcomes of the replicates of one scenario, with intervals.

    Made by `run`. `results["qpr"]` is the estimate of an outcome in the last week: mean, mcse, lower, upper, unit, n.

    Parameters
    ----------
    plan : RunPlan
        Scenario, replicates, seed, draws, and what is recorded.
    replicates : tuple of int
        Numbers of the replicates that were completed.
    values : numpy.ndarray
        (replicates, weeks, outcomes), in the order and the units of `OUTCOMES`.
    people : pandas.DataFrame, optional
        One row per person and recorded week, if requested.
    ties : pandas.DataFrame, optional
        One row per tie and recorded week, if requested.
    supporter_ties : pandas.DataFrame, optional
        With them, one row per pair of a person's supporters who know each other and recorded week.
    persons : Persons, optional
        The same people at the start and at the end; not in loaded results.
    failed : tuple of Failed
        Failed replicates, with their errors.

    Examples
    --------
    >>> import supportnet as sn, tempfile
    >>> today = sn.run("today", replicates=2, patients=20, weeks=4, uncertainty="none")
    >>> today["qpr"].unit, today.values.shape == (2, 4, len(sn.OUTCOMES))
    ('score 0-60', True)
    >>> list(today.summary().columns)
    ['mean', 'mcse', 'lower', 'upper', 'unit', 'n']
    >>> back = sn.Results.load(today.save(tempfile.mkdtemp()))
    >>> back["qpr"] == today["qpr"]
    True
    """

    command = "run"

    @classmethod
    def of(cls, ensemble: Ensemble) -> "Results":
        return cls(**{field.name: getattr(ensemble, field.name) for field in fields(ensemble)})

    @property
    def run_identity(self) -> str:
        """SHA-256, in hexadecimal, of all that the results depend on."""
        return self.plan.identity

    @property
    def title(self) -> str:
        return self.scenario.title

    @property
    def size(self) -> str:
        people, weeks = counted(self.scenario.population.patients, "person", "people"), self.scenario.weeks
        return f"{people}, {counted(weeks, 'week')}, {counted(len(self.replicates), 'replicate')}, seed {self.seed}"

    @property
    def interval(self) -> str:
        return contains(self.posterior)

    @property
    def cautions(self) -> list[str]:
        return run_cautions(self)

    def __getitem__(self, outcome: str) -> OutcomeEstimate:
        """The estimate of an outcome, in its unit. Raises UserInputError for a name that is none."""
        outcomes_asked([outcome])
        (row,) = self.summary().loc[[outcome]].to_dict("records")
        return OutcomeEstimate(**{name: row[name] for name in OutcomeEstimate._fields})

    def keys(self) -> list[str]:
        return list(OUTCOMES)

    def summary(self) -> pd.DataFrame:
        return Ensemble.summary(self)

    def headline(self) -> pd.DataFrame:
        rows = self.summary().loc[list(HEADLINES)].to_dict("index")
        return pd.DataFrame(
            {name: {**estimate_in_words(row, "mean"), "unit": unit_in_words(row["unit"])} for name, row in rows.items()}
        ).T

    def to_dataframe(self) -> pd.DataFrame:
        """Outcomes in the last week.

        Returns
        -------
        pandas.DataFrame
            One row a replicate and outcome: scenario, replicate, outcome, value.
        """
        return self.outcomes

    def to_xarray(self) -> "xarray.Dataset":
        """Every outcome by replicate and week, as labelled arrays. Needs the extra `xarray`.

        Returns
        -------
        xarray.Dataset
            One variable an outcome, with its unit: (replicate, week).

        Raises
        ------
        UserInputError
            If xarray is not installed.
        """
        from supportnet.analysis.results.arrays import of_ensemble

        return of_ensemble(self).assign_attrs(scenario=self.scenario.name)

    def to_dict(self) -> dict[str, Any]:
        failed = [{"replicate": one.replicate, "error": repr(one.error)} for one in self.failed]
        return {
            "scenario": self.scenario.name,
            "title": self.scenario.title,
            "seed": self.seed,
            "replicates": len(self.replicates),
            "patients": self.scenario.population.patients,
            "weeks": self.scenario.weeks,
            "run_identity": self.run_identity,
            "interval": self.interval,
            "posterior": self.plan.request.get("posterior", ""),
            "cautions": self.cautions,
            "outcomes": self.summary()[["mean", "mcse", "lower", "upper", "unit", "n"]].to_dict("index"),
            **({"failed": failed} if failed else {}),
        }

    def plot(self, ax: "Axes | None" = None) -> "Figure":
        """Six panels of outcomes over time; on given axes, personal recovery only.

        Parameters
        ----------
        ax : matplotlib.axes.Axes, optional
            Axes to draw on, instead of a new figure.

        Returns
        -------
        matplotlib.figure.Figure
            The new figure, or that of the axes.
        """
        from supportnet.analysis.figures.run import run_figure

        return run_figure(self, ax)

    @with_checked_arguments
    def plot_network(
        self, patient: int, week: int | None = None, replicate: int | None = None, ax: "Axes | None" = None
    ) -> "Figure":
        """The network of one person: supporters by role around the person, and which of them know each other.

        Lines are the wider, the stronger a tie is (0 to 1), and dashed where it is ruptured. Needs ``record=["ties"]``.

        Parameters
        ----------
        patient : int
            Number of the person, from 0.
        week : int, optional
            A recorded week; the last one if left out.
        replicate : int, optional
            Number of the replicate; the first one if left out.
        ax : matplotlib.axes.Axes, optional
            Axes to draw on, instead of a new figure.

        Returns
        -------
        matplotlib.figure.Figure
            The new figure, or that of the axes.

        Raises
        ------
        UserInputError
            If ties, or this person, week or replicate, were not recorded.

        Examples
        --------
        >>> import supportnet as sn
        >>> today = sn.run("today", replicates=1, patients=20, weeks=4, record="ties", uncertainty="none")
        >>> today.plot_network(patient=3).savefig("person-3.png")
        """
        from supportnet.analysis.figures.ego_network import recorded_network_figure

        return recorded_network_figure(self, patient, week, replicate, ax)

    def write(self, folder: Path) -> list[str]:
        with RunFiles(folder, self.scenario) as files:
            for name in self.plan.tables:
                files.keep(name, getattr(self, name))
            files.finish(self)
        return files.names

    @classmethod
    def load(cls, folder: str | os.PathLike[str], posterior: str | os.PathLike[str] | None = None) -> "Results":
        """The results in a folder that `save` or `supportnet run` wrote.

        Parameters
        ----------
        folder : str or path-like
            Where they were saved.
        posterior : str or path-like, optional
            The posterior they were made with, if not the shipped one.

        Returns
        -------
        Results
            With the same numbers.

        Raises
        ------
        UserInputError
            If the folder holds no such results, or files are damaged or of another version.
        """
        from supportnet.analysis.results.reading import read_run

        return cls.of(read_run(Path(folder), os.fspath(posterior or "")))


@with_checked_arguments
def run(
    scenario: Scenario | str | os.PathLike[str],
    replicates: int | Sequence[int] = 20,
    seed: int = 1,
    workers: int | None = None,
    *,
    patients: int | None = None,
    weeks: int | None = None,
    values: Mapping[str, object] | None = None,
    record: Iterable[str] = (),
    every: int = 0,
    uncertainty: str | None = None,
    posterior: Posterior | str | os.PathLike[str] | None = None,
    progress: Callable[[float], None] | None = None,
) -> Results:
    """Simulate a scenario in several replicates: what `supportnet run` does, with the same numbers.

    Parameters
    ----------
    scenario : Scenario, str or path
        A scenario, its name in the library, or the path of a TOML file.
    replicates : int or sequence of int
        Number of replicates, or their numbers (from 0); a replicate does not depend on the others.
    seed : int
        The same seed reproduces the same results.
    workers : int, optional
        Threads; results do not depend on them. All processors if left out.
    patients : int, optional
        People in the area, instead of the scenario's own.
    weeks : int, optional
        Weeks to simulate, instead of the scenario's own.
    values : mapping, optional
        Other values by dotted name, such as ``{"services.caseload": 15}``.
    record : iterable of str
        Tables to record: ``"people"``, ``"ties"`` (which brings ``supporter_ties`` too).
    every : int
        Weeks between recorded ones; 0 records the last week only.
    uncertainty : {"parameters", "none"}, optional
        Whether to draw uncertain parameters from the posterior, two replicates per draw. If left out, they are drawn if
        the posterior covers the scenario's preset.
    posterior : Posterior, str or path, optional
        The posterior of another calibration than the shipped one.
    progress : callable, optional
        Called with the share of the work that is done, 0–1.

    Returns
    -------
    Results
        Outcomes by replicate and week, with 95 % intervals of their means.

    Raises
    ------
    UserInputError
        For an unknown scenario, a name or value that does not fit, or too few draws.

    Examples
    --------
    >>> import supportnet as sn
    >>> today = sn.run("today", replicates=2, patients=20, weeks=4, uncertainty="none")
    >>> today
    <Results: Services as they are today (psychosis); 20 people, 4 weeks, 2 replicates, seed 1>
    >>> today["network_size"].unit
    'ties per person'
    """
    plan = RunPlan.of(
        scenario, replicates, seed, values=sizes(patients, weeks, values), record=record, every=every,
        uncertainty=uncertainty, posterior=posterior,
    )  # fmt: skip
    return Results.of(simulate(plan, threads(workers), progress))
