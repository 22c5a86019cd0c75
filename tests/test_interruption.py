"""Signals: which of them interrupt, that none is lost, and what is told of what is kept."""

import contextlib
import signal
import sys
import threading
import time
import weakref
from collections import deque
from collections.abc import Iterator
from pathlib import Path

import pytest

from supportnet.experiments.execution.interruption import RETRY, SIGNALS, Interruption, unheard
from supportnet.experiments.execution.workers import map_in_threads
from tests.command_line import signals_put_back

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="Windows has no such signals to send")


@pytest.fixture
def interruption(monkeypatch: pytest.MonkeyPatch) -> Iterator[Interruption]:
    """One that handles the signals of this process."""
    with signals_put_back():
        for name in SIGNALS:  # whoever started these tests may have them ignored
            signal.signal(getattr(signal, name), signal.SIG_DFL)
        one = Interruption()
        one.handle()
        monkeypatch.setattr("supportnet.experiments.execution.workers.interruption", one)
        yield one


class Thing:
    """Something that a weak reference may refer to."""


@pytest.mark.parametrize("name", ["SIGINT", "SIGTERM", "SIGHUP"])
def test_a_signal__interrupts(interruption: Interruption, name: str) -> None:
    with pytest.raises(KeyboardInterrupt):
        signal.raise_signal(getattr(signal, name))
    assert interruption.signal == getattr(signal, name)


@pytest.mark.parametrize("name", ["SIGINT", "SIGTERM", "SIGHUP"])
def test_a_signal_that_is_ignored__stays_so(name: str) -> None:
    """As with nohup, and in the background of a shell."""
    number = getattr(signal, name)
    with signals_put_back():
        signal.signal(number, signal.SIG_IGN)
        Interruption().handle()
        assert signal.getsignal(number) is signal.SIG_IGN


@pytest.mark.parametrize("name", ["SIGINT", "SIGTERM"])
def test_a_signal_whose_exception_is_lost__comes_again(interruption: Interruption, name: str) -> None:
    """Python prints and forgets what is raised while an object goes."""
    passed: list[str] = []

    def last_rites(gone: object) -> None:
        passed.append("begun")
        signal.raise_signal(getattr(signal, name))
        passed.append("ended")

    def lose_one() -> None:
        one = Thing()
        reference = weakref.ref(one, last_rites)
        del one
        assert reference() is None
        passed.append("lost")
        time.sleep(50 * RETRY)

    with pytest.raises(KeyboardInterrupt):
        lose_one()
    assert passed == ["begun", "lost"]


def test_a_signal_that_somebody_swallowed__is_raised_with_the_next_job(interruption: Interruption) -> None:
    lived = []

    def swallow(one: int) -> None:
        lived.append(one)
        if one == 3:
            with contextlib.suppress(KeyboardInterrupt):
                signal.raise_signal(signal.SIGTERM)

    with pytest.raises(KeyboardInterrupt):
        deque(swallow(one) for one, _ in map_in_threads(lambda one, halt: one, range(100), 1))
    assert 3 <= len(lived) <= 6


def test_a_second_signal__does_not_interrupt_the_clearing_away(interruption: Interruption) -> None:
    cleared = []

    def clear_away() -> None:
        try:
            signal.raise_signal(signal.SIGHUP)
        finally:
            signal.raise_signal(signal.SIGTERM)
            cleared.append(True)

    with pytest.raises(KeyboardInterrupt):
        clear_away()
    assert cleared
    assert interruption.signal == signal.SIGHUP


def test_what_must_not_be_torn_apart__is_finished_first(interruption: Interruption) -> None:
    finished = []

    def move() -> None:
        with interruption.delayed():
            signal.raise_signal(signal.SIGINT)
            finished.append(True)

    with pytest.raises(KeyboardInterrupt):
        move()
    assert finished


def test_interrupted_while_a_thread_starts__its_job_is_waited_for(
    interruption: Interruption, monkeypatch: pytest.MonkeyPatch
) -> None:
    begun, finished, start = threading.Event(), list[int](), threading.Thread.start

    def start_then_signal(thread: threading.Thread) -> None:
        start(thread)
        begun.wait(20.0)
        signal.raise_signal(signal.SIGINT)

    def job(number: int, halt: threading.Event) -> None:
        begun.set()
        halt.wait(20.0)
        time.sleep(0.2)
        finished.append(number)

    monkeypatch.setattr(threading.Thread, "start", start_then_signal)
    with pytest.raises(KeyboardInterrupt):
        list(map_in_threads(job, [1], 1))
    assert finished == [1]


def test_in_other_threads__a_signal_delays_nothing(interruption: Interruption) -> None:
    within, ended = threading.Event(), threading.Event()

    def delay() -> None:
        with interruption.delayed():
            within.set()
            ended.wait(20.0)

    other = threading.Thread(target=delay)
    other.start()
    assert within.wait(20.0)
    with pytest.raises(KeyboardInterrupt):
        signal.raise_signal(signal.SIGINT)
    ended.set()
    other.join()


def test_work_that_is_over__is_not_interrupted(interruption: Interruption) -> None:
    interruption.over = True
    signal.raise_signal(signal.SIGINT)
    interruption.leave()
    signal.raise_signal(signal.SIGTERM)
    assert not interruption.signal
    assert signal.getsignal(signal.SIGTERM) is signal.SIG_IGN, "Python would put others back before it ends"


def test_processes_started_for_work__do_not_hear_ctrl_c() -> None:
    with unheard():
        assert signal.SIGINT in signal.pthread_sigmask(signal.SIG_BLOCK, [])
    assert signal.SIGINT not in signal.pthread_sigmask(signal.SIG_BLOCK, [])


def test_what_is_kept__is_told_once__and_only_where_it_is(tmp_path: Path) -> None:
    one = Interruption()
    assert one.says() == "Interrupted: nothing was written."
    one.is_continued(tmp_path / "not there")
    assert one.says() == "Interrupted: nothing was written."
    rounds = tmp_path / "out" / "round-1"
    rounds.mkdir(parents=True)
    for folder in (tmp_path / "out", rounds, rounds):
        one.is_continued(folder)
    assert one.says() == f"Interrupted: finished work is saved in {rounds.parent}; the same command continues it."
    one.is_complete(tmp_path / "other")
    assert one.says().endswith(f"; the results in {tmp_path / 'other'} are complete.")


def test_where_a_signal_is_how_work_ends__nothing_is_called_interrupted() -> None:
    one = Interruption()
    one.meant = "The page is closed."
    assert one.says() == "The page is closed."
    one.begin()
    assert one.says() == "Interrupted: nothing was written."
