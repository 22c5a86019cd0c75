"""Results as users hold them: the same numbers as the command line, and what can be done with them."""

import base64
import re
from pathlib import Path
from typing import Any

import matplotlib
import pandas as pd
import pytest
from matplotlib.figure import Figure

import supportnet as sn
from supportnet.analysis.wording.formatting import HEADLINES
from supportnet.sim.outcomes import OUTCOMES
from tests.command_line import Supportnet
from tests.ensembles import run
from tests.small import small

SIZE: dict[str, Any] = {"patients": 20, "weeks": 4, "replicates": 4, "seed": 3}
OPTIONS = ("--patients", "20", "--weeks", "4", "--replicates", "4", "--seed", "3", "--json")
PNG = b"\x89PNG"


def without_files(answer: dict[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in answer.items() if name != "files"}


def as_json(result: Any) -> dict[str, Any]:
    """What the command would print of a result."""
    import json

    from supportnet.analysis.commands.output import without_nan

    plain: dict[str, Any] = json.loads(json.dumps(without_nan(result.to_dict())))
    return plain


def test_run__gives_the_numbers_of_the_command(supportnet: Supportnet) -> None:
    told = supportnet("run", "today", *OPTIONS, "--set", "services.caseload=15").json
    results = sn.run("today", **SIZE, values={"services.caseload": 15})
    assert results.posterior is not None, "both use draws from the posterior"
    assert as_json(results) == without_files(told)
    assert results.run_identity == told["run_identity"]


def test_compare__gives_the_numbers_of_the_command(supportnet: Supportnet) -> None:
    told = supportnet("compare", "today", "befriending", *OPTIONS).json
    assert as_json(sn.compare("today", "befriending", **SIZE)) == without_files(told)


def test_explain__gives_the_numbers_of_the_command(supportnet: Supportnet) -> None:
    told = supportnet("explain", "today", "befriending", "--over", "relationships", "--outcome", "qpr", *OPTIONS).json
    why = sn.explain("today", "befriending", over="relationships", outcome="qpr", **SIZE)
    assert as_json(why) == without_files(told)


def test_trial__gives_the_numbers_of_the_command(supportnet: Supportnet) -> None:
    told = supportnet(
        "trial", "befriending", "--patients", "40", "--places", "20", "--replicates", "2", "--uncertainty", "none",
        "--json",
    ).json  # fmt: skip
    one = sn.trial("befriending", patients=40, places=20, replicates=2, uncertainty="none")
    assert as_json(one) == without_files(told)


@pytest.fixture(scope="module")
def results() -> sn.Results:
    return sn.Results.of(run(small(), 3, record=["people"]))


@pytest.fixture(scope="module")
def comparison() -> sn.Comparison:
    return sn.compare(small(), small("befriending"), replicates=3, uncertainty="none")


@pytest.fixture(scope="module")
def explanation() -> sn.Explanation:
    return sn.explain(small(), small("befriending"), over="relationships", replicates=2, uncertainty="none")


@pytest.fixture(scope="module")
def trial() -> sn.Trial:
    return sn.trial("befriending", patients=60, places=30, replicates=2, uncertainty="none")


@pytest.mark.parametrize("kind", ["results", "comparison", "explanation", "trial"])
def test_a_result__shows_itself_in_a_line_and_in_a_card(kind: str, request: pytest.FixtureRequest) -> None:
    result = request.getfixturevalue(kind)
    line = repr(result)
    assert line.startswith(f"<{type(result).__name__}: ")
    assert len(line) < 200
    assert "seed" in line
    card = result._repr_html_()
    picture = re.search(r"data:image/png;base64,([\w+/=]+)", card)
    assert picture is not None
    assert base64.b64decode(picture[1]).startswith(PNG)
    assert len(card) < 400_000
    headline = result.headline()
    assert 1 <= len(headline) <= 15
    assert all(str(name) in card for name in headline.index)
    assert result.interval.partition(",")[0] in card


def test_a_card__has_nothing_in_it_that_a_scenario_could_run() -> None:
    results = sn.Results.of(run(small().with_values({"title": '"<script>alert(1)</script>"'}), 2))
    assert "<script" not in results._repr_html_()


@pytest.mark.parametrize("kind", ["results", "comparison", "explanation", "trial"])
def test_a_result__is_plotted_on_a_page_of_its_own_or_on_given_axes(kind: str, request: pytest.FixtureRequest) -> None:
    result = request.getfixturevalue(kind)
    assert isinstance(result.plot(), Figure)
    figure = Figure()
    axes = figure.subplots(1, 2)
    assert result.plot(ax=axes[1]) is figure
    assert axes[1].has_data()
    assert not axes[0].has_data()
    assert matplotlib.rcParams["svg.hashsalt"] != "supportnet", "a user's own style stays as it is"


@pytest.mark.parametrize("kind", ["results", "comparison", "explanation", "trial"])
def test_a_result__is_a_table(kind: str, request: pytest.FixtureRequest) -> None:
    result = request.getfixturevalue(kind)
    assert isinstance(result.to_dataframe(), pd.DataFrame)
    assert isinstance(result.summary(), pd.DataFrame)
    assert len(result.summary()) >= 4


def test_results__are_looked_up_by_outcome(results: sn.Results) -> None:
    row = results.summary().loc["qpr"]
    assert results["qpr"].mean == row["mean"]
    assert (results["qpr"].unit, results["qpr"].n) == (OUTCOMES["qpr"].unit, 3)
    with pytest.raises(sn.UserInputError, match="did you mean 'qpr'"):
        results["qprs"]
    assert list(results.headline().index) == list(HEADLINES)


def test_differences__are_looked_up_by_scenario_and_outcome(comparison: sn.Comparison) -> None:
    assert comparison["qpr"] == comparison["befriending", "qpr"]
    with pytest.raises(sn.UserInputError, match="did you mean 'befriending'"):
        comparison["befriendin", "qpr"]
    several = sn.compare(small(), small("befriending"), small("peer-workforce"), replicates=2, uncertainty="none")
    with pytest.raises(sn.UserInputError, match="which scenario"):
        several["qpr"]
    assert len(several.headline()) == 4, "recovery and cost of each"


def test_shares__are_looked_up_by_name(explanation: sn.Explanation) -> None:
    total = explanation["without"].value + sum(explanation[name].value for name in explanation.players)
    assert total == pytest.approx(explanation["difference"].value)
    with pytest.raises(sn.UserInputError, match="did you mean 'family'"):
        explanation["famly"]


def test_effects__are_looked_up_by_outcome(trial: sn.Trial) -> None:
    assert set(trial["recovery"]["kind"]) == {"smd"}
    with pytest.raises(sn.UserInputError, match="did you mean 'recovery'"):
        trial["recovry"]


def test_results__come_back_from_where_they_were_saved(results: sn.Results, tmp_path: Path) -> None:
    back = sn.Results.load(results.save(tmp_path / "a"))
    assert back.run_identity == results.run_identity
    pd.testing.assert_frame_equal(back.summary(), results.summary(), check_exact=True)
    pd.testing.assert_frame_equal(back.trajectories, results.trajectories, check_exact=True)
    assert back.people is not None
    assert len(back.people) == 3 * results.scenario.population.patients


def test_results_by_draws__come_back_with_them(tmp_path: Path) -> None:
    results = sn.run("today", **SIZE)
    back = sn.Results.load(results.save(tmp_path / "a"))
    pd.testing.assert_frame_equal(back.summary(), results.summary(), check_exact=True)


def test_a_comparison__comes_back_from_where_it_was_saved(comparison: sn.Comparison, tmp_path: Path) -> None:
    back = sn.Comparison.load(comparison.save(tmp_path / "a"))
    assert back.run_identity == comparison.run_identity
    pd.testing.assert_frame_equal(back.differences, comparison.differences, check_exact=True)
    pd.testing.assert_frame_equal(back.ranking, comparison.ranking, check_exact=True)


@pytest.mark.parametrize("kind", ["results", "comparison"])
def test_what_is_damaged__is_refused(kind: str, request: pytest.FixtureRequest, tmp_path: Path) -> None:
    result = request.getfixturevalue(kind)
    folder = result.save(tmp_path / "a")
    table = folder / "trajectories.parquet"
    content = bytearray(table.read_bytes())
    content[len(content) // 2] ^= 1
    table.write_bytes(bytes(content))
    with pytest.raises(sn.UserInputError, match="another checksum"):
        type(result).load(folder)
    table.unlink()
    with pytest.raises(sn.UserInputError, match="can't be read"):
        type(result).load(folder)


def test_a_result__never_replaces_what_another_command_wrote(
    results: sn.Results, comparison: sn.Comparison, tmp_path: Path
) -> None:
    results.save(tmp_path / "a")
    with pytest.raises(sn.UserInputError, match="what `supportnet run` wrote"):
        comparison.save(tmp_path / "a")


def test_a_run__can_be_an_array(results: sn.Results) -> None:
    pytest.importorskip("xarray")
    array = results.to_xarray()
    assert array["qpr"].dims == ("replicate", "week")
    assert float(array["qpr"][:, -1].mean()) == pytest.approx(results["qpr"].mean)
