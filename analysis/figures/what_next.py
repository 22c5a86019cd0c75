"""What studies of parameters would take off the variance of policy answers."""

from collections.abc import Sequence
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd
from matplotlib.figure import Figure

from supportnet.analysis.figures.rows import NARROWEST, ROW, Page, name_rows, name_width, panel_of
from supportnet.analysis.figures.style import INK, look
from supportnet.analysis.wording.formatting import in_a_foot

if TYPE_CHECKING:
    from matplotlib.axes import Axes

BLUE = look(0).colour


def what_next_figure(
    table: pd.DataFrame, title: str, size: str, cautions: Sequence[str], ax: "Axes | None" = None
) -> Figure:
    """One bar a parameter, as in `ResearchPriorities.parameters`, by its name: filled where it stands out."""
    names, clear = list(table["name"]), table["stands_out"].to_numpy(np.bool_)
    page = Page(
        title,
        "Expected reduction of the variance between draws, mean over policy answers, by a study of one parameter",
        f"{size}. Lines: 95 % intervals over draws. Filled bars stand out from the best of all parameters where draws "
        f"are shuffled.{in_a_foot(cautions)}",
    )
    width = max(NARROWEST, name_width(names) + 5.5)
    with panel_of(page, ROW * 1.4 * len(names), width, name_width(names), 0.03 * width, ax) as (figure, axes):
        y, reduction, half = np.arange(len(names)), 100.0 * table["reduction"], 196.0 * table["se"]
        for shown, label, colour, hatch in ((clear, "stands out", BLUE, None), (~clear, "does not", "white", "////")):
            if shown.any():
                axes.barh(y[shown], reduction[shown], 0.6, color=colour, edgecolor=BLUE, hatch=hatch, label=label)
        low, high = (reduction - half).clip(lower=0.0), (reduction + half).clip(upper=100.0)
        axes.hlines(y, low, high, color=INK, linewidth=1.3)
        axes.set_xlim(left=0.0)
        axes.set_xlabel("variance removed by the study (%)")
        axes.legend(loc="lower right", bbox_to_anchor=(1.0, 1.0), ncols=2, frameon=False)
        name_rows(axes, names)
    return figure
