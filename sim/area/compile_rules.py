"""From a scenario to the rules of the compiled core: the calendar cuts the horizon into spans of constant rules."""

from collections.abc import Mapping, Sequence
from fractions import Fraction
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from supportnet.sim import rules
from supportnet.sim.enums import Expert, Mechanism, Reciprocity, Resource, Role, Target
from supportnet.sim.parameters import Parameters
from supportnet.sim.scenario.calendar import EVERYBODY, Change
from supportnet.sim.scenario.checks import key_space
from supportnet.sim.scenario.layers import merged
from supportnet.sim.scenario.scenario import Scenario
from supportnet.sim.scenario.schema import Programme

RECIPROCAL = {  # how far a programme is from usual care (0) to reciprocal (1)
    Reciprocity.ONE_WAY.word: 0.0,
    Reciprocity.MOST_RECIPROCAL_ONE_WAY.word: 0.5,
    Reciprocity.RECIPROCAL.word: 1.0,
}


class Segment(NamedTuple):
    """Some weeks with constant rules, and the teams of services that come into being in the first of them."""

    first_week: int
    last_week_exclusive: int
    rules: rules.Rules
    new_teams: list[tuple[Target, int]]  # those of the target group in the first week join the team with this index


def segments(scenario: Scenario, n_people: int, baseline_means: NDArray[np.float64] | None = None) -> list[Segment]:
    """The rules of a run of this scenario among so many people, in the order of weeks.

    Team 0 is everybody. A change of services for a target group makes a new team with the levers that its group
    last got, or else those of team 0, and the change; a change for everybody reaches all teams. Arrays have one entry
    a team and programme of the whole run; a team not yet born has the levers of team 0. baseline_means: (7, 4), mean
    of each mechanism by role in the baseline, needed where the scenario holds one there (ValueError without).
    """
    if scenario.needs_baseline_means and baseline_means is None:
        raise ValueError("this scenario holds a mechanism at its baseline mean: give baseline_means")
    n_teams = 1 + sum(group != EVERYBODY for change in scenario.calendar for group in change.services)
    teams = [scenario.services.model_dump() for _ in range(n_teams)]
    offered = {name: programme.model_dump() for name, programme in scenario.programmes.items()}
    mechanisms = scenario.mechanisms
    latest = {EVERYBODY: 0}  # target group -> its team
    spans, changes = [], {change.week: change for change in scenario.calendar}
    starts = sorted({0, *changes})
    for first_week, last_week_exclusive in zip(starts, [*starts[1:], scenario.weeks], strict=True):
        change = changes.get(first_week, Change(first_week))
        born = _change_services(teams, latest, change)
        offered = {name: {**columns, **change.programmes.get(name, {})} for name, columns in offered.items()}
        mechanisms = merged(mechanisms, change.mechanisms)
        span_rules = rules.Rules(
            scenario.all_parameters,
            services_of(teams),
            programmes_of({name: Programme(**row) for name, row in offered.items()}, scenario.all_parameters, n_people),
            fixed_mechanisms(mechanisms, baseline_means),
        )
        spans.append(Segment(first_week, last_week_exclusive, span_rules, born))
    return spans


def _change_services(teams: list[dict[str, float]], latest: dict[str, int], change: Change) -> list[tuple[Target, int]]:
    """Changes the levers of teams in place; returns the teams born."""
    for levers in teams:
        levers.update(change.services.get(EVERYBODY, {}))
    born = []
    for group, levers in change.services.items():
        if group == EVERYBODY:
            continue
        team = max(latest.values()) + 1
        teams[team] = {**teams[latest.get(group, 0)], **levers}
        latest[group] = team
        born.append((Target[group.upper()], team))
    return born


def services_of(teams: Sequence[Mapping[str, float]]) -> rules.Services:
    """Levers as arrays, one entry a team."""
    return rules.Services(*(np.array([team[lever] for team in teams]) for lever in rules.Services._fields))


def programmes_of(offered: Mapping[str, Programme], parameters: Parameters, n_people: int) -> rules.Programmes:
    """Programmes on offer as arrays, one row each, in the order given; places are those among n_people."""
    rows = offered.values()

    def column(values: Sequence[Any], dtype: Any, *shape: int) -> Any:
        return np.array(values, dtype=dtype).reshape(len(rows), *shape)

    experts = [_expertise(row, parameters) for row in rows]
    return rules.Programmes(
        key=column([key_space(name) for name in offered], np.uint32),
        uses=column([[row.uses.get(role, 0) for role in Role.words()] for row in rows], np.int8, len(Role)),
        makes=column([[role in row.makes for role in Role.words()] for row in rows], np.int8, len(Role)),
        deliverer=column([_role(row.delivered_by) for row in rows], np.int8),
        mobilises=column([[r in row.resources for r in Resource.words()] for row in rows], np.int8, len(Resource)),
        reciprocity=column([_reciprocity(row, parameters) for row in rows], np.float64),
        expertise=column([e for e, _ in experts], np.float64),
        supporter_expertise=column([e for _, e in experts], np.float64),
        expert_stated=column([row.expert != Expert.NOT_STATED.word for row in rows], np.int8),
        facilitated=column([row.facilitated for row in rows], np.int8),
        non_verbal=column([row.non_verbal for row in rows], np.int8),
        keeps_staff=column([row.keeps_staff for row in rows], np.int8),
        group=column([row.group for row in rows], np.int8),
        without_person=column([row.without_person for row in rows], np.int8),
        network_share=column([row.network_share for row in rows], np.float64),
        sessions_per_week=column([row.sessions_per_week for row in rows], np.float64),
        weeks=column([row.weeks for row in rows], np.float64),
        coverage=column([row.coverage for row in rows], np.float64),
        uptake=column([row.uptake for row in rows], np.float64),
        places=column([int(Fraction(str(row.capacity)) * n_people / 100) for row in rows], np.int64),
        target=column([Target[row.target.upper()] for row in rows], np.int8),
        start=column([row.start_week for row in rows], np.int64),
        cost=column([row.cost_per_session for row in rows], np.float64),
    )


def fixed_mechanisms(
    mechanisms: Mapping[str, Any], baseline_means: NDArray[np.float64] | None = None
) -> NDArray[np.float64]:
    """(7, 4) value at which each mechanism is held for each role: 0 switched off, NaN free."""
    fixed = np.full((len(Mechanism), len(Role)), np.nan)
    for name, setting in mechanisms.items():
        row = Mechanism[name.upper()]
        if setting is True:
            continue
        value = setting["held"]
        if isinstance(value, dict):
            for role, share in value.items():
                fixed[row, Role[role.upper()]] = share
        elif value == "baseline":
            if baseline_means is None:
                raise ValueError(f"{name} is held at its baseline mean: give baseline_means")
            fixed[row] = baseline_means[row]
        else:
            fixed[row] = value
    return fixed


def _role(deliverer: str) -> int:
    """Role that delivers a programme, -1 for a facilitator."""
    return Role[deliverer.upper()] if deliverer in Role.words() else -1


def _reciprocity(row: Programme, parameters: Parameters) -> float:
    """Reciprocity in a programme's sessions."""
    usual = parameters.bond.reciprocity.professional
    return usual + RECIPROCAL[row.reciprocity] * (parameters.enrol.reciprocity - usual)


def _expertise(row: Programme, parameters: Parameters) -> tuple[float, float]:
    """How far the person's and the deliverer's knowledge count in a programme's sessions.

    Where the expert is not stated they count as in the deliverer's tie; a facilitator has none.
    """
    high, low = parameters.enrol.expert, 1.0 - parameters.enrol.expert
    if row.expert == Expert.NOT_STATED.word:
        return 0.5, high
    if row.expert == Expert.PATIENT.word:
        return high, low
    return (low, high) if row.expert == Expert.PROFESSIONAL.word else (high, high)
