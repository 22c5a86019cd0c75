"""One scenario file, checked key by key: a layer that says something and leaves the rest to the layers below."""

import re
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import Any, NamedTuple

from supportnet.sim.arguments import with_checked_arguments
from supportnet.sim.enums import Mechanism, Role
from supportnet.sim.errors import Mistakes, UserInputError, as_written, closest, meant_by, nearest, unquoted
from supportnet.sim.former_numbers import meant_number
from supportnet.sim.parameters import Parameters, numbers, value
from supportnet.sim.scenario.files import GIVEN, Source, by_hand
from supportnet.sim.scenario.json_schema import dotted_names, range_of
from supportnet.sim.scenario.schema import FIXED, OVER_TIME, ScenarioFile, field_of, table_at
from supportnet.sim.storage.toml_files import DEEPEST
from supportnet.sim.storage.toml_schema import MOST, Key, Violation, right_part, touches

LABELS = ("title", "assumes")
Wrong = dict[Key, UserInputError]  # by the key at which it stands


class Layer(NamedTuple):
    """What one file says, and nothing else: what is right in it, and what is wrong."""

    source: Source
    content: dict[str, Any]  # as in the file; parameters by dotted name, costs among them
    labels: dict[str, str]  # title and assumptions of a file that the scenario is based on: not its own
    wrong: Wrong

    def as_base(self) -> "Layer":
        """The same as something that another scenario is based on, which speaks for itself."""
        own = {key: setting for key, setting in self.content.items() if key not in LABELS}
        return self._replace(content=own, labels={key: self.content[key] for key in LABELS if key in self.content})

    def says(self, key: Sequence[str]) -> bool:
        """Whether this key is said here."""
        tree: Any = self.content
        for part in key:
            if not isinstance(tree, dict) or part not in tree:
                return False
            tree = tree[part]
        return True


def layer(source: Source, written: dict[str, Any]) -> Layer:
    """What a file says, checked key by key. Raises UserInputError only where its tables are nested too deep."""
    with _not_too_deep(source):
        content, wrong = _checked(written, source)
        if "parameters" in content or "costs" in content:
            content["parameters"] = _parameters(content, source, wrong)
        if "calendar" in content:
            content["calendar"] = list(_entries(content["calendar"], written["calendar"], source, wrong))
    return Layer(source, content, {}, wrong)


def layer_by_hand(values: Mapping[str, object]) -> Layer:
    """Values by dotted name as a layer."""
    known = {*ScenarioFile.model_fields, *Parameters._fields} - {"based_on", "calendar"}
    unknown: Wrong = {
        (name,): UserInputError(
            f"{name[:120]} is not a name that can be set",
            where=GIVEN.where(),
            found=name[:120],
            expected="a dotted name such as services.caseload",
            remedy=_meant(name),
        )
        for name in values
        if name.split(".")[0] not in known
    }
    with _not_too_deep(GIVEN):
        found = layer(GIVEN, nested(by_hand({name: values[name] for name in values if (name,) not in unknown})))
    return found._replace(wrong={**unknown, **found.wrong})


def _meant(name: str) -> str:
    """A remedy for the name of no value, which may be the last part of one."""
    ends = {one.rpartition(".")[2]: one for one in reversed(dotted_names())}
    end = "" if "." in name or closest(name, dotted_names()) else closest(name, ends)
    return meant_number(ends.get(end, name), dotted_names())


@with_checked_arguments
def sizes(patients: int | None, weeks: int | None, values: Mapping[str, object] | None = None) -> dict[str, object]:
    """Values by dotted name, with the number of people and of weeks among them where given.

    Raises UserInputError where these numbers are out of range.
    """
    sized: dict[str, object] = {"population.patients": patients, "weeks": weeks}
    given, mistakes = {name: number for name, number in sized.items() if number is not None}, Mistakes()
    for name, number in given.items():
        if layer_by_hand({name: number}).wrong:
            *_, argument = key = name.split(".")
            must = f"must be {field_of(key).title}"
            remedy = f"leave `{argument}` out for that of the scenario"
            mistakes.all.append(UserInputError(must, argument=argument, found=number, remedy=remedy))
    mistakes.raise_any()
    return given | dict(values or {})


@contextmanager
def _not_too_deep(source: Source) -> Iterator[None]:
    try:
        yield
    except UserInputError:
        raise
    except (RecursionError, ValueError):  # pydantic raises ValueError for tables some hundred levels deep
        raise UserInputError(
            "tables are nested too deeply",
            where=source.where(),
            found="hundreds of levels",
            expected="at most four levels, such as programmes.befriending.uses.friend",
            remedy="remove the innermost tables",
        ) from None


def merged(below: Mapping[str, Any], above: Mapping[str, Any]) -> dict[str, Any]:
    """Two layers as one: tables key by key, the calendar's entries one after the other, anything else as said above."""
    both = dict(below)
    for key, setting in above.items():
        if isinstance(setting, dict) and isinstance(both.get(key), dict):
            both[key] = merged(both[key], setting)
        elif key == "calendar":
            both[key] = [*both.get(key, []), *setting]
        else:
            both[key] = setting
    return both


def flat(tree: Mapping[str, Any], above: str = "") -> Iterator[tuple[str, Any]]:
    """Dotted name and value of everything in a tree of tables."""
    for key, setting in tree.items():
        if isinstance(setting, dict) and setting:
            yield from flat(setting, f"{above}{key}.")
        else:
            yield f"{above}{key}", setting


def nested(values: Mapping[str, Any]) -> dict[str, Any]:
    """Values by dotted name as the tables of a file; the numbers of the model go under `parameters`.

    Raises ValueError for a name of very many parts.
    """
    tree: dict[str, Any] = {}
    for name, setting in flat(values):
        *tables, key = name.split(".")
        if (head := name.partition(".")[0]) in Parameters._fields and head != "costs":
            tables = ["parameters", *tables]
        if len(tables) > DEEPEST:
            raise ValueError("too many levels")
        inside = tree
        for table in tables:
            if not isinstance(inside.get(table), dict):
                inside[table] = {}
            inside = inside[table]
        if setting != {}:
            inside[key] = setting
        elif not isinstance(inside.get(key), dict):
            inside[key] = {}
    return tree


def shortened(found: object) -> object:
    """What was found, cut to a length that fits in a message."""
    try:
        text = as_written(found)
    except (ValueError, RecursionError):
        return "a value too long to show"
    return found if len(text) <= 120 else text[:120] + "…"


def _checked(written: dict[str, Any], source: Source, inside: Key = ()) -> tuple[dict[str, Any], Wrong]:
    """What is right in these tables, and what is wrong; inside: where they stand in the file."""
    right, violations = right_part(ScenarioFile, written)
    wrong = {(*inside, *one.key): _mistake(one, source, inside) for one in violations}
    return ScenarioFile.model_validate(right).model_dump(exclude_unset=True), wrong


def _mistake(violation: Violation, source: Source, inside: Key) -> UserInputError:
    """A violation in words a user can act on."""
    key, error = list(violation.key), violation.details
    wrong_key = error["type"] == "extra_forbidden" or error["loc"][-1] == "[key]"
    if key[0] == "mechanisms" and len(key) > 1 and len(error["loc"]) > 2 and error["loc"][2] != "[key]":
        wrong_key = False  # the ways to hold one are one expectation
    name, where, found = _name([*inside, *key]), source.where([*inside, *key]), shortened(error["input"])
    if wrong_key and (key[0] != "programmes" or len(key) > 2):
        return _unknown(key, name, where, error["input"])
    if wrong_key:
        return UserInputError(
            f"{key[1][:60]!r} cannot be the name of a programme",
            where=where,
            found=key[1][:60],
            expected="letters, digits, - and _, at most 60 of them",
            remedy="rename it; the title may say anything",
        )
    if error["type"] == "missing":
        expected = str(field_of(key).title)
        remedy = f"add {key[-1]} to this entry"
        return UserInputError(f"{name} is missing", where=where, found=found, expected=expected, remedy=remedy)
    if error["type"] == "literal_error" and key[0] != "mechanisms":
        words = re.findall("'([^']+)'", error["ctx"]["expected"])
        expected = "one of: " + ", ".join(words)
        remedy = meant_by(str(error["input"])[:60], words) or "use one of these"
    else:
        expected = str(field_of(key).title)
        remedy = unquoted(error["input"]) or f"give {key[-1]} such a value, or leave it out"
    return UserInputError(f"{name} cannot have this value", where=where, found=found, expected=expected, remedy=remedy)


def _unknown(key: Sequence[str], name: str, where: str, content: object) -> UserInputError:
    table = table_at(key[:-1])
    names = list(table.model_fields) if table else Mechanism.words() if key[0] == "mechanisms" else Role.words()
    inside = f"a key of [{'.'.join(key[:-1])}]" if key[:-1] else "a section or key"
    elsewhere = "" if key[:-1] else _place_of(key[0], content)
    remedy = elsewhere or nearest(key[-1][:60], names if key[:-1] else [*names, *dotted_names()])
    expected = f"{inside}: {', '.join(names)}"
    return UserInputError(
        f"{name} is not known", where=where, found=shortened(key[-1]), expected=expected, remedy=remedy
    )


def _place_of(head: str, content: object) -> str:
    """A remedy for what is known, but belongs in another section: a number of the model, or a dotted name."""
    name = next((name for name, _ in flat({head: content})), head)[:60]
    if head.partition(".")[0] in Parameters._fields:
        return f'write it under [parameters], as "{closest(name, numbers()) or name}"'
    section, _, key = name.rpartition(".")
    return f"write {key} under [{section}]" if section and name in dotted_names() else ""


def _name(key: Sequence[str]) -> str:
    if key[0] == "calendar" and len(key) > 2:
        return f"calendar entry {int(key[1]) + 1}, {'.'.join(key[2:])}"
    if key[-1].isdigit() and len(key) > 2:  # a list
        return f"{'.'.join(key[:-1])[:120]}, entry {int(key[-1]) + 1}"
    return ".".join(key)[:120]


def _parameters(content: dict[str, Any], source: Source, wrong: Wrong) -> dict[str, float]:
    """Numbers of the model by dotted name, each in its range; `costs` is taken out of what is said. What is wrong is
    added."""
    known, values = numbers(), dict[str, float]()
    for section, above in (("parameters", ""), ("costs", "costs.")):
        for name, given in flat(content.pop(section, {}), above):
            if len(wrong) >= MOST:
                break
            key = (section, name.removeprefix(above))
            if name not in known:
                wrong[key] = UserInputError(
                    f"{name[:120]} is not a number of the model",
                    where=source.where(key),
                    found=name[:120],
                    expected='a dotted name such as "bond.trust_gain"',
                    remedy=meant_number(name, known),
                )
                continue
            about = known[name]
            is_number = isinstance(given, int | float) and not isinstance(given, bool)
            if not is_number or not about.low <= given <= about.high or name in values:
                twice = f" once, not also {values[name]}" if name in values else ""
                wrong[key] = UserInputError(
                    f"{name} cannot have this value",
                    where=source.where(key),
                    found=shortened(given),
                    expected=range_of(about) + twice,
                    remedy=unquoted(given)
                    or f"give it such a value, or leave it out for {value(Parameters(), name):g}",
                )
                continue
            values[name] = float(given)
    return values


def _entries(right: list[dict[str, Any]], written: Sequence[Any], source: Source, wrong: Wrong) -> Iterator[Any]:
    """The entries of the calendar that are right; what others set is checked, too. What is wrong is added."""
    entries = iter(right)
    for number, each in enumerate(written):
        if len(wrong) >= MOST:
            break
        key = ("calendar", str(number))
        if not touches(key, wrong):
            entry = _entry(next(entries), number, source, wrong)
            if not touches(key, wrong):
                yield entry
        elif isinstance(each, dict) and isinstance(each.get("set"), dict) and not touches((*key, "set"), wrong):
            _entry({"week": 0, "set": each["set"]}, number, source, wrong)


def _entry(entry: dict[str, Any], number: int, source: Source, wrong: Wrong) -> dict[str, Any]:
    """An entry of the calendar with what it sets as checked tables, and where it stands. What is wrong is added."""
    inside = ("calendar", str(number), "set")
    where = f"{source.where(inside)} (calendar entry {number + 1})"
    tables, fixed = nested(entry["set"]), list[str]()
    for name, _ in flat(tables):
        if len(wrong) >= MOST:
            break
        section, *key = name.split(".")
        if section not in OVER_TIME or (section == "programmes" and key[1:2] and key[1] in FIXED):
            fixed.append(name)
            wrong[(*inside, name)] = UserInputError(
                f"{name[:120]} does not change over time",
                where=where,
                found=name[:120],
                expected="services.*, mechanisms.* or programmes.* except " + ", ".join(FIXED),
                remedy=nearest(name[:60], [known for known in dotted_names() if known.split(".")[0] in OVER_TIME])
                if section not in ScenarioFile.model_fields
                else "say it outside the calendar, or add a second programme under a new name",
            )
    content, others = _checked(nested({name: each for name, each in flat(tables) if name not in fixed}), source, inside)
    wrong |= others
    target = entry.get("target")
    if content.get("mechanisms") and target not in (None, "all"):
        wrong[("calendar", str(number), "target")] = UserInputError(
            "mechanisms change for everybody, not for a target group",
            where=where,
            found=f"target = {target!r} with {', '.join(f'mechanisms.{name}' for name in content['mechanisms'])}",
            expected="no target where mechanisms are set",
            remedy="leave the target out, or put the mechanisms in an entry of their own",
        )
    return {"week": entry["week"], "target": target, "set": content, "where": where}
