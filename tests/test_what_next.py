"""What a study of each parameter would be worth: shares of variance where the truth is known, luck, and the command."""

from dataclasses import replace
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

import supportnet as sn
from supportnet.analysis.commands.output import Output
from supportnet.analysis.commands.what_next import show_priorities
from supportnet.analysis.results.what_next import ResearchPriorities
from supportnet.experiments.comparison.service_changes import is_cut
from supportnet.experiments.economics import priorities_plan, value_of_studies
from supportnet.experiments.economics.priorities_plan import PrioritiesPlan, policy_scenarios
from supportnet.experiments.economics.value_of_studies import (
    PolicyAnswers,
    StudyValues,
    complete_draws,
    distinct_draws,
    expected_reductions,
    moving_together,
    policy_answers,
)
from supportnet.sim.parameters import numbers
from tests.command_line import Supportnet
from tests.draws import DRAWS, RANGES, few_draws
from tests.ensembles import compare
from tests.small import small
from tests.test_resume import GOES_ON, Puts

pytestmark = pytest.mark.usefixtures("figures_not_drawn")
NAMES = ["bond.trust_gain", "pace.medium", "help.well_base", "tire.gain", "enrol.expert"]  # the last two say nothing
SHARES = np.array([0.3, 0.2, 0.5, 0.0, 0.0])
SIGNS = np.sqrt(SHARES)[:, None] * np.random.default_rng(3).choice([-1.0, 1.0], (5, 10))
SCENARIOS = [small("today"), small("befriending"), small("smaller-caseloads")]


def answers_of(drawn: np.ndarray, effects: np.ndarray, noise: float, luck: np.random.Generator) -> PolicyAnswers:
    """Answers to which parameters (draws, names), of standard deviation 1, add their effects (names, answers)."""
    about = [(f"scenario-{k}", "qpr") for k in range(effects.shape[1])]
    names = (NAMES if drawn.shape[1] == len(NAMES) else [*numbers()])[: drawn.shape[1]]
    lives = noise * luck.standard_normal((len(drawn), 2, effects.shape[1]))
    return PolicyAnswers(about, (drawn @ effects)[:, None] + lives, pd.DataFrame(drawn, columns=names))


def world(seed: int, draws: int, noise: float = 0.5) -> PolicyAnswers:
    """The first three of NAMES explain these SHARES of the variance of ten answers; the noise is of one replicate."""
    luck = np.random.default_rng(seed)
    return answers_of(luck.standard_normal((draws, len(NAMES))), SIGNS, noise, luck)


def table_of(answers: PolicyAnswers, people: int = 200, seed: int = 1) -> pd.DataFrame:
    """One row a parameter, by name."""
    return expected_reductions(distinct_draws(answers), answers.names, people, seed).set_index("parameter")


@pytest.fixture
def few_shuffles(monkeypatch: pytest.MonkeyPatch) -> None:
    """Where it is not asked what stands out."""
    monkeypatch.setattr(value_of_studies, "SHUFFLES", 1)


@pytest.mark.usefixtures("few_shuffles")
def test_shares_of_variance__are_those_of_the_world() -> None:
    found = table_of(world(1, 3000))
    np.testing.assert_allclose(found.loc[NAMES, "exact"], SHARES, atol=0.03)
    assert list(found.index[:3]) == ["help.well_base", "bond.trust_gain", "pace.medium"]


@pytest.mark.usefixtures("few_shuffles")
def test_a_parameter_that_bends_answers__explains_by_its_square_too() -> None:
    straight = world(2, 3000)
    first = straight.parameters["bond.trust_gain"].to_numpy()
    bent = straight._replace(values=straight.values + ((first**2 - 1.0) / np.sqrt(2.0))[:, None, None])
    assert table_of(bent).loc["bond.trust_gain", "exact"] == pytest.approx((0.3 + 1.0) / 2.0, abs=0.04)


@pytest.mark.usefixtures("few_shuffles")
@pytest.mark.parametrize("noise", [0.5, 2.0])
def test_shares_from_few_draws__are_right_on_average__with_the_errors_that_they_state(noise: float) -> None:
    """Neither luck nor Monte Carlo noise, which is up to two thirds of the variance, adds or takes away."""
    found = [table_of(world(seed, 50, noise)).loc[NAMES] for seed in range(150)]
    share = np.array([one["exact"] for one in found])[:, :3]
    error = np.array([one["se"] / one["reliability"] for one in found])[:, :3]
    np.testing.assert_allclose(share.mean(axis=0), SHARES[:3], atol=3.5 * share.std(axis=0).max() / np.sqrt(150))
    np.testing.assert_allclose(np.median(error, axis=0), share.std(axis=0), rtol=0.25)


@pytest.mark.usefixtures("few_shuffles")
@pytest.mark.parametrize("people", [5, 50, 5000])
def test_a_study__removes_what_its_own_finding_explains(people: int) -> None:
    """Studies are held: what they find, with the error of so many people, takes the place of the parameter."""
    luck, about = np.random.default_rng(4), numbers()["bond.trust_gain"]
    drawn = luck.standard_normal((20_000, 5))
    sd = 0.05 * (about.high - about.low)
    error = (about.high - about.low) / np.sqrt(12.0 * people) / sd
    answers = answers_of(drawn, SIGNS, 0.5, luck)
    real = answers._replace(parameters=answers.parameters.assign(**{"bond.trust_gain": 0.16 + sd * drawn[:, 0]}))
    seen = answers._replace(
        parameters=answers.parameters.assign(**{"bond.trust_gain": drawn[:, 0] + error * luck.standard_normal(20_000)})
    )
    planned, held = table_of(real, people).loc["bond.trust_gain"], table_of(seen).loc["bond.trust_gain"]
    assert planned["reduction"] == pytest.approx(held["exact"], abs=0.015)
    assert planned["reduction"] == pytest.approx(planned["reliability"] * planned["exact"])
    assert planned["sd"] == pytest.approx(sd, rel=0.02)


def test_the_standard_deviation_between_draws__is_without_noise() -> None:
    found = value_of_studies.value_of_studies(world(5, 4000, noise=2.0), 200, 1).answers
    np.testing.assert_allclose(found["sd"], 1.0, atol=0.12)
    np.testing.assert_allclose(found["noise"], 2.0 / 3.0, atol=0.04)
    assert list(found["scenario"]) == [f"scenario-{k}" for k in range(10)]


def hidden_causes(seed: int, draws: int, times: int = 1) -> PolicyAnswers:
    """Answers vary by causes that none of thirty parameters tells; a posterior may have each draw several times."""
    luck = np.random.default_rng(seed)
    drawn, causes = luck.standard_normal((draws, 30)), luck.standard_normal((draws, 3)) @ luck.standard_normal((3, 10))
    answers = answers_of(np.repeat(drawn, times, axis=0), np.zeros((30, 10)), 0.5, luck)
    return answers._replace(values=answers.values + np.repeat(causes, times, axis=0)[:, None])


@pytest.mark.parametrize("times", [pytest.param(1, marks=pytest.mark.slow), 3])
def test_parameters_that_say_nothing__stand_out_in_one_world_of_twenty(
    times: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(value_of_studies, "SHUFFLES", 59)
    found = [table_of(hidden_causes(seed, 25, times), seed=seed)["stands_out"].any() for seed in range(150)]
    assert 0.005 < np.mean(found) < 0.05 + 2.6 * np.sqrt(0.05 * 0.95 / 150)


def test_parameters_that_say_something__stand_out_and_the_others_do_not() -> None:
    found = table_of(world(6, 100))
    assert list(found.loc[NAMES, "stands_out"]) == [True, True, True, False, False]
    assert found.loc["help.well_base", "most_scenario"].startswith("scenario-")


@pytest.mark.usefixtures("few_shuffles")
def test_the_answer_narrowed_most__is_the_one_that_the_parameter_decides() -> None:
    luck = np.random.default_rng(7)
    effects = SIGNS.copy()
    effects[1, 4] = 3.0
    found = table_of(answers_of(luck.standard_normal((200, 5)), effects, 0.5, luck))
    assert found.loc["pace.medium", "most_scenario"] == "scenario-4"


@pytest.mark.usefixtures("few_shuffles")
def test_a_draw_that_comes_twice__counts_as_one_of_twice_the_weight() -> None:
    """It does not confirm itself: equal values of both give what one gives."""
    once = world(8, 30, noise=0.0)
    twice = PolicyAnswers(once.names, np.tile(once.values, (2, 1, 1)), pd.concat([once.parameters] * 2))
    pd.testing.assert_frame_equal(table_of(once), table_of(twice))
    draws = distinct_draws(PolicyAnswers(once.names, *(one[[*range(30), 3]] for one in (once.values,)),
                                         once.parameters.iloc[[*range(30), 3]]))  # fmt: skip
    assert sorted(draws.weights) == pytest.approx([1 / 31] * 29 + [2 / 31])


@pytest.mark.usefixtures("few_shuffles")
def test_parameters_that_move_together__are_one() -> None:
    answers = world(9, 100)
    base = {f"recover.base.{name}": answers.parameters["help.well_base"] for name in ("hope", "identity")}
    base["recover.base.hope"] = np.exp(base["recover.base.hope"])
    base["recover.base.identity"] = 3.0 - 2.0 * base["recover.base.identity"]
    more = answers._replace(parameters=answers.parameters.assign(**base))
    assert moving_together(more.parameters)[2] == ["help.well_base", "recover.base.hope", "recover.base.identity"]
    found = table_of(more)
    assert found.loc["help.well_base", "moves_with"] == "recover.base.hope, recover.base.identity"
    pd.testing.assert_frame_equal(found.drop(columns="moves_with"), table_of(answers).drop(columns="moves_with"))


@pytest.mark.usefixtures("few_shuffles")
def test_units_of_answers_and_parameters__change_no_share() -> None:
    answers = world(10, 60)
    units = np.geomspace(1e-4, 1e4, 10)
    others = PolicyAnswers(answers.names, 7.0 - units * answers.values, 1e-5 * answers.parameters + 2.0)
    same = ["exact", "most_scenario", "stands_out"]
    pd.testing.assert_frame_equal(table_of(answers)[same].loc[NAMES], table_of(others)[same].loc[NAMES])


def test_answers_of_a_comparison__are_differences_at_draws_that_every_scenario_completed(tmp_path: Path) -> None:
    found = compare(*SCENARIOS, replicates=8, posterior=sn.Posterior.load(few_draws(tmp_path)))
    first, second, third = found.worlds
    failed = replace(second, replicates=second.replicates[:2] + second.replicates[3:],
                     values=np.delete(second.values, 2, axis=0))  # fmt: skip
    answers = policy_answers(replace(found, worlds=(first, failed, third)), ("qpr", "relapses"))
    assert answers.names == [(name, outcome) for name in ("befriending", "smaller-caseloads")
                             for outcome in ("qpr", "relapses")]  # fmt: skip
    assert answers.values.shape == (3, 2, 4)
    columns = list(sn.OUTCOMES)
    relapses = third.last[:, columns.index("relapses")] - first.last[:, columns.index("relapses")]
    np.testing.assert_allclose(answers.values[..., 3], relapses[[0, 1, 4, 5, 6, 7]].reshape(3, 2))
    pd.testing.assert_frame_equal(answers.parameters, DRAWS.iloc[[0, 2, 3]].reset_index(drop=True))
    assert complete_draws([5, 1, 4, 0, 7]).tolist() == [0, 2]


def test_scenarios_that_answers_are_about__are_those_of_the_library_but_cuts() -> None:
    names = policy_scenarios()
    assert names[0] == "today"
    assert {"open-dialogue", "smaller-caseloads", "peer-workforce"} <= set(names)
    left = {"hiring-freeze", "loss-of-services", "today-mixed", "today-affective"}
    assert not left & set(names)
    assert not any(is_cut(sn.Scenario.load(name), sn.Scenario.load("today")) for name in names)


@pytest.fixture
def small_scenarios(monkeypatch: pytest.MonkeyPatch) -> None:
    """In place of the library's, for the command."""
    monkeypatch.setattr(priorities_plan, "policy_scenarios", lambda: SCENARIOS)


@pytest.mark.usefixtures("small_scenarios")
def test_the_command__gives_what_python_gives(supportnet: Supportnet, tmp_path: Path) -> None:
    path = few_draws(tmp_path)
    words = ("validate", "--what-next", "--people", "50", "--posterior", str(path), "--seed", "3", "--out", "out")
    told = supportnet(*words, "--json").json
    rows = pd.DataFrame(told["parameters"])
    assert set(rows["parameter"]) == set(RANGES)
    found = sn.what_next(path, 50, 40, 3, scenarios=SCENARIOS)
    pd.testing.assert_frame_equal(found.to_dataframe(), rows, check_dtype=False)
    assert told["run_identity"] == found.run_identity
    assert (told["people"], told["replicates"], len(told["answers"])) == (50, 40, 4)
    assert set(told["files"]) == {"what_next.csv", "figure.png", "figure.svg", "provenance.json"}
    written = pd.read_csv("out/what_next.csv", keep_default_na=False)
    np.testing.assert_allclose(written["reduction"], rows["reduction"])
    for row in rows.to_dict("records"):
        about = numbers()[row["parameter"]]
        error = (about.high - about.low) ** 2 / 12.0 / 50
        spread = DRAWS[row["parameter"]].var(ddof=0)
        assert row["reliability"] == pytest.approx(spread / (spread + error))
    assert repr(found).startswith("<ResearchPriorities: What a study of 50 people would take off the variance")
    assert found.size == "2 parameters, 4 policy answers, 40 replicates of 20 different draws, seed 3"


@pytest.mark.usefixtures("small_scenarios")
def test_the_command_interrupted__goes_on(
    supportnet: Supportnet, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    puts = Puts(monkeypatch)
    words = ("validate", "--what-next", "--posterior", str(few_draws(tmp_path)), "--workers", "1", "--out", "out")
    puts.begin(signal_at=30)
    said = supportnet(*words)
    assert (said.code, said.err) == (130, GOES_ON)
    puts.begin()
    assert supportnet(*words).code == 0
    assert len(puts.keys) <= 3 * 40 - 30


def result_of(answers: PolicyAnswers, people: int, path: Path) -> ResearchPriorities:
    """A result as if these answers had been simulated."""
    plan = PrioritiesPlan.of(path, people, scenarios=SCENARIOS)
    found = ResearchPriorities(plan, compare(*SCENARIOS, replicates=2, posterior=plan.comparison.sampling.posterior))
    found.__dict__["values"] = StudyValues(*value_of_studies.value_of_studies(answers, people, 1))
    return found


def test_studies_are_named__where_they_stand_out_only(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    found = result_of(world(11, 100), 40, few_draws(tmp_path))
    first = found.parameters.iloc[0]
    assert found.cautions == []
    assert len(found.studies) == 3
    assert found.studies[0].startswith("Measure help.well_base (logit) in 40 people: this would take ")
    assert f"off the variance of the answers, most off {first['most_scenario']}, qpr" in found.studies[0]
    assert f"{100 * first['reduction']:.1f} % (SE {100 * first['se']:.1f})" in found.studies[0]
    show_priorities(found, Output(as_json=False, quiet=False))
    assert "Three studies that somebody should do:\n1. Measure help.well_base" in capsys.readouterr().out
    nothing = result_of(hidden_causes(12, 40), 40, tmp_path / "posterior.parquet")
    assert nothing.studies == []
    assert "no parameter stands out from what the best of 30 reaches where draws are shuffled" in nothing.cautions[0]
    show_priorities(nothing, Output(as_json=False, quiet=False))
    said = capsys.readouterr().out
    assert "Caution: no parameter stands out" in said
    assert "should do" not in said


def test_where_noise_explains_all__nothing_is_said_about_parameters(tmp_path: Path) -> None:
    answers = world(13, 40)
    opposite = np.random.default_rng(1).standard_normal((40, 1, 10)) * np.array([-1.0, 1.0])[:, None]
    found = result_of(answers._replace(values=opposite + 1e-3 * answers.values), 40, few_draws(tmp_path))
    assert found.parameters["reduction"].isna().all()
    assert found.studies == []
    assert found.cautions == [
        "Monte Carlo noise explains all variance between draws: nothing can be said about parameters; use more draws"
    ]
    found.save(tmp_path / "saved")
    assert (tmp_path / "saved" / "figure.png").is_file()


def test_mistakes__are_named(supportnet: Supportnet, tmp_path: Path) -> None:
    posterior = ("--posterior", str(few_draws(tmp_path)))
    for words, said in {
        ("--left-out", "--what-next"): "--what-next is not used with --left-out",
        ("--people", "50"): "--people is used with --what-next only",
        ("--what-next", "--people", "0", *posterior): "--people must be at least 1 (got 0)",
        ("--what-next", "--uncertainty", "none", *posterior): "--uncertainty must be parameters with --what-next",
        ("--what-next", "--replicates", "18", *posterior): "there are too few different draws to regress on",
        ("--what-next", "--posterior", "none.parquet"): "run `supportnet calibrate`",
    }.items():
        found = supportnet("validate", *words)
        assert found.code == 2
        assert said in found.err
        assert "Traceback" not in found.err


def test_without_a_posterior__it_says_to_calibrate(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    from supportnet.experiments.posterior import posterior

    monkeypatch.setattr(posterior, "files", lambda package: tmp_path)
    with pytest.raises(sn.UserInputError, match="run `supportnet calibrate`"):
        sn.what_next()
