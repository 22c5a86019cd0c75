"""Files and folders that are being written: locked by their writer, and cleared away once nobody writes them any more.

A writer holds a lock on what it writes, which the operating system releases however the process ends. What is unlocked
is nobody's if it was made on this host. Another host may share the folder without sharing locks: what it made is
nobody's after a month without a change. Windows has no such locks; there nothing is cleared.
"""

import contextlib
import hashlib
import os
import platform
import re
import secrets
import shutil
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import BinaryIO

try:
    import fcntl
except ImportError:
    fcntl = None  # type: ignore[assignment]

TEMPORARY = ".tmp"
HERE = hashlib.sha256(platform.node().encode()).hexdigest()[:6]  # this host
DAY = 86400.0  # seconds
OF_OTHERS = 30 * DAY
UNLOCKED = DAY  # of earlier versions, which did not lock
FILE = re.compile(r"\..+\.(?:([0-9a-f]{6})-)?[0-9a-f]{8}\.tmp|(?:pool|founders)-\w+\.\d+\.tmp")
FOLDER = re.compile(r"\.writing-(?:([0-9a-f]{6})-)?\w+")
LOCK, CONTENT = "lock", "files"


@contextmanager
def file_for(goal: Path) -> Iterator[BinaryIO]:
    """A file to write into, which takes the place of `goal` if all goes well. What lies unfinished beside it goes."""
    clear_unfinished(goal.parent)
    while True:
        part = goal.with_name(f".{goal.name}.{HERE}-{secrets.token_hex(4)}{TEMPORARY}")
        file = open(part, "xb")  # noqa: SIM115 (closed below)
        if _lock(file) and part.exists():  # else taken for nobody's in between
            break
        file.close()
    try:
        with file:
            yield file
            file.flush()
            if os.name == "nt":
                file.close()  # Windows does not rename what is open
            os.replace(part, goal)
    finally:
        with contextlib.suppress(OSError):
            part.unlink(missing_ok=True)


@contextmanager
def folder_in(folder: Path) -> Iterator[Path]:
    """A hidden folder to write into, inside `folder`; it is gone afterwards, and so is what lay unfinished there."""
    clear_unfinished(folder)
    with contextlib.ExitStack() as stack:
        while True:
            hidden = stack.enter_context(tempfile.TemporaryDirectory(dir=folder, prefix=f".writing-{HERE}-"))
            with contextlib.suppress(FileNotFoundError):
                lock = stack.enter_context(open(Path(hidden, LOCK), "xb"))
                if _lock(lock) and Path(hidden, LOCK).exists():
                    break
        content = Path(hidden, CONTENT)
        content.mkdir()
        yield content


def clear_unfinished(folder: Path) -> None:
    """Delete what was left unfinished in a folder by writers that are gone."""
    if fcntl is None:
        return
    with contextlib.suppress(OSError), os.scandir(folder) as entries:
        for entry in entries:
            whose = (FOLDER if entry.is_dir(follow_symlinks=False) else FILE).fullmatch(entry.name)
            if whose and not entry.is_symlink():
                with contextlib.suppress(OSError):
                    _clear(Path(entry.path), whose[1], time.time() - entry.stat().st_mtime)


def _clear(path: Path, host: str | None, age: float) -> None:
    """Delete this if it is nobody's. age: seconds since it was changed."""
    if age < {HERE: 0.0, None: UNLOCKED}.get(host, OF_OTHERS):
        return
    begun = (path / CONTENT).exists()  # asked before the lock is: that comes before it, and goes before it
    try:
        lock = open(path / LOCK if path.is_dir() else path, "rb+")  # noqa: SIM115 (closed below)
    except FileNotFoundError:  # of an earlier version, or its writer was just making it, or deleting it
        if age > UNLOCKED or (host == HERE and begun):
            shutil.rmtree(path, ignore_errors=True)
        elif host == HERE:
            path.rmdir()  # if it is empty; a writer who has just made it makes another
        return
    with lock:
        fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)  # an OSError where it is written, or there are no locks
        shutil.rmtree(path) if path.is_dir() else path.unlink()


def _lock(file: BinaryIO) -> bool:
    """Lock a file for its writer; False where another process is about to clear it away."""
    try:
        if fcntl is not None:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    except OSError:  # no locks on this disk: nothing is cleared away there either
        return True
    return True
