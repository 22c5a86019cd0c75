"""Portfolios lived by the same people with the same luck as today, each of them once."""

from collections.abc import Callable, Sequence
from threading import Event
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from supportnet.experiments.comparison.compare import seed_of
from supportnet.experiments.ensemble.ensemble import run
from supportnet.experiments.ensemble.results import NAMES
from supportnet.experiments.execution.workers import side_by_side
from supportnet.experiments.optimise.levers import Lever, Portfolio, settings_of
from supportnet.experiments.posterior.posterior import Posterior
from supportnet.experiments.posterior.propagation import LIVES, draws_of
from supportnet.sim.scenario.scenario import Scenario

Doubles = NDArray[np.float64]
Which = NDArray[np.int64]
QUANTITIES = ("qpr", "cost", "inequality", "spending")
QPR, COST = 0, 1
OBJECTIVES = np.array([-1.0, 1.0, 1.0])  # by which the first three are multiplied, so that less is better
READ = [NAMES.index(name) for name in ("qpr", "cost", "inequality", "posts", "contacts_staff", "session_cost")]


class Luck(NamedTuple):
    """A seed and numbers of replicates: what people meet."""

    seed: int
    replicates: tuple[int, ...]

    @property
    def draws(self) -> Which:
        return draws_of(self.replicates)


def three_lucks(seed: int, replicates: int, search_replicates: int) -> tuple[Luck, Luck, Luck]:
    """Luck to search by, to choose by, and to report by: other seeds, other replicates, other draws.

    What is reported is lived as `supportnet compare --seed --replicates` lives it.
    """
    apart = replicates + replicates % LIVES
    search = range(2 * apart, 2 * apart + search_replicates)
    choose = range(apart, apart + replicates)
    return (
        Luck(seed_of(seed, 2), tuple(search)),
        Luck(seed_of(seed, 1), tuple(choose)),
        Luck(seed, tuple(range(replicates))),
    )


class Lives:
    """What portfolios change under one luck; a portfolio met again is not lived again."""

    def __init__(
        self, today: Scenario, levers: Sequence[Lever], luck: Luck, posterior: Posterior | None, workers: int,
        told: Callable[[int], None] = lambda replicates: None,
    ) -> None:  # fmt: skip
        self.today, self.levers, self.luck, self.posterior = today, list(levers), luck, posterior
        self.lived: dict[Portfolio, Doubles] = {}
        self._workers, self._told = workers, told

    @property
    def nothing(self) -> Portfolio:
        """Today."""
        return (0,) * len(self.levers)

    @property
    def draws(self) -> Which | None:
        """The draw of each replicate; None under numbers as they are set."""
        return self.luck.draws if self.posterior else None

    def differences(self, portfolios: Sequence[Portfolio]) -> Doubles:
        """(portfolios, replicates, QUANTITIES): what each portfolio shows less what today shows."""
        if self.nothing not in self.lived:  # by itself: it makes the pools of people that all others need
            self._keep(self.nothing, self._values(self.nothing, self._workers))
        new = [one for one in dict.fromkeys(portfolios) if one not in self.lived]

        def live(portfolio: Portfolio, halt: Event) -> Doubles:
            return self._values(portfolio, 1)

        for portfolio, found in side_by_side(live, new, self._workers):
            if isinstance(found, Exception):
                raise found
            self._keep(portfolio, found)
        return np.stack([self.lived[one] - self.lived[self.nothing] for one in portfolios])

    def _keep(self, portfolio: Portfolio, values: Doubles) -> None:
        self.lived[portfolio] = values
        self._told(len(self.luck.replicates))

    def _values(self, portfolio: Portfolio, workers: int) -> Doubles:
        """(replicates, QUANTITIES) in the last week; cost and spending per patient-year since the run began."""
        scenario = self.today.with_values(settings_of(self.levers, portfolio))
        found = run(scenario, self.luck.replicates, self.luck.seed, workers, posterior=self.posterior)
        if found.failed:
            raise found.failed[0].error
        qpr, cost, inequality, posts, contacts, sessions = found.last[:, READ].T
        prices = scenario.all_parameters.costs
        spending = prices.post * posts + prices.contact * contacts + sessions  # without crises and admissions
        return np.stack([qpr, cost, inequality, spending], axis=1)
