"""What options and mixes gain, and what they cost."""

from typing import TYPE_CHECKING

from matplotlib.figure import Figure

from supportnet.analysis.figures.gains import GainRow, draw_gains, gains_figure
from supportnet.analysis.figures.style import figure_of
from supportnet.analysis.wording.decision import error_of, letters, recovery_row, rounded_money, row_of_costs, title_of
from supportnet.analysis.wording.formatting import counted
from supportnet.experiments.decision.result import DecisionResult

if TYPE_CHECKING:
    from matplotlib.axes import Axes


def decision_figure(found: DecisionResult, ax: "Axes | None" = None) -> Figure:
    """Gains in recovery with 95 % intervals and prices, on a figure of their own or on given axes."""
    scenario, rows = found.tried.comparison.worlds[0].scenario, [gain_row(found, name) for name in found.names[1:]]
    people = counted(scenario.population.patients, "person", "people")
    unit = f"points of the QPR (0 to 60), mean of {people}\nfilled: the answer"
    if ax is not None:
        draw_gains(ax, rows, unit)
        return figure_of(ax)
    title = f"Gain in personal recovery after {scenario.weeks / 52:g} years"
    return gains_figure(rows, title, "and what must be spent a year. Bars: 95 % intervals", unit)


def gain_row(found: DecisionResult, name: str) -> GainRow:
    """A strategy with what must be spent on it; a mix by letters of its options."""
    cost, qpr, parts = row_of_costs(found, name), recovery_row(found, name), found.parts[name]
    short = letters([one.name for one in found.plan.question.options])
    title = " + ".join(short[one] for one in parts) + (f": {title_of(found, name)}" if len(parts) == 1 else "")
    beyond = "" if cost["within"] else ", beyond the budget"
    beside = f" · {rounded_money(cost['total'], error_of(cost))}{beyond}"
    return GainRow(title, beside, qpr["difference"], qpr["lower"], qpr["upper"], name == found.chosen)
