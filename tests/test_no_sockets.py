"""No command speaks to anybody: only `explore` and Dask, where they are asked for, open a socket."""

import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.command_line import SMALL, Supportnet
from tests.studies import study_at

SPEAKING = ("socket.", "urllib.", "ftplib.", "http.client.", "smtplib.", "webbrowser.")
EXAMPLE = Path(__file__).parents[1] / "sim" / "examples" / "network-canvas"

_heard: list[str] | None = None  # none: nobody listens


def _hear(event: str, args: tuple[object, ...]) -> None:
    if _heard is not None and event.startswith(SPEAKING):
        _heard.append(event)


@pytest.fixture
def heard() -> Iterator[list[str]]:
    """What this process does with sockets and servers elsewhere."""
    global _heard
    _heard = []
    yield _heard
    _heard = None


sys.addaudithook(_hear)  # hooks can't be taken away again


def test_sockets__are_heard(heard: list[str]) -> None:
    import socket

    socket.socket().close()
    assert heard


@pytest.mark.parametrize(
    "words",
    [
        ("run", "today", *SMALL, "--uncertainty", "none", "--out", "out"),
        ("scenarios",),
        ("import", str(EXAMPLE), "--mapping", str(EXAMPLE / "mapping.toml"), "--out", "out"),
    ],
)
def test_commands__open_no_socket(supportnet: Supportnet, heard: list[str], words: tuple[str, ...]) -> None:
    assert supportnet(*words).code == 0
    assert heard == []


def test_a_comparison_and_its_report__open_no_socket(supportnet: Supportnet, heard: list[str]) -> None:
    assert supportnet("compare", "today", "befriending", *SMALL, "--uncertainty", "none", "--out", "all/made").code == 0
    assert supportnet("report", "all").code == 0
    assert heard == []


def test_a_sweep__opens_no_socket(supportnet: Supportnet, heard: list[str], tmp_path: Path) -> None:
    assert supportnet("sweep", str(study_at(tmp_path)), "--out", "swept").code == 0
    assert heard == []
