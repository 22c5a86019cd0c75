"""One person's network: supporters around the person, by role, and who of them know each other."""

import math
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd
from matplotlib.figure import Figure
from matplotlib.lines import Line2D
from matplotlib.patches import PathPatch
from matplotlib.path import Path as Curve
from numpy.typing import NDArray

from supportnet.analysis.figures.rows import Page, panel_of
from supportnet.analysis.figures.style import INK, house_style
from supportnet.analysis.wording.formatting import counted
from supportnet.experiments.ensemble.ensemble import Ensemble
from supportnet.sim.enums import Role
from supportnet.sim.errors import UserInputError

if TYPE_CHECKING:
    from matplotlib.axes import Axes

ROLES = {  # colour and shape, as in the classroom
    Role.PROFESSIONAL.word: ("#0072b2", "s"),
    Role.PEER.word: ("#882255", "D"),
    Role.FRIEND.word: ("#007a5a", "o"),
    Role.FAMILY.word: ("#c25200", "^"),
}
ACQUAINTED = "#7d7d7d"
RUPTURED = (0, (2.0, 1.2))  # dashes, in widths of the line
RADIUS, BESIDE, LETTER, KEY = 1.9, 0.2, 0.066, 3.3  # inches: of the circle, around it, of a letter, of the legend
CLEAR = 0.6  # twice the least distance of a curve from the person, in radii
THIN, THICK = 0.6, 5.0  # points: at strength 0, and more at strength 1
TIE = ("supporter", "role", "strength", "ruptured")
Points = NDArray[np.float64]


def ego_network_figure(ties: pd.DataFrame, pairs: pd.DataFrame, page: Page, ax: "Axes | None" = None) -> Figure:
    """The network of one person in one week, on a page of its own or on given axes.

    ties: supporter, role, strength (0-1), ruptured; pairs: supporter_a, supporter_b, who know each other.
    """
    half = RADIUS + BESIDE + LETTER * ties["supporter"].str.len().max() if len(ties) else RADIUS
    with house_style(), panel_of(page, 2 * half, 2 * half + KEY, 0.0, KEY, ax) as (figure, axes):
        draw_network(axes, ties, pairs)
        axes.set(xlim=(-half, half), ylim=(-half, half), xticks=[], yticks=[], aspect="equal")
        axes.spines[:].set_visible(False)
        axes.legend(
            handles=legend_of(ties, pairs), loc="center left", bbox_to_anchor=(1.0, 0.5), frameon=False, fontsize=8.5,
            labelspacing=0.9, handlelength=2.6, borderaxespad=0.0,
        )  # fmt: skip
    return figure


def recorded_network_figure(
    results: Ensemble, patient: int, week: int | None = None, replicate: int | None = None, ax: "Axes | None" = None
) -> Figure:
    """The network of one person as a run has recorded it; of the last week and the first replicate, if not given."""
    if results.ties is None or results.supporter_ties is None:
        remedy = "run the scenario again with `record`"
        raise UserInputError("no ties were recorded", expected='record=["ties"]', remedy=remedy)
    week = max(results.plan.weeks_recorded) if week is None else week
    replicate = results.replicates[0] if replicate is None else replicate
    people = range(results.scenario.population.patients)
    known = {"patient": people, "week": results.plan.weeks_recorded, "replicate": results.replicates}
    chosen = {"patient": patient, "week": week, "replicate": replicate}
    for name, value in chosen.items():
        if value not in known[name]:
            first, last = min(known[name]), max(known[name])
            expected = f"one of those recorded, from {first} to {last}"
            raise UserInputError("was not recorded", argument=name, found=value, expected=expected)
    tables = (results.ties, results.supporter_ties)
    ties, pairs = (table[(table[list(chosen)] == pd.Series(chosen)).all(axis=1)] for table in tables)
    return ego_network_figure(ties, pairs, recorded_page(results, chosen, len(ties), len(pairs)), ax)


def recorded_page(results: Ensemble, chosen: dict[str, int], n_ties: int, n_pairs: int) -> Page:
    """The texts around one person's network."""
    size = counted(n_ties, "supporter")
    known = f"; {n_pairs} of {counted(math.comb(n_ties, 2), 'pair')} know each other" if n_ties > 1 else ""
    run = f"supportnet run {results.plan.identity[:8]}, seed {results.seed}, replicate {chosen['replicate']}"
    return Page(
        f"The network of patient {chosen['patient']} in week {chosen['week']}",
        f"{results.scenario.title}. {size.capitalize()}{known}.",
        f"{run}. Strength of a tie: 0 to 1, no unit; ruptured: not repaired by this week. Names as in ties.parquet. "
        "Simulated under the scenario's assumptions; not about a real person.",
    )


def draw_network(axes: "Axes", ties: pd.DataFrame, pairs: pd.DataFrame) -> None:
    """The person in the middle, ties as straight lines, supporters who know each other joined by curves."""
    ties = ties.sort_values("role", key=lambda role: role.map(list(ROLES).index), kind="stable")
    angle = dict(zip(ties["supporter"], angles_of(ties["role"]), strict=True))
    for one, other in zip(pairs["supporter_a"], pairs["supporter_b"], strict=True):
        curve = Curve(curve_between(angle[one], angle[other]), [Curve.MOVETO, Curve.CURVE3, Curve.CURVE3])
        axes.add_patch(PathPatch(curve, fill=False, edgecolor=ACQUAINTED, linewidth=0.9, zorder=1))
    for name, role, strength, ruptured in zip(*(ties[column].tolist() for column in TIE), strict=True):
        (x, y), (colour, marker) = on_circle(angle[name]), ROLES[role]
        axes.plot([0, x], [0, y], color=colour, linewidth=THIN + THICK * strength,
                  linestyle=RUPTURED if ruptured else "-", dash_capstyle="butt", solid_capstyle="butt",
                  zorder=2)  # fmt: skip
        axes.plot(x, y, marker, color=colour, markersize=9, markeredgecolor="white", zorder=3)
        name_supporter(axes, name, angle[name])
    axes.plot(0, 0, "o", color=INK, markersize=17, markeredgecolor="white", zorder=3)


def angles_of(roles: "pd.Series[str]") -> Points:
    """Angles of supporters in the order of their roles, clockwise from the top, with a gap between roles."""
    places = np.arange(len(roles)) + (roles != roles.shift()).cumsum().to_numpy()
    turn: Points = np.pi / 2 - 2 * np.pi * (places - 0.5) / (len(roles) + roles.nunique())
    return turn


def on_circle(angle: float, radius: float = RADIUS) -> Points:
    return radius * np.array([np.cos(angle), np.sin(angle)])


def curve_between(one: float, other: float) -> Points:
    """Start, control point and end of a line inside the circle, bent where it would pass too near to the person."""
    middle, chord = (one + other) / 2, np.cos((one - other) / 2)  # distance of the chord; below 0: on the other side
    control = np.copysign(max(abs(chord), CLEAR - abs(chord)), chord) * RADIUS
    return np.array([on_circle(one), on_circle(middle, control), on_circle(other)])


def name_supporter(axes: "Axes", name: str, angle: float) -> None:
    """The name of a supporter, along the radius: so that names never overlap, and read from left to right."""
    left = np.cos(angle) < -1e-9
    x, y = on_circle(angle, RADIUS + 0.14)
    axes.text(
        x, y, name, rotation=np.degrees(angle) + 180 * left, rotation_mode="anchor",
        ha="right" if left else "left", va="center", fontsize=7.5,
    )  # fmt: skip


def legend_of(ties: pd.DataFrame, pairs: pd.DataFrame) -> list[Line2D]:
    """What shapes and lines mean, in words."""
    counts = ties["role"].value_counts()
    person = Line2D([], [], marker="o", color=INK, markersize=12, linestyle="none", label="the person")
    roles = [
        Line2D([], [], marker=marker, color=colour, markersize=8, linestyle="none", label=f"{role} ({counts[role]})")
        for role, (colour, marker) in ROLES.items()
        if role in counts
    ]
    strengths = [
        Line2D([], [], color=INK, linewidth=THIN + THICK * strength, label=f"tie of strength {strength:g}")
        for strength in (0.1, 0.5, 0.9)
    ]
    ruptured = Line2D(
        [], [], color=INK, linewidth=THIN + THICK / 2, linestyle=RUPTURED,
        label=f"ruptured tie ({int(ties['ruptured'].sum())})",
    )  # fmt: skip
    acquainted = Line2D([], [], color=ACQUAINTED, linewidth=0.9, label=f"supporters who know each other ({len(pairs)})")
    return [person, *roles, *strengths, ruptured, acquainted]
