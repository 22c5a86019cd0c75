"""The compiled core and the independent writing of the week in plain Mesa objects live the same year."""

from pathlib import Path

import numpy as np
import pandas as pd
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
        "peer_support_workers",
        "self_help_groups",
        "systemic_family_therapy",
        "creative_music_therapy",
    )
    for column, value in {"coverage": 0.8, "capacity": 20}.items()
}

FULL_GROUPS = {  # more members than one neighbourhood's groups hold, and staff who leave
    "services.turnover": 4.0,
    "enrol.application": 0.9,
    "enrol.pause": 4.0,
    **{
        f"programmes.{name}.{column}": value
        for name in ("creative_music_therapy", "self_help_groups")
        for column, value in {"coverage": 1.0, "uptake": 0.8, "capacity": 60, "weeks": 12}.items()
    },
}
CARERS = {f"programmes.carers_groups.{column}": 1.0 for column in ("coverage", "uptake", "sessions_per_week")}


@pytest.mark.parametrize(
    ("name", "people", "seed", "values"),
    [
        ("today", 20, 1, {}),
        ("today-mixed", 40, 2, {"services.turnover": 3.0}),
        ("befriending", 30, 3, {"programmes.befriending.coverage": 1.0}),
        ("open-dialogue", 25, 4, {"programmes.open_dialogue.coverage": 1.0}),
        ("therapeutic-communities", 25, 5, {"programmes.therapeutic_communities.coverage": 1.0}),
        ("today", 30, 6, EVERYTHING),
        ("today", 20, 7, {"mechanisms.trust": False, "services.boundary_openness": 0.9}),
        ("loss-of-services", 20, 8, {}),
        ("today", 30, 10, {"parameters.help.lay": 0.4, "parameters.clinic.criticism_distress": 0.5}),
        ("multi-family-groups", 40, 9, {"programmes.multi_family_groups.coverage": 1.0}),
    ],
)
def test_core__lives_the_same_year_as_the_plain_reference(
    name: str, people: int, seed: int, values: dict[str, object]
) -> None:
    run = Simulation(Scenario.load(name, {"population.patients": people, "weeks": 52, **values}), seed, 0)
    live_together(run, seed)


def test_core__lets_members_of_groups_find_each_other_and_part_as_the_plain_reference_does() -> None:
    scenario = Scenario.load("today", {"population.patients": 70, "weeks": 52, **FULL_GROUPS})
    plain = live_together(Simulation(scenario, 9, 0), 9)
    happened = [event for week in plain.events.values() for event in week]
    assert {"joins", "drops out", "completes"} <= {event[0] for event in happened}
    assert sum(event[0] == "fellows" and event[2] >= 4 << 16 for event in happened) > 100
    assert sum(event[0] == "tie ends" and event[3] == "the other side ended it" for event in happened) > 10
    assert sum(event[0] == "tie ends" and event[3] == "handed over" and event[2] >= 4 << 16 for event in happened) > 10


def test_core__lets_supporters_meet_without_the_person_as_the_plain_reference_does() -> None:
    scenario = Scenario.load("carers-groups", {"population.patients": 25, "weeks": 52, **CARERS})
    run = Simulation(scenario, 10, 0)
    live_together(run, 10)
    assert run.area.world.places["attended"].sum() > 100
    assert run.area.world.people["sessions"].sum() == 0


def test_core__lives_with_interviewed_contacts_as_the_plain_reference_does(tmp_path: Path) -> None:
    """A friend met every day, a relative every other day, a peer never: several contacts a week, and time for them."""
    rows = pd.DataFrame(
        {
            "patient": ["a", "a", "a", "b", "b"],
            "supporter": ["1", "2", "3", "4", "5"],
            "role": ["friend", "family", "peer", "professional", "peer"],
            "contacts_per_week": [7.0, 3.5, 0.0, 2.0, np.nan],
        }
    )
    path = tmp_path / "networks.parquet"
    rows.to_parquet(path, index=False)
    values = {"population.patients": 30, "weeks": 52, "population.networks": str(path)}
    plain = live_together(Simulation(Scenario.load("today", values), 11, 0), 11)
    numbers = {event[3] for week in plain.events.values() for event in week if event[0] == "contact"}
    assert {0, *range(1025, 1031)} <= numbers


def test_core__holds_mechanisms_and_resources_as_the_plain_reference_does() -> None:
    mechanisms = np.full((7, 4), np.nan)
    mechanisms[[1, 3, 5]] = 0.4
    mechanisms[:, Role.FRIEND] = 0.2
    resources = np.array([0.3, np.nan, 0.0, np.nan, 0.5, 0.4, np.nan, 0.6])
    scenario = Scenario.load("today", {"population.patients": 15, "weeks": 52, **EVERYTHING})
    for seed, held in enumerate((resources, np.full(8, 0.5), np.full(8, np.nan))):
        run = Simulation(scenario, seed, 0, fixed=HeldValues(mechanisms, held))
        live_together(run, seed)
        there = ~np.isnan(held[:5])
        levels = run.area.world.people.resources[:, there]
        np.testing.assert_array_equal(levels, np.broadcast_to(held[:5][there].astype(np.float32), levels.shape))


def live_together(run: Simulation, seed: int) -> Reference:
    """A year in the compiled core and in the plain reference, compared week by week."""
    assert len(run.spans) == 1
    plain = Reference.from_world(run.area.world, run.spans[0].rules, seed, 0)
    for week in range(52):
        run.advance(1, every=0)
        plain.step()
        differences = plain.verify_against(run.area.world, 1e-5)
        assert differences == [], f"week {week}"
    return plain
