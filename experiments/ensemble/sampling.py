"""How replicates are sampled: which of them, from which seed, under which draws of the uncertain numbers."""

import os
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from supportnet.experiments.ensemble.estimates import Which
from supportnet.experiments.execution.store import key_of
from supportnet.experiments.posterior.posterior import Posterior, fixed
from supportnet.experiments.posterior.propagation import (
    by_draw,
    check_draws,
    draw_of,
    draws_for,
    draws_of,
    first_draw,
    pool_at,
)
from supportnet.sim.area.pool import pool_for
from supportnet.sim.area.population import Pool
from supportnet.sim.area.simulation import HIGHEST_SEED, check_seeds
from supportnet.sim.errors import UserInputError
from supportnet.sim.scenario.scenario import Scenario


@dataclass(frozen=True)
class Sampling:
    """Replicates that scenarios share.

    Each has an independent random stream, keyed by seed and number, and with a posterior the parameters of one draw,
    two replicates a draw; the seed decides with which draw they begin.
    """

    replicates: Sequence[int]  # their numbers, each once
    seed: int = 1
    posterior: Posterior | None = field(default=None, repr=False)  # None: numbers as scenarios set them

    @classmethod
    def of(
        cls, scenarios: Sequence[Scenario], replicates: int | Sequence[int] = 20, seed: int = 1,
        uncertainty: str | None = None, posterior: Posterior | str | os.PathLike[str] | None = None,
    ) -> "Sampling":  # fmt: skip
        """Replicates of these scenarios, checked.

        replicates: how many, or their numbers (from 0). uncertainty: "parameters" for draws from the posterior, "none"
        for fixed parameters, None for draws if they were fitted to the presets of all scenarios.
        posterior: draws, or a file of them, instead of the shipped ones. Raises UserInputError for what does not fit.
        """
        numbers = replicate_numbers(replicates, seed)
        draws = draws_for(uncertainty, scenarios, posterior)
        check_draws(draws, numbers)
        return cls(numbers, seed, draws)

    def with_seed(self, seed: int) -> "Sampling":
        """The same replicates from another seed."""
        return Sampling(self.replicates, seed, self.posterior)

    @property
    def draws(self) -> Which | None:
        """(replicates,) the draw of each replicate; None without a posterior."""
        return draws_of(self.replicates) if self.posterior else None

    @property
    def groups(self) -> list[list[int]]:
        """Replicates that share a draw, together; each alone without a posterior."""
        return by_draw(self.replicates, self.posterior) if self.posterior else [[one] for one in self.replicates]

    def world(self, scenario: Scenario, replicate: int, workers: int = 1) -> tuple[Scenario, Pool]:
        """A scenario under the numbers of a replicate, and the pool that its people are drawn from."""
        if self.posterior is None:
            return scenario, pool_for(scenario, workers)
        draw = draw_of(replicate, self.seed, self.posterior)
        scenario = self.posterior.scenario_at(draw, scenario)
        return scenario, pool_at(scenario, draw)

    def identity_of(self, scenario: Scenario) -> str:
        """SHA-256 of all that a replicate of a scenario depends on, but for its number and the code."""
        drawn = (
            (self.posterior.identity, first_draw(self.seed, self.posterior), fixed(scenario)) if self.posterior else ()
        )
        return key_of(scenario.canonical(), scenario.every_number, self.seed, drawn)

    def request(self, *scenarios: Scenario) -> dict[str, Any]:
        """What results depend on, as plain values; with several scenarios, numbers that each of them sets."""
        about: dict[str, Any] = {"seed": self.seed, "replicates": sorted(self.replicates)}
        if self.posterior:
            about |= {"posterior": self.posterior.identity, "first_draw": first_draw(self.seed, self.posterior)}
            about["fixed"] = [fixed(one) for one in scenarios]
        return about


def replicate_numbers(replicates: int | Sequence[int], seed: int) -> Sequence[int]:
    """Numbers of the replicates, checked together with the seed; a range takes no memory, however many they are."""
    if isinstance(replicates, int):
        if not 1 <= replicates <= HIGHEST_SEED:
            must = "be at least 1" if replicates < 1 else f"be at most {HIGHEST_SEED:,}"
            remedy = f"give a number from 1 to {HIGHEST_SEED:,}"
            raise UserInputError(f"must {must}", argument="replicates", found=replicates, remedy=remedy)
        check_seeds(seed, replicates - 1)
        return range(replicates)
    numbers = tuple(replicates)
    if not numbers or len(set(numbers)) < len(numbers) or not 0 <= min(numbers) <= max(numbers) < HIGHEST_SEED:
        raise UserInputError(
            f"must name at least one replicate from 0 to {HIGHEST_SEED - 1:,}, each once", argument="replicates",
            found=list(numbers), remedy="give how many, or different numbers",
        )  # fmt: skip
    for number in (min(numbers), max(numbers)):
        check_seeds(seed, number)
    return numbers
