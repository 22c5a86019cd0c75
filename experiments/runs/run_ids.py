"""Identities of runs in memory: each SHA-256 as four whole numbers, found again by the first of them."""

from typing import Any

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

Names = NDArray[np.uint64]  # (runs, 4)
LETTERS = 64  # hexadecimal digits of an identity
AT_ONCE = 20_000  # rows read
NOBODY = np.zeros((0, 4), np.uint64)


def from_digests(digests: bytes) -> Names:
    """Identities from their 32 bytes each, one after the other."""
    return np.frombuffer(digests, np.uint64).reshape(-1, 4)


def from_hex(column: Any) -> Names:
    """A column of identities as stored in files. Raises ValueError if they are none."""
    if isinstance(column, pa.ChunkedArray):
        column = column.combine_chunks()
    if len(column) == 0:
        return NOBODY
    ends = np.frombuffer(column.buffers()[1], np.int32)[column.offset : column.offset + len(column) + 1]
    if column.null_count or (np.diff(ends) != LETTERS).any():
        raise ValueError(f"identities of runs are not {LETTERS} letters")
    letters = column.buffers()[2].slice(int(ends[0]), LETTERS * len(column)).to_pybytes()
    return from_digests(bytes.fromhex(letters.decode("ascii")))


def read_names(file: Any) -> Names:
    """The identities in an open Parquet file, little by little: texts take four times the memory."""
    found = [from_hex(rows["run"]) for rows in file.iter_batches(AT_ONCE, columns=["run"], use_threads=False)]
    return np.concatenate([NOBODY, *found])


def to_hex(names: Names) -> Any:
    """Identities as a column of texts."""
    letters = np.ascontiguousarray(names).tobytes().hex().encode()
    ends = np.arange(0, LETTERS * (len(names) + 1), LETTERS, dtype=np.int32)
    return pa.StringArray.from_buffers(len(names), pa.py_buffer(ends), pa.py_buffer(letters))


class Lookup:
    """Positions of identities in a list."""

    def __init__(self, names: Names) -> None:
        self._names = names
        self._order = np.argsort(names[:, 0], kind="stable")
        self._keys = names[self._order, 0]

    def find(self, wanted: Names) -> NDArray[np.int64]:
        """Row of each in the list, the first one; -1 where it is not there.

        One whose first number is also that of another counts as not there: once in some 10^9 studies of 250,000 runs,
        and then it is computed again.
        """
        if not len(self._names):
            return np.full(len(wanted), -1)
        place = np.minimum(np.searchsorted(self._keys, wanted[:, 0]), len(self._keys) - 1)
        row = self._order[place]
        return np.where((self._names[row] == wanted).all(axis=1), row, -1)


def are_in(wanted: Names, known: Names) -> NDArray[np.bool_]:
    """Whether each is in the list."""
    return Lookup(known).find(wanted) >= 0
