"""Every way to get a scenario file wrong ends in one message: where, found, expected, remedy."""

from pathlib import Path

import pytest

from supportnet.sim.errors import UserInputError
from supportnet.sim.scenario.checks import key_space
from supportnet.sim.scenario.scenario import Scenario

NEW = """
[programmes.garden]
uses = { peer = 2 }
makes = ["peer"]
delivered_by = "peer"
reciprocity = "reciprocal"
expert = "peers"
resources = []
sessions_per_week = 1
weeks = 10
"""


def message(path: Path, text: str | bytes) -> str:
    path.write_bytes(text if isinstance(text, bytes) else text.encode("utf-8"))
    with pytest.raises(UserInputError) as mistake:
        Scenario.load(path)
    return str(mistake.value)


def by_hand(**values: object) -> str:
    with pytest.raises(UserInputError) as mistake:
        Scenario.load("today", {name.replace("__", "."): given for name, given in values.items()})
    return str(mistake.value)


MISTAKES = {
    "a misspelt section": (
        'based_on = "today"\n[servces]\ncaseload = 3\n',
        ["line 2", "servces is not known", "found: 'servces'", "expected: a section or key", "mean 'services'"],
    ),
    "a misspelt lever": (
        'based_on = "today"\n\n[services]\ncaseloads = 3\n',
        ["line 4", "services.caseloads is not known", "found: 'caseloads'", "a key of [services]", "mean 'caseload'"],
    ),
    "a lever outside its section": (
        "caseload = 3\n",
        ["line 1", "caseload is not known", "found: 'caseload'", "expected: a section", "mean 'services.caseload'"],
    ),
    "a misspelt column": (
        "[programmes.befriending]\ncoverge = 0.1\n",
        ["line 2", "programmes.befriending.coverge", "found: 'coverge'", "expected: a key of", "mean 'coverage'"],
    ),
    "a misspelt programme": (
        "[programmes.befrending]\ncoverage = 0.1\n",
        ["line 1", "befrending is new and lacks uses", "found: 'befrending'", "the ten", "mean 'befriending'"],
    ),
    "a misspelt role": (
        "[programmes.befriending]\nuses = { frend = 1 }\n",
        ["line 2", "uses.frend is not known", "found: 'frend'", "professional, peer, friend", "mean 'friend'"],
    ),
    "a misspelt mechanism": (
        "[mechanisms]\ntrst = false\n",
        ["line 2", "mechanisms.trst is not known", "found: 'trst'", "a key of [mechanisms]", "mean 'trust'"],
    ),
    "a misspelt number": (
        '[parameters]\n"bond.trust_gian" = 0.1\n',
        ["line 2", "bond.trust_gian is not a number", "found: 'bond.trust_gian'", "dotted", "mean 'bond.trust_gain'"],
    ),
    "a misspelt target": (
        '[programmes.befriending]\ncoverage = 0.1\ntarget = "few_tyes"\n',
        ["line 3", "programmes.befriending.target", "found: 'few_tyes'", "one of: all, few_ties", "mean 'few_ties'"],
    ),
    "a misspelt resource": (
        '[programmes.befriending]\nresources = ["decisions"]\n',
        ["line 2", "resources", "found: 'decisions'", "one of: decision_making", "mean 'decision_making'"],
    ),
    "an unknown preset": (
        '[population]\npreset = "psychoses"\n',
        ["line 2", "population.preset", "found: 'psychoses'", "psychosis, affective, mixed", "mean 'psychosis'"],
    ),
    "a lever out of range": (
        "[services]\ncaseload = 0\n",
        ["line 2", "services.caseload", "found: 0", "from 1 to 1,000 (people per post)", "remedy: give caseload"],
    ),
    "a number out of range": (
        "[parameters]\nbond.trust_gain = 3\n",
        ["line 2", "bond.trust_gain", "found: 3", "0.02 to 0.3 (share of missing trust", "leave it out for 0.12"],
    ),
    "a cost out of range": (
        "[costs]\npost = -1\n",
        ["line 2", "costs.post", "found: -1", "from 0 to 300,000 (per professional's post", "remedy: "],
    ),
    "a cost said twice": (
        '[parameters]\n"costs.post" = 1\n[costs]\npost = 2\n',
        ["line 4", "costs.post", "found: 2", "once, not also 1.0", "remedy: "],
    ),
    "a negative capacity": (
        "[programmes.befriending]\ncapacity = -5\n",
        ["line 2", "befriending.capacity", "found: -5", "from 0 to 100 (places per 100 people)", "give capacity"],
    ),
    "NaN": (
        "[services]\nturnover = nan\n",
        ["line 2", "services.turnover", "found: nan", "from 0 to 520 (leavers per post and year)", "remedy: "],
    ),
    "NaN as a number of the model": (
        '[parameters]\n"bond.fading" = nan\n',
        ["line 2", "bond.fading", "found: nan", "expected: a number from 0.001 to 0.03 (share of", "remedy: "],
    ),
    "infinity": (
        "[programmes.befriending]\ncost_per_session = inf\n",
        ["line 2", "cost_per_session", "found: inf", "(money per person and session)", "remedy: "],
    ),
    "a text for a number": (
        '[services]\ncaseload = "15"\n',
        ["line 2", "services.caseload", "found: '15'", "from 1 to 1,000 (people per post)", "remedy: "],
    ),
    "true for a number": (
        "[parameters]\nbond.fading = true\n",
        ["line 2", "bond.fading", "found: true", "expected: a number", "remedy: "],
    ),
    "half a week": (
        "weeks = 0.5\n",
        ["line 1", "weeks", "found: 0.5", "expected: a whole number from 1 to 5,200 (weeks)", "remedy: "],
    ),
    "nobody": (
        "[population]\npatients = 0\n",
        ["line 2", "population.patients", "found: 0", "from 1 to 1,000,000 (people)", "remedy: "],
    ),
    "a section that is no table": (
        "services = 3\n",
        ["line 1", "services", "found: 3", "expected: a table", "remedy: "],
    ),
    "a mechanism held out of range": (
        "[mechanisms]\ntrust = { held = 1.5 }\n",
        ["line 2", "mechanisms.trust", "found: { held = 1.5 }", "{ held = 0 to 1 (share) }", "remedy: "],
    ),
    "a mechanism held for a stranger": (
        "[mechanisms]\ntrust = { held = { stranger = 0.5 } }\n",
        ["line 2", "mechanisms.trust", "stranger", "{ held = { professional = 0 to 1, … } }", "remedy: "],
    ),
    "a programme's name with a blank": (
        '[programmes."a walk"]\ncoverage = 1\n',
        ["'a walk' cannot be the name", "found: 'a walk'", "expected: letters", "remedy: rename it"],
    ),
    "a new programme without what it needs": (
        "[programmes.garden]\nuses = { peer = 1 }\nweeks = 10\n",
        ["line 1", "lacks delivered_by, reciprocity, expert, resources, sessions_per_week", "found: ", "remedy: add"],
    ),
    "a deliverer who is not there": (
        NEW.replace('"peer"\n', '"friend"\n', 1),
        ["line 5", "garden.delivered_by", "found: 'friend'", "one of: peer, facilitator", "remedy: add friend to uses"],
    ),
    "ties made but not used": (
        NEW.replace('["peer"]', '["peer", "family"]'),
        ["line 4", "garden.makes", "found: 'family'", "expected: some of: peer", "remedy: add family to uses"],
    ),
    "a programme that starts too late": (
        "weeks = 20\n[programmes.befriending]\ncoverage = 1\nstart_week = 20\n",
        ["line 4", "befriending starts after the end", "found: 20", "a week from 0 to 19", "set weeks to 21"],
    ),
    "a number that the model had before": (
        "[parameters]\nbond.repair_communication = 0.35\n",
        ["line 2", "bond.repair_communication", "the model no longer has it", "now: bond.repair"],
    ),
    "networks that are not there": (
        'based_on = "today"\n[population]\nnetworks = "nowhere.parquet"\n',
        [
            "line 3",
            "population.networks",
            "nowhere.parquet",
            "relative to the scenario's own file",
            "supportnet import",
        ],
    ),
    "a key twice": (
        "[services]\ncaseload = 1\ncaseload = 2\n",
        ["line 3", "is not TOML", "found: 'caseload = 2'", "each key once", "remedy: "],
    ),
    "a line that is not TOML": (
        "[services]\ncaseload 15\n",
        ["line 2", "is not TOML", "found: 'caseload 15'", "expected: lines such as", "remedy: correct the line"],
    ),
    "an empty file": ("", ["the file is empty", "found: 'no keys'", 'based_on = "today"', "remedy: "]),
    "a file of comments": ("# later\n", ["the file is empty", "found: ", "expected: at least", "remedy: "]),
    "a file that is not UTF-8": (
        'based_on = "today"\ntitle = "Été"\n'.encode("latin-1"),
        ["line 2", "is not UTF-8", "found: the bytes c9 74 e9", "expected: a text file in UTF-8", "remedy: save"],
    ),
    "a table in a thousand tables": (
        "[parameters]\n" + ".".join("a" * 3000) + " = 1\n",
        ["nested too deeply", "found: ", "expected: at most four levels", "remedy: "],
    ),
    "a base that is not there": (
        'title = "x"\nbased_on = "todai"\n',
        ["line 2", "'todai': no such scenario", "found: 'todai'", "library or the path", "mean 'today'"],
    ),
}


@pytest.mark.parametrize("name", MISTAKES)
def test_a_mistake_in_a_file__is_told_with_key_found_expected_and_remedy(name: str, tmp_path: Path) -> None:
    text, parts = MISTAKES[name]
    said = message(tmp_path / "mine.toml", text)
    assert "mine.toml" in said
    for part in (*parts, "found: ", "expected: ", "remedy: "):
        assert part in said, said


CALENDAR = {
    "two values for one week": (
        [(5, '"services.caseload" = 9', ""), (5, '"services.caseload" = 8', "")],
        [
            "contradicts itself: in week 5 services.caseload",
            "8.0, and 9.0 in",
            "(calendar entry 2)",
            "remedy: leave one",
        ],
    ),
    "two values for groups that may share somebody": (
        [(5, '"services.caseload" = 9', "lonely"), (5, '"services.caseload" = 8', "few_ties")],
        ["contradicts itself", "for lonely and for few_ties", "one value for a name, a week and a person", "remedy: "],
    ),
    "a value for everybody and another for some": (
        [(5, '"services.caseload" = 9', ""), (5, '"services.caseload" = 8', "psychosis")],
        ["contradicts itself", "for all and for psychosis", "expected: one value", "remedy: "],
    ),
    "a programme for two groups at once": (
        [(5, '"programmes.befriending.coverage" = 1', t) for t in ("lonely", "few_ties")],
        ["contradicts itself", "programmes.befriending.target", "'few_ties', and 'lonely'", "remedy: "],
    ),
    "a mechanism on and off": (
        [(5, '"mechanisms.trust" = true', ""), (5, '"mechanisms.trust" = false', "")],
        ["contradicts itself", "mechanisms.trust", "expected: one value", "remedy: "],
    ),
    "a change after the end": (
        [(104, '"services.caseload" = 9', "")],
        ["after the end of the run", "found: 104", "a week from 0 to 103", "set weeks to 105 or more"],
    ),
    "a negative week": (
        [(-1, '"services.caseload" = 9', "")],
        ["calendar entry 1, week", "found: -1", "a whole number from 0 to 5,199 (week)", "remedy: "],
    ),
    "nothing that changes": (
        [(5, "", "")],
        ["calendar entry 1, set", "found: {}", "a table of dotted names and values", "remedy: "],
    ),
    "a change out of range": (
        [(5, '"services.caseload" = 0', "")],
        ["calendar entry 1, set.services.caseload", "found: 0", "1 to 1,000 (people per post)", "remedy: "],
    ),
    "a change with a misspelt name": (
        [(5, '"services.caselod" = 9', "")],
        ["set.services.caselod is not known", "found: 'caselod'", "a key of [services]", "mean 'caseload'"],
    ),
    "a change in a misspelt section": (
        [(5, '"service.caseload" = 9', "")],
        ["service.caseload does not change", "found: 'service.caseload'", "services.*", "mean 'services.caseload'"],
    ),
    "a change of what cannot change": (
        [(5, '"population.patients" = 9', "")],
        ["population.patients does not change over time", "expected: services.*", "say it outside the calendar"],
    ),
    "a change of a number of the model": (
        [(5, '"bond.trust_gain" = 0.1', "")],
        ["bond.trust_gain does not change over time", "expected: services.*", "say it outside the calendar"],
    ),
    "a change of who takes part": (
        [(5, '"programmes.befriending.uses" = { friend = 2 }', "")],
        ["befriending.uses.friend does not change", "except uses, makes", "add a second programme"],
    ),
    "a change of an unknown programme": (
        [(5, '"programmes.befrending.coverage" = 1', "")],
        ["not known: befrending", "found: 'befrending'", "under [programmes]", "mean 'befriending'"],
    ),
    "a mechanism for some": (
        [(5, '"mechanisms.trust" = false', "lonely")],
        [
            "mechanisms change for everybody",
            "found: \"target = 'lonely'",
            "expected: no target",
            "leave the target out",
        ],
    ),
    "a group that is not one": (
        [(5, '"services.caseload" = 9', "lonly")],
        ["calendar entry 1, target", "found: 'lonly'", "one of: all, few_ties", "mean 'lonely'"],
    ),
}


@pytest.mark.parametrize("name", CALENDAR)
def test_a_mistake_in_the_calendar__is_told_with_its_line(name: str, tmp_path: Path) -> None:
    entries, parts = CALENDAR[name]
    text = 'based_on = "today"\n' + "".join(
        f"[[calendar]]\nweek = {week}\nset = {{ {said} }}\n" + (f'target = "{target}"\n' if target else "\n")
        for week, said, target in entries
    )
    said = message(tmp_path / "mine.toml", text)
    first = 4 * len(entries) - 2
    assert any(f"mine.toml, line {first + line}" in said for line in range(4)), said
    for part in (*parts, "found: ", "expected: ", "remedy: "):
        assert part in said, said


def test_groups_that_share_nobody__may_change_apart(tmp_path: Path) -> None:
    path = tmp_path / "apart.toml"
    entry = '[[calendar]]\nweek = 5\nset = {{ "services.caseload" = {} }}\ntarget = "{}"\n'
    path.write_text('based_on = "today-mixed"\n' + entry.format(9, "psychosis") + entry.format(8, "affective"))
    assert list(Scenario.load(path).calendar[0].services) == ["psychosis", "affective"]


def test_a_change_that_contradicts_the_base__is_told(tmp_path: Path) -> None:
    entry = '[[calendar]]\nweek = 13\nset = { "services.caseload" = 9 }\n'
    said = message(tmp_path / "mine.toml", f'based_on = "hiring-freeze"\n{entry}')
    assert "in week 13 services.caseload" in said
    assert "30.0 in hiring-freeze, line" in said


def test_a_scenario_based_on_itself__is_told_with_the_chain(tmp_path: Path) -> None:
    assert "mine.toml → " in message(tmp_path / "mine.toml", 'based_on = "mine.toml"\n')
    (tmp_path / "below").mkdir()
    (tmp_path / "below" / "other.toml").write_text('title = "x"\nbased_on = "../mine.toml"\n')
    said = message(tmp_path / "mine.toml", 'based_on = "below/other.toml"\n')
    assert "other.toml, line 2: the scenario is based on itself" in said
    assert said.count("mine.toml") == 2
    assert "expected: a chain of scenarios that ends" in said
    assert "remedy: base one of them on" in said


def test_what_is_no_file__is_told(tmp_path: Path) -> None:
    for path, what in ((tmp_path, "is a folder"), (tmp_path / "nowhere.toml", "no such"), ("x\0y", "no such")):
        with pytest.raises(UserInputError, match=what):
            Scenario.load(path)
    with pytest.raises(UserInputError, match="did you mean 'befriending'"):
        Scenario.load("befrending")


def test_values_by_hand__are_held_to_the_same_rules() -> None:
    assert "mean 'services.caseload'" in by_hand(servces__caseload=3)
    assert "mean 'caseload'" in by_hand(services__caselod=3)
    assert "from 1 to 1,000 (people per post)" in by_hand(services__caseload="lots")
    assert "from 0.02 to 0.3" in by_hand(bond__trust_gain="inf")
    assert "mean 'bond.trust_gain'" in by_hand(bond__trust_gian=0.1)
    assert "is not a name that can be set" in by_hand(based_on="today")
    assert "is not a name that can be set" in by_hand(calendar=[])
    assert "nested too deeply" in by_hand(**{"bond." + "a." * 3000: 1})
    assert "a value too long to show" in by_hand(weeks=10**5000)
    assert "services.caseload" in by_hand(services__caseload="3\nmore = 4")
    assert "befrending is new and lacks" in by_hand(programmes__befrending__coverage=0.1)


def test_more_programmes_or_teams_than_there_is_room_for__are_told(tmp_path: Path) -> None:
    many = "".join(NEW.replace("garden", f"garden-{i}") + "coverage = 0.1\n" for i in range(128))
    assert "found: 128" in message(tmp_path / "mine.toml", many)
    entry = '[[calendar]]\nweek = {}\nset = {{ "services.caseload" = 9 }}\ntarget = "lonely"\n'
    teams = 'based_on = "today"\nweeks = 200\n' + "".join(entry.format(week) for week in range(127))
    assert "at most 127 teams of services" in message(tmp_path / "mine.toml", teams)


def test_programmes_whose_names_lead_to_the_same_luck__are_told(tmp_path: Path) -> None:
    seen: dict[int, str] = {}
    names = (f"p{i}" for i in range(5000))
    first, second = next((seen[key_space(n)], n) for n in names if seen.setdefault(key_space(n), n) != n)
    text = "".join(NEW.replace("garden", name) + "coverage = 0.1\n" for name in (first, second))
    said = message(tmp_path / "mine.toml", text)
    assert f"{second!r} and {first!r} lead to the same random numbers" in said
    assert "rename one" in said
