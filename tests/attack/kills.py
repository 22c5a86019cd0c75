"""Commands killed at random moments and given again: nothing lost, doubled, different or left lying about."""

import os
import signal
import time
from pathlib import Path
from random import Random
from typing import NamedTuple

from tests.attack.checks import DONE, difference, fault_in
from tests.attack.commands import BY_NUMBER, COMMANDS, Place, Undisturbed, undisturbed, watch
from tests.attack.processes import forked, orphans
from tests.attack.results import Ending, Result, fault
from tests.attack.samples import load_everything, make_samples

CASES = 1_000


class State(NamedTuple):
    """What all cases share."""

    folder: Path
    samples: Path
    cache: Path
    undisturbed: dict[str, Undisturbed]


def samples_made(folder: Path) -> Path:
    """Samples, made in a fork, which leaves this process small."""
    made = forked(lambda: (load_everything(), make_samples(folder / "samples")), folder, seconds=600)
    if made.code != DONE:
        raise RuntimeError(made.err)
    return folder / "samples"


def prepare(folder: Path) -> State:
    samples, cache = samples_made(folder), Path(os.environ["SUPPORTNET_CACHE"])
    undisturbed(COMMANDS[0], samples, cache, folder / "first")  # compiles what is not there yet
    known = {command.name: undisturbed(command, samples, cache, folder / "undisturbed") for command in COMMANDS}
    return State(folder, samples, cache, known)


def attack(state: State, rng: Random, number: int) -> Result:
    """One command, killed once or twice, then given again."""
    command = rng.choice(BY_NUMBER)
    whole, place = (
        state.undisturbed[command.name],
        Place(command, state.samples, state.cache, state.folder / f"{number}"),
    )
    try:
        killed = [killed_one(place, whole, rng) for _ in range(rng.choice((1, 1, 1, 2)))]
        wrong = next(filter(None, killed), "") or wrong_after(place, whole)
    finally:
        place.clear()
    return fault(command.name, wrong) if wrong else Result(Ending.HEALED, command.name)


def killed_one(place: Place, whole: Undisturbed, rng: Random) -> str:
    """Kills a command at a moment of time, or at a change of its folder; what is wrong thereafter."""
    process = place.start()
    if rng.random() < 0.5:
        time.sleep(rng.uniform(0.05, whole.seconds))
    else:
        watch(place.seen, lambda: process.poll() is not None, rng.randint(1, max(1, whole.changes)))
    process.send_signal(signal.SIGKILL)
    end = place.to_its_end(process)
    if left := orphans(process.pid):
        return f"leaves processes behind: {left}"
    return "" if end.code in (DONE, -signal.SIGKILL) else fault_in(end)


def wrong_after(place: Place, whole: Undisturbed) -> str:
    """What is wrong when the same command is given again, to its end."""
    end = place.to_its_end()
    if wrong := fault_in(end, allowed=(DONE,)):
        return f"given again, {wrong}"
    if differs := difference(whole.files, place.files()):
        return f"given again, it leaves other files: {differs}"
    left = place.unfinished()
    return f"given again, it lets unfinished files lie: {', '.join(left[:3])}" if left else ""
