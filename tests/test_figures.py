"""Figures: the same bytes every time, names that do not lie on each other, words that say what is shown."""

from pathlib import Path
from types import SimpleNamespace
from typing import cast

import numpy as np
import pytest

from supportnet.analysis.figures.compare import ENDS, REST, compare_figure, comparison_caption, looks_of
from supportnet.analysis.figures.run import PANELS, run_caption, run_figure
from supportnet.analysis.figures.style import LOOKS, save_figure, spread_apart
from supportnet.analysis.wording.caveats import cautions, not_fitted
from supportnet.experiments.posterior.posterior import Posterior
from supportnet.sim.outcomes import OUTCOMES
from supportnet.sim.scenario.scenario import library
from tests.ensembles import compare, run
from tests.small import small


@pytest.mark.parametrize("replicates", [pytest.param(1, marks=pytest.mark.slow), 3])
def test_figures__are_the_same_bytes_every_time(tmp_path: Path, replicates: int) -> None:
    results = run(small(), replicates)
    found = compare(small(), small("peer-workforce"), small("family-work"), replicates=replicates)
    for k in range(2):
        save_figure(run_figure(results), tmp_path, f"run{k}")
        save_figure(compare_figure(found), tmp_path, f"compare{k}")
    for kind in ("run", "compare"):
        for ending in ("png", "svg"):
            one, other = ((tmp_path / f"{kind}{k}.{ending}").read_bytes() for k in range(2))
            assert one == other
            assert len(one) > 10_000
        assert b"Matplotlib" not in (tmp_path / f"{kind}0.png").read_bytes()
        assert b"<dc:date>" not in (tmp_path / f"{kind}0.svg").read_bytes()


def test_extremes__can_be_drawn(tmp_path: Path) -> None:
    """One person for one week, without services: flat lines, no alliance."""
    scenario = small(population__patients=1, weeks=1, services__coverage=0.0)
    save_figure(run_figure(run(scenario, 2)), tmp_path, "a")
    save_figure(compare_figure(compare(scenario, scenario, replicates=2, independent=True)), tmp_path, "b")
    assert (tmp_path / "b.svg").stat().st_size > 10_000


def test_a_line__goes_to_the_end__where_some_replicates_lack_the_outcome() -> None:
    """One person has no professional now and then: alliance is that of the other replicates."""
    from supportnet.analysis.figures.run import draw_panel
    from supportnet.analysis.figures.style import empty_page

    results = run(small(population__patients=1), 12)
    closeness = next(panel for panel in PANELS if "alliance" in panel.lines)
    axes = empty_page(4.0).subplots()
    draw_panel(axes, closeness, results)
    alliance = axes.lines[list(closeness.lines).index("alliance")]
    values = results.values[:, :, list(OUTCOMES).index("alliance")]
    assert np.isnan(values).any()
    np.testing.assert_allclose(alliance.get_ydata(), np.nanmean(values, axis=0))
    assert "or of those that have the outcome" in run_caption(results)


def test_many_scenarios__most_are_grey_over_time__and_all_are_named_at_the_end(tmp_path: Path) -> None:
    names = [name for name in library() if name not in ("today", "today-affective", "today-mixed")]
    found = compare(small(), *(small(name, population__patients=20) for name in names), replicates=2, independent=True)
    looks = looks_of(found)
    assert (looks[0], looks.count(REST)) == (LOOKS[0], len(names) - 2 * ENDS)
    assert len({look for look in looks if look is not REST}) == 1 + 2 * ENDS
    save_figure(compare_figure(found), tmp_path)
    assert "the 4 highest and 4 lowest in colour" in comparison_caption(found)


def test_one_replicate__has_no_intervals_to_speak_of() -> None:
    said = comparison_caption(compare(small(), small("family-work"), replicates=1))
    assert "there are no intervals" in said
    assert "95 %" not in said


def test_looks__differ_in_colour_dashes_and_marker() -> None:
    for part in zip(*LOOKS, strict=True):
        assert len(set(part)) == len(LOOKS)


def test_panels__show_outcomes_that_exist() -> None:
    assert {outcome for panel in PANELS for outcome in panel.lines} <= set(OUTCOMES)
    assert all(len(panel.lines) <= len(LOOKS) for panel in PANELS)


def test_names_at_the_ends_of_lines__keep_their_distance_and_their_order() -> None:
    wished = [0.0, 0.01, 0.02, 0.9, 0.99, 1.0]
    placed = spread_apart(wished, 0.1, 0.0, 1.0)
    assert (np.diff(placed) >= 0.1 - 1e-12).all()
    assert placed[0] >= -1e-12
    assert placed[-1] <= 1.0 + 1e-12
    np.testing.assert_allclose(spread_apart([0.2, 0.6, 0.6], 0.1, 0.0, 1.0), [0.2, 0.55, 0.65])


def test_words__say_what_bands_and_intervals_contain() -> None:
    assert "Bands: 95 % interval for the mean, including Monte Carlo uncertainty" in run_caption(run(small(), 2))
    assert "no bands" in run_caption(run(small(), 1))
    found = compare(small(), small(), replicates=2)
    assert "95 % Monte Carlo intervals of the means" in comparison_caption(found)
    assert "same people and random numbers" in comparison_caption(found)


def test_presets_without_patterns_of_their_own__are_called_not_calibrated() -> None:
    one = cast(Posterior, SimpleNamespace(presets=["psychosis"]))
    assert cautions(small()) == cautions(small(), one) == []
    assert not_fitted(None) == ["not calibrated: all parameters are at their reference values"]
    assert not_fitted(one) == []
    assert "not calibrated" in cautions(small("today-affective"), one)[0]
    assert "not calibrated" in cautions(small("today-mixed"), one)[0]
    assert "1 parameter" in cautions(small(bond__trust_gain=0.13))[0]
    assert cautions(small(costs__post=1.0)) == []
