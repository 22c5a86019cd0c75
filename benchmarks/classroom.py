"""Thirty students with a page each: how long they wait after moving a lever, and what the service needs for them.

Each has a real page of one headless browser on the same machine, and moves a lever every ten seconds, by key, for five
minutes. In the first class levers stay where they were put, so that nearly every what-if is asked for only once; in the
second all share a few levers and go back to today after each move, as in a lesson.
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
from typing import Any

import numpy as np

from benchmarks.measure import Row, Skipped

EVERY = 10.0  # seconds between the moves of a student
LESSON = 3  # levers that a lesson shows
START = 20.0  # seconds until people of every preset are there
LONGEST = 60.0  # seconds until an answer counts as lost
FLAGS = ("--headless", "--no-sandbox", "--disable-gpu", "--no-first-run", "--disable-background-networking",
         "--disable-component-update", "--disable-sync")  # fmt: skip
# A move by key: the slider is elsewhere at once; times until the answer is painted, from the page's own clock.
MOVE = """
async ([lever, value, wait]) => {
  const input = document.querySelector(`[data-lever="${lever}"] input`), place = document.getElementById("changes");
  const shown = (name) => new Promise((resolve) => {
    const look = () => place.dataset.shows === name && requestAnimationFrame(() => resolve(performance.now() - begun));
    const watch = new MutationObserver(look);
    watch.observe(place, { attributes: true, attributeFilter: ["data-shows"] });
    setTimeout(() => resolve(null), wait);
  });
  const begun = performance.now();
  const first = Promise.race([shown("first"), shown("band")]), band = shown("band");
  input.value = value;
  for (const name of ["input", "change"]) input.dispatchEvent(new Event(name, { bubbles: true }));
  return { first: await first, band: await band };
}
"""
BACK = "() => [...document.querySelectorAll('button')].find((one) => one.textContent === 'Put all back')?.click()"
HEADLINE = "() => document.querySelector('#changes .headline').textContent"


@contextmanager
def served() -> Iterator[tuple[str, int]]:
    """The classroom as it is started for a class: its address and process."""
    with socket.socket() as one:
        one.bind(("127.0.0.1", 0))
        port = one.getsockname()[1]
    command = [sys.executable, "-m", "analysis.commands.main", "explore", "--port", str(port), "--quiet"]
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


async def student(
    page: Any, luck: random.Random, levers: list[dict[str, Any]], until: float, shared: bool
) -> list[Any]:
    """Moves a lever every ten seconds; what each move had to wait for, in ms."""
    waits = []
    await asyncio.sleep(luck.uniform(0, EVERY))
    while (begun := time.monotonic()) < until:
        lever = luck.choice(levers)
        steps = round((lever["high"] - lever["low"]) / lever["step"])
        value = lever["low"] + lever["step"] * luck.randrange(steps + 1)
        waits.append(await page.evaluate(MOVE, [lever["name"], value, 1000 * LONGEST]))
        if shared:
            await page.evaluate(BACK)
        await asyncio.sleep(max(0.0, EVERY - (time.monotonic() - begun)))
    return waits


async def same_for_a_neighbour(page: Any) -> bool:
    """Whether a page says what another page at the same address says."""
    said = await page.evaluate(HEADLINE)
    await page.goto(page.url)
    await page.wait_for_selector("#changes[data-shows=band]")
    return bool(said == await page.evaluate(HEADLINE))


async def lesson(address: str, process: int, students: int, seconds: float, shared: int) -> dict[str, Any]:
    """A class at work; what was measured."""
    from playwright.async_api import async_playwright

    where = next((found for name in ("chromium", "google-chrome") if (found := shutil.which(name))), None)
    if where is None:
        raise Skipped("no browser here (chromium)")
    async with async_playwright() as tools:
        browser = await tools.chromium.launch(executable_path=where, args=list(FLAGS))
        pages = [
            await (await browser.new_context(viewport={"width": 1366, "height": 768})).new_page()
            for _ in range(students)
        ]
        for page in pages:
            await page.goto(f"{address}?week=104")
            await page.wait_for_selector("#changes[data-shows=band]")
        about = await pages[0].evaluate("() => fetch('api/page').then((answer) => answer.json())")
        levers = [lever for lever in about["levers"] if not lever["switch"]]
        if shared:
            levers = [lever for lever in levers if lever["name"].startswith("programmes.")][:shared]
        before, begun, worked = resident(process), time.monotonic(), spent(process)
        students_at_work = [
            student(page, random.Random(k), levers, begun + seconds, bool(shared)) for k, page in enumerate(pages)
        ]
        waits = [wait for found in await asyncio.gather(*students_at_work) for wait in found]
        busy, after = (spent(process) - worked) / (time.monotonic() - begun), resident(process)
        same = [await same_for_a_neighbour(page) for page in pages]
        await browser.close()
    return {"waits": waits, "busy": busy, "memory": (after - before) / students, "same": sum(same)}


def rows(found: dict[str, Any], students: int, shared: int) -> list[Row]:
    """What a class waited for."""
    first, band = (np.array([wait[name] or np.nan for wait in found["waits"]]) for name in ("first", "band"))
    said = {
        "moves": len(first), "seconds of processors a second": f"{found['busy']:.2f}",
        "sessions that say what a neighbour at their address says": f"{found['same']} of {students}",
    }  # fmt: skip
    who = f"{students} students, {'all with the same few levers' if shared else 'levers left where they were put'}"
    return [
        Row(f"{who}: first answer, median", float(np.nanmedian(first)), "ms", at_most=200, details=said),
        Row(f"{who}: first answer, 95th percentile", float(np.nanpercentile(first, 95)), "ms", at_most=600),
        Row(f"{who}: band of 30 pairs, median", float(np.nanmedian(band)), "ms", at_most=1500,
            details={"95th percentile": f"{np.nanpercentile(band, 95):.0f} ms"}),
        Row(f"{who}: moves without an answer", float(np.isnan(band).sum()), "moves", at_most=0),
        Row(f"{who}: memory a session", found["memory"], "MiB", at_most=1),
    ]  # fmt: skip


def compare(repeats: int, students: int = 30, seconds: float = 300.0) -> list[Row]:
    """A class whose levers stay where they were put, and one that shares a lesson's levers."""
    return [row for shared in (0, LESSON) for row in measured(students, seconds, shared)]


def measured(students: int, seconds: float, shared: int) -> list[Row]:
    """One class, with a service of its own."""
    with served() as (address, process):
        time.sleep(START)
        return rows(asyncio.run(lesson(address, process, students, seconds, shared)), students, shared)
