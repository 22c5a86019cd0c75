"""Which files of a study hold what, and the writing of a result in one go."""

from __future__ import annotations

import contextlib
import errno
import os
from fnmatch import fnmatchcase
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

from sim.importing.mapping_shape import Mapping
from sim.importing.network_canvas import read_graphml
from sim.importing.report import LeftOut, ReadFile
from sim.importing.tables import Table, joined, read_csv, shown
from sim.mistakes import Mistake
from sim.unfinished import clear, folder_in

if TYPE_CHECKING:
    import pandas as pd


class Study(NamedTuple):
    """The tables of a study by the part of the mapping they belong to, and what became of each file."""

    tables: dict[str, Table]
    read: list[ReadFile]
    left_out: list[LeftOut]


def gather(source: Path, mapping: Mapping, mapping_name: str) -> Study:
    """Every file of a folder, or one file, read as the part of the study whose pattern its name fits."""
    patterns = {part: entry.files for part, entry in mapping.parts().items()}
    frames: dict[str, list[pd.DataFrame]] = {}
    read: list[ReadFile] = []
    other: list[str] = []
    also_csv: list[str] = []
    paths = [path for path in _paths(source) if shown(path) != mapping_name]
    as_csv = [name for name in map(shown, paths) if _part(name, patterns)]
    for path in paths:
        file = shown(path)
        if _is_graphml(path) and any(name.startswith(path.stem + "_") for name in as_csv):
            also_csv.append(file)
            continue
        for name, frame in _frames(path, patterns, mapping).items():
            part = _part(name, patterns)
            if part and frame is not None:
                frames.setdefault(part, []).append(frame)
                read.append(ReadFile(file, part, len(frame)))
            else:
                other.append(name if name == file else f"{name} in {file}")
    _check_found(source, patterns, set(frames), other)
    left_out = [
        LeftOut("files", also_csv, "GraphML of a session that is there as CSV too: the CSV counts"),
        LeftOut("files", other, "no pattern of the mapping fits the name"),
    ]
    tables = {part: joined(part, frames[part]) for part in patterns if part in frames}
    return Study(tables, read, [left for left in left_out if left.places])


def _frames(path: Path, patterns: dict[str, list[str]], mapping: Mapping) -> dict[str, pd.DataFrame | None]:
    """Rows by the name under which patterns look for them: one file of text, or all that a GraphML file holds."""
    if _is_graphml(path):
        return dict(read_graphml(path, mapping))
    name = shown(path)
    return {name: read_csv(path, mapping) if _part(name, patterns) else None}


def _is_graphml(path: Path) -> bool:
    return path.suffix.lower() == ".graphml"


def _part(name: str, patterns: dict[str, list[str]]) -> str:
    """The part of the study that a file of this name holds, or ""; a name that fits two parts is a Mistake."""
    parts = [part for part, of_part in patterns.items() if any(fnmatchcase(name, pattern) for pattern in of_part)]
    if len(parts) > 1:
        expected, remedy = "one part for each file", "make the patterns in the mapping narrower"
        what = "a file that fits two parts of the mapping"
        raise Mistake(what, where=name, found=", ".join(parts), expected=expected, remedy=remedy)
    return parts[0] if parts else ""


def _paths(source: Path) -> list[Path]:
    """The file itself, or the files of the folder, sorted by name; hidden ones don't count."""
    try:
        if source.is_file():
            return [source]
        return sorted(path for path in source.iterdir() if path.is_file() and not path.name.startswith("."))
    except OSError as error:
        expected = "a folder of exported files, or one of them"
        what = f"can't be read ({error.strerror})"
        raise Mistake(what, where=str(source), found=str(source), expected=expected, remedy="check the path") from error


def _check_found(source: Path, patterns: dict[str, list[str]], found: set[str], other: list[str]) -> None:
    """A folder has people and ties where the mapping names them; a single file has one of its parts."""
    names = {part.split(".")[0] for part in found}
    wanted = {part.split(".")[0] for part in patterns} - {"alter_ties"}
    lacking = sorted(wanted - names) if source.is_dir() or not names else []
    if lacking:
        expected = ", ".join(p for part, of_part in patterns.items() if part.split(".")[0] in lacking for p in of_part)
        remedy = "correct the patterns under files in the mapping, or give the folder with the exported files"
        if other and all(name.lower().endswith(".zip") for name in other):
            remedy = "unzip the export first"
        there = ", ".join(other[:10]) + (", …" if len(other) > 10 else "") or "none"
        what = f"no files found for {' and '.join(lacking)}"
        raise Mistake(what, where=str(source), found=there, expected=expected, remedy=remedy)


def write_together(folder: Path, contents: dict[str, bytes]) -> None:
    """Writes all of these files into a folder, or none of them. What goes wrong is a Mistake with its reason."""
    made = [path for path in (folder, *folder.parents) if not path.exists()]
    try:
        folder.mkdir(parents=True, exist_ok=True)
        clear(folder)
        with folder_in(folder) as hidden:
            for name, content in contents.items():
                if (folder / name).is_dir():
                    raise IsADirectoryError(errno.EISDIR, f"{name} is a folder there")
                with open(hidden / name, "wb") as file:
                    file.write(content)
                    file.flush()
                    os.fsync(file.fileno())
            for name in contents:
                os.replace(hidden / name, folder / name)
    except OSError as error:
        for path in made:
            with contextlib.suppress(OSError):
                path.rmdir()
        what = f"the result can't be written ({error.strerror or error})"
        remedy = "choose another folder with --out, or make room on the disk"
        expected = "a folder that can be written to"
        raise Mistake(what, where=str(folder), found=str(folder), expected=expected, remedy=remedy) from error
