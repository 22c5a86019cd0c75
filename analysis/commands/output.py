"""Output of a command: tables on standard output, or one JSON object there and the rest on standard error."""

import json
import math
import os
import sys
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, TextIO

import typer

from supportnet.analysis.commands.streams import printable_on, width_of

if TYPE_CHECKING:
    from rich.console import Console
    from rich.table import Table

    from supportnet.analysis.commands.progress import ReportShare

SOME_FAILED = 3  # exit code
SHOWN = 20  # failed runs that are named
LEAST_WIDTH = 112  # of a table that goes into a file or a pipe
LINES = 25  # of a terminal: not asked for, since nothing here depends on it


@dataclass(frozen=True)
class Output:
    """How much to print, and where."""

    as_json: bool
    quiet: bool
    elsewhere: bool = False  # tables and remarks, because standard output is for something else

    @property
    def stream(self) -> TextIO:
        """The stream of remarks."""
        return sys.stderr if self.as_json or self.elsewhere else sys.stdout

    def note(self, text: str) -> None:
        """A remark."""
        if not self.quiet:
            print_text(text, self.stream)

    def warn(self, text: str) -> None:
        """A remark that must not be missed: on standard error."""
        if not self.quiet:
            print_text(text, sys.stderr)

    def show(self, table: "Table") -> None:
        """A table; not with --json."""
        if not (self.quiet or self.as_json):
            print_table(table, self.stream)

    def answer(self, content: Mapping[str, Any]) -> None:
        """The result as one JSON object, null for missing numbers."""
        if self.as_json:
            print(json.dumps(without_nan(content), indent=2, allow_nan=False))

    def conclude(self, failed: Sequence[tuple[str, Exception | str]]) -> None:
        """End a command: if runs failed, list them and exit with code 3."""
        for name, error in failed[:SHOWN]:
            print_text(f"{name} failed: {error if isinstance(error, str) else repr(error)}", sys.stderr)
        if len(failed) > SHOWN:
            print(f"{len(failed) - SHOWN:,} more runs failed.", file=sys.stderr)
        if failed:
            raise typer.Exit(SOME_FAILED)

    def conclude_runs(self, failed: Sequence[Mapping[str, Any]]) -> None:
        """End a command on a study: if runs failed, list them and exit with code 3."""
        self.conclude([(f"run {one['run'][:8]} at {one['design_point']}", one["error"]) for one in failed])

    @contextmanager
    def progress(self, doing: str) -> Iterator["ReportShare | None"]:
        """Progress of work that takes more than two seconds: a bar with the time left on a terminal, else lines.

        Gives a function of the share that is done, 0-1, and of a remark.
        """
        if self.quiet:
            yield None
            return
        from supportnet.analysis.commands.progress import bar, lines

        if sys.stderr.isatty():
            shown = bar(doing, console(sys.stderr), lambda text: printable_on(text, sys.stderr))
        else:
            shown = lines(doing, self.warn)
        with shown as report:
            yield report


def print_table(table: "Table", stream: TextIO) -> None:
    """A table at the width of a stream, with nothing in its cells that acts on a terminal."""
    from supportnet.analysis.commands.table_layout import fit, width_for_names

    def plain(text: str) -> str:
        return printable_on(text, stream)

    to = console(stream)
    if not (stream.isatty() or "COLUMNS" in os.environ):  # a file takes long lines, and its readers want whole names
        to.width = max(to.width, width_for_names(table, plain))
    to.print(fit(table, to, plain))


def print_text(text: str, stream: TextIO) -> None:
    """A remark; on a terminal its lines are broken between words, and paths stay whole, to be copied."""
    text = printable_on(text, stream)
    if stream.isatty():
        from supportnet.analysis.commands.table_layout import remark_lines

        text = "\n".join(remark_lines(text, width_of(stream, LEAST_WIDTH)))
    print(text, file=stream)


def console(stream: TextIO) -> "Console":
    """A stream as it is, words in brackets too; wide enough for a table where it is no terminal."""
    from rich.console import Console

    width = width_of(stream, LEAST_WIDTH)
    return Console(file=stream, width=width, height=LINES, markup=False, emoji=False, highlight=False)


def without_nan(content: Any) -> Any:
    """The same as plain values, with None for every number that is not finite."""
    if isinstance(content, Mapping):
        return {str(key): without_nan(value) for key, value in content.items()}
    if isinstance(content, list | tuple):
        return [without_nan(value) for value in content]
    content = content.item() if hasattr(content, "item") else content
    return None if isinstance(content, float) and not math.isfinite(content) else content
