"""How an outcome goes with one factor or two, over the design points of a study: means with 95 % intervals.

Design points of one block (Saltelli's, or a point and the steps from it) share most of their values: they count as one
observation, and a single one tells no mean. Trajectories of Morris are too few and too much alike for means by value to
say anything.
"""

from itertools import combinations
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from supportnet.analysis.sensitivity.indices import block
from supportnet.experiments.ensemble.estimates import UNLIMITED, Limits, mean_of_clusters, within_limits
from supportnet.experiments.runs.plan import SweepPlan
from supportnet.experiments.study.study import StudyDefinition

Doubles = NDArray[np.float64]
BINS = 12  # of a response curve, at most
CELLS = 8  # of a response surface, on each side, at most
EACH = 12  # independent points at least in a bin or cell, on average
TENTH = 0.1
MOST_SURFACES = 4


def bins_of(column: NDArray[Any], n: int) -> NDArray[np.int64]:
    """Number of the bin of each design point: a value each where there are few, else as many points in each."""
    values, code = np.unique(column.astype(str) if column.dtype == object else column, return_inverse=True)
    if len(values) <= n or column.dtype.kind not in "iuf":
        return code
    order = np.argsort(column, kind="stable")
    rank = np.empty(len(column), np.int64)
    rank[order] = np.arange(len(column))
    return rank * n // len(column)


def has_response(study: StudyDefinition) -> bool:
    """Whether means by value say something about a factor."""
    return study.design.kind != "morris"


def curves(plan: SweepPlan, outcome: Doubles, limits: Limits = UNLIMITED) -> pd.DataFrame:
    """Mean outcome in bins of each factor: factor, at (mean value in the bin, or the word), value, lower, upper."""
    found, most = [], int(np.clip(independent(plan) // EACH, 2, BINS))
    for name, column in plan.values.items():
        bins = bins_of(column, most)
        for number in np.unique(bins):
            inside = bins == number
            numeric = column.dtype.kind in "iuf"
            at = float(column[inside].mean()) if numeric else str(column[inside][0])
            found.append((name, at, *_mean(plan, outcome, inside, limits)))
    return pd.DataFrame(found, columns=["factor", "at", "value", "lower", "upper"])


def ends(plan: SweepPlan, outcome: Doubles, limits: Limits = UNLIMITED) -> pd.DataFrame:
    """Mean outcome where a factor is in its lowest and in its highest tenth, and its mean value there (of words: first
    and last)."""
    found = []
    for name, column in plan.values.items():
        numbers = column.astype(np.float64) if column.dtype.kind in "iufb" else bins_of(column, len(column))
        low, high = np.quantile(numbers, [TENTH, 1 - TENTH])
        lowest, highest = numbers <= low, numbers >= high
        row = [name, *_mean(plan, outcome, lowest, limits), *_mean(plan, outcome, highest, limits)]
        numeric = column.dtype.kind in "iuf"
        values = [float(column[part].mean()) if numeric else str(column[part][0]) for part in (lowest, highest)]
        found.append((*row, *values))
    columns = ["factor", "low", "low_lower", "low_upper", "high", "high_lower", "high_upper", "low_value", "high_value"]
    return pd.DataFrame(found, columns=columns)


def surfaces(plan: SweepPlan, outcome: Doubles, order: list[str]) -> pd.DataFrame:
    """Mean outcome in cells of pairs of the first numeric factors in this order: x_factor, y_factor, x, y, value,
    n."""
    numeric = [name for name in order if name in plan.values and plan.values[name].dtype.kind in "iuf"]
    found, side = [], int(np.clip(np.sqrt(independent(plan) / EACH), 2, CELLS))
    for one, other in list(combinations(numeric[:4], 2))[:MOST_SURFACES]:
        xs, ys = plan.values[one], plan.values[other]
        bins_x, bins_y = bins_of(xs, side), bins_of(ys, side)
        for i in np.unique(bins_x):
            for j in np.unique(bins_y):
                inside = (bins_x == i) & (bins_y == j)
                x, y = float(xs[bins_x == i].mean()), float(ys[bins_y == j].mean())
                found.append((one, other, x, y, _mean(plan, outcome, inside, UNLIMITED)[0], int(inside.sum())))
    return pd.DataFrame(found, columns=["x_factor", "y_factor", "x", "y", "value", "n"])


def independent(plan: SweepPlan) -> int:
    """How many design points share no value with another but by chance: Saltelli's blocks have two."""
    return plan.n_points // block(plan.study) * (2 if plan.study.design.kind == "sobol" else 1)


def _mean(plan: SweepPlan, outcome: Doubles, inside: NDArray[np.bool_], limits: Limits) -> tuple[float, float, float]:
    """Mean over design points, and its 95 % interval over blocks, within the limits of the outcome; NaN where there are
    not two of them."""
    counted = (inside & np.isfinite(outcome)).reshape(-1, block(plan.study))
    sums = np.where(counted, outcome.reshape(counted.shape), 0.0).sum(axis=1)
    found = within_limits(mean_of_clusters(sums[:, None], counted.sum(axis=1)[:, None]), limits)
    if found.n[0] < 2:
        return np.nan, np.nan, np.nan
    return float(found.mean[0]), float(found.lower[0]), float(found.upper[0])
