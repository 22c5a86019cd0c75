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
        f"Median and 95 % of runs of the model: over the prior, and at {draws} draws from the posterior",
        f"Grey band: the range that evidence gives a value, drawn to the same width for all. {met} of {len(table)} "
        "medians lie in range afterwards. Each run is lived once, so that lines hold the luck of a run too. Lines that "
        "end at an edge go on beyond it. Odds ratios as logarithms.",
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
        axes.set_xlabel("distance from the middle of the range, in widths of the range")
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
        "What was learned about the numbers of the model",
        "Share of the prior's variance that is gone in the posterior",
        "1: known exactly; 0: as uncertain as before. What is not learned keeps its whole range in every interval.",
    )  # fmt: skip
    names = list(shown["number"])
    width = max(NARROWEST, name_width(names) + 5.0)
    with panel_of(page, ROW * len(names), width, name_width(names), 0.03 * width, ax) as (figure, axes):
        axes.barh(np.arange(len(shown)), shown["learned"], color=look(0).colour, height=0.6)
        axes.set_xlim(0, 1)
        axes.set_xlabel("share of the prior's variance that is gone")
        name_rows(
            axes, names, f"{len(rest)} more numbers, each at most {rest['learned'].max():.2g}" if len(rest) else ""
        )
    return figure
