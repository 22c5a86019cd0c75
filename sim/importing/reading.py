"""From texts to words and numbers, as the mapping file says."""

from __future__ import annotations

import math
import re
from collections import Counter
from collections.abc import Callable
from typing import TYPE_CHECKING, Any, get_args

import numpy as np
from numpy.typing import NDArray

from sim.importing.mapping_shape import Balance, Choice, Contacts, Number, Share, same
from sim.importing.network_file import About
from sim.importing.tables import Table, refuse
from sim.mistakes import Mistake

if TYPE_CHECKING:
    import pandas as pd

Doubles = NDArray[np.float64]
TRUE, FALSE = {"true", "t", "yes", "y", "1"}, {"false", "f", "no", "n", "0"}
TOGETHER: dict[str, Callable[[Doubles], Doubles]] = {
    "sum": lambda parts: parts.sum(axis=0),
    "mean": lambda parts: parts.mean(axis=0),
    "largest": lambda parts: parts.max(axis=0),
}
NUMBER = re.compile(r"[+-]?([0-9]+\.?[0-9]*|\.[0-9]+)([eE][+-]?[0-9]{1,3})?", re.ASCII)


def words(table: Table, entry: Choice[Any], key: str, notes: list[str]) -> NDArray[np.object_]:
    """The word of each row: one of those in the mapping, "ignore", or None where nothing is given."""
    n = len(table.frame)
    if entry.always is not None:
        return np.full(n, entry.always, dtype=object)
    found = np.full(n, None, dtype=object)
    if entry.column is not None:
        column = table.column(entry.column)
        known = entry.values if entry.values is not None else {word: word for word in _known_words(entry)}
        found[:] = [None if code is None else code for code in _coded(column, known, f"{table.part}.{key}")]
    said = np.zeros(n, dtype=np.int64)
    for name, word in reversed((entry.columns or {}).items()):  # backwards: the first one written has the last word
        true = _true(table.column(name))
        said += true & (found != word)
        found[true] = word
    if several := int((said > 1).sum()):
        notes.append(f"{key}: {_rows(several)} with more than one answer; the first in the mapping's order counts")
    found[found == None] = entry.missing  # noqa: E711  (element by element)
    return found


def numbers(table: Table, entry: Number, key: str, about: About, notes: list[str]) -> Doubles:
    """The number of each row, in the range of its field; NaN where nothing is given."""
    if isinstance(entry, Balance) and entry.gives is not None and entry.receives is not None:
        return _balance(table, entry, entry.gives, entry.receives, key, notes)
    names = entry.columns or [str(entry.column)]
    parts = np.array([_converted(table, table.column(name), entry, key) for name in names]).reshape(len(names), -1)
    values: Doubles = TOGETHER[entry.combine or "sum"](parts)
    bad = (values < about.low) | (values > about.high)
    first = table.column(names[0])
    expected = f"{about.low:g} to {about.high:g} ({about.unit}) for {key}"
    refuse(f"{key} is out of range", first, _like(first, bad), expected, "say in the mapping how it is to be read")
    return values


def years(table: Table, name: str, about: About) -> Doubles:
    """Ages as they stand."""
    column = table.column(name)
    values = _plain(column)
    bad = (values < about.low) | (values > about.high)
    refuse("not an age", column, bad, f"{about.low:g} to {about.high:g} years", "correct the cell")
    return np.asarray(values, np.float64)


def weights(table: Table, name: str, about: About, notes: list[str]) -> Doubles:
    """Survey weights as they stand."""
    column = table.column(name)
    values = _plain(column)
    bad = (values < about.low) | (values > about.high)
    remedy = "correct the cell; people of weight 0 stand for nobody: take them out of the files"
    refuse("not a weight", column, bad, f"a number above 0, at most {about.high:g}", remedy)
    if lacking := int(values.isna().sum()):
        notes.append(f"weight: {_rows(lacking)} without one, counted as 1")
    return np.asarray(values, np.float64)


def _balance(table: Table, entry: Balance, gives: str, receives: str, key: str, notes: list[str]) -> Doubles:
    """Help given over help received, at most 1: 0 all help flows to the person, 1 balanced. NaN where none flows."""
    given = _converted(table, table.column(gives), entry, key)
    received = _converted(table, table.column(receives), entry, key)
    with np.errstate(divide="ignore", invalid="ignore"):
        balance: Doubles = np.minimum(1.0, given / received)
        more, none = int((given > received).sum()), int(((given == 0) & (received == 0)).sum())
    if more:
        notes.append(f"{key}: {_rows(more)} in which the person gives more than they receive, counted as balanced (1)")
    if none:
        notes.append(f"{key}: {_rows(none)} in which no help flows either way, counted as not given")
    return balance


def _converted(table: Table, column: pd.Series[Any], entry: Number, key: str) -> Doubles:
    """One column by scale, table of codes, contacts per unit, or as it stands."""
    if entry.values is not None:
        return _coded(column, entry.values, f"{table.part}.{key}").astype(np.float64)
    values = _plain(column)
    if isinstance(entry, Share):
        low, high = entry.scale or (0.0, 1.0)
        bad = (values < min(low, high)) | (values > max(low, high))
        remedy = f"correct the cell, or the scale under {table.part}.{key} in the mapping"
        refuse("outside the scale", column, bad, f"{min(low, high):g} to {max(low, high):g}", remedy)
        values = (values - low) / (high - low)
    if isinstance(entry, Contacts):
        values = values * (entry.per_week or 1.0)
    return np.asarray(values, np.float64)


def _plain(column: pd.Series[Any]) -> pd.Series[float]:
    """Numbers as they stand; text, NaN and infinity where a number should be are a Mistake."""
    read = {text: _number(text) for text in column.dropna().unique()}
    values: pd.Series[float] = column.map(read).astype("float64")
    remedy = "leave the cell empty where there is no answer, or list the code of a missing answer under missing"
    refuse("not a number", column, column.notna() & values.isna(), "a number such as 3 or 0.25", remedy)
    return values


def _number(text: str) -> float:
    value = float(text) if NUMBER.fullmatch(text) else math.nan
    return value if math.isfinite(value) else math.nan


def _coded(column: pd.Series[Any], known: dict[str, Any], key: str) -> NDArray[np.object_]:
    """What each code means; None where nothing is given. Codes that the mapping does not know are a Mistake."""
    unknown = Counter(str(code) for code in column.dropna() if same(code) not in known)
    if unknown:
        said = ", ".join(f"{code!r} ({count} times)" for code, count in unknown.most_common(10))
        said += f", and {len(unknown) - 10} more" if len(unknown) > 10 else ""
        place = column.index[column.map(lambda code: code is not None and same(code) not in known).astype(bool)][0]
        raise Mistake(
            "values that the mapping does not know",
            where=f"{place}, column {column.name!r}",
            found=said,
            expected="one of " + ", ".join(map(repr, known)),
            remedy=f"add them under {key}.values in the mapping"
            + (', or set them to "ignore"' if any(isinstance(meaning, str) for meaning in known.values()) else ""),
        )
    meaning = {code: known[same(code)] for code in column.dropna().unique()}
    return np.array([None if code is None else meaning[code] for code in column], dtype=object)


def _true(column: pd.Series[Any]) -> NDArray[np.bool_]:
    """Where a true/false column says true."""
    spelled = {text: same(text) for text in column.dropna().unique()}
    codes = column.map(spelled)
    unclear = column.notna() & ~codes.isin(TRUE | FALSE)
    remedy = "correct the cell, or read the column with values"
    refuse("neither true nor false", column, unclear, "true or false (also yes, no, 1, 0)", remedy)
    return codes.isin(TRUE).to_numpy(np.bool_)


def _known_words(entry: Choice[Any]) -> list[str]:
    """The words that a choice of this kind may hold."""
    hint = type(entry).model_fields["always"].annotation
    return [str(word) for inner in get_args(hint) for word in get_args(inner)]


def _like(column: pd.Series[Any], flags: NDArray[np.bool_]) -> pd.Series[bool]:
    import pandas as pd

    return pd.Series(flags, index=column.index)


def _rows(count: int) -> str:
    return "1 row" if count == 1 else f"{count} rows"
