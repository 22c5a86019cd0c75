"""What to do about a cell that can't be read: lines for the mapping that read it. None of them loses an answer."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from supportnet.sim.importing.delimited import skipping
from supportnet.sim.importing.mapping_fields import ChoiceField, NumberField, SourceField
from supportnet.sim.importing.mapping_shape import MOST_SLOTS
from supportnet.sim.importing.settings import in_mapping
from supportnet.sim.importing.spelling import DATE, ERROR, canonical_code, parse_number
from supportnet.sim.importing.tables import PartTable
from supportnet.sim.storage.toml_files import quoted

if TYPE_CHECKING:
    import pandas as pd

GROUPED = re.compile(r"[+-]?[0-9]{1,3}([.,' \u00a0\u202f][0-9]{3})+([.,][0-9]+)?", re.ASCII)
COMMA = re.compile(r"[+-]?[0-9]*,[0-9]+", re.ASCII)
POINT = re.compile(r"[+-]?[0-9]*\.[0-9]+", re.ASCII)
PLACE = re.compile(r", line ([0-9]+)(?: \(row ([0-9]+)\))?(?:, slot .*)?$")
QUESTIONS = 2  # rows after the names that may hold questions


def for_number(table: PartTable, entry: NumberField, key: str, cells: pd.Series[Any]) -> str:
    """About texts where numbers should be."""
    cell, decimal, comma = str(cells.iloc[0]), table.settings.decimal, in_mapping('decimal = ","', table.settings)
    if decimal == "." and COMMA.fullmatch(cell):
        return f"if the comma is the decimal mark, {comma}; if it groups thousands, remove it from the cells"
    if decimal == "," and POINT.fullmatch(cell):
        point = in_mapping('decimal = "."', table.settings)
        grouped = "if it groups thousands, remove it from the cells; " if GROUPED.fullmatch(cell) else ""
        return (
            f'the mapping says decimal = ",": {grouped}if the point is the decimal mark, write a comma in its place, or'
            f" if all have points, {point}"
        )
    if GROUPED.fullmatch(cell):
        also = f"; where a comma is the decimal mark, {comma}" if decimal == "." and "," in cell else ""
        return f"take what groups the thousands out of the cells (1234{decimal}5){also}"
    if spoilt := _spoilt(cell):
        return f"{spoilt}; {_none(table, entry, key, [cell])}"
    values = f"values = {{ {quoted(cell)} = …, … }}" + (" in place of scale" if getattr(entry, "scale", None) else "")
    where = table.settings.place_of(f"{table.part}.{key}")
    remedy = f"write a number, or say what each answer means: {values} under {where}"
    return f"{remedy}; {_none(table, entry, key, [cell])}{_if_questions(table, cells)}"


def for_scale(table: PartTable, entry: NumberField, key: str, cells: pd.Series[Any] | None = None) -> str:
    """About a number outside its scale or range."""
    first = "" if cells is None or not len(cells) else str(cells.iloc[0])
    if key == "weight" and table.part == "people" and parse_number(first, table.settings.decimal) == 0:
        return "correct the cell; people of weight 0 represent nobody: remove them from the files"
    what = "the scale" if getattr(entry, "scale", None) else "how it is read"
    remedy = f"correct the cell, or {what} under {table.settings.place_of(f'{table.part}.{key}')}"
    if cells is None or not first:
        return remedy
    return f"{remedy}; {_none(table, entry, key, sorted({str(cell) for cell in cells})[:3])}"


def _spoilt(cell: str) -> str:
    """What to do about a cell that a spreadsheet has changed; nothing for others."""
    if ERROR.fullmatch(cell):
        return "correct the formula in the spreadsheet, and save the file again"
    if DATE.fullmatch(cell):
        return "if a spreadsheet made a date of it, write what it was (1-2, say, or 1.2) into a column of format Text"
    return ""


def for_codes(table: PartTable, entry: ChoiceField[Any] | NumberField, key: str, cells: pd.Series[Any]) -> str:
    """About codes that the mapping does not know."""
    codes = [str(code) for code in cells.unique()]
    remedy = f"add them under {table.settings.place_of(f'{table.part}.{key}.values')}"
    if entry.values is None:
        words = {str(cell): canonical_code(str(cell)) for cell in table.column(str(entry.column)).dropna().unique()}
        entries = [f"{quoted(cell)} = {quoted(word)}" for cell, word in words.items() if cell not in codes]
        entries += [f"{quoted(code)} = …" for code in codes[:3]]
        remedy = f"say what each means: values = {{ {', '.join(entries)} }} beside column under {table.part}.{key}"
    if isinstance(entry, ChoiceField):
        remedy += ', or "ignore" for them'
    return f"{remedy}; {_none(table, entry, key, codes[:3])}{_if_questions(table, cells)}"


def _if_questions(table: PartTable, cells: pd.Series[Any]) -> str:
    """What to do if the cells stand in rows of questions below the names; nothing where they stand further down."""
    first = list(dict.fromkeys(_row(str(place)) for place in table.frame.index[: 2 * MOST_SLOTS]))[:QUESTIONS]
    rows = {_row(str(place)) for place in cells.index}
    if not rows <= set(first) or 0 in rows:
        return ""
    return f"; if these rows hold questions, {skipping(first[: max(map(first.index, rows)) + 1], table.settings)}"


def _row(place: str) -> int:
    """The number of a row from its place; 0 for other places."""
    found = PLACE.search(place)
    return int(found[2] or found[1]) if found else 0


def for_truth(table: PartTable, entry: ChoiceField[Any], key: str, cells: pd.Series[Any]) -> str:
    """About a text that is neither true nor false."""
    if not len(cells):
        return ""
    settings, new = table.settings, str(cells.iloc[0])
    true = in_mapping(f"true = {quoted([*settings.true, new])}", settings)
    false = in_mapping(f"false = {quoted([*settings.false, new])}", settings)
    none = _none(table, entry, key, [new])
    return f"if it means true, {true}; if it means false, {false}; {none}{_if_questions(table, cells)}"


def _none(table: PartTable, entry: SourceField, key: str, cells: list[str]) -> str:
    """A line of the mapping by which these cells mean: no answer, in this field alone."""
    codes = list(table.settings.missing) if entry.no_answer is None else entry.no_answer
    line = f"no_answer = {quoted([*codes, *cells])}"
    if entry.model_fields_set <= {"column"}:
        line = f"{key} = {{ column = {quoted(entry.column)}, {line} }}"
        return f"if it means no answer, write {line} under {table.part}"
    return f"if it means no answer, add {line} to {table.part}.{key}"
