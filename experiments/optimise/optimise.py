"""The best use of a budget: independent random streams for search, selection and reporting."""

from collections.abc import Callable, Sequence

import numpy as np

from supportnet.experiments.economics.costs import MOST
from supportnet.experiments.ensemble.estimates import mean_of
from supportnet.experiments.execution.store import Store
from supportnet.experiments.optimise.evaluator import OBJECTIVES, QPR, Budget, Doubles, Evaluator, three_samplings
from supportnet.experiments.optimise.levers import BudgetLever, Portfolio
from supportnet.experiments.optimise.pareto import on_front, probability_within
from supportnet.experiments.optimise.result import PortfolioResult, Size
from supportnet.experiments.optimise.search import first_generation, search_portfolios
from supportnet.experiments.posterior.posterior import Posterior
from supportnet.experiments.posterior.propagation import LIVES
from supportnet.sim.errors import UserInputError
from supportnet.sim.extras import needed
from supportnet.sim.scenario.scenario import Scenario

SURE = 0.8  # probability of holding the budget that a portfolio must have when it is chosen
POINTS = 12  # of the front that are told
HALVINGS = 5  # portfolios lived to find out how much of something a budget buys


def search_best_portfolio(
    today: Scenario,
    budget: float,
    levers: Sequence[BudgetLever],
    *,
    count_savings: bool = False,
    size: Size | None = None,
    seed: int = 1,
    posterior: Posterior | None = None,
    workers: int = 2,
    progress: Callable[[float], None] = lambda share: None,
    store: Store | None = None,
) -> PortfolioResult:
    """The portfolios that make most of a budget: money per person and year more than today for posts, contacts and
    sessions; with `count_savings`, what crises and admissions cost less in the simulation may be spent too.

    The search uses few replicates of many candidates; those of the last generation, and simpler ones, are re-simulated
    with other random streams for selection; selected ones are simulated once more with fresh streams, and only those
    results are reported. The same results for any number of workers. store: keeps simulated portfolios. Raises
    UserInputError for a budget that buys nothing.
    """
    size = size or Size()
    check_search(budget, size, posterior)
    needed("optimise", "pymoo")
    report = replicate_counter(size, len(levers), progress)
    searched, chosen, reported = (
        Evaluator(today, levers, sampling, workers, report, store)
        for sampling in three_samplings(seed, size.replicates, size.search_replicates, posterior)
    )
    steps = np.array([lever.steps for lever in levers])
    within = Budget(budget, count_savings)
    gains, costs = by_step(searched, within)
    start = first_generation(steps, gains, costs, budget, size.candidates, searched.sampling.seed)
    last = search_portfolios(searched, within, start, size.generations)
    simpler = {name: most_within(chosen, full, within) for name, full in simple(levers).items()}
    simpler["nothing"] = chosen.nothing
    points = shortlist(chosen, list(dict.fromkeys([*last, *simpler.values()])), within)
    favourite = shortlist(searched, last, within, sure=0.0)[0]
    reported.differences([*points, *simpler.values(), favourite])
    searched.differences(points)
    progress(1.0)
    return PortfolioResult(
        today, tuple(levers), budget, seed, size, points, simpler, favourite, searched, reported, count_savings
    )


def check_search(budget: float, size: Size, posterior: Posterior | None) -> None:
    """Raises UserInputError for an invalid budget, and for too few replicates to estimate uncertainty."""
    if not 0.0 <= budget <= MOST:
        raise UserInputError(
            f"must be a number from 0 to {MOST:g} (money per person and year more than today)",
            argument="budget", found=budget, remedy="give for example 300",
        )  # fmt: skip
    least = 2 * LIVES if posterior else 2
    for argument, found, usual, what in (
        ("replicates", size.replicates, Size().replicates, "whether a budget is kept"),
        ("search_replicates", size.search_replicates, Size().search_replicates, "how optimistic the search was"),
    ):
        if found < least:
            raise UserInputError(
                f"must be at least {least}", argument=argument, found=found,
                expected=f"enough to show {what}", remedy=f"give {usual}",
            )  # fmt: skip


def by_step(lives: Evaluator, budget: Budget) -> tuple[Doubles, Doubles]:
    """(levers,) recovery of a step of each lever and what it is charged, on average over all its steps.

    Raises UserInputError where a step of each is surely beyond the budget, with the whole of its 95 % interval.
    """
    levers = lives.levers
    full = [tuple(lever.steps * (k == j) for k in range(len(levers))) for j, lever in enumerate(levers)]
    found = lives.differences(full) / np.array([lever.steps for lever in levers])[:, None, None]
    gains, costs = found[:, :, QPR].mean(axis=1), mean_of(found[:, :, budget.charged].T, lives.draws)
    if (costs.lower > budget.money).all():
        least = int(np.argmin(costs.mean))
        lever = levers[least]
        step = f"{lever.name} from {lever.values[0]:g} to {lever.values[1]:g}"
        raise UserInputError(
            "the budget buys nothing", where="budget", found=budget.money,
            expected=f"at least the cost of the cheapest step, about {costs.mean[least]:.3g} per person and year "
            f"({costs.lower[least]:.3g} to {costs.upper[least]:.3g}): {step}",
            remedy="use more, or name cheaper `levers`",
        )  # fmt: skip
    return gains, costs.mean


def simple(levers: Sequence[BudgetLever]) -> dict[str, Portfolio]:
    """Each lever alone, and all programmes alike, as far as they go."""
    alone = {f"{lever.short} alone": tuple(lever.steps * (other is lever) for other in levers) for lever in levers}
    return alone | {"all programmes alike": tuple(lever.steps * lever.is_programme for lever in levers)}


def most_within(lives: Evaluator, full: Portfolio, budget: Budget) -> Portfolio:
    """As many steps of a portfolio as hold the budget, the same number of each lever that it moves, by halving."""

    def at(step: int) -> Portfolio:
        return tuple(min(step, end) for end in full)

    def holds(step: int) -> bool:
        return float(probability_within(lives.differences([at(step)]), budget, lives.draws)[0]) >= SURE

    low, high = 0, max(full)
    if holds(high):
        return full
    while high - low > 1:
        middle = (low + high) // 2
        low, high = (middle, high) if holds(middle) else (low, middle)
    return at(low)


def shortlist(lives: Evaluator, portfolios: Sequence[Portfolio], budget: Budget, sure: float = SURE) -> list[Portfolio]:
    """Those on the front of all that hold the budget, the one with most recovery first; of many, some of all kinds.

    sure: how probably they must hold it; 0: it is enough that their mean does.
    """
    found = lives.differences(portfolios)
    small = found.mean(axis=1)[:, : len(OBJECTIVES)] * OBJECTIVES
    within = probability_within(found, budget, lives.draws) >= sure if sure else budget.is_held(found)
    fit = np.flatnonzero(within) if within.any() else np.array([np.argmin(found[:, :, budget.charged].mean(axis=1))])
    front = fit[on_front(small[fit])]
    order = front[np.argsort(small[front, QPR], kind="stable")]
    if len(order) > POINTS:
        order = order[np.rint(np.linspace(0, len(order) - 1, POINTS)).astype(int)]
    better = [portfolios[k] for k in order if portfolios[k] != lives.nothing]
    return better or [lives.nothing]


def replicate_counter(size: Size, n_levers: int, progress: Callable[[float], None]) -> Callable[[int], None]:
    """Reports the share of the work done, in replicates simulated."""
    done = 0

    def count(replicates: int) -> None:
        nonlocal done
        done += replicates
        progress(min(0.99, done / work(size, n_levers)))

    return count


def work(size: Size, n_levers: int) -> int:
    """The approximate number of replicates in a search."""
    search = (size.candidates * size.generations + n_levers + 1) * size.search_replicates
    simpler = n_levers + 2
    return search + (size.candidates + HALVINGS * simpler + POINTS + simpler) * size.replicates
