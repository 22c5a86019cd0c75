"""What can be made again and is kept for the next start: machine code and pools, each file with its checksum.

Whatever is not as it was written counts as not there, and is made again. A cache never stops anything: where it can't
be written, it only costs time.
"""

import atexit
import contextlib
import hashlib
import logging
import os
import pickle
import shutil
import stat
import tempfile
from functools import cache
from pathlib import Path
from typing import Any, NamedTuple

from numba.core.caching import FunctionCache, IndexDataCacheFile, NullCache
from platformdirs import user_cache_path

from supportnet.sim.storage.unfinished import file_for

USER: int = getattr(os, "getuid", lambda: 0)()
DIGEST = hashlib.sha256().digest_size
KINDS = {
    "pool-*.pool": "people", "draw-*.pool": "people of a draw", "founders-*.pool": "people of a first generation",
    "code-*": "compiled code",
}  # fmt: skip
MOST = 4 * 10**9  # bytes that are kept: some hundred draws of several presets, and a few versions


def cache_folder() -> Path:
    """A private folder for what can be made again: SUPPORTNET_CACHE, else the user's cache folder, else a temporary
    one. Machine code is read from it, so one that others may write to is passed over."""
    wished = os.environ.get("SUPPORTNET_CACHE")
    for folder in (
        Path(wished) if wished else user_cache_path("supportnet"),
        Path(tempfile.gettempdir()) / f"supportnet-{USER}",
    ):
        try:
            folder.mkdir(mode=0o700, parents=True, exist_ok=True)
            if not is_private(folder):
                _remark(
                    f"The folder {folder} is not used as a cache: others may write to it. "
                    "Remedy: name a folder inside one of your own in SUPPORTNET_CACHE; it is made with the right mode."
                )
                continue
            with tempfile.TemporaryFile(dir=folder):
                return folder
        except OSError:
            continue
    return _last_resort()


def is_private(folder: Path) -> bool:
    """Whether a folder, and the link to it if it is one, belong to this user, and nobody else may write there."""
    if os.name != "posix":
        return True
    about = folder.stat()
    return folder.lstat().st_uid == about.st_uid == USER and not about.st_mode & (stat.S_IWGRP | stat.S_IWOTH)


@cache
def _last_resort() -> Path:
    """A folder that this process alone uses, and takes away when it ends."""
    folder = tempfile.mkdtemp(prefix="supportnet-")
    atexit.register(shutil.rmtree, folder, ignore_errors=True)
    return Path(folder)


class Kept(NamedTuple):
    """A pool, or machine code for one version of the model."""

    path: Path
    kind: str
    size: int  # bytes
    used: float  # last, in seconds since 1970


def kept_files() -> list[Kept]:
    """Everything that is kept, and nothing else that lies in the folder."""
    found = []
    for pattern, kind in KINDS.items():
        for path in cache_folder().glob(pattern):
            with contextlib.suppress(OSError):  # it went in this very moment
                files = [one.stat() for one in (path.rglob("*") if path.is_dir() else [path]) if one.is_file()]
                size, used = (
                    sum(about.st_size for about in files),
                    max((about.st_mtime for about in files), default=0.0),
                )
                found.append(Kept(path, kind, size, used))
    return found


def prune() -> None:
    """Delete what was used longest ago, as long as more than MOST is kept."""
    found = sorted(kept_files(), key=lambda one: one.used)
    surplus = sum(one.size for one in found) - MOST
    for one in found:
        if surplus <= 0:
            break
        surplus -= one.size if delete(one) else 0


def delete(one: Kept) -> bool:
    """Delete it, and say whether that could be done. A link is deleted itself, not what it leads to."""
    try:
        shutil.rmtree(one.path) if one.path.is_dir() and not one.path.is_symlink() else one.path.unlink()
    except OSError:
        return False
    return True


def read_kept(path: Path) -> memoryview | None:
    """What was kept in a file; None where there is none, or where it is damaged: then it is deleted."""
    try:
        if not path.is_file():  # a pipe or a device might never end
            return None
        whole = memoryview(path.read_bytes())
        digest, content = whole[:DIGEST], whole[DIGEST:]
        if digest == _digest(path, content):
            with contextlib.suppress(OSError):
                os.utime(path)  # so that what is used stays longest
            return content
        path.unlink()
    except OSError:
        pass
    return None


def write(path: Path, content: bytes) -> None:
    """Keep this in a file, for `read_kept`. If that fails, it has to be made again."""
    try:
        path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        with file_for(path) as file:
            file.write(_digest(path, content))
            file.write(content)
    except OSError as error:
        _cannot_write(error.strerror or str(error))


def _digest(path: Path, content: bytes | memoryview) -> bytes:
    """SHA-256 of a file's name and content: what lies under another name is damaged too."""
    digest = hashlib.sha256(path.name.encode() + b"\0")
    digest.update(content)
    return digest.digest()


@cache
def _cannot_write(reason: str) -> None:
    _remark(f"The cache {cache_folder()} can't be written to ({reason}). This costs time at every start, nothing else.")


@cache
def _remark(text: str) -> None:
    """A remark on standard error, once."""
    logging.getLogger("supportnet").warning(text)


def preparation_begins(reason: str) -> None:
    """Tell who shows progress that work begins which is kept for the next start."""
    logging.getLogger("supportnet").info(reason)


def preparation_ends() -> None:
    """Tell them that such work, or a part of it, is done."""
    logging.getLogger("supportnet").debug("prepared")


def machine_code(function: Any, folder: Path) -> Any:
    """A cache for numba of what it makes of a function; none where it can't be in this folder."""
    try:
        found = MachineCode(function)
    except RuntimeError:  # numba has found no place
        return NullCache()
    return found if Path(found.cache_path).is_relative_to(folder) else NullCache()


class MachineCode(FunctionCache):  # type: ignore[misc]
    """Numba's cache for a function, in files that are checked before they are used."""

    def __init__(self, function: Any) -> None:
        super().__init__(function)
        stamp = self._impl.locator.get_source_stamp()
        self._cache_file = CheckedFiles(self._cache_path, self._impl.filename_base, stamp)

    def load_overload(self, sig: Any, target_context: Any) -> Any:
        try:
            found = super().load_overload(sig, target_context)
        except Exception:  # whatever it is, it can be compiled
            found = None
        if found is None:
            preparation_begins("Compiling the model for this computer; about half a minute, once for each version")
        return found

    def save_overload(self, sig: Any, data: Any) -> None:
        preparation_ends()
        try:
            super().save_overload(sig, data)
        except OSError as error:
            _cannot_write(error.strerror or str(error))


class CheckedFiles(IndexDataCacheFile):  # type: ignore[misc]
    """Numba's index of machine code by types of arguments, and the machine code itself."""

    def _load_index(self) -> dict[Any, str]:
        content = read_kept(Path(self._index_path))
        if content is None:
            return {}
        stamp, index = pickle.loads(content)
        return index if stamp == (self._version, self._source_stamp) else {}

    def _save_index(self, overloads: dict[Any, str]) -> None:
        write(Path(self._index_path), self._dump(((self._version, self._source_stamp), overloads)))

    def _load_data(self, name: str) -> Any:
        content = read_kept(Path(self._data_path(name)))
        if content is None:
            raise FileNotFoundError(name)  # so numba compiles
        return pickle.loads(content)

    def _save_data(self, name: str, data: Any) -> None:
        write(Path(self._data_path(name)), self._dump(data))
