"""Results of a study as tidy tables: one row a run and week, with what it was and what came of it."""

import hashlib
from collections.abc import Iterator, Sequence
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq

from supportnet.experiments.execution.checked_files import has_checksum, sha256_of
from supportnet.experiments.runs.plan import identity_of_plan
from supportnet.experiments.runs.plan_file import PLAN
from supportnet.experiments.runs.run_ids import Names, are_in, read_names
from supportnet.experiments.runs.run_store import RunReader, writer_of
from supportnet.experiments.study.study import StudyDefinition
from supportnet.sim.storage.atomic import write_whole

RESULTS = "results.parquet"
AT_ONCE = 20_000  # rows; each time all parts are gone through


def tidy_tables(
    study: StudyDefinition, folder: Path, shelf: RunReader, outcomes: Sequence[str] = (), weeks: Sequence[int] = ()
) -> Iterator[pa.Table]:
    """Tables, one after the other, in the order of the plan: run, scenario, design_point, replicate, factors, week,
    outcomes. Runs that are missing are left out."""
    weeks, outcomes = tuple(weeks) or study.weeks, tuple(outcomes) or tuple(study.columns)
    with pq.ParquetFile(folder / PLAN, page_checksum_verification=True) as file:
        names = read_names(file)
        present, done = are_in(names, shelf.names), 0
        for rows in file.iter_batches(max(1, AT_ONCE // len(weeks))):
            here = slice(done, done := done + len(rows))
            rows_present = np.flatnonzero(present[here])
            table = pa.table(rows).take(np.repeat(rows_present, len(weeks)))
            table = table.append_column("week", pa.array(np.tile(np.array(weeks, np.int32), len(rows_present))))
            found = shelf.values(names[here][rows_present], outcomes, weeks).reshape(-1, len(outcomes))
            for k, outcome in enumerate(outcomes):
                table = table.append_column(outcome, pa.array(found[:, k], from_pandas=True))
            yield table


def write_results(study: StudyDefinition, folder: Path, shelf: RunReader, names: Names) -> str:
    """All results in one file, and its SHA-256; the same results give the same bytes."""
    about, writer = stamp(study, shelf, names), None
    with write_whole(folder / RESULTS) as file:
        for table in tidy_tables(study, folder, shelf):
            schema = table.schema.with_metadata(about)
            writer = writer or writer_of(file, schema, ["scenario"])
            writer.write_table(table.replace_schema_metadata(about))
        if writer:
            writer.close()
    return sha256_of(folder / RESULTS)


def up_to_date(study: StudyDefinition, folder: Path, shelf: RunReader, names: Names, checksum: str) -> bool:
    """Whether the file of all results is that of these runs and of this study as it is now. checksum: SHA-256 that it
    should have."""
    if not has_checksum(folder / RESULTS, checksum):
        return False
    try:
        with pq.ParquetFile(folder / RESULTS) as file:
            return bool(file.schema_arrow.metadata == stamp(study, shelf, names))
    except (OSError, ValueError):
        return False


def stamp(study: StudyDefinition, shelf: RunReader, names: Names) -> dict[bytes, bytes]:
    """What results were put together from: the plan, and the runs that are there."""
    digest = hashlib.sha256(are_in(names, shelf.names).tobytes()).hexdigest()
    return {b"plan": identity_of_plan(study).encode(), b"runs": digest.encode()}
