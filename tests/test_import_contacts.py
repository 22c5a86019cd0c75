"""How much of the contacts that interviews report a run can have, against runs."""

import json
from pathlib import Path

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from supportnet.analysis.wording.caveats import cautions
from supportnet.sim.area.pool import pool_for
from supportnet.sim.area.population import tie_rows
from supportnet.sim.area.simulation import Simulation
from supportnet.sim.enums import Role
from supportnet.sim.importing.contacts import TIES, WITHDRAWAL, contacts_given, contacts_in, possible_contacts
from supportnet.sim.importing.importer import import_interviews
from supportnet.sim.network_file.reader import read_networks
from supportnet.sim.parameters import Parameters
from supportnet.sim.scenario.scenario import Scenario
from supportnet.sim.scenario.schema import ServiceLevers

CONTACTS = (0.25, 0.5, 1.0, 2.0, 3.0, 7.0, 14.0)
PEOPLE, WEEKS = 400, 3


def scenario_of(table: pd.DataFrame, folder: Path) -> Scenario:
    pq.write_table(pa.Table.from_pandas(table, preserve_index=False), folder / "networks.parquet")
    return Scenario.load("today", {"population.networks": str(folder / "networks.parquet")})


def possible_in(scenario: Scenario) -> np.ndarray:
    """Mean contacts a week of each tie, by the equations."""
    networks = read_networks(scenario.networks or "")
    return possible_contacts(networks, scenario.all_parameters, scenario.services, 1.0)


def contacts_in_a_run(scenario: Scenario) -> np.ndarray:
    """Contacts a week of each tie of the first day in the first weeks of a run, ties in the order of people."""
    simulation, ties = Simulation(scenario), dict[tuple[int, int], int]()
    for _ in range(WEEKS + 1):
        people = simulation.area.world.people
        alive = simulation.area.world.ties[tie_rows(people)]
        names = list(zip(np.repeat(people.identity, people.n_ties).tolist(), alive.key.tolist(), strict=True))
        if not ties:
            ties = dict.fromkeys(names, 0)
        else:
            for name, since in zip(names, alive.since.tolist(), strict=True):
                if name in ties:
                    ties[name] += since == 0
        simulation.advance(1)
    return np.array(list(ties.values())) / WEEKS


@pytest.mark.parametrize("role", Role.words()[1:])
def test_share_of_contacts__is_that_of_a_run__for_one_tie(tmp_path: Path, role: str) -> None:
    rows = [(f"{contacts}-{k}", "a", role, 0.5, contacts) for contacts in CONTACTS for k in range(PEOPLE)]
    names = ["patient", "supporter", "role", "strength", "contacts_per_week"]
    scenario = scenario_of(pd.DataFrame(rows, columns=names), tmp_path)
    found = contacts_in_a_run(scenario).reshape(len(CONTACTS), PEOPLE).mean(axis=1)
    assert possible_in(scenario).reshape(len(CONTACTS), PEOPLE).mean(axis=1) == pytest.approx(found, abs=0.03)


@pytest.mark.parametrize("contacts", [0.25, 1.0, 14.0])
def test_share_of_contacts__is_that_of_a_run__with_ones_own_professional(tmp_path: Path, contacts: float) -> None:
    """However often interviews say so: a post has its whole caseload to see. Whoever disengages has no contact left."""
    table = pd.DataFrame({"patient": [str(k) for k in range(400)], "supporter": "a", "role": "professional"})
    scenario = scenario_of(table.assign(contacts_per_week=contacts), tmp_path)
    assert possible_in(scenario).mean() == pytest.approx(contacts_in_a_run(scenario).mean(), abs=0.04)


def test_share_of_contacts__is_that_of_a_run__with_whole_networks(tmp_path: Path) -> None:
    """Nobody has time for a dozen people every day."""
    luck = np.random.default_rng(1)
    sizes = luck.integers(1, 13, 1000)
    table = pd.DataFrame({"patient": np.repeat(np.arange(1000), sizes).astype(str)})
    table["supporter"] = table.groupby("patient").cumcount().astype(str)
    table["role"] = luck.choice(Role.words(), len(table))
    table["strength"] = luck.uniform(0.3, 1.0, len(table))
    table["contacts_per_week"] = luck.choice([*CONTACTS, np.nan], len(table))
    told = table["contacts_per_week"].notna().to_numpy()
    scenario = scenario_of(table, tmp_path)
    found = contacts_in_a_run(scenario)[told].sum() / table["contacts_per_week"].sum()
    contacts = contacts_given(read_networks(scenario.networks or ""), Parameters(), ServiceLevers(), "psychosis")
    assert contacts is not None
    assert contacts.share == pytest.approx(found, abs=0.01)


def test_usual_withdrawal__is_that_of_people_with_so_many_ties(tmp_path: Path) -> None:
    table = pd.DataFrame({"patient": ["a"], "supporter": ["b"], "role": ["friend"]})
    people = pool_for(scenario_of(table, tmp_path)).people
    for condition, usual in enumerate(WITHDRAWAL):
        here = people[people.condition == condition]
        size = np.searchsorted(TIES, here.n_ties, side="right") - 1
        assert [here.withdrawal[size == k].mean() for k in range(len(TIES))] == pytest.approx(usual, abs=0.06)


def test_report_and_run__say_how_much_contact_there_can_be(tmp_path: Path) -> None:
    (tmp_path / "ties.csv").write_text(
        "person,helper,role,weekly\na,1,friend,14\na,2,family,7\nb,1,friend,0.25\nc,1,friend,\n"
    )
    mapping = '[ties]\nfiles = "ties.csv"\npatient = "person"\nsupporter = "helper"\nrole = { column = "role" }\n'
    (tmp_path / "mapping.toml").write_text(mapping + 'contacts_per_week = { column = "weekly" }\n')
    report = import_interviews(tmp_path / "ties.csv", tmp_path / "mapping.toml", tmp_path / "out")
    said = (
        "contacts_per_week: about 1.3 of 21 contacts a week (6 %) can take place in a run; 2 ties have more than the "
    )
    assert [note for note in report.notes if note.startswith(said)]
    told = json.loads((tmp_path / "out" / "report.json").read_text())["contacts_per_week"]
    assert told["given"] == 21.25
    assert told["ties_above"] == 2
    assert told["share"] == pytest.approx(told["possible"] / told["given"])
    scenario = Scenario.load("today", {"population.networks": str(tmp_path / "out" / "networks.parquet")})
    assert any(one.startswith("short of contacts: about 6% of the 21 contacts a week") for one in cautions(scenario))


def test_nothing_is_said__where_contacts_are_not_given() -> None:
    columns = ["patient", "supporter", "role", "strength", "contacts_per_week", "condition", "withdrawal"]
    assert contacts_in(pd.DataFrame([("a", "b", "friend", *[np.nan] * 4)], columns=columns)) is None
