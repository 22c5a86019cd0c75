"""Network files that were read lately: a run of many replicates reads the same one again and again."""

import hashlib
import os
from functools import lru_cache
from pathlib import Path

from supportnet.sim.network_file.format import alter_ties_beside
from supportnet.sim.network_file.reader import Networks, read_networks


def cached_networks(path: str | os.PathLike[str]) -> Networks:
    """The network file at this path, read anew only where its contents, or those of the file with ties among
    supporters beside it, are others than before."""
    path = Path(path)
    return _read(path, digests_of(path))


def digests_of(path: Path) -> tuple[str, str]:
    """SHA-256 of a network file and of the file with ties among supporters beside it."""
    return digest_of(path), digest_of(alter_ties_beside(path))


def digest_of(path: Path) -> str:
    """SHA-256 of a file; nothing where there is none."""
    return hashlib.sha256(path.read_bytes()).hexdigest() if path.is_file() else ""


@lru_cache(maxsize=4)
def _read(path: Path, contents: tuple[str, ...]) -> Networks:
    return read_networks(path)
