"""Which code this is: identities that follow what the code does, not how it is written down.

Comments, docstrings, formatting and the place of a file do not count. Nor does a change after which every kernel, run
and pattern was found equal to the bit: `make same-model` proves that and writes it into the record beside this file.
"""

import ast
import hashlib
import json
from collections.abc import Iterator
from functools import cache
from importlib.metadata import version
from pathlib import Path
from typing import Any, NamedTuple

from supportnet.sim.parameters import POOL_SIZE, Parameters, spelled

ROOT = Path(__file__).parents[1]
RECORD = Path(__file__).with_name("model_record.json")
COMPILED = ("jit", "inlined", "randomness", "state", "enums", "area/week")  # files of sim that hold compiled functions
FILES = {  # of each part of the code that has an identity, as patterns of paths; `parameters.py` counts by its values
    "model": (
        *(f"sim/{name}.py" for name in COMPILED), "sim/kernels/*.py", "sim/reference_area.py", "sim/rules.py",
        "sim/area/compile_rules.py", "sim/area/population.py", "sim/area/pool.py", "sim/area/staffing.py",
    ),
    "run": (  # who people read from data are, what happens when, what is seen; draws are fitted without these
        "sim/scenario/calendar.py", "sim/network_file/reader.py", "sim/area/empirical_population.py", "sim/outcomes.py",
        "sim/area/simulation.py",
    ),
    "patterns": ("experiments/patterns/*.py",),
    "trials": ("experiments/randomised/*.py",),
}  # fmt: skip
OURS = {"supportnet", "sim"}  # what names of this project's own modules begin with
LEFT_OUT = ("ctx", "kind", "type_comment")  # of a syntax tree: what its neighbours say already


class Digests(NamedTuple):
    """SHA-256 (16 characters) of a file's bytes, and of what they mean."""

    content: str
    meaning: str


class Record(NamedTuple):
    """The identity of a part of the code, and the files that were proven to be that part."""

    identity: str
    files: dict[str, Digests]


def model_identity() -> str:
    """The model, whatever its numbers are set to: how people live in an area. 16 characters."""
    return identity_of_part("model")


@cache
def run_hash() -> str:
    """What decides the numbers of a run beside its scenario: the model with its numbers, who people read from data are,
    what is seen of them, the compiler."""
    about = [model_identity(), identity_of_part("run"), spelled(Parameters()), str(POOL_SIZE)]
    return _short(" ".join([*about, version("numba"), version("numpy")]).encode())


@cache
def identity_of_part(part: str) -> str:
    """The identity of a part of the code."""
    now, recorded = meanings(part), recorded_parts()[part]
    same = sorted(digests.meaning for digests in recorded.files.values()) == sorted(now.values())
    return recorded.identity if same else identity_of(now)


def identity_of(meanings: dict[str, str]) -> str:
    """An identity for what these files mean, wherever they lie."""
    return _short(" ".join(sorted(meanings.values())).encode())


def files_of(part: str) -> dict[str, Path]:
    """The files of a part, by the name under which they are recorded."""
    paths = {path for pattern in FILES[part] for path in ROOT.glob(pattern)}
    return {path.relative_to(ROOT).as_posix(): path for path in sorted(paths)}


@cache
def meanings(part: str) -> dict[str, str]:
    """The meaning of each of its files, as a digest; parsed only where its bytes are not those on record."""
    recorded, found = recorded_parts()[part].files, {}
    for name, path in files_of(part).items():
        content, record = path.read_bytes(), recorded.get(name)
        unchanged = record and record.content == _short(content)
        found[name] = record.meaning if record and unchanged else meaning_of(content.decode("utf-8"))
    return found


@cache
def recorded_parts() -> dict[str, Record]:
    """The record that ships, part by part."""
    written = json.loads(RECORD.read_text("utf-8"))
    return {
        part: Record(about["identity"], {name: Digests(*digests) for name, digests in about["files"].items()})
        for part, about in written.items()
    }


def write_record(identities: dict[str, str]) -> None:
    """Record the files as they are now to be the parts of these identities."""
    written = {}
    for part, identity in identities.items():
        files = {name: path.read_bytes() for name, path in files_of(part).items()}
        digests = {name: [_short(content), meaning_of(content.decode("utf-8"))] for name, content in files.items()}
        written[part] = {"identity": identity, "files": digests}
    RECORD.write_text(json.dumps(written, indent=1) + "\n", "utf-8")


def meaning_of(source: str) -> str:
    """A digest of the syntax tree, without docstrings and without the places that names of this project come from."""
    return _short(repr(_plain(ast.parse(source))).encode())


def _plain(node: Any) -> Any:
    """A syntax tree as nested tuples, the same for every version of Python."""
    if isinstance(node, list):
        return [_plain(one) for one in node]
    if not isinstance(node, ast.AST):
        return node
    return type(node).__name__, [(name, _plain(value)) for name, value in _fields(node) if value not in (None, [])]


def _fields(node: ast.AST) -> Iterator[tuple[str, Any]]:
    documented = isinstance(node, ast.Module | ast.ClassDef | ast.FunctionDef) and ast.get_docstring(node, clean=False)
    for name, value in ast.iter_fields(node):
        if name == "body" and documented:
            yield name, value[1:]
        elif name not in LEFT_OUT and not (name == "module" and str(value).split(".")[0] in OURS):
            yield name, value


def _short(content: bytes) -> str:
    return hashlib.sha256(content).hexdigest()[:16]
