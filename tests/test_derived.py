"""Derived quantities: the kernel, the tables, the Mesa face and the simulated trials mean the same by a word."""

import numpy as np
import pytest

from supportnet.analysis.explorer.lives import person_week
from supportnet.experiments.ensemble.recording import recorded_people
from supportnet.experiments.randomised.trial import MEASURES, measure_participants, relapses_and_admissions
from supportnet.sim.area import derived
from supportnet.sim.area.derived import served
from supportnet.sim.mesa.model import SupportNetwork
from tests.small import small


@pytest.fixture(scope="module")
def model() -> SupportNetwork:
    """An area in which the words could differ: people at the very last of the weeks that count, and people whose only
    professional belongs to a programme."""
    values = {"thresholds.engaged_weeks": 6, "enrol.disengage": 0.02, "programmes.open_dialogue.coverage": 0.8}
    model = SupportNetwork(small("open-dialogue", population__patients=300, **values))
    model.run(10)
    return model


def test_engaged__has_one_meaning(model: SupportNetwork) -> None:
    run = model.simulation
    people, service = run.area.world.people, served(run.area.world)
    assert (service & (people.since_service == 6)).any()
    professionals = np.array([person.n_professional for person in model.patients])
    assert (~service & (professionals > 0) & (people.since_service < 6)).any()
    by_table = recorded_people(run)["engaged"].to_numpy()
    everybody, luck = np.arange(run.n_people), np.random.default_rng(1)
    measured = measure_participants(run, everybody, relapses_and_admissions(people), luck)
    by_trial = measured[:, MEASURES.index("engagement")]
    by_face = np.array([person.engaged for person in model.patients])
    np.testing.assert_array_equal(by_table, by_trial > 0)
    np.testing.assert_array_equal(by_table, by_face)
    assert model.outcomes["engagement"] == by_table.mean()


def test_recovery_and_scores__are_those_of_the_kernel_and_of_the_face(model: SupportNetwork) -> None:
    people, patients = model.simulation.area.world.people, model.patients
    scores = {
        "recovery": derived.recovery_of(people), "phq9": derived.phq9_score(people.distress),
        "gad7": derived.gad7_score(people.distress, people.anxiety),
    }  # fmt: skip
    for name, found in scores.items():
        np.testing.assert_array_equal(found, patients.get(name), name)
        assert model.outcomes[name] == pytest.approx(found.mean(), abs=1e-6), name


def test_each_tie__has_one_owner(model: SupportNetwork) -> None:
    owners = derived.owners(model.simulation.area.world.people)
    assert owners.tolist() == [tie.patient.who.person for tie in model.ties]


def test_who_is_in_a_programme__is_so_everywhere__until_they_give_it_up() -> None:
    model = SupportNetwork(small("self-help-groups"))
    model.run(10)
    person = next(person for person in model.patients if person.programmes)
    joined = person.programmes
    row = person.who.person
    assert recorded_people(model.simulation)["programmes"][row] == ",".join(joined)
    assert person_week(model.simulation, row).programmes == [*joined]
    person.leave(joined[0])
    assert person.programmes == joined[1:]
    assert recorded_people(model.simulation)["programmes"][row] == ",".join(joined[1:])
