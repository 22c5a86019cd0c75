"""Intervals never leave what is possible, and are the same wherever they are shown."""

import json
from dataclasses import replace
from pathlib import Path

import matplotlib.pyplot as plt
import numpy as np
import pandas as pd
import pytest
from scipy import stats

from supportnet.analysis.commands.terminal_tables import differences_table, run_table
from supportnet.analysis.explorer.worlds import over_time
from supportnet.analysis.figures.compare import draw_forest, looks_of
from supportnet.analysis.figures.run import PANELS, draw_panel
from supportnet.analysis.wording.formatting import HEADLINES
from supportnet.experiments.comparison.attribution import shares_of
from supportnet.experiments.comparison.comparison import EnsembleComparison
from supportnet.experiments.ensemble.ensemble import HIGH, LOW, NAMES, Ensemble
from supportnet.experiments.ensemble.estimates import Estimate, difference_within, mean_of, within_limits
from supportnet.experiments.patterns.table import LIMITS, patterns
from supportnet.experiments.posterior.posterior import read_draws
from supportnet.sim.outcomes import AT_LEAST_0, SHARE
from supportnet.sim.scenario.scenario import Scenario
from tests.command_line import Supportnet
from tests.draws import few_draws
from tests.ensembles import compare, explain, run

UNTOUCHED = ("n", "mean", "mcse", "freedom", "scale")
FEW = np.array([[0.0, 0.31, 0.9], [0.02, 0.28, 1.0], [0.0, 0.40, 1.0], [0.05, 0.37, 1.0]])


def tiny(name: str = "today") -> Scenario:
    return Scenario.load(name).with_values({"population.patients": 20, "weeks": 6})


@pytest.fixture(scope="module")
def draws(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return few_draws(tmp_path_factory.mktemp("draws"))


@pytest.fixture(scope="module")
def few(draws: Path) -> Ensemble:
    """Four replicates by two draws, of which hardly anything is known."""
    return run(tiny(), 4, posterior=read_draws(draws))


@pytest.fixture(scope="module")
def comparison(draws: Path) -> EnsembleComparison:
    return compare(tiny(), tiny("open-dialogue"), replicates=4, posterior=read_draws(draws))


def width(estimate: Estimate) -> np.ndarray:
    return (estimate.upper - estimate.lower) / 2.0 / stats.norm.ppf(0.975)


def test_a_share_has_the_middle_of_the_beta_distribution_with_its_mean_and_spread() -> None:
    plain = mean_of(FEW)
    found, mean, variance = within_limits(plain, SHARE), plain.mean, width(plain) ** 2
    total = mean * (1.0 - mean) / variance - 1.0
    beta = stats.beta(mean * total, (1.0 - mean) * total)
    np.testing.assert_allclose([beta.mean(), beta.std()], [mean, width(plain)])
    np.testing.assert_allclose([found.lower, found.upper], beta.ppf([[0.025], [0.975]]))
    assert plain.lower[0] < 0.0 < found.lower[0]
    assert plain.upper[2] > 1.0 > found.upper[2]
    for name in UNTOUCHED:
        np.testing.assert_array_equal(getattr(found, name), getattr(plain, name))


def test_a_rate_has_the_middle_of_the_gamma_distribution_with_its_mean_and_spread() -> None:
    plain = mean_of(100.0 * FEW)
    found = within_limits(plain, AT_LEAST_0)
    gamma = stats.gamma((plain.mean / width(plain)) ** 2, scale=width(plain) ** 2 / plain.mean)
    np.testing.assert_allclose([found.lower, found.upper], gamma.ppf([[0.025], [0.975]]))


def test_ends_do_not_depend_on_unit_or_direction() -> None:
    shares = within_limits(mean_of(FEW), SHARE)
    scores = within_limits(mean_of(27.0 * FEW), (np.zeros(3), np.full(3, 27.0)))
    correlations = within_limits(mean_of(2.0 * FEW - 1.0), (-1.0, 1.0))
    others = within_limits(mean_of(1.0 - FEW), SHARE)
    for same in (scores.lower / 27.0, (correlations.lower + 1.0) / 2.0, 1.0 - others.upper):
        np.testing.assert_allclose(same, shares.lower)
    rates, far = within_limits(mean_of(FEW), AT_LEAST_0), within_limits(mean_of(FEW), (0.0, 1e9))
    np.testing.assert_allclose(far.lower, rates.lower, rtol=1e-6)


@pytest.mark.parametrize("spread", [1e-1, 1e-3, 1e-6, 1e-9, 1e-13])
def test_far_from_the_limits_it_is_students_interval(spread: float) -> None:
    plain = mean_of(0.3 + spread * np.array([[-0.02], [0.01], [0.03], [0.0]]))
    for limits in (SHARE, AT_LEAST_0):
        found = within_limits(plain, limits)
        np.testing.assert_allclose([found.lower, found.upper], [plain.lower, plain.upper], atol=0.05 * width(plain)[0])


def test_what_does_not_vary_or_is_not_known_stays() -> None:
    same = within_limits(mean_of(np.array([[0.0, 1.0, 0.4]] * 3)), SHARE)
    np.testing.assert_allclose([same.lower, same.upper], [[0.0, 1.0, 0.4]] * 2)
    unknown = within_limits(mean_of(FEW[:1]), SHARE)
    assert np.isnan([unknown.lower, unknown.upper]).all()
    hardly = within_limits(mean_of(np.array([[0.0], [1.0]])), SHARE)
    assert (hardly.lower[0], hardly.upper[0]) == (0.0, 1.0)
    plain = mean_of(-FEW)
    free = within_limits(plain, (-np.inf, 1.0))
    np.testing.assert_array_equal(free.lower, plain.lower)


def test_a_difference_is_cut_off_where_none_can_be() -> None:
    plain = mean_of(np.array([[0.9, 0.2], [-0.8, 0.3]]))
    found = difference_within(plain, SHARE)
    assert (found.lower[0], found.upper[0]) == (-1.0, 1.0)
    assert (found.lower[1], found.upper[1]) == (plain.lower[1], plain.upper[1])
    free = difference_within(plain, AT_LEAST_0)
    np.testing.assert_array_equal([free.lower, free.upper], [plain.lower, plain.upper])


def test_every_outcome_stays_within_its_limits(few: Ensemble) -> None:
    values = few.last
    assert not ((values < LOW) | (values > HIGH)).any(), "the limits are limits"
    plain, found = mean_of(few.last, few.draws), few.summary()
    assert ((plain.lower < LOW) | (plain.upper > HIGH)).sum() > 5, "Student's interval leaves them"
    known = found.dropna(subset=["lower"])
    limits = pd.DataFrame({"low": LOW, "high": HIGH}, index=NAMES).loc[known.index]
    assert ((known["lower"] >= limits["low"]) & (known["upper"] <= limits["high"])).all()
    assert ((known["lower"] <= known["mean"]) & (known["mean"] <= known["upper"])).all()
    for column in ("mean", "mcse"):
        np.testing.assert_array_equal(found[column], getattr(plain, column))


def test_differences_stay_within_what_lies_between_the_limits(comparison: EnsembleComparison) -> None:
    """Worlds that are opposite extremes, the other way round by the other draw."""
    reach = np.where(np.isfinite(HIGH), HIGH - LOW, np.inf)
    values = np.where(np.isfinite(reach), reach, 100.0) * np.array([0.0, 0.0, 1.0, 1.0])[:, None, None]
    shape = np.broadcast_shapes(values.shape, comparison.worlds[0].values.shape)
    one, other = comparison.worlds
    first, second = (np.broadcast_to(part, shape) for part in (values, values[::-1]))
    worlds = replace(one, values=first), replace(other, values=second)
    found = replace(comparison, worlds=worlds).differences
    for end, sign in (("lower", -1.0), ("upper", 1.0), ("lower_adjusted", -1.0), ("upper_adjusted", 1.0)):
        limited = np.isfinite(reach)
        np.testing.assert_array_equal(found[end][limited], sign * reach[limited])
        assert (sign * found[end][~limited] > 100.0).all()


def test_what_carries_a_difference_stays_within_them_too() -> None:
    extreme = np.arange(16)[:, None] % 2 * np.array([1.0, -1.0, 1.0])  # the last player alone decides, either way
    found = shares_of(extreme, ["a", "b", "c", "d"], "player", limits=SHARE)
    assert list(found["upper"]) == pytest.approx([2.0 if player == "a" else 0.0 for player in "abcd"] + [0.0, 1.0])
    free = shares_of(extreme, ["a", "b", "c", "d"], "player")
    assert free["upper"].max() > 2.0
    explained = explain(tiny(), tiny("open-dialogue"), over="relationships", replicates=2, posterior=None)
    compared = compare(tiny(), tiny("open-dialogue"), replicates=2).differences.set_index("outcome")
    whole = explained.shares("qpr").loc["difference"]
    for end in ("lower", "upper"):
        assert whole[end] == pytest.approx(compared.loc["qpr", end])


def test_every_pattern_has_limits() -> None:
    assert {pattern.unit for pattern in patterns().values()} == set(LIMITS)
    for pattern in patterns().values():
        ends = np.nan_to_num([pattern.low, pattern.high])
        assert (np.clip(ends, *pattern.limits) == ends).all(), pattern.name


def test_table_json_and_figure_of_a_run_show_the_same(
    few: Ensemble, draws: Path, supportnet: Supportnet, tmp_path: Path
) -> None:
    sizes = "--patients", "20", "--weeks", "6", "--replicates", "4", "--posterior", str(draws)
    told = json.loads(supportnet("run", "today", *sizes, "--json", "--out", str(tmp_path)).out)["outcomes"]
    summary = few.summary()
    for name, row in told.items():
        expected = summary.loc[name, ["mean", "lower", "upper"]].astype(float)
        assert [row[key] is None for key in expected.index] == list(expected.isna()), name
        assert [row[key] for key in expected.index if row[key] is not None] == pytest.approx(list(expected.dropna()))
    table = run_table(few, NAMES)
    names = (str(name).partition(" (in ")[0] for name in table.columns[0]._cells)
    shown = dict(zip(names, table.columns[3]._cells, strict=True))
    for name, row in told.items():
        ends_are(str(shown[name]), row["lower"], row["upper"])
    panel = next(panel for panel in PANELS if "engagement" in panel.lines)
    _, axes = plt.subplots()
    draw_panel(axes, panel, few)
    for band, name in zip(axes.collections, panel.lines, strict=True):
        at_end = band.get_paths()[0].vertices
        heights = at_end[at_end[:, 0] == 6][:, 1]
        ends = [told[name]["lower"], told[name]["upper"]]  # none where all replicates are equal
        assert ([heights.min(), heights.max()] if len(heights) else [None, None]) == pytest.approx(ends)


def test_table_file_figure_and_classroom_show_the_same_difference(comparison: EnsembleComparison) -> None:
    found = comparison.differences.set_index("outcome")
    table = differences_table(comparison, "open-dialogue", "")
    shown = dict(zip(table.columns[0]._cells, table.columns[3]._cells, strict=True))
    today = comparison.worlds[0].summary()
    for name in HEADLINES:
        row = found.loc[name]
        ends_are(str(shown[name]), row["lower"], row["upper"])
        page = over_time(comparison, name, [1, 6])
        for part, expected in (("difference", row), ("today", today.loc[name])):
            ends = [np.nan if (last := page[part][end][-1]) is None else last for end in ("lower", "upper")]
            both = [expected["lower"], expected["upper"]]
            assert ends == pytest.approx(both, rel=1e-5, abs=1e-6, nan_ok=True), name
    _, axes = plt.subplots()
    draw_forest(axes, comparison, looks_of(comparison), "cost", named=True)
    assert list(axes.lines[1].get_xdata()) == list(found.loc["cost", ["lower", "upper"]])


def ends_are(shown: str, lower: float, upper: float) -> None:
    """An interval as it is written is this one, rounded."""
    if "to" not in shown:
        assert lower is None or np.isnan(lower)
        return
    for written, end in zip(shown.replace(",", "").split(" to "), (lower, upper), strict=True):
        decimals = len(written.partition(".")[2])
        assert float(written) == pytest.approx(end, abs=0.5001 * 10**-decimals)
