"""What two factors have only together: second-order indices as a triangle of squares."""

from typing import TYPE_CHECKING

import numpy as np
import pandas as pd
from matplotlib.figure import Figure

from supportnet.analysis.figures.rows import NARROWEST, Page, name_width, page_of
from supportnet.analysis.figures.style import INK, PALE, figure_of

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.image import AxesImage


CELL, BAR = 0.42, 1.0  # inches of a square, and of the colours with their scale
NUMBERED = 14  # factors up to which squares hold their numbers


def pairs_figure(pairs: pd.DataFrame, page: Page, ax: "Axes | None" = None) -> Figure:
    """A square with a dot is a pair whose 95 % interval contains 0 or is not known."""
    names = list(dict.fromkeys([*pairs["factor"], *pairs["other"]]))
    n = len(names)
    values, sure = np.full((n, n), np.nan), np.zeros((n, n), bool)
    for row in pairs.to_dict("records"):
        i, j = sorted((names.index(row["factor"]), names.index(row["other"])), reverse=True)
        values[i, j], sure[i, j] = row["value"], row["lower"] > 0.0 or row["upper"] < 0.0
    cell = CELL if n <= NUMBERED else 0.27
    left, side = name_width(names), max(cell * (n - 1), 2.2)
    below = left * 0.62  # names stand aslant
    unknown = "" if pairs[["lower", "upper"]].notna().all(axis=None) else "\nor not available"
    width = max(left + side + BAR + 1.2, NARROWEST)
    if ax is not None:
        draw_pairs(ax, names, values, sure)
        return figure_of(ax)
    with page_of(page, side + below, width) as (figure, bottom, _):
        height = figure.get_figheight()
        axes = figure.add_axes((left / width, bottom + below / height, side / width, side / height))
        shown = draw_pairs(axes, names, values, sure)
        bar = figure.add_axes(((left + side + 0.25) / width, bottom + below / height, 0.16 / width, side / height))
        figure.colorbar(shown, cax=bar, label="S2, share of variance")
        bar.annotate(f"• interval\nincludes 0{unknown}", (0.0, 0.0), xycoords="axes fraction", xytext=(0, -8),
                     textcoords="offset points", va="top", fontsize=7.5, color=PALE)  # fmt: skip
    return figure


def draw_pairs(axes: "Axes", names: list[str], values: np.ndarray, sure: np.ndarray) -> "AxesImage":
    """Each pair below the diagonal; darker is more."""
    n = len(names)
    high = max(float(np.nanmax(np.nan_to_num(values))), 0.01)
    shown = axes.imshow(np.clip(values[1:, :-1], 0.0, None), cmap="Greys", vmin=0.0, vmax=high, aspect="auto")
    for i in range(1, n):
        for j in range(i):
            if not np.isfinite(values[i, j]):
                axes.text(j, i - 1, "?", ha="center", va="center", fontsize=7, color=INK)
                continue
            dark = values[i, j] > 0.55 * high
            text = f"{values[i, j]:.2f}" if n <= NUMBERED else ""
            text += "" if sure[i, j] else "\n•" if text else "•"
            axes.text(j, i - 1, text, ha="center", va="center", fontsize=7, color="white" if dark else INK)
    axes.set_yticks(range(n - 1), names[1:])
    axes.set_xticks(range(n - 1), names[:-1], rotation=45, ha="right", rotation_mode="anchor")
    axes.tick_params(length=0, labelcolor=INK, labelsize=8)
    axes.grid(visible=False)
    for edge in axes.spines.values():
        edge.set_visible(False)
    return shown
