"""The answer to a question: the rule, its tables, one screen, one page, and the same from Python."""

import json
import re
from itertools import pairwise
from pathlib import Path
from typing import Any

import numpy as np
import pytest

import supportnet as sn
from supportnet.analysis.wording.decision import (
    LEFT_OUT,
    answer_lines,
    decision_cautions,
    rounded_money,
    within_sentence,
)
from supportnet.experiments.decision.choice import best_for, by_budget, worth_having
from supportnet.experiments.economics.samples import Doubles, StrategySamples
from supportnet.sim.scenario.scenario import library
from tests.command_line import AS_SET, Supportnet, files_of
from tests.draws import few_draws
from tests.questions import SIZE, question_at
from tests.test_results import as_json, without_files

WORDS = ("--patients", "60", "--weeks", "20", "--replicates", "10", *AS_SET)


@pytest.fixture(scope="module")
def found(tmp_path_factory: pytest.TempPathFactory) -> sn.Decision:
    return sn.decide(question_at(tmp_path_factory.mktemp("question")), **SIZE, uncertainty="none")


def samples(gains: list[float], noise: float = 0.01, draws: int = 40) -> StrategySamples:
    """Strategies that gain so much on average, the baseline first, each with noise of its own."""
    luck = np.random.default_rng(1).standard_normal((draws, len(gains) + 1))
    effect = np.array([0.0, *gains]) + noise * (luck - luck.mean(axis=0))
    return StrategySamples(tuple("abcdefgh"[: len(gains) + 1]), np.zeros((*effect.shape, 5)), effect, None)


def choice(gains: list[float], gross: list[float], budget: float, noise: float = 0.01, **other: Any) -> int:
    may_be = np.array(other.get("may_be", [True] * (len(gains) + 1)))
    return best_for(samples(gains, noise), np.array([0.0, *gross]), budget, may_be)


@pytest.mark.parametrize(
    ("gains", "gross", "budget", "expected"),
    [
        ([1.0, 2.0], [10.0, 20.0], 100.0, 2),
        ([1.0, 2.0], [10.0, 20.0], 15.0, 1),
        ([1.0, 2.0], [10.0, 20.0], 5.0, 0),
        ([1.95, 2.0], [10.0, 20.0], 100.0, 1),  # nearly as much for less
        ([1.8, 2.0], [10.0, 20.0], 100.0, 2),
        ([2.0, 1.0], [10.0, 20.0], 100.0, 1),  # the cheaper one gains more
        ([-1.0, 0.0], [1.0, 1.0], 100.0, 0),  # nothing is better
    ],
)
def test_a_budget__is_spent_on_the_cheapest_that_gains_nearly_as_much_as_any(
    gains: list[float], gross: list[float], budget: float, expected: int
) -> None:
    assert choice(gains, gross, budget) == expected


def test_what_is_not_known_to_gain_more__is_not_paid_for() -> None:
    assert choice([1.0, 1.3], [10.0, 20.0], 100.0, noise=2.0) == 1
    assert choice([1.0, 1.3], [10.0, 20.0], 100.0, noise=0.1) == 2


def test_what_may_not_be_recommended__is_not() -> None:
    assert choice([1.0, 2.0], [10.0, 0.0], 100.0, may_be=[True, True, False]) == 1


def test_a_larger_budget__never_buys_less() -> None:
    rng = np.random.default_rng(2)
    for _ in range(200):
        gains, gross = rng.uniform(0.0, 2.0, 5).tolist(), rng.uniform(0.0, 9.0, 5)
        of, costs, may_be = samples(gains, noise=1.0), np.array([0.0, *gross]), np.full(6, True)
        front: list[Doubles] = [of.effect.mean(axis=0)[worth_having(of, costs, at, may_be)] for at in np.sort(gross)]
        assert all(one.max(initial=-9.0) <= other.max(initial=-9.0) for one, other in pairwise(front))
        steps = by_budget(of, costs, may_be)
        assert [at for at, _ in steps] == sorted(at for at, _ in steps)
        assert all(best_for(of, costs, at, may_be) == k for at, k in steps)


def test_options_come_first__then_the_best_mixes(found: sn.Decision) -> None:
    assert found.names[:4] == ["today", "peers", "family", "smaller-caseloads"]
    assert all(len(found.parts[name]) > 1 for name in found.names[4:])
    assert set(found.costs["scenario"]) == set(found.names[1:])
    assert len(found.searched) == 7
    assert found.recommended == list(found.parts[found.chosen])
    assert found.recommended, "of these replicates an option is known to be better"


@pytest.mark.usefixtures("figures_drawn")
def test_python__gives_what_the_command_gives(supportnet: Supportnet, found: sn.Decision, tmp_path: Path) -> None:
    path = question_at(tmp_path)
    told = supportnet("decide", str(path), *WORDS, "--workers", "1", "--out", "a", "--json").json
    columns = {"scenario", "outcome", "difference", "lower", "upper", "share_better", "verdict"}
    assert {"question", "recommended", "verdicts", "cost", "for_whom", "files"} <= told.keys()
    assert columns <= told["verdicts"][0].keys()
    assert {"gross", "net", "cashable", "total", "left_over"} <= told["cost"]["peers"].keys()
    assert {row["outcome"] for row in told["verdicts"]}.isdisjoint({"cost", "cost_per_recovered"})
    assert all(Path(path).stat().st_size > 0 for path in told["files"].values())
    assert json.loads(Path("a/provenance.json").read_text("utf-8"))["recommended"] == told["recommended"]
    assert without_files(told) == as_json(found)
    assert files_of(Path("a")) == files_of(found.save("b"))


def test_one_screen__answers_it(supportnet: Supportnet, found: sn.Decision, tmp_path: Path) -> None:
    said = supportnet("decide", str(question_at(tmp_path)), *WORDS).out
    lines = {line.about: line.says for line in reversed(answer_lines(found))}
    for label, text in lines.items():
        assert f"{label} {text}" in " ".join(said.split())
    assert "a year for 100 people" in lines["Price"]
    assert "is left over" in lines["Price"]
    assert "better" in lines["Gain"]
    assert len(said.split("\n")) <= 45


@pytest.mark.usefixtures("figures_drawn")
def test_the_page__needs_no_network_and_says_the_same(found: sn.Decision, tmp_path: Path) -> None:
    page = (found.save(tmp_path / "out") / "answer.html").read_text("utf-8")
    assert not re.search(r"(src|href)=\"http|<script", page)
    for text in (found.title, *(line.says for line in answer_lines(found)), *LEFT_OUT):
        assert text.replace("'", "&#39;") in page
    assert "decisions about a person" in page


def test_details_that_only_authors_know__stand_on_the_page(tmp_path: Path) -> None:
    path = question_at(tmp_path, options=["peers.toml"], report={"funding": "The <county>", "plan": "osf.io/x"})
    few = {"patients": 20, "weeks": 4, "replicates": 2, "uncertainty": "none"}
    page = (sn.decide(path, **few).save(tmp_path / "out") / "answer.html").read_text("utf-8")
    assert "The &lt;county&gt;" in page
    assert "osf.io/x" in page


def test_draws__are_used_where_there_are_some(tmp_path: Path) -> None:
    path = question_at(tmp_path, options=["peers.toml"])
    drawn = sn.decide(path, patients=30, weeks=8, replicates=6, posterior=few_draws(tmp_path))
    assert drawn.tried.comparison.draws is not None
    assert "versions of the model" in drawn.interval
    assert drawn.search.comparison.seed != drawn.tried.comparison.seed, "other luck than that of the answer"


@pytest.mark.parametrize(
    ("changed", "said"),
    [
        ({"budget_total": 200}, "The budget pays for none: the cheapest,"),
        ({"budget_total": 1500}, "if 1,500 is meant for each person, write budget_per_person"),
        ({"budget_total": None, "budget_per_person": 100_000}, "if it is for all people together, write budget_total"),
        ({"options": ["loss-of-services"]}, "None may be recommended: loss-of-services: not ranked: a cut"),
        ({"options": ["open-boundaries"]}, "None may be recommended: open-boundaries: decided by inputs"),
        ({"options": ["idle.toml"]}, "idle changes nothing here: nobody takes part"),
        ({"options": ["one.toml", "other.toml"]}, "were not combined: they contradict each other (services.caseload)"),
    ],
    ids=str,
)
def test_what_a_board_would_be_misled_by__is_said(
    supportnet: Supportnet, tmp_path: Path, changed: dict[str, Any], said: str
) -> None:
    idle = 'based_on = "today"\n[programmes.befriending]\ncoverage = 0.0001\ncapacity = 1\n'
    (tmp_path / "idle.toml").write_text(idle, "utf-8")
    for name, posts in (("one", 20), ("other", 22)):
        (tmp_path / f"{name}.toml").write_text(f'based_on = "today"\n[services]\ncaseload = {posts}', "utf-8")
    few = ("--patients", "40", "--weeks", "8", "--replicates", "4", *AS_SET)
    found = supportnet("decide", str(question_at(tmp_path, **changed)), *few)
    assert found.code == 0
    assert said in found.out


def test_cautions__name_prices_that_are_assumptions(found: sn.Decision, tmp_path: Path) -> None:
    assert not any("assumption" in one for one in decision_cautions(found))
    path = question_at(tmp_path, costs=None, options=["peers.toml"], currency=None)
    shipped = sn.decide(path, patients=20, weeks=4, replicates=2, uncertainty="none")
    assert any("All prices are assumptions" in one for one in decision_cautions(shipped))


def test_numbers_and_titles__are_written_for_readers() -> None:
    assert rounded_money(285_442.0, 68_000.0) == "290,000"
    assert rounded_money(285_442.0, 9_000.0) == "285,000"
    assert rounded_money(-12.0, 0.0) == "-12"
    assert within_sentence("Family work") == "family work"
    assert within_sentence("CBT") == "CBT"
    assert all(within_sentence(sn.Scenario.load(name).title) for name in library())
