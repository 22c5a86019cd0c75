"""Lines of factors over something, the largest in colour, the others in grey."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd
from matplotlib.ticker import MaxNLocator

from supportnet.analysis.figures.rows import NARROWEST, Page, name_width, panel_of
from supportnet.analysis.figures.style import INK, LOOKS, TICKS, end_labels

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

MOST = len(LOOKS)  # lines told apart


LEFT, WIDTH, HEIGHT = 0.7, 5.2, 3.4  # inches beside the picture, and of it at least; names stand at its right


@contextmanager
def lines_of(table: pd.DataFrame, over: str, page: Page, ax: "Axes | None" = None) -> "Iterator[tuple[Figure, Axes]]":
    """A page with such lines of one index, for what is still to be said about the horizontal axis."""
    names = name_width(list(table["factor"]))
    width = max(LEFT + WIDTH + names, NARROWEST)
    with panel_of(page, HEIGHT, width, LEFT, names, ax) as (figure, axes):
        draw_lines(axes, table, over)
        axes.set_ylabel(str(table["index"].iloc[0]))
        yield figure, axes


def draw_lines(axes: "Axes", table: pd.DataFrame, over: str) -> None:
    """A line with its band for each factor; names at the right ends of those with the largest last value."""
    last = table[table[over] == table[over].max()].set_index("factor")["value"].sort_values(ascending=False)
    axes.axhline(0.0, color=INK, linewidth=0.9)
    ends = []
    for rank, (factor, value) in enumerate(last.items()):
        rows = table[table["factor"] == factor].sort_values(over)
        if rank >= MOST:
            axes.plot(rows[over], rows["value"], color="#b5b5b5", linewidth=0.8, zorder=1)
            continue
        drawn = LOOKS[rank]
        if rows["lower"].notna().any():
            axes.fill_between(rows[over], rows["lower"], rows["upper"], color=drawn.colour, alpha=0.12, linewidth=0)
        axes.plot(rows[over], rows["value"], color=drawn.colour, linestyle=drawn.dashes, marker=drawn.marker,
                  markersize=4, clip_on=False)  # fmt: skip
        if np.isfinite(value):
            ends.append((float(value), str(factor), drawn.colour))
    axes.margins(x=0.02)
    axes.yaxis.set_major_locator(MaxNLocator(6, **TICKS))
    end_labels(axes, ends, float(table[over].max()))
