"""Differences between scenarios."""

import os
from collections.abc import Callable, Mapping, Sequence
from contextlib import nullcontext
from dataclasses import dataclass, fields
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

import pandas as pd

from supportnet.analysis.outputs.comparison import write_comparison
from supportnet.analysis.results.result import ResultByName, estimate_in_words
from supportnet.analysis.wording.caveats import compare_cautions
from supportnet.analysis.wording.formatting import HEADLINES, counted, probability, unit_in_words
from supportnet.experiments.comparison.adaptive import compare_until_precise, precision_asked
from supportnet.experiments.comparison.compare import compare_ensembles
from supportnet.experiments.comparison.comparison import EnsembleComparison
from supportnet.experiments.comparison.plan import ComparisonPlan
from supportnet.experiments.comparison.subgroups import CAUTION
from supportnet.experiments.ensemble.ensemble import outcomes_asked
from supportnet.experiments.ensemble.estimates import contains, in_one_set
from supportnet.experiments.execution.workers import threads
from supportnet.experiments.posterior.posterior import Posterior
from supportnet.sim.arguments import with_checked_arguments
from supportnet.sim.errors import UserInputError, nearest
from supportnet.sim.outcomes import OUTCOMES
from supportnet.sim.scenario.layers import sizes
from supportnet.sim.scenario.scenario import Scenario

if TYPE_CHECKING:
    import xarray
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure


class Difference(NamedTuple):
    """How an outcome differs from the baseline, in the last week."""

    difference: float
    mcse: float  # Monte Carlo standard error
    lower: float  # 95 % interval
    upper: float
    probability_better: float  # NaN where neither direction is better
    unit: str
    n: int  # replicates, or pairs of them
    verdict: str  # better, worse, no difference that matters, or not known; higher or lower where neither is better


@dataclass(frozen=True, repr=False)
class Comparison(ResultByName, EnsembleComparison):
    """Differences of scenarios from a baseline, with intervals.

    Made by `compare`. `comparison["scenario", "qpr"]` is one difference in the last week, and `comparison["qpr"]` that
    of the only other scenario: difference, mcse, lower, upper, probability_better, unit, n, verdict.

    Parameters
    ----------
    plan : ComparisonPlan
        Scenarios, the baseline first, replicates, seed, and whether random streams are independent.
    worlds : tuple of Ensemble
        Results of each scenario.

    Examples
    --------
    >>> import supportnet as sn, tempfile
    >>> what_if = sn.compare("today", "befriending", replicates=2, patients=20, weeks=4, uncertainty="none")
    >>> what_if["qpr"] == what_if["befriending", "qpr"]
    True
    >>> list(what_if.ranking.columns)
    ['outcome', 'place', 'scenario', 'mean', 'probability_best', 'remark']
    >>> sn.Comparison.load(what_if.save(tempfile.mkdtemp()))["cost"] == what_if["cost"]
    True
    """

    command = "compare"

    @classmethod
    def of(cls, comparison: EnsembleComparison) -> "Comparison":
        return cls(**{field.name: getattr(comparison, field.name) for field in fields(comparison)})

    @property
    def run_identity(self) -> str:
        """SHA-256, in hexadecimal, of all that the comparison depends on."""
        return self.plan.identity

    @property
    def title(self) -> str:
        return f"{', '.join(self.names[1:])} compared with {self.baseline}"

    @property
    def size(self) -> str:
        first = self.plan.scenarios[0]
        people, weeks = counted(first.population.patients, "person", "people"), counted(first.weeks, "week")
        return f"{people}, {weeks}, {counted(self.n_replicates, 'replicate')}, seed {self.seed}"

    @property
    def interval(self) -> str:
        return contains(self.posterior)

    @property
    def cautions(self) -> list[str]:
        return compare_cautions(self)

    def __getitem__(self, name: str | tuple[str, str]) -> Difference:
        """The difference in an outcome. Raises UserInputError for a name that is none."""
        scenario, outcome = name if isinstance(name, tuple) else (self._only_other(), name)
        outcomes_asked([outcome])
        if scenario not in self.names[1:]:
            raise UserInputError(
                "no such scenario in this comparison", found=scenario, expected=", ".join(self.names[1:]),
                remedy=nearest(scenario, self.names[1:]),
            )  # fmt: skip
        (row,) = self.summary().loc[[(scenario, outcome)]].to_dict("records")
        return Difference(**{name: row[name] for name in Difference._fields})

    def keys(self) -> list[tuple[str, str]]:
        return [(scenario, outcome) for scenario in self.names[1:] for outcome in OUTCOMES]

    def _only_other(self) -> str:
        if len(self.names) > 2:
            raise UserInputError(
                "which scenario?", found="an outcome only", expected="comparison[scenario, outcome]",
                remedy=f"name one of: {', '.join(self.names[1:])}",
            )  # fmt: skip
        return self.names[1]

    def summary(self) -> pd.DataFrame:
        """Differences from the baseline in the last week.

        Returns
        -------
        pandas.DataFrame
            Index scenario and outcome: difference, mcse, lower, upper, probability_better, unit, n, intervals adjusted
            for several scenarios, verdict, and smallest (difference that matters).
        """
        return self.differences.set_index(["scenario", "outcome"])

    def headline(self) -> pd.DataFrame:
        rows = self.differences[self.differences["outcome"].isin(HEADLINES)].to_dict("records")
        if len(self.names) > 2:  # of several scenarios: recovery and cost, at most seven scenarios
            rows = [row for outcome in ("qpr", "cost") for row in rows if row["outcome"] == outcome][:15]
        order = sorted(rows, key=lambda row: HEADLINES.index(row["outcome"]))
        several, better = len(self.names) > 2, f"probably better{in_one_set(self.draws is not None)}"
        return pd.DataFrame(
            {
                f"{row['outcome']}, {row['scenario']}" if several else row["outcome"]: {
                    **estimate_in_words(row, "difference"),
                    better: probability(row["probability_better"]), "unit": unit_in_words(row["unit"]),
                }
                for row in order
            }
        ).T  # fmt: skip

    def to_dataframe(self) -> pd.DataFrame:
        """Differences from the baseline in the last week.

        Returns
        -------
        pandas.DataFrame
            One row a scenario and outcome, columns as in `summary`.
        """
        return self.differences

    def to_xarray(self) -> "xarray.Dataset":
        """Every outcome by scenario, replicate and week, as labelled arrays. Needs the extra `xarray`.

        Returns
        -------
        xarray.Dataset
            One variable an outcome, with its unit: (scenario, replicate, week), the baseline first; NaN where a
            replicate of a scenario failed.

        Raises
        ------
        UserInputError
            If xarray is not installed.
        """
        from supportnet.analysis.results.arrays import of_worlds

        return of_worlds(self.worlds)

    def to_dict(self) -> dict[str, Any]:
        ranking = []
        for outcome, rows in self.ranking.groupby("outcome", sort=False):
            best = dict(zip(rows["scenario"], rows["probability_best"], strict=True))
            ranking.append({"outcome": outcome, "order": list(rows["scenario"]), "probability_best": best})
        return {
            "baseline": self.baseline,
            "seed": self.seed,
            "replicates": self.n_replicates,
            "independent": self.independent,
            "run_identity": self.run_identity,
            "interval": self.interval,
            "probabilities": in_one_set(self.draws is not None).removeprefix(", "),
            "posterior": self.plan.request.get("posterior", ""),
            "cautions": self.cautions,
            "differences": self.differences.to_dict("records"),
            "ranking": ranking,
            "remarks": self.remarks,
            "for_whom": [] if self.for_whom is None else self.for_whom.to_dict("records"),
            "harmed": [] if self.what_harmed is None else self.what_harmed.to_dict("records"),
            "for_whom_caution": CAUTION,
        }

    def plot(self, ax: "Axes | None" = None) -> "Figure":
        """Recovery over time and differences at the end; on given axes, the difference in recovery over time.

        Parameters
        ----------
        ax : matplotlib.axes.Axes, optional
            Axes to draw on, instead of a new figure.

        Returns
        -------
        matplotlib.figure.Figure
            The new figure, or that of the axes.
        """
        from supportnet.analysis.figures.compare import compare_figure

        return compare_figure(self, ax=ax)

    def write(self, folder: Path) -> list[str]:
        return write_comparison(self, folder)

    @classmethod
    def load(cls, folder: str | os.PathLike[str], posterior: str | os.PathLike[str] | None = None) -> "Comparison":
        """The comparison in a folder that `save` or `supportnet compare` wrote.

        Parameters
        ----------
        folder : str or path-like
            Where it was saved.
        posterior : str or path-like, optional
            The posterior it was made with, if not the shipped one.

        Returns
        -------
        Comparison
            With the same numbers, but without effects by group, which need the people themselves.

        Raises
        ------
        UserInputError
            If the folder holds no such results, or files are damaged or of another version.
        """
        from supportnet.analysis.results.reading import read_comparison

        return cls.of(read_comparison(Path(folder), os.fspath(posterior or "")))


@with_checked_arguments
def compare(
    baseline: Scenario | str | os.PathLike[str],
    *others: Scenario | str | os.PathLike[str],
    replicates: int | Sequence[int] | None = None,
    precision: float | None = None,
    time_limit: float | None = None,
    seed: int = 1,
    workers: int | None = None,
    patients: int | None = None,
    weeks: int | None = None,
    values: Mapping[str, object] | None = None,
    independent: bool = False,
    uncertainty: str | None = None,
    posterior: Posterior | str | os.PathLike[str] | None = None,
    smallest: Mapping[str, float] | None = None,
    progress: Callable[[float], None] | None = None,
) -> Comparison:
    """Compare scenarios with a baseline: what `supportnet compare` does, with the same numbers.

    Replicates are paired: the same people meet the same random streams in every scenario, so that differences come from
    what the scenarios change.

    Parameters
    ----------
    baseline, *others : Scenario, str or path
        Scenarios, their names in the library, or paths of TOML files; at least one other.
    replicates : int or sequence of int, optional
        Number of replicates, or their numbers (from 0); a replicate does not depend on the others. If left out, as many
        as `precision` asks for.
    precision : float, optional
        Replicates are added until the Monte Carlo standard error of each difference in recovery is this share of the
        difference. .1 if left out.
    time_limit : float, optional
        Minutes after which `precision` adds no more replicates. 2 if left out.
    seed : int
        Random seed, 0 or more; the same seed reproduces the same results.
    workers : int, optional
        Threads; results do not depend on them. All processors if left out.
    patients : int, optional
        People in the area, instead of the scenario's own.
    weeks : int, optional
        Weeks to simulate, instead of the scenario's own.
    values : mapping, optional
        Values by dotted name, such as ``{"services.caseload": 15}``, in all scenarios.
    independent : bool
        Use independent random streams for each scenario instead.
    uncertainty : {"parameters", "none"}, optional
        Whether to draw uncertain parameters from the posterior, two replicates per draw. If left out, they are drawn if
        the posterior covers the preset.
    posterior : Posterior, str or path, optional
        The posterior of another calibration than the shipped one.
    smallest : mapping, optional
        The smallest difference that matters, by outcome, such as ``{"qpr": 1}``, where it is not the usual one.
    progress : callable, optional
        Called with the share of the work that is done, 0–1.

    Returns
    -------
    Comparison
        Differences with 95 % intervals, a ranking, and effects by group.

    Raises
    ------
    UserInputError
        For an unknown scenario, scenarios of different length, a value that does not fit, or too few draws.

    Examples
    --------
    >>> import supportnet as sn
    >>> what_if = sn.compare("today", "smaller-caseloads", replicates=2, patients=20, weeks=4, uncertainty="none")
    >>> what_if
    <Comparison: smaller-caseloads compared with today; 20 people, 4 weeks, 2 replicates, seed 1>
    >>> what_if["cost"].difference > 0
    True
    """
    until = precision_asked(replicates, precision, time_limit)
    plan = ComparisonPlan.of(
        (baseline, *others), 1 if replicates is None else replicates, seed, values=sizes(patients, weeks, values),
        independent=independent, uncertainty=uncertainty, posterior=posterior, smallest=smallest,
    )  # fmt: skip
    if until:
        stage = (lambda n: nullcontext(progress)) if progress else (lambda n: nullcontext())
        return Comparison.of(compare_until_precise(plan, until, threads(workers), stage).comparison)
    return Comparison.of(compare_ensembles(plan, threads(workers), progress))
