"""The reckoning of costs and effects, against published worked examples and against truths that are known."""

import numpy as np
import pandas as pd
import pytest
from scipy import stats

from supportnet.analysis.wording.formatting import standing_in_words
from supportnet.experiments.economics.costs import USED, CostFile, read_costs
from supportnet.experiments.economics.decision import acceptability, evpi, net_benefits, possible, probability_best
from supportnet.experiments.economics.dominance import DOMINATED, EXTENDEDLY, WITHIN_ERROR, standings
from supportnet.experiments.economics.samples import StrategySamples, jackknife
from supportnet.experiments.economics.strategies import default_threshold, strategies
from supportnet.experiments.economics.value_of_information import FEWEST_DRAWS, of_each, of_numbers, of_prices
from supportnet.experiments.economics.variance_decomposition import means_without_noise
from supportnet.sim.parameters import Parameters, value

FREE = np.zeros(len(USED))
GAPS = np.array([0.0, 0.3, 0.2])  # expected net benefits of three strategies


def by_draws(luck: np.random.Generator, known: float, chance: float) -> tuple[StrategySamples, np.ndarray]:
    """100 draws of three strategies, lived twice each; they vary by `known` between draws, by `chance` within."""
    away = luck.standard_normal((100, 3))
    effect = np.repeat(GAPS + known * away, 2, axis=0) + chance * luck.standard_normal((200, 3))
    return StrategySamples(("a", "b", "c"), np.zeros((200, 3, len(USED))), effect, np.repeat(np.arange(100), 2)), away


def evpi_of(lived: StrategySamples) -> np.ndarray:
    return np.array(evpi(possible(lived, FREE, 1.0)))


def naive(lived: StrategySamples) -> float:
    """As if the luck of lives were uncertainty about parameters."""
    return evpi(net_benefits(lived, FREE, 1.0).reshape(-1, 2, 3).mean(axis=1))


def truth(known: float) -> float:
    return evpi(GAPS + known * np.random.default_rng(9).standard_normal((1_000_000, 3)))


def test_six_strategies_stand_as_published() -> None:
    """dampack's example: UC, A, B, C, D, E."""
    found = standings([5000, 12000, 10000, 25000, 35000, 55000], [1, 1.5, 2, 3, 4, 5])
    assert [one.status for one in found] == ["", DOMINATED, "", EXTENDEDLY, "", ""]
    assert [found[k].icer for k in (2, 4, 5)] == [5000.0, 12500.0, 20000.0]
    assert [found[k].compared_with for k in (0, 2, 4, 5)] == [None, 0, 2, 4]


def test_testing_for_hiv_stands_as_published() -> None:
    """Paltiel et al. 2005, doi:10.1056/NEJMsa042088: no testing, one test, every 5, 3 years, every year;
    quality-adjusted life months."""
    months = np.array([277.25, 277.57, 277.78, 277.83, 277.76])
    found = standings([26000, 27000, 28020, 28440, 29440], list(months / 12))
    assert [one.status for one in found] == ["", "", "", "", DOMINATED]
    assert [round(one.icer) for one in found[1:4]] == [37_500, 58_286, 100_800]


def test_what_is_not_dominated_is_what_is_best_somewhere() -> None:
    luck = np.random.default_rng(4)
    thresholds = np.concatenate([[0.0], np.geomspace(1e-4, 1e4, 20_000)])
    for _ in range(50):
        costs, effects = luck.random((2, 8))
        best = set(np.argmax(thresholds[:, None] * effects - costs, axis=1))
        assert best == {k for k, one in enumerate(standings(list(costs), list(effects))) if not one.status}


def test_of_two_that_are_the_same_the_first_stands() -> None:
    assert [one.status for one in standings([2.0, 2.0, 3.0], [1.0, 1.0, 1.0])] == ["", DOMINATED, DOMINATED]


def test_prices_that_ship_are_those_of_the_model() -> None:
    costs = read_costs()
    for item in ("post", "contact", "crisis_week", "admission"):
        assert costs.prices[item].value == value(Parameters(), f"costs.{item}")
    assert costs.sessions.value == 1.0
    assert costs.assumed == list(USED), "all of them are assumptions, and say so"


def test_drawn_prices_have_their_value_as_mean_and_keep_their_range() -> None:
    costs = read_costs()
    skewed = costs.post.model_copy(update={"value": 50_000.0})
    costs = CostFile(**{**{name: getattr(costs, name) for name in CostFile.model_fields}, "post": skewed})
    drawn = costs.drawn(4096, seed=3)
    assert drawn.mean(axis=0) == pytest.approx(costs.expected, rel=1e-3)
    for k, price in enumerate(costs.prices.values()):
        assert price.low <= drawn[:, k].min() < price.value < drawn[:, k].max() <= price.high
    assert np.abs(np.corrcoef(drawn.T) - np.eye(len(USED))).max() < 0.02
    assert np.array_equal(drawn, costs.drawn(4096, seed=3))
    assert not np.array_equal(drawn, costs.drawn(4096, seed=4))


@pytest.mark.parametrize(("known", "chance"), [(1.0, 0.3), (1.0, 1.0), (0.3, 0.3), (0.3, 1.0)])
def test_perfect_information_is_worth_what_it_is_worth(known: float, chance: float) -> None:
    """100 draws × 2 lives, 60 times: within the Monte Carlo error, with little bias; taking luck for parameters is far
    off."""
    luck, expected = np.random.default_rng(5), truth(known)
    lived = [by_draws(luck, known, chance)[0] for _ in range(60)]
    found, errors = np.array([evpi_of(one) for one in lived]), np.array([jackknife(one, evpi_of) for one in lived])
    assert abs(found.mean() - expected) < errors.mean() / 2
    assert errors.mean() == pytest.approx(found.std(), rel=0.4)
    assert np.mean(np.abs(found - expected) < 2 * errors) > 0.85
    if chance >= known:
        assert np.mean([naive(one) for one in lived]) - expected > 3 * abs(found.mean() - expected)


def test_luck_alone_leaves_little_to_know() -> None:
    """Not wholly nought: covariances are told from 100 draws. A fifth of what luck would seem to be worth is left,
    and its error says so."""
    lived = [by_draws(np.random.default_rng(seed), 0.0, 1.0)[0] for seed in range(40)]
    found = np.array([evpi_of(one) for one in lived])
    assert found.mean() < 0.25 * np.mean([naive(one) for one in lived])
    assert found.mean() < 2 * np.mean([jackknife(one, evpi_of) for one in lived])


def test_draws_without_luck_vary_as_parameters_do() -> None:
    luck = np.random.default_rng(6)
    mix = np.array([[1.0, 0.5], [0.0, 0.5]])
    draws = luck.standard_normal((3000, 2)) @ mix
    values = np.repeat(draws, 2, axis=0) + luck.standard_normal((6000, 2)) * [0.5, 2.0]
    found = means_without_noise(values)
    assert np.cov(found.T) == pytest.approx(mix.T @ mix, abs=0.1)
    assert np.allclose(found.mean(axis=0), values.mean(axis=0))
    still = means_without_noise(np.column_stack([values, np.ones(6000)]))
    assert np.allclose(still[:, 2], 1.0), "what does not vary stays"
    assert np.allclose(means_without_noise(3.0 * values @ mix), 3.0 * found @ mix), "whatever it is measured in"


def test_what_is_there_with_all_draws_only__is_not_told_as_sure() -> None:
    """A choice on the very edge: without any one of ten replicates it is clear, and there is nothing to know."""
    effect = np.column_stack([np.zeros(10), np.tile([1.0, -1.0], 5)])
    lived = StrategySamples(("a", "b"), np.zeros((10, 2, len(USED))), effect, None)

    def edge(part: StrategySamples) -> np.ndarray:
        return np.array(max(0.0, 0.1 - abs(part.effect[:, 1].mean())))

    assert edge(lived) == pytest.approx(0.1)
    assert jackknife(lived, edge) > 0.2


def test_a_number_is_worth_knowing_where_the_choice_hangs_on_it() -> None:
    luck, relevant, irrelevant = np.random.default_rng(7), [], []
    for _ in range(60):
        lived, away = by_draws(luck, 1.0, 1.0)
        each = net_benefits(lived, FREE, 1.0).reshape(-1, 2, 3).mean(axis=1)
        values, errors, clear = of_each(each, np.column_stack([away[:, 1], luck.random(100), np.ones(100)]), 1)
        relevant.append((values[0], errors[0], clear[0]))
        irrelevant.append(values[1])
        assert (values[2], errors[2], clear[2]) == (0.0, 0.0, False), "what does not vary tells nothing"
    one = np.random.default_rng(9).standard_normal(1_000_000)
    expected = evpi(np.column_stack([0 * one, 0.3 + one, 0.2 + 0 * one]))
    found, error, clear_share = np.mean(relevant, axis=0)
    assert clear_share > 0.9
    assert 0.7 * expected < found < expected + error, "rather too low than too high"
    assert np.mean(irrelevant) < 0.03, "of .72 that everything is worth"


def test_a_number_of_two_values__has_a_line_and_no_parabola() -> None:
    """Nor does a draw that is alone in its value tell anything about itself."""
    luck = np.random.default_rng(2)
    two, alone = np.repeat([0.0, 1.0], 10), np.arange(20) == 3
    benefits = np.column_stack([np.zeros(20), 2.0 * two - 1.0 + 0.1 * luck.standard_normal(20)])
    benefits[3, 1] = 50.0
    with np.errstate(all="raise"):
        values, errors, clear = of_each(benefits, np.column_stack([two, alone]), 1)
    assert np.isfinite([*values, *errors]).all()
    assert values[1] == 0.0
    assert not clear[1]
    values, _, clear = of_each(benefits[:, ::-1] * [[0.0, 1.0]] + np.column_stack([np.zeros(20), 2.0 * two - 1.0]),
                               two[:, None], 1)  # fmt: skip
    assert values[0] == pytest.approx(0.5)
    assert clear[0]


def test_of_many_numbers_that_say_nothing__none_stands_out_by_luck() -> None:
    """As few draws as are allowed, two of which decide the mean. By luck one of many numbers tells those two apart;
    what it gains in the others has hardly any spread, so that a standard error takes it for something."""
    luck, alarms, by_error = np.random.default_rng(1), [], []
    for seed in range(40):
        second = np.repeat([5.0, -1.0], [2, FEWEST_DRAWS - 2]) + 0.3 * luck.standard_normal(FEWEST_DRAWS)
        benefits = np.column_stack([np.zeros(FEWEST_DRAWS), second])
        values, errors, clear = of_each(benefits, luck.random((FEWEST_DRAWS, 250)), seed)
        alarms.append(clear.any())
        by_error.append((values > stats.norm.isf(0.025 / 250) * errors).any())  # Bonferroni
    assert np.mean(by_error) > 0.8
    assert sum(alarms) <= 6, "one in twenty allowed: more than 6 of 40 would come about with a probability of .003"


def test_prices_are_worth_what_the_integral_says() -> None:
    """Two strategies, one post a person apart, equally good at the expected price."""
    costs, n = read_costs(), 6
    used = np.zeros((n, 2, len(USED)))
    used[:, 1, 0] = 1.0
    effect = np.column_stack([np.zeros(n), np.ones(n)])
    lived = StrategySamples(("a", "b"), used, effect, None)
    prices = costs.drawn(2048, seed=1)
    found = {known.about: known for known in of_prices(lived, prices, costs.expected, costs.post.value)}
    width = costs.post.high - costs.post.low
    distance = width * 5 / 32  # of a beta distribution (3, 3) from its mean, on average; half of it to be gained
    assert found["post"].value == pytest.approx(distance / 2, rel=0.01)
    assert found["all prices"].value == pytest.approx(found["post"].value)
    assert [found[item].value for item in ("contact", "crisis_week", "admission", "sessions")] == [0.0] * 4
    assert not list(of_numbers(lived, costs.expected, costs.post.value, None, 1)), "numbers as they are set are known"


def test_acceptability_adds_up_and_those_that_tie_share_it() -> None:
    costs, luck = read_costs(), np.random.default_rng(8)
    used = np.abs(luck.normal(1.0, 0.1, (12, 3, len(USED))))
    effect = luck.normal([40.0, 40.4, 40.4], 0.3, (12, 3))
    used[:, 2], effect[:, 2] = used[:, 1], effect[:, 1]  # a copy
    lived = StrategySamples(("a", "b", "copy"), used, effect, None)
    found = acceptability(lived, costs.drawn(256, 1), np.linspace(0.0, 2e4, 5), seed=1)
    assert found.probability.sum(axis=1) == pytest.approx(1.0)
    assert np.allclose(found.probability[:, 1], found.probability[:, 2])
    assert 0.0 < found.probability[0, 0] < 1.0
    assert (found.evpi >= 0.0).all()
    again = acceptability(lived, costs.drawn(256, 1), np.linspace(0.0, 2e4, 5), seed=1)
    assert np.array_equal(found.probability, again.probability)
    assert list(probability_best(np.array([[0.0, 1.0, 1.0], [2.0, 1.0, 1.0]]))) == [0.5, 0.25, 0.25]


def test_worlds_with_their_own_luck_are_drawn_again_each_by_itself() -> None:
    """Luck that is shared cancels out in a difference; where it is not shared it must not."""
    shared = np.random.default_rng(2).normal(0.0, 5.0, (20, 1))
    effect = np.hstack([shared, shared + 0.5])
    used, thresholds = np.zeros((20, 2, len(USED))), np.array([1.0])
    prices = read_costs().drawn(256, 1)
    paired = acceptability(StrategySamples(("a", "b"), used, effect, None), prices, thresholds, 1)
    alone = acceptability(StrategySamples(("a", "b"), used, effect, None, paired=False), prices, thresholds, 1)
    assert paired.probability[0, 1] == 1.0
    assert 0.5 < alone.probability[0, 1] < 0.8
    assert alone.benefit_mcse[0, 1] > 1.0 > paired.benefit_mcse[0, 1]
    assert alone.benefit_mcse[0, 0] == 0.0, "the baseline differs from itself by nothing"


@pytest.mark.parametrize(
    ("icer", "mcse", "at"),
    [
        ([np.nan, 992.0, 154_979.0], [np.nan, 137.0, 2_929_231.0], 990.0),
        ([np.nan, 992.0, 15_600.0], [np.nan, 137.0, 3_900.0], 16_000.0),
        ([np.nan, 992.0, np.nan], [np.nan, 800.0, np.nan], 990.0),
        ([np.nan, np.nan, np.nan], [np.nan, np.nan, np.nan], 3_000.0),
    ],
)
def test_things_are_told_at_the_last_ratio_that_is_known(icer: list[float], mcse: list[float], at: float) -> None:
    added = {"incremental_cost": [0.0, -120.0, 600.0], "incremental_effect": [0.0, 0.1, 0.2]}
    assert default_threshold(pd.DataFrame({"icer": icer, "icer_mcse": mcse, **added})) == at


@pytest.mark.parametrize(
    ("source", "named"),
    [
        ("PSSRU, Unit costs of health and social care 2023", True), ("doi:10.1093/heapol/czz079", True),
        ("https://www.example.org/prices", True), ("National cost collection, 2019 to 2020", True),
        ("guess", False), ("assumed: replace by local prices", False), ("my own estimate of 2024", False),
        ("we asked around", False), ("Assumption (2023)", False), ("-", False), ("expert opinion 2021", False),
    ],
)  # fmt: skip
def test_a_price_without_a_source_that_could_be_looked_up__is_an_assumption(source: str, named: bool) -> None:
    costs = read_costs()
    changed = costs.model_copy(update={"post": costs.post.model_copy(update={"source": source})})
    assert ("post" not in changed.assumed) == named


def dearer(effects: np.ndarray) -> StrategySamples:
    """Strategies at costs of 0, 100, 200 … by one item, with these effects (replicates, strategies)."""
    used = np.zeros((*effects.shape, len(USED)))
    used[..., 0] = 100.0 * np.arange(effects.shape[1])
    return StrategySamples(tuple("abcd"[: effects.shape[1]]), used, effects, None)


def standing(effects: np.ndarray) -> list[str]:
    prices = np.array([[1.0, 0.0, 0.0, 0.0, 0.0]] * 2)
    return list(strategies(dearer(effects), prices[0], prices)["status"])


def test_nobody_is_dominated_whose_effect_is_the_same_within_error() -> None:
    luck = np.random.default_rng(9).normal(0.0, 1.0, (40, 3))
    level = np.array([0.0, 1.0, 0.9])
    assert standing(level + 0.001 * luck) == ["", "", DOMINATED], "c costs more than b, and surely does less"
    assert standing(level + luck) == ["", "", WITHIN_ERROR]
    between = np.array([0.0, 0.3, 1.0])
    assert standing(between + 0.001 * luck) == ["", EXTENDEDLY, ""], "a mixture of a and c does .5 at the cost of b"
    assert standing(between + 3.0 * (luck - luck.mean(axis=0))) == ["", WITHIN_ERROR, ""]


def test_a_ratio_to_the_baseline__stands_beside_who_is_dominated() -> None:
    luck = 0.001 * np.random.default_rng(9).normal(0.0, 1.0, (40, 3))
    prices = np.array([[1.0, 0.0, 0.0, 0.0, 0.0]] * 2)
    table = strategies(dearer(np.array([0.0, 1.0, 0.5]) + luck), prices[0], prices).set_index("scenario")
    assert table.loc["c", "ratio"] == pytest.approx(400.0, rel=0.01)
    assert standing_in_words(table.loc["c"]).startswith("dominated; 400")
    assert np.isnan(table.loc["a", "ratio"])
