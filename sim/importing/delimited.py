"""Delimited text, cell by cell as text: every row knows its file and line, so that a mistake can be found."""

from __future__ import annotations

import contextlib
import csv
import io
import re
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from typing import TYPE_CHECKING, NamedTuple

from supportnet.sim.errors import UserInputError
from supportnet.sim.importing.account import Account, count_in_words
from supportnet.sim.importing.settings import Settings, in_mapping
from supportnet.sim.importing.spelling import clean_cell

if TYPE_CHECKING:
    import pandas as pd

DELIMITERS = (",", ";", "\t", "|", " ")
SEPARATOR = re.compile(r'\ufeff?"?sep=([^\s"]|\t)"?\1*(\r\n?|\n)', re.I)  # a first line of Excel's, for itself
IMPORT_ID = re.compile(r"""\{["']ImportId["']""")  # Qualtrics: names, questions and ImportIds in the first three rows
FAR = 30  # rows in which names of columns are looked for


class Row(NamedTuple):
    """Cells of a row, where it begins, and its number as a spreadsheet shows it."""

    cells: list[str]
    line: int
    number: int


def read_delimited(text: str, name: str, settings: Settings, needed: Sequence[str], account: Account) -> pd.DataFrame:
    """A delimited text as a table of texts; needed: columns without which it can't be read.

    Empty and ragged files are Mistakes, and so are files without the needed columns where another way to read them
    would give them: then the remedy says which.
    """
    import pandas as pd

    if not text.strip():
        remedy = "export it again, or remove it"
        raise UserInputError(
            "an empty file", where=name, found="nothing", expected="a row of column names", remedy=remedy
        )
    text = text.removesuffix("\x1a")  # how DOS ends a file
    separator = SEPARATOR.match(text)
    delimiter = settings.delimiter or (separator[1] if separator else ",")
    settings = settings._replace(delimiter=delimiter)
    rows = _without_skipped(_rows(text, name, settings, needed), name, settings, account)
    header = next((row for row in rows if any(row.cells)), None)
    if header is None:
        what, remedy = "no column has a name", "write the names into the first row"
        raise UserInputError(what, where=name, found="nothing", expected="a row of column names", remedy=remedy)
    _check_header(header, text, name, settings, needed)
    body = list(_without_leftovers(_same_length(rows, len(header.cells), name, delimiter), header.cells, name, account))
    cells = [[cell or None for cell in row.cells] for row in body]
    places = [_place(name, row) for row in body]
    columns = [column or f"column {at} (no name)" for at, column in enumerate(header.cells, start=1)]
    frame = pd.DataFrame(cells, columns=pd.Index(columns, dtype=object), index=places, dtype=object)
    unnamed = [column for column, written in zip(columns, header.cells, strict=True) if not written]
    return frame.drop(columns=[column for column in unnamed if frame[column].isna().all()])


def _rows(text: str, name: str, settings: Settings, needed: Sequence[str]) -> Iterator[Row]:
    """All rows of a text; what can't be split into cells is a UserInputError."""
    number = 0
    try:
        for row in _split(text, settings.delimiter):
            number = row.number
            yield row
    except csv.Error as error:
        line = int(error.args[1])
        what = f"not a delimited text file: {error.args[0]}"
        found = list(io.StringIO(text, newline=""))[line - 1].strip()[:60]
        remedy = "" if number else _other_way(text, settings, needed)
        remedy = remedy or (
            "check the quotation marks there (within a cell in quotation marks each stands twice), or export it again"
        )
        expected = f"cells separated by {settings.delimiter!r}"
        raise UserInputError(
            what, where=f"{name}, line {line}", found=found, expected=expected, remedy=remedy
        ) from error


def _split(text: str, delimiter: str | None) -> Iterator[Row]:
    """All rows of a text, tidied; a csv.Error says in which line it can't be split."""
    mark = delimiter or ","
    apart = mark != " " and f'{mark} "' in text[: text.find("\n")]  # "a", "b": blanks before the quotation marks
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=mark, strict=True, skipinitialspace=apart)
    number = -1 if SEPARATOR.match(text) else 0
    tidied = str.strip if text.isascii() else clean_cell
    while True:
        line = reader.line_num + 1  # where the next row begins: cells may hold line breaks
        number += 1
        try:
            cells = next(reader, None)
        except csv.Error as error:
            raise csv.Error(str(error), line) from error
        if cells is None:
            return
        if number > 0:
            yield Row(list(map(tidied, cells)), line, number)


def _place(name: str, row: Row) -> str:
    """Where a row stands; its number too where cells with line breaks before it make the two differ."""
    return f"{name}, line {row.line}" + (f" (row {row.number})" if row.number != row.line else "")


def _without_skipped(rows: Iterator[Row], name: str, settings: Settings, account: Account) -> Iterator[Row]:
    """The rows that the mapping does not skip."""
    for row in rows:
        if row.number in settings.skip_rows:
            account.leave_out("rows", [_place(name, row)], "the mapping says skip_rows")
        else:
            yield row


def _check_header(header: Row, text: str, name: str, settings: Settings, needed: Sequence[str]) -> None:
    """Mistakes about the row of names: two the same, or not those that are needed although the file has them."""
    where = f"{name}, line {header.line}"
    lacking = [column for column in needed if column not in header.cells]
    if lacking and (remedy := _other_way(text, settings, needed)):
        what = f"columns that the mapping names under {settings.part} are missing"
        found = ", ".join(header.cells)[:100]
        raise UserInputError(what, where=where, found=found, expected=", ".join(lacking), remedy=remedy)
    twice = [column for column, count in Counter(header.cells).items() if column and count > 1]
    if twice:
        what = "two columns have the same name"
        remedy = "rename one of them; or export the data with the short names of variables instead of their labels"
        raise UserInputError(what, where=where, found=twice[0], expected="each name once", remedy=remedy)


def _other_way(text: str, settings: Settings, needed: Sequence[str]) -> str:
    """A remedy where the needed columns are there with another delimiter, or in another row; else nothing."""
    for mark in dict.fromkeys((settings.delimiter, *DELIMITERS, *_unusual(text))):
        for row in first_rows(text, mark):
            if not needed or not set(needed) <= set(row.cells):
                continue
            if mark != settings.delimiter:
                return _with_delimiter(mark, settings)
            if row.number in settings.skip_rows:
                return _apart(f"the names stand in row {row.number}, which skip_rows leaves out", "skip_rows", settings)
            return f"the names stand in row {row.number}: {skipping(range(1, row.number), settings)}"
    header = next(iter(first_rows(text, settings.delimiter)), None)
    if header and len(header.cells) == 1:
        marks = {mark: header.cells[0].count(mark) for mark in DELIMITERS if mark != settings.delimiter}
        most = max(marks, key=lambda mark: marks[mark])
        return _with_delimiter(most, settings) if marks[most] else ""
    return ""


def _unusual(text: str) -> list[str]:
    """What else may stand between the names of columns: punctuation that names seldom hold."""
    return sorted(set("^~:/#$%&*+=!@\u00a6\u00a7") & set(text.split("\n", 1)[0]))


def _with_delimiter(mark: str | None, settings: Settings) -> str:
    line = 'delimiter = "\\t"' if mark == "\t" else f"delimiter = '{mark}'"
    if settings.beside:
        return _apart(f"the file seems to be separated by {mark!r}", line, settings)
    return f"the file seems to be separated by {mark!r}: {in_mapping(line, settings)}"


def _apart(what: str, line: str, settings: Settings) -> str:
    """A remedy for a file that is written in another way than others of its part."""
    part = settings.part.split(".")[0]
    beside = f", unlike {settings.beside}" if settings.beside else ""
    return f"{what}{beside}: save the files alike, or give them parts of their own ([[{part}]], each with its {line})"


def skipping(numbers: Iterable[int], settings: Settings) -> str:
    """A remedy that has rows skipped in the files of a part, besides those that the mapping has skipped already."""
    line = f"skip_rows = {sorted({*numbers, *settings.skip_rows})}"
    return f"write {line} under {settings.place_of(settings.part)}"


def first_rows(text: str, delimiter: str | None) -> list[Row]:
    """The first rows of a text, as far as they can be read."""
    found: list[Row] = []
    with contextlib.suppress(csv.Error):
        for row in _split(text, delimiter):
            found.append(row)
            if len(found) == FAR:
                break
    return found


def _same_length(rows: Iterator[Row], n: int, name: str, delimiter: str) -> Iterator[Row]:
    """Rows of n cells, as the header has. Empty cells at the end, as spreadsheets leave them, don't count."""
    for row in rows:
        cells = row.cells
        while len(cells) > n and not cells[-1]:
            cells.pop()
        if len(cells) > 1 and not any(cells):
            cells.extend([""] * (n - len(cells)))
        if len(cells) == n:
            yield row
        elif any(cells):
            what, expected = "a row of another length than the header", f"{n}, one for each column"
            where, found = _place(name, row), count_in_words(len(cells), "cell")
            remedy = _lengthen(len(cells) - n, delimiter)
            raise UserInputError(what, where=where, found=found, expected=expected, remedy=remedy)


def _lengthen(more: int, delimiter: str) -> str:
    """The remedy for a row with more or fewer cells than the header has."""
    quote = f"put a cell that holds {delimiter!r} or a line break in quotation marks"
    if more < 0:
        return f"{quote}; where the last cells are empty, end the row with {delimiter * -more!r}"
    names = "where the names of the last columns are lacking, add them to the first row"
    if more == 1:
        where = f"where the first cells of rows have no name, put {delimiter!r} before the first name (R: write.csv)"
        return f"{quote}; {where}; {names}"
    return f"{quote}; {names}"


def _without_leftovers(rows: Iterator[Row], header: list[str], name: str, account: Account) -> Iterator[Row]:
    """Rows without those that are no answers for certain: empty ones, the header again, Qualtrics' ImportIds."""
    waiting: list[Row] = []  # the first data row, until the second shows whether it is one of Qualtrics' questions
    begun = False
    for row in rows:
        if not begun and all(IMPORT_ID.match(cell) for cell in row.cells if cell) and any(row.cells):
            places = [_place(name, one) for one in (*waiting, row)]
            account.leave_out("rows", places, "Qualtrics' questions and ImportIds, no answers")
            waiting, begun = [], True
        elif not any(row.cells):
            account.leave_out("rows", [_place(name, row)], "nothing stands in them")
        elif row.cells == header:
            account.leave_out("rows", [_place(name, row)], "the names of the columns again")
        elif begun or waiting:
            yield from (*waiting, row)
            waiting, begun = [], True
        else:
            waiting = [row]
    yield from waiting
