"""The caution about scenarios in which services are cut."""

from collections.abc import Iterable
from itertools import product

from supportnet.sim.scenario.calendar import EVERYBODY
from supportnet.sim.scenario.scenario import Scenario

WORSE = {"caseload": 1.0, "contacts_per_week": -1.0, "coverage": -1.0}  # the direction in which there is less service


def cut_services(baseline: Scenario, others: Iterable[Scenario]) -> list[str]:
    """The caution about cuts, where some of the others ever have less service than the baseline; else nothing."""
    if not (cut := [other.name for other in others if is_cut(other, baseline)]):
        return []
    return [
        f"services are cut in {' and '.join(cut)}: cuts are understated by an unknown amount, because most of what a "
        f"service does is not in the model; do not rank or cost a cut"
    ]


def is_cut(scenario: Scenario, baseline: Scenario) -> bool:
    """Whether any group of people has, in any week, less service than the same group in the baseline."""
    changes = [*baseline.calendar, *scenario.calendar]
    weeks, groups = {0, *(change.week for change in changes)}, {EVERYBODY}.union(*(each.services for each in changes))
    for week, group in product(weeks, groups):
        now, usual = services_in(scenario, week, group), services_in(baseline, week, group)
        if any(sign * (now[lever] - usual[lever]) > 0.0 for lever, sign in WORSE.items()):
            return True
    return False


def services_in(scenario: Scenario, week: int, group: str) -> dict[str, float]:
    """Levers of the service that such a group of people has in a week."""
    levers: dict[str, float] = scenario.services.model_dump()
    for change in scenario.calendar:
        if change.week <= week:
            levers |= change.services.get(EVERYBODY, {}) | change.services.get(group, {})
    return levers


def root_of(scenario: Scenario) -> Scenario:
    """The scenario at the end of the `based_on` chain."""
    return Scenario(scenario.layers[0].source.name, scenario.layers[:1])
