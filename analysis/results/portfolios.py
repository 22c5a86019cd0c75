"""The best use of a budget."""

import os
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, fields
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pandas as pd

from supportnet.analysis.files.result_folder import written_together
from supportnet.analysis.outputs.optimise import write_portfolios
from supportnet.analysis.results.result import Result
from supportnet.analysis.wording.formatting import coarser, counted, interval, number, probability
from supportnet.analysis.wording.portfolios import cautions_of, portfolio_in_words
from supportnet.experiments.ensemble.estimates import contains, in_one_set
from supportnet.experiments.execution.workers import threads
from supportnet.experiments.optimise.levers import USUAL, levers_of
from supportnet.experiments.optimise.optimise import search_best_portfolio
from supportnet.experiments.optimise.result import PortfolioResult, Size
from supportnet.experiments.posterior.posterior import Posterior
from supportnet.experiments.posterior.propagation import draws_for
from supportnet.sim.arguments import with_checked_arguments
from supportnet.sim.provenance import identity
from supportnet.sim.scenario.layers import sizes
from supportnet.sim.scenario.scenario import Scenario

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

QUANTITIES = ("qpr", "cost", "inequality")  # in a card


@dataclass(frozen=True, repr=False)
class Portfolios(Result, PortfolioResult):
    """Portfolios on the front, and simpler ones, re-simulated with fresh random streams.

    Made by `optimise`. The recommended portfolio comes first; `portfolios`, `regret` (simpler ones) and `optimism` are
    tables (docs/optimise.md).

    Parameters
    ----------
    today : Scenario
        Where it starts.
    levers : tuple of Lever
        What may be changed.
    budget : float
        Money per person and year, more than today.
    seed : int
        Random seed.
    effort : Size
        Size of the search.
    points : list of tuple of int
        Portfolios on the front: steps of each lever; the recommended one first, then by falling recovery.
    simpler : dict of str to tuple of int
        Simpler portfolios by name.
    favourite : tuple of int
        The best portfolio by the estimates of the search.
    searched, reported : Evaluator
        Simulations of the search, and those reported.
    count_savings : bool
        Whether what crises and admissions cost less may be spent too.
    asked : str
        The scenario as it was named: `best.toml` is based on it.

    Examples
    --------
    >>> import supportnet as sn
    >>> best = sn.optimise(1e6, levers=["befriending"], patients=20, weeks=4, replicates=2, candidates=4,
    ...                    generations=1, search_replicates=2, uncertainty="none")
    >>> best.summary().index[0], bool(best.summary()["recommended"].iloc[0])
    ('A', True)
    """

    command = "optimise"
    asked: str = "today"

    @classmethod
    def of(cls, found: PortfolioResult, asked: str) -> "Portfolios":
        return cls(**{field.name: getattr(found, field.name) for field in fields(found)}, asked=asked)

    @property
    def run_identity(self) -> str:
        """SHA-256, in hexadecimal, of all that the numbers depend on."""
        return identity(self.request)

    @property
    def title(self) -> str:
        """Title in plain words."""
        return f"The best use of {self.budget:g} more per person and year than {self.today.title}"

    @property
    def size(self) -> str:
        """How much was simulated."""
        people = counted(self.today.population.patients, "person", "people")
        replicates = counted(len(self.reported.sampling.replicates), "replicate")
        return f"{people}, {counted(self.today.weeks, 'week')}, {replicates}, seed {self.seed}"

    @property
    def interval(self) -> str:
        """What the intervals contain."""
        return contains(self.reported.sampling.posterior)

    @property
    def cautions(self) -> list[str]:
        """Cautions that apply to these results."""
        return cautions_of(self)

    def headline(self) -> pd.DataFrame:
        cells: dict[str, dict[str, str]] = {}
        one_set = in_one_set(self.reported.draws is not None)
        for row, portfolio in zip(self.portfolios.to_dict("records"), self.points, strict=True):
            cell = {"what": portfolio_in_words(self, portfolio)}
            for name in QUANTITIES:
                ends = row[f"{name}_lower"], row[f"{name}_upper"]
                error = coarser(row[f"{name}_mcse"], *ends)
                cell[name] = f"{number(row[f'{name}_difference'], error)} ({interval(*ends, error)})"
            cell[f"probably within budget{one_set}"] = probability(row["probability_within_budget"])
            cells[row["portfolio"]] = cell
        return pd.DataFrame(cells).T

    def summary(self) -> pd.DataFrame:
        """Portfolios on the front.

        Returns
        -------
        pandas.DataFrame
            Index portfolio (A is recommended): values of the levers, differences from today with their 95 % intervals.
        """
        return self.portfolios.set_index("portfolio")

    def to_dataframe(self) -> pd.DataFrame:
        """Portfolios on the front and simpler ones.

        Returns
        -------
        pandas.DataFrame
            One row each: the columns of `portfolios` and of `regret`.
        """
        return pd.concat([self.portfolios, self.regret], ignore_index=True)

    def to_dict(self) -> dict[str, Any]:
        return {
            "scenario": self.today.name,
            "budget": self.budget,
            "count_savings": self.count_savings,
            "seed": self.seed,
            "replicates": len(self.reported.sampling.replicates),
            "patients": self.today.population.patients,
            "weeks": self.today.weeks,
            "run_identity": self.run_identity,
            "interval": self.interval,
            "probabilities": in_one_set(self.reported.draws is not None).removeprefix(", "),
            "cautions": self.cautions,
            "levers": [{"name": lever.name, "values": list(lever.values), "free": lever.free} for lever in self.levers],
            "candidates": len(self.searched.values) - 1,
            "portfolios": self._rows(self.portfolios),
            "simpler": self._rows(self.regret),
            "optimism": self.optimism.to_dict("records"),
        }

    def _rows(self, table: pd.DataFrame) -> list[dict[str, Any]]:
        """Rows, each with its settings together."""
        names = [lever.name for lever in self.levers]
        rows = [{str(name): value for name, value in row.items()} for row in table.to_dict("records")]
        return [{**row, "settings": {name: row.pop(name) for name in names}} for row in rows]

    def plot(self, ax: "Axes | None" = None) -> "Figure":
        """Recovery against cost of portfolios; on given axes, without their key.

        Parameters
        ----------
        ax : matplotlib.axes.Axes, optional
            Axes to draw on, instead of a new figure.

        Returns
        -------
        matplotlib.figure.Figure
            The new figure, or that of the axes.
        """
        from supportnet.analysis.figures.portfolio import portfolio_figure

        return portfolio_figure(self, self.run_identity, ax)

    def write(self, folder: Path) -> list[str]:
        return write_portfolios(self, self.asked, folder, folder)

    def save(self, folder: str | os.PathLike[str]) -> Path:
        goal = Path(folder)
        with written_together(goal, self.command) as hidden:
            write_portfolios(self, self.asked, hidden, goal)  # paths in best.toml go from where it will be
        return goal


@with_checked_arguments
def optimise(
    budget: float,
    scenario: str | os.PathLike[str] = "today",
    levers: Sequence[str] = USUAL,
    *,
    patients: int = 200,
    weeks: int | None = None,
    seed: int = 1,
    replicates: int = 20,
    candidates: int = 40,
    generations: int = 20,
    search_replicates: int = 8,
    count_savings: bool = False,
    workers: int | None = None,
    values: Mapping[str, object] | None = None,
    uncertainty: str | None = None,
    posterior: Posterior | str | os.PathLike[str] | None = None,
    progress: Callable[[float], None] | None = None,
) -> Portfolios:
    """Search for the best use of a budget: what `supportnet optimise` does, with the same numbers.

    The search looks for portfolios with more recovery, less cost and less inequality. Selected portfolios are
    re-simulated with fresh random streams, and only those results are reported. Needs the extra `optimise`.

    Parameters
    ----------
    budget : float
        Money per person and year, more than the scenario spends on posts, contacts and sessions; 0 or more.
    scenario : str or path
        Where to start: a name in the library, or the path of a TOML file.
    levers : sequence of str
        What may change: ``"programmes"`` (all of them), the name of one, or levers such as ``"services.caseload"``.
    patients : int
        People in the area.
    weeks : int, optional
        Weeks to simulate, instead of the scenario's own.
    seed : int
        The same seed reproduces the same results.
    replicates : int
        Replicates for selection, and as many others for reporting.
    candidates : int
        Portfolios a generation, 4 or more.
    generations : int
        Generations of the search.
    search_replicates : int
        Replicates of each candidate during the search.
    count_savings : bool
        Let what crises and admissions cost less be spent too.
    workers : int, optional
        Threads; results do not depend on them. All processors if left out.
    values : mapping, optional
        Values by dotted name, such as ``{"services.turnover": 0.2}``.
    uncertainty : {"parameters", "none"}, optional
        As in `run`.
    posterior : Posterior, str or path, optional
        The posterior of another calibration than the shipped one.
    progress : callable, optional
        Called with the share of the work that is done, 0–1.

    Returns
    -------
    Portfolios
        The recommended portfolio, others on the front, and simpler ones, with 95 % intervals.

    Raises
    ------
    UserInputError
        For a budget that buys nothing, an unknown lever, or too few replicates; where pymoo is not installed.

    Examples
    --------
    >>> import supportnet as sn
    >>> best = sn.optimise(1e6, levers=["befriending"], patients=20, weeks=4, replicates=2, candidates=4,
    ...                    generations=1, search_replicates=2, uncertainty="none")
    >>> list(best.settings(best.recommended))
    ['programmes.befriending.coverage']
    """
    today = Scenario.load(scenario, sizes(patients, weeks, values))
    may_move, size = levers_of(today, levers), Size(candidates, generations, replicates, search_replicates)
    draws, report = draws_for(uncertainty, [today], posterior), progress or (lambda share: None)
    found = search_best_portfolio(
        today, float(budget), may_move, count_savings=count_savings, size=size, seed=seed, posterior=draws,
        workers=threads(workers), progress=report,
    )  # fmt: skip
    return Portfolios.of(found, os.fspath(scenario))
