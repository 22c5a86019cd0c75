"""The lowest answer about closeness means a weak tie; ties that end in the first week are counted."""

from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from supportnet.analysis.wording.caveats import cautions
from supportnet.sim.area.simulation import Simulation
from supportnet.sim.importing.assembling import FLOOR, WEAKEST
from supportnet.sim.importing.contacts import possible_contacts
from supportnet.sim.importing.importer import import_interviews
from supportnet.sim.network_file.reader import read_networks
from supportnet.sim.scenario.scenario import Scenario
from tests.test_import import study

MAPPING = """
    [ties]
    files = "ties.csv"
    patient = "id"
    supporter = "who"
    role = { column = "role" }
    strength = { column = "close", scale = [1, 5] }
    contacts_per_week = { column = "weekly" }
    """


def imported(folder: Path, rows: str) -> tuple[list[str], Scenario]:
    """What the report notes, and a scenario with these ties."""
    source = study(folder / "study", {"ties.csv": "id,who,role,close,weekly\n" + rows, "m.toml": MAPPING})
    report = import_interviews(source, source / "m.toml", folder / "out")
    return report.notes, scenario_with(folder / "out" / "networks.parquet")


def scenario_with(path: Path) -> Scenario:
    return Scenario.load("today", {"population.networks": str(path)})


def by_hand(folder: Path, strength: list[float], role: str = "friend", contacts: float = np.nan) -> Scenario:
    """People with one tie each."""
    table = pd.DataFrame({"patient": [str(k) for k in range(len(strength))], "supporter": "a", "role": role})
    table = table.assign(strength=strength, contacts_per_week=contacts)
    table.to_parquet(folder / "networks.parquet", index=False)
    return scenario_with(folder / "networks.parquet")


def share_left(scenario: Scenario, weeks: int) -> float:
    """Share of first ties that are there after so many weeks."""
    simulation = Simulation(scenario)
    people, ties = simulation.area.world.people, simulation.area.world.ties
    keys = ties.key[people.first].copy()
    simulation.advance(weeks, every=0)
    return float((ties.key[people.first] == keys)[people.n_ties > 0].sum() / len(people))


def about_ties(scenario: Scenario) -> list[str]:
    return [caution for caution in cautions(scenario) if caution.startswith("short of ties")]


def test_the_lowest_answer__is_a_weak_tie__and_the_report_counts_it(tmp_path: Path) -> None:
    notes, scenario = imported(tmp_path, "a,x,friend,1,7\na,y,friend,2,1\nb,x,family,1,\nb,y,peer,,\nb,z,peer,5,1\n")
    networks = read_networks(scenario.networks or "")
    assert networks.strength.tolist() == pytest.approx([WEAKEST, 0.25, WEAKEST, np.nan, 1.0], nan_ok=True)
    note = "strength: 2 ties below 0.1 raised to 0.1, since in a run ties below 0.08 (fade.floor) end in the first week"
    assert note in notes
    assert about_ties(scenario) == []
    notes, _ = imported(tmp_path, "a,x,friend,2,1\n")
    assert not [note for note in notes if note.startswith("strength")]


def test_the_weakest_imported_ties__outlast_three_months_without_contact(tmp_path: Path) -> None:
    assert share_left(by_hand(tmp_path, [WEAKEST] * 400, contacts=0.0), 13) > 0.8
    assert share_left(by_hand(tmp_path, [FLOOR + 0.001] * 400, contacts=0.0), 13) == 0.0


def test_ties_below_the_floor__are_said_to_end__do_so__and_have_no_contacts_to_count(tmp_path: Path) -> None:
    scenario = by_hand(tmp_path, [0.0] * 100 + [0.05] * 100 + [0.5] * 200, contacts=0.25)
    assert about_ties(scenario) == [
        "short of ties: 200 of the 400 ties in its interviews are below fade.floor (0.08) and end in the first week, "
        "unless contact strengthens them"
    ]
    networks = read_networks(scenario.networks or "")
    possible = possible_contacts(networks, scenario.all_parameters, scenario.services, 400)
    assert (possible[:200] == 0.0).all()
    assert (possible[200:] > 0.2).all()
    assert share_left(scenario, 1) == pytest.approx(0.5, abs=0.03)


def test_the_floor__is_that_of_the_scenario(tmp_path: Path) -> None:
    _, scenario = imported(tmp_path, "a,x,friend,1,7\na,y,friend,2,1\n")
    higher = scenario.with_values({"fade.floor": 0.15})
    (caution,) = about_ties(higher)
    assert caution.startswith("short of ties: 1 of the 2 ties in its interviews is below fade.floor (0.15) and ends")


def test_ties_of_the_service__end_by_no_floor(tmp_path: Path) -> None:
    scenario = by_hand(tmp_path, [0.0] * 40, role="professional")
    assert about_ties(scenario) == []
    assert share_left(scenario, 1) > 0.9


def test_ties_without_contact__are_counted(tmp_path: Path) -> None:
    notes, _ = imported(tmp_path, "a,x,friend,3,0\na,y,friend,3,0\na,z,friend,3,\na,w,friend,3,1\n")
    note = "contacts_per_week: 2 ties with 0: no contact outside programmes, and weaker every week until they end"
    assert note in notes
