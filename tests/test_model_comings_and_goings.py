"""People, supporters and ties that come and go: agents follow, and say so when there is nothing left."""

import pytest

from supportnet.sim.mesa.agents import Family, Friend, Peer, Professional
from supportnet.sim.mesa.ties import GoneError
from tests.test_model import same_bits
from tests.test_model_agents import fresh, rows


def test_warmth_of_a_holder__is_felt_in_all_ties_of_the_post() -> None:
    model = fresh()
    holder = max(model.agents_by_type[Professional], key=lambda staff: len(staff.ties))
    assert len(holder.ties) > 5
    holder.warmth, holder.competence = 0.125, 0.75
    assert {(tie.warmth, tie.competence) for tie in holder.ties} == {(0.125, 0.75)}
    assert sum(tie.warmth == 0.125 for tie in model.ties) == len(holder.ties)


def test_people_who_go__are_gone_for_good() -> None:
    model = fresh(seed=2, values={"services.turnover": 5.0})
    known, ties = list(model.agents), {(tie.who.person, tie.who.key): tie for tie in model.ties}
    everybody = model.agents
    assert all(tie.strength > 0.0 for tie in ties.values())
    model.run(40)
    here = rows(model)
    assert {name for name, tie in ties.items() if tie.gone} == set(ties) - set(here)
    for name, tie in ties.items():
        if tie.gone:
            with pytest.raises(GoneError):
                _ = tie.strength
            with pytest.raises(GoneError):
                tie.strength = 0.5
        else:
            assert tie.strength == model.world.ties["strength"][here[name]]
    gone = [agent for agent in known if agent.gone]
    assert {type(agent) for agent in gone} == {Professional, Peer, Friend, Family}
    assert not set(gone) & set(model.agents)
    assert set(known) - set(gone) < set(model.agents)
    assert everybody is model.agents
    assert not any(agent.gone for agent in model.agents)
    for agent in gone:
        assert agent.name in repr(agent)
        assert (agent.ties, len(agent.patients)) == ([], 0)
        with pytest.raises(GoneError, match=agent.name):
            _ = agent.strain
        with pytest.raises(GoneError, match=agent.name):
            agent.warmth = 0.5


def test_staff_who_leave__are_followed_by_others() -> None:
    model = fresh(values={"services.turnover": 5.0})
    first = {staff.post: staff for staff in model.agents_by_type[Professional] if staff.post is not None}
    while not any(staff.gone for staff in first.values()):
        model.step()
        assert model.week < 200
    (gone,) = [staff for staff in first.values() if staff.gone][:1]
    (successor,) = [staff for staff in model.agents_by_type[Professional] if staff.post == gone.post]
    assert successor.holder == gone.holder + 1
    assert successor is not gone
    assert all(tie.supporter is successor for tie in successor.ties)
    assert successor.ties


def test_newcomers__get_agents_of_their_own() -> None:
    model = fresh(scenario="befriending")
    model.agents  # noqa: B018
    friends = set(model.agents_by_type[Friend])
    model.run(30)
    new = set(model.agents_by_type[Friend]) - friends
    assert {tie.origin for friend in new for tie in friend.ties} == {"natural", "befriending"}


class Parting(Friend):
    """A friend who says goodbye."""

    goodbyes: list[str] = []  # noqa: RUF012

    def remove(self) -> None:
        self.goodbyes.append(self.name)
        super().remove()


def test_remove__is_called_when_a_tie_ends() -> None:
    Parting.goodbyes.clear()
    model = fresh(agent_classes={Friend: Parting})
    before = set(model.agents_by_type[Parting].get("name"))
    model.run(30)
    now = set(model.agents_by_type[Parting].get("name"))
    assert before - now
    assert before - now <= set(Parting.goodbyes)
    assert now.isdisjoint(Parting.goodbyes)
    assert len(set(Parting.goodbyes)) == len(Parting.goodbyes)


def test_remove__by_hand_takes_the_agent_and_not_the_person() -> None:
    model, twin = fresh(), fresh()
    friend = model.agents_by_type[Friend][0]
    friend.remove()
    assert friend not in model.agents
    model.run(10)
    twin.run(10)
    assert friend not in model.agents
    assert same_bits(model.world, twin.world)


def test_strength_of_nothing__lets_a_tie_end() -> None:
    model = fresh()
    ties = [tie for tie in model.ties if tie.origin == "natural"]
    for tie in ties:
        tie.strength, tie.rate = 0.0, 0.0
    model.step()
    assert all(tie.gone for tie in ties)
