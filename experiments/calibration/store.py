"""What emulators and chains came to, as plain numbers in a folder: an interrupted calibration goes on where it was.

A file holds the SHA-256 of what follows, then arrays as numpy writes them. It is named by all that they were worked out
from. Whatever is not whole, or not of these inputs, this code and these libraries, is worked out again; nothing in it
is ever executed.
"""

import hashlib
import io
from collections.abc import Callable, Iterable, Sequence
from contextlib import suppress
from importlib.metadata import version
from pathlib import Path
from typing import Any, TypeVar

import numpy as np
from numpy.typing import ArrayLike, NDArray

from supportnet.experiments.execution.checked_files import bytes_of, subfolder
from supportnet.sim.storage.atomic import whole

FITTED_BY = ("numpy", "scipy", "scikit-learn", "emcee")  # libraries whose versions emulators and chains depend on
FOLDER, CHECKSUM = "kept", hashlib.sha256().digest_size
Arrays = Sequence[NDArray[Any]]
Result = TypeVar("Result")


class Store:
    """Results in a folder, by what they were worked out from."""

    def __init__(self, folder: Path) -> None:
        code = b"".join(path.read_bytes() for path in sorted(Path(__file__).parent.glob("*.py")))
        by = code + " ".join(version(name) for name in FITTED_BY).encode()
        self._folder = subfolder(subfolder(folder, FOLDER), hashlib.sha256(by).hexdigest()[:16])

    def result(
        self, inputs: Iterable[ArrayLike], work_out: Callable[[], Result],
        as_arrays: Callable[[Result], Arrays], from_arrays: Callable[[Arrays], Result],
    ) -> Result:  # fmt: skip
        """What comes of these inputs: read where it lies there whole, worked out and written down otherwise."""
        path = self._folder / f"{identity_of(inputs)}.arrays"
        with suppress(OSError, ValueError, TypeError, MemoryError):
            return from_arrays(unpacked(bytes_of(path)))
        content = packed(as_arrays(work_out()))
        with whole(path) as file:
            file.write(content)
        return from_arrays(unpacked(content))  # as it will be read: memory of the same layout gives the same bits


def identity_of(inputs: Iterable[ArrayLike]) -> str:
    """SHA-256 of kind, shape and content of some arrays."""
    digest = hashlib.sha256()
    for array in map(np.asarray, inputs):
        digest.update(f"{array.dtype.str} {array.shape} ".encode() + array.tobytes())
    return digest.hexdigest()


def packed(arrays: Arrays) -> bytes:
    """Arrays as the bytes of a file."""
    content = io.BytesIO()
    for array in arrays:
        np.save(content, array, allow_pickle=False)
    return hashlib.sha256(content.getvalue()).digest() + content.getvalue()


def unpacked(content: bytes) -> list[NDArray[Any]]:
    """Arrays in the bytes of a file. Raises ValueError where it is not whole."""
    checksum, rest = content[:CHECKSUM], content[CHECKSUM:]
    if hashlib.sha256(rest).digest() != checksum:
        raise ValueError("not whole")
    arrays, file = list[NDArray[Any]](), io.BytesIO(rest)
    while file.tell() < len(rest):
        arrays.append(np.load(file, allow_pickle=False))
    return arrays
