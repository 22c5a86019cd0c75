"""What work takes in memory, disk and time, and whether the machine has as much."""

import contextlib
import math
import os
import shutil
from pathlib import Path
from typing import NamedTuple

from supportnet.sim.errors import UserInputError

MIB = 2.0**20
UNITS = ((2.0**40, "TiB"), (2.0**30, "GiB"), (MIB, "MiB"))
LARGE = 100 * MIB  # of files
YEAR = 365 * 86_400.0  # seconds; nobody means to wait longer
PROCESS, START = 360 * MIB, 2.5  # bytes and seconds that Python and its libraries take
CGROUP = ("/sys/fs/cgroup/memory.max", "/sys/fs/cgroup/memory/memory.limit_in_bytes")  # what a container may have


class Needs(NamedTuple):
    """What work takes, about."""

    memory: float = PROCESS  # bytes
    seconds: float = START
    disk: float = 0.0  # bytes


def check_capacity(needs: Needs, lower: str, folder: Path | None = None) -> None:
    """Raises UserInputError for work that this machine has not enough memory, disk or time for.

    lower: options that take less of it. folder: where files go, if that may be many.
    """
    _enough("memory", needs.memory, memory_available(), f"lower {lower}")
    if folder and needs.disk > LARGE:  # what is smaller is told when the disk is full
        remedy = f"make room, choose another folder, or lower {lower}"
        _enough("room on the disk", needs.disk, room_at(folder), remedy)
    if needs.seconds > YEAR:
        raise UserInputError(
            "this takes longer than a year", found=f"about {needs.seconds / YEAR:,.3g} years on this machine",
            expected="less than a year", remedy=f"lower {lower}",
        )  # fmt: skip


def _enough(what: str, found: float, available: float, remedy: str) -> None:
    if found > available:
        raise UserInputError(
            f"this takes more {what} than there is", found=f"about {size(found)}",
            expected=f"at most {size(available)}", remedy=remedy,
        )  # fmt: skip


def memory_available() -> float:
    """Bytes of memory that this machine, or container, has; infinite where that cannot be known."""
    try:
        found = float(os.sysconf("SC_PHYS_PAGES")) * os.sysconf("SC_PAGE_SIZE")
    except (AttributeError, ValueError, OSError):  # not on Windows
        found = math.inf
    for path in CGROUP:
        with contextlib.suppress(OSError, ValueError):  # not there, or "max"
            found = min(found, float(Path(path).read_text("ascii")))
    return found


def room_at(folder: Path) -> float:
    """Bytes that are free where this folder is or will be; infinite where that cannot be known."""
    for place in (folder, *folder.parents):
        with contextlib.suppress(OSError):
            return float(shutil.disk_usage(place).free)
    return math.inf


def size(bytes_: float) -> str:
    """An amount of memory, in words."""
    unit, name = next((one for one in UNITS if bytes_ >= one[0]), UNITS[-1])
    many = bytes_ / unit
    return f"{many:,.0f} {name}" if many >= 100 else f"{many:.3g} {name}"
