"""What emulators and chains came to, as plain numbers in a folder: an interrupted calibration goes on where it was."""

import hashlib
from collections.abc import Callable, Iterable
from contextlib import suppress
from importlib.metadata import version
from pathlib import Path
from typing import TypeVar

import numpy as np
from numpy.typing import ArrayLike

from supportnet.experiments.execution.checked_files import subfolder
from supportnet.experiments.execution.store import Arrays, Store, packed, unpacked

FITTED_BY = ("numpy", "scipy", "scikit-learn", "emcee")  # libraries whose versions emulators and chains depend on
FOLDER = "kept"
Result = TypeVar("Result")


def store_in(folder: Path) -> Store:
    """The store of a calibration in its folder, for this code and these libraries."""
    code = b"".join(path.read_bytes() for path in sorted(Path(__file__).parent.glob("*.py")))
    by = code + " ".join(version(name) for name in FITTED_BY).encode()
    return Store(subfolder(subfolder(folder, FOLDER), hashlib.sha256(by).hexdigest()[:16]))


def fitted(
    store: Store, inputs: Iterable[ArrayLike], work_out: Callable[[], Result],
    as_arrays: Callable[[Result], Arrays], from_arrays: Callable[[Arrays], Result],
) -> Result:  # fmt: skip
    """What comes of these inputs: read where it is there undamaged, worked out and kept otherwise."""
    key = array_digest(inputs)
    if stored := store.get(key):
        with suppress(ValueError, TypeError):
            return from_arrays(stored)
    arrays = as_arrays(work_out())
    store.put(key, arrays)
    store.flush()
    return from_arrays(unpacked(packed(arrays)))  # as it will be read: memory of the same layout gives the same bits


def array_digest(inputs: Iterable[ArrayLike]) -> str:
    """SHA-256 of kind, shape and content of some arrays."""
    digest = hashlib.sha256()
    for array in map(np.asarray, inputs):
        digest.update(f"{array.dtype.str} {array.shape} ".encode() + array.tobytes())
    return digest.hexdigest()
