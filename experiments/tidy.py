"""Results of a study as tidy tables: one row a run and week, with what it was and what came of it."""

import hashlib
from collections.abc import Iterator, Sequence
from pathlib import Path

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq

from experiments.disk import whole
from experiments.ledger import Shelf, run_names
from experiments.parquet import with_plain_text
from experiments.plan_file import PLAN
from experiments.results import NAMES
from experiments.runs import Names, identity_of_plan
from experiments.study import Study

RESULTS = "results.parquet"
AT_ONCE = 50_000  # rows


def tidy(
    study: Study, folder: Path, shelf: Shelf, outcomes: Sequence[str] = NAMES, weeks: Sequence[int] = ()
) -> Iterator[pd.DataFrame]:
    """Tables, one after the other, in the order of the plan: run, scenario, design_point, replicate, factors, week,
    outcomes. Runs that are missing are left out."""
    weeks = tuple(weeks) or study.weeks
    with pq.ParquetFile(folder / PLAN, page_checksum_verification=True) as file:
        for rows in file.iter_batches(max(1, AT_ONCE // len(weeks))):
            names = run_names(rows["run"])
            there = np.isin(names, shelf.names)
            if not there.any():
                continue
            values = shelf.values(names[there], outcomes, weeks).reshape(-1, len(outcomes))
            table = rows.to_pandas()[there]
            table = table.loc[table.index.repeat(len(weeks))].reset_index(drop=True)
            table["week"] = np.tile(np.array(weeks, np.int32), int(there.sum()))
            yield pd.concat([table, pd.DataFrame(values, columns=list(outcomes))], axis=1)


def write_results(study: Study, folder: Path, shelf: Shelf, names: Names) -> None:
    """All results in one file; the same results give the same bytes."""
    about, writer = stamp(study, shelf, names), None
    with whole(folder / RESULTS) as file:
        for table in tidy(study, folder, shelf):
            rows = pa.Table.from_pandas(table, preserve_index=False).replace_schema_metadata(about)
            writer = writer or pq.ParquetWriter(file, with_plain_text(rows.schema), compression="zstd")
            writer.write_table(rows.cast(writer.schema))
        if writer:
            writer.close()


def up_to_date(study: Study, folder: Path, shelf: Shelf, names: Names) -> bool:
    """Whether the file of all results is that of these runs and of this study as it is now."""
    try:
        with pq.ParquetFile(folder / RESULTS) as file:
            return bool(file.schema_arrow.metadata == stamp(study, shelf, names))
    except (OSError, ValueError):
        return False


def stamp(study: Study, shelf: Shelf, names: Names) -> dict[bytes, bytes]:
    """What results were put together from: the plan, and the runs that are there."""
    there = hashlib.sha256(np.isin(names, shelf.names).tobytes()).hexdigest()
    return {b"plan": identity_of_plan(study).encode(), b"runs": there.encode()}
