"""The files of a study looked at without a mapping: how each is written, and its columns."""

from __future__ import annotations

import re
from pathlib import Path, PurePosixPath
from typing import TYPE_CHECKING, NamedTuple

from supportnet.sim.errors import UserInputError
from supportnet.sim.importing.account import Account
from supportnet.sim.importing.decoding import decode_table, likely_encodings
from supportnet.sim.importing.delimited import DELIMITERS, SEPARATOR, first_rows, read_delimited
from supportnet.sim.importing.file_kinds import kind_of
from supportnet.sim.importing.network_canvas import read_graphml
from supportnet.sim.importing.settings import Settings
from supportnet.sim.importing.sources import SourceFile, files_at, fits, opened

if TYPE_CHECKING:
    import pandas as pd

TABLES = (".csv", ".tsv", ".tab", ".txt", ".dat")
COMMA, POINT = re.compile(r"[+-]?[0-9]*,[0-9]+"), re.compile(r"[+-]?[0-9]*\.[0-9]+")
OF_SESSION = re.compile(r".*?(_ego|_attributeList|_edgeList)((?:_[^/]*)?\.csv)")  # a file of Network Canvas


class Sample(NamedTuple):
    """A file as it seems to be written, and its rows as texts."""

    name: str
    written: dict[str, str]  # lines of the mapping by which it is read
    frame: pd.DataFrame


class Group(NamedTuple):
    """Files with the same columns, and the patterns of their names."""

    patterns: list[str]
    written: dict[str, str]
    frame: pd.DataFrame


def groups_at(source: Path) -> tuple[list[Group], list[str]]:
    """The tables among the files of a study, those with the same columns together, and a word about all other files."""
    groups: dict[object, list[Sample]] = {}
    others: list[str] = []
    files = files_at(source, deep=True)
    if not any(file.name.lower().endswith((*TABLES, ".graphml")) for file in files):
        files = opened(files)
    stems = [PurePosixPath(file.name).stem + "_" for file in files if file.name.lower().endswith(".graphml")]
    csv = [
        stem for stem in stems if any(file.name.startswith(stem) for file in files)
    ]  # sessions that are there as CSV
    for file in files:
        if file.name.lower().endswith(".graphml") and PurePosixPath(file.name).stem + "_" in csv:
            continue
        try:
            samples = _samples(file)
        except UserInputError as mistake:
            others.append(f"{file.name}: {mistake.parts['what']}")
            continue
        others += [] if samples else [file.name]
        for sample in samples:
            session = OF_SESSION.fullmatch(sample.name)
            key = session.groups() if session else (PurePosixPath(sample.name).parent.parts[:-1], *sample.frame.columns)
            groups.setdefault(key, []).append(sample)
    names = [sample.name for group in groups.values() for sample in group]
    return [_group(samples, names) for samples in groups.values()], others


def _samples(file: SourceFile) -> list[Sample]:
    """The tables of a file: one of text, several of a GraphML file, none of others."""
    ending = PurePosixPath(file.name).suffix.lower()
    if ending == ".graphml":
        return [Sample(name, {}, frame) for name, frame in read_graphml(file.content(), file.name).items()]
    if ending not in TABLES or PurePosixPath(file.name).name.lower().startswith(("readme", "overview")):
        return []
    return [_sample(file.content(), file.name)]


def _sample(raw: bytes, name: str) -> Sample:
    written: dict[str, str] = {}
    encoding = None
    try:
        text = decode_table(raw, name, None, Account())
    except UserInputError:
        if kind_of(raw) or b"\0" in raw:
            raise
        encoding = likely_encodings(raw)[0]
        written["encoding"] = f'"{encoding}"'
        text = raw.decode(encoding)
    separator = SEPARATOR.match(text)
    delimiter = separator[1] if separator else max(DELIMITERS, key=lambda mark: (mark != " ") * _width(text, mark))
    if _width(text, delimiter) < 2:
        delimiter = " "
    if delimiter != "," and not separator:
        written["delimiter"] = '"\\t"' if delimiter == "\t" else f'"{delimiter}"'
    rows = first_rows(text, delimiter)
    widest = max((len(row.cells) for row in rows), default=0)
    above = [row.number for row in rows if row.number < next(r.number for r in rows if len(r.cells) == widest)]
    if above:
        written["skip_rows"] = str(above)
    settings = Settings("", str, "", delimiter, encoding, ".", (), tuple(above), (), ())
    frame = read_delimited(text, name, settings, (), Account())
    cells = [str(cell) for column in frame.columns for cell in frame[column].dropna().unique()]
    if any(map(COMMA.fullmatch, cells)) and not any(map(POINT.fullmatch, cells)):
        written["decimal"] = '","'
    return Sample(name, written, frame)


def _width(text: str, delimiter: str) -> int:
    """Columns that most of the first rows have with this delimiter."""
    widths = [len(row.cells) for row in first_rows(text, delimiter)]
    return max(set(widths), key=lambda width: (widths.count(width), width)) if widths else 0


def _group(samples: list[Sample], names: list[str]) -> Group:
    """Files that belong together, with patterns that no other file fits."""
    import pandas as pd

    own = [sample.name for sample in samples]
    frame = pd.concat([sample.frame for sample in samples])
    session = OF_SESSION.fullmatch(own[0])
    pattern = f"*{session[1]}{session[2]}" if session else _pattern(own)
    others = [name for name in names if name not in own]
    good = all(fits(name, pattern) is not None for name in own) and not any(fits(name, pattern) for name in others)
    return Group([pattern] if good else own, samples[0].written, frame.where(frame.notna(), None))


def _pattern(names: list[str]) -> str:
    """What several names have in common, with a star for the rest."""
    if len(names) == 1:
        return names[0]
    parts = list(zip(*(PurePosixPath(name).parts for name in names), strict=False))
    return "/".join(_common(list(part)) for part in parts)


def _common(words: list[str]) -> str:
    first, last = min(words), max(words)
    if first == last:
        return first
    begin = next((at for at, pair in enumerate(zip(first, last, strict=False)) if pair[0] != pair[1]), len(first))
    prefix = first[:begin]
    backwards = [word[len(prefix) :][::-1] for word in words]
    first, last = min(backwards), max(backwards)
    end = next((at for at, pair in enumerate(zip(first, last, strict=False)) if pair[0] != pair[1]), len(first))
    return f"{prefix}*{first[:end][::-1]}"
