"""Work that pages wait for: done once for all who ask the same, stopped when nobody waits for it any more."""

import asyncio
import os
import sys
import threading
from collections import Counter, OrderedDict
from collections.abc import Callable, Hashable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass, field
from threading import Event, Lock
from time import monotonic

from experiments.workers import Interrupted

MOST = 240  # pieces of work in hand; an answer takes up to two
MOST_EACH = 8  # answers that one page waits for
MOST_HERE = 90  # and one computer: a class behind one address (a proxy) three each, and others still find room
LONG = 12.0  # seconds: a page that tries one thing after the other asks for something else before
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


@dataclass(eq=False)
class Piece:
    """A piece of work."""

    work: Callable[[Event], bytes]
    since: float = field(default_factory=monotonic)
    halt: Event = field(default_factory=Event)
    result: "Future[bytes]" = field(default_factory=Future)
    waiting: int = 0


class Bench:
    """Threads of a kind, what they work on, and what they gave lately (so many bytes are kept).

    What was asked for last is done first: where there is more to do than can be done, most pages get their answers at
    once, instead of all of them just before they ask for something else. Whoever still waits for long goes before all.
    patient: the threads give way to all others where processors are few.
    """

    def __init__(self, threads: int, kept: int, patient: bool = False) -> None:
        self._threads = ThreadPoolExecutor(threads, initializer=step_back if patient else None)
        self._pieces: dict[Hashable, Piece] = {}
        self._queue: list[Piece] = []
        self._lock = Lock()
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
            return self._keep(about, await asyncio.shield(asyncio.wrap_future(piece.result)))
        finally:
            piece.waiting -= 1
            if not piece.waiting:
                piece.halt.set()
                self._pieces.pop(about, None)

    def _begun(self, about: Hashable, work: Callable[[Event], bytes]) -> Piece:
        if len(self._pieces) >= MOST:
            raise Busy
        piece = self._pieces[about] = Piece(work)
        with self._lock:
            self._queue.append(piece)
        self._threads.submit(self._do_next)
        return piece

    def _do_next(self) -> None:
        with self._lock:
            long = monotonic() - self._queue[0].since > LONG
            piece = self._queue.pop(0 if long else -1)
        try:
            if not piece.halt.is_set():  # somebody waited until its turn came
                piece.result.set_result(piece.work(piece.halt))
        except Interrupted:
            pass  # nobody waits for what it comes to
        except Exception as error:
            piece.result.set_exception(error)
        finally:
            del piece  # an error knows this frame: both would outlive everything that the work held

    def _keep(self, about: Hashable, given: bytes) -> bytes:
        self._given[about] = given
        while sum(map(len, self._given.values())) > self._kept:
            self._given.popitem(last=False)
        return given

    def close(self) -> None:
        """No more work."""
        for piece in self._pieces.values():
            piece.halt.set()
        with self._lock:
            for piece in self._queue:
                piece.result.cancel()
        self._threads.shutdown(cancel_futures=True)


def step_back() -> None:
    """This thread gives way to others. Only Linux has priorities of threads."""
    if sys.platform == "linux":
        os.setpriority(os.PRIO_PROCESS, threading.get_native_id(), PATIENCE)
