"""Ctrl-C, and signals that ask a process to end: work stops when files are complete, and the message says what is
saved."""

import contextlib
import math
import signal
import sys
import threading
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

SIGNALS = ("SIGINT", "SIGTERM", "SIGHUP")  # Windows has no SIGHUP
SAME = 5.0  # seconds within which a second signal is taken for the first: a terminal that closes sends several
RETRY = 0.1  # seconds after which a signal is sent again whose exception was lost


class Signalled(KeyboardInterrupt):
    """Not KeyboardInterrupt itself, after which Python ends by SIGINT whatever exit code it is given."""


class Interruption:
    """What a process knows of being interrupted, and of the files that it leaves."""

    def __init__(self) -> None:
        self.handled: list[int] = []
        self.begin()

    def begin(self) -> None:
        """Nothing has happened yet."""
        self.signal = 0  # the first that came; 0: none
        self.over = False  # the work is done: nothing is left to interrupt
        self._raised = -math.inf
        self._delays = 0
        self._continued: list[Path] = []
        self._complete: list[Path] = []
        self.meant = ""  # what to say where a signal is how this ends, and nothing is interrupted
        self.compiling: threading.Thread | None = None  # nothing can stop it, and it may be in the compiler

    def handle(self) -> None:
        """From now on signals raise Signalled, but for those that whoever started this process has ignored."""
        self.begin()
        numbers = [getattr(signal, name) for name in SIGNALS if hasattr(signal, name)]
        self.handled = [number for number in numbers if signal.getsignal(number) is not signal.SIG_IGN]
        for number in self.handled:
            signal.signal(number, self._heed)
        if sys.unraisablehook != self._unraisable:
            self._other_unraisable, sys.unraisablehook = sys.unraisablehook, self._unraisable

    def leave(self) -> None:
        """The process ends: it has its exit code, which no signal changes."""
        self.over = True
        for number in self.handled:
            signal.signal(number, signal.SIG_IGN)

    def check(self) -> None:
        """Raises Signalled where an earlier one was lost on its way."""
        if self.signal and not self.over:
            raise Signalled

    @contextlib.contextmanager
    def delayed(self) -> Iterator[None]:
        """What must not be torn apart: signals that come meanwhile are heeded afterwards."""
        if threading.current_thread() is not threading.main_thread():  # which alone hears signals
            yield
            return
        before = self.signal
        self._delays += 1
        try:
            yield
        finally:
            self._delays -= 1
        if self.signal != before:
            self._raise()

    def is_continued(self, folder: Path) -> None:
        """What is done is kept in this folder, and the same command goes on there."""
        self._continued.append(folder)

    def is_complete(self, place: Path) -> None:
        """Everything is written here."""
        self._complete.append(place)

    def says(self) -> str:
        """What is kept, in words."""
        if self.meant:
            return self.meant
        kept_folders = [one for one in dict.fromkeys(self._continued) if one.exists()]
        going_on = [one for one in kept_folders if not set(one.parents) & set(kept_folders)]
        kept = [f"finished work is saved in {one}; the same command continues it" for one in going_on]
        kept += [f"the results in {one} are complete" for one in dict.fromkeys(self._complete)]
        return f"Interrupted: {'; '.join(kept) or 'nothing was written'}."

    def _heed(self, number: int, frame: Any) -> None:
        if self.over or time.monotonic() - self._raised < SAME:
            return
        self.signal = self.signal or number
        if not self._delays:
            self._raise()

    def _raise(self) -> None:
        self._raised = time.monotonic()
        raise Signalled

    def _unraisable(self, what: Any) -> None:
        """An exception was raised where none can be, as in the last rites of an object: a signal comes once more."""
        if not issubclass(what.exc_type, KeyboardInterrupt):
            self._other_unraisable(what)
        elif not self.over:
            self._raised = -math.inf
            again = threading.Timer(RETRY, send, [self.signal])
            again.daemon = True
            again.start()


def send(number: int) -> None:
    """Sends a signal to the main thread."""
    if hasattr(signal, "pthread_kill"):
        signal.pthread_kill(threading.main_thread().ident or 0, number)
    else:
        import _thread

        _thread.interrupt_main(signal.Signals(number))


@contextlib.contextmanager
def unheard() -> Iterator[None]:
    """Processes started here do not hear Ctrl-C, nor that a terminal closes: both are for their parent, who ends them.

    Python's own process that looks after semaphores is one of them.
    """
    if not hasattr(signal, "pthread_sigmask"):
        yield
        return
    from multiprocessing import resource_tracker

    before = signal.pthread_sigmask(signal.SIG_BLOCK, [signal.SIGINT, signal.SIGHUP])
    try:
        resource_tracker.ensure_running()  # whatever the mask was, this leaves SIGINT unblocked
        signal.pthread_sigmask(signal.SIG_BLOCK, [signal.SIGINT, signal.SIGHUP])
        yield
    finally:
        signal.pthread_sigmask(signal.SIG_SETMASK, before)


interruption = Interruption()
