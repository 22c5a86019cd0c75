"""Directions that programmes must have, in areas with and without one, by the same random numbers.

Each test says how large the effect was when it was written, with its Monte Carlo error over five seeds of 400 people.
Over the three seeds of 300 used here the error is one and a half times as large, and the smallest effect, of family
therapy on strain, four such errors from 0.
"""

from functools import cache
from typing import Any

import numpy as np
import pytest

from supportnet.sim.area.population import tie_rows
from supportnet.sim.area.simulation import Simulation
from supportnet.sim.enums import Process, Role
from supportnet.sim.scenario.scenario import Scenario

SEEDS, PEOPLE, WEEKS = (1, 2, 3), 300, 26


@cache
def pairs_of(programme: str) -> list[tuple[Any, Any, np.ndarray]]:
    """For each seed: the world without and with the programme, and who attended at least three of its sessions."""
    offered = {f"programmes.{programme}.coverage": 1.0, f"programmes.{programme}.uptake": 1.0}
    found = []
    for seed in SEEDS:
        worlds = []
        for values in ({}, offered):
            run = Simulation(Scenario.load("today", {"population.patients": PEOPLE, "weeks": WEEKS, **values}), seed)
            run.advance(WEEKS, every=0)
            worlds.append(run.area.world)
        found.append((*worlds, worlds[1].places["attended"][0] > 2))
    return found


def change(programme: str, measure: Any) -> float:
    """Mean difference, with minus without, among those who attended."""
    return float(np.mean([measure(there, who) - measure(without, who) for without, there, who in pairs_of(programme)]))


def strain_of_relatives(world: Any, who: np.ndarray) -> float:
    rows = tie_rows(world.people)
    owner, ties = np.repeat(np.arange(len(world.people)), world.people.n_ties), world.ties[rows]
    return float(ties.strain[(ties.role == Role.FAMILY) & who[owner]].mean())


def phq9(world: Any, who: np.ndarray) -> float:
    return float(27.0 * world.people.distress[who].mean())


def process(which: Process) -> Any:
    return lambda world, who: float(world.people.processes[who][:, which].mean())


def qpr(world: Any, who: np.ndarray) -> float:
    return float(60.0 * world.people.processes[who].mean())


@pytest.mark.parametrize("programme", ["systemic_family_therapy", "solution_focused_therapy"])
def test_relatives__are_less_strained_under_family_work(programme: str) -> None:
    """-.003 (.0004) and -.005 (.0003) of .10."""
    assert change(programme, strain_of_relatives) < 0.0


def test_befriending__leaves_symptoms() -> None:
    """-.14 (.02) PHQ-9 points; a band of severity is five points wide."""
    assert abs(change("befriending", phq9)) < 0.5


@pytest.mark.parametrize("programme", ["peer_support_workers", "self_help_groups"])
def test_peers__raise_recovery_and_hope_more_than_they_lower_symptoms(programme: str) -> None:
    """QPR +1.1 (.02) and +.9 (.02) of an SD of about 10; PHQ-9 -.2 (.02) of an SD of about 5."""
    assert change(programme, qpr) / 10.0 > 2.0 * abs(change(programme, phq9)) / 5.0
    assert change(programme, process(Process.HOPE)) > 0.0


@pytest.mark.parametrize("programme", ["open_dialogue", "systemic_family_therapy"])
def test_meetings__make_supporters_acquainted(programme: str) -> None:
    def links(world: Any, who: np.ndarray) -> float:
        rows = tie_rows(world.people)
        owner = np.repeat(np.arange(len(world.people)), world.people.n_ties)
        ends = np.array([int(mask).bit_count() for mask in world.ties["knows"][rows]])
        return float(np.bincount(owner, ends, len(world.people))[who].mean())

    assert change(programme, links) > 0.0
