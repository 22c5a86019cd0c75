"""An index by week of the trajectory."""

from pathlib import Path

import pandas as pd
from matplotlib.ticker import MaxNLocator

from analysis.figures.lines import draw_lines
from analysis.figures.rows import NARROWEST, Page, name_width, page_of

LEFT, WIDTH = 0.7, 5.2  # inches beside the picture, and of it at least; names stand at its right


def over_time_figure(indices: pd.DataFrame, title: str, says: str, foot: str, png: Path, svg: Path) -> None:
    """As PNG and SVG, a line a factor with its 95 % band over the weeks observed."""
    names = name_width(list(indices["factor"]))
    width = max(LEFT + WIDTH + names, NARROWEST)
    with page_of(Page(title, says, foot, png, svg), 3.4, width) as (figure, bottom, top):
        axes = figure.add_axes((LEFT / width, bottom, 1 - (LEFT + names) / width, top - bottom))
        draw_lines(axes, indices, "week")
        axes.xaxis.set_major_locator(MaxNLocator(6, integer=True))
        axes.set_xlabel("week")
        axes.set_ylabel(str(indices["index"].iloc[0]))
