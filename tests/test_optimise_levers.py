"""Levers that money can move: from today on, step by step, and never those that come for free unless named."""

import pytest

from supportnet.experiments.optimise.levers import COSTLY, FREE, lever_steps, levers_of, portfolio_settings
from supportnet.sim.errors import UserInputError
from supportnet.sim.scenario.scenario import Scenario
from supportnet.sim.scenario.schema import ServiceLevers

TODAY = Scenario.load("today")


def test_usual_levers__are_all_programmes_posts_and_contacts_and_none_is_free() -> None:
    levers = levers_of(TODAY)
    assert [lever.name for lever in levers if lever.is_programme] == [
        f"programmes.{name}.coverage" for name in TODAY.every_programme
    ]
    assert [lever.name for lever in levers if not lever.is_programme] == ["services.caseload", COSTLY[1]]
    assert not any(lever.free for lever in levers)


def test_every_lever_of_the_service__is_costly_free_or_left_out_on_purpose() -> None:
    assert {f"services.{name}" for name in ServiceLevers.model_fields} - {"services.crisis_contact"} == {*COSTLY, *FREE}


def test_free_levers__move_where_they_are_named() -> None:
    levers = levers_of(TODAY, ("befriending", "services.shared_decisions", "services.turnover"))
    assert [lever.free for lever in levers] == [False, True, True]
    assert levers[1].values[:2] == (0.3, 0.35)
    assert levers[2].values[0] == 0.34
    assert levers[2].values[-1] == 0.0


def test_posts__grow_by_even_steps() -> None:
    posts = [1.0 / caseload for caseload in lever_steps(TODAY, "services.caseload")]
    assert [one / posts[0] for one in posts] == pytest.approx([1.0 + 0.05 * k for k in range(21)], rel=1e-3)


def test_every_value__is_one_that_a_scenario_takes() -> None:
    for lever in levers_of(TODAY, ("programmes", "services.caseload", "services.contacts_per_week", *FREE)):
        assert lever.steps > 0
        for portfolio_value in (lever.values[1], lever.values[-1]):
            TODAY.with_values({lever.name: portfolio_value})


def test_what_is_on_offer_already__is_extended_and_never_cut() -> None:
    levers = levers_of(Scenario.load("befriending"), ("befriending",))
    assert levers[0].values[0] == 0.3
    assert levers[0].values[-1] == 1.0
    assert portfolio_settings(levers, (2,)) == {"programmes.befriending.coverage": 0.4}
    assert portfolio_settings(levers, (0,)) == {}


def test_unknown_levers__are_told_the_nearest_name() -> None:
    with pytest.raises(UserInputError, match="did you mean 'befriending'"):
        levers_of(TODAY, ("befrending",))
    with pytest.raises(UserInputError, match=r"did you mean 'services\.caseload'"):
        levers_of(TODAY, ("programmes", "services.caselod"))


@pytest.mark.parametrize("asked", [(), ("services.caseload",)])
def test_no_programmes__is_a_mistake(asked: tuple[str, ...]) -> None:
    with pytest.raises(UserInputError, match="must name programmes to choose from"):
        levers_of(TODAY, asked)


def test_levers_that_cannot_move__are_left_out_or_refused_by_name() -> None:
    everybody = TODAY.with_values({"programmes.befriending.coverage": 1.0})
    assert "programmes.befriending.coverage" not in [lever.name for lever in levers_of(everybody)]
    with pytest.raises(UserInputError, match="at its limit already"):
        levers_of(everybody, ("befriending", "open_dialogue"))
    later = Scenario.load("hiring-freeze")
    moved = {f"services.{name}" for change in later.calendar for levers in change.services.values() for name in levers}
    lever = sorted(moved & {*COSTLY, *FREE})[0]
    assert lever not in [one.name for one in levers_of(later, ("programmes",))]
    with pytest.raises(UserInputError, match="the calendar of the scenario changes it"):
        levers_of(later, ("programmes", lever))
