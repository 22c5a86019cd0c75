"""The compiled core and the independent writing of the week in plain Mesa objects live the same year."""

import numpy as np
import pytest

from supportnet.sim.area.simulation import HeldValues, Simulation
from supportnet.sim.enums import Role
from supportnet.sim.scenario.scenario import Scenario
from tests.reference import Reference

EVERYTHING = {
    f"programmes.{name}.{column}": value
    for name in (
        "befriending",
        "open_dialogue",
        "self_help_groups",
        "systemic_family_therapy",
        "creative_music_therapy",
    )
    for column, value in {"coverage": 0.8, "capacity": 20}.items()
}


@pytest.mark.parametrize(
    ("name", "people", "seed", "values"),
    [
        ("today", 20, 1, {}),
        ("today-mixed", 70, 2, {"services.turnover": 3.0}),
        ("befriending", 30, 3, {"programmes.befriending.coverage": 1.0}),
        ("open-dialogue", 25, 4, {"programmes.open_dialogue.coverage": 1.0}),
        ("therapeutic-communities", 25, 5, {"programmes.therapeutic_communities.coverage": 1.0}),
        ("today", 30, 6, EVERYTHING),
        ("today", 20, 7, {"mechanisms.trust": False, "services.boundary_openness": 0.9}),
        ("loss-of-services", 20, 8, {}),
    ],
)
def test_core__lives_the_same_year_as_the_plain_reference(
    name: str, people: int, seed: int, values: dict[str, object]
) -> None:
    run = Simulation(Scenario.load(name, {"population.patients": people, "weeks": 52, **values}), seed, 0)
    live_together(run, seed)


def test_core__holds_mechanisms_and_resources_as_the_plain_reference_does() -> None:
    mechanisms = np.full((7, 4), np.nan)
    mechanisms[[1, 3, 5]] = 0.4
    mechanisms[:, Role.FRIEND] = 0.2
    resources = np.array([0.3, np.nan, 0.0, np.nan, 0.5, 0.4, np.nan, 0.6])
    scenario = Scenario.load("today", {"population.patients": 25, "weeks": 52, **EVERYTHING})
    for seed, held in enumerate((resources, np.full(8, 0.5), np.full(8, np.nan))):
        run = Simulation(scenario, seed, 0, fixed=HeldValues(mechanisms, held))
        live_together(run, seed)
        there = ~np.isnan(held[:5])
        levels = run.area.world.people.resources[:, there]
        np.testing.assert_array_equal(levels, np.broadcast_to(held[:5][there].astype(np.float32), levels.shape))


def live_together(run: Simulation, seed: int) -> None:
    """A year in the compiled core and in the plain reference, compared week by week."""
    assert len(run.spans) == 1
    plain = Reference.from_world(run.area.world, run.spans[0].rules, seed, 0)
    for week in range(52):
        run.advance(1, every=0)
        plain.step()
        differences = plain.verify_against(run.area.world, 1e-5)
        assert differences == [], f"week {week}"
