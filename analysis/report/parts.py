"""What a page is made of: sections with tables and figures, or with what is missing and how it is made."""

import base64
import math
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, NamedTuple

from supportnet.analysis.report.result_index import ResultFolder
from supportnet.analysis.wording.formatting import difference_digits, interval, number
from supportnet.sim.storage.toml_files import content_of

NONE = "–"  # where there is no value
MOST_ROWS = 15  # of a table that goes on in its file
Block = dict[str, Any]  # tables and figures of one result, with a note and cautions
LARGEST_FIGURE = 20_000_000  # bytes
KINDS = {".svg": "image/svg+xml", ".png": "image/png"}


class ReportTable(NamedTuple):
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
    """A section of the page, with its own template."""

    anchor: str
    title: str
    template: str
    about: dict[str, Any] = field(default_factory=dict)
    missing: str = ""  # what is not there, in words
    command: str = ""  # that would make it


def figure(path: Path, alt: str) -> Figure:
    """A picture of a result; `alt` says what it shows to whoever does not see it."""
    content = base64.b64encode(content_of(path, LARGEST_FIGURE)).decode()
    return Figure(f"data:{KINDS[path.suffix]};base64,{content}", alt)


def titled(result: ResultFolder, name: str, alt: str) -> list[Figure]:
    """The figure of this name, if the result has it; the tables beside it hold its numbers, and `alt` says so."""
    return [figure(path, alt) for path in result.figures() if path.stem == name]


def estimate_cells(
    row: dict[Any, Any], name: str, lower: str = "lower", upper: str = "upper", difference_in: str = ""
) -> list[str]:
    """An estimate, its Monte Carlo standard error and its interval, as they are written.

    difference_in: the outcome, where it is a difference.
    """
    error, ends = row["mcse"], (row[lower], row[upper])
    digits = difference_digits(difference_in, error, *ends) if difference_in else error
    return [number(row[name], digits), number(error, error), interval(*ends, digits)]


def block_of(result: ResultFolder, tables: list[ReportTable], alt: str) -> Block:
    """Tables and figure of a result, with what its intervals hold and what has to be said beside them."""
    note = f"{result.metadata['interval']}." if result.metadata.get("interval") else ""
    return {
        "title": result.folder.name, "tables": tables, "figures": titled(result, "figure", alt), "note": note,
        "cautions": list(result.metadata.get("cautions", [])),
    }  # fmt: skip


def between(row: dict[Any, Any]) -> str:
    """Both ends of an interval, as exact as it is wide."""
    return interval_of(row["lower"], row["upper"])


def interval_of(lower: float, upper: float) -> str:
    """Both ends of an interval, as exact as it is wide."""
    return interval(lower, upper, max((upper - lower) / 4, 0.0) or math.nan)
