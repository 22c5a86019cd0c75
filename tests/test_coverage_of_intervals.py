"""How often 95 % intervals hold the truth, over repetitions: of the model itself, and of distributions that are known.

With `-s`, the numbers of docs/calibration.md are printed.
"""

from typing import NamedTuple

import numpy as np
import pytest

from supportnet.experiments.ensemble.ensemble import HIGH, LOW
from supportnet.experiments.ensemble.estimates import Estimate, Limits, mean_of, within_limits
from supportnet.experiments.posterior.posterior import read_draws, shipped_draws_path
from supportnet.experiments.posterior.propagation import LIVES
from supportnet.sim.outcomes import AT_LEAST_0, SHARE
from supportnet.sim.scenario.scenario import Scenario
from tests.ensembles import run

REPETITIONS, FEWER = 200, 100
DRAWS, SEEDS = 40, 20  # of the posterior; runs of each
Doubles = np.ndarray

pytestmark = pytest.mark.slow


class Missed(NamedTuple):
    """Shares of truths below and above the intervals of each quantity, (2, k)."""

    student: Doubles
    within: Doubles


def small() -> Scenario:
    return Scenario.load("today").with_values({"population.patients": 60, "weeks": 26})


def missed(estimates: list[Estimate], truths: list[Doubles], limits: Limits) -> Missed:
    """truths: (m, k), those that an estimate is about. Where there is no interval, nothing counts."""

    def outside(shown: list[Estimate]) -> Doubles:
        pairs = list(zip(shown, truths, strict=True))
        below = [np.where(np.isnan(one.lower), np.nan, truth < one.lower) for one, truth in pairs]
        above = [np.where(np.isnan(one.upper), np.nan, truth > one.upper) for one, truth in pairs]
        return np.array([np.nanmean(np.concatenate(side), axis=0) for side in (below, above)])

    return Missed(outside(estimates), outside([within_limits(one, limits) for one in estimates]))


def varying(values: Doubles) -> Doubles:
    """Which outcomes most replicates have, and not all alike."""
    here = np.isnan(values).mean(axis=0) < 0.5
    here[here] = np.nanstd(values[:, here], axis=0) > 1e-12
    return here


def by_luck(n: int) -> Missed:
    """Intervals of n replicates about the mean of all."""
    every = run(small(), REPETITIONS * n, workers=1).last
    known = varying(every)
    estimates = [mean_of(part) for part in np.split(every[:, known], REPETITIONS)]
    return missed(estimates, [np.nanmean(every[None, :, known], axis=1)] * REPETITIONS, (LOW[known], HIGH[known]))


@pytest.fixture(scope="module")
def lives() -> Doubles:
    """(SEEDS, DRAWS, LIVES, outcomes) in the last week."""
    draws = read_draws(None)
    runs = [run(small(), DRAWS * LIVES, seed, workers=1, posterior=draws).last for seed in range(1, SEEDS + 1)]
    return np.stack(runs).reshape(SEEDS, DRAWS, LIVES, -1)


def by_draws(lives: Doubles, n: int) -> Missed:
    """Intervals of n draws about the means under all other draws."""
    luck, estimates, truths = np.random.default_rng(1), [], []
    known = varying(lives.reshape(-1, lives.shape[-1]))
    means = np.nanmean(lives[..., known], axis=(0, 2))
    for k in range(REPETITIONS):
        order = luck.permutation(DRAWS)
        values = lives[k % SEEDS, order[:n]][..., known].reshape(n * LIVES, -1)
        estimates.append(mean_of(values, np.repeat(np.arange(n), LIVES)))
        truths.append(means[order[n:]])
    return missed(estimates, truths, (LOW[known], HIGH[known]))


def coverage(missed_by: Doubles) -> Doubles:
    return 1.0 - missed_by.sum(axis=0)


def uneven(missed_by: Doubles) -> float:
    """How far apart misses below and above are, mean over quantities."""
    return float(np.abs(missed_by[0] - missed_by[1]).mean())


def say(about: str, found: Missed) -> None:
    for name, one in found._asdict().items():
        mean, least = coverage(one).mean(), coverage(one).min()
        print(f"{about}, {name}: {mean:.1%} held, at least {least:.1%}; misses uneven by {uneven(one):.1%}")


@pytest.mark.parametrize("n", [5, 10, 20])
def test_intervals_of_a_run_by_set_numbers_hold_the_mean(n: int) -> None:
    found = by_luck(n)
    say(f"{n} replicates", found)
    assert coverage(found.within).mean() == pytest.approx(0.95, abs=0.012)
    assert coverage(found.within).min() > 0.86
    assert coverage(found.within).mean() >= coverage(found.student).mean() - 0.002
    assert uneven(found.within) < uneven(found.student)


@pytest.mark.skipif(shipped_draws_path() is None, reason="no posterior of this model is shipped")
@pytest.mark.parametrize(("n", "least"), [(5, 0.90), (10, 0.91), (20, 0.93)])
def test_intervals_of_a_run_by_draws_hold_the_mean_under_another_draw(lives: Doubles, n: int, least: float) -> None:
    found = by_draws(lives, n)
    say(f"{n} draws", found)
    assert least < coverage(found.within).mean() < 0.96
    assert coverage(found.within).min() > 0.85
    assert uneven(found.within) < 0.04


def on_a_scale(estimate: Estimate, limits: Limits) -> Estimate:
    """The alternative: Student's interval of the logit of a share, or the logarithm of a rate, by the delta method."""
    low, high = limits
    share, half = (estimate.mean - low) / (high - low), (estimate.upper - estimate.lower) / 2.0
    if np.isinf(high):
        ends = [estimate.mean * np.exp(sign * half / estimate.mean) for sign in (-1.0, 1.0)]
    else:
        odds = [share / (1.0 - share) * np.exp(sign * half / (high - low) / share / (1.0 - share)) for sign in (-1, 1)]
        ends = [low + (high - low) * odd / (1.0 + odd) for odd in odds]
    return estimate._replace(lower=ends[0], upper=ends[1])


SKEWED = {  # what a draw makes of a share of people, or of a rate
    "share, mean .02": (lambda luck, size: luck.beta(0.7, 38.0, size), SHARE),
    "share, mean .2": (lambda luck, size: luck.beta(2.0, 8.0, size), SHARE),
    "share, mean .95": (lambda luck, size: luck.beta(20.0, 1.0, size), SHARE),
    "rate, gamma": (lambda luck, size: luck.gamma(1.5, 1.0, size), AT_LEAST_0),
    "cost, lognormal": (lambda luck, size: luck.lognormal(0.0, 0.7, size), AT_LEAST_0),
}


@pytest.mark.parametrize("n", [10, 20])
def test_skewed_quantities_over_draws__against_the_logit_and_log_scale(n: int) -> None:
    luck, held = np.random.default_rng(2), []
    for name, (draw, limits) in SKEWED.items():
        truth = draw(luck, 500)
        found = [mean_of(draw(luck, (n, 1)), np.arange(n)) for _ in range(REPETITIONS)]
        each = [[within_limits(one, limits), on_a_scale(one, limits)] for one in found]
        held.append(
            [np.mean([(truth > one.lower) & (truth < one.upper) for one in kind]) for kind in zip(*each, strict=True)]
        )
        print(f"{name}, {n} draws: {held[-1][0]:.1%} held; on the logit or log scale {held[-1][1]:.1%}")
    ours, scaled = np.array(held).T
    assert ours.min() > 0.86
    assert ours.mean() > scaled.mean() + 0.03


EFFECTS = {  # what draws make of a difference: mean 1 and SD 1, but for those in whose name there is another
    "normal": lambda luck, size: luck.normal(1.0, 1.0, size),
    "skewed": lambda luck, size: luck.lognormal(-np.log(2.0) / 2.0, np.sqrt(np.log(2.0)), size),
    "heavy-tailed": lambda luck, size: 1.0 + luck.standard_t(3, size) / np.sqrt(3.0),
    "small, mean .2": lambda luck, size: luck.normal(0.2, 1.0, size),
    "null": lambda luck, size: np.zeros(size),
}


@pytest.mark.parametrize("effects", EFFECTS)
@pytest.mark.parametrize("noise", [0.3, 1.0, 4.0])  # SD between replicates of a draw
def test_differences_over_draws__hold_the_mean_and_the_effect_under_a_draw(effects: str, noise: float) -> None:
    luck = np.random.default_rng(4)
    truth = np.sort(EFFECTS[effects](luck, 20_000))
    wide = []
    for n in (10, 20, 40, 100, 200, 400):
        values = EFFECTS[effects](luck, (n, 1, FEWER)) + luck.normal(0.0, noise, (n, LIVES, FEWER))
        found = mean_of(values.reshape(n * LIVES, -1), np.arange(n).repeat(LIVES))
        under_a_draw = [
            np.mean((truth >= low) & (truth <= high)) for low, high in zip(found.lower, found.upper, strict=True)
        ]
        of_mean = np.mean((found.lower <= truth.mean()) & (truth.mean() <= found.upper))
        wide.append(np.mean(found.upper - found.lower))
        print(f"{effects}, noise {noise:g}, {n} draws: a draw's effect {np.mean(under_a_draw):.1%}, the mean "
              f"{of_mean:.1%}, width {wide[-1]:.2f}")  # fmt: skip
        assert np.mean(under_a_draw) > 0.87
        assert of_mean > 0.96
    assert effects != "null" or wide[-1] < 0.5 * wide[0]


@pytest.mark.parametrize("share", [0.01, 0.03, 0.1, 0.5, 0.98])
def test_shares_of_sixty_people__near_their_limits_too(share: float) -> None:
    luck = np.random.default_rng(3)
    people = luck.binomial(60, luck.beta(200 * share, 200 * (1 - share), (REPETITIONS, 10, 10))) / 60.0
    found = [within_limits(mean_of(one), SHARE) for one in people]
    held = np.mean([(one.lower <= share) & (share <= one.upper) for one in found])
    print(f"share {share}, 10 replicates: {held:.1%} held")
    assert held > 0.89
