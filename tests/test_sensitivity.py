"""Sensitivity indices on functions whose indices are known, with and without the noise of replicates."""

from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from supportnet.analysis.sensitivity.indices import METHODS, AnalysisInput, indices, least_points, morris_noise
from supportnet.analysis.sensitivity.noise import noise_share, without_noise
from tests.known_functions import FUNCTIONS, asked, ishigami, ishigami_slopes, normal_sum, normal_sum_shifts

Known = tuple[AnalysisInput, np.ndarray, dict[str, np.ndarray]]


def by_factor(table: pd.DataFrame, index: str, column: str = "value") -> np.ndarray:
    return table[(table["index"] == index) & (table["other"] == "")][column].to_numpy()


@pytest.mark.parametrize("name", FUNCTIONS)
@pytest.mark.parametrize(
    ("method", "kind", "n", "within"),
    [("sobol", "sobol", 2048, 0.02), ("fast", "fast", 2001, 0.03), ("rbd-fast", "latin", 4000, 0.03)],
)
def test_shares_of_variance__are_the_known_ones(
    tmp_path: Path, name: str, method: str, kind: str, n: int, within: float
) -> None:
    function, known, factors = FUNCTIONS[name]
    what = asked(tmp_path, kind, n, factors)
    table = indices(METHODS[method], what, function(what.places)[:, None])
    for index in ("S1", "ST"):
        if index in set(table["index"]):
            np.testing.assert_allclose(by_factor(table, index), known()[index], atol=within)


def test_pairs__have_what_neither_has_alone(tmp_path: Path) -> None:
    """Of Ishigami's pairs only the first and the third act together: .244 of the variance."""
    what = asked(tmp_path, "sobol", 4096, 3, "second_order = true\n")
    table = indices(METHODS["sobol"], what, ishigami(what.places)[:, None])
    pairs = table[table["index"] == "S2"].set_index(["factor", "other"])["value"]
    assert len(pairs) == 3
    np.testing.assert_allclose(pairs.to_numpy(), [0.0, 0.244, 0.0], atol=0.03)


def test_elementary_effects__of_a_plane_are_its_slopes(tmp_path: Path) -> None:
    what = asked(tmp_path, "morris", 10, 3)
    table = indices(METHODS["morris"], what, (what.places @ [3.0, -2.0, 0.0])[:, None])
    np.testing.assert_allclose(by_factor(table, "mu_star"), [3.0, 2.0, 0.0], atol=1e-12)
    np.testing.assert_allclose(by_factor(table, "mu"), [3.0, -2.0, 0.0], atol=1e-12)
    np.testing.assert_allclose(by_factor(table, "sigma"), 0.0, atol=1e-12)


@pytest.mark.parametrize("name", FUNCTIONS)
def test_elementary_effects__are_those_of_the_whole_grid(tmp_path: Path, name: str) -> None:
    """μ*, μ and σ over every step of 2/3 on the grid of four levels; 400 trajectories come within 5 standard errors."""
    function, _, factors = FUNCTIONS[name]
    what = asked(tmp_path, "morris", 400, factors)
    table = indices(METHODS["morris"], what, function(what.places)[:, None])
    axes = np.meshgrid(*[[0.0, 1 / 3, 2 / 3, 1.0]] * factors, indexing="ij")
    grid = np.stack([axis.ravel() for axis in axes], axis=1)
    for i in range(factors):
        low = grid[grid[:, i] < 0.5]
        high = low.copy()
        high[:, i] += 2 / 3
        effects = (function(high) - function(low)) / (2 / 3)
        error = 5 * effects.std() / np.sqrt(400) + 1e-9
        assert by_factor(table, "mu")[i] == pytest.approx(effects.mean(), abs=error)
        assert by_factor(table, "mu_star")[i] == pytest.approx(np.abs(effects).mean(), abs=error)
        assert by_factor(table, "sigma")[i] == pytest.approx(effects.std(), rel=0.2, abs=1e-9)


def test_groups__are_told_by_their_names(tmp_path: Path) -> None:
    from tests.studies import study

    body = '[design]\nkind = "sobol"\nn = 512\n[factors."bond.pull"]\ngroup = "slow"\n[factors."bond.skill_gain"]\n'
    read = study(tmp_path, body + 'group = "slow"\n[factors."bond.trust_gain"]\n')
    from supportnet.experiments.study.design import unit_points

    what = AnalysisInput(read, unit_points(read), 100, 1)
    table = indices(METHODS["sobol"], what, (what.places @ [1.0, 1.0, 2.0])[:, None])
    found = table[table["index"] == "ST"].set_index("factor")["value"]
    assert list(found.index) == ["slow", "bond.trust_gain"]
    np.testing.assert_allclose(found.to_numpy(), [1 / 3, 2 / 3], atol=0.02)


def test_shifts_of_the_distribution__are_the_known_ones(tmp_path: Path) -> None:
    """From 4,096 points. A factor without effect never shows 0: densities of a finite sample differ by luck."""
    what = asked(tmp_path, "latin", 4096, 3, resamples=2)
    shift, distance = normal_sum_shifts(10)
    outcome = normal_sum(what.places)[:, None]
    delta = by_factor(indices(METHODS["delta"], what, outcome), "delta")
    np.testing.assert_allclose(delta[:2], shift[:2], atol=0.04)
    assert 0.0 < delta[2] < 0.07
    table = indices(METHODS["pawn"], what, outcome)
    for index, over in (("minimum", np.min), ("median", np.median), ("maximum", np.max)):
        np.testing.assert_allclose(by_factor(table, index), over(distance, axis=1), atol=0.06)


def test_mean_squared_slopes__are_the_known_ones(tmp_path: Path) -> None:
    what = asked(tmp_path, "dgsm", 1024, 3)
    table = indices(METHODS["dgsm"], what, ishigami(what.places)[:, None])
    np.testing.assert_allclose(by_factor(table, "dgsm"), ishigami_slopes(), rtol=0.05)


@pytest.mark.parametrize("method", METHODS)
def test_an_outcome_that_does_not_vary__has_no_shares_and_no_effects(tmp_path: Path, method: str) -> None:
    what = asked(tmp_path, METHODS[method].designs[0], 129, 3)
    table = indices(METHODS[method], what, np.full((len(what.places), 2), 0.7))
    assert table["value"].isna().all() if METHODS[method].variance else (table["value"] == 0.0).all()
    assert table[["lower", "upper", "corrected"]].isna().all(axis=None)
    assert np.isnan(noise_share(np.full((8, 2), 0.7)))


@pytest.mark.parametrize("method", METHODS)
def test_a_number_that_is_none__never_reads_as_0(tmp_path: Path, method: str) -> None:
    """SALib's Sobol' indices of outcomes with one NaN are 0 throughout."""
    what = asked(tmp_path, METHODS[method].designs[0], 129, 3)
    outcomes = ishigami(what.places)[:, None]
    outcomes[5] = np.nan
    with pytest.raises(ValueError, match="not finite"):
        indices(METHODS[method], what, outcomes)


@pytest.mark.parametrize("method", [name for name in METHODS if name != "morris"])
def test_shares_and_distances__do_not_depend_on_the_unit(tmp_path: Path, method: str) -> None:
    """Nor do their intervals (SALib's width for DGSM is in squares of the unit)."""
    what = asked(tmp_path, METHODS[method].designs[0], 129, 3, resamples=5)
    outcomes = ishigami(what.places)[:, None]
    columns = ["value", "lower", "upper"]
    one, other = (indices(METHODS[method], what, scale * outcomes)[columns] for scale in (1.0, 1000.0))
    pd.testing.assert_frame_equal(one, other, rtol=1e-6)


@pytest.mark.parametrize("method", ["rbd-fast", "delta", "pawn"])
def test_equal_values_of_a_factor__are_in_no_order(tmp_path: Path, method: str) -> None:
    """On a grid every value of the first factor has all values of the second, in their order."""
    what = asked(tmp_path, "factorial", 1, 2, "levels = 16\n", resamples=5)
    first, second = by_factor(indices(METHODS[method], what, what.places[:, 1:]), METHODS[method].main)
    assert first < 0.3 * second


def test_a_factor_that_does_not_vary__has_no_index(tmp_path: Path) -> None:
    what = asked(tmp_path, "latin", 64, 2)
    what.places[:, 0] = 0.5
    assert np.isnan(by_factor(indices(METHODS["pawn"], what, what.places[:, 1:]), "median")).tolist() == [True, False]


def test_curves_of_fast__whose_other_factors_share_a_frequency_are_not_enough(tmp_path: Path) -> None:
    """What two factors do against each other is lost where they move together."""
    weights = np.array([0.5, 0.0, 0.0, 1.0, -1.0])
    off = {}
    for n in (65, 257):
        what = asked(tmp_path, "fast", n, 5)
        found = by_factor(indices(METHODS["fast"], what, (what.places @ weights)[:, None]), "S1")
        off[n] = np.nanmax(np.abs(found - weights**2 / (weights @ weights)))
        assert (len(what.places) < least_points(METHODS["fast"], what.study)) == (n == 65)
    assert off[65] > 0.3
    assert off[257] < 0.02


def test_a_replicate_that_does_not_vary__has_no_part_in_the_corrected_numerator(tmp_path: Path) -> None:
    what = asked(tmp_path, "latin", 200, 3)
    outcomes = np.stack([ishigami(what.places), np.ones(200), ishigami(what.places)], axis=1)
    assert indices(METHODS["rbd-fast"], what, outcomes)["corrected"].notna().all()


def noisy(what: AnalysisInput, share: float, replicates: int, luck: np.random.Generator) -> np.ndarray:
    """Ishigami's function, (points, replicates), with so much noise that it is this share of the variance of means."""
    exact = ishigami(what.places)
    sd = np.sqrt(exact.var() * share / (1.0 - share) * replicates)
    return exact[:, None] + sd * luck.normal(size=(len(exact), replicates))


def test_noise__is_told_from_effect(tmp_path: Path) -> None:
    what = asked(tmp_path, "sobol", 1024, 3)
    outcomes = noisy(what, 0.2, 4, np.random.default_rng(1))
    assert noise_share(outcomes) == pytest.approx(0.2, abs=0.02)
    table = indices(METHODS["sobol"], what, outcomes)
    known = FUNCTIONS["Ishigami"][1]()
    np.testing.assert_allclose(by_factor(table, "ST"), 0.8 * known["ST"] + 0.2, atol=0.06)
    np.testing.assert_allclose(by_factor(table, "ST", "corrected"), known["ST"], atol=0.06)
    np.testing.assert_allclose(by_factor(table, "S1", "corrected"), known["S1"], atol=0.06)


def test_luck_that_all_points_share__is_no_noise(tmp_path: Path) -> None:
    """With the same luck everywhere, what it adds to every point cancels out of every index."""
    what = asked(tmp_path, "sobol", 256, 3)
    exact = ishigami(what.places)
    shared = exact[:, None] + np.array([0.0, 5.0, -3.0])
    assert noise_share(shared) == pytest.approx(0.0, abs=1e-9)
    table = indices(METHODS["sobol"], what, shared)
    np.testing.assert_allclose(table["value"], indices(METHODS["sobol"], what, exact[:, None])["value"], atol=1e-9)
    np.testing.assert_allclose(table["corrected"], table["value"], atol=1e-9)


def test_a_single_replicate__tells_nothing_about_noise(tmp_path: Path) -> None:
    what = asked(tmp_path, "sobol", 64, 3)
    outcomes = ishigami(what.places)[:, None]
    assert np.isnan(noise_share(outcomes))
    assert indices(METHODS["sobol"], what, outcomes)["corrected"].isna().all()


def test_morris__says_what_noise_alone_would_show(tmp_path: Path) -> None:
    """Noise of SD s in the means: an elementary effect over 2/3 of the range has SD s √2 · 3/2, and μ* √(2/π) of it."""
    what = asked(tmp_path, "morris", 400, 3)
    luck = np.random.default_rng(2)
    outcomes = (what.places @ [3.0, -2.0, 0.0])[:, None] + 0.8 * luck.normal(size=(len(what.places), 4))
    expected = 0.4 * np.sqrt(2) * 1.5 * np.sqrt(2 / np.pi)
    assert morris_noise(what, outcomes) == pytest.approx(expected, rel=0.1)
    table = indices(METHODS["morris"], what, outcomes)
    assert by_factor(table, "mu_star")[2] == pytest.approx(expected, rel=0.1)
    assert by_factor(table, "sigma")[0] == pytest.approx(0.4 * np.sqrt(2) * 1.5, rel=0.1)
    assert by_factor(table, "sigma", "corrected")[0] < 0.3 * by_factor(table, "sigma")[0]


def test_without_noise__a_variance_is_unbiased() -> None:
    """Mean over 2,000 samples of 20 points: within 4 standard errors of the true variance of effects."""
    luck = np.random.default_rng(3)
    effects = luck.normal(size=20)
    true = effects.var()
    found = [float(without_noise(np.var, effects[:, None] + luck.normal(size=(20, 3)))) for _ in range(2000)]
    assert abs(np.mean(found) - true) < 4 * np.std(found) / np.sqrt(2000)
    assert np.var(effects + luck.normal(size=20) / np.sqrt(3)) > 0


def test_global_luck_of_numpy__is_left_as_it_was(tmp_path: Path) -> None:
    what = asked(tmp_path, "latin", 200, 3, resamples=5)
    np.random.seed(5)
    before = np.random.get_state()[1].tolist()  # type: ignore[index, union-attr]
    for method in ("delta", "pawn", "rbd-fast"):
        indices(METHODS[method], what, ishigami(what.places)[:, None])
    assert np.random.get_state()[1].tolist() == before  # type: ignore[index, union-attr]


def test_the_same_seed__gives_the_same_intervals(tmp_path: Path) -> None:
    for method in METHODS:
        what = asked(tmp_path, METHODS[method].designs[0], 129, 3, resamples=20)
        outcomes = ishigami(what.places)[:, None]
        pd.testing.assert_frame_equal(
            indices(METHODS[method], what, outcomes), indices(METHODS[method], what, outcomes)
        )
