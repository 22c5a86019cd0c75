"""Sensitivity indices of one outcome, a row a factor, the largest first."""

from typing import TYPE_CHECKING

import pandas as pd
from matplotlib.figure import Figure

from supportnet.analysis.figures.rows import NARROWEST, ROW, Page, draw_index, largest, name_rows, name_width, panel_of
from supportnet.analysis.figures.style import INK, LOOKS, PALE

if TYPE_CHECKING:
    from matplotlib.axes import Axes

WIDTH = 6.0  # inches of the picture
SHOWN = {
    "ST": ("ST", "S1"),
    "S1": ("S1",),
    "mu_star": ("mu_star", "sigma"),
    "delta": ("delta",),
    "median": ("median", "minimum", "maximum"),
    "dgsm": ("dgsm",),
}  # what rows are sorted by, the first there is: what is drawn with it
SHIFTS = {1: (0.0,), 2: (-0.22, 0.18), 3: (-0.27, -0.02, 0.23)}  # of indices within a row, by how many they are
NAMES = {"mu_star": "μ*", "sigma": "σ", "for noise": "for Monte Carlo noise"}  # in a legend


def indices_figure(indices: pd.DataFrame, unit: str, page: Page, ax: "Axes | None" = None) -> Figure:
    """Dots with 95 % intervals; unit: of the horizontal axis."""
    main = next(index for index in SHOWN if (indices["index"] == index).any())
    shown = [index for index in SHOWN[main] if (indices["index"] == index).any()]
    order, more = largest(indices, main)
    left, row = name_width(order), ROW * (1.2, 1.5, 1.8)[len(shown) - 1]
    width = max(left + WIDTH, NARROWEST)
    with panel_of(page, max(row * len(order), 1.0), width, left, 0.35, ax) as (figure, axes):
        axes.axvline(0.0, color=INK, linewidth=0.9)
        for k, index in enumerate(shown):
            draw_index(axes, indices, order, index, LOOKS[k], SHIFTS[len(shown)][k])
        name_rows(axes, order, more)
        say_unknown(axes, indices[indices["index"].isin(shown)], order)
        axes.set_xlabel(unit)
        name_dots(axes)
    return figure


def name_dots(axes: "Axes") -> None:
    """What dots are, filled and open, above the rows."""
    dots, labels = axes.get_legend_handles_labels()
    for short, name in NAMES.items():
        labels = [label.replace(short, name) for label in labels]
    axes.legend(dots, labels, loc="lower right", bbox_to_anchor=(1.0, 1.0), ncols=4, frameon=False, fontsize=8,
                borderaxespad=0.3)  # fmt: skip


def say_unknown(axes: "Axes", table: pd.DataFrame, order: list[str]) -> None:
    """A row without any number says so."""
    known = table.groupby("factor")["value"].count()
    for y, factor in enumerate(order):
        if not known[factor]:
            axes.annotate("not available", (0.0, y), xytext=(5, 0), textcoords="offset points", va="center",
                          fontsize=7.5, color=PALE)  # fmt: skip
