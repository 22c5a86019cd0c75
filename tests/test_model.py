"""The Mesa face: the same bits as a headless run, what a Mesa user expects, behaviours in plain Python."""

import math
import pickle
import subprocess
import sys
from pathlib import Path
from typing import Any

import mesa
import numpy as np
import pytest
from mesa.datacollection import DataCollector

from supportnet.sim.area.invariants import verify
from supportnet.sim.area.simulation import Simulation
from supportnet.sim.errors import UserInputError
from supportnet.sim.mesa.agents import Family, Friend, Patient, Peer, Professional, Supporter
from supportnet.sim.mesa.model import SupportNetwork
from supportnet.sim.outcomes import OUTCOMES
from supportnet.sim.scenario.scenario import Scenario
from tests.command_line import environment

EVENTFUL = """
based_on = "today"
weeks = 60
[population]
patients = 150
[services]
turnover = 1.0
[programmes.befriending]
coverage = 0.5
[programmes.creative_music_therapy]
coverage = 0.5
capacity = 5
[[calendar]]
week = 10
set = { "services.caseload" = 12 }
[[calendar]]
week = 20
set = { "services.caseload" = 10, "services.contacts_per_week" = 1.0 }
target = "few_ties"
[[calendar]]
week = 30
set = { "services.caseload" = 40 }
"""


@pytest.fixture
def eventful(tmp_path: Path) -> Scenario:
    """Programmes come and go, staff leave, posts open and close, a target group gets services of its own."""
    path = tmp_path / "eventful.toml"
    path.write_text(EVENTFUL, encoding="utf-8")
    return Scenario.load(path)


def same_bits(one: Any, other: Any) -> bool:
    """Whether two worlds are equal in every field of every row."""
    return all(
        a.dtype == b.dtype and all(a[name].tobytes() == b[name].tobytes() for name in a.dtype.names or [...])
        for a, b in zip(one, other, strict=True)
    )


def headless(scenario: Scenario | str, weeks: int, **luck: int) -> Simulation:
    found = scenario if isinstance(scenario, Scenario) else Scenario.load(scenario, {"population.patients": 150})
    simulation = Simulation(found, record=True, **luck)
    simulation.advance(weeks)
    return simulation


def test_mesa__gives_the_bits_of_a_headless_run() -> None:
    model = SupportNetwork("today", seed=3, replicate=2, patients=150)
    model.run(52)
    assert model.steps == model.week == 52
    assert same_bits(model.world, headless("today", 52, seed=3, replicate=2).area.world)
    assert not same_bits(model.world, headless("today", 52, seed=3, replicate=1).area.world)


def test_mesa__gives_the_bits_of_a_headless_run_with_a_calendar_and_programmes(eventful: Scenario) -> None:
    model = SupportNetwork(eventful)
    model.run()
    simulation = headless(eventful, 60)
    assert simulation.area.world.people.enrolments.sum() > 0
    assert simulation.area.world.several.left.sum() > 0
    assert len(simulation.spans) == 4
    assert same_bits(model.world, simulation.area.world)


def test_posts_that_close__lose_their_holders_and_no_tie(eventful: Scenario) -> None:
    model = SupportNetwork(eventful)
    model.run(30)
    before = [staff for staff in model.agents_by_type[Professional] if staff.post is not None]
    model.step()  # caseloads grow: fewer posts
    after = [staff for staff in model.agents_by_type[Professional] if staff.post is not None]
    closed = {staff.post for staff in before} - {staff.post for staff in after}
    assert closed
    assert all(staff.gone and not staff.ties for staff in before if staff.post in closed)
    served = [tie for tie in model.ties if tie.origin == "service"]
    assert {tie.supporter.post for tie in served if isinstance(tie.supporter, Professional)}.isdisjoint(closed)
    assert {tie.supporter for tie in served} <= set(after)


def test_looking_at_everybody__changes_nobody(eventful: Scenario) -> None:
    model = SupportNetwork(eventful)
    for _ in range(7):
        model.run(5)
        model.agents.shuffle_do(lambda agent: [tie.supporter.strain for tie in agent.ties])
        model.network()
        model.random.random(), model.rng.random()
    assert same_bits(model.world, headless(eventful, 35).area.world)


def test_copies__live_on_alone_and_alike() -> None:
    model = SupportNetwork("today", patients=30)
    model.run(3)
    tie = model.patients[0].ties[0]
    copy = pickle.loads(pickle.dumps(model))
    copy.patients[0].hope = 0.123
    assert model.patients[0].hope != pytest.approx(0.123)
    assert copy.world.people.processes[0, 1] == pytest.approx(0.123)
    copy.patients[0].hope = model.patients[0].hope
    copy.run(5)
    model.run(5)
    assert same_bits(model.world, copy.world)
    assert copy.agents.get("name") == model.agents.get("name")
    assert tie != copy.patients[0].ties[0]


def test_luck_of_behaviours__is_mesas_and_differs_between_replicates() -> None:
    first, again, other = (SupportNetwork("today", seed=5, replicate=k, patients=20) for k in (0, 0, 1))
    numbers = [(model.random.random(), model.rng.random()) for model in (first, again, other)]
    assert numbers[0] == numbers[1] != numbers[2]


class Counted(Patient):
    """A person who tells when their agent is made."""

    made: list[str] = []  # noqa: RUF012

    def __init__(self, model: SupportNetwork, *who: Any) -> None:
        super().__init__(model, *who)
        self.made.append(self.name)


def test_agents__are_made_when_somebody_looks() -> None:
    Counted.made.clear()
    model = SupportNetwork("today", patients=25, agent_classes={Patient: Counted})
    model.run(4)
    model.network()
    assert Counted.made == []
    assert len(model.patients) == 25
    model.run(2)
    assert Counted.made == [f"patient-{number}" for number in range(25)]


def test_outcomes__are_what_the_views_say(eventful: Scenario) -> None:
    model = SupportNetwork(eventful)
    model.run(40)
    alike = (
        *(
            "recovery",
            "hope",
            "identity",
            "qpr",
            "distress",
            "withdrawal",
            "phq9",
            "gad7",
            "loneliness",
            "network_size",
        ),
        *("n_professional", "n_peer", "n_friend", "n_family", "strongest_tie"),
    )
    for name in alike:
        assert model.outcomes[name] == pytest.approx(model.patients.agg(name, np.mean), abs=1e-6), name
    shares = {
        "engagement": "engaged",
        "share_recovered_personal": "recovered_personal",
        "share_recovered_clinical": "recovered_clinical",
        "remission": "in_remission",
    }
    for outcome, name in shares.items():
        assert 0.0 < model.outcomes[outcome] == pytest.approx(model.patients.agg(name, np.mean)), outcome
    trust = [tie.trust for tie in model.ties if tie.role == "professional"]
    assert model.outcomes["alliance"] == pytest.approx(np.mean(trust))
    alliances = [person.alliance for person in model.patients]
    assert np.nansum(np.array(alliances) * model.patients.get("n_professional")) == pytest.approx(sum(trust))
    assert model.outcomes["relapses"] == pytest.approx(model.patients.agg("relapses", sum) / (150 * 40 / 52))


def test_datacollector__has_all_outcomes_week_by_week() -> None:
    model = SupportNetwork("today", patients=40)
    assert all(math.isnan(value) for value in model.outcomes.values())
    model.run(3)
    frame = model.datacollector.get_model_vars_dataframe()
    assert list(frame.columns) == list(OUTCOMES)
    assert len(frame) == 3
    simulation = Simulation(Scenario.load("today", {"population.patients": 40}))
    seen = simulation.advance(3)
    expected = simulation.outcomes(seen, np.arange(1, 4))
    for name in set(OUTCOMES) - {"inequality"}:
        np.testing.assert_array_equal(frame[name], expected[name])
    assert frame["inequality"].iloc[-1] == simulation.inequality()


def test_datacollector__reports_agents_and_what_a_user_adds() -> None:
    model = SupportNetwork(
        "today",
        patients=20,
        model_reporters={"lonely": lambda model: len(model.patients.select(lambda person: person.loneliness > 0.4))},
        agent_reporters={"strain": "strain"},
        agenttype_reporters={Patient: {"hope": "hope"}},
    )
    model.run(2)
    assert model.datacollector.get_model_vars_dataframe()["lonely"].between(0, 20).all()
    strains = model.datacollector.get_agent_vars_dataframe()
    assert strains.loc[2]["strain"].tolist() == model.agents.get("strain")
    hopes = model.datacollector.get_agenttype_vars_dataframe(Patient)
    assert hopes.loc[2]["hope"].tolist() == model.patients.get("hope")
    model.datacollector = DataCollector(model_reporters={"week": "week"})
    model.step()
    assert model.datacollector.get_model_vars_dataframe()["week"].tolist() == [3]


def test_batch_run__runs_every_design_point() -> None:
    found = mesa.batch_run(
        SupportNetwork,
        {"scenario": "today", "patients": [20, 30], "weeks": 5, "replicate": range(2)},
        max_steps=100,
        display_progress=False,
    )
    rows = {(row["patients"], row["replicate"]): row["recovery"] for row in found}
    assert len(found) == len(set(rows.values())) == 4
    for (patients, replicate), recovery in rows.items():
        model = SupportNetwork("today", patients=patients, weeks=5, replicate=replicate)
        model.run_model()
        assert (model.week, model.outcomes["recovery"]) == (5, recovery)


def cheer_up(model: SupportNetwork) -> None:
    model.patients.select(lambda person: person.distress > 0.3).set("hope", 0.9)


def test_hook__changes_the_outcome_from_the_next_week_on() -> None:
    plain, tried = SupportNetwork("today", patients=60), SupportNetwork("today", patients=60, between_weeks=cheer_up)
    plain.step()
    tried.step()
    assert plain.outcomes["hope"] == tried.outcomes["hope"]
    assert not same_bits(plain.world, tried.world)
    plain.run(25)
    tried.run(25)
    assert tried.outcomes["hope"] > plain.outcomes["hope"] + 0.02
    assert tried.outcomes["distress"] < plain.outcomes["distress"]
    assert verify(tried.simulation.area) == []


def test_hook__without_effect_leaves_all_bits_alone() -> None:
    calls = []
    model = SupportNetwork("today", patients=150, between_weeks=lambda model: calls.append(model.week))
    model.run(10)
    assert calls == list(range(1, 11))
    assert same_bits(model.world, headless("today", 10).area.world)


class Mentor(Patient):
    """Somebody who takes care of the ties in which they are a fellow patient's peer."""

    def step(self) -> None:
        for tie in self.helps:
            tie.trust = min(1.0, tie.trust + 0.1)


def test_mentors__are_trusted_from_the_first_week_and_change_what_follows() -> None:
    plain = SupportNetwork("today", patients=128)
    tried = SupportNetwork("today", patients=128, agent_classes={Patient: Mentor})
    plain.step()
    tried.step()
    assert {type(person) for person in tried.patients} == {Mentor}
    for before, after in zip(plain.ties, tried.ties, strict=True):
        more = 0.1 if isinstance(before.supporter, Patient) else 0.0
        assert after.trust == pytest.approx(min(1.0, before.trust + more), abs=1e-6)
    assert same_bits([plain.world.people], [tried.world.people])
    plain.run(7)
    tried.run(7)
    moved = [a.number for a, b in zip(plain.patients, tried.patients, strict=True) if a.hope != b.hope]
    helped = {tie.patient.number for tie in plain.ties + tried.ties if isinstance(tie.supporter, Patient)}
    assert moved
    assert set(moved) & helped


def in_turn(kind: type[Any], turns: list[str]) -> type[Any]:
    """A kind of agent that notes when its turn comes."""

    def step(self: Any) -> None:
        turns.append(self.name)

    return type(f"Noted{kind.__name__}", (kind,), {"step": step})


def test_turns__are_taken_once_a_week_in_the_order_of_identities() -> None:
    turns: list[str] = []
    kinds = {kind: in_turn(kind, turns) for kind in (Patient, Professional, Peer, Friend, Family)}
    model = SupportNetwork("today", patients=30, agent_classes=kinds, between_weeks=lambda _: turns.append("hook"))
    model.step()
    assert sorted(turns[:-1]) == sorted(model.agents.get("name"))
    assert turns[:30] == [f"patient-{number}" for number in range(30)]
    assert turns[30:32] == ["post-0-0", "post-1-0"]
    others = [tuple(int(part) for part in name.split("-")[1:]) for name in turns[32:-1]]
    assert others == sorted(others)
    assert turns[-1] == "hook"
    model.run(20)
    last = turns[len(turns) - 1 - turns[-2::-1].index("hook") : -1]
    assert sorted(last) == sorted(model.agents.get("name"))
    assert [len(name.split("-")) for name in last] == sorted(len(name.split("-")) for name in last)


def test_people_of_a_kind_without_step__are_not_asked() -> None:
    turns: list[str] = []
    model = SupportNetwork("today", patients=30, agent_classes={Friend: in_turn(Friend, turns)})
    model.step()
    assert turns
    assert {name.split("-")[0] for name in turns} == {"friend"}


def test_mistakes__are_told_in_words() -> None:
    with pytest.raises(UserInputError, match="caseload"):
        SupportNetwork("today", values={"services.caselaod": 10})
    with pytest.raises(UserInputError, match="patiens"):
        SupportNetwork("today", patiens=10)
    with pytest.raises(UserInputError, match=r"population.preset"):
        SupportNetwork("today", preset="psychotic")
    with pytest.raises(UserInputError, match="todai"):
        SupportNetwork("todai")
    for seed in (None, 1.5, -1):
        with pytest.raises(UserInputError, match="seed"):
            SupportNetwork("today", seed=seed, patients=10)  # type: ignore[arg-type]
    for classes in ({Patient: Peer}, {Supporter: Supporter}, {Friend: "Friend"}):
        with pytest.raises(UserInputError, match="agent_classes"):
            SupportNetwork("today", patients=10, agent_classes=classes)  # type: ignore[arg-type]


def test_values__reach_the_scenario() -> None:
    model = SupportNetwork("today", patients=30, weeks=7, preset="psychosis", values={"services.caseload": 10})
    assert len(model.agents_by_type[Patient]) == 30
    assert {person.condition for person in model.patients} == {"psychosis"}
    assert len([staff for staff in model.agents_by_type[Professional] if staff.post is not None]) == 3
    model.run()
    assert (model.week, model.running) == (7, False)


def test_a_week__makes_no_agents_that_nobody_has_asked_for(monkeypatch: pytest.MonkeyPatch) -> None:
    model = SupportNetwork("today", patients=30)
    with monkeypatch.context() as unasked:
        unasked.setattr(SupportNetwork, "_meet", lambda model: pytest.fail("agents are made"))
        model.step()
    everybody = set(model.agents)
    assert len(everybody) > 200
    assert set(model.agents) == everybody, "they are made once"


def test_the_interface__loads_nothing_to_draw_or_to_analyse_with(tmp_path: Path) -> None:
    heavy = ("matplotlib", "solara", "sklearn", "SALib", "typer", "supportnet.experiments", "supportnet.analysis")
    code = f"import sys, supportnet; supportnet.SupportNetwork; print([one for one in {heavy} if one in sys.modules])"
    found = subprocess.run(
        [sys.executable, "-c", code], cwd=tmp_path, env=environment(), capture_output=True, text=True, check=True
    )
    assert found.stdout == "[]\n"
