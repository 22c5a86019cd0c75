"""Programmes predicted from the trials of others: weights, scores, and coverage where the truth is known."""

import numpy as np
import pytest
from scipy import stats

from supportnet.experiments.calibration.discrepancy import (
    EXPECTATION,
    LOGIT,
    Benefits,
    discrepancies,
    joint_weights,
    log_likelihoods,
)
from supportnet.experiments.calibration.left_out import (
    SAMPLES,
    Prediction,
    mean_of_others,
    predict,
    ratio_of_scores,
    regression_on_others,
    scores,
)
from supportnet.experiments.randomised.evidence import shipped_evidence

DRAWS, PROGRAMMES = 800, [name for name in "abcdefghi" for _ in range(2)]
CLASSES = ["symptoms", "recovery"] * 9


def world(seed: int) -> tuple[Benefits, np.ndarray, np.ndarray]:
    """Benefits of nine programmes published where one of the draws is true, with discrepancies from their prior; what
    the model shows at all draws; and covariates."""
    luck = np.random.default_rng(seed)
    numbers = luck.standard_normal((DRAWS, 4))
    simulated = 0.3 + numbers @ (0.15 * luck.standard_normal((4, 18)))
    error = luck.uniform(0.05, 0.15, 18)
    of_programme, of_outcome = stats.halfnorm.rvs(scale=0.1, size=2, random_state=luck)
    common = np.repeat(of_programme * luck.standard_normal(9), 2)
    published = simulated[0] + common + np.hypot(of_outcome, error) * luck.standard_normal(18)
    names = [f"{name}{k}" for k, name in enumerate(PROGRAMMES)]
    return Benefits(names, PROGRAMMES, CLASSES, published, error), simulated[1:], luck.standard_normal((18, 2))


def test_benefits__are_turned_round_put_on_one_scale_and_freed_of_expectation() -> None:
    effects = shipped_evidence().effects
    found = dict(zip((one.name for one in effects), Benefits.of(effects).estimate, strict=True))
    assert found["music_therapy_in_schizophrenia.withdrawal.20"] == pytest.approx(0.55)
    assert found["peer_groups.recovery.52"] == pytest.approx(0.18)
    assert found["family_work_in_schizophrenia.relapses.52"] == pytest.approx(-np.log(0.55) / LOGIT)
    assert found["client_centred_therapy_against_no_treatment.distress.20"] == pytest.approx(0.88 - EXPECTATION)


def test_weights__are_prior_times_the_density_of_what_was_published() -> None:
    published, simulated, _ = world(1)
    unknown = discrepancies()
    log = log_likelihoods(published, simulated, unknown)
    draw, level = 7, 13
    covariance = unknown.of_programme[level] ** 2 * np.kron(np.eye(9), np.ones((2, 2)))
    covariance += np.diag(unknown.of_outcome[level] ** 2 + published.error**2)
    whole = stats.multivariate_normal.logpdf(published.estimate, simulated[draw], covariance)
    assert sum(one[draw, level] for one in log.values()) == pytest.approx(whole)
    weights = joint_weights(log)
    assert weights.sum() == pytest.approx(1.0)
    other = sum(one[3, 40] for one in log.values())
    assert weights[draw, level] / weights[3, 40] == pytest.approx(np.exp(whole - other))


def test_a_prediction__knows_nothing_of_the_programme_it_is_about() -> None:
    published, simulated, covariates = world(2)
    own = np.array([one == "c" for one in PROGRAMMES])
    changed = published._replace(estimate=published.estimate + 5.0 * own)
    samples = []
    for one in (published, changed):
        weights = joint_weights(log_likelihoods(one, simulated, discrepancies()), "c")
        ways = [*predict(one, simulated, weights, "c", np.random.default_rng(1))]
        ways += [mean_of_others(one, 4, np.random.default_rng(1))]
        ways += [regression_on_others(one, 4, covariates, np.random.default_rng(1))]
        samples.append(np.stack([way.sample for way in ways]))
    np.testing.assert_allclose(samples[0], samples[1])


def test_scores__are_those_of_a_normal_distribution() -> None:
    normal = Prediction(stats.norm.ppf((np.arange(SAMPLES) + 0.5) / SAMPLES))
    assert normal.crps(0.0) == pytest.approx((np.sqrt(2.0) - 1.0) / np.sqrt(np.pi), abs=1e-3)
    known = 1.5 * (2 * stats.norm.cdf(1.5) - 1) + 2 * stats.norm.pdf(1.5) - 1 / np.sqrt(np.pi)
    assert normal.crps(1.5) == pytest.approx(known, abs=1e-3)
    assert normal.log_density(0.5) == pytest.approx(stats.norm.logpdf(0.5), abs=0.05)
    assert normal.place(1.0) == pytest.approx(stats.norm.cdf(1.0), abs=1e-3)


def test_who_knows_the_causes__predicts_better_than_who_knows_the_mean() -> None:
    published, simulated, covariates = world(3)
    table = scores(published, simulated, covariates, sorted(set(PROGRAMMES)), 1)
    assert len(table) == 3 * 18
    ratio, low, high = ratio_of_scores(table, ["symptoms", "recovery"], "model", "mean", 1)
    assert low < ratio < high
    assert ratio < 0.9


@pytest.mark.slow
def test_intervals_of_predictions__hold_what_is_published_as_often_as_they_say() -> None:
    """A hundred worlds, each with a true draw and discrepancies of its own."""
    found = [scores(*world(seed), sorted(set(PROGRAMMES)), seed).query("way == 'model'") for seed in range(100, 200)]
    for level, wanted in (("in_50", 0.5), ("in_90", 0.9)):
        share = np.array([one[level].mean() for one in found])
        assert share.mean() == pytest.approx(wanted, abs=0.03 + 1.96 * share.std() / 10)
