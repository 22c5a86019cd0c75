"""One row a person, supporters in numbered columns: a row for each slot instead."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from supportnet.sim.errors import UserInputError
from supportnet.sim.importing.mapping_shape import SLOT, TieFiles, columns_in
from supportnet.sim.importing.tables import PartTable, no_column

if TYPE_CHECKING:
    import pandas as pd


def unfolded(table: PartTable, entry: TieFiles) -> PartTable:
    """The same table with one row a person and slot, and one column "rel_{slot}" in place of rel_1, rel_2, …"""
    import numpy as np
    import pandas as pd

    slots = entry.slots or []
    numbered = [name for name in _columns(entry) if SLOT in name]
    if table.frame.empty or not slots:
        return table
    _check(table, numbered, slots)
    _note_further(table, numbered, slots)
    fixed = [name for name in table.frame.columns if name in _columns(entry) or name[:1] + name[-1:] == "{}"]
    pieces = []
    for slot in slots:
        piece = table.frame[fixed].copy()
        for name in numbered:
            actual = name.replace(SLOT, slot)
            piece[name] = table.frame[actual] if actual in table.frame.columns else None
            table.used.add(actual)
        piece[SLOT] = slot
        piece.index = pd.Index([f"{place}, slot {slot}" for place in table.frame.index])
        pieces.append(piece)
    by_person = np.arange(len(slots) * len(table.frame)).reshape(len(slots), -1).T.ravel()
    return _replaced(table, pd.concat(pieces).iloc[by_person])


def _replaced(table: PartTable, frame: pd.DataFrame) -> PartTable:
    return PartTable(table.part, frame, table.settings, table.account, table.columns, table.absent, table.used)


def _columns(entry: TieFiles) -> list[str]:
    """All columns of a part, with {slot} in the numbered ones."""
    of_ids = [name for template in entry.ids() for name in columns_in(template)]
    return list(dict.fromkeys([*of_ids, *(name for name in entry.names() if name not in entry.ids())]))


def _check(table: PartTable, numbered: list[str], slots: list[str]) -> None:
    """Mistakes about slots without any column, and columns without any slot; a note about single ones."""
    columns = {slot: [name for name in numbered if name.replace(SLOT, slot) in table.frame.columns] for slot in slots}
    for name in numbered:
        lacking = [slot for slot in slots if columns[slot] and name not in columns[slot]]
        if not any(name in columns[slot] for slot in slots):
            where = str(table.frame.index[0]).rsplit(", ", 1)[0]
            raise no_column(name.replace(SLOT, slots[0]), table.part, table.columns, where, table.settings)
        if lacking:
            table.account.note(f"{table.part}: no column {name!r} for the slots {', '.join(lacking)}: not given")
    if empty := [slot for slot in slots if not columns[slot]]:
        what = f"slots without any column: {', '.join(empty)}"
        found = ", ".join(name.replace(SLOT, empty[0]) for name in numbered) + " are missing"
        line = f"slots = {_written([slot for slot in slots if columns[slot]])}"
        remedy = f"write {line} under {table.settings.place_of(table.part + '.slots')}"
        where = str(table.frame.index[0]).rsplit(", ", 1)[0]
        raise UserInputError(what, where=where, found=found, expected="numbered columns for each slot", remedy=remedy)


def _written(slots: list[str]) -> str:
    return "[" + ", ".join(f'"{slot}"' for slot in slots) + "]"


def _note_further(table: PartTable, numbered: list[str], slots: list[str]) -> None:
    """A word about columns with answers that look like further slots."""
    further = []
    for name in numbered:
        first, *others = map(re.escape, name.split(SLOT))
        pattern = re.compile(f"{first}([0-9]+)" + r"(?:\1)".join(others))  # the same number in all places
        for column in table.columns:
            found = pattern.fullmatch(column)
            if found and found[1] not in slots and table.frame[column].notna().any():
                further.append(column)
    table.account.leave_out("columns", further, "their numbers are not among the slots of the mapping")
