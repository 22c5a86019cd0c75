"""`supportnet list` as people and scripts meet it."""

import subprocess
import sys

import pytest

from supportnet.sim.outcomes import OUTCOMES
from supportnet.sim.parameters import Parameters, numbers, value
from supportnet.sim.scenario.scenario import Scenario, library
from tests.command_line import Supportnet, environment


def listed(supportnet: Supportnet, kind: str) -> list[dict[str, object]]:
    rows: list[dict[str, object]] = supportnet("list", kind, "--json").json[kind]
    return rows


def test_lists__have_every_name(supportnet: Supportnet) -> None:
    assert [row["outcome"] for row in listed(supportnet, "outcomes")] == list(OUTCOMES)
    assert [row["scenario"] for row in listed(supportnet, "scenarios")] == library()
    assert [row["programme"] for row in listed(supportnet, "programmes")] == list(
        Scenario.load("today").every_programme
    )
    found = {row["parameter"]: row["value"] for row in listed(supportnet, "parameters")}
    assert found == {name: pytest.approx(value(Parameters(), name)) for name in numbers()}


def test_levers__can_be_set_to_what_they_are_today(supportnet: Supportnet) -> None:
    today = {row["lever"]: row["today"] for row in listed(supportnet, "levers") if row["today"] != "–"}
    assert {"services.caseload", "programmes.befriending.coverage", "population.patients"} <= today.keys()
    assert "bond.trust_gain" not in today
    Scenario.load("today", today)


def test_a_list__can_be_narrowed_to_names(supportnet: Supportnet) -> None:
    (row,) = supportnet("list", "parameters", "Bond.trust_gain", "--json").json["parameters"]
    assert row["source"].startswith("alliance plateaus")
    assert "share of missing trust" in supportnet("list", "parameters", "bond.trust_gain").out
    levers = supportnet("list", "levers", "services", "--json").json["levers"]
    assert {one["lever"].split(".")[0] for one in levers} == {"services"}
    assert Parameters.about("bond.trust_gain").loc["bond.trust_gain", "source"] == row["source"]
    assert len(Parameters.about()) == len(numbers())
    said = supportnet("list", "parameters", "trust_gian")
    assert said.code == 2
    assert "did you mean 'bond.trust_gain'" in said.err


def test_a_list__is_a_table_for_people__and_an_unknown_one_names_those_there_are(supportnet: Supportnet) -> None:
    said = supportnet("list", "levers").out
    assert "programmes.client_centred_therapy.cost_per_session" in said, "no name is cut"
    assert "…" not in said
    said = supportnet("list", "outcome")
    assert said.code == 2
    assert "did you mean 'outcomes'?" in said.err


def test_a_list_of_outcomes__loads_nothing_heavy() -> None:
    lines = (
        "import sys\n"
        "from supportnet.analysis.commands.app import app\n"
        "try:\n    app(['list', 'outcomes'])\nexcept SystemExit:\n    pass\n"
        "print(sorted({'pandas', 'numba', 'scipy', 'matplotlib', 'pyarrow'} & {*sys.modules}), file=sys.stderr)\n"
    )
    done = subprocess.run([sys.executable, "-c", lines], capture_output=True, text=True, env=environment(), check=True)
    assert done.stderr.strip() == "[]"
