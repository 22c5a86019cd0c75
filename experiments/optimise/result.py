"""What a search for the best use of a budget came to, as tables."""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any, NamedTuple

import numpy as np
import pandas as pd

from supportnet.experiments.ensemble.estimates import (
    UNLIMITED,
    difference_of,
    difference_within,
    mean_of,
    probability_above,
)
from supportnet.experiments.optimise.evaluator import QPR, QUANTITIES, Budget, Doubles, Evaluator, three_samplings
from supportnet.experiments.optimise.levers import BudgetLever, Portfolio, portfolio_settings
from supportnet.experiments.optimise.pareto import probability_on_front, probability_within
from supportnet.experiments.posterior.posterior import Posterior, fixed
from supportnet.sim.arguments import with_checked_arguments
from supportnet.sim.model_identity import run_hash
from supportnet.sim.outcomes import OUTCOMES
from supportnet.sim.scenario.scenario import Scenario

LETTERS = "ABCDEFGHIJKLMNOPQRSTUVWXYZ"  # names of points


class Size(NamedTuple):
    """How much work a search is."""

    candidates: int = 40  # a generation
    generations: int = 20
    replicates: int = 20  # to choose by, and as many others to report by
    search_replicates: int = 8


def request_for(
    today: Scenario, budget: Budget, levers: Sequence[BudgetLever], size: Size, seed: int, posterior: Posterior | None
) -> dict[str, Any]:
    """Everything that the results of such a search depend on, as plain values, but for versions of libraries."""
    search, _, report = three_samplings(seed, size.replicates, size.search_replicates)
    samplings = {"search": search, "report": report}
    return {
        "command": "optimise",
        "code": run_hash(),
        "scenario": today.canonical(),
        "parameters": today.every_number,
        "budget": budget.money,
        "count_savings": budget.count_savings,
        "levers": {lever.name: list(lever.values) for lever in levers},
        "seed": seed,
        "size": size._asdict(),
        "luck": {name: {"seed": one.seed, "replicates": list(one.replicates)} for name, one in samplings.items()},
        **({"posterior": posterior.identity, "fixed": fixed(today)} if posterior else {}),
    }


@with_checked_arguments
@dataclass(frozen=True)
class PortfolioResult:
    """Portfolios on the front, and simpler ones, simulated with random streams not used for selection."""

    today: Scenario
    levers: tuple[BudgetLever, ...]
    budget: float  # money per person and year
    seed: int
    effort: Size
    points: list[Portfolio]  # the recommended one first, then by falling recovery
    simpler: dict[str, Portfolio]
    favourite: Portfolio  # the best by the search's own numbers
    searched: Evaluator
    reported: Evaluator
    count_savings: bool = False  # whether what crises and admissions cost less may be spent too

    @property
    def within(self) -> Budget:
        """The budget, and what is held against it."""
        return Budget(self.budget, self.count_savings)

    @property
    def recommended(self) -> Portfolio:
        """The portfolio with most recovery among those that hold the budget."""
        return self.points[0]

    @cached_property
    def portfolios(self) -> pd.DataFrame:
        """One row a point: portfolio, recommended, every lever's value, differences from today with their intervals,
        probability_on_front (of all points and simpler portfolios), within_budget, probability_within_budget, and
        what the search itself had seen (`searched_qpr` and so on)."""
        seen = self.searched.differences(self.points).mean(axis=1)
        table = self._table(list(LETTERS[: len(self.points)]), self.points)
        table.insert(1, "recommended", [one == self.recommended for one in self.points])
        table["probability_on_front"] = self._on_front[: len(self.points)]
        return table.assign(**{f"searched_{name}": seen[:, k] for k, name in enumerate(QUANTITIES)})

    @cached_property
    def regret(self) -> pd.DataFrame:
        """One row a simpler portfolio: the same, and regret: by how much recovery (QPR points) it falls short of the
        recommended one, in pairs of replicates; probability_recommended_better."""
        table = self._table(list(self.simpler), list(self.simpler.values()))
        table["probability_on_front"] = self._on_front[len(self.points) :]
        ours, theirs = (
            self.reported.differences(portfolios)[:, :, QPR]
            for portfolios in ([self.recommended], list(self.simpler.values()))
        )
        short = difference_within(mean_of((ours - theirs).T, self.reported.draws), OUTCOMES["qpr"].limits)
        better = np.where(short.scale == 0.0, 0.5, probability_above(short))
        return table.assign(
            regret=short.mean, regret_mcse=short.mcse, regret_lower=short.lower, regret_upper=short.upper,
            probability_recommended_better=better,
        )  # fmt: skip

    @cached_property
    def optimism(self) -> pd.DataFrame:
        """How much better than it is the search saw its favourite: quantity, searched, reported, optimism (searched
        less reported), lower, upper (95 %, Welch; over draws where there are some)."""
        seen, fresh = (self._over_draws(lives.differences([self.favourite])[0], lives) for lives in
                      (self.searched, self.reported))  # fmt: skip
        found = difference_of(fresh, seen)
        return pd.DataFrame(
            {"quantity": QUANTITIES, "searched": seen.mean(axis=0), "reported": fresh.mean(axis=0),
             "optimism": found.mean, "lower": found.lower, "upper": found.upper}
        )  # fmt: skip

    @cached_property
    def request(self) -> dict[str, Any]:
        """Everything that the results depend on, as plain values, but for versions of libraries."""
        draws = self.reported.sampling.posterior
        return request_for(self.today, self.within, self.levers, self.effort, self.seed, draws)

    @cached_property
    def _on_front(self) -> Doubles:
        everyone = self.reported.differences([*self.points, *self.simpler.values()])
        return probability_on_front(everyone, self.reported.draws, self.seed)

    def _table(self, names: Sequence[str], portfolios: Sequence[Portfolio]) -> pd.DataFrame:
        found = self.reported.differences(portfolios)
        columns: dict[str, Any] = {"portfolio": names}
        for j, lever in enumerate(self.levers):
            columns[lever.name] = [lever.values[one[j]] for one in portfolios]
        for k, quantity in enumerate(QUANTITIES):
            limits = OUTCOMES[quantity].limits if quantity in OUTCOMES else UNLIMITED
            difference = difference_within(mean_of(found[:, :, k].T, self.reported.draws), limits)
            columns |= {
                f"{quantity}_difference": difference.mean, f"{quantity}_mcse": difference.mcse,
                f"{quantity}_lower": difference.lower, f"{quantity}_upper": difference.upper,
            }  # fmt: skip
        columns["within_budget"] = self.within.is_held(found)
        columns["left_over"] = self.budget - found[:, :, self.within.charged].mean(axis=1)
        columns["probability_within_budget"] = probability_within(found, self.within, self.reported.draws)
        return pd.DataFrame(columns)

    def settings(self, portfolio: Portfolio) -> dict[str, float]:
        """What a portfolio sets differently from today.

        Parameters
        ----------
        portfolio : tuple of int
            Steps of each lever, such as `recommended`.

        Returns
        -------
        dict of str to float
            Values by dotted name, as `Scenario.with_values` takes them.
        """
        return dict(portfolio_settings(self.levers, portfolio))

    def _over_draws(self, values: Doubles, lives: Evaluator) -> Doubles:
        """Rows that are independent of one another: replicates, or means over those of a draw."""
        if lives.draws is None:
            return values
        return np.stack([values[lives.draws == draw].mean(axis=0) for draw in np.unique(lives.draws)])
