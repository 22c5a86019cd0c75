"""What each mechanism contributes to the outcomes of a scenario: a panel for each outcome, a row for each mechanism."""

from typing import TYPE_CHECKING, NamedTuple

import numpy as np
import pandas as pd
from matplotlib.figure import Figure
from matplotlib.ticker import MaxNLocator

from supportnet.analysis.figures.rows import Page, name_rows, page_of
from supportnet.analysis.figures.style import INK, LOOKS, TICKS, Look
from supportnet.analysis.wording.formatting import HEADLINES, name_in_words, unit_in_words
from supportnet.sim.enums import Mechanism
from supportnet.sim.outcomes import OUTCOMES

if TYPE_CHECKING:
    from matplotlib.axes import Axes

WIDTH, ACROSS = 10.0, 3  # inches; panels in a row
ROW, GAP, LEFT = 0.19, 0.75, 1.75  # inches: of a mechanism, below a panel, and of the names
TOGETHER = "all seven together"


class Series(NamedTuple):
    """One of the two answers: its columns, name, look, and how far from the middle of a row it is."""

    columns: tuple[str, str, str]  # value, lower, upper
    name: str
    look: Look
    shift: float


SERIES = (
    Series(("value", "lower", "upper"), "Shapley share", LOOKS[0], -0.17),
    Series(("knockout", "knockout_lower", "knockout_upper"), "lost when switched off alone", LOOKS[1], 0.17),
)


def mechanisms_off_figure(shares: pd.DataFrame, page: Page) -> Figure:
    """shares: a row for each outcome and mechanism, as `shares.csv` of `explain` has them for one scenario."""
    rows = [*Mechanism.words(), "difference"]
    down = -(-len(HEADLINES) // ACROSS)
    inside = down * (ROW * len(rows) + GAP)
    with page_of(page, inside, WIDTH) as (figure, bottom, top):
        grid = figure.subplots(down, ACROSS, squeeze=False)
        figure.subplots_adjust(
            left=LEFT / WIDTH, right=1 - 0.2 / WIDTH, bottom=bottom, top=top - 0.35 / figure.get_figheight(),
            hspace=GAP / (ROW * len(rows)), wspace=0.12,
        )  # fmt: skip
        for k, outcome in enumerate(HEADLINES):
            axes = grid[k // ACROSS, k % ACROSS]
            own = shares[shares["outcome"] == outcome].set_index("mechanisms").loc[rows]
            draw_contributions(axes, own, outcome)
            name_rows(axes, [*map(name_in_words, rows[:-1]), TOGETHER] if k % ACROSS == 0 else [""] * len(rows))
        handles, names = grid[0, 0].get_legend_handles_labels()
        figure.legend(handles, names, loc="upper right", ncols=2, frameon=False, fontsize=8.5,
                      bbox_to_anchor=(1 - 0.1 / WIDTH, top + 0.12 / figure.get_figheight()))  # fmt: skip
    return figure


def draw_contributions(axes: "Axes", own: pd.DataFrame, outcome: str) -> None:
    """Dots with 95 % intervals: both answers for each mechanism, and the whole."""
    axes.axvline(0.0, color=INK, linewidth=0.9)
    axes.axhline(len(own) - 1.5, color="#9a9a9a", linewidth=0.6)
    for value, name, look, shift in SERIES:
        present = np.isfinite(own[value[0]].to_numpy(np.float64))
        y, (middle, lower, upper) = np.arange(len(own))[present] + shift, (own.loc[present, column] for column in value)
        axes.hlines(y, lower, upper, color=look.colour, linewidth=1.3)
        axes.plot(middle, y, look.marker, color=look.colour, markersize=4, linestyle="none", label=name,
                  markerfacecolor=look.colour if value[0] == "value" else "white")  # fmt: skip
    axes.set_title(name_in_words(outcome), fontsize=9)
    axes.xaxis.set_major_locator(MaxNLocator(4, **TICKS))
    better = {"higher": "  better →", "lower": "  ← better", "": ""}[OUTCOMES[outcome].better]
    axes.set_xlabel(f"{unit_in_words(OUTCOMES[outcome].unit)}{better}", fontsize=8)
