"""Sensitivity indices of one outcome, a row a factor, the largest first."""

from pathlib import Path

import pandas as pd

from analysis.figures.rows import NARROWEST, ROW, Page, draw_index, largest, name_rows, name_width, page_of
from analysis.figures.style import INK, LOOKS

WIDTH = 6.0  # inches of the picture
SHOWN = {"ST": ("ST", "S1"), "S1": ("S1",), "delta": ("delta",), "median": ("median", "maximum"), "dgsm": ("dgsm",)}


def indices_figure(indices: pd.DataFrame, unit: str, title: str, says: str, foot: str, png: Path, svg: Path) -> None:
    """Dots with 95 % intervals, as PNG and SVG; unit: of the horizontal axis."""
    main = next(index for index in SHOWN if (indices["index"] == index).any())
    shown = [index for index in SHOWN[main] if (indices["index"] == index).any()]
    order, more = largest(indices, main)
    left, row = name_width(order), ROW * (1.5 if len(shown) > 1 else 1.2)
    width = max(left + WIDTH, NARROWEST)
    with page_of(Page(title, says, foot, png, svg), max(row * len(order), 1.0), width) as (figure, bottom, top):
        axes = figure.add_axes((left / width, bottom, 1 - (left + 0.35) / width, top - bottom))
        axes.axvline(0.0, color=INK, linewidth=0.9)
        for k, index in enumerate(shown):
            draw_index(axes, indices, order, index, LOOKS[k], 0.0 if len(shown) == 1 else (-0.22, 0.18)[k])
        name_rows(axes, order, more)
        axes.set_xlabel(unit)
        axes.legend(loc="lower right", bbox_to_anchor=(1.0, 1.0), ncols=4, frameon=False, fontsize=8, borderaxespad=0.3)
