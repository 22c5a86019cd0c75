"""The service under those who block it: floods, connections that say nothing, aborted ones, and foreign names."""

import asyncio
import http.client
import os
import socket
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from threading import Event
from typing import Any

import pytest

pytest.importorskip("uvicorn", reason="the classroom needs the extra `explore`")

from starlette.responses import PlainTextResponse
from starlette.testclient import TestClient

from supportnet.analysis.explorer import connections, worlds
from supportnet.analysis.explorer.asked import WhatIf
from supportnet.analysis.explorer.connections import FULL, Connection, file_handles, print_warning, server, warn_once
from supportnet.analysis.explorer.hosts import KnownHost
from supportnet.analysis.explorer.service import service
from supportnet.analysis.explorer.serving import in_this_network, listening

WORK = 0.05  # seconds for an answer here, instead of running the model


@contextmanager
def served(host: str = "127.0.0.1") -> Iterator[int]:
    """The service as it is started for a class; its port."""
    door = listening(host, 0)
    port, running = door.getsockname()[1], server(service(), host)
    thread = threading.Thread(target=running.run, args=[[door]], daemon=True)
    thread.start()
    while not running.started:
        time.sleep(0.01)
    yield port
    running.should_exit = True
    thread.join(20)


@pytest.fixture
def done(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """Which first answers were worked out, in order."""
    found = list[str]()

    def first(self: worlds.Worlds, asked: WhatIf, halt: Event) -> dict[str, Any]:
        time.sleep(WORK)
        found.append(str(asked.seed))
        return {}

    monkeypatch.setattr(worlds.Worlds, "first", first)
    return found


def status(line: http.client.HTTPConnection, path: str, **headers: str) -> int:
    line.request("GET", path, headers=headers)
    answer = line.getresponse()
    answer.read()
    return answer.status


async def ask_again_and_again(port: int, first: int, until: float) -> int:
    """A connection that asks at once whenever it is answered; how often it was."""
    hears, says = await asyncio.open_connection("127.0.0.1", port)
    seed = first
    while time.monotonic() < until:
        says.write(f"GET /api/first?seed={seed} HTTP/1.1\r\nHost: localhost\r\n\r\n".encode())
        head = await hears.readuntil(b"\r\n\r\n")
        await hears.readexactly(int(head.lower().split(b"content-length: ")[1].split(b"\r\n")[0]))
        seed += 1
    says.close()
    return seed - first


def test_one_computer_that_floods__keeps_no_neighbour_waiting(done: list[str]) -> None:
    waits = list[float]()

    def student(port: int) -> None:
        line = http.client.HTTPConnection("127.0.0.1", port)
        for seed in range(10):
            begun = time.monotonic()
            assert status(line, f"/api/first?seed={seed}") == 200
            waits.append(time.monotonic() - begun)
            time.sleep(0.1)

    async def flood(port: int) -> list[int]:
        until = time.monotonic() + 2.0
        crowd = (ask_again_and_again(port, 10**6 * (k + 1), until) for k in range(100))
        return (await asyncio.gather(asyncio.to_thread(student, port), *crowd))[1:]

    with served() as port:
        answered = asyncio.run(flood(port))
    theirs = 2.0 / (sum(answered) / len(answered))  # seconds that a connection of the flood waits
    assert sorted(waits)[-3] < 0.5 * theirs


def test_a_connection__has_one_question_in_hand(monkeypatch: pytest.MonkeyPatch) -> None:
    now, most = list[int](), list[int]()

    def first(self: worlds.Worlds, asked: WhatIf, halt: Event) -> dict[str, Any]:
        now.append(1)
        most.append(len(now))
        time.sleep(WORK)
        now.pop()
        return {}

    monkeypatch.setattr(worlds.Worlds, "first", first)
    with served() as port, socket.create_connection(("127.0.0.1", port)) as line:
        line.sendall(b"".join(b"GET /api/first?seed=%d HTTP/1.1\r\nHost: localhost\r\n\r\n" % k for k in range(10)))
        said = b""
        while said.count(b"HTTP/1.1 200") < 10:
            said += line.recv(4096)
    assert most == [1] * 10


@pytest.mark.parametrize("sent", [b"", b"GET / HTTP/1.1\r\nX-Slow: "])
def test_connections_that_say_nothing__make_room_and_are_closed(
    sent: bytes, done: list[str], monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(Connection, "most", 10)
    with served() as port:
        silent = [socket.create_connection(("127.0.0.1", port)) for _ in range(40)]
        for one in silent:
            one.sendall(sent)
        line = http.client.HTTPConnection("127.0.0.1", port, timeout=5)
        assert status(line, "/api/first?seed=1") == 200
        monkeypatch.setattr(connections, "HEAD", 0.2)
        assert all(closed(one) for one in silent)
        assert status(line, "/api/first?seed=2") == 200  # who has asked before has longer
    assert capfd.readouterr() == ("", "")


def closed(line: socket.socket) -> bool:
    """Whether the other end closes it within a few seconds."""
    line.settimeout(5)
    try:
        return line.recv(1) == b""
    except ConnectionError:
        return True
    except TimeoutError:
        return False


def test_aborted_questions__leave_nothing_and_say_nothing(
    monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> None:
    stopped = list[bool]()

    def first(self: worlds.Worlds, asked: WhatIf, halt: Event) -> dict[str, Any]:
        if asked.seed:
            stopped.append(halt.wait(20))
        return {}

    monkeypatch.setattr(worlds.Worlds, "first", first)
    with served() as port:
        for seed in range(1, 201):
            with socket.create_connection(("127.0.0.1", port)) as line:
                line.sendall(b"GET /api/first?seed=%d HTTP/1.1\r\nHost: localhost\r\n\r\n" % seed)
        line = http.client.HTTPConnection("127.0.0.1", port, timeout=10)
        assert status(line, "/api/first?seed=0") == 200
    assert all(stopped)
    assert capfd.readouterr() == ("", "")


@pytest.mark.skipif(sys.platform == "win32", reason="Windows counts no file handles")
def test_as_many_file_handles_as_there_are__are_taken() -> None:
    import resource

    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    try:
        resource.setrlimit(resource.RLIMIT_NOFILE, (min(soft, 512), hard))
        found = file_handles()
        assert resource.getrlimit(resource.RLIMIT_NOFILE) == (found, hard)
        assert found >= soft or hard == resource.RLIM_INFINITY
    finally:
        resource.setrlimit(resource.RLIMIT_NOFILE, (soft, hard))


def test_that_no_handle_is_left__is_said_once(capsys: pytest.CaptureFixture[str]) -> None:
    print_warning.cache_clear()
    loop = asyncio.new_event_loop()
    for _ in range(3):
        warn_once(loop, {"message": FULL, "exception": OSError(24, os.strerror(24))})
    loop.close()
    assert capsys.readouterr().err.count("\n") == 1


KNOWN = {"localhost", socket.gethostname(), socket.gethostname().upper(), f"{socket.gethostname().split('.')[0]}.local"}
HERE = [("127.0.0.1", "127.0.0.1"), ("10.0.0.7", "10.0.0.7"), ("fe80::1", "[fe80::1]"), ("fe80::1", "[fe80::1%25eth0]")]
HERE += [("fe80::1%eth0", "[fe80::1%eth0]"), ("::ffff:10.0.0.7", "10.0.0.7"), ("192.168.1.2", "class.example")]


def answered(server: str, host: str, method: str = "GET") -> Any:
    """What comes for a question that came to one address and names a host."""

    async def app(scope: Any, receive: Any, send: Any) -> None:
        await PlainTextResponse("the page")({**scope}, receive, send)

    async def asked(scope: Any, receive: Any, send: Any) -> None:
        await KnownHost(app, "class.example")({**scope, "server": (server, 8000)}, receive, send)

    return TestClient(asked).request(method, "/", headers={"Host": host})


@pytest.mark.parametrize("port", ["", ":8000", ":9"])
def test_a_page__is_answered_at_the_addresses_and_names_of_this_computer(port: str) -> None:
    for server_at, host in [*(("127.0.0.1", name) for name in KNOWN), *HERE]:
        assert answered(server_at, host + port).text == "the page", host


@pytest.mark.parametrize("method", ["GET", "POST"])
@pytest.mark.parametrize(
    "host", ["evil.example", "127.0.0.1.evil.example", "localhost.evil.example", "10.9.9.9", "", "["]
)
def test_a_name_that_others_lead_here__is_refused_in_words(host: str, method: str) -> None:
    refused = answered("10.0.0.7", host, method)
    assert refused.status_code == 403
    assert "`supportnet explore`" in refused.text


def test_the_page__opens_at_every_address_that_is_printed() -> None:
    with served("0.0.0.0") as port:
        for name in ["localhost", *in_this_network()]:
            line = http.client.HTTPConnection(name, port)
            assert status(line, "/") == 200
            assert status(line, "/", Host="evil.example") == 403


def local_addresses() -> list[str]:
    """Addresses of this computer that name their interface."""
    try:
        with open("/proc/net/if_inet6") as lines:
            rows = [line.split() for line in lines]
    except OSError:
        return []
    found = [(socket.inet_ntop(socket.AF_INET6, bytes.fromhex(row[0])), row[5]) for row in rows]
    return [f"{address}%{interface}" for address, interface in found if address.startswith("fe80")]


@pytest.mark.skipif(not local_addresses(), reason="no address here names its interface")
def test_an_address_that_names_its_interface__opens_the_page() -> None:
    host = local_addresses()[0]
    with served(host) as port:
        assert status(http.client.HTTPConnection(host, port), "/", Host=f"[{host}]:{port}") == 200
