"""Results as users hold them: the same numbers as the command line, and what can be done with them."""

import base64
import re
from dataclasses import replace
from pathlib import Path
from typing import Any

import matplotlib
import pandas as pd
import pytest
from matplotlib.figure import Figure

import supportnet as sn
from supportnet.analysis.wording.formatting import HEADLINES
from supportnet.sim.outcomes import OUTCOMES
from tests.command_line import Supportnet, files_of
from tests.draws import ship_few_draws
from tests.ensembles import run
from tests.small import small

pytestmark = pytest.mark.usefixtures("figures_not_drawn")
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


def test_run__gives_the_numbers_of_the_command(
    supportnet: Supportnet, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    ship_few_draws(monkeypatch, tmp_path)
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


def test_costs_and_effects__are_the_same_of_a_comparison_and_of_its_folder(
    comparison: sn.Comparison, tmp_path: Path
) -> None:
    worth, saved = sn.economics(comparison), sn.economics(comparison.save(tmp_path / "a"))
    assert as_json(worth) == as_json(saved)
    assert worth.run_identity == saved.run_identity


def test_a_comparison__comes_back_from_where_it_was_saved(comparison: sn.Comparison, tmp_path: Path) -> None:
    back = sn.Comparison.load(comparison.save(tmp_path / "a"))
    assert back.run_identity == comparison.run_identity
    pd.testing.assert_frame_equal(back.differences, comparison.differences, check_exact=True)
    pd.testing.assert_frame_equal(back.ranking, comparison.ranking, check_exact=True)


@pytest.mark.usefixtures("figures_drawn")
@pytest.mark.parametrize("kind", ["explanation", "trial"])
def test_shares_and_effects__come_back_from_where_they_were_saved(
    kind: str, request: pytest.FixtureRequest, tmp_path: Path
) -> None:
    result = request.getfixturevalue(kind)
    back = type(result).load(result.save(tmp_path / "a"))
    assert as_json(back) == as_json(result)
    assert files_of(back.save(tmp_path / "b")) == files_of(tmp_path / "a")


def test_an_explanation_by_draws__comes_back_with_numbers_that_a_scenario_keeps(tmp_path: Path) -> None:
    usual = sn.Parameters().bond.trust_gain
    keeping = small("befriending").with_values({"parameters.bond.trust_gain": usual})
    why = sn.explain(small(), keeping, over="relationships", outcome="qpr", replicates=4)
    assert as_json(sn.Explanation.load(why.save(tmp_path / "a"))) == as_json(why)


def test_trials_against_attention__come_back_as_they_were_written_down(tmp_path: Path) -> None:
    one = sn.trial("befriending", patients=60, places=30, replicates=2, control="attention", uncertainty="none")
    assert as_json(sn.Trial.load(one.save(tmp_path / "a"))) == as_json(one)


def test_what_is_not_kept_with_results__can_not_come_back(tmp_path: Path) -> None:
    area = sn.Scenario.load("today").with_values({"services.caseload": 15})
    one = sn.trial("befriending", area, patients=60, places=30, replicates=2, uncertainty="none")
    with pytest.raises(sn.UserInputError, match="not kept with them"):
        sn.Trial.load(one.save(tmp_path / "a"))


TABLES = {
    "results": "trajectories.parquet", "comparison": "trajectories.parquet", "explanation": "coalitions.parquet",
    "trial": "effects.csv",
}  # fmt: skip


@pytest.mark.parametrize("kind", list(TABLES))
def test_what_is_damaged__is_refused(kind: str, request: pytest.FixtureRequest, tmp_path: Path) -> None:
    result = request.getfixturevalue(kind)
    folder = result.save(tmp_path / "a")
    table = folder / TABLES[kind]
    content = bytearray(table.read_bytes())
    content[len(content) // 2] ^= 1
    table.write_bytes(bytes(content))
    with pytest.raises(sn.UserInputError, match="a checksum other"):
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
    pytest.importorskip("xarray", reason="needs the extra `xarray`")
    array = results.to_xarray()
    assert array["qpr"].dims == ("replicate", "week")
    assert array["qpr"].attrs["units"] == OUTCOMES["qpr"].unit
    assert float(array["qpr"][:, -1].mean()) == pytest.approx(results["qpr"].mean)


def test_a_comparison__can_be_an_array(comparison: sn.Comparison) -> None:
    pytest.importorskip("xarray", reason="needs the extra `xarray`")
    last = comparison.to_xarray().isel(week=-1).mean("replicate")
    difference = last["qpr"].sel(scenario="befriending") - last["qpr"].sel(scenario="today")
    assert float(difference) == pytest.approx(comparison["qpr"].difference)
    few = replace(comparison.worlds[1], replicates=(0, 2), values=comparison.worlds[1].values[[0, 2]])
    array = replace(comparison, worlds=(comparison.worlds[0], few)).to_xarray()
    assert array["cost"].dims == ("scenario", "replicate", "week")
    assert array["cost"].sel(scenario="befriending").isnull().all("week").values.tolist() == [False, True, False]


def test_an_explanation__can_be_an_array(explanation: sn.Explanation) -> None:
    pytest.importorskip("xarray", reason="needs the extra `xarray`")
    array = explanation.to_xarray()
    assert array["recovery"].dims == ("coalition", "scenario", "replicate")
    worlds = array["recovery"].mean("replicate").sel(scenario=["today", "befriending"]).diff("scenario")
    everybody = (array["family"] & array["friend"] & array["peer"] & array["professional"]).values
    assert everybody.sum() == 1
    assert float(worlds[everybody].squeeze()) == pytest.approx(explanation["difference"].value)


@pytest.fixture(scope="module")
def study(tmp_path_factory: pytest.TempPathFactory) -> sn.Study:
    path = tmp_path_factory.mktemp("study") / "mine.toml"
    path.write_text(
        'title = "Mine"\nset = { "population.patients" = 20, weeks = 8 }\nreplicates = 2\n'
        '[design]\nkind = "sobol"\nn = 8\n'
        '[factors."services.caseload"]\nlow = 10\nhigh = 40\n[factors."services.shared_decisions"]\n'
    )
    return sn.Study.load(path)


@pytest.fixture(scope="module")
def swept(study: sn.Study, tmp_path_factory: pytest.TempPathFactory) -> sn.Sweep:
    return study.sweep(tmp_path_factory.mktemp("swept"), workers=2)


def test_sweep_and_sensitivity__give_the_numbers_of_the_commands(
    supportnet: Supportnet, study: sn.Study, swept: sn.Sweep, tmp_path: Path
) -> None:
    told = supportnet("sweep", study.called, "--out", str(tmp_path / "a"), "--json").json
    assert (told["runs"], told["computed"]) == (swept.runs, swept.computed) == (64, 64)
    assert (tmp_path / "a" / "results.parquet").read_bytes() == (swept.folder / "results.parquet").read_bytes()
    told = supportnet("sensitivity", study.called, "--out", str(tmp_path / "a"), "--outcome", "qpr", "--json").json
    assert as_json(swept.sensitivity("qpr")) == without_files(told)
    again = sn.sensitivity(study, tmp_path / "a", "qpr")
    assert as_json(again) == without_files(told)


def test_a_sweep__is_a_table_and_says_what_it_is(study: sn.Study, swept: sn.Sweep) -> None:
    table = swept.to_dataframe(["qpr"], week=8)
    assert len(table) == swept.runs
    assert {"services.caseload", "qpr"} <= set(table.columns)
    assert set(swept.summary()["outcome"]) >= {"qpr"}
    assert repr(study).startswith("<Study mine: Mine")
    assert "services.caseload" in study._repr_html_()
    assert repr(swept).startswith("<Sweep mine: 64 runs in ")
    assert study.sweep(swept.folder).computed == 0
    assert sn.sweep(study, swept.folder).computed == 0


def test_indices__show_themselves_and_are_looked_up_by_factor(swept: sn.Sweep, tmp_path: Path) -> None:
    indices = swept.sensitivity("qpr")
    assert repr(indices).startswith("<Indices: Mine: qpr; sobol")
    assert {"S1", "ST"} <= set(indices["services.caseload"].index)
    with pytest.raises(sn.UserInputError, match=r"did you mean 'services\.caseload'"):
        indices["services.caselod"]
    assert list(indices.summary().index) == list(indices.headline().index)
    assert "data:image/png" in indices._repr_html_()
    axes = Figure().subplots()
    assert indices.plot(ax=axes) is axes.figure
    assert (indices.save(tmp_path / "b") / "indices.csv").is_file()


def test_a_study__may_have_other_values_in_all_its_scenarios(study: sn.Study) -> None:
    other = study.with_values({"services.continuity": 0.9})
    assert isinstance(other, sn.Study)
    assert [scenario.every_number for scenario in other.scenarios]
    assert all(one.canonical()["services"]["continuity"] == 0.9 for one in other.scenarios)
    with pytest.raises(sn.UserInputError):
        study.with_values({"services.continuty": 0.9})


@pytest.mark.parametrize("kind", ["results", "comparison", "explanation", "trial"])
def test_names_of_a_result__are_those_that_it_takes(kind: str, request: pytest.FixtureRequest) -> None:
    result = request.getfixturevalue(kind)
    assert list(result) == result.keys()
    assert len(result) == len(result.keys()) > 3
    assert all(name in result for name in result.keys()[:3])
    assert [name for name in ("nothing", 3, None, ["qpr"], ("a", "b")) if name in result] == []


def test_an_outcome__is_in_what_has_it(results: sn.Results, comparison: sn.Comparison, swept: sn.Sweep) -> None:
    assert "qpr" in results
    assert "qpr" in comparison, "there is one other scenario"
    assert ("befriending", "qpr") in comparison
    assert "befriending" not in comparison
    assert list(swept.sensitivity("qpr")) == ["services.caseload", "services.shared_decisions"]


def test_one_name__stands_for_a_list_of_it(study: sn.Study, swept: sn.Sweep) -> None:
    assert swept.to_dataframe("qpr").equals(swept.to_dataframe(["qpr"]))
    assert study.designed("services.caseload", kind="latin").factor_names == ("services.caseload",)


def test_an_effect_without_interval__has_a_dash_and_a_reason() -> None:
    one = sn.trial("befriending", replicates=4, patients=40, places=8, seed=3, uncertainty="none")
    assert one.effects["lower"].isna().any()
    assert set(one.headline()["95 % interval"]) >= {"–"}
    assert not one.headline()["95 % interval"].str.contains("– to").any()
    assert any(re.search(r"only \d trials? of 4 could tell the effect on .*no interval", said) for said in one.cautions)


def test_recorded_tables__come_back__and_are_refused_if_damaged(tmp_path: Path) -> None:
    both = ["people", "ties"]
    one = sn.run("today", replicates=2, patients=20, weeks=4, record=both, every=2, uncertainty="none")
    folder = one.save(tmp_path / "a")
    back = sn.Results.load(folder)
    for name in ("people", "ties", "supporter_ties"):
        pd.testing.assert_frame_equal(getattr(back, name), getattr(one, name))
    table = folder / "supporter_ties.parquet"
    content = bytearray(table.read_bytes())
    content[len(content) // 2] ^= 1
    table.write_bytes(bytes(content))
    with pytest.raises(sn.UserInputError, match=r"supporter_ties\.parquet: a checksum other"):
        sn.Results.load(folder)
