"""Sweeps: the same results whatever the engine, what is there is reused, what fails is recorded."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest

from supportnet.experiments.ensemble.ensemble import NAMES
from supportnet.experiments.execution.interruption import interruption
from supportnet.experiments.runs.engines import engine_of
from supportnet.experiments.runs.plan import SweepPlan, plan_of
from supportnet.experiments.runs.plan_file import write_plan
from supportnet.experiments.runs.results_table import RESULTS
from supportnet.experiments.runs.run_ids import are_in
from supportnet.experiments.runs.run_store import RunReader
from supportnet.experiments.runs.sweep import PARTS, Swept, sweep_study
from supportnet.experiments.study.study import StudyDefinition
from supportnet.sim.errors import UserInputError
from tests.ensembles import run
from tests.studies import BODY, HEAD, study

Sweep = Callable[..., Swept]


def swept(read: StudyDefinition, folder: Path, engine: str = "threads", workers: int = 2) -> Swept:
    return sweep_study(read, folder, engine_of(engine, workers))


def results(folder: Path) -> pd.DataFrame:
    return pd.read_parquet(folder / RESULTS)


def test_results__are_those_of_the_same_runs_one_by_one(tmp_path: Path) -> None:
    read = study(tmp_path, head=HEAD + "observe = [3]\n")
    assert swept(read, tmp_path / "out").computed == 32
    found, plan = results(tmp_path / "out"), plan_of(read)
    assert len(found) == 2 * plan.n_runs
    for point in (0, 13):
        scenario = read.scenarios[0].with_values(plan.point(point))
        lived = run(scenario, replicates=2, seed=1)
        rows = found[found["design_point"] == point]
        assert (rows["services.caseload"] == plan.point(point)["services.caseload"]).all()
        for week in (3, 8):
            here = rows[rows["week"] == week].drop(columns="inequality")[NAMES[:-1]].to_numpy()
            np.testing.assert_array_equal(here, lived.values[:, week - 1, :-1])
        np.testing.assert_array_equal(rows[rows["week"] == 8]["inequality"], lived.last[:, -1])


def test_engines_and_workers__make_no_difference_to_a_bit(tmp_path: Path) -> None:
    read = study(tmp_path)
    files = []
    for number, (engine, workers) in enumerate((("threads", 1), ("threads", 3), ("processes", 2), ("dask", 2))):
        folder = tmp_path / str(number)
        assert swept(read, folder, engine, workers).computed == 32
        files.append((folder / RESULTS).read_bytes())
    assert len(set(files)) == 1


def test_the_same_study_again__computes_nothing(tmp_path: Path) -> None:
    read = study(tmp_path)
    swept(read, tmp_path / "out")
    before = (tmp_path / "out" / RESULTS).read_bytes()
    again = swept(read, tmp_path / "out")
    assert (again.computed, again.reused, again.failed) == (0, 32, [])
    assert (tmp_path / "out" / RESULTS).read_bytes() == before


@pytest.mark.parametrize(
    ("body", "head", "computed", "reused"),
    [
        (BODY, HEAD.replace("replicates = 2", "replicates = 3"), 16, 32),
        (BODY.replace("n = 4", "n = 8"), HEAD, 32, 32),
        (BODY, HEAD + 'scenarios = ["today", "smaller-caseloads"]\n', 32, 32),
        (BODY.replace("high = 40", "high = 50"), HEAD, None, None),
        (BODY, HEAD.replace("replicates = 2", "replicates = 1"), 0, 16),
        (BODY, HEAD.replace("Caseload and", "Another title:"), 0, 32),
    ],
)
def test_an_edited_study__computes_only_what_changed(
    tmp_path: Path, body: str, head: str, computed: int | None, reused: int | None
) -> None:
    swept(study(tmp_path), tmp_path / "out")
    read = study(tmp_path, body, head)
    found = swept(read, tmp_path / "out")
    if computed is not None:
        assert (found.computed, found.reused) == (computed, reused)
    else:  # where a caseload is the same by chance of the design it is reused
        assert found.computed > 16
    assert len(results(tmp_path / "out")) == found.runs, "what no longer belongs is not reported"
    assert len(RunReader(tmp_path / "out" / PARTS).names) >= 32, "and kept"
    swept(read, tmp_path / "alone")
    assert (tmp_path / "alone" / RESULTS).read_bytes() == (tmp_path / "out" / RESULTS).read_bytes()


FAILING = """
[design]
kind = "factorial"
[factors."programmes.befriending.coverage"]
values = [0.0, 0.3]
[factors."programmes.befriending.start_week"]
values = [2, 104]
"""


def test_a_failing_run__is_recorded_and_does_not_stop_the_others(tmp_path: Path, cheap_pools: None) -> None:
    """A programme must not start after the end of the run: one combination of four cannot be."""
    read = study(tmp_path, FAILING)
    for _ in range(2):  # and again, because it is missing
        found = swept(read, tmp_path / "out")
        assert [one["design_point"] for one in found.failed] == 2 * [
            {"programmes.befriending.coverage": 0.3, "programmes.befriending.start_week": 104}
        ]
        assert "starts after the end of the run" in found.failed[0]["error"]
        assert len(results(tmp_path / "out")) == 6
    assert (found.computed, found.reused) == (0, 6)


@pytest.fixture
def cheap_pools(monkeypatch: pytest.MonkeyPatch) -> None:
    """Pools of design points after one year instead of ten."""
    monkeypatch.setattr("supportnet.sim.area.pool.SETTLING_WEEKS", 156)


def test_design_points_with_their_own_numbers__have_their_own_people(tmp_path: Path, cheap_pools: None) -> None:
    body = '[design]\nkind = "factorial"\nlevels = 2\n[factors."bond.trust_gain"]\n[factors."services.caseload"]\n'
    read = study(tmp_path, body + "low = 10\nhigh = 40\n")
    swept(read, tmp_path / "out")
    found, plan = results(tmp_path / "out"), plan_of(read)
    assert plan.pools.tolist() == [0, 0, 1, 1]
    for point in (1, 2):
        lived = run(read.scenarios[0].with_values(plan.point(point)), replicates=2, seed=1)
        np.testing.assert_array_equal(found[found["design_point"] == point][NAMES].to_numpy(), lived.last)


def test_luck__is_the_same_at_all_design_points_unless_they_are_independent(tmp_path: Path) -> None:
    body = '[design]\nkind = "factorial"\n[factors."thresholds.few_ties"]\nvalues = [5, 6, 7]\n'  # moves nobody
    swept(study(tmp_path, body), tmp_path / "same")
    assert results(tmp_path / "same").groupby("replicate")["recovery"].nunique().eq(1).all()
    swept(study(tmp_path, body, HEAD + "independent = true\n"), tmp_path / "own")
    assert results(tmp_path / "own").groupby("replicate")["recovery"].nunique().eq(3).all()


def test_two_scenarios_that_are_the_same__are_run_once_and_reported_twice(tmp_path: Path) -> None:
    (tmp_path / "copy.toml").write_text('based_on = "today"\n')
    found = swept(study(tmp_path, head=HEAD + 'scenarios = ["today", "copy.toml"]\n'), tmp_path / "out")
    assert (found.runs, found.computed) == (64, 32)
    both = results(tmp_path / "out").set_index("scenario")["recovery"]
    assert (both["today"].to_numpy() == both["copy"].to_numpy()).all()


def test_foreign_and_torn_files__are_named_passed_over_and_computed_again(tmp_path: Path) -> None:
    read, folder = study(tmp_path), tmp_path / "out"
    swept(read, folder)
    before = (folder / RESULTS).read_bytes()
    (part,) = (folder / PARTS).glob("runs-*.parquet")
    part.write_bytes(part.read_bytes()[:-100])
    (folder / PARTS / "notes.txt").write_text("mine")
    pd.DataFrame({"a": [1]}).to_parquet(folder / PARTS / "other.parquet")
    found = swept(read, folder)
    assert (found.computed, found.reused) == (32, 0)
    assert {path.name for path in found.foreign} == {part.name, "notes.txt", "other.parquet"}
    assert (folder / RESULTS).read_bytes() == before
    assert (folder / PARTS / "notes.txt").read_text() == "mine"


def test_a_flipped_bit__is_noticed(tmp_path: Path) -> None:
    read, folder = study(tmp_path), tmp_path / "out"
    swept(read, folder)
    (part,) = (folder / PARTS).glob("runs-*.parquet")
    content = bytearray(part.read_bytes())
    content[200] ^= 1  # among the identities, which come first
    part.write_bytes(content)
    found = swept(read, folder)
    assert list(found.foreign) == [part]
    assert found.computed == 32


def test_parts_that_are_merged_while_somebody_reads__lose_no_row(tmp_path: Path) -> None:
    from supportnet.experiments.runs.batch import Batch, run_batch
    from supportnet.experiments.runs.run_store import RunWriter
    from supportnet.sim.model_identity import run_hash

    read = study(tmp_path)
    plan, ledger = plan_of(read), RunWriter(tmp_path / "parts")
    for first in (0, 8, 16):
        tasks = plan.tasks(range(first, first + 8))
        ledger.add(run_batch(Batch(read.scenarios[0], read.weeks, tasks, 4000, 1500, run_hash())), read.weeks)
        ledger.flush()
    shelf = RunReader(tmp_path / "parts")
    assert len(shelf.parts) == 3
    ledger.merge()
    assert len(list((tmp_path / "parts").iterdir())) == 1
    found = shelf.values(plan.names, ["qpr"], read.weeks)
    assert np.isfinite(found[:24]).all()
    assert np.isnan(found[24:]).all()


def test_a_sweep_that_is_interrupted_after_its_first_file__says_where_it_goes_on(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def interrupted(plan: SweepPlan, folder: Path) -> None:
        write_plan(plan, folder)
        raise KeyboardInterrupt

    interruption.begin()
    monkeypatch.setattr("supportnet.experiments.runs.sweep.write_plan", interrupted)
    with pytest.raises(KeyboardInterrupt):
        sweep_study(study(tmp_path), tmp_path / "out", engine_of("threads", 1))
    assert str(tmp_path / "out") in interruption.says()


def test_what_was_done__is_kept_where_a_sweep_is_interrupted(tmp_path: Path) -> None:
    read, folder = study(tmp_path), tmp_path / "out"

    def interrupt(done: int, of: int) -> None:
        if done >= 8:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        sweep_study(read, folder, engine_of("threads", 1), interrupt)
    there = len(RunReader(folder / PARTS).names)
    assert 8 <= there < 32
    found = swept(read, folder)
    assert (found.computed, found.reused) == (32 - there, there)
    swept(read, tmp_path / "alone")
    assert (folder / RESULTS).read_bytes() == (tmp_path / "alone" / RESULTS).read_bytes()


def test_a_kept_study__is_the_same_study(tmp_path: Path) -> None:
    from supportnet.experiments.runs.manifest import study_kept
    from supportnet.experiments.runs.plan import identity_of_plan

    (tmp_path / "points.csv").write_text("programmes.mine.coverage,services.caseload\n0.5,12\n0,20\n")
    (tmp_path / "mine-too.toml").write_text(
        'based_on = "today"\n[programmes.mine]\nuses = { peer = 2 }\ndelivered_by = "peer"\n'
        'reciprocity = "reciprocal"\n'
        'expert = "patient"\nresources = []\nsessions_per_week = 1\nweeks = 10\nmakes = ["peer"]\n'
    )
    head = HEAD + 'scenarios = ["mine-too.toml"]\n'
    read = study(tmp_path, '[design]\nkind = "list"\nfile = "points.csv"\n', head)
    swept(read, tmp_path / "out")
    kept = study_kept(tmp_path / "out")
    assert identity_of_plan(kept) == identity_of_plan(read)
    assert (plan_of(kept).names == plan_of(read).names).all()
    again = swept(kept, tmp_path / "out")
    assert (again.computed, again.reused) == (0, 4)
    changed = (tmp_path / "mine-too.toml").read_text().replace("weeks = 10", "weeks = 20")
    (tmp_path / "mine-too.toml").write_text(changed)
    edited = study(tmp_path, '[design]\nkind = "list"\nfile = "points.csv"\n', head)
    assert not are_in(plan_of(edited).names, plan_of(read).names).any(), "a programme that a factor puts on offer"


def test_other_readers__need_nothing_of_ours(tmp_path: Path) -> None:
    """The file of results read by pyarrow alone; polars, DuckDB and R read the same format."""
    import pyarrow.parquet as pq

    swept(study(tmp_path), tmp_path / "out")
    table = pq.read_table(tmp_path / "out" / RESULTS)
    columns: Any = ["run", "scenario", "design_point", "replicate", "services.caseload", "services.boundary_openness"]
    assert table.column_names == [*columns, "week", *NAMES]
    assert {str(field.type) for field in table.schema} == {"string", "int32", "double"}


def test_an_unknown_engine__is_a_mistake() -> None:
    with pytest.raises(UserInputError, match="engine must be one of"):
        engine_of("thread", 2)
    with pytest.raises(UserInputError, match="only for the engine dask"):
        engine_of("threads", 2, "tcp://127.0.0.1:1")


@pytest.mark.parametrize("engine", ["threads", "processes"])
def test_code_that_is_not_the_planned__is_told(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, engine: str) -> None:
    """As where files are changed while a study runs."""
    monkeypatch.setattr("supportnet.experiments.runs.sweep.code", lambda measure: "0123456789abcdef")
    with pytest.raises(UserInputError, match="a worker runs different code"):
        sweep_study(study(tmp_path), tmp_path / "out", engine_of(engine, 1))
