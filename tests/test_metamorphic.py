"""What must not matter does not matter: workers, neighbours, names, order, company."""

from typing import Any

import numpy as np
import pytest

from supportnet.sim.area.compile_rules import segments
from supportnet.sim.area.invariants import verify
from supportnet.sim.area.pool import NO_RUN, pool_for, root_rules
from supportnet.sim.area.population import Area, area_from_pool, first_area, posts_needed, tie_rows
from supportnet.sim.area.simulation import Simulation
from supportnet.sim.area.week import live_weeks, live_weeks_together
from supportnet.sim.randomness import rng_key
from supportnet.sim.rules import PackedRules, orders
from supportnet.sim.scenario.scenario import Scenario
from supportnet.sim.state import N_SEEN

WEEKS = 30
KEY = rng_key(1, NO_RUN)
SUPPORT = ("befriending", "self_help_groups", "open_dialogue")
ON = {f"programmes.{name}.coverage": 0.5 for name in SUPPORT}


def lived(weeks: int = WEEKS, workers: int = 1, seed: int = 1, replicate: int = 0, **values: Any) -> Simulation:
    run = Simulation(
        Scenario.load("today", {"population.patients": 200, **ON, **values}), seed, replicate, workers=workers
    )
    run.advance(weeks)
    return run


def same(a: Simulation, b: Simulation) -> bool:
    worlds = zip(a.area.world, b.area.world, strict=True)
    return all(one.tobytes() == other.tobytes() for one, other in worlds)


def test_workers__do_not_change_a_bit() -> None:
    patients = {"population.patients": 3000}
    assert same(lived(6, workers=1, **patients), lived(6, workers=2, **patients))


def test_weeks__lived_one_by_one_or_at_once_are_the_same() -> None:
    once, step = lived(WEEKS), lived(0)
    rows = [step.advance(1) for _ in range(WEEKS)]
    assert same(once, step)
    assert np.array_equal(np.concatenate(rows)[-1], lived(WEEKS - 1).advance(1)[-1])


def test_replicates_and_seeds__have_their_own_luck() -> None:
    one = lived()
    assert same(one, lived())
    assert not same(one, lived(replicate=1))
    assert not same(one, lived(seed=2))


def area_of(n: int, first_identity: int = 0, caseload: float = 16.0) -> tuple[Area, PackedRules]:
    scenario = Scenario.load("today", {"population.patients": n, "services.caseload": caseload})
    rules = orders(segments(scenario, n)[0].rules)
    pool = pool_for(Scenario.load("today"))
    n_posts = posts_needed(first_identity + n, caseload)
    return area_from_pool(pool, n, n_posts, rules, rng_key(1, 0), first_identity=first_identity), rules


def live(area: Area, rules: PackedRules, weeks: int = WEEKS) -> Area:
    live_weeks(area.world, rules, area.desk, rng_key(1, 0), 0, weeks, 0, np.zeros((0, N_SEEN)))
    assert verify(area) == []
    return area


def lives(area: Area) -> dict[int, bytes]:
    """Everything about each person and their ties but where they are kept, by identity."""
    people, world = area.world.people, area.world
    place = ("first", "post")
    own = [name for name in people.dtype.names if name not in place]
    ties = [name for name in world.ties.dtype.names if name != "supporter"]
    told = {}
    for i in range(len(people)):
        rows = slice(int(people.first[i]), int(people.first[i] + people.n_ties[i]))
        parts = [people[name][i : i + 1].tobytes() for name in own] + [
            world.ties[name][rows].tobytes() for name in ties
        ]
        told[int(people.identity[i])] = b"".join(parts)
    return told


def test_one_more_person__changes_nobody_else() -> None:
    """The 129th begins a neighbourhood and a caseload of their own."""
    alone, joined = live(*area_of(128)), live(*area_of(129))
    assert {who: life for who, life in lives(joined).items() if who < 128} == lives(alone)


def test_disjoint_areas__add_up() -> None:
    first, second, both = live(*area_of(64)), live(*area_of(64, first_identity=64)), live(*area_of(128))
    assert {**lives(first), **lives(second)} == lives(both)


def test_people__kept_in_another_order_live_the_same_lives() -> None:
    area, rules = area_of(64)
    world, desk = area
    order = np.random.default_rng(3).permutation(64)
    place = np.argsort(order)
    people = world.people[order].copy()
    rows = np.concatenate([np.arange(p.first, p.first + p.rows) for p in people])
    people.first = np.cumsum(people.rows) - people.rows
    ties = world.ties[rows].copy()
    fellows = ties.supporter >= desk.n_posts
    ties.supporter[fellows] = desk.n_posts + place[ties.supporter[fellows] - desk.n_posts]
    several = world.several.copy()
    several[desk.n_posts :] = world.several[desk.n_posts :][order]
    where = desk.where.copy()
    where[people.identity - desk.lowest] = np.arange(64)
    moved = Area(world._replace(people=people, ties=ties, several=several), desk._replace(where=where))
    expected = lives(live(*area_of(64)))
    assert lives(live(moved, rules)) == expected


def test_a_scenario_under_another_name__differs_by_exactly_nothing(tmp_path: Any) -> None:
    copy = tmp_path / "copy.toml"
    copy.write_text('based_on = "befriending"\ntitle = "A copy"\n', encoding="utf-8")
    runs = [Simulation(Scenario.load(name, {"population.patients": 100}), 5) for name in ("befriending", copy)]
    seen = [run.advance(WEEKS) for run in runs]
    assert np.array_equal(*seen)
    assert same(*runs)


def test_people_without_a_programme__are_touched_by_it_only_through_others() -> None:
    """With separate posts and no fellow patients, those who are never offered befriending live as without it."""
    apart = {"services.caseload": 1, "people.fellow_patients": 0.0}
    without = Simulation(Scenario.load("today", {"population.patients": 100, **apart}), 2)
    with_it = Simulation(Scenario.load("befriending", {"population.patients": 100, **apart}), 2)
    for run in (without, with_it):
        run.advance(52)
    joined = with_it.area.world.people.enrolments > 0
    assert 5 < joined.sum() < 50
    states = [run.area.world.people.processes for run in (without, with_it)]
    assert np.array_equal(states[0][~joined], states[1][~joined])
    assert not np.array_equal(states[0][joined], states[1][joined])
    assert len(tie_rows(with_it.area.world.people)) > 0


def test_the_pool__is_the_same_whoever_makes_it() -> None:
    """More than one block of people, so that two workers share the work; and an area not set up for two refuses."""
    scenario = Scenario.load("today")
    rules, areas = root_rules(scenario, scenario.all_parameters), []
    unseen = np.zeros((0, N_SEEN))
    for workers in (1, 2):
        area = first_area(1100, rules, KEY, 1.0, workers)
        live_weeks_together(area.world, rules, area.desk, KEY, 0, 8, every=0, seen=unseen, workers=workers)
        assert verify(area) == []
        areas.append(area)
    assert all(a.tobytes() == b.tobytes() for a, b in zip(areas[0].world, areas[1].world, strict=True))
    with pytest.raises(ValueError, match="fewer than 2 workers"):
        live_weeks_together(areas[0].world, rules, areas[0].desk, KEY, 8, 1, every=0, seen=unseen, workers=2)


def test_today__stays_as_it_is() -> None:
    """The pool is stationary: in two years nothing drifts by more than luck and a fraction of a person's SD."""
    run = Simulation(Scenario.load("today", {"population.patients": 4000}), 11)
    early, late = (run.outcomes(run.advance(weeks)[-1], run.week) for weeks in (4, 100))
    for outcome, most in {"recovery": 0.012, "distress": 0.02, "alliance": 0.03, "supporter_strain": 0.01}.items():
        assert abs(float(late[outcome]) - float(early[outcome])) < most, outcome
    assert abs(float(late["network_size"]) - float(early["network_size"])) < 0.3
