"""Work that pages wait for: done once for all who ask the same, shared out fairly, stopped when nobody waits for it."""

import asyncio
import os
import sys
import threading
from collections import Counter, OrderedDict
from collections.abc import Callable, Hashable
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass, field
from threading import Event, Lock
from time import monotonic
from typing import Any

from supportnet.experiments.execution.workers import Interrupted

MOST = 240  # pieces of work that wait
MOST_HERE = 120  # of one address: a class behind one (a proxy, a router) four each, and others still find room
KNOWN = 2000  # addresses and connections that are remembered
LONG = 12.0  # seconds: a page that tries one thing after the other asks for something else before
ALIKE = 0.1  # seconds of work that make no difference
REST = 0.05  # seconds between an answer and the next question: who asks at once may be a machine
PATIENCE = 5  # on the scale of `nice`, where 19 is the most

Client = tuple[str, int]  # a connection: the address and port of its other end


class Busy(Exception):
    """There is more to do than can be waited for."""


class Shares:
    """Seconds of work done for each address. None saves up a share while it asks for nothing."""

    def __init__(self) -> None:
        self._seconds: OrderedDict[str, float] = OrderedDict()
        self._least = 0.0  # of the address that had least when the last turn came

    def of(self, address: str) -> float:
        return max(self._seconds.get(address, 0.0), self._least)

    def begin(self, address: str) -> None:
        """It is their turn."""
        self._least = self.of(address)

    def add(self, address: str, seconds: float) -> None:
        """Work was done for them."""
        self._seconds[address] = self.of(address) + seconds
        keep_answer(self._seconds, address)


def keep_answer(known: OrderedDict[Any, Any], last: Hashable) -> None:
    """The last is kept longest."""
    known.move_to_end(last)
    if len(known) > KNOWN:
        known.popitem(last=False)


@dataclass(eq=False)
class Piece:
    """A piece of work, and the connections that wait for it: one at least while it stands in the queue."""

    work: Callable[[Event], bytes]
    clients: list[Client] = field(default_factory=list)
    new: bool = True  # none of the connections has asked before
    rest: float = 0.0  # seconds, the longest, between their last answer and this question
    since: float = field(default_factory=monotonic)
    halt: Event = field(default_factory=Event)
    result: "Future[bytes]" = field(default_factory=Future)


class Bench:
    """Threads of a kind, what they work on, and what they gave lately (so many bytes are kept).

    Nobody's flood keeps others waiting. Next comes the address for which least was done. A connection waits for one
    answer at a time, as HTTP has it, and of those of one address the one comes next that asked for nothing longest;
    every other turn is that of new connections, so that connecting anew each time gains nothing, and being new costs
    nothing. patient: the threads give way to all others where processors are few; and among equals what was asked for
    last is done first: where there is more to do than can be done, most pages get their answers at once, instead of all
    of them just before they ask for something else. Whoever of them still waits for long goes first.
    """

    def __init__(self, threads: int, kept: int, patient: bool = False) -> None:
        self._threads = ThreadPoolExecutor(threads, initializer=step_back if patient else None)
        self._pieces: dict[Hashable, Piece] = {}
        self._queue: list[Piece] = []
        self._shares = Shares()
        self._answered: OrderedDict[Client, float] = OrderedDict()  # when
        self._new_first = False
        self._lock = Lock()
        self._given: OrderedDict[Hashable, bytes] = OrderedDict()
        self._kept, self._patient = kept, patient

    async def done(self, about: Hashable, work: Callable[[Event], bytes], client: Client) -> bytes:
        """What the work gives. Raises Busy where too much waits, and this would come last."""
        if about in self._given:
            self._given.move_to_end(about)
            return self._given[about]
        piece = self._join(about, work, client)
        try:
            return self._keep(about, await asyncio.shield(asyncio.wrap_future(piece.result)))
        finally:
            self._leave(about, piece, client)

    def _join(self, about: Hashable, work: Callable[[Event], bytes], client: Client) -> Piece:
        with self._lock:
            piece = self._pieces.get(about) or self._begun(about, work)
            piece.clients.append(client)
            if client in self._answered:
                piece.new, piece.rest = False, max(piece.rest, monotonic() - self._answered[client])
            self._send_away(client[0])
        return piece

    def _begun(self, about: Hashable, work: Callable[[Event], bytes]) -> Piece:
        piece = self._pieces[about] = Piece(work)
        self._queue.append(piece)
        self._threads.submit(self._do_next)
        return piece

    def _send_away(self, address: str) -> None:
        """Where too many wait, of one address or of all, the last of the most crowded one waits no more."""
        crowds = Counter(piece.clients[0][0] for piece in self._queue)
        if crowds[address] > MOST_HERE or len(self._queue) > MOST:
            crowded = max(crowds, key=lambda one: crowds[one])
            last = max((one for one in self._queue if one.clients[0][0] == crowded), key=self._place)
            self._queue.remove(last)
            last.result.set_exception(Busy())

    def _leave(self, about: Hashable, piece: Piece, client: Client) -> None:
        with self._lock:
            self._answered[client] = monotonic()
            keep_answer(self._answered, client)
            piece.clients.remove(client)
            if not piece.clients:
                piece.halt.set()
                if piece in self._queue:
                    self._queue.remove(piece)
                if self._pieces.get(about) is piece:
                    del self._pieces[about]

    def _next(self) -> Piece:
        self._new_first = not self._new_first
        least = min(map(self._share, self._queue))
        here = [piece for piece in self._queue if self._share(piece) == least]
        return min([piece for piece in here if piece.new is self._new_first] or here, key=self._place)

    def _place(self, piece: Piece) -> tuple[float, float, bool, float]:
        """What a piece's place in the queue follows from: the least comes first."""
        late = not self._patient or monotonic() - piece.since > LONG
        rest = REST if piece.new else piece.rest
        rest = rest >= REST if self._patient else rest
        return self._share(piece), -rest, not late, piece.since if late else -piece.since

    def _share(self, piece: Piece) -> float:
        return min(self._shares.of(address) for address, _ in piece.clients) // ALIKE

    def _do_next(self) -> None:
        with self._lock:
            if not self._queue:
                return  # nobody waits for it any more
            piece = self._next()
            self._queue.remove(piece)
            address = min((address for address, _ in piece.clients), key=self._shares.of)
            self._shares.begin(address)
        begun = monotonic()
        try:
            piece.result.set_result(piece.work(piece.halt))
        except Interrupted:
            pass  # nobody waits for what it comes to
        except Exception as error:
            piece.result.set_exception(error)
        finally:
            with self._lock:
                self._shares.add(address, monotonic() - begun)
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
            self._queue.clear()
        self._threads.shutdown(cancel_futures=True)


def step_back() -> None:
    """This thread gives way to others. Only Linux has priorities of threads."""
    if sys.platform == "linux":
        os.setpriority(os.PRIO_PROCESS, threading.get_native_id(), PATIENCE)
