"""Programmes predicted from the trials of others: weights, scores, and coverage where the truth is known."""

from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from scipy import stats

import supportnet as sn
from supportnet.analysis.files.writing import write_parquet
from supportnet.analysis.outputs.calibration import EFFECTS, POSTERIOR
from supportnet.experiments.calibration.acceptance import (
    ALWAYS_IN_RANGE,
    accepted,
    effective_number,
    weights_by_trials,
)
from supportnet.experiments.calibration.discrepancy import (
    EXPECTATION,
    LOGIT,
    Benefits,
    as_benefits,
    discrepancies,
    joint_weights,
    log_likelihoods,
)
from supportnet.experiments.calibration.left_out import (
    SAMPLES,
    Prediction,
    class_means,
    criteria,
    mean_of_others,
    pooled_spread,
    predict,
    predicted_from_others,
    ratio_of_scores,
    regression_on_others,
)
from supportnet.experiments.calibration.targets import targets_of
from supportnet.experiments.patterns.table import PRESETS
from supportnet.experiments.posterior.posterior import write_draws
from supportnet.experiments.randomised.design import trials_written_down
from supportnet.experiments.randomised.evidence import shipped_evidence
from supportnet.experiments.study.study import StudyDefinition
from tests.command_line import Supportnet

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
        weights = joint_weights(log_likelihoods(one, simulated, discrepancies()), ["c"])
        ways = [*predict(one, simulated, weights, "c", np.random.default_rng(1))]
        ways += [mean_of_others(one, 4, np.random.default_rng(1))]
        ways += [regression_on_others(one, 4, covariates, np.random.default_rng(1))]
        samples.append(np.stack([way.sample for way in ways]))
    np.testing.assert_allclose(samples[0], samples[1])


def test_the_spread_of_few_others__has_the_degrees_of_freedom_of_all_classes() -> None:
    """Three programmes with symptoms, one with recovery."""
    estimate = np.array([0.1, 0.2, 0.3, 0.4, 0.0])
    classes = ["symptoms", "symptoms", "symptoms", "recovery", "recovery"]
    published = Benefits([*"abcde"], [*"abcde"], classes, estimate, np.full(5, 1e-9))
    means = class_means(published, ["e"])
    assert pooled_spread(means) == (pytest.approx(0.1), 2)
    sample = mean_of_others(published, 4, np.random.default_rng(1)).sample
    known = stats.t.ppf([0.25, 0.5, 0.75], 2, 0.4, 0.1 * np.sqrt(2.0))
    np.testing.assert_allclose(np.quantile(sample, [0.25, 0.5, 0.75]), known, atol=0.01)
    sample = mean_of_others(published._replace(classes=["symptoms"] * 5), 4, np.random.default_rng(1)).sample
    known = stats.t.ppf([0.25, 0.75], 3, 0.25, np.std(estimate[:4], ddof=1) * np.sqrt(1.25))
    np.testing.assert_allclose(np.quantile(sample, [0.25, 0.75]), known, atol=0.01)


def test_scores__are_those_of_a_normal_distribution() -> None:
    normal = Prediction(stats.norm.ppf((np.arange(SAMPLES) + 0.5) / SAMPLES))
    assert normal.crps(0.0) == pytest.approx((np.sqrt(2.0) - 1.0) / np.sqrt(np.pi), abs=1e-3)
    known = 1.5 * (2 * stats.norm.cdf(1.5) - 1) + 2 * stats.norm.pdf(1.5) - 1 / np.sqrt(np.pi)
    assert normal.crps(1.5) == pytest.approx(known, abs=1e-3)
    assert normal.log_density(0.5) == pytest.approx(stats.norm.logpdf(0.5), abs=0.05)
    assert normal.place(1.0) == pytest.approx(stats.norm.cdf(1.0), abs=1e-3)


def test_who_knows_the_causes__predicts_better_than_who_knows_the_mean() -> None:
    published, simulated, covariates = world(3)
    found = predicted_from_others(published, simulated, covariates, sorted(set(PROGRAMMES)), 1)
    assert len(found.effects) == 18
    assert len(found.programmes) == 9
    ratio, low, high = ratio_of_scores(found.effects, ["symptoms", "recovery"], "class_mean", 1)
    assert low is not None
    assert high is not None
    assert low < ratio < high
    assert ratio < 0.9
    symptoms, recovery, covered, discrepancy = criteria(found, 1)
    assert (symptoms.met, recovery.met) == (symptoms.value <= 0.9, recovery.value <= 1.05)
    assert covered.limit == 8
    assert discrepancy.met == (found.discrepancy < found.spread)


@pytest.mark.slow
def test_intervals_of_predictions__hold_what_is_published_as_often_as_they_say() -> None:
    """A hundred worlds, each with a true draw and discrepancies of its own."""
    found = [predicted_from_others(*world(seed), sorted(set(PROGRAMMES)), seed) for seed in range(100, 200)]
    for level, wanted in (("in_50", 0.5), ("in_90", 0.9)):
        share = np.array([one.effects[level].mean() for one in found])
        assert share.mean() == pytest.approx(wanted, abs=0.03 + 1.96 * share.std() / 10)


def calibration(folder: Path, seed: int = 4) -> Path:
    """A posterior with effects of trials that nobody simulated, as `calibrate` would have written them."""
    evidence, luck = shipped_evidence(), np.random.default_rng(seed)
    estimates = np.array([one.estimate for one in evidence.effects])
    effects = 0.5 * estimates + 0.1 * luck.standard_normal((200, len(estimates)))
    weights = weights_by_trials(evidence, effects)
    names = [one.name for one in evidence.effects]
    write_parquet(pd.DataFrame(effects, columns=names).assign(weight=weights), folder / EFFECTS)
    draws = pd.DataFrame({"bond.pull": luck.uniform(0.01, 0.05, 200)})
    write_draws(folder / POSTERIOR, draws, {"presets": [*PRESETS], "evidence": evidence.digest}, weights)
    return folder / POSTERIOR


def test_left_out__gives_the_scores_that_the_files_of_a_calibration_contain(
    supportnet: Supportnet, tmp_path: Path
) -> None:
    path = calibration(tmp_path)
    told = supportnet("validate", "--left-out", "--posterior", str(path), "--seed", "3", "--out", "out", "--json").json
    rows = pd.DataFrame(told["programmes"])
    assert set(rows["programme"]) == set(trials_written_down()) - {"open_dialogue"}
    wanted = "programme outcome published se predicted lower50 upper50 lower90 upper90 crps"
    assert {*wanted.split(), "crps_class_mean", "crps_regression"} <= set(rows)
    assert told["summary"]["n"] == len(rows)
    assert told["summary"]["crps"] == pytest.approx(rows["crps"].mean())
    assert told["summary"]["coverage90"] == pytest.approx(rows["in_90"].mean())
    assert (rows["lower90"] < rows["lower50"]).all()
    assert (rows["lower50"] < rows["upper50"]).all()
    assert len(told["criteria"]) == 4
    assert {"left_out.csv", "programmes.csv", "figure.png"} <= set(told["files"])
    found = sn.left_out(path, 3)
    pd.testing.assert_frame_equal(found.to_dataframe(), rows, check_dtype=False)
    for programme in ("self_help_groups", "systemic_family_therapy"):  # another was tried against that
        own = rows[rows["programme"] == programme]
        np.testing.assert_allclose(own["predicted"], effects_by_hand(path, programme), atol=0.02)


def effects_by_hand(path: Path, programme: str) -> list[float]:
    """Weighted means of what the model shows of a programme, weights from the density of all other effects at once."""
    effects = shipped_evidence().effects
    others = [k for k, one in enumerate(effects) if programme not in (one.about.programme, one.about.control)]
    published = Benefits.of(effects)
    simulated = as_benefits(effects, pd.read_parquet(path.with_name(EFFECTS)).drop(columns="weight").to_numpy())
    same = np.array([[one.about.programme == other.about.programme for one in effects] for other in effects])
    total = np.zeros(len(simulated))
    for common, each in zip(*discrepancies(), strict=True):
        covariance = common**2 * same + np.diag(each**2 + published.error**2)
        total += stats.multivariate_normal.pdf(
            simulated[:, others], published.estimate[others], covariance[np.ix_(others, others)]
        )
    own = [k for k, one in enumerate(effects) if one.about.programme == programme]
    return list(np.average(simulated[:, own], axis=0, weights=total))


def test_a_posterior_fitted_to_other_trials__is_refused(tmp_path: Path, supportnet: Supportnet) -> None:
    path = calibration(tmp_path)
    other = {"presets": [*PRESETS], "evidence": "fedcba9876543210"}
    write_draws(path, pd.DataFrame({"bond.pull": [0.01, 0.02]}), other)
    said = supportnet("validate", "--left-out", "--posterior", str(path))
    assert said.code == 2
    assert "fitted to other trials than those shown beside it" in said.err
    assert "fedcba9876543210" in said.err


def test_effects_of_other_draws__are_refused(tmp_path: Path, supportnet: Supportnet) -> None:
    path = calibration(tmp_path)
    table = pd.read_parquet(path.with_name(EFFECTS))
    write_parquet(table.assign(weight=table["weight"].to_numpy()[::-1]), path.with_name(EFFECTS))
    said = supportnet("validate", "--left-out", "--posterior", str(path))
    assert said.code == 2
    assert "its weights are not those of these trials" in said.err
    path.with_name(EFFECTS).unlink()
    assert "posterior-effects.parquet" in supportnet("validate", "--left-out", "--posterior", str(path)).err


def test_draws_are_kept__where_most_values_are_in_range_and_some_always() -> None:
    targets = targets_of(StudyDefinition.load("calibration"))
    middle = np.array([(one.pattern.low + one.pattern.high) / 2 for one in targets])
    names, presets = np.array([one.pattern.name for one in targets]), np.array([one.preset for one in targets])
    others = np.flatnonzero(~np.isin(names, ALWAYS_IN_RANGE))
    quarter = len(targets) // 4
    draws = np.tile(middle, (5, 1))
    draws[1, others[:quarter]] = np.nan
    draws[2, others[: quarter + 1]] += 100.0
    draws[3, (names == "turnover") & (presets == "mixed")] = 2.0
    draws[4, names == "crisis_weeks_a_year"] = 22.0
    assert accepted(draws, targets).tolist() == [True, True, False, False, False]
    assert set(ALWAYS_IN_RANGE) <= set(names)


def test_weights_that_are_equal__count_as_many_draws() -> None:
    assert effective_number(np.full(50, 0.02)) == pytest.approx(50.0)
    assert effective_number(np.array([1.0, 0.0, 0.0])) == pytest.approx(1.0)
