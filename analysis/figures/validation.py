"""Every pattern beside the range that evidence gives it."""

from typing import TYPE_CHECKING

import numpy as np
import pandas as pd
from matplotlib.figure import Figure

from supportnet.analysis.figures.calibration import REACH, even_ends, in_widths
from supportnet.analysis.figures.rows import NARROWEST, ROW, Page, name_rows, name_width, panel_of
from supportnet.analysis.figures.style import look

if TYPE_CHECKING:
    from matplotlib.axes import Axes


ORDER = ("calibrate", "validate", "fit to trials", "informed", "verify")  # uses, each with a look of its own


def validation_figure(rows: pd.DataFrame, interval: str, ax: "Axes | None" = None) -> Figure:
    """Values with intervals, in widths of the ranges that evidence gives them."""
    rows = rows[rows["preset"] != ""]  # what is computed
    names = [f"{row.pattern} {row.what} ({row.preset})" for row in rows.itertuples()]
    score = rows[rows["use"] == "validate"]["in_range"]
    page = Page(
        "Validation against published patterns",
        f"Patterns predicted, never fitted: {int(score.sum())} of {len(score)} in range",
        f"Grey band: target range from evidence, scaled to equal width. Lines: {interval}. "
        "Hollow: out of range. Values beyond the edge are drawn at it. Odds ratios are on a log scale.",
    )  # fmt: skip
    width = max(NARROWEST, name_width(names) + 5.5)
    with panel_of(page, ROW * len(names), width, name_width(names), 0.03 * width, ax) as (figure, axes):
        axes.axvspan(-0.5, 0.5, color="#dddddd", zorder=0)
        ends = even_ends(rows)
        lower, value, upper = (in_widths(rows[name], rows["unit"], ends) for name in ("lower", "value", "upper"))
        y = np.arange(len(rows))
        for k, use in enumerate(ORDER):
            chosen, style = (rows["use"] == use).to_numpy(), look(k)
            axes.hlines(y[chosen], lower[chosen], upper[chosen], color=style.colour, linewidth=1.8)
            for met in (True, False):
                here = chosen & (rows["in_range"].to_numpy() == met)
                face = style.colour if met else "white"
                axes.plot(value[here], y[here], style.marker, color=style.colour, markerfacecolor=face, markersize=5.5,
                          linestyle="none", label=use if met else None)  # fmt: skip
        axes.set_xlim(-REACH * 1.05, REACH * 1.05)
        axes.set_xlabel("distance from the middle of the target range, in widths of the range")
        axes.legend(loc="lower right", bbox_to_anchor=(1.0, 1.0), ncols=len(ORDER), frameon=False)
        name_rows(axes, names)
    return figure
