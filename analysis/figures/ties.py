"""Effects of levers on reciprocity and expertise, over parameter sets, and the assumptions they depend on."""

from typing import TYPE_CHECKING

import numpy as np
import pandas as pd
from matplotlib.figure import Figure

from supportnet.analysis.figures.rows import Page, name_rows, name_width, page_of
from supportnet.analysis.figures.style import INK, LOOKS, PALE, figure_of

if TYPE_CHECKING:
    from matplotlib.axes import Axes

ROW, NAMES = 0.46, 0.85  # inches of a row, and of the names above the squares
LEAST = 0.01  # of a difference, in the outcome's unit: below it the scale is not logarithmic any more
LINES, SQUARE = 4.4, 0.52  # inches of the picture with lines, of a square's width


def ties_figure(table: pd.DataFrame, hangs_on: pd.DataFrame, unit: str, page: Page, ax: "Axes | None" = None) -> Figure:
    """table: as `ties_study.table`; hangs_on: lever, number, correlation."""
    table = table.sort_values("difference", ascending=False)
    levers = list(table["lever"])
    numbers = list(dict.fromkeys(hangs_on["number"]))
    squares = hangs_on.pivot(index="lever", columns="number", values="correlation").loc[levers, numbers]
    if ax is not None:
        draw_differences(ax, table, unit)
        name_rows(ax, levers)
        return figure_of(ax)
    left, inside = name_width(levers), ROW * len(levers) + NAMES
    width = left + LINES + 0.3 + SQUARE * len(numbers) + 1.3
    with page_of(page, inside, width) as (figure, bottom, _):
        height = ROW * len(levers) / figure.get_figheight()
        lines = figure.add_axes((left / width, bottom, LINES / width, height))
        draw_differences(lines, table, unit)
        name_rows(lines, levers)
        beside = (left + LINES + 0.3) / width
        box = (beside, bottom, SQUARE * len(numbers) / width, height)
        draw_correlations(figure.add_axes(box), squares.to_numpy(), numbers)
    return figure


def draw_differences(axes: "Axes", table: pd.DataFrame, unit: str) -> None:
    """Means with intervals, on the middle four fifths of what is assumed; differences are compared by their ratio."""
    drawn = LOOKS[0]
    for y, row in enumerate(table.to_dict("records")):
        axes.plot([row["lowest_tenth"], row["highest_tenth"]], [y, y], color="#c8c8c8", linewidth=9,
                  solid_capstyle="butt", label="10th to 90th percentile of sets" if y == 0 else None)  # fmt: skip
        axes.plot([row["difference_lower"], row["difference_upper"]], [y, y], color=drawn.colour, linewidth=1.6,
                  solid_capstyle="butt")  # fmt: skip
        axes.plot(row["difference"], y, drawn.marker, color=drawn.colour, markersize=6,
                  label="mean, with 95 % interval" if y == 0 else None)  # fmt: skip
        axes.annotate(f"{row['difference']:.2g}", (row["difference"], y), xytext=(0, 7), textcoords="offset points",
                      ha="center", fontsize=8)  # fmt: skip
    axes.set_xscale("symlog", linthresh=LEAST)  # a difference may be negative
    axes.xaxis.set_major_formatter("{x:g}")
    axes.set_xlabel(f"difference ({unit}, logarithmic scale)")
    axes.legend(loc="lower left", bbox_to_anchor=(0.0, 1.02), frameon=False, fontsize=8, borderaxespad=0.0)


def draw_correlations(axes: "Axes", values: np.ndarray, numbers: list[str]) -> None:
    """Rank correlations of the difference with each number assumed; darker is stronger, whichever way."""
    axes.imshow(np.abs(values), cmap="Greys", vmin=0.0, vmax=1.4, aspect="auto")
    for (y, x), value in np.ndenumerate(values):
        colour, weight = "white" if abs(value) > 0.7 else INK, "bold" if abs(value) >= 0.4 else "normal"
        axes.text(x, y, f"{value:+.1f}", ha="center", va="center", fontsize=8, color=colour, fontweight=weight)
    axes.set_xticks(range(len(numbers)), numbers, rotation=40, ha="left", rotation_mode="anchor")
    axes.set_yticks([])
    axes.xaxis.tick_top()
    axes.tick_params(length=0, labelcolor=INK, labelsize=8)
    axes.grid(visible=False)
    for edge in axes.spines.values():
        edge.set_visible(False)
    axes.set_xlabel("rank correlation with the parameter", color=PALE)
