"""Where the files of a study lie: in a folder, in folders within it, in a ZIP archive, or one file alone."""

from __future__ import annotations

import io
import re
import zipfile
import zlib
from collections import Counter
from collections.abc import Callable, Iterator
from functools import cache, partial
from itertools import islice
from pathlib import Path, PurePosixPath
from typing import NamedTuple
from unicodedata import normalize

from supportnet.sim.errors import UserInputError
from supportnet.sim.importing.file_kinds import ZIP, kind_of

MOST_BYTES = 500_000_000  # of everything in one archive, unpacked
MOST_FILES = 20_000
ENCRYPTED, UTF_8 = 0x1, 0x800  # flags of a file in an archive: of its content, and of its name


class SourceFile(NamedTuple):
    """A file of a study: its name as patterns see it and messages show it, and its bytes."""

    name: str
    content: Callable[[], bytes]


def files_at(source: Path, deep: bool) -> list[SourceFile]:
    """The files of a folder or an archive, sorted by name, or the one file itself; deep: with those in folders."""
    if source.is_file():
        if kind_of(source_bytes(source)) is ZIP:
            return files_in_archive(source_bytes(source), printable_name(source.name))
        return [SourceFile(printable_name(source.name), partial(source_bytes, source))]
    try:
        files = list(islice(_files_in(source, source, deep), MOST_FILES + 1))
    except OSError as error:
        expected, remedy = "a folder of exported files, or one of them", "check the path"
        what = f"can't be read ({error.strerror})"
        raise UserInputError(what, where=str(source), found=str(source), expected=expected, remedy=remedy) from error
    if len(files) > MOST_FILES:
        what, expected = "too many files", f"at most {MOST_FILES:,}"
        remedy = "put the exported files into a folder of their own"
        raise UserInputError(what, where=str(source), found=f"{len(files):,} files", expected=expected, remedy=remedy)
    return files


def _files_in(folder: Path, top: Path, deep: bool) -> Iterator[SourceFile]:
    """The files of a folder; hidden ones don't count, and folders are not followed through links."""
    for path in sorted(path for path in folder.iterdir() if not path.name.startswith(".")):
        if path.is_file():
            yield SourceFile(printable_name(path.relative_to(top).as_posix()), partial(source_bytes, path))
        elif path.is_dir() and not deep and folder == top:
            yield SourceFile(printable_name(path.name) + "/", bytes)
        elif path.is_dir() and deep and not path.is_symlink():
            yield from _files_in(path, top, deep)


def opened(files: list[SourceFile]) -> list[SourceFile]:
    """The files of a folder that holds archives alone, with what is in these; no two of the same name."""
    found: dict[str, SourceFile] = {}
    for file in files:
        for one in files_in_archive(file.content(), file.name) if file.name.lower().endswith(".zip") else [file]:
            if one.name in found:
                remedy = f'unzip each into a folder of its own, and write files = "*/{one.name}" in the mapping'
                what, expected = "the same name in several archives", "each name once"
                raise UserInputError(what, where=file.name, found=one.name, expected=expected, remedy=remedy)
            found[one.name] = one
    return list(found.values())


def files_in_archive(raw: bytes, name: str) -> list[SourceFile]:
    """The files of a ZIP archive, without the folder that holds them all. Nothing is ever unpacked onto the disk."""
    try:
        archive = zipfile.ZipFile(io.BytesIO(raw))
        members = [(PurePosixPath(_name(member)), member) for member in archive.infolist() if not member.is_dir()]
    except (zipfile.BadZipFile, ValueError, OSError, NotImplementedError) as error:
        raise _broken(name, f"it can't be opened ({error})", "download or pack it again") from error
    members = [(path, member) for path, member in members if not _hidden(path)]
    if sum(member.file_size for _, member in members) > MOST_BYTES or len(members) > MOST_FILES:
        most = f"at most {MOST_BYTES // 10**6} MB in {MOST_FILES:,} files"
        raise _broken(name, "more in it than an import reads", f"unzip it, and give the folder ({most})")
    again = [str(path) for path, count in Counter(path for path, _ in members).items() if count > 1]
    if again:
        raise _broken(name, f"two files of the name {printable_name(again[0])}", "pack it again, each file once")
    while members and all(len(path.parts) > 1 and path.parts[0] == members[0][0].parts[0] for path, _ in members):
        members = [(PurePosixPath(*path.parts[1:]), member) for path, member in members]
    return [
        SourceFile(printable_name(str(path)), partial(_unpacked, archive, member, name))
        for path, member in sorted(members, key=lambda pair: str(pair[0]))
    ]


def _hidden(path: PurePosixPath) -> bool:
    """What people do not see, and what lies outside the archive."""
    return any(part.startswith(".") or part == "__MACOSX" for part in path.parts)


def _name(member: zipfile.ZipInfo) -> str:
    """The name of a file in an archive; programs that do not say so write UTF-8 too."""
    if member.flag_bits & UTF_8:
        return member.filename
    try:
        return member.filename.encode("cp437").decode("utf-8")
    except UnicodeError:
        return member.filename


def _unpacked(archive: zipfile.ZipFile, member: zipfile.ZipInfo, name: str) -> bytes:
    """The bytes of a file in an archive, and never more than the archive says."""
    if member.flag_bits & ENCRYPTED:
        raise _broken(name, "it needs a password", "unzip it, and give the folder")
    try:
        with archive.open(member) as file:
            return file.read(member.file_size + 1)
    except (zipfile.BadZipFile, ValueError, OSError, RuntimeError, EOFError, zlib.error) as error:
        raise _broken(
            name, f"{printable_name(member.filename)} in it can't be read ({error})", "download or pack it again"
        ) from error


def _broken(name: str, found: str, remedy: str) -> UserInputError:
    expected = "a ZIP archive with the exported files"
    return UserInputError("the archive can't be read", where=name, found=found, expected=expected, remedy=remedy)


def source_bytes(path: Path) -> bytes:
    """The bytes of a file; one that can't be read is a UserInputError."""
    try:
        return path.read_bytes()
    except OSError as error:
        what, remedy = f"the file can't be read ({error.strerror})", "check who may read it"
        raise UserInputError(
            what, where=str(path), found=path.name, expected="a readable file", remedy=remedy
        ) from error


def printable_name(name: str) -> str:
    """The name of a file as it can be written into a report, in one spelling."""
    return normalize("NFC", name.encode("utf-8", "replace").decode())


def fits(name: str, pattern: str) -> str | None:
    """What the stars of a pattern stand for in a name that it fits, joined by "-"; else None.

    A star stands for anything but "/"; without a star it is the name without its ending.
    """
    found = _regex(normalize("NFC", pattern)).fullmatch(name[::-1])
    if found is None:
        return None
    stars = [part[::-1] for part in reversed(found.groups())]
    return "-".join(stars) if stars else PurePosixPath(name).stem


@cache
def _regex(pattern: str) -> re.Pattern[str]:
    """A pattern of file names as a regular expression for a name from its end: *, ? and [letters] as in a shell.

    From its end, each star as short as can be and never tried otherwise: the first star stands for as much as it can,
    and many stars take no longer than one.
    """
    fixed = [""]  # what stands between stars
    for piece in reversed(re.split(r"(\*|\?|\[!?[^\]/]+\])", pattern)):
        if piece == "*":
            fixed.append("")
        elif piece == "?":
            fixed[-1] += "[^/]"
        elif len(piece) > 2 and piece[0] == "[" and piece[-1] == "]":
            letters = re.escape(piece[1:-1].removeprefix("!")).replace(r"\-", "-")
            fixed[-1] += f"[{'^' if piece[1] == '!' else ''}{letters}]"
        else:
            fixed[-1] += re.escape(piece[::-1])
    first, *others = fixed
    expression = first + "".join(f"(?>([^/]*?){one})" for one in others[:-1])
    expression += "".join(f"([^/]*){one}" for one in others[-1:])
    try:
        return re.compile(expression, re.DOTALL)
    except re.error:  # a range from the last to the first letter
        return re.compile(re.escape(pattern[::-1]))
