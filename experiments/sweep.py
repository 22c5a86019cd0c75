"""A study run to its end: what is missing is computed, what is there is reused, what fails is recorded."""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from itertools import groupby
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from experiments.engines import Engine
from experiments.ledger import Ledger, Shelf
from experiments.living import Batch, Lived
from experiments.manifest import write_manifest
from experiments.plan_file import names_kept, write_plan
from experiments.runs import Names, Plan, plan_of
from experiments.study import Study
from experiments.tidy import up_to_date, write_results
from sim.compiled import whole_hash

PARTS = "runs"  # folder of the ledger within the folder of a sweep
BATCH_SECONDS = 0.5
FIRST_BATCH, LARGEST_BATCH = 4, 1000  # runs

Told = Callable[[int, int], None]  # runs done by now, runs to do


@dataclass(frozen=True)
class Swept:
    """How a sweep ended."""

    study: Study
    folder: Path
    runs: int
    computed: int
    reused: int
    failed: list[dict[str, Any]]  # run, design_point, error
    foreign: dict[Path, str]  # files among the results that are not ours, and why


def sweep(study: Study, folder: Path, engine: Engine, told: Told | None = None) -> Swept:
    """Every run of a study that is not in the folder yet. Raises Mistake for what a user got wrong."""
    parts = folder / PARTS
    shelf = Shelf(parts)
    names = names_kept(study, folder)
    plan: Plan | None = None
    if names is None:
        plan = plan_of(study)
        names = plan.names
        write_plan(plan, folder)
    write_manifest(study, folder, {"planned": len(names)})
    missing = missing_of(names, shelf)
    computed = 0
    if len(missing):
        plan = plan or plan_of(study)
        computed = _compute(plan, missing, Ledger(parts), engine, told)
        shelf = Shelf(parts)
    if not up_to_date(study, folder, shelf):
        write_results(study, folder, shelf)
    failed, there = shelf.failed(names), int(np.isin(names, shelf.names).sum())
    write_manifest(study, folder, {"planned": len(names), "there": there, "failed": len(failed)})
    return Swept(study, folder, len(names), computed, len(names) - len(missing), failed, shelf.foreign)


def missing_of(names: Names, shelf: Shelf) -> NDArray[np.int64]:
    """Numbers of the runs that are not there, each identity once."""
    first = np.unique(names, return_index=True)[1]
    there = np.isin(names[first], shelf.names)
    return np.sort(first[~there])


def _compute(plan: Plan, missing: NDArray[np.int64], ledger: Ledger, engine: Engine, told: Told | None) -> int:
    """Lives what is missing; how many runs came to a result. What is done is kept whatever happens."""
    pace, computed, done = Pace(), 0, 0
    try:
        for batch, lived in engine(batches(plan, missing, pace)):
            if isinstance(lived, Exception):
                raise lived
            ledger.add(lived, plan.study.weeks)
            pace.heed(lived)
            computed, done = computed + len(lived.runs), done + len(batch.tasks)
            if told:
                told(done, len(missing))
    finally:
        ledger.flush()
    ledger.merge()
    return computed


class Pace:
    """How many runs make a batch of about half a second."""

    def __init__(self) -> None:
        self.size = FIRST_BATCH

    def heed(self, lived: Lived) -> None:
        """Learn from a batch how long runs take."""
        if lived.runs:
            wished = BATCH_SECONDS * len(lived.runs) / max(lived.seconds, 1e-6)
            self.size = int(np.clip(wished, 1, min(LARGEST_BATCH, 4 * self.size)))


def batches(plan: Plan, missing: NDArray[np.int64], pace: Pace) -> Iterator[Batch]:
    """Runs of one scenario and, where design points have pools of their own, of one pool."""
    code, private = whole_hash(), plan.pools.any()

    def together(run: int) -> tuple[int, int]:
        scenario, point, _ = plan.where(run)
        return scenario, int(plan.pools[point])

    for (scenario, _), group in groupby(plan.in_order(missing).tolist(), together):
        for runs in cut(group, pace, LARGEST_BATCH if private else 0):
            tasks = tuple(task for _, task in plan.tasks(runs))
            yield Batch(plan.study.scenarios[scenario], plan.study.weeks, tasks, code)


def cut(runs: Iterable[int], pace: Pace, fixed: int) -> Iterator[list[int]]:
    """Runs in pieces: of a fixed size, or else by the pace."""
    piece: list[int] = []
    for run in runs:
        piece.append(run)
        if len(piece) >= (fixed or pace.size):
            yield piece
            piece = []
    if piece:
        yield piece
