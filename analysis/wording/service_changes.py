"""Cautions about scenarios in which services are cut, or differ by what has no price."""

from collections.abc import Sequence

from supportnet.experiments.comparison.service_changes import (
    DECIDED_BY_INPUTS,
    NOT_RANKED,
    cuts_among,
    remark_on,
    unpriced_levers,
)
from supportnet.sim.scenario.scenario import Scenario

COST_OF_TRAINING = "what it costs to train and supervise is not in the model"


def service_cautions(scenarios: Sequence[Scenario]) -> list[str]:
    """Cautions about the scenarios after the first, which is the baseline: cuts, and levers without a price."""
    return [*cut_services(scenarios), *decided_by_inputs(scenarios)]


def cut_services(scenarios: Sequence[Scenario]) -> list[str]:
    """The caution about cuts, where one of the scenarios ever has less service than the first; else nothing."""
    if not (cut := cuts_among(scenarios)):
        return []
    return [
        f"services are cut in {' and '.join(cut)} ({NOT_RANKED}): cuts are understated by an unknown amount, because "
        f"most of what a service does is not in the model; do not rank or cost a cut"
    ]


def decided_by_inputs(scenarios: Sequence[Scenario]) -> list[str]:
    """The caution about each scenario that differs from the first by what costs nothing in the model."""
    baseline = scenarios[0]
    return [
        f"{one.name} is {free_levers(unpriced_levers(one, baseline))}"
        for one in scenarios
        if remark_on(one, baseline) == DECIDED_BY_INPUTS
    ]


def free_levers(names: Sequence[str]) -> str:
    """Why costs and ratios say nothing about these levers."""
    return f"{DECIDED_BY_INPUTS}: {COST_OF_TRAINING}, so that a change of {' and '.join(names)} costs nothing"
