"""What options and mixes gain, with their intervals and what they cost: narrow, so that it can be read on a phone."""

import textwrap
from typing import TYPE_CHECKING

from matplotlib.figure import Figure

from supportnet.analysis.figures.style import INK, LOOKS, PALE, figure_of, house_style
from supportnet.analysis.wording.decision import error_of, letters, recovery_row, rounded_money, row_of_costs, title_of
from supportnet.analysis.wording.formatting import counted
from supportnet.experiments.decision.result import DecisionResult

if TYPE_CHECKING:
    from matplotlib.axes import Axes

WIDTH, ROW, AROUND = 4.6, 0.5, 1.3  # inches: the figure, a strategy, and what stands around them
LETTERS = 34  # of a title, so that its price stands beside it


def decision_figure(found: DecisionResult, ax: "Axes | None" = None) -> Figure:
    """Gains in recovery with 95 % intervals, the largest on top, on a figure of their own or on given axes."""
    if ax is not None:
        draw_gains(ax, found)
        return figure_of(ax)
    from supportnet.analysis.figures.style import empty_page

    with house_style():
        height = AROUND + ROW * len(found.costs)
        figure = empty_page(height, WIDTH)
        axes = figure.add_axes((0.04, 0.72 / height, 0.92, 1.0 - AROUND / height))
        draw_gains(axes, found)
        years = found.tried.comparison.worlds[0].scenario.weeks / 52
        figure.text(0.04, 1.0 - 0.08 / height, f"Gain in personal recovery after {years:g} years", fontsize=11,
                    fontweight="bold", va="top")  # fmt: skip
        figure.text(0.04, 1.0 - 0.31 / height, "and what must be spent a year. Bars: 95 % intervals", fontsize=9,
                    color=PALE, va="top")  # fmt: skip
    return figure


def draw_gains(axes: "Axes", found: DecisionResult) -> None:
    """The picture itself: one row a strategy, its name and price above its interval."""
    rows = [recovery_row(found, name) for name in found.costs["scenario"]]
    rows.sort(key=lambda row: row["difference"])
    for y, row in enumerate(rows):
        chosen = row["scenario"] == found.chosen
        colour = LOOKS[0].colour if chosen else INK
        axes.plot([row["lower"], row["upper"]], [y, y], color=colour, linewidth=3.0 if chosen else 1.5)
        axes.plot(row["difference"], y, "o", color=colour, markerfacecolor=colour if chosen else "white", markersize=7)
        axes.text(0.0, y + 0.25, label_of(found, row["scenario"]), transform=axes.get_yaxis_transform(), fontsize=9.5,
                  color=colour, fontweight="bold" if chosen else "normal", va="bottom",
                  bbox={"facecolor": "white", "edgecolor": "none", "pad": 0.5})  # fmt: skip
    axes.axvline(0.0, color=INK, linewidth=0.8)
    axes.set_yticks([])
    axes.grid(axis="y", visible=False)
    axes.spines["left"].set_visible(False)
    axes.set_ylim(-0.5, len(rows) - 0.1)
    people = counted(found.tried.comparison.worlds[0].scenario.population.patients, "person", "people")
    axes.set_xlabel(f"points of the QPR (0 to 60), mean of {people}\nfilled: the answer", loc="left")


def label_of(found: DecisionResult, name: str) -> str:
    """A strategy with what must be spent on it; a mix by letters of its options."""
    row = row_of_costs(found, name)
    short, parts = letters([one.name for one in found.plan.question.options]), found.parts[name]
    title = " + ".join(short[one] for one in parts)
    if len(parts) == 1:
        title = textwrap.shorten(f"{title}: {title_of(found, name)}", LETTERS, placeholder=" …")
    beyond = "" if row["within"] else ", beyond the budget"
    return f"{title} · {rounded_money(row['total'], error_of(row))}{beyond}"
