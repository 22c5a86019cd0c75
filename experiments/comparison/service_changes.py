"""How services differ from the baseline's: cuts, which are never ranked, and levers without a price."""

from collections.abc import Iterator, Sequence
from itertools import product

from supportnet.sim.scenario.calendar import EVERYBODY
from supportnet.sim.scenario.scenario import Scenario

Levers = dict[str, float]  # of the service, by name

WORSE = {"caseload": 1.0, "contacts_per_week": -1.0, "coverage": -1.0}  # the direction in which there is less service
UNPRICED = ("continuity", "boundary_openness", "shared_decisions", "turnover")  # affect people, but cost nothing
NOT_RANKED = "not ranked: a cut"
DECIDED_BY_INPUTS = "decided by inputs"


def remarks_on(scenarios: Sequence[Scenario]) -> dict[str, str]:
    """What has to stand beside each scenario's name, the baseline first.

    NOT_RANKED: a cut, which is left out of everything that says which scenario is best or worth its cost.
    DECIDED_BY_INPUTS: what a change of it costs is not in the model. Else nothing.
    """
    return {one.name: remark_on(one, scenarios[0]) for one in scenarios}


def remark_on(scenario: Scenario, baseline: Scenario) -> str:
    """The remark on one scenario."""
    if is_cut(scenario, baseline):
        return NOT_RANKED
    return DECIDED_BY_INPUTS if unpriced_levers(scenario, baseline) else ""


def cuts_among(scenarios: Sequence[Scenario]) -> list[str]:
    """Names of the scenarios that are cuts of the first."""
    return [one.name for one in scenarios if remark_on(one, scenarios[0]) == NOT_RANKED]


def is_cut(scenario: Scenario, baseline: Scenario) -> bool:
    """Whether any group of people has, in any week, less service than the same group in the baseline."""
    return any(
        sign * (now[lever] - usual[lever]) > 0.0
        for now, usual in levers_over_time(scenario, baseline)
        for lever, sign in WORSE.items()
    )


def unpriced_levers(scenario: Scenario, baseline: Scenario) -> list[str]:
    """Levers without a price that are set differently from the baseline for any group of people in any week."""
    pairs = list(levers_over_time(scenario, baseline))
    return [lever for lever in UNPRICED if any(now[lever] != usual[lever] for now, usual in pairs)]


def levers_over_time(scenario: Scenario, baseline: Scenario) -> Iterator[tuple[Levers, Levers]]:
    """Levers in both, for each group of people and each week in which one of them changes."""
    changes = [*baseline.calendar, *scenario.calendar]
    weeks, groups = {0, *(change.week for change in changes)}, {EVERYBODY}.union(*(each.services for each in changes))
    for week, group in product(weeks, groups):
        yield services_in(scenario, week, group), services_in(baseline, week, group)


def services_in(scenario: Scenario, week: int, group: str) -> Levers:
    """Levers of the service that such a group of people has in a week."""
    levers: Levers = scenario.services.model_dump()
    for change in scenario.calendar:
        if change.week <= week:
            levers |= change.services.get(EVERYBODY, {}) | change.services.get(group, {})
    return levers
