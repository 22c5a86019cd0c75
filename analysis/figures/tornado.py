"""How far an outcome goes with each factor: its mean where the factor is low, and where it is high."""

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd
from matplotlib.figure import Figure

from supportnet.analysis.figures.rows import MOST, NARROWEST, ROW, Page, name_rows, name_width, panel_of
from supportnet.analysis.figures.style import INK, LOOKS, PALE

if TYPE_CHECKING:
    from matplotlib.axes import Axes

WIDTH = 6.4  # inches of the picture
LOW, HIGH = LOOKS[1], LOOKS[0]


def tornado_figure(ends: pd.DataFrame, mean: float, unit: str, page: Page, ax: "Axes | None" = None) -> Figure:
    """The widest bar first; numbers at the bars are mean values of the factor there."""
    wide = (ends["high"] - ends["low"]).abs().sort_values(ascending=False, kind="stable")
    rows = ends.loc[wide.index[:MOST]].to_dict("records")
    names = [row["factor"] for row in rows]
    more = f"{len(ends) - MOST} more factors, each at most {wide.iloc[MOST]:.2g} wide" if len(ends) > MOST else ""
    left, n_rows = name_width(names), len(rows) + (1 if more else 0)
    width = max(left + WIDTH, NARROWEST)
    with panel_of(page, max(1.2 * ROW * n_rows, 1.2), width, left, 0.3, ax) as (figure, axes):
        axes.axvline(mean, color=INK, linewidth=0.9)
        for y, row in enumerate(rows):
            for end, look, hatch in (("low", LOW, "////"), ("high", HIGH, None)):
                label = f"factor in its {'lowest' if end == 'low' else 'highest'} tenth" if y == 0 else None
                axes.barh(y, row[end] - mean, 0.62, mean, color=look.colour, hatch=hatch, edgecolor="white",
                          linewidth=0, label=label)  # fmt: skip
                interval = [row[f"{end}_lower"], row[f"{end}_upper"]]
                axes.plot(interval, [y, y], color=INK, linewidth=1.0, solid_capstyle="butt")
            write_values(axes, row, y, mean)
        name_rows(axes, names, more)
        axes.set_ylim(n_rows - 0.4, -0.6)  # what is said about the others has a row of its own
        axes.margins(x=0.16)
        axes.set_xlabel(f"mean over design points ({unit}); line: overall mean")
        axes.legend(loc="lower right", bbox_to_anchor=(1.0, 1.0), ncols=2, frameon=False, fontsize=8, borderaxespad=0.3)
    return figure


def write_values(axes: "Axes", row: Mapping[Any, Any], y: int, mean: float) -> None:
    """The mean value of the factor at both ends, outside the bars and their intervals."""
    for end in ("low", "high"):
        if not np.isfinite(row[end]):
            continue
        value = row[f"{end}_value"]
        reach = [float(row[end]), float(row[f"{end}_lower"]), float(row[f"{end}_upper"])]
        right = float(row[end]) >= mean
        at = np.nanmax(reach) if right else np.nanmin(reach)
        other = "high" if end == "low" else "low"
        mine, others = abs(float(row[end]) - mean), abs(float(row[other]) - mean)
        if (float(row[other]) >= mean) == right and (others > mine or (others == mine and end == "high")):
            continue  # both ends lie on one side: only the farther one is written
        text = value_label(value)
        axes.annotate(text, (at, y), xytext=(4 if right else -4, 0), textcoords="offset points",
                      ha="left" if right else "right", va="center", fontsize=7, color=PALE)  # fmt: skip


def value_label(value: float | str) -> str:
    """The value of a factor in small type."""
    if isinstance(value, str) or not np.isfinite(value):
        return str(value)
    return f"{value:,.0f}" if abs(value) >= 1000 else f"{value:.3g}"
