"""The compiled core and the independent writing of the week in plain Mesa objects live the same year."""

import pytest

from sim.scenario import Scenario
from sim.simulation import Simulation
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
    assert len(run.spans) == 1
    plain = Reference.from_world(run.area.world, run.spans[0].rules, seed, 0)
    for week in range(52):
        run.live(1, every=0)
        plain.step()
        differences = plain.verify_against(run.area.world, 1e-5)
        assert differences == [], f"week {week}"
