"""A first mapping for the files of a study: what was found in them, and guesses, marked as such."""

from __future__ import annotations

import os
import re
from collections import Counter
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

from supportnet.sim.errors import UserInputError
from supportnet.sim.importing.guesses import column_comment, number_lines, pair_lines, person_lines, role_lines
from supportnet.sim.importing.mapping_shape import FILE, ROW, SLOT, Mapping
from supportnet.sim.importing.people import OF_FILE
from supportnet.sim.importing.samples import Group, groups_at
from supportnet.sim.importing.sources import printable_name
from supportnet.sim.storage.toml_files import parsed, quoted

if TYPE_CHECKING:
    import pandas as pd


class Export(NamedTuple):
    """The names by which the tables of an export are known."""

    name: str
    patient: tuple[str, ...]
    supporter: tuple[str, ...]
    ends: tuple[tuple[str, str], ...]
    by_file: bool = False  # the same ids of people in each file


EXPORTS = (
    Export(
        "Network Canvas",
        ("networkCanvasEgoUUID",),
        ("networkCanvasUUID",),
        (("networkCanvasSourceUUID", "networkCanvasTargetUUID"),),
    ),
    Export("EgoWeb", ("Interview ID", "EgoID"), ("Alter Number",), (("Alter 1 Number", "Alter 2 Number"),)),
    Export("VennMaker", ("id_Ego",), ("id_Alter",), (), by_file=True),
    Export(
        "egor",
        (".egoID", ".EGOID", "egoID", "ego_id", "ego_ID"),
        (".altID", ".ALTID", "alterID", "alter_id", "alter_ID"),
        ((".srcID", ".tgtID"), (".SRCID", ".TGTID"), ("Source", "Target"), ("from", "to"), ("alter1", "alter2")),
    ),
)
ABOUT_ID = re.compile(r"helper|alter|support|who|name|person|contact|tie|\bid\b|_id$|nr|number", re.I)
WIDE = ("record_id", "ResponseId", "ResponseID", "id", "ID")


class Draft(NamedTuple):
    """A drafted mapping: its text, and the kind of export that it was drafted for."""

    text: str
    export: str


class DraftPart(NamedTuple):
    """A part of the mapping with the files that it is made of and the columns that its ids use."""

    key: str
    group: Group
    ids: dict[str, str]
    columns: dict[str, pd.Series[Any]]
    slots: list[str] = []  # noqa: RUF012  (never changed)


def draft_mapping(source: Path, path: Path) -> Draft:
    """Looks at the files of a study and writes a first mapping to this path, where nothing may be yet."""
    source, path = Path(source), Path(path)
    if os.path.lexists(path):
        remedy = "give another name to `draft`, or import with `mapping`"
        raise UserInputError("is there already", where=str(path), found=str(path), expected="a new file", remedy=remedy)
    draft = drafted(source)
    try:
        with open(path, "x", encoding="utf-8", newline="\n") as file:
            file.write(draft.text)
    except OSError as error:
        what, remedy = f"the draft can't be written ({error.strerror})", "give another name to `draft`"
        expected = "a place that can be written to"
        raise UserInputError(what, where=str(path), found=str(path), expected=expected, remedy=remedy) from error
    return draft


def drafted(source: Path) -> Draft:
    """The draft of a mapping for these files."""
    groups, others = groups_at(source)
    groups = [group._replace(frame=group.frame[_nameable(group.frame)]) for group in groups]
    groups = [group for group in groups if len(group.frame.columns) > 1]
    export, parts = next(
        filter(lambda found: found[1], map(lambda kind: (kind.name, _parts(kind, groups)), EXPORTS)), ("", [])
    )
    if not parts:
        export, parts = _wide_or_other(groups)
    if not parts:
        what, expected = "no table found from which a mapping could be drafted", "delimited text files such as CSV"
        tables = [name for group in groups for name in group.patterns]
        found = ", ".join([*tables, *others][:10]) or "nothing"
        remedy = "export the study as CSV; docs/import.md says how to write a mapping by hand"
        raise UserInputError(what, where=str(source), found=found, expected=expected, remedy=remedy)
    if not any(part.key == "people" for part in parts):
        parts = [*_people_in(next(part for part in parts if part.key == "ties")), *parts]
    written = {frozenset(part.group.written.items()) for part in parts}
    lines = [
        f"# Drafted from the files of {quoted(printable_name(source.resolve().name))}"
        + (f", which look like {export}" if export else "")
        + ".",
        "# Guesses are marked: correct them, and fill in what is marked so. docs/import.md explains every key.",
    ]
    if len(written) == 1:
        lines += _formats(parts[0].group.written)
    for part in parts:
        lines += ["", *_part_lines(part, len(written) > 1, sum(other.key == part.key for other in parts) > 1)]
    if others:
        lines += ["", "# Not looked at:", *(f"#   {' '.join(other.split())}" for other in others[:20])]
    text = "\n".join(lines) + "\n"
    Mapping.model_validate(parsed(text, "the draft", ""))
    return Draft(text, export)


def _nameable(frame: pd.DataFrame) -> list[str]:
    """Columns that a mapping can name: {slot} stands for something else there."""
    return [str(name) for name in frame.columns if SLOT not in str(name)]


def _formats(written: dict[str, str]) -> list[str]:
    return [f"{key} = {value}  # a guess" for key, value in written.items()]


def _parts(export: Export, groups: list[Group]) -> list[DraftPart]:
    """People, ties and ties among supporters, as far as the columns of an export are there; nothing without ties."""
    parts = []
    for group in groups:
        columns = list(map(str, group.frame.columns))
        patient = next((name for name in export.patient if name in columns), None)
        if patient is None:
            continue
        ids = {"patient": FILE if export.by_file else patient}
        supporter = next((name for name in export.supporter if name in columns), None)
        ends = next((pair for pair in export.ends if set(pair) <= set(columns)), None)
        if ends:
            parts.append(_part("alter_ties", group, ids | {"supporter_a": ends[0], "supporter_b": ends[1]}))
        elif supporter and not (export.name == "Network Canvas" and "_ego" in group.patterns[0]):
            parts.append(_part("ties", group, ids | {"supporter": supporter}))
        else:
            parts.append(_part("people", group, ids))
    return _in_order(parts) if any(part.key == "ties" for part in parts) else []


def _in_order(parts: list[DraftPart]) -> list[DraftPart]:
    """The parts as they stand in a mapping; of people only one, and files without a row beside those with some."""
    people = [part for part in parts if part.key == "people"][:1]
    joined: list[DraftPart] = []
    for key in ("ties", "alter_ties"):
        filled = [part for part in parts if part.key == key and len(part.group.frame)]
        empty = [part for part in parts if part.key == key and not len(part.group.frame)]
        filled, empty = (filled, empty) if filled else (empty[:1], empty[1:])
        for part in filled[:1]:
            more = [pattern for other in empty for pattern in other.group.patterns]
            more += [
                name + ".csv" for name in ("*_attributeList", "*_edgeList") if part.group.patterns[0].startswith(name)
            ]
            part.group.patterns.extend(pattern for pattern in dict.fromkeys(more) if pattern not in part.group.patterns)
        joined += filled
    return people + joined


def _part(key: str, group: Group, ids: dict[str, str]) -> DraftPart:
    columns = {str(name): group.frame[name] for name in group.frame.columns if name not in ids.values()}
    return DraftPart(key, group, ids, columns)


def _wide_or_other(groups: list[Group]) -> tuple[str, list[DraftPart]]:
    """Tables of no known export: supporters in numbered columns, or a row a tie."""
    for group in groups:
        if slots := _slots(group):
            return "one row a person, with supporters in numbered columns", _wide_parts(group, slots)
    for group in groups:
        patient = str(group.frame.columns[0])
        if _by_file(group):
            return "one file a person", [_part("ties", group, {"patient": FILE, "supporter": patient})]
        if group.frame[patient].duplicated().any():
            ties = _part("ties", group, {"patient": patient, "supporter": _supporter(group.frame, patient)})
            people = [other for other in groups if other is not group and patient in other.frame.columns]
            return "", [*(_part("people", other, {"patient": patient}) for other in people[:1]), ties]
    return "", []


def _by_file(group: Group) -> bool:
    """Whether ids in the first column begin anew in each of several files: then people are told apart by the file."""
    ids = group.frame.iloc[:, 0]
    files = ids.index.astype(str).str.replace(OF_FILE, "", regex=True)
    star = len(group.patterns) == 1 and "*" in group.patterns[0]
    within = any(cells.duplicated().any() for _, cells in ids.groupby(files))
    return star and not within and bool(ids.duplicated().any())


def _supporter(frame: pd.DataFrame, patient: str) -> str:
    """The column that seems to hold ids of supporters, each once in the network of a person; else the row."""
    for name in map(str, frame.columns):
        given = frame[frame[name].notna()]
        if name != patient and ABOUT_ID.search(name) and not given.duplicated([patient, name]).any() and len(given):
            return name
    return ROW


def _people_in(ties: DraftPart) -> list[DraftPart]:
    """People whose facts stand in the rows of their ties: columns with one answer a person."""
    frame, patient = ties.group.frame, ties.ids["patient"]
    if patient not in frame.columns or ties.slots or not frame[patient].duplicated().any():
        return []
    same = [name for name in ties.columns if (frame.groupby(patient)[name].nunique() <= 1).all()]
    columns = {name: ties.columns[name] for name in same if ties.columns[name].notna().any()}
    if not person_lines(columns, "," if "decimal" in ties.group.written else "."):
        return []
    for name in columns:
        del ties.columns[name]
    return [DraftPart("people", ties.group, {"patient": patient}, columns)]


def _slots(group: Group) -> list[str]:
    """The numbers that most columns share, if they share any; rather those that begin with 1."""
    sets = Counter(tuple(numbers) for numbers in _stems(group).values() if len(numbers) > 1)
    counting = {numbers: [int(number) for number in numbers] for numbers in sets}
    from_one = {numbers: values == list(range(1, len(values) + 1)) for numbers, values in counting.items()}
    most = max(sets, key=lambda numbers: (from_one[numbers], sets[numbers], len(numbers)), default=())
    return list(most) if most and (sets[most] > 1 or len(most) > 2) else []


def _stems(group: Group) -> dict[str, list[str]]:
    """Names of columns with {slot} for a number in them -> the numbers."""
    stems: dict[str, list[str]] = {}
    for name in map(str, group.frame.columns):
        for found in re.finditer("[0-9]+", name):
            stems.setdefault(name[: found.start()] + SLOT + name[found.end() :], []).append(found[0])
    return stems


def _wide_parts(group: Group, slots: list[str]) -> list[DraftPart]:
    import pandas as pd

    numbered = {stem: numbers for stem, numbers in _stems(group).items() if numbers == slots}
    of_slots = {stem.replace(SLOT, slot) for stem in numbered for slot in slots}
    fixed = {str(name): group.frame[name] for name in group.frame.columns if name not in of_slots}
    patient = next((name for name in WIDE if name in fixed), next(iter(fixed), ROW))
    melted = {stem: pd.concat([group.frame[stem.replace(SLOT, slot)] for slot in slots]) for stem in numbered}
    people = {name: cells for name, cells in fixed.items() if name != patient}
    supporter = next(iter(numbered)) if len(numbered) == 1 else SLOT  # names alone: who has none is nobody
    return [
        DraftPart("people", group, {"patient": patient}, people),
        DraftPart("ties", group, {"patient": patient, "supporter": supporter}, melted, slots),
    ]


def _part_lines(part: DraftPart, own_format: bool, several: bool) -> list[str]:
    """A part of the mapping, with its other columns as comments."""
    files = part.group.patterns
    decimal = "," if "decimal" in part.group.written else "."
    lines = [f"[[{part.key}]]" if several else f"[{part.key}]"]
    lines.append("files = " + quoted(files[0] if len(files) == 1 else files))
    lines += _formats(part.group.written) if own_format else []
    lines += [f"{key} = {quoted(name)}" for key, name in part.ids.items()]
    if part.slots:
        counting = part.slots == [str(at) for at in range(1, len(part.slots) + 1)]
        written = f'"1-{len(part.slots)}"' if counting else quoted(part.slots)
        lines.append(f"slots = {written}")
    if part.key == "people":
        lines += person_lines(part.columns, decimal)
    if part.key == "ties":
        lines += number_lines(part.columns, decimal)
    if part.key == "alter_ties":
        lines += pair_lines(part.columns, decimal)
    text = "\n".join(lines)
    rest = [name for name in part.columns if quoted(name) not in text]
    if rest:
        lines += ["# Its other columns:", *(column_comment(name, part.columns[name], decimal) for name in rest[:100])]
    if len(rest) > 100:
        lines.append(f"#   and {len(rest) - 100} more")
    return [*lines, "", *role_lines(part.columns, bool(part.slots))] if part.key == "ties" else lines
