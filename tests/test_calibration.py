"""Calibration: likelihood of ranges, chains, emulators, moves, and a whole fit of a known function."""

import json
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import numpy as np
import pandas as pd
import pyarrow.parquet as pq
import pytest
from scipy import stats

import supportnet as sn
from supportnet.analysis.outputs.calibration import calibration_cautions, draws_cautions
from supportnet.experiments.calibration.diagnostics import coverage, regression_abc
from supportnet.experiments.calibration.emulator import emulators_of, means_of
from supportnet.experiments.calibration.iterate import check_shown, checked_targets, group_units, numbers_at
from supportnet.experiments.calibration.mcmc import Likelihood, Sampled, sample
from supportnet.experiments.calibration.moves import move_draws
from supportnet.experiments.calibration.targets import log_in_range, targets_of
from supportnet.experiments.posterior.posterior import read_draws
from supportnet.experiments.randomised.evidence import shipped_evidence
from supportnet.experiments.study.study import StudyDefinition
from supportnet.sim.errors import UserInputError
from tests.command_line import Supportnet
from tests.test_results import as_json, without_files

DIMS = 30
SLOPES = np.random.default_rng(5).normal(size=(6, DIMS)) * (np.arange(DIMS) < 5)  # only five numbers matter


def known(units: np.ndarray) -> np.ndarray:
    return (units - 0.5) @ SLOPES.T + 0.5 * ((units - 0.5) @ SLOPES.T) ** 2


TRUTH = known(np.where(np.arange(DIMS) % 2, 0.3, 0.7)[None])[0]
HALF = 0.2  # of each range
ERRORS = np.array([np.nan, np.nan, np.nan, np.nan, 0.1, 0.15])  # two published estimates among ranges
LIKELIHOOD = Likelihood(known, np.full(6, 0.1), TRUTH - HALF, TRUTH + HALF, ERRORS)


@pytest.fixture(scope="module")
def sampled() -> Sampled:
    return sample(LIKELIHOOD, DIMS, 3, draws=12000, thin=40)


def test_the_chance_of_a_range_is_that_of_scipy_and_exact_far_outside() -> None:
    mean = np.array([0.0, 0.2, -3.0, 40.0, -40.0])
    low, high, sd = np.full(5, -0.5), np.full(5, 0.5), np.full(5, 1.0)
    found = log_in_range(mean, sd, low, high)
    chance = stats.norm.cdf(high - mean) - stats.norm.cdf(low - mean)
    assert np.allclose(found[:3], np.log(chance[:3]))
    assert found[3] == pytest.approx(
        stats.norm.logsf(39.5) + np.log1p(-np.exp(stats.norm.logsf(40.5) - stats.norm.logsf(39.5)))
    )
    assert found[3] == pytest.approx(found[4])


def test_chains_find_the_posterior_that_weighing_the_prior_finds(sampled: Sampled) -> None:
    prior = np.random.default_rng(1).random((400_000, DIMS))
    weight = np.exp(LIKELIHOOD.log(prior))
    mean = np.average(prior, axis=0, weights=weight)
    error = np.sqrt((weight**2).sum()) / weight.sum()  # of a weighted mean, in SD
    flat = sampled.units.reshape(-1, DIMS)
    sd = np.sqrt(np.average((prior - mean) ** 2, axis=0, weights=weight))
    off = (flat.mean(axis=0) - mean) / sd
    assert (np.abs(off) < 5 * np.hypot(error, 1 / np.sqrt(sampled.ess))).all()
    assert np.allclose(flat.std(axis=0) / sd, 1.0, atol=0.1)
    assert sampled.r_hat.max() < 1.05
    assert (sd[:5] < 0.27).any(), "something is learned"


def test_chains_are_the_same_for_the_same_seed() -> None:
    size = {"chains": 4, "warm_up": 20, "draws": 40, "thin": 10}
    one, same, other = (sample(LIKELIHOOD, DIMS, seed, **size).units for seed in (1, 1, 2))
    assert np.array_equal(one, same)
    assert not np.array_equal(one, other)


def test_an_emulator_learns_a_known_function_and_says_its_error() -> None:
    luck = np.random.default_rng(2)
    units = luck.random((300, DIMS))
    values = known(units) + 0.05 * luck.standard_normal((300, 6))
    values[0, 0] = np.nan
    emulators = emulators_of(units, values, np.arange(300) >= 150, 2)
    fresh = luck.random((500, DIMS))
    guessed = means_of(emulators)(fresh)
    for k, one in enumerate(emulators):
        error = (guessed[:, k] - known(fresh)[:, k]).std()
        assert set(one.active) >= set(np.argsort(-np.abs(SLOPES[k]))[:2])
        assert one.fit.r2 > 0.97
        assert one.fit.sd == pytest.approx(np.hypot(error, 0.05), rel=0.25), "with the luck of a run"


@pytest.mark.parametrize("dims", [1, pytest.param(3, marks=pytest.mark.slow)])
def test_an_emulator_of_a_value_that_nothing_moves__is_that_value(dims: int) -> None:
    units = np.random.default_rng(3).random((40, dims))
    values = np.column_stack([np.full(40, 0.25), np.sin(3 * units[:, 0])])
    still, moves = emulators_of(units, values, np.ones(40, bool), 1)
    assert (means_of([still])(units) == 0.25).all()
    assert still.fit.sd > 0.0
    assert moves.fit.r2 > 0.9


def test_regression_finds_what_chains_find(sampled: Sampled) -> None:
    luck = np.random.default_rng(4)
    units = luck.random((4000, DIMS))
    even = known(units) + 0.1 * luck.standard_normal((4000, 6)) - TRUTH
    mean, _ = regression_abc(units, even, HALF, ERRORS)
    z = stats.norm.ppf(sampled.units.reshape(-1, DIMS))
    off = (mean - z.mean(axis=0)) / z.std(axis=0)
    assert np.abs(off).max() < 1.5, "a rough method"
    assert np.corrcoef(mean[:5], z.mean(axis=0)[:5])[0, 1] > 0.9


def test_moves__bring_draws_to_the_posterior(sampled: Sampled) -> None:
    """From the prior, by runs alone: where chains on the exact likelihood go."""
    luck = np.random.default_rng(7)

    def share_in_range(units: np.ndarray) -> float:
        even = known(units) + 0.1 * luck.standard_normal((len(units), 6)) - TRUTH
        return float((np.abs(even[:, :4]) <= HALF).all(axis=1).mean())

    units = luck.random((2000, DIMS))
    assert share_in_range(units) < 0.05
    for move in range(2):
        even = known(units) + 0.1 * luck.standard_normal((2000, 6)) - TRUTH
        units = move_draws(units, even, HALF, ERRORS, move)
    exact = sampled.units.reshape(-1, DIMS)
    assert share_in_range(units) == pytest.approx(share_in_range(exact), abs=0.08)
    there, z = stats.norm.ppf(units), stats.norm.ppf(exact)
    assert np.abs((there.mean(axis=0) - z.mean(axis=0)) / z.std(axis=0)).max() < 0.6
    assert there.std(axis=0) / z.std(axis=0) == pytest.approx(1.0, abs=0.35)


def test_regression__of_runs_that_are_all_in_range_leaves_the_prior() -> None:
    units = (np.arange(400)[:, None] * [7, 31] % 400 + 0.5) / 400
    mean, sd = regression_abc(units, np.zeros((400, 3)), 0.5, np.full(3, np.nan))
    np.testing.assert_allclose(mean, 0.0, atol=0.01)
    np.testing.assert_allclose(sd, 1.0, atol=0.02)


@pytest.mark.slow
def test_intervals_hold_truths_as_often_as_they_say() -> None:
    luck = np.random.default_rng(6)
    units = luck.random((400, DIMS))
    even = known(units) + 0.1 * luck.standard_normal((400, 6))
    even[:20, 0] = np.nan
    for one in coverage(units, even, HALF, ERRORS, np.arange(5), truths=100, seed=1, workers=2):
        assert one.truths == 100
        assert one.lower - 0.02 < one.level < one.upper + 0.02


def test_more_truths_than_half_of_the_runs__are_refused(supportnet: Supportnet) -> None:
    said = supportnet("calibrate", "--truths", "513")
    assert said.code == 2
    assert "at most 512" in said.err


def test_fewer_runs_than_numbers__are_refused_before_anything_is_run(tmp_path: Path, supportnet: Supportnet) -> None:
    (tmp_path / "mine.toml").write_text(STUDY.replace("n = 64", "n = 3"))
    said = supportnet("calibrate", "mine.toml", "--out", "out")
    assert said.code == 2
    assert "more runs in a round than fitted parameters (3)" in said.err
    assert not Path("out").exists()
    (tmp_path / "mine.toml").write_text(STUDY.replace("n = 64", "n = 6"))
    said = supportnet("calibrate", "mine.toml", "--truths", "3", "--out", "out")
    assert (said.code, "at most 2" in said.err) == (2, True)


def test_a_value_that_few_runs_show__is_named() -> None:
    targets = checked_targets(StudyDefinition.load("calibration"))[:2]
    even = np.zeros((9, 2))
    check_shown(even, targets, 8)
    even[1:, 1] = np.nan
    with pytest.raises(UserInputError, match="1 of 9 runs") as said:
        check_shown(even, targets, 8)
    assert str(said.value).startswith(targets[1].pattern.name)


def test_draws_that_are_not_to_be_relied_on__are_told() -> None:
    patterns = pd.DataFrame({"value": ["size", "qpr"], "emulator_r2": [0.9, 0.8]})
    numbers = pd.DataFrame({"r_hat": [1.0, 1.05], "ess": [500.0, 400.0]})
    assert calibration_cautions(patterns, numbers) == []
    (said,) = calibration_cautions(patterns.assign(emulator_r2=[0.9, np.nan]), numbers)
    assert said == "emulators predict qpr no better than its mean: use more runs"
    for worse in ({"r_hat": [1.0, 1.06]}, {"ess": [500.0, 399.0]}, {"r_hat": [1.0, np.nan]}):
        (said,) = calibration_cautions(patterns, numbers.assign(**worse))
        assert "chains have not converged" in said


def test_draws_that_show_no_known_world_or_hardly_count__are_told() -> None:
    targets = checked_targets(StudyDefinition.load("calibration"))
    middle = np.array([[(target.pattern.low + target.pattern.high) / 2 for target in targets]] * 40)
    found: Any = SimpleNamespace(seen=middle, targets=targets, tried=60, weights=np.full(40, 1 / 40))
    assert draws_cautions(found) == []
    found.weights = np.where(np.arange(40) < 4, 0.25, 0.0)
    (said,) = draws_cautions(found)
    assert "draws count as 4, fewer than 20" in said
    recovery = [target.name for target in targets].index("qpr_mean, psychosis")
    found.seen[:, recovery] = 55.0
    assert draws_cautions(found)[0].startswith("fewer than 20 of 60 draws show 75% of the values in range")


def test_the_study_that_ships_has_every_pattern_and_moves_every_number() -> None:
    study = StudyDefinition.load("calibration")
    assert {t.preset for t in targets_of(study)} == {"psychosis", "affective", "mixed"}
    assert len({t.pattern.number for t in targets_of(study)}) == 18
    units = group_units(study)
    assert units.shape == (1024, len(study.groups))
    values = numbers_at(study, units[:3])
    assert {"recover.reciprocity_weight", "help.well_base", "measure.alliance"} <= set(values.columns)
    base = values[[name for name in values if name.startswith("recover.base")]]
    assert np.allclose(np.diff(base, axis=0)[:, 1:], np.diff(base, axis=0)[:, 1:2], atol=0.02), "they shift together"


def test_a_value_in_range_is_within_the_edges_of_its_even_scale() -> None:
    for target in targets_of(StudyDefinition.load("calibration")):
        pattern = target.pattern
        ends = np.array([pattern.low, (pattern.low + pattern.high) / 2, pattern.high])
        even = target.even(ends)
        assert even[[0, 2]] == pytest.approx([-target.edge, target.edge])
        assert even[1] == pytest.approx(0.0, abs=0.5), "odds ratios have their middle elsewhere"


@pytest.mark.parametrize(
    ("change", "found"),
    [({"measure": "outcomes"}, "outcomes"), ({"constraints": ["bond.pull < 0.05"]}, "constraints")],
)
def test_a_study_that_cannot_be_calibrated(change: dict, found: str, tmp_path: Path) -> None:
    text = 'measure = "patterns"\n[factors."bond.pull"]\n'
    path = tmp_path / "mine.toml"
    path.write_text(
        "".join(f"{k} = {json.dumps(v)}\n" for k, v in change.items())
        + (text if "measure" not in change else text.split("\n", 1)[1])
    )
    with pytest.raises(UserInputError, match=found):
        checked_targets(StudyDefinition.load(path))


STUDY = """
scenarios = ["today"]
replicates = 1
measure = "patterns"
pool = 100
[design]
n = 64
[factors."bond.pull"]
[factors."help.well_base"]
[factors."bond.trust_gain"]
"""


@pytest.mark.slow
def test_a_calibration_with_the_model_itself(tmp_path: Path, supportnet: Supportnet) -> None:
    """Few numbers, a small pool: what comes of it is no calibration, but goes the whole way, twice."""
    (tmp_path / "mine.toml").write_text(STUDY.replace("n = 64", "n = 16"))
    asked = ["calibrate", str(tmp_path / "mine.toml"), "--draws", "20", "--out", str(tmp_path / "out"), "--json"]
    told = supportnet(*asked).json
    assert {row["value"] for row in told["patterns"]} >= {"size", "relapse_1"}
    assert len(told["numbers"]) == 3
    draws = read_draws(tmp_path / "out" / "posterior.parquet")
    assert draws.values.shape == (20, 3)
    assert pq.read_table(tmp_path / "out" / "draws" / "results.parquet").num_rows == 20
    effects = pd.read_parquet(tmp_path / "out" / "posterior-effects.parquet")
    assert effects["weight"].sum() == pytest.approx(1.0)
    assert effects["carers_groups.carer_strain.26"].between(-2.0, 0.0).all()
    assert "peer_groups.recovery.52" not in effects, "of another preset than those of the study"
    trials = pd.read_csv(tmp_path / "out" / "trials.csv")
    assert set(trials["study"]) == {one.study for one in shipped_evidence().of_presets(["psychosis"]).effects}
    weighed, plain = (
        pd.read_parquet(tmp_path / "out" / f"posterior{name}.parquet") for name in ("", "-natural-history")
    )
    assert weighed.drop(columns="weight").equals(plain.drop(columns="weight"))
    np.testing.assert_allclose(weighed["weight"], effects["weight"])
    assert plain["weight"].nunique() == 1
    again = supportnet(*asked).json
    assert again["patterns"] == told["patterns"]
    calibration = sn.calibrate(tmp_path / "mine.toml", tmp_path / "out", draws=20)
    assert as_json(calibration) == without_files(told)
    assert repr(calibration) == "<Calibration: mine; 3 numbers, 16 + 16 runs, 20 draws, seed 1>"
    assert "help.well_base" in calibration._repr_html_()
    assert (calibration.save(tmp_path / "b") / "posterior.parquet").read_bytes() == (
        tmp_path / "out" / "posterior.parquet"
    ).read_bytes()
