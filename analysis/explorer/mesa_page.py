"""The model as a page of Mesa's own SolaraViz, for those who come from Mesa: one model a session.

Solara reads where to find this page, and where the what-if starts, from the environment: `mesa_serving` sets both.
"""

import os
from typing import Any

import numpy as np
import solara
from matplotlib.figure import Figure
from matplotlib.ticker import MaxNLocator
from mesa.visualization import Slider, SolaraViz, make_plot_component
from mesa.visualization.utils import update_counter

from supportnet.analysis.explorer.asked import PEOPLE
from supportnet.analysis.explorer.levers import PageLever, page_levers
from supportnet.analysis.explorer.mesa_serving import STARTS_FROM
from supportnet.analysis.explorer.page import page_texts, value_in
from supportnet.analysis.figures.ego_network import ACQUAINTED, ROLES
from supportnet.analysis.figures.style import INK, look
from supportnet.analysis.wording.caveats import not_fitted
from supportnet.sim.enums import Role
from supportnet.sim.mesa.model import SupportNetwork
from supportnet.sim.mesa.ties import TieView
from supportnet.sim.scenario.scenario import Scenario

NEIGHBOURS = 200  # people at the start
CURVES = ({"qpr": look(0).colour}, {"phq9": look(1).colour}, {"network_size": look(2).colour})
KEY = "near: strong\nthick: trusted\ndotted: ruptured\ngrey: know each other"
FIRST, TURN = 90, 360  # degrees
SIZE = (5.6, 3.7)  # inches: what a card of the page holds


class Explored(SupportNetwork):
    """The Mesa model, with levers by their dotted names."""

    def __init__(self, scenario: str = "today", seed: int = 1, **kwargs: object) -> None:
        super().__init__(scenario, seed, values=kwargs)


@solara.component
def MesaPage() -> None:  # noqa: N802 (Solara looks for this name)
    """What a session sees."""
    start = os.environ.get(STARTS_FROM, "today")
    params = model_controls(Scenario.load(start), start)
    model = solara.use_memo(lambda: Explored(start, **{"population.patients": NEIGHBOURS}), [])
    curves = [make_plot_component(curve) for curve in CURVES]
    solara.Text(page_texts()["not_for"])
    solara.Text(f"{not_fitted(None)[0].capitalize()}.")  # a Mesa model never draws its numbers
    seen = [one_person, whole_area, *curves]
    SolaraViz(model, components=seen, model_params=params, name="supportnet", play_interval=200)


def model_controls(scenario: Scenario, start: str) -> dict[str, Any]:
    """What can be set, as Mesa asks for it: every lever of the classroom, with its name in plain words."""
    return {
        "scenario": start,
        "seed": Slider("Luck (seed)", 1, 1, 100, 1),
        "population.patients": Slider("People", NEIGHBOURS, *PEOPLE, 10),
        **{lever.name: control(lever, value_in(scenario, lever.name)) for lever in page_levers().values()},
    }


def control(lever: PageLever, value: float | bool) -> Any:
    """A lever as Mesa draws it."""
    texts = page_texts()["lever"][lever.name]
    title = texts["title"] + (f" ({texts['unit']})" if "unit" in texts and texts.get("times", 1) == 1 else " (share)")
    if lever.is_switch:
        return {"type": "Checkbox", "label": texts["title"], "value": value}
    return Slider(title, value, lever.low, lever.high, lever.step)


@solara.component
def one_person(model: Explored) -> None:
    """Somebody's network: the nearer the stronger, the thicker the more trust; each role has a colour and a shape."""
    update_counter.get()
    who = solara.use_reactive(0)
    solara.SliderInt("Person", value=who, min=0, max=len(model.patients) - 1)
    with solara.Div():
        solara.FigureMatplotlib(person_network(model, min(who.value, len(model.patients) - 1)))


@solara.component
def whole_area(model: Explored) -> None:
    """Everybody, by recovery and number of ties."""
    update_counter.get()
    solara.FigureMatplotlib(area_of(model))


def person_network(model: SupportNetwork, who: int) -> Figure:
    """One person's network in this week."""
    person = model.patients[who]
    figure = Figure(figsize=SIZE, layout="constrained")
    axes = figure.add_subplot()
    at = dict[TieView, tuple[float, float]]()
    for k, role in enumerate(Role):
        at |= draw_ties(axes, [tie for tie in person.ties if tie.role == role.word], k, role.word)
    for tie, end in at.items():
        for other in tie.knows:
            if other.who < tie.who:  # each pair once
                axes.plot(*zip(end, at[other], strict=True), color=ACQUAINTED, linewidth=0.8, zorder=-1)
    axes.plot(0, 0, "o", color=INK, markersize=14)
    axes.set(xlim=(-1.1, 1.1), ylim=(-1.1, 1.1), xticks=[], yticks=[], aspect="equal")
    axes.set_title(f"Week {model.week}: person {who}, recovery {60 * person.recovery:.0f} of 60 points", fontsize=9)
    figure.legend(title=KEY, title_fontsize=8, fontsize=8, frameon=False, loc="outside right center")
    return figure


def draw_ties(axes: Any, ties: list[TieView], k: int, role: str) -> dict[TieView, tuple[float, float]]:
    """Ties of a role, side by side in the role's quarter; where each of them ends."""
    quarter = TURN / len(Role)
    angles = np.deg2rad(FIRST - quarter * (k + (np.arange(len(ties)) + 1) / (len(ties) + 1)))
    far = np.array([1.0 - 0.7 * tie.strength for tie in ties])
    (colour, marker), x, y = ROLES[role], far * np.cos(angles), far * np.sin(angles)
    for tie, to_x, to_y in zip(ties, x, y, strict=True):
        dashes = ":" if tie.ruptured else "-"
        axes.plot([0, to_x], [0, to_y], dashes, color=colour, linewidth=0.5 + 4 * tie.trust, zorder=0)
    axes.plot(x, y, marker, color=colour, markersize=9, label=f"{role} ({len(ties)})")
    return dict(zip(ties, zip(x.tolist(), y.tolist(), strict=True), strict=True))


def area_of(model: SupportNetwork) -> Figure:
    """Everybody in this week."""
    people = list(model.patients)
    figure = Figure(figsize=SIZE, layout="constrained")
    axes = figure.add_subplot()
    at = np.array([(len(person.ties), 60 * person.recovery, person.in_crisis) for person in people], float)
    well = at[:, 2] == 0
    axes.plot(*at[well, :2].T, "o", color=look(0).colour, markersize=5, alpha=0.6, label="not in crisis")
    axes.plot(*at[~well, :2].T, "^", color=look(1).colour, markersize=6, alpha=0.8, label="in crisis")
    axes.set(xlabel="ties", ylabel="recovery (QPR, points)", ylim=(0, 60))
    axes.set_title(f"Week {model.week}: {len(people)} people", fontsize=9)
    axes.legend(fontsize=8, frameon=False)
    axes.xaxis.set_major_locator(MaxNLocator(integer=True))
    return figure
