"""How an outcome goes with two factors at a time."""

from typing import TYPE_CHECKING

import numpy as np
import pandas as pd
from matplotlib.figure import Figure
from matplotlib.ticker import MaxNLocator

from supportnet.analysis.figures.response import in_two_lines
from supportnet.analysis.figures.rows import NARROWEST, Page, page_of
from supportnet.analysis.figures.style import PALE, TICKS, figure_of

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.collections import QuadMesh


SIDE, GAP, BAR = 2.7, 1.0, 0.7  # inches of a picture, between pictures, and of the scale of colours
BELOW, NAME = 0.9, 0.15  # inches between pictures one above the other, and for a second line of a name below them
ACROSS = {1: 1, 2: 2, 3: 3, 4: 2}  # pictures side by side


def surface_figure(surface: pd.DataFrame, unit: str, page: Page, ax: "Axes | None" = None) -> Figure:
    """The first four pairs on one scale; on given axes the first only.

    Cells without design points or outcome stay white.
    """
    surface = surface.assign(value=surface["value"].where(surface["n"] > 0))
    pairs = list(surface.groupby(["x_factor", "y_factor"], sort=False))[:4]
    across = ACROSS[len(pairs)]
    down = -(-len(pairs) // across)
    width, inside = max(across * (SIDE + GAP) + BAR + 0.6, NARROWEST), down * (SIDE + BELOW) - BELOW + NAME
    known = surface["value"].dropna()
    low, high = (float(known.min()), float(known.max())) if len(known) else (0.0, 1.0)
    if ax is not None:
        figure_of(ax).colorbar(draw_pair(ax, pairs[0][1], low, high), ax=ax, label=unit)
        return figure_of(ax)
    with page_of(page, inside, width) as (figure, bottom, top):
        height = figure.get_figheight()
        bottom += NAME / height
        for number, (_, cells) in enumerate(pairs):
            left = 0.85 + number % across * (SIDE + GAP)
            base = top - (number // across * (SIDE + BELOW) + SIDE) / height
            axes = figure.add_axes((left / width, base, SIDE / width, SIDE / height))
            shown = draw_pair(axes, cells, low, high)
        bar = figure.add_axes(((0.25 + across * (SIDE + GAP)) / width, bottom, 0.16 / width, top - bottom))
        figure.colorbar(shown, cax=bar, label=unit)
        if len(known) < len(surface):
            bar.annotate("white:\nno data", (0.0, 0.0), xycoords="axes fraction", xytext=(0, -6),
                         textcoords="offset points", va="top", fontsize=7.5, color=PALE)  # fmt: skip
    return figure


def draw_pair(axes: "Axes", cells: pd.DataFrame, low: float, high: float) -> "QuadMesh":
    """One pair of factors."""
    table = cells.pivot(index="y", columns="x", values="value")
    edges_x, edges_y = (edges(values.to_numpy(np.float64)) for values in (table.columns, table.index))
    shown = axes.pcolormesh(edges_x, edges_y, table.to_numpy(), cmap="cividis", vmin=low, vmax=max(high, low + 1e-9))
    axes.grid(visible=False)
    axes.set_xlabel(in_two_lines(str(cells["x_factor"].iloc[0])))
    axes.set_ylabel(in_two_lines(str(cells["y_factor"].iloc[0])))
    axes.xaxis.set_major_locator(MaxNLocator(4, **TICKS))
    axes.yaxis.set_major_locator(MaxNLocator(5, **TICKS))
    return shown


def edges(middles: np.ndarray) -> np.ndarray:
    """Edges of cells with these middles."""
    if len(middles) == 1:
        return np.array([middles[0] - 0.5, middles[0] + 0.5])
    between = (middles[1:] + middles[:-1]) / 2
    return np.concatenate([[2 * middles[0] - between[0]], between, [2 * middles[-1] - between[-1]]])
