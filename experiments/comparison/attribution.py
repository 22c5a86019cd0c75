"""Share of each mechanism, resource or kind of relationship in a difference: exact Shapley values.

Whatever is outside a coalition is held, in both scenarios, at its mean in the baseline's people (or switched off); what
is inside is free. The worth of a coalition is the difference between the two scenarios that is then left; of one
scenario, the level of an outcome less its level with everything switched off.
"""

import os
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from itertools import product
from threading import Event
from typing import NamedTuple

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from supportnet.experiments.comparison.plan import comparable
from supportnet.experiments.comparison.shapley import interactions, knockouts, shapley
from supportnet.experiments.ensemble.ensemble import NAMES, Doubles, outcomes_asked
from supportnet.experiments.ensemble.estimates import UNLIMITED, Limits, Which, difference_within, mean_of
from supportnet.experiments.ensemble.plan import as_scenario
from supportnet.experiments.ensemble.ratio import Ratio, ratio_of
from supportnet.experiments.ensemble.replicate import values_of
from supportnet.experiments.ensemble.replication import Progress
from supportnet.experiments.ensemble.sampling import Sampling
from supportnet.experiments.execution.store import Store, key_of
from supportnet.experiments.execution.workers import Interrupted, map_in_threads
from supportnet.experiments.posterior.posterior import Posterior
from supportnet.sim.area.derived import owners
from supportnet.sim.area.population import Pool
from supportnet.sim.area.simulation import HeldValues, Simulation
from supportnet.sim.arguments import with_checked_arguments
from supportnet.sim.enums import SOCIAL_RELATIONSHIPS, Mechanism, Resource, Role
from supportnet.sim.errors import UserInputError, not_one_of
from supportnet.sim.model_identity import run_hash
from supportnet.sim.outcomes import OUTCOMES
from supportnet.sim.provenance import identity
from supportnet.sim.rules import ALL_FREE, HeldResource
from supportnet.sim.scenario.scenario import Scenario

PLAYERS = {
    "mechanisms": list(Mechanism.words()),
    "resources": [*Resource.words(), SOCIAL_RELATIONSHIPS],
    "relationships": list(Role.words()),
}
SOCIAL = [HeldResource.BEST_TIE, HeldResource.COMPANIONSHIP, HeldResource.CONTACT]


@dataclass(frozen=True)
class AttributionPlan:
    """Two scenarios, or one, what their difference or its level is attributed to, and the replicates."""

    worlds: tuple[Scenario, ...]  # the baseline and the other one; or one
    sampling: Sampling
    over: str = "mechanisms"  # or resources, or relationships
    held: str = "baseline"  # or off

    @classmethod
    def of(
        cls,
        baseline: Scenario | str | os.PathLike[str],
        other: Scenario | str | os.PathLike[str] | None = None,
        replicates: int | Sequence[int] = 20,
        seed: int = 1,
        *,
        values: Mapping[str, object] | None = None,
        over: str = "mechanisms",
        held: str | None = None,
        uncertainty: str | None = None,
        posterior: Posterior | str | os.PathLike[str] | None = None,
    ) -> "AttributionPlan":
        """Scenarios (or those of these names, or at these paths) with these values, checked; the rest as
        `Sampling.of`.

        other: none where the level of the first is attributed; held: "off" if left out there, else "baseline".

        Raises UserInputError for what does not fit.
        """
        first = as_scenario(baseline, values)
        worlds = [first] if other is None else comparable([first, as_scenario(other, values)])
        held = held or ("off" if other is None else "baseline")
        check_attribution(over, held, *worlds)
        sampling = Sampling.of(worlds, replicates, seed, uncertainty, posterior)
        return cls(tuple(worlds), sampling, over, held)

    @property
    def of_level(self) -> bool:
        """Whether the level of an outcome in one scenario is attributed, not a difference between two."""
        return len(self.worlds) == 1

    @cached_property
    def request(self) -> dict[str, object]:
        """All that the attribution depends on, as plain values."""
        return {
            "command": "explain",
            "code": run_hash(),
            "scenarios": [world.canonical() for world in self.worlds],
            "over": self.over,
            "held": self.held,
            **self.sampling.request(*self.worlds),
        }

    @cached_property
    def identity(self) -> str:
        """SHA-256 of the request, in hexadecimal."""
        return identity(self.request)


@with_checked_arguments
@dataclass(frozen=True)
class Attribution:
    """Outcomes of both scenarios, or of the one, under every coalition."""

    plan: AttributionPlan
    values: Doubles = field(repr=False)  # (coalitions, worlds, replicates, outcomes) in the last week

    @property
    def worlds(self) -> tuple[Scenario, ...]:
        """The baseline and the other scenario; or the one whose level is attributed."""
        return self.plan.worlds

    @property
    def of_level(self) -> bool:
        """Whether the level of an outcome in one scenario is attributed, not a difference between two."""
        return self.plan.of_level

    @property
    def over(self) -> str:
        """mechanisms, resources or relationships."""
        return self.plan.over

    @property
    def held(self) -> str:
        """ "baseline" or "off"."""
        return self.plan.held

    @property
    def seed(self) -> int:
        """Random seed."""
        return self.plan.sampling.seed

    @property
    def replicates(self) -> Sequence[int]:
        """Numbers of the replicates."""
        return self.plan.sampling.replicates

    @property
    def posterior(self) -> Posterior | None:
        """The posterior that the replicates use; None if parameters are fixed."""
        return self.plan.sampling.posterior

    @property
    def draws(self) -> Which | None:
        """The posterior draw of each replicate; None if parameters are fixed."""
        return self.plan.sampling.draws

    @property
    def players(self) -> list[str]:
        """What the difference is attributed to: names of mechanisms, resources or kinds of relationship."""
        return PLAYERS[self.over]

    def game(self, outcome: str) -> Doubles:
        """The difference that is left when what is outside a coalition is held: from the baseline, or of one scenario
        from itself with everything switched off.

        Parameters
        ----------
        outcome : str
            Any outcome, whichever was asked for first.

        Returns
        -------
        numpy.ndarray
            (coalitions, replicates), in the outcome's unit; NaN in replicates where some coalition lacks the outcome,
            for shares of those would not add up.
        """
        outcomes_asked([outcome])
        of_worlds = self.values[..., NAMES.index(outcome)]
        left = of_worlds[:, -1] - (of_worlds[:1, 0] if self.of_level else of_worlds[:, 0])
        return np.where(np.isfinite(left).all(axis=0), left, np.nan)

    def shares(self, outcome: str) -> pd.DataFrame:
        """Shares of the difference in an outcome.

        Parameters
        ----------
        outcome : str
            Any outcome, whichever was asked for first.

        Returns
        -------
        pandas.DataFrame
            A row for each player, the difference with all held ("without"; of one scenario 0), and the total
            ("difference"): value, mcse, lower, upper, knockout (what is lost when it alone is held, or switched off),
            knockout_lower, knockout_upper.
        """
        return shares_of(self.game(outcome), self.players, self.over, self.draws, OUTCOMES[outcome].limits)

    def share_left(self, outcome: str) -> Ratio:
        """The share of the difference in an outcome that is left with all held: controlled direct over total effect.

        Parameters
        ----------
        outcome : str
            Any outcome, whichever was asked for first.

        Returns
        -------
        Ratio
            value, lower, upper (95 %); without an end where the difference may be 0.
        """
        game = self.game(outcome)
        return ratio_of(game[0], game[-1], self.draws)

    def pairs(self, outcome: str) -> pd.DataFrame:
        """Interactions of pairs of players (Shapley interaction index).

        Parameters
        ----------
        outcome : str
            Any outcome, whichever was asked for first.

        Returns
        -------
        pandas.DataFrame
            One row a pair: one, other, value (above 0 where they do more together), mcse, lower, upper (95 %).
        """
        found = interactions(self.game(outcome))
        means = mean_of(np.stack(list(found.values()), axis=1), self.draws)
        names = [(self.players[i], self.players[j]) for i, j in found]
        table = pd.DataFrame(names, columns=["one", "other"])
        return table.assign(value=means.mean, mcse=means.mcse, lower=means.lower, upper=means.upper)


class Job(NamedTuple):
    """One run of an attribution."""

    coalition: int
    world: int  # 0: the baseline
    replicate: int


def attribute(
    plan: AttributionPlan, workers: int = 2, progress: Progress | None = None, store: Store | None = None
) -> Attribution:
    """Every coalition in each scenario, with the same random streams and the same draws.

    store: keeps finished runs.
    """
    sampling, numbers, store = plan.sampling, list(plan.sampling.replicates), store or Store()
    n_coalitions, n_worlds = 2 ** len(PLAYERS[plan.over]), len(plan.worlds)
    values = np.full((n_coalitions, n_worlds, len(numbers), len(NAMES)), np.nan)
    key, done = keys(plan), 0

    def fill(job: Job, found: Doubles) -> None:
        nonlocal done
        values[job.coalition, job.world, numbers.index(job.replicate)] = found
        done += 1
        if progress:
            progress(done / (n_coalitions * n_worlds * len(numbers)))

    for group in sampling.groups if sampling.posterior else [numbers]:
        missing = []
        for job in map(Job._make, product(range(n_coalitions), range(n_worlds), group)):
            if stored := store.get(key(job)):
                fill(job, stored[0])
            else:
                missing.append(job)
        for job, found in simulate_group(plan, group[0], missing, workers) if missing else ():
            if isinstance(found, Exception):
                raise found
            store.put(key(job), [found])
            fill(job, found)
    return Attribution(plan, values)


def keys(plan: AttributionPlan) -> Callable[[Job], str]:
    """The key under which each run of a plan is kept."""
    worlds = [plan.sampling.identity_of(world) for world in plan.worlds]
    levels = worlds[0] if plan.held == "baseline" else "off"
    return lambda job: key_of("explain", plan.over, levels, worlds[job.world], job.coalition, job.replicate)


def simulate_group(
    plan: AttributionPlan, replicate: int, jobs: Sequence[Job], workers: int
) -> Iterator[tuple[Job, Doubles | Exception]]:
    """(outcomes,) in the last week of each run of a group, which has the draw of this replicate."""
    worlds, pools = zip(*(plan.sampling.world(world, replicate, workers) for world in plan.worlds), strict=True)
    levels = everything_held(pools[0], worlds[0]) if plan.held == "baseline" else nothing_left()

    def simulate(job: Job, halt: Event) -> Doubles:
        if halt.is_set():
            raise Interrupted
        fixed, world, pool = hold(plan.over, job.coalition, levels), worlds[job.world], pools[job.world]
        simulation = Simulation(world, plan.sampling.seed, job.replicate, pool=pool, fixed=fixed)
        last: Doubles = values_of(simulation, simulation.advance(world.weeks, every=world.weeks), world.weeks)[-1]
        return last

    return map_in_threads(simulate, jobs, workers)


def shares_of(
    game: Doubles, players: list[str], name: str, draws: Which | None = None, limits: Limits = UNLIMITED
) -> pd.DataFrame:
    """Row a player: value (its share of the difference), lower, upper (95 % interval as `mean_of` makes it),
    knockout (what is lost when it alone is held) with its interval. Rows "without" and "difference" hold what is left
    with all held, and the whole: difference = without + the sum of shares. game: (2^players, replicates); limits: of
    the outcome."""
    rows = [*shapley(game), game[0], game[-1]]
    alone = [*knockouts(game), np.full(game.shape[1], np.nan), np.full(game.shape[1], np.nan)]
    reach = np.array([*[2.0] * len(players), 1.0, 1.0])  # what a player adds lies between two differences
    shares, out = (
        difference_within(mean_of(np.stack(each, axis=1), draws), (limits[0] * reach, limits[1] * reach))
        for each in (rows, alone)
    )
    return pd.DataFrame(
        {
            "value": shares.mean,
            "mcse": shares.mcse,
            "lower": shares.lower,
            "upper": shares.upper,
            "knockout": out.mean,
            "knockout_lower": out.lower,
            "knockout_upper": out.upper,
        },
        index=pd.Index([*players, "without", "difference"], name=name),
    )


def hold(over: str, coalition: int, levels: HeldValues) -> HeldValues:
    """What is held when only the players of a coalition are free."""
    mechanisms, resources = np.full_like(levels.mechanisms, np.nan), ALL_FREE.copy()
    outside = [i for i in range(len(PLAYERS[over])) if not coalition >> i & 1]
    for i in outside:
        if over == "mechanisms":
            mechanisms[i] = levels.mechanisms[i]
        elif over == "relationships":
            mechanisms[:, i] = levels.mechanisms[:, i]
        else:
            rows = [i] if i < len(Resource) else SOCIAL
            resources[rows] = levels.resources[rows]
    return HeldValues(mechanisms, resources)


def nothing_left() -> HeldValues:
    """Everything switched off."""
    return HeldValues(np.zeros((len(Mechanism), len(Role))), np.zeros(len(HeldResource)))


def everything_held(pool: Pool, scenario: Scenario) -> HeldValues:
    """The mean of everything that can be held, in the pool of the baseline's people."""
    return HeldValues(pool.mechanisms, mean_resources(pool, scenario))


def mean_resources(pool: Pool, scenario: Scenario) -> NDArray[np.float64]:
    """(8,) mean activation of the personal resources, and of what ties amount to, as `sim.rules.HeldResource`."""
    from supportnet.sim.state import Input

    people, half = pool.people, scenario.all_parameters.recover.half
    means = np.zeros(len(HeldResource))
    means[: len(Resource)] = people.resources.mean(axis=0, dtype=np.float64)
    best = np.zeros(len(people))
    owner = owners(people)
    np.maximum.at(best, owner, pool.ties.strength.astype(np.float64) * pool.ties.trust)
    means[HeldResource.BEST_TIE] = best.mean()
    for resource, column in ((HeldResource.COMPANIONSHIP, Input.COMPANIONSHIP), (HeldResource.CONTACT, Input.SOCIAL)):
        felt = people.inputs[:, column].astype(np.float64)
        means[resource] = (felt / (felt + half)).mean()
    return means


def check_attribution(over: str, held: str, *worlds: Scenario) -> None:
    """Raises UserInputError for what cannot be explained."""
    for argument, given, known in (("over", over, list(PLAYERS)), ("held", held, ["baseline", "off"])):
        if given not in known:
            raise not_one_of(argument, given, known)
    if held == "baseline" and len(worlds) == 1:
        raise UserInputError(
            "must be off where one scenario is explained, as there is no baseline", argument="held", found=held,
            expected="off", remedy="leave it out, or name a second scenario",
        )  # fmt: skip
    for world in worlds:
        if world.mechanisms or any(change.mechanisms for change in world.calendar):
            raise UserInputError(
                "a scenario that holds mechanisms itself can't be attributed", where=world.name,
                found="[mechanisms]", expected="scenarios in which every mechanism is free",
                remedy='leave the section out; held="off" shows the contribution of mechanisms',
            )  # fmt: skip
