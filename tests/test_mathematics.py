"""Closed forms: with all but one process switched off, the core does what a pencil does."""

from typing import Any

import numpy as np
from scipy import stats

from supportnet.sim.area.simulation import Simulation
from supportnet.sim.enums import NATURAL, Role
from supportnet.sim.parameters import Parameters
from supportnet.sim.scenario.scenario import Scenario
from supportnet.sim.state import Input

P = Parameters()


def area(**columns: Any) -> Simulation:
    """400 people with one natural friend each and no service; columns of the ties are set."""
    run = Simulation(Scenario.load("today", {"population.patients": 400, "services.coverage": 0.0}), 1)
    people, ties = run.area.world.people, run.area.world.ties
    people.n_ties, people.crisis = 1, 0
    run.orders.parameters["form"]["chance"] = 0.0  # nobody makes new ties
    rows = people.first
    plain = dict(
        role=Role.FRIEND, origin=NATURAL, supporter=-1, key=int(Role.FRIEND) << 16, age=10, since=0, ruptured=0,
        strength=0.6, trust=0.6, friction=0.0, reciprocity=0.5, expertise=0.5, rate=0.0, ceiling=0.9, trust_lost=0.0,
        critical=0.0, warmth=0.6, competence=0.3, criticism=0.0, own_criticism=0.0, strain=0.0,
        capacity=5.0,
    )  # fmt: skip
    for name, value in {**plain, **columns}.items():
        ties[name][rows] = value
    return run


def alive(run: Simulation) -> Any:
    people = run.area.world.people
    return run.area.world.ties[people.first[people.n_ties == 1]]


def test_a_tie_without_contact__fades_as_the_equation_says() -> None:
    run, strength = area(), 0.6
    run.advance(20, 0)
    for _ in range(20):
        strength -= P.bond.fading * strength * (1 - strength)
    assert np.allclose(alive(run).strength, strength, atol=1e-5)
    assert (alive(run).since == 20).all()


def test_contacts__come_as_often_as_the_rate_says() -> None:
    """Contacts in one week: Poisson, several where many are asked; half the rate would be caught."""
    run = area(rate=2.0)
    people = run.area.world.people
    asked = 2.0 * 0.6 * (1 - P.meet.closing * people.withdrawal)
    run.advance(1, 0)
    met = people.recent[:, 0, Role.FRIEND]
    low, high = (stats.poisson.ppf(p, asked.sum()) for p in (5e-5, 1 - 5e-5))
    assert low <= int(met.sum()) <= high
    assert asked.sum() / 2 < low - 10
    several = stats.poisson.sf(1, asked).sum()
    assert abs(int((met > 1).sum()) - several) < 4 * np.sqrt(several)


def test_ties__end_by_outside_reasons_as_often_as_the_hazard_says() -> None:
    run = area(strength=0.3, ceiling=0.3)
    run.orders.parameters["fade"]["outside"] = 0.1
    hazard = 0.1 * np.exp(-P.fade.outside_slope * 0.3)
    run.advance(10, 0)
    ended = 400 - int((run.area.world.people.n_ties == 1).sum())
    expected = 400 * (1 - np.exp(-10 * hazard))
    assert abs(ended - expected) < 4 * np.sqrt(expected) + 3  # strength falls a little meanwhile


def test_loneliness__settles_where_need_and_closeness_meet() -> None:
    run = area(strength=0.0, trust=0.0)
    people = run.area.world.people
    people.n_ties, people.need, people.loneliness = 0, 0.8, 0.2
    companionship, lonely = people.inputs[:, Input.COMPANIONSHIP].astype(float), np.full(400, 0.2)
    for _ in range(80):
        companionship -= P.pace.fast * companionship
        have = (1 - P.clinic.loneliness_best_tie) * companionship / (companionship + P.recover.half)
        lonely += P.pace.fast * (np.maximum(0, 0.8 - have) / 0.8 - lonely)
    run.advance(80, 0)
    assert np.allclose(people.loneliness, lonely, atol=1e-4)
    assert (people.loneliness > 0.95).all()


def test_reciprocity__drifts_to_what_role_and_wish_make_of_it() -> None:
    run = area(strength=0.95, reciprocity=0.0)
    run.advance(100, 0)
    people = run.area.world.people
    kept = people.n_ties == 1
    goal = np.clip(P.bond.reciprocity.friend + P.bond.adaptation * (people.wanted[kept] - 0.5), 0, 1)
    left = (1 - P.pace.medium) ** 100
    rows = run.area.world.ties[people.first[kept]]
    still = rows.age == 110
    assert np.allclose(rows.reciprocity[still], (goal * (1 - left))[still], atol=1e-4)
