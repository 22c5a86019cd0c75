"""Files of a given shape: a text in TOML checked key by key, with a word about whatever is wrong in it."""

import re
from collections.abc import Iterable, Iterator, Sequence
from typing import Any, NamedTuple, TypeVar, get_args

from pydantic import BaseModel, ValidationError
from pydantic_core import ErrorDetails

from supportnet.sim.errors import UserInputError, as_written, meant_by, nearest, unquoted
from supportnet.sim.storage.toml_files import line_of

Shape = TypeVar("Shape", bound=BaseModel)
Key = tuple[str, ...]
LONGEST = 60  # characters of a value that a message shows
MOST = 200  # mistakes of a file that are looked for


class Violation(NamedTuple):
    """Something that does not fit the shape of a file, and the key at which it stands."""

    key: Key
    details: ErrorDetails


def checked(shape: type[Shape], written: dict[str, Any], text: str, name: str, remedy: str) -> Shape:
    """What the file of this name and text says, in its shape; remedy: where the shape is described.

    Raises UserInputError for everything that is wrong with it.
    """
    found, wrong = sifted(shape, written, text, name, remedy)
    if wrong:
        raise UserInputError.together(wrong.values())
    return found


def sifted(
    shape: type[Shape], written: dict[str, Any], text: str, name: str, remedy: str
) -> tuple[Shape, dict[Key, UserInputError]]:
    """What is right in the file of this name and text, in its shape, and what is wrong with it, by key."""
    right, violations = right_part(shape, written)
    wrong = {one.key: _mistake(shape, one, text, name, remedy) for one in violations}
    return shape.model_validate(right) if right or not wrong else shape.model_construct(), wrong


def right_part(shape: type[BaseModel], written: dict[str, Any]) -> tuple[dict[str, Any], list[Violation]]:
    """What is left of a file when everything is taken out that does not fit its shape, and what that was.

    Of several violations at one key only the first is given. Entries of a list are taken out as a whole. What no longer
    fits once something else is out goes too, but is no violation.
    """
    found = dict[Key, Violation]()
    violations, right = _violations(shape, written), written
    unknown = [one for one in violations if one.details["type"] == "extra_forbidden"]
    for one in violations:
        if len(found) < MOST and not _is_misspelt(one, unknown):
            found.setdefault(one.key, one)
    while violations:
        less = _without([_existing(one.key, right) for one in violations], right)
        if less == right:
            return {}, list(found.values())
        right, violations = less, _violations(shape, less)
    return right, list(found.values())


def _is_misspelt(missing: Violation, unknown: Sequence[Violation]) -> bool:
    """Whether a key is missing because it stands there in another spelling, which is a violation itself."""
    return missing.details["type"] == "missing" and any(
        one.key[:-1] == missing.key[:-1] and meant_by(one.key[-1], missing.key[-1:]) for one in unknown
    )


def _violations(shape: type[BaseModel], written: dict[str, Any]) -> list[Violation]:
    try:
        shape.model_validate(written)
    except ValidationError as error:
        return [Violation(_key(one, written), one) for one in error.errors()]
    return []


def touches(key: Sequence[str], wrong: Iterable[Key]) -> bool:
    """Whether something is wrong at this key, within it, or around it."""
    return any(one[: len(key)] == tuple(key[: len(one)]) for one in wrong)


def _key(details: ErrorDetails, written: Any) -> Key:
    """The key of a file at which something is wrong, without what only pydantic names, such as a kind of value."""
    parts = list(details["loc"])
    if len(parts) > 1 and parts[1] == 0 and isinstance(written.get(parts[0]), dict):
        del parts[1]  # a table was read as a list of one
    key, inside = list[str](), written
    for part in parts:
        is_known = (isinstance(inside, dict) and part in inside) or (
            isinstance(inside, list) and isinstance(part, int) and part < len(inside)
        )
        if not is_known:
            break
        key.append(str(part))
        inside = inside[part]
    if details["type"] == "missing" and len(key) == len(parts) - 1:
        key.append(str(parts[-1]))
    return tuple(key)


def _existing(key: Key, written: Any) -> Key:
    """As much of a key as is there, down to the first entry of a list."""
    for k, part in enumerate(key):
        if isinstance(written, list):
            return key[: k + 1]
        if part not in written:
            return key[:k]
        written = written[part]
    return key


def _without(keys: Sequence[Key], written: Any) -> Any:
    """The same tables without these keys."""
    if not isinstance(written, list | dict):
        return written
    inner: dict[str, list[Key]] = {}
    for head, *rest in filter(None, keys):
        inner.setdefault(head, []).append(tuple(rest))
    if isinstance(written, list):
        return [one for k, one in enumerate(written) if str(k) not in inner]
    return {name: _without(inner.get(name, []), one) for name, one in written.items() if () not in inner.get(name, [])}


def place(text: str, name: str, key: Sequence[str]) -> str:
    """The file, the line where the key stands in it, and the key."""
    line = line_of(text, key)
    return name + (f", line {line}" if line else "") + (f", key {'.'.join(key)}" if key else "")


def _mistake(shape: type[BaseModel], violation: Violation, text: str, name: str, remedy: str) -> UserInputError:
    key, wrong = violation
    where = place(text, name, key)
    if wrong["type"] == "extra_forbidden":
        keys = _keys(shape, key[:-1])
        return UserInputError(
            "unknown key", where=where, found=key[-1], expected=", ".join(sorted(keys)), remedy=nearest(key[-1], keys)
        )
    if wrong["type"] == "missing":
        expected = f"the key {key[-1]!r}"
        return UserInputError("a key is missing", where=where, found="nothing", expected=expected, remedy="add it")
    if wrong["type"] == "literal_error":
        words = re.findall("'([^']+)'", wrong["ctx"]["expected"])
        remedy = meant_by(str(wrong["input"])[:LONGEST], words) or remedy
    else:
        remedy = unquoted(wrong["input"]) or remedy
    found = as_written(wrong["input"])
    return UserInputError(
        "can't be used",
        where=where,
        found=found[:LONGEST] + ("…" if len(found) > LONGEST else ""),
        expected=_title(shape, key) or wrong["msg"].removeprefix("Value error, "),
        remedy=remedy,
    )


def _keys(shape: type[BaseModel], key: Sequence[str]) -> set[str]:
    """Keys that may stand at this place."""
    for part in key:
        if part in shape.model_fields:
            shape = next(_models(shape.model_fields[part].annotation), shape)
    return set(shape.model_fields)


def _title(shape: type[BaseModel], key: Sequence[str]) -> str:
    """What the field nearest to this key expects, where its shape says so."""
    title = ""
    for part in key:
        if part in shape.model_fields:
            field = shape.model_fields[part]
            title = field.title or ""
            shape = next(_models(field.annotation), shape)
    return title


def _models(hint: Any) -> Iterator[type[BaseModel]]:
    """Models named in a type hint."""
    if isinstance(hint, type) and issubclass(hint, BaseModel):
        yield hint
    for inner in get_args(hint):
        yield from _models(inner)
