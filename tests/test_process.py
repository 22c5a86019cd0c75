"""The command line as a process: interrupted, written to what is full, read by those who stop, in poor terminals."""

import os
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import pytest

from tests.command_line import SMALL, environment, interruptible, process


@pytest.mark.skipif(sys.platform == "win32", reason="Windows has no such signals to send")
@pytest.mark.parametrize(("sent", "code"), [("SIGINT", 130), pytest.param("SIGTERM", 143, marks=pytest.mark.slow)])
def test_an_interrupted_run__ends_with_its_code__and_nothing_is_written(tmp_path: Path, sent: str, code: int) -> None:
    """A process really interrupted, once it has begun to write."""
    import signal

    words = ["run", "today", "--patients", "5000", "--uncertainty", "none", "--replicates", "500", "--out", "out"]
    running = subprocess.Popen(
        [sys.executable, "-m", "supportnet.analysis.commands.main", *words],
        cwd=tmp_path,
        env=environment(),
        stderr=subprocess.PIPE,
        preexec_fn=interruptible,
    )
    patience = time.monotonic() + 60.0
    while not (tmp_path / "out").exists() and time.monotonic() < patience:
        time.sleep(0.05)
    time.sleep(2.0)
    running.send_signal(getattr(signal, sent))
    _, said = running.communicate(timeout=60)
    assert running.returncode == code
    assert said.endswith(b"Interrupted: nothing was written.\n")
    assert list(tmp_path.iterdir()) == []


@pytest.mark.skipif(not os.path.exists("/dev/full"), reason="needs a device that is always full")
@pytest.mark.parametrize(
    "words", [("schema",), pytest.param(("scenarios",), marks=pytest.mark.slow), ("scenarios", "today", "--json")]
)
def test_standard_output_that_is_full__is_a_mistake(tmp_path: Path, words: tuple[str, ...]) -> None:
    with open("/dev/full", "wb") as full:
        done = called_with(full, *words, folder=tmp_path)
    said = done.stderr.decode()
    assert done.returncode == 2
    assert said.startswith("standard output: the output can't be written")
    assert "Traceback" not in said
    assert "Exception ignored" not in said


@pytest.mark.skipif(sys.platform == "win32", reason="pipes break in other ways on Windows")
def test_a_reader_that_has_seen_enough__is_no_mistake(tmp_path: Path) -> None:
    reads, writes = os.pipe()
    os.close(reads)
    done = called_with(writes, "schema", folder=tmp_path)
    os.close(writes)
    assert (done.returncode, done.stderr) == (0, b"")


@pytest.mark.skipif(sys.platform == "win32", reason="streams are closed in other ways on Windows")
def test_closed_streams__lead_nowhere__and_files_are_whole(tmp_path: Path) -> None:
    """With standard streams closed, the first files that are opened would take their places."""
    words = ["run", "today", *SMALL, "--out", "out"]
    closed = 'exec "$@" <&- >&- 2>&-'
    done = subprocess.run(
        ["sh", "-c", closed, "sh", sys.executable, "-m", "supportnet.analysis.commands.main", *words],
        cwd=tmp_path,
        env=environment(),
        timeout=300,
    )
    assert done.returncode == 0
    assert (tmp_path / "out" / "provenance.json").read_bytes().endswith(b"}\n")


def test_a_terminal_without_the_signs__gets_signs_like_them(tmp_path: Path) -> None:
    done = called_with(subprocess.PIPE, "run", "today", *SMALL, folder=tmp_path, PYTHONIOENCODING="ascii")
    assert done.returncode == 0
    assert b"+- mcse" in done.stdout


def called_with(output: Any, *words: str, folder: Path, **variables: str) -> subprocess.CompletedProcess[bytes]:
    """The command line as a process that writes to this output."""
    return subprocess.run(
        [sys.executable, "-m", "supportnet.analysis.commands.main", *words],
        cwd=folder,
        env=environment() | variables,
        stdout=output,
        stderr=subprocess.PIPE,
        timeout=300,
    )


def test_a_backend_of_matplotlib_that_is_not_there__does_not_matter(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A notebook's terminal has its own set, which other environments lack."""
    monkeypatch.setenv("MPLBACKEND", "nonsense")
    words = ("run", "today", "--patients", "20", "--weeks", "2", "--replicates", "2", "--uncertainty", "none")
    said = process(*words, "--quiet", "--out", "out", folder=tmp_path)
    assert (said.code, said.err) == (0, "")
    assert (tmp_path / "out" / "figure.svg").is_file()


def test_linear_algebra__has_one_thread_for_each_of_those_at_work(tmp_path: Path) -> None:
    """Two processes whose small products were shared out among two threads each took eight times as long."""
    lines = """
import supportnet.analysis.commands.main
import numpy, scipy.linalg
from threadpoolctl import threadpool_info
print({one["num_threads"] for one in threadpool_info() if one["user_api"] == "blas"})
"""
    own = {name: value for name, value in environment().items() if name != "OPENBLAS_NUM_THREADS"}
    done = subprocess.run(
        [sys.executable, "-c", lines], cwd=tmp_path, env=own, capture_output=True, text=True, check=True
    )
    assert done.stdout.strip() == "{1}"
