"""Recovery against cost: points of a front with their intervals, simpler portfolios, and the budget."""

import textwrap
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from matplotlib.figure import Figure

from supportnet.analysis.figures.rows import Page, page_of
from supportnet.analysis.figures.style import INK, PALE, Look, figure_of, look
from supportnet.analysis.wording.formatting import counted
from supportnet.analysis.wording.portfolios import portfolio_in_words, portfolio_name
from supportnet.experiments.ensemble.estimates import contains
from supportnet.experiments.optimise.result import LETTERS, PortfolioResult

if TYPE_CHECKING:
    from matplotlib.axes import Axes

WIDTH, PICTURE = 12.5, 7.0  # inches: the page, and of it the picture
LINE, SIGNS = 0.165, 62  # inches a line of the key, and signs in it
LEAST = 4.6  # inches
KINDS = {  # what becomes of the Gini of recovery, where its interval is clear of 0
    "less inequality": look(0),
    "more inequality": look(3),
    "unclear": look(5),
}


def portfolio_figure(found: PortfolioResult, identity: str, ax: "Axes | None" = None) -> Figure:
    """Points and simpler portfolios, on a page with their key or on given axes."""
    if ax is not None:
        draw_portfolios(ax, found)
        return figure_of(ax)
    lines, bars = key_lines(found), contains(found.reported.sampling.posterior)
    page = Page(
        f"The best use of {found.budget:g} more per person and year",
        f"Differences from: {found.today.title}. Budget for {charged(found)}. "
        f"{counted(len(found.reported.sampling.replicates), 'simulated area')} of "
        f"{counted(found.today.population.patients, 'person', 'people')}. Bars: 95 % intervals of the means.",
        f"supportnet optimise {identity[:8]}, seed {found.seed}. Filled: on the front when selected. Hollow: simpler "
        f"portfolios. Bars: {bars}. Inequality: Gini index, if its interval excludes 0. "
        "Estimated with random streams not used for selection. Simulated, under assumed prices; not for "
        "decisions about a person.",
    )  # fmt: skip
    with page_of(page, max(LEAST, LINE * (len(lines) + 1)), WIDTH) as (figure, bottom, top):
        axes = figure.add_axes((0.7 / WIDTH, bottom, PICTURE / WIDTH - 0.7 / WIDTH, top - bottom))
        draw_portfolios(axes, found)
        figure.text((PICTURE + 0.35) / WIDTH, top, "\n".join(lines), va="top", fontsize=8, color=INK, linespacing=1.35)
    return figure


def charged(found: PortfolioResult) -> str:
    """What the budget is for, in words."""
    return "all costs" if found.count_savings else "posts, contacts and sessions"


def draw_portfolios(axes: "Axes", found: PortfolioResult) -> None:
    """The picture itself."""
    axes.axhline(0.0, color=INK, linewidth=0.8)
    axes.axvline(0.0, color=INK, linewidth=0.8)
    if found.count_savings:  # else it is held against spending, which is not on this axis
        axes.axvline(found.budget, color=PALE, linewidth=1.3, linestyle=(0, (6, 3)))
        axes.annotate(f"budget {found.budget:g}", (found.budget, 1.0), xycoords=("data", "axes fraction"),
                      xytext=(4, -10), textcoords="offset points", fontsize=8, color=PALE)  # fmt: skip
    for k, row in enumerate(moving(found), start=1):
        dot(axes, row, str(k), filled=False)
    for row in found.portfolios.to_dict("records"):
        dot(axes, row, row["portfolio"], filled=True)
    for name, drawn in KINDS.items():
        axes.plot([], [], drawn.marker, color=drawn.colour, linestyle="none", label=name)
    axes.legend(loc="lower left", bbox_to_anchor=(0.0, 1.0), ncols=len(KINDS), frameon=False, fontsize=8)
    axes.set_xlabel("extra cost per person and year, all costs   ← better")
    axes.set_ylabel("gain in personal recovery, QPR points (0–60)   better →")


def dot(axes: "Axes", row: dict[Any, Any], name: str, *, filled: bool) -> None:
    """A portfolio with both its intervals."""
    x, y, drawn = row["cost_difference"], row["qpr_difference"], kind(row)
    width, strength = (1.4, 1.0) if filled else (0.8, 0.45)
    for xs, ys in (((row["cost_lower"], row["cost_upper"]), (y, y)), ((x, x), (row["qpr_lower"], row["qpr_upper"]))):
        axes.plot(xs, ys, color=drawn.colour, linewidth=width, alpha=strength, solid_capstyle="butt", zorder=2)
    face = drawn.colour if filled else "white"
    axes.plot(x, y, drawn.marker, color=drawn.colour, markerfacecolor=face, markersize=8 if filled else 6, zorder=3)
    below = filled and LETTERS.index(name) % 2  # neighbours on the front are named on either side
    axes.annotate(name, (x, y), xytext=(-7, -12) if below else (6, 5), textcoords="offset points", zorder=4,
                  ha="right" if below else "left", fontsize=9 if filled else 7.5,
                  fontweight="bold" if filled else "normal")  # fmt: skip


def kind(row: dict[Any, Any]) -> Look:
    """How a portfolio is drawn, by what it does to inequality."""
    if row["inequality_upper"] < 0.0:
        return KINDS["less inequality"]
    return KINDS["more inequality"] if row["inequality_lower"] > 0.0 else KINDS["unclear"]


def moving(found: PortfolioResult) -> list[dict[Any, Any]]:
    """Simpler portfolios that change something and are no points of the front."""
    rows = zip(found.regret.to_dict("records"), found.simpler.values(), strict=True)
    return [row for row, portfolio in rows if any(portfolio) and portfolio not in found.points]


def key_lines(found: PortfolioResult) -> Sequence[str]:
    """Meaning of the letters and numbers."""
    names = [
        (f"{row['portfolio']}{' (recommended)' * row['recommended']}", portfolio_in_words(found, one))
        for row, one in zip(found.portfolios.to_dict("records"), found.points, strict=True)
    ]
    lines = []
    for name, words in names:
        lines += textwrap.wrap(f"{name}  {words}", SIGNS, subsequent_indent="    ")
    lines.append("")
    for k, row in enumerate(moving(found), start=1):
        lines.append(f"{k}  {portfolio_name(found, row['portfolio'], found.simpler[row['portfolio']])}")
    return lines
