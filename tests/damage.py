"""Damage as disks do it: bits flipped, files cut short; the same at every run of the tests."""

import json
import random
from collections.abc import Iterator
from pathlib import Path

Damaged = tuple[str, bytes]  # what was done, and what is left


def damaged(content: bytes, flips: int = 20, seed: int = 1) -> Iterator[Damaged]:
    """So many copies with one bit flipped each, and some that were cut short."""
    chance = random.Random(seed)
    for place in sorted(chance.randrange(8 * len(content)) for _ in range(flips)):
        flipped = bytearray(content)
        flipped[place // 8] ^= 1 << place % 8
        yield f"bit {place} flipped", bytes(flipped)
    for length in (0, 1, len(content) // 2, len(content) - 2):  # the last byte of a text means nothing
        yield f"cut to {length} bytes", content[:length]


def as_earlier_versions_wrote_it(provenance: Path, **changes: object) -> None:
    """Take the checksums out of a provenance; other changes besides."""
    told = {**json.loads(provenance.read_text("utf-8")), **changes}
    provenance.write_text(json.dumps({name: told[name] for name in told if name not in ("files", "checksum")}), "utf-8")
