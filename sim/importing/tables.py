"""Delimited text files, cell by cell as text: every row knows its file and line, so that a mistake can be found."""

from __future__ import annotations

import csv
import dataclasses
import io
from collections import Counter
from pathlib import Path
from typing import TYPE_CHECKING, Any

from sim.importing.mapping_shape import Mapping
from sim.mistakes import Mistake, nearest

if TYPE_CHECKING:
    import pandas as pd


@dataclasses.dataclass
class Table:
    """The rows of one part of a study, from one or several files.

    `frame` holds texts, or None where there is no answer; its index says where a row stands ("egos.csv, line 3").
    """

    part: str  # key of the mapping that it belongs to, for example "ties.0"
    frame: pd.DataFrame
    absent: Counter[str]  # in how many files with rows a column is missing that others of them have
    used: set[str] = dataclasses.field(default_factory=set)  # columns that the mapping asked for

    def column(self, name: str) -> pd.Series[Any]:
        """A column that the mapping names; a Mistake where no file has it."""
        import pandas as pd

        self.used.add(name)
        if name in self.frame.columns:
            return self.frame[name]
        if self.frame.empty:
            return pd.Series(dtype=object, name=name)
        where = str(self.frame.index[0]).rsplit(", ", 1)[0]
        columns = [str(column) for column in self.frame.columns]
        remedy = nearest(name, columns)
        if len(columns) == 1 and (mark := next((mark for mark in ";\t|" if mark in columns[0]), None)):
            remedy = f"the file seems to be separated by {mark!r}: write delimiter = {mark!r} in the mapping"
        what = f"a column that the mapping names under {self.part} is missing"
        found = ", ".join(columns[:12]) + (", …" if len(columns) > 12 else "")
        raise Mistake(what, where=where, found=found, expected=f"a column {name!r}", remedy=remedy)

    def ids(self, name: str) -> pd.Series[Any]:
        """A column of ids, without gaps."""
        column = self.column(name)
        remedy = "give the row an id, or remove it"
        refuse("no id", column, column.isna(), "an id in every row", remedy)
        return column

    def gaps(self) -> list[str]:
        """A word about each column that the mapping names and some of the files lack."""
        columns = sorted(self.used & self.absent.keys())
        return [f"{self.part}: {self.absent[name]} of its files have no column {name!r}: not given" for name in columns]

    def not_used(self) -> list[str]:
        """Columns of which nothing is copied to the result."""
        return [str(name) for name in self.frame.columns if name not in self.used]


def refuse(what: str, column: pd.Series[Any], bad: pd.Series[bool], expected: str, remedy: str) -> None:
    """A Mistake about the first bad row of a column, if there is one, and how many more there are."""
    if not bad.any():
        return
    first, more = column[bad], int(bad.sum()) - 1
    again = f" (and so {more} more times)" if more else ""
    where = f"{first.index[0]}, column {column.name!r}"
    found = "nothing" if first.iloc[0] is None else first.iloc[0]
    raise Mistake(what + again, where=where, found=found, expected=expected, remedy=remedy)


def joined(part: str, frames: list[pd.DataFrame]) -> Table:
    """Files of the same kind below each other. A column that only some of them have is missing in the others."""
    import pandas as pd

    filled = [frame for frame in frames if len(frame)]
    if not filled:
        return Table(part, frames[0], Counter())
    names = {name for frame in filled for name in frame.columns}
    absent = Counter(name for frame in filled for name in names - set(frame.columns))
    frame = pd.concat(filled).astype(object)
    return Table(part, frame.where(frame.notna(), None), absent)


def read_csv(path: Path, mapping: Mapping) -> pd.DataFrame:
    """A delimited text file as texts. Empty, undecodable and ragged files are Mistakes."""
    import pandas as pd

    name = shown(path)
    text = _decoded(path, mapping.encoding)
    if not text.strip():
        remedy = "export it anew, or remove it"
        raise Mistake("an empty file", where=name, found="nothing", expected="a row of column names", remedy=remedy)
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=mapping.delimiter, strict=True)
    missing = mapping.no_answer()
    header: list[str] = []
    rows, places = [], []
    while True:
        line = reader.line_num + 1  # where the next row begins: cells may hold line breaks
        try:
            cells = next(reader, None)
        except csv.Error as error:
            what, found = f"not a delimited text file: {error}", text.split("\n")[line - 1][:60]
            remedy = "check the quotation marks there, or export the file anew"
            expected = f"cells separated by {mapping.delimiter!r}"
            raise Mistake(what, where=f"{name}, line {line}", found=found, expected=expected, remedy=remedy) from error
        if cells is None:
            break
        if not cells:
            continue
        if not header:
            header = _header(cells, f"{name}, line {line}")
            continue
        if len(cells) != len(header):
            what, expected = "a row of another length than the header", f"{len(header)}, one for each column"
            remedy = "put a cell that holds the delimiter or a line break in quotation marks"
            found = f"{len(cells)} cells"
            raise Mistake(what, where=f"{name}, line {line}", found=found, expected=expected, remedy=remedy)
        stripped = (cell.strip() for cell in cells)
        rows.append([None if cell in missing else cell for cell in stripped])
        places.append(f"{name}, line {line}")
    frame = pd.DataFrame(rows, columns=pd.Index(header, dtype=object), index=places, dtype=object)
    return frame.drop(columns="", errors="ignore")


def _header(cells: list[str], where: str) -> list[str]:
    """Names of the columns; those without a name, as spreadsheets leave them behind, are dropped later."""
    header = [cell.strip() for cell in cells]
    twice = [name for name, count in Counter(header).items() if name and count > 1]
    if twice:
        what, remedy = "two columns have the same name", "rename one of them"
        raise Mistake(what, where=where, found=twice[0], expected="each name once", remedy=remedy)
    if not any(header):
        what, remedy = "no column has a name", "write the names into the first row"
        raise Mistake(what, where=where, found=cells, expected="a row of column names", remedy=remedy)
    return header


def _decoded(path: Path, encoding: str) -> str:
    """The text of a file; a byte that does not fit the encoding is a Mistake with its line."""
    raw = read_bytes(path)
    try:
        text = raw.decode("utf-8-sig" if encoding.lower().replace("_", "-") in ("utf-8", "utf8") else encoding)
        text.encode()
        return text
    except UnicodeError as error:
        start = error.start if isinstance(error, UnicodeDecodeError) else 0
        line = raw[:start].count(b"\n") + 1
        remedy = 'save the file as UTF-8, or name its encoding in the mapping, for example encoding = "cp1252"'
        where, found = f"{shown(path)}, line {line}", raw[start : start + 8]
        raise Mistake(
            f"not {encoding}", where=where, found=found, expected=f"text in {encoding}", remedy=remedy
        ) from error


def read_bytes(path: Path) -> bytes:
    """The bytes of a file; one that can't be read is a Mistake."""
    try:
        return path.read_bytes()
    except OSError as error:
        what, remedy = f"the file can't be read ({error.strerror})", "check who may read it"
        raise Mistake(what, where=str(path), found=shown(path), expected="a readable file", remedy=remedy) from error


def shown(path: Path) -> str:
    """The name of a file as it can be written into a report."""
    return path.name.encode("utf-8", "replace").decode()
