"""Cost-effectiveness of a comparison."""

import json
import os
from dataclasses import dataclass, fields, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from supportnet.analysis.economics import Economics, analyse_costs
from supportnet.analysis.files.comparison_folder import COLUMNS, Finished
from supportnet.analysis.outputs.comparison import outcomes_of, provenance_of_comparison
from supportnet.analysis.outputs.economics import request, write_economics
from supportnet.analysis.results.comparison import Comparison
from supportnet.analysis.results.result import Result
from supportnet.analysis.wording.formatting import counted, difference_digits, interval, number, standing_in_words
from supportnet.experiments.economics.costs import read_costs
from supportnet.experiments.economics.decision_scope import DecisionScope
from supportnet.experiments.economics.strategies import by_cost
from supportnet.experiments.economics.years import year_ends
from supportnet.experiments.ensemble.sampling import replicate_numbers
from supportnet.sim.arguments import with_checked_arguments
from supportnet.sim.provenance import identity

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

MOST = 15  # strategies in a card


@dataclass(frozen=True, repr=False)
class CostEffectiveness(Economics, Result):
    """Costs and effects of a comparison: ratios, dominance, acceptability and the value of information.

    Made by `economics`. Costs are per person and year, effects at the end of the run; `strategies`, `acceptability` and
    `information` are tables (docs/economics.md).

    Parameters
    ----------
    finished : Finished
        The comparison, read from its folder.
    samples : StrategySamples
        Resources used and effect in each replicate.
    effect : str
        The measure of effect, an outcome; of one of which less is better, how much is avoided.
    costs : Costs
        Prices.
    seed : int
        Random seed of the drawn prices.
    asked : float or None
        Willingness to pay for a unit of effect, if given.
    numbers : pandas.DataFrame or None
        Parameter values, one row per draw, if available.
    scope : DecisionScope
        How many people the choice concerns, for how many years, the discount rate per year, and the people in a study.

    Examples
    --------
    >>> import supportnet as sn
    >>> what_if = sn.compare("today", "befriending", replicates=2, patients=20, weeks=4, uncertainty="none")
    >>> worth = sn.economics(what_if)
    >>> list(worth.strategies["scenario"])
    ['today', 'befriending']
    """

    command = "economics"

    @classmethod
    def of(cls, found: Economics) -> "CostEffectiveness":
        return cls(**{field.name: getattr(found, field.name) for field in fields(found)})

    @property
    def run_identity(self) -> str:
        """SHA-256, in hexadecimal, of all that the numbers depend on."""
        return identity(request(self))

    @property
    def title(self) -> str:
        """Title in plain words."""
        return f"Costs and effects of {', '.join(self.samples.names[1:])} compared with {self.samples.names[0]}"

    @property
    def size(self) -> str:
        """How much was simulated."""
        people = counted(self.finished.patients, "person", "people")
        weeks, replicates = counted(self.finished.weeks, "week"), counted(len(self.samples.effect), "replicate")
        return f"{people}, {weeks}, {replicates}, effect {self.effect}, seed {self.seed}"

    def headline(self) -> pd.DataFrame:
        rows = by_cost(self.strategies).head(MOST).to_dict("records")
        return pd.DataFrame({row["scenario"]: self._cells(row) for row in rows}).T

    def _cells(self, row: dict[Any, Any]) -> dict[str, str]:
        cells = {"cost": number(row["cost"], row["cost_mcse"])}
        for what in ("cost", "effect"):
            ends = row[f"incremental_{what}_lower"], row[f"incremental_{what}_upper"]
            outcome = self.effect if what == "effect" else "cost"
            error = difference_digits(outcome, row[f"incremental_{what}_mcse"], *ends)
            gained = f"{number(row[f'incremental_{what}'], error)} ({interval(*ends, error)})"
            cells[f"{what} added (95 %)"] = "" if row["scenario"] == self.samples.names[0] else gained
        return {**cells, "ratio ± mcse": standing_in_words(row)}

    def summary(self) -> pd.DataFrame:
        """Costs, effects, their differences from the baseline, and ratios.

        Returns
        -------
        pandas.DataFrame
            Index scenario; costs in `costs.currency` per person and year, each number with its mcse and 95 % interval.
        """
        return self.strategies.set_index("scenario")

    def to_dataframe(self) -> pd.DataFrame:
        """Strategies.

        Returns
        -------
        pandas.DataFrame
            One row a scenario, as `strategies`.
        """
        return self.strategies

    def to_dict(self) -> dict[str, Any]:
        probability, information = self.uncertainty
        return {
            "baseline": self.samples.names[0],
            "effect": self.effect,
            "weeks": self.finished.weeks,
            "replicates": len(self.samples.effect),
            "seed": self.seed,
            "currency": self.costs.currency,
            "price_year": self.costs.price_year,
            "strategies": self.strategies.to_dict("records"),
            "threshold": self.threshold,
            "evpi": self.evpi,
            "evpi_mcse": float(self.curve.evpi_mcse[len(self.curve.evpi) // 2]),
            "acceptability": self.acceptability.to_dict("records"),
            "information": self.information.to_dict("records"),
            **self.scope._asdict(),
            "population_evpi": self.scope.person_years * self.evpi,
            "population_evpi_mcse": self.scope.person_years * float(self.curve.evpi_mcse[len(self.curve.evpi) // 2]),
            "prices": self.best_by_price.to_dict("records"),
            "budget_impact": self.budget_impact.to_dict("records"),
            "interval": self.interval,
            "probability_of": probability,
            "information_of": information,
            "cautions": self.cautions,
            "costs": self.costs.model_dump(),
        }

    def plot(self, ax: "Axes | None" = None) -> "Figure":
        """The cost-effectiveness plane, and curves of acceptability; on given axes, the plane only.

        Parameters
        ----------
        ax : matplotlib.axes.Axes, optional
            Axes to draw on, instead of a new figure.

        Returns
        -------
        matplotlib.figure.Figure
            The new figure, or that of the axes.
        """
        from supportnet.analysis.figures.economics import economics_figure

        return economics_figure(self, ax)

    def write(self, folder: Path) -> list[str]:
        return write_economics(self, folder)


@with_checked_arguments
def economics(
    comparison: Comparison | str | os.PathLike[str],
    effect: str = "qpr",
    costs: str | os.PathLike[str] | None = None,
    *,
    threshold: float | None = None,
    posterior: str | os.PathLike[str] | None = None,
    seed: int = 1,
    population: int | None = None,
    years: int | None = None,
    discount: float = 0.0,
    study_people: int | None = None,
) -> CostEffectiveness:
    """Price the resources used in a comparison, as `supportnet economics` does; nothing is simulated.

    Parameters
    ----------
    comparison : Comparison, str or path-like
        What `compare` gave, or the folder that `Comparison.save` or `supportnet compare` wrote.
    effect : str
        An outcome; of one of which less is better, how much is avoided.
    costs : str or path-like, optional
        A file of prices; the shipped ones, which are assumptions, if left out.
    threshold : float, optional
        Willingness to pay for a unit of effect, 0.01 or more, at which the value of information is reported; if left
        out, the highest incremental ratio with a standard error below half of it.
    posterior : str or path-like, optional
        The posterior used by the comparison, if not the shipped one.
    seed : int
        Random seed of the drawn prices.
    population : int, optional
        People whom the choice concerns at any time: the budget impact is also given for all of them.
    years : int, optional
        Years for which the choice stands: with `population`, the value of information is also given for all people
        over these years.
    discount : float
        Discount rate per year of costs and effects, such as 0.035.
    study_people : int, optional
        People in a study: its expected value is given for each parameter, and group of parameters, that stands out.

    Returns
    -------
    CostEffectiveness
        Strategies with their ratios, acceptability, and the value of information.

    Raises
    ------
    UserInputError
        For a folder without a comparison or with a damaged one, an outcome that is no effect, a mistake in the prices,
        or too few replicates.

    Examples
    --------
    >>> import supportnet as sn
    >>> what_if = sn.compare("today", "befriending", replicates=2, patients=20, weeks=4, uncertainty="none")
    >>> worth = sn.economics(what_if, effect="recovery")
    >>> float(worth.summary().loc["today", "incremental_cost"])
    0.0
    """
    replicate_numbers(1, seed)  # a seed out of range is a mistake
    found = (
        comparison_as_read(comparison)
        if isinstance(comparison, Comparison)
        else Finished.read(Path(comparison)).with_year_ends()
    )
    scope = DecisionScope(population, years, float(discount), study_people).checked()
    prices, draws = read_costs(costs), os.fspath(posterior or "")
    return CostEffectiveness.of(analyse_costs(found, effect, prices, seed, threshold, draws, scope))


def comparison_as_read(comparison: Comparison) -> Finished:
    """A comparison as it would be read from the folder that it is saved in."""
    metadata = json.loads(json.dumps(provenance_of_comparison(comparison)))
    texts = {"scenario": str, "outcome": str}
    outcomes = outcomes_of(comparison)[COLUMNS].astype(texts)
    ends = np.array(year_ends(comparison.worlds[0].scenario.weeks))
    tables = [replace(world, values=world.values[:, ends - 1]).trajectories for world in comparison.worlds]
    at_ends = pd.concat(tables, ignore_index=True).astype(texts)
    at_ends["week"] = ends[at_ends["week"] - 1]
    return Finished(Path("comparison"), {**metadata, "files": {}}, outcomes, at_ends)
