"""Portfolios simulated with the same people and random streams as today, each of them once."""

from collections.abc import Callable, Sequence
from threading import Event
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from supportnet.experiments.ensemble.ensemble import NAMES
from supportnet.experiments.ensemble.plan import RunPlan
from supportnet.experiments.ensemble.replication import simulate
from supportnet.experiments.ensemble.sampling import Sampling
from supportnet.experiments.execution.store import Store, key_of
from supportnet.experiments.execution.workers import map_in_threads
from supportnet.experiments.optimise.levers import BudgetLever, Portfolio, portfolio_settings
from supportnet.experiments.posterior.posterior import Posterior
from supportnet.experiments.posterior.propagation import LIVES
from supportnet.sim.scenario.scenario import Scenario

Doubles = NDArray[np.float64]
Which = NDArray[np.int64]
QUANTITIES = ("qpr", "cost", "inequality", "spending")
QPR, COST, SPENDING = 0, 1, 3
OBJECTIVES = np.array([-1.0, 1.0, 1.0])  # by which the first three are multiplied, so that less is better
READ = [NAMES.index(name) for name in ("qpr", "cost", "inequality", "posts", "contacts_staff", "session_cost")]


class Budget(NamedTuple):
    """What may be spent more than today."""

    money: float  # per person and year
    count_savings: bool = False  # whether what crises and admissions cost less may be spent too

    @property
    def charged(self) -> int:
        """Which quantity is held against it: all costs, or posts, contacts and sessions."""
        return COST if self.count_savings else SPENDING

    def is_held(self, differences: Doubles) -> NDArray[np.bool_]:
        """(portfolios,) whether the mean over replicates of what each is charged is within it."""
        return np.asarray(differences[:, :, self.charged].mean(axis=1) <= self.money)


def three_samplings(
    seed: int, replicates: int, search_replicates: int, posterior: Posterior | None = None
) -> tuple[Sampling, Sampling, Sampling]:
    """Replicates to search by, to choose by and to report by: other numbers, and so other luck and other draws.

    Those that are reported are the ones of `supportnet compare --seed --replicates`.
    """
    apart = replicates + replicates % LIVES
    search = range(2 * apart, 2 * apart + search_replicates)
    choose = range(apart, apart + replicates)
    return (
        Sampling(search, seed, posterior),
        Sampling(choose, seed, posterior),
        Sampling(range(replicates), seed, posterior),
    )


class Evaluator:
    """What portfolios change in the same replicates; each is simulated once. store: keeps what they show."""

    def __init__(
        self, today: Scenario, levers: Sequence[BudgetLever], sampling: Sampling, workers: int,
        report: Callable[[int], None] = lambda replicates: None, store: Store | None = None,
    ) -> None:  # fmt: skip
        self.today, self.levers, self.sampling = today, list(levers), sampling
        self.values: dict[Portfolio, Doubles] = {}
        self._workers, self._report, self._store = workers, report, store or Store()
        self._identity = key_of(sampling.identity_of(today), list(sampling.replicates), self.levers)

    @property
    def nothing(self) -> Portfolio:
        """Today."""
        return (0,) * len(self.levers)

    @property
    def draws(self) -> Which | None:
        """The draw of each replicate; None under numbers as they are set."""
        return self.sampling.draws

    def differences(self, portfolios: Sequence[Portfolio]) -> Doubles:
        """(portfolios, replicates, QUANTITIES): what each portfolio shows less what today shows."""
        if self.nothing not in self.values:  # by itself: it makes the pools of people that all others need
            self._keep(self.nothing, self._values(self.nothing, self._workers))
        new = [one for one in dict.fromkeys(portfolios) if one not in self.values]

        def evaluate(portfolio: Portfolio, halt: Event) -> Doubles:
            return self._values(portfolio, 1)

        for portfolio, found in map_in_threads(evaluate, new, self._workers):
            if isinstance(found, Exception):
                raise found
            self._keep(portfolio, found)
        return np.stack([self.values[one] - self.values[self.nothing] for one in portfolios])

    def _keep(self, portfolio: Portfolio, values: Doubles) -> None:
        self.values[portfolio] = values
        self._report(len(self.sampling.replicates))

    def _values(self, portfolio: Portfolio, workers: int) -> Doubles:
        """(replicates, QUANTITIES) of a portfolio, as `_simulated` gives them, or as they were kept."""
        key = key_of("portfolio", self._identity, portfolio)
        return self._store.result(key, lambda: [self._simulated(portfolio, workers)])[0]

    def _simulated(self, portfolio: Portfolio, workers: int) -> Doubles:
        """(replicates, QUANTITIES) in the last week; cost and spending per person and year since the run began."""
        scenario = self.today.with_values(portfolio_settings(self.levers, portfolio))
        found = simulate(RunPlan(scenario, self.sampling), workers)
        if found.failed:
            raise found.failed[0].error
        qpr, cost, inequality, posts, contacts, sessions = found.last[:, READ].T
        prices = scenario.all_parameters.costs
        spending = prices.post * posts + prices.contact * contacts + sessions  # without crises and admissions
        return np.stack([qpr, cost, inequality, spending], axis=1)
