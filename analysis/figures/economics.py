"""Costs and effects: the cost-effectiveness plane, and how probably each strategy is the best."""

from typing import TYPE_CHECKING

import numpy as np
from matplotlib.figure import Figure
from matplotlib.patheffects import withStroke
from matplotlib.ticker import MaxNLocator, StrMethodFormatter

from supportnet.analysis.economics import Economics
from supportnet.analysis.figures.rows import Page, name_width, page_of
from supportnet.analysis.figures.style import INK, PALE, TICKS, end_labels, figure_of, look, spread_apart
from supportnet.analysis.wording.formatting import given, in_a_foot
from supportnet.experiments.economics.strategies import is_choice
from supportnet.experiments.ensemble.estimates import in_one_set
from supportnet.sim.outcomes import OUTCOMES

if TYPE_CHECKING:
    from matplotlib.axes import Axes

LEFT, SIDE, GAP = 0.85, 4.6, 0.95  # inches: before the plane, each picture, between them
HEIGHT = 4.0
HALO = withStroke(linewidth=2.5, foreground="white")
ROOM = 0.25  # of a picture, for names beside the outermost points


def economics_figure(found: Economics, ax: "Axes | None" = None) -> Figure:
    """The plane of differences, and curves of acceptability if there is a choice; on given axes the plane only."""
    if ax is not None:
        _plane(ax, found)
        return figure_of(ax)
    probability, _ = found.uncertainty
    names = list(found.samples.names)
    right = name_width(names)
    pictures = (_plane, _curves) if is_choice(found.strategies) else (_plane,)
    width = LEFT + SIDE + (len(pictures) - 1) * (SIDE + GAP) + right
    years = found.finished.weeks / 52
    page = Page(
        f"Cost-effectiveness compared with {names[0]}",
        f"Effect: {found.measured} after {years:g} years. Costs: {found.money} per person and year, their mean.",
        f"Small dots are draws of the difference, large ones the expectation. {_choice_in_words(found)}Uncertain: "
        f"{probability}.{in_a_foot(found.cautions)} "
        "A model for reasoning about systems, not for decisions about a person.",
    )  # fmt: skip
    with page_of(page, HEIGHT, width) as (figure, bottom, top):
        for draw, left in zip(pictures, (LEFT, LEFT + SIDE + GAP), strict=False):
            axes = figure.add_axes((left / width, bottom, SIDE / width, top - bottom))
            draw(axes, found)
    return figure


def _choice_in_words(found: Economics) -> str:
    """What lines show, where there is a choice."""
    if not is_choice(found.strategies):
        return ""
    return (
        "Left: a line joins strategies that are not dominated; below the dashed line a strategy, unless it is a cut, "
        f"is better than {found.samples.names[0]}, if one more {found.unit} is worth {given(found.threshold)} (dashed "
        "line on the right). Broad pale line: the strategy with the highest expected net benefit. "
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
            axes.plot(*cloud[:, k].T, drawn.marker, color=drawn.colour, markersize=2.2, alpha=0.25, linestyle="none")
        axes.plot(x, y, drawn.marker, color=drawn.colour, markersize=8, markeredgecolor="white", zorder=5)
    efficient = found.strategies[found.strategies["status"] == ""].sort_values("cost")
    axes.plot(efficient["incremental_effect"], efficient["incremental_cost"], color=INK, linewidth=1.0, zorder=4)
    axes.margins(x=0.06, y=0.08)
    low, high = axes.get_xlim()
    axes.set_xlim(low, high + ROOM * (high - low))
    axes.set_ylim(*axes.get_ylim())
    _name_points(axes, found)
    if is_choice(found.strategies):
        axes.axline((0.0, 0.0), slope=found.threshold, color=PALE, linestyle=(0, (4, 3)), linewidth=1.1)
    axes.set_title("Differences from the baseline")
    axes.set_xlabel(f"incremental effect: {found.measured} ({OUTCOMES[found.effect].unit}) at the end")
    axes.set_ylabel(f"incremental cost: {found.money} per person and year")
    _plain(axes)


def _name_points(axes: "Axes", found: Economics) -> None:
    """Names beside the expected differences, moved apart where they would overlap."""
    places = found.strategies[["incremental_effect", "incremental_cost"]].to_numpy()
    order, (low, high) = np.argsort(places[:, 1], kind="stable"), axes.get_ylim()
    labels = [f"{name}\n({remark})" if remark else name for name, remark in found.remarks.items()]
    line = (0.3 if any(found.remarks.values()) else 0.17) * (high - low) / HEIGHT
    heights = spread_apart(places[order, 1] + 0.15 * (high - low) / HEIGHT, line, low, high)
    for k, height in zip(order, heights, strict=True):
        axes.annotate(labels[k], (places[k, 0], height), xytext=(8, 0), textcoords="offset points",
                      va="center", fontsize=8.5, color=look(int(k)).colour, fontweight="bold", zorder=6,
                      path_effects=[HALO])  # fmt: skip


def _curves(axes: "Axes", found: Economics) -> None:
    """Probability of being the best, over what a unit of effect is worth."""
    curve, ends = found.curve, list[tuple[float, str, str]]()
    frontier = curve.probability[np.arange(len(curve.best)), curve.best]
    axes.plot(curve.thresholds, frontier, color="#d0d0d0", linewidth=7, solid_capstyle="butt", zorder=1)
    for k, name in enumerate(found.choices.names):
        drawn, line = look(found.samples.names.index(name)), curve.probability[:, k]
        axes.plot(curve.thresholds, line, color=drawn.colour, linestyle=drawn.dashes, marker=drawn.marker, markevery=4,
                  markersize=4.5, zorder=2 + k)  # fmt: skip
        ends.append((float(line[-1]), name, drawn.colour))
    axes.axvline(found.threshold, color=PALE, linestyle=(0, (4, 3)), linewidth=1.1)
    axes.set_ylim(-0.02, 1.02)
    axes.set_xlim(0.0, curve.thresholds[-1])
    axes.set_title(f"Probability of being the best choice{in_one_set(found.samples.draws is not None)}")
    axes.set_xlabel(f"value of one more {found.unit}: {found.money} per person and year")
    axes.set_ylabel("probability of the highest net benefit")
    _plain(axes)
    end_labels(axes, ends, float(curve.thresholds[-1]))


def _plain(axes: "Axes") -> None:
    """Few round ticks, with commas in thousands."""
    axes.xaxis.set_major_locator(MaxNLocator(5, **TICKS))
    axes.yaxis.set_major_locator(MaxNLocator(6, **TICKS))
    for axis in (axes.xaxis, axes.yaxis):
        if max(map(abs, axis.get_view_interval())) >= 1000:
            axis.set_major_formatter(StrMethodFormatter("{x:,.0f}"))
