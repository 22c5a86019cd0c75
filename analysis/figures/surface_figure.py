"""How an outcome goes with two factors at a time."""

from pathlib import Path

import numpy as np
import pandas as pd
from matplotlib.ticker import MaxNLocator

from analysis.figures.response_figure import shortened
from analysis.figures.rows import NARROWEST, Page, page_of
from analysis.figures.style import TICKS

SIDE, GAP, BAR = 2.7, 1.0, 0.7  # inches of a picture, between pictures, and of the scale of colours


def surface_figure(surface: pd.DataFrame, unit: str, title: str, says: str, foot: str, png: Path, svg: Path) -> None:
    """As PNG and SVG, up to four pairs side by side on one scale; cells without a design point stay white."""
    pairs = list(surface.groupby(["x_factor", "y_factor"], sort=False))
    width = max(len(pairs) * (SIDE + GAP) + BAR + 0.6, NARROWEST)
    low, high = float(surface["value"].min()), float(surface["value"].max())
    with page_of(Page(title, says, foot, png, svg), SIDE, width) as (figure, bottom, top):
        for number, ((x_name, y_name), cells) in enumerate(pairs):
            left = 0.85 + number * (SIDE + GAP)
            axes = figure.add_axes((left / width, bottom, SIDE / width, top - bottom))
            table = cells.pivot(index="y", columns="x", values="value")
            edges_x, edges_y = (edges(values.to_numpy(np.float64)) for values in (table.columns, table.index))
            shown = axes.pcolormesh(
                edges_x, edges_y, table.to_numpy(), cmap="cividis", vmin=low, vmax=max(high, low + 1e-9)
            )
            axes.grid(visible=False)
            axes.set_xlabel(shortened(str(x_name)))
            axes.set_ylabel(shortened(str(y_name)))
            axes.xaxis.set_major_locator(MaxNLocator(4, **TICKS))
            axes.yaxis.set_major_locator(MaxNLocator(5, **TICKS))
        bar = figure.add_axes(((0.25 + len(pairs) * (SIDE + GAP)) / width, bottom, 0.16 / width, top - bottom))
        figure.colorbar(shown, cax=bar, label=unit)


def edges(middles: np.ndarray) -> np.ndarray:
    """Edges of cells with these middles."""
    if len(middles) == 1:
        return np.array([middles[0] - 0.5, middles[0] + 0.5])
    between = (middles[1:] + middles[:-1]) / 2
    return np.concatenate([[2 * middles[0] - between[0]], between, [2 * middles[-1] - between[-1]]])
