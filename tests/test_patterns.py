"""Simulated studies: their table, what they find, and studies that measure them."""

from pathlib import Path

import numpy as np
import pytest

from supportnet.analysis.validation import measure_values
from supportnet.experiments.ensemble.sampling import Sampling
from supportnet.experiments.execution.workers import Interrupted
from supportnet.experiments.patterns.measurement import odds_ratio
from supportnet.experiments.patterns.studies import STUDIES, VALUES, measure_study_values
from supportnet.experiments.patterns.table import patterns, to_fit
from supportnet.experiments.patterns.world import StudyWorld
from supportnet.experiments.runs.batch import Batch, run_batch
from supportnet.experiments.runs.engines import engine_of
from supportnet.experiments.runs.plan import RunTask, plan_of
from supportnet.experiments.runs.sweep import sweep_study
from supportnet.experiments.study.observables import code
from supportnet.sim.area.pool import pool_for
from supportnet.sim.model_identity import run_hash
from supportnet.sim.scenario.scenario import Scenario
from tests.studies import study

BODY = """
[design]
kind = "latin"
n = 2
[factors."services.caseload"]
low = 10
high = 40
"""


@pytest.fixture(scope="module")
def world() -> StudyWorld:
    today = Scenario.load("today")
    return StudyWorld(today, pool_for(today), 1)


def test_every_value__has_a_study_and_a_row() -> None:
    assert set(VALUES) == {name for name, pattern in patterns().items() if pattern.use == "calibrate"}
    assert len(VALUES) == len(set(VALUES))
    assert all(one.low <= one.high for one in patterns().values() if one.use != "context")


def test_what_is_fitted__is_eighteen_patterns_of_natural_history_and_association() -> None:
    fitted = {pattern.number for preset in ("psychosis", "affective", "mixed") for pattern in to_fit(preset).values()}
    assert fitted == {1, 2, 3, 4, 9, 11, 15, 20, 22, 31, 32, 37, 39, 41, 44, 47, 48, 49}
    assert "alliance_outcome" not in to_fit("psychosis")
    assert "size" not in to_fit("affective")


@pytest.mark.parametrize("simulated", STUDIES, ids=lambda one: one.__name__)
def test_a_study__yields_the_values_that_it_is_listed_with(world: StudyWorld, simulated: object) -> None:
    assert callable(simulated)
    found = simulated(world)
    assert tuple(found) == STUDIES[simulated]
    assert all(np.isfinite(value) for value in found.values())
    if len(found) < 5:
        assert simulated(world) == found, "the same world, the same values"


def test_only_what_is_wanted__is_measured(world: StudyWorld) -> None:
    assert list(measure_study_values(world, ["disengaged", "relapse_2"])) == ["disengaged", "relapse_2"]


def test_an_odds_ratio__of_a_table_known() -> None:
    exposed = np.repeat([True, True, False, False], [30, 10, 20, 40])
    event = np.repeat([True, False, True, False], [30, 10, 20, 40])
    assert odds_ratio(exposed, event) == pytest.approx(30.5 * 40.5 / (10.5 * 20.5))


def test_patterns_found__are_means_with_intervals() -> None:
    found = measure_values(Scenario.load("today"), Sampling((0, 1, 2)), wanted=["disengaged"])
    assert [one.pattern.name for one in found] == ["disengaged"]
    assert found[0].lower < found[0].value < found[0].upper
    assert found[0].met


def test_a_study__may_measure_patterns_instead_of_outcomes(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(
        "supportnet.experiments.runs.batch.measure_study_values", lambda world, wanted: {name: 0.25 for name in wanted}
    )
    read = study(tmp_path, BODY, 'measure = "patterns"\nreplicates = 1\nscenarios = ["today", "today-affective"]\n')
    done = sweep_study(read, tmp_path / "out", engine_of("threads", 2))
    assert (done.runs, done.computed, done.failed) == (4, 4, [])
    import pandas as pd

    table = pd.read_parquet(tmp_path / "out" / "results.parquet").set_index("scenario")
    assert set(VALUES) <= set(table.columns)
    assert (table.loc["today", "size"] == 0.25).all()
    assert table.loc["today", "alliance_outcome"].isna().all(), "about affective disorders"
    assert table.loc["today-affective", "size"].isna().all(), "about psychosis"
    assert (table.loc["today-affective", "alliance_outcome"] == 0.25).all()


def test_runs_that_measure_patterns__are_known_by_the_code_of_the_simulated_studies(tmp_path: Path) -> None:
    assert code("outcomes") == run_hash()
    assert code("patterns") != run_hash()
    outcomes, of_patterns = (
        plan_of(study(tmp_path, BODY, f'measure = "{name}"\n')) for name in ("outcomes", "patterns")
    )
    assert not (outcomes.names == of_patterns.names).any()


def test_groups__move_together_along_a_sobol_sequence(tmp_path: Path) -> None:
    body = (
        '[design]\nkind = "sobol_sequence"\nn = 8\n[factors."recover.base.*"]\ngroup = "base"\n[factors."bond.pull"]\n'
    )
    values = plan_of(study(tmp_path, body)).values
    bases = [column for name, column in values.items() if name.startswith("recover.base.")]
    assert len(bases) == 5
    for column in bases[1:]:
        np.testing.assert_array_equal(column, bases[0])
    assert len(np.unique(values["bond.pull"])) == 8


@pytest.mark.parametrize("simulated", STUDIES, ids=lambda one: one.__name__)
def test_a_study_for_which_nobody_waits__is_given_up(world: StudyWorld, simulated: object) -> None:
    assert callable(simulated)
    with pytest.raises(Interrupted):
        simulated(world._replace(halted=lambda: True))


def test_a_run_of_patterns_for_which_nobody_waits__has_not_failed() -> None:
    answers = iter([False])  # when the run begins; from then on nobody waits
    task = RunTask("a", {}, 0, 1, {})
    batch = Batch(Scenario.load("today"), (52,), (task,), 4000, 400, code("patterns"), "patterns")
    with pytest.raises(Interrupted):
        run_batch(batch, lambda: next(answers, True))
