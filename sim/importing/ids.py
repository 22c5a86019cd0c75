"""Ids of people and supporters: never missing answers, one spelling where two are certainly the same, and a word about
those that only look alike."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from supportnet.sim.importing.account import first_of, rows
from supportnet.sim.importing.mapping_shape import FILE, PLACEHOLDER, ROW, columns_in
from supportnet.sim.importing.spelling import DATE, ERROR, loosely, without_decimals
from supportnet.sim.importing.tables import PartTable, refuse

if TYPE_CHECKING:
    import pandas as pd

FRACTION = re.compile(r"-?[0-9]+[.,][0-9]*[1-9][0-9]*", re.ASCII)
AS_TEXT = re.compile(r'="(.*)"', re.DOTALL)  # how Excel is kept from changing a cell
SHORTENED = re.compile(r"-?[0-9]([.,][0-9]+)?E\+[0-9]{2,3}", re.ASCII)  # what a spreadsheet makes of long numbers
THOUSANDS = re.compile(r"-?[0-9]{1,3}(\.000)+", re.ASCII)


def ids(table: PartTable, template: str) -> pd.Series[Any]:
    """Ids as they stand in a column, or put together from several; a row without one is a UserInputError."""
    column = ids_or_none(table, template)
    remedy = (
        "write the id into the cell (of merged cells a spreadsheet fills the first only); a row that holds no answers,"
        " such as a total, has to go"
    )
    if FILE in template and table.frame[FILE].isna().any():
        remedy = "name the file after the person, where the star of its pattern stands"
    refuse("no id", column, column.isna(), "an id in every row", remedy)
    return column


def ids_or_none(table: PartTable, template: str) -> pd.Series[Any]:
    """Ids, None where nothing stands; {column}, {file}, {row} and {slot} within a text stand for what is there."""
    import pandas as pd

    if template in table.frame.columns or columns_in(template) == [template]:
        return _one_spelling(table, template)
    whole = pd.Series([""] * len(table.frame), index=table.frame.index, dtype=object, name=template)
    lacking = pd.Series(False, index=table.frame.index)
    for at, piece in enumerate(PLACEHOLDER.split(template)):  # text, name, text, name, …, text
        part = _part(table, piece) if at % 2 else piece
        if not isinstance(part, str):
            lacking |= part.isna()
            part = part.fillna("")
        whole = whole + part
    return whole.where(~lacking, None)


def _part(table: PartTable, name: str) -> pd.Series[Any]:
    import pandas as pd

    if f"{{{name}}}" == ROW:
        return pd.Series([str(at) for at in range(1, len(table.frame) + 1)], index=table.frame.index, dtype=object)
    if f"{{{name}}}" in table.frame.columns:
        return table.frame[f"{{{name}}}"]
    return _one_spelling(table, name)


def _one_spelling(table: PartTable, name: str) -> pd.Series[Any]:
    """A column of ids, where 1.0 is 1 and ="1" is 1, and the report says so; what a spreadsheet has spoilt is a
    UserInputError."""
    column = table.column(name)
    cells = [str(cell) for cell in column.dropna().unique()]
    for spoilt, what, remedy in (
        (ERROR, "a spreadsheet's error, no id", "correct the formula there, or write the id into the cell"),
        (SHORTENED, "an id shortened by a spreadsheet", "give the column the format Text or 0, and save it again"),
    ):
        bad = column.isin([cell for cell in cells if spoilt.fullmatch(cell)])
        refuse(what, column, bad, "the id as it was given", remedy)
    grouped = any(map(THOUSANDS.fullmatch, cells))  # 999 and 1.000: a thousand
    grouped &= table.settings.decimal == "," or any(cell.isdigit() for cell in cells)
    fractions = grouped or any(map(FRACTION.fullmatch, cells))
    plain = {cell: AS_TEXT.sub(r"\1", cell).strip() for cell in cells}
    if not fractions:
        plain = {cell: without_decimals(spelling) for cell, spelling in plain.items()}
    changed = {cell for cell in cells if plain[cell] != cell}
    _note_dates(table, column, cells)
    if not changed:
        return column
    places = [str(place) for place in column.index[column.isin(changed)]]
    table.account.note(
        f'{table.part}: {rows(len(places))} whose {name!r} is written as 1.0 or ="1" is read as 1 ({first_of(places)})'
    )
    return column.map(lambda cell: cell if cell is None else plain[cell] or None)


def _note_dates(table: PartTable, column: pd.Series[Any], cells: list[str]) -> None:
    dates = [cell for cell in cells if DATE.fullmatch(cell)]
    if dates and len(dates) < len(cells):
        places = [str(place) for place in column.index[column.isin(dates)]]
        where = f"{table.part}: {rows(len(places))} whose {str(column.name)!r}"
        table.account.note(f"{where} looks like a date, as spreadsheets make of ids such as 1-2 ({first_of(places)})")


def looking_like(name: str, known: pd.Series[Any]) -> str | None:
    """The id among those known that looks like this one without being it."""
    return next(
        (
            str(other)
            for other in known.unique()
            if loosely(without_decimals(str(other))) == loosely(without_decimals(name))
        ),
        None,
    )


def near_duplicates(ids: pd.Series[Any], within: pd.Series[Any] | None = None) -> list[str]:
    """Where ids stand that look like another one (of the same person) and are not it."""
    import pandas as pd

    frame = pd.DataFrame({"id": ids.to_numpy(object), "within": 0 if within is None else within.to_numpy(object)})
    frame["place"] = ids.index.astype(str)
    frame = frame[frame["id"].notna()].drop_duplicates(["id", "within"])
    spelled = {name: loosely(str(name)) for name in frame["id"].unique()}
    frame["loose"] = frame["id"].map(spelled)
    return list(frame.loc[frame.duplicated(["loose", "within"], keep=False), "place"])
