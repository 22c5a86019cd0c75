"""The rows of one part of a study as texts: columns and answers, each with its place for messages."""

from __future__ import annotations

import dataclasses
import re
from collections import Counter
from collections.abc import Iterable
from typing import TYPE_CHECKING, Any

from supportnet.sim.errors import UserInputError, nearest
from supportnet.sim.importing.account import Account, count_in_words
from supportnet.sim.importing.mapping_fields import SourceField
from supportnet.sim.importing.mapping_shape import FILL_IN
from supportnet.sim.importing.settings import Settings
from supportnet.sim.importing.spelling import QUOTES, canonical_code, loosely, written_alike

if TYPE_CHECKING:
    import pandas as pd


@dataclasses.dataclass
class PartTable:
    """The rows of one part of a study, from one or several files.

    `frame` holds texts, or None where nothing stands; its index says where a row stands ("egos.csv, line 3").
    """

    part: str  # key of the mapping that it belongs to, for example "ties.0"
    frame: pd.DataFrame
    settings: Settings
    account: Account
    columns: list[str]  # of the files
    absent: Counter[str] = dataclasses.field(default_factory=Counter)  # in how many files with rows a column is missing
    used: set[str] = dataclasses.field(default_factory=set)  # columns that the mapping asked for

    def column(self, name: str) -> pd.Series[Any]:
        """A column that the mapping names; a UserInputError where no file has it."""
        import pandas as pd

        self.used.add(name)
        if name in self.frame.columns:
            return self.frame[name]
        if self.frame.empty:
            return pd.Series(dtype=object, name=name)
        raise no_column(name, self.part, self.columns, _file_of(self.frame), self.settings)

    def answers(self, name: str, source: SourceField, known: Iterable[str] = ()) -> pd.Series[Any]:
        """A column of answers, None where there is none: in empty cells, and in those that the mapping counts so unless
        they are codes that its table of values knows."""
        column = self.column(name)
        codes = list(self.settings.missing) if source.no_answer is None else source.no_answer
        none = written_alike([str(cell) for cell in column.dropna().unique()], codes, self.settings.decimal)
        none = {cell for cell in none if canonical_code(cell) not in known}
        return column.where(~column.isin(none), None) if none else column

    def gaps(self) -> list[str]:
        """A word about each column that the mapping names and some of the files lack."""
        columns = sorted(self.used & self.absent.keys())
        return [f"{self.part}: {self.absent[name]} of its files have no column {name!r}: not given" for name in columns]


def no_column(name: str, part: str, columns: list[str], where: str, settings: Settings) -> UserInputError:
    """The UserInputError about a column that is not there, with the nearest that is."""
    found = ", ".join(columns[:12]) + (", …" if len(columns) > 12 else "")
    what = f"a column that the mapping names under {part} is missing"
    alike = next((column for column in columns if loosely(column) == loosely(name)), None)
    if name.startswith(FILL_IN):
        remedy = f"write the name of a column in place of {FILL_IN!r} under {settings.place_of(part + '.role.column')}"
    elif alike is None:
        remedy = nearest(name, columns, "the first row of the file")
    elif alike[:1] in QUOTES:
        remedy = f'replace the quotation marks around {alike!r} by plain ones (") in the whole file'
    else:
        remedy = f"did you mean {alike!r}?"
    if part.startswith("ties") and not name.startswith(FILL_IN) and (slots := _numbered(columns)):
        remedy += f"; where numbered columns hold the supporters, write slots = {slots} and {{slot}} for the number"
    return UserInputError(what, where=where, found=found, expected=f"a column {name!r}", remedy=remedy)


def _numbered(columns: list[str]) -> str:
    """The numbers by which several columns differ, as slots are written; nothing where there are none."""
    numbers: dict[str, list[str]] = {}
    for column in columns:
        for found in re.finditer("[0-9]+", column):
            numbers.setdefault(column[: found.start()] + "{}" + column[found.end() :], []).append(found[0])
    most = max(numbers.values(), key=len, default=[])
    return f'"{most[0]}-{most[-1]}"' if len(most) > 1 else ""


def _file_of(frame: pd.DataFrame) -> str:
    return str(frame.index[0]).rsplit(", ", 1)[0]


def refuse(what: str, column: pd.Series[Any], bad: pd.Series[bool], expected: str, remedy: str) -> None:
    """A UserInputError about the first bad row of a column, if there is one, and how many more there are."""
    if not bad.any():
        return
    first, more = column[bad], int(bad.sum()) - 1
    again = f" (and so {count_in_words(more, 'more time')})" if more else ""
    where = f"{first.index[0]}, column {column.name!r}"
    found = "nothing" if first.iloc[0] is None else first.iloc[0]
    raise UserInputError(what + again, where=where, found=found, expected=expected, remedy=remedy)


def joined(part: str, frames: list[pd.DataFrame], needed: list[str], settings: Settings, account: Account) -> PartTable:
    """Files of the same kind below each other. A column that only some of them have is missing in the others; one that
    is needed is a UserInputError there."""
    import pandas as pd

    filled = [frame for frame in frames if len(frame)]
    names = list(dict.fromkeys(str(name) for frame in filled or frames[:1] for name in frame.columns))
    columns = [name for name in names if name[:1] + name[-1:] != "{}"]
    if not filled:
        return PartTable(part, frames[0], settings, account, columns)
    for frame in filled:
        for name in needed:
            if name not in frame.columns and (len(filled) > 1):
                raise no_column(name, part, [str(column) for column in frame.columns], _file_of(frame), settings)
    absent = Counter(name for frame in filled for name in set(names) - set(frame.columns))
    frame = pd.concat(filled).astype(object)
    return PartTable(part, frame.where(frame.notna(), None), settings, account, columns, absent)
