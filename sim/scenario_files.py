"""Where scenarios are read from: the library that ships, files of one's own, and values given by hand."""

import os
import re
import tomllib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from pathlib import Path
from typing import Any

from sim.mistakes import Mistake, nearest

HEADER = re.compile(r"\s*(\[\[?)([^\]]+)\]")


@dataclass(frozen=True)
class Source:
    """The text of a scenario and where it stands."""

    name: str  # as a message names it
    text: str = ""
    folder: str = ""  # to which its paths are relative
    identity: str = ""  # the same for the same file, however it was named

    def where(self, key: Sequence[str] = ()) -> str:
        """The file and, where the key stands in it, the line."""
        line = line_of(self.text, key)
        return f"{self.name}, line {line}" if line else self.name


GIVEN = Source("value given by hand", folder=os.curdir)


def library() -> list[str]:
    """Names of the scenarios that ship, in alphabetical order."""
    folder = files("sim").joinpath("scenarios")
    return sorted(file.name.removesuffix(".toml") for file in folder.iterdir() if file.name.endswith(".toml"))


@cache
def shipped_programmes() -> dict[str, Any]:
    """The ten therapeutic models, one row each."""
    return tomllib.loads(files("sim").joinpath("programmes.toml").read_text("utf-8"))


def find(name: str | os.PathLike[str], folder: str = "", asked_in: str = "") -> Source:
    """The scenario of this name in the library, or at this path relative to a folder.

    Raises Mistake, naming the place that asked for it, where there is none or it cannot be read.
    """
    if isinstance(name, str) and name in library():
        content = files("sim").joinpath("scenarios", f"{name}.toml").read_bytes()
        return Source(name, _decoded(content, name), identity=f"library: {name}")
    path = os.path.join(folder, name)
    if not os.path.isfile(path):
        kind = "is a folder, not a scenario file" if os.path.isdir(path) else "no such scenario"
        raise Mistake(
            f"{os.fspath(name)!r}: {kind}",
            where=asked_in,
            found=os.fspath(name),
            expected="a scenario of the library or the path of a TOML file",
            remedy=nearest(Path(name).stem, library()) + " (`supportnet scenarios` lists the library)",
        )
    try:
        content = Path(path).read_bytes()
    except OSError as error:
        raise Mistake(
            f"cannot be read: {error.strerror}",
            where=str(path),
            found=str(path),
            expected="a readable file",
            remedy="check the path and who may read it",
        ) from None
    return Source(str(path), _decoded(content, str(path)), os.path.dirname(path), os.path.realpath(path))


def _decoded(content: bytes, name: str) -> str:
    try:
        return content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = content.count(b"\n", 0, error.start) + 1
        raise Mistake(
            "is not UTF-8 text",
            where=f"{name}, line {line}",
            found=content[error.start : error.start + 8],
            expected="a text file in UTF-8",
            remedy="save the file again with the encoding UTF-8",
        ) from None


def table(source: Source) -> dict[str, Any]:
    """What the file says, as plain dicts. Raises Mistake where it is empty or not TOML."""
    try:
        said = tomllib.loads(source.text)
    except (ValueError, RecursionError) as error:  # TOMLDecodeError is a ValueError; so is a number of 5,000 digits
        line = re.search(r"line (\d+)", str(error))
        raise Mistake(
            f"is not TOML: {error}",
            where=f"{source.name}, line {line[1]}" if line else source.name,
            found=source.text.split("\n")[int(line[1]) - 1][:80] if line else source.text[-80:],
            expected="lines such as caseload = 15 under headings such as [services], each key once",
            remedy="mend the line; texts need quotation marks, tables square brackets",
        ) from None
    if not said:
        raise Mistake(
            "the file is empty",
            where=source.name,
            found="no keys",
            expected='at least based_on = "today"',
            remedy="write what the scenario changes, or name another file",
        )
    return said


def by_hand(values: Mapping[str, object]) -> dict[str, object]:
    """Values given by hand, each text read as a value of TOML; a bare word stays a text."""
    return {name: _value(value) for name, value in values.items()}


def _value(given: Any) -> object:
    if not isinstance(given, str):
        return given.item() if hasattr(given, "item") else given  # a number of numpy's, from a design
    try:
        said = tomllib.loads(f"value = {given}")
    except (ValueError, RecursionError):
        return given
    return said["value"] if len(said) == 1 else given


def line_of(text: str, key: Sequence[str]) -> int:
    """The line that says this key, or else the nearest thing around it; 0 where nothing is found."""
    sought, best, longest = ".".join(key) + ".", 0, 0
    heading, seen = "", dict[str, int]()
    for number, line in enumerate(text.split("\n"), start=1):
        if header := HEADER.match(line):
            heading = _plain(header[2]) + "."
            if header[1] == "[[":
                seen[heading] = seen.get(heading, -1) + 1
                heading += f"{seen[heading]}."
            here = heading
        else:
            here = heading + _plain(line.partition("=")[0]) + "."
        if sought.startswith(here) and len(here) > longest:
            best, longest = number, len(here)
    return best


def _plain(key: str) -> str:
    return re.sub(r"[\"'\s]", "", key)
