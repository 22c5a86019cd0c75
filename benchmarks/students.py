"""Students of a classroom: each moves a lever every ten seconds, on a page of their own or by asking as a page does."""

import asyncio
import random
import time
from collections.abc import Awaitable, Callable
from typing import Any

import httpx2 as httpx

EVERY = 10.0  # seconds between the moves of a student
LONGEST = 60.0  # seconds until an answer counts as lost
SUPERSEDED = "superseded"  # a later move came before the answer did
KEPT = 40  # answers that a page keeps
BUSY, PAUSES = 503, (0.5, 1.0, 2.0, 4.0)  # seconds that a page waits where the service is busy, before it asks again
WHO = "18"  # the person whom a page shows first
# A move by key: the slider is elsewhere at once; times until the answer is painted, from the page's own clock.
MOVE = """
async ([lever, value, anew, wait, superseded]) => {
  window.supersede?.();
  if (anew) [...document.querySelectorAll("button")].find((one) => one.textContent === "Put all back")?.click();
  const input = document.querySelector(`[data-lever="${lever}"] input`), place = document.getElementById("changes");
  const ends = [];
  window.supersede = () => ends.forEach((end) => end(superseded));
  const shown = (name) => new Promise((resolve) => {
    const look = () => place.dataset.shows === name && requestAnimationFrame(() => end(performance.now() - begun));
    const watch = new MutationObserver(look);
    const end = (said) => { watch.disconnect(); resolve(said); };
    ends.push(end);
    watch.observe(place, { attributes: true, attributeFilter: ["data-shows"] });
    setTimeout(() => end(null), wait);
  });
  const begun = performance.now();
  const first = Promise.race([shown("first"), shown("band")]), band = shown("band");
  input.value = value;
  for (const name of ["input", "change"]) input.dispatchEvent(new Event(name, { bubbles: true }));
  return { first: await first, band: await band };
}
"""

Wait = dict[str, float | str | None]  # for the first answer and the band: ms; superseded; None where it was lost
Mover = Callable[[str, float, bool], Awaitable[Wait]]  # moves a lever, after all others were put back if so asked


async def student(
    move: Mover, luck: random.Random, levers: list[dict[str, Any]], until: float, anew: bool
) -> list[Any]:
    """Moves a lever by the clock, whatever has been answered by then; what each move had to wait for.

    anew: everything is put back before each move.
    """
    due, moves = time.monotonic() + luck.uniform(0, EVERY), list[asyncio.Future[Wait]]()
    while due < until:
        await asyncio.sleep(max(0.0, due - time.monotonic()))
        lever = luck.choice(levers)
        steps = round((lever["high"] - lever["low"]) / lever["step"])
        value = round(lever["low"] + lever["step"] * luck.randrange(steps + 1), 10)
        moves.append(asyncio.ensure_future(move(lever["name"], value, anew)))
        due += EVERY
    return await asyncio.gather(*moves)


def on_page(page: Any) -> Mover:
    """Moves made on a real page."""

    async def move(lever: str, value: float, anew: bool) -> Wait:
        found: Wait = await page.evaluate(MOVE, [lever, value, anew, 1000 * LONGEST, SUPERSEDED])
        return found

    return move


class Unseen:
    """A student whose page is drawn on a computer of their own: only what it asks for is asked here.

    As the page does: the first answer, then the person and the band; what a later move supersedes is closed, what was
    answered lately is not asked for again, and a busy service is asked again a little later.
    """

    def __init__(self, client: httpx.AsyncClient) -> None:
        self._client = client
        self._world: dict[str, str] = {}
        self._flights: dict[str, asyncio.Task[None]] = {}
        self._kept: dict[str, None] = {}

    async def move(self, lever: str, value: float, anew: bool) -> Wait:
        """Moves a lever; how long the answers took."""
        begun = time.monotonic()
        for flight in self._flights.values():
            flight.cancel()
        self._world = {"v": "1"} | ({} if anew else self._world) | {lever: f"{value:g}"}
        asked, took = dict(self._world), Wait()

        async def answered(what: str, **more: str) -> None:
            try:
                await asyncio.wait_for(self._fly(what, {**asked, **more}), LONGEST)
                took[what] = 1000 * (time.monotonic() - begun)
            except asyncio.CancelledError:
                took[what] = SUPERSEDED
            except (TimeoutError, httpx.HTTPError):
                took[what] = None

        await answered("first")
        if isinstance(took["first"], float):
            await asyncio.gather(answered("person", who=WHO), answered("band"))
        return {"first": took["first"], "band": took.get("band", took["first"])}

    def _fly(self, what: str, query: dict[str, str]) -> asyncio.Task[None]:
        self._flights[what] = asyncio.ensure_future(self._get(str(httpx.URL(f"api/{what}", params=query))))
        return self._flights[what]

    async def _get(self, address: str) -> None:
        tried = 0
        while address not in self._kept:
            answer = await self._client.get(address)
            if answer.status_code != BUSY:
                answer.raise_for_status()
                self._kept[address] = None
                break
            await asyncio.sleep(PAUSES[min(tried, len(PAUSES) - 1)])
            tried += 1
        while len(self._kept) > KEPT:
            del self._kept[next(iter(self._kept))]
