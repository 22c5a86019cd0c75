"""The plan of a study beside its results: which run is which design point, in a readable format."""

from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq

from supportnet.experiments.execution.checked_files import inside
from supportnet.experiments.runs.plan import SweepPlan, identity_of_plan
from supportnet.experiments.runs.run_ids import Names, read_names, to_hex
from supportnet.experiments.runs.run_store import chunks, writer_of
from supportnet.experiments.study.study import StudyDefinition
from supportnet.sim.errors import UserInputError
from supportnet.sim.storage.atomic import write_whole

PLAN = "design.parquet"
AT_ONCE = 50_000  # rows


def names_kept(study: StudyDefinition, folder: Path) -> Names | None:
    """Identities of the runs, where the plan in the folder is that of this study as it is now."""
    try:
        identity, names = read_plan(folder)
    except UserInputError:
        raise
    except (OSError, ValueError):
        return None  # not there, or not whole: made anew
    return names if identity == identity_of_plan(study) else None


def read_plan(folder: Path) -> tuple[str, Names]:
    """The identity of the plan in a folder, and those of its runs."""
    with pq.ParquetFile(inside(folder, PLAN), page_checksum_verification=True) as file:
        return (file.schema_arrow.metadata or {}).get(b"plan", b"").decode(), read_names(file)


def write_plan(plan: SweepPlan, folder: Path) -> None:
    """One row a run: run, scenario, design_point, replicate, and the values of the factors."""
    identity = {b"plan": identity_of_plan(plan.study).encode()}
    with write_whole(folder / PLAN) as file:
        writer = None
        for rows in chunks(plan.n_runs, AT_ONCE):
            table = design_rows(plan, rows).replace_schema_metadata(identity)
            writer = writer or writer_of(file, table.schema, ["scenario"])
            writer.write_table(table)
        if writer:
            writer.close()


def design_rows(plan: SweepPlan, rows: slice) -> pa.Table:
    """What these runs are."""
    runs = np.arange(rows.start, rows.stop)
    points, replicate = np.divmod(runs, plan.replicates)
    scenario, point = np.divmod(points, plan.n_points)
    titles = pa.array([one.name for one in plan.study.scenarios])
    columns = {
        "run": to_hex(plan.names[rows]),
        "scenario": titles.take(pa.array(scenario)),
        "design_point": pa.array(point.astype(np.int32)),
        "replicate": pa.array(replicate.astype(np.int32)),
    }
    return pa.table(columns | {name: pa.array(column[point].tolist()) for name, column in plan.values.items()})
