"""Morris' screening of one outcome: μ* with intervals, and μ* against σ."""

from pathlib import Path
from typing import TYPE_CHECKING, Literal

import numpy as np
import pandas as pd
from matplotlib.transforms import Bbox

from analysis.figures.rows import ROW, Page, draw_index, largest, name_rows, name_width, page_of
from analysis.figures.style import INK, LOOKS, PALE

if TYPE_CHECKING:
    from matplotlib.axes import Axes

ROWS, PLANE = 3.6, 4.6  # inches of the two pictures
LOW = 3.2  # inches: lower than this no picture is
NAMED = 12  # points at most
NEAR = 5.0  # pixels around a point that names keep free
ANCHORS: tuple[tuple[int, int, Literal["left", "right", "center"], Literal["center", "bottom", "top"]], ...] = (
    (7, 0, "left", "center"), (-7, 0, "right", "center"), (0, 7, "center", "bottom"), (0, -7, "center", "top"),
    (7, 10, "left", "center"), (-7, 10, "right", "center"), (7, -10, "left", "center"), (-7, -10, "right", "center"),
)  # fmt: skip


def morris_figure(
    indices: pd.DataFrame, noise: float, unit: str, title: str, says: str, foot: str, png: Path, svg: Path
) -> None:
    """As PNG and SVG; noise: μ* that the luck of replicates alone would show, NaN where it is not known."""
    order, more = largest(indices, "mu_star")
    left, inside = name_width(order), max(ROW * len(order), LOW)
    width = left + ROWS + 0.75 + PLANE + 0.2
    with page_of(Page(title, says, foot, png, svg), inside, width) as (figure, bottom, top):
        rows = figure.add_axes((left / width, bottom, ROWS / width, top - bottom))
        rows.axvline(0.0, color=INK, linewidth=0.9)
        draw_index(rows, indices, order, "mu_star", LOOKS[0], 0.0)
        name_rows(rows, order, more)
        rows.set_xlabel("μ*: mean absolute effect, with 95 % intervals")
        height = min(top - bottom, 4.4 / figure.get_figheight())
        plane = figure.add_axes(((left + ROWS + 0.75) / width, top - height, PLANE / width, height))
        draw_plane(plane, indices, unit)
        for axes in (rows, plane):
            if np.isfinite(noise):
                axes.axvline(noise, color=LOOKS[1].colour, linestyle=LOOKS[1].dashes, linewidth=1.2)
        if np.isfinite(noise):
            plane.annotate("noise alone", (noise, 1.0), xycoords=("data", "axes fraction"), xytext=(3, 3),
                           textcoords="offset points", fontsize=8, color=LOOKS[1].colour)  # fmt: skip


def draw_plane(axes: "Axes", indices: pd.DataFrame, unit: str) -> None:
    """μ* against σ: what matters, and how much that depends on where one stands."""
    table = indices.pivot(index="factor", columns="index", values="value").sort_values("mu_star", ascending=False)
    stars, sigmas = table["mu_star"].to_numpy(), table["sigma"].to_numpy()
    far = 1.08 * max(float(np.nanmax(stars)), float(np.nanmax(np.nan_to_num(sigmas))), 1e-9)
    for slope, name in ((1.0, "σ = μ*"), (0.5, "σ = μ*/2")):
        axes.plot([0, far], [0, slope * far], color=PALE, linewidth=0.8, linestyle=(0, (4, 3)))
        axes.annotate(name, (far, slope * far), xytext=(-3, 4), textcoords="offset points", ha="right", va="bottom",
                      fontsize=7.5, color=PALE)  # fmt: skip
    axes.plot(stars, sigmas, "o", color="#9a9a9a", markersize=4, zorder=2)
    axes.set_xlim(0, far)
    axes.set_ylim(0, 1.08 * far)
    axes.set_xlabel(f"μ* ({unit})")
    axes.set_ylabel("σ: interactions or curvature above the line")
    name_points(axes, list(table.index), stars, sigmas)


def name_points(axes: "Axes", names: list[str], x: np.ndarray, y: np.ndarray) -> None:
    """Names at points, from the largest down, wherever there is room beside other points and names."""
    points = axes.transData.transform(np.column_stack([x, np.nan_to_num(y)]))
    taken = [Bbox.from_bounds(across - NEAR, up - NEAR, 2 * NEAR, 2 * NEAR) for across, up in points]
    inside = axes.get_window_extent()
    for name, across, up in list(zip(names, x, y, strict=True))[:NAMED]:
        if not np.isfinite(up):
            continue
        for dx, dy, ha, va in ANCHORS:
            text = axes.annotate(name.split(".", 1)[-1], (across, up), xytext=(dx, dy), textcoords="offset points",
                                 ha=ha, va=va, fontsize=7.5)  # fmt: skip
            box = text.get_window_extent()
            within = inside.x0 <= box.x0 and box.x1 <= inside.x1 and inside.y0 <= box.y0 and box.y1 <= inside.y1
            if within and not any(box.overlaps(other) for other in taken):
                taken.append(box)
                axes.plot(across, up, "o", color=LOOKS[0].colour, markersize=5, zorder=3)
                break
            text.remove()
