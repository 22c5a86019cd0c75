"""How many of the contacts that interviews report can take place, against runs."""

import json
from pathlib import Path

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from supportnet.analysis.wording.caveats import cautions
from supportnet.sim.area.simulation import Simulation
from supportnet.sim.enums import Role
from supportnet.sim.importing.contacts import MOST, contacts_given, contacts_in, possible_contacts
from supportnet.sim.importing.importer import import_interviews
from supportnet.sim.kernels.meet import DAYS
from supportnet.sim.network_file.reader import read_networks
from supportnet.sim.parameters import Parameters
from supportnet.sim.scenario.scenario import Scenario
from supportnet.sim.scenario.schema import ServiceLevers

CONTACTS = (0.25, 0.5, 1.0, 2.0, 3.0, 7.0, 14.0)
PEOPLE, WEEKS = 2000, 4


def scenario_of(table: pd.DataFrame, folder: Path) -> Scenario:
    pq.write_table(pa.Table.from_pandas(table, preserve_index=False), folder / "networks.parquet")
    return Scenario.load("today", {"population.networks": str(folder / "networks.parquet")})


def possible_in(scenario: Scenario, n: int | None = None) -> np.ndarray:
    """Mean contacts a week of each tie, by the equations."""
    networks = read_networks(scenario.networks or "")
    people = n or scenario.population.patients
    return possible_contacts(networks, scenario.all_parameters, scenario.services, people)


def contacts_in_a_run(scenario: Scenario) -> np.ndarray:
    """(people, roles) Contacts a week in the first four weeks of a run."""
    simulation = Simulation(scenario)
    simulation.advance(WEEKS, every=0)
    contacts = simulation.area.world.people.recent
    assert contacts.shape[1] == WEEKS
    return np.asarray(contacts.mean(axis=1))


def test_most__is_what_the_model_allows() -> None:
    assert MOST == DAYS


@pytest.mark.parametrize("role", Role.words()[1:])
def test_possible_contacts__are_those_of_a_run__with_one_tie(tmp_path: Path, role: str) -> None:
    """But for crises, and for ties that end within the four weeks."""
    rows = [(f"{contacts}-{k}", "a", role, 0.5, contacts) for contacts in CONTACTS for k in range(PEOPLE)]
    names = ["patient", "supporter", "role", "strength", "contacts_per_week"]
    scenario = scenario_of(pd.DataFrame(rows, columns=names), tmp_path)
    contacts = contacts_in_a_run(scenario)[:, Role.words().index(role)].reshape(len(CONTACTS), PEOPLE).mean(axis=1)
    possible = possible_in(scenario).reshape(len(CONTACTS), PEOPLE).mean(axis=1)
    assert possible == pytest.approx(contacts, rel=0.08, abs=0.015)


@pytest.mark.parametrize("contacts", [[0.25], [1.0], [14.0], [1.0, np.nan]])
def test_possible_contacts__are_those_of_a_run__with_ones_own_professional(
    tmp_path: Path, contacts: list[float]
) -> None:
    """However many interviews report: a professional has a whole caseload to see, more of those in crisis."""
    table = pd.DataFrame({"patient": [str(k) for k in range(PEOPLE)], "supporter": "a", "role": "professional"})
    scenario = scenario_of(table.assign(contacts_per_week=np.resize(contacts, PEOPLE)), tmp_path)
    of_first = contacts_in_a_run(scenario)[:: len(contacts), Role.PROFESSIONAL].mean()
    assert np.nanmean(possible_in(scenario)) == pytest.approx(of_first, abs=0.05)


def test_possible_contacts__a_professional_with_few_people_has_time_for_more(tmp_path: Path) -> None:
    table = pd.DataFrame({"patient": ["a", "b"], "supporter": "c", "role": "professional", "contacts_per_week": 2.0})
    scenario = scenario_of(table, tmp_path)
    assert possible_in(scenario) == pytest.approx(2.0, abs=0.01)
    capacity, caseload = scenario.all_parameters.people.capacity.professional, scenario.services.caseload
    assert possible_in(scenario, n=400) == pytest.approx(capacity / caseload, abs=0.01)


def test_share_of_contacts__is_that_of_a_run__with_whole_networks(tmp_path: Path) -> None:
    """Of relatives it is not known how often; with up to a dozen ties, people have time for all that is known."""
    rng = np.random.default_rng(1)
    sizes = rng.integers(1, 13, 1000)
    table = pd.DataFrame({"patient": np.repeat(np.arange(1000), sizes).astype(str)})
    table["supporter"] = table.groupby("patient").cumcount().astype(str)
    table["role"] = rng.choice(Role.words(), len(table))
    table["strength"] = rng.uniform(0.3, 1.0, len(table))
    table["contacts_per_week"] = np.where(table["role"] == "family", np.nan, rng.choice(CONTACTS, len(table)))
    scenario = scenario_of(table, tmp_path)
    share = contacts_in_a_run(scenario)[:, : Role.FAMILY].sum() / table["contacts_per_week"].sum()
    contacts = contacts_given(read_networks(scenario.networks or ""), Parameters(), ServiceLevers(), len(sizes))
    assert contacts is not None
    assert contacts.share == pytest.approx(share, abs=0.03)


def test_report_and_run__say_how_much_contact_there_can_be(tmp_path: Path) -> None:
    (tmp_path / "ties.csv").write_text(
        "person,helper,role,weekly\na,1,friend,14\na,2,family,7\nb,1,friend,0.25\nc,1,friend,\n"
    )
    mapping = '[ties]\nfiles = "ties.csv"\npatient = "person"\nsupporter = "helper"\nrole = { column = "role" }\n'
    (tmp_path / "mapping.toml").write_text(mapping + 'contacts_per_week = { column = "weekly" }\n')
    report = import_interviews(tmp_path / "ties.csv", tmp_path / "mapping.toml", tmp_path / "out")
    note = (
        "contacts_per_week: about 13 of 21 contacts a week (62 %) can take place in a run, as a tie has at most seven "
        "a week, and a professional of the service serves a whole caseload; 1 tie has more than seven"
    )
    assert note in report.notes
    contacts = json.loads((tmp_path / "out" / "report.json").read_text())["contacts_per_week"]
    assert contacts["given"] == 21.25
    assert contacts["ties_above"] == 1
    assert contacts["share"] == pytest.approx(contacts["possible"] / contacts["given"])
    scenario = Scenario.load("today", {"population.networks": str(tmp_path / "out" / "networks.parquet")})
    assert any(one.startswith("short of contacts: about 62% of the 21 contacts a week") for one in cautions(scenario))


def test_nothing_is_said__where_contacts_are_not_given() -> None:
    columns = ["patient", "supporter", "role", "strength", "contacts_per_week"]
    assert contacts_in(pd.DataFrame([("a", "b", "friend", 0.5, np.nan)], columns=columns)) is None
