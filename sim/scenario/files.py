"""Where scenarios are read from: the library that ships, files of one's own, and values given by hand."""

import os
import tomllib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from pathlib import Path
from typing import Any

from supportnet.sim.errors import UserInputError, meant_by, nearest
from supportnet.sim.storage.toml_files import content_of, decoded, line_of, parsed
from supportnet.sim.storage.toml_kinds import refuse_other_kind


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


GIVEN = Source("values", folder=os.curdir)  # named after the argument that they come from


def library() -> list[str]:
    """Names of the scenarios that ship, in alphabetical order."""
    folder = files("supportnet.sim").joinpath("scenarios")
    return sorted(file.name.removesuffix(".toml") for file in folder.iterdir() if file.name.endswith(".toml"))


@cache
def shipped_programmes() -> dict[str, Any]:
    """The ten therapeutic models, one row each."""
    return tomllib.loads(files("supportnet.sim").joinpath("programmes.toml").read_text("utf-8"))


def find_scenario(name: str | os.PathLike[str], folder: str = "", asked_in: str = "") -> Source:
    """The scenario of this name in the library, or at this path relative to a folder.

    Raises UserInputError, naming the place that asked for it, where there is none or it cannot be read.
    """
    if isinstance(name, str) and name in library():
        content = files("supportnet.sim").joinpath("scenarios", f"{name}.toml").read_bytes()
        return Source(name, decoded(content, name), identity=f"library: {name}")
    path = os.path.join(folder, name)
    if not os.path.isfile(path):
        missing = no_such_file("scenario", name, folder, library(), "`supportnet scenarios`")
        if os.path.isdir(path):
            missing["what"] = f"{os.fspath(name)!r}: is a folder, not a scenario file"
        expected = "a scenario of the library or the path of a TOML file"
        raise UserInputError(where=asked_in, expected=expected, **missing)
    text = decoded(content_of(path), str(path))
    return Source(str(path), text, os.path.dirname(path), os.path.realpath(path))


def parsed_scenario(source: Source) -> dict[str, Any]:
    """What the file says, as plain dicts. Raises UserInputError where it is empty or not TOML."""
    content = parsed(source.text, source.name, "caseload = 15 under headings such as [services]")
    if not content:
        raise UserInputError(
            "the file is empty",
            where=source.name,
            found="no keys",
            expected='at least based_on = "today"',
            remedy="write what the scenario changes, or name another file",
        )
    refuse_other_kind("a scenario", content, source.name)
    return content


def no_such_file(kind: str, name: str | os.PathLike[str], folder: str, known: Sequence[str], listed_by: str) -> Any:
    """The parts of a mistake about a name that stands for nothing: neither one that ships, nor a file."""
    path = Path(folder, name)
    is_path = path.suffix == ".toml" or len(path.parts) > 1
    beside = [one.name for one in path.parent.glob("*.toml")] if path.parent.is_dir() else []
    meant = meant_by(path.name, beside) or meant_by(path.stem, known)
    here = f"no such {kind} file" + (" in this folder" if path.parent == Path() else "")  # a page shows no other folder
    return {
        "what": f"{os.fspath(name)!r}: {here if is_path else f'no such {kind}'}",
        "found": os.fspath(name),
        "remedy": meant or ("check the path" if is_path else nearest(path.stem, known, listed_by)),
    }


def by_hand(values: Mapping[str, object]) -> dict[str, object]:
    """Values given by hand, each text read as a value of TOML; a bare word stays a text."""
    return {name: _value(value) for name, value in values.items()}


def _value(given: Any) -> object:
    if not isinstance(given, str):
        return given.item() if hasattr(given, "item") else given  # a number of numpy's, from a design
    try:
        table = parsed(f"value = {given}", "", "")
    except UserInputError:
        return given
    return table["value"] if len(table) == 1 else given
