"""Sweeps as processes: killed, interrupted, side by side in one folder, on a disk that fills up."""

import json
import multiprocessing
import os
import random
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from supportnet.experiments.runs.engines import engine_of
from supportnet.experiments.runs.results_table import RESULTS
from supportnet.experiments.runs.run_store import RunReader
from supportnet.experiments.runs.sweep import PARTS, sweep_study
from supportnet.experiments.study.study import StudyDefinition
from supportnet.sim.errors import UserInputError
from tests.command_line import Supportnet, environment, interruptible
from tests.studies import BODY, study_at

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="processes are killed in other ways on Windows")
LONG = 'replicates = 40\nset = { "population.patients" = 100, weeks = 52 }\n'  # 640 runs, some seconds
SHORTER = 'replicates = 24\npool = 200\nset = { "population.patients" = 30, weeks = 26 }\n'  # 384 runs, in a second
PARTS_AT_ONCE = "from supportnet.experiments.runs import run_store\nrun_store.SECONDS = 0.05\n"


def started(
    folder: Path, out: str, *words: str, own_session: bool = False, before: str = ""
) -> subprocess.Popen[bytes]:
    """A sweep as a process of its own; `before`: Python that runs first."""
    program = f"{before}from supportnet.analysis.commands.main import main\nmain()"
    return subprocess.Popen(
        [sys.executable, "-c", program, "sweep", "mine.toml", "--out", out, "--json", *words],
        cwd=folder,
        env=environment(),
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        preexec_fn=interruptible,
        start_new_session=own_session,
    )


def ended(sweep: subprocess.Popen[bytes]) -> tuple[int, dict[str, int], str]:
    """Exit code, answer and messages."""
    out, err = sweep.communicate(timeout=300)
    return sweep.returncode, json.loads(out) if out else {}, err.decode()


def is_gone(group: int, patience: float = 20.0) -> bool:
    """Whether no process of a group is left, after some seconds at most."""
    until = time.monotonic() + patience
    while time.monotonic() < until:
        try:
            os.killpg(group, 0)
        except ProcessLookupError:
            return True
        time.sleep(0.05)
    return False


def until_parts(folder: Path, sweep: subprocess.Popen[bytes]) -> None:
    """Wait until something is on the disk, and the sweep still runs."""
    patience = time.monotonic() + 120.0
    while not list((folder / PARTS).glob("runs-*")):
        assert sweep.poll() is None, sweep.communicate()
        assert time.monotonic() < patience
        time.sleep(0.02)


@pytest.fixture(scope="module")
def undisturbed(tmp_path_factory: pytest.TempPathFactory) -> tuple[int, bytes]:
    """How many runs, and the results that nobody disturbed."""
    folder = tmp_path_factory.mktemp("undisturbed")
    study_at(folder, BODY, LONG)
    code, answer, _ = ended(started(folder, "out"))
    assert code == 0
    return answer["runs"], (folder / "out" / RESULTS).read_bytes()


def test_a_killed_sweep__goes_on_where_it_was__to_the_same_bits(tmp_path: Path, supportnet: Supportnet) -> None:
    """A small one that brings its parts to the disk at once; the same command goes on in this process."""
    read = StudyDefinition.load(study_at(tmp_path, BODY, SHORTER))
    runs = sweep_study(read, tmp_path / "whole", engine_of("threads", 2)).runs
    sweep = started(tmp_path, "out", before=PARTS_AT_ONCE)
    until_parts(tmp_path / "out", sweep)
    sweep.kill()
    sweep.communicate()
    code, answer = (said := supportnet("sweep", "mine.toml", "--out", "out", "--json")).code, said.json
    assert (code, answer["computed"] + answer["reused"]) == (0, runs)
    assert 0 < answer["reused"] < runs
    assert (tmp_path / "out" / RESULTS).read_bytes() == (tmp_path / "whole" / RESULTS).read_bytes()


@pytest.mark.slow
@pytest.mark.parametrize("engine", ["threads", "processes"])
def test_a_killed_sweep__goes_on_where_it_was(tmp_path: Path, undisturbed: tuple[int, bytes], engine: str) -> None:
    study_at(tmp_path, BODY, LONG)
    sweep = started(tmp_path, "out", "--engine", engine)
    until_parts(tmp_path / "out", sweep)
    sweep.kill()
    sweep.communicate()
    code, answer, _ = ended(started(tmp_path, "out"))
    runs, whole = undisturbed
    assert (code, answer["computed"] + answer["reused"]) == (0, runs)
    assert 0 < answer["reused"] < runs
    assert (tmp_path / "out" / RESULTS).read_bytes() == whole


@pytest.mark.slow
def test_twenty_kills__lose_no_row_and_double_none(tmp_path: Path, undisturbed: tuple[int, bytes]) -> None:
    """Killed at random moments, from the first import to the merging of parts at the end."""
    study_at(tmp_path, BODY, LONG)
    luck, killed, out = random.Random(1), 0, tmp_path / "out"
    while killed < 20:
        sweep = started(tmp_path, "out")
        time.sleep(luck.uniform(0.5, 4.0))
        if sweep.poll() is None:
            sweep.kill()
            sweep.communicate()
            killed += 1
            continue
        code, answer, _ = ended(sweep)  # it came to its end between two kills: begin anew
        assert (code, answer["failed"]) == (0, [])
        assert (out / RESULTS).read_bytes() == undisturbed[1]
        shutil.rmtree(out)
    code, answer, _ = ended(started(tmp_path, "out"))
    assert (code, answer["failed"]) == (0, [])
    assert (out / RESULTS).read_bytes() == undisturbed[1]


@pytest.mark.slow
def test_a_killed_worker__is_told__and_what_is_done_is_kept(tmp_path: Path) -> None:
    read, out = StudyDefinition.load(study_at(tmp_path, BODY, LONG.replace("40", "8"))), tmp_path / "out"

    def kill_one(done: int, of: int) -> None:
        if workers := multiprocessing.active_children():
            workers[0].kill()

    with pytest.raises(UserInputError, match="a worker process ended early"):
        sweep_study(read, out, engine_of("processes", 2), kill_one)
    assert multiprocessing.active_children() == []
    there = len(RunReader(out / PARTS).names)
    assert 0 < there < 128
    found = sweep_study(read, out, engine_of("threads", 2))
    assert (found.computed, found.reused, found.failed) == (128 - there, there, [])


@pytest.mark.slow
def test_an_interrupted_sweep__says_what_is_kept(tmp_path: Path, undisturbed: tuple[int, bytes]) -> None:
    study_at(tmp_path, BODY, LONG)
    sweep = started(tmp_path, "out")
    until_parts(tmp_path / "out", sweep)
    sweep.send_signal(signal.SIGINT)
    code, answer, said = ended(sweep)
    assert (code, answer) == (130, {})
    assert "finished work is saved in out" in said
    assert "Traceback" not in said
    assert "nothing was written" not in said
    _, answer, _ = ended(started(tmp_path, "out"))
    assert answer["reused"] > 0
    assert (tmp_path / "out" / RESULTS).read_bytes() == undisturbed[1]


@pytest.mark.slow
@pytest.mark.parametrize("engine", ["processes", "dask"])
@pytest.mark.parametrize("sent", ["SIGHUP", "SIGINT"])
def test_a_signal_to_all_processes__is_told_by_one__and_ends_all(tmp_path: Path, engine: str, sent: str) -> None:
    """As where a terminal closes, or somebody presses Ctrl-C."""
    if engine == "dask":
        pytest.importorskip("distributed")
    study_at(tmp_path, BODY, LONG)
    number, words = signal.Signals[sent], ("--engine", engine, "--workers", "2")
    sweep = started(tmp_path, "out", *words, own_session=True)
    until_parts(tmp_path / "out", sweep)
    os.killpg(sweep.pid, number)
    code, _, said = ended(sweep)
    assert (code, said) == (
        128 + number,
        "Interrupted: finished work is saved in out; the same command continues it.\n",
    )
    assert is_gone(sweep.pid)


@pytest.mark.slow
def test_two_sweeps_in_one_folder__do_not_harm_each_other(tmp_path: Path, undisturbed: tuple[int, bytes]) -> None:
    study_at(tmp_path, BODY, LONG)
    both = [started(tmp_path, "out", "--workers", "1") for _ in range(2)]
    for sweep in both:
        code, answer, said = ended(sweep)
        assert (code, answer["failed"], answer["foreign"]) == (0, [], []), said
    assert (tmp_path / "out" / RESULTS).read_bytes() == undisturbed[1]


@pytest.fixture
def small_disk(tmp_path: Path) -> Iterator[Path]:
    """A disk of 300 kB; needs the right to mount one."""
    disk = tmp_path / "disk"
    disk.mkdir()
    mounted = shutil.which("mount") and subprocess.run(
        ["mount", "-t", "tmpfs", "-o", "size=300k", "tmpfs", str(disk)], capture_output=True
    )
    if not mounted or mounted.returncode:
        pytest.skip("may not mount a small disk here")
    yield disk
    subprocess.run(["umount", str(disk)], check=True)


@pytest.mark.slow
def test_a_full_disk__is_told__and_with_more_room_it_goes_on(
    tmp_path: Path, small_disk: Path, undisturbed: tuple[int, bytes]
) -> None:
    study_at(tmp_path, BODY, LONG)
    code, answer, said = ended(started(tmp_path, str(small_disk / "out")))
    assert (code, answer) == (2, {})
    assert "results can't be written (No space left on device)" in said
    assert "Traceback" not in said
    assert not list(small_disk.rglob("*.tmp"))
    subprocess.run(["mount", "-o", "remount,size=8m", str(small_disk)], check=True)
    code, answer, _ = ended(started(tmp_path, str(small_disk / "out")))
    assert code == 0
    assert answer["reused"] > 0
    assert (small_disk / "out" / RESULTS).read_bytes() == undisturbed[1]
