"""Results by identity of the run: Parquet parts that are added and never rewritten, whatever happens to the process.

A part appears whole or not at all (temporary file, fsync, rename, fsync of the folder). Every writer has names of its
own, so that several can add to one folder; a run that two have computed is there twice with the same bits, and read
once. The listing is the manifest: the name of a part ends with the checksum of its contents, so that of a damaged one
nothing is read.
"""

import hashlib
import io
import json
import os
import re
import secrets
import time
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any, BinaryIO

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
from numpy.typing import NDArray

from supportnet.experiments.execution.checked_files import check_parquet, inside
from supportnet.experiments.runs.run_ids import NOBODY, Lookup, Names, from_hex, read_names
from supportnet.sim.errors import UserInputError
from supportnet.sim.outcomes import OUTCOMES
from supportnet.sim.storage.atomic import write_whole
from supportnet.sim.storage.unfinished import TEMPORARY

if TYPE_CHECKING:
    from supportnet.experiments.runs.batch import BatchResult, Failure

SECONDS = 1.0  # that a kill may cost
ROWS = 20_000  # of a part that is not merged any more
READ_AT_ONCE = 20_000  # rows
MANY = 40  # small parts, from which on they are merged
CHECKED = re.compile(r"(?:runs|failed)-[0-9a-f]{8}-[0-9]+-([0-9a-f]{16})\.parquet")  # those of earlier versions are not

_intact: set[tuple[str, int, int]] = set()  # parts: path, size, time of the last change

FAILED = pa.schema([("run", pa.string()), ("design_point", pa.string()), ("error", pa.string())])


def part_columns(columns: Iterable[str]) -> pa.Schema:
    """The columns of a part, when these are kept of each run and week."""
    numbers = (pa.field(name, pa.float64()) for name in columns)
    return pa.schema([pa.field("run", pa.string()), pa.field("week", pa.int32()), *numbers])


class RunWriter:
    """Completed and failed runs in a folder."""

    def __init__(self, folder: Path, columns: Iterable[str] = OUTCOMES) -> None:
        self.folder, self._schema = folder, part_columns(columns)
        self._writer = secrets.token_hex(4)
        self._number = 0
        self._small: list[tuple[Path, int]] = []  # parts of this writer that may be merged, with their rows
        self._waiting: list[pa.Table] = []
        self._failed: list[dict[str, str]] = []
        self._since = time.monotonic()

    def add(self, batch: "BatchResult", weeks: tuple[int, ...]) -> None:
        """Keep what came of a batch; it is on the disk within seconds, or after `flush`."""
        if batch.runs:
            self._waiting.append(batch_table(batch, weeks, self._schema))
        self._failed += [_plain(one) for one in batch.failed]
        if time.monotonic() - self._since > SECONDS or sum(map(len, self._waiting)) >= ROWS:
            self.flush()

    def flush(self) -> None:
        """Bring to the disk what is not there yet."""
        if self._failed:
            self._write("failed", pa.Table.from_pylist(self._failed, FAILED), FAILED)
            self._failed.clear()
        if self._waiting:
            rows = pa.concat_tables(self._waiting)
            path = self._write("runs", rows, self._schema)
            self._waiting.clear()
            if len(rows) < ROWS:
                self._small.append((path, len(rows)))
            if len(self._small) >= MANY:
                self.merge()
        self._since = time.monotonic()

    def merge(self) -> None:
        """Put small parts of this writer together; rows are there twice for a moment, never not at all."""
        while len(self._small) > 1:
            taken, rows = [self._small.pop(0)], 0
            while self._small and rows + taken[-1][1] < 4 * ROWS:
                rows += taken[-1][1]
                taken.append(self._small.pop(0))
            if intact := [path for path, _ in taken if part_is_intact(path)]:
                merged = pa.concat_tables([pq.read_table(path, schema=self._schema) for path in intact])
                self._write("runs", merged, self._schema)
            for path in intact:
                path.unlink(missing_ok=True)

    def _write(self, kind: str, rows: pa.Table, schema: pa.Schema) -> Path:
        self._number += 1
        content = io.BytesIO()
        with writer_of(content, schema) as part:
            part.write_table(rows, row_group_size=READ_AT_ONCE)
        checksum = hashlib.sha256(content.getbuffer()).hexdigest()[:16]
        goal = self.folder / f"{kind}-{self._writer}-{self._number:06d}-{checksum}.parquet"
        with write_whole(goal) as file:
            file.write(content.getbuffer())
        pa.default_memory_pool().release_unused()
        return goal


class RunReader:
    """What lies in a folder of parts, for reading."""

    def __init__(self, folder: Path, columns: Iterable[str] = OUTCOMES) -> None:
        self._folder, self._schema = folder, part_columns(columns)
        self._list()

    def _list(self) -> None:
        self.parts: list[Path] = []
        self.failures: list[Path] = []
        self.foreign: dict[Path, str] = {}  # files that are no part, or not a whole one, and why
        names: list[Names] = [NOBODY]
        for path in sorted(self._folder.glob("*")) if self._folder.is_dir() else []:
            if path.suffix == TEMPORARY:
                continue
            kind = path.name.split("-")[0]
            try:
                if path.is_symlink():
                    inside(self._folder, path.name)
                check_part(path)
                column = _runs_of(path, FAILED if kind == "failed" else self._schema)
            except UserInputError as mistake:
                self.foreign[path] = mistake.parts["what"]
                continue
            except Exception as error:  # of a file that is not ours anything may be wrong
                if not os.path.lexists(path):  # merged by its writer in this very moment
                    return self._list()
                self.foreign[path] = str(error)[:100]
                continue
            if kind == "failed":
                self.failures.append(path)
            else:
                self.parts.append(path)
                names.append(column)
        self.names = np.concatenate(names)

    def values(self, wanted: Names, outcomes: Iterable[str], weeks: tuple[int, ...]) -> NDArray[np.float64]:
        """(runs, weeks, outcomes) of these runs in this order; NaN where one is not there."""
        outcomes = list(outcomes)
        try:
            return self._values(wanted, outcomes, weeks)
        except FileNotFoundError:  # its writer has merged it in the meantime
            self._list()
            return self.values(wanted, outcomes, weeks)

    def _values(self, wanted: Names, outcomes: list[str], weeks: tuple[int, ...]) -> NDArray[np.float64]:
        found, lookup = np.full((len(wanted), len(weeks), len(outcomes)), np.nan), Lookup(wanted)
        for path in self.parts:
            with pq.ParquetFile(path, page_checksum_verification=True) as part:
                for rows in part.iter_batches(READ_AT_ONCE, columns=["run", "week", *outcomes], use_threads=False):
                    place, week = lookup.find(from_hex(rows["run"])), rows["week"].to_numpy()
                    for j, each in enumerate(weeks):
                        chosen = (place >= 0) & (week == each)
                        for k, outcome in enumerate(outcomes):
                            found[place[chosen], j, k] = rows[outcome].to_numpy(zero_copy_only=False)[chosen]
        first = lookup.find(wanted)
        return found if (first == np.arange(len(wanted))).all() else found[first]

    def failed(self, wanted: Names) -> list[dict[str, Any]]:
        """Run, design point and error of each of these runs that failed and was not completed since."""
        failures = [row for path in self.failures for row in pq.read_table(path, schema=FAILED).to_pylist()]
        latest = {row["run"]: row | {"design_point": json.loads(row["design_point"])} for row in failures}
        if not latest:
            return []
        names = from_hex(pa.array(list(latest), pa.string()))
        still = (Lookup(wanted).find(names) >= 0) & (Lookup(self.names).find(names) < 0)
        return [latest[name] for name, here in zip(latest, still, strict=True) if here]


def writer_of(file: BinaryIO, schema: pa.Schema, repeating: Sequence[str] = ()) -> pq.ParquetWriter:
    """Writes a table whose numbers are all different: dictionaries of them would take memory and save nothing."""
    return pq.ParquetWriter(
        file, schema, compression="zstd", write_page_checksum=True, use_dictionary=list(repeating) or False
    )


def batch_table(batch: "BatchResult", weeks: tuple[int, ...], schema: pa.Schema) -> pa.Table:
    """What came of a batch, one row a run and week."""
    n_runs, n_weeks, _ = batch.values.shape
    columns = batch.values.reshape(n_runs * n_weeks, -1).T
    runs = [run for run in batch.runs for _ in range(n_weeks)]
    of_weeks = np.tile(np.array(weeks, np.int32), n_runs)
    return pa.table([pa.array(runs, pa.string()), pa.array(of_weeks), *columns], schema)


def _plain(failure: "Failure") -> dict[str, str]:
    return {
        "run": failure.run,
        "design_point": json.dumps(failure.values, ensure_ascii=False),
        "error": failure.error,
    }


def check_part(path: Path) -> None:
    """Raises an exception where a file is no part, or a damaged one. What was intact is not read again until it is
    changed: a sweep looks often for what others have done."""
    if not path.is_file():
        raise ValueError("is not a file")
    about = path.stat()
    here = (str(path), about.st_size, about.st_mtime_ns)
    if here in _intact:
        return
    named = CHECKED.fullmatch(path.name)
    check_parquet(path, named[1] if named else "")
    _intact.add(here)


def part_is_intact(path: Path) -> bool:
    """Whether a part is there, as it was written."""
    try:
        check_part(path)
    except Exception:  # of a damaged file anything may be wrong; it stays where it is, and whoever reads it says so
        return False
    return True


def _runs_of(path: Path, schema: pa.Schema) -> Names:
    """The runs in a part. Raises an exception where it has not the columns of one."""
    with pq.ParquetFile(path, page_checksum_verification=True) as part:
        if not part.schema_arrow.equals(schema):
            raise ValueError("has other columns than results of this version")
        return read_names(part)


def chunks(n: int, size: int) -> Iterator[slice]:
    """So many things in pieces."""
    return (slice(start, min(start + size, n)) for start in range(0, n, size))
