"""`supportnet scenarios` and `schema` as people and scripts meet them."""

from pathlib import Path

import pytest

from supportnet.sim.scenario.scenario import library
from tests.command_line import Supportnet
from tests.draws import ship_few_draws


def test_scenarios__lists_the_library_with_titles(supportnet: Supportnet) -> None:
    said = supportnet("scenarios")
    assert all(name in said.out for name in library())
    assert "Smaller caseloads" in said.out
    found = supportnet("scenarios", "--json").json["scenarios"]
    assert [row["name"] for row in found] == library()
    assert {"name", "title", "preset", "calibrated"} <= set(found[0])


def test_one_scenario_in_full__is_a_file_to_start_from(supportnet: Supportnet) -> None:
    said = supportnet("scenarios", "smaller-caseloads")
    assert "assumes" in said.out
    Path("mine.toml").write_text(said.out, encoding="utf-8")
    one, other = (supportnet("scenarios", name, "--json").json for name in ("smaller-caseloads", "mine.toml"))
    assert one["scenario"] == other["scenario"]
    assert one["assumes"] == other["assumes"] != ""


def test_scenarios__one_of_ones_own__is_told_with_all_that_it_is_based_on(supportnet: Supportnet) -> None:
    Path("mine.toml").write_text(
        'based_on = "hiring-freeze"\nweeks = 120\n[costs]\npost = 90000\n[mechanisms]\ntrust = false\n'
        '[parameters]\n"bond.trust_gain" = 0.1\n[programmes.befriending]\ncoverage = 0.2\n'
    )
    Path("child.toml").write_text('based_on = "mine.toml"\n')
    told = supportnet("scenarios", "child.toml", "--quiet").out
    for line in (
        "# weeks = 120",
        "# services.caseload = 25",
        "# programmes.befriending.coverage = 0.2",
        "# programmes.befriending.uptake = 0.58",
        "# mechanisms.trust.held = 0",
        "# costs.post = 90000   (reference: 65000)",
        '# parameters."bond.trust_gain" = 0.1   (reference: 0.12)',
        "# from week 13:",
        "#   services.all.caseload = 30",
    ):
        assert line in told.splitlines(), line
    assert "# hiring-freeze assumes: Posts that fall vacant" in told
    plain = supportnet("scenarios", "child.toml", "--json").json["based_on"]
    assert [base["name"] for base in plain] == ["today", "hiring-freeze", "mine.toml"]
    assert plain[1]["assumes"].startswith("Posts that fall vacant")


@pytest.mark.parametrize("kind", ["scenario", "mapping", "networks"])
def test_schema__prints_json_schema(supportnet: Supportnet, kind: str) -> None:
    found = supportnet("schema", kind).json
    assert found["type"] == "object"
    assert supportnet("schema", kind, "--json").json == found


def test_schema__is_of_scenarios_where_nothing_is_said(supportnet: Supportnet) -> None:
    assert supportnet("schema").json == supportnet("schema", "scenario").json


@pytest.mark.parametrize("words", ["scenarios", "scenarios today", "list levers", "schema", "study check levers"])
def test_what_only_lists__needs_no_posterior(
    supportnet: Supportnet, monkeypatch: pytest.MonkeyPatch, tmp_path: Path, words: str
) -> None:
    ship_few_draws(monkeypatch, tmp_path)
    monkeypatch.setattr("supportnet.experiments.posterior.posterior.model_changes", lambda told: ["code: sim/rules.py"])
    assert "of another version of the model" in supportnet("run", "today", "--patients", "9").err
    assert supportnet(*words.split()).code == 0
