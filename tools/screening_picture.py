"""Heat map of a screening: which number moves which outcome, relative to Monte Carlo noise."""

from pathlib import Path
from typing import TYPE_CHECKING

import pandas as pd
from matplotlib.colors import LogNorm

from supportnet.analysis.figures.rows import Page, page_of
from supportnet.analysis.figures.style import save_figure
from tools.screening_page import CELLS, SHOWN, STANDS_OUT, noise_ratios

if TYPE_CHECKING:
    from matplotlib.axes import Axes

MOST, ROW, LEFT, WIDTH = 40, 0.2, 2.6, 9.6  # rows; inches of a row, left of the map, of the page
HIGHEST = 200.0
TITLE = "What the numbers of the model move"
SAYS = f"μ* relative to Monte Carlo noise, of the {MOST} numbers where it is largest. White: at most twice the noise."


def save_picture(mu_star: pd.DataFrame, noise: pd.DataFrame, folder: Path, foot: str) -> None:
    """screening.png: one row a number, one column a cell and outcome, shades of grey on a logarithmic scale.

    foot: where the tables come from, for below the picture.
    """
    ratios = noise_ratios(mu_star, noise)
    order = ratios.max(axis=1).sort_values(ascending=False, kind="stable").index[:MOST]
    shown = ratios.loc[order].where(ratios > STANDS_OUT)
    with page_of(Page(TITLE, SAYS, foot), ROW * len(shown), WIDTH) as (figure, bottom, top):
        axes = figure.add_axes((LEFT / WIDTH, bottom, 0.62, top - bottom))
        image = axes.imshow(shown, aspect="auto", cmap="Greys", norm=LogNorm(1.0, HIGHEST))
        label(axes, shown)
        bar = figure.add_axes((LEFT / WIDTH + 0.64, bottom, 0.02, top - bottom))
        figure.colorbar(image, cax=bar, label="times noise", ticks=[2, 5, 10, 20, 50, 100, 200], format="%g")
        bar.minorticks_off()
    save_figure(figure, folder, "screening")
    (folder / "screening.svg").unlink()


def label(axes: "Axes", shown: pd.DataFrame) -> None:
    """Names of rows, columns and groups of columns, with lines between groups."""
    axes.grid(visible=False)
    axes.tick_params(length=0)
    axes.set_yticks(range(len(shown)), shown.index)
    axes.set_xticks(range(shown.shape[1]), list(SHOWN.values()) * len(CELLS), rotation=45, ha="right")
    for group, title in enumerate(CELLS.values()):
        axes.text((group + 0.5) * len(SHOWN) - 0.5, -0.8, title, ha="center", fontsize=8.5)
        axes.axvline(group * len(SHOWN) - 0.5, color="black", linewidth=0.8)
