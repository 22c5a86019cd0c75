"""Which ways reciprocity takes to recovery: each open or closed in every combination, its share exact."""

from pathlib import Path

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from supportnet.analysis.sensitivity.study import read_cells
from supportnet.experiments.comparison.attribution import shares_of
from supportnet.experiments.runs.plan import SweepPlan

OUTCOME = "qpr"
WAYS = {
    "recover.reciprocity_weight": "giving: identity, meaning, empowerment",
    "help.well_mismatch": "contacts that go well",
    "tire.gain": "one-way help strains supporters, mutual help restores them",
}


def shares(plan: SweepPlan, folder: Path) -> pd.DataFrame:
    """Shapley shares of the ways in the difference between all ties mutual and all ties one-way (QPR points)."""
    return shares_of(game(plan, folder), list(WAYS.values()), "way").reset_index()


def game(plan: SweepPlan, folder: Path) -> NDArray[np.float64]:
    """(coalitions of open ways, replicates) mutual less one-way, with common random numbers."""
    one_way, mutual = (cell.values for cell in read_cells(plan, folder, [OUTCOME], plan.study.weeks[-1:]))
    opened = np.stack([plan.values[name] > 0.0 for name in WAYS], axis=1)
    coalition = opened @ (1 << np.arange(len(WAYS)))
    return np.asarray((mutual - one_way)[np.argsort(coalition)])
