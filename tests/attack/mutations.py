"""Damaged inputs for everything that reads: each is read, or refused with a message; never anything else."""

from pathlib import Path
from random import Random
from typing import NamedTuple

from tests.attack.addresses import ADDRESSES, attack_address
from tests.attack.checks import DONE, REFUSED, fault_in
from tests.attack.damage import FORBIDDEN, change_file
from tests.attack.processes import forked, supportnet
from tests.attack.readers import BY_NUMBER, READERS, Reader
from tests.attack.results import Ending, Result, fault
from tests.attack.samples import cleared, copied, load_everything, make_samples

CASES = 10_000


class State(NamedTuple):
    """What all cases share."""

    folder: Path
    samples: Path


def prepare(folder: Path) -> State:
    load_everything()
    make_samples(folder / "samples")
    state = State(folder, folder / "samples")
    for reader in READERS:
        check_sound(reader, state)
    return state


def attack(state: State, rng: Random, number: int) -> Result:
    """One damaged input and the command that reads it."""
    place = rng.randrange(len(BY_NUMBER) + ADDRESSES)
    if place >= len(BY_NUMBER):
        return attack_address(state.folder, rng)
    folder = copied(state.samples, BY_NUMBER[place].inputs, state.folder / f"case-{number}")
    try:
        return damaged(BY_NUMBER[place], folder, rng)
    finally:
        cleared(folder)


def check_sound(reader: Reader, state: State) -> None:
    """Raises RuntimeError where a command does not accept what nobody has damaged: then nothing would be attacked."""
    folder = copied(state.samples, reader.inputs, state.folder / "sound")
    end = forked(supportnet(*reader.words), folder, seconds=300)
    cleared(folder)
    if end.code != DONE or fault_in(end):
        raise RuntimeError(f"{reader.name}: {' '.join(reader.words)}\n{end}")


def damaged(reader: Reader, folder: Path, rng: Random) -> Result:
    """The command on a file of which something was changed."""
    files = reader.files(folder)
    chosen = rng.choice(files)
    how = change_file(chosen, [path for path in files if path != chosen], rng)
    end = forked(supportnet(*reader.words), folder, bound_by_permissions=how == FORBIDDEN)
    wrong = fault_in(end)
    if not wrong and end.code == REFUSED and (folder / "out").exists():
        wrong = "is refused, but leaves something in out"
    if wrong:
        return fault(reader.name, wrong, f"{chosen.relative_to(folder)}: {how}")
    return Result(Ending.ACCEPTED if end.code == DONE else Ending.REFUSED, reader.name)
