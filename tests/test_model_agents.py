"""Views of people, supporters and ties: they read and write the arrays."""

import math
from collections import Counter
from typing import Any

import networkx as nx
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from supportnet.sim.area.invariants import verify
from supportnet.sim.enums import Mechanism, Process, Role
from supportnet.sim.errors import UserInputError
from supportnet.sim.mesa.agents import Family, Friend, Patient, Peer, Professional
from supportnet.sim.mesa.model import SupportNetwork
from supportnet.sim.mesa.ties import ArrayNumber, GoneError, TieView
from tests.test_model import same_bits

KINDS = (Patient, Professional, Peer, Friend, Family)


@pytest.fixture(scope="module")
def model() -> SupportNetwork:
    """Nobody writes to this one."""
    model = SupportNetwork("befriending", patients=128, seed=4)
    model.run(30)
    return model


def fresh(patients: int = 64, **given: Any) -> SupportNetwork:
    model = SupportNetwork(given.pop("scenario", "today"), patients=patients, **given)
    model.run(2)
    return model


def rows(model: SupportNetwork) -> dict[tuple[int, int], int]:
    """Row of every tie by person and key, found the slow way."""
    people, ties = model.world.people, model.world.ties
    found = {}
    for person in range(len(people)):
        for row in range(people["first"][person], people["first"][person] + people["n_ties"][person]):
            found[person, int(ties["key"][row])] = row
    return found


def numbers_of(kind: type) -> list[str]:
    """Attributes of a view that can be written as numbers."""
    found = {name: value for base in reversed(kind.__mro__) for name, value in vars(base).items()}
    return [name for name, value in found.items() if isinstance(value, ArrayNumber) and math.isfinite(value.high)]


def test_people__are_all_there(model: SupportNetwork) -> None:
    assert [person.number for person in model.patients] == list(range(128))
    assert set(model.agent_types) == set(KINDS)
    assert len(model.agents) == sum(len(model.agents_by_type[kind]) for kind in KINDS)
    assert len(set(model.agents.get("name"))) == len(model.agents)
    assert sum(staff.post is not None for staff in model.agents_by_type[Professional]) == 6
    alone = [supporter for kind in (Peer, Friend, Family) for supporter in model.agents_by_type[kind]]
    assert {len(supporter.ties) for supporter in alone} == {1}
    assert {(type(supporter), supporter.role) for supporter in alone} == {
        (Peer, "peer"), (Friend, "friend"), (Family, "family"),
    }  # fmt: skip


def test_ties__lead_from_people_to_supporters_and_back(model: SupportNetwork) -> None:
    assert len(model.ties) == model.world.people.n_ties.sum() == len(rows(model))
    assert [tie for person in model.patients for tie in person.ties] == model.ties
    for tie in model.ties:
        assert tie in tie.patient.ties
        supporter = tie.supporter
        if isinstance(supporter, Patient):
            assert tie.role == "peer"
            assert tie in supporter.helps
            assert supporter in model.patients
        else:
            assert supporter.role == tie.role
            assert tie in supporter.ties
            assert tie.patient in supporter.patients
        assert supporter in tie.patient.supporters
    assert any(isinstance(tie.supporter, Patient) for tie in model.ties)


def test_holders__have_the_ties_of_their_post(model: SupportNetwork) -> None:
    of_service = [tie for tie in model.ties if tie.origin == "service"]
    assert of_service
    for tie in of_service:
        assert isinstance(tie.supporter, Professional)
        assert tie.supporter.post == model.world.people["post"][tie.who.person]
        assert tie.patient.professional is tie.supporter
    staff = model.agents_by_type[Professional]
    assert sum(len(holder.ties) for holder in staff if holder.post is not None) == len(of_service)
    unserved = [person for person in model.patients if all(tie.origin != "service" for tie in person.ties)]
    assert [person.professional for person in unserved] == [None] * len(unserved)


def test_people__say_what_the_arrays_say(model: SupportNetwork) -> None:
    people, week = model.world.people, model.week
    for person in model.patients:
        mine = people[person.number]
        assert person.recovery == pytest.approx(np.mean([getattr(person, process.word) for process in Process]))
        assert person.hope == mine.processes[1]
        assert person.distress == mine.distress
        assert person.phq9 == math.floor(27 * mine.distress + 0.5)
        assert person.gad7 == math.floor(21 * min(1, max(0, float(mine.distress) + float(mine.anxiety))) + 0.5)
        assert person.qpr == pytest.approx(60 * person.recovery)
        assert person.network_size == len(person.ties)
        roles = [tie.role for tie in person.ties]
        assert [person.n_professional, person.n_peer, person.n_friend, person.n_family] == [
            roles.count(role) for role in Role.words()
        ]
        assert person.strongest_tie == max((tie.strength for tie in person.ties), default=0.0)
        assert person.in_crisis == (mine.crisis > 0)
        assert person.contacts_family == mine.recent[:, 3].sum()
        assert person.wished_size == mine.wished_size
        if person.recovered_clinical:
            assert week - 1 - mine.relapse_week >= 52


def test_who_knows_whom__is_as_in_the_arrays_and_as_outcomes_have_it(model: SupportNetwork) -> None:
    people, here = list(model.patients), rows(model)
    for tie in model.ties:
        mask, ties = int(model.world.ties["knows"][here[tie.who.person, tie.who.key]]), tie.patient.ties
        assert tie.knows == [other for slot, other in enumerate(ties) if mask >> slot & 1]
        assert all(tie in other.knows for other in tie.knows)
    assert any(tie.knows for tie in model.ties)
    densities = [person.density for person in people if person.network_size > 1]
    assert np.mean(densities) == pytest.approx(model.outcomes["density"])
    assert np.mean([density == 0 for density in densities]) == pytest.approx(model.outcomes["share_unlinked"])
    for name in ("supporter_ties", "components"):
        assert np.mean([getattr(person, name) for person in people]) == pytest.approx(model.outcomes[name])


def test_who_knows_whom__can_be_written_for_both_sides() -> None:
    model = fresh(20)
    person = max(model.patients, key=lambda person: person.network_size)
    one, other, third, *_ = person.ties
    before = {tie: tie.knows for tie in model.ties}
    one.knows = [third, other]
    assert one.knows == [other, third]
    assert one in other.knows
    assert one in third.knows
    one.knows = [other]
    assert (one.knows, one in other.knows, one in third.knows) == ([other], True, False)
    assert verify(model.simulation.area) == []
    for tie, knew in before.items():
        assert tie == one or [mate for mate in tie.knows if mate != one] == [mate for mate in knew if mate != one]
    model.run(4)
    assert other in one.knows
    assert one in other.knows
    one.knows = other.knows = []
    assert one.knows == other.knows == []
    assert verify(model.simulation.area) == []


def test_who_knows_whom__is_refused_beyond_the_persons_other_ties() -> None:
    model, twin = fresh(20), fresh(20)
    person, stranger = model.patients[0], model.patients[1].ties[0]
    tie, ended = person.ties[0], person.ties[-1]
    ended.strength = ended.rate = 0.0
    model.step()
    assert ended.gone
    before = model.world.ties["knows"].copy()
    of_another_model = twin.patients[0].ties[1]
    for wrong in (tie, stranger, ended, of_another_model, person, None):
        with pytest.raises(UserInputError, match="knows must be other ties of the same person"):
            tie.knows = [*tie.knows, wrong]
    with pytest.raises(GoneError):
        ended.knows = []
    np.testing.assert_array_equal(model.world.ties["knows"], before)


def test_who_knows_whom__is_kept_and_holds_ties_together() -> None:
    """Where supporters know each other they stay: the embeddedness of 7.6."""

    def all_together(model: SupportNetwork) -> None:
        for person in model.patients:
            for tie in person.ties:
                tie.knows = [other for other in person.ties if other != tie]
        assert verify(model.simulation.area) == []

    def all_apart(model: SupportNetwork) -> None:
        for tie in model.ties:
            tie.knows = []
        assert verify(model.simulation.area) == []

    stayed = []
    for change, density in ((all_together, 1.0), (all_apart, 0.0)):
        model = fresh(60, between_weeks=change)
        begun = [tie for tie in model.ties if tie.origin == "natural"]
        model.run(26)
        assert {person.density for person in model.patients if person.network_size > 1} == {density}
        stayed.append(np.mean([not tie.gone for tie in begun]))
    assert stayed[0] > stayed[1] + 0.02


def test_programmes__are_told_by_name(model: SupportNetwork) -> None:
    joined = [person for person in model.patients if person.programmes]
    assert joined
    for person in joined:
        assert person.programmes == ("befriending",)
        assert "befriending" in {tie.origin for tie in person.ties}
    assert {tie.origin for tie in model.ties} == {"natural", "service", "befriending"}


@pytest.mark.parametrize("kind", [*KINDS, TieView])
def test_numbers__can_be_written_and_read_back(kind: type) -> None:
    model = fresh()
    views = model.ties if kind is TieView else list(model.agents_by_type[kind])
    names = numbers_of(kind)
    assert len(names) >= 4
    for view in (views[0], views[-1]):
        for name in names:
            about = getattr(kind, name)
            value = about.low + 0.37 * (about.high - about.low)
            before = {other: getattr(view, other) for other in names if other != name}
            setattr(view, name, value)
            assert getattr(view, name) == pytest.approx(value)
            assert {other: getattr(view, other) for other in names if other != name} == before


def test_writing__reaches_one_row_only() -> None:
    model, twin = fresh(), fresh()
    person = model.patients[17]
    person.distress, person.hope = 0.9, 0.8
    tie = person.ties[2]
    tie.trust, tie.ruptured = 0.25, True
    assert tie.ruptured is True
    people, ties = model.world.people, model.world.ties
    assert (people["distress"][17], people["processes"][17, 1]) == (np.float32(0.9), np.float32(0.8))
    changed = np.flatnonzero(ties["trust"] != twin.world.ties["trust"])
    assert changed.tolist() == [rows(model)[17, tie.who.key]]
    person.distress, person.hope = twin.patients[17].distress, twin.patients[17].hope
    tie.trust, tie.ruptured = twin.ties[model.ties.index(tie)].trust, twin.ties[model.ties.index(tie)].ruptured
    assert same_bits(model.world, twin.world)


@pytest.mark.parametrize("wrong", [-0.01, 1.01, math.nan, math.inf, "0.5", None, [0.5]])
def test_wrong_numbers__are_refused_and_change_nothing(wrong: Any) -> None:
    model = fresh(20)
    person = model.patients[3]
    tie = person.ties[0]
    twin = fresh(20)
    for view, name in ((person, "hope"), (person, "recovery"), (person, "strain"), (tie, "trust"), (tie, "ruptured")):
        with pytest.raises(ValueError, match=f"{name} of .*expected"):
            setattr(view, name, wrong)
    with pytest.raises(ValueError, match=r"number from 0.02 to 0.9"):
        person.vulnerability = wrong
    assert same_bits(model.world, twin.world)


def test_what_weeks_count__cannot_be_written() -> None:
    person = fresh(20).patients[0]
    for view, name in ((person, "relapses"), (person, "phq9"), (person, "programmes"), (person.ties[0], "age_weeks"),
                       (person.ties[0], "presence"), (person.ties[0], "role"), (person.ties[0], "mood")):  # fmt: skip
        with pytest.raises(AttributeError):
            setattr(view, name, 1)


@settings(max_examples=60, deadline=None)
@given(st.floats(0.0, 1.0), st.lists(st.floats(0.0, 1.0, width=32), min_size=5, max_size=5))
def test_recovery__moves_all_five_and_keeps_their_order(value: float, start: list[float]) -> None:
    model = SMALL
    person = model.patients[0]
    for process, level in zip(Process, start, strict=True):
        setattr(person, process.word, level)
    person.recovery = value
    now = [getattr(person, process.word) for process in Process]
    assert person.recovery == pytest.approx(value, abs=1e-6)
    assert all(0.0 <= level <= 1.0 for level in now)
    assert all(now[i] <= now[j] + 1e-6 for i in range(5) for j in range(5) if start[i] <= start[j])


SMALL = SupportNetwork("today", patients=4)


def test_agent_sets__select_set_and_add_up() -> None:
    model = fresh()
    median = model.patients.agg("distress", np.median)
    worse = model.agents_by_type[Patient].select(lambda person: person.distress > median)
    assert 0 < len(worse) < 64
    worse.set("distress", 0.1)
    assert model.patients.agg("distress", max) <= median
    strains = model.agents.get("strain")
    assert len(strains) == len(model.agents)
    model.agents.shuffle_do(lambda agent: setattr(agent, "strain", 0.5))
    assert set(model.agents.get("strain")) == {0.5}
    by_role = model.agents.select(agent_type=Family).groupby("role")
    assert by_role.count() == {"family": len(model.agents_by_type[Family])}
    assert model.patients.sort("hope")[0].hope == model.patients.agg("hope", max)
    model.patients[0].mood = "hopeful"
    model.step()
    assert model.patients[0].mood == "hopeful"
    assert verify(model.simulation.area) == []


def test_mechanisms__are_those_of_the_last_contact(model: SupportNetwork) -> None:
    here = rows(model)
    names = [{"TRUST": "trust_felt"}.get(mechanism.name, mechanism.word) for mechanism in Mechanism]
    met = 0
    for tie in model.ties:
        told = [getattr(tie, name) for name in names]
        if tie.weeks_since_contact < min(tie.age_weeks, model.week):
            assert told == model.world.last[here[tie.who.person, tie.who.key]].tolist()
            assert told[1] > 0.0  # trust; presence is nought where a supporter is worn out
            met += 1
        else:
            assert np.isnan(told).all()
    assert 0 < met < len(model.ties)


def test_mechanisms__are_not_told_where_they_are_not_kept() -> None:
    model = fresh(20, record=False)
    with pytest.raises(RuntimeError, match="record=True"):
        _ = model.ties[0].presence
    assert model.ties[0].trust >= 0.0


def test_joining__brings_sessions_and_leaving_ends_them() -> None:
    model = fresh(scenario="befriending", values={"programmes.befriending.uptake": 0.0})
    assert not any(person.programmes for person in model.patients)
    person = model.patients[5]
    person.join("befriending")
    person.join("befriending")
    model.run(4)
    assert person.programmes == ("befriending",)
    assert "befriending" in {tie.origin for tie in person.ties}
    assert person.sessions_attended > 0
    assert model.world.people["enrolments"].tolist() == [int(number == 5) for number in range(64)]
    person.leave("befriending")
    assert person.programmes == ()
    model.step()
    assert model.world.places["weeks_in"][0, 5] == -1
    with pytest.raises(ValueError, match="befriending"):
        person.join("befriendin")


def test_network__has_everybody_and_every_tie(model: SupportNetwork) -> None:
    graph = model.network()
    assert set(graph.nodes) == set(model.agents.get("name"))
    kinds = Counter(edge["kind"] for *_, edge in graph.edges(data=True))
    assert kinds == {"tie": len(model.ties), "acquaintance": sum(len(tie.knows) for tie in model.ties)}
    for agent in model.agents:
        node = graph.nodes[agent.name]
        assert node["kind"] == ("patient" if isinstance(agent, Patient) else agent.role)
        assert node["strain"] == agent.strain
    for tie in model.ties:
        edge = graph.edges[tie.patient.name, tie.supporter.name, tie.who.key]
        assert edge == {"kind": "tie"} | {name: getattr(tie, name) for name in edge if name != "kind"}
        for other in tie.knows:
            edge = graph.edges[tie.supporter.name, other.supporter.name, tie.patient.name]
            assert edge == {"kind": "acquaintance", "patient": tie.patient.name}
    assert {graph.nodes[name]["recovery"] for name in ("patient-0", "patient-9")} == {
        model.patients[number].recovery for number in (0, 9)
    }


def test_network__can_be_written_to_a_file(model: SupportNetwork, tmp_path: Any) -> None:
    path = tmp_path / "network.graphml"
    nx.write_graphml(model.network(), path)
    assert nx.read_graphml(path).number_of_nodes() == len(model.agents)


def test_area_without_friends_or_staff__still_has_their_kinds() -> None:
    model = fresh(10, values={"services.coverage": 0.0})
    assert not any(tie.origin == "service" for tie in model.ties)
    assert set(model.agent_types) == set(KINDS)
    assert model.patients[0].professional is None
    one = fresh(1)
    assert len(one.patients) == 1
    assert not any(isinstance(tie.supporter, Patient) for tie in one.ties)
