"""The search for portfolios: NSGA-II (Deb et al. 2002, doi:10.1109/4235.996017) on whole steps of levers, by pymoo."""

from typing import Any

import numpy as np
from numpy.typing import NDArray

from supportnet.experiments.ensemble.estimates import mean_of
from supportnet.experiments.optimise.evaluator import OBJECTIVES, Budget, Evaluator
from supportnet.experiments.optimise.levers import Portfolio

Steps = NDArray[np.int64]  # whole steps of levers
CLEARLY = 2.0  # standard errors


def search_portfolios(lives: Evaluator, budget: Budget, start: Steps, generations: int) -> list[Portfolio]:
    """The last generation of a search for more recovery, less cost and less inequality within a budget.

    A few replicates cannot tell what holds a budget: whatever is not clearly beyond it stays in.
    start: (candidates, levers) steps of the first generation.
    """
    from pymoo.algorithms.moo.nsga2 import NSGA2
    from pymoo.config import Config
    from pymoo.core.problem import Problem
    from pymoo.operators.crossover.sbx import SBX
    from pymoo.operators.mutation.pm import PM
    from pymoo.operators.repair.rounding import RoundingRepair
    from pymoo.optimize import minimize

    Config.warnings["not_compiled"] = False

    class Portfolios(Problem):  # type: ignore[misc]
        """Recovery, cost and inequality, less what they are today; all to be made small."""

        def _evaluate(self, x: Steps, out: dict[str, Any], *args: object, **more: object) -> None:
            found = lives.differences(as_portfolios(x))
            means, charged = found.mean(axis=1), mean_of(found[:, :, budget.charged].T)
            out["F"] = means[:, : len(OBJECTIVES)] * OBJECTIVES
            out["G"] = (charged.mean - CLEARLY * np.nan_to_num(charged.mcse) - budget.money)[:, None]

    steps = np.array([lever.steps for lever in lives.levers])
    problem = Portfolios(n_var=len(steps), n_obj=len(OBJECTIVES), n_ieq_constr=1, xl=0 * steps, xu=steps, vtype=int)
    algorithm = NSGA2(
        pop_size=len(start),
        sampling=start,
        crossover=SBX(prob=0.9, eta=3.0, vtype=float, repair=RoundingRepair()),
        mutation=PM(eta=3.0, vtype=float, repair=RoundingRepair()),
    )
    found = minimize(problem, algorithm, ("n_gen", generations), seed=lives.sampling.seed, verbose=False)
    return list(dict.fromkeys(as_portfolios(found.pop.get("X"))))


def as_portfolios(x: Steps) -> list[Portfolio]:
    """Rows as portfolios."""
    return [tuple(int(step) for step in row) for row in x]


def first_generation(
    steps: Steps, gains: NDArray[np.float64], costs: NDArray[np.float64], budget: float, candidates: int, seed: int
) -> Steps:
    """Portfolios to begin with, that would about hold the budget if effects added up: half greedy, half random.

    steps: (levers,) as far as each goes. gains, costs: (levers,) measured recovery and extra cost of a step, below 0
    where it harms or saves.
    """
    greedy = most_for_money(steps, gains, costs, budget, candidates // 2)
    return np.concatenate([greedy, some_at_random(steps, costs, budget, candidates - len(greedy), seed)])


def most_for_money(
    steps: Steps, gains: NDArray[np.float64], costs: NDArray[np.float64], budget: float, most: int
) -> Steps:
    """Lever after lever to its end, those that bring most recovery for their money first, cut off at so many places."""
    order = np.argsort(np.where(gains > 0.0, costs / np.where(gains > 0.0, gains, 1.0), np.inf))
    order = order[gains[order] > 0.0]
    before = np.concatenate([[0], np.cumsum(steps[order])])
    found = np.zeros((before[-1], len(steps)), np.int64)  # one step more a row
    found[:, order] = np.clip(np.arange(1, before[-1] + 1)[:, None] - before[:-1], 0, steps[order])
    found = found[found @ costs <= budget]
    return found[np.unique(np.rint(np.linspace(0, len(found) - 1, most)).astype(int))] if len(found) else found


def some_at_random(steps: Steps, costs: NDArray[np.float64], budget: float, candidates: int, seed: int) -> Steps:
    """Portfolios of some levers each, scaled down until they hold the budget."""
    rng = np.random.default_rng(seed)
    some = rng.random((candidates, len(steps))).argsort(axis=1) < rng.integers(1, len(steps) + 1, (candidates, 1))
    chosen = np.where(some, rng.random((candidates, len(steps))), 0.0) * steps
    saved, paid = chosen @ -np.minimum(costs, 0.0), chosen @ np.maximum(costs, 0.0)
    share = np.minimum(1.0, (budget + saved) / np.maximum(paid, 1e-9))
    return np.asarray(np.rint(np.where(costs > 0.0, chosen * share[:, None], chosen)), np.int64)
