"""Scenarios against a baseline: recovery over time, and differences at the end with their intervals."""

from collections.abc import Sequence
from typing import TYPE_CHECKING

import numpy as np
from matplotlib.figure import Figure
from matplotlib.ticker import MaxNLocator

from supportnet.analysis.figures.style import (
    INK,
    LOOKS,
    PALE,
    TICKS,
    Look,
    empty_page,
    end_labels,
    figure_of,
    foot_height,
    head_and_foot,
    house_style,
)
from supportnet.analysis.wording.caveats import compare_cautions
from supportnet.analysis.wording.formatting import counted, in_a_foot, shared_randomness, unit_in_words
from supportnet.experiments.comparison.comparison import EnsembleComparison
from supportnet.experiments.ensemble.ensemble import NAMES
from supportnet.experiments.ensemble.estimates import Estimate, difference_of, difference_within, mean_of
from supportnet.sim.outcomes import OUTCOMES

if TYPE_CHECKING:
    from matplotlib.axes import Axes

SHOWN = {
    "qpr": "Personal recovery (QPR)",
    "phq9": "Depression (PHQ-9)",
    "loneliness": "Loneliness",
    "relapses": "Relapses",
    "alliance": "Alliance",
    "network_size": "Network size",
    "supporter_strain": "Strain of supporters",
    "cost": "Cost (prices of 2025)",
}
LEFT, RIGHT = 3.4, 2.3  # inches, of a picture over time and of one of the differences at the end
TALLEST = 3.2  # inches, of a picture over time
HEAD, GAP = 0.95, 0.62  # inches
LETTER = 0.066  # inches
QPR = NAMES.index("qpr")
REST = Look("#a8a8a8", "-", ".")  # of scenarios that are too many to be told apart over time
ENDS = 4  # highest and lowest differences that are still told apart then


def compare_figure(comparison: EnsembleComparison, about: str = "", ax: "Axes | None" = None) -> Figure:
    """What would change, or on given axes the difference in recovery over time.

    about: what the scenarios are, where their names do not say it.
    """
    if ax is not None:
        draw_difference(ax, comparison, looks_of(comparison))
        return figure_of(ax)
    names = max(len(name) for name in comparison.names) * LETTER  # inches
    looks = looks_of(comparison)
    rows = 2 if REST in looks else 4
    widths = (LEFT, 0.3 + 2.0 * names, RIGHT * len(SHOWN) / rows)
    width = sum(widths) + 0.8
    each = 0.42 + 0.15 * (len(comparison.worlds) - 1)  # inches, of the differences in one outcome
    inside, bottom = rows * each + (rows - 1) * GAP, foot_height(about + comparison_foot(comparison), width)
    height = HEAD + inside + bottom
    with house_style():
        figure = empty_page(height, width)
        figure.subplots_adjust(left=0.65 / width, right=1 - 0.15 / width, top=1 - HEAD / height, bottom=bottom / height)
        columns = figure.add_gridspec(1, 3, width_ratios=widths, wspace=0.0)
        tall = min(TALLEST, (inside - 1.3 * GAP) / 2)
        heights = (tall, 1.3 * GAP, tall, max(0.01, inside - 2 * tall - 1.3 * GAP))
        over_time = columns[0].subgridspec(4, 1, height_ratios=heights, hspace=0.0)
        draw_recovery(figure.add_subplot(over_time[0]), comparison, looks)
        draw_difference(figure.add_subplot(over_time[2]), comparison, looks)
        grid = columns[2].subgridspec(rows, len(SHOWN) // rows, hspace=GAP / each, wspace=0.16)
        forest = grid.subplots(squeeze=False)
        for axes, outcome in zip(forest.ravel(), SHOWN, strict=True):
            draw_forest(axes, comparison, looks, outcome, named=axes in forest[:, 0])
        title = f"Differences from: {comparison.worlds[0].scenario.title}"
        head_and_foot(figure, title, comparison_caption(comparison), about + comparison_foot(comparison))
    return figure


def looks_of(comparison: EnsembleComparison) -> list[Look]:
    """Line style of each scenario; if there are more scenarios than styles, most are grey."""
    n = len(comparison.worlds)
    if n <= len(LOOKS):
        return list(LOOKS[:n])
    found = comparison.differences
    order = np.argsort(-found[found["outcome"] == "qpr"]["difference"].to_numpy())
    looks = [LOOKS[0], *[REST] * (n - 1)]
    for drawn, k in zip(LOOKS[1:], (*order[:ENDS], *order[-ENDS:]), strict=False):
        looks[k + 1] = drawn
    return looks


def draw_recovery(axes: "Axes", comparison: EnsembleComparison, looks: Sequence[Look]) -> None:
    """Mean recovery over time in each scenario, without bands: they would hide how precise paired differences are."""
    worlds = zip(looks, comparison.worlds, strict=True)
    ends = [line(axes, drawn, world.values[:, :, QPR].mean(axis=0), world.scenario.name) for drawn, world in worlds]
    axes.set_title("Personal recovery over time, means", pad=8)
    axes.set_ylabel("QPR-like score (0–60)")
    finish(axes, comparison, ends, least_range=2.0)


def draw_difference(axes: "Axes", comparison: EnsembleComparison, looks: Sequence[Look]) -> None:
    """Difference in recovery from the baseline over time, with its 95 % interval."""
    ends, first = [], comparison.worlds[0].values[:, :, QPR]
    axes.axhline(0.0, color=INK, linewidth=0.9)
    for k, world in enumerate(comparison.worlds[1:], start=1):
        values = world.values[:, :, QPR]
        found = paired(comparison, k) if comparison.paired else difference_of(first, values)
        found = difference_within(found, OUTCOMES["qpr"].limits)
        weeks = np.arange(1, len(found.mean) + 1)
        if looks[k] is not REST:
            axes.fill_between(weeks, found.lower, found.upper, color=looks[k].colour, alpha=0.16, linewidth=0)
        ends.append(line(axes, looks[k], found.mean, world.scenario.name))
    axes.set_title(f"Difference from {comparison.baseline}", pad=8)
    axes.set_ylabel("QPR points")
    axes.set_xlabel("week")
    finish(axes, comparison, ends, least_range=0.5)


def paired(comparison: EnsembleComparison, k: int) -> Estimate:
    """Difference in QPR between scenario k and the baseline, week by week."""
    first, other = comparison.worlds[0], comparison.worlds[k]
    ones, others = ([world.replicates.index(number) for number in comparison.shared] for world in (first, other))
    return mean_of(other.values[others][:, :, QPR] - first.values[ones][:, :, QPR], comparison.draws)


def line(axes: "Axes", drawn: Look, mean: np.ndarray, name: str) -> tuple[float, str, str]:
    """A line over time; where and how its name goes. One in grey has none."""
    weeks, every = np.arange(1, len(mean) + 1), max(1, len(mean) // 5)
    if drawn is REST:
        axes.plot(weeks, mean, color=drawn.colour, linewidth=0.8, zorder=1)
        return float(mean[-1]), "", drawn.colour
    axes.plot(
        weeks, mean, color=drawn.colour, linestyle=drawn.dashes, marker=drawn.marker, markersize=3.6,
        markevery=(every // 2, every), clip_on=False,
    )  # fmt: skip
    return float(mean[-1]), name, drawn.colour


def finish(
    axes: "Axes", comparison: EnsembleComparison, ends: list[tuple[float, str, str]], least_range: float
) -> None:
    """Axes and names of a picture over time."""
    n_weeks = comparison.worlds[0].scenario.weeks
    low, high = axes.get_ylim()
    middle, half = (low + high) / 2, max(high - low, least_range) / 2
    axes.set_ylim(middle - half, middle + half)
    axes.set_xlim(1, max(2, n_weeks))
    axes.xaxis.set_major_locator(MaxNLocator(5, integer=True))
    axes.yaxis.set_major_locator(MaxNLocator(5, **TICKS))
    end_labels(axes, [end for end in ends if end[1]], n_weeks)


def draw_forest(
    axes: "Axes", comparison: EnsembleComparison, looks: Sequence[Look], outcome: str, *, named: bool
) -> None:
    """Differences in one outcome at the end, one row a scenario."""
    found = comparison.differences
    rows = found[found["outcome"] == outcome]
    names = list(rows["scenario"])
    axes.axvline(0.0, color=INK, linewidth=0.9)
    for k, (_, row) in enumerate(rows.iterrows()):
        drawn = looks[k + 1]
        axes.plot([row["lower"], row["upper"]], [k, k], color=drawn.colour, linewidth=1.8, solid_capstyle="butt")
        axes.plot(row["difference"], k, marker=drawn.marker, color=drawn.colour, markersize=5.5)
    axes.set_ylim(len(names) - 0.4, -0.6)
    axes.set_yticks(range(len(names)), names if named else [""] * len(names))
    axes.tick_params(axis="y", length=0, labelsize=8.5, labelcolor=INK)
    axes.grid(visible=False, axis="y")
    axes.margins(x=0.12)
    axes.xaxis.set_major_locator(MaxNLocator(4, **TICKS))
    axes.set_title(SHOWN[outcome], fontsize=9, pad=4)
    better = {"higher": "better →", "lower": "← better", "": "neither direction is better"}[OUTCOMES[outcome].better]
    axes.set_xlabel(f"{unit_in_words(OUTCOMES[outcome].unit)}   {better}", fontsize=7.5, color=PALE)


def comparison_caption(comparison: EnsembleComparison) -> str:
    """What the figure shows, in words."""
    n = comparison.n_replicates
    sizes = sorted({world.scenario.population.patients for world in comparison.worlds})
    people = " or ".join(counted(size, "person", "people") for size in sizes)
    areas = f"{counted(n, 'simulated area')} of {people}, {shared_randomness(comparison)}."
    if n == 1:
        return f"{areas} A single replicate, so there are no intervals."
    kind = "95 % Monte Carlo intervals of the means"
    if comparison.posterior:
        kind = "95 % intervals (parameter and Monte Carlo uncertainty)"
    named = f" Over time: the {ENDS} highest and {ENDS} lowest in colour." if REST in looks_of(comparison) else ""
    return f"{areas} Bars and bands: {kind}.{named}"


def comparison_foot(comparison: EnsembleComparison) -> str:
    """Where the figure comes from."""
    run = f"supportnet compare {comparison.plan.identity[:8]}, seed {comparison.seed}"
    caution = in_a_foot(compare_cautions(comparison))
    when = "Right: in the last week; relapses and cost over the whole run"
    return f"{run}. {when}. Simulated; not for decisions about a single person.{caution}"
