"""What a page is made of: sections with tables and figures, or with what is missing and how it is made."""

import base64
import math
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, NamedTuple

from analysis.report.found import Result
from analysis.words import interval, number

NONE = "–"  # where there is no value
MOST_ROWS = 15  # of a table that goes on in its file
KINDS = {".svg": "image/svg+xml", ".png": "image/png"}


class Table(NamedTuple):
    """A table as it is shown: the first cell of a row says what the row is."""

    caption: str
    columns: Sequence[str]
    rows: Sequence[Sequence[str]]
    words: frozenset[int] = frozenset()  # columns of words, set flush left; all others are numbers


class Figure(NamedTuple):
    """A picture inside the page."""

    address: str  # a data URI
    alt: str


@dataclass
class Section:
    """A section of the page, filled by a template of its own."""

    anchor: str
    title: str
    template: str
    about: dict[str, Any] = field(default_factory=dict)
    missing: str = ""  # what is not there, in words
    command: str = ""  # that would make it


def figure(path: Path, alt: str) -> Figure:
    """A picture of a result; `alt` says what it shows to whoever does not see it."""
    content = base64.b64encode(path.read_bytes()).decode()
    return Figure(f"data:{KINDS[path.suffix]};base64,{content}", alt)


def titled(result: Result, name: str, alt: str) -> list[Figure]:
    """The figure of this name, if the result has it; the tables beside it hold its numbers, and `alt` says so."""
    return [figure(path, alt) for path in result.figures() if path.stem == name]


def estimate(row: dict[Any, Any], name: str, lower: str = "lower", upper: str = "upper") -> list[str]:
    """An estimate, its Monte Carlo standard error and its interval, as they are written."""
    error = row["mcse"]
    return [number(row[name], error), number(error, error), interval(row[lower], row[upper], error)]


def plain_table(caption: str, rows: Sequence[dict[Any, Any]]) -> Table:
    """A table as its command wrote it: intervals in one column, numbers with four significant digits."""
    names = [name for name in (rows[0] if rows else {}) if name not in ("lower", "upper")]
    ends = bool(rows) and {"lower", "upper"} <= rows[0].keys()
    words = {k for k, name in enumerate(names) if any(isinstance(row[name], str) and row[name] != NONE for row in rows)}
    shown = [[written(row[name]) for name in names] + ([between(row)] if ends else []) for row in rows]
    columns = [name.replace("_", " ") for name in names] + (["95 % interval"] if ends else [])
    return Table(caption, columns, shown, frozenset(words))


def written(value: Any) -> str:
    if isinstance(value, float):
        return str(int(value)) if value.is_integer() and abs(value) < 1e6 else number(value)
    return str(value)


def between(row: dict[Any, Any]) -> str:
    """Both ends of an interval, as exact as it is wide."""
    return interval(row["lower"], row["upper"], max((row["upper"] - row["lower"]) / 4, 0.0) or math.nan)


def spoken(name: str) -> str:
    """A name of a file or column as a word of the text."""
    return name.replace("_", " ")
