"""From texts to words and numbers, as the mapping file says."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from typing import TYPE_CHECKING, Any, NamedTuple, get_args

import numpy as np
from numpy.typing import NDArray

from supportnet.sim.errors import UserInputError
from supportnet.sim.importing.account import count_in_words, rows
from supportnet.sim.importing.mapping_fields import Balance, ChoiceField, ContactsField, NumberField, ShareField
from supportnet.sim.importing.remedies import for_codes, for_number, for_scale, for_truth
from supportnet.sim.importing.spelling import canonical_code, parse_number
from supportnet.sim.importing.tables import PartTable, refuse
from supportnet.sim.network_file.format import About

if TYPE_CHECKING:
    import pandas as pd

Doubles = NDArray[np.float64]
Flags = NDArray[np.bool_]
TRUE = {"true", "t", "yes", "y", "1", "x", "checked"}
TRUE |= {"wahr", "vrai", "verdadero", "vero", "verdadeiro", "waar", "sant", "sand", "prawda", "истина"}  # spreadsheets'
FALSE = {"false", "f", "no", "n", "0", "unchecked"}
FALSE |= {"falsch", "faux", "falso", "onwaar", "falskt", "falsk", "fałsz", "ложь"}
TOGETHER: dict[str, Callable[[Doubles], Doubles]] = {
    "sum": lambda parts: parts.sum(axis=0),
    "mean": lambda parts: parts.mean(axis=0),
    "largest": lambda parts: parts.max(axis=0),
}


class Answers(NamedTuple):
    """A word or number for each row, and where it is the mapping that gives it, not the data."""

    values: NDArray[Any]
    by_mapping: Flags


def word_column(table: PartTable, entry: ChoiceField[Any], key: str) -> Answers:
    """The word of each row: one of those in the mapping, "ignore", or None where nothing is given."""
    n = len(table.frame)
    if entry.always is not None:
        return Answers(np.full(n, entry.always, dtype=object), np.full(n, True))
    found = np.full(n, None, dtype=object)
    if entry.column is not None:
        known = entry.values if entry.values is not None else {word: word for word in _known_words(entry)}
        found[:] = list(_coded(table, entry.column, entry, known, key))
    n_answers = np.zeros(n, dtype=np.int64)
    for name, word in reversed((entry.columns or {}).items()):  # backwards: the first one written has the last word
        true = truths(table, name, entry, key)
        n_answers += true & (found != word)
        found[true] = word
    if several := int((n_answers > 1).sum()):
        table.account.note(f"{key}: {rows(several)} with more than one answer; the first in the mapping's order counts")
    return filled(found, np.array([word is None for word in found], dtype=bool), entry.missing)


def number_column(table: PartTable, entry: NumberField, key: str, about: About) -> Answers:
    """The number of each row, in the range of its field; NaN where nothing is given."""
    if isinstance(entry, Balance) and entry.gives is not None and entry.receives is not None:
        values = _balance(table, entry, entry.gives, entry.receives, key, about)
        return filled(values, np.isnan(values), entry.missing)
    names = entry.columns or [str(entry.column)]
    parts = np.array([_converted(table, name, entry, key, about) for name in names]).reshape(len(names), -1)
    values = TOGETHER[entry.combine or "sum"](parts)
    if partly := int((np.isnan(parts).any(axis=0) & ~np.isnan(parts).all(axis=0)).sum()):
        table.account.note(f"{key}: {rows(partly)} in which only some of its columns are given, counted as not given")
    bad = (values < about.low) | (values > about.high)
    first = table.column(names[0])
    wrong = _like(first, bad)
    remedy = for_scale(table, entry, key, first[wrong] if len(names) == 1 else None)
    refuse(f"{key} is out of range", first, wrong, f"{about.span()} for {key}", remedy)
    return filled(values, np.isnan(values), entry.missing)


def filled(values: NDArray[Any], lacking: Flags, missing: Any) -> Answers:
    """Answers, with what the mapping says where nothing is given."""
    if missing is None:
        return Answers(values, np.zeros(len(values), dtype=bool))
    values[lacking] = missing
    return Answers(values, lacking)


def truths(table: PartTable, name: str, entry: ChoiceField[Any], key: str) -> Flags:
    """Where a true/false column says true."""
    column = table.answers(name, entry)
    own_true, own_false = (set(map(canonical_code, written)) for written in (table.settings.true, table.settings.false))
    true, false = (TRUE - own_false) | own_true, (FALSE - own_true) | own_false
    spelled = {text: canonical_code(text) for text in column.dropna().unique()}
    codes = column.map(spelled)
    unclear = column.notna() & ~codes.isin(true | false)
    refuse(
        "neither true nor false",
        column,
        unclear,
        "true or false (also yes, no, 1, 0)",
        for_truth(table, entry, key, column[unclear]),
    )
    return codes.isin(true).to_numpy(np.bool_)


def _balance(table: PartTable, entry: Balance, gives: str, receives: str, key: str, about: About) -> Doubles:
    """Help given over help received, at most 1: 0 all help flows to the person, 1 balanced. NaN where none flows."""
    given = _converted(table, gives, entry, key, about)
    received = _converted(table, receives, entry, key, about)
    with np.errstate(divide="ignore", invalid="ignore"):
        balance: Doubles = np.minimum(1.0, given / received)
        more, none = int((given > received).sum()), int(((given == 0) & (received == 0)).sum())
    if more:
        note = f"{key}: {rows(more)} in which the person gives more than they receive, counted as balanced (1)"
        table.account.note(note)
    if none:
        table.account.note(f"{key}: {rows(none)} in which no help flows either way, counted as not given")
    if half := int((np.isnan(given) != np.isnan(received)).sum()):
        table.account.note(f"{key}: {rows(half)} in which only some of its columns are given, counted as not given")
    return balance


def _converted(table: PartTable, name: str, entry: NumberField, key: str, about: About) -> Doubles:
    """One column by scale, table of codes, contacts per unit, or as it stands."""
    if entry.values is not None:
        return _coded(table, name, entry, entry.values, key).astype(np.float64)
    low, high = (entry.scale or (0.0, 1.0)) if isinstance(entry, ShareField) else (about.low, about.high)
    values = _plain(table, name, entry, key, (min(low, high), max(low, high)))
    if isinstance(entry, ShareField):
        column = table.column(name)
        bad = (values < min(low, high)) | (values > max(low, high))
        expected = f"{min(low, high):g} to {max(low, high):g}"
        refuse("outside the scale", column, bad, expected, for_scale(table, entry, key, column[bad]))
        values = (values - low) / (high - low)
    if isinstance(entry, ContactsField):
        values = values * (entry.per_week or 1.0)
    return np.asarray(values, np.float64)


def _plain(table: PartTable, name: str, entry: NumberField, key: str, span: tuple[float, float]) -> pd.Series[float]:
    """Numbers as they stand; text, NaN and infinity where a number should be are a UserInputError."""
    column = table.answers(name, entry)
    read = {text: parse_number(text, table.settings.decimal) for text in column.dropna().unique()}
    values: pd.Series[float] = column.map(read).astype("float64")
    wrong = column.notna() & values.isna()
    if wrong.any():
        expected = "a number such as 3 or 0.25".replace(".", table.settings.decimal)
        refuse("not a number", column, wrong, expected, for_number(table, entry, key, column[wrong]))
    _note_codes_that_count(table, name, entry, key, column, span)
    return values


def _note_codes_that_count(
    table: PartTable, name: str, entry: NumberField, key: str, column: pd.Series[Any], span: tuple[float, float]
) -> None:
    """A note where a code under missing would have been an answer as good as any other."""
    raw = table.column(name)
    removed = raw[raw.notna() & column.isna()]
    counted = [cell for cell in removed if span[0] <= parse_number(cell, table.settings.decimal) <= span[1]]
    if counted and entry.no_answer is None:
        table.account.note(
            f"{key}: {rows(len(counted))} with a code that missing lists, though it could be an answer here: counted as"
            " not given (no_answer in the field takes the place of missing)"
        )


def _coded(
    table: PartTable, name: str, entry: ChoiceField[Any] | NumberField, known: dict[str, Any], key: str
) -> NDArray[np.object_]:
    """What each code means; None where nothing is given. Codes that the mapping does not know are a UserInputError."""
    column = table.answers(name, entry, known)
    spelled = {code: canonical_code(code) for code in column.dropna().unique()}
    unknown = [code for code in spelled if spelled[code] not in known]
    if unknown:
        where = column.isin(unknown)
        cells = column[where]
        counts = Counter(map(str, cells))
        described = ", ".join(f"{code!r} ({count_in_words(count, 'time')})" for code, count in counts.most_common(10))
        described += f", and {len(unknown) - 10} more" if len(unknown) > 10 else ""
        raise UserInputError(
            "values that the mapping does not know",
            where=f"{cells.index[0]}, column {column.name!r}",
            found=described,
            expected="one of " + ", ".join(map(repr, known)) if known else "codes that the mapping explains",
            remedy=for_codes(table, entry, key, cells),
        )
    meaning = {code: known[spelled[code]] for code in spelled}
    return np.array([None if code is None else meaning[code] for code in column], dtype=object)


def _known_words(entry: ChoiceField[Any]) -> list[str]:
    """The words that a choice of this kind may hold."""
    hint = type(entry).model_fields["always"].annotation
    return [str(word) for inner in get_args(hint) for word in get_args(inner)]


def _like(column: pd.Series[Any], flags: Flags) -> pd.Series[bool]:
    import pandas as pd

    return pd.Series(flags, index=column.index)
