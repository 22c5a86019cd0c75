"""Run a study to completion: missing runs are computed, existing ones reused, failures recorded."""

import secrets
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from supportnet.experiments.execution.checked_files import has_checksum, subfolder
from supportnet.experiments.execution.interruption import interruption
from supportnet.experiments.runs.manifest import checksums_kept, write_manifest
from supportnet.experiments.runs.plan import SweepPlan, plan_of
from supportnet.experiments.runs.plan_file import PLAN, names_kept, write_plan
from supportnet.experiments.runs.results_table import RESULTS, up_to_date, write_results
from supportnet.experiments.runs.run_ids import Lookup, Names, are_in
from supportnet.experiments.runs.run_store import RunReader, RunWriter
from supportnet.experiments.study.observables import code
from supportnet.experiments.study.study import StudyDefinition
from supportnet.sim.storage.unfinished import clear_unfinished

if TYPE_CHECKING:
    from supportnet.experiments.runs.batch import Batch, BatchResult
    from supportnet.experiments.runs.engines import Engine

PARTS = "runs"  # folder of the ledger within the folder of a sweep
BATCH_SECONDS = 0.5
FIRST_BATCH, LARGEST_BATCH = 4, 1000  # runs
LOOK_EVERY = 10.0  # seconds

RunProgress = Callable[[int, int], None]  # runs done by now, runs to do


@dataclass(frozen=True)
class Swept:
    """How a sweep ended."""

    study: StudyDefinition
    folder: Path
    runs: int
    completed: int
    computed: int
    reused: int
    failed: list[dict[str, Any]]  # run, design_point, error
    foreign: dict[Path, str]  # files among the results that are not ours, and why


def sweep_study(study: StudyDefinition, folder: Path, engine: "Engine", progress: RunProgress | None = None) -> Swept:
    """Every run of a study that is not in the folder yet. Raises UserInputError for what a user got wrong."""
    parts = subfolder(folder, PARTS)
    clear_unfinished(folder)
    clear_unfinished(parts)
    shelf = RunReader(parts, study.columns)
    kept = checksums_kept(folder)
    names = names_kept(study, folder) if has_checksum(folder / PLAN, kept.get(PLAN, "")) else None
    results = kept.get(RESULTS, "")
    plan: SweepPlan | None = None
    interruption.is_continued(folder)  # before the first file: from then on there is something to say
    if names is None:
        plan = plan_of(study)
        names = plan.names
        write_plan(plan, folder)
    write_manifest(study, folder, {"planned": len(names)}, results)
    missing = missing_of(names, shelf)
    computed = 0
    if len(missing):
        plan = plan or plan_of(study)
        computed = _compute(plan, missing, RunWriter(parts, study.columns), engine, progress)
        shelf = RunReader(parts, study.columns)
    if not up_to_date(study, folder, shelf, names, results):
        results = write_results(study, folder, shelf, names)
    failed, completed = shelf.failed(names), int(are_in(names, shelf.names).sum())
    write_manifest(study, folder, {"planned": len(names), "there": completed, "failed": len(failed)}, results)
    return Swept(study, folder, len(names), completed, computed, len(names) - len(missing), failed, shelf.foreign)


def missing_of(names: Names, shelf: RunReader) -> NDArray[np.int64]:
    """Numbers of the runs that are not there, each identity once."""
    first = Lookup(names).find(names) == np.arange(len(names))
    return np.flatnonzero(first & ~are_in(names, shelf.names))


def _compute(
    plan: SweepPlan, missing: NDArray[np.int64], ledger: RunWriter, engine: "Engine", progress: RunProgress | None
) -> int:
    """Lives what is missing; how many runs came to a result. What is done is kept whatever happens."""
    pace, computed = BatchSizer(), 0
    work = Work(plan, missing, ledger.folder, pace)
    try:
        for _, batch in engine(work.batches()):
            if isinstance(batch, Exception):
                raise batch
            ledger.add(batch, plan.study.weeks)
            pace.heed(batch)
            computed += len(batch.runs)
            work.done += len(batch.runs) + len(batch.failed)
            if progress:
                progress(work.done, len(missing))
    finally:
        ledger.flush()
    ledger.merge()
    return computed


class BatchSizer:
    """How many runs make a batch of about half a second."""

    def __init__(self) -> None:
        self.size = FIRST_BATCH

    def heed(self, batch: "BatchResult") -> None:
        """Learn from a batch how long runs take."""
        if batch.runs:
            wished = BATCH_SECONDS * len(batch.runs) / max(batch.seconds, 1e-6)
            self.size = int(np.clip(wished, 1, min(LARGEST_BATCH, 4 * self.size)))


class Work:
    """What is still to be done, batch by batch.

    It begins somewhere by chance, and looks now and then for what others have done in the same folder: so several
    processes share the work without knowing of each other.
    """

    def __init__(self, plan: SweepPlan, missing: NDArray[np.int64], folder: Path, pace: BatchSizer) -> None:
        self.plan, self._folder, self._pace = plan, folder, pace
        self.done = 0
        self._left = np.roll(plan.in_order(missing), -secrets.randbelow(max(1, len(missing))))
        self._looked = time.monotonic()

    def batches(self) -> "Iterator[Batch]":
        """Runs of one scenario and, if design points need separate pools, of one pool."""
        from supportnet.experiments.runs.batch import Batch  # heavy, and not needed where nothing is missing

        measure = self.plan.study.file.measure
        while len(self._left):
            if time.monotonic() - self._looked > LOOK_EVERY:
                self._look()
                continue
            size = self._size()
            runs, self._left = self._left[:size], self._left[size:]
            scenario, _, _ = self.plan.where(int(runs[0]))
            study, tasks = self.plan.study, self.plan.tasks(runs)
            sizes = study.file.pool, study.file.people
            yield Batch(study.scenarios[scenario], study.weeks, tasks, *sizes, code(measure), measure, study.evidence)

    def _size(self) -> int:
        """How many of the runs ahead make a batch: no more than share a scenario and a pool."""
        ahead = self._left[:LARGEST_BATCH]
        home = self.plan.homes(ahead)
        apart = np.flatnonzero(home != home[0])
        together = int(apart[0]) if len(apart) else len(ahead)
        return together if self.plan.own_pools else min(together, self._pace.size)

    def _look(self) -> None:
        theirs = are_in(self.plan.names[self._left], RunReader(self._folder, self.plan.study.columns).names)
        self.done += int(theirs.sum())
        self._left = self._left[~theirs]
        self._looked = time.monotonic()
