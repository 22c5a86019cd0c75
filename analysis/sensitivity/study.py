"""From the results of a study to sensitivity indices: per scenario, outcome and week, with what must be said beside."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from supportnet.analysis.sensitivity.caveats import about_design, about_indices
from supportnet.analysis.sensitivity.indices import (
    METHODS,
    NESTED,
    PARTS,
    AnalysisInput,
    Method,
    block,
    indices,
    least_points,
    morris_noise,
    own_design,
    used,
)
from supportnet.analysis.sensitivity.noise import noise_share
from supportnet.analysis.wording.caveats import not_fitted
from supportnet.analysis.wording.formatting import counted
from supportnet.experiments.ensemble.replication import Progress
from supportnet.experiments.runs.plan import SweepPlan
from supportnet.experiments.runs.run_ids import are_in
from supportnet.experiments.runs.run_store import RunReader
from supportnet.experiments.runs.sweep import PARTS as RUNS
from supportnet.experiments.study.design import unit_points
from supportnet.experiments.study.study import StudyDefinition
from supportnet.sim.errors import UserInputError, not_one_of

Doubles = NDArray[np.float64]
KEYS = ["scenario", "outcome", "week"]


class Cell(NamedTuple):
    """Outcomes of one scenario, outcome and week."""

    scenario: str
    outcome: str
    week: int
    values: Doubles  # (points, replicates); NaN where a run is missing, or lacks the outcome
    failed: NDArray[np.bool_]  # (points,) where a run is missing

    @property
    def key(self) -> tuple[str, str, int]:
        return self.scenario, self.outcome, self.week

    def __str__(self) -> str:
        return f"{self.outcome} of {self.scenario} in week {self.week}"


@dataclass
class Sensitivity:
    """What an analysis found."""

    plan: SweepPlan
    method_name: str
    resamples: int
    seed: int
    indices: (
        pd.DataFrame
    )  # scenario, outcome, week and the columns of `supportnet.analysis.sensitivity.indices.indices`
    noise: pd.DataFrame  # scenario, outcome, week, points, excluded, mean, sd, noise_share, noise_mu_star
    convergence: pd.DataFrame  # scenario, outcome, week, n, factor, index, value, lower, upper
    cells: list[Cell]  # that were analysed
    cautions: dict[tuple[str, str, int], list[str]]  # what must be said of scenario, outcome, week
    left_out: dict[tuple[str, str, int], str]  # what could not be analysed, and why
    remarks: list[str]  # about the whole analysis
    asked: Sequence[str]  # outcomes

    @property
    def method(self) -> Method:
        return METHODS[self.method_name]

    @property
    def last(self) -> list[Cell]:
        """What was analysed in the last week of all."""
        week = max(cell.week for cell in self.cells)
        return [cell for cell in self.cells if cell.week == week]

    @property
    def every_caution(self) -> list[str]:
        return self.cautions_of(self.cells)

    def cautions_of(self, cells: Sequence[Cell]) -> list[str]:
        """What must be said of all, and of these cells, each once."""
        lines = [caution for cell in cells for caution in self.cautions[cell.key]]
        about = not_fitted(self.plan.study.posterior, " that no factor sets")
        return list(dict.fromkeys([*about, *self.left_out.values(), *lines]))


def method_of(name: str) -> Method:
    """The method of this name. Raises UserInputError for an unknown one."""
    if name not in METHODS:
        raise not_one_of("method", name, METHODS)
    return METHODS[name]


def analyse(
    plan: SweepPlan, folder: Path, method_name: str, outcomes: Sequence[str], *, weeks: Sequence[int],
    resamples: int, seed: int, progress: Progress | None = None,
) -> Sensitivity:  # fmt: skip
    """Indices of these outcomes in these weeks in every scenario; what lacks values is left out, and named.

    Raises UserInputError where the study does not allow it, or no outcome has enough values.
    """
    check_method(plan, method_name)
    method, asked = method_of(method_name), AnalysisInput(plan.study, places(plan), resamples, seed)
    found: dict[str, list[pd.DataFrame]] = {"indices": [], "noise": [], "convergence": []}
    cells: list[Cell] = []
    cautions: dict[tuple[str, str, int], list[str]] = {}
    left_out: dict[tuple[str, str, int], str] = {}
    meant, needed = used_points(plan, method), least_points(method, plan.study)
    total = len(plan.study.scenarios) * len(outcomes) * len(weeks)
    for place, cell in enumerate(read_cells(plan, folder, outcomes, weeks)):
        if progress:
            progress(place / total)
        kept = meant[np.isfinite(cell.values[meant]).all(axis=(1, 2))].ravel()
        lacking_points = lacking(plan, cell, meant.ravel())
        if len(kept) < (meant.size if plan.study.design.kind == "fast" else needed):  # FAST can do without no point
            every = "every point" if plan.study.design.kind == "fast" else f"{needed:,} points or more"
            left_out[cell.key] = f"{lacking_points}: {method_name} needs one at {every}, and {len(kept):,} are left"
            continue
        here, values = asked._replace(places=asked.places[kept]), cell.values[kept]
        table, noise = indices(method, here, values), noise_row(here, values, method_name, meant.size - len(kept))
        for name, part in (("indices", table), ("noise", noise), ("convergence", convergence(method, here, values))):
            found[name].append(with_cell_columns(part, cell))
        cells.append(cell)
        noise_share = float(noise["noise_share"].iloc[0])
        about = about_indices(str(cell), table, method, here, values.mean(axis=1), noise_share)
        without = [f"{lacking_points}; {meant.size - len(kept):,} of {meant.size:,} left out"] if lacking_points else []
        cautions[cell.key] = without + about
    if not cells:
        raise UserInputError(
            "no outcome has enough values", where="outcome", found="; ".join(left_out.values()),
            expected="values at most design points",
            remedy="run what is missing with `supportnet sweep`, or use another outcome or narrower ranges",
        )  # fmt: skip
    tables = {name: pd.concat(rows, ignore_index=True) for name, rows in found.items()}
    remarks = list(about_design(plan.study, method, tables["convergence"]))
    return Sensitivity(
        plan, method_name, resamples, seed, **tables, cells=cells, cautions=cautions, left_out=left_out,
        remarks=remarks, asked=outcomes,
    )  # fmt: skip


def check_method(plan: SweepPlan, name: str) -> None:
    """Raises UserInputError where the method of this name can't be made from a study."""
    study, method = plan.study, method_of(name)
    if study.design.kind not in method.designs:
        raise UserInputError(
            f"this design does not allow {name}", where="method", found=study.design.kind,
            expected="one of the designs: " + ", ".join(method.designs),
            remedy=f"set kind = {method.designs[0]!r} under [design], or analyse the study instead of these runs: "
            "the runs that the method needs are then made",
        )  # fmt: skip
    if name not in ("sobol", "morris") and any(factor.group for factor in study.factors):
        raise UserInputError(
            f"{name} does not support groups", where="method", found="factors with groups", expected="sobol or morris",
            remedy="use one of these, or leave the groups out",
        )  # fmt: skip
    n_points, least, each = used_points(plan, method).size, least_points(method, study), len(used(method, study))
    if n_points < least:
        blocks = f", {counted(-(-least // each), 'block')} of {each}" if own_design(method) and each > 1 else ""
        raise UserInputError(
            f"too few design points for {name}", where="method", found=f"{counted(n_points, 'design point')}",
            expected=f"at least {least:,}{blocks} ({method.because})", remedy=more_points(study, -(-least // each)),
        )  # fmt: skip


def more_points(study: StudyDefinition, n: int) -> str:
    """What gives a study more design points, so that there are so many blocks."""
    if study.conditions:
        return "use a larger n, in the study or as `n`, or loosen the constraints"
    others = {"factorial": "use more levels, or another design", "list": "add lines to the list"}
    n = -(-n // len(study.factors)) if study.design.kind == "fast" else n
    return others.get(study.design.kind, f"use n = {n:,} or more (in the study, or as `n`)")


def used_points(plan: SweepPlan, method: Method) -> NDArray[np.int64]:
    """(blocks, points of each): the design points that a method uses."""
    return np.arange(plan.n_points).reshape(-1, block(plan.study))[:, used(method, plan.study)]


def read_cells(plan: SweepPlan, folder: Path, outcomes: Sequence[str], weeks: Sequence[int]) -> Iterator[Cell]:
    """Outcomes as the sweep left them."""
    shelf = RunReader(folder / RUNS, plan.study.columns)
    values = shelf.values(plan.names, outcomes, tuple(weeks))
    shape = (len(plan.study.scenarios), plan.n_points, plan.replicates)
    failed = np.any(~are_in(plan.names, shelf.names).reshape(shape), axis=2)
    for s, scenario in enumerate(plan.study.scenarios):
        for k, outcome in enumerate(outcomes):
            for j, week in enumerate(weeks):
                yield Cell(scenario.name, outcome, week, values[:, j, k].reshape(shape)[s], failed[s])


def places(plan: SweepPlan) -> Doubles:
    """Where the design points are: places of the unit cube, or the values as numbers where points were taken out or
    given."""
    if plan.study.design.kind != "list" and not plan.study.conditions:
        return unit_points(plan.study)
    return np.stack([codes(column) for column in plan.values.values()], axis=1)


def codes(column: NDArray[Any]) -> Doubles:
    """A column of values as numbers; words by their place in the alphabet."""
    if column.dtype.kind in "iufb":
        return column.astype(np.float64)
    return np.unique(column.astype(str), return_inverse=True)[1].astype(np.float64)


def lacking(plan: SweepPlan, cell: Cell, points: NDArray[np.int64]) -> str:
    """What is said about those of these design points that lack the outcome; nothing where all have it."""
    without = points[~np.isfinite(cell.values[points]).all(axis=1)]
    if not len(without):
        return ""
    failed = int(cell.failed[without].sum())
    of_them = "all of them" if failed == len(without) else f"{failed:,} of them"
    because = f", at {of_them} because a run failed" if failed else ""
    first = f"design point {without[0]}: {plan.point(int(without[0]))}"
    return f"{cell}: no value at {counted(len(without), 'design point')}{because} ({first})"


def noise_row(asked: AnalysisInput, values: Doubles, method_name: str, n_excluded: int) -> pd.DataFrame:
    """One row: the variance of an outcome, and the share of Monte Carlo noise in it."""
    mean = values.mean(axis=1)
    row = {
        "points": len(mean),
        "excluded": n_excluded,
        "mean": mean.mean(),
        "sd": mean.std(),
        "noise_share": noise_share(values),
        "noise_mu_star": morris_noise(asked, values) if method_name == "morris" else np.nan,
    }
    return pd.DataFrame([row])


def convergence(method: Method, asked: AnalysisInput, values: Doubles) -> pd.DataFrame:
    """The main index from the first eighth, quarter, half and all of the sample, without parts that are too small, or
    not samples in themselves."""
    size, found = len(used(method, asked.study)), []
    n_blocks = len(values) // size
    for n in sorted({n_blocks // part for part in PARTS}):
        small = n * size < least_points(method, asked.study)
        if n < n_blocks and (small or asked.study.design.kind not in NESTED):
            continue
        part = indices(method, asked._replace(places=asked.places[: n * size]), values[: n * size])
        found.append(part[part["index"] == method.main].assign(n=n))
    columns = ["n", "factor", "index", "value", "lower", "upper"]
    return pd.concat(found, ignore_index=True)[columns] if found else pd.DataFrame(columns=columns)


def with_cell_columns(table: pd.DataFrame, cell: Cell) -> pd.DataFrame:
    """A table with scenario, outcome and week in front."""
    front = pd.DataFrame({"scenario": cell.scenario, "outcome": cell.outcome, "week": cell.week}, index=table.index)
    return pd.concat([front, table], axis=1)
