"""People read from data: what interviews say goes first, and the rest comes from people most like them."""

from pathlib import Path

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from experiments.recording import interviews_table, ties_table
from sim.importing import read_networks
from sim.interviewed import DONORS, nearest_rows, people_like
from sim.pool import pool_for
from sim.randomness import luck
from sim.scenario import Scenario
from sim.simulation import Simulation
from sim.vocabulary import Condition, Role

ROLES = {"ada": ["family"] * 9, "bo": ["friend"], "cleo": ["professional", "friend", "friend"], "dan": ["peer"] * 2}


@pytest.fixture
def scenario(tmp_path: Path) -> Scenario:
    """Sixty people after four interviews: conditions told of two, distress of one."""
    rows = [
        {"patient": who, "supporter": f"{who}-{k}", "role": role}
        for who, roles in ROLES.items()
        for k, role in enumerate(roles)
    ]
    table = pd.DataFrame(rows)
    table["condition"] = table["patient"].map({"ada": "affective", "bo": "psychosis"})
    table["distress"] = table["patient"].map({"cleo": 0.9})
    table["strength"] = np.where(table["supporter"] == "bo-0", 0.95, np.nan)
    pq.write_table(pa.Table.from_pandas(table, preserve_index=False), tmp_path / "networks.parquet")
    path = tmp_path / "mine.toml"
    path.write_text('based_on = "today"\n[population]\nnetworks = "networks.parquet"\npatients = 60\n')
    return Scenario.load(path)


def test_people__have_the_condition_told__and_the_presets_where_none_is(scenario: Scenario) -> None:
    people = Simulation(scenario).area.world.people
    assert (people.condition[0::4] == Condition.AFFECTIVE).all()
    assert (people.condition[1::4] == Condition.PSYCHOSIS).all()
    assert (people.condition[2::4] == Condition.PSYCHOSIS).all()  # the preset: everybody lives with psychosis
    mixed = Simulation(scenario.with_values({"population.preset": "mixed"})).area.world.people
    assert set(mixed.condition[2::4]) == set(Condition)


def test_people__resemble_the_interviewed_in_what_is_told(scenario: Scenario) -> None:
    """Somebody with nine relatives comes from people with many; somebody in distress from people in distress."""
    pool, networks = pool_for(scenario), read_networks(scenario.networks or "")
    chosen = people_like(networks, np.arange(400) % 4, pool, 1.0, luck(1, 0))
    owner = np.repeat(np.arange(len(pool.people)), pool.people.n_ties)
    family = np.bincount(owner, pool.ties.role == Role.FAMILY, len(pool.people))
    assert family[chosen[0::4]].min() >= 6 > family.mean() + 1
    assert pool.people.distress[chosen[2::4]].mean() > pool.people.distress.mean() + 0.2
    assert 10 < len(set(chosen[0::4])) <= DONORS


def test_ties__take_what_is_lacking_from_ties_alike(scenario: Scenario) -> None:
    simulation = Simulation(scenario.with_values({"population.patients": 400}))
    people, ties = simulation.area.world.people, simulation.area.world.ties
    close = ties[people.first[1::4]]
    trust = simulation.pool.ties.trust[simulation.pool.ties.role == Role.FRIEND]
    np.testing.assert_allclose(close.strength, 0.95)
    assert close.trust.mean() > trust.mean() + 0.05


def test_nearest_rows__are_those_nearest_by_what_is_told() -> None:
    known = np.column_stack((np.arange(200.0), np.full(200, 3.0)))
    assert set(nearest_rows(np.array([0.0, np.nan]), known)) == set(range(DONORS))
    assert len(nearest_rows(np.array([np.nan, np.nan]), known)) == 200
    assert len(nearest_rows(np.array([5.0, 3.0]), known)) == DONORS


def test_interviews_table__says_who_is_who(scenario: Scenario) -> None:
    networks = read_networks(scenario.networks or "")
    table = interviews_table(networks, 60)
    ties = ties_table(Simulation(scenario, record=True))
    assert len(table) == len(ties) == 15 * sum(map(len, ROLES.values()))
    assert table["interview"].tolist()[:10] == ["ada"] * 9 + ["bo"]
    ties.loc[ties["origin"] == "service", "supporter"] = "service"
    both = ties.merge(table, on=["patient", "supporter"])
    assert len(both) == len(ties)
    assert (both["alter"].str.split("-").str[0] == both["interview"]).all()
    alone = interviews_table(read_networks(lonely(scenario)), 2)
    assert alone.isna().sum().tolist() == [0, 0, 1, 1]


def lonely(scenario: Scenario) -> Path:
    """The same interviews, and first somebody without any tie."""
    path = Path(scenario.networks or "")
    rows = pq.read_table(path).to_pandas()
    rows = pd.concat([pd.DataFrame([{"patient": "nobody"}]), rows], ignore_index=True)
    pq.write_table(pa.Table.from_pandas(rows, preserve_index=False), path.with_name("lonely.parquet"))
    return path.with_name("lonely.parquet")
