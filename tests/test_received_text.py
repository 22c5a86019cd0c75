"""Files of text from somebody else (TOML, CSV): none takes for ever, reaches the network or acts on a terminal."""

from collections.abc import Callable
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pandas as pd
import pytest

from supportnet.experiments.study.design import listed
from supportnet.experiments.study.study import StudyDefinition
from supportnet.sim.errors import UserInputError, nearest
from supportnet.sim.importing.account import Account
from supportnet.sim.importing.slots import _note_further
from supportnet.sim.importing.sources import fits
from supportnet.sim.scenario.scenario import Scenario
from supportnet.sim.storage.toml_files import MOST_BYTES, content_of, line_of
from tests.effort import effort
from tests.studies import study

MANY = 20_000
FACTOR = '[factors."services.caseload"]\nlow = 10\nhigh = 40\n'
KEY = ".".join(["a"] * MANY)
QUOTED = ".".join(['"="'] * MANY)
COSTS = "".join(f'"costs.a{k}" = 1\n' for k in range(MANY))
LONG = {
    "a dotted key": (Scenario.load, f"{KEY} = 1"),
    "a dotted key of quoted parts": (Scenario.load, f"{QUOTED} = 1"),
    "a heading": (Scenario.load, f"[{KEY}]\nx = 1"),
    "a dotted key behind an open text": (Scenario.load, '"""' + "\\n\\\"\"\"" * MANY + "\\"),
    "a name of many parts": (Scenario.load, f'[[calendar]]\nweek = 1\nset = {{ "services.{KEY}" = 1 }}'),
    "many names": (Scenario.load, f"[[calendar]]\n[calendar.set]\n{COSTS}"),
    "many entries": (Scenario.load, "[[calendar]]\n" * MANY),
    "many numbers": (Scenario.load, "[parameters]\n" + "".join(f"bond.a{k} = 1\n" for k in range(MANY))),
    "a long word": (Scenario.load, f'[population]\npreset = "{"psychosi" * MANY}"'),
    "a long base": (Scenario.load, f'based_on = "{"toda" * MANY}"'),
    "a long factor": (StudyDefinition.load, f'[factors."{"* " * MANY}"]'),
    "a factor of many parts": (StudyDefinition.load, f"[factors.{KEY}]"),
    "many factors": (StudyDefinition.load, "".join(f'[factors."bond.{k}*"]\n' for k in range(MANY))),
    "many scenarios": (StudyDefinition.load, "scenarios = [" + '"today", ' * MANY + f"]\n{FACTOR}"),
    "many arrays within one another": (StudyDefinition.load, f"observe = {'[' * 300}{']' * 300}\n{FACTOR}"),
    "a value with a dotted key": (StudyDefinition.load, f'set = {{ "{KEY}" = 1 }}\n{FACTOR}'),
}  # fmt: skip


@pytest.mark.parametrize("what", LONG)
def test_a_file_from_somebody_else__takes_no_time_whatever_it_says(what: str, tmp_path: Path) -> None:
    load: Callable[[Path], Any]
    load, text = LONG[what]
    (tmp_path / "mine.toml").write_text(text, "utf-8")

    def refuse() -> None:
        with pytest.raises(UserInputError) as told:
            load(tmp_path / "mine.toml")
        assert len(str(told.value)) < 10_000

    assert effort(refuse) < 150


def test_a_text_given_by_hand__takes_no_time_whatever_it_says() -> None:
    said = f'1"\n{KEY} = 1'

    def read() -> None:
        assert Scenario.load("today", {"title": said}).title == said

    assert effort(read) < 50


def test_a_file_of_text__has_a_size_that_somebody_may_have_written(tmp_path: Path) -> None:
    (tmp_path / "mine.toml").write_text("#" * (MOST_BYTES + 1))
    with pytest.raises(UserInputError, match="too large"):
        Scenario.load(tmp_path / "mine.toml")


def test_what_is_no_file__is_not_waited_for(tmp_path: Path) -> None:
    import os

    os.mkfifo(tmp_path / "pipe")
    for path in (tmp_path / "pipe", "/dev/zero"):
        with pytest.raises(UserInputError, match="it is not a file"):
            content_of(path)


def test_a_chain_of_scenarios__ends(tmp_path: Path) -> None:
    for k in range(100):
        (tmp_path / f"{k}.toml").write_text(f'based_on = "{k + 1}.toml"\n')
    with pytest.raises(UserInputError, match="based on itself"):
        Scenario.load(tmp_path / "0.toml")


def test_a_misspelt_name__is_looked_for_among_few_and_short_ones() -> None:
    def look() -> None:
        assert nearest("x" * 100_000, ["y" * 100_000 + str(k) for k in range(20)])
        assert nearest("ab" * 30, [f"ba{k}" * 10 for k in range(5000)])

    assert effort(look) < 150


@pytest.mark.parametrize("address", ["http://127.0.0.1:9/x.csv", "file:///etc/passwd", "x.csv.gz"])
def test_a_list_of_design_points__is_a_file_and_no_address_or_archive(
    address: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """pandas opens addresses and unpacks archives that are named by a path."""
    import gzip
    import socket

    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(socket, "socket", lambda *_, **__: pytest.fail("the network was asked"))
    Path("x.csv.gz").write_bytes(gzip.compress(b"services.caseload\n20\n"))
    study(Path(), f'[design]\nkind = "list"\nfile = "{address}"\n')
    with pytest.raises(UserInputError, match=r"mine\.toml"):
        listed(StudyDefinition.load("mine.toml"))


def test_a_line__is_that_of_the_key_or_of_what_stands_around_it() -> None:
    text = 'a = 1\n[services]\n"caseload" = 2\n[[calendar]]\nweek = 1\n[[calendar]]\nweek = 2\nset = { x.y = 1 }\n'
    for key, line in (
        (["a"], 1), (["services", "caseload"], 3), (["services", "turnover"], 2), (["calendar", "0", "week"], 5),
        (["calendar", "1", "week"], 7), (["calendar", "1", "set", "x.y"], 8), (["calendar", "1", "target"], 6),
        (["nothing"], 0), ([], 0),
    ):  # fmt: skip
        assert line_of(text, key) == line, key


def test_many_stars_in_a_mapping__take_no_longer_than_one() -> None:
    assert effort(lambda: fits("a" * 3000, "*a" * 30 + "b")) < 50
    assert effort(lambda: fits("b" + "a" * 3000, "b" + "a*" * 30 + "b")) < 50
    for name, pattern, stars in (
        ("a_b_c.csv", "*_*.csv", "a_b-c"), ("a_b_c_d", "*_*_*", "a_b-c-d"), ("ab", "a*b", ""), ("ab", "ab*", ""),
        ("x1.csv", "x[0-9].*", "csv"), ("a/b.csv", "*.csv", None), ("a/b.csv", "*/*.csv", "a-b"), ("ab", "ab", "ab"),
        ("abab", "*ab", "ab"), ("a" * 99, "*a" * 30 + "b", None), ("aab", "?*b", "a"), ("b.a", "*.[!b]", "b"),
    ):  # fmt: skip
        assert fits(name, pattern) == stars, pattern


def test_many_slots_in_a_mapping__take_no_longer_than_one() -> None:
    table = pd.DataFrame({"1" * 60 + "x": ["1"], "a7b7": ["1"], "a7b8": ["1"]}, dtype=object)
    account = Account()
    part: Any = SimpleNamespace(part="ties", frame=table, columns=list(table), account=account)
    assert effort(lambda: _note_further(part, ["{slot}" * 20, "a{slot}b{slot}"], ["1"])) < 50
    assert [left.places for left in account.left_out] == [["a7b7"]]
