"""Progress of a command: a bar with the time left on a terminal, elsewhere a line a minute."""

import logging
import math
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import timedelta
from threading import Timer
from typing import Any, Protocol

from supportnet.analysis.wording.formatting import amount_of_time

PATIENCE = 2.0  # seconds before anything is shown
MINUTE = 60.0  # seconds between lines where nobody watches
DAY = 86_400.0
EXPLAINED = set[str]()  # reasons why a first start takes long, each said once
WIDEST_BAR, NO_BAR = 40, 40  # columns of a bar, and of a terminal that has none


class ReportShare(Protocol):
    """Takes the share that is done, 0-1, and a remark."""

    def __call__(self, share: float, remark: str = "") -> None: ...


class Throughput:
    """How long the rest takes, if it goes on as since the first reports.

    Work that is done once, such as compiling, does not count; what they report within PATIENCE was read from a folder,
    not computed.
    """

    def __init__(self) -> None:
        self.start()

    def start(self) -> None:
        self.began = time.monotonic()
        self.reports = list[tuple[float, float]]()  # the first that counts and the last: seconds, share
        self._counts_from = math.inf

    def report(self, share: float) -> None:
        now = (self.elapsed, share)
        self._counts_from = min(self._counts_from, now[0] + PATIENCE)
        self.reports = [now] if now[0] < self._counts_from else [*self.reports[:1], now]

    @property
    def has_begun(self) -> bool:
        """Whether anything is done."""
        return bool(self.reports) and self.reports[-1][1] > 0.0

    @property
    def elapsed(self) -> float:
        return time.monotonic() - self.began

    @property
    def left(self) -> float | None:
        """Seconds, counted down between reports; None before there is a report of anything done."""
        if not self.has_begun:
            return None
        last = self.reports[-1]
        first = self.reports[0] if last[1] > self.reports[0][1] else (0.0, 0.0)
        pace = (last[0] - first[0]) / (last[1] - first[1])
        return max(0.0, (1.0 - last[1]) * pace - (self.elapsed - last[0]))

    def says(self) -> str:
        """How much time is left, or has passed where that is not known."""
        if (left := self.left) is None:
            return f"{timedelta(seconds=int(self.elapsed))} so far"
        return f"{timedelta(seconds=int(left)) if left < DAY else amount_of_time(left)} left"


@contextmanager
def lines(doing: str, say: Callable[[str], None]) -> Iterator[ReportShare]:
    """Where nobody watches: why a first start takes long, and once a minute how far work of more than a minute is."""
    pace, timer, reported, last = Throughput(), Timer(PATIENCE, str), 0.0, ""

    def explain() -> None:
        if last not in EXPLAINED:
            EXPLAINED.add(last)
            say(f"{last}.")

    def waits(reason: str) -> None:
        nonlocal timer, last
        last = reason
        if not (reason in EXPLAINED or timer.is_alive() or pace.reports):
            timer = Timer(PATIENCE, explain)
            timer.daemon = True
            timer.start()

    def report(share: float, remark: str = "") -> None:
        nonlocal reported
        timer.cancel()
        pace.report(share)
        if pace.elapsed - reported >= MINUTE and pace.left is not None and share < 1.0:
            reported = pace.elapsed
            say(f"{doing}{remark}: {share:.0%} done, about {amount_of_time(pace.left)} left.")

    with first_start(waits, pace):
        try:
            yield report
        finally:
            timer.cancel()


@contextmanager
def bar(doing: str, console: Any, plain: Callable[[str], str]) -> Iterator[ReportShare]:
    """On a terminal: a bar, whose words are shortened first where it is narrow, and the time left."""
    from rich.progress import BarColumn, Progress, ProgressColumn, TextColumn
    from rich.table import Column
    from rich.text import Text

    pace = Throughput()

    class Words(TextColumn):
        def render(self, task: Any) -> Text:
            return Text(task.description, no_wrap=True, overflow="crop")

    class Share(ProgressColumn):
        def render(self, task: Any) -> Text:
            return Text("" if task.total is None else f"{task.completed:4.0%}")

    class TimeLeft(ProgressColumn):
        def render(self, task: Any) -> Text:
            return Text(pace.says())

    columns: list[ProgressColumn] = [kind(table_column=Column(no_wrap=True)) for kind in (Share, TimeLeft)]
    if console.width >= NO_BAR:
        columns.insert(0, BarColumn(min(WIDEST_BAR, console.width // 4), table_column=Column(no_wrap=True)))
    shown = Progress(Words("", table_column=Column()), *columns, console=console, transient=True)
    task = shown.add_task(plain(doing), total=None)

    def report(share: float, remark: str = "") -> None:
        pace.report(share)
        shown.update(task, description=plain(f"{doing}{remark}"), total=1.0, completed=share)

    def waits(reason: str) -> None:
        if not pace.reports:
            shown.update(task, description=plain(reason))

    timer = Timer(PATIENCE, shown.start)
    timer.daemon = True
    timer.start()
    with first_start(waits, pace):
        try:
            yield report
        finally:
            timer.cancel()
            timer.join()
            shown.stop()


@contextmanager
def first_start(waits: Callable[[str], None], pace: Throughput) -> Iterator[None]:
    """Gives on what the model says of work that is done once, after which the clock starts again; its warnings go where
    they went before."""

    class Heard(logging.Handler):
        def emit(self, record: logging.LogRecord) -> None:
            if record.levelno == logging.DEBUG and not pace.has_begun:
                pace.start()
            elif record.levelno == logging.INFO:
                waits(record.getMessage())
            elif logging.lastResort and record.levelno >= logging.WARNING:
                logging.lastResort.handle(record)

    logger, handler = logging.getLogger("supportnet"), Heard()
    level = logger.level
    logger.addHandler(handler)
    logger.setLevel(logging.DEBUG)
    try:
        yield
    finally:
        logger.removeHandler(handler)
        logger.setLevel(level)
