"""Thirty students with a page each: how long they wait after moving a lever, and what the service needs for them.

Each moves a lever every ten seconds for five minutes, whether or not the last band has come (students.py). In one class
levers stay where they were put, so that nearly every what-if is asked for only once; in another all share a few levers
and go back to today before each move, as in a lesson. All have real pages, in one headless browser on the same machine.
Thirty browsers do not share the service's processors in life: so each class is there once more with two real pages,
while the others ask as a page does, and nothing is drawn for them.
"""

import asyncio
import os
import random
import shutil
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

import httpx2 as httpx
import numpy as np

from benchmarks.measure import Row, Skipped
from benchmarks.students import LONGEST, SUPERSEDED, Unseen, on_page, student

if TYPE_CHECKING:
    from playwright.async_api import ViewportSize

STUDENTS = 30
LESSON = 3  # levers that a lesson shows
SEEN = 2  # students with real pages where the others are elsewhere
SCREEN: "ViewportSize" = {"width": 1366, "height": 768}
START = 20.0  # seconds until people of every preset are there
FLAGS = ("--headless", "--no-sandbox", "--disable-gpu", "--no-first-run", "--disable-background-networking",
         "--disable-component-update", "--disable-sync")  # fmt: skip
HEADLINE = "() => document.querySelector('#changes .headline').textContent"


@contextmanager
def served() -> Iterator[tuple[str, int]]:
    """The classroom as it is started for a class: its address and process."""
    with socket.socket() as one:
        one.bind(("127.0.0.1", 0))
        port = one.getsockname()[1]
    command = [sys.executable, "-m", "supportnet.analysis.commands.main", "explore", "--port", str(port), "--quiet"]
    with subprocess.Popen(command) as service:
        try:
            while socket.socket().connect_ex(("127.0.0.1", port)):
                time.sleep(0.1)
            yield f"http://127.0.0.1:{port}/", service.pid
        finally:
            service.terminate()


def resident(process: int) -> float:
    """MiB that a process holds."""
    status = Path(f"/proc/{process}/status").read_text()
    return next(int(line.split()[1]) / 1024 for line in status.splitlines() if line.startswith("VmRSS"))


def spent(process: int) -> float:
    """Seconds of processors that a process has taken."""
    user, system = Path(f"/proc/{process}/stat").read_text().rpartition(")")[2].split()[11:13]
    return (int(user) + int(system)) / os.sysconf("SC_CLK_TCK")


async def same_for_a_neighbour(browser: Any, page: Any) -> bool:
    """Whether a page says what somebody else reads at the same address: in a context of their own, which shares nothing
    with it."""
    context = await browser.new_context(viewport=SCREEN)
    neighbour = await context.new_page()
    said = []
    await neighbour.goto(page.url)
    for one in (page, neighbour):
        await one.wait_for_selector("#changes[data-shows=band]")
        said.append(await one.evaluate(HEADLINE))
    await context.close()
    return bool(said[0] == said[1])


async def lesson(address: str, process: int, seen: int, unseen: int, seconds: float, shared: int) -> dict[str, Any]:
    """A class at work; what was measured. shared: so many levers, the same for all; 0: each has all of them."""
    from playwright.async_api import async_playwright

    where = next((found for name in ("chromium", "google-chrome") if (found := shutil.which(name))), None)
    if where is None:
        raise Skipped("no browser here (chromium)")
    each = httpx.Limits(max_connections=None)
    async with async_playwright() as tools, httpx.AsyncClient(base_url=address, timeout=LONGEST, limits=each) as client:
        browser = await tools.chromium.launch(executable_path=where, args=list(FLAGS))
        pages = [await (await browser.new_context(viewport=SCREEN)).new_page() for _ in range(seen)]
        for page in pages:
            await page.goto(f"{address}?week=104")
            await page.wait_for_selector("#changes[data-shows=band]")
        levers = [lever for lever in (await client.get("api/page")).json()["levers"] if not lever["switch"]]
        if shared:
            levers = [lever for lever in levers if lever["name"].startswith("programmes.")][:shared]
        moves = [on_page(page) for page in pages] + [Unseen(client).move for _ in range(unseen)]
        before, begun, worked = resident(process), time.monotonic(), spent(process)
        waits = await asyncio.gather(
            *(student(move, random.Random(k), levers, begun + seconds, bool(shared)) for k, move in enumerate(moves))
        )
        busy, after = (spent(process) - worked) / (time.monotonic() - begun), resident(process)
        same = [await same_for_a_neighbour(browser, page) for page in pages]
        await browser.close()
    return {"waits": waits, "busy": busy, "memory": (after - before) / len(moves), "same": sum(same)}


def rows(found: dict[str, Any], seen: int, unseen: int, shared: int) -> list[Row]:
    """What a class waited for."""
    moves = [wait for of_one in found["waits"] for wait in of_one]
    first, band = (came(moves, name) for name in ("first", "band"))
    on_screen = came([wait for of_one in found["waits"][:seen] for wait in of_one], "first")
    said = {
        "moves": len(moves), "superseded": superseded(moves, "first"),
        "on real pages": f"{percentile(on_screen, 50)} ms",
        "seconds of processors a second": f"{found['busy']:.2f}",
        "pages that say what a neighbour reads at their address": f"{found['same']} of {seen}",
    }  # fmt: skip
    late = {
        "95th percentile": f"{percentile(band, 95)} ms",
        "superseded by a later move, not among these": f"{superseded(moves, 'band')} of {len(moves)}",
    }
    who = f"{seen + unseen} students, {'all with the same few levers' if shared else 'levers left where they were put'}"
    who += f", {unseen} of them elsewhere" if unseen else ""
    return [
        Row(f"{who}: first answer, median", percentile(first, 50), "ms", at_most=200, details=said),
        Row(f"{who}: first answer, 95th percentile", percentile(first, 95), "ms", at_most=600),
        Row(f"{who}: band of 30 pairs, median", percentile(band, 50), "ms", at_most=1500, details=late),
        Row(f"{who}: moves without an answer", float(sum(None in wait.values() for wait in moves)), "moves", at_most=0),
        Row(f"{who}: memory a session", found["memory"], "MiB", at_most=1),
    ]


def came(moves: list[Any], name: str) -> list[float]:
    """Waits for answers that came, in ms."""
    return [wait[name] for wait in moves if wait[name] not in (None, SUPERSEDED)]


def superseded(moves: list[Any], name: str) -> int:
    """Answers that a later move made pointless before they came."""
    return sum(wait[name] == SUPERSEDED for wait in moves)


def percentile(waits: list[float], share: float) -> float | None:
    """Rounded to whole ms; None where nothing came."""
    return round(float(np.percentile(waits, share))) if waits else None


def compare(repeats: int, students: int = STUDENTS, seconds: float = 300.0) -> list[Row]:
    """A class whose levers stay where they were put, and one that shares a lesson's levers; all with real pages, and
    all but two on computers of their own."""
    return [
        row
        for seen in (students, min(SEEN, students))
        for shared in (0, LESSON)
        for row in measured(seen, students - seen, seconds, shared)
    ]


def measured(seen: int, unseen: int, seconds: float, shared: int) -> list[Row]:
    """One class, with a service of its own."""
    with served() as (address, process):
        time.sleep(START)
        return rows(asyncio.run(lesson(address, process, seen, unseen, seconds, shared)), seen, unseen, shared)
