"""The best use of a budget: what is chosen holds it, what is told was lived by luck that nobody has chosen by."""

from dataclasses import replace
from functools import cache
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from supportnet.experiments.ensemble.estimates import PARAMETERS_TOO, contains, mean_of
from supportnet.experiments.ensemble.replication import simulate
from supportnet.experiments.ensemble.sampling import Sampling
from supportnet.experiments.optimise.evaluator import COST, QPR, SPENDING, Budget, Evaluator, three_samplings
from supportnet.experiments.optimise.levers import levers_of, portfolio_settings
from supportnet.experiments.optimise.optimise import SURE, search_best_portfolio
from supportnet.experiments.optimise.pareto import on_front, probability_on_front, probability_within
from supportnet.experiments.optimise.result import PortfolioResult, Size
from supportnet.experiments.optimise.search import first_generation, most_for_money
from supportnet.experiments.posterior.posterior import Posterior, read_draws, write_draws
from supportnet.experiments.posterior.propagation import draws_of
from supportnet.sim.errors import UserInputError
from supportnet.sim.scenario.scenario import Scenario
from tests.ensembles import run

BUDGET = 120.0
TINY = Size(candidates=10, generations=3, replicates=4, search_replicates=2)
LEVERS = ("befriending", "self_help_groups", "peer_support_workers", "services.caseload")


def today(**values: object) -> Scenario:
    return Scenario.load("today", {"population.patients": 60, "weeks": 26, **values})


@cache
def found(workers: int = 1) -> PortfolioResult:
    return search_best_portfolio(today(), BUDGET, levers_of(today(), LEVERS), size=TINY, workers=workers)


def posterior(folder: Path) -> Posterior:
    path = folder / "posterior.parquet"
    write_draws(path, pd.DataFrame({"recover.weight": [1.2, 1.4, 1.6]}), {"presets": ["psychosis"]})
    return read_draws(path)


def test_results__do_not_depend_on_workers() -> None:
    for table in ("portfolios", "regret", "optimism"):
        pd.testing.assert_frame_equal(getattr(found(1), table), getattr(found(2), table), check_exact=True)


def test_what_is_told__is_lived_by_other_draws_and_replicates_than_what_was_searched_or_chosen_by() -> None:
    for n in (4, 7):
        lucks = three_samplings(1, n, 3)
        assert len({luck.seed for luck in lucks}) == 1, "with each seed draws begin at another one"
        draws = [set(draws_of(luck.replicates)) for luck in lucks]
        assert len(set.union(*draws)) == sum(map(len, draws))
    assert found().reported.sampling == Sampling(range(4))
    assert found().searched.sampling == three_samplings(1, 4, 2)[0]


def test_numbers_told__are_those_of_ordinary_runs_with_the_same_seed() -> None:
    first = found().portfolios.iloc[0]
    worlds = [today(), today().with_values(found().settings(found().recommended))]
    one, other = (run(world, 4, seed=1, workers=1).outcomes for world in worlds)
    difference = (other["value"] - one["value"]).groupby(one["outcome"], observed=False).mean()
    for name in ("qpr", "cost", "inequality"):
        assert first[f"{name}_difference"] == pytest.approx(difference[name], abs=1e-9)


def test_those_chosen__held_the_budget_under_the_luck_that_they_were_chosen_by() -> None:
    chosen = Evaluator(today(), found().levers, three_samplings(1, 4, 2)[1], 1)
    within = probability_within(chosen.differences(found().points), Budget(BUDGET), None)
    assert (within >= SURE).all()
    recovery = chosen.differences(found().points)[:, :, QPR].mean(axis=1)
    assert recovery.argmax() == 0
    means = chosen.differences([*found().points, *found().simpler.values()]).mean(axis=1)
    for name, portfolio in found().simpler.items():
        k = [*found().points, *found().simpler.values()].index(portfolio)
        assert means[k, SPENDING] <= BUDGET, name


def test_probabilities_and_intervals__fit_each_other() -> None:
    table = pd.concat([found().portfolios, found().regret])
    assert table["probability_on_front"].between(0.0, 1.0).all()
    assert table["probability_within_budget"].between(0.0, 1.0).all()
    surely = table["spending_upper"] < BUDGET
    assert (table.loc[surely, "probability_within_budget"] >= 0.97).all()
    assert (table["within_budget"] == (table["spending_difference"] <= BUDGET)).all()
    np.testing.assert_allclose(table["left_over"], BUDGET - table["spending_difference"])
    nothing = found().regret.set_index("portfolio").loc["nothing"]
    assert nothing["cost_difference"] == 0.0
    assert nothing["regret"] == pytest.approx(found().portfolios["qpr_difference"][0])


def test_a_point_that_nothing_beats__is_on_the_front_and_one_that_is_always_beaten_is_not() -> None:
    luck = np.random.default_rng(1)
    values = np.zeros((4, 12, 4))
    values[0, :, :3] = 2.0, -1.0, -0.1  # best in all three
    values[1, :, :3] = 1.0, 0.0, 0.0
    values[2, :, :3] = 1.0, 0.0, 0.0
    values[2, :, QPR] = 2.0 + luck.normal(0.0, 1.0, 12)  # now better than the first, now worse
    probability = probability_on_front(values, None, 1)
    assert probability[0] == 1.0
    assert probability[1] == 0.0
    share = (luck.normal(values[2, :, QPR].mean(), values[2, :, QPR].std() / np.sqrt(12), 20_000) > 2.0).mean()
    assert probability[2] == pytest.approx(share, abs=0.06)
    by_draw = probability_on_front(values, np.arange(12), 1)
    assert by_draw[1] == pytest.approx(0.5 / 13)
    assert list(on_front(np.array([[0.0, 1.0], [1.0, 0.0], [1.0, 1.0], [0.0, 1.0]]))) == [True, True, False, True]


def test_the_first_generation__would_about_hold_the_budget_if_costs_added_up() -> None:
    steps, gains, costs = np.array([20, 20, 10]), np.array([0.1, 0.2, 0.3]), np.array([5.0, -2.0, 30.0])
    start = first_generation(steps, gains, costs, 50.0, 200, 1)
    assert len(start) == 200
    assert ((start >= 0) & (start <= steps)).all()
    assert (start @ costs <= 50.0 + np.abs(costs).sum() / 2).all(), "but for half a step of each"
    assert len(np.unique(start, axis=0)) > 100


def test_most_for_money__takes_what_saves_then_what_brings_most_for_its_price_and_never_what_harms() -> None:
    steps, gains, costs = np.array([2, 2, 2, 2]), np.array([0.1, 0.2, 0.2, -0.1]), np.array([5.0, -2.0, 30.0, 1.0])
    path = most_for_money(steps, gains, costs, 36.0, 100)
    assert path.tolist() == [[0, 1, 0, 0], [0, 2, 0, 0], [1, 2, 0, 0], [2, 2, 0, 0], [2, 2, 1, 0]]
    assert len(most_for_money(steps, gains, costs, -10.0, 100)) == 0


def test_portfolios_met_again__are_not_lived_again() -> None:
    counted = list[int]()
    lives = Evaluator(today(), found().levers, Sampling((0, 1)), 1, counted.append)
    once = lives.differences([(1, 0, 0, 0), (1, 0, 0, 0)])
    again = lives.differences([(1, 0, 0, 0)])
    assert counted == [2, 2], "today and the portfolio, two replicates each"
    assert (once == again).all()


def test_spending__is_cost_without_crises_and_admissions() -> None:
    lives = Evaluator(today(), found().levers, Sampling((0, 1)), 1)
    more = tuple(lever.steps for lever in found().levers)
    spent = lives.differences([more])[0, :, 3]
    worlds = [today(**{"costs.crisis_week": 0.0, "costs.admission": 0.0}).with_values(values)
              for values in ({}, portfolio_settings(lives.levers, more))]  # fmt: skip
    one, other = (run(world, 2, workers=1).summary()["mean"]["cost"] for world in worlds)
    assert spent.mean() == pytest.approx(other - one)


def test_with_a_posterior__the_same_draws_are_met_by_today_and_every_portfolio(tmp_path: Path) -> None:
    path = tmp_path / "posterior.parquet"
    write_draws(path, pd.DataFrame({"recover.weight": np.linspace(1.2, 1.6, 6)}), {"presets": ["psychosis"]})
    draws = read_draws(path)
    levers = levers_of(today(), ("befriending", "self_help_groups"))
    size = TINY._replace(candidates=4, generations=1, search_replicates=4)
    got = search_best_portfolio(today(), BUDGET, levers, size=size, posterior=draws, workers=2)
    assert contains(got.reported.sampling.posterior) == PARAMETERS_TOO.format("natural history")
    worlds = [today(), today().with_values(got.settings(got.recommended))]
    one, other = (run(world, 4, seed=1, workers=1, posterior=draws) for world in worlds)
    expected = mean_of(other.last - one.last, one.draws)
    row = got.portfolios.iloc[0]
    k = list(one.summary().index).index("qpr")
    assert row["qpr_difference"] == pytest.approx(expected.mean[k])
    assert row["qpr_upper"] == pytest.approx(expected.upper[k])


def test_a_budget_that_buys_nothing__is_told_what_the_cheapest_step_costs() -> None:
    levers = levers_of(today(), ("befriending", "open_dialogue"))
    with pytest.raises(UserInputError, match=r"buys nothing[\s\S]*the cheapest step[\s\S]*from 0 to 0.05"):
        search_best_portfolio(
            today(**{"costs.admission": 0.0}), 0.001, levers, size=TINY._replace(search_replicates=6), workers=1
        )


def test_a_budget_below_what_luck_makes_of_the_cheapest_step__is_searched_for_all_the_same() -> None:
    levers = levers_of(today(), ("befriending", "open_dialogue"))
    got = search_best_portfolio(today(), 0.0, levers, count_savings=True, size=TINY, seed=214, workers=1)
    alone = got.searched.differences([(levers[0].steps, 0), (0, levers[1].steps)])[:, :, COST]
    assert (alone.mean(axis=1) > 0.0).all(), "by the search's few replicates either costs something"
    assert alone.min() < 0.0, "and one of them saved something in a replicate"
    assert got.recommended in got.points


def test_savings__are_spent_only_where_they_are_to_be_counted() -> None:
    """The same runs: what a portfolio spends is held against the budget, or what it costs in all."""
    differences = np.zeros((3, 6, 4))
    differences[:, :, SPENDING] = np.array([80.0, 120.0, 150.0])[:, None]
    differences[:, :, COST] = np.array([90.0, 70.0, 140.0])[:, None]
    gross, net = Budget(100.0), Budget(100.0, count_savings=True)
    assert gross.is_held(differences).tolist() == [True, False, False]
    assert net.is_held(differences).tolist() == [True, True, False]
    assert probability_within(differences, gross, None).tolist() == [1.0, 0.0, 0.0]
    assert probability_within(differences, net, None).tolist() == [1.0, 1.0, 0.0]


@pytest.mark.parametrize("budget", [-1.0, 1e300, float("nan"), float("inf")])
def test_a_budget_that_is_none__is_a_mistake(budget: float) -> None:
    with pytest.raises(UserInputError, match="budget must be"):
        search_best_portfolio(today(), budget, levers_of(today()), size=TINY)


@pytest.mark.parametrize(
    ("few", "by_draws"),
    [({"replicates": 1}, False), ({"search_replicates": 1}, False), ({"replicates": 3}, True),
     ({"search_replicates": 2}, True), ({"search_replicates": 3}, True)],
)  # fmt: skip
def test_too_few_replicates_to_tell_luck__are_a_mistake_before_anything_is_lived(
    few: dict[str, int], by_draws: bool, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    from supportnet.experiments.optimise import evaluator

    monkeypatch.setattr(evaluator, "simulate", None)
    draws = posterior(tmp_path) if by_draws else None
    size = TINY._replace(search_replicates=4)._replace(**few)
    with pytest.raises(UserInputError, match="replicates must be at least"):
        search_best_portfolio(today(), BUDGET, levers_of(today()), size=size, posterior=draws)


def test_a_failed_replicate__is_not_passed_over(monkeypatch: pytest.MonkeyPatch) -> None:
    from supportnet.experiments.ensemble.ensemble import Failed
    from supportnet.experiments.optimise import evaluator as module

    def half(*given: object, **more: object) -> object:
        return replace(simulate(*given, **more), failed=(Failed(1, RuntimeError("half of it is gone")),))  # type: ignore[arg-type]

    monkeypatch.setattr(module, "simulate", half)
    with pytest.raises(RuntimeError, match="half of it"):
        Evaluator(today(), found().levers, Sampling((0, 1)), 1).differences([(1, 0, 0, 0)])
