"""Costs and effects: the cost-effectiveness plane; by what a unit of effect is worth: how probably each strategy is the
best, its expected net benefit, and what choosing it is expected to lose."""

from typing import TYPE_CHECKING, Any, cast

import numpy as np
from matplotlib.figure import Figure
from matplotlib.lines import Line2D
from matplotlib.ticker import MaxNLocator, StrMethodFormatter
from numpy.typing import NDArray

from supportnet.analysis.economics import Economics
from supportnet.analysis.figures.rows import LETTER, Page, page_of
from supportnet.analysis.figures.style import INK, PALE, TICKS, figure_of, look
from supportnet.analysis.wording.formatting import given, in_a_foot
from supportnet.experiments.economics.strategies import is_choice
from supportnet.experiments.ensemble.estimates import in_one_set

if TYPE_CHECKING:
    from matplotlib.axes import Axes

LEFT, SIDE, GAP, RIGHT = 0.85, 4.9, 1.05, 0.25  # inches: before a picture, each picture, between them, at the end
HEIGHT, BETWEEN = 3.5, 0.95  # inches: of a picture, between two rows
LINE, HANDLE = 0.2, 0.75  # inches: of a row of the legend, of what stands before and behind a name in it
DECADES = 1e4  # by which the smallest loss that is drawn is below the largest


def economics_figure(found: Economics, ax: "Axes | None" = None) -> Figure:
    """The plane of differences, and curves over thresholds if there is a choice; on given axes the plane only."""
    if ax is not None:
        _plane(ax, found)
        ax.legend(handles=_handles(found), fontsize=8)
        return figure_of(ax)
    probability, _ = found.uncertainty
    rows = ((_plane, _acceptability), (_net_benefit, _expected_loss)) if is_choice(found.strategies) else ((_plane,),)
    width = LEFT + len(rows[0]) * (SIDE + GAP) - GAP + RIGHT
    handles = _handles(found)
    longest = HANDLE + LETTER * max(len(str(one.get_label())) for one in handles)
    columns = min(len(handles), max(1, int((width - LEFT) / longest)))
    legend = LINE * -(-len(handles) // columns) + 0.15
    years = found.finished.weeks / 52
    page = Page(
        f"Cost-effectiveness compared with {found.samples.names[0]}",
        f"Effect: {found.measured} after {years:g} years. Costs: {found.money} per person and year, their mean"
        f"{found.discounting}.",
        f"Small dots are draws of the difference, large ones the expectation. {_choice_in_words(found)}Uncertain: "
        f"{probability}.{in_a_foot(found.cautions)} "
        "A model for reasoning about systems, not for decisions about a person.",
    )  # fmt: skip
    with page_of(page, len(rows) * (HEIGHT + BETWEEN) - BETWEEN + legend, width) as (figure, bottom, top):
        inch = 1.0 / figure.get_figheight()
        top += 0.2 * inch  # the page keeps free more than its two lines take
        place = (LEFT / width, top)
        figure.legend(handles=handles, ncols=columns, loc="upper left", bbox_to_anchor=place, frameon=False,
                      borderaxespad=0.0, handlelength=3.2, fontsize=8.5)  # fmt: skip
        for row, pictures in enumerate(rows):
            low = bottom + (len(rows) - 1 - row) * (HEIGHT + BETWEEN) * inch
            for draw, left in zip(pictures, (LEFT, LEFT + SIDE + GAP), strict=False):
                draw(figure.add_axes((left / width, low, SIDE / width, HEIGHT * inch)), found)
    return figure


def _handles(found: Economics) -> list[Line2D]:
    """How each strategy is drawn, with its name and what has to stand beside it."""
    drawn = [look(k) for k in range(len(found.samples.names))]
    labels = [f"{name} ({remark})" if remark else name for name, remark in found.remarks.items()]
    return [
        Line2D(
            [], [], color=one.colour, linestyle=cast("Any", one.dashes), marker=one.marker, markersize=6, label=label
        )
        for one, label in zip(drawn, labels, strict=True)
    ]


def _choice_in_words(found: Economics) -> str:
    """What lines show, where there is a choice."""
    if not is_choice(found.strategies):
        return ""
    return (
        "Plane: a line joins strategies that are not dominated; below the dashed line a strategy, unless it is a cut, "
        f"is better than {found.samples.names[0]}, if one more {found.unit} is worth {given(found.threshold)} (dashed "
        "lines in the other pictures). Broad pale line: the strategy with the highest expected net benefit, whose "
        "expected loss is the value of perfect information. "
    )


def _plane(axes: "Axes", found: Economics) -> None:
    """Incremental cost over incremental effect."""
    cloud = found.cloud
    axes.axhline(0.0, color=INK, linewidth=0.8)
    axes.axvline(0.0, color=INK, linewidth=0.8)
    for k, row in enumerate(found.strategies.to_dict("records")):
        drawn = look(k)
        x, y = row["incremental_effect"], row["incremental_cost"]
        if k:
            axes.plot(*cloud[:, k].T, drawn.marker, color=drawn.colour, markersize=2.6, alpha=0.35, linestyle="none")
        axes.plot(x, y, drawn.marker, color=drawn.colour, markersize=8, markeredgecolor="white", zorder=5)
    efficient = found.strategies[found.strategies["status"] == ""].sort_values("cost")
    axes.plot(efficient["incremental_effect"], efficient["incremental_cost"], color=INK, linewidth=1.0, zorder=4)
    axes.margins(x=0.06, y=0.08)
    axes.set_xlim(*axes.get_xlim())
    axes.set_ylim(*axes.get_ylim())
    if is_choice(found.strategies):
        axes.axline((0.0, 0.0), slope=found.threshold, color=PALE, linestyle=(0, (4, 3)), linewidth=1.1)
    axes.set_title("Differences from the baseline")
    axes.set_xlabel(f"incremental effect: {found.measured} ({found.scale}) at the end")
    axes.set_ylabel(f"incremental cost: {found.money} per person and year")
    _plain(axes)


def _acceptability(axes: "Axes", found: Economics) -> None:
    """Probability of being the best."""
    _over_thresholds(axes, found, found.curve.probability)
    axes.set_ylim(-0.02, 1.02)
    axes.set_title(f"Probability of being the best choice{in_one_set(found.samples.draws is not None)}")
    axes.set_ylabel("probability of the highest net benefit")
    _plain(axes)


def _net_benefit(axes: "Axes", found: Economics) -> None:
    """Expected net benefit less that of the baseline."""
    _over_thresholds(axes, found, found.curve.benefit)
    axes.set_title(f"Expected net benefit less that of {found.samples.names[0]}")
    axes.set_ylabel(f"{found.money} per person and year")
    _plain(axes)


def _expected_loss(axes: "Axes", found: Economics) -> None:
    """What choosing each strategy is expected to lose; on a logarithmic scale where there is anything to lose."""
    loss = found.curve.loss
    _over_thresholds(axes, found, loss)
    axes.set_title("Expected loss")
    axes.set_ylabel(f"{found.money} per person and year")
    _plain(axes)
    if loss.max() > 0.0:
        axes.set_yscale("log")
        axes.set_ylim(max(loss.max() / DECADES, loss[loss > 0.0].min() / 1.5), 1.5 * loss.max())
        axes.yaxis.set_major_formatter(StrMethodFormatter("{x:,g}"))


def _over_thresholds(axes: "Axes", found: Economics, values: NDArray[np.float64]) -> None:
    """Values (thresholds, strategies) over what a unit of effect is worth; the frontier is a broad pale line."""
    curve = found.curve
    frontier = values[np.arange(len(curve.best)), curve.best]
    axes.plot(curve.thresholds, frontier, color="#d0d0d0", linewidth=7, solid_capstyle="butt", zorder=1)
    every = len(curve.thresholds) // 8
    for k, name in enumerate(found.choices.names):
        drawn, first = look(found.samples.names.index(name)), 1 + k % every  # markers of equal curves side by side
        axes.plot(curve.thresholds, values[:, k], color=drawn.colour, linestyle=drawn.dashes, marker=drawn.marker,
                  markevery=(first, every), markersize=4.5, zorder=2 + k)  # fmt: skip
    axes.axvline(found.threshold, color=PALE, linestyle=(0, (4, 3)), linewidth=1.1)
    axes.set_xlim(0.0, curve.thresholds[-1])
    axes.set_xlabel(f"value of one more {found.unit}: {found.money} per person and year")


def _plain(axes: "Axes") -> None:
    """Few round ticks, with commas in thousands."""
    axes.xaxis.set_major_locator(MaxNLocator(5, **TICKS))
    axes.yaxis.set_major_locator(MaxNLocator(6, **TICKS))
    for axis in (axes.xaxis, axes.yaxis):
        if max(map(abs, axis.get_view_interval())) >= 1000:
            axis.set_major_formatter(StrMethodFormatter("{x:,.0f}"))
