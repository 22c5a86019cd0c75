"""An index as the sample grows."""

from pathlib import Path

import numpy as np
import pandas as pd

from analysis.figures.lines import draw_lines
from analysis.figures.rows import NARROWEST, Page, name_width, page_of

LEFT, WIDTH = 0.7, 5.2  # inches beside the picture, and of it at least; names stand at its right


def convergence_figure(path: pd.DataFrame, title: str, says: str, foot: str, png: Path, svg: Path) -> None:
    """As PNG and SVG, a line a factor with its 95 % band over n (trajectories, or base sample)."""
    names = name_width(list(path["factor"]))
    width = max(LEFT + WIDTH + names, NARROWEST)
    with page_of(Page(title, says, foot, png, svg), 3.4, width) as (figure, bottom, top):
        axes = figure.add_axes((LEFT / width, bottom, 1 - (LEFT + names) / width, top - bottom))
        sizes = np.unique(path["n"])
        draw_lines(axes, path, "n")
        axes.set_xscale("log", base=2)
        axes.set_xticks(sizes, [f"{size:,}" for size in sizes])
        axes.minorticks_off()
        axes.set_xlabel("n: trajectories, points, or base sample")
        axes.set_ylabel(str(path["index"].iloc[0]))
