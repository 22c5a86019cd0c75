"""What must hold of a scenario as a whole, once everything that it is based on is known."""

import os
import re
import zlib
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from supportnet.sim.errors import ACTING, UserInputError, nearest
from supportnet.sim.scenario.calendar import EVERYBODY
from supportnet.sim.scenario.schema import FACILITATOR, NEEDED, Programme

if TYPE_CHECKING:
    from supportnet.sim.scenario.scenario import Scenario

NO_NAME = re.compile(rf"[/\\\t\n]|{ACTING.pattern}")
LONGEST_NAME = 200
MOST = 127  # programmes on offer, and teams of services: their rows are kept in one signed byte


def key_space(name: str) -> int:
    """The key space of a programme's ties (docs/odd.md, section 8)."""
    return 16 + zlib.crc32(name.encode()) % 65_000


def check(scenario: "Scenario") -> None:
    """Raises UserInputError for the first thing that does not hold."""
    if NO_NAME.search(scenario.name) or len(scenario.name) > LONGEST_NAME:  # files are named after it
        raise UserInputError(
            "this cannot be the name of a scenario", found=scenario.name[:60],
            expected=f"at most {LONGEST_NAME} characters, none of them / or \\ or one that cannot be seen",
            remedy="rename the file",
        )  # fmt: skip
    known: dict[int, str] = {}
    for name, programme in scenario.every_programme.items():
        _check_programme(scenario, name, programme)
        if name in scenario.programmes and known.setdefault(key_space(name), name) != name:
            other = known[key_space(name)]
            raise _mistake(
                scenario,
                ("programmes", name),
                f"the names {name!r} and {other!r} lead to the same random numbers",
                found=name,
                expected="names with keys of their own",
                remedy="rename one of the two; any other name will do",
            )
    _check_calendar(scenario)
    _check_counts(scenario)
    numbers = scenario.all_parameters.clinic
    if numbers.crisis_shortest > numbers.crisis_longest:
        raise _mistake(
            scenario,
            ("parameters", "clinic.crisis_shortest"),
            "the shortest crisis is longer than the longest",
            found=f"{numbers.crisis_shortest:g} and {numbers.crisis_longest:g} weeks",
            expected="clinic.crisis_shortest at most clinic.crisis_longest (weeks)",
            remedy="change one of the two",
        )
    if scenario.networks and not os.path.isfile(scenario.networks):
        raise _mistake(
            scenario,
            ("population", "networks"),
            "population.networks: there is no such file",
            found=str(scenario.networks),
            expected="the path of a network file, relative to the scenario's own file",
            remedy="write one with `supportnet import`, or leave networks out",
        )


def _check_programme(scenario: "Scenario", name: str, programme: Programme) -> None:
    missing = [column for column in NEEDED if column not in programme.model_fields_set]
    if missing:
        others = [other for other in scenario.every_programme if other != name]
        raise _mistake(
            scenario,
            ("programmes", name),
            f"programmes.{name} is new and lacks {', '.join(missing)}",
            found=name,
            expected="one of the ten programmes, or a new one with " + ", ".join(NEEDED),
            remedy=f"add what is lacking; if it was to be a known one: {nearest(name, others)}",
        )
    used = [role for role, ties in programme.uses.items() if ties > 0]
    if programme.delivered_by not in (FACILITATOR, *used):
        raise _mistake(
            scenario,
            ("programmes", name, "delivered_by"),
            f"programmes.{name}.delivered_by is not in its sessions",
            found=programme.delivered_by,
            expected="one of: " + ", ".join([*used, FACILITATOR]),
            remedy=f"add {programme.delivered_by} to uses, or let a facilitator deliver it",
        )
    if extra := [role for role in programme.makes if role not in used]:
        raise _mistake(
            scenario,
            ("programmes", name, "makes"),
            f"programmes.{name}.makes ties that its sessions do not use",
            found=extra[0],
            expected="some of: " + ", ".join(used) if used else "nothing, as it uses none",
            remedy=f"add {extra[0]} to uses, or take it out of makes",
        )
    if programme.coverage and programme.start_week >= (weeks := scenario.planned_weeks):
        raise _mistake(
            scenario,
            ("programmes", name, "start_week"),
            f"programmes.{name} starts after the end of the run",
            found=programme.start_week,
            expected=f"a week from 0 to {weeks - 1} (the run lasts {weeks} weeks)",
            remedy=f"start it earlier, or set weeks to {programme.start_week + 1} or more",
        )


def _check_calendar(scenario: "Scenario") -> None:
    for entry in scenario.said.get("calendar", []):
        for name in entry["set"].get("programmes", {}):
            if name not in scenario.every_programme:
                raise UserInputError(
                    f"the calendar changes a programme that is not known: {name}",
                    where=entry["where"],
                    found=name,
                    expected="one of the ten programmes, or a new one described under [programmes]",
                    remedy=nearest(name, scenario.every_programme),
                )


def _check_counts(scenario: "Scenario") -> None:
    teams = 1 + sum(group != EVERYBODY for change in scenario.calendar for group in change.services)
    for count, what, key in (
        (len(scenario.programmes), "programmes on offer", "programmes"),
        (teams, "teams of services", "calendar"),
    ):
        if count > MOST:
            raise _mistake(
                scenario,
                (key,),
                f"more {what} than the model has room for",
                found=count,
                expected=f"at most {MOST} {what}",
                remedy="take some out, or split the scenario",
            )


def _mistake(
    scenario: "Scenario", key: Sequence[str], what: str, *, found: Any, expected: str, remedy: str
) -> UserInputError:
    """A mistake, told at the file and line that last said this key."""
    saying = [each for each in scenario.layers if each.says(key)] or [scenario.layers[-1]]
    return UserInputError(what, where=saying[-1].source.where(key), found=found, expected=expected, remedy=remedy)
