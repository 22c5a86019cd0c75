"""What must be so after every attack; each check gives what is wrong in words, or nothing."""

import re
from collections.abc import Collection, Mapping
from pathlib import Path

from tests.attack.processes import ROOT, Ended

THROUGH = 6  # places of a traceback that are told
DONE, REFUSED, SOME_FAILED = 0, 2, 3  # exit codes that a command may end with


def fault_in(end: Ended, allowed: Collection[int] = (DONE, REFUSED, SOME_FAILED)) -> str:
    """What is wrong with how a command ended."""
    if end.code is None:
        return f"takes for ever (killed after {end.seconds:.0f} s)"
    if trace := traceback_in(end.err + end.out):
        return trace
    if "Exception ignored" in end.err:
        return "says 'Exception ignored': " + end.err.partition("Exception ignored")[2][:100]
    if end.code not in allowed:
        return f"ends with {end.code}: {end.err[-200:].strip()}"
    if end.code == REFUSED and not end.err.strip():
        return "is refused without a word"
    return ""


def traceback_in(said: str) -> str:
    """The error of the last traceback in a text, with the last place in the project and the last places of all."""
    if "Traceback (most recent call last)" not in said:
        return ""
    trace = said.rpartition("Traceback (most recent call last)")[2]
    places = re.findall(rf'File "{re.escape(str(ROOT))}/([^"]+)", line (\d+)', trace)
    ours = [place for place in places if not place[0].startswith("tests/attack")]
    errors = [line for line in trace.splitlines()[1:] if line and not line[0].isspace()]
    through = [f"{Path(path).name}:{line}" for path, line in re.findall(r'File "([^"]+)", line (\d+)', trace)][
        -THROUGH:
    ]
    where = f"{':'.join(ours[-1]) if ours else 'elsewhere'}; through {' '.join(through)}"
    return f"traceback: {errors[0][:150] if errors else '?'} ({where})"


def contents(place: Path, without: Collection[str] = ()) -> dict[str, bytes]:
    """Every file in a place (a folder or a file) by its path there, but for those below folders of these names."""
    if place.is_file():
        return {place.name: place.read_bytes()}
    inside = {path.relative_to(place): path for path in sorted(place.rglob("*")) if path.is_file()}
    return {where.as_posix(): path.read_bytes() for where, path in inside.items() if not {*where.parts} & {*without}}


def difference(expected: Mapping[str, bytes], actual: Mapping[str, bytes]) -> str:
    """How some files differ from what they should be."""
    lost, more = sorted(expected.keys() - actual.keys()), sorted(actual.keys() - expected.keys())
    other = [name for name in expected if name in actual and expected[name] != actual[name]]
    parts = {"lost": lost, "there besides": more, "different": other}
    return "; ".join(f"{what}: {', '.join(names[:4])}" for what, names in parts.items() if names)


def leftovers(folder: Path) -> list[str]:
    """Unfinished files below a folder: hidden or temporary ones."""
    paths = (path.relative_to(folder) for path in folder.rglob("*"))
    return sorted(str(path) for path in paths if path.suffix == ".tmp" or path.name.startswith("."))
