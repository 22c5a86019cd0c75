"""`supportnet compare` as people and scripts meet it."""

import json
from pathlib import Path

import pandas as pd
import pytest

from supportnet.analysis.outputs.rerun import scenarios_compared
from supportnet.analysis.wording.formatting import HEADLINES
from supportnet.sim.outcomes import OUTCOMES
from supportnet.sim.scenario.scenario import Scenario
from tests.command_line import AS_SET, SMALL, Supportnet

pytestmark = pytest.mark.usefixtures("figures_not_drawn")


def test_compares_json__has_the_keys_of_the_interface(supportnet: Supportnet) -> None:
    found = supportnet("compare", "today", "peer-workforce", "family-work", *SMALL, "--json").json
    assert {"baseline", "seed", "replicates", "differences", "ranking", "files"} <= set(found)
    assert (found["baseline"], found["seed"], found["replicates"]) == ("today", 1, 3)
    keys = {"scenario", "outcome", "difference", "mcse", "lower", "upper", "probability_better", "unit"}
    assert all(keys <= set(row) for row in found["differences"])
    assert {(row["scenario"], row["outcome"]) for row in found["differences"]} == {
        (scenario, outcome) for scenario in ("peer-workforce", "family-work") for outcome in OUTCOMES
    }
    for row in found["ranking"]:
        assert {"outcome", "order", "probability_best"} <= set(row)
        assert set(row["order"]) == set(row["probability_best"])
    assert set(next(row for row in found["ranking"] if row["outcome"] == "qpr")["order"]) == {
        "today", "peer-workforce", "family-work",
    }  # fmt: skip
    assert {"figure.png", "figure.svg", "differences.csv", "provenance.json"} <= set(found["files"])
    assert all(Path(path).is_file() for path in found["files"].values())
    assert json.loads(Path(found["files"]["provenance.json"]).read_text())["interval"] == found["interval"]
    assert any(row["group"] == "everybody" for row in found["for_whom"])


def test_a_scenario_and_its_copy__differ_by_exactly_nothing(supportnet: Supportnet) -> None:
    Path("copy.toml").write_text('based_on = "today"\n')
    found = supportnet("compare", "today", "copy.toml", *SMALL, "--json").json
    assert {row["difference"] for row in found["differences"]} <= {0.0, None}
    apart = supportnet("compare", "today", "copy.toml", *SMALL, "--independent", "--json").json
    assert apart["independent"] is True
    assert apart["for_whom"] == []
    assert any(row["difference"] for row in apart["differences"])


def test_compare__begins_with_recovery_and_cost__and_shows_headlines(supportnet: Supportnet) -> None:
    lines = supportnet("compare", "today", "befriending", *SMALL).out.splitlines()
    assert lines[0].startswith("Personal recovery (QPR): ")
    assert lines[1].startswith("Cost: ")
    rows = [line.split()[0] for line in lines if line.split() and line.split()[0] in OUTCOMES]
    assert rows == list(HEADLINES)
    assert len(HEADLINES) <= 15
    assert len(lines) < 35
    full = supportnet("compare", "today", "befriending", *SMALL, "--full").out
    assert all(f"\n{name}" in full for name in OUTCOMES)


def test_compare__shows_the_outcomes_that_are_asked_for(supportnet: Supportnet) -> None:
    words = ("compare", "today", "befriending", "family-work", *SMALL, "--outcome", "gad7,hope", "--outcome", "qpr")
    rows = [line.split()[0] for line in supportnet(*words).out.splitlines() if line.split()]
    assert [row for row in rows if row in OUTCOMES] == ["gad7", "hope", "qpr"]
    assert len(supportnet(*words, "--json").json["differences"]) == 2 * len(OUTCOMES)
    wrong = supportnet(*words, "--outcome", "gad-7")
    assert (wrong.code, wrong.out) == (2, "")
    assert "did you mean 'gad7'" in wrong.err


def test_many_scenarios__are_in_one_short_table(supportnet: Supportnet) -> None:
    names = [f"copy-{number}" for number in range(6)]
    for name in names:
        Path(f"{name}.toml").write_text('based_on = "today"\n')
    said = supportnet("compare", "today", *(f"{name}.toml" for name in names), *SMALL)
    rows = [line.split()[0] for line in said.out.splitlines() if line.split()]
    assert [row for row in rows if row in names] == names
    assert not set(rows) & set(OUTCOMES)
    assert said.out.count("not known") == 2 * len(names), "two draws that agree do not show that nothing varies"


def test_compare__shows_differences_ranking_and_for_whom(supportnet: Supportnet) -> None:
    said = supportnet("compare", "today", "smaller-caseloads", "peer-workforce", *SMALL, "--full")
    assert said.code == 0
    told = [line.strip() for line in said.out.splitlines()]
    assert "smaller-caseloads less today" in told
    assert "3 replicates, the same people and random numbers in every scenario, seed 1" in told
    assert "From best to worst, with the probability of being best" in said.out
    assert "For whom peer-workforce works" in said.out
    assert "p5" in said.out
    assert "harmed" in said.out
    assert "not forecasts for a person" in said.out
    assert "not adjusted for the number of comparisons" in said.out


@pytest.mark.parametrize("few", [1, 10**6], ids=["told", "too few"])
def test_what_changed_for_those_worse_off__is_told_of_enough_people(
    supportnet: Supportnet, monkeypatch: pytest.MonkeyPatch, few: int
) -> None:
    monkeypatch.setattr("supportnet.experiments.comparison.subgroups.FEW", few)
    monkeypatch.setattr(
        "supportnet.experiments.comparison.subgroups.NOTABLE", 0.05
    )  # QPR points; hardly anybody loses more in a few weeks
    said = supportnet("compare", "today", "smaller-caseloads", *SMALL, "--full")
    assert ("What changed for those worse off under smaller-caseloads" in said.out) is (few == 1)
    assert ("too few to say what else changed for them" in said.out) is (few > 1)


def test_compare__says_what_differs_besides_policy(supportnet: Supportnet) -> None:
    """Other prices, another measure, other people: each is said in words, in the table and for programs."""
    Path("other.toml").write_text(
        'based_on = "today"\n[costs]\npost = 90000\n[parameters]\n"thresholds.few_ties" = 4\n"bond.trust_gain" = 0.13\n'
    )
    said = supportnet("compare", "today", "other.toml", *SMALL, "--json").json["cautions"]
    assert any("other has different unit costs (costs.post 65000 → 90000)" in one for one in said)
    assert any("other is measured differently (thresholds.few_ties" in one for one in said)
    assert any("other has different people from today (bond.trust_gain 0.12 → 0.13)" in one for one in said)
    table = supportnet("compare", "today", "other.toml", *SMALL).out
    assert all(f"Caution: {one}." in table for one in said)
    assert "the same random numbers in every scenario, but different people" in table
    alike = supportnet("compare", "today", "smaller-caseloads", *SMALL[:4], "--replicates", "10", *AS_SET, "--json")
    assert alike.json["cautions"] == ["not calibrated: all parameters are at their reference values"]


def test_compare__keeps_the_interviews_of_every_scenario(supportnet: Supportnet) -> None:
    """A report runs with them again, whichever scenario read which."""
    for name, roles in (("one", ["friend", "family"]), ("other", ["peer", "family"]), ("copy", ["friend", "family"])):
        table = pd.DataFrame({"patient": ["a", "b"], "supporter": "s", "role": roles})
        table.to_parquet(f"{name}.parquet", index=False)
        text = f'based_on = "today"\n[population]\nnetworks = "{name}.parquet"\npatients = 20\n'
        Path(f"{name}.toml").write_text(text)
    words = ("--weeks", "2", "--replicates", "2", "--uncertainty", "none", "--out", "found")
    assert supportnet("compare", "one.toml", "other.toml", "copy.toml", *words).code == 0
    kept = {path.read_bytes() for path in Path("found").glob("networks*.parquet")}
    assert kept == {Path(f"{name}.parquet").read_bytes() for name in ("one", "other")}
    assert len(list(Path("found").glob("networks*.parquet"))) == 2
    assert supportnet("report", "found", "--ledger", "0").code == 0
    assert supportnet("compare", "one.toml", "copy.toml", *words).code == 0
    assert [path.name for path in Path("found").glob("networks*.parquet")] == ["networks.parquet"]


def test_compare__keeps_ties_among_supporters_that_differ_in_the_same_interviews(supportnet: Supportnet) -> None:
    for name, pairs in (("known", [("s", "t")]), ("strangers", []), ("unasked", None)):
        Path(name).mkdir()
        ties = pd.DataFrame({"patient": ["a", "a", "b"], "supporter": ["s", "t", "s"], "role": "friend"})
        ties.to_parquet(f"{name}/networks.parquet", index=False)
        if pairs is not None:
            rows = [{"patient": "a", "supporter_a": one, "supporter_b": other} for one, other in pairs]
            columns = ["patient", "supporter_a", "supporter_b"]
            pd.DataFrame(rows, columns=columns, dtype=object).to_parquet(f"{name}/alter_ties.parquet")
        text = f'based_on = "today"\n[population]\nnetworks = "{name}/networks.parquet"\npatients = 20\n'
        Path(f"{name}.toml").write_text(text)
    files = ["known.toml", "strangers.toml", "unasked.toml"]
    words = ("--weeks", "2", "--replicates", "2", "--uncertainty", "none", "--out", "found")
    assert supportnet("compare", *files, *words).code == 0
    kept = scenarios_compared(json.loads(Path("found/provenance.json").read_text("utf-8")), Path("found"))
    read = [one.networks for one in kept]
    assert [one and one.parent for one in read] == [Path("found")] * 3
    assert [one.canonical() for one in kept] == [Scenario.load(one, {"weeks": 2}).canonical() for one in files]
    assert len(set(read)) == 3
    assert len(list(Path("found").glob("alter_ties*.parquet"))) == 2
    assert supportnet("compare", files[0], *files[:1], *words).code == 0
    assert not list(Path("found").glob("networks-*")), "an earlier comparison's files go"
