"""Commands that are asked to end: they do, with the right code, and what they say about it is true."""

import os
import signal
import subprocess
import time
from pathlib import Path
from random import Random

from tests.attack.checks import DONE, difference, fault_in
from tests.attack.commands import COMMANDS, GO_ON, SECONDS, Place
from tests.attack.kills import State, prepare, wrong_after
from tests.attack.processes import Ended, ended, orphans
from tests.attack.results import Ending, Result, fault

SIGNALS = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)
EACH = 4  # of each signal for each command
CASES = len(COMMANDS) * len(SIGNALS) * EACH
SOON = 20.0  # seconds within which a command must have ended
NOHUP = 0.5  # of cases of SIGHUP are ignored, as under `nohup`

__all__ = ["CASES", "attack", "prepare"]


def attack(state: State, rng: Random, number: int) -> Result:
    """One signal to one command."""
    command, sent = COMMANDS[number % len(COMMANDS)], SIGNALS[number // len(COMMANDS) % len(SIGNALS)]
    whole, place = (
        state.undisturbed[command.name],
        Place(command, state.samples, state.cache, state.folder / f"{number}"),
    )
    ignored = sent == signal.SIGHUP and rng.random() < NOHUP
    moment, everybody = rng.uniform(0.0, 0.9 * whole.seconds), rng.random() < 0.5
    try:
        before, process = place.seen(), place.start(ignored=[sent] if ignored else [])
        wait_until_it_listens(process, moment)
        if process.poll() is None:
            (os.killpg if everybody else os.kill)(process.pid, sent)
        end = ended(process, place.folder, SECONDS if ignored else SOON)
        wrong = wrong_with(end, DONE if ignored else 128 + sent)
        if left := orphans(process.pid):
            wrong = wrong or f"leaves processes behind: {left}"
        if not wrong and end.code != DONE:
            wrong = untrue(place, end, before, whole.files)
            if not wrong and command.words[0] in GO_ON:
                wrong = wrong_after(place, whole)
    finally:
        place.clear()
    if wrong:
        to = "to all of its group" if everybody else "to it alone"
        return fault(command.name, wrong, f"{sent.name}{' ignored' * ignored}, {to}, {moment:.1f} s after it listens")
    return Result(Ending.UNCHANGED if end.code == DONE else Ending.HEALED, command.name)


def wait_until_it_listens(process: "subprocess.Popen[bytes]", moment: float) -> None:
    """Waits until the command handles signals (before its first line there is only Python), and a moment longer."""
    handled = 0
    while process.poll() is None and not handled & 1 << (signal.SIGTERM - 1):
        time.sleep(0.005)
        status = Path(f"/proc/{process.pid}/status").read_text()
        handled = int(status.partition("SigCgt:")[2].split()[0], 16) if "SigCgt" in status else 0
    time.sleep(moment)


def wrong_with(end: Ended, code: int) -> str:
    """What is wrong with how a command ended that should end with this code, if it was not done before.

    A signal in its very last moment, when Python no longer handles any, ends it as the system does.
    """
    if end.code is None:
        return f"has not ended {end.seconds:.0f} s after it was asked to"
    return fault_in(end, allowed=(DONE, code, 128 - code))


def untrue(place: Place, end: Ended, before: frozenset[str], whole: dict[str, bytes]) -> str:
    """What is not as a command says, which was interrupted."""
    said, new = end.out + end.err, sorted(place.seen() - before)
    if unfinished := place.unfinished():
        return f"leaves unfinished files: {unfinished[:3]}"
    if "othing was written" in said and new:
        return f"says that nothing was written, but leaves {new[:3]}"
    if new and place.command.words[0] not in GO_ON and (differs := difference(whole, place.files())):
        return f"leaves a part of its files: {differs}"
    return ""
