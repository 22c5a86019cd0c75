"""How an outcome goes with one factor or two, over the design points of a study: means with 95 % intervals."""

from itertools import combinations
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from experiments.estimates import mean_of
from experiments.runs import Plan

Doubles = NDArray[np.float64]
BINS = 12  # of a response curve
CELLS = 8  # of a response surface, on each side
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


def curves(plan: Plan, outcome: Doubles) -> pd.DataFrame:
    """Mean outcome in bins of each factor: factor, at (mean value in the bin, or the word), value, lower, upper."""
    found = []
    for name, column in plan.values.items():
        bins = bins_of(column, BINS)
        for number in np.unique(bins):
            inside = bins == number
            numeric = column.dtype.kind in "iuf"
            at = float(column[inside].mean()) if numeric else str(column[inside][0])
            found.append((name, at, *_mean(outcome[inside])))
    return pd.DataFrame(found, columns=["factor", "at", "value", "lower", "upper"])


def ends(plan: Plan, outcome: Doubles) -> pd.DataFrame:
    """Mean outcome where a factor is in its lowest and in its highest tenth, and its mean value there (of words: first
    and last)."""
    found = []
    for name, column in plan.values.items():
        numbers = column.astype(np.float64) if column.dtype.kind in "iufb" else bins_of(column, len(column))
        low, high = np.quantile(numbers, [TENTH, 1 - TENTH])
        lowest, highest = numbers <= low, numbers >= high
        row = [name, *_mean(outcome[lowest]), *_mean(outcome[highest])]
        numeric = column.dtype.kind in "iuf"
        values = [float(column[part].mean()) if numeric else str(column[part][0]) for part in (lowest, highest)]
        found.append((*row, *values))
    columns = ["factor", "low", "low_lower", "low_upper", "high", "high_lower", "high_upper", "low_value", "high_value"]
    return pd.DataFrame(found, columns=columns)


def surfaces(plan: Plan, outcome: Doubles, order: list[str]) -> pd.DataFrame:
    """Mean outcome in cells of pairs of the first numeric factors in this order: x_factor, y_factor, x, y, value,
    n."""
    numeric = [name for name in order if name in plan.values and plan.values[name].dtype.kind in "iuf"]
    found = []
    for one, other in list(combinations(numeric[:4], 2))[:MOST_SURFACES]:
        xs, ys = plan.values[one], plan.values[other]
        bins_x, bins_y = bins_of(xs, CELLS), bins_of(ys, CELLS)
        for i in np.unique(bins_x):
            for j in np.unique(bins_y):
                inside = (bins_x == i) & (bins_y == j)
                x, y = float(xs[bins_x == i].mean()), float(ys[bins_y == j].mean())
                value = float(np.nanmean(outcome[inside])) if np.isfinite(outcome[inside]).any() else np.nan
                found.append((one, other, x, y, value, int(inside.sum())))
    return pd.DataFrame(found, columns=["x_factor", "y_factor", "x", "y", "value", "n"])


def _mean(values: Doubles) -> tuple[float, float, float]:
    """Mean over design points, and its 95 % interval."""
    found = mean_of(values[:, None])
    return float(found.mean[0]), float(found.lower[0]), float(found.upper[0])
