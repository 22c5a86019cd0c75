"""Pictures with a row for each factor: their page, names, order, and dots with intervals."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import TYPE_CHECKING, NamedTuple

import numpy as np
import pandas as pd

from supportnet.analysis.figures.style import INK, Look, empty_page, figure_of, foot_height, head_and_foot, house_style

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

MOST = 40  # rows
ROW, LETTER = 0.24, 0.068  # inches
HEAD = 1.05  # inches above a picture
NARROWEST = 9.6  # inches: what is said must fit into a line


class Page(NamedTuple):
    """Texts around a figure."""

    title: str
    says: str
    foot: str


@contextmanager
def page_of(page: Page, inside: float, width: float) -> Iterator[tuple["Figure", float, float]]:
    """A page around pictures so high (inches): figure, and where they begin and end."""
    bottom = foot_height(page.foot, width)
    height = HEAD + inside + bottom
    with house_style():
        figure = empty_page(height, width)
        yield figure, bottom / height, 1 - HEAD / height
        head_and_foot(figure, page.title, page.says, page.foot)


@contextmanager
def panel_of(
    page: Page, inside: float, width: float, left: float, right: float, ax: "Axes | None" = None
) -> Iterator[tuple["Figure", "Axes"]]:
    """One picture on a page of its own, or on given axes: figure and axes. left, right: inches beside the picture."""
    if ax is not None:
        yield figure_of(ax), ax
        return
    with page_of(page, inside, width) as (figure, bottom, top):
        yield figure, figure.add_axes((left / width, bottom, 1 - (left + right) / width, top - bottom))


def largest(table: pd.DataFrame, main: str) -> tuple[list[str], str]:
    """Factors in order of an index, the largest first, at most so many; and what is said about the others."""
    values = table[table["index"] == main].set_index("factor")["value"].sort_values(ascending=False)
    shown, others = list(values.index[:MOST]), values.iloc[MOST:]
    more = f"{len(others)} more factors, each at most {others.iloc[0]:.2g}" if len(others) else ""
    return shown, more


def name_width(names: Sequence[str]) -> float:
    """Inches that the longest name takes."""
    return 0.3 + LETTER * max(map(len, names))


def name_rows(axes: "Axes", names: Sequence[str], more: str = "") -> None:
    """A name at each row, from the top; what is said about factors that are not shown, below."""
    axes.set_ylim(len(names) - 0.4, -0.6)
    axes.set_yticks(range(len(names)), list(names))
    axes.tick_params(axis="y", length=0, labelsize=8.5, labelcolor=INK)
    axes.grid(visible=False, axis="y")
    if more:
        axes.annotate(more, (1.0, 0.0), xycoords="axes fraction", xytext=(0, 4), textcoords="offset points",
                      ha="right", va="bottom", fontsize=8)  # fmt: skip


def draw_index(axes: "Axes", table: pd.DataFrame, order: list[str], index: str, look: Look, shift: float) -> None:
    """Dots with 95 % intervals of one index, and open dots beside them where it is corrected for noise."""
    rows = table[table["index"] == index].set_index("factor").reindex(order)
    y = np.arange(len(order)) + shift
    for at, lower, upper in zip(y, rows["lower"], rows["upper"], strict=True):
        axes.plot([lower, upper], [at, at], color=look.colour, linewidth=1.3, solid_capstyle="butt", zorder=2)
    axes.plot(rows["value"], y, look.marker, color=look.colour, markersize=5, linestyle="none", label=index, zorder=3)
    if rows["corrected"].notna().any():
        axes.plot(rows["corrected"], y + 0.16, look.marker, color=look.colour, markersize=4.5, linestyle="none",
                  markerfacecolor="white", label=f"{index}, corrected for noise", zorder=3)  # fmt: skip
