"""Response curves, tornado and surfaces over design points whose outcome is known."""

from pathlib import Path

import numpy as np
import pytest

from supportnet.analysis.figures.rows import Page
from supportnet.analysis.figures.style import save_figure
from supportnet.analysis.figures.ties import ties_figure
from supportnet.analysis.sensitivity.response_curves import bins_of, curves, ends, has_response, surfaces
from supportnet.analysis.sensitivity.study import read_cells
from supportnet.experiments.runs.engines import engine_of
from supportnet.experiments.runs.plan import SweepPlan, plan_of
from supportnet.experiments.runs.sweep import sweep_study
from supportnet.experiments.study.design import unit_points
from supportnet.experiments.study.study import StudyDefinition
from tests.studies import study
from tools import ties_study, ways_study

NUMBERS = tuple(f"bond.{name}" for name in (
    "trust_gain", "strength_gain", "repair", "rupture_chance", "rupture", "fading", "ceiling", "adaptation", "pull",
))  # fmt: skip
BODY = """
[design]
kind = "sobol_sequence"
n = 512
[factors."bond.trust_gain"]
[factors."services.continuity"]
[factors."programmes.befriending.target"]
values = ["all", "few_ties"]
"""


@pytest.fixture
def plan(tmp_path: Path) -> SweepPlan:
    return plan_of(study(tmp_path, BODY))


def outcome_of(plan: SweepPlan) -> np.ndarray:
    """Ten times continuity, and 3 more where everybody is meant."""
    everybody = plan.values["programmes.befriending.target"] == "all"
    return np.asarray(10.0 * plan.values["services.continuity"] + 3.0 * everybody)


def test_curves__follow_the_outcome(plan: SweepPlan) -> None:
    found = curves(plan, outcome_of(plan)).set_index("factor")
    rows = found.loc["services.continuity"]
    assert len(rows) == 12
    np.testing.assert_allclose(rows["value"], 10.0 * rows["at"].astype(float) + 1.5, atol=0.35)
    assert (rows["lower"] < rows["value"]).all()
    words = found.loc["programmes.befriending.target"].set_index("at")["value"]
    assert words["all"] - words["few_ties"] == pytest.approx(3.0, abs=0.1)
    flat = found.loc["bond.trust_gain"]["value"]
    assert flat.max() - flat.min() < 1.0


def test_ends__are_means_of_the_lowest_and_highest_tenth(plan: SweepPlan) -> None:
    found = ends(plan, outcome_of(plan)).set_index("factor")
    row = found.loc["services.continuity"]
    assert row["low_value"] == pytest.approx(0.05, abs=0.01)
    assert row["high"] - row["low"] == pytest.approx(9.0, abs=0.6)
    assert row["low_lower"] < row["low"] < row["low_upper"]
    assert found.loc["programmes.befriending.target", "low_value"] == "all"


def test_surfaces__have_a_cell_for_each_pair_of_values(plan: SweepPlan) -> None:
    found = surfaces(plan, outcome_of(plan), ["services.continuity", "bond.trust_gain"])
    assert set(found["x_factor"]) == {"services.continuity"}
    assert len(found) == 36
    assert found["n"].sum() == 512
    slope = np.polyfit(found["x"], found["value"], 1)[0]
    assert slope == pytest.approx(10.0, abs=0.5)


def test_means_by_value__count_points_that_share_their_values_once(tmp_path: Path) -> None:
    """In Saltelli's design the points of a block differ in one factor each. Intervals of a factor without effect hold
    the mean in 95 % of bins (here of 12 designs); with points taken as independent in far fewer."""
    held, naive = list[bool](), list[bool]()
    for seed in range(1, 13):
        body = f'[design]\nkind = "sobol"\nn = 64\nseed = {seed}\n'
        plan = plan_of(study(tmp_path, body + "".join(f'[factors."{name}"]\n' for name in NUMBERS)))
        idle, *others = unit_points(plan.study).T
        outcome = sum(np.cos(200.0 * np.pi * other) for other in others)
        rows = curves(plan, outcome).set_index("factor").loc[NUMBERS[0]]
        held += list((rows["lower"] < 0.0) & (rows["upper"] > 0.0))
        for inside in (bins_of(idle, 12) == k for k in range(12)):
            naive.append(abs(outcome[inside].mean()) < 1.96 * outcome[inside].std() / np.sqrt(inside.sum()))
    assert np.mean(held) > 0.9
    assert np.mean(naive) < 0.8


def test_a_mean__does_not_stand_on_a_single_observation(tmp_path: Path) -> None:
    plan = plan_of(study(tmp_path, BODY.replace("n = 512", "n = 8")))
    outcome = np.arange(8.0)
    assert ends(plan, outcome).set_index("factor").loc["bond.trust_gain", ["low", "high"]].isna().all()
    found = surfaces(plan, outcome, ["services.continuity", "bond.trust_gain"])
    assert found["value"].isna().tolist() == (found["n"] < 2).tolist()
    assert curves(plan, outcome)["value"].notna().all(), "four in each half"
    outcome[1:] = np.nan
    assert curves(plan, outcome)["value"].isna().all()


def test_trajectories__have_no_means_by_value(tmp_path: Path) -> None:
    assert not has_response(study(tmp_path, BODY.replace("sobol_sequence", "morris").replace("n = 512", "n = 4")))


def small(name: str, folder: Path, **design: int) -> SweepPlan:
    """A shipped study with few people, few weeks and two replicates, swept."""
    shipped = StudyDefinition.load(name)
    few = {"population.patients": 20, "weeks": 8}
    scenarios = tuple(scenario.with_values(few) for scenario in shipped.scenarios)
    file = shipped.file.model_copy(update={"pool": 100, "replicates": 2})
    file = file.model_copy(update={"design": file.design.model_copy(update=design)})
    study = StudyDefinition.of(file, scenarios, shipped.text, name, shipped.folder)
    sweep_study(study, folder, engine_of("threads", 2))
    return plan_of(study)


def test_a_rank_correlation__needs_points_enough_that_have_the_outcome() -> None:
    column, points = np.arange(9.0), np.arange(9.0) ** 2
    points[0] = np.nan
    assert ties_study.rank_correlation(column, points) == pytest.approx(1.0)
    points[1] = np.nan
    assert np.isnan(ties_study.rank_correlation(column, points))


def test_ties_study__tells_what_each_lever_changes(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("supportnet.sim.area.pool.SETTLING_WEEKS", 156)
    plan = small("ties", tmp_path, n=8)
    found, hangs_on = ties_study.table(plan, tmp_path), ties_study.hangs_on(plan, tmp_path)
    assert list(found["lever"]) == [lever.says for lever in ties_study.LEVERS]
    assert np.isfinite(found.select_dtypes("number")).all(axis=None)
    assert (found["lowest_tenth"] <= found["highest_tenth"]).all()
    assert list(dict.fromkeys(hangs_on["number"])) == list(plan.values)
    assert hangs_on["correlation"].between(-1.0, 1.0).all()
    save_figure(ties_figure(found, hangs_on, "QPR points", Page("Ties", "What levers change", "supportnet")), tmp_path)
    assert all((tmp_path / f"figure.{ending}").stat().st_size > 10_000 for ending in ("png", "svg"))


def test_ways_of_reciprocity__add_up_from_all_closed_to_all_open(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("supportnet.sim.area.pool.SETTLING_WEEKS", 156)
    plan = small("ways", tmp_path)
    assert list(plan.values) == list(ways_study.WAYS)
    game, shares = ways_study.game(plan, tmp_path), ways_study.shares(plan, tmp_path).set_index("way")["value"]
    one_way, mutual = (cell.values for cell in read_cells(plan, tmp_path, ["qpr"], plan.study.weeks))
    usual = {name: plan.study.scenarios[0].every_number[name] for name in ways_study.WAYS}
    opened = np.logical_and.reduce([plan.values[name] == value for name, value in usual.items()])
    np.testing.assert_allclose(game[-1], (mutual - one_way)[opened][0])
    alone = {**dict.fromkeys(usual, 0.0), ties_study.RECIPROCITY: usual[ties_study.RECIPROCITY]}
    only_giving = np.array([plan.point(point) == alone for point in range(plan.n_points)])
    np.testing.assert_allclose(game[1], (mutual - one_way)[only_giving][0])
    assert shares["without"] + shares[list(ways_study.WAYS.values())].sum() == pytest.approx(shares["difference"])
