"""Work that pages wait for: done once for all who ask the same, stopped when nobody waits for it any more."""

import asyncio
import os
import sys
import threading
from collections import Counter, OrderedDict
from collections.abc import Callable, Hashable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass
from threading import Event

from experiments.workers import Interrupted

MOST = 240  # pieces of work in hand; an answer takes up to two
MOST_EACH = 8  # answers that one page waits for
MOST_HERE = 90  # and one computer: a class behind one address (a proxy) three each, and others still find room
PATIENCE = 5  # on the scale of `nice`, where 19 is the most


class Busy(Exception):
    """There is more to do than can be waited for."""


class Turns:
    """How much each page and each computer waits for: nobody takes the turns of others.

    A page names itself, and may lie; the computer that it is on is seen.
    """

    def __init__(self) -> None:
        self._waiting = Counter[tuple[str, str]]()

    @contextmanager
    def one(self, page: str, computer: str) -> Iterator[None]:
        """A turn of a page on a computer. Raises Busy where either waits for too much already."""
        most = {(page, computer): MOST_EACH, ("", computer): MOST_HERE}
        if any(self._waiting[who] >= many for who, many in most.items()):
            raise Busy
        self._waiting.update(most.keys())
        try:
            yield
        finally:
            self._waiting.subtract(most.keys())
            self._waiting = +self._waiting  # only those who wait


@dataclass
class Piece:
    """A piece of work."""

    done: "asyncio.Future[bytes]"
    halt: Event
    waiting: int = 0


class Bench:
    """Threads of a kind, what they work on, and what they gave lately (so many bytes are kept).

    patient: they give way to all others where processors are few.
    """

    def __init__(self, threads: int, kept: int, patient: bool = False) -> None:
        self._threads = ThreadPoolExecutor(threads, initializer=step_back if patient else None)
        self._pieces: dict[Hashable, Piece] = {}
        self._given: OrderedDict[Hashable, bytes] = OrderedDict()
        self._kept = kept

    async def done(self, about: Hashable, work: Callable[[Event], bytes]) -> bytes:
        """What the work gives. Raises Busy where too much is in hand already."""
        if about in self._given:
            self._given.move_to_end(about)
            return self._given[about]
        piece = self._pieces.get(about) or self._begun(about, work)
        piece.waiting += 1
        try:
            return self._keep(about, await asyncio.shield(piece.done))
        finally:
            piece.waiting -= 1
            if not piece.waiting:
                piece.halt.set()
                self._pieces.pop(about, None)

    def _begun(self, about: Hashable, work: Callable[[Event], bytes]) -> Piece:
        if len(self._pieces) >= MOST:
            raise Busy
        halt = Event()

        def unless_halted() -> bytes:
            if halt.is_set():  # nobody waited until its turn came
                raise Interrupted
            return work(halt)

        done = asyncio.get_running_loop().run_in_executor(self._threads, unless_halted)
        done.add_done_callback(lambda ended: ended.cancelled() or ended.exception())  # heard, whoever waits
        self._pieces[about] = Piece(done, halt)
        return self._pieces[about]

    def _keep(self, about: Hashable, given: bytes) -> bytes:
        self._given[about] = given
        while sum(map(len, self._given.values())) > self._kept:
            self._given.popitem(last=False)
        return given

    def close(self) -> None:
        """No more work."""
        for piece in self._pieces.values():
            piece.halt.set()
        self._threads.shutdown(cancel_futures=True)


def step_back() -> None:
    """This thread gives way to others. Only Linux has priorities of threads."""
    if sys.platform == "linux":
        os.setpriority(os.PRIO_PROCESS, threading.get_native_id(), PATIENCE)
