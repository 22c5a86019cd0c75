"""`python -m tests.attack [KINDS…] --seed N --scale S`: a table of what was tried; exit code 1 after any fault."""

import os
import shutil
import tempfile
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ProcessPoolExecutor, as_completed
from contextlib import contextmanager
from importlib import import_module
from multiprocessing import get_context
from pathlib import Path
from typing import Annotated, Any

import typer
from platformdirs import user_cache_path
from rich.console import Console
from rich.markup import escape
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn, TimeRemainingColumn
from rich.table import Table

from tests.attack.results import Ending, Result, counts, fault, random_of, repeat

KINDS = ("kills", "signals", "service", "execution", "mutations", "flips")  # the last ones fill this process
SHOWN = 3  # faults alike that are printed
EVERY = 30.0  # seconds between lines on progress

console = Console(stderr=True, highlight=False)
state: Any = None  # of the kind at work; forks of this process inherit it


def main(
    kinds: Annotated[list[str] | None, typer.Argument(help=f"Some of: {', '.join(KINDS)}. [all]")] = None,
    seed: Annotated[int, typer.Option(help="Random seed; the same seed makes the same attacks.")] = 1,
    scale: Annotated[float, typer.Option(min=0.0, max=10.0, help="Share of the full number of cases.")] = 1.0,
    case: Annotated[int | None, typer.Option(help="Only the case of this number.", show_default=False)] = None,
    workers: Annotated[int, typer.Option(min=1, help="Cases at a time.")] = os.cpu_count() or 1,
) -> None:
    """Attacks every part that reads, writes, waits or answers, at random but repeatably."""
    chosen = kinds or list(KINDS)
    if unknown := {*chosen} - {*KINDS}:
        raise typer.BadParameter(f"no kind called {', '.join(sorted(unknown))}; there are: {', '.join(KINDS)}")
    table = Table(*("kind", "tried", *Ending, "minutes", "of processors"), title="Attacks")
    faults = 0
    with tempfile.TemporaryDirectory(prefix="supportnet-attack-", ignore_cleanup_errors=True) as folder:
        os.environ["SUPPORTNET_CACHE"] = str(own_cache(Path(folder)))
        for kind in chosen:
            began, worked = time.monotonic(), sum(os.times()[:4])
            (place := Path(folder, kind)).mkdir()
            found = counts(attacked(kind, place, seed, scale, case, workers))
            faults += found[Ending.FAULT]
            minutes = [f"{spent / 60:.1f}" for spent in (time.monotonic() - began, sum(os.times()[:4]) - worked)]
            table.add_row(kind, str(found.total()), *(str(found[ending]) for ending in Ending), *minutes)
            shutil.rmtree(place, ignore_errors=True)
    Console().print(table)
    raise typer.Exit(bool(faults))


def attacked(kind: str, folder: Path, seed: int, scale: float, case: int | None, workers: int) -> Iterator[Result]:
    """Every case of a kind; faults are printed as they come, with the line that repeats them."""
    global state
    module = import_module(f"tests.attack.{kind}")
    say(f"{kind}: getting ready")
    state = module.prepare(folder)
    numbers = range(max(1, round(scale * module.CASES))) if case is None else [case]
    alike = dict[str, int]()
    with ProcessPoolExecutor(min(workers, getattr(module, "WORKERS", workers)), get_context("fork")) as pool:
        jobs = {pool.submit(one_case, kind, seed, number): number for number in numbers}
        with progress(kind, len(jobs)) as advance:
            for job in as_completed(jobs):
                result = job.result()
                if result.ending is Ending.FAULT:
                    alike[result.alike] = alike.get(result.alike, 0) + 1
                    if alike[result.alike] <= SHOWN:
                        say(f"FAULT {result.in_full}\n  {repeat(kind, seed, jobs[job])}")
                advance()
                yield result
    for what, times in alike.items():
        say(f"{times:5d} × {what}")


def say(text: str) -> None:
    """On standard error, as it is."""
    console.print(escape(text), soft_wrap=True)


def one_case(kind: str, seed: int, number: int) -> Result:
    """One case, in a worker process; what goes wrong with the attack itself is a fault too."""
    module = import_module(f"tests.attack.{kind}")
    try:
        result: Result = module.attack(state, random_of(kind, seed, number), number)
    except Exception as error:
        return fault("the attack itself", f"{type(error).__name__}: {error}")
    return result


def own_cache(folder: Path) -> Path:
    """A copy of this user's cache, so that the user's own takes no harm, and nothing need be compiled anew."""
    own, cache = Path(os.environ.get("SUPPORTNET_CACHE") or user_cache_path("supportnet")), folder / "cache"
    if own.is_dir():
        shutil.copytree(own, cache)
    cache.mkdir(mode=0o700, exist_ok=True)
    return cache


@contextmanager
def progress(kind: str, total: int) -> Iterator[Callable[[], None]]:
    """A bar with the time left, or where nobody watches a line now and then."""
    columns = TextColumn(kind), BarColumn(), MofNCompleteColumn(), TimeElapsedColumn(), TimeRemainingColumn()
    with Progress(*columns, console=console, disable=not console.is_terminal) as bar:
        task, done, began = bar.add_task(kind, total=total), 0, time.monotonic()
        spoken = began

        def advance() -> None:
            nonlocal done, spoken
            bar.advance(task)
            done, now = done + 1, time.monotonic()
            if not console.is_terminal and now - spoken > EVERY:
                say(f"{kind}: {done} of {total}, about {(now - began) * (total - done) / done / 60:.0f} min left")
                spoken = now

        yield advance


if __name__ == "__main__":
    app = typer.Typer(add_completion=False, rich_markup_mode=None, pretty_exceptions_enable=False)
    app.command()(main)
    app()
