"""Style of the figures: readable without colour, units on every axis, the same bytes every time."""

import textwrap
from collections.abc import Sequence
from contextlib import AbstractContextManager
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

import matplotlib
import matplotlib.style
import numpy as np
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.figure import Figure
from numpy.typing import NDArray
from scipy.optimize import isotonic_regression

if TYPE_CHECKING:
    from matplotlib.axes import Axes

INK, PALE = "#222222", "#6b6b6b"
WIDTH = 11.0  # inches
DPI = 150
STYLE = {
    "font.family": "DejaVu Sans",  # comes with matplotlib: the same letters everywhere
    "font.size": 9.0,
    "axes.titlesize": 10.0,
    "axes.titleweight": "bold",
    "axes.titlelocation": "left",
    "axes.labelsize": 8.5,
    "axes.labelcolor": PALE,
    "axes.edgecolor": "#9a9a9a",
    "axes.spines.top": False,
    "axes.spines.right": False,
    "axes.grid": True,
    "axes.axisbelow": True,
    "grid.color": "#e6e6e6",
    "grid.linewidth": 0.6,
    "xtick.color": PALE,
    "ytick.color": PALE,
    "xtick.labelsize": 8.0,
    "ytick.labelsize": 8.0,
    "text.color": INK,
    "text.parse_math": False,  # a title with a dollar sign is a title
    "lines.linewidth": 1.7,
    "svg.hashsalt": "supportnet",
    "svg.fonttype": "path",
    "figure.facecolor": "white",
    "savefig.facecolor": "white",
}


class Look(NamedTuple):
    """How one series is drawn: colour (Okabe & Ito, then Tol), dashes and marker each tell it from the others."""

    colour: str
    dashes: str | tuple[int, tuple[float, ...]]
    marker: str


LOOKS = (
    Look("#0072B2", "-", "o"),
    Look("#D55E00", (0, (5, 1.6)), "s"),
    Look("#009E73", (0, (1.2, 1.2)), "^"),
    Look("#000000", (0, (6, 1.5, 1.2, 1.5)), "D"),
    Look("#CC79A7", (0, (3, 1, 1, 1, 1, 1)), "v"),
    Look("#E69F00", (0, (8, 2)), "P"),
    Look("#56B4E9", (0, (2.5, 2.5)), "X"),
    Look("#882255", (0, (4, 1, 1, 1)), "p"),
    Look("#999933", (0, (1.2, 3)), "h"),
    Look("#44AA99", (0, (7, 1.5, 2.5, 1.5)), "*"),
)


MOST_LINES = 8  # of a foot
TICKS = {"steps": [1, 2, 2.5, 5, 10]}


def look(k: int) -> Look:
    return LOOKS[k % len(LOOKS)]


def house_style() -> AbstractContextManager[None]:
    """matplotlib as it comes, with the house's ways; whatever a user has set up for themselves does not count."""
    return matplotlib.style.context(["default", STYLE])


def empty_page(height: float, width: float = WIDTH) -> Figure:
    """An empty page."""
    figure = Figure(figsize=(width, height), dpi=DPI)
    FigureCanvasAgg(figure)
    return figure


def head_and_foot(figure: Figure, title: str, says: str, foot: str) -> None:
    """Title, what the figure shows, and where it comes from."""
    height, width = figure.get_figheight(), figure.get_figwidth()
    left = 0.13 / width
    title = textwrap.shorten(title, int(9 * width), placeholder=" …")
    title, says = printable(title), "\n".join(textwrap.wrap(printable(says), int(13 * width), max_lines=2))
    figure.text(left, 1 - 0.10 / height, title, fontsize=13, fontweight="bold", va="top")
    figure.text(left, 1 - 0.38 / height, says, fontsize=9, color=PALE, va="top")
    figure.text(left, 0.08 / height, "\n".join(foot_lines(foot, width)), fontsize=7.5, color=PALE, va="bottom")


def foot_lines(foot: str, width: float) -> list[str]:
    """The foot of a figure so wide (inches), in a few lines."""
    return textwrap.wrap(printable(foot), int(16 * width), max_lines=MOST_LINES, placeholder=" …")


def foot_height(foot: str, width: float) -> float:
    """Inches to keep free at the bottom: for the foot, and for text under an axis."""
    return 0.55 + 0.125 * len(foot_lines(foot, width))


def printable(text: str) -> str:
    """A text on one line, without signs that do something instead of showing."""
    return "".join(sign for sign in " ".join(text.split()) if sign.isprintable())


def figure_of(axes: "Axes") -> Figure:
    """The figure of these axes."""
    figure = axes.get_figure(root=True)
    assert figure is not None
    return figure


def end_labels(axes: "Axes", ends: Sequence[tuple[float, str, str]], x: float) -> None:
    """Names at the right ends of lines, moved apart where they would overlap. ends: height, name, colour."""
    if not ends:
        return
    low, high = axes.get_ylim()
    inches = axes.get_position().height * figure_of(axes).get_figheight()
    least = (high - low) * 0.14 / inches
    order = sorted(range(len(ends)), key=lambda k: ends[k][0])
    places = spread_apart([ends[k][0] for k in order], least, low, high)
    for k, y in zip(order, places, strict=True):
        _, name, colour = ends[k]
        text = axes.annotate(name, (x, y), xytext=(5, 0), textcoords="offset points", va="center", fontsize=8)
        text.set_color(colour)
        text.set_clip_on(False)


def spread_apart(wished: Sequence[float], least: float, low: float, high: float) -> NDArray[np.float64]:
    """Heights in ascending order between low and high, each at least so far from the next, as near to the wished ones
    as can be (least squares)."""
    steps = least * np.arange(len(wished))
    moved = isotonic_regression(np.asarray(wished) - steps).x
    heights: NDArray[np.float64] = np.clip(moved, low, max(low, high - steps[-1])) + steps
    return heights


def save_figure(figure: Figure, folder: Path, name: str = "figure") -> None:
    """The figure as PNG and SVG, without the date or anything else that changes."""
    with house_style():
        figure.savefig(folder / f"{name}.png", metadata={"Software": None})
        figure.savefig(folder / f"{name}.svg", metadata={"Date": None, "Creator": None})
