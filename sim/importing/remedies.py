"""What to do about a cell that can't be read: lines for the mapping that read it. None of them loses an answer."""

from __future__ import annotations

import json
import re
from typing import TYPE_CHECKING, Any

from sim.importing.delimited import skipping
from sim.importing.mapping_fields import Choice, Number, Source
from sim.importing.settings import in_mapping
from sim.importing.tables import Table

if TYPE_CHECKING:
    import pandas as pd

GROUPED = re.compile(r"[+-]?[0-9]{1,3}([.,' \u00a0\u202f][0-9]{3})+([.,][0-9]+)?", re.ASCII)
COMMA = re.compile(r"[+-]?[0-9]*,[0-9]+", re.ASCII)
POINT = re.compile(r"[+-]?[0-9]*\.[0-9]+", re.ASCII)
QUESTIONS = 2  # rows after the names that may hold questions


def for_number(table: Table, entry: Number, key: str, cell: str) -> str:
    """About a text where a number should be."""
    decimal, part = table.settings.decimal, table.settings.part
    if decimal == "." and COMMA.fullmatch(cell):
        line = in_mapping('decimal = ","', part)
        return f"if the comma is the decimal mark, {line}; if it groups thousands, take it out of the cells"
    if decimal == "," and POINT.fullmatch(cell):
        line = in_mapping('decimal = "."', part)
        return f'write the cell with a comma, as the mapping says decimal = ","; or if all have points, {line}'
    if GROUPED.fullmatch(cell):
        line = (
            ""
            if decimal == "," or "," not in cell
            else "; where a comma is the decimal mark, " + in_mapping('decimal = ","', part)
        )
        return f"take what groups the thousands out of the cells (1234{decimal}5){line}"
    values = f"values = {{ {json.dumps(cell, ensure_ascii=False)} = …, … }} under {table.part}.{key}"
    return f"write the answer as a number, or say what each answer means: {values}; {_none(table, entry, key, [cell])}"


def for_scale(table: Table, entry: Number, key: str, cells: pd.Series[Any] | None = None) -> str:
    """About a number outside its scale or range."""
    what = "the scale" if cells is not None else "how it is read"
    remedy = f"correct the cell, or {what} under {table.part}.{key} in the mapping"
    if cells is None or not len(cells):
        return remedy
    return f"{remedy}; {_none(table, entry, key, sorted({str(cell) for cell in cells})[:3])}"


def for_codes(table: Table, entry: Choice[Any] | Number, key: str, places: list[str], codes: list[str]) -> str:
    """About codes that the mapping does not know; places: where they stand."""
    remedy = f"add them under {table.part}.{key}.values in the mapping"
    if isinstance(entry, Choice):
        remedy += ', or set them to "ignore"'
    first = [str(place) for place in table.frame.index[:QUESTIONS]]
    if set(places) <= set(first):
        numbers = [int(re.split(r"\D+", place.rstrip(")"))[-1]) for place in places if "slot" not in place]
        if numbers:
            line = skipping(range(2, max(numbers) + 1), table.settings)
            return f"if these rows hold questions and no answers, {line}; else {remedy}"
    return f"{remedy}; {_none(table, entry, key, codes[:3])}"


def for_truth(table: Table, cells: pd.Series[Any]) -> str:
    """About a text that is neither true nor false."""
    if not len(cells):
        return ""
    settings, new = table.settings, str(cells.iloc[0])
    true, false = (
        in_mapping(f"{name} = {json.dumps([*said, new], ensure_ascii=False)}", settings.part)
        for name, said in (("true", settings.true), ("false", settings.false))
    )
    return f"if it means true, {true}; if it means false, {false}"


def _none(table: Table, entry: Source, key: str, cells: list[str]) -> str:
    """A line of the mapping by which these cells mean: no answer, in this field alone."""
    codes = list(table.settings.missing) if entry.no_answer is None else entry.no_answer
    line = f"no_answer = {json.dumps([*codes, *cells], ensure_ascii=False)}"
    if entry.model_fields_set <= {"column"}:
        line = f"{key} = {{ column = {json.dumps(entry.column, ensure_ascii=False)}, {line} }}"
        return f"if it means no answer, write {line} under {table.part}"
    return f"if it means no answer, add {line} to {table.part}.{key}"
