"""Replicates side by side: the same results whoever lives them, in whatever order."""

import gc
import weakref
from contextlib import suppress
from pathlib import Path
from threading import Event

import numpy as np
import pandas as pd
import pytest

from supportnet.experiments.ensemble.replicate import AT_A_STRETCH, stops
from supportnet.experiments.ensemble.replication import LARGE, allot_workers, what_failed
from supportnet.experiments.execution.workers import Interrupted, map_in_threads, processors
from supportnet.sim.errors import UserInputError
from supportnet.sim.outcomes import OUTCOMES
from tests.ensembles import run
from tests.small import PATIENTS, WEEKS, small

# outcomes by the names that users write; a new one is added here
NAMED = [
    "recovery", "connectedness", "hope", "identity", "meaning", "empowerment", "qpr", "distress", "withdrawal",
    "phq9", "gad7", "share_severe_depression", "share_severe_anxiety", "share_recovered_personal",
    "share_recovered_clinical", "share_recovered_both", "relapses", "admissions", "network_size",
    "n_professional", "n_peer", "n_friend", "n_family", "recovery_without_connectedness", "strongest_tie",
    "share_reciprocal", "share_harmful", "loneliness", "alliance", "ruptures", "repairs", "supporter_strain",
    "staff_turnover", "engagement", "dropout", "inequality", "cost", "cost_per_recovered",
    "posts", "contacts_staff", "crisis_weeks", "session_cost",  # what costs are made of: added
    "supporter_ties", "density", "components", "share_unlinked", "remission",  # added with ties among supporters
]  # fmt: skip


def same(one: pd.DataFrame, other: pd.DataFrame) -> None:
    pd.testing.assert_frame_equal(one, other, check_exact=True)


def test_results__are_the_same_for_one_worker_and_for_four() -> None:
    one = run(small("open-dialogue"), 4, workers=1, record=["people", "ties"], every=10)
    four = run(small("open-dialogue"), 4, workers=4, record=["people", "ties"], every=10)
    same(one.trajectories, four.trajectories)
    assert one.people is not None
    assert four.people is not None
    same(one.people, four.people)
    assert one.ties is not None
    assert four.ties is not None
    same(one.ties, four.ties)
    assert one.plan.identity == four.plan.identity


def test_replicate_seven_alone__is_replicate_seven_of_ten() -> None:
    ten, alone = run(small(), 10), run(small(), [7])
    of_ten = ten.trajectories[ten.trajectories["replicate"] == 7].reset_index(drop=True)
    same(of_ten, alone.trajectories)


def test_order_of_replicates__does_not_matter() -> None:
    forth, back = run(small(), [0, 1, 2]), run(small(), [2, 1, 0])
    order = ["replicate", "week", "outcome"]
    same(
        forth.trajectories.sort_values(order, ignore_index=True),
        back.trajectories.sort_values(order, ignore_index=True),
    )


def test_seed_and_replicates__bring_other_luck() -> None:
    found = [run(small(), 2, seed=seed).last for seed in (1, 2)]
    assert not np.array_equal(found[0], found[1], equal_nan=True)
    assert not np.array_equal(found[0][0], found[0][1], equal_nan=True)


def test_every_outcome_of_the_interface__is_there_every_week() -> None:
    results = run(small(), 2)
    assert set(NAMED) == set(OUTCOMES), "add a new outcome to NAMED; do not rename or remove one"
    assert list(results.outcomes) == ["scenario", "replicate", "outcome", "value"]
    assert list(results.trajectories) == ["scenario", "replicate", "week", "outcome", "value"]
    assert len(results.outcomes) == 2 * len(NAMED)
    assert len(results.trajectories) == 2 * WEEKS * len(NAMED)
    assert set(results.outcomes["outcome"]) == set(NAMED)
    assert sorted(set(results.trajectories["week"])) == list(range(1, WEEKS + 1))


def test_outcomes__are_the_last_week_of_trajectories() -> None:
    results = run(small(), 2)
    last = results.trajectories[results.trajectories["week"] == WEEKS].drop(columns="week").reset_index(drop=True)
    same(results.outcomes, last)


def test_inequality__is_known_in_the_last_week() -> None:
    values = run(small(), 2).trajectories.query("outcome == 'inequality'").set_index("week")["value"]
    assert values[WEEKS].between(0.0, 1.0).all()


def test_summary__counts_replicates_that_have_an_outcome() -> None:
    summary = run(small(), 3).summary()
    assert list(summary) == ["mean", "mcse", "lower", "upper", "unit", "n"]
    assert summary.loc["dropout", "n"] == 0
    assert np.isnan(summary.loc["dropout", "mean"])
    recovery = summary.loc["recovery"]
    assert recovery["n"] == 3
    assert recovery["lower"] < recovery["mean"] < recovery["upper"]


def test_weeks_and_patients__can_be_given() -> None:
    results = run("today", 1, weeks=5, patients=20, record=["people"])
    assert results.values.shape == (1, 5, len(NAMED))
    assert results.people is not None
    assert len(results.people) == 20


def test_progress__is_told_from_little_to_all() -> None:
    told: list[float] = []
    run(small(), 5, workers=3, progress=told.append)
    assert told == sorted(told)
    assert len(told) == 5
    assert told[-1] == 1.0


def test_recorded_tables__go_to_whoever_keeps_them__replicate_by_replicate() -> None:
    kept: list[tuple[str, int, int]] = []
    results = run(
        small(),
        3,
        workers=3,
        record=["people"],
        keep=lambda name, table: kept.append((name, table["replicate"][0], len(table))),
    )
    assert kept == [("people", number, PATIENTS) for number in range(3)]
    assert results.people is None


def test_weeks_recorded__are_every_so_many_and_the_last() -> None:
    results = run(small(), 1, record=["people"], every=10)
    assert results.people is not None
    assert list(results.people["week"].unique()) == [10, 20, WEEKS]


def test_a_large_area__is_lived_by_all_workers_together__others_side_by_side() -> None:
    assert allot_workers(500, 20, 4) == (4, 1)
    assert allot_workers(500, 3, 4) == (3, 1)
    assert allot_workers(500, 1, 4) == (1, 4)
    assert allot_workers(LARGE, 20, 4) == (1, 4)


def test_living_at_a_stretch__never_changes_results(monkeypatch: pytest.MonkeyPatch) -> None:
    """The same weeks in one call of the core and in many."""
    assert stops(104, 500, frozenset()) == [104]
    assert stops(10, AT_A_STRETCH // 4, frozenset({3})) == [3, 4, 8, 10]
    whole = run(small(), 1)
    monkeypatch.setattr("supportnet.experiments.ensemble.replicate.AT_A_STRETCH", 7 * PATIENTS)
    same(whole.trajectories, run(small(), 1).trajectories)


@pytest.mark.parametrize(
    ("wrong", "says"),
    [
        ({"replicates": 0}, "replicates must be at least 1"),
        ({"replicates": [1, 1]}, "each once"),
        ({"replicates": [-1]}, "replicates must name at least one replicate from 0"),
        ({"seed": 2**32}, "seed must be a whole number"),
        ({"record": ["peple"]}, "did you mean 'people'"),
        ({"record": ["people"], "every": -1}, "every must be a whole number"),
        ({"weeks": 0}, "weeks"),
        ({"patients": 0}, "patients must be a whole number"),
    ],
)
def test_what_cannot_be_run__is_a_mistake(wrong: dict[str, object], says: str) -> None:
    with pytest.raises(UserInputError, match=says):
        run("today", **{"replicates": 1, **wrong})  # type: ignore[arg-type]


def test_a_misspelt_scenario__is_a_mistake_with_the_nearest_name() -> None:
    with pytest.raises(UserInputError, match="did you mean 'today'"):
        run("tuday", 1)


def test_too_little_memory__is_told_in_words() -> None:
    assert isinstance(what_failed(MemoryError(), 1_000_000, 8), UserInputError)
    assert isinstance(what_failed(ZeroDivisionError(), 10, 1), ZeroDivisionError)


def test_jobs__come_back_in_order__with_their_failures_in_place() -> None:
    def job(number: int, halt: Event) -> float:
        return 6 / number

    found = list(map_in_threads(job, [3, 0, 2], 3))
    assert [about for about, _ in found] == [3, 0, 2]
    assert [found[0][1], found[2][1]] == [2.0, 3.0]
    assert isinstance(found[1][1], ZeroDivisionError)


def test_a_mistake_within_a_job__ends_everything() -> None:
    def job(number: int, halt: Event) -> None:
        raise UserInputError("no")

    with pytest.raises(UserInputError):
        list(map_in_threads(job, range(5), 2))


def test_jobs__are_told_when_nobody_waits_any_more() -> None:
    begun, told = Event(), list[bool]()

    def job(number: int, halt: Event) -> None:
        if number > 0:
            begun.set()
            told.append(halt.wait(timeout=20.0))
            raise Interrupted

    jobs = map_in_threads(job, range(3), 2)
    next(jobs)
    assert begun.wait(timeout=20.0)
    jobs.close()
    assert told
    assert all(told)


def test_what_a_job_held__is_let_go_once_it_is_stopped() -> None:
    class World:
        pass

    worlds = list[weakref.ref[World]]()

    def job(number: int, halt: Event) -> None:
        world = World()
        worlds.append(weakref.ref(world))
        raise Interrupted

    gc.disable()  # nobody may come by and tidy up
    try:
        with suppress(Interrupted):
            list(map_in_threads(job, range(3), 1))
        assert worlds
        assert not any(world() for world in worlds)
    finally:
        gc.enable()


def test_processors__are_at_least_one() -> None:
    assert processors() >= 1


def test_people_of_a_study__are_as_many_as_were_interviewed__unless_a_number_is_given(tmp_path: Path) -> None:
    from supportnet.sim.importing.importer import import_interviews
    from supportnet.sim.scenario.scenario import Scenario

    example = Path(__file__).parents[1] / "sim" / "examples" / "network-canvas"
    import_interviews(example, None, tmp_path)
    path = tmp_path / "mine.toml"
    path.write_text('based_on = "today"\n[population]\nnetworks = "networks.parquet"\n')
    assert Scenario.load(path).population.patients == 6
    assert Scenario.load(path, {"population.patients": 40}).population.patients == 40
    path.write_text('based_on = "today"\n[population]\nnetworks = "networks.parquet"\npatients = 12\n')
    assert Scenario.load(path).population.patients == 12
    above = tmp_path / "above.toml"
    above.write_text('based_on = "mine.toml"\n[services]\ncaseload = 10\n')
    assert Scenario.load(above).population.patients == 12
    results = run(Scenario.load(path, {"weeks": 4}), 2, record=["people"])
    assert results.people is not None
    assert len(results.people) == 24
