"""Gains of several options with their intervals: narrow, so that they can be read on a phone."""

import textwrap
from collections.abc import Sequence
from typing import TYPE_CHECKING, NamedTuple

from matplotlib.figure import Figure

from supportnet.analysis.figures.style import INK, LOOKS, PALE, empty_page, house_style, printable

if TYPE_CHECKING:
    from matplotlib.axes import Axes

WIDTH, ROW, AROUND = 4.6, 0.5, 1.3  # inches: the figure, a row, and what stands around them
LETTERS = 34  # of a title, so that what it costs stands beside it


class GainRow(NamedTuple):
    """One option."""

    title: str
    beside: str  # what stands beside its title
    gain: float
    lower: float
    upper: float
    chosen: bool = False


def gains_figure(rows: Sequence[GainRow], title: str, says: str, unit: str) -> Figure:
    """Gains with 95 % intervals, the largest on top."""
    with house_style():
        height = AROUND + ROW * len(rows)
        figure = empty_page(height, WIDTH)
        axes = figure.add_axes((0.04, 0.72 / height, 0.92, 1.0 - AROUND / height))
        draw_gains(axes, rows, unit)
        figure.text(0.04, 1.0 - 0.08 / height, printable(title), fontsize=11, fontweight="bold", va="top")
        figure.text(0.04, 1.0 - 0.31 / height, printable(says), fontsize=9, color=PALE, va="top")
    return figure


def draw_gains(axes: "Axes", rows: Sequence[GainRow], unit: str) -> None:
    """The picture itself: title and what stands beside it above each interval."""
    for y, row in enumerate(sorted(rows, key=lambda row: row.gain)):
        colour = LOOKS[0].colour if row.chosen else INK
        axes.plot([row.lower, row.upper], [y, y], color=colour, linewidth=3.0 if row.chosen else 1.5)
        axes.plot(row.gain, y, "o", color=colour, markerfacecolor=colour if row.chosen else "white", markersize=7)
        short = textwrap.shorten(printable(row.title), LETTERS, placeholder=" …")
        axes.text(0.0, y + 0.25, f"{short}{row.beside}", transform=axes.get_yaxis_transform(), fontsize=9.5,
                  color=colour, fontweight="bold" if row.chosen else "normal", va="bottom",
                  bbox={"facecolor": "white", "edgecolor": "none", "pad": 0.5})  # fmt: skip
    axes.axvline(0.0, color=INK, linewidth=0.8)
    axes.set_yticks([])
    axes.grid(axis="y", visible=False)
    axes.spines["left"].set_visible(False)
    axes.set_ylim(-0.5, len(rows) - 0.1)
    axes.set_xlabel(unit, loc="left")
