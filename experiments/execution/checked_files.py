"""Checks of results files that may be damaged or foreign: links, checksums, content."""

import errno
import hashlib
import json
import os
from pathlib import Path
from typing import Any

import pyarrow.parquet as pq
from pydantic import ValidationError

from supportnet.sim.errors import UserInputError

# What may be wrong with a file of results that was damaged, or that somebody else wrote.
UNREADABLE = (OSError, ValueError, KeyError, TypeError, AttributeError, IndexError, RecursionError)


def inside(folder: Path, name: str, root: Path | None = None) -> Path:
    """A file of a folder of results. Raises UserInputError for a link that leads out of it (or of `root`, a folder
    above).

    What such a link leads to could be anything on this computer, and goes into tables and pages that are sent on.
    """
    path, root = folder / name, root or folder
    real = Path(os.path.realpath(path))
    if not real.is_relative_to(os.path.realpath(root)):
        raise UserInputError(
            "is a link to a place outside the folder", where=str(path), found=f"a link to {real}",
            expected="a regular file", remedy="remove the link, or put the file itself there",
        )  # fmt: skip
    if real.exists() and not real.is_file():
        raise UserInputError("is not a file", where=str(path), expected="a file", remedy="compute these results again")
    return path


def subfolder(folder: Path, name: str) -> Path:
    """A folder within a folder of results. Raises UserInputError for a link: what is written would lie somewhere
    else."""
    if (path := folder / name).is_symlink():
        raise UserInputError(
            "is a link to another folder", where=str(path), found=f"a link to {os.readlink(path)}",
            expected="a regular folder", remedy="remove the link, or choose another folder",
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
            raise ValueError("is damaged: its checksum differs")
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
            return f"{'.'.join(map(str, first['loc'])) or 'the whole file'}: {first['msg']}"
        case KeyError(args=(name, *_)):
            return f"no {name.decode() if isinstance(name, bytes) else name} in it"
    return str(error).partition("\n")[0][:100]
