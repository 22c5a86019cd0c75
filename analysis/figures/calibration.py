"""What a calibration shows: patterns before and after, and what was learned about numbers."""

from typing import TYPE_CHECKING

import numpy as np
import pandas as pd
from matplotlib.figure import Figure

from supportnet.analysis.figures.rows import NARROWEST, ROW, Page, name_rows, name_width, panel_of
from supportnet.analysis.figures.style import PALE, look

if TYPE_CHECKING:
    from matplotlib.axes import Axes


MOST_LEARNED = 40
REACH = 2.5  # widths of a range, beyond which a line is cut off


def patterns_figure(table: pd.DataFrame, draws: int, ax: "Axes | None" = None) -> Figure:
    """Each pattern before and after, in widths of the range that evidence gives it."""
    names = [f"{row.what} ({row.preset})" for row in table.itertuples()]
    met = int(table["in_range"].sum())
    page = Page(
        "Patterns before and after calibration",
        f"Median and central 95 % of model runs: under the prior, and at {draws} posterior draws",
        f"Grey band: target range from evidence, scaled to equal width. {met} of {len(table)} "
        "posterior medians are in range. Lines include the Monte Carlo error of single runs. Lines that "
        "reach an edge continue beyond it. Odds ratios are on a log scale.",
    )  # fmt: skip
    width = max(NARROWEST, name_width(names) + 5.5)
    with panel_of(page, ROW * len(names), width, name_width(names), 0.03 * width, ax) as (figure, axes):
        axes.axvspan(-0.5, 0.5, color="#dddddd", zorder=0)
        for k, (name, shift) in enumerate((("posterior", -0.17), ("prior", 0.17))):
            columns = (f"{name}_lower", name, f"{name}_upper")
            shown = [in_widths(table[column], table["unit"], even_ends(table)) for column in columns]
            style = look(k)
            colour = PALE if name == "prior" else style.colour
            y = np.arange(len(table)) + shift
            axes.hlines(y, shown[0], shown[2], color=colour, linewidth=1.0 if name == "prior" else 2.0)
            axes.plot(shown[1], y, "|" if name == "prior" else style.marker, color=colour, markersize=5,
                      linestyle="none", label=name)  # fmt: skip
        axes.set_xlim(-REACH, REACH)
        axes.set_xlabel("distance from the middle of the target range, in widths of the range")
        axes.legend(loc="lower right", bbox_to_anchor=(1.0, 1.0), ncols=2, frameon=False)
        name_rows(axes, names)
    return figure


def even_ends(table: pd.DataFrame) -> tuple[np.ndarray, np.ndarray]:
    """Ends of the ranges, those of odds ratios as logarithms."""
    return evened(table["accept_lower"], table["unit"]), evened(table["accept_upper"], table["unit"])


def in_widths(values: pd.Series, units: pd.Series, ends: tuple[np.ndarray, np.ndarray]) -> np.ndarray:
    """Values in widths of their ranges from the middle, cut at the edge of a picture."""
    low, high = ends
    width = np.where(high > low, high - low, 1.0)  # a range that is one point: as if 1 wide
    return np.asarray(np.clip((evened(values, units) - (low + high) / 2) / width, -REACH, REACH))


def evened(values: pd.Series, units: pd.Series) -> np.ndarray:
    """Odds ratios as logarithms, everything else as it is."""
    found = values.to_numpy(float)
    return np.where((units == "odds ratio").to_numpy(), np.log(np.maximum(found, 1e-9)), found)


def learned_figure(table: pd.DataFrame, ax: "Axes | None" = None) -> Figure:
    """The numbers about which patterns say most."""
    shown, rest = table.iloc[:MOST_LEARNED], table.iloc[MOST_LEARNED:]
    page = Page(
        "How much the data informed the model's parameters",
        "Reduction of variance from prior to posterior",
        "1: known exactly; 0: as uncertain as before. Uninformed parameters keep their whole range in every interval.",
    )  # fmt: skip
    names = list(shown["number"])
    width = max(NARROWEST, name_width(names) + 5.0)
    with panel_of(page, ROW * len(names), width, name_width(names), 0.03 * width, ax) as (figure, axes):
        axes.barh(np.arange(len(shown)), shown["learned"], color=look(0).colour, height=0.6)
        axes.set_xlim(0, 1)
        axes.set_xlabel("share of the prior's variance removed")
        name_rows(
            axes, names, f"{len(rest)} more parameters, each at most {rest['learned'].max():.2g}" if len(rest) else ""
        )
    return figure
