"""Uncertain numbers: what intervals hold when replicates live by draws, and that every scenario meets the same ones."""

import json
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from scipy import integrate, stats

from supportnet.analysis.figures.explain import attribution_foot
from supportnet.analysis.outputs.attribution import write_explained
from supportnet.analysis.wording.caveats import compare_cautions, few_replicates, run_cautions
from supportnet.experiments.comparison.compare import compare_ensembles
from supportnet.experiments.comparison.plan import ComparisonPlan
from supportnet.experiments.economics.value_of_studies import policy_answers
from supportnet.experiments.ensemble.estimates import (
    NOISE_ONLY,
    PARAMETERS_TOO,
    contains,
    mean_of,
    probability_above,
    quantile,
    share_of_expectations,
    simultaneous,
)
from supportnet.experiments.ensemble.sampling import Sampling
from supportnet.experiments.posterior.posterior import Posterior, read_draws, write_draws
from supportnet.experiments.posterior.propagation import LIVES, by_draw, draws_for, draws_of, first_draw, posterior_rows
from supportnet.experiments.runs.batch import scenario_of_run
from supportnet.experiments.runs.engines import engine_of
from supportnet.experiments.runs.plan import plan_of
from supportnet.experiments.runs.sweep import sweep_study
from supportnet.experiments.study.study import StudyDefinition
from supportnet.sim.errors import UserInputError
from supportnet.sim.scenario.scenario import Scenario
from tests.command_line import Supportnet
from tests.ensembles import compare, explain, run

pytestmark = pytest.mark.usefixtures("figures_not_drawn")
SMALL = {"population.patients": 30, "weeks": 8}
VALUES = pd.DataFrame({"help.well_base": [0.2, 0.8, 1.6], "recover.weight": [1.0, 1.4, 1.8]})
KNOWS = PARAMETERS_TOO.format("natural history")
FEW = ("--patients", "30", "--weeks", "8", "--replicates", "4", "--workers", "2", "--json")


@pytest.fixture(scope="module")
def posterior(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("draws") / "posterior.parquet"
    write_draws(path, VALUES, {"presets": ["psychosis"]})
    return path


@pytest.fixture(scope="module")
def draws(posterior: Path) -> Posterior:
    return read_draws(posterior)


def today(**values: object) -> Scenario:
    return Scenario.load("today").with_values({**SMALL, **values})


def lives(luck: np.random.Generator, n_draws: int, known: float, chance: float) -> tuple[np.ndarray, np.ndarray]:
    """Two replicates of each draw: effects that spread by `known` between draws and by `chance` within."""
    draws = np.repeat(np.arange(n_draws), 2)
    effects = 1.0 + known * luck.standard_normal(n_draws)
    return effects[draws][:, None] + chance * luck.standard_normal((2 * n_draws, 1)), draws


@pytest.mark.parametrize(("known", "chance"), [(1.0, 0.5), (0.2, 1.0)])
def test_an_interval_over_draws_holds_the_effect_under_another_draw(known: float, chance: float) -> None:
    luck, held, error = np.random.default_rng(1), 0, 0
    for _ in range(2000):
        found = mean_of(*lives(luck, 10, known, chance))
        held += found.lower[0] < 1.0 + known * luck.standard_normal() < found.upper[0]
        error += abs(found.mean[0] - 1.0) < 2.262 * found.mcse[0]
    assert 0.90 < held / 2000 < 0.99, "least where luck is all there is to see"
    assert error / 2000 == pytest.approx(0.95, abs=0.015), "its mean, with draws as clusters"


def test_intervals_of_all_rows_together_would_be_far_too_narrow() -> None:
    luck, held = np.random.default_rng(2), 0
    for _ in range(1000):
        values, _ = lives(luck, 30, 1.0, 0.1)
        found = mean_of(values)
        held += found.lower[0] < 1.0 < found.upper[0]
    assert held / 1000 < 0.9


def test_draws_lived_once_have_all_their_spread_in_the_interval() -> None:
    values = np.random.default_rng(3).normal(size=(12, 1))
    found = mean_of(values, np.arange(12))
    np.testing.assert_allclose(found.points, values)
    assert found.scale[0] == pytest.approx(values.std(ddof=1) * np.sqrt(3 / 12))
    assert found.mcse[0] == pytest.approx(values.std(ddof=1) / np.sqrt(12))


def test_many_draws__have_the_interval_of_their_quantiles_and_the_share_that_is_above() -> None:
    """Skewed, and nearly all above 0: an interval symmetric about the mean would reach far below."""
    effects = np.random.default_rng(4).exponential(size=(400, 1)) + 0.02
    found = mean_of(effects.repeat(2, axis=0), np.arange(400).repeat(2))
    low, high = np.quantile(effects, (0.025, 0.975))
    assert found.lower[0] == pytest.approx(low, abs=0.1)
    assert found.upper[0] == pytest.approx(high, abs=0.2)
    assert found.mean[0] - found.lower[0] < 0.6 * (found.upper[0] - found.mean[0])
    for threshold in (0.5, 1.0, 2.0):
        assert probability_above(found, threshold)[0] == pytest.approx((effects > threshold).mean(), abs=0.02)


def test_luck_within_draws__is_taken_off_the_spread_between_them() -> None:
    luck = np.random.default_rng(5)
    draws, effects = np.arange(200).repeat(2), luck.normal(1.0, 0.1, 200).repeat(2)[:, None]
    found = mean_of(effects + luck.normal(0.0, 0.1, (400, 1)), draws)
    assert np.std(found.points) == pytest.approx(0.1, rel=0.15), "between them it is .12"
    alone = mean_of(luck.normal(1.0, 0.1, (400, 1)), draws)
    assert np.std(alone.points) < 0.05, "and of luck alone nothing is left, but for what cannot be excluded"


def test_ends_are_where_so_much_of_the_distribution_lies() -> None:
    values, draws = lives(np.random.default_rng(6), 15, 1.0, 0.5)
    found = mean_of(values, draws)
    for p in (0.001, 0.025, 0.5, 0.9):
        assert probability_above(found, quantile(found, p))[0] == pytest.approx(1.0 - p, abs=1e-9)
    assert (quantile(found, 0.025), quantile(found, 0.975)) == (found.lower, found.upper)


def test_share_of_variance_that_is_not_luck__is_the_posterior_mean_by_quadrature() -> None:
    """By numerical integration over the SD of expectations, uniform beforehand, in units of that of luck."""
    between, within = 9.0, 10.0
    for ratio in (0.3, 1.0, 2.5, 12.0):

        def density(sd: float, ratio: float = ratio) -> float:
            return float(stats.f.pdf(ratio / (1.0 + sd**2), between, within) / (1.0 + sd**2))

        whole, part = (integrate.quad(lambda sd, k=k: density(sd) * (sd**2 / (1.0 + sd**2)) ** k, 0.0, np.inf)[0]
                       for k in (0, 1))  # fmt: skip
        found = share_of_expectations(np.array([ratio]), np.array([between]), np.array([within]))
        assert found[0] == pytest.approx(part / whole, rel=1e-6)


def test_replicates_without_the_outcome_are_left_out() -> None:
    values = np.array([[1.0], [np.nan], [3.0], [3.0], [np.nan], [np.nan]])
    found = mean_of(values, np.repeat([0, 1, 2], 2))
    assert found.mean[0] == 2.0
    assert found.n[0] == 3
    assert np.isfinite(found.upper[0])


def test_nine_scenarios_side_by_side_are_seldom_all_cleared_by_chance() -> None:
    luck, alone, together = np.random.default_rng(4), 0, 0
    for _ in range(2000):
        found = mean_of(luck.standard_normal((20, 9)))
        adjusted = simultaneous(found, 9)
        alone += bool(((found.lower > 0) | (found.upper < 0)).any())
        together += bool(((adjusted.lower > 0) | (adjusted.upper < 0)).any())
    assert alone / 2000 > 0.25
    assert together / 2000 == pytest.approx(0.05, abs=0.015)


def test_each_seed_begins_at_another_draw__and_whoever_reads_them_back_finds_the_same() -> None:
    names = list(VALUES)
    values = pd.DataFrame(np.random.default_rng(8).uniform(1.0, 1.5, (11, 2)), columns=names)
    posterior = Posterior(values, np.full(11, 1 / 11), {"presets": ["psychosis"]})
    begin = [first_draw(seed, posterior) for seed in range(1, 6)]
    assert begin[0] == 0
    assert len(set(begin)) == 5, "the first five seeds begin apart"
    for seed in (1, 2, 5):
        sampling = Sampling(range(6), seed, posterior)
        lived = [sampling.world(today(), replicate)[0] for replicate in sampling.replicates]
        used = [[float(one.parameters[name]) for name in names] for one in lived]
        rows = posterior_rows(draws_of(sampling.replicates), seed, posterior)
        assert used == values.iloc[rows].to_numpy().tolist()
        plans = ComparisonPlan.of(["today", "befriending"], 6, seed, posterior=posterior, values=SMALL)
        answers = policy_answers(compare_ensembles(plans), ["qpr"])
        assert answers.parameters.to_numpy().tolist() == values.iloc[rows[::LIVES]].to_numpy().tolist()


def test_a_draw_that_comes_again_is_no_new_one(supportnet: Supportnet, posterior: Path, draws: Posterior) -> None:
    most = LIVES * len(VALUES)
    assert run(today(), [most - 1], posterior=draws).replicates == (most - 1,)
    with pytest.raises(UserInputError, match=f"at most {most}"):
        run(today(), most + 1, posterior=draws)
    for words in (("run", "today"), ("compare", "today", "befriending"), ("explain", "today", "befriending"),
                  ("trial", "befriending")):  # fmt: skip
        said = supportnet(*words, "--posterior", str(posterior), "--replicates", str(most + 1))
        assert said.code == 2, words
        assert "--replicates must be at most" in said.err


def test_two_replicates_share_a_draw(draws: Posterior) -> None:
    assert by_draw([0, 1, 2, 3, 5], draws) == [[0, 1], [2, 3], [5]]
    assert list(draws_of([0, 1, 2, 5])) == [0, 0, 1, 2]


def test_a_replicate_lives_by_its_draw_whatever_the_others_and_the_workers(draws: Posterior) -> None:
    whole = run(today(), 4, workers=2, posterior=draws)
    part = run(today(), [2, 3], workers=1, posterior=draws)
    assert np.array_equal(whole.values[2:], part.values, equal_nan=True)
    as_set = run(today(), 4)
    assert not np.array_equal(whole.last, as_set.last, equal_nan=True)
    assert contains(whole.posterior) == KNOWS
    assert contains(as_set.posterior) == NOISE_ONLY
    assert whole.plan.request["posterior"] == draws.identity
    assert "posterior" not in as_set.plan.request


def test_a_scenario_and_its_copy_differ_by_nothing_under_every_draw(draws: Posterior) -> None:
    found = compare(today(), today(title="a copy"), replicates=4, posterior=draws)
    assert (found.differences["difference"].fillna(0.0) == 0.0).all()
    assert found.same_people


def test_what_a_scenario_sets_itself_no_draw_changes(draws: Posterior) -> None:
    fixed = {"help.well_base": 0.8, "recover.weight": 1.4}
    one, other = (run(today(**fixed), replicates, posterior=draws) for replicates in ([0], [2]))
    pair = compare(today(**fixed), today(**fixed), replicates=[0, 2], posterior=draws)
    assert np.array_equal(pair.worlds[0].values[0], one.values[0], equal_nan=True)
    assert np.array_equal(pair.worlds[0].values[1], other.values[0], equal_nan=True)


def test_shares_add_up_under_draws(draws: Posterior) -> None:
    calm = today(**{"services.caseload": 10})
    found = explain(today(), calm, over="relationships", replicates=4, posterior=draws)
    shares = found.shares("recovery")["value"]
    assert shares.drop("difference").sum() == pytest.approx(shares["difference"])
    whole = compare(today(), calm, replicates=4, posterior=draws).differences.set_index("outcome")["difference"]
    assert shares["difference"] == pytest.approx(whole["recovery"])


def test_few_draws_are_told_as_few__whatever_the_replicates(draws: Posterior) -> None:
    assert few_replicates(6) == []
    assert "6 replicates use 3 posterior draws, which is few" in few_replicates(6, draws_of(range(6)))[0]
    assert "1 posterior draw: uncertainty cannot be estimated" in few_replicates(2, draws_of(range(2)))[0]
    assert "single replicate" in few_replicates(1, draws_of([0]))[0]
    assert few_replicates(10, draws_of(range(10))) == []
    assert any("2 posterior draws" in said for said in run_cautions(run(today(), 4, posterior=draws)))
    found = compare(today(), today(title="a copy"), replicates=4, posterior=draws)
    assert any("2 posterior draws" in said for said in compare_cautions(found))


def test_provenance_and_figure_say_what_an_interval_holds(draws: Posterior, tmp_path: Path) -> None:
    shares = explain(today(), today(title="a copy"), over="relationships", replicates=2, posterior=draws)
    as_set = explain(today(), today(title="a copy"), over="relationships", replicates=2)
    for one, says in ((shares, KNOWS), (as_set, NOISE_ONLY)):
        assert f"Lines: {says}." in attribution_foot(one, "recovery")
        write_explained(one, "recovery", False, tmp_path)
        assert json.loads((tmp_path / "provenance.json").read_text())["interval"] == says


def test_the_command_line_says_what_an_interval_holds(supportnet: Supportnet, posterior: Path, tmp_path: Path) -> None:
    words = ("run", "today", *FEW, "--posterior", str(posterior), "--out", str(tmp_path / "a"))
    told = supportnet(*words).json
    assert told["interval"] == KNOWS
    assert json.loads((tmp_path / "a" / "provenance.json").read_text())["interval"] == KNOWS
    again = (
        "run",
        "--from",
        str(tmp_path / "a"),
        "--posterior",
        str(posterior),
        "--out",
        str(tmp_path / "b"),
        "--json",
    )
    assert supportnet(*again).json["outcomes"] == told["outcomes"]
    plain = supportnet("run", "today", *FEW, "--uncertainty", "none", "--out", str(tmp_path / "c")).json
    assert plain["interval"] == NOISE_ONLY
    assert plain["run_identity"] != told["run_identity"]
    refused = supportnet("run", "--from", str(tmp_path / "a"), "--out", str(tmp_path / "e"))
    assert refused.code == 2
    assert "posterior" in refused.err


@pytest.mark.parametrize(
    ("words", "says"),
    [
        (("--uncertainty", "everything"), "--uncertainty must be one of"),
        (("--uncertainty", "none", "--posterior", "p.parquet"), "is not used with --uncertainty none"),
        (("--posterior", "nowhere.parquet"), "there is no posterior here"),
    ],
)
def test_uncertainty_that_cannot_be(supportnet: Supportnet, words: tuple[str, ...], says: str) -> None:
    said = supportnet("run", "today", *words)
    assert said.code == 2
    assert says in said.err


def test_draws_that_know_nothing_of_a_preset_are_taken_only_by_mistake(posterior: Path) -> None:
    affective = Scenario.load("today-affective")
    with pytest.raises(UserInputError, match="was not fitted to every preset"):
        draws_for("parameters", [affective], str(posterior))


@pytest.fixture
def shipped(draws: Posterior, monkeypatch: pytest.MonkeyPatch) -> Posterior:
    """As if these draws shipped."""
    monkeypatch.setattr("supportnet.experiments.posterior.propagation.read_draws", lambda path=None: draws)
    monkeypatch.setattr(
        "supportnet.experiments.posterior.propagation.shipped_draws_path", lambda: Path("posterior.parquet")
    )
    return draws


def test_draws_that_ship_are_taken_where_they_know_the_preset(shipped: Posterior) -> None:
    assert draws_for(None, [today()]) is shipped
    assert draws_for(None, [Scenario.load("today-affective")]) is None
    assert draws_for("none", [today()]) is None


STUDY = """
scenarios = ["today"]
replicates = 4
set = { "population.patients" = 30, weeks = 8 }
uncertainty = "parameters"
pool = 1000
[design]
kind = "factorial"
levels = 2
[factors."services.caseload"]
low = 10
high = 40
"""


def test_a_sweep_lives_by_the_same_draws_as_a_run(tmp_path: Path, shipped: Posterior) -> None:
    (tmp_path / "mine.toml").write_text(STUDY)
    study = StudyDefinition.load(tmp_path / "mine.toml")
    sweep_study(study, tmp_path / "out", engine_of("threads", 2))
    table = pd.read_parquet(tmp_path / "out" / "results.parquet")
    for caseload, rows in table.groupby("services.caseload"):
        alone = run(today(**{"services.caseload": caseload}), 4, posterior=shipped)
        expected = alone.outcomes.query("outcome == 'recovery'")["value"].to_numpy()
        assert rows.sort_values("replicate")["recovery"].to_numpy() == pytest.approx(expected, abs=1e-12)
    again = sweep_study(study.uncertain("none"), tmp_path / "out", engine_of("threads", 2))
    assert again.reused == 0, "other lives"


def test_what_a_factor_moves_no_draw_changes(tmp_path: Path, shipped: Posterior) -> None:
    body = '[design]\nn = 2\n[factors."recover.reciprocity_weight"]\nlow = 0.8\nhigh = 0.9\n'
    (tmp_path / "mine.toml").write_text(STUDY.split("[design]")[0] + body)
    study = StudyDefinition.load(tmp_path / "mine.toml")
    plan = plan_of(study)
    for task in plan.tasks(range(plan.n_runs)):
        lived = scenario_of_run(task, study.scenarios[0]).all_parameters
        assert lived.recover.reciprocity_weight == task.values["recover.reciprocity_weight"]
        assert lived.help.well_base == shipped.numbers_at(task.replicate // 2)["help.well_base"]
