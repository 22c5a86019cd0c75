"""An index as the sample grows."""

from typing import TYPE_CHECKING

import numpy as np
import pandas as pd
from matplotlib.figure import Figure

from supportnet.analysis.figures.lines import lines_of
from supportnet.analysis.figures.rows import Page

if TYPE_CHECKING:
    from matplotlib.axes import Axes


def convergence_figure(path: pd.DataFrame, page: Page, ax: "Axes | None" = None) -> Figure:
    """A line a factor with its 95 % band over n (trajectories, or base sample)."""
    with lines_of(path, "n", page, ax) as (figure, axes):
        sizes = np.unique(path["n"])
        axes.set_xscale("log", base=2)
        axes.set_xticks(sizes, [f"{size:,}" for size in sizes])
        axes.minorticks_off()
        axes.set_xlabel("n: trajectories, points, or base sample")
    return figure
