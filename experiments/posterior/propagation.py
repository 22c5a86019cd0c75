"""Propagation of parameter uncertainty: replicates use posterior draws, the same draws in every scenario.

Each draw is simulated LIVES times, to separate Monte Carlo noise from parameter uncertainty. Draws are taken in the
order of their file; each seed begins at another one.
"""

import os
from collections.abc import Iterable, Sequence

import numpy as np
from numpy.typing import NDArray

from supportnet.experiments.posterior.posterior import Posterior, read_draws, shipped_draws_path
from supportnet.sim.area.pool import smaller_pool
from supportnet.sim.area.population import Pool
from supportnet.sim.errors import UserInputError, not_one_of
from supportnet.sim.scenario.scenario import Scenario

KINDS = ("none", "parameters")  # of uncertainty
LIVES = 2  # replicates that share a draw
GOLDEN = (5.0**0.5 - 1.0) / 2.0  # of a file from one seed's first draw to the next one's: far from all of seeds before
POOL = 1000  # people who settle under the numbers of a draw


def draws_for(
    asked: str | None, scenarios: Sequence[Scenario], posterior: Posterior | str | os.PathLike[str] | None = None
) -> Posterior | None:
    """The posterior that these scenarios use, or None for default parameters.

    asked: "parameters", "none", or None for parameters if the shipped draws were fitted to patterns of every preset
    here. posterior: draws, or a file of them, to take instead. Raises UserInputError for what does not go together.
    """
    if asked is not None and asked not in KINDS:
        raise not_one_of("uncertainty", asked, KINDS)
    if asked == "none":
        if posterior:
            raise UserInputError(
                'is not used with uncertainty="none"', argument="posterior", found=str(posterior),
                expected='uncertainty="parameters"', remedy="leave one of them out",
            )  # fmt: skip
        return None
    if asked is None and not posterior and shipped_draws_path() is None:
        return None
    draws = posterior if isinstance(posterior, Posterior) else read_draws(posterior or None)
    others = sorted({one.population.preset for one in scenarios} - set(draws.presets))
    if not others:
        return draws
    if asked is None and not posterior:
        return None
    raise UserInputError(
        "the posterior was not fitted to every preset of the scenarios", found=", ".join(others),
        expected="presets: " + ", ".join(draws.presets), remedy='give uncertainty="none", or calibrate this preset too',
    )  # fmt: skip


def first_draw(seed: int, draws: Posterior) -> int:
    """The draw with which a seed begins."""
    return int(len(draws.values) * (GOLDEN * (seed - 1) % 1.0))


def draw_of(replicate: int, seed: int, draws: Posterior) -> int:
    """The draw, as a row of the posterior, that a replicate uses."""
    return (first_draw(seed, draws) + replicate // LIVES) % len(draws.values)


def posterior_rows(counted: Iterable[int], seed: int, draws: Posterior) -> list[int]:
    """Rows of the posterior of draws as `draws_of` counts them."""
    return [draw_of(LIVES * int(draw), seed, draws) for draw in counted]


def check_draws(draws: Posterior | None, replicates: Sequence[int]) -> None:
    """Raises UserInputError where replicates ask for more draws than there are: one that comes again tells nothing new,
    and would count as one more."""
    last = replicates[-1] if isinstance(replicates, range) else max(replicates)
    if draws and last >= (most := LIVES * len(draws.values)):
        raise UserInputError(
            f"must be at most {most}", argument="replicates", found=last + 1,
            expected=f"{LIVES} replicates for each of {len(draws.values)} draws of the posterior",
            remedy='use fewer, or uncertainty="none", or make more draws with `supportnet calibrate`',
        )  # fmt: skip


def by_draw(replicates: Sequence[int], draws: Posterior | None) -> list[list[int]]:
    """Replicates that share a draw, together. Raises UserInputError where there are too few draws."""
    check_draws(draws, replicates)
    found: dict[int, list[int]] = {}
    for number in replicates:
        found.setdefault(number // LIVES, []).append(number)
    return list(found.values())


def pool_seed(draw: int) -> int:
    """The seed of the people who settle under the numbers of a draw."""
    return 1 + draw


def pool_at(scenario: Scenario, draw: int) -> Pool:
    """The pool of a scenario that has the numbers of a draw already."""
    return smaller_pool(scenario, POOL, pool_seed(draw), kept=True)


def draws_of(replicates: Sequence[int]) -> NDArray[np.int64]:
    """The draw of each of these replicates, counted from the one with which their seed begins."""
    return np.array([number // LIVES for number in replicates], np.int64)
