"""How much reciprocity and expertise matter: pairs of scenarios that differ in one of them, over the range of what is
assumed."""

from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from scipy.stats import spearmanr

from supportnet.analysis.sensitivity.response_curves import bins_of
from supportnet.analysis.sensitivity.study import read_cells
from supportnet.experiments.ensemble.estimates import mean_of
from supportnet.experiments.runs.plan import SweepPlan

Doubles = NDArray[np.float64]
OUTCOME = "qpr"
RECIPROCITY, EXPERTISE = "recover.reciprocity_weight", "recover.expertise_weight"
QUARTERS = 4
FEWEST = 8  # design points for a rank correlation: its standard error is then .38


class Lever(NamedTuple):
    """Two scenarios of the study `ties`, and the assumed weight on which their difference depends most."""

    says: str
    low: str
    high: str
    weight: str


LEVERS = (
    Lever("all ties: reciprocity", "all-ties-one-way", "all-ties-mutual", RECIPROCITY),
    Lever("professionals: openness", "professionals-distant", "professionals-open", RECIPROCITY),
    Lever("a programme: reciprocity", "programme-one-way", "programme-mutual", RECIPROCITY),
    Lever("all ties: expertise", "all-ties-professional-expert", "all-ties-everybody-expert", EXPERTISE),
    Lever("professionals: decisions", "professionals-decide", "professionals-share-decisions", EXPERTISE),
    Lever(
        "a programme: expert", "programme-professional-expert", "programme-person-expert",
        EXPERTISE,
    ),
)  # fmt: skip


class Difference(NamedTuple):
    """What a lever changes at each design point."""

    lever: Lever
    values: Doubles  # (points, replicates) high less low


def differences(plan: SweepPlan, folder: Path) -> list[Difference]:
    """Differences in the outcome at the end, with common random numbers."""
    week = plan.study.weeks[-1]
    cells = {cell.scenario: cell.values for cell in read_cells(plan, folder, [OUTCOME], [week])}
    return [Difference(lever, cells[lever.high] - cells[lever.low]) for lever in LEVERS]


def table(plan: SweepPlan, folder: Path) -> pd.DataFrame:
    """Row a lever: mean difference (QPR points) over all that is assumed, with its 95 % interval; the ends of the
    middle four fifths of design points; and the mean where the weight is in its lowest and in its highest quarter."""
    return pd.DataFrame(_rows(plan, folder))


def _rows(plan: SweepPlan, folder: Path) -> Iterator[dict[str, object]]:
    for lever, values in differences(plan, folder):
        points = values.mean(axis=1)
        row: dict[str, object] = {"lever": lever.says, **_mean("difference", points)}
        row |= {"lowest_tenth": np.quantile(points, 0.1), "highest_tenth": np.quantile(points, 0.9)}
        row["sd_replicates"] = float(np.sqrt(values.var(axis=1, ddof=1).mean() / values.shape[1]))
        quarter = bins_of(plan.values[lever.weight], QUARTERS)
        row["weight"] = lever.weight
        row |= _mean("low_weight", points[quarter == 0]) | _mean("high_weight", points[quarter == QUARTERS - 1])
        yield row


def hangs_on(plan: SweepPlan, folder: Path) -> pd.DataFrame:
    """Spearman's correlation, over design points, of what a lever changes with each number assumed: lever, number,
    correlation."""
    found = []
    for lever, values in differences(plan, folder):
        for name, column in plan.values.items():
            found.append((lever.says, name, rank_correlation(column, values.mean(axis=1))))
    return pd.DataFrame(found, columns=["lever", "number", "correlation"])


def rank_correlation(column: Doubles, points: Doubles) -> float:
    """Spearman's correlation over the points that have both; NaN for so few that it would be chance."""
    there = np.isfinite(points)
    return float(spearmanr(column[there], points[there]).statistic) if there.sum() >= FEWEST else float("nan")


def _mean(name: str, points: Doubles) -> dict[str, float]:
    found = mean_of(points[:, None])
    return {name: float(found.mean[0]), f"{name}_lower": float(found.lower[0]), f"{name}_upper": float(found.upper[0])}
