"""From the results of a study to sensitivity indices: per scenario, outcome and week, with what must be said beside."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from analysis.noise import noise_share
from analysis.sensitivity import METHODS, NESTED, Asked, Method, block, indices, morris_noise
from experiments.design import unit_points
from experiments.ledger import Shelf
from experiments.runs import Plan
from experiments.sweep import PARTS
from sim.mistakes import Mistake, nearest

Doubles = NDArray[np.float64]
FEWEST = 8  # blocks (or points) below which nothing is analysed
NOTABLE = 0.05  # share of the largest index below which a factor's rank does not matter
KEYS = ["scenario", "outcome", "week"]


class Cell(NamedTuple):
    """Outcomes of one scenario, outcome and week."""

    scenario: str
    outcome: str
    week: int
    values: Doubles  # (points, replicates); NaN where a run is missing, or lacks the outcome

    @property
    def key(self) -> tuple[str, str, int]:
        return self.scenario, self.outcome, self.week

    def __str__(self) -> str:
        return f"{self.outcome} of {self.scenario} in week {self.week}"


@dataclass
class Sensitivity:
    """What an analysis found."""

    plan: Plan
    method_name: str
    resamples: int
    seed: int
    indices: pd.DataFrame  # scenario, outcome, week and the columns of `analysis.sensitivity.indices`
    noise: pd.DataFrame  # scenario, outcome, week, points, excluded, mean, sd, noise_share, noise_mu_star
    convergence: pd.DataFrame  # scenario, outcome, week, n, factor, index, value, lower, upper
    cells: list[Cell]
    cautions: dict[tuple[str, str, int], list[str]]  # what must be said of scenario, outcome, week

    @property
    def method(self) -> Method:
        return METHODS[self.method_name]

    @property
    def every_caution(self) -> list[str]:
        return list(dict.fromkeys(caution for said in self.cautions.values() for caution in said))


def method_of(name: str) -> Method:
    """The method of this name. Raises Mistake for an unknown one."""
    if name not in METHODS:
        expected = "one of: " + ", ".join(METHODS)
        raise Mistake("no such method", where="--method", found=name, expected=expected, remedy=nearest(name, METHODS))
    return METHODS[name]


def analyse(
    plan: Plan, folder: Path, method_name: str, outcomes: Sequence[str], weeks: Sequence[int], resamples: int, seed: int
) -> Sensitivity:
    """Indices of these outcomes in these weeks in every scenario. Raises Mistake where the study does not allow it."""
    method = method_of(method_name)
    _check(plan, method, method_name)
    cells = list(read_cells(plan, folder, outcomes, weeks))
    asked = Asked(plan.study, places(plan), resamples, seed)
    found: dict[str, list[pd.DataFrame]] = {"indices": [], "noise": [], "convergence": []}
    cautions: dict[tuple[str, str, int], list[str]] = {}
    for cell in cells:
        kept = whole_blocks(plan, cell)
        said = excluded(plan, cell, kept, method_name)
        here = asked._replace(places=asked.places[kept])
        values = cell.values[kept]
        table = indices(method, here, values)
        found["indices"].append(labelled(table, cell))
        found["noise"].append(labelled(about_noise(here, values, method_name, int((~kept).sum())), cell))
        found["convergence"].append(labelled(convergence(method, here, values), cell))
        share = float(found["noise"][-1]["noise_share"].iloc[0])
        cautions[cell.key] = said + said_of(cell, table, method, share)
    tables = {name: pd.concat(rows, ignore_index=True) for name, rows in found.items()}
    return Sensitivity(plan, method_name, resamples, seed, **tables, cells=cells, cautions=cautions)


def _check(plan: Plan, method: Method, name: str) -> None:
    kind = plan.study.design.kind
    if kind not in method.designs:
        raise Mistake(
            f"{name} can't be made from this design", where="--method", found=kind,
            expected="one of the designs: " + ", ".join(method.designs),
            remedy=f"set kind = {method.designs[0]!r} under [design], or name the study file: then its runs are made",
        )  # fmt: skip
    if name not in ("sobol", "morris") and any(factor.group for factor in plan.study.factors):
        raise Mistake(
            f"{name} knows no groups", where="--method", found="factors with groups", expected="sobol or morris",
            remedy="take one of these, or leave the groups out",
        )  # fmt: skip


def read_cells(plan: Plan, folder: Path, outcomes: Sequence[str], weeks: Sequence[int]) -> Iterator[Cell]:
    """Outcomes as the sweep left them."""
    shelf = Shelf(folder / PARTS, plan.study.columns)
    values = shelf.values(plan.names, outcomes, tuple(weeks))
    shape = (len(plan.study.scenarios), plan.n_points, plan.replicates)
    for s, scenario in enumerate(plan.study.scenarios):
        for k, outcome in enumerate(outcomes):
            for j, week in enumerate(weeks):
                yield Cell(scenario.name, outcome, week, values[:, j, k].reshape(shape)[s])


def places(plan: Plan) -> Doubles:
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


def whole_blocks(plan: Plan, cell: Cell) -> NDArray[np.bool_]:
    """Which design points can be analysed: those whose block has every outcome."""
    finite = np.isfinite(cell.values).all(axis=1)
    size = block(plan.study)
    return np.repeat(finite.reshape(-1, size).all(axis=1), size)


def excluded(plan: Plan, cell: Cell, kept: NDArray[np.bool_], name: str) -> list[str]:
    """What is said about design points without the outcome. Raises Mistake where the method cannot do without them."""
    lacking = np.flatnonzero(~np.isfinite(cell.values).all(axis=1))
    if not len(lacking):
        return []
    first = f"design point {lacking[0]}: {plan.point(int(lacking[0]))}"
    if plan.study.design.kind == "fast" or kept.sum() < FEWEST * block(plan.study):
        raise Mistake(
            f"{cell}: {len(lacking):,} design points have no value", where="--outcome", found=first,
            expected=f"a value at every point, for {name}" if kept.any() else "values at most design points",
            remedy="run what is missing with `supportnet sweep`, or take another outcome or narrower ranges",
        )  # fmt: skip
    left_out = int((~kept).sum())
    return [f"{cell}: {len(lacking):,} design points have no value ({first}); {left_out:,} of {len(kept):,} left out"]


def about_noise(asked: Asked, values: Doubles, method_name: str, n_excluded: int) -> pd.DataFrame:
    """One row: what varies how much, and how much of that is mere luck."""
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


def convergence(method: Method, asked: Asked, values: Doubles) -> pd.DataFrame:
    """The main index from the first eighth, quarter, half and all of the sample; nothing where a part means nothing."""
    size, found = block(asked.study), []
    n_blocks = len(values) // size
    for n in sorted({n_blocks // 8, n_blocks // 4, n_blocks // 2, n_blocks}):
        if n < FEWEST or (n < n_blocks and asked.study.design.kind not in NESTED):
            continue
        part = indices(method, asked._replace(places=asked.places[: n * size]), values[: n * size])
        found.append(part[part["index"] == method.main].assign(n=n))
    columns = ["n", "factor", "index", "value", "lower", "upper"]
    return pd.concat(found, ignore_index=True)[columns] if found else pd.DataFrame(columns=columns)


def said_of(cell: Cell, table: pd.DataFrame, method: Method, noise: float) -> list[str]:
    """Cautions about the indices of one cell."""
    main = table[table["index"] == method.main].sort_values("value", ascending=False)
    said = []
    if not main["value"].abs().max() > 0.0:
        return [f"{cell} does not vary: every index is 0"]
    if np.isnan(noise):
        said.append("a single replicate: how much of the variance is mere luck is not known")
    elif noise > 0.1:
        share = f"{cell}: {100 * noise:.0f} % of the variance between design points is luck of the replicates"
        remedy = "" if method.variance or method.main == "mu_star" else ", for which this method knows no correction"
        said.append(share + remedy)
    matter = main[main["value"] > NOTABLE * main["value"].max()]
    overlapping = [
        f"{one.factor} and {other.factor}"
        for one, other in zip(list(matter.itertuples())[:-1], list(matter.itertuples())[1:], strict=True)
        if one.lower < other.upper
    ]
    if overlapping:
        more = f" and {len(overlapping) - 2} more pairs" if len(overlapping) > 2 else ""
        pairs = "; ".join(overlapping[:2]) + more
        said.append(f"{cell}: intervals of {method.main} are too wide to rank {pairs}: a larger n narrows them")
    return said


def labelled(table: pd.DataFrame, cell: Cell) -> pd.DataFrame:
    """A table with scenario, outcome and week in front."""
    front = pd.DataFrame({"scenario": cell.scenario, "outcome": cell.outcome, "week": cell.week}, index=table.index)
    return pd.concat([front, table], axis=1)
