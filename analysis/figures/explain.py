"""What explains a difference: a waterfall from the difference with all held to the total."""

import textwrap
from typing import TYPE_CHECKING

import numpy as np
from matplotlib.figure import Figure
from matplotlib.ticker import MaxNLocator

from supportnet.analysis.figures.style import (
    INK,
    LOOKS,
    PALE,
    TICKS,
    empty_page,
    figure_of,
    foot_height,
    head_and_foot,
    house_style,
)
from supportnet.analysis.wording.attribution import (
    attribution_sentence,
    difference_in_words,
    labels_of,
    ordered_parts,
)
from supportnet.analysis.wording.caveats import explain_cautions
from supportnet.analysis.wording.formatting import counted, in_a_foot, interval, name_in_words, number, unit_in_words
from supportnet.experiments.comparison.attribution import Attribution
from supportnet.experiments.ensemble.estimates import contains
from supportnet.sim.outcomes import OUTCOMES

if TYPE_CHECKING:
    from matplotlib.axes import Axes

HEAD, ROW = 0.95, 0.34  # inches
UP, DOWN, WHOLE = LOOKS[0].colour, LOOKS[1].colour, "#9a9a9a"
WIDTH, LEFT, LETTERS = 9.8, 2.45, 34  # inches, of names too; of a name on a line


def explain_figure(found: Attribution, outcome: str, ax: "Axes | None" = None) -> Figure:
    """Shares of the difference in one outcome, on a page or on given axes."""
    if ax is not None:
        draw_waterfall(ax, found, outcome)
        return figure_of(ax)
    below = attribution_foot(found, outcome)
    rows, bottom = len(found.players) + len(labels_of(found)), foot_height(below, WIDTH)
    height = HEAD + ROW * rows + bottom + 0.1
    with house_style():
        figure = empty_page(height, WIDTH)
        figure.subplots_adjust(left=LEFT / WIDTH, right=1 - 1.95 / WIDTH, top=1 - HEAD / height, bottom=bottom / height)
        draw_waterfall(figure.add_subplot(), found, outcome)
        what = f"What {found.over} contribute" if found.of_level else "What explains the difference"
        head_and_foot(figure, f"{what}: {found.worlds[-1].title}", attribution_caption(found), below)
    return figure


def draw_waterfall(axes: "Axes", found: Attribution, outcome: str) -> None:
    """Bars from where the ones before ended, with the interval of each share at its end."""
    table, labels = found.shares(outcome), labels_of(found)
    shares: dict[str, dict[str, float]] = table.to_dict("index")  # type: ignore[assignment]
    order = ordered_parts(table, found.players, labels)
    least, at = shares["difference"]["mcse"] / 10, 0.0
    axes.axvline(0.0, color=INK, linewidth=0.9)
    for row, name in enumerate(order):
        share, whole = shares[name], name in labels
        start = 0.0 if whole else at
        end, falls = start + share["value"], share["value"] < 0.0
        colour, hatch = WHOLE if whole else DOWN if falls else UP, "////" if falls and not whole else None
        axes.barh(row, share["value"], 0.62, start, color=colour, hatch=hatch, edgecolor="white", linewidth=0)
        if np.isfinite(share["lower"]):
            ends = [start + share["lower"], start + share["upper"]]
            axes.plot(ends, [row, row], color=INK, linewidth=1.1, solid_capstyle="butt")
        if name != "difference":
            axes.plot([end, end], [row, row + 1], color=PALE, linewidth=0.8, linestyle=(0, (2, 2)))
        text = axes.annotate(share_label(share, least), (1.0, row), xycoords=("axes fraction", "data"), xytext=(6, 0),
                             textcoords="offset points", va="center", fontsize=8)  # fmt: skip
        text.set_annotation_clip(False)
        at = end
    names = [textwrap.fill(labels.get(name, name_in_words(name)), LETTERS) for name in order]
    axes.set_ylim(len(names) - 0.4, -0.6)
    axes.set_yticks(range(len(names)), names)
    axes.tick_params(axis="y", length=0, labelsize=9, labelcolor=INK)
    axes.grid(visible=False, axis="y")
    axes.margins(x=0.08)
    axes.xaxis.set_major_locator(MaxNLocator(6, **TICKS))
    better = {"higher": "   better →", "lower": "   ← better", "": ""}[OUTCOMES[outcome].better]
    axes.set_xlabel(f"difference in {outcome} ({unit_in_words(OUTCOMES[outcome].unit)}){better}")


def share_label(share: dict[str, float], least: float) -> str:
    """A share with its interval, with as many decimals as its error has, or at least this one."""
    error = max(share["mcse"], least)
    return f"{number(share['value'], error)}  ({interval(share['lower'], share['upper'], error)})"


def attribution_caption(found: Attribution) -> str:
    """What the figure shows, in words."""
    n = counted(len(found.replicates), "replicate")
    return f"Shapley shares of {found.over} in the difference {difference_in_words(found)}. {n}."


def attribution_foot(found: Attribution, outcome: str) -> str:
    """What the figure shows in a sentence, and where it comes from."""
    caution = in_a_foot(explain_cautions(found, outcome))
    run = f"supportnet explain {found.plan.identity[:8]}, seed {found.seed}"
    lines = f"Lines: {contains(found.posterior)}. Simulated; not for decisions about a single person.{caution}"
    return f"{attribution_sentence(found, outcome)} {run}. {lines}"
