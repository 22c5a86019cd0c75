"""How an outcome goes with each factor: small pictures on one scale."""

from typing import TYPE_CHECKING

import numpy as np
import pandas as pd
from matplotlib.figure import Figure
from matplotlib.ticker import MaxNLocator

from supportnet.analysis.figures.rows import Page, page_of
from supportnet.analysis.figures.style import LOOKS, TICKS, figure_of

if TYPE_CHECKING:
    from matplotlib.axes import Axes

MOST, ACROSS = 12, 4
HEIGHT, WIDTH = 1.75, 10.5  # inches of a row of pictures with its axis; of the page
LETTERS = 30  # of a line of a name above a picture


def response_figure(curves: pd.DataFrame, unit: str, page: Page, ax: "Axes | None" = None) -> Figure:
    """The factors with the widest range first; on given axes the first only."""
    spans = curves.groupby("factor", sort=False)["value"].agg(lambda values: values.max() - values.min())
    names = list(spans.sort_values(ascending=False, kind="stable").index[:MOST])
    across = min(ACROSS, len(names))
    down = -(-len(names) // across)
    if ax is not None:
        draw_curve(ax, curves[curves["factor"] == names[0]])
        ax.set(xlabel=names[0], ylabel=unit)
        return figure_of(ax)
    shown = curves[curves["factor"].isin(names)]
    reach = pd.concat([shown["lower"], shown["value"], shown["upper"]]).dropna()
    low, high = (float(reach.min()), float(reach.max())) if len(reach) else (0.0, 1.0)
    with page_of(page, HEIGHT * down, WIDTH) as (figure, bottom, top):
        gap = 0.6 / (HEIGHT - 0.6)
        grid = figure.add_gridspec(
            down, across, left=0.07, right=0.985, bottom=bottom, top=top, hspace=gap, wspace=0.12
        )
        for number, name in enumerate(names):
            axes = figure.add_subplot(grid[number // across, number % across])
            draw_curve(axes, shown[shown["factor"] == name])
            axes.set_ylim(low - 0.06 * (high - low) - 1e-9, high + 0.06 * (high - low) + 1e-9)
            axes.yaxis.set_major_locator(MaxNLocator(5, **TICKS))
            axes.set_title(in_two_lines(name), fontsize=8, pad=4, linespacing=1.05)
            if number % across:
                axes.tick_params(axis="y", labelleft=False)
            elif number // across == down // 2:
                axes.set_ylabel(unit)
    return figure


def draw_curve(axes: "Axes", rows: pd.DataFrame) -> None:
    """A line with its band over numbers; dots with intervals over words."""
    drawn = LOOKS[0]
    if all(isinstance(at, str) for at in rows["at"]):
        for x, row in enumerate(rows.to_dict("records")):
            axes.plot([x, x], [row["lower"], row["upper"]], color=drawn.colour, linewidth=1.4, solid_capstyle="butt")
        axes.plot(range(len(rows)), rows["value"], drawn.marker, color=drawn.colour, markersize=5)
        axes.set_xticks(range(len(rows)), [str(at)[:12] for at in rows["at"]])
        axes.set_xlim(-0.6, len(rows) - 0.4)
        return
    rows = rows.sort_values("at")
    at = rows["at"].to_numpy(np.float64)
    axes.fill_between(at, rows["lower"], rows["upper"], color=drawn.colour, alpha=0.18, linewidth=0)
    axes.plot(at, rows["value"], color=drawn.colour, marker=drawn.marker, markersize=2.8)
    axes.xaxis.set_major_locator(MaxNLocator(4, **TICKS))


def panel_name(name: str) -> str:
    """A name that fits above a picture."""
    return name if len(name) <= LETTERS else f"{name[: LETTERS // 2 - 1]}…{name[-LETTERS // 2 :]}"


def in_two_lines(name: str) -> str:
    """A name that fits above a picture, on two lines where it is long, so that similar names can be distinguished."""
    if len(name) <= LETTERS or "." not in name:
        return panel_name(name)
    cuts = [k for k, sign in enumerate(name, start=1) if sign == "."]
    cut = min(cuts, key=lambda k: max(k, len(name) - k))
    return f"{panel_name(name[:cut])}\n{panel_name(name[cut:])}"
