"""Results of a study, read from its folder: which runs there are, a selection of them, their means and spread."""

import os
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from supportnet.analysis.files.writing import without_formulas
from supportnet.experiments.ensemble.ensemble import outcomes_asked
from supportnet.experiments.execution.checked_files import check_parquet, unreadable
from supportnet.experiments.runs.manifest import AGAIN, STUDY, checksums_kept, damaged_sweep_files, study_kept
from supportnet.experiments.runs.plan import identity_of_plan
from supportnet.experiments.runs.plan_file import PLAN, read_plan
from supportnet.experiments.runs.results_table import RESULTS, tidy_tables
from supportnet.experiments.runs.run_ids import Names, are_in
from supportnet.experiments.runs.run_store import RunReader
from supportnet.experiments.runs.sweep import PARTS
from supportnet.experiments.study.constraints import condition
from supportnet.experiments.study.study import StudyDefinition
from supportnet.sim.errors import UserInputError
from supportnet.sim.storage.unfinished import file_for

SUMMARY = ["scenario", "outcome", "points", "mean", "lowest", "highest", "sd_points", "sd_replicates", "unit"]


@dataclass(frozen=True)
class StudyResults:
    """The runs of a study that are there, or those of them that were asked for."""

    study: StudyDefinition
    folder: Path
    shelf: RunReader
    names: Names  # of all runs planned
    conditions: Sequence[str]
    outcomes: Sequence[str]
    weeks: Sequence[int]
    of_this_version: bool  # of the model

    @property
    def planned(self) -> int:
        return len(self.names)

    @cached_property
    def completed(self) -> int:
        return int(are_in(self.names, self.shelf.names).sum())

    @property
    def missing(self) -> int:
        return self.planned - self.completed

    @cached_property
    def failed(self) -> list[dict[str, Any]]:
        return self.shelf.failed(self.names)

    @cached_property
    def damaged(self) -> list[str]:
        """Files beside the runs that are not as they were written; what is read here does not depend on them."""
        return damaged_sweep_files(self.folder, [STUDY, RESULTS])

    @cached_property
    def chosen(self) -> int:
        """How many runs meet the conditions."""
        return sum(table["run"].nunique() for table in self.tables(self.outcomes[:1], self.weeks[-1:]))

    def tables(self, outcomes: Sequence[str], weeks: Sequence[int]) -> Iterator[pd.DataFrame]:
        """The runs that meet the conditions, one row a run and week, table after table."""
        factors = [*self.study.factor_names, "scenario", "design_point", "replicate"]
        asked = [condition(text, factors, "where") for text in self.conditions]
        for part in tidy_tables(self.study, self.folder, self.shelf, outcomes, weeks):
            table = part.to_pandas()
            values = {name: table[name].to_numpy() for name in factors}
            yield table[np.logical_and.reduce([one.met(values) for one in asked])] if asked else table

    def summary(self) -> pd.DataFrame:
        """Outcomes in the last week asked for, one row a scenario and outcome: scenario, outcome, points, mean, lowest,
        highest (of the means of design points), sd_points (between them), sd_replicates (within them), unit."""
        rows = pd.concat(list(self.tables(self.outcomes, self.weeks[-1:])), ignore_index=True)
        found = [self._summary_of(scenario, table) for scenario, table in rows.groupby("scenario", sort=False)]
        return pd.concat(found, ignore_index=True) if found else pd.DataFrame(columns=SUMMARY)

    def _summary_of(self, scenario: object, rows: pd.DataFrame) -> pd.DataFrame:
        points = rows.groupby("design_point", sort=False)[list(self.outcomes)]
        means, within = points.mean(), points.var(ddof=1)
        columns = (means.count(), means.mean(), means.min(), means.max(), means.std(ddof=1), np.sqrt(within.mean()))
        table = pd.DataFrame({"scenario": scenario, "outcome": list(self.outcomes)})
        for name, column in zip(SUMMARY[2:-1], columns, strict=True):
            table[name] = column.to_numpy()
        return table.assign(unit=[self.study.columns[name] for name in self.outcomes])

    def csv(self) -> Iterator[bytes]:
        """The runs that meet the conditions as CSV, part after part, one row a run and week."""
        for number, table in enumerate(self.tables(self.outcomes, self.weeks)):
            yield without_formulas(table).to_csv(index=False, header=number == 0, lineterminator="\n").encode()

    def write_csv(self, path: Path) -> None:
        """The same in a file; the whole file or none."""
        plain = path.is_file() or not path.exists()  # no device, no pipe
        try:
            with file_for(Path(os.path.realpath(path))) if plain else open(path, "wb") as file:
                for part in self.csv():
                    file.write(part)
        except OSError as error:
            raise UserInputError(
                f"the table can't be written ({error.strerror or error})", where="csv", found=str(path),
                expected="a file in a folder that can be written to", remedy="choose another place, or make room",
            ) from error  # fmt: skip


def read_results(folder: Path, conditions: Sequence[str], outcomes: Sequence[str], week: int | None) -> StudyResults:
    """What lies in the folder of a sweep. Raises UserInputError for what a user got wrong."""
    study = study_kept(folder)
    outcomes = outcomes_asked(outcomes, study.columns)
    if week is not None and week not in study.weeks:
        raise UserInputError(
            f"must be one of the weeks observed: {', '.join(map(str, study.weeks))}", argument="week", found=week,
            remedy="choose one of these, or add the week to observe in the study and sweep again",
        )  # fmt: skip
    identity, names = plan_in(folder)
    weeks = study.weeks if week is None else (week,)
    shelf, same = RunReader(folder / PARTS, study.columns), identity == identity_of_plan(study)
    return StudyResults(study, folder, shelf, names, conditions, outcomes, weeks, same)


def plan_in(folder: Path) -> tuple[str, Names]:
    """The identity of the plan in a folder, and those of its runs. Raises UserInputError where it can't be read."""
    try:
        check_parquet(folder / PLAN, checksums_kept(folder).get(PLAN, ""))
        return read_plan(folder)
    except Exception as error:  # of a damaged file anything may be wrong
        raise UserInputError(
            "the plan of the study can't be read", where=str(folder / PLAN), found=unreadable(error),
            expected="the file as `supportnet sweep` wrote it", remedy=AGAIN.format(folder=folder),
        ) from error  # fmt: skip
