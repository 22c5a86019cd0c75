"""An index by week of the trajectory."""

from pathlib import Path

import pandas as pd
from matplotlib.ticker import MaxNLocator

from supportnet.analysis.figures.lines import lines_of
from supportnet.analysis.figures.rows import Page


def over_time_figure(indices: pd.DataFrame, title: str, says: str, foot: str, png: Path, svg: Path) -> None:
    """As PNG and SVG, a line a factor with its 95 % band over the weeks observed."""
    with lines_of(indices, "week", Page(title, says, foot, png, svg)) as axes:
        axes.xaxis.set_major_locator(MaxNLocator(6, integer=True))
        axes.set_xlabel("week")
