"""Costs and effects against worked examples, each with its source."""

import numpy as np
import pandas as pd
import pytest
from scipy import stats

from supportnet.experiments.economics.costs import USED, read_costs
from supportnet.experiments.economics.decision import acceptability, evpi, expected_loss, probability_best
from supportnet.experiments.economics.decision_scope import DecisionScope
from supportnet.experiments.economics.discounting import annuity, discount_factors
from supportnet.experiments.economics.group_information import TERMS, of_groups, ridge_base
from supportnet.experiments.economics.price_thresholds import best_by_price, upper_envelope
from supportnet.experiments.economics.sample_information import of_studies, reliabilities
from supportnet.experiments.economics.samples import StrategySamples
from supportnet.experiments.economics.value_of_information import (
    DrawnBenefits,
    Known,
    drawn_benefits,
    of_bases,
    of_each,
    of_prices,
    parabola_bases,
)
from supportnet.experiments.economics.years import amounts_by_year, budget_impact, discounted, year_ends
from supportnet.sim.parameters import numbers

FREE = np.zeros((4, len(USED)))  # sets of prices at which nothing costs anything


def samples_of(benefits: np.ndarray) -> StrategySamples:
    """Draws (draws, strategies) of what is worth its effect, each simulated twice, without noise."""
    effect = np.repeat(benefits, 2, axis=0)
    draws = np.repeat(np.arange(len(benefits)), 2)
    return StrategySamples(tuple("abcd"[: benefits.shape[1]]), np.zeros((*effect.shape, len(USED))), effect, draws)


def test_expected_loss__as_in_a_table_of_five_possibilities() -> None:
    """Two treatments under five possibilities: Briggs, Claxton & Sculpher 2006, Decision Modelling for Health Economic
    Evaluation, ch. 6; Claxton, Expected value of perfect information, Encyclopedia of Medical Decision Making, 2009. On
    average 12 and 13, 13.6 with perfect information; the second is best in three of five."""
    benefits = np.array([[9.0, 12.0], [12.0, 10.0], [14.0, 17.0], [11.0, 10.0], [14.0, 16.0]])
    assert expected_loss(benefits) == pytest.approx([1.6, 0.6])
    assert evpi(benefits) == pytest.approx(0.6)
    assert probability_best(benefits) == pytest.approx([0.4, 0.6])
    found = acceptability(samples_of(benefits), FREE, np.array([1.0]), 1)
    assert found.loss[0] == pytest.approx([1.6, 0.6])
    left_out = np.array([expected_loss(np.delete(benefits, k, axis=0)) for k in range(5)])
    assert found.loss_mcse[0] == pytest.approx(np.sqrt(4 / 5 * ((left_out - [1.6, 0.6]) ** 2).sum(axis=0)))


def test_smallest_expected_loss__is_the_value_of_perfect_information_and_that_of_the_frontier() -> None:
    """At every threshold: Alarid-Escudero et al. 2019, doi:10.1016/j.jval.2019.02.008."""
    rng = np.random.default_rng(3)
    effect = np.repeat(rng.normal([0.0, 0.4, 0.5], 1.0, (50, 3)), 2, axis=0) + rng.normal(0.0, 0.2, (100, 3))
    used = np.abs(rng.normal([1.0, 1.2, 1.5], 0.2, (100, 3)))[..., None] * np.ones(len(USED))
    drawn = StrategySamples(("a", "b", "c"), used, effect, np.repeat(np.arange(50), 2))
    prices = rng.random((8, len(USED)))
    for samples in (drawn, StrategySamples(("a", "b", "c"), used, effect, None)):
        found = acceptability(samples, prices, np.linspace(0.0, 4.0, 9), 1)
        assert found.loss.min(axis=1) == pytest.approx(found.evpi, abs=1e-12)
        assert np.array_equal(found.loss.argmin(axis=1), found.best)
        assert (found.loss_mcse > 0.0).any()
        assert len(set(found.best)) > 1, "the frontier changes over these thresholds"


def test_best_choice_by_price__changes_where_published_ratios_say() -> None:
    """dampack's six strategies (UC, A, B, C, D, E), whose ratios are 5,000, 12,500 and 20,000: if all costs were
    multiplied by a factor, a choice at a threshold of 10,000 would change at the threshold over these ratios."""
    costs = np.array([5000.0, 12000.0, 10000.0, 25000.0, 35000.0, 55000.0])
    found = upper_envelope(10_000 * np.array([1, 1.5, 2, 3, 4, 5]), costs)
    assert [one.best for one in found] == [5, 4, 2, 0]
    assert [one.end for one in found] == pytest.approx([0.5, 0.8, 2.0, np.inf])
    assert [one.after for one in found] == [4, 2, 0, 0]


def test_threshold_price__is_where_two_net_benefits_are_equal() -> None:
    """Threshold analysis of two strategies: λ ΔE = p Δu + q Δv, so p* = (λ ΔE − q Δv) / Δu, with error λ se(ΔE) / Δu
    (Drummond et al. 2015, Methods for the Economic Evaluation of Health Care Programmes, 4th ed., ch. 11)."""
    rng, prices = np.random.default_rng(4), read_costs().prices
    effect = np.column_stack([np.zeros(20), 0.5 + 0.1 * rng.standard_normal(20)])
    used = np.zeros((20, 2, len(USED)))
    used[:, 1, :2] = 0.1, 20.0  # posts and contacts more
    samples = StrategySamples(("a", "b"), used, effect, None)
    table = best_by_price(samples, prices, 14_000.0).set_index("item")
    gain, error = 14_000 * effect[:, 1].mean(), 14_000 * effect[:, 1].std(ddof=1) / np.sqrt(20)
    post, contact = table.loc["post"].iloc[0], table.loc["contact"].iloc[0]
    assert post["to"] == pytest.approx((gain - 20 * 15) / 0.1)
    assert contact["to"] == pytest.approx((gain - 0.1 * 65_000) / 20)
    assert post["to_mcse"] == pytest.approx(error / 0.1)
    assert list(table.loc["post", "scenario"]) == ["b", "a"]
    assert list(table.loc["post", "expected"]) == [True, False]
    assert table.loc["admission", "scenario"] == "b", "neither uses it, so its price changes nothing"
    assert np.isnan(table.loc["admission", "to"])


def test_annuity__as_in_the_table_of_the_textbook() -> None:
    """Drummond et al. 2015, Methods for the Economic Evaluation of Health Care Programmes, 4th ed., ch. 7 and its
    annuity table: 1 a year in arrears is worth 4.3295 over 5 years at 5 %, and 8.3166 over 10 years at 3.5 %; in the
    middle of each year, half a year more."""
    assert annuity(0.05, 5) / 1.05**0.5 == pytest.approx(4.3295, abs=5e-5)
    assert annuity(0.035, 10) / 1.035**0.5 == pytest.approx(8.3166, abs=5e-5)
    assert annuity(0.0, 7) == 7.0
    assert discount_factors(0.06, np.array([0.0, 3.0])) == pytest.approx([1.0, 0.8396], abs=5e-5)
    assert DecisionScope(1000, 5, 0.05).person_years == pytest.approx(1000 * 4.3295 * 1.05**0.5, rel=1e-4)


def normal_draws(n: int, mean: float, loads: np.ndarray, sd: np.ndarray, weights: float = 1.0) -> DrawnBenefits:
    """n draws of two strategies, whose difference is normal about a mean, linear in independent parameters."""
    away = stats.qmc.MultivariateNormalQMC(np.zeros(len(loads)), rng=2).random(n)
    names = [name for name in numbers() if name.startswith("help.")][: len(loads)]
    middles = np.array([(numbers()[name].low + numbers()[name].high) / 2 for name in names])
    benefits = np.column_stack([np.zeros(n), mean + away @ loads])
    return DrawnBenefits(benefits, pd.DataFrame(middles + sd * away, columns=names), np.full(n, weights))


def unit_normal_loss(away: float) -> float:
    """L(u) = φ(u) − u (1 − Φ(u))."""
    return float(stats.norm.pdf(away) - away * stats.norm.sf(away))


def test_study__is_worth_what_the_unit_normal_loss_integral_says() -> None:
    """Two strategies, normal prior, normal sampling: EVSI = σ* L(|μ| / σ*), σ*² = σ² n / (n + s² / σθ²), s the standard
    deviation between people (Raiffa & Schlaifer 1961, Applied Statistical Decision Theory, ch. 5; Wilson 2015,
    doi:10.1007/s40273-014-0219-x): all of EVPPI with endless people, nothing with none."""
    mean, sigma, sd = -300.0, 500.0, 0.02
    drawn = normal_draws(2048, mean, np.array([sigma]), np.array([sd]))
    (name,) = drawn.numbers
    between = (numbers()[name].high - numbers()[name].low) ** 2 / 12
    exact = Known(name, "number", sigma * unit_normal_loss(abs(mean) / sigma), 0.0)
    found = {}
    for people in (1, 20, 100, 500, 10**9):
        (study,) = of_studies(drawn, [exact], people)
        after = sigma * np.sqrt(people / (people + between / sd**2))
        assert study.value == pytest.approx(after * unit_normal_loss(abs(mean) / after), rel=0.02, abs=0.05)
        found[people] = study.value
    assert list(found.values()) == sorted(found.values())
    assert found[10**9] == pytest.approx(exact.value, rel=0.01)
    assert found[1] < 0.01 * exact.value


def test_group__is_worth_what_its_parameters_are_together() -> None:
    """Strong et al. 2014, doi:10.1177/0272989X13505910: the variance of all that a group says. Here three parameters of
    one group decide, each with a third of the variance, so that each alone is worth less. A study of them is worth what
    reliabilities between the least and the most of theirs say."""
    drawn = normal_draws(1024, -300.0, np.full(3, 500.0 / np.sqrt(3)), np.full(3, 0.05))
    (group,) = of_groups(drawn, 1)
    assert group.value == pytest.approx(500.0 * unit_normal_loss(0.6), rel=0.02)
    assert group.clear
    singles = of_each(drawn.benefits, drawn.numbers.to_numpy(), 1)[0]
    assert singles == pytest.approx(np.full(3, 500 / np.sqrt(3) * unit_normal_loss(0.6 * np.sqrt(3))), rel=0.1)
    (study,) = of_studies(drawn, [group], 200)
    shares = reliabilities(drawn, list(drawn.numbers), 200)
    low, high = (500.0 * np.sqrt(share) for share in (shares.min(), shares.max()))
    assert low * unit_normal_loss(300 / low) * 0.97 < study.value < high * unit_normal_loss(300 / high) * 1.03


def test_of_many_groups_that_say_nothing__none_stands_out() -> None:
    """Nor where draws are few, groups wide, and equal draws could confirm one another: they are put together."""
    rng, alarms = np.random.default_rng(6), 0
    for seed in range(20):
        values = pd.DataFrame(rng.random((30, 24)), columns=[f"{group}.{k}" for group in "abcd" for k in range(6)])
        rows = np.repeat(np.arange(30), rng.integers(1, 5, 30))
        benefits = np.column_stack([np.zeros(30), rng.standard_normal(30)])[rows]
        drawn = drawn_benefits(samples_of(benefits), FREE[0], 1.0, values.iloc[rows].reset_index(drop=True))
        assert drawn is not None
        assert len(drawn.benefits) == 30
        assert drawn.weights.mean() == pytest.approx(1.0)
        alarms += any(group.clear for group in of_groups(drawn, seed))
    assert alarms <= 4, "one in twenty allowed: more than 4 of 20 would come about with a probability of .003"


def test_one_parameter__is_a_parabola_in_a_group_too() -> None:
    rng = np.random.default_rng(7)
    values, benefits = rng.normal(size=(40, 1)), rng.normal(size=(40, 3))
    weights = np.ones(40)
    alone, grouped = parabola_bases(values, weights)[0], ridge_base(values, weights)
    assert grouped @ grouped.T == pytest.approx(alone @ alone.T)
    wide = ridge_base(rng.normal(size=(40, 30)), weights)
    assert (wide**2).sum() - 1.0 == pytest.approx(TERMS * 40)
    found = of_bases(np.stack([alone]), benefits, 1, weights)
    assert [float(one[0]) for one in found] == [float(one[0]) for one in of_each(benefits, values, 1)]


def test_amounts_of_years__come_back_from_averages_since_the_run_began() -> None:
    """3, 5 and, in a half year, 1 a person: averages of 3, of 8 in two years, and of 9 in two and a half. Budget impact
    is what each year costs more, not discounted: Sullivan et al. 2014, doi:10.1016/j.jval.2013.08.2291."""
    assert year_ends(130) == [52, 104, 130]
    assert year_ends(104) == [52, 104]
    assert year_ends(26) == [26]
    averages = np.array([3.0, 4.0, 3.6])
    assert amounts_by_year(averages, [52, 104, 130]) == pytest.approx([3.0, 5.0, 1.0])
    used = np.zeros((1, 4, 2, len(USED)))  # in one year
    used[0, :, 1, 0], used[0, :, 1, 3] = [0.1, 0.2, 0.1, 0.2], -0.01
    samples, expected = StrategySamples(("a", "b"), used[0], np.zeros((4, 2)), None), read_costs().expected
    table = budget_impact(samples, used, [52], expected, np.array([expected] * 2), 500).set_index("part")
    assert table["difference"].to_dict() == pytest.approx({
        "post": 0.15 * 65_000, "contact": 0.0, "crisis_week": 0.0, "admission": -140.0, "sessions": 0.0,
        "spending": 9750.0, "crises_and_admissions": -140.0, "total": 9610.0,
    })  # fmt: skip
    assert table.loc["total", "total"] == pytest.approx(500 * 9610.0)
    assert table.loc["total", "mcse"] == pytest.approx(65_000 * np.std([0.1, 0.2, 0.1, 0.2], ddof=1) / 2)


def test_discounting__of_a_steady_cost_is_an_annuity_and_of_a_state_by_its_time() -> None:
    """Drummond et al. 2015, ch. 7: 100 a year over five years at 5 % are worth 432.95 in arrears; a sum in five years
    counts 0.7835."""
    ends, averages = [52, 104, 156, 208, 260], np.full((5, 4, 2, len(USED) + 1), 100.0)
    effect = np.arange(8.0).reshape(4, 2)
    averages[-1, ..., -1] = effect
    samples = StrategySamples(("a", "b"), averages[-1, ..., :-1], effect, None)
    state = discounted(samples, averages, ends, 0.05, counts=False)
    assert 5 * state.used / 1.05**0.5 == pytest.approx(np.full((4, 2, len(USED)), 432.95), rel=1e-5)
    assert state.effect == pytest.approx(0.7835 * effect, rel=1e-4)
    averages[..., -1] = 100.0
    counted = discounted(samples, averages, ends, 0.05, counts=True)
    assert 5 * counted.effect / 1.05**0.5 == pytest.approx(np.full((4, 2), 432.95), rel=1e-5)
    free = discounted(samples, averages, ends, 0.0, counts=True)
    assert free.used == pytest.approx(samples.used), "at no rate it is the mean over the run"


def test_uncertain_utility__is_worth_knowing_what_a_two_point_distribution_says() -> None:
    """One strategy gains 1 at a cost of 1: if its utility is 0 or 2 with equal chances, knowing which is worth half of
    what the better case gains (Raiffa & Schlaifer 1961, Applied Statistical Decision Theory, ch. 4)."""
    used = np.zeros((4, 2, len(USED)))
    used[:, 1, 0] = 1.0
    samples = StrategySamples(("a", "b"), used, np.array([[0.0, 1.0]] * 4), None)
    prices = np.zeros((2, len(USED) + 1))
    prices[:, 0], prices[:, -1] = 1.0, [0.0, 2.0]
    found = {one.about: one.value for one in of_prices(samples, prices, prices[0, :-1], 1.0)}
    assert found["utility"] == pytest.approx(0.5)
    assert found["all prices"] == found["post"] == 0.0
    assert acceptability(samples, prices, np.array([1.0]), 1).loss[0] == pytest.approx([0.5, 0.5])


def test_best_choice_by_price__is_the_best_at_every_price() -> None:
    rng = np.random.default_rng(5)
    for _ in range(50):
        benefits, use = rng.normal(size=7), rng.normal(size=7)
        use[3], benefits[3] = use[2], benefits[2]  # of two alike the first counts
        found = upper_envelope(benefits, use)
        for price in rng.exponential(3.0, 20):
            (here,) = [one.best for one in found if one.start <= price < one.end]
            assert here == (benefits - price * use).argmax()
