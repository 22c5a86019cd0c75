"""All mistakes of a file at once, in the order of its lines, and none that follows from another."""

import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from supportnet.experiments.economics.costs import read_costs, shipped_file
from supportnet.experiments.study.design import listed
from supportnet.experiments.study.study import StudyDefinition
from supportnet.sim.errors import MOST_SHOWN, UserInputError
from supportnet.sim.importing.mapping import read_mapping
from supportnet.sim.scenario.scenario import Scenario

SCENARIO = """based_on = "today"
weeks = 26
[services]
caseload = 0
turnovr = 3
[programmes.befriending]
target = "few_tyes"
[programmes.befrending]
coverage = 0.1
[mechanisms]
trst = false
[parameters]
"bond.trust_gian" = 1
"bond.trust_gain" = 9
[[calendar]]
week = 99
set = { "services.caseload" = 12 }
[[calendar]]
week = -1
set = { "population.patients" = 3, "services.casload" = 3 }
[[calendar]]
week = 5
set = { "programmes.nothing.coverage" = 0.5 }
"""
STUDY = """scenarios = ["todya", "today"]
replicates = 0
repliactes = 2
constraints = ["services.casload < 3", "services.caseload < 30"]
[set]
"services.turnovr" = 1
"services.continuity" = 2
[design]
kind = "sobl"
[factors."services.caseload"]
low = 0
high = 2000
[factors."services.nothing"]
[factors."bond.pull"]
distribution = "triangular"
sd = 3
"""
MAPPING = """titel = "mine"
[people]
files = "p.csv"
patient = 3
[[ties]]
files = "t.csv"
patient = "id"
suporter = "x"
role = { always = "frend" }
[[ties]]
files = []
patient = "id"
supporter = "a"
role = { always = "friend" }
"""


def written(folder: Path, text: str) -> Path:
    path = folder / "mine.toml"
    path.write_text(text)
    return path


def mistakes_in(read: Callable[[Any], Any], path: object) -> list[str]:
    with pytest.raises(UserInputError) as error:
        read(path)
    assert "\n".join(map(str, error.value.mistakes)) == str(error.value)
    return [str(one) for one in error.value.mistakes]


def lines_of(mistakes: list[str]) -> list[int]:
    return [int(line[1]) if (line := re.search(r", line (\d+)", one)) else 0 for one in mistakes]


def test_a_scenario(tmp_path: Path) -> None:
    found = mistakes_in(Scenario.load, written(tmp_path, SCENARIO))
    assert lines_of(found) == [4, 5, 7, 8, 11, 13, 14, 17, 19, 20, 20, 23]
    assert all(part in one for one in found for part in ("found: ", "expected: ", "remedy: "))


def test_a_scenario_and_what_it_is_based_on(tmp_path: Path) -> None:
    (tmp_path / "base.toml").write_text('based_on = "tody"\n[services]\nturnovr = 1\n')
    found = mistakes_in(Scenario.load, written(tmp_path, 'weeks = 0\nbased_on = "base.toml"\n[service]\n'))
    assert [Path(one.partition(",")[0]).name for one in found] == ["mine.toml", "mine.toml", "base.toml", "base.toml"]
    assert lines_of(found) == [1, 3, 1, 3]


def test_values_by_hand() -> None:
    values = {"servces.caseload": 3, "services.caseload": 0, "services.caselod": 2, "bond.trust_gain": 9, "weeks": 4}
    found = mistakes_in(Scenario.load("today").with_values, values)
    assert len(found) == 4
    assert all(one.startswith("values: ") for one in found)


@pytest.mark.parametrize(
    "text",
    [
        "weeks = 0\n[programmes.befriending]\ncoverage = 0.5\nstart_week = 5000\n",
        'weeks = "x"\n[[calendar]]\nweek = 4000\nset = { "services.caseload" = 3 }\n',
        "[programmes.mine]\nweeks = 0\ncoverage = 0.5\n",
        '[programmes]\n"my own" = { coverage = 0.5 }\n',
        'based_on = "tody"\n[programmes.mine]\ncoverage = 0.5\n',
        "[services]\ncaseload = { a = 1, b = 2 }\n",
        "[mechanisms]\ntrust = { held = { frend = 0.5, peeer = 3 } }\n",
    ],
)
def test_nothing_follows_from_another_mistake(tmp_path: Path, text: str) -> None:
    assert len(mistakes_in(Scenario.load, written(tmp_path, text))) == 1


def test_a_study(tmp_path: Path) -> None:
    found = mistakes_in(StudyDefinition.load, written(tmp_path, STUDY))
    assert lines_of(found) == [1, 2, 3, 4, 6, 7, 9, 10, 10, 13, 14, 14]
    assert all(part in one for one in found for part in ("found: ", "expected: ", "remedy: "))


@pytest.mark.parametrize(
    "text",
    [
        '[factors."services.caseload"]\nlow = "a"\nhigh = 20\n',
        '[factors."servces.caseload"]\nlow = 10\nhigh = 20\n',
        "factors = 3\n",
        'scenarios = ["tody"]\nobserve = [30]\n[factors."programmes.mine.coverage"]\n',
        '[set]\nweeks = 0\n[factors."bond.pull"]\n',
        'constraints = ["bond.pull < 3"]\n[factors."bond.pull"]\nlow = "a"\n',
        '[design]\nkind = "latn"\n[factors."bond.pull"]\ngroup = "a"\n',
    ],
)
def test_nothing_follows_from_another_mistake_of_a_study(tmp_path: Path, text: str) -> None:
    assert len(mistakes_in(StudyDefinition.load, written(tmp_path, text))) == 1


def test_a_list_of_design_points(tmp_path: Path) -> None:
    (tmp_path / "points.csv").write_text("services.caseload,servces.turnover,bond.pull\n0,1,0\n20,1,7\n-3,1,0\n")
    study = StudyDefinition.load(written(tmp_path, '[design]\nkind = "list"\nfile = "points.csv"\n'))
    assert lines_of(mistakes_in(listed, study)) == [1, 2, 3, 4]


def test_a_mapping(tmp_path: Path) -> None:
    found = mistakes_in(read_mapping, written(tmp_path, MAPPING))
    assert lines_of(found) == [1, 4, 8, 9, 11]


def test_a_cost_file(tmp_path: Path) -> None:
    text = shipped_file().decode().replace("price_year", "prise_year", 1)
    text = text.replace("[post]", "[pst]").replace('unit = "per admission"', 'unit = "per post and year"')
    text = re.sub(r"(\[contact\]\n(?:#.*\n)*value = ).*", r"\1 -1", text)
    found = mistakes_in(read_costs, written(tmp_path, text))
    assert [re.search(r"key ([\w.]+)", one)[1] for one in found] == [  # type: ignore[index]
        "prise_year", "pst", "contact.value", "admission.unit",
    ]  # fmt: skip


def test_very_many__are_counted(tmp_path: Path) -> None:
    many = "".join(f"x{k} = 1\n" for k in range(MOST_SHOWN + 12))
    with pytest.raises(UserInputError) as error:
        Scenario.load(written(tmp_path, many))
    assert len(error.value.mistakes) == MOST_SHOWN + 12
    assert str(error.value).count(" is not known\n") == MOST_SHOWN
    assert str(error.value).endswith("\nand 12 more")
