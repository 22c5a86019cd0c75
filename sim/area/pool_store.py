"""Pools that were made: each is made once, and again where it was forgotten, lost or damaged.

The pools used last are in memory, up to MEMORY bytes in all. A scenario's own pool is on disk too, and so are the
people it was made from and the pools of draws; that of a design point is not: there are many, each soon done with.
"""

import io
import threading
from collections import OrderedDict
from collections.abc import Callable
from pathlib import Path
from weakref import WeakValueDictionary

import numpy as np

from supportnet.sim.area.population import Pool
from supportnet.sim.storage.arrays import reading_arrays
from supportnet.sim.storage.cache import cache_folder, preparation_begins, preparation_ends, prune, read_kept, write

MEMORY = 160 * 2**20  # bytes: the pools of 64 draws, with those that they are made from
PERSON = 2300  # bytes of one of the people who a pool is made of, at both moments at which it shows them

_known: OrderedDict[str, Pool] = OrderedDict()  # the one used last comes last
_turns: WeakValueDictionary[str, threading.Lock] = WeakValueDictionary()  # to make the pool of a name
_lock = threading.Lock()


def stored_pool(name: str, make: Callable[[], Pool], *, on_disk: bool = True, announced: bool = True) -> Pool:
    """The pool of this name: from memory, from disk (where it is kept there), or made now. Threads that want the same
    one wait for the first of them. announced: whether it is told that one is made."""
    with _lock:
        turn = _turns.setdefault(name, threading.Lock())
    with turn:
        pool = _known.get(name) or (_read(name) if on_disk else None)
        if pool is None:
            if announced:
                preparation_begins("Burning in the population (50 simulated years); a few seconds, once")
            pool = make()
            if announced:
                preparation_ends()
            if on_disk:
                _write(name, pool)
        _remember(name, pool)
    return pool


def _remember(name: str, pool: Pool) -> None:
    """Put a pool last in memory, and forget the first ones for which there is no room."""
    with _lock:
        _known[name] = pool
        _known.move_to_end(name)
        while len(_known) > 1 and sum(map(_size, _known.values())) > MEMORY:
            _known.popitem(last=False)


def _size(pool: Pool) -> int:
    """Bytes of a pool."""
    return sum(part.nbytes for part in pool)


def _path(name: str) -> Path:
    return cache_folder() / f"{name}.pool"


def _read(name: str) -> Pool | None:
    if (content := read_kept(_path(name))) is None:
        return None
    with reading_arrays, np.load(io.BytesIO(content), allow_pickle=False) as arrays:
        return Pool(
            arrays["people"].view(np.recarray),
            arrays["ties"].view(np.recarray),
            arrays["helper_strain"],
            arrays["staff_strain"],
            arrays["mechanisms"],
        )


def _write(name: str, pool: Pool) -> None:
    whole = io.BytesIO()
    np.savez(whole, **pool._asdict())  # compressed it would be a third smaller, and every start 40 ms longer
    write(_path(name), whole.getvalue())
    prune()
