"""Files of a given shape: a text in TOML checked key by key, with a word about whatever is wrong in it."""

from collections.abc import Iterator, Sequence
from typing import Any, TypeVar, get_args

from pydantic import BaseModel, ValidationError
from pydantic_core import ErrorDetails

from supportnet.sim.errors import UserInputError, as_written, nearest
from supportnet.sim.storage.toml_files import line_of

Shape = TypeVar("Shape", bound=BaseModel)
LONGEST = 60  # characters of a value that a message shows


def checked(shape: type[Shape], written: dict[str, Any], text: str, name: str, remedy: str) -> Shape:
    """What the file of this name and text says, in its shape; remedy: where the shape is described.

    Raises UserInputError for the first thing wrong with it.
    """
    try:
        return shape.model_validate(written)
    except ValidationError as error:
        raise _mistake(shape, error.errors()[0], written, text, name, remedy) from error


def place(text: str, name: str, key: Sequence[str]) -> str:
    """The file, the line where the key stands in it, and the key."""
    line = line_of(text, key)
    return name + (f", line {line}" if line else "") + (f", key {'.'.join(key)}" if key else "")


def _mistake(
    shape: type[BaseModel], wrong: ErrorDetails, written: dict[str, Any], text: str, name: str, remedy: str
) -> UserInputError:
    key = [str(part) for part in wrong["loc"]]
    if len(key) > 1 and key[1] == "0" and isinstance(written.get(key[0]), dict):
        del key[1]  # a table was read as a list of one
    where = place(text, name, key)
    if wrong["type"] == "extra_forbidden":
        keys = _keys(shape, key[:-1])
        return UserInputError(
            "unknown key", where=where, found=key[-1], expected=", ".join(sorted(keys)), remedy=nearest(key[-1], keys)
        )
    if wrong["type"] == "missing":
        expected = f"the key {key[-1]!r}"
        return UserInputError("a key is missing", where=where, found="nothing", expected=expected, remedy="add it")
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
