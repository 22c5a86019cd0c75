"""The calendar of a scenario: what changes in which week, for whom, and that no two entries contradict each other."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from supportnet.sim.enums import Target
from supportnet.sim.errors import UserInputError

EVERYBODY = Target.ALL.word
APART = ({Target.PSYCHOSIS.word, Target.AFFECTIVE.word},)  # target groups that share nobody


@dataclass(frozen=True)
class Change:
    """What changes in one week."""

    week: int
    services: dict[str, dict[str, float]] = field(default_factory=dict)  # target group -> levers, everybody first
    programmes: dict[str, dict[str, Any]] = field(default_factory=dict)  # name -> columns
    mechanisms: dict[str, Any] = field(default_factory=dict)  # name -> true, or a table that holds it


def timeline(entries: Sequence[Mapping[str, Any]], weeks: int) -> tuple[Change, ...]:
    """The weeks in which something changes, in order, from the calendar's entries.

    Raises UserInputError where an entry comes after the end or contradicts another.
    """
    settings: dict[tuple[int, str], list[tuple[str, Any, str]]] = {}
    for entry in entries:
        if entry["week"] >= weeks:
            raise UserInputError(
                "the calendar goes on after the end of the run",
                where=entry["where"],
                found=entry["week"],
                expected=f"a week from 0 to {weeks - 1} (the run lasts {weeks} weeks)",
                remedy=f"bring the change forward, or set weeks to {entry['week'] + 1} or more",
            )
        for name, group, value in _statements(entry):
            others = settings.setdefault((entry["week"], name), [])
            _agree(entry, name, group, value, others)
            others.append((group, value, entry["where"]))
    changes: dict[int, Change] = {}
    for (week, name), statements in sorted(settings.items(), key=lambda item: item[0]):
        change = changes.setdefault(week, Change(week))
        for group, value, _ in statements:
            _note(change, name, group, value)
    return tuple(_ordered(change) for change in changes.values())


def settled_mechanism(setting: Any) -> Any:
    """A mechanism's setting in one of two forms: true where it is free, a table that holds it otherwise."""
    return {"held": 0.0} if setting is False else setting


def _statements(entry: Mapping[str, Any]) -> Iterator[tuple[str, str, Any]]:
    """Dotted name, group of people and value of everything that an entry sets."""
    changes, target = entry["set"], entry["target"]
    for lever, value in changes.get("services", {}).items():
        yield f"services.{lever}", target or EVERYBODY, value
    for name, columns in changes.get("programmes", {}).items():
        for column, value in columns.items():
            yield f"programmes.{name}.{column}", EVERYBODY, value
        if target:
            yield f"programmes.{name}.target", EVERYBODY, target
    for name, setting in changes.get("mechanisms", {}).items():
        yield f"mechanisms.{name}", EVERYBODY, settled_mechanism(setting)


def _agree(entry: Mapping[str, Any], name: str, group: str, value: Any, others: list[tuple[str, Any, str]]) -> None:
    for other_group, other_value, other_where in others:
        if value != other_value and {group, other_group} not in APART:
            groups = f" (for {other_group} and for {group})" if group != other_group else ""
            raise UserInputError(
                f"the calendar contradicts itself: in week {entry['week']} {name} has two values{groups}",
                where=entry["where"],
                found=f"{value!r}, and {other_value!r} in {other_where}",
                expected="one value for a name, a week and a person",
                remedy="leave one of the two out, or give them different weeks",
            )


def _note(change: Change, name: str, group: str, value: Any) -> None:
    section, *key = name.split(".")
    if section == "services":
        change.services.setdefault(group, {})[key[0]] = value
    elif section == "programmes":
        change.programmes.setdefault(key[0], {})[key[1]] = value
    else:
        change.mechanisms[key[0]] = value


def _ordered(change: Change) -> Change:
    """The same change with its groups in the order of the vocabulary, however they were written."""
    groups = [target.word for target in Target if target.word in change.services]
    return Change(change.week, {name: change.services[name] for name in groups}, change.programmes, change.mechanisms)
