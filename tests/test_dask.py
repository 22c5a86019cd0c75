"""Sweeps on Dask: a real scheduler and real workers as processes of their own, killed, lost, or with other code."""

import os
import shutil
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from supportnet.experiments.runs.engines import engine_of
from supportnet.experiments.runs.results_table import RESULTS
from supportnet.experiments.runs.run_store import RunReader
from supportnet.experiments.runs.sweep import PARTS, sweep_study
from supportnet.experiments.study.study import StudyDefinition
from supportnet.sim.errors import UserInputError
from tests.command_line import environment
from tests.studies import BODY, study

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="processes are killed in other ways on Windows")
ROOT = Path(__file__).parents[1]
LONG = """
replicates = 8
set = { "population.patients" = 100, weeks = 52 }
"""


class Cluster:
    """A scheduler and workers."""

    def __init__(self, folder: Path) -> None:
        self.folder, self.processes = folder, list[subprocess.Popen[bytes]]()
        self.scheduler = self.start("scheduler", "--port", "0", "--scheduler-file", str(folder / "scheduler.json"))
        self.address = self._address()

    def start(self, *words: str, root: Path = ROOT) -> subprocess.Popen[bytes]:
        """A process of Dask's, with the supportnet at this root."""
        here = self.folder / str(len(self.processes))
        here.mkdir()
        started = subprocess.Popen(
            [sys.executable, "-m", "dask", *words, "--dashboard-address", ":0"],
            cwd=here,
            env=environment() | {"PYTHONPATH": str(root), "DASK_DISTRIBUTED__SCHEDULER__ALLOWED_FAILURES": "1000"},
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )
        self.processes.append(started)
        return started

    def worker(self, root: Path = ROOT) -> subprocess.Popen[bytes]:
        return self.start("worker", self.address, "--nthreads", "1", "--no-nanny", root=root)

    def _address(self) -> str:
        import json

        patience = time.monotonic() + 30.0
        while time.monotonic() < patience:
            try:
                return str(json.loads((self.folder / "scheduler.json").read_text())["address"])
            except (OSError, ValueError):
                time.sleep(0.1)
        raise TimeoutError("the scheduler did not start")


@pytest.fixture
def cluster(tmp_path: Path) -> Iterator[Cluster]:
    folder = tmp_path / "cluster"
    folder.mkdir()
    started = Cluster(folder)
    yield started
    for process in started.processes:
        process.kill()
        process.wait()


def when(done: int, act: Callable[[], Any]) -> Callable[[int, int], None]:
    """Acts once, as soon as so many runs are done."""
    acted: list[bool] = []

    def told(now: int, of: int) -> None:
        if now >= done and not acted:
            acted.append(True)
            act()

    return told


def alone(read: StudyDefinition, folder: Path) -> bytes:
    """The results of the same study on threads."""
    sweep_study(read, folder, engine_of("threads", 2))
    return (folder / RESULTS).read_bytes()


@pytest.mark.slow
def test_a_killed_worker__costs_nothing_but_time(tmp_path: Path, cluster: Cluster) -> None:
    first, _ = cluster.worker(), cluster.worker()
    read = study(tmp_path, BODY, LONG)
    told = when(20, lambda: os.kill(first.pid, signal.SIGKILL))
    found = sweep_study(read, tmp_path / "out", engine_of("dask", 2, cluster.address), told)
    assert first.wait() == -signal.SIGKILL
    assert (found.computed, found.failed) == (found.runs, [])
    assert (tmp_path / "out" / RESULTS).read_bytes() == alone(read, tmp_path / "alone")


@pytest.mark.slow
def test_a_lost_scheduler__is_told_and_what_is_done_is_kept(tmp_path: Path, cluster: Cluster) -> None:
    cluster.worker()
    read = study(tmp_path, BODY, LONG)
    with pytest.raises(UserInputError, match="the connection to the Dask scheduler was lost"):
        sweep_study(read, tmp_path / "out", engine_of("dask", 1, cluster.address), when(20, cluster.scheduler.kill))
    there = len(RunReader(tmp_path / "out" / PARTS).names)
    assert 20 <= there < 16 * 8
    found = sweep_study(read, tmp_path / "out", engine_of("threads", 2))
    assert (found.computed, found.reused) == (found.runs - there, there)


def test_workers_with_other_code__are_refused(tmp_path: Path, cluster: Cluster) -> None:
    other = tmp_path / "other"
    for package in ("supportnet", "sim", "experiments"):
        shutil.copytree(ROOT / package, other / package)
    changed = other / "sim" / "outcomes.py"
    changed.write_text(changed.read_text("utf-8") + "\nanother = 1\n", "utf-8")
    cluster.worker(root=other)
    with pytest.raises(UserInputError, match="another version of supportnet"):
        sweep_study(study(tmp_path), tmp_path / "out", engine_of("dask", 1, cluster.address))


@pytest.mark.parametrize("address", ["localhost", "localhost:0", "http://localhost:8786", "::1:8786", "[::1", " "])
def test_what_is_no_address__is_told_before_anything_is_tried(address: str) -> None:
    with pytest.raises(UserInputError, match="must be the address of a Dask scheduler"):
        engine_of("dask", 1, address)


@pytest.fixture
def silent() -> Iterator[int]:
    """A port where somebody listens and never speaks."""
    with socket.create_server(("127.0.0.1", 0)) as door:
        yield door.getsockname()[1]


@pytest.mark.filterwarnings("error")
@pytest.mark.parametrize("protocol", ["tcp", "tls", "ws"])
def test_whoever_is_no_scheduler__is_told(silent: int, monkeypatch: pytest.MonkeyPatch, protocol: str) -> None:
    """Without making a client that would try again and again, and fail when it goes."""
    monkeypatch.setattr("supportnet.experiments.runs.dask_engine.PATIENCE", 0.2)
    monkeypatch.setattr("supportnet.experiments.runs.dask_engine.Client", lambda *_, **__: pytest.fail("a client"))
    with pytest.raises(UserInputError, match="no Dask scheduler answers there"):
        next(engine_of("dask", 1, f"{protocol}://127.0.0.1:{silent}")([]))


@pytest.mark.filterwarnings("error")
def test_where_nobody_is__is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    with socket.create_server(("127.0.0.1", 0)) as door:
        port = door.getsockname()[1]
    monkeypatch.setattr("supportnet.experiments.runs.dask_engine.Client", lambda *_, **__: pytest.fail("a client"))
    with pytest.raises(UserInputError, match="no Dask scheduler answers there"):
        next(engine_of("dask", 1, f"127.0.0.1:{port}")([]))
