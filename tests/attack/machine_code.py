"""Bits flipped in machine code that is kept for the next start: each start is a process of its own."""

import os
import shutil
from pathlib import Path
from random import Random
from typing import NamedTuple

from tests.attack.checks import contents, difference, fault_in
from tests.attack.damage import flip_bit
from tests.attack.processes import Ended, ended, started
from tests.attack.readers import SHORT
from tests.attack.results import Ending, Result, fault
from tests.attack.samples import MAKES_POOLS_SMALL, cleared

ABOUT = "machine code"
SHARE = 0.02  # of all flips: what is damaged has to be compiled again, which takes half a minute
WORDS = ("run", "today", *SHORT)
SECONDS = 600.0
READS = """
import sys
sys.addaudithook(lambda event, about: event == "open" and str(about[0]).endswith((".nbc", ".nbi")) and print(about[0]))
"""


class State(NamedTuple):
    """What all cases share."""

    folder: Path
    cache: Path
    names: list[Path]  # files of machine code that the command reads, below the cache
    sound: dict[str, bytes]


def prepare(folder: Path) -> State:
    cache = Path(os.environ["SUPPORTNET_CACHE"])
    run_with(cache, folder / "first")  # compiles what is not there yet
    end, files = run_with(cache, folder / "sound", READS)
    read = {Path(line) for line in end.out.splitlines() if line.endswith((".nbc", ".nbi"))}
    names = sorted(path.relative_to(cache) for path in read if path.is_file())
    if end.code != 0 or not names:
        raise RuntimeError(f"no machine code is read, or it fails: {end}")
    return State(folder, cache, names, files)


def run_with(cache: Path, folder: Path, before: str = "") -> tuple[Ended, dict[str, bytes]]:
    """How a run ends, and what it leaves."""
    folder.mkdir()
    process = started(WORDS, folder, cache, before=before + MAKES_POOLS_SMALL)
    end = ended(process, folder, SECONDS)
    files = contents(folder / "out")
    cleared(folder)
    return end, files


def attack(state: State, rng: Random, number: int) -> Result:
    """One bit of one file."""
    name, folder = rng.choice(state.names), state.folder / f"code-{number}"
    cache = linked(state.cache, folder.with_name(f"{folder.name}.cache"))
    content = flip_bit((state.cache / name).read_bytes(), rng)
    (cache / name).unlink()  # a link, whose file is everybody's
    (cache / name).write_bytes(content)
    end, files = run_with(cache, folder)
    if wrong := fault_in(end) or difference(state.sound, files):
        return fault(ABOUT, wrong, str(name))
    return Result(Ending.HEALED if end.seconds > 5 else Ending.UNCHANGED, ABOUT)


def linked(source: Path, goal: Path) -> Path:
    """A copy of a folder whose files are links to the same content."""
    shutil.copytree(source, goal, copy_function=os.link)
    return goal
