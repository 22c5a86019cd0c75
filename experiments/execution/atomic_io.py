"""Files that appear whole or not at all, whatever happens to the process or the power."""

import errno
import hashlib
import json
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, BinaryIO

import pyarrow.parquet as pq
from pydantic import ValidationError

from supportnet.sim.errors import UserInputError
from supportnet.sim.storage.unfinished import file_for

# What may be wrong with a file of results that was damaged, or that somebody else wrote.
UNREADABLE = (OSError, ValueError, KeyError, TypeError, AttributeError, IndexError, RecursionError)


@contextmanager
def whole(goal: Path) -> Iterator[BinaryIO]:
    """A file to write into, which takes the place of `goal` once it is on the disk (fsync, then rename).

    Where anything goes wrong `goal` stays as it is. What the disk says is a UserInputError, and so is a goal that is no
    file: a device or a pipe would be gone.
    """
    if goal.exists() and not goal.is_file():
        expected, remedy = "the name of a file", "choose another name"
        raise UserInputError("is not a file", where=str(goal), expected=expected, remedy=remedy)
    try:
        goal.parent.mkdir(parents=True, exist_ok=True)
        with file_for(goal) as file:
            yield file
            file.flush()
            os.fsync(file.fileno())
        _sync(goal.parent)
    except OSError as error:
        raise UserInputError(
            f"results can't be written ({error.strerror or error})",
            where=str(goal.parent),
            found=str(error.filename or goal),
            expected="a folder that can be written to, on a disk with room",
            remedy="make room, or choose another folder with --out; what is done is not computed again",
        ) from error


def inside(folder: Path, name: str, root: Path | None = None) -> Path:
    """A file of a folder of results. Raises UserInputError for a link that leads out of it (or of `root`, a folder
    above).

    What such a link leads to could be anything on this computer, and goes into tables and pages that are sent on.
    """
    path, root = folder / name, root or folder
    real = Path(os.path.realpath(path))
    if not real.is_relative_to(os.path.realpath(root)):
        raise UserInputError(
            "is a link that leads out of the folder", where=str(path), found=f"a link to {real}",
            expected="a file of its own", remedy="take the link away, or put the file itself there",
        )  # fmt: skip
    if real.exists() and not real.is_file():
        raise UserInputError("is not a file", where=str(path), expected="a file", remedy="make these results again")
    return path


def subfolder(folder: Path, name: str) -> Path:
    """A folder within a folder of results. Raises UserInputError for a link: what is written would lie somewhere
    else."""
    if (path := folder / name).is_symlink():
        raise UserInputError(
            "is a link to another folder", where=str(path), found=f"a link to {os.readlink(path)}",
            expected="a folder of its own", remedy="take the link away, or choose another folder with --out",
        )  # fmt: skip
    return path


def bytes_of(path: Path) -> bytes:
    """What is in a file. Raises OSError, also for a pipe or a device: it might never end."""
    if path.exists() and not path.is_file():
        raise OSError(errno.EINVAL, "it is not a file", str(path))
    return path.read_bytes()


def read_json(path: Path) -> Any:
    """What a file of JSON says. Raises OSError, or ValueError for what is none, or nested without end."""
    try:
        return json.loads(bytes_of(path).decode())
    except RecursionError:
        raise ValueError("nested too deeply") from None


def sha256_of(path: Path) -> str:
    """SHA-256 of a file, in hexadecimal."""
    with open(path, "rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def has_checksum(path: Path, checksum: str) -> bool:
    """Whether there is a file with this SHA-256."""
    try:
        return path.is_file() and sha256_of(path) == checksum
    except OSError:
        return False


def check_parquet(path: Path, checksum: str) -> None:
    """Raises an exception where a Parquet file is not the one with this SHA-256 (or the beginning of one).

    checksum: nothing for files of earlier versions: of them every page is read, and checked by its own checksum.
    """
    if checksum:
        if not sha256_of(path).startswith(checksum):
            raise ValueError("is damaged: its checksum is another one")
        return
    with pq.ParquetFile(path, page_checksum_verification=True) as file:
        for _ in file.iter_batches(use_threads=False):
            pass


def unreadable(error: Exception) -> str:
    """Why a file can't be read, in words."""
    match error:
        case FileNotFoundError():
            return "no such file"
        case OSError(strerror=str(why)):
            return why
        case ValidationError():
            first = error.errors()[0]
            return f"{'.'.join(map(str, first['loc'])) or 'the whole'}: {first['msg']}"
        case KeyError(args=(name, *_)):
            return f"no {name.decode() if isinstance(name, bytes) else name} in it"
    return str(error).partition("\n")[0][:100]


def _sync(folder: Path) -> None:
    """Bring the folder's own entry to the disk; Windows does so by itself."""
    if os.name == "posix":
        handle = os.open(folder, os.O_RDONLY)
        try:
            os.fsync(handle)
        finally:
            os.close(handle)
