"""Tables at the width of a terminal: headings and words fold, the unit goes, names are shortened, rows are stacked.

No number is ever cut, from 20 columns on.
"""

import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from textwrap import TextWrapper
from typing import Literal

from rich.cells import cell_len, set_cell_size
from rich.console import Console, Group
from rich.table import Table
from rich.text import Text

Kind = Literal["name", "number", "words"]
GAP = 1  # columns of the terminal between two columns of a table
LEAST_NAME, LEAST_WORDS = 12, 24  # columns of the terminal, before rows are stacked
UNIT = "unit"
WITH_ITS_SIGN = re.compile(r"(?<=[<>±]) (?=\S)|(?<=\S) (?=%)")  # a space within what is one number to a reader
NO_BREAK = "\ue000"  # takes the place of such a space while lines are broken; no text has this sign


@dataclass(frozen=True)
class Column:
    """A column of a table as it may be shown."""

    heading: str
    cells: Sequence[str]
    kind: Kind

    @property
    def natural(self) -> int:
        return max(widest(text) for text in (self.heading, *self.cells))

    @property
    def least(self) -> int:
        """The narrowest that it can be shown in: numbers whole, names and words folded."""
        cells = max(map(widest, self.cells), default=0) if self.kind == "number" else 0
        whole = [word for cell in self.cells for word in words_in(cell) if is_number(word)]
        least = {"number": 0, "name": LEAST_NAME, "words": LEAST_WORDS}[self.kind]
        return max(cells, *map(cell_len, [*words_in(self.heading), *whole, ""]), min(least, self.natural))

    def fitted(self, width: int, console: Console, dots: str) -> list[str]:
        """The cells in this width."""
        cells = [shortened_name(cell, width, dots) for cell in self.cells] if self.kind == "name" else self.cells
        return ["\n".join(wrapped_lines(cell, width, console)) for cell in cells]


def empty_table(title: str, name: str, numbers: tuple[str, ...], *words: str) -> Table:
    """A table without rows: a name, numbers to the right, words."""
    table = Table(name, title=f"{title}\n" if title else None)
    for column in numbers:
        table.add_column(column, justify="right")
    for column in words:
        table.add_column(column)
    return table


def fit(table: Table, console: Console, plain: Callable[[str], str] = str) -> Group:
    """A table at the width of a console. plain: makes a text printable there, before its width is measured."""
    columns = columns_of(table, plain)
    styles = [str(row.style or "") for row in table.rows]
    title = Text("\n".join(wrapped_lines(plain(str(table.title or "")), console.width, console)), "bold")
    parts = [title] if table.title else []
    few, dots = [one for one in columns if one.heading != UNIT], plain("…")
    every: tuple[Kind, ...] = ("number", "words", "name")
    for shown, kinds in ((columns, every[:2]), (few, every)):
        if sizes := sizes_of(shown, console.width, kinds):
            cells = [one.fitted(size, console, dots) for one, size in zip(shown, sizes, strict=True)]
            if len(set(cells[0])) == len(set(shown[0].cells)):  # no two names have become the same
                return Group(*parts, side_by_side(shown, cells, sizes, styles, console))
    return Group(*parts, Text("\n").join(stacked_rows(columns, styles, console)))


def columns_of(table: Table, plain: Callable[[str], str]) -> list[Column]:
    return [
        Column(plain(str(one.header)), [plain(str(cell)) for cell in one.cells], column_kind(one.justify, place))
        for place, one in enumerate(table.columns)
    ]


def width_for_names(table: Table, plain: Callable[[str], str] = str) -> int:
    """The narrowest width in which no name is shortened."""
    widths = [one.natural if one.kind == "name" else one.least for one in columns_of(table, plain)]
    return sum(widths) + GAP * (len(widths) - 1)


def column_kind(justify: str, place: int) -> Kind:
    return "number" if justify == "right" else "words" if place else "name"


def sizes_of(columns: Sequence[Column], width: int, kinds: Sequence[Kind]) -> list[int]:
    """Widths of columns that together fit, narrowed in this order of kinds, the widest first; nothing where none do."""
    sizes, room = [one.natural for one in columns], width - GAP * (len(columns) - 1)
    for kind in kinds:
        least = [one.least if one.kind == kind else size for one, size in zip(columns, sizes, strict=True)]
        while sum(sizes) > room and (wide := [place for place, size in enumerate(sizes) if size > least[place]]):
            sizes[max(wide, key=sizes.__getitem__)] -= 1
    return sizes if sum(sizes) <= room else []


def side_by_side(
    columns: Sequence[Column], cells: list[list[str]], sizes: list[int], styles: list[str], console: Console
) -> Table:
    """Rows beside one another, as in any table."""
    shown = Table(box=None, pad_edge=False, padding=(0, GAP, 0, 0))
    for one, size in zip(columns, sizes, strict=True):
        heading = Text("\n".join(wrapped_lines(one.heading, size, console)))
        shown.add_column(heading, justify="right" if one.kind == "number" else "left", width=size, no_wrap=True)
    for *row, style in zip(*cells, styles, strict=True):
        shown.add_row(*map(Text, row), style=style)
    return shown


def stacked_rows(columns: Sequence[Column], styles: list[str], console: Console) -> Iterator[Text]:
    """One row below the other: its name on a line of its own, then each value with what it is."""
    for *row, style in zip(*(one.cells for one in columns), styles, strict=True):
        name, *values = row
        lines = wrapped_lines(name, console.width, console)
        for one, value in zip(columns[1:], values, strict=True):
            lines += labelled_lines(" ".join(one.heading.split()), value, console) if value else []
        yield from (Text(line, style) for line in lines)


def labelled_lines(label: str, value: str, console: Console) -> list[str]:
    """A value with its label before it, or above it where the terminal is narrow."""
    line = f"  {label}: {value}" if label else f"  {value}"
    if "\n" not in value and cell_len(line) <= console.width:
        return [line]
    longest = max(map(cell_len, words_in(value)), default=0)
    indent = next((room for room in (4, 2) if longest <= console.width - room), 0)
    above = wrapped_lines(f"{label}:", console.width - 2, console) if label else []
    return ["  " + part for part in above] + [
        " " * indent + part for part in wrapped_lines(value, console.width - indent, console)
    ]


def wrapped_lines(text: str, width: int, console: Console) -> list[str]:
    """A text in lines of this width, broken between words, and within those that are wider still."""
    broken = Text(WITH_ITS_SIGN.sub(NO_BREAK, text)).wrap(console, width, overflow="fold")
    return [line.plain.replace(NO_BREAK, " ").rstrip() for line in broken]


def remark_lines(text: str, width: int) -> list[str]:
    """A text in lines of this width, broken between words only, so that paths can be copied."""
    kept = TextWrapper(width, break_long_words=False, break_on_hyphens=False)
    paragraphs = WITH_ITS_SIGN.sub(NO_BREAK, text).split("\n")
    return [line.replace(NO_BREAK, " ") for one in paragraphs for line in kept.wrap(one) or [""]]


def shortened_name(name: str, width: int, dots: str) -> str:
    """A name whose words all fit in this width: both ends are kept of those that are longer."""
    for word in words_in(name):
        if cell_len(word) > width and not is_number(word):
            room = width - cell_len(dots)
            end = set_cell_size(word[::-1], room // 2)[::-1]
            name = name.replace(word, f"{set_cell_size(word, room - room // 2)}{dots}{end}", 1)
    return name


def words_in(text: str) -> list[str]:
    """What lines are broken between."""
    return [word.replace(NO_BREAK, " ") for word in WITH_ITS_SIGN.sub(NO_BREAK, text).split()]


def is_number(word: str) -> bool:
    return re.fullmatch(r"[^\w]*\d[\d.,e+-]*[^\w]*", word) is not None


def widest(text: str) -> int:
    """Of the lines of a text."""
    return max(map(cell_len, text.split("\n")))
