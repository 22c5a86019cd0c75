"""What-ifs: several scenarios lived through by the same people with the same luck, and how they differ."""

import hashlib
from collections.abc import Sequence
from dataclasses import replace

from supportnet.experiments.comparison.comparison import Comparison
from supportnet.experiments.ensemble.ensemble import Progress, as_scenario, run, what_failed
from supportnet.experiments.posterior.posterior import Posterior
from supportnet.sim.errors import UserInputError
from supportnet.sim.scenario.scenario import Scenario


def compare(
    baseline: Scenario | str,
    *others: Scenario | str,
    replicates: int | Sequence[int] = 20,
    seed: int = 1,
    workers: int = 2,
    independent: bool = False,
    weeks: int | None = None,
    patients: int | None = None,
    progress: Progress | None = None,
    posterior: Posterior | None = None,
) -> Comparison:
    """Scenarios against a baseline, in pairs of replicates in which the same people meet the same luck.

    independent: each world draws its luck on its own instead. posterior: draws to live by, two replicates each, the
    same in every world. Raises UserInputError for what a user got wrong.
    """
    scenarios = comparable([as_scenario(one, weeks=weeks, patients=patients) for one in (baseline, *others)])
    worlds = []
    for position, scenario in enumerate(scenarios):

        def tell(share: float, before: int = position) -> None:
            if progress:
                progress((before + share) / len(scenarios))

        own = seed_of(seed, position) if independent else seed
        follow = not independent
        worlds.append(run(scenario, replicates, own, workers, progress=tell, follow=follow, posterior=posterior))
    found = Comparison(tuple(worlds), seed, independent)
    if not found.n_replicates:  # each failed in some world
        failed = next(one.error for world in worlds for one in world.failed)
        raise what_failed(failed, scenarios[0].population.patients, workers)
    return found


def comparable(scenarios: Sequence[Scenario]) -> list[Scenario]:
    """The scenarios, the baseline first, under names of which no two are the same.

    Raises UserInputError where there is nothing to compare, or runs last differently long.
    """
    if len(scenarios) < 2:
        raise UserInputError(
            "there is nothing to compare with",
            found=[scenario.name for scenario in scenarios],
            expected="a baseline and at least one other scenario",
            remedy="name another one; `supportnet scenarios` lists the library",
        )
    if len({scenario.weeks for scenario in scenarios}) > 1:
        raise UserInputError(
            "the scenarios last differently long",
            found=", ".join(f"{scenario.name}: {scenario.weeks} weeks" for scenario in scenarios),
            expected="the same number of weeks",
            remedy="give --weeks",
        )
    named: list[Scenario] = []
    for scenario in scenarios:
        name, again = scenario.name, 1
        while name in [other.name for other in named]:
            again += 1
            name = f"{scenario.name} ({again})"
        named.append(scenario if again == 1 else replace(scenario, name=name))
    return named


def seed_of(seed: int, position: int) -> int:
    """The seed of a world that draws its luck on its own; the baseline (position 0) keeps the seed given."""
    if position == 0:
        return seed
    return int.from_bytes(hashlib.sha256(f"{seed} {position}".encode()).digest()[:4], "big")
