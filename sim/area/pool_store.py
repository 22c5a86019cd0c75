"""Pools that were made, in memory and on disk: each is made once, and again where the disk has lost or damaged it."""

import io
import threading
from collections.abc import Callable
from pathlib import Path

import numpy as np

from supportnet.sim.area.population import Pool
from supportnet.sim.storage.cache import cache_folder, read, write

_known: dict[str, Pool] = {}
_lock = threading.RLock()


def stored_pool(name: str, make: Callable[[], Pool]) -> Pool:
    """The pool of this name: from memory, from disk, or made now and written there."""
    with _lock:
        if name not in _known:
            _known[name] = _read(name) or _write(name, make())
        return _known[name]


def _path(name: str) -> Path:
    return cache_folder() / f"{name}.pool"


def _read(name: str) -> Pool | None:
    if (content := read(_path(name))) is None:
        return None
    with np.load(io.BytesIO(content), allow_pickle=False) as arrays:
        return Pool(
            arrays["people"].view(np.recarray),
            arrays["ties"].view(np.recarray),
            arrays["helper_strain"],
            arrays["staff_strain"],
            arrays["mechanisms"],
        )


def _write(name: str, pool: Pool) -> Pool:
    whole = io.BytesIO()
    np.savez(whole, **pool._asdict())  # compressed it would be a third smaller, and every start 40 ms longer
    write(_path(name), whole.getvalue())
    return pool
