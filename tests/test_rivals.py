"""Rival explanations: worlds in which something of the model is not so, fitted like the model itself."""

import pytest

from supportnet.experiments.calibration.alternative_models import as_rival, rivals
from supportnet.experiments.patterns.measurement import Ties
from supportnet.experiments.study.study import StudyDefinition
from supportnet.sim.area.simulation import Simulation
from supportnet.sim.enums import Condition, Role
from supportnet.sim.errors import UserInputError
from supportnet.sim.scenario.scenario import Scenario
from tests.ensembles import compare
from tests.small import small


def rival_world(name: str) -> Scenario:
    """Today where a rival explanation holds, with what it frees in the middle of its range."""
    numbers = {f"parameters.{number}": value for number, value in rivals()[name].set.items()}
    numbers |= {f"parameters.{number}": sum(ends) / 2 for number, ends in rivals()[name].free.items()}
    return small("today").with_values(numbers)


@pytest.mark.parametrize("name", ["no_social_effect", "skill_alone"])
def test_in_a_rival_world__ties_do_nothing(name: str) -> None:
    rival = rival_world(name)
    more = {"services.contacts_per_week": 3.0, "services.shared_decisions": 0.9, "parameters.form.chance.friend": 0.15}
    found = compare(rival, rival.with_values(more), replicates=2).differences.set_index("outcome")["difference"]
    assert found["n_friend"] > 0.0
    for outcome in ("qpr", "phq9", "withdrawal", "relapses"):
        assert found[outcome] == pytest.approx(0.0, abs=1e-6), outcome
    friends = {name: value for name, value in more.items() if name != "services.contacts_per_week"}
    model = compare(small("today"), small("today").with_values(friends), replicates=2).differences
    assert abs(model.set_index("outcome")["difference"]["qpr"]) > 0.01, "but not in the model"


def test_where_only_professionals_help__more_friends_change_nothing_and_more_openness_does() -> None:
    rival = rival_world("therapy_only")
    friends = compare(rival, rival.with_values({"parameters.form.chance.friend": 0.15}), replicates=2).differences
    found = friends.set_index("outcome")["difference"]
    assert found["n_friend"] > 0.5
    for outcome in ("qpr", "phq9", "relapses"):  # hardly: friends take time from professionals
        assert found[outcome] == pytest.approx(0.0, abs=0.15), outcome
    more = {"services.contacts_per_week": 3.0, "services.shared_decisions": 0.9}
    services = compare(rival, rival.with_values(more), replicates=2).differences.set_index("outcome")["difference"]
    assert abs(services["qpr"]) > 0.05


def test_where_illness_makes_homes_critical__criticism_follows_distress_and_does_nothing() -> None:
    rival = rival_world("illness_makes_homes_critical")
    calm, ill = (
        rival.with_values({f"parameters.clinic.vulnerability.{condition}": level for condition in Condition.words()})
        for level in (0.1, 0.5)
    )
    usual, higher = (mean_criticism(one) for one in (calm, ill))
    assert higher > usual + 0.05
    harsher = rival.with_values({"parameters.people.criticism.family": 0.8})
    assert mean_criticism(harsher) > mean_criticism(rival) + 0.1
    found = compare(rival, harsher, replicates=2).differences.set_index("outcome")["difference"]
    assert abs(found["relapses"]) < 0.1
    today = small("today")
    model = compare(today, today.with_values({"parameters.people.criticism.family": 0.8}), replicates=2)
    assert model.differences.set_index("outcome")["difference"]["relapses"] > 0.1


def mean_criticism(scenario: Scenario) -> float:
    """Of relatives, after two years."""
    run = Simulation(scenario, 1)
    run.advance(104)
    ties = Ties(run)
    return float(ties.now.criticism[ties.role(Role.FAMILY)].mean())


def test_a_rival_is_fitted_like_the_model__but_for_what_makes_it() -> None:
    study = StudyDefinition.load("calibration")
    rival = as_rival(study, "skill_alone")
    assert {*study.factor_names} - {*rival.factor_names} == {*rivals()["skill_alone"].set}
    assert rival.design == study.design
    with pytest.raises(UserInputError, match="skill_alone"):
        as_rival(study, "skill")
