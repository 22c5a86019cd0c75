"""`supportnet optimise` as a command: its files, its answer for programs, and mistakes without a traceback."""

import json
import tomllib
from dataclasses import replace
from pathlib import Path

import pandas as pd
import pytest

from supportnet.experiments.ensemble.estimates import NOISE_ONLY
from supportnet.sim.scenario.scenario import Scenario
from tests.command_line import Said, Supportnet, files_of
from tests.ensembles import compare

pytestmark = pytest.mark.usefixtures("figures_not_drawn")
FEW = ("--candidates", "6", "--generations", "2", "--search-replicates", "2", "--replicates", "3", "--weeks", "20")
SMALL = (*FEW, "--patients", "40", "--workers", "2", "--uncertainty", "none")
FILES = {"best.toml", "figure.png", "figure.svg", "portfolios.csv", "provenance.json", "simpler.csv"}


def asked(supportnet: Supportnet, *more: str, levers: str = "befriending,self_help_groups,services.caseload") -> Said:
    return supportnet("optimise", "--budget", "150", "--levers", levers, *SMALL, *more)


@pytest.mark.usefixtures("figures_drawn")
def test_the_command__leaves_everything_and_the_same_bytes_again(supportnet: Supportnet) -> None:
    said = asked(supportnet, "--json", "--out", "one").json
    assert set(said["files"]) == FILES
    assert said["interval"] == NOISE_ONLY
    first = said["portfolios"][0]
    assert first["recommended"]
    assert set(first["settings"]) == {lever["name"] for lever in said["levers"]}
    assert {"qpr_lower", "cost_upper", "inequality_difference", "probability_on_front", "within_budget"} <= set(first)
    kept = json.loads(Path("one/provenance.json").read_text("utf-8"))
    assert kept["cautions"] == said["cautions"]
    assert any("not a budget plan" in caution for caution in kept["cautions"])
    assert len(pd.read_csv("one/portfolios.csv")) == len(said["portfolios"])
    assert list(pd.read_csv("one/simpler.csv")["portfolio"])[-2:] == ["all programmes alike", "nothing"]
    asked(supportnet, "--workers", "1", "--out", "two")
    assert files_of(Path("one")) == files_of(Path("two"))


def test_best_toml__is_a_scenario_that_gives_the_numbers_told(supportnet: Supportnet, tmp_path: Path) -> None:
    mine = tmp_path / "mine.toml"
    mine.write_text('based_on = "today"\n[services]\ncaseload = 30\n', "utf-8")
    given = ("--set", "bond.trust_gain=0.05", "--set", "programmes.self_help_groups.uptake=0.6", "--json")
    said = asked(supportnet, "mine.toml", *given, "--out", "results/of/mine").json
    best = Scenario.load("results/of/mine/best.toml")
    values = said["portfolios"][0]["settings"]
    start = Scenario.load("mine.toml", {"population.patients": 40, "weeks": 20, "bond.trust_gain": 0.05,
                                        "programmes.self_help_groups.uptake": 0.6})  # fmt: skip
    assert best.canonical() == start.with_values(values).canonical()
    table = compare(start, best, replicates=3, workers=1).differences.set_index("outcome")
    for name in ("qpr", "cost", "inequality"):
        assert table.loc[name, "difference"] == pytest.approx(said["portfolios"][0][f"{name}_difference"], abs=1e-9)
    assert tomllib.loads(Path("results/of/mine/best.toml").read_text("utf-8"))["based_on"] == "../../../mine.toml"


def test_people__read_what_a_portfolio_is_and_what_the_search_was_wrong_about(supportnet: Supportnet) -> None:
    said = asked(supportnet, levers="befriending,self_help_groups,services.shared_decisions")
    assert said.code == 0
    for words in ("A *", "Simpler portfolios", "short of A", "its best portfolio at", "95 % interval", "prices are",
                  "a change of services.shared_decisions costs nothing",
                  "as a scenario"):  # fmt: skip
        assert words in said.out, words
    (folder,) = Path("results").iterdir()
    assert folder.name.startswith("optimise-today-")


def test_a_recommendation_that_breaks_the_budget_by_fresh_luck__is_told_so() -> None:
    from supportnet.analysis.wording.portfolios import cautions_of
    from tests.test_optimise import found

    for held, said in ((0.05, True), (0.9, False)):
        other = replace(found())
        vars(other)["portfolios"] = found().portfolios.assign(probability_within_budget=held)
        assert (
            any("with fresh random numbers A keeps to the budget" in caution for caution in cautions_of(other)) == said
        )


def test_where_nothing_holds_the_budget__today_is_recommended_and_that_is_said() -> None:
    from supportnet.analysis.wording.portfolios import cautions_of
    from tests.test_optimise import found

    nothing = replace(found(), points=[found().searched.nothing])
    assert any("A is today" in caution for caution in cautions_of(nothing))
    assert not any("A is today" in caution for caution in cautions_of(found()))


@pytest.mark.parametrize(
    ("words", "told"),
    [
        ((), "--budget is missing"),
        (("--budget", "9", "--budget-total", "900", "--people", "9"), "--budget is given twice"),
        (("--budget-total", "900"), "--budget-total does not say for how many people"),
        (("--budget", "9", "--people", "9"), "--people is not used with a budget for each person"),
        (("--budget-total", "-900", "--people", "10"), "--budget must be a number"),
        (("--budget", "-5"), "--budget must be a number"),
        (("--budget", "nan"), "--budget must be a number"),
        (("--budget", "much"), "valid number"),
        (("--budget", "9", "--levers", "befrending"), "did you mean"),
        (("--budget", "9", "--levers", "services.caseload"), "--levers must name programmes"),
        (("--budget", "9", "--replicates", "1"), "--replicates must be at least"),
        (("--budget", "9", "--search-replicates", "1"), "--search-replicates must be at least"),
    ],
)
def test_mistakes__are_told_without_a_traceback(supportnet: Supportnet, words: tuple[str, ...], told: str) -> None:
    said = supportnet("optimise", *words)
    assert said.code == 2
    assert told in said.err
    assert "Traceback" not in said.err
    assert not Path("results").exists()


def test_a_folder_that_cannot_be_written_to__is_told_before_anything_is_lived(
    supportnet: Supportnet, monkeypatch: pytest.MonkeyPatch
) -> None:
    from supportnet.experiments.optimise import evaluator

    monkeypatch.setattr(evaluator, "simulate", None)
    Path("file").write_text("mine")
    said = asked(supportnet, "--out", "file")
    assert (said.code, "results can't be written" in said.err) == (2, True), said.err
    assert Path("file").read_text() == "mine"


def test_without_the_library_that_searches__what_to_install_is_told(
    supportnet: Supportnet, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("supportnet.sim.extras.find_spec", lambda name: None)
    said = asked(supportnet)
    assert said.code == 2
    assert 'pip install -e ".[optimise]"' in said.err


def test_a_total__is_what_there_is_for_each_person_times_people(supportnet: Supportnet) -> None:
    each, total = (
        supportnet("optimise", *words, "--levers", "befriending", *SMALL, "--json").json
        for words in (("--budget", "150"), ("--budget-total", "75000", "--people", "500"))
    )
    assert each == {**total, "files": each["files"]}
    assert each["budget"] == 150.0


def test_a_total_that_is_given_for_each_person__is_questioned(supportnet: Supportnet) -> None:
    said = supportnet("optimise", "--budget", "75000", "--levers", "befriending", *SMALL)
    assert "is more than everything that today spends" in said.out
    assert "use --budget-total" in said.out
    assert "is left over" in said.out
    modest = supportnet("optimise", "--budget", "150", "--levers", "befriending", *SMALL)
    assert "is more than everything" not in modest.out
