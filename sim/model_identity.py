"""Which model this is: an identity that follows what the code does, not how it is written down.

Comments, docstrings, formatting and the place of a file do not count. Nor does a change after which every kernel and
every run was found equal to the bit: `make same-model` proves that and writes it into the record beside this file.
"""

import ast
import hashlib
import json
from collections.abc import Iterator
from functools import cache
from importlib.metadata import version
from pathlib import Path
from typing import Any, NamedTuple

from sim.parameters import POOL_SIZE, Parameters

HERE = Path(__file__).parent
RECORD = HERE / "model_record.json"
COMPILED = ("compiled", "randomness", "state", "vocabulary", "week")
SETTING_UP = ("reference_area", "rules", "rules_of", "population", "pool", "staffing")
INTERVIEWED = "interviewed.py"  # who people read from data are; no part of the identity: draws are fitted without them
LEFT_OUT = ("ctx", "kind", "type_comment")  # of a syntax tree: what its neighbours say already


class Digests(NamedTuple):
    """SHA-256 (16 characters) of a file's bytes, and of what they mean."""

    content: str
    meaning: str


@cache
def model_identity() -> str:
    """The model, whatever its numbers are set to: how people live in an area. 16 characters."""
    meanings = model_meanings()
    recorded = [digests.meaning for name, digests in record().files.items() if name != INTERVIEWED]
    return record().identity if sorted(recorded) == sorted(meanings.values()) else identity_of(meanings)


@cache
def model_hash() -> str:
    """What decides the numbers of a run: the model with its numbers, how interviews are read, the compiler."""
    about = [model_identity(), meaning(HERE / INTERVIEWED), repr(Parameters()), str(POOL_SIZE)]
    return _short(" ".join([*about, version("numba"), version("numpy")]).encode())


def model_files() -> dict[str, Path]:
    """The files that decide how people live, by the name under which they are recorded.

    `parameters.py` is not among them: its numbers count by their values.
    """
    paths = [*(HERE / f"{name}.py" for name in COMPILED + SETTING_UP), *HERE.glob("kernels/*.py")]
    return {path.relative_to(HERE).as_posix(): path for path in sorted(paths)}


@cache
def model_meanings() -> dict[str, str]:
    """The meaning of each of these files, as a digest."""
    return {name: meaning(path) for name, path in model_files().items()}


def identity_of(meanings: dict[str, str]) -> str:
    """An identity for what these files mean, wherever they lie."""
    return _short(" ".join(sorted(meanings.values())).encode())


class Record(NamedTuple):
    """The identity of a model, and the files that were proven to be that model."""

    identity: str
    files: dict[str, Digests]


@cache
def record() -> Record:
    """The record that ships."""
    written = json.loads(RECORD.read_text("utf-8"))
    return Record(written["identity"], {name: Digests(*digests) for name, digests in written["files"].items()})


def write_record(identity: str) -> None:
    """Record the files as they are now to be the model of this identity."""
    paths = {**model_files(), INTERVIEWED: HERE / INTERVIEWED}
    files = {name: [_short(path.read_bytes()), meaning_of(path.read_text("utf-8"))] for name, path in paths.items()}
    RECORD.write_text(json.dumps({"identity": identity, "files": files}, indent=1) + "\n", "utf-8")


def meaning(path: Path) -> str:
    """A digest of what a file of code means; parsed only where its bytes are not those on record."""
    content, name = path.read_bytes(), path.relative_to(HERE).as_posix()
    recorded = record().files.get(name)
    if recorded and recorded.content == _short(content):
        return recorded.meaning
    return meaning_of(content.decode("utf-8"))


def meaning_of(source: str) -> str:
    """A digest of the syntax tree, without docstrings and without the places that names of this package come from."""
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
        elif name not in LEFT_OUT and not (name == "module" and str(value).startswith("sim.")):
            yield name, value


def _short(content: bytes) -> str:
    return hashlib.sha256(content).hexdigest()[:16]
