"""Network files that were read lately: a run of many replicates reads the same one again and again."""

import hashlib
import os
from functools import lru_cache
from pathlib import Path

from supportnet.sim.network_file.reader import Networks, read_networks


def cached_networks(path: str | os.PathLike[str]) -> Networks:
    """The network file at this path, read anew only where its contents are others than before."""
    path = Path(path)
    return _read(path, hashlib.sha256(path.read_bytes()).digest() if path.is_file() else b"")


@lru_cache(maxsize=4)
def _read(path: Path, contents: bytes) -> Networks:
    return read_networks(path)
