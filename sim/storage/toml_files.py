"""Files in TOML: read as text, parsed, and the line in which a key stands; and written."""

import os
import re
import stat
import tomllib
from collections.abc import Mapping, Sequence
from functools import lru_cache
from typing import Any

from supportnet.sim.errors import UserInputError

HEADER = re.compile(r"\s*(\[\[?)([^\]]+)\]")
# What takes tomllib or what follows very long, and nobody writes: files come from other people too.
MOST_BYTES = 1_000_000
MOST_PARTS, DEEPEST = 20, 50  # of a dotted key; tables within tables
LONGEST_KEY = 500  # characters that are looked for in a file
LARGEST_WHOLE = 2**53  # to which every whole number is a float too
QUOTED = re.compile(
    r"""#.*|"{3}(?:[^\\]|\\[\s\S])*?(?:"{3}|\\?\Z)|'{3}[\s\S]*?(?:'{3}|\Z)|"(?:[^"\\\n]|\\.)*"?|'[^'\n]*'?"""
)
BETWEEN_KEYS = re.compile(r"[\n=,{}\[\]]")


def content_of(path: str | os.PathLike[str], most: int = MOST_BYTES) -> bytes:
    """The bytes of a file. Raises UserInputError where it cannot be read, or has more bytes than anybody writes."""
    try:
        if not stat.S_ISREG(os.stat(path).st_mode):  # a pipe or a device might never end
            raise OSError(0, "it is not a file")
        with open(path, "rb") as file:
            content = file.read(most + 1)
    except (OSError, ValueError) as error:  # ValueError: a path with a null byte
        raise UserInputError(
            f"cannot be read: {getattr(error, 'strerror', error)}",
            where=str(path),
            found=str(path),
            expected="a readable file",
            remedy="check the path and its permissions",
        ) from None
    if len(content) > most:
        raise UserInputError(
            "is too large", where=str(path), found=f"more than {most:,} bytes", expected=f"at most {most:,} bytes",
            remedy="check that it is the right file",
        )  # fmt: skip
    return content


def decoded(content: bytes, name: str) -> str:
    """The text of a file. Raises UserInputError where it is not UTF-8."""
    try:
        return content.decode("utf-8-sig").replace("\r\n", "\n")
    except UnicodeDecodeError as error:
        line = content.count(b"\n", 0, error.start) + 1
        raise UserInputError(
            "is not UTF-8 text",
            where=f"{name}, line {line}",
            found=content[error.start : error.start + 8],
            expected="a text file in UTF-8",
            remedy="save the file again with the encoding UTF-8",
        ) from None


def parsed(text: str, name: str, such_as: str) -> dict[str, Any]:
    """What a text says, as plain dicts; such_as: a line as it may stand in such a file.

    Raises UserInputError where the text is not TOML, or nested deeper than anybody writes.
    """
    _check_keys(text, name)
    try:
        found = tomllib.loads(text)
    except (ValueError, RecursionError) as error:  # TOMLDecodeError is a ValueError; so is a number of 5,000 digits
        line = re.search(r"line (\d+)", str(error))
        raise UserInputError(
            f"is not TOML: {error}",
            where=f"{name}, line {line[1]}" if line else name,
            found=text.split("\n")[int(line[1]) - 1][:80] if line else text[-80:],
            expected=f"lines such as {such_as}, each key once",
            remedy="correct the line; texts need quotation marks, lists and headings square brackets, tables braces",
        ) from None
    _check_depth(found, name)
    return found


def _check_keys(text: str, name: str) -> None:
    """Raises UserInputError for a dotted key of very many parts, for which tomllib takes time and memory without
    bounds."""
    for piece in BETWEEN_KEYS.split(QUOTED.sub('""', text)):
        if piece.count(".") > MOST_PARTS:
            raise _too_deep(name, piece.strip()[:60])


def _check_depth(tables: dict[str, Any], name: str) -> None:
    level: list[Any] = [tables]
    for _ in range(DEEPEST):
        level = [inner for one in level for inner in (one.values() if isinstance(one, dict) else one)]
        level = [one for one in level if isinstance(one, dict | list)]
        if not level:
            return
    raise _too_deep(name, f"more than {DEEPEST} levels")


def _too_deep(name: str, found: str) -> UserInputError:
    return UserInputError(
        "tables are nested too deeply", where=name, found=found,
        expected="at most four levels, such as programmes.befriending.uses.friend",
        remedy="remove the innermost tables",
    )  # fmt: skip


def toml_text(tables: Mapping[str, Any]) -> str:
    """The text of a TOML file that says this: a section for each table, whole numbers without a point."""
    from tomlkit import dumps  # only where something is written

    return dumps(_plain_numbers(tables))


def quoted(value: Any) -> str:
    """A text, or a list of texts, in TOML on one line."""
    from tomlkit import item

    return str(item(value).as_string())


def _plain_numbers(value: Any) -> Any:
    match value:
        case Mapping():
            return {key: _plain_numbers(inner) for key, inner in value.items()}
        case list() | tuple():
            return [_plain_numbers(inner) for inner in value]
        case float() if value.is_integer() and abs(value) <= LARGEST_WHOLE:
            return int(value)
    return value


def line_of(text: str, key: Sequence[str]) -> int:
    """The line that says this key, or else the nearest thing around it; 0 where nothing is found."""
    lines, sought = _lines(text), ".".join(key)[:LONGEST_KEY]
    while sought and f"{sought}." not in lines:
        sought = sought.rpartition(".")[0]
    return lines.get(f"{sought}.", 0) if sought else 0


@lru_cache(maxsize=16)
def _lines(text: str) -> dict[str, int]:
    """The first line that says each key, by its dotted name with a dot behind it."""
    found, heading, seen = dict[str, int](), "", dict[str, int]()
    for number, line in enumerate(text.split("\n"), start=1):
        if header := HEADER.match(line):
            heading = _plain(header[2]) + "."
            if header[1] == "[[":
                seen[heading] = seen.get(heading, -1) + 1
                heading += f"{seen[heading]}."
            here = heading
        else:
            here = heading + _plain(line.partition("=")[0]) + "."
        found.setdefault(here, number)
    return found


def _plain(key: str) -> str:
    return re.sub(r"[\"'\s]", "", key)
