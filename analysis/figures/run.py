"""One scenario over time: means of replicates, with bands."""

from typing import TYPE_CHECKING, NamedTuple

import numpy as np
from matplotlib.figure import Figure
from matplotlib.ticker import MaxNLocator, PercentFormatter

from supportnet.analysis.figures.style import (
    TICKS,
    WIDTH,
    empty_page,
    end_labels,
    figure_of,
    foot_height,
    head_and_foot,
    house_style,
    look,
)
from supportnet.analysis.wording.caveats import run_cautions
from supportnet.analysis.wording.formatting import counted, in_a_foot
from supportnet.experiments.ensemble.ensemble import NAMES, Ensemble
from supportnet.experiments.ensemble.estimates import contains, mean_of, within_limits
from supportnet.sim.outcomes import OUTCOMES

if TYPE_CHECKING:
    from matplotlib.axes import Axes


class Panel(NamedTuple):
    """A picture of a few outcomes with the same unit."""

    title: str
    unit: str
    lines: dict[str, str]  # outcome -> name on the page
    least_range: float  # of the vertical axis, so that noise does not look like a story
    from_zero: bool = False
    since_start: bool = False  # what has changed since week 1, without bands: they would hide each other


CHIME = ("connectedness", "hope", "identity", "meaning", "empowerment")
ROLES = {"n_family": "family", "n_friend": "friends", "n_peer": "peers", "n_professional": "professionals"}
TIES = {
    "strongest_tie": "strongest tie",
    "alliance": "alliance",
    "loneliness": "loneliness",
    "share_harmful": "harmful ties",
}
PEOPLE = {
    "engagement": "engaged",
    "share_recovered_clinical": "clinically",
    "share_recovered_personal": "personally",
}
PANELS = (
    Panel("Personal recovery", "QPR-like score (0–60)", {"qpr": "QPR"}, 8.0),
    Panel("The five processes, means", "change since week 1", {name: name for name in CHIME}, 0.05, since_start=True),
    Panel("Symptoms", "score", {"phq9": "PHQ-9 (0–27)", "gad7": "GAD-7 (0–21)"}, 6.0),
    Panel("Support network", "ties per person", ROLES, 4.0, from_zero=True),
    Panel("Closeness and harm", "0–1 (harmful: share of ties)", TIES, 1.0, from_zero=True),
    Panel("Engaged; recovered", "share of people", PEOPLE, 0.3, from_zero=True),
)


def run_figure(results: Ensemble, ax: "Axes | None" = None) -> Figure:
    """What changed over time: six pictures, or personal recovery on given axes.

    A line is a mean, a band its 95 % interval.
    """
    if ax is not None:
        draw_panel(ax, PANELS[0], results)
        ax.set_xlabel("week")
        return figure_of(ax)
    with house_style():
        bottom = foot_height(run_foot(results), WIDTH)
        height = 6.25 + bottom
        figure = empty_page(height)
        grid = figure.subplots(2, 3)
        top, bottom = 1 - 0.95 / height, bottom / height
        figure.subplots_adjust(left=0.055, right=0.905, top=top, bottom=bottom, wspace=0.66, hspace=0.36)
        for axes, panel in zip(grid.ravel(), PANELS, strict=True):
            draw_panel(axes, panel, results)
        for axes in grid.ravel():
            axes.set_xlabel("week")
        head_and_foot(figure, results.scenario.title, run_caption(results), run_foot(results))
    return figure


def draw_panel(axes: "Axes", panel: Panel, results: Ensemble) -> None:
    """One picture."""
    n, n_weeks, _ = results.values.shape
    weeks, ends = np.arange(1, n_weeks + 1), []
    for k, (outcome, name) in enumerate(panel.lines.items()):
        values, drawn = results.values[:, :, NAMES.index(outcome)], look(k)
        if panel.since_start:
            values = values - values[:, :1]
        found = within_limits(mean_of(values, results.draws), OUTCOMES[outcome].limits)
        mean = found.mean
        known = ~np.isnan(mean)  # some replicate has it, as those do that have a professional, or ties
        if not known.any():
            continue
        if n > 1 and not panel.since_start:
            axes.fill_between(weeks, found.lower, found.upper, color=drawn.colour, alpha=0.16, linewidth=0)
        every = max(1, n_weeks // 5)
        axes.plot(
            weeks, mean, color=drawn.colour, linestyle=drawn.dashes, marker=drawn.marker, markersize=3.6,
            markevery=(every // 2, every), clip_on=False,
        )  # fmt: skip
        ends.append((float(mean[known][-1]), name, drawn.colour))
    axes.set_title(panel.title, pad=8)
    axes.set_ylabel(panel.unit)
    axes.set_xlim(1, max(2, n_weeks))
    axes.xaxis.set_major_locator(MaxNLocator(5, integer=True))
    widen(axes, panel)
    end_labels(axes, ends, n_weeks)


def widen(axes: "Axes", panel: Panel) -> None:
    """A vertical axis that shows at least the panel's range."""
    low, high = axes.get_ylim()
    middle, half = (low + high) / 2, max(high - low, panel.least_range) / 2
    low, high = (0.0, max(high, panel.least_range)) if panel.from_zero else (middle - half, middle + half)
    axes.set_ylim(low, high)
    axes.yaxis.set_major_locator(MaxNLocator(5, **TICKS))
    if panel.unit == "share of people":
        axes.yaxis.set_major_formatter(PercentFormatter(1.0, decimals=0))


def run_caption(results: Ensemble) -> str:
    """What the figure shows, in words."""
    n, people = len(results.replicates), counted(results.scenario.population.patients, "person", "people")
    if n == 1:
        return f"One simulated area of {people}: a single replicate, so there are no bands."
    shown = results.values[:, :, [NAMES.index(name) for panel in PANELS for name in panel.lines]]
    lacking = ", or of those that have the outcome" if np.isnan(shown).any() else ""
    return f"Lines: mean of {n} simulated areas of {people}{lacking}. Bands: {contains(results.posterior)}."


def run_foot(results: Ensemble) -> str:
    """Where the figure comes from."""
    caution = in_a_foot(run_cautions(results))
    run = f"supportnet run {results.plan.identity[:8]}, seed {results.seed}"
    return f"{run}. Simulated under the scenario's assumptions; not for decisions about a single person.{caution}"
