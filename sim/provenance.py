"""Where results come from: plain dicts that say everything needed to make the same results again."""

import hashlib
import json
import os
import platform
import shlex
import subprocess
from collections.abc import Mapping
from importlib.metadata import version
from pathlib import Path
from typing import Any, Literal

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from supportnet import __version__
from supportnet.sim.errors import UserInputError
from supportnet.sim.storage.toml_files import content_of

# What affects results, by command, and is hashed into the identity ("posterior", and the numbers that it leaves
# "fixed", only where there is one). Names of scenarios, workers and the machine do not.
AFFECTING = {
    "run": ("command", "code", "scenario", "parameters", "seed", "replicates", "record", "every", "posterior", "fixed"),
    "sweep": ("command", "study"),  # its folder must not change with the study; its runs have identities of their own
    "explain": ("command", "code", "scenarios", "over", "held", "seed", "replicates", "posterior", "fixed"),
    "compare": ("command", "code", "scenarios", "seed", "replicates", "independent", "posterior", "fixed"),
    "economics": (
        "command", "comparison", "effect", "costs", "threshold", "seed", "numbers", "population", "years", "discount",
        "study_people",
    ),
    "optimise": (
        "command", "code", "scenario", "parameters", "budget", "levers", "seed", "size", "luck", "posterior", "fixed",
    ),
}  # fmt: skip
LIBRARIES = ("numpy", "numba", "llvmlite", "pandas", "pyarrow", "matplotlib")
FEATURES = ("fma", "avx", "avx2", "avx512f", "neon", "sve")  # of processors, on which mathematical functions may depend
MOST_BYTES = 100_000_000  # of a provenance, with the numbers of all replicates in it


def canonical_json(plain: Any) -> str:
    """One text for one content: keys sorted, no spaces, no NaN."""
    return json.dumps(plain, sort_keys=True, separators=(",", ":"), ensure_ascii=False, allow_nan=False)


def identity(request: Mapping[str, Any]) -> str:
    """SHA-256, in hexadecimal, of everything in a request that affects its results: the whole of it, or what
    AFFECTING names."""
    about = {name: request[name] for name in AFFECTING.get(request["command"], request) if name in request}
    return hashlib.sha256(canonical_json(about).encode()).hexdigest()


def sealed(content: Mapping[str, Any]) -> dict[str, Any]:
    """The same as plain values, with a checksum of the whole."""
    plain = json.loads(json.dumps(content, allow_nan=False))
    return {**plain, "checksum": _checksum(plain)}


def is_intact(content: Mapping[str, Any]) -> bool:
    """Whether content is as it was sealed; what earlier versions wrote has no checksum, and counts as intact."""
    return "checksum" not in content or content["checksum"] == _checksum(content)


def _checksum(content: Mapping[str, Any]) -> str:
    about = {name: value for name, value in content.items() if name != "checksum"}
    return hashlib.sha256(canonical_json(about).encode()).hexdigest()


def provenance(request: Mapping[str, Any], labels: Mapping[str, Any]) -> dict[str, Any]:
    """What goes beside results: the request, names that people know it by, and what made them."""
    return {
        "supportnet_provenance": 1,
        "run_identity": identity(request),
        **labels,
        **request,
        "versions": versions(),
        "commit": commit(),
        "machine": machine(),
    }


def versions() -> dict[str, str]:
    """Versions of the project, of Python and of the libraries that results pass through."""
    libraries = {name: version(name) for name in LIBRARIES}
    return {"supportnet": __version__, "python": platform.python_version(), **libraries}


def commit() -> str | None:
    """The commit that the code was checked out at; None outside a checkout of this project."""
    here = Path(__file__).parent
    try:
        done = subprocess.run(
            ["git", "rev-parse", "--show-prefix", "--verify", "HEAD"],
            cwd=here,
            capture_output=True,
            text=True,
            check=True,
            env={**os.environ, "GIT_OPTIONAL_LOCKS": "0"},
        )
    except (OSError, subprocess.CalledProcessError):
        return None
    prefix, _, head = done.stdout.strip().partition("\n")
    return head if prefix == f"{here.name}/" else None  # not some repository that the package is installed within


def machine() -> dict[str, Any]:
    """What of the machine may show in the last digits of results."""
    import llvmlite.binding as llvm  # type: ignore[import-untyped]

    known = llvm.get_host_cpu_features()
    return {
        "system": platform.system(),
        "architecture": platform.machine(),
        "c_library": " ".join(platform.libc_ver()).strip(),
        "cpu_features": [name for name in FEATURES if known.get(name)],
    }


def changes(then: Mapping[str, Any], now: Mapping[str, Any]) -> list[str]:
    """What is different about the code, the libraries and the machine, in words; nothing where all is the same."""
    lines = []
    if then["code"] != now["code"]:
        lines.append(f"the model's code or its compiler: {then['code']} then, {now['code']} now")
    for part in ("versions", "machine"):
        for name in {**then[part], **now[part]}:
            before, after = then[part].get(name), now[part].get(name)
            if before != after:
                lines.append(f"{name.replace('_', ' ')}: {before} then, {after} now")
    return lines


class RunMetadata(BaseModel):
    """The shape of what `run` writes."""

    model_config = ConfigDict(strict=True)

    supportnet_provenance: Literal[1]
    run_identity: str
    name: str
    title: str
    assumes: str
    command: Literal["run"]
    code: str
    scenario: dict[str, Any]
    parameters: dict[str, float]
    seed: int
    replicates: list[int] = Field(min_length=1)
    record: list[Literal["people", "ties"]]
    every: int = Field(ge=0)
    posterior: str = ""  # identity of the draws that it was lived by
    fixed: list[str] = []  # numbers that the scenario sets itself, whatever the draws say
    versions: dict[str, str]
    machine: dict[str, str | list[str]]


def read_provenance(path: str | os.PathLike[str]) -> dict[str, Any]:
    """The provenance of a run in this file, or in this folder; whatever is not one, or was changed, is a
    UserInputError."""
    path = Path(path, "provenance.json") if os.path.isdir(path) else Path(path)

    def mistake(what: str, found: object, remedy: str) -> UserInputError:
        expected = "a provenance.json as `supportnet run` wrote it"
        return UserInputError(what, where=str(path), found=found, expected=expected, remedy=remedy)

    try:
        metadata: dict[str, Any] = json.loads(content_of(path, MOST_BYTES).decode(), parse_constant=_refuse)
        if isinstance(metadata, dict) and metadata.get("command") == "compare":
            names = shlex.join(map(str, metadata.get("names", ["…"])))
            remedy = f"compare them again: supportnet compare {names} --seed {metadata.get('seed')} --replicates …"
            raise mistake("is the provenance of a comparison, not of a run", "compare", remedy)
        RunMetadata.model_validate(metadata)
        same = metadata["run_identity"] == identity(metadata) and is_intact(metadata)
    except UserInputError:
        raise
    except ValidationError as error:
        wrong = error.errors()[0]
        found = f"{'.'.join(map(str, wrong['loc'])) or 'the whole file'}: {wrong['msg']}"
        remedy = "give the file of a run; a later format needs the version that wrote it"
        raise mistake("is not the provenance of a run", found, remedy) from error
    except (ValueError, RecursionError) as error:
        raise mistake("is not JSON in UTF-8", str(error)[:100], "give the file of a run") from error
    if not same:
        remedy = "use the file as it was written, and change the scenario or the options instead"
        raise mistake("was changed since it was written", "contents that do not fit the identity or checksum", remedy)
    return metadata


def _refuse(constant: str) -> None:
    raise ValueError(f"{constant} is not JSON")
