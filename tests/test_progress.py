"""How far a command is: time left at any width of a terminal, a few lines elsewhere, nothing with --quiet."""

import io
import logging
import re
import time
from pathlib import Path

import pytest
from rich.cells import cell_len
from rich.console import Console

from supportnet.analysis.commands import progress
from supportnet.analysis.commands.output import Output
from supportnet.analysis.commands.progress import Throughput, bar, lines
from supportnet.sim.storage.cache import preparation_begins, preparation_ends
from tests.command_line import process

ACTS = re.compile(r"\x1b\[[0-9;?]*[A-Za-z]")


class Clock:
    now = 0.0

    def monotonic(self) -> float:
        return self.now


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> Clock:
    made = Clock()
    monkeypatch.setattr(progress.time, "monotonic", made.monotonic)
    return made


def test_time_left__follows_the_work_since_the_first_report(clock: Clock) -> None:
    pace = Throughput()
    assert pace.left is None
    clock.now = 40.0
    assert pace.says() == "0:00:40 so far"
    pace.report(0.1)  # with half a minute of compiling before it
    assert pace.left == pytest.approx(360.0)
    clock.now = 50.0
    pace.report(0.2)
    assert pace.left == pytest.approx(80.0)
    clock.now = 70.0
    assert pace.left == pytest.approx(60.0), "counted down between reports"
    assert pace.says() == "0:01:00 left"
    clock.now = 500.0
    assert pace.left == 0.0
    clock.now = 500_000.0
    pace.report(0.201)
    assert pace.says() == "46 days left"


FAST = [(20, "utf-8"), (80, "cp437"), (200, "utf-8")]
EVERY = [(width, encoding) for width in (20, 40, 60, 80, 200) for encoding in ("utf-8", "cp437")]


@pytest.mark.parametrize(
    ("width", "encoding"), [pytest.param(*one, marks=() if one in FAST else pytest.mark.slow) for one in EVERY]
)
def test_a_bar__always_shows_the_time_left(width: int, encoding: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(progress, "PATIENCE", 0.0)
    stream = io.TextIOWrapper(io.BytesIO(), encoding=encoding, errors="strict")
    console = Console(file=stream, width=width, height=25, force_terminal=True, markup=False)
    with bar("Comparing 7 scenarios with names as long as this one has", console, str) as report:
        time.sleep(0.2)
        report(0.25, ": 1,000 of 4,000 runs, 12 a second")
        time.sleep(0.4)
    stream.flush()
    shown = ACTS.sub("", stream.buffer.getvalue().decode(encoding))  # type: ignore[attr-defined]
    written = [line for line in re.split(r"[\r\n]+", shown) if line.strip()]
    assert max(map(cell_len, written)) <= width
    assert any(re.search(r"25%.* 0:00:\d\d left", line) for line in written), written
    assert any(line.startswith("Co") for line in written)


def test_without_a_terminal__long_work_has_a_line_a_minute_at_most(clock: Clock) -> None:
    said = list[str]()
    with lines("Running today", said.append) as report:
        for minute in range(0, 11):
            for part in range(4):
                clock.now = 60.0 * minute + 15.0 * part
                report(clock.now / 660.0)
    assert len(said) == 10
    assert said[0] == "Running today: 9% done, about 10 min left."


def test_without_a_terminal__short_work_has_none(clock: Clock) -> None:
    said = list[str]()
    with lines("Running today", said.append) as report:
        for clock.now in range(0, 60, 5):
            report(clock.now / 60.0)
    assert said == []


def test_a_first_start__is_explained_once_it_takes_long(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(progress, "PATIENCE", 0.2)
    monkeypatch.setattr(progress, "EXPLAINED", set())
    said, logger = list[str](), logging.getLogger("supportnet")
    for work, reports in ((0.5, False), (0.0, True)):
        with lines("Running today", said.append) as report:
            for _ in range(3):
                logger.info("Compiling the model")
            if reports:
                report(0.5)
            time.sleep(work)
    time.sleep(0.4)
    assert said == ["Compiling the model."]
    assert not logger.handlers


def test_a_first_start__is_explained_once_and_not_in_the_time_left(
    clock: Clock, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(progress, "PATIENCE", 0.05)
    monkeypatch.setattr(progress, "EXPLAINED", set())
    said = list[str]()
    with lines("Running today", said.append) as report:
        for kernel in range(3):
            preparation_begins("Compiling the model")
            time.sleep(0.1)
            clock.now = 100.0 * (kernel + 1)
            preparation_ends()
        clock.now = 370.0
        report(0.25)
        preparation_ends()  # of what is compiled later
        clock.now = 371.0
    assert said == ["Compiling the model.", "Running today: 25% done, about 3.5 min left."]


def test_quiet__has_no_progress(capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(progress, "PATIENCE", 0.0)
    with Output(as_json=False, quiet=True).progress("Running") as report:
        assert report is None
        logging.getLogger("supportnet").info("Compiling")
        time.sleep(0.1)
    assert capsys.readouterr() == ("", "")


def test_warnings__are_printed_as_before(capsys: pytest.CaptureFixture[str]) -> None:
    with lines("Running", print):
        logging.getLogger("supportnet").warning("The cache can't be written to.")
    assert capsys.readouterr().err == "The cache can't be written to.\n"


@pytest.mark.slow
def test_a_first_start_really__says_what_takes_long(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SUPPORTNET_CACHE", str(tmp_path / "cache"))
    words = ("run", "today", "--patients", "20", "--weeks", "2", "--replicates", "2", "--uncertainty", "none", "--json")
    said = process(*words, folder=tmp_path)
    assert said.code == 0, said.err
    assert said.err.count("Compiling the model for this computer") == 1
    assert said.json["scenario"] == "today"
    assert "Compiling" not in process(*words, folder=tmp_path).err
