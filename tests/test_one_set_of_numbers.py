"""Without posterior draws a probability holds in one set of numbers, and every table that has one says so, once."""

from pathlib import Path

import pytest

from supportnet.analysis.commands.economics import acceptability_table
from supportnet.analysis.commands.optimise import points_table, simpler_table
from supportnet.analysis.commands.terminal_tables import differences_table, ranking_table
from supportnet.analysis.report.page import report
from supportnet.analysis.results.comparison import Comparison
from supportnet.analysis.results.economics import CostEffectiveness, economics
from supportnet.analysis.results.portfolios import Portfolios
from tests.draws import few_draws
from tests.ensembles import compare
from tests.small import small
from tests.test_optimise import found as searched

pytestmark = pytest.mark.usefixtures("figures_not_drawn")
SAID = "in this one set of numbers"
NAMES = ("today", "befriending", "smaller-caseloads")


@pytest.fixture(scope="module")
def as_set() -> Comparison:
    return Comparison.of(compare(*map(small, NAMES), replicates=4))


@pytest.fixture(scope="module")
def drawn(tmp_path_factory: pytest.TempPathFactory) -> Comparison:
    draws = few_draws(tmp_path_factory.mktemp("draws"))
    return Comparison.of(compare(*map(small, NAMES), replicates=4, posterior=draws))


def captions(found: Comparison) -> list[str]:
    """Of every table with probabilities that a comparison and its economic evaluation make on a terminal."""
    worth: CostEffectiveness = economics(found)
    differences = differences_table(found, "befriending", "Befriending")
    return [str(table.title) for table in (differences, ranking_table(found, ["qpr"]), acceptability_table(worth))]


def test_tables__say_it_once_without_draws(as_set: Comparison) -> None:
    assert [caption.count(SAID) for caption in captions(as_set)] == [1, 1, 1]
    assert as_set.to_dict()["probabilities"] == SAID
    assert any(SAID in column for column in as_set.headline())
    assert SAID in economics(as_set).to_dict()["probability_of"]


def test_tables__do_not_say_it_with_draws(drawn: Comparison) -> None:
    assert not any(SAID in caption for caption in captions(drawn))
    assert drawn.to_dict()["probabilities"] == ""
    assert not any(SAID in column for column in drawn.headline())
    assert SAID not in economics(drawn).to_dict()["probability_of"]


def test_optimise__says_it_of_being_on_the_front_and_within_the_budget() -> None:
    found = Portfolios.of(searched(), "today")
    assert [str(table(found).title).count(SAID) for table in (points_table, simpler_table)] == [1, 1]
    assert any(SAID in column for column in found.headline())


def test_report__says_it(as_set: Comparison, tmp_path: Path) -> None:
    as_set.save(tmp_path / "compared")
    economics(as_set).save(tmp_path / "costs")
    Portfolios.of(searched(), "today").save(tmp_path / "budget")
    made = report(tmp_path, ledger=0)
    page = made.html + made.appendix
    for words in ("probability of being best", "Probability of being the best choice", "the front and within budget",
                  "; probability of being within budget"):  # fmt: skip
        assert f"{words}, {SAID}" in page, words
