"""Replicates are added until differences are known well enough, and no longer than is allowed."""

from pathlib import Path

import pandas as pd
import pytest

import supportnet as sn
from supportnet.experiments.comparison import adaptive
from supportnet.experiments.comparison.adaptive import Precision, compare_until_precise, relative_error
from supportnet.experiments.comparison.compare import compare_ensembles
from supportnet.experiments.comparison.comparison import EnsembleComparison
from supportnet.experiments.comparison.plan import ComparisonPlan
from tests.command_line import AS_SET, Supportnet
from tests.draws import DRAWS, few_draws

TINY = {"population.patients": 30, "weeks": 6}


@pytest.fixture(autouse=True)
def few_replicates(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(adaptive, "FIRST", 6)
    monkeypatch.setattr(adaptive, "MOST", 20)


def plan() -> ComparisonPlan:
    return ComparisonPlan.of(["today", "befriending"], 6, values=TINY, uncertainty="none")


def tables(found: EnsembleComparison) -> list[pd.DataFrame]:
    assert found.for_whom is not None
    return [found.differences, found.ranking, found.for_whom]


def test_replicates_are_doubled_until_precise__and_are_those_of_one_comparison() -> None:
    errors = [relative_error(compare_ensembles(adaptive.with_replicates(plan(), range(n)))) for n in (6, 12, 20)]
    assert errors[0] > errors[1], "more replicates are more precise here"
    between = (errors[0] + errors[1]) / 2
    found = compare_until_precise(plan(), Precision(between))
    assert found.comparison.n_replicates == 12
    assert (found.error, found.is_precise) == (errors[1], True)
    alone = compare_ensembles(adaptive.with_replicates(plan(), range(12)))
    assert found.comparison.plan.identity == alone.plan.identity
    for one, other in zip(tables(found.comparison), tables(alone), strict=True):
        pd.testing.assert_frame_equal(one, other, check_exact=True)


def test_what_cannot_be_known_so_well__ends_with_the_most_replicates_and_says_so() -> None:
    found = compare_until_precise(plan(), Precision(1e-9, minutes=60.0))
    assert found.comparison.n_replicates == 20
    assert not found.is_precise


def test_time__ends_it_too() -> None:
    found = compare_until_precise(plan(), Precision(1e-9, minutes=1e-6))
    assert found.comparison.n_replicates == 6
    assert found.seconds > 0.0


def test_a_posterior_of_few_draws__has_as_many_replicates_as_there_are(
    supportnet: Supportnet, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(adaptive, "FIRST", 100)
    few = str(few_draws(tmp_path))
    words = ("compare", "today", "befriending", "--patients", "30", "--weeks", "6", "--posterior", few, "--json")
    assert supportnet(*words).json["replicates"] == 2 * len(DRAWS)


def test_the_command_says_how_precise_it_is(supportnet: Supportnet) -> None:
    words = ("compare", "today", "befriending", "--patients", "30", "--weeks", "6", *AS_SET)
    said = supportnet(*words, "--precision", "1000")
    assert "6 replicates" in said.out
    assert "(100000.0 % asked)" in said.out
    rough = supportnet(*words, "--precision", "0.000001", "--time-limit", "0.00001", "--json")
    assert "(--time-limit)" in rough.err
    assert rough.json["replicates"] == 6
    assert rough.json["precision"]["asked"] == 1e-6 < rough.json["precision"]["reached"]
    assert "precision" not in supportnet(*words, "--replicates", "3", "--json").json


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("--precision", "0"), "--precision must be a number above 0"),
        (("--time-limit", "-1"), "--time-limit must be a number above 0"),
        (("--precision", "nan"), "--precision must be a number above 0"),
        (("--replicates", "3", "--precision", "0.1"), "--precision is not used with a number of replicates"),
        (("--replicates", "3", "--time-limit", "1"), "--time-limit is not used with a number of replicates"),
        (("--replicates", "0"), "--replicates must be at least 1"),
    ],
)
def test_precision_that_is_none__is_a_mistake(supportnet: Supportnet, words: tuple[str, ...], said: str) -> None:
    found = supportnet("compare", "today", "befriending", *words)
    assert found.code == 2
    assert said in found.err


def test_in_python__it_is_the_same() -> None:
    few = {"patients": 30, "weeks": 6, "uncertainty": "none"}
    found = sn.compare("today", "befriending", **few, precision=1000.0)
    pd.testing.assert_frame_equal(
        found.differences, sn.compare("today", "befriending", **few, replicates=6).differences
    )
    with pytest.raises(sn.UserInputError, match="precision is not used with a number of replicates"):
        sn.compare("today", "befriending", **few, replicates=6, precision=0.1)
