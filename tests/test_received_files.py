"""Files from somebody else start nothing and ask nobody; what docs/received-files.md promises is held by tests."""

import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from supportnet.sim.errors import UserInputError
from supportnet.sim.scenario.scenario import Scenario
from tests.command_line import Supportnet, environment
from tests.studies import BODY, HEAD, study_at

HERE = Path(__file__).parent
PAGE = HERE.parent / "docs" / "received-files.md"
WATCHED = (
    "subprocess.Popen",
    "os.system",
    "os.exec",
    "os.posix_spawn",
    "os.fork",
    "socket.connect",
    "socket.getaddrinfo",
)
seen: list[tuple[str, str]] | None = None


def watch(event: str, about: tuple[Any, ...]) -> None:
    if seen is not None and event in WATCHED:
        seen.append((event, str(about)[:200]))


sys.addaudithook(watch)  # for good; it does nothing while nobody watches


@pytest.fixture
def started() -> Iterator[list[tuple[str, str]]]:
    """What was started or asked meanwhile, but for git, which says the commit of this project."""
    global seen
    seen = found = []
    yield found
    seen = None


def test_commands_on_received_files__start_nothing_and_ask_nobody(
    started: list[tuple[str, str]], supportnet: Supportnet
) -> None:
    Path("mine.toml").write_text('based_on = "today"\ntitle = "$(touch pwned) `touch pwned` {{ 7 * 7 }}"\n')
    few = ("--patients", "12", "--weeks", "2", "--replicates", "2", "--uncertainty", "none")
    study_at(Path(), BODY, f'scenarios = ["mine.toml"]\n{HEAD}', "study.toml")
    for words in (
        ("run", "mine.toml", *few, "--out", "run"),
        ("run", "--from", "run/provenance.json", "--out", "again"),
        ("compare", "today", "mine.toml", *few, "--out", "compare"),
        ("economics", "compare", "--out", "economics"),
        ("report", ".", "--ledger", "0"),
        ("sweep", "study.toml", "--workers", "1", "--out", "sweep"),
        ("results", "sweep", "--where", "services.caseload < 30", "--csv", "runs.csv"),
    ):
        said = supportnet(*words)
        assert said.code == 0, said.err
    assert started, "git is asked"
    assert [one for one in started if "'git'" not in one[1]] == []
    assert not list(Path().rglob("pwned"))


def test_a_scenario__copies_nothing_but_networks(tmp_path: Path) -> None:
    (tmp_path / "secret").write_text("secret = 1\n")
    for text in ('[population]\nnetworks = "secret"\n', 'based_on = "secret"\n'):
        (tmp_path / "mine.toml").write_text(text)
        with pytest.raises(UserInputError):
            assert Scenario.load(tmp_path / "mine.toml").population


def test_a_scenario__has_bounds() -> None:
    for name, value in (("population.patients", 1_000_001), ("weeks", 5201)):
        with pytest.raises(UserInputError, match="a whole number from 1 to"):
            Scenario.load("today", {name: value})


def test_what_the_page_promises__is_held_by_a_test() -> None:
    lines = [line for line in PAGE.read_text("utf-8").splitlines() if line.startswith("| ") and "held by" not in line]
    texts = (path.read_text("utf-8") for path in HERE.glob("test_*.py"))
    defined = {name for text in texts for name in re.findall(r"^def (test_\w+)", text, re.M)}
    assert len(lines) > 25
    for line in lines:
        named = re.findall(r"`(test_\w+)`", line.rsplit("|", 2)[1])
        assert named or line.endswith("| – |"), line
        assert {*named} <= defined, line


def test_options_of_numba_in_a_folder__are_refused(tmp_path: Path) -> None:
    (tmp_path / ".numba_config.yaml").write_text("opt: '0'\n")
    words = [sys.executable, "-m", "supportnet.analysis.commands.main", "run", "today"]
    done = subprocess.run(words, cwd=tmp_path, env=environment(), capture_output=True, text=True)
    assert done.returncode == 2
    assert done.stderr.startswith(".numba_config.yaml: a file in this folder would change how the model is compiled")
    assert [path.name for path in tmp_path.iterdir()] == [".numba_config.yaml"]
