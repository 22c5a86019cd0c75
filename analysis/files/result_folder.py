"""A folder of results: its files come into being together, or not at all."""

import contextlib
import os
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from supportnet.analysis.files.writing import write_json
from supportnet.experiments.execution.atomic_io import has_checksum, read_json, sha256_of
from supportnet.experiments.execution.interruption import interruption
from supportnet.sim.errors import UserInputError
from supportnet.sim.provenance import identity, sealed
from supportnet.sim.storage.unfinished import folder_in

PROVENANCE = "provenance.json"  # comes last: where it is, everything is
LONGEST = 50  # letters of a scenario in the name of a folder: file systems allow 255 bytes
OURS = {
    "effects.csv", "published.csv", "patterns.csv",
    "outcomes.csv", "outcomes.parquet", "trajectories.parquet", "people.parquet", "ties.parquet", "agreement.csv",
    "portfolios.csv", "simpler.csv", "best.toml",
    "shares.csv", "pairs.csv", "coalitions.parquet",
    "strategies.csv", "acceptability.csv", "information.csv",
    "networks.parquet", "interviews.csv", "differences.csv", "ranking.csv", "for_whom.csv", "harmed.csv",
    "figure.png", "figure.svg",
    PROVENANCE,
}  # fmt: skip


def default_folder(names: Sequence[str], request: Mapping[str, Any]) -> Path:
    """results/<command>-<scenario>-<8 characters of the run identity> under the current folder."""
    name = re.sub(r"[^\w.-]+", "-", names[0])[:LONGEST]
    return Path("results", f"{request['command']}-{name}-{identity(request)[:8]}")


@contextmanager
def written_together(folder: Path, command: str) -> Iterator[Path]:
    """A hidden folder to write into; when all went well its files move up into `folder`, one by one, provenance last.

    Otherwise nothing is left behind. A folder holds one run: files of an earlier one that this one does not have go.
    command: which writes them; what another command has left is never replaced. What the disk says is a UserInputError.
    """
    _not_of_another(folder, command)
    made = [path for path in (folder, *folder.parents) if not path.exists()]
    try:
        folder.mkdir(parents=True, exist_ok=True)
        with folder_in(folder) as hidden:
            yield hidden
            _seal(hidden)
            with interruption.delayed():
                _move_up(hidden, folder)
                interruption.is_complete(folder)
    except BaseException as error:
        for path in made:
            with contextlib.suppress(OSError):
                path.rmdir()
        if isinstance(error, OSError):
            raise _mistake(folder, error) from error
        raise


def _seal(folder: Path) -> None:
    """Write the checksums of all other files, and one of its own, into the provenance."""
    if (folder / PROVENANCE).exists():
        told = read_json(folder / PROVENANCE)
        names = sorted(path.name for path in folder.iterdir() if path.name != PROVENANCE)
        files = {name: sha256_of(folder / name) for name in names}
        write_json(sealed({**told, "files": files}), folder / PROVENANCE)


def has_checksums(told: Mapping[str, Any]) -> bool:
    """Whether a provenance says how the files beside it should be; those of earlier versions do not."""
    return isinstance(told.get("files"), dict)


def damaged(folder: Path, told: Mapping[str, Any], names: Iterable[str]) -> list[str]:
    """Which of these files in a folder are not as its provenance says. What is gone is not among them."""
    checksums = told["files"] if has_checksums(told) else {}
    return [
        name
        for name in names
        if name in checksums and (folder / name).is_file() and not has_checksum(folder / name, checksums[name])
    ]


def _not_of_another(folder: Path, command: str) -> None:
    try:
        there = read_json(folder / PROVENANCE).get("command", command)
    except (OSError, ValueError, AttributeError):
        return
    if there != command:
        raise UserInputError(
            "results of another command lie there, and would be replaced", where=str(folder),
            found=f"what `supportnet {there}` wrote", expected=f"a folder of its own for `supportnet {command}`",
            remedy="choose another folder with --out",
        )  # fmt: skip


def _move_up(hidden: Path, folder: Path) -> None:
    names = sorted((path.name for path in hidden.iterdir()), key=lambda name: (name == PROVENANCE, name))
    for name in names:
        if (folder / name).is_dir():
            raise IsADirectoryError(f"{name} is a folder there")
        with open(hidden / name, "rb+") as file:
            os.fsync(file.fileno())
    if (folder / PROVENANCE).exists():
        (folder / PROVENANCE).unlink()
        others = {path.name for path in folder.glob("networks-*.parquet")}  # of a comparison
        for name in (OURS | others).difference(names):
            (folder / name).unlink(missing_ok=True)
    for name in names:
        os.replace(hidden / name, folder / name)


def _mistake(folder: Path, error: OSError) -> UserInputError:
    why = error.strerror or error
    if isinstance(error, FileExistsError | NotADirectoryError):
        why = "a file, or a link that leads nowhere, has this name"
    return UserInputError(
        f"results can't be written ({why})",
        where=str(folder),
        found=str(error.filename or folder),
        expected="a folder that can be written to, on a disk with room",
        remedy="choose another folder with --out, or make room",
    )
