"""Which files of a study hold what."""

from __future__ import annotations

import hashlib
from collections import defaultdict
from pathlib import Path, PurePosixPath
from typing import TYPE_CHECKING, NamedTuple

from supportnet.sim.errors import UserInputError
from supportnet.sim.importing.account import Account, ReadFile
from supportnet.sim.importing.decoding import decode_table
from supportnet.sim.importing.delimited import read_delimited
from supportnet.sim.importing.file_kinds import OF_NO_TEXT, STATA, kind_of
from supportnet.sim.importing.mapping import ReadMapping
from supportnet.sim.importing.mapping_shape import FILE, Files, TieFiles
from supportnet.sim.importing.network_canvas import read_graphml
from supportnet.sim.importing.settings import settings_of
from supportnet.sim.importing.slots import unfolded
from supportnet.sim.importing.sources import SourceFile, files_at, fits, opened, printable_name
from supportnet.sim.importing.stata import read_stata
from supportnet.sim.importing.tables import PartTable, joined

if TYPE_CHECKING:
    import pandas as pd


class InterviewStudy(NamedTuple):
    """The tables of a study by the part of the mapping they belong to, and what became of each file."""

    tables: dict[str, PartTable]
    read: list[ReadFile]
    sharing: dict[str, set[str]]  # the parts that are made of the same tables as a part, with itself
    empty: dict[str, dict[str, str]]  # files without a row, by part: name -> what stars of the pattern stand for
    sha256: str  # of the names and bytes of all files read

    def flat(self) -> bool:
        """Whether people stand in the tables of their ties."""
        return any(part.startswith("ties") for part in self.sharing.get("people", ()))


class Reader:
    """Reads the files of a study, each as the parts whose patterns its name fits."""

    def __init__(self, meaning: ReadMapping, account: Account):
        self.parts = meaning.mapping.parts()
        self.settings = {
            key: settings_of(meaning.mapping, key, entry, meaning.place_of) for key, entry in self.parts.items()
        }
        self.account = account
        self.frames: dict[str, list[pd.DataFrame]] = {}
        self.read: list[ReadFile] = []
        self.digests: dict[str, bytes] = {}
        self.empty: dict[str, dict[str, str]] = defaultdict(dict)
        self.sharing: dict[str, set[str]] = defaultdict(set)

    def stars(self, name: str) -> dict[str, str]:
        """The parts of the study that a file of this name holds, each with what stars of its pattern stand for."""
        found = {}
        for key, entry in self.parts.items():
            fitting = [stars for pattern in entry.files if (stars := fits(name, pattern)) is not None]
            if fitting:
                found[key] = fitting[0]
        return found

    def take(self, file: SourceFile) -> list[str]:
        """Reads a file; the names within it that no part of the study has."""
        if not is_graphml(file):
            stars = self.stars(file.name)
            for key in stars:
                self.sharing[key] |= stars.keys()
            raw = file.content() if stars else b""
            for key, star in stars.items():
                self._add(file, raw, key, star, self._frame(raw, file.name, key))
            return [] if stars else [file.name]
        raw, other = file.content(), []
        for name, frame in read_graphml(raw, file.name).items():
            stars = self.stars(name)
            other += [] if stars else [f"{name} in {file.name}"]
            for key, star in stars.items():
                self._add(file, raw, key, star, frame)
        return other

    def _frame(self, raw: bytes, name: str, key: str) -> pd.DataFrame:
        settings = self.settings[key]._replace(beside=self.last_read(key))
        if kind_of(raw) is STATA:
            return read_stata(raw, name, settings.decimal)
        text = decode_table(raw, name, settings.encoding, self.account)
        return read_delimited(text, name, settings, self.parts[key].needed(), self.account)

    def last_read(self, key: str) -> str:
        """The file that was read last as this part."""
        return next((read.file for read in reversed(self.read) if read.part == key), "")

    def _add(self, file: SourceFile, raw: bytes, key: str, star: str, frame: pd.DataFrame) -> None:
        if any(FILE in template for template in self.parts[key].ids()):
            frame = frame.assign(**{FILE: star or None})
        if frame.empty:
            self.empty[key][file.name] = star
        self.frames.setdefault(key, []).append(frame)
        self.read.append(ReadFile(file.name, key, len(frame)))
        self.digests[file.name] = hashlib.sha256(raw).digest()

    def study(self) -> InterviewStudy:
        """What was read."""
        tables = {}
        for key, entry in self.parts.items():
            if key in self.frames:
                table = joined(key, self.frames[key], entry.needed(), self.settings[key], self.account)
                tables[key] = unfolded(table, entry) if isinstance(entry, TieFiles) else table
        digest = hashlib.sha256()
        for name, content in sorted(self.digests.items()):
            digest.update(name.encode() + b"\0" + content)
        return InterviewStudy(tables, self.read, self.sharing, self.empty, digest.hexdigest())


def gather_files(source: Path, meaning: ReadMapping, account: Account) -> InterviewStudy:
    """Every file of a folder or an archive, or one file, read as the parts of the study that its name fits."""
    reader = Reader(meaning, account)
    deep = any("/" in pattern for entry in reader.parts.values() for pattern in entry.files)
    files = [file for file in files_at(source, deep) if file.name != meaning.name]
    if source.is_dir() and not any(reader.stars(file.name) or is_graphml(file) for file in files):
        files = opened(files)
    as_csv = [file.name for file in files if reader.stars(file.name)]
    also_csv: list[str] = []
    other: list[str] = []
    for file in files:
        if is_graphml(file) and any(name.startswith(PurePosixPath(file.name).stem + "_") for name in as_csv):
            also_csv.append(file.name)
        else:
            other += reader.take(file)
    study = reader.study()
    for key, entry in reader.parts.items():
        if key not in study.tables and key != "people":
            account.note(f"{key}: no file found ({', '.join(entry.files)})")
    alone = [file.name for file in files] == [printable_name(source.name)]
    _check_found(source, reader.parts, study, other, [] if alone else files)
    account.leave_out("files", also_csv, "GraphML of a session that is there as CSV too: the CSV counts")
    account.leave_out("files", other, "no pattern of the mapping fits the name")
    return study


def is_graphml(file: SourceFile) -> bool:
    """Whether a file is one of Network Canvas' GraphML files, by its name."""
    return file.name.lower().endswith(".graphml")


def _check_found(
    source: Path, parts: dict[str, Files], study: InterviewStudy, other: list[str], files: list[SourceFile]
) -> None:
    """A folder has people and ties where the mapping names them; a file alone (no files beside it) one of its parts."""
    names = {part.split(".")[0] for part in study.tables}
    wanted = {part.split(".")[0] for part in parts} - {"alter_ties"}
    lacking = sorted(wanted - names) if files or not names else []
    if not lacking:
        return
    patterns = [pattern for key in lacking for pattern in _patterns(parts, key)]
    available = ", ".join(other[:10]) + (", …" if len(other) > 10 else "") or "none"
    what, expected = f"no files found for {' and '.join(lacking)}", ", ".join(patterns)
    remedy = _elsewhere(source, patterns, other) or _of_no_text(files, other)
    remedy = remedy or "correct the patterns under files in the mapping, or give the folder with the exported files"
    raise UserInputError(what, where=str(source), found=available, expected=expected, remedy=remedy)


def _elsewhere(source: Path, patterns: list[str], other: list[str]) -> str:
    """A remedy where files would fit with other capitals, or lie in folders within the folder."""
    for pattern in patterns:
        for name in other:
            if fits(name.casefold(), pattern.casefold()) is not None:
                return f'capitals count in names of files: write files = "{name}" in place of "{pattern}"'
    if not any(name.endswith("/") for name in other):
        return ""
    paths = [PurePosixPath(file.name) for file in files_at(source, deep=True)]
    for pattern in patterns:
        folders = sorted({path.parent for path in paths if fits(path.name, pattern) is not None})
        if folders and "/" not in pattern:
            only = str(folders[0]) if len(folders) == 1 else "/".join("*" * len(folders[0].parts))
            return (
                f'its files lie in folders within the folder: write files = "{only}/{pattern}" in place of "{pattern}"'
            )
    return ""


def _of_no_text(files: list[SourceFile], other: list[str]) -> str:
    """A remedy where one of the files is a workbook or the like."""
    for file in files:
        known = file.name in other and PurePosixPath(file.name).suffix.lower() in OF_NO_TEXT
        if known and (kind := kind_of(file.content())):
            return f"{file.name} is {kind.what}: {kind.way_out}"
    return ""


def _patterns(parts: dict[str, Files], kind: str) -> list[str]:
    """The patterns of all parts of a kind."""
    return [pattern for part, entry in parts.items() if part.split(".")[0] == kind for pattern in entry.files]
