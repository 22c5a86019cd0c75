"""Single bits flipped in caches, parts, manifests and results: healed, refused, or without any effect."""

import os
from collections.abc import Callable
from pathlib import Path
from random import Random
from typing import NamedTuple

from tests.attack import machine_code
from tests.attack.checks import REFUSED, contents, difference, fault_in
from tests.attack.damage import flip_bit
from tests.attack.processes import Ended, forked, supportnet
from tests.attack.readers import READERS, SHORT, Reader
from tests.attack.results import Ending, Result, fault
from tests.attack.samples import cleared, copied, load_everything, make_samples

CASES = 2_000
NOT_COMPARED = ("runs", "cache")  # parts have names by chance; a cache may be made again
POOLS = Reader("pools", ("scenario.toml", "cache"), "cache/pool*", ("run", "scenario.toml", *SHORT), 40, True)


class State(NamedTuple):
    """What all cases share."""

    folder: Path
    samples: Path
    readers: list[Reader]  # each as often as it is attacked
    sound: dict[str, "Answer"]  # what each says and leaves when nothing is damaged
    machine_code: machine_code.State


class Answer(NamedTuple):
    """How a command ended, and what it said and left."""

    end: Ended
    files: dict[str, bytes]


def prepare(folder: Path) -> State:
    code = machine_code.prepare(folder)
    load_everything()
    samples = folder / "samples"
    make_samples(samples)
    (samples / "cache").mkdir(mode=0o700)
    readers = [POOLS, *(reader for reader in READERS if reader.kept)]
    answer_of(POOLS, samples)  # fills the cache
    sound = {reader.name: answer_of(reader, copied(samples, reader.inputs, folder / reader.name)) for reader in readers}
    return State(folder, samples, [reader for reader in readers for _ in range(reader.share)], sound, code)


def attack(state: State, rng: Random, number: int) -> Result:
    """One bit, and the command that reads it."""
    if rng.random() < machine_code.SHARE:
        return machine_code.attack(state.machine_code, rng, number)
    reader = rng.choice(state.readers)
    folder = copied(state.samples, reader.inputs, state.folder / f"case-{number}")
    try:
        path = rng.choice([path for path in reader.files(folder) if path.stat().st_size])
        whole = path.read_bytes()
        path.write_bytes(flip_bit(whole, rng))
        answer = answer_of(reader, folder)
        mended = path.is_file() and path.read_bytes() == whole
        return judged(reader, state.sound[reader.name], answer, path.relative_to(folder).as_posix(), mended)
    finally:
        cleared(folder)


def answer_of(reader: Reader, folder: Path) -> Answer:
    """What a command says and leaves in a folder."""
    end = forked(within(folder / "cache", supportnet(*reader.words)), folder, seconds=60)
    return Answer(end, contents(folder, NOT_COMPARED))


def within(cache: Path, call: Callable[[], None]) -> Callable[[], None]:
    """The same with this cache, if there is one."""

    def call_within() -> None:
        if cache.is_dir():
            os.environ["SUPPORTNET_CACHE"] = str(cache)
        call()

    return call_within


def judged(reader: Reader, sound: Answer, answer: Answer, changed: str, mended: bool) -> Result:
    """What a flipped bit has led to."""
    about = reader.name
    if wrong := fault_in(answer.end):
        return fault(about, wrong, changed)
    if answer.end.code == REFUSED:
        return Result(Ending.REFUSED, about)
    passed_over = {*reader.follows} if reader.words[0] == "sweep" else {*reader.follows, changed}  # a sweep mends it
    expected, actual = (
        {name: content for name, content in one.files.items() if name not in passed_over} for one in (sound, answer)
    )
    differs = difference(expected, actual) or "what it prints" * (sound.end.out != answer.end.out)
    if not differs:
        return Result(Ending.HEALED if mended or answer.end.err != sound.end.err else Ending.UNCHANGED, about)
    name = changed.rpartition("/")[2]
    if name in answer.end.out + answer.end.err and name not in sound.end.out + sound.end.err:
        return Result(Ending.REFUSED, about)  # the command does without that file, and says so
    return fault(about, f"gives another answer and says nothing: {differs}", changed)
