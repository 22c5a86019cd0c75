"""What is wrong with a question is told with its place, all of it at once, before anything is simulated."""

import re
from pathlib import Path
from typing import Any

import pytest

from supportnet.experiments.decision.mixes import contradiction, mix_of, mixes_of
from supportnet.experiments.decision.question import Question
from supportnet.sim.errors import UserInputError
from supportnet.sim.scenario.scenario import Scenario
from tests.command_line import Supportnet
from tests.questions import question_at

DOCS = Path(__file__).parents[1] / "docs"


def test_a_question__has_its_scenarios_prices_and_a_budget_for_each_person(tmp_path: Path) -> None:
    found = Question.load(question_at(tmp_path), {"population.patients": 30})
    assert found.budget == 1000.0
    assert [one.name for one in found.options] == ["peers", "family", "smaller-caseloads"]
    assert {one.population.patients for one in (found.baseline, *found.options)} == {30}
    assert found.prices.currency == "EUR"
    assert (
        found.smallest["qpr"] == 1.0 != Question.load(question_at(tmp_path, smallest_difference=None)).smallest["qpr"]
    )
    each = Question.load(question_at(tmp_path, budget_total=None, budget_per_person=1000))
    assert each.budget == found.budget


@pytest.mark.parametrize(
    ("changed", "said"),
    [
        ({"budget_per_person": 9}, "the budget is given twice: for all people and for each"),
        ({"budget_total": None}, "there is no budget"),
        ({"budget_total": -5}, "key budget_total: can't be used"),
        ({"people": None}, "a key is missing"),
        ({"people": 0}, "key people: can't be used"),
        ({"options": []}, "key options: can't be used"),
        ({"options": ["befrending"]}, "did you mean 'befriending'?"),
        ({"options": ["nowhere.toml"]}, "no such scenario file"),
        ({"options": ["peers.toml", "peers.toml"]}, "two scenarios of a question have one name"),
        ({"options": ["today"]}, "two scenarios of a question have one name"),
        ({"options": ["today-affective"]}, "is about other people than today"),
        ({"baseline": "befriending"}, "is not based on befriending"),
        ({"not_worse": ["admision"]}, "did you mean 'admissions'?"),
        ({"not_worse": ["network_size"]}, "can't get worse: neither more nor less of it is better"),
        ({"smallest_difference": {"qpr": 0}}, "must be a number above 0"),
        ({"smallest_difference": {"qpr": -1.5}}, "qpr = -1.5"),
        ({"smallest_difference": {"well": 1.0}}, "is no outcome"),
        ({"cashable": ["posts"]}, "did you mean 'post'?"),
        ({"currency": "GBP"}, "is not that of the prices"),
        ({"price_year": 2019}, "convert the budget"),
        ({"costs": "peers.toml"}, "this is a scenario, not a file of prices"),
        ({"cost": "prices.toml"}, "did you mean 'costs'?"),
    ],
    ids=str,
)
def test_a_mistake__is_told_with_its_line(
    supportnet: Supportnet, tmp_path: Path, changed: dict[str, Any], said: str
) -> None:
    found = supportnet("decide", str(question_at(tmp_path, **changed)), "--quiet")
    assert found.code == 2
    assert said in found.err
    assert "toml" in found.err.split("\n")[0]
    assert not Path("results").exists()


def test_mistakes__are_told_together(tmp_path: Path) -> None:
    path = question_at(tmp_path, budget_total=None, options=["befrending"], not_worse=["admision"], currency="GBP")
    with pytest.raises(UserInputError) as mistake:
        Question.load(path)
    assert len(mistake.value.mistakes) == 4


def test_a_file_of_another_kind__is_told(supportnet: Supportnet, tmp_path: Path) -> None:
    question_at(tmp_path)
    said = supportnet("decide", str(tmp_path / "peers.toml")).err
    assert "this is a scenario, not a question" in said
    said = supportnet("run", str(tmp_path / "question.toml")).err
    assert "this is a question, not a scenario" in said
    assert "`supportnet decide` takes this one" in said


TODAY = Scenario.load("today")


def own(name: str, text: str) -> Scenario:
    return Scenario.read(f'based_on = "today"\n{text}', name)


def test_a_mix__changes_what_its_options_change() -> None:
    one, other = own("posts", "[services]\ncaseload = 15"), Scenario.load("befriending")
    mix = mix_of(TODAY, [one, other])
    assert mix.name == "posts + befriending"
    assert mix.services.caseload == 15.0
    assert mix.programmes["befriending"].coverage == other.programmes["befriending"].coverage
    assert mix.title == "posts and Befriending"
    assert other.assumes in mix.assumes
    both = TODAY.with_values({"services.caseload": 15, "programmes.befriending.coverage": 0.3})
    assert {**mix.canonical(), "weeks": 0} == {**both.canonical(), "weeks": 0}


def test_a_mix__has_the_calendars_of_its_options_and_values_given_by_hand() -> None:
    later = '[[calendar]]\nweek = {}\nset = {{ "{}" = {} }}'
    one = own("one", later.format(10, "services.caseload", 15))
    other = own("other", later.format(20, "services.turnover", 0.1))
    sized = [scenario.with_values({"population.patients": 40}) for scenario in (TODAY, one, other)]
    mix = mix_of(sized[0], sized[1:])
    assert [change.week for change in mix.calendar] == [10, 20]
    assert mix.population.patients == 40


@pytest.mark.parametrize(
    ("one", "other", "about"),
    [
        ("[services]\ncaseload = 15", "[services]\ncaseload = 20", "services.caseload"),
        ("[services]\ncaseload = 15", "[services]\ncaseload = 15\nturnover = 0.1", ""),
        ("[programmes.befriending]\ncoverage = 0.2", "[programmes.befriending]\ncapacity = 9", ""),
        (
            '[[calendar]]\nweek = 3\nset = { "services.caseload" = 15 }',
            '[[calendar]]\nweek = 3\nset = { "services.caseload" = 16 }',
            "the calendar contradicts itself",
        ),
    ],
)
def test_options_that_contradict_each_other__are_not_mixed(one: str, other: str, about: str) -> None:
    options = [own("one", one), own("other", other)]
    assert contradiction(TODAY, *options).startswith(about)
    assert bool(contradiction(TODAY, *options)) == bool(about)
    mixes, apart = mixes_of(TODAY, options)
    assert [mix.parts for mix in mixes[2:]] == ([] if about else [("one", "other")])
    assert list(apart) == ([("one", "other")] if about else [])


def test_mixes__are_all_of_them_as_long_as_they_are_few() -> None:
    options = [own(f"lever-{k}", f'[programmes.new_{k}]\nuses = {{ peer = 1 }}\ndelivered_by = "peer"\n'
                   'reciprocity = "reciprocal"\nexpert = "peers"\nresources = []\nsessions_per_week = 1\nweeks = 9')
               for k in range(8)]  # fmt: skip
    assert len(mixes_of(TODAY, options[:3])[0]) == 7
    assert len(mixes_of(TODAY, options[:6])[0]) == 63
    assert len(mixes_of(TODAY, options)[0]) == 8 + 28


@pytest.mark.parametrize("page", ["decide.md", "policy.md"])
def test_questions_in_the_docs__are_questions(page: str, tmp_path: Path) -> None:
    blocks = re.findall(r"```toml\n(.*?)```", (DOCS / page).read_text("utf-8"), re.DOTALL)
    *scenarios, question = blocks
    for name, text in zip(("peers", "caseloads"), scenarios, strict=False):
        (tmp_path / f"{name}.toml").write_text(text, "utf-8")
    (tmp_path / "question.toml").write_text(question, "utf-8")
    found = Question.load(tmp_path / "question.toml")
    assert found.budget * found.file.people == found.file.budget_total
    assert len(mixes_of(found.baseline, found.options)[0]) == 2 ** len(found.options) - 1
