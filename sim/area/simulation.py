"""One run: a scenario, a seed and a replicate, simulated week by week or all at once, with the same bits."""

from functools import cached_property
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from supportnet.sim.area.compile_rules import Segment, segments
from supportnet.sim.area.empirical_population import pool_from_networks
from supportnet.sim.area.pool import pool_for
from supportnet.sim.area.population import Area, Pool, area_from_pool
from supportnet.sim.area.staffing import most_posts, restaff
from supportnet.sim.area.week import live_weeks_together
from supportnet.sim.errors import UserInputError
from supportnet.sim.network_file.cache import cached_networks
from supportnet.sim.outcomes import gini, outcomes
from supportnet.sim.randomness import rng_key
from supportnet.sim.rules import PackedRules, orders
from supportnet.sim.scenario.scenario import Scenario
from supportnet.sim.state import N_SEEN

HIGHEST_SEED = 2**32 - 1  # and one less for replicates: the highest is the pool's


class HeldValues(NamedTuple):
    """What is held at a value, whatever else happens; NaN is free."""

    mechanisms: NDArray[np.float64]  # (7, 4) mechanism by role
    resources: NDArray[np.float64]  # (8,) `supportnet.sim.rules.HeldResource`


class Simulation:
    """An area of people under a scenario.

    every: weeks between rows of `seen` (0: only the last week of each call to `advance`).
    record: keep the seven mechanisms of each tie's last contact.
    fixed: what is held for the whole run, in the place of what the scenario holds.
    """

    def __init__(
        self,
        scenario: Scenario,
        seed: int = 1,
        replicate: int = 0,
        *,
        workers: int = 1,
        record: bool = False,
        pool: Pool | None = None,
        fixed: HeldValues | None = None,
    ) -> None:
        check_seeds(seed, replicate)
        self.scenario, self.seed, self.replicate = scenario, seed, replicate
        self.workers, self.week, self.key = workers, 0, rng_key(seed, replicate)
        self.pool = pool_for(scenario, workers) if pool is None else pool
        networks = cached_networks(scenario.networks) if scenario.networks else None
        n = scenario.population.patients
        self.spans: list[Segment] = segments(scenario, n, self.pool.mechanisms)
        if fixed is not None:
            self.spans = [span._replace(rules=span.rules._replace(**fixed._asdict())) for span in self.spans]
        self.orders: PackedRules = orders(self.spans[0].rules)
        source = self.pool
        if networks is not None:
            source = pool_from_networks(
                networks, self.pool, n, self.orders, self.key, scenario.population.share_psychosis
            )
        n_posts = most_posts([span.rules.services.caseload for span in self.spans], n)
        self.area: Area = area_from_pool(
            source, n, n_posts, self.orders, self.key, in_order=networks is not None, workers=workers, record=record
        )

    @property
    def n_people(self) -> int:
        return len(self.area.world.people)

    @cached_property
    def programme_names(self) -> list[str]:
        """Names of the programmes on offer, in the order of the rows of `places`."""
        return list(self.scenario.programmes)

    def span(self) -> Segment:
        """The rules of this week; changes of the calendar take place when their week comes."""
        for index, span in enumerate(self.spans):
            if span.first_week <= self.week < span.last_week_exclusive or index == len(self.spans) - 1:
                break
        if self.week == span.first_week and self.week > 0:
            before, self.orders = self.orders, orders(span.rules)
            restaff(self.area, before, self.orders, span.new_teams, self.key, self.pool.staff_strain)
        return span

    def advance(self, weeks: int, every: int = 1) -> NDArray[np.float64]:
        """Live so many weeks; what every `every`-th of them showed, (rows, N_SEEN)."""
        stop, shown = self.week + weeks, []
        while self.week < stop:
            span = self.span()
            last = span.last_week_exclusive if span is not self.spans[-1] else stop
            now = min(stop, last) - self.week
            rows = (self.week + now) // every - self.week // every if every else 0
            seen = np.zeros((rows, N_SEEN))
            live_weeks_together(
                self.area.world,
                self.orders,
                self.area.desk,
                self.key,
                self.week,
                now,
                every=every,
                seen=seen,
                workers=self.workers,
            )
            self.week += now
            shown.append(seen)
        return np.concatenate(shown) if shown else np.zeros((0, N_SEEN))

    def outcomes(self, seen: NDArray[np.float64], weeks: Any) -> dict[str, Any]:
        """Outcomes from rows of `seen`."""
        return outcomes(seen, weeks, self.scenario.all_parameters.costs)

    def inequality(self) -> float:
        """Gini coefficient of recovery, now."""
        return gini(self.area.world.people.processes.mean(axis=1, dtype=np.float64))


def check_seeds(seed: int, replicate: int) -> None:
    """Seeds and replicates are 32-bit words."""
    for name, number, highest in (("seed", seed, HIGHEST_SEED), ("replicate", replicate, HIGHEST_SEED - 1)):
        if not isinstance(number, int | np.integer) or not 0 <= number <= highest:
            raise UserInputError(
                f"must be a whole number from 0 to {highest:,}", argument=name, found=number, remedy="choose another"
            )
