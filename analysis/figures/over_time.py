"""An index by week of the trajectory."""

from typing import TYPE_CHECKING

import pandas as pd
from matplotlib.figure import Figure
from matplotlib.ticker import MaxNLocator

from supportnet.analysis.figures.lines import lines_of
from supportnet.analysis.figures.rows import Page

if TYPE_CHECKING:
    from matplotlib.axes import Axes


def over_time_figure(indices: pd.DataFrame, page: Page, ax: "Axes | None" = None) -> Figure:
    """A line a factor with its 95 % band over the weeks observed."""
    with lines_of(indices, "week", page, ax) as (figure, axes):
        axes.xaxis.set_major_locator(MaxNLocator(6, integer=True))
        axes.set_xlabel("week")
    return figure
