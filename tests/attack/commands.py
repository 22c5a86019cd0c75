"""Every command that writes, small, as a process that may be stopped at any moment."""

import os
import shutil
import signal
import subprocess
import time
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import NamedTuple

from tests.attack.checks import contents, leftovers
from tests.attack.processes import Ended, beside, ended, started
from tests.attack.samples import MAKES_POOLS_SMALL, SIZE, cleared, copied

FEW = (*SIZE, "--replicates", "4", "--out", "out")
LONG = ("long.toml",)
CHANCE_NAMES = ("runs", "kept")  # folders in which files have names by chance, or hold times
TINY_CALIBRATION = """
from supportnet.experiments.calibration import iterate
iterate.STEPS = iterate.LAST_STEPS = 400
iterate.IN_FULL = {"people": 100, "pool": 100}
"""
LITTLE_VALIDATION = "from supportnet.experiments import patterns\npatterns.PEOPLE = 400\n"
QUICKLY = MAKES_POOLS_SMALL + "\nfrom supportnet.experiments.execution import store\nstore.SECONDS = 0.1\n"
SECONDS = 600.0  # that a command may take to its end


class Command(NamedTuple):
    """A command that writes."""

    name: str
    words: tuple[str, ...]
    inputs: tuple[str, ...] = ()  # samples that it reads
    leaves: str = "out"
    share: int = 4  # how often it is attacked
    before: str = QUICKLY  # Python that runs first
    own_cache: bool = False  # whether it begins with an empty cache of pools


COMMANDS = (
    Command("run", ("run", "today", *FEW, "--record", "people", "--record", "ties")),
    Command("run, making pools", ("run", "today", *FEW), share=2, own_cache=True),
    Command("compare", ("compare", "today", "scenario.toml", *FEW), ("scenario.toml",)),
    Command("explain", ("explain", "today", "open-dialogue", *SIZE, "--replicates", "2", "--out", "out")),
    Command("trial", ("trial", "befriending", "--patients", "60", "--places", "20", "--replicates", "4", "--workers",
                      "1", "--uncertainty", "none", "--out", "out")),
    Command("validate", ("validate", "--replicates", "2", "--uncertainty", "none", "--out", "out"), share=1,
            before=QUICKLY + LITTLE_VALIDATION),
    Command("optimise", ("optimise", "--budget", "150", *FEW, "--candidates", "4", "--generations", "1",
                         "--search-replicates", "2", "--levers", "befriending,services.caseload")),
    Command("decide", ("decide", "question.toml", *SIZE, "--replicates", "4", "--out", "out"), ("question.toml",)),
    Command("calibrate", ("calibrate", "patterns.toml", "--rounds", "1", "--draws", "20", "--out", "out"),
            ("patterns.toml",), share=1, before=MAKES_POOLS_SMALL + TINY_CALIBRATION),
    Command("economics", ("economics", "all/compare", "--out", "out"), ("all/compare",)),
    Command("report", ("report", "all", "--ledger", "2", "--out", "out.html"), ("all",), "out.html"),
    Command("import", ("import", "interviews", "--out", "out"), ("interviews",)),
    Command("sweep", ("sweep", "long.toml", "--out", "out"), LONG),
    Command("sweep in processes", ("sweep", "long.toml", "--engine", "processes", "--out", "out"), LONG, before=""),
    Command("sweep on Dask", ("sweep", "long.toml", "--engine", "dask", "--out", "out"), LONG, share=2,
            before=""),  # workers would not know of it
    Command("results", ("results", "swept", "--csv", "out.csv"), ("swept",), "out.csv"),
    Command("sensitivity", ("sensitivity", "long.toml", "--resamples", "50", "--out", "out"), LONG, share=2),
)  # fmt: skip
BY_NUMBER = tuple(command for command in COMMANDS for _ in range(command.share))
GO_ON = (  # commands that keep what is done, and go on
    "sweep", "sensitivity", "calibrate", "compare", "explain", "trial", "validate", "optimise", "decide",
)  # fmt: skip


class Undisturbed(NamedTuple):
    """A command that nobody has stopped."""

    seconds: float
    changes: int  # how often its folder was seen to change
    files: dict[str, bytes]


class Place:
    """A folder in which a command is given, with its inputs."""

    def __init__(self, command: Command, samples: Path, cache: Path, folder: Path) -> None:
        self.command, self.folder = command, copied(samples, command.inputs, folder)
        self.cache = without_pools(cache, beside(folder, "cache")) if command.own_cache else cache

    def start(self, ignored: Sequence[signal.Signals] = ()) -> "subprocess.Popen[bytes]":
        return started(self.command.words, self.folder, self.cache, before=self.command.before, ignored=ignored)

    def to_its_end(self, process: "subprocess.Popen[bytes] | None" = None) -> Ended:
        return ended(process or self.start(), self.folder, SECONDS)

    def files(self) -> dict[str, bytes]:
        """What the command leaves, but for what has names by chance."""
        return contents(self.folder / self.command.leaves, CHANCE_NAMES)

    def seen(self) -> frozenset[str]:
        """Names of everything in the folder."""
        walk = os.walk(self.folder)  # what vanishes meanwhile is passed over
        paths = (os.path.join(here, name) for here, below, names in walk for name in (*below, *names))
        return frozenset(os.path.relpath(path, self.folder) for path in paths)

    def unfinished(self) -> list[str]:
        """What was left lying about."""
        return leftovers(self.folder) + (leftovers(self.cache) if self.command.own_cache else [])

    def clear(self) -> None:
        cleared(self.folder)


def without_pools(cache: Path, goal: Path) -> Path:
    """A cache with the same machine code, and nothing else."""
    shutil.copytree(cache, goal, copy_function=os.link, ignore=shutil.ignore_patterns("*.npz", "pool*", "founders*"))
    return goal


def undisturbed(command: Command, samples: Path, cache: Path, folder: Path) -> Undisturbed:
    """How long a command takes, how often its folder changes, and what it leaves. Raises RuntimeError if it fails."""
    place = Place(command, samples, cache, folder)
    began, process = time.monotonic(), place.start()
    changes = watch(place.seen, lambda: process.poll() is not None, 10**9)
    seconds, end = time.monotonic() - began, place.to_its_end(process)
    if end.code != 0:
        raise RuntimeError(f"{command.name} fails: {end}")
    found = Undisturbed(seconds, changes, place.files())
    place.clear()
    return found


def watch(look: Callable[[], object], enough: Callable[[], bool], most: int) -> int:
    """How often what is looked at has changed, until that is enough."""
    before, changes = look(), 0
    while changes < most and not enough():
        time.sleep(0.002)
        if (now := look()) != before:
            before, changes = now, changes + 1
    return changes
