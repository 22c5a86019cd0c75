"""Reading a mapping file, with a word about whatever is wrong in it; its JSON Schema."""

import hashlib
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple, get_args

from pydantic import BaseModel, ValidationError

from sim.importing.mapping_shape import Mapping
from sim.mistakes import Mistake, nearest
from sim.toml_files import content_of, decoded, line_of, parsed

if TYPE_CHECKING:
    from pydantic_core import ErrorDetails


class ReadMapping(NamedTuple):
    """A mapping, the name of its file and the SHA-256 of its bytes."""

    mapping: Mapping
    name: str
    sha256: str


def mapping_schema() -> dict[str, Any]:
    """JSON Schema (draft 2020-12) of a mapping file, for editors."""
    schema = Mapping.model_json_schema()
    return {"$schema": "https://json-schema.org/draft/2020-12/schema", **schema, "title": "supportnet mapping"}


def read_mapping(path: Path) -> ReadMapping:
    """The mapping file at this path. A file that can't be read, isn't TOML or has an unknown key is a Mistake."""
    raw = content_of(path)
    text = decoded(raw, str(path))
    written = parsed(text, str(path), 'patient = "id"')
    try:
        mapping = Mapping.model_validate(written)
    except ValidationError as error:
        raise _mistake(error.errors()[0], written, text, str(path)) from error
    return ReadMapping(mapping, path.name, hashlib.sha256(raw).hexdigest())


def _mistake(wrong: "ErrorDetails", written: dict[str, Any], text: str, name: str) -> Mistake:
    """What is wrong, in words, with the line of the key."""
    place = [str(part) for part in wrong["loc"]]
    if len(place) > 1 and place[1] == "0" and isinstance(written.get(place[0]), dict):
        del place[1]  # [ties] was read as a list of one
    line = line_of(text, place)
    where = name + (f", line {line}" if line else "") + (f", key {'.'.join(place)}" if place else "")
    if wrong["type"] == "extra_forbidden":
        keys = _keys(place[:-1])
        remedy = nearest(place[-1], keys)
        return Mistake("unknown key", where=where, found=place[-1], expected=", ".join(sorted(keys)), remedy=remedy)
    if wrong["type"] == "missing":
        expected = f"the key {place[-1]!r}"
        return Mistake("a key is missing", where=where, found="nothing", expected=expected, remedy="add it")
    said = wrong["msg"].removeprefix("Value error, ")
    found = repr(wrong["input"])
    remedy = "see docs/import.md, or `supportnet schema mapping`"
    return Mistake(
        "can't be used", where=where, found=found[:60] + ("…" if len(found) > 60 else ""), expected=said, remedy=remedy
    )


def _keys(place: Sequence[str]) -> set[str]:
    """Keys that may stand at this place of a mapping file."""
    model: type[BaseModel] = Mapping
    for part in place:
        if part in model.model_fields:
            model = next(_models(model.model_fields[part].annotation), model)
    return set(model.model_fields)


def _models(hint: Any) -> Iterator[type[BaseModel]]:
    """Models named in a type hint."""
    if isinstance(hint, type) and issubclass(hint, BaseModel):
        yield hint
    for inner in get_args(hint):
        yield from _models(inner)
