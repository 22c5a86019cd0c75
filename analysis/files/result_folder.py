"""A folder of results: its files come into being together, or not at all."""

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from supportnet.analysis.files.writing import write_json
from supportnet.experiments.execution.checked_files import has_checksum, read_json, sha256_of, subfolder
from supportnet.experiments.execution.interruption import interruption
from supportnet.experiments.execution.store import Store, code_identity
from supportnet.sim.errors import UserInputError
from supportnet.sim.provenance import identity, sealed
from supportnet.sim.storage.atomic import hidden_folder, move_up

PROVENANCE = "provenance.json"  # comes last: where it is, everything is
UNFINISHED = "unfinished"  # folder within it: what is done, until all is
LONGEST = 50  # letters of a scenario in the name of a folder: file systems allow 255 bytes
OURS = {
    "effects.csv", "published.csv", "patterns.csv",
    "outcomes.csv", "outcomes.parquet", "trajectories.parquet", "people.parquet", "ties.parquet",
    "supporter_ties.parquet", "agreement.csv",
    "verdicts.csv", "costs.csv", "budgets.csv", "prices.csv", "assumptions.csv", "mixes.csv", "question.toml",
    "persons.parquet", "answer.html",
    "portfolios.csv", "simpler.csv", "best.toml",
    "shares.csv", "pairs.csv", "coalitions.parquet", "left_out.csv", "programmes.csv",
    "what_next.csv",
    "strategies.csv", "acceptability.csv", "information.csv", "budget_impact.csv",
    "networks.parquet", "alter_ties.parquet", "interviews.csv",
    "differences.csv", "ranking.csv", "for_whom.csv", "harmed.csv",
    "figure.png", "figure.svg",
    PROVENANCE,
}  # fmt: skip


def default_folder(names: Sequence[str], request: Mapping[str, Any]) -> Path:
    """results/<command>-<scenario>-<8 characters of the run identity> under the current folder."""
    name = re.sub(r"[^\w.-]+", "-", names[0])[:LONGEST]
    return Path("results", f"{request['command']}-{name}-{identity(request)[:8]}")


def unfinished_store(folder: Path, command: str) -> Store:
    """Where a command keeps what is done until its results are complete: `unfinished/COMMAND/CODE` in their folder."""
    return Store(subfolder(subfolder(subfolder(folder, UNFINISHED), command), code_identity()))


@contextmanager
def written_together(folder: Path, command: str, store: Store | None = None) -> Iterator[Path]:
    """A hidden folder to write into; when all went well its files move up into `folder`, one by one, provenance last.

    Otherwise nothing is left behind, but for what is done so far in `store`. A folder holds one run: files of an
    earlier one that this one does not have go.
    command: which writes them; what another command has left is never replaced. What the disk says is a UserInputError.
    """
    not_of_another(folder, command)
    store = store or Store()
    try:
        with hidden_folder(folder) as hidden:
            yield hidden
            _seal(hidden)
            networks = {path.name for part in ("networks", "alter_ties") for path in folder.glob(f"{part}-*.parquet")}
            with interruption.delayed():
                move_up(hidden, folder, last=PROVENANCE, others=OURS | networks)
                interruption.is_complete(folder)
                store.clear(above=2)
    except BaseException:
        _keep(store, folder)
        raise


def _keep(store: Store, folder: Path) -> None:
    """Bring what is done to the disk, and have it said."""
    try:
        with interruption.delayed():
            store.flush()
    finally:
        if store.is_in_use:
            interruption.is_continued(folder)


def _seal(folder: Path) -> None:
    """Write the checksums of all other files, and one of its own, into the provenance."""
    if (folder / PROVENANCE).exists():
        metadata = read_json(folder / PROVENANCE)
        names = sorted(path.name for path in folder.iterdir() if path.name != PROVENANCE)
        files = {name: sha256_of(folder / name) for name in names}
        write_json(sealed({**metadata, "files": files}), folder / PROVENANCE)


def has_checksums(metadata: Mapping[str, Any]) -> bool:
    """Whether a provenance says how the files beside it should be; those of earlier versions do not."""
    return isinstance(metadata.get("files"), dict)


def damaged_files(folder: Path, metadata: Mapping[str, Any], names: Iterable[str]) -> list[str]:
    """Which of these files in a folder are not as its provenance says. What is gone is not among them."""
    checksums = metadata["files"] if has_checksums(metadata) else {}
    return [
        name
        for name in names
        if name in checksums and (folder / name).is_file() and not has_checksum(folder / name, checksums[name])
    ]


def not_of_another(folder: Path, command: str) -> None:
    """Raises UserInputError where a folder holds results of another command, or its unfinished work."""
    unfinished = {path.parts[-3] for path in folder.glob(f"{UNFINISHED}/*/*/*.arrays")}
    for other in sorted(unfinished - {command}):
        raise UserInputError(
            "it contains unfinished work of another command", where=str(folder / UNFINISHED),
            found=f"what `supportnet {other}` has done", expected=f"a separate folder for `supportnet {command}`",
            remedy=f"choose another folder with --out, or finish `supportnet {other}` there first",
        )  # fmt: skip
    try:
        other = read_json(folder / PROVENANCE).get("command", command)
    except (OSError, ValueError, AttributeError):
        return
    if other != command:
        raise UserInputError(
            "it contains results of another command, which would be replaced", where=str(folder),
            found=f"what `supportnet {other}` wrote", expected=f"a separate folder for `supportnet {command}`",
            remedy="choose another folder",
        )  # fmt: skip
