"""What-ifs: the same people and luck in every world, honest intervals, ranking, and for whom."""

from dataclasses import replace

import numpy as np
import pandas as pd
import pytest

from supportnet.experiments.comparison import compare as module
from supportnet.experiments.comparison.comparison import EnsembleComparison
from supportnet.experiments.comparison.plan import seed_of
from supportnet.experiments.comparison.subgroups import (
    CHANGES,
    KINDS,
    NOTABLE,
    THIRDS,
    for_whom,
    gain,
    kinds,
    shares_better_and_worse,
    thirds,
    what_harmed,
)
from supportnet.experiments.ensemble.ensemble import NAMES, Ensemble, Failed, Persons
from supportnet.experiments.ensemble.estimates import mean_of, within_limits
from supportnet.experiments.ensemble.plan import RunPlan
from supportnet.sim.errors import UserInputError
from supportnet.sim.outcomes import OUTCOMES, SHARE
from tests.ensembles import compare, run
from tests.small import PATIENTS, small


@pytest.fixture(scope="module")
def comparison() -> EnsembleComparison:
    return compare(small(), small("smaller-caseloads"), small("loss-of-services"), replicates=6)


def test_a_scenario_and_its_copy__differ_by_exactly_zero() -> None:
    found = compare(small(), small(), replicates=3)
    assert found.names == ["today", "today (2)"]
    known = found.differences.dropna(subset="difference")
    assert len(known) > 30
    assert (known[["difference", "mcse", "lower", "upper"]] == 0.0).all().all()
    assert (known["probability_better"].dropna() == 0.5).all()
    assert (found.ranking["probability_best"].dropna() == 0.5).all()
    assert found.for_whom is not None
    assert (found.for_whom[["difference", "better", "worse"]].dropna() == 0.0).all().all()


def test_differences__are_those_of_pairs_of_replicates(comparison: EnsembleComparison) -> None:
    today, smaller = (run(small(name), 6).last[:, NAMES.index("qpr")] for name in ("today", "smaller-caseloads"))
    row = comparison.differences.query("scenario == 'smaller-caseloads' and outcome == 'qpr'").iloc[0]
    assert row["difference"] == pytest.approx((smaller - today).mean())
    assert row["mcse"] == pytest.approx((smaller - today).std(ddof=1) / np.sqrt(6))


def test_differences__have_every_outcome_with_its_unit(comparison: EnsembleComparison) -> None:
    found = comparison.differences
    columns = ["scenario", "outcome", "difference", "mcse", "lower", "upper", "probability_better", "unit", "n"]
    assert list(found) == [*columns, "lower_adjusted", "upper_adjusted", "verdict", "smallest"]
    assert list(found["outcome"]) == NAMES * 2
    assert list(found["unit"][: len(NAMES)]) == [outcome.unit for outcome in OUTCOMES.values()]


def test_probability_better__knows_which_way_is_better(comparison: EnsembleComparison) -> None:
    found = comparison.differences.set_index(["scenario", "outcome"])
    for (scenario, outcome), row in found.iterrows():
        better = OUTCOMES[outcome].better
        if scenario == "loss-of-services" or better == "" or np.isnan(row["mcse"]):
            assert np.isnan(row["probability_better"])
        elif abs(row["difference"]) > 1e-9 * row["mcse"]:
            improves = row["difference"] > 0.0 if better == "higher" else row["difference"] < 0.0
            assert (row["probability_better"] > 0.5) == improves
    assert found.loc[("smaller-caseloads", "cost"), "probability_better"] < 0.01


def test_ranking__has_the_best_first__and_probabilities_that_add_up(comparison: EnsembleComparison) -> None:
    for outcome, rows in comparison.ranking.groupby("outcome"):
        best_first = rows["mean"].is_monotonic_decreasing or rows["mean"].nunique() == 1
        lowest_first = rows["mean"].is_monotonic_increasing
        assert best_first if OUTCOMES[outcome].better == "higher" else lowest_first, outcome
        assert list(rows["place"]) == list(range(1, len(rows) + 1))
        assert rows["probability_best"].sum() == pytest.approx(1.0)
    cost = comparison.ranking.query("outcome == 'cost'")
    assert list(cost["scenario"]) == ["today", "smaller-caseloads"], "without the cut"
    assert cost["probability_best"].iloc[0] == 1.0
    assert "network_size" not in set(comparison.ranking["outcome"])


def test_a_single_pair__has_a_difference_but_no_interval_and_no_probability() -> None:
    found = compare(small(), small("smaller-caseloads"), replicates=1)
    assert found.differences["difference"].notna().any()
    assert found.differences[["mcse", "lower", "upper", "probability_better"]].isna().all().all()
    assert found.ranking["probability_best"].isna().all()


def test_workers__do_not_matter() -> None:
    one, three = (compare(small(), small("open-boundaries"), replicates=4, workers=workers) for workers in (1, 3))
    pd.testing.assert_frame_equal(one.differences, three.differences, check_exact=True)
    pd.testing.assert_frame_equal(one.ranking, three.ranking, check_exact=True)
    assert one.plan.identity == three.plan.identity


def test_independent_worlds__have_luck_of_their_own_and_wider_intervals() -> None:
    paired, apart = (
        compare(small(), small("open-boundaries"), replicates=8, independent=independent)
        for independent in (False, True)
    )
    assert apart.for_whom is None
    assert apart.plan.identity != paired.plan.identity
    mcse = [found.differences.set_index("outcome")["mcse"] for found in (paired, apart)]
    assert (mcse[0] < mcse[1]).mean() > 0.9
    same = compare(small(), small(), replicates=3, independent=True).differences.set_index("outcome")
    assert same.loc["recovery", "difference"] != 0.0


@pytest.mark.parametrize("draws", [None, np.arange(10).repeat(2)], ids=["luck", "numbers too"])
def test_shares__of_people_better_off__have_the_interval_of_their_mean_over_runs(draws: np.ndarray | None) -> None:
    luck = np.random.default_rng(4)
    last = luck.uniform(0.2, 0.8, (20, 90)).astype(np.float32)
    one, other = persons(last), persons((last + luck.normal(0.05, 0.05, last.shape)).astype(np.float32))
    found = shares_better_and_worse(one, other, draws).set_index("group").loc["everybody"]
    each = (gain(one, other) > NOTABLE).mean(axis=1)[:, None]
    expected = within_limits(mean_of(each, draws), SHARE)
    assert found["better"] == pytest.approx(each.mean())
    assert (found["better_lower"], found["better_upper"]) == pytest.approx((expected.lower[0], expected.upper[0]))
    assert found["worse"] < found["better"]


def test_seeds_of_independent_worlds__are_the_same_every_time_and_all_different() -> None:
    seeds = [seed_of(seed, position) for seed in (1, 2) for position in range(50)]
    assert len(set(seeds)) == 100
    assert seed_of(7, 0) == 7
    assert all(0 <= seed < 2**32 for seed in seeds)


def test_for_whom__covers_everybody_once_in_each_grouping(comparison: EnsembleComparison) -> None:
    found = comparison.for_whom
    assert found is not None
    people = found.groupby(["scenario", "by"], sort=False)["people"].sum()
    assert (people == 6 * PATIENTS).all()
    assert list(found["group"].unique()) == ["everybody", *THIRDS, *KINDS]
    everybody = found.query("group == 'everybody'").set_index("scenario")["difference"]
    qpr = comparison.differences.query("outcome == 'qpr'").set_index("scenario")["difference"]
    np.testing.assert_allclose(everybody[qpr.index], qpr, atol=1e-4)


def persons(recovery: np.ndarray, first: np.ndarray | None = None, **other: np.ndarray) -> Persons:
    """People of whom nothing is known but recovery, unless it is given."""
    nothing, ties = np.zeros(recovery.shape, np.int16), np.full((*recovery.shape, 4), 2, np.int16)
    start = recovery if first is None else first
    known = {"first_recovery": start, "last_recovery": recovery, "first_ties": ties, "last_ties": ties}
    return Persons(**{name: nothing for name in Persons._fields} | known | other)


def test_for_whom__finds_an_effect_where_it_was_put() -> None:
    """Those who started lowest gain six points in the other world, nobody else anything."""
    luck = np.random.default_rng(1)
    first = luck.uniform(0.2, 0.8, (20, 90)).astype(np.float32)
    last = first + luck.normal(0.0, 0.02, first.shape).astype(np.float32)
    lowest = thirds(first)["lowest third"]
    gained = (last + np.where(lowest, 0.1, 0.0)).astype(np.float32)
    illness = np.tile(np.arange(90, dtype=np.int8) % 2, (20, 1))
    found = for_whom(persons(last, first, condition=illness), {"other": persons(gained, first)}).set_index("group")
    assert found.loc["lowest third", "difference"] == pytest.approx(6.0, abs=1e-4)
    assert found.loc["lowest third", "better"] == 1.0
    assert found.loc["highest third", "difference"] == pytest.approx(0.0, abs=1e-4)
    assert found.loc["everybody", "difference"] == pytest.approx(2.0, abs=0.05)
    assert found.loc["everybody", "worse"] == 0.0
    assert tuple(found.loc["everybody", ["p5", "p50", "p95"]]) == pytest.approx((0.0, 0.0, 6.0), abs=1e-4)
    assert found.loc["psychosis", "people"] + found.loc["affective", "people"] == 1800
    assert found.loc["diverse and active", "people"] == 1800  # all alike, with more friends and peers than relatives


def test_kinds_of_networks__are_told_by_size_and_roles() -> None:
    ties = np.array([[[1, 0, 0, 2], [1, 1, 1, 6], [1, 3, 3, 1], [2, 1, 1, 1], [0, 3, 1, 2], [0, 0, 0, 0]]], np.int16)
    assert {name: list(np.flatnonzero(who[0])) for name, who in kinds(ties).items()} == {
        "formal and sparse": [0, 3, 5],
        "family and stable": [1],
        "diverse and active": [2, 4],
        "other": [],
    }


def test_what_harmed__is_found_among_those_worse_off_only() -> None:
    last = np.full((4, 50), 0.6, np.float32)
    worse = np.zeros(last.shape, bool)
    worse[:, :10] = True
    ties = np.full((4, 50, 4), 2, np.int16)
    fewer = ties.copy()
    fewer[worse, 2] = 1  # friends
    other = persons(
        np.where(worse, 0.45, 0.6).astype(np.float32), last, last_ties=fewer, relapses=worse.astype(np.int16)
    )
    found = what_harmed(persons(last), {"other": other}).set_index("change")
    assert list(found.index) == list(CHANGES)
    assert (found["people"] == 40).all()
    assert tuple(found.loc["friends", ["worse_off", "others"]]) == (-1.0, 0.0)
    assert tuple(found.loc["relapses", ["worse_off", "others"]]) == (1.0, 0.0)
    assert tuple(found.loc["family", ["worse_off", "others"]]) == (0.0, 0.0)
    nobody = what_harmed(persons(last), {"copy": persons(last)})
    assert (nobody["people"] == 0).all()


def test_people_of_other_presets__are_not_the_same_people() -> None:
    found = compare(small(), small("today-affective"), replicates=2)
    assert found.for_whom is None
    assert found.differences["difference"].notna().any()


def test_other_numbers_of_the_model__make_other_people__but_a_change_of_nothing_changes_nothing() -> None:
    """A number altered in its seventh digit: another pool, by the same way and with the same luck."""
    found = compare(small(), small(bond__trust_gain=0.1200001), replicates=3)
    assert found.for_whom is None
    differences = found.differences.set_index("outcome")["difference"].dropna()
    assert differences.drop("cost_per_recovered", errors="ignore").abs().max() < 1e-4
    assert (differences != 0.0).any()


def test_progress__covers_all_worlds() -> None:
    told: list[float] = []
    compare(small(), small(), replicates=2, progress=told.append)
    assert told == sorted(told)
    assert (len(told), told[-1]) == (4, 1.0)


def test_what_cannot_be_compared__is_a_mistake() -> None:
    with pytest.raises(UserInputError, match="nothing to compare with"):
        compare(small())
    with pytest.raises(UserInputError, match="differ in length"):
        compare(small(), small(weeks=10))


@pytest.mark.slow
def test_intervals__cover_zero_in_95_of_100_comparisons_of_a_scenario_with_its_copy() -> None:
    """400 comparisons of 10 replicates each. Were coverage exactly 95 %, each outcome would fail 1 time in 150; an
    interval seven tenths as wide must fail."""
    tested = ["recovery", "distress", "network_size", "loneliness", "alliance", "supporter_strain"]
    off = []
    for seed in range(1, 401):
        found = compare(small(weeks=8), small(weeks=8), replicates=10, seed=seed, independent=True)
        rows = found.differences.set_index("outcome").loc[tested]
        off.append(rows["difference"].abs() / (rows["upper"] - rows["difference"]))  # 1: zero is at the interval's end
    shares = (pd.concat(off, axis=1) <= 1.0).mean(axis=1)
    assert shares.between(0.92, 0.98).all(), shares
    too_narrow = (pd.concat(off, axis=1) <= 0.7).mean(axis=1)
    assert (too_narrow < 0.92).all(), too_narrow


def test_with_draws__a_group_s_interval_says_where_its_mean_lies_under_a_draw() -> None:
    luck = np.random.default_rng(3)
    by_draw = luck.normal(0.1, 0.05, 20).repeat(2)  # what a draw makes of everybody's gain
    last = np.full((40, 200), 0.5, np.float32)
    gained = (last + by_draw[:, None]).astype(np.float32)
    draws = np.arange(20).repeat(2)
    found = for_whom(persons(last), {"other": persons(gained)}, draws).iloc[0]
    assert found["difference"] == pytest.approx(60 * by_draw.mean(), abs=1e-3)
    expected = mean_of(60.0 * by_draw[:, None], draws)
    assert (found["lower"], found["upper"]) == pytest.approx((expected.lower[0], expected.upper[0]), abs=1e-3)


def test_a_group_gains_more_than_others__where_it_does_so_in_every_draw() -> None:
    """What draws make of all gains together would hide it, if each group had an interval of its own alone."""
    luck = np.random.default_rng(4)
    by_draw = luck.gamma(8.0, 0.0125, 20).repeat(2)
    first = luck.uniform(0.2, 0.8, (40, 300)).astype(np.float32)
    low = first <= np.quantile(first, 1 / 3)
    last = first + (by_draw[:, None] * np.where(low, 1.3, 1.0)).astype(np.float32)
    table = for_whom(persons(first), {"other": persons(last)._replace(first_recovery=first)}, np.arange(20).repeat(2))
    lowest, highest = (table[table["group"] == group].iloc[0] for group in (THIRDS[0], THIRDS[2]))
    assert lowest["lower"] < highest["upper"], "their intervals overlap"
    assert lowest["contrast"] == pytest.approx(60 * 0.3 * by_draw.mean(), rel=1e-3)
    assert lowest["contrast_lower"] > 0.0
    assert highest["contrast_upper"] < 0.0
    assert np.isnan(table[table["group"] == "everybody"]["contrast"].item())


def test_replicates_that_each_failed_in_some_world__leave_nothing_to_compare(monkeypatch: pytest.MonkeyPatch) -> None:
    worlds = iter((0, 1))

    def one_fails(plan: RunPlan, *_: object, **__: object) -> Ensemble:
        number = next(worlds)
        return replace(run(plan.scenario, [number]), failed=(Failed(1 - number, MemoryError()),))

    monkeypatch.setattr(module, "simulate", one_fails)
    with pytest.raises(UserInputError, match="not enough memory"):
        compare(small(), small("befriending"), replicates=2)
