"""Long commands that are interrupted or killed half-way: the same command goes on, to the same bits."""

import signal
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from supportnet.analysis import validation
from supportnet.analysis.commands import progress
from supportnet.analysis.files import result_folder
from supportnet.experiments.execution import store
from supportnet.experiments.execution.store import Arrays, Store
from tests.command_line import SMALL, Supportnet, files_of, process
from tests.damage import damaged
from tests.draws import ship_few_draws
from tests.questions import question_at

pytestmark = pytest.mark.usefixtures("figures_not_drawn")
SIZE = ("--patients", "60", "--workers", "2")
COMMANDS = {
    "compare": ("compare", "today", "befriending", *SMALL, "--replicates", "6"),
    "explain": ("explain", "today", "open-dialogue", *SMALL, "--over", "relationships"),
    "trial": ("trial", "befriending", *SIZE, "--places", "20", "--replicates", "6"),
    "validate": ("validate", "--replicates", "6", "--workers", "2"),
    "decide": ("decide", "question.toml", *SMALL, "--replicates", "4"),
    "optimise": ("optimise", "--budget", "150", *SMALL, "--candidates", "4", "--generations", "1",
                 "--search-replicates", "4", "--replicates", "4", "--levers", "befriending,services.caseload"),
}  # fmt: skip
GOES_ON = "Interrupted: finished work is saved in out; the same command continues it.\n"
KILLED_HALF_WAY = """
import os, signal, time
from supportnet.experiments.execution import store
store.SECONDS, put, done = 0.05, store.Store.put, []
def put_or_die(self, key, arrays):
    put(self, key, arrays)
    done.append(key)
    if len(done) > 5:
        while sum(len(store.keys_in(path)) for path in self._folder.glob("*.arrays")) < 6:
            time.sleep(0.05)
        os.kill(os.getpid(), signal.SIGKILL)
store.Store.put = put_or_die
"""


@pytest.fixture(autouse=True)
def measured_quickly(monkeypatch: pytest.MonkeyPatch) -> None:
    """What `validate` measures takes seconds a replicate."""

    def measured(world: Any, wanted: Any, studies: Any) -> dict[str, float]:
        world.area()  # heeds an interruption
        luck = world.rng("of this test")
        return {name: float(luck.random()) for name in wanted}

    monkeypatch.setattr(validation, "measure_study_values", measured)


@pytest.fixture
def question_here(supportnet: Supportnet) -> None:
    """In the folder that commands are called from."""
    question_at(Path(), options=["peers.toml", "befriending"])


@pytest.fixture(autouse=True)
def written_at_the_end(monkeypatch: pytest.MonkeyPatch) -> None:
    """Not in between, however slow the machine is."""
    monkeypatch.setattr(store, "SECONDS", 1000.0)


class Puts:
    """Results that are computed and kept; a signal comes when there are so many of them.

    No thread of an interrupted command adds to them once it has ended (tests/test_interruption.py).
    """

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        self.keys, self.signal_at, self.signal = list[str](), -1, signal.SIGINT
        put, lock = Store.put, threading.Lock()

        def count(one: Store, key: str, arrays: Arrays) -> None:
            put(one, key, arrays)
            with lock:
                self.keys.append(key)
                if len(self.keys) == self.signal_at:
                    signal.raise_signal(self.signal)

        monkeypatch.setattr(Store, "put", count)

    def begin(self, signal_at: int = -1) -> None:
        self.keys, self.signal_at = [], signal_at


@pytest.fixture
def puts(monkeypatch: pytest.MonkeyPatch) -> Iterator[Puts]:
    return Puts(monkeypatch)


def kept() -> list[Path]:
    return list(Path("out").rglob("*.arrays"))


def commands_by_signals() -> list[Any]:
    """Every command with every signal; the fast tests have each command once, by one signal or the other by turns."""
    signals = ((signal.SIGINT, 130), (signal.SIGTERM, 143))
    grid = [(name, *one, (j + k) % 2) for j, name in enumerate(COMMANDS) for k, one in enumerate(signals)]
    return [pytest.param(*one, marks=pytest.mark.slow if odd else ()) for *one, odd in grid]


@pytest.mark.usefixtures("figures_drawn", "question_here")
@pytest.mark.parametrize(("name", "number", "code"), commands_by_signals())
def test_interrupted_half_way__the_same_command_goes_on__to_the_same_bits(
    supportnet: Supportnet, puts: Puts, name: str, number: signal.Signals, code: int
) -> None:
    puts.signal = number
    assert supportnet(*COMMANDS[name], "--out", "whole").code == 0
    all_of_them = set(puts.keys)
    puts.begin(signal_at=len(puts.keys) // 2)
    said = supportnet(*COMMANDS[name], "--out", "out")
    assert (said.code, said.err) == (code, GOES_ON)
    done = set(puts.keys)
    assert [path.name for path in Path("out").iterdir()] == ["unfinished"]
    puts.begin()
    assert supportnet(*COMMANDS[name], "--out", "out").code == 0
    assert set(puts.keys) == all_of_them - done
    assert files_of(Path("out")) == files_of(Path("whole")), "and nothing is left of unfinished work"


@pytest.mark.usefixtures("figures_drawn")
def test_killed_half_way__the_same_command_goes_on__to_the_same_bits(
    supportnet: Supportnet, puts: Puts, tmp_path: Path
) -> None:
    words = COMMANDS["compare"]
    assert process(*words, "--out", "out", folder=tmp_path, before=KILLED_HALF_WAY).code == -signal.SIGKILL
    assert kept()
    assert supportnet(*words, "--out", "out").code == 0
    assert 0 < len(puts.keys) <= 6
    assert supportnet(*words, "--out", "whole").code == 0
    assert files_of(Path("out")) == files_of(Path("whole"))


def interrupted(supportnet: Supportnet, puts: Puts, *words: str) -> None:
    puts.begin(signal_at=8)
    assert supportnet(*words, "--out", "out").err == GOES_ON
    puts.begin()


@pytest.mark.usefixtures("figures_drawn")
def test_what_is_damaged__is_computed_again(supportnet: Supportnet, puts: Puts) -> None:
    words = COMMANDS["compare"]
    assert supportnet(*words, "--out", "whole").code == 0
    interrupted(supportnet, puts, *words)
    (path,) = kept()
    content = path.read_bytes()
    path.write_bytes(content[: len(content) // 2] + b"?" + content[len(content) // 2 + 1 :])
    assert supportnet(*words, "--out", "out").code == 0
    assert len(puts.keys) == 12
    assert files_of(Path("out")) == files_of(Path("whole"))


def test_more_replicates_and_another_comparison_with_the_same_baseline__use_what_is_there(
    supportnet: Supportnet, puts: Puts
) -> None:
    """And what is no part of these results stays for whoever goes on with it."""
    interrupted(supportnet, puts, *COMMANDS["compare"])
    assert supportnet("compare", "today", "family-work", *SMALL, "--replicates", "7", "--out", "out").code == 0
    assert len(puts.keys) == 14 - 6
    assert kept()
    puts.begin()
    assert supportnet(*COMMANDS["compare"], "--out", "out").code == 0
    assert len(puts.keys) < 12 - 6
    assert not Path("out", "unfinished").exists()


@pytest.mark.parametrize(
    "others",
    [
        ("--seed", "7"),
        pytest.param(("--weeks", "20"), marks=pytest.mark.slow),
        ("--uncertainty", "none"),
        pytest.param(("--independent",), marks=pytest.mark.slow),
    ],
)
def test_other_options__use_nothing_of_it__and_leave_it_alone(
    supportnet: Supportnet, puts: Puts, monkeypatch: pytest.MonkeyPatch, tmp_path: Path, others: tuple[str, ...]
) -> None:
    ship_few_draws(monkeypatch, tmp_path)  # so that --uncertainty none is another choice
    interrupted(supportnet, puts, *COMMANDS["compare"])
    before = kept()
    assert supportnet(*COMMANDS["compare"], *others, "--out", "out").code == 0
    assert len(puts.keys) == 12
    assert kept() == before


def test_another_version__uses_nothing_of_it__and_leaves_it_alone(
    supportnet: Supportnet, puts: Puts, monkeypatch: pytest.MonkeyPatch
) -> None:
    interrupted(supportnet, puts, *COMMANDS["compare"])
    before = kept()
    monkeypatch.setattr(result_folder, "code_identity", lambda: "0123456789abcdef")
    assert supportnet(*COMMANDS["compare"], "--out", "out").code == 0
    assert len(puts.keys) == 12
    assert kept() == before


def test_the_identity_of_the_code__follows_every_file_that_results_depend_on(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    names = ("sim/a.py", "sim/below/b.toml", "experiments/c.csv", "experiments/d.md")
    for name in names:
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_text("before", "utf-8")
    monkeypatch.setattr(store, "ROOT", tmp_path / "sim")
    found = [store.code_identity.__wrapped__()]
    for name in names:
        (tmp_path / name).write_text("after", "utf-8")
        found.append(store.code_identity.__wrapped__())
    assert len(set(found)) == len(names), "all but documents"


@pytest.mark.parametrize("words", [("run", "today", *SMALL), COMMANDS["explain"]])
def test_unfinished_work_of_another_command__is_not_mixed_with(
    supportnet: Supportnet, puts: Puts, words: tuple[str, ...]
) -> None:
    interrupted(supportnet, puts, *COMMANDS["compare"])
    before = files_of(kept()[0].parent)
    said = supportnet(*words, "--out", "out")
    assert said.code == 2
    assert "what `supportnet compare` has done" in said.err
    assert files_of(kept()[0].parent) == before


def test_a_calibration__does_not_begin_in_the_folder_of_another_command(supportnet: Supportnet, puts: Puts) -> None:
    interrupted(supportnet, puts, *COMMANDS["compare"])
    assert "what `supportnet compare` has done" in supportnet("calibrate", "--out", "out").err


def test_earlier_results__stay_until_the_new_ones_are_complete(supportnet: Supportnet, puts: Puts) -> None:
    assert supportnet(*COMMANDS["compare"], "--seed", "5", "--out", "out").code == 0
    before = files_of(Path("out"))
    interrupted(supportnet, puts, *COMMANDS["compare"])
    assert {path.name: path.read_bytes() for path in Path("out").iterdir() if path.is_file()} == before


def test_the_time_left__takes_no_account_of_what_was_there(monkeypatch: pytest.MonkeyPatch) -> None:
    clock = [0.0]
    monkeypatch.setattr(progress.time, "monotonic", lambda: clock[0])
    pace = progress.Throughput()
    for at, share in ((0.1, 0.2), (0.2, 0.5), (10.2, 0.55)):  # the first two are read from the folder
        clock[0] = at
        pace.report(share)
    assert pace.left == pytest.approx(90.0)


def test_short_work__writes_nothing_on_its_way(supportnet: Supportnet, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(Store, "flush", lambda one: pytest.fail("it is done within seconds"))
    assert supportnet(*COMMANDS["compare"], "--out", "out").code == 0


def test_a_disk_that_is_full__ends_the_work(
    supportnet: Supportnet, monkeypatch: pytest.MonkeyPatch, puts: Puts
) -> None:
    def full(results: Any) -> bytes:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(store, "packed_results", full)
    monkeypatch.setattr(store, "SECONDS", 0.0)
    said = supportnet(*COMMANDS["compare"], "--replicates", "100", "--out", "out")
    assert said.code == 2
    assert "No space left on device" in said.err
    assert len(puts.keys) < 200


def test_whatever_bit_is_flipped__nothing_is_read__and_it_is_mended(tmp_path: Path) -> None:
    one = Store(tmp_path)
    whole = {f"{k}": [np.arange(5.0) + k, np.array([k])] for k in range(3)}
    for key, arrays in whole.items():
        one.put(key, arrays)
    one.flush()
    (path,) = tmp_path.iterdir()
    content = path.read_bytes()
    for what, left in damaged(content, flips=200):
        path.write_bytes(left)
        again = Store(tmp_path)
        for key, arrays in whole.items():
            assert again.get(key) is None, what
            again.put(key, arrays)
        again.flush()
        assert all(np.array_equal(a, b) for a, b in zip(Store(tmp_path).get("1") or (), whole["1"], strict=True)), what
        for left_over in tmp_path.iterdir():
            left_over.unlink()
