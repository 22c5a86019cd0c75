"""What explains the effects of several programmes: a square for each programme and mechanism."""

from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd
from matplotlib.figure import Figure

from supportnet.analysis.figures.rows import NARROWEST, Page, name_width, page_of
from supportnet.analysis.figures.style import INK, figure_of

if TYPE_CHECKING:
    from matplotlib.axes import Axes


CELL, ROW, NAMES = 0.78, 0.34, 0.75  # inches of a square, its height, and of the names above
WHOLE = ("without", "difference")


def shares_figure(shares: pd.DataFrame, unit: str, page: Page, ax: "Axes | None" = None) -> Figure:
    """shares: a row a programme and player, with value, lower, upper (as `Attribution.shares`).

    Programmes in the order of their whole difference; darker is larger, whichever way; bold: the interval excludes 0.
    """
    players = list(dict.fromkeys(shares.iloc[:, 0]))
    columns = ["without", *(name for name in players if name not in WHOLE), "difference"]
    table = shares.set_index(["programme", shares.columns[0]])
    whole = table.xs("difference", level=1)["value"].sort_values(ascending=False)
    values = np.array([[table.loc[(row, column), "value"] for column in columns] for row in whole.index], np.float64)
    left, inside = name_width(list(whole.index)), ROW * len(whole) + NAMES
    width = max(left + CELL * len(columns) + 1.4, NARROWEST)
    if ax is not None:
        draw_shares(ax, table, values, list(whole.index), columns, unit)
        return figure_of(ax)
    with page_of(page, inside, width) as (figure, bottom, _):
        height = figure.get_figheight()
        box = (left / width, bottom - 0.3 / height, CELL * len(columns) / width, ROW * len(whole) / height)
        axes = figure.add_axes(box)
        draw_shares(axes, table, values, list(whole.index), columns, unit)
    return figure


def draw_shares(
    axes: "Axes", table: pd.DataFrame, values: np.ndarray, programmes: list[str], columns: list[str], unit: str
) -> None:
    """A square for each programme and column."""
    rows: dict[Any, dict[str, float]] = table.to_dict("index")  # type: ignore[assignment]
    largest = float(np.abs(values).max()) or 1.0
    axes.imshow(np.abs(values), cmap="Greys", vmin=0.0, vmax=1.25 * largest, aspect="auto")
    for i, programme in enumerate(programmes):
        for j, column in enumerate(columns):
            row = rows[programme, column]
            sure = not row["lower"] <= 0.0 <= row["upper"]
            colour = "white" if abs(values[i, j]) > 0.7 * largest else INK
            axes.text(j, i, f"{values[i, j]:+.2f}", ha="center", va="center", fontsize=8, color=colour,
                      fontweight="bold" if sure else "normal")  # fmt: skip
    labels = {"without": "left", "difference": "total"}
    axes.set_xticks(range(len(columns)), [labels.get(name, name.replace("_", " ")) for name in columns],
                    rotation=40, ha="left", rotation_mode="anchor")  # fmt: skip
    axes.set_yticks(range(len(programmes)), programmes)
    axes.xaxis.tick_top()
    axes.tick_params(length=0, labelcolor=INK, labelsize=8.5)
    axes.grid(visible=False)
    for edge in axes.spines.values():
        edge.set_visible(False)
    for at in (0.5, len(columns) - 1.5):
        axes.axvline(at, color="white", linewidth=3)
    axes.annotate(unit, (1.0, 0.0), xycoords="axes fraction", xytext=(6, 0), textcoords="offset points", fontsize=8)
