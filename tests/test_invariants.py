"""Whatever a scenario asks for, the state stays possible, and extremes finish."""

from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from supportnet.sim.area.invariants import verify, verify_acquaintances
from supportnet.sim.area.population import tie_rows
from supportnet.sim.area.simulation import Simulation
from supportnet.sim.enums import Mechanism
from supportnet.sim.scenario.scenario import Scenario
from supportnet.sim.state import OUTSIDER

TEN = (
    "befriending", "client_centred_therapy", "creative_music_therapy", "open_dialogue", "peer_support_workers",
    "positive_psychotherapy", "self_help_groups", "solution_focused_therapy", "systemic_family_therapy",
    "therapeutic_communities",
)  # fmt: skip
EVERY_PROGRAMME = {f"programmes.{name}.{column}": 1.0 for name in TEN for column in ("coverage", "uptake")}
LEVERS = {
    "services.caseload": st.integers(1, 200),
    "services.turnover": st.floats(0, 520),
    "services.continuity": st.floats(0, 1),
    "services.contacts_per_week": st.floats(0, 7),
    "services.boundary_openness": st.floats(0, 1),
    "services.shared_decisions": st.floats(0, 1),
    "services.crisis_contact": st.floats(0, 10),
    "services.coverage": st.floats(0, 1),
    **{f"programmes.{name}.coverage": st.floats(0, 1) for name in TEN},
    **{f"mechanisms.{word}": st.booleans() for word in Mechanism.words()},
}


def finishes(weeks: int, patients: int = 30, seed: int = 1, **values: Any) -> Simulation:
    """A run that stays possible and shows only finite sums."""
    run = Simulation(Scenario.load("today", {"population.patients": patients, "weeks": weeks, **values}), seed)
    seen = run.advance(weeks)
    assert verify(run.area) == []
    assert np.isfinite(seen).all()
    return run


@settings(max_examples=25, deadline=None)
@given(st.fixed_dictionaries({}, optional=LEVERS), st.integers(0, 2**32 - 1))
def test_any_levers__leave_a_possible_state(values: dict[str, Any], seed: int) -> None:
    finishes(10, seed=seed, **values)


@pytest.mark.parametrize(
    ("weeks", "patients", "values"),
    [
        (104, 1, {}),
        (52, 1, EVERY_PROGRAMME),
        (104, 200, EVERY_PROGRAMME),
        (104, 100, {"services.turnover": 520.0}),
        (104, 100, {"services.coverage": 0.0}),
        (104, 100, {"services.caseload": 1000}),
        (2600, 20, {}),
        (2600, 10, EVERY_PROGRAMME),
    ],
)
def test_extremes__finish_and_stay_in_range(weeks: int, patients: int, values: dict[str, Any]) -> None:
    finishes(weeks, patients, **values)


def test_nobody_has_any_supporter__and_life_goes_on() -> None:
    run = Simulation(Scenario.load("today", {"population.patients": 50, "services.coverage": 0.0}), 1)
    run.area.world.people.n_ties = 0
    run.orders.parameters["form"]["chance"] = 0.0
    seen = run.advance(104)
    assert verify(run.area) == []
    assert run.area.world.people.n_ties.sum() == 0
    assert np.isfinite(seen).all()
    with_ties = Simulation(Scenario.load("today", {"population.patients": 50}), 1)
    with_ties.advance(104)
    recovery = [float(each.area.world.people.processes.mean()) for each in (run, with_ties)]
    assert recovery[0] < recovery[1] - 0.1


def test_all_staff_leaving_each_week__never_meet_the_same_person_twice() -> None:
    run = finishes(20, 60, **{"services.turnover": 520.0})
    posts = run.area.world.several[: run.area.desk.n_posts]
    assert (posts.left[posts.team >= 0] >= 16).all()


def test_no_noise__still_finishes() -> None:
    finishes(104, 50, **{"recover.noise": 0.0, "clinic.event_chance": 0.0})


def known_by_all(run: Simulation, person: int) -> tuple[int, int]:
    """First row and number of ties of somebody whose supporters all know each other."""
    people, ties = run.area.world.people, run.area.world.ties
    first, n = int(people.first[person]), int(people.n_ties[person])
    for slot in range(n):
        ties.knows[first + slot] = (1 << n) - 1 - (1 << slot)
    return first, n


@pytest.mark.parametrize(
    ("slot", "change", "wrong"),
    [
        (1, lambda n: 0, "ties.knows: somebody is known by whom they do not know"),
        (0, lambda n: 1, "ties.knows: somebody knows themselves"),
        (2, lambda n: 1 << n, "ties.knows: a tie that does not exist"),
        (2, lambda n: 1 << 63, "ties.knows: a tie that does not exist"),
    ],
)
def test_acquaintances__are_mutual_and_among_the_ties_there_are(slot: int, change: Any, wrong: str) -> None:
    run = Simulation(Scenario.load("today", {"population.patients": 20}), 1)
    person = int(np.argmax(run.area.world.people.n_ties > 3))
    first, n = known_by_all(run, person)
    assert verify(run.area) == []
    knows = run.area.world.ties.knows
    knows[first + slot] = change(n) if change(n) == 0 else int(knows[first + slot]) | change(n)
    assert verify(run.area) == [wrong]


def test_fellow_patients__have_each_other_unless_one_has_just_left() -> None:
    run = Simulation(Scenario.load("today", {"population.patients": 100}), 1)
    people, ties = run.area.world.people, run.area.world.ties
    rows = tie_rows(people)
    fellows = rows[ties.supporter[rows] >= run.area.desk.n_posts]
    assert len(fellows) > 10
    ties.supporter[fellows[0]] = OUTSIDER
    assert verify(run.area) == ["ties.supporter: a fellow patient without a tie the other way"]
    people.parted = 1
    assert verify(run.area) == []
    run.advance(1)
    assert verify(run.area) == []


def test_acquaintances__sixty_four_may_all_know_each_other() -> None:
    run = Simulation(Scenario.load("today", {"population.patients": 20}), 1)
    people, ties = run.area.world.people[:1].copy(), run.area.world.ties[[0] * 64]
    people.n_ties = 64
    ties.knows = [2**64 - 1 - (1 << slot) for slot in range(64)]
    assert verify_acquaintances(people, ties) == []
    ties.knows[63] = 2**63 - 2
    assert verify_acquaintances(people, ties) == ["ties.knows: somebody is known by whom they do not know"]
