"""Scenarios: files merged along `based_on`, values given by hand, and what identifies a scenario."""

import json
import pickle
import subprocess
import sys
from pathlib import Path

import pytest

from supportnet.sim.enums import Mechanism
from supportnet.sim.parameters import Parameters, numbers, value
from supportnet.sim.scenario.scenario import Scenario, library


def write(folder: Path, name: str, text: str) -> Path:
    path = folder / name
    path.write_text(text, encoding="utf-8")
    return path


def test_based_on__merges_tables_key_by_key_and_appends_the_calendar(tmp_path: Path) -> None:
    write(
        tmp_path,
        "base.toml",
        """
        based_on = "smaller-caseloads"
        [services]
        continuity = 0.4
        [programmes.befriending]
        coverage = 0.2
        [[calendar]]
        week = 10
        set = { "services.turnover" = 0.5 }
        """,
    )
    path = write(
        tmp_path,
        "top.toml",
        """
        based_on = "base.toml"
        [services]
        continuity = 0.5
        [programmes.befriending]
        weeks = 26
        [[calendar]]
        week = 5
        set = { "services.turnover" = 0.4 }
        """,
    )
    scenario = Scenario.load(path)
    assert (scenario.services.caseload, scenario.services.continuity) == (15, 0.5)
    befriending = scenario.programmes["befriending"]
    assert (befriending.coverage, befriending.weeks, befriending.sessions_per_week) == (0.2, 26, 0.8)
    assert [(change.week, change.services["all"]["turnover"]) for change in scenario.calendar] == [(5, 0.4), (10, 0.5)]


def test_root_services__are_those_of_the_end_of_the_chain_whatever_is_changed_on_the_way(tmp_path: Path) -> None:
    root = write(tmp_path, "root.toml", "[services]\ncaseload = 40\n")
    top = write(tmp_path, "top.toml", 'based_on = "root.toml"\n[services]\ncaseload = 10\n')
    scenario = Scenario.load(top).with_values({"services.turnover": 1.0})
    assert (scenario.root_services.caseload, scenario.services.caseload) == (40, 10)
    assert (scenario.root_services.turnover, scenario.services.turnover) == (0.34, 1.0)
    assert Scenario.load(root, {"services.caseload": 5}).root_services.caseload == 40


def test_title_and_assumes__are_a_scenarios_own(tmp_path: Path) -> None:
    path = write(tmp_path, "mine.toml", 'based_on = "smaller-caseloads"\nweeks = 52\n')
    scenario = Scenario.load(path)
    assert (scenario.name, scenario.title, scenario.assumes) == ("mine", "mine", "")
    assert scenario.with_values({"title": "Mine"}).title == "Mine"


def test_with_values__takes_the_dotted_names_of_every_section() -> None:
    scenario = Scenario.load("today").with_values(
        {
            "services.caseload": 20,
            "programmes.befriending.coverage": 0.5,
            "programmes.open_dialogue.uses.family": 3,
            "population.patients": 60,
            "population.preset": "mixed",
            "weeks": 26,
            "bond.trust_gain": 0.1,
            "parameters.meet.rate.family": 1.0,
            "mechanisms.trust": False,
            "mechanisms.influence.held.peer": 0.5,
            "costs.post": 70_000,
        }
    )
    assert scenario.services.caseload == 20
    assert scenario.programmes["befriending"].coverage == 0.5
    assert scenario.every_programme["open_dialogue"].uses == {"professional": 1, "friend": 1, "family": 3}
    assert (scenario.population.patients, scenario.population.share_psychosis, scenario.weeks) == (60, 0.5, 26)
    assert scenario.parameters == {"bond.trust_gain": 0.1, "meet.rate.family": 1.0, "costs.post": 70_000}
    assert scenario.all_parameters.bond.trust_gain == 0.1
    assert scenario.mechanisms == {"trust": {"held": 0.0}, "influence": {"held": {"peer": 0.5}}}
    assert Scenario.load("today").services.caseload == 25


def test_overrides__read_a_text_as_a_value_of_toml_and_a_bare_word_as_a_text() -> None:
    scenario = Scenario.load(
        "today",
        {
            "services.caseload": "12",
            "population.preset": "affective",
            "mechanisms.trust": '{ held = "baseline" }',
            "programmes.befriending.non_verbal": "true",
            "title": '"Twelve"',
        },
    )
    assert (scenario.services.caseload, scenario.population.preset, scenario.title) == (12, "affective", "Twelve")
    assert scenario.needs_baseline_means
    assert scenario.every_programme["befriending"].non_verbal


@pytest.mark.parametrize("name", ["bond.trust_gain", "costs.post", "meet.rate.family"])
def test_parameters__are_said_quoted_or_as_tables(tmp_path: Path, name: str) -> None:
    new = value(Parameters(), name) * 1.01
    quoted = write(tmp_path, "quoted.toml", f'based_on = "today"\n[parameters]\n"{name}" = {new}\n')
    tables = write(tmp_path, "tables.toml", f'based_on = "today"\n[parameters]\n{name} = {new}\n')
    assert Scenario.load(quoted).parameters == Scenario.load(tables).parameters == {name: new}


def test_canonical__is_equal_for_a_copy_under_another_name(tmp_path: Path) -> None:
    for name in library():
        original = Scenario.load(name)
        copy = write(tmp_path, "copy.toml", f'based_on = "{name}"\ntitle = "Copy"\nassumes = "Nothing."\n')
        assert Scenario.load(copy).canonical() == original.canonical(), name


def test_canonical__says_everything_that_affects_results_and_can_be_read_back_from_json() -> None:
    changes = {"mechanisms.trust.held": 0.4, "bond.trust_gain": 0.1, "programmes.open_dialogue.coverage": 0.2}
    for name in library():
        scenario = Scenario.load(name, changes)
        canonical = json.loads(json.dumps(scenario.canonical(), allow_nan=False))
        again = Scenario.from_canonical(canonical, name)
        assert again.canonical() == scenario.canonical(), name


def test_canonical__leaves_out_what_changes_nothing() -> None:
    today = Scenario.load("today").canonical()
    idle = {
        "programmes.befriending.sessions_per_week": 3,
        "bond.trust_gain": value(Parameters(), "bond.trust_gain"),
        "mechanisms.trust": True,
        "services.caseload": 25,
    }
    assert Scenario.load("today", idle).canonical() == today
    labels = {"programmes.befriending.coverage": 0.1, "programmes.befriending.title": "Other"}
    named, plain = Scenario.load("today", labels), Scenario.load("today", {"programmes.befriending.coverage": 0.1})
    assert named.canonical() == plain.canonical() != today


@pytest.mark.parametrize(
    ("name", "new"),
    [
        ("weeks", 52),
        ("population.patients", 10),
        ("population.preset", "mixed"),
        ("services.continuity", 0.9),
        ("programmes.befriending.coverage", 0.5),
        ("mechanisms.influence", False),
        ("tire.gain", 0.05),
    ],
)
def test_canonical__differs_where_results_may(name: str, new: object) -> None:
    today = Scenario.load("today")
    assert today.with_values({name: new}).canonical() != today.canonical()


def test_canonical__counts_networks_by_their_content(tmp_path: Path) -> None:
    (tmp_path / "there").mkdir()
    for folder, content in ((tmp_path, b"one"), (tmp_path / "there", b"one")):
        (folder / "networks.parquet").write_bytes(content)
        write(folder, "mine.toml", 'based_on = "today"\n[population]\npatients = 9\nnetworks = "networks.parquet"\n')
    here, there = (Scenario.load(folder / "mine.toml") for folder in (tmp_path, tmp_path / "there"))
    assert here.networks == tmp_path / "networks.parquet"
    assert here.canonical() == there.canonical() != Scenario.load("today").canonical()
    (tmp_path / "networks.parquet").write_bytes(b"two")
    assert here.canonical() != there.canonical()
    assert here.with_values({"population.networks": '""'}).networks is None


def test_order_of_entries_in_a_week__does_not_matter(tmp_path: Path) -> None:
    entries = [
        'week = 3\ntarget = "lonely"\nset = { "services.caseload" = 9 }',
        'week = 3\ntarget = "few_ties"\nset = { "services.turnover" = 0.1 }',
        'week = 3\nset = { "services.continuity" = 0.9 }',
    ]
    there, back = (
        write(tmp_path, f"{name}.toml", 'based_on = "today"\n' + "".join(f"[[calendar]]\n{entry}\n" for entry in order))
        for name, order in (("there", entries), ("back", entries[::-1]))
    )
    assert json.dumps(Scenario.load(there).canonical()) == json.dumps(Scenario.load(back).canonical())


def test_a_run_cut_short_by_hand__does_not_get_to_later_changes() -> None:
    short = Scenario.load("peer-support-roll-out", {"weeks": 20})
    assert [change.week for change in short.calendar] == [13]
    assert Scenario.load("peer-support-roll-out", {"weeks": 5}).programmes == {}
    assert Scenario.load("hiring-freeze", {"weeks": 5}).canonical() == Scenario.load("today", {"weeks": 5}).canonical()


def test_a_file_of_windows_origin__is_read_like_any_other(tmp_path: Path) -> None:
    path = tmp_path / "windows.toml"
    path.write_bytes('\ufeffbased_on = "today"\r\ntitle = "Été"\r\n[services]\r\ncaseload = 7\r\n'.encode())
    assert (Scenario.load(path).title, Scenario.load(str(path)).services.caseload) == ("Été", 7)


def test_a_new_programme__is_a_row_without_code(tmp_path: Path) -> None:
    path = write(
        tmp_path,
        "eleventh.toml",
        """
        based_on = "befriending"
        [programmes.walking-group]
        coverage = 0.2
        uses = { peer = 2, friend = 1 }
        makes = ["peer"]
        delivered_by = "peer"
        reciprocity = "reciprocal"
        expert = "everyone"
        resources = ["recreational_activities", "social_relationships"]
        sessions_per_week = 1
        weeks = 30
        """,
    )
    scenario = Scenario.load(path)
    assert list(scenario.programmes) == ["befriending", "walking-group"]
    assert scenario.programmes["walking-group"].capacity == 100


def test_a_scenario__travels_to_another_process_whole() -> None:
    scenario = Scenario.load("outreach-in-withdrawal", {"services.caseload": 11})
    again = pickle.loads(pickle.dumps(scenario))
    assert again == scenario
    assert again.canonical() == scenario.canonical()


def test_json_schema__describes_every_key_with_unit_and_range() -> None:
    schema = Scenario.json_schema()
    json.dumps(schema, allow_nan=False)
    sections = schema["properties"]
    assert {"based_on", "title", "assumes", "weeks", "population", "services", "programmes", "mechanisms"} < set(
        sections
    )
    assert set(sections["parameters"]["properties"]) == set(numbers())
    assert set(sections["mechanisms"]["properties"]) == set(Mechanism.words())
    caseload = schema["$defs"]["ServiceLevers"]["properties"]["caseload"]
    assert (caseload["minimum"], caseload["maximum"], caseload["default"]) == (1, 1000, 25)
    assert "people per post" in caseload["title"]
    for table in ("Population", "ServiceLevers", "Programme", "CalendarEntry"):
        assert schema["$defs"][table]["additionalProperties"] is False
        for key, about in schema["$defs"][table]["properties"].items():
            assert about["title"], key
            assert about["description"], key


def test_importing_scenarios__loads_nothing_heavy() -> None:
    heavy = "numpy", "numba", "pandas", "pyarrow", "mesa"
    code = f"import sys, supportnet.sim.scenario.scenario; print([name for name in {heavy} if name in sys.modules])"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"
