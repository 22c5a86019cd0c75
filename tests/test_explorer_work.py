"""Work that pages wait for: shared out fairly among those who ask, and what is kept of it."""

import asyncio
import time
from functools import partial
from threading import Event

import pytest

from supportnet.analysis.explorer.work import Bench, Busy, Client

PAGE, STUDENT, NEWCOMER, ELSEWHERE = ("here", 1), ("here", 2), ("here", 3), ("there", 1)
FLOOD = tuple(("here", port) for port in range(10, 20))
FLOODED = tuple((f"flood {client[1]}", client) for client in FLOOD)


def test_answers_given_lately__are_kept_while_they_fit() -> None:
    worked = list[int]()

    def work(halt: Event) -> bytes:
        worked.append(1)
        return b"four"

    async def ask() -> None:
        bench = Bench(1, kept=10)
        for about in ("a", "b", "a", "b"):
            await bench.done(about, work, PAGE)
        assert len(worked) == 2
        await bench.done("c", work, PAGE)  # no room for three: the one asked for longest ago goes
        await bench.done("b", work, PAGE)
        assert len(worked) == 3
        await bench.done("a", work, PAGE)
        assert len(worked) == 4
        bench.close()

    asyncio.run(ask())


async def order(bench: Bench, *asks: tuple[str, Client], given_up: str = "") -> list[str]:
    """In which order a bench of one thread does what is asked for while it is busy, and what it refuses."""
    done, begun, free = list[str](), Event(), Event()

    def work(name: str, halt: Event) -> bytes:
        begun.set()
        free.wait(10.0)
        done.append(name)
        return b"."

    async def ask(name: str, client: Client) -> None:
        try:
            await bench.done(name, partial(work, name), client)
        except Busy:
            done.append(f"busy: {name}")

    held = asyncio.ensure_future(ask("", ("nobody", 0)))
    await asyncio.to_thread(begun.wait)
    asked = {name: asyncio.ensure_future(ask(name, client)) for name, client in asks}
    await asyncio.sleep(0.1)
    if given_up:
        asked[given_up].cancel()
    await asyncio.sleep(0)
    free.set()
    await asyncio.wait([held, *asked.values()])
    return [name for name in done if name]


def flooding(halt: Event) -> bytes:
    time.sleep(0.02)
    return b"."


def in_order(
    *asks: tuple[str, Client], patient: bool = False, before: tuple[Client, ...] = (), **more: str
) -> list[str]:
    async def found() -> list[str]:
        bench = Bench(1, 0, patient)
        for client in before:  # has asked before
            await bench.done("before", lambda halt: b".", client)
        await asyncio.sleep(0.06)
        again = (bench.done(client, flooding, client) for client in before if client != STUDENT)
        await asyncio.gather(*again, return_exceptions=True)  # and asks again at once
        try:
            return await order(bench, *asks, **more)
        finally:
            bench.close()

    return asyncio.run(found())


def test_what_was_asked_for_last_is_done_first__but_nobody_waits_for_long(monkeypatch: pytest.MonkeyPatch) -> None:
    asks = (("a", ("here", 1)), ("b", ("here", 2)), ("c", ("here", 3)))
    assert in_order(*asks, patient=True, given_up="b") == ["c", "a"]
    monkeypatch.setattr("supportnet.analysis.explorer.work.LONG", 0.05)
    assert in_order(*asks, patient=True, given_up="b") == ["a", "c"]


@pytest.mark.parametrize("patient", [False, True])
@pytest.mark.parametrize("client", [STUDENT, NEWCOMER, ELSEWHERE])
def test_a_computer_that_floods__waits_behind_its_neighbours_and_all_others(client: Client, patient: bool) -> None:
    done = in_order(*FLOODED, ("student", client), before=(*FLOOD, STUDENT), patient=patient)
    assert done.index("student") < 2


def test_who_connects_anew_each_time__waits_behind_those_who_are_known() -> None:
    assert in_order(*FLOODED, ("student", STUDENT), before=(STUDENT,)).index("student") < 2
    assert in_order(*FLOODED, ("student", NEWCOMER)).index("student") == len(FLOOD)  # nothing tells them apart


def test_an_address_that_asks_for_too_much__is_refused_where_it_floods(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("supportnet.analysis.explorer.work.MOST_HERE", 5)
    asks = (*FLOODED, ("student", STUDENT), ("elsewhere", ELSEWHERE))
    done = in_order(*asks, before=(*FLOOD, STUDENT))
    assert {"student", "elsewhere"} < set(done)
    assert sum(one.startswith("busy: flood") for one in done) == len(FLOOD) + 1 - 5
    monkeypatch.setattr("supportnet.analysis.explorer.work.MOST_HERE", 50)
    monkeypatch.setattr("supportnet.analysis.explorer.work.MOST", 5)
    done = in_order(*asks, before=(*FLOOD, STUDENT))
    assert {"student", "elsewhere"} < set(done)
    assert sum(one.startswith("busy: flood") for one in done) == len(FLOOD) + 2 - 5
