"""Figures of sensitivity analyses: awkward numbers, many long names, the same bytes, nothing on each other."""

from collections.abc import Callable
from itertools import pairwise
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest
from matplotlib.figure import Figure

from analysis.figures import rows
from analysis.figures.convergence_figure import convergence_figure
from analysis.figures.indices_figure import indices_figure
from analysis.figures.morris_figure import morris_figure
from analysis.figures.over_time_figure import over_time_figure
from analysis.figures.pairs_figure import pairs_figure
from analysis.figures.response_figure import response_figure
from analysis.figures.shares_figure import shares_figure
from analysis.figures.surface_figure import surface_figure
from analysis.figures.tornado_figure import tornado_figure

Draw = Callable[[int, tuple[Any, ...]], None]
LONG = "programmes.peer-support-workers.sessions_per_week"


def names(n: int) -> list[str]:
    return [f"{LONG}_{k}" for k in range(n)]


def indices(n: int, which: tuple[str, ...], scale: float = 1.0, corrected: bool = True) -> pd.DataFrame:
    """Made-up indices of n factors."""
    luck = np.random.default_rng(n)
    tables = []
    for index in which:
        value = scale * luck.exponential(0.2, n)
        table = pd.DataFrame({"factor": names(n), "index": index, "value": value})
        table = table.assign(lower=value - 0.1 * scale, upper=value + 0.1 * scale)
        right = value - 0.02 if corrected else np.nan
        tables.append(table.assign(corrected=right, corrected_lower=right, corrected_upper=right))
    return pd.concat(tables, ignore_index=True)


def pairs(n: int) -> pd.DataFrame:
    luck = np.random.default_rng(n)
    found = [(a, b, luck.normal(0.02, 0.03)) for i, a in enumerate(names(n)) for b in names(n)[i + 1 :]]
    table = pd.DataFrame(found, columns=["factor", "other", "value"])
    return table.assign(lower=table["value"] - 0.02, upper=table["value"] + 0.02)


def over(n: int, column: str, values: tuple[int, ...]) -> pd.DataFrame:
    parts = [indices(n, ("ST",)).assign(**{column: value}) for value in values]
    return pd.concat(parts, ignore_index=True)


def ends(n: int) -> pd.DataFrame:
    luck = np.random.default_rng(n)
    table = pd.DataFrame({"factor": names(n), "low": luck.normal(0, 1, n), "high": luck.normal(0, 1, n)})
    for end in ("low", "high"):
        table[f"{end}_lower"], table[f"{end}_upper"] = table[end] - 0.1, table[end] + 0.1
    return table.assign(low_value=0.01, high_value="few_ties")


def curves(n: int) -> pd.DataFrame:
    luck = np.random.default_rng(n)
    found = [(name, float(x), luck.normal()) for name in names(n) for x in range(6)]
    found += [("target", word, 0.1) for word in ("all", "lonely")]
    table = pd.DataFrame(found, columns=["factor", "at", "value"])
    return table.assign(lower=table["value"] - 0.2, upper=table["value"] + 0.2)


def surface(n: int) -> pd.DataFrame:
    cells = [(x, y, x * y, int((x + y) % 3)) for x in range(5) for y in range(5)]
    table = pd.DataFrame(cells, columns=["x", "y", "value", "n"]).astype({"x": float, "y": float, "value": float})
    table.loc[table["n"] == 0, "value"] = np.nan
    few = names(min(n, 4) + 1)
    return pd.concat([table.assign(x_factor=few[0], y_factor=other) for other in few[1:]], ignore_index=True)


def shares(n: int) -> pd.DataFrame:
    luck = np.random.default_rng(n)
    players = ["presence", "problem_focused_support", "without", "difference"]
    rows = [(player, luck.normal(), f"{LONG}_{k}") for k in range(n) for player in players]
    table = pd.DataFrame(rows, columns=["mechanisms", "value", "programme"])
    return table.assign(lower=table["value"] - 0.5, upper=table["value"] + 0.5)


FIGURES: dict[str, Draw] = {
    "shares": lambda n, page: shares_figure(shares(n), "points", *page),
    "sobol": lambda n, page: indices_figure(indices(n, ("S1", "ST")), "share of variance", *page),
    "pawn": lambda n, page: indices_figure(indices(n, ("median", "maximum"), corrected=False), "distance", *page),
    "nothing": lambda n, page: indices_figure(indices(n, ("S1",), 0.0), "share of variance", *page),
    "morris": lambda n, page: morris_figure(indices(n, ("mu_star", "sigma", "mu")), 0.1, "points", *page),
    "morris without noise": lambda n, page: morris_figure(
        indices(n, ("mu_star", "sigma", "mu"), 0.0, corrected=False), float("nan"), "points", *page
    ),
    "pairs": lambda n, page: pairs_figure(pairs(max(n, 2)), *page),
    "convergence": lambda n, page: convergence_figure(over(n, "n", (16, 32, 64)), *page),
    "over time": lambda n, page: over_time_figure(over(n, "week", (26, 52, 104)), *page),
    "one week": lambda n, page: over_time_figure(over(n, "week", (26,)), *page),
    "tornado": lambda n, page: tornado_figure(ends(n), 0.1, "points", *page),
    "response": lambda n, page: response_figure(curves(n), "points", *page),
    "surface": lambda n, page: surface_figure(surface(n), "points", *page),
}


def page(folder: Path, name: str) -> tuple[Any, ...]:
    foot = "supportnet sensitivity 1a2b3c4d. Simulated. Caution: " + "intervals are too wide to rank; " * 6
    return (
        "A study of levers: recovery",
        "What is shown, week 104.",
        foot,
        folder / f"{name}.png",
        folder / f"{name}.svg",
    )


@pytest.mark.parametrize("n", [1, 5, 30, 60])
@pytest.mark.parametrize("name", FIGURES)
def test_figures__are_drawn_whatever_the_number_of_factors(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, name: str, n: int
) -> None:
    """No two names lie on each other, and no word reaches beyond the page."""
    drawn: list[Figure] = []
    save = rows.save
    monkeypatch.setattr(rows, "save", lambda figure, *paths: (drawn.append(figure), save(figure, *paths)))
    if name == "pairs" and n > 30:
        pytest.skip("870 pairs are drawn, 1,770 are not asked for")
    FIGURES[name](n, page(tmp_path, "a"))
    assert all((tmp_path / f"a.{ending}").stat().st_size > 5_000 for ending in ("png", "svg"))
    (figure,) = drawn
    for axes in figure.axes:
        low, high = sorted(axes.get_ylim())
        shown = zip(axes.get_yticks(), axes.get_yticklabels(), strict=False)  # none where a neighbour has them
        labels = [label for at, label in shown if low <= at <= high and label.get_text()]
        boxes = [label.get_window_extent() for label in labels]
        assert not any(one.overlaps(other) for one, other in pairwise(boxes))
        others = [*axes.texts, axes.title, axes.xaxis.label, axes.yaxis.label]
        boxes += [text.get_window_extent() for text in others if text.get_text()]
        page_edge = figure.bbox.padded(1.0)
        assert all(page_edge.x0 <= box.x0 and box.x1 <= page_edge.x1 for box in boxes)
        assert all(page_edge.y0 <= box.y0 and box.y1 <= page_edge.y1 for box in boxes)


@pytest.mark.parametrize("name", FIGURES)
def test_figures__of_the_same_numbers_are_the_same_bytes(tmp_path: Path, name: str) -> None:
    for k in "ab":
        FIGURES[name](3, page(tmp_path, k))
    for ending in ("png", "svg"):
        assert (tmp_path / f"a.{ending}").read_bytes() == (tmp_path / f"b.{ending}").read_bytes()


def test_more_factors_than_fit__are_said_in_words() -> None:
    shown, more = rows.largest(indices(60, ("ST",)), "ST")
    assert len(shown) == rows.MOST
    assert more.startswith("20 more factors, each at most 0.0")
