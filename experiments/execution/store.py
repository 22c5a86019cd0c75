"""Arrays in a folder, by the identity of what they were computed from: interrupted work goes on where it was.

A file holds the SHA-256 of what follows, then arrays as numpy writes them: the keys of its results, how many arrays
each has, and these. Files are added and never rewritten. Whatever is damaged is computed again; nothing is executed.
"""

import hashlib
import io
import secrets
from collections.abc import Callable, Sequence
from contextlib import suppress
from functools import cache
from importlib.metadata import version
from pathlib import Path
from threading import Lock, Timer
from typing import Any

import numpy as np
from numpy.typing import NDArray

from supportnet.experiments.execution.checked_files import bytes_of
from supportnet.sim.model_identity import ROOT
from supportnet.sim.provenance import canonical_json
from supportnet.sim.storage.arrays import reading_arrays
from supportnet.sim.storage.atomic import write_whole
from supportnet.sim.storage.unfinished import clear_unfinished

Arrays = Sequence[NDArray[Any]]
SECONDS = 5.0  # after which a result is on the disk: what a kill may cost
CHECKSUM = hashlib.sha256().digest_size
DEPENDS_ON = ("numba", "numpy", "pandas", "scipy")
READ = ("*.py", "*.toml", "*.csv")  # files of the model and of experiments that results depend on


class Store:
    """Results in a folder; without one, nothing is kept. Several threads, and several processes, may share it."""

    def __init__(self, folder: Path | None = None) -> None:
        self._folder, self._lock = folder, Lock()
        self._keys = {path: keys_in(path) for path in sorted(folder.glob("*.arrays"))} if folder else {}
        self._places = {key: path for path, keys in self._keys.items() for key in keys}
        self._used = set[str]()  # keys of results of this process
        self._waiting = dict[str, Arrays]()
        self._opened: tuple[Path | None, dict[str, Arrays]] = None, {}
        self._timer: Timer | None = None
        self._error: Exception | None = None  # of the timer

    @property
    def is_in_use(self) -> bool:
        """Whether results of this process lie in the folder."""
        return any(not self._used.isdisjoint(keys) for keys in self._keys.values())

    def result(self, key: str, compute: Callable[[], Arrays]) -> Arrays:
        """The result under this key: read where it is there undamaged, computed and kept otherwise."""
        found = self.get(key)
        if found is None:
            self.put(key, found := compute())
        return found

    def get(self, key: str) -> Arrays | None:
        """The result under this key, if it is there undamaged."""
        with self._lock:
            if path := self._places.get(key):
                self._used.add(key)
                return self._results_in(path).get(key)
        return None

    def put(self, key: str, arrays: Arrays) -> None:
        """Keep a result: it is on the disk within seconds, or after `flush`. Raises UserInputError where it can't be
        written."""
        with self._lock:
            if self._error:
                raise self._error
            if self._folder is None:
                return
            self._used.add(key)
            self._waiting[key] = arrays
            if not self._timer:
                self._timer = Timer(SECONDS, self._flush_in_time)
                self._timer.daemon = True
                self._timer.start()

    def flush(self) -> None:
        """Bring to the disk what is not there yet."""
        with self._lock:
            self._stop_timer()
            if not self._waiting or self._folder is None:
                return
            path = self._folder / f"{secrets.token_hex(8)}.arrays"
            with write_whole(path) as file:
                file.write(packed_results(self._waiting))
            self._keys[path] = list(self._waiting)
            self._places |= dict.fromkeys(self._waiting, path)
            self._waiting = {}

    def clear(self, above: int = 0) -> None:
        """Delete every file whose results were all used, and the folder if it is empty; so many folders above it too.

        What this process had no use for, as results of other options, stays.
        """
        if self._folder is None:
            return
        with self._lock, suppress(OSError):
            self._stop_timer()
            clear_unfinished(self._folder)
            for path, keys in self._keys.items():
                if self._used.issuperset(keys):
                    path.unlink(missing_ok=True)
            self._used.clear()
            self._waiting.clear()
            for folder in (self._folder, *self._folder.parents[:above]):
                folder.rmdir()

    def _flush_in_time(self) -> None:
        try:
            self.flush()
        except Exception as error:
            self._error = error

    def _stop_timer(self) -> None:
        if self._timer:
            self._timer.cancel()
        self._timer = None

    def _results_in(self, path: Path) -> dict[str, Arrays]:
        """The results in a file; none where it is damaged, which then is deleted. The last one read is remembered, for
        they are asked for in about the order in which they came."""
        if path != self._opened[0]:
            self._opened = path, {}
            try:
                self._opened = path, unpacked_results(bytes_of(path))
            except OSError:
                pass
            except Exception:  # of a damaged file anything may be wrong
                path.unlink(missing_ok=True)
        return self._opened[1]


def key_of(*about: Any) -> str:
    """The key of a result: SHA-256, in hexadecimal, of plain values that say what it was computed from."""
    return hashlib.sha256(canonical_json(about).encode()).hexdigest()


@cache
def code_identity() -> str:
    """All code and evidence that results of the model may depend on, with the libraries: 16 characters."""
    digest = hashlib.sha256(" ".join(map(version, DEPENDS_ON)).encode())
    for room in (ROOT, ROOT.parent / "experiments"):
        for path in sorted(path for pattern in READ for path in room.rglob(pattern)):
            digest.update(path.name.encode() + path.read_bytes())
    return digest.hexdigest()[:16]


def keys_in(path: Path) -> list[str]:
    """Keys of the results in a file, as it says: its checksum is verified when they are read."""
    with suppress(Exception):  # nothing is checked yet, so that anything may be wrong
        if path.is_file():
            with reading_arrays, open(path, "rb") as file:
                file.seek(CHECKSUM)
                return [str(key) for key in np.lib.format.read_array(file, allow_pickle=False)]
    return []


def packed_results(results: dict[str, Arrays]) -> bytes:
    """Results as the bytes of a file."""
    counts = np.array([len(arrays) for arrays in results.values()])
    return packed([np.array(list(results)), counts, *(one for arrays in results.values() for one in arrays)])


def unpacked_results(content: bytes) -> dict[str, Arrays]:
    """Results in the bytes of a file. Raises an exception where it is damaged."""
    keys, counts, *arrays = unpacked(content)
    ends = np.cumsum(counts)
    return {str(key): arrays[end - n : end] for key, n, end in zip(keys, counts, ends, strict=True)}


def packed(arrays: Arrays) -> bytes:
    """Arrays as the bytes of a file."""
    content = io.BytesIO()
    for array in arrays:
        np.lib.format.write_array(content, np.asarray(array), allow_pickle=False)
    return hashlib.sha256(content.getbuffer()).digest() + content.getvalue()


def unpacked(content: bytes) -> list[NDArray[Any]]:
    """Arrays in the bytes of a file. Raises ValueError where it is damaged."""
    checksum, rest = content[:CHECKSUM], content[CHECKSUM:]
    if hashlib.sha256(rest).digest() != checksum:
        raise ValueError("not whole")
    arrays, file = list[NDArray[Any]](), io.BytesIO(rest)
    with reading_arrays:
        while file.tell() < len(rest):
            arrays.append(np.lib.format.read_array(file, allow_pickle=False))
    return arrays
