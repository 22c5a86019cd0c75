"""What must hold of a scenario as a whole, once everything that it is based on is known."""

import os
import re
import zlib
from collections.abc import Collection, Iterator, Sequence
from typing import TYPE_CHECKING, Any

from supportnet.sim.errors import ACTING, UserInputError, nearest
from supportnet.sim.scenario.calendar import EVERYBODY, timeline
from supportnet.sim.scenario.schema import FACILITATOR, LONGEST, NEEDED, Programme
from supportnet.sim.storage.toml_schema import Key, touches

if TYPE_CHECKING:
    from supportnet.sim.scenario.scenario import Scenario

NO_NAME = re.compile(rf"[/\\\t\n]|{ACTING.pattern}")
LONGEST_NAME = 200
MOST = 127  # programmes on offer, and teams of services: their rows are kept in one signed byte


def key_space(name: str) -> int:
    """The key space of a programme's ties (docs/odd.md, section 8)."""
    return 16 + zlib.crc32(name.encode()) % 65_000


def check_scenario(scenario: "Scenario") -> None:
    """Raises UserInputError for everything that does not hold, but for what follows from something else."""
    wrong = {key: one for each in scenario.layers for key, one in each.wrong.items()}
    mistakes = [one for each in scenario.layers for one in each.wrong.values()]
    if found := [*mistakes, *_mistakes(scenario, wrong)]:
        raise UserInputError.together(found)


def _mistakes(scenario: "Scenario", wrong: Collection[Key]) -> Iterator[UserInputError]:
    """What does not hold of the scenario as a whole; wrong: keys whose values are not known."""
    if NO_NAME.search(scenario.name) or len(scenario.name) > LONGEST_NAME:  # files are named after it
        yield UserInputError(
            "this cannot be the name of a scenario", found=scenario.name[:60],
            expected=f"at most {LONGEST_NAME} characters, none of them / or \\ or one that cannot be seen",
            remedy="rename the file",
        )  # fmt: skip
    lasts = not touches(("weeks",), wrong)
    known = [name for name in scenario.every_programme if not touches(("programmes", name), wrong)]
    for name in known:
        yield from _of_programme(scenario, name, scenario.every_programme[name], lasts)
    dated = list(_of_calendar(scenario, lasts))
    yield from dated
    if not dated and lasts:
        yield from _of_counts(scenario, known)
    if scenario.networks and not os.path.isfile(scenario.networks):
        yield _mistake(
            scenario,
            ("population", "networks"),
            "population.networks: there is no such file",
            found=str(scenario.networks),
            expected="the path of a network file, relative to the scenario's own file",
            remedy="write one with `supportnet import`, or leave networks out",
        )


def _of_programme(scenario: "Scenario", name: str, programme: Programme, lasts: bool) -> Iterator[UserInputError]:
    """lasts: whether it is known how long the run lasts."""
    missing = [column for column in NEEDED if column not in programme.model_fields_set]
    if missing:
        others = [other for other in scenario.every_programme if other != name]
        yield _mistake(
            scenario,
            ("programmes", name),
            f"programmes.{name} is new and lacks {', '.join(missing)}",
            found=name,
            expected="one of the ten programmes, or a new one with " + ", ".join(NEEDED),
            remedy=f"add what is lacking; if it was to be a known one: {nearest(name, others)}",
        )
        return
    used = [role for role, ties in programme.uses.items() if ties > 0]
    if programme.delivered_by not in (FACILITATOR, *used):
        yield _mistake(
            scenario,
            ("programmes", name, "delivered_by"),
            f"programmes.{name}.delivered_by is not in its sessions",
            found=programme.delivered_by,
            expected="one of: " + ", ".join([*used, FACILITATOR]),
            remedy=f"add {programme.delivered_by} to uses, or let a facilitator deliver it",
        )
    if extra := [role for role in programme.makes if role not in used]:
        yield _mistake(
            scenario,
            ("programmes", name, "makes"),
            f"programmes.{name}.makes ties that its sessions do not use",
            found=extra[0],
            expected="some of: " + ", ".join(used) if used else "nothing, as it uses none",
            remedy=f"add {extra[0]} to uses, or remove it from makes",
        )
    led = programme.facilitated and programme.delivered_by == FACILITATOR
    if programme.without_person and (programme.makes or not led or not used):
        yield _mistake(
            scenario,
            ("programmes", name, "without_person"),
            f"programmes.{name} meets without the person, but not the person's own ties with a facilitator",
            found=f"makes {programme.makes}, delivered_by {programme.delivered_by}, "
            f"facilitated {programme.facilitated}, uses {dict(programme.uses)}",
            expected='makes = [], delivered_by = "facilitator", facilitated = true, and at least one role in uses',
            remedy="change these, or remove without_person",
        )
    if lasts and programme.coverage and programme.start_week >= (weeks := scenario.planned_weeks):
        yield _mistake(
            scenario,
            ("programmes", name, "start_week"),
            f"programmes.{name} starts after the end of the run",
            found=programme.start_week,
            expected=f"a week from 0 to {weeks - 1} (the run lasts {weeks} weeks)",
            remedy=f"start it earlier, or set weeks to {programme.start_week + 1} or more",
        )


def _of_calendar(scenario: "Scenario", lasts: bool) -> Iterator[UserInputError]:
    """Entries that change unknown programmes, come after the end, or contradict an entry before them."""
    entries, agreed = scenario.content.get("calendar", []), list[dict[str, Any]]()
    for entry in entries:
        for name in entry["set"].get("programmes", {}):
            if name not in scenario.every_programme:
                yield UserInputError(
                    f"the calendar changes a programme that is not known: {name}",
                    where=entry["where"],
                    found=name,
                    expected="one of the ten programmes, or a new one described under [programmes]",
                    remedy=nearest(name, scenario.every_programme),
                )
    weeks = scenario.planned_weeks if lasts else LONGEST
    for entry in entries:
        try:
            timeline([*agreed, entry], weeks)
            agreed.append(entry)
        except UserInputError as mistake:
            yield mistake


def _of_counts(scenario: "Scenario", known: Collection[str]) -> Iterator[UserInputError]:
    """What the model has no room for, and names that lead to the same random numbers."""
    keys: dict[int, str] = {}
    for name in scenario.programmes:
        if name in known and (other := keys.setdefault(key_space(name), name)) != name:
            yield _mistake(
                scenario,
                ("programmes", name),
                f"the names {name!r} and {other!r} lead to the same random numbers",
                found=name,
                expected="names with keys of their own",
                remedy="rename one of the two; any other name will do",
            )
    teams = 1 + sum(group != EVERYBODY for change in scenario.calendar for group in change.services)
    for count, what, key in (
        (len(scenario.programmes), "programmes on offer", "programmes"),
        (teams, "teams of services", "calendar"),
    ):
        if count > MOST:
            yield _mistake(
                scenario,
                (key,),
                f"more {what} than the model has room for",
                found=count,
                expected=f"at most {MOST} {what}",
                remedy="remove some, or split the scenario",
            )


def _mistake(
    scenario: "Scenario", key: Sequence[str], what: str, *, found: Any, expected: str, remedy: str
) -> UserInputError:
    """A mistake at the file and line that last set this key."""
    saying = [each for each in scenario.layers if each.says(key)] or [scenario.layers[-1]]
    return UserInputError(what, where=saying[-1].source.where(key), found=found, expected=expected, remedy=remedy)
