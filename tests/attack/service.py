"""A served classroom: flooded, held open, left alone and asked nonsense, while another computer goes on using it."""

import contextlib
import os
import resource
import signal
import socket
import statistics
import subprocess
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from http.client import HTTPConnection, HTTPException
from pathlib import Path
from random import Random
from typing import NamedTuple

from tests.attack.addresses import damaged_address
from tests.attack.checks import traceback_in
from tests.attack.damage import changed
from tests.attack.processes import beside, kill_session, orphans, started
from tests.attack.results import Ending, Result, fault

SECONDS = 15.0  # that an attack lasts
SLOWEST, OFTEN = 3.0, 10.0  # seconds that another may wait (95 of 100 answers), or so often what it waits in peace
LONGEST = 15.0  # seconds after which an answer counts as lost
GROWTH = 400.0  # MiB that a service may grow by
OPEN = 1_200  # connections held open: more than a process may have by default
HERE, ELSEWHERE = "127.0.0.1", "127.0.0.2"  # whoever attacks, and another computer
WORKERS = 1  # attacks would measure one another
QUERY = "v=1&patients=40&weeks=52&services.caseload={}&seed={}"
HEADLINE = "GET {} HTTP/1.1\r\nHost: {}\r\n"


class Service(NamedTuple):
    """A service that runs."""

    process: "subprocess.Popen[bytes]"
    port: int
    folder: Path

    @property
    def resident(self) -> float:
        """MiB that it holds."""
        status = Path(f"/proc/{self.process.pid}/status").read_text()
        return next(int(line.split()[1]) / 1024 for line in status.splitlines() if line.startswith("VmRSS"))

    @property
    def n_open(self) -> int:
        """Files and connections that it has open."""
        return len(os.listdir(f"/proc/{self.process.pid}/fd"))

    def connect(self, source: str = HERE) -> socket.socket:
        return socket.create_connection((HERE, self.port), timeout=LONGEST, source_address=(source, 0))

    def ask(self, path: str, source: str = HERE) -> int:
        """The status of an answer that was read to its end."""
        asking = HTTPConnection(HERE, self.port, timeout=LONGEST, source_address=(source, 0))
        try:
            asking.request("GET", path)
            answer = asking.getresponse()
            answer.read()
            return answer.status
        finally:
            asking.close()


def flood(service: Service, rng: Random, until: float) -> None:
    """Many pages at once, each with work of its own to be done."""

    def one(number: int) -> None:
        own = Random(number)
        while time.monotonic() < until:
            with contextlib.suppress(OSError, HTTPException):
                service.ask(
                    f"/api/{own.choice(('band', 'first', 'area'))}?" + QUERY.format(own.randint(10, 40), number)
                )

    in_threads(one, [rng.randrange(2**32) for _ in range(100)])


def half_open(service: Service, rng: Random, until: float) -> None:
    """Requests that are begun and never ended."""
    with contextlib.ExitStack() as stack:
        for _ in range(OPEN):
            with contextlib.suppress(OSError):
                one = stack.enter_context(service.connect())
                one.sendall(HEADLINE.format("/api/page", HERE).encode()[: rng.randint(1, 30)])
            if time.monotonic() > until:
                break
        time.sleep(max(0.0, until - time.monotonic()))


def aborted(service: Service, rng: Random, until: float) -> None:
    """Requests whose connection is reset before the answer comes."""
    while time.monotonic() < until:
        with contextlib.suppress(OSError), service.connect() as one:
            path = f"/api/{rng.choice(('band', 'first', 'person'))}?" + QUERY.format(
                rng.randint(10, 40), rng.randrange(999)
            )
            one.sendall(f"{HEADLINE.format(path, HERE)}\r\n".encode())
            time.sleep(rng.uniform(0.0, 0.1))
            one.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, b"\1\0\0\0\0\0\0\0")


def unread(service: Service, rng: Random, until: float) -> None:
    """Large answers that are asked for again and again, and never read."""
    with contextlib.ExitStack() as stack:
        for number in range(60):
            with contextlib.suppress(OSError):
                one = stack.enter_context(service.connect())
                one.settimeout(0.5)
                asked = HEADLINE.format(f"/api/area?{QUERY.format(20, number % 3)}", HERE)
                one.sendall(f"{asked}\r\n".encode() * 200)
        time.sleep(max(0.0, until - time.monotonic()))


def nonsense(service: Service, rng: Random, until: float) -> None:
    """Bytes that are no request."""
    asked = (HEADLINE.format("/api/page?v=1", HERE) + "X-Page: 7\r\nContent-Length: 3\r\n\r\nabc").encode()
    while time.monotonic() < until:
        content = changed(changed(asked, rng), rng)
        with contextlib.suppress(OSError), service.connect() as one:
            one.settimeout(0.2)
            one.sendall(content)
            check_answer(one.recv(4096), content)


def damaged(service: Service, rng: Random, until: float) -> None:
    """Addresses that a page would not ask for."""
    while time.monotonic() < until:
        content = f"{HEADLINE.format(damaged_address(rng), HERE)}Connection: close\r\n\r\n".encode()
        with contextlib.suppress(OSError), service.connect() as one:
            one.sendall(content)
            check_answer(one.recv(4096), content)


def huge(service: Service, rng: Random, until: float) -> None:
    """Heads and bodies without an end."""
    while time.monotonic() < until:
        with contextlib.suppress(OSError), service.connect() as one:
            head = "POST /api/page HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n"
            one.sendall(rng.choice((head, HEADLINE.format("/", "x") + "X-Page: ")).encode())
            for _ in range(100):
                one.sendall(b"ffff\r\n" + b"a" * 65535 + b"\r\n")


ATTACKS: tuple[Callable[[Service, Random, float], None], ...] = (
    flood, half_open, aborted, unread, nonsense, damaged, huge,
)  # fmt: skip
CASES = 2 * len(ATTACKS)


class WrongAnswer(Exception):
    """The service answered as it must not."""


def check_answer(answer: bytes, asked: bytes) -> None:
    """Raises WrongAnswer for an error of the service itself."""
    if answer.startswith(b"HTTP/1.1 500"):
        raise WrongAnswer(f"answers with 500 to {asked[:200]!r}")


def prepare(folder: Path) -> Path:
    hard = resource.getrlimit(resource.RLIMIT_NOFILE)[1]
    resource.setrlimit(resource.RLIMIT_NOFILE, (min(hard, 4 * OPEN), hard))
    with served(folder / "first"):  # compiles what is not there yet
        pass
    return folder


def attack(folder: Path, rng: Random, number: int) -> Result:
    """One attack on a service of its own."""
    against = ATTACKS[number % len(ATTACKS)]
    about = against.__name__
    with served(folder / f"case-{number}") as service:
        in_peace, before = waits_of_another(service, time.monotonic() + 3.0), (service.resident, service.n_open)
        meanwhile, wrong = list[float](), list[str]()
        until = time.monotonic() + SECONDS
        other = threading.Thread(target=lambda: meanwhile.extend(waits_of_another(service, until)))
        other.start()
        try:
            against(service, rng, until)
        except WrongAnswer as error:
            wrong.append(str(error))
        other.join()
        time.sleep(3.0)
        wrong += wrong_with(service, p95(in_peace), p95(meanwhile), before)
    how = f"another waits {p95(meanwhile):.2f} s (p95), in peace {p95(in_peace):.2f} s"
    return fault(about, "; ".join(wrong), how) if wrong else Result(Ending.UNCHANGED, about, "", how)


def wrong_with(service: Service, in_peace: float, meanwhile: float, before: tuple[float, int]) -> list[str]:
    """What is wrong after an attack."""
    if service.process.poll() is not None:
        return [f"the service has ended with {service.process.returncode}"]
    wrong = []
    if meanwhile > max(SLOWEST, OFTEN * in_peace):
        wrong.append("another computer waits too long")
    if (after := p95(waits_of_another(service, time.monotonic() + 3.0))) > max(SLOWEST, OFTEN * in_peace):
        wrong.append(f"another still waits {after:.1f} s when it is over")
    if service.resident > before[0] + GROWTH:
        wrong.append(f"the service grows from {before[0]:.0f} to {service.resident:.0f} MiB")
    if service.n_open > before[1] + 20:
        wrong.append(f"the service still has {service.n_open} files open, {before[1]} before")
    return wrong + [said for said in [traceback_in(beside(service.folder, "err").read_text(errors="replace"))] if said]


def waits_of_another(service: Service, until: float) -> list[float]:
    """Seconds that another computer waits for each of its answers; LONGEST for one that does not come."""
    waits, seed = list[float](), 0
    while time.monotonic() < until:
        began, seed = time.monotonic(), seed + 1
        try:
            status = service.ask(f"/api/first?{QUERY.format(20, seed)}", ELSEWHERE)
        except (OSError, HTTPException):
            status = 0
        waits.append(time.monotonic() - began if status == 200 else LONGEST)
        time.sleep(0.1)
    return waits


def p95(waits: list[float]) -> float:
    return statistics.quantiles(waits, n=20)[-1] if len(waits) > 1 else max(waits, default=LONGEST)


def in_threads(call: Callable[[int], None], numbers: list[int]) -> None:
    threads = [threading.Thread(target=call, args=[number]) for number in numbers]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()


@contextmanager
def served(folder: Path) -> Iterator[Service]:
    """A classroom on a free port of this computer, once it answers."""
    folder.mkdir()
    with socket.socket() as one:
        one.bind((HERE, 0))
        port = one.getsockname()[1]
    words = ("explore", "--port", str(port), "--quiet")
    process = started(words, folder, Path(os.environ["SUPPORTNET_CACHE"]))
    service = Service(process, port, folder)
    try:
        wait_for(service)
        yield service
    finally:
        process.send_signal(signal.SIGTERM)
        with contextlib.suppress(subprocess.TimeoutExpired):
            process.wait(10)
        kill_session(process.pid)
        orphans(process.pid)


def wait_for(service: Service, patience: float = 300.0) -> None:
    """Waits until people of every preset are there, and an answer comes."""
    until = time.monotonic() + patience
    while time.monotonic() < until and service.process.poll() is None:
        with contextlib.suppress(OSError, HTTPException):
            if all(service.ask(f"/api/first?preset={name}&patients=20") == 200 for name in ("psychosis", "mixed")):
                return
        time.sleep(0.2)
    raise RuntimeError(beside(service.folder, "err").read_text(errors="replace") or "the service does not start")
