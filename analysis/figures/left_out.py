"""Published effects of programmes beside predictions by a fit without any of their trials."""

from collections.abc import Mapping
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd
from matplotlib.figure import Figure

from supportnet.analysis.figures.rows import NARROWEST, ROW, Page, name_rows, name_width, panel_of
from supportnet.analysis.figures.style import look

if TYPE_CHECKING:
    from matplotlib.axes import Axes


def left_out_figure(table: pd.DataFrame, means: Mapping[str, float], ax: "Axes | None" = None) -> Figure:
    """One row a published effect: its estimate with 95 % interval, and the prediction with 50 and 90 % intervals."""
    about = (f"{row.programme}: {row.outcome}, week {row.week}" for row in table.itertuples())
    names = [one.replace("_", " ") for one in about]
    ranks, _ = np.histogram(table["place"], np.linspace(0.0, 1.0, 6))
    page = Page(
        "Programmes predicted without any of their trials",
        f"Thick and thin lines: 50 and 90 % intervals of predictions, which hold {means['coverage50']:.0%} and "
        f"{means['coverage90']:.0%} of the effects",
        f"Benefits in standard deviations: right of 0 people do better. Diamond: published, with its 95 % interval. "
        f"CRPS {means['crps']:.3f}; mean of other programmes {means['crps_class_mean']:.3f}; "
        f"regression on them {means['crps_regression']:.3f}. Effects by the fifth of the prediction that they lie in, "
        f"from below: {', '.join(map(str, ranks))} (as many in each where predictions are right).",
    )  # fmt: skip
    width = max(NARROWEST, name_width(names) + 5.5)
    model, published = look(0), look(1)
    with panel_of(page, ROW * 1.3 * len(names), width, name_width(names), 0.03 * width, ax) as (figure, axes):
        y = np.arange(len(table))
        axes.axvline(0.0, color="#999999", linewidth=0.8)
        axes.hlines(y, table["lower90"], table["upper90"], color=model.colour, linewidth=1.0)
        axes.hlines(y, table["lower50"], table["upper50"], color=model.colour, linewidth=3.0)
        axes.plot(table["predicted"], y, model.marker, color=model.colour, markersize=5.0, label="predicted")
        half = 1.96 * table["se"]
        low, high = table["published"] - half, table["published"] + half
        axes.hlines(y + 0.3, low, high, color=published.colour, linewidth=1.0, linestyle=":")
        axes.plot(
            table["published"], y + 0.3, "D", color=published.colour, markerfacecolor="white", markersize=5.0,
            label="published",
        )  # fmt: skip
        axes.set_xlabel("benefit of the programme over its control (standard deviations)")
        axes.legend(loc="lower right", bbox_to_anchor=(1.0, 1.0), ncols=2, frameon=False)
        name_rows(axes, names)
    return figure
