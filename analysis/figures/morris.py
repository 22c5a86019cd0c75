"""Morris' screening of one outcome: μ* with intervals, and μ* against σ."""

from typing import TYPE_CHECKING, Literal

import numpy as np
import pandas as pd
from matplotlib.figure import Figure
from matplotlib.transforms import Bbox

from supportnet.analysis.figures.indices import name_dots, say_unknown
from supportnet.analysis.figures.rows import ROW, Page, draw_index, largest, name_rows, name_width, page_of
from supportnet.analysis.figures.style import INK, LOOKS, PALE, figure_of

if TYPE_CHECKING:
    from matplotlib.axes import Axes

ROWS, PLANE = 3.6, 4.6  # inches of the two pictures
LOW = 3.2  # inches: lower than this no picture is
NAMED = 12  # points at most
REGIONS: tuple[tuple[str, float, Literal["top", "bottom"]], ...] = (
    ("interactions or curvature", 0.985, "top"), ("nearly linear", 0.02, "bottom"),
)  # fmt: skip
BESIDE = {"facecolor": "white", "edgecolor": "none", "alpha": 0.8, "pad": 0.5}  # of a name that crosses a line
NEAR = 5.0  # pixels around a point that names keep free
ANCHORS: tuple[tuple[int, int, Literal["left", "right", "center"], Literal["center", "bottom", "top"]], ...] = (
    (7, 0, "left", "center"), (-7, 0, "right", "center"), (0, 7, "center", "bottom"), (0, -7, "center", "top"),
    (7, 10, "left", "center"), (-7, 10, "right", "center"), (7, -10, "left", "center"), (-7, -10, "right", "center"),
)  # fmt: skip


def morris_figure(indices: pd.DataFrame, noise: float, unit: str, page: Page, ax: "Axes | None" = None) -> Figure:
    """μ* with intervals, and μ* against σ; on given axes the former only.

    noise: μ* that random variation between replicates alone would show, NaN where it is not known.
    """
    order, more = largest(indices, "mu_star")
    left, inside = name_width(order), max(ROW * len(order), LOW)
    width = left + ROWS + 0.75 + PLANE + 0.2
    if ax is not None:
        draw_rows(ax, indices, order, more, noise)
        return figure_of(ax)
    with page_of(page, inside, width) as (figure, bottom, top):
        draw_rows(figure.add_axes((left / width, bottom, ROWS / width, top - bottom)), indices, order, more, noise)
        height = min(top - bottom, 4.4 / figure.get_figheight())
        plane = figure.add_axes(((left + ROWS + 0.75) / width, top - height, PLANE / width, height))
        draw_plane(plane, indices, unit, noise)
    return figure


def draw_rows(axes: "Axes", indices: pd.DataFrame, order: list[str], more: str, noise: float) -> None:
    """μ* of each factor, and of the replicates' noise where it is known."""
    axes.axvline(0.0, color=INK, linewidth=0.9)
    draw_index(axes, indices, order, "mu_star", LOOKS[0], 0.0)
    name_rows(axes, order, more)
    say_unknown(axes, indices[indices["index"] == "mu_star"], order)
    if indices.loc[indices["index"] == "mu_star", "corrected"].notna().any():
        name_dots(axes)
    axes.set_xlabel("μ*: mean absolute effect, with 95 % intervals")
    if np.isfinite(noise):
        draw_noise(axes, noise)


def draw_noise(axes: "Axes", noise: float) -> None:
    """A line at the μ* that Monte Carlo noise alone would give."""
    axes.axvline(noise, color=LOOKS[1].colour, linestyle=LOOKS[1].dashes, linewidth=1.2, zorder=1)


def draw_plane(axes: "Axes", indices: pd.DataFrame, unit: str, noise: float) -> None:
    """μ* against σ: how large an effect is, and how much it varies over the parameter space."""
    table = indices.pivot(index="factor", columns="index", values="value").sort_values("mu_star", ascending=False)
    stars, sigmas = table["mu_star"].to_numpy(), table["sigma"].to_numpy()
    far = 1.08 * max(np.nan_to_num([*stars, *sigmas, noise]).max(), 1e-9)
    labels = []
    for slope, name in ((1.0, "σ = μ*"), (0.5, "σ = μ*/2")):
        axes.plot([0, far], [0, slope * far], color=PALE, linewidth=0.8, linestyle=(0, (4, 3)))
        labels.append(axes.annotate(name, (far, slope * far), xytext=(-3, 4), textcoords="offset points", ha="right",
                                    va="bottom", fontsize=7.5, color=PALE))  # fmt: skip
    for name, up, va in REGIONS:
        labels.append(axes.annotate(name, (0.98, up), xycoords="axes fraction", ha="right", va=va, fontsize=8,
                                    color=PALE, fontstyle="italic"))  # fmt: skip
    axes.plot(stars, sigmas, "o", color="#9a9a9a", markersize=4, zorder=2)
    axes.set_xlim(0, far)
    axes.set_ylim(0, 1.14 * far)
    axes.set_xlabel(f"μ* ({unit})")
    axes.set_ylabel("σ: SD of the effect over the parameter space")
    if np.isfinite(noise):
        draw_noise(axes, noise)
        right = noise > far / 2
        axes.annotate("Monte Carlo noise alone", (noise, 1.0), xycoords=("data", "axes fraction"), ha="right" if right
                      else "left", xytext=(3, 3), textcoords="offset points", fontsize=8,
                      color=LOOKS[1].colour)  # fmt: skip
    name_points(axes, list(table.index), stars, sigmas, [text.get_window_extent() for text in labels])


def name_points(axes: "Axes", names: list[str], x: np.ndarray, y: np.ndarray, labels: list[Bbox]) -> None:
    """Names at points, from the largest down, wherever there is room beside other points, names and what is said."""
    known = np.isfinite(x) & np.isfinite(y)
    points = axes.transData.transform(np.column_stack([x, y])[known])
    taken = labels + [Bbox.from_bounds(across - NEAR, up - NEAR, 2 * NEAR, 2 * NEAR) for across, up in points]
    inside = axes.get_window_extent()
    for name, across, up in list(zip(names, x, y, strict=True))[:NAMED]:
        if not np.isfinite(across + up):
            continue
        for dx, dy, ha, va in ANCHORS:
            text = axes.annotate(name_in(name, names), (across, up), xytext=(dx, dy), textcoords="offset points",
                                 ha=ha, va=va, fontsize=7.5, bbox=BESIDE, zorder=2.5)  # fmt: skip
            box = text.get_window_extent()
            within = inside.x0 <= box.x0 and box.x1 <= inside.x1 and inside.y0 <= box.y0 and box.y1 <= inside.y1
            if within and not any(box.overlaps(other) for other in taken):
                taken.append(box)
                axes.plot(across, up, "o", color=LOOKS[0].colour, markersize=5, zorder=3)
                break
            text.remove()


def name_in(name: str, names: list[str]) -> str:
    """A name without its group, where that tells it from the others."""
    short = [other.split(".", 1)[-1] for other in names]
    mine = name.split(".", 1)[-1]
    return mine if short.count(mine) == 1 else name
