"""`supportnet explore`: where it lets browsers in, and what it tells a class to open."""

import re
import signal
import socket
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any
from urllib.error import URLError
from urllib.parse import parse_qs, urlsplit
from urllib.request import urlopen

import pytest

pytest.importorskip("uvicorn", reason="the classroom needs the extra `explore`")

from supportnet.analysis.commands import explore as command
from supportnet.analysis.commands.output import Output
from supportnet.analysis.explorer import serving
from supportnet.analysis.explorer.serving import in_this_network, listening, reached
from supportnet.sim.errors import UserInputError
from tests.command_line import environment, interruptible

NETWORK = ["10.0.0.7", "172.16.3.1"]


@contextmanager
def door(host: str) -> Iterator[socket.socket]:
    with listening(host, 0) as found:
        yield found


@pytest.mark.parametrize("host", ["127.0.0.1", "localhost"])
def test_a_page_for_this_computer__offers_no_address_to_others(host: str) -> None:
    with door(host) as found:
        assert reached(host, found) == (host, [], True)


@pytest.mark.parametrize("host", ["0.0.0.0", "::"])
def test_a_page_for_everybody__is_found_by_both_kinds_of_address(host: str, monkeypatch: pytest.MonkeyPatch) -> None:
    if host == "::" and not socket.has_dualstack_ipv6():
        pytest.skip("this computer has no IPv6")
    monkeypatch.setattr(serving, "way_out", lambda: NETWORK[0])
    with door(host) as found:
        assert reached(host, found) == ("localhost", NETWORK[:1], False)
        socket.create_connection(("127.0.0.1", found.getsockname()[1])).close()


def test_a_room_without_a_way_out__is_served_by_the_addresses_of_its_interfaces(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(serving, "way_out", lambda: "")
    monkeypatch.setattr(serving, "of_interfaces", lambda: ["127.0.0.1", "169.254.3.3", *NETWORK])
    assert in_this_network() == NETWORK
    monkeypatch.setattr(serving, "way_out", lambda: "192.168.1.2")
    assert in_this_network() == ["192.168.1.2"]


@pytest.mark.skipif(sys.platform != "linux", reason="interfaces are asked on Linux only")
def test_interfaces__are_all_asked() -> None:
    assert "127.0.0.1" in serving.of_interfaces()


@pytest.mark.parametrize("host", ["no-such-computer.invalid", "x" * 70, "203.0.113.1"])
def test_a_host_that_is_not_this_computer__is_refused_in_words(host: str) -> None:
    with pytest.raises(UserInputError, match=r"the page can't be served there: (?!Unknown)\w+"):
        listening(host, 0)


def test_an_address_of_ones_own__is_told_with_its_picture(capsys: pytest.CaptureFixture[str]) -> None:
    at = "http://10.0.0.7:8000/"
    command.show_addresses(at, [at], False, Output(as_json=False, quiet=False))
    assert f"For everyone on this network: {at}\n{command.code_of(at)}" in capsys.readouterr().out


def test_the_command__lets_this_computer_in_and_nobody_else_and_its_address_opens_the_scenario(tmp_path: Path) -> None:
    (tmp_path / "my plan.toml").write_text('based_on = "today"\ntitle = "Mine"\nassumes = "Nothing."\n')
    with door("127.0.0.1") as free:
        port = free.getsockname()[1]
    words = [
        sys.executable,
        "-u",
        "-m",
        "supportnet.analysis.commands.main",
        "explore",
        "--port",
        str(port),
        "my plan.toml",
    ]
    piped: dict[str, Any] = {"stdout": subprocess.PIPE, "stderr": subprocess.PIPE, "text": True}
    if sys.platform != "win32":
        piped["preexec_fn"] = interruptible
    compiling = environment() | {"NUMBA_CACHE_DIR": str(tmp_path)}  # it is hung up while the core is compiled
    with subprocess.Popen(words, cwd=tmp_path, env=compiling, **piped) as running:
        assert running.stdout
        try:
            told = running.stdout.readline()
            at = re.search(r"http://\S+", told)
            assert at
            assert at[0].startswith(f"http://127.0.0.1:{port}/?")
            assert parse_qs(urlsplit(at[0]).query)["scenario"] == ["my plan"]
            assert urlopen(at[0]).status == 200
            for other in in_this_network():
                with pytest.raises(URLError):
                    urlopen(f"http://{other}:{port}/", timeout=5)
        finally:
            running.send_signal(getattr(signal, "SIGHUP", signal.SIGTERM))
        _, said = running.communicate(timeout=60)
    if sys.platform != "win32":
        assert (running.returncode, said) == (128 + signal.SIGHUP, f"{command.CLOSED}\n")
