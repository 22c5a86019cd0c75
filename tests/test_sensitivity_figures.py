"""Figures of sensitivity analyses with awkward numbers: nothing known, nothing at all, noise above everything."""

from collections.abc import Callable
from functools import cache
from itertools import combinations
from pathlib import Path
from typing import Any

import matplotlib
import numpy as np
import pandas as pd
import pytest
from matplotlib.figure import Figure
from matplotlib.text import Text

from supportnet.analysis.figures import rows
from supportnet.analysis.figures.convergence import convergence_figure
from supportnet.analysis.figures.indices import indices_figure
from supportnet.analysis.figures.morris import morris_figure, name_in
from supportnet.analysis.figures.over_time import over_time_figure
from supportnet.analysis.figures.pairs import pairs_figure
from supportnet.analysis.figures.response import in_two_lines, response_figure
from supportnet.analysis.figures.rows import Page
from supportnet.analysis.figures.shares import shares_figure
from supportnet.analysis.figures.style import save_figure
from supportnet.analysis.figures.surface import surface_figure
from supportnet.analysis.figures.tornado import tornado_figure, value_label

NAN = float("nan")
WAYS = ("some unknown", "unknown", "zero")


def names(n: int) -> list[str]:
    return [f"programmes.peer-support-workers-{k}.sessions_per_week" for k in range(n)]


def numbers(n: int, way: str) -> np.ndarray:
    """Values of n factors, some or all of them not known, or all zero."""
    values = 0.5 * 0.85 ** np.arange(n)
    if way == "some unknown":
        values[::3] = np.nan
    return values * {"unknown": np.nan, "zero": 0.0}.get(way, 1.0)


def indices(n: int, which: tuple[str, ...], way: str = "known") -> pd.DataFrame:
    parts = []
    for k, index in enumerate(which):
        value = numbers(n, way) * (1.0 - 0.2 * k)
        table = pd.DataFrame({"factor": names(n), "index": index, "value": value})
        table = table.assign(lower=value - 0.1 * value, upper=value + 0.1 * value, corrected=0.9 * value)
        parts.append(table.assign(corrected_lower=0.8 * value, corrected_upper=value))
    return pd.concat(parts, ignore_index=True)


def pairs(n: int, way: str = "known") -> pd.DataFrame:
    found = list(combinations(names(max(n, 2)), 2))
    table = pd.DataFrame(found, columns=["factor", "other"]).assign(value=numbers(len(found), way))
    return table.assign(lower=table["value"] - 0.05, upper=table["value"] + 0.05)


def over(n: int, column: str, values: tuple[int, ...], way: str) -> pd.DataFrame:
    return pd.concat([indices(n, ("ST",), way).assign(**{column: value}) for value in values], ignore_index=True)


def ends(n: int, way: str = "known") -> pd.DataFrame:
    far = numbers(n, way)
    table = pd.DataFrame({"factor": names(n), "low": 30 - far, "high": 30 + far, "low_value": 1.0, "high_value": 2e4})
    spread = {f"{end}_{side}": table[end] + by for end in ("low", "high") for side, by in (("lower", -1), ("upper", 1))}
    return table.assign(**spread)


def curves(n: int, way: str) -> pd.DataFrame:
    found = [(name, float(x), value * x) for name, value in zip(names(n), numbers(n, way), strict=True) for x in (1, 2)]
    found += [("target", word, value) for word, value in zip(("all", "lonely"), numbers(2, way), strict=True)]
    table = pd.DataFrame(found, columns=["factor", "at", "value"])
    return table.assign(lower=table["value"] - 0.1, upper=table["value"] + 0.1)


def surface(n: int, way: str = "known") -> pd.DataFrame:
    cells = pd.DataFrame([(x, y) for x in (1.0, 2.0) for y in (3.0, 4.0)], columns=["x", "y"])
    cells = cells.assign(value=numbers(4, way), n=[0, 1, 2, 3])
    few = names(min(n, 4) + 1)
    return pd.concat([cells.assign(x_factor=few[0], y_factor=other) for other in few[1:]], ignore_index=True)


def shares(n: int, way: str) -> pd.DataFrame:
    players = ["presence", "problem_focused_support", "without", "difference"]
    found = [(player, value, name) for name, value in zip(names(n), numbers(n, way), strict=True) for player in players]
    table = pd.DataFrame(found, columns=["mechanisms", "value", "programme"])
    return table.assign(lower=table["value"] - 0.1, upper=table["value"] + 0.1)


MORRIS, PAWN = ("mu_star", "sigma", "mu"), ("median", "minimum", "maximum")
FIGURES: dict[str, Callable[..., Figure]] = {
    "sobol": lambda n, way, *page: indices_figure(indices(n, ("S1", "ST"), way), "share of variance", *page),
    "elementary": lambda n, way, *page: indices_figure(indices(n, MORRIS, way), "QPR points", *page),
    "pawn": lambda n, way, *page: indices_figure(indices(n, PAWN, way), "distance", *page),
    "morris": lambda n, way, *page: morris_figure(indices(n, MORRIS, way), 0.1, "QPR points", *page),
    "noise above all": lambda n, way, *page: morris_figure(indices(n, MORRIS, way), 9.0, "QPR points", *page),
    "noise not known": lambda n, way, *page: morris_figure(indices(n, MORRIS, way), NAN, "QPR points", *page),
    "pairs": lambda n, way, *page: pairs_figure(pairs(n, way), *page),
    "convergence": lambda n, way, *page: convergence_figure(over(n, "n", (16, 32, 64), way), *page),
    "one n": lambda n, way, *page: convergence_figure(over(n, "n", (16,), way), *page),
    "over time": lambda n, way, *page: over_time_figure(over(n, "week", (26, 52, 104), way), *page),
    "one week": lambda n, way, *page: over_time_figure(over(n, "week", (26,), way), *page),
    "tornado": lambda n, way, *page: tornado_figure(ends(n, way), 30.0, "QPR points", *page),
    "response": lambda n, way, *page: response_figure(curves(n, way), "QPR points", *page),
    "shares": lambda n, way, *page: shares_figure(shares(n, way), "QPR points", *page),
    "surface": lambda n, way, *page: surface_figure(surface(n, way), "QPR points", *page),
}


FOOT = "supportnet sensitivity 1a2b3c4d. Simulated. Caution: " + "intervals are too wide to rank; " * 6
PAGE = Page("Which levers move recovery?", "Week 104.", FOOT)


def shown(figure: Figure) -> list[Text]:
    """Every text that is seen, without names of ticks beyond the ends of an axis."""
    figure.draw_without_rendering()  # saving as SVG has left places of another resolution
    texts = [text for text in figure.findobj(Text) if text.get_text().strip() and text.get_visible()]
    beyond = set()
    for axes in figure.axes:
        for axis, limits in ((axes.xaxis, axes.get_xlim()), (axes.yaxis, axes.get_ylim())):
            ticks = [*axis.get_major_ticks(), *axis.get_minor_ticks()]
            beyond |= {tick.label1 for tick in ticks if not min(limits) <= tick.get_loc() <= max(limits)}
            beyond |= {tick.label2 for tick in ticks}
    return [text for text in texts if text not in beyond]


def figures_and_numbers() -> list[Any]:
    """Every figure by what is known; of those with thirty factors the fast tests have three."""
    few = [(name, n, way) for n, way in [(1, "known"), *((4, way) for way in WAYS)] for name in FIGURES]
    fast = ("sobol", "pairs", "tornado")
    many = [pytest.param(name, 30, "known", marks=() if name in fast else pytest.mark.slow) for name in FIGURES]
    return [*few, *many]


Saved = Callable[[str, int, str], tuple[Figure, Path]]


@pytest.fixture(scope="module")
def saved(tmp_path_factory: pytest.TempPathFactory) -> Saved:
    """A figure of so many factors, and the folder that it is saved in, once."""

    @cache
    def made(name: str, n: int, way: str) -> tuple[Figure, Path]:
        figure, folder = FIGURES[name](n, way, PAGE), tmp_path_factory.mktemp("figures")
        save_figure(figure, folder)
        return figure, folder

    return made


@pytest.mark.parametrize(("name", "n", "way"), figures_and_numbers())
def test_figures__are_drawn_whatever_is_known__with_every_word_on_the_page(
    saved: Saved, name: str, n: int, way: str
) -> None:
    figure, folder = saved(name, n, way)
    assert all((folder / f"figure.{ending}").stat().st_size > 5_000 for ending in ("png", "svg"))
    edge = figure.bbox.padded(1.0)
    for text in shown(figure):
        box = text.get_window_extent()
        assert edge.x0 <= box.x0 <= box.x1 <= edge.x1, text
        assert edge.y0 <= box.y0 <= box.y1 <= edge.y1, text
        assert text.get_text() not in ("nan", "nan\n•"), text


WITH_MANY_WORDS = ["sobol", "pawn", "morris", "tornado", "over time", "response", "surface"]


@pytest.mark.parametrize(("name", "n"), [("pairs", 30), *((name, n) for name in WITH_MANY_WORDS for n in (30, 45))])
def test_words__do_not_lie_on_each_other(name: str, n: int) -> None:
    figure = FIGURES[name](n, "known", PAGE)
    boxes = [(text, text.get_window_extent()) for text in shown(figure) if not text.get_rotation() % 90]
    over_each_other = [(one, other) for (one, a), (other, b) in combinations(boxes, 2) if a.overlaps(b)]
    assert not over_each_other


@pytest.mark.parametrize("name", FIGURES)
def test_figures__of_the_same_numbers_are_the_same_bytes(saved: Saved, tmp_path: Path, name: str) -> None:
    _, folder = saved(name, 4, "some unknown")
    save_figure(FIGURES[name](4, "some unknown", PAGE), tmp_path)
    for ending in ("png", "svg"):
        assert (folder / f"figure.{ending}").read_bytes() == (tmp_path / f"figure.{ending}").read_bytes()


@pytest.mark.parametrize("name", FIGURES)
def test_figures__are_drawn_on_given_axes_too(name: str) -> None:
    figure = Figure()
    left, right = figure.subplots(1, 2)
    assert FIGURES[name](4, "known", PAGE, right) is figure
    assert right.has_data()
    assert not left.has_data()
    assert len(figure.texts) == 0, "no title or foot of a page of its own"


def test_a_pair__whose_interval_is_not_known__is_not_sure() -> None:
    unknown = pairs(3).assign(value=[0.3, 0.2, NAN], lower=[0.2, NAN, NAN], upper=[0.4, NAN, NAN])
    figure = pairs_figure(unknown, PAGE)
    assert [text.get_text() for text in figure.axes[0].texts] == ["0.30", "0.20\n•", "?"]
    assert "not available" in figure.axes[1].texts[0].get_text()


def test_without_an_effect__the_value_of_a_factor_is_written_once() -> None:
    figure = tornado_figure(ends(1, "zero"), 30.0, "QPR points", PAGE)
    assert [text.get_text() for text in figure.axes[0].texts] == ["1"]
    assert [value_label(value) for value in (0.12345, 21_000.0, NAN, "lonely")] == ["0.123", "21,000", "nan", "lonely"]


def test_a_cell__without_design_points__is_white_whatever_its_value() -> None:
    figure = surface_figure(surface(1), "QPR points", PAGE)
    (cells,) = figure.axes[0].collections
    assert np.ma.getmaskarray(cells.get_array()).ravel().tolist() == [True, False, False, False]
    assert cells.get_clim() == (numbers(4, "known")[3], numbers(4, "known")[1])


def test_names__can_be_told_from_their_like() -> None:
    assert len({in_two_lines(name) for name in names(30)}) == 30
    assert in_two_lines("services.caseload") == "services.caseload"
    both = ["crisis.chance", "bond.chance", "bond.trust"]
    assert [name_in(name, both) for name in both] == ["crisis.chance", "bond.chance", "trust"]


@pytest.mark.parametrize(("colours", "way"), [("Greys", -1), ("cividis", 1)])
def test_colours__are_in_order_in_grey_too(colours: str, way: int) -> None:
    grey = matplotlib.colormaps[colours](np.linspace(0, 1, 64))[:, :3] @ [0.299, 0.587, 0.114]
    assert (way * np.diff(grey) > 0).all()


def test_ends_of_a_bar__differ_in_more_than_colour() -> None:
    figure = tornado_figure(ends(1), 30.0, "QPR points", PAGE)
    patterns: set[Any] = {bar.get_hatch() for bar in figure.axes[0].patches}
    assert len(patterns) == 2


def test_more_factors_than_fit__are_said_in_words() -> None:
    order, more = rows.largest(indices(60, ("ST",)), "ST")
    assert len(order) == rows.MOST
    assert more.startswith("20 more factors, each at most 0.0")
