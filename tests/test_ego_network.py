"""One person's network as a picture: everybody is there, nothing lies on anything else, what lines are is said."""

import itertools

import numpy as np
import pandas as pd
import pytest
from matplotlib.colors import to_hex
from matplotlib.figure import Figure
from matplotlib.text import Text

import supportnet as sn
from supportnet.analysis.figures.ego_network import ACQUAINTED, ROLES, THICK, THIN, ego_network_figure
from supportnet.analysis.figures.rows import Page

PAGE = Page("A title", "What is seen.", "Where it comes from.")


def network(n: int) -> tuple[pd.DataFrame, pd.DataFrame]:
    """So many supporters, of every role; every third tie is ruptured, and neighbours in the table know each other."""
    roles = np.resize(list(ROLES), n)
    names = [f"{role}-1234-{number}" for number, role in enumerate(roles)]
    table = {"supporter": names, "role": roles, "strength": np.linspace(0, 1, n), "ruptured": np.arange(n) % 3 == 0}
    pairs = {"supporter_a": names[:-1], "supporter_b": names[1:]}
    return pd.DataFrame(table), pd.DataFrame(pairs, dtype=str)


@pytest.mark.parametrize("n", [0, 1, 3, 11, 40, 64])
def test_everybody__is_drawn_and_named__and_names_do_not_overlap(n: int) -> None:
    ties, pairs = network(n)
    axes = ego_network_figure(ties, pairs, PAGE).axes[0]
    assert sorted(text.get_text() for text in axes.texts) == sorted(ties["supporter"])
    rectangles = [corners_of(text) for text in axes.texts]
    (left, bottom), (right, top) = axes.bbox.get_points()
    for x, y in np.reshape(rectangles, (-1, 2)):
        assert left <= x <= right
        assert bottom <= y <= top
    for one, other in itertools.combinations(rectangles, 2):
        assert apart(one, other)


def corners_of(text: Text) -> np.ndarray:
    """(4, 2) corners of a text as it is turned, in pixels."""
    angle, at = np.radians(text.get_rotation()), text.get_transform().transform(text.get_position())
    text.set_rotation(0)
    (left, bottom), (right, top) = text.get_window_extent().get_points() - at
    turn = np.array([[np.cos(angle), np.sin(angle)], [-np.sin(angle), np.cos(angle)]])
    return np.array([(left, bottom), (right, bottom), (right, top), (left, top)]) @ turn + at


def apart(one: np.ndarray, other: np.ndarray) -> bool:
    """Whether two rectangles are apart: along the side of one of them, there is a gap."""
    for box in (one, other):
        for side in (box[1] - box[0], box[2] - box[1]):
            a, b = one @ side, other @ side
            if a.max() < b.min() or b.max() < a.min():
                return True
    return False


def test_lines__say_how_strong_and_whether_ruptured() -> None:
    ties, pairs = network(11)
    axes = ego_network_figure(ties, pairs, PAGE).axes[0]
    lines = [line for line in axes.lines if len(line.get_xdata()) == 2]
    by_role = ties.sort_values("role", key=lambda role: role.map(list(ROLES).index), kind="stable")
    assert [line.get_linewidth() for line in lines] == pytest.approx(list(THIN + THICK * by_role["strength"]))
    assert [line.is_dashed() for line in lines] == by_role["ruptured"].tolist()
    assert [to_hex(line.get_color()) for line in lines] == [ROLES[role][0] for role in by_role["role"]]
    curves = [patch for patch in axes.patches if to_hex(patch.get_edgecolor()) == ACQUAINTED]
    assert len(curves) == len(pairs)
    ends = np.round([line.get_xydata()[1] for line in lines], 6).tolist()
    places = dict(zip(by_role["supporter"], ends, strict=True))
    drawn = [np.round(patch.get_path().vertices[[0, 2]], 6).tolist() for patch in curves]
    assert drawn == [[places[one], places[other]] for one, other in pairs.itertuples(index=False)]
    says = [text.get_text() for text in axes.get_legend().get_texts()]
    assert {"professional (3)", "family (2)", "ruptured tie (4)", "supporters who know each other (10)"} <= set(says)


def test_curves__keep_clear_of_the_person() -> None:
    ties, _ = network(40)
    every = pd.DataFrame(itertools.combinations(ties["supporter"], 2), columns=["supporter_a", "supporter_b"])
    for patch in ego_network_figure(ties, every, PAGE).axes[0].patches:
        points = patch.get_path().interpolated(1).to_polygons(closed_only=False)[0]
        assert np.hypot(*points.T).min() > 0.4


def test_a_run__shows_anybody_it_has_recorded() -> None:
    results = sn.run("today", replicates=2, patients=20, weeks=8, record="ties", every=4, uncertainty="none")
    figure = results.plot_network(patient=3, week=4, replicate=1)
    now = results.ties.query("patient == 3 and week == 4 and replicate == 1")
    assert {text.get_text() for text in figure.axes[0].texts} == set(now["supporter"])
    pairs = results.supporter_ties.query("patient == 3 and week == 4 and replicate == 1")
    assert len(figure.axes[0].patches) == len(pairs)
    says = " ".join(text.get_text() for text in figure.texts)
    for words in ("patient 3 in week 4", "Services as they are today", f"{len(now)} supporters", "replicate 1"):
        assert words in says
    last = results.plot_network(patient=3)
    assert "week 8" in last.texts[0].get_text()
    given = Figure().subplots()
    assert results.plot_network(3, ax=given) is given.figure
    for wrong in ({"patient": 20}, {"patient": -1}, {"patient": 3, "week": 5}, {"patient": 3, "replicate": 2}):
        with pytest.raises(sn.UserInputError, match=f"{list(wrong)[-1]} was not recorded"):
            results.plot_network(**wrong)
    plain = sn.run("today", replicates=1, patients=20, weeks=2, uncertainty="none")
    with pytest.raises(sn.UserInputError, match="no ties were recorded"):
        plain.plot_network(3)
