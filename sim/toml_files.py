"""Files that people write in TOML: read as text, parsed, and the line in which a key stands."""

import os
import re
import tomllib
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from sim.mistakes import Mistake

HEADER = re.compile(r"\s*(\[\[?)([^\]]+)\]")


def content_of(path: str | os.PathLike[str]) -> bytes:
    """The bytes of a file. Raises Mistake where it cannot be read."""
    try:
        return Path(path).read_bytes()
    except OSError as error:
        raise Mistake(
            f"cannot be read: {error.strerror}",
            where=str(path),
            found=str(path),
            expected="a readable file",
            remedy="check the path and who may read it",
        ) from None


def decoded(content: bytes, name: str) -> str:
    """The text of a file. Raises Mistake where it is not UTF-8."""
    try:
        return content.decode("utf-8-sig").replace("\r\n", "\n")
    except UnicodeDecodeError as error:
        line = content.count(b"\n", 0, error.start) + 1
        raise Mistake(
            "is not UTF-8 text",
            where=f"{name}, line {line}",
            found=content[error.start : error.start + 8],
            expected="a text file in UTF-8",
            remedy="save the file again with the encoding UTF-8",
        ) from None


def parsed(text: str, name: str, such_as: str) -> dict[str, Any]:
    """What a text says, as plain dicts; such_as: a line as it may stand in such a file.

    Raises Mistake where the text is not TOML.
    """
    try:
        return tomllib.loads(text)
    except (ValueError, RecursionError) as error:  # TOMLDecodeError is a ValueError; so is a number of 5,000 digits
        line = re.search(r"line (\d+)", str(error))
        raise Mistake(
            f"is not TOML: {error}",
            where=f"{name}, line {line[1]}" if line else name,
            found=text.split("\n")[int(line[1]) - 1][:80] if line else text[-80:],
            expected=f"lines such as {such_as}, each key once",
            remedy="mend the line; texts need quotation marks, lists and headings square brackets, tables braces",
        ) from None


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
